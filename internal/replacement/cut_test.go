package replacement_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// side is a channel of a number.
type side struct {
	number  int
	channel bot.Channel
}

// sides are the channels on which the bot of these tests answers, or is silenced.
var sides = []side{{0, bot.Messaging}, {1, bot.Messaging}, {1, bot.Voice}}

// replaced is a bot that is replaced.
type replaced struct {
	from, to  bot.Engine
	suspended bool
	service   bool // whether a Messaging Service routes to it
	talks     bool // whether a conversation with it waits for a reply
	callback  bool // whether a person set the status callback of a number
	old       bot.Bot
}

func (r *replaced) setup(w *sandboxtest.World) {
	r.old = w.Create(r.from, "clinic")
	w.Point(0, r.old, "", bot.Messaging)
	w.Point(1, r.old, "", bot.Channels()...)
	w.Edit(0, func(n *bot.Number) { n.Voice = bot.Side{URL: "https://theirs.example.com/", Method: "GET"} })
	target := r.old.SID
	if r.callback {
		w.Edit(1, func(n *bot.Number) {
			n.StatusCallback, n.StatusCallbackMethod = "https://theirs.example.com/calls", "GET"
		})
	}
	if r.talks {
		if _, err := w.Box.AddExecution(sandbox.Execution{FlowSID: r.old.SID, Contact: "+12025550199", Channel: "messaging"}); err != nil {
			w.T.Fatal(err)
		}
	}
	if r.suspended {
		made := w.Hold(r.old.SID, "")
		target = made.FlowSID
		for _, s := range sides {
			w.Edit(s.number, func(n *bot.Number) {
				to := n.Side(s.channel)
				to.ApplicationSID = made.SID
				*n = n.With(s.channel, to)
			})
		}
	}
	if r.service {
		url, method := bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandboxtest.AccountSID, BotSID: target, Channel: bot.Messaging}), "GET"
		if url == "" {
			url, method = r.old.Content.Webhooks.MessagingURL, r.old.Content.Webhooks.MessagingMethod
		}
		if _, err := w.Box.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Campaigns", "inbound_request_url": %q, "inbound_method": %q}`, url, method)); err != nil {
			w.T.Fatal(err)
		}
	}
}

func (r *replaced) request() replacement.Request {
	return replacement.Request{SID: r.old.SID, From: sandboxtest.Spec(r.from, "clinic", 1), To: sandboxtest.Spec(r.to, "doctor", 2), Engine: r.to}
}

func (r *replaced) run(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
	_, _, err := replacement.Run(ctx, a, r.request())
	return err
}

// next is the next apply, which knows the old bot.
func (r *replaced) next(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
	request := r.request()
	_, _, err := lifecycle.Update(ctx, a, lifecycle.Change{SID: r.old.SID, From: request.From, To: request.To, Engine: r.to})
	return err
}

// carriedBy reports an error where a side neither answers for, nor is silenced for, one of
// the bots.
func carriedBy(w *sandboxtest.World, bots ...string) error {
	for _, s := range sides {
		ok := false
		for _, sid := range bots {
			ok = ok || w.Answers(s.number, s.channel, sid) || w.Silenced(s.number, s.channel, sid)
		}
		if !ok {
			return fmt.Errorf("%s of number %d is neither's: %+v", s.channel, s.number, w.Number(s.number).Side(s.channel))
		}
	}
	return nil
}

// newest is the SID of the bot that was created.
func (r *replaced) newest(w *sandboxtest.World) string {
	for _, name := range []string{"doctor", bot.MarkReplacing(r.old.SID)} {
		for _, b := range w.Named(name) {
			return b.SID
		}
	}
	return "none"
}

func (r *replaced) exists(w *sandboxtest.World) bool {
	_, err := w.Hosts[r.from].Get(w.T.Context(), r.old.SID)
	return err == nil
}

func TestReplacementGoesOnWhereItWasCut(t *testing.T) {
	for _, each := range []struct {
		replaced
		settings sandbox.Settings
	}{
		{replaced: replaced{from: bot.Studio, to: bot.Studio, service: true, callback: true}},
		{replaced: replaced{from: bot.Studio, to: bot.Studio, suspended: true, service: true}},
		{replaced: replaced{from: bot.Studio, to: bot.Studio, suspended: true}, settings: sandbox.Settings{ApplicationClearsURL: true}},
		{replaced: replaced{from: bot.Application, to: bot.Application}},
		{replaced: replaced{from: bot.Studio, to: bot.Application, service: true}},
		{replaced: replaced{from: bot.Application, to: bot.Studio, suspended: true, callback: true}},
		{replaced: replaced{from: bot.Autopilot, to: bot.Studio, service: true}},
		{replaced: replaced{from: bot.Application, to: bot.Autopilot}},
		{replaced: replaced{from: bot.Autopilot, to: bot.Autopilot}},
	} {
		t.Run(fmt.Sprintf("%s to %s, suspended %v, clears %v", each.from, each.to, each.suspended, each.settings.ApplicationClearsURL), func(t *testing.T) {
			t.Parallel()
			r := &each.replaced
			r.talks = r.from == bot.Studio
			each.settings.ModelBuildMS = 1
			fates := sandboxtest.Fates()
			if r.to == bot.Autopilot {
				// It has many calls; the engine's own tests have the others.
				fates = []sandboxtest.Fate{sandboxtest.Killed}
			}
			carried := func(w *sandboxtest.World) error { return carriedBy(w, r.newest(w)) }
			alone := func(w *sandboxtest.World) error {
				if r.exists(w) {
					return errors.New("the old bot exists")
				}
				return carried(w)
			}
			operation := sandboxtest.Operation{
				Settings: each.settings, Setup: r.setup, Run: r.run, Again: r.next, Fates: fates,
				Unknown: r.to == bot.Application,
				Part:    r.to == bot.Autopilot,
				Cuts: map[string]func(w *sandboxtest.World) error{
					"The new bot may exist with its mark, and no phone number routes to it":               func(w *sandboxtest.World) error { return carriedBy(w, r.old.SID) },
					"Each phone number answers for one of the two bots":                                   func(w *sandboxtest.World) error { return carriedBy(w, r.old.SID, r.newest(w)) },
					"Each Messaging Service, and whatever else leads to it, leads to one of the two bots": func(w *sandboxtest.World) error { return carriedBy(w, r.old.SID, r.newest(w)) },
					"If the bot is suspended, its phone numbers are silenced for one of the two bots": func(w *sandboxtest.World) error {
						if !r.suspended {
							return carriedBy(w, r.old.SID, r.newest(w))
						}
						for _, s := range sides {
							if !w.Silenced(s.number, s.channel, r.old.SID) && !w.Silenced(s.number, s.channel, r.newest(w)) {
								return fmt.Errorf("%s of number %d is not silenced", s.channel, s.number)
							}
						}
						return nil
					},
					"The new bot carries every phone number; the old one may still exist":                                  carried,
					"The old bot is deleted; a phone number that another process bound to it at the same time may be dead": alone,
					"The old bot is deleted and the new one answers, perhaps still under its mark":                         alone,
				},
			}
			if r.talks {
				operation.Cuts["The new bot carries every phone number, and some of what was in progress on the old one is ended"] = carried
			}
			operation.CutEverywhere(t)
		})
	}
}
