package binding

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// behaviours are the two ways in which Twilio may treat the URL of a number whose
// application is set: which one it has is not documented for certain.
func behaviours() map[string]sandbox.Settings {
	return map[string]sandbox.Settings{
		"an application leaves the URL": {ModelBuildMS: 1}, "an application clears the URL": {ModelBuildMS: 1, ApplicationClearsURL: true},
	}
}

// suspend makes a hold for a bot and points the channels at it, as a suspension does.
func suspend(w *sandboxtest.World, b bot.Bot, numbers ...int) {
	w.T.Helper()
	made := w.Hold(b.SID, "")
	for _, i := range numbers {
		w.Edit(i, func(n *bot.Number) { n.Messaging.ApplicationSID, n.Voice.ApplicationSID = made.SID, made.SID })
	}
}

func TestBindIsWholeOrNotDoneWhereverItIsCut(t *testing.T) {
	for what, settings := range behaviours() {
		for _, engine := range bot.Engines() {
			if engine == bot.Autopilot && settings.ApplicationClearsURL {
				continue // to a number it is a URL, as a flow is
			}
			for name, prepare := range map[string]func(w *sandboxtest.World, b bot.Bot){
				"on a free number": func(*sandboxtest.World, bot.Bot) {},
				"over another bot": func(w *sandboxtest.World, _ bot.Bot) {
					w.Point(0, w.Create(bot.Studio, "other"), "", bot.Channels()...)
				},
				"over another's number": func(w *sandboxtest.World, _ bot.Bot) {
					w.Point(0, w.Create(bot.Application, "other"), "", bot.Messaging)
				},
				"of a suspended bot": func(w *sandboxtest.World, b bot.Bot) { suspend(w, b) },
			} {
				t.Run(fmt.Sprintf("%s %s, %s", engine, name, what), func(t *testing.T) {
					t.Parallel()
					var b bot.Bot
					sandboxtest.Operation{
						Settings: settings,
						Setup: func(w *sandboxtest.World) {
							b = w.Create(engine, "clinic")
							prepare(w, b)
						},
						Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
							_, _, _, err := Bind(ctx, a, Binding{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: bot.Channels(), Label: b.UniqueName, Overwrite: true}, nil, "", nil)
							return err
						},
						OneWrite: true,
					}.CutEverywhere(t)
				})
			}
		}
	}
}

func TestFreeIsWholeOrNotDoneWhereverItIsCut(t *testing.T) {
	for _, engine := range bot.Engines() {
		for _, suspended := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, suspended %v", engine, suspended), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				sandboxtest.Operation{
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						w.Point(0, b, "", bot.Channels()...)
						if suspended {
							suspend(w, b, 0)
						}
					},
					Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
						_, err := Free(ctx, a, Prior{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: bot.Channels(), Label: b.UniqueName}, nil)
						return err
					},
					OneWrite: true,
				}.CutEverywhere(t)
			})
		}
	}
}

func TestRebindToAnotherNumberNeverLeavesTheBotWithoutOne(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			answers := func(w *sandboxtest.World, numbers ...int) error {
				for _, i := range numbers {
					if !w.Answers(i, bot.Messaging, b.SID) {
						return fmt.Errorf("number %d does not answer for the bot", i)
					}
				}
				return nil
			}
			sandboxtest.Operation{
				Setup: func(w *sandboxtest.World) {
					b = w.Create(engine, "clinic")
					w.Point(0, b, "", bot.Messaging)
				},
				Run: func(ctx context.Context, w *sandboxtest.World, a *account.Account) error {
					_, _, _, err := Rebind(ctx, a, Binding{NumberSID: w.Number(1).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: b.UniqueName},
						nil, b.SID, Prior{NumberSID: w.Number(0).SID, BotSID: b.SID, Channels: []bot.Channel{bot.Messaging}, Label: b.UniqueName})
					return err
				},
				Cuts: map[string]func(w *sandboxtest.World) error{
					"may answer as planned already, and what the binding had before answers too":    func(w *sandboxtest.World) error { return answers(w, 0) },
					"The number answers as planned, and what the binding had before may answer too": func(w *sandboxtest.World) error { return answers(w, 1) },
				},
			}.CutEverywhere(t)
		})
	}
}

func TestRelabelGoesOnWhereItWasCut(t *testing.T) {
	var b bot.Bot
	sandboxtest.Operation{
		Setup: func(w *sandboxtest.World) {
			b = w.Create(bot.Application, "clinic")
			for i := range 3 {
				w.Point(i, b, "", bot.Messaging)
			}
			w.Edit(1, func(n *bot.Number) { n.FriendlyName = "Front desk" })
			w.Edit(0, func(n *bot.Number) { n.FriendlyName = "old" })
			w.Edit(2, func(n *bot.Number) { n.FriendlyName = "old" })
		},
		Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
			return Relabel(ctx, a, b.SID, "old", "clinic")
		},
		Between: func(w *sandboxtest.World) error {
			for i, labels := range [][]string{{"old", "clinic"}, {"Front desk"}, {"old", "clinic"}} {
				if label := w.Number(i).FriendlyName; !slices.Contains(labels, label) {
					return fmt.Errorf("number %d is labelled %q", i, label)
				}
				if !w.Answers(i, bot.Messaging, b.SID) {
					return fmt.Errorf("number %d does not answer", i)
				}
			}
			return nil
		},
	}.CutEverywhere(t)
}
