package suspension

import (
	"context"
	"errors"
	"fmt"
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

// side is a channel of a number.
type side struct {
	number  int
	channel bot.Channel
}

// sides are the channels on which the bot of these tests answers, or is silenced.
var sides = []side{{0, bot.Messaging}, {1, bot.Messaging}, {1, bot.Voice}}

// clinic creates a bot that answers on the sides; the voice of the first number is
// another's.
func clinic(w *sandboxtest.World, engine bot.Engine) bot.Bot {
	b := w.Create(engine, "clinic")
	w.Point(0, b, "", bot.Messaging)
	w.Point(1, b, "", bot.Channels()...)
	w.Edit(0, func(n *bot.Number) { n.Voice = bot.Side{URL: "https://theirs.example.com/", Method: "GET"} })
	return b
}

// addWays adds a Messaging Service and a short code that lead to the bot, unless they would
// only make the tests slower.
func addWays(w *sandboxtest.World, b bot.Bot, settings sandbox.Settings) {
	for _, in := range sandboxtest.WaysIn() {
		if (in.Name == "a Messaging Service" || in.Name == "a short code") && !settings.ApplicationClearsURL {
			in.Add(w, b)
		}
	}
}

// silenceByHand suspends a bot as another process did.
func silenceByHand(w *sandboxtest.World, b bot.Bot) bot.Hold {
	w.T.Helper()
	made := w.Hold(b.SID, "")
	silenceSides(w, made)
	a, _ := w.Process()
	if err := silenceWays(w.T.Context(), a, made, nil); err != nil {
		w.T.Fatal(err)
	}
	return made
}

func silenceSides(w *sandboxtest.World, made bot.Hold) {
	w.T.Helper()
	for _, s := range sides {
		w.Edit(s.number, func(n *bot.Number) {
			to := n.Side(s.channel)
			to.ApplicationSID = made.SID
			*n = n.With(s.channel, to)
		})
	}
}

// leading reports an error where a way in is not silenced, or is, unlike it should.
func leading(w *sandboxtest.World, b bot.Bot, silenced bool) error {
	for _, way := range w.Routes(b.SID).Ways {
		if got := w.Routes(b.SID).Routing.Lead(way).SilencedBy != ""; got != silenced {
			return fmt.Errorf("%s is silenced: %v", way, got)
		}
	}
	return nil
}

// all reports an error where the bot does not do the same on all sides.
func all(w *sandboxtest.World, does func(i int, channel bot.Channel, botSID string) bool, b bot.Bot) error {
	for _, s := range sides {
		if !does(s.number, s.channel, b.SID) {
			return fmt.Errorf("it is not so for %s of number %d: %+v", s.channel, s.number, w.Number(s.number).Side(s.channel))
		}
	}
	return nil
}

// either reports an error where the bot neither answers nor is silenced on a side.
func either(w *sandboxtest.World, b bot.Bot) error {
	return all(w, func(i int, channel bot.Channel, sid string) bool {
		return w.Answers(i, channel, sid) || w.Silenced(i, channel, sid)
	}, b)
}

func TestSuspendGoesOnWhereItWasCut(t *testing.T) {
	for what, settings := range behaviours() {
		for _, engine := range bot.Engines() {
			if engine == bot.Autopilot && settings.ApplicationClearsURL {
				continue // to a number it is a URL, as a flow is
			}
			t.Run(fmt.Sprintf("%s, %s", engine, what), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				sandboxtest.Operation{
					Settings: settings,
					Setup: func(w *sandboxtest.World) {
						b = clinic(w, engine)
						addWays(w, b, settings)
					},
					Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						_, _, err := Suspend(ctx, a, b.SID, "")
						return err
					},
					Cuts: map[string]func(w *sandboxtest.World) error{
						"Its hold flow may exist": func(w *sandboxtest.World) error { return errors.Join(all(w, w.Answers, b), leading(w, b, false)) },
						"Its hold may exist, and this apply has silenced nothing yet": func(w *sandboxtest.World) error {
							return errors.Join(all(w, w.Answers, b), leading(w, b, false))
						},
						"Its phone numbers are silenced, and some of the other ways in still lead to it": func(w *sandboxtest.World) error {
							return all(w, w.Silenced, b)
						},
						"Some of its phone numbers are silenced and the others answer": func(w *sandboxtest.World) error {
							if len(w.Holds(b.SID)) != 1 {
								return errors.New("there is no hold")
							}
							return either(w, b)
						},
					},
				}.CutEverywhere(t)
			})
		}
	}
}

func TestResumeGoesOnWhereItWasCut(t *testing.T) {
	for what, settings := range behaviours() {
		for _, engine := range bot.Engines() {
			if engine == bot.Autopilot && settings.ApplicationClearsURL {
				continue // to a number it is a URL, as a flow is
			}
			t.Run(fmt.Sprintf("%s, %s", engine, what), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				sandboxtest.Operation{
					Settings: settings,
					Setup: func(w *sandboxtest.World) {
						b = clinic(w, engine)
						addWays(w, b, settings)
						silenceByHand(w, b)
					},
					Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
						_, err := Resume(ctx, a, b.SID, nil)
						return err
					},
					Cuts: map[string]func(w *sandboxtest.World) error{
						"Some of its phone numbers answer again and the others are still silenced": func(w *sandboxtest.World) error {
							if len(w.Holds(b.SID)) != 1 {
								return errors.New("there is no hold")
							}
							return either(w, b)
						},
						"All of its phone numbers answer again, and some of the other ways in are still silenced": func(w *sandboxtest.World) error {
							return all(w, w.Answers, b)
						},
						"The bot answers again": func(w *sandboxtest.World) error { return errors.Join(all(w, w.Answers, b), leading(w, b, false)) },
					},
					Part: settings.ApplicationClearsURL, // without ways in beside the numbers
				}.CutEverywhere(t)
			})
		}
	}
}

// The hold of a bot that was suspended before is not deleted by a suspension that fails.
func TestSuspendOfASuspendedBotKeepsItsHoldWhereverItIsCut(t *testing.T) {
	for _, engine := range []bot.Engine{bot.Studio, bot.Application} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var b bot.Bot
			sandboxtest.Operation{
				Setup: func(w *sandboxtest.World) {
					b = clinic(w, engine)
					silenceByHand(w, b)
					w.Point(0, b, "", bot.Messaging) // resumed by hand
					if engine == bot.Studio {
						w.Edit(0, func(n *bot.Number) { n.Messaging.ApplicationSID = "" })
					}
				},
				Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, _, err := Suspend(ctx, a, b.SID, "")
					return err
				},
				Cuts: map[string]func(w *sandboxtest.World) error{
					"Some of its phone numbers are silenced and the others answer": func(w *sandboxtest.World) error { return either(w, b) },
					"Its phone numbers are silenced":                               func(w *sandboxtest.World) error { return all(w, w.Silenced, b) },
					"Its hold flow may exist":                                      func(w *sandboxtest.World) error { return either(w, b) },
					"Its hold may exist, and this apply has silenced nothing yet":  func(w *sandboxtest.World) error { return either(w, b) },
				},
				Part: true,
			}.CutEverywhere(t)
		})
	}
}
