package suspension

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func conversations(w *sandboxtest.World) []bot.Way {
	return slices.DeleteFunc(w.Ways(), func(way bot.Way) bool { return way.Kind != bot.ByConversation })
}

func pointersOf(w *sandboxtest.World) map[string]bot.Way {
	all := map[string]bot.Way{}
	for _, way := range w.Ways() {
		all[way.Key()] = way
	}
	return all
}

// eachWayIn runs a test for every way in and every engine whose bots it can lead to, with a
// notice and without.
func eachWayIn(t *testing.T, test func(w *sandboxtest.World, in sandboxtest.WayIn, engine bot.Engine, notice string)) {
	t.Helper()
	row := 0
	for _, in := range sandboxtest.WaysIn() {
		for _, engine := range in.Engines {
			for _, notice := range []string{"", "We are back on Monday."} {
				if row++; !sampletest.Takes(row) {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, notice %q", in.Name, engine, notice), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { test(sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1}), in, engine, notice) })
				})
			}
		}
	}
}

func TestEveryWayInIsSilencedAndLeadsBack(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(w *sandboxtest.World, in sandboxtest.WayIn, engine bot.Engine, notice string) {
		b := w.Create(engine, "clinic")
		w.Point(0, b, "", bot.Channels()...)
		to := in.Add(w, b)
		number := sandbox.StarterNumbers()[0]
		asked := in.Channel != "" && !in.Idle
		reached := asked && engine != bot.Application // a bot hosted elsewhere is reached by a URL that nobody serves
		before, numberBefore := pointersOf(w), w.Number(0)
		leads := w.Routes(b.SID).Ways[0].Key()
		if reached {
			if sid, _ := w.Ask(to, in.Channel); sid != b.SID {
				w.T.Fatalf("%s is answered by %s", to, sid)
			}
		}
		a, line := w.Process()
		var answers sandboxtest.Answers
		if reached {
			line.BeforeEach(func() { answers.Ask(w, to, in.Channel) })
		}
		goes, _ := Goes(w.T.Context(), a, w.Routes(b.SID))
		goesOn := in.Fixed || in.Answers
		if (len(goes) > 0) != goesOn {
			w.T.Errorf("what goes on answering is %v", goes)
		}
		now, saved, err := Suspend(sandboxtest.Count(w.T.Context()), a, b.SID, notice)
		turns := []string{b.SID}
		if !goesOn && !in.Idle {
			turns = append(turns, now.FlowSID)
		}
		if got := answers.Turns(); reached && !slices.Equal(got, turns) {
			w.T.Errorf("while it is suspended, people are answered by %v, not %v", got, turns)
		}
		if err != nil || len(now.Ways.Answering)+len(now.Ways.Dead) > 0 || (len(now.Ways.Silenced) > 0) == (goesOn || in.Idle) {
			w.T.Fatalf("%+v, %v", now, err)
		}
		next, _ := w.Process()
		if read, err := ReadWhole(w.T.Context(), next, b.SID, next.Now()); err != nil || read.Notice != notice || read.Wrong != "" || read.FlowSID != now.FlowSID ||
			len(read.Silenced) != 1 || len(read.Ways.Silenced) != len(now.Ways.Silenced) || len(read.Ways.Answering) > 0 {
			w.T.Errorf("read as %+v, %v", read, err)
		}
		hold := w.Holds(b.SID)
		if len(hold) != 1 || hold[0].FlowSID != now.FlowSID || len(w.HoldFlows(b.SID)) != 1 {
			w.T.Fatalf("the holds are %v", hold)
		}
		for what, each := range map[string]struct {
			to       string
			channel  bot.Channel
			silenced bool
		}{
			"messages to its number": {number, bot.Messaging, true},
			"calls to its number":    {number, bot.Voice, true},
			"the way in":             {to, in.Channel, !goesOn && !in.Idle},
		} {
			if what == "the way in" && !asked {
				continue
			}
			sid, said := w.Ask(each.to, each.channel)
			if each.silenced && (sid != now.FlowSID || said != notice) || !each.silenced && reached && sid != b.SID {
				w.T.Errorf("%s: answered by %s (the hold is %+v), and it says %q", what, sid, hold, said)
			}
		}
		if wrong := w.Inconsistent(); len(wrong) > 0 && !goesOn {
			w.T.Error(wrong)
		}
		if now := pointersOf(w)[leads]; (goesOn || in.Idle) && now != before[leads] {
			w.T.Errorf("what is not silenced leads to %+v", now)
		}
		if _, err := Resume(sandboxtest.Count(w.T.Context()), a, b.SID, saved); err != nil {
			w.T.Fatal(err)
		}
		slices.Reverse(turns)
		if got := answers.Turns(); reached && !slices.Equal(got, turns) {
			w.T.Errorf("while it is resumed, people are answered by %v, not %v", got, turns)
		}
		if now := pointersOf(w); fmt.Sprint(now) != fmt.Sprint(before) || w.Number(0).Messaging != numberBefore.Messaging || w.Number(0).Voice != numberBefore.Voice {
			w.T.Errorf("resumed, it is\n%#v, was\n%#v", now, before)
		}
		if reached {
			if sid, _ := w.Ask(to, in.Channel); sid != b.SID {
				w.T.Errorf("resumed, %s is answered by %s", to, sid)
			}
		}
		if len(w.Holds(b.SID))+len(w.HoldFlows(b.SID)) > 0 {
			w.T.Errorf("left are %v, %v", w.Holds(b.SID), w.HoldFlows(b.SID))
		}
	})
}

// What a person points at the bot again, or an idle way in that is put to use, is found, and
// silenced by the next apply; so is what points at a flow that a person deleted.
func TestWayInThatWasResumedByHandIsSilencedAgain(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(w *sandboxtest.World, in sandboxtest.WayIn, engine bot.Engine, notice string) {
		if in.Fixed || in.Idle || in.Answers {
			return
		}
		b := w.Create(engine, "clinic")
		in.Add(w, b)
		before := pointersOf(w)
		a, _ := w.Process()
		now, saved, err := Suspend(w.T.Context(), a, b.SID, notice)
		if err != nil || len(now.Ways.Silenced) != 1 {
			w.T.Fatalf("%+v, %v", now, err)
		}
		way := now.Ways.Silenced[0]
		byHand := func() {
			other, _ := w.Process()
			err := other.EditWay(w.T.Context(), way, nil, func(context.Context, bot.Way) (bot.Way, bool, error) { return before[way.Key()], true, nil })
			if err != nil {
				w.T.Fatal(err)
			}
		}
		flowDeleted := func() {
			if err := w.Hosts[bot.Studio].Delete(w.T.Context(), now.FlowSID); err != nil {
				w.T.Fatal(err)
			}
		}
		applicationDeleted := func() {
			if err := w.Hosts[bot.Application].Delete(w.T.Context(), now.HoldSID); err != nil {
				w.T.Fatal(err)
			}
		}
		for what, each := range map[string]struct {
			do        func()
			answering bool
			wrong     string
			remembers bool // whether the process has the holds' SIDs, as the state has them
		}{
			"resumed by hand":        {byHand, true, "", false},
			"the flow was deleted":   {flowDeleted, false, "no flow of its own", false},
			"both were deleted":      {func() { flowDeleted(); applicationDeleted() }, false, "no longer exists", true},
			"the hold was deleted":   {applicationDeleted, false, "no longer exists", true},
			"the flow was edited":    {func() { w.Publish(now.FlowSID) }, false, "was edited", false},
			"nothing was done to it": {func() {}, false, "", false},
		} {
			each.do()
			next, _ := w.Process()
			if each.remembers {
				next.KnowHolds(b.SID, now.HoldSID, now.FlowSID)
			}
			read, err := ReadWhole(w.T.Context(), next, b.SID, account.AnyTime)
			if err != nil || (len(read.Ways.Answering) > 0) != each.answering || (each.wrong == "") != (read.Wrong == "") || !strings.Contains(read.Wrong, each.wrong) {
				w.T.Errorf("%s: read as %+v, %v", what, read, err)
			}
			again, _, err := Suspend(w.T.Context(), next, b.SID, notice)
			if err != nil || len(again.Ways.Silenced) != 1 || len(w.Inconsistent()) > 0 || len(w.Holds(b.SID)) != 1 || len(w.HoldFlows(b.SID)) != 1 {
				w.T.Fatalf("%s: %+v, %v, %v, %v", what, again, err, w.Inconsistent(), w.HoldFlows(b.SID))
			}
			now, way = again, again.Ways.Silenced[0]
		}
		last, _ := w.Process()
		if _, err := Resume(w.T.Context(), last, b.SID, saved); err != nil || !maps.Equal(pointersOf(w), before) {
			w.T.Errorf("resumed, it is\n%#v, was\n%#v, %v", pointersOf(w), before, err)
		}
	})
}

// A conversation that a message to a silenced address begins leads to the hold. It leads to
// the bot once that is resumed, and does not end with the hold.
func TestConversationThatBeganWithTheHoldIsResumed(t *testing.T) {
	t.Parallel()
	for _, in := range sandboxtest.WaysIn() {
		if in.Kind != bot.ByAddress {
			continue
		}
		for _, engine := range in.Engines {
			t.Run(fmt.Sprintf("%s, %s", in.Name, engine), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
					w.Reads(bot.ByConversation)
					b := w.Create(engine, "clinic")
					to := in.Add(w, b)
					writes := func() sandbox.InboundAnswer {
						answer, err := w.Box.Inbound(sandbox.Inbound{To: to, From: "+15005550177", Channel: "messaging", Body: "hello"})
						if err != nil {
							t.Fatal(err)
						}
						return answer
					}
					a, _ := w.Process()
					now, saved, err := Suspend(t.Context(), a, b.SID, "Back on Monday.")
					if err != nil {
						t.Fatal(err)
					}
					if answer := writes(); answer.Bot == nil || answer.Bot.SID != now.FlowSID || len(conversations(w)) != 1 {
						t.Fatalf("while it is suspended: %+v, %v", answer, conversations(w))
					}
					if _, err := Resume(t.Context(), a, b.SID, saved); err != nil {
						t.Fatal(err)
					}
					if routes := w.Routes(b.SID); len(routes.Ways) != 2 {
						t.Errorf("resumed, it is reached by %v, and the conversation leads to %+v", routes.Ways, conversations(w))
					}
					if answer := writes(); engine != bot.Application && (answer.Bot == nil || answer.Bot.SID != b.SID) {
						t.Errorf("resumed, it answers %+v", answer)
					}
				})
			})
		}
	}
}

// The hold of an earlier version, an application without URLs, is given a flow, and the
// notice of a suspension is changed in place and removed again.
func TestHoldOfAnEarlierVersionIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, engine := range bot.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
				b := clinic(w, engine)
				silenceSides(w, w.EarlierHold(b.SID))
				a, _ := w.Process()
				if read, err := ReadWhole(t.Context(), a, b.SID, a.Now()); err != nil || read.Wrong == "" || read.FlowSID != "" {
					t.Fatalf("read as %+v, %v", read, err)
				}
				hold := w.Holds(b.SID)[0].SID
				for _, notice := range []string{"", "Back on Monday.", "Back on Tuesday.", ""} {
					now, _, err := Suspend(t.Context(), a, b.SID, notice)
					if err != nil || now.HoldSID != hold || len(now.Silenced) != 2 || len(w.Holds(b.SID)) != 1 || len(w.HoldFlows(b.SID)) != 1 {
						t.Fatalf("%+v, %v", now, err)
					}
					if read, err := ReadWhole(t.Context(), a, b.SID, a.Now()); err != nil || read.Wrong != "" || read.Notice != notice {
						t.Errorf("read as %+v, %v", read, err)
					}
					for _, s := range sides {
						if sid, said := w.Ask(sandbox.StarterNumbers()[s.number], s.channel); sid != now.FlowSID || said != notice {
							t.Errorf("%s says %q by %s, not %q", s.channel, said, sid, notice)
						}
					}
				}
			})
		})
	}
}

func TestTakingOverAnEarlierHoldGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	var b bot.Bot
	silent := func(w *sandboxtest.World) error { return all(w, w.Silenced, b) }
	sandboxtest.Operation{
		Setup: func(w *sandboxtest.World) {
			b = clinic(w, bot.Studio)
			silenceSides(w, w.EarlierHold(b.SID))
		},
		Run: func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
			_, _, err := Suspend(ctx, a, b.SID, "Back on Monday.")
			return err
		},
		Cuts: map[string]func(w *sandboxtest.World) error{
			"Its hold flow may exist":  silent,
			"Its hold may exist":       silent,
			"Some of its phone":        silent,
			"Its phone numbers are si": silent,
		},
		Part: true,
	}.CutEverywhere(t)
}

// A task, and any other parameter, that only the URL of a way in has is put back, also where a person deletes the hold in
// between, by a process that knows nothing of the suspension.
func TestTaskOfAWayInSurvivesASuspension(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		b := w.Create(bot.Autopilot, "clinic")
		url := bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandboxtest.AccountSID, BotSID: b.SID, Channel: bot.Messaging, TargetTask: "greeting"}) + "&Memory=%7B%7D"
		w.Reads(bot.ByShortCode)
		if _, err := w.Box.AddShortCode(fmt.Sprintf(`{"short_code": "55502", "sms_url": %q, "sms_method": "GET"}`, url)); err != nil {
			t.Fatal(err)
		}
		before := pointersOf(w)
		a, _ := w.Process()
		now, _, err := Suspend(t.Context(), a, b.SID, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, hold := range w.HoldFlows(b.SID) {
			if err := w.Hosts[bot.Studio].Delete(t.Context(), hold.SID); err != nil {
				t.Fatal(err)
			}
		}
		next, _ := w.Process()
		next.KnowHolds(b.SID, now.FlowSID)
		if _, _, err := Suspend(t.Context(), next, b.SID, ""); err != nil || len(w.Inconsistent()) > 0 {
			t.Fatalf("suspended again: %v, %v", err, w.Inconsistent())
		}
		last, _ := w.Process()
		if _, err := Resume(t.Context(), last, b.SID, nil); err != nil || !maps.Equal(pointersOf(w), before) {
			t.Errorf("resumed, it is\n%#v, was\n%#v, %v", pointersOf(w), before, err)
		}
	})
}

// A bot hosted elsewhere that lost its URL since cannot be put back where it was: nothing is
// resumed.
func TestBotWithoutAURLIsNotResumed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		b := clinic(w, bot.Application)
		addWays(w, b, sandbox.Settings{})
		a, _ := w.Process()
		_, saved, err := Suspend(t.Context(), a, b.SID, "")
		if err != nil {
			t.Fatal(err)
		}
		from, to := sandboxtest.Spec(bot.Application, "clinic", 1), sandboxtest.Spec(bot.Application, "clinic", 1)
		to.Content.Webhooks.MessagingURL = ""
		if _, err := w.Hosts[bot.Application].Update(t.Context(), b.SID, from, to); err != nil {
			t.Fatal(err)
		}
		_, err = Resume(t.Context(), a, b.SID, saved)
		var problem *bot.Problem
		if !errors.As(err, &problem) || problem.Kind != bot.NoURLForWay || !slices.Equal(problem.Channels, []bot.Channel{bot.Messaging}) {
			t.Errorf("it says %v", err)
		}
		if err := all(w, w.Silenced, b); err != nil {
			t.Error(err)
		}
	})
}

// Where flows are out of reach, the application stands alone, and a notice is refused.
func TestWithoutStudioTheApplicationStandsAlone(t *testing.T) {
	t.Parallel()
	refuse := func(t *testing.T, w *sandboxtest.World, method string) {
		fault := sandbox.Fault{Host: "studio.twilio.com", Method: method, Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: 1000}
		if err := w.Box.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	for what, each := range map[string]struct {
		refuse func(t *testing.T, w *sandboxtest.World) *account.Account
		seen   bool // whether it is known without a try
	}{
		"it cannot be read": {func(t *testing.T, w *sandboxtest.World) *account.Account {
			refuse(t, w, "")
			a, _ := w.Process()
			return a
		}, true},
		"it cannot be written": {func(t *testing.T, w *sandboxtest.World) *account.Account {
			refuse(t, w, http.MethodPost)
			a, _ := w.Process()
			return a
		}, false},
		"it is off": {func(t *testing.T, w *sandboxtest.World) *account.Account {
			return account.New(sandboxtest.AccountSID, bot.Webhooks{}, w.Numbers, w.Services, map[bot.Engine]account.Host{
				bot.Studio: account.Off{Reason: errors.New("the credentials are of a parent account")}, bot.Application: w.Hosts[bot.Application],
			})
		}, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{})
				b := clinic(w, bot.Application)
				addWays(w, b, sandbox.Settings{})
				before := pointersOf(w)
				a := each.refuse(t, w)
				if goes, reason := Goes(t.Context(), a, w.RoutesOf(a, b.SID)); each.seen && (reason == nil || len(goes) == 0) {
					t.Errorf("what goes on is %v, since %v", goes, reason)
				}
				_, _, err := Suspend(t.Context(), a, b.SID, "Back on Monday.")
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != bot.NoFlowForNotice {
					t.Errorf("a notice: %v", err)
				}
				now, saved, err := Suspend(t.Context(), a, b.SID, "")
				if err != nil || now.FlowSID != "" || len(now.Silenced) != 2 || len(now.Ways.Answering) > 0 || len(now.Ways.Fixed) == 0 {
					t.Fatalf("%+v, %v", now, err)
				}
				read, err := ReadWhole(t.Context(), a, b.SID, a.Now())
				if err != nil || len(read.Ways.Answering) > 0 || each.seen && (read.Wrong != "" || !read.Unread) {
					t.Errorf("read as %+v, %v", read, err)
				}
				if _, err := Resume(t.Context(), a, b.SID, saved); err != nil {
					t.Error(err)
				}
				w.Box.ClearFaults()
				if err := errors.Join(all(w, w.Answers, b)); err != nil || !maps.Equal(pointersOf(w), before) || len(w.Holds(b.SID)) > 0 {
					t.Errorf("%v, %v", err, w.Holds(b.SID))
				}
			})
		})
	}
}

// A replacement that was cut off between the two names of a hold leaves a pair that
// disagrees: whoever comes next puts it right.
func TestHoldWhosePartsDisagreeIsPutRight(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(ctx context.Context, a *account.Account, old, made bot.Bot) error{
		"the replacement goes on": func(ctx context.Context, a *account.Account, old, made bot.Bot) error {
			return HandOver(ctx, a, old.SID, made.SID)
		},
		"the new bot is suspended": func(ctx context.Context, a *account.Account, _, made bot.Bot) error {
			_, _, err := Suspend(ctx, a, made.SID, "Back on Monday.")
			return err
		},
		"the old bot is suspended again": func(ctx context.Context, a *account.Account, old, _ bot.Bot) error {
			_, _, err := Suspend(ctx, a, old.SID, "")
			return err
		},
		"the old bot's hold is deleted": func(ctx context.Context, a *account.Account, old, made bot.Bot) error {
			return errors.Join(DeleteHolds(ctx, a, old.SID), HandOver(ctx, a, old.SID, made.SID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{})
				old, made := w.Create(bot.Studio, "old"), w.Create(bot.Studio, "new")
				hold := w.Hold(old.SID, "Back on Monday.")
				w.Edit(0, func(n *bot.Number) { n.Messaging.ApplicationSID = hold.SID })
				hold.BotSID = made.SID
				if err := w.Hosts[bot.Application].(account.Holder).WriteHold(t.Context(), hold); err != nil {
					t.Fatal(err)
				}
				a, _ := w.Process()
				if err := next(t.Context(), a, old, made); err != nil {
					t.Fatal(err)
				}
				flows := w.HoldFlows(made.SID)
				if len(flows) != 1 || flows[0] != (bot.HoldFlow{SID: hold.FlowSID, URL: hold.FlowURL, BotSID: made.SID, Notice: "Back on Monday."}) {
					t.Errorf("its flows are %+v", flows)
				}
				if !w.Silenced(0, bot.Messaging, made.SID) || len(w.Inconsistent()) > 0 {
					t.Errorf("%v", w.Inconsistent())
				}
				if read, err := ReadWhole(t.Context(), a, made.SID, a.Now()); err != nil || read.Wrong != "" {
					t.Errorf("read as %+v, %v", read, err)
				}
			})
		})
	}
}
