package application_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

func TestReadRefusesWhatIsNoBot(t *testing.T) {
	run(t, func(a account) {
		hold, err := a.CreateHold(a.Context(), newHold())
		if err != nil {
			a.Fatal(err)
		}
		for _, read := range []func() error{
			func() error { _, err := a.Get(a.Context(), hold.SID); return err },
			func() error { _, err := a.Read(a.Context(), hold.SID); return err },
		} {
			if err := read(); !errors.Is(err, bot.ErrHold) || twiliotest.KindOf(err) != bot.IsAHold {
				a.Errorf("a hold is read as a bot: %v", err)
			}
		}
		if _, err := a.Get(a.Context(), "AP00000000000000000000000000000000"); !errors.Is(err, bot.ErrNotFound) {
			a.Errorf("what does not exist is read: %v", err)
		}
		a.Forget()
		for _, sid := range []string{"", ".json", flowSID, "porter"} {
			if _, err := a.Get(a.Context(), sid); err == nil {
				a.Errorf("%q is read", sid)
			}
		}
		if len(a.Sent()) > 0 {
			a.Errorf("it asked for %v", a.Sent())
		}
		if tasks, err := a.Tasks(a.Context(), hold.SID); len(tasks) > 0 || err != nil {
			a.Errorf("it has the tasks %v: %v", tasks, err)
		}
	})
}

// Null and "" both mean unset, and a bot has what Twilio says of it.
func TestReadTakesWhatTwilioHolds(t *testing.T) {
	run(t, func(a account) {
		a.Post(apps, "FriendlyName", "mute")
		sid := twiliotest.Texts(a.Rows(apps, "applications"), "sid")[0]
		got, err := a.Read(a.Context(), sid)
		want := bot.Content{Webhooks: &bot.ApplicationWebhooks{MessagingMethod: "POST", VoiceMethod: "POST"}}
		if diff := cmp.Diff(want, got.Content); err != nil || diff != "" || got.SID != sid {
			a.Errorf("it is %+v: %v %s", got, err, diff)
		}
	})
}

func TestListTellsBotsFromHoldsOnEveryPage(t *testing.T) {
	run(t, func(a account) {
		hold, err := a.CreateHold(a.Context(), newHold())
		if err != nil {
			a.Fatal(err)
		}
		const bots = 5
		a.SmallPages(3)
		for i := range bots {
			a.Post(apps, "FriendlyName", fmt.Sprintf("bot-%d", i))
		}
		a.Forget()
		listed, err := a.List(a.Context())
		if err != nil || len(listed.Bots) != bots || !cmp.Equal(listed.Holds, []bot.Hold{hold}) {
			a.Errorf("%d bots, holds %v: %v", len(listed.Bots), listed.Holds, err)
		}
		if len(a.Sent()) != 3 {
			a.Errorf("%d calls for two pages and a look whether they shifted", len(a.Sent()))
		}
		a.Cut(twiliotest.Call{Nth: 2}, twiliotest.Refused)
		if _, err := a.List(a.Context()); err == nil {
			a.Error("a page that fails is taken for an empty one")
		}
	})
}

// What Twilio's filter compares is not documented, so its answer is compared again.
func TestFindComparesAgain(t *testing.T) {
	run(t, func(a account) {
		spec := porter()
		spec.UniqueName = "porter 2"
		a.create(spec)
		created := a.create(porter())
		hold, err := a.CreateHold(a.Context(), newHold())
		if err != nil {
			a.Fatal(err)
		}
		// Everything comes, whatever is asked for.
		a.Fault(sandbox.Fault{Method: http.MethodGet, Path: appsPath, Times: -1, Kind: sandbox.FaultStatus, Status: http.StatusOK, Body: a.Fetch(apps)})
		found, err := a.Find(a.Context(), "porter")
		if err != nil || len(found) != 1 || found[0].SID != created.SID {
			a.Errorf("it found %v: %v", found, err)
		}
		holds, err := a.FindHolds(a.Context(), flowSID)
		if err != nil || !cmp.Equal(holds, []bot.Hold{hold}) {
			a.Errorf("it found %v: %v", holds, err)
		}
		if holds, err := a.FindHolds(a.Context(), created.SID); err != nil || len(holds) > 0 {
			a.Errorf("it found %v: %v", holds, err)
		}
	})
}

func TestFindSaysThatItFailed(t *testing.T) {
	run(t, func(a account) {
		a.Cut(twiliotest.Call{}, twiliotest.Refused)
		if _, err := a.Find(a.Context(), "porter"); err == nil {
			a.Error("a listing that fails is taken for an empty one")
		}
		a.Cut(twiliotest.Call{}, twiliotest.Refused)
		if _, err := a.FindHolds(a.Context(), flowSID); err == nil {
			a.Error("a listing that fails is taken for an empty one")
		}
	})
}
