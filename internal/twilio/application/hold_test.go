package application_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const (
	otherFlowSID = "FWfedcba9876543210fedcba9876543210"
	holdFlowSID  = "FWaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"
	nextFlowSID  = "FWbbbbbbbbbbbbbbbbcccccccccccccccc"
)

const (
	home   = "https://webhooks.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/"
	dublin = "https://webhooks.dublin.ie1.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/"
)

// newHold is a hold before it is created.
func newHold() bot.Hold {
	return bot.Hold{FlowSID: holdFlowSID, FlowURL: home + holdFlowSID, BotSID: flowSID}
}

// moved is a hold that was made another bot's, and given another flow.
func moved(hold bot.Hold) bot.Hold {
	hold.BotSID, hold.FlowSID, hold.FlowURL = otherFlowSID, nextFlowSID, dublin+nextFlowSID
	return hold
}

func TestHold(t *testing.T) {
	run(t, func(a account) {
		hold, err := a.CreateHold(a.Context(), newHold())
		if err != nil || hold.BotSID != flowSID {
			a.Fatalf("it created %v: %v", hold, err)
		}
		url := home + holdFlowSID
		if has := a.app(hold.SID); has["friendly_name"] != "suspended "+flowSID || has["sms_url"] != url || has["voice_url"] != url {
			a.Errorf("it is %v", has)
		}
		if _, err := a.CreateHold(a.Context(), newHold()); !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("a bot has two holds: %v", err)
		}
		if err := a.WriteHold(a.Context(), moved(hold)); err != nil {
			a.Fatal(err)
		}
		for sid, want := range map[string][]bot.Hold{flowSID: nil, otherFlowSID: {moved(hold)}} {
			if found, err := a.FindHolds(a.Context(), sid); err != nil || !cmp.Equal(found, want) {
				a.Errorf("of %s it found %v: %v", sid, found, err)
			}
		}
		// Studio may be out of reach by now, and a person may have set the URLs.
		alone := bot.Hold{SID: hold.SID, BotSID: flowSID}
		if err := a.WriteHold(a.Context(), alone); err != nil || a.app(hold.SID)["sms_url"] != nil || a.app(hold.SID)["voice_url"] != nil {
			a.Errorf("without a flow it is %v: %v", a.app(hold.SID), err)
		}
		a.change(hold.SID, "SmsUrl", url)
		a.change(hold.SID, "VoiceUrl", "https://theirs.example.com/")
		if found, err := a.FindHolds(a.Context(), flowSID); err != nil || !cmp.Equal(found, []bot.Hold{alone}) {
			a.Errorf("with URLs of two it found %v: %v", found, err)
		}
		if err := a.DeleteHold(a.Context(), hold.SID); err != nil {
			a.Error(err)
		}
		if rows := a.Rows(apps, "applications"); len(rows) > 0 {
			a.Errorf("there are %v", rows)
		}
		a.Forget()
		if err := a.WriteHold(a.Context(), bot.Hold{SID: flowSID, BotSID: otherFlowSID}); err == nil || len(a.Sent()) > 0 {
			a.Errorf("what is no application is moved: %v", err)
		}
	})
}

func TestCreateHoldCutAtEachCall(t *testing.T) {
	t.Parallel()
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		return func() error {
			_, err := application.New(a.Client).CreateHold(a.Context(), newHold())
			return err
		}
	}, func(a *twiliotest.Account, first error) {
		host := application.New(a.Client)
		left, err := host.FindHolds(a.Context(), flowSID)
		if err != nil {
			a.Fatal(err)
		}
		if first == nil && len(left) != 1 {
			a.Errorf("it ended well and left %v", left)
		}
		if _, err := host.CreateHold(a.Context(), newHold()); len(left) == 0 && err != nil || len(left) == 1 && !errors.Is(err, bot.ErrNameTaken) {
			a.Errorf("left %v, then created again: %v", left, err)
		}
		if all := a.Rows(apps, "applications"); len(all) != 1 {
			a.Errorf("there are %v", all)
		}
	})
}

func TestWriteHoldCutAtEachCall(t *testing.T) {
	t.Parallel()
	var hold bot.Hold
	twiliotest.Walk(t, func(a *twiliotest.Account) func() error {
		host := application.New(a.Client)
		var err error
		if hold, err = host.CreateHold(a.Context(), newHold()); err != nil {
			a.Fatal(err)
		}
		return func() error { return host.WriteHold(a.Context(), moved(hold)) }
	}, func(a *twiliotest.Account, first error) {
		host := application.New(a.Client)
		if err := host.WriteHold(a.Context(), moved(hold)); err != nil {
			a.Errorf("after %v, moved again: %v", first, err)
		}
		if found, err := host.FindHolds(a.Context(), otherFlowSID); err != nil || len(found) != 1 || found[0].SID != hold.SID {
			a.Errorf("there is %v: %v", found, err)
		}
	})
}

func TestHoldReadsBack(t *testing.T) {
	t.Parallel()
	post, get := twiliotest.Call{Method: http.MethodPost}, twiliotest.Call{Method: http.MethodGet, Path: appPath}
	for name, each := range map[string]struct {
		prepare    func(a account)
		create     bot.Kind // how creating ends; empty: well
		move       bot.Kind
		unreadable bool // it ends with an error of no kind
	}{
		"a lost answer": {prepare: func(a account) { a.Cut(post, twiliotest.CutAfter) }},
		"a lost write":  {prepare: func(a account) { a.Cut(post, twiliotest.CutBefore) }, create: bot.WriteLost},
		"late reads": {prepare: func(a account) {
			a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appPath, Times: 3, Kind: sandbox.FaultStale, DelayMS: 60_000})
		}},
		"no read": {prepare: func(a account) { a.Cut(get, twiliotest.Refused) }, unreadable: true},
		"another name": {prepare: func(a account) {
			a.After(post, func() { a.change(twiliotest.Texts(a.Rows(apps, "applications"), "sid")[0], "FriendlyName", "theirs") })
		}, create: bot.NotAsWritten, move: bot.NotAsWritten},
	} {
		t.Run(name, func(t *testing.T) {
			ended := func(a account, what string, err error, kind bot.Kind) {
				a.Helper()
				if (err != nil) != (kind != "" || each.unreadable) || twiliotest.KindOf(err) != kind {
					a.Errorf("%s ended with %v", what, err)
				}
			}
			run(t, func(a account) {
				each.prepare(a)
				_, err := a.CreateHold(a.Context(), newHold())
				ended(a, "creating", err, each.create)
			})
			twiliotest.Run(t, func(inner *twiliotest.Account) {
				a := account{inner, application.New(inner.Client)}
				hold, err := a.CreateHold(a.Context(), newHold())
				if err != nil {
					a.Fatal(err)
				}
				a.Forget()
				each.prepare(a)
				err = a.WriteHold(a.Context(), moved(hold))
				ended(a, "moving", err, each.move)
				if found, findErr := a.FindHolds(a.Context(), otherFlowSID); err == nil && (findErr != nil || len(found) != 1) {
					a.Errorf("moved, there is %v: %v", found, findErr)
				}
			})
		})
	}
}
