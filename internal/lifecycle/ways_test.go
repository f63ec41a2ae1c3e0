package lifecycle_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// eachWayIn runs a test for every way in and every engine whose bots it can lead to.
func eachWayIn(t *testing.T, test func(t *testing.T, in sandboxtest.WayIn, engine bot.Engine)) {
	t.Helper()
	row := 0
	for _, in := range sandboxtest.WaysIn() {
		for _, engine := range in.Engines {
			if row++; !sampletest.Takes(row) {
				continue
			}
			t.Run(in.Name+", "+string(engine), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { test(t, in, engine) })
			})
		}
	}
}

// leading adds a way in to a new bot; people write to, or call, address.
func leading(t *testing.T, in sandboxtest.WayIn, engine bot.Engine) (w *sandboxtest.World, b bot.Bot, address string, way bot.Way) {
	t.Helper()
	w = sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
	b = w.Create(engine, "clinic")
	address = in.Add(w, b)
	routes := w.Routes(b.SID)
	if len(routes.Ways) != 1 || routes.Ways[0].Kind != in.Kind || routes.Ways[0].Idle != in.Idle || routes.Any() == in.Idle {
		t.Fatalf("what leads to it is %+v", routes.Ways)
	}
	return w, b, address, routes.Ways[0]
}

func now(t *testing.T, w *sandboxtest.World, way bot.Way) bot.Way {
	t.Helper()
	for _, each := range w.Ways() {
		if each.Key() == way.Key() {
			return each
		}
	}
	return bot.Way{}
}

// People who write and call while a bot is replaced are answered by the old one or the new one.
func TestReplacementMovesEveryWayIn(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(t *testing.T, in sandboxtest.WayIn, engine bot.Engine) {
		for _, to := range bot.Engines() {
			w, old, address, way := leading(t, in, engine)
			a, line := w.Process()
			preview, err := replacement.Look(t.Context(), a, old.SID)
			if err != nil || len(preview.Ways) != 1 || preview.Ways[0].Moves() == in.Fixed {
				t.Fatalf("the preview says %+v, %v", preview.Ways, err)
			}
			from, spec := sandboxtest.Spec(engine, "clinic", 1), sandboxtest.Spec(to, "doctor", 2)
			// Nobody serves the URL of a bot hosted elsewhere, and what is fixed ends with the old bot.
			asked := in.Channel != "" && !in.Idle && !in.Fixed && engine != bot.Application && to != bot.Application
			answers := &sandboxtest.Answers{}
			if asked {
				answers.Ask(w, address, in.Channel)
				line.BeforeEach(func() { answers.Ask(w, address, in.Channel) })
			}
			made, _, err := replacement.Run(sandboxtest.Count(t.Context()), a, replacement.Request{SID: old.SID, From: from, To: spec, Engine: to})
			if asked {
				answers.Ask(w, address, in.Channel)
				// Nothing was replaced where there is no new bot.
				if turns := answers.Turns(); !slices.Equal(turns, slices.DeleteFunc([]string{old.SID, made.SID}, func(sid string) bool { return sid == "" })) {
					t.Errorf("to %s: people were answered by %v", to, turns)
				}
			}
			want, reachable := way.PointerTo(bot.Webhooks{}, bot.Bot{SID: made.SID, Content: spec.Content}, "")
			var problem *bot.Problem
			switch {
			case !way.MovesTo(to) && (err != nil || !now(t, w, way).To.Same(way.To)):
				t.Errorf("to %s: what cannot be moved leads to %+v, %v", to, now(t, w, way).To, err)
			case !way.MovesTo(to):
			case in.Kind == bot.BySender && in.Channel == bot.Voice && to != bot.Application:
				if !errors.As(err, &problem) || problem.Kind != bot.NoURLForWay || !now(t, w, way).To.Same(way.To) || !strings.Contains(problem.Detail, way.SID) {
					t.Errorf("to %s: it ended with %v, and leads to %+v", to, err, now(t, w, way).To)
				}
			case err != nil, !reachable, now(t, w, way).Idle != in.Idle,
				to == bot.Application && !now(t, w, way).To.Same(want), to != bot.Application && bot.NewRouting(bot.Webhooks{}, nil).Lead(now(t, w, way)).BotSID != made.SID:
				t.Errorf("to %s: it ended with %v, and leads to %+v, not %+v", to, err, now(t, w, way).To, want)
			}
			// A conversation that cannot follow ends with the bot, as the plan says.
			if dead := w.Dead(); len(dead) > 0 && (in.Fixed || way.MovesTo(to)) {
				t.Errorf("to %s: %v", to, dead)
			}
		}
	})
}

// A message to an address that was not moved yet begins a conversation with the old bot: it is
// moved too.
func TestConversationThatBeginsDuringAReplacementIsMoved(t *testing.T) {
	t.Parallel()
	in := sandboxtest.WaysIn()[slices.IndexFunc(sandboxtest.WaysIn(), func(in sandboxtest.WayIn) bool { return in.Kind == bot.ByAddress })]
	synctest.Test(t, func(t *testing.T) {
		replace := func(before func(w *sandboxtest.World, to string, line *sandboxtest.Line)) (*sandboxtest.World, bot.Bot, []string) {
			w := sandboxtest.New(t, sandbox.Settings{})
			w.Reads(bot.ByConversation)
			old := w.Create(bot.Studio, "clinic")
			to := in.Add(w, old)
			a, line := w.Process()
			before(w, to, line)
			from, spec := sandboxtest.Spec(bot.Studio, "clinic", 1), sandboxtest.Spec(bot.Studio, "doctor", 1)
			made, _, err := replacement.Run(sandboxtest.Count(t.Context()), a, replacement.Request{SID: old.SID, From: from, To: spec, Engine: bot.Studio})
			if err != nil {
				t.Fatal(err)
			}
			return w, made, line.Calls()
		}
		_, _, calls := replace(func(*sandboxtest.World, string, *sandboxtest.Line) {})
		moves := slices.IndexFunc(calls, func(call string) bool { return strings.HasPrefix(call, "POST /v1/Configuration/Addresses/") })
		begun := false
		w, made, _ := replace(func(w *sandboxtest.World, to string, line *sandboxtest.Line) {
			line.Before(moves+1, func() {
				answer, err := w.Box.Inbound(sandbox.Inbound{To: to, From: "+15005550177", Channel: "messaging", Body: "hello"})
				begun = err == nil && answer.Via == "address"
			})
		})
		if ways := w.Routes(made.SID).Ways; !begun || len(ways) != 2 {
			t.Errorf("a conversation began: %v; the new bot is reached by %v", begun, ways)
		}
	})
}

func TestRemovalRefusesNamesAndFreesEveryWayIn(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(t *testing.T, in sandboxtest.WayIn, engine bot.Engine) {
		for _, force := range []bool{false, true} {
			w, b, _, way := leading(t, in, engine)
			a, _ := w.Process()
			_, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", force)
			byURL := engine == bot.Application && way.To.BotSID == ""
			deleted := in.Idle || byURL || (force && in.Kind.Frees())
			var problem *bot.Problem
			switch exists := slices.ContainsFunc(w.Named("clinic"), func(each bot.Bot) bool { return each.SID == b.SID }); {
			case deleted && (err != nil || exists):
				t.Errorf("with force_destroy %v: it exists %v, %v", force, exists, err)
			case deleted && !in.Idle && !byURL && !now(t, w, way).Idle && now(t, w, way).To.Same(way.To):
				t.Errorf("with force_destroy %v: it was not freed: %+v", force, now(t, w, way))
			case !deleted && (!errors.As(err, &problem) || !strings.Contains(problem.Detail, way.String()) || !exists || !now(t, w, way).To.Same(way.To)):
				t.Errorf("with force_destroy %v: it exists %v, leads to %+v, %v", force, exists, now(t, w, way), err)
			}
			if dead := w.Dead(); len(dead) > 0 {
				t.Errorf("with force_destroy %v: %v", force, dead)
			}
		}
	})
}

// A suspension is kept by a replacement on every way in, and ends for the new bot.
func TestReplacementKeepsEveryWayInSilenced(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(t *testing.T, in sandboxtest.WayIn, engine bot.Engine) {
		if in.Fixed || in.Idle || in.Answers {
			return
		}
		for _, to := range bot.Engines() {
			w, old, _, way := leading(t, in, engine)
			a, _ := w.Process()
			suspended, saved, err := suspension.Suspend(t.Context(), a, old.SID, "Back on Monday.")
			if err != nil {
				t.Fatal(err)
			}
			silenced := now(t, w, way)
			from, spec := sandboxtest.Spec(engine, "clinic", 1), sandboxtest.Spec(to, "doctor", 2)
			made, _, err := replacement.Run(t.Context(), a, replacement.Request{SID: old.SID, From: from, To: spec, Engine: to})
			if in.Kind == bot.BySender && in.Channel == bot.Voice && to != bot.Application {
				var problem *bot.Problem
				if !errors.As(err, &problem) || problem.Kind != bot.NoURLForWay || now(t, w, way) != silenced || len(w.Inconsistent()) > 0 {
					t.Errorf("to %s: it ended with %v, and leads to %+v, %v", to, err, now(t, w, way).To, w.Inconsistent())
				}
				continue
			}
			if err != nil {
				t.Fatal(to, err)
			}
			entering := to == bot.Autopilot && engine != bot.Autopilot && silenced.To.URL != ""
			if entering {
				silenced.To.URL += "?TargetTask=greeting" // where it enters once it is resumed
			}
			if got := now(t, w, way); got != silenced || w.Routes(made.SID).Routing.Lead(got).SilencedBy == "" {
				t.Errorf("to %s: it leads to %+v, not %+v", to, got, silenced)
			}
			if flows := w.HoldFlows(made.SID); len(flows) != 1 || flows[0].SID != suspended.FlowSID || flows[0].Notice != "Back on Monday." || len(w.Inconsistent()) > 0 {
				t.Errorf("to %s: the flows are %+v, %v", to, flows, w.Inconsistent())
			}
			if _, err := suspension.Resume(t.Context(), a, made.SID, saved); err != nil {
				t.Fatal(to, err)
			}
			if want, _ := way.PointerTo(bot.Webhooks{}, bot.Bot{SID: made.SID, Content: spec.Content}, ""); to == bot.Application && now(t, w, way).To.Same(want) {
				continue // an application that has the same URLs as another does not lead to it
			}
			if got := w.Routes(made.SID).Routing.Lead(now(t, w, way)); got.BotSID != made.SID || got.SilencedBy != "" || entering != (got.TargetTask == "greeting") || len(w.HoldFlows(made.SID)) > 0 {
				t.Errorf("to %s: resumed, it leads to %+v", to, got)
			}
		}
	})
}

// A silenced way in is refused, named and freed as another: without the bot it would be dead.
func TestRemovalOfASuspendedBot(t *testing.T) {
	t.Parallel()
	eachWayIn(t, func(t *testing.T, in sandboxtest.WayIn, engine bot.Engine) {
		if in.Fixed || in.Idle || in.Answers {
			return
		}
		for _, force := range []bool{false, true} {
			w, b, _, way := leading(t, in, engine)
			a, _ := w.Process()
			if _, _, err := suspension.Suspend(t.Context(), a, b.SID, ""); err != nil {
				t.Fatal(err)
			}
			silenced := now(t, w, way)
			_, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", force)
			deleted := force && in.Kind.Frees()
			var problem *bot.Problem
			switch exists := len(w.Named("clinic")) > 0; {
			case deleted && (err != nil || exists || len(w.Holds(b.SID))+len(w.HoldFlows(b.SID)) > 0):
				t.Errorf("with force_destroy %v: it exists %v, %v, %v", force, exists, w.HoldFlows(b.SID), err)
			case !deleted && (!errors.As(err, &problem) || !strings.Contains(problem.Detail, silenced.String()) || !exists || now(t, w, way) != silenced || len(w.Holds(b.SID)) != 1):
				t.Errorf("with force_destroy %v: it exists %v, leads to %+v, %v", force, exists, now(t, w, way), err)
			}
			if wrong := w.Inconsistent(); len(wrong) > 0 {
				t.Errorf("with force_destroy %v: %v", force, wrong)
			}
		}
	})
}

// What the credentials may not read is said, and is no error of what does not need it.
func TestWaysInThatCannotBeReadAreSaid(t *testing.T) {
	t.Parallel()
	for host, kind := range map[string]bot.WayKind{"conversations": bot.ByAddress, "messaging": bot.ByService, "flex-api": bot.ByFlexFlow} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
				b := w.Create(bot.Studio, "clinic")
				w.Reads(kind)
				fault := sandbox.Fault{Host: host + ".twilio.com", Kind: sandbox.FaultStatus, Status: 403, Times: 1000}
				if err := w.Box.AddFault(fault); err != nil {
					t.Fatal(err)
				}
				a, _ := w.Process()
				routes, err := a.RoutesTo(t.Context(), b.SID, a.Now())
				if err != nil || !slices.ContainsFunc(routes.Unread, func(u bot.Unread) bool { return u.Kind == kind && errors.Is(u.Reason, bot.ErrForbidden) }) {
					t.Errorf("it says %+v, %v", routes.Unread, err)
				}
			})
		})
	}
}

// A suspension is an application: where these cannot be read, a removal that frees what
// routes to the bot stops before it frees anything.
func TestRemovalThatCannotLookForHoldsFreesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		b := w.Create(bot.Studio, "clinic")
		w.Point(0, b, "", bot.Messaging)
		before := w.Number(0)
		fault := sandbox.Fault{Path: "/Applications", Kind: sandbox.FaultStatus, Status: 403, Times: 1000}
		if err := w.Box.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		a, _ := w.Process()
		if _, err := lifecycle.Delete(t.Context(), a, b.SID, "clinic", true); !errors.Is(err, bot.ErrForbidden) {
			t.Errorf("it ended with %v", err)
		}
		if now := w.Number(0); now != before {
			t.Errorf("the number was %+v and is %+v", before, now)
		}
	})
}
