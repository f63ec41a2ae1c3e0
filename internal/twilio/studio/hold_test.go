package studio_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const otherSID = "FWfedcba9876543210fedcba9876543210"

func TestHoldFlow(t *testing.T) {
	run(t, func(a account) {
		flow, err := a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID, Notice: "Back at 9"})
		if err != nil {
			a.Fatal(err)
		}
		if _, err := a.CreateHoldFlow(a.Context(), flow); !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("a bot has two hold flows: %v", err)
		}
		has := func(want bot.HoldFlow) {
			a.Helper()
			if got, err := a.ReadHoldFlow(a.Context(), flow.SID); err != nil || got != want {
				a.Errorf("it is %+v, not %+v: %v", got, want, err)
			}
		}
		has(bot.HoldFlow{SID: flow.SID, URL: flow.URL, BotSID: appSID, Notice: "Back at 9"})
		// As another client changes it.
		a.publish(flow.SID, says("Hello"))
		has(bot.HoldFlow{SID: flow.SID, URL: flow.URL, BotSID: appSID, Edited: true})
		a.draft(flow.SID, says("Soon"))
		to := bot.HoldFlow{SID: flow.SID, URL: flow.URL, BotSID: otherSID, Notice: "Back at 10"}
		if err := a.WriteHoldFlow(a.Context(), to); err != nil {
			a.Fatal(err)
		}
		has(to)
		a.Forget()
		if err := a.WriteHoldFlow(a.Context(), to); err != nil {
			a.Error(err)
		}
		a.NothingWritten()
		to.Notice = ""
		if err := a.WriteHoldFlow(a.Context(), to); err != nil {
			a.Error(err)
		}
		has(to)
		for sid, want := range map[string][]bot.Hold{appSID: nil, otherSID: {to.Hold()}} {
			if found, err := a.FindHoldFlows(a.Context(), sid); err != nil || !cmp.Equal(found, want) {
				a.Errorf("of %s it found %v: %v", sid, found, err)
			}
		}
		if err := a.DeleteHoldFlow(a.Context(), flow.SID); err != nil || len(a.Rows(flows, "flows")) > 0 {
			a.Errorf("there are %v: %v", a.Rows(flows, "flows"), err)
		}
		if err := a.DeleteHoldFlow(a.Context(), flow.SID); err != nil {
			a.Errorf("what is gone: %v", err)
		}
	})
}

// A call that hears the notice, and whoever waits for a message of it, is not caught in a flow
// that no longer exists.
func TestHoldFlowIsDeletedWithNothingInProgress(t *testing.T) {
	run(t, func(a account) {
		flow, err := a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID, Notice: "Back at 9"})
		if err != nil {
			a.Fatal(err)
		}
		a.begin(flow.SID, 1, 2)
		a.Before(twiliotest.Call{Method: http.MethodDelete, Path: "/Flows/", Nth: 1}, func() {
			if left := a.active(flow.SID); left != (bot.Activity{}) {
				a.Errorf("when it is deleted, there are %v", left)
			}
		})
		if err := a.DeleteHoldFlow(a.Context(), flow.SID); err != nil {
			a.Error(err)
		}
		// What may not be ended does not keep it.
		if flow, err = a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID}); err != nil {
			a.Fatal(err)
		}
		if err := a.Box.AddFault(sandbox.Fault{Path: "/Executions", Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: 1}); err != nil {
			a.Fatal(err)
		}
		if err := a.DeleteHoldFlow(a.Context(), flow.SID); err != nil || len(a.Rows(flows, "flows")) > 0 {
			a.Errorf("there are %v: %v", a.Rows(flows, "flows"), err)
		}
	})
}

func TestHoldFlowIsNoBot(t *testing.T) {
	run(t, func(a account) {
		created := a.create(greeter())
		flow, err := a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: created.SID})
		if err != nil {
			a.Fatal(err)
		}
		for _, read := range []func() error{
			func() error { _, err := a.Get(a.Context(), flow.SID); return err },
			func() error { _, err := a.Read(a.Context(), flow.SID); return err },
			func() error { _, err := a.Update(a.Context(), flow.SID, greeter(), greeter()); return err },
		} {
			if err := read(); !errors.Is(err, bot.ErrHold) || twiliotest.KindOf(err) != bot.IsAHold {
				a.Errorf("it is taken for a bot: %v", err)
			}
		}
		listed, err := a.List(a.Context())
		if err != nil || len(listed.Bots) != 1 || !cmp.Equal(listed.Holds, []bot.Hold{flow.Hold()}) {
			a.Errorf("it lists %+v: %v", listed, err)
		}
		if found, err := a.Find(a.Context(), "suspended "+created.SID); err != nil || len(found) > 0 {
			a.Errorf("by its name it found %v: %v", found, err)
		}
		// Nor is a bot a hold.
		a.Forget()
		for what, err := range map[string]error{
			"read":    func() error { _, err := a.ReadHoldFlow(a.Context(), created.SID); return err }(),
			"written": a.WriteHoldFlow(a.Context(), bot.HoldFlow{SID: created.SID, BotSID: otherSID}),
		} {
			if !errors.Is(err, bot.ErrNotFound) {
				a.Errorf("a bot is %s as a hold: %v", what, err)
			}
		}
		if err := a.DeleteHoldFlow(a.Context(), created.SID); err != nil {
			a.Error(err)
		}
		a.NothingWritten()
	})
}

func TestHoldFlowCutAtEachCall(t *testing.T) {
	t.Parallel()
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		return func() error {
			_, err := studio.New(a.Client).CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID})
			return err
		}
	}, func(a *twiliotest.Account, first error) {
		host := studio.New(a.Client)
		left, err := host.FindHoldFlows(a.Context(), appSID)
		if err != nil {
			a.Fatal(err)
		}
		if first == nil && len(left) != 1 {
			a.Errorf("it ended well and left %v", left)
		}
		if _, err := host.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID}); len(left) == 0 && err != nil || len(left) == 1 && !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("left %v, then created again: %v", left, err)
		}
		if all := a.Rows(flows, "flows"); len(all) != 1 {
			a.Errorf("there are %v", all)
		}
	})
	var flow bot.HoldFlow
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		host := studio.New(a.Client)
		var err error
		if flow, err = host.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID}); err != nil {
			a.Fatal(err)
		}
		flow.BotSID, flow.Notice = otherSID, "Back at 9"
		return func() error { return host.WriteHoldFlow(a.Context(), flow) }
	}, func(a *twiliotest.Account, first error) {
		host := studio.New(a.Client)
		if err := host.WriteHoldFlow(a.Context(), flow); err != nil {
			a.Errorf("after %v, written again: %v", first, err)
		}
		if now, err := host.ReadHoldFlow(a.Context(), flow.SID); err != nil || now != flow {
			a.Errorf("it is %+v: %v", now, err)
		}
	})
}

func TestHoldFlowReadsBack(t *testing.T) {
	t.Parallel()
	post := twiliotest.Call{Method: http.MethodPost}
	for name, each := range map[string]struct {
		prepare func(a account)
		kind    bot.Kind
		again   bool // writing, unlike creating, is sent again
	}{
		"a lost answer": {func(a account) { a.Cut(post, twiliotest.CutAfter) }, "", false},
		"a lost write":  {func(a account) { a.Cut(post, twiliotest.CutBefore) }, bot.WriteLost, true},
		"what Twilio fails to do": {func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodPost, Times: 2, Kind: sandbox.FaultStatus, Status: http.StatusServiceUnavailable})
		}, "", true},
		"late reads": {func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: flowPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}, "", false},
		"another definition": {func(a account) {
			a.After(post, func() { a.publish(twiliotest.Texts(a.Rows(flows, "flows"), "sid")[0], says("Theirs")) })
		}, bot.NotAsWritten, false},
	} {
		t.Run(name+", creating", func(t *testing.T) {
			run(t, func(a account) {
				each.prepare(a)
				if _, err := a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID}); (err != nil) != (each.kind != "") || twiliotest.KindOf(err) != each.kind {
					a.Errorf("creating ended with %v", err)
				}
			})
		})
		t.Run(name+", writing", func(t *testing.T) {
			run(t, func(a account) {
				flow, err := a.CreateHoldFlow(a.Context(), bot.HoldFlow{BotSID: appSID})
				if err != nil {
					a.Fatal(err)
				}
				flow.Notice = "Back at 9"
				a.Later(time.Hour)
				a.Forget()
				each.prepare(a)
				kind := each.kind
				if each.again {
					kind = ""
				}
				if err := a.WriteHoldFlow(a.Context(), flow); (err != nil) != (kind != "") || twiliotest.KindOf(err) != kind {
					a.Errorf("writing ended with %v", err)
				}
			})
		})
	}
}
