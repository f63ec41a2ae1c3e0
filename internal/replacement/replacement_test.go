package replacement_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// saveDraft saves a draft of a flow, as a person does in the console.
func saveDraft(w *sandboxtest.World, sid string, version int) {
	w.T.Helper()
	var definition any = sandboxtest.Content(bot.Studio, version).Flow.Source()
	_, err := openapi.NewApiService(w.Client.Requests(w.T.Context())).UpdateFlow(sid, &openapi.UpdateFlowParams{Status: new("draft"), Definition: &definition})
	if err != nil {
		w.T.Fatal(err)
	}
}

// edit changes the content of a bot past the plan.
func edit(w *sandboxtest.World, b bot.Bot, version int) {
	w.T.Helper()
	from := sandboxtest.Spec(b.Engine(), b.UniqueName, 1)
	if _, err := w.Hosts[b.Engine()].Update(w.T.Context(), b.SID, from, sandboxtest.Spec(b.Engine(), b.UniqueName, version)); err != nil {
		w.T.Fatal(err)
	}
}

func TestReplacementThatMustNotBeMadeLeavesAllAsItIs(t *testing.T) {
	for name, each := range map[string]struct {
		from, to bot.Engine
		service  bool
		prepare  func(w *sandboxtest.World, old bot.Bot)
		request  func(r *replacement.Request)
		kind     bot.Kind
		is       error
		says     string
	}{
		"the flow was changed since the plan": {from: bot.Studio, to: bot.Studio, prepare: func(w *sandboxtest.World, old bot.Bot) { edit(w, old, 7) },
			kind: bot.ChangedSincePlan, is: bot.ErrChanged, says: "would not have it"},
		"the application was changed since the plan": {from: bot.Application, to: bot.Studio, prepare: func(w *sandboxtest.World, old bot.Bot) { edit(w, old, 7) },
			kind: bot.ChangedSincePlan, is: bot.ErrChanged},
		"the assistant was changed since the plan": {from: bot.Autopilot, to: bot.Studio, prepare: func(w *sandboxtest.World, old bot.Bot) { edit(w, old, 7) },
			kind: bot.ChangedSincePlan, is: bot.ErrChanged},
		"a newer draft is not published": {from: bot.Studio, to: bot.Studio, prepare: func(w *sandboxtest.World, old bot.Bot) { saveDraft(w, old.SID, 7) },
			kind: bot.DraftInTheWay, says: "revision 2"},
		"the name is another's": {from: bot.Studio, to: bot.Studio, prepare: func(w *sandboxtest.World, _ bot.Bot) { w.Create(bot.Application, "doctor") },
			kind: bot.NameTaken, is: bot.ErrNameTaken},
		"nothing says what it is made of": {from: bot.Studio, to: bot.Application, request: func(r *replacement.Request) { r.To.Content = bot.Content{} },
			kind: bot.NoContent},
		"a Messaging Service cannot be pointed at it": {from: bot.Studio, to: bot.Application, service: true,
			request: func(r *replacement.Request) { r.To.Content.Webhooks.MessagingURL = "" },
			kind:    bot.NoURLForWay, says: "nothing of it is left"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
				r := &replaced{from: each.from, to: each.to, service: each.service}
				r.setup(w)
				if each.prepare != nil {
					each.prepare(w, r.old)
				}
				before := w.Snapshot()
				request := r.request()
				if each.request != nil {
					each.request(&request)
				}
				a, _ := w.Process()
				got, _, err := replacement.Run(t.Context(), a, request)
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != each.kind || each.is != nil && !errors.Is(err, each.is) || !strings.Contains(err.Error(), each.says) {
					t.Errorf("it says %v", err)
				}
				if got.SID != "" {
					t.Errorf("the bot that answers is %v", got)
				}
				if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
					t.Errorf("the account was changed:\n%s", diff)
				}
			})
		})
	}
}

// What a configuration does not speak of is carried along by a bot of the same engine.
func TestContentThatIsManagedElsewhereIsCarriedAlong(t *testing.T) {
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
				r := &replaced{from: engine, to: engine}
				r.setup(w)
				old, err := w.Hosts[engine].Read(t.Context(), r.old.SID)
				if err != nil {
					t.Fatal(err)
				}
				request := r.request()
				request.From.Content, request.To.Content = bot.Content{}, bot.Content{}
				a, _ := w.Process()
				made, _, err := replacement.Run(t.Context(), a, request)
				if err != nil {
					t.Fatal(err)
				}
				now, err := w.Hosts[engine].Read(t.Context(), made.SID)
				if err != nil || !now.Content.Meets(old.Content) || now.UniqueName != "doctor" {
					t.Errorf("carried along as %+v, %v", now, err)
				}
			})
		})
	}
}

// A schema that speaks of a part leaves the rest of the assistant as it is.
func TestPartsOfAnAssistantThatTheSchemaDoesNotSpeakOfAreCarriedAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		r := &replaced{from: bot.Autopilot, to: bot.Autopilot}
		r.setup(w)
		styled, err := schema.Parse([]byte(`{"styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Joanna"}}}, "tasks": [{"uniqueName": "greeting", "actions": {"actions": [{"say": "Version 1"}]},
			"fields": [], "samples": [{"language": "en-US", "taggedText": "hello 1"}]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		from := bot.Spec{UniqueName: "clinic", FriendlyName: "clinic"}
		to := from
		to.Content.Schema = styled
		if _, err := w.Hosts[bot.Autopilot].Update(t.Context(), r.old.SID, from, to); err != nil {
			t.Fatal(err)
		}
		a, _ := w.Process()
		made, _, err := replacement.Run(t.Context(), a, r.request())
		if err != nil {
			t.Fatal(err)
		}
		now, err := w.Hosts[bot.Autopilot].Read(t.Context(), made.SID)
		if err != nil || !strings.Contains(string(now.Content.Schema.StyleSheet), "Polly.Joanna") || !strings.Contains(string(now.Content.Schema.Canonical()), "Version 2") {
			t.Errorf("it is %s, %v", now.Content.Schema.Canonical(), err)
		}
	})
}

func TestReplacedFlowWaitsForItsCalls(t *testing.T) {
	const second = time.Second
	for name, each := range map[string]struct {
		channel string
		ends    time.Duration // after which the execution ends; 0 for never
		drain   time.Duration
		stays   time.Duration // for how long the old flow is left; 0 for not at all
		gone    time.Duration // after which it is deleted
		says    string
	}{
		"a call that ends":       {"voice", 30 * second, time.Minute, 30 * second, 40 * second, ""},
		"a call that does not":   {"voice", 0, time.Minute, 59 * second, 70 * second, "were ended: 1 call."},
		"no time to wait":        {"voice", 0, 0, 0, second, "were ended: 1 call."},
		"a conversation by text": {"messaging", 0, time.Minute, 0, second, "were ended: 1 message conversation."},
		"nothing is in progress": {"", 0, time.Minute, 0, second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{})
				r := &replaced{from: bot.Studio, to: bot.Studio}
				r.setup(w)
				if each.channel != "" {
					sid, err := w.Box.AddExecution(sandbox.Execution{FlowSID: r.old.SID, Contact: "+12025550199", Channel: each.channel})
					if err != nil {
						t.Fatal(err)
					}
					if each.ends > 0 {
						time.AfterFunc(each.ends, func() {
							if err := w.Box.EndExecution(sid); err != nil {
								t.Error(err)
							}
						})
					}
				}
				looked := make(chan bool, 2)
				time.AfterFunc(each.stays, func() { looked <- each.stays == 0 || r.exists(w) })
				time.AfterFunc(each.gone, func() { looked <- !r.exists(w) })
				request := r.request()
				request.Drain = each.drain
				a, _ := w.Process()
				_, notices, err := replacement.Run(t.Context(), a, request)
				if said := fmt.Sprint(notices); err != nil || (each.says == "") != (len(notices) == 0) || !strings.Contains(said, each.says) {
					t.Errorf("it says %s, %v", said, err)
				}
				if !<-looked {
					t.Errorf("the old flow is gone after %s", each.stays)
				}
				if !<-looked {
					t.Errorf("the old flow is there after %s", each.gone)
				}
			})
		})
	}
}

func TestPreviewShowsWhatIsTouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		r := &replaced{from: bot.Studio, to: bot.Studio, service: true}
		r.setup(w)
		if _, err := w.Box.AddExecution(sandbox.Execution{FlowSID: r.old.SID, Contact: "+12025550199", Channel: "voice"}); err != nil {
			t.Fatal(err)
		}
		caller := sandboxtest.Spec(bot.Studio, "caller", 1)
		var err error
		if caller.Content.Flow, err = r.calling(); err != nil {
			t.Fatal(err)
		}
		calling, err := w.Hosts[bot.Studio].Create(t.Context(), caller)
		if err != nil {
			t.Fatal(err)
		}
		w.Create(bot.Studio, "bystander")
		app := w.Create(bot.Application, "app")
		w.Point(2, app, "", bot.Voice)

		a, _ := w.Process()
		p, err := replacement.Look(t.Context(), a, r.old.SID)
		if err != nil || p.Bot.SID != r.old.SID || len(p.Numbers) != 2 || len(p.Ways) != 2 || p.Activity.Calls != 1 || p.Ways[0].Kind != bot.ByService || p.Ways[1].Kind != bot.BySubflow || p.Ways[1].SID != calling.SID {
			t.Errorf("a flow: %+v, %v", p, err)
		}
		by := p.ByChannel(r.old.SID)
		if len(by[bot.Messaging]) != 2 || len(by[bot.Voice]) != 1 {
			t.Errorf("by channel: %v", by)
		}
		p, err = replacement.Look(t.Context(), a, app.SID)
		if err != nil || len(p.Numbers) != 1 || len(p.Ways) != 0 {
			t.Errorf("an application: %+v, %v", p, err)
		}
		if _, err := replacement.Look(t.Context(), a, "FW9999999999999999999999999999aaaa"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a bot that is gone: %v", err)
		}
		// One that was replaced is looked at in the place of the old one.
		made, _, err := replacement.Run(t.Context(), a, r.request())
		if err != nil {
			t.Fatal(err)
		}
		next, _ := w.Process()
		if p, err = replacement.Look(t.Context(), next, r.old.SID); err != nil || p.Bot.SID != made.SID || len(p.Numbers) != 2 {
			t.Errorf("one that was replaced: %+v, %v", p, err)
		}
	})
}

// Bindings of the same run that know the old bot take the new one for it.
func TestNewBotIsKnownToTheRestOfTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		r := &replaced{from: bot.Studio, to: bot.Application}
		r.setup(w)
		a, line := w.Process()
		failing := r.request()
		failing.To.Content = bot.Content{}
		if _, _, err := replacement.Run(t.Context(), a, failing); err == nil || a.ReplacementOf(r.old.SID) != "" {
			t.Errorf("a replacement that fails says %v, and its bot is known as %s", err, a.ReplacementOf(r.old.SID))
		}
		var early string
		line.Before(12, func() { early = a.ReplacementOf(r.old.SID) }) // while its numbers are moved
		made, _, err := replacement.Run(sandboxtest.Count(t.Context()), a, r.request())
		if err != nil || early != made.SID || a.ReplacementOf(r.old.SID) != made.SID {
			t.Errorf("%v is known as %q, and before its end as %q, %v", made, a.ReplacementOf(r.old.SID), early, err)
		}
	})
}

func TestInterruptedReplacementIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		r := &replaced{from: bot.Studio, to: bot.Application}
		r.setup(w)
		before := w.Snapshot()
		a, line := w.Process()
		ctx, cancel := context.WithCancel(sandboxtest.Count(t.Context()))
		line.Before(12, cancel) // while its numbers are moved
		_, _, err := replacement.Run(ctx, a, r.request())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it says %v", err)
		}
		if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
			t.Errorf("the account was changed:\n%s", diff)
		}
		if known := a.ReplacementOf(r.old.SID); known != "" {
			t.Errorf("the old bot is still known as %s, which was deleted", known)
		}
	})
}

// calling is a flow that runs the old one as a subflow.
func (r *replaced) calling() (*flow.Flow, error) {
	return flow.Parse(fmt.Appendf(nil, `{"description": "Caller", "initial_state": "Trigger", "flags": {"allow_concurrent_calls": true}, "states": [
		{"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}, "transitions": [{"event": "incomingMessage", "next": "sub"}, {"event": "incomingCall"}, {"event": "incomingRequest"}]},
		{"name": "sub", "type": "run-subflow", "transitions": [{"event": "completed"}, {"event": "failed"}],
			"properties": {"offset": {"x": 0, "y": 200}, "flow_sid": %q, "flow_revision": "LatestPublished", "parameters": []}}]}`, r.old.SID))
}
