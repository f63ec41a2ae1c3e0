package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// answering creates a bot that answers on two numbers, suspended where that is asked for.
func answering(w *sandboxtest.World, engine bot.Engine, suspended bool) bot.Bot {
	b := w.Create(engine, "clinic")
	w.Point(0, b, "", bot.Messaging)
	w.Point(1, b, "", bot.Channels()...)
	if engine == bot.Studio {
		// A number that a person pointed elsewhere, and a conversation that waits for a reply.
		w.Edit(2, func(n *bot.Number) {
			n.StatusCallback = bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandboxtest.AccountSID, BotSID: b.SID}) + "?statusCallback=true"
		})
		if _, err := w.Box.AddExecution(sandbox.Execution{FlowSID: b.SID, Contact: "+12025550199", Channel: "messaging"}); err != nil {
			w.T.Fatal(err)
		}
	}
	if !suspended {
		return b
	}
	made := w.Hold(b.SID, "")
	w.Edit(0, func(n *bot.Number) { n.Messaging.ApplicationSID = made.SID })
	w.Edit(1, func(n *bot.Number) { n.Messaging.ApplicationSID, n.Voice.ApplicationSID = made.SID, made.SID })
	return b
}

func exists(w *sandboxtest.World, b bot.Bot) bool {
	_, err := w.Hosts[b.Engine()].Get(w.T.Context(), b.SID)
	return err == nil
}

func TestDeleteGoesOnWhereItWasCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		for _, suspended := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, suspended %v", engine, suspended), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				free := func(w *sandboxtest.World) error {
					for i := range 2 {
						if n := w.Number(i); len(n.Applications()) > 0 || n.Messaging.URL != "" || n.Voice.URL != "" {
							return fmt.Errorf("number %d is not free: %+v", i, n)
						}
					}
					return nil
				}
				sandboxtest.Operation{
					Settings: sandbox.Settings{ModelBuildMS: 1},
					Part:     engine != bot.Studio, // nothing else has executions
					Setup:    func(w *sandboxtest.World) { b = answering(w, engine, suspended) },
					Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						_, err := lifecycle.Delete(ctx, a, b.SID, "clinic", true)
						return err
					},
					Cuts: map[string]func(w *sandboxtest.World) error{
						"Some of its phone numbers are freed, and the bot answers on the others": func(w *sandboxtest.World) error {
							if !exists(w, b) {
								return errors.New("the bot does not exist")
							}
							for i := range 2 {
								n := w.Number(i)
								if n.Messaging != (bot.Side{Method: n.Messaging.Method}) && !w.Answers(i, bot.Messaging, b.SID) && !w.Silenced(i, bot.Messaging, b.SID) {
									return fmt.Errorf("number %d is neither freed nor the bot's: %+v", i, n)
								}
							}
							return nil
						},
						"No phone number routes to the bot any more; the bot itself still exists": func(w *sandboxtest.World) error {
							if !exists(w, b) {
								return errors.New("the bot does not exist")
							}
							return free(w)
						},
						"No phone number routes to the bot any more; the next apply deletes what is left":               free,
						"No phone number routes to the bot any more, and the calls of some may still be reported to it": free,
						"No phone number routes to the bot any more, and some of what was in progress on it is ended":   free,
						"The bot is deleted; a phone number or Messaging Service that another process bound to it at the same time may be dead": func(w *sandboxtest.World) error {
							if exists(w, b) {
								return errors.New("the bot exists")
							}
							return free(w)
						},
					},
				}.CutEverywhere(t)
			})
		}
	}
}

func TestRenameInPlaceGoesOnWhereItWasCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			sandboxtest.Operation{
				Settings: sandbox.Settings{ModelBuildMS: 1},
				Setup:    func(w *sandboxtest.World) { b = answering(w, engine, false) },
				Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, _, err := lifecycle.Update(ctx, a, lifecycle.Change{
						SID: b.SID, Engine: engine, InPlace: true,
						From: sandboxtest.Spec(engine, "clinic", 1), To: sandboxtest.Spec(engine, "doctor", 1),
					})
					return err
				},
				Cuts: map[string]func(w *sandboxtest.World) error{
					"The bot is renamed and answers; some of its phone numbers still bear its old name": func(w *sandboxtest.World) error {
						if len(w.Named("doctor")) != 1 {
							return errors.New("it is not renamed")
						}
						for i := range 2 {
							if !w.Answers(i, bot.Messaging, b.SID) {
								return fmt.Errorf("number %d does not answer", i)
							}
						}
						return nil
					},
				},
				// Writing the bot is the engine's, whose tests hold what it leaves.
				Between: func(*sandboxtest.World) error { return nil },
				Part:    true,
			}.CutEverywhere(t)
		})
	}
}

// A creation that was cut leaves a bot on which no number answers, or none.
func TestCreateLeavesNoHalfABotThatAnswers(t *testing.T) {
	for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			sandboxtest.Operation{
				Setup: func(*sandboxtest.World) {},
				Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					if len(w.Named("clinic")) > 0 {
						return nil // a name that is taken is imported
					}
					_, err := lifecycle.Create(ctx, a, engine, sandboxtest.Spec(engine, "clinic", 1))
					return err
				},
				Between: func(w *sandboxtest.World) error {
					if n := len(w.Named("clinic")); n > 1 {
						return fmt.Errorf("there are %d bots of the name", n)
					}
					return nil
				},
				Part: true,
			}.CutEverywhere(t)
		})
	}
}

func TestDeletionBesideABinding(t *testing.T) {
	for _, engine := range bot.Engines() {
		for _, force := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, force %v", engine, force), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				deleting := func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, err := lifecycle.Delete(ctx, a, b.SID, "clinic", force)
					return err
				}
				bind := func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					_, _, _, err := binding.Bind(ctx, a, binding.Binding{NumberSID: w.Number(2).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: "clinic"}, nil, "", nil)
					return err
				}
				after := func(w *sandboxtest.World, deleted, bound error) error {
					switch {
					case deleted == nil && exists(w, b):
						return errors.New("the bot was deleted and exists")
					case deleted != nil && bound == nil && !w.Answers(2, bot.Messaging, b.SID):
						return errors.New("the bot was not deleted, and the number that was bound does not answer")
					}
					return nil
				}
				setup := func(w *sandboxtest.World) {
					b = w.Create(engine, "clinic")
					if force {
						w.Point(0, b, "", bot.Messaging)
					}
				}
				settings := sandbox.Settings{ModelBuildMS: 1}
				sandboxtest.Race{Settings: settings, Setup: setup, First: deleting, Second: bind, After: after}.Interleave(t)
				sandboxtest.Race{
					Settings: settings, Setup: setup, First: bind, Second: deleting,
					After: func(w *sandboxtest.World, first, second error) error { return after(w, second, first) },
				}.Interleave(t)
			})
		}
	}
}
