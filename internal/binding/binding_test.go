package binding

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func over(f account.Numbers) *account.Account {
	return account.New(accounttest.SID, bot.Webhooks{}, f, account.NoServices{}, nil)
}

func TestBindWritesOnlyItsOwnFields(t *testing.T) {
	f := accounttest.NewNumbers(1)
	row := f.Rows[accounttest.NumberSID(0)]
	row.FriendlyName, row.Voice = "Front desk", bot.Side{URL: "https://voice.example.com", Method: "GET"}
	f.Rows[accounttest.NumberSID(0)] = row
	d := over(f)
	n, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Application, Channels: []bot.Channel{bot.Messaging}}, nil, "", nil)
	if err != nil || n.Messaging.ApplicationSID != accounttest.Application || n.Voice != row.Voice || n.FriendlyName != "Front desk" {
		t.Errorf("%+v %v", n, err)
	}
	// What answers already is not written again.
	if _, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Application, Channels: []bot.Channel{bot.Messaging}}, nil, "", nil); err != nil || f.Calls["update"] != 1 {
		t.Errorf("%v, %v", err, f.Calls)
	}
}

func TestMoveBetweenEnginesIsOneWriteAndLeavesNothingBehind(t *testing.T) {
	f := accounttest.NewNumbers(1)
	d := over(f)
	was := ""
	for i, sid := range []string{accounttest.Assistant, accounttest.Flow, accounttest.Application, accounttest.Flow, accounttest.Assistant} {
		n, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: sid, Channels: []bot.Channel{bot.Messaging}}, bot.SnapshotOf(f.Rows[accounttest.NumberSID(0)]), was, nil)
		if err != nil {
			t.Fatal(err)
		}
		if route := n.Route(bot.Messaging, bot.Webhooks{}); route.BotSID != sid || f.Calls["update"] != i+1 {
			t.Errorf("%s: %+v after %d writes", sid, route, f.Calls["update"])
		}
		if sid == accounttest.Application && n.Messaging.URL != "" || sid != accounttest.Application && n.Messaging.ApplicationSID != "" {
			t.Errorf("%s: left behind: %+v", sid, n.Messaging)
		}
		was = sid
	}
}

func TestFreeLeavesWhatIsSomebodyElses(t *testing.T) {
	f := accounttest.NewNumbers(1)
	d := over(f)
	row := f.Rows[accounttest.NumberSID(0)]
	row.FriendlyName = "bot"
	row.Messaging.ApplicationSID = accounttest.Application
	row.Voice.URL = "https://theirs.example.com"
	f.Rows[accounttest.NumberSID(0)] = row
	notices, err := Free(t.Context(), d, Prior{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Application, Channels: bot.Channels(), Label: "bot"}, nil)
	n := f.Rows[accounttest.NumberSID(0)]
	if err != nil || n.Messaging.ApplicationSID != "" || n.Voice.URL != "https://theirs.example.com" || len(notices) != 1 || n.FriendlyName != bot.FreeLabel {
		t.Errorf("%+v %v %v", n, notices, err)
	}
}

func TestFreeClearsTheFallbackThatCannotStand(t *testing.T) {
	f := accounttest.NewNumbers(1)
	d := over(f)
	row := f.Rows[accounttest.NumberSID(0)]
	row.FriendlyName = "bot"
	row.Messaging = bot.Side{URL: bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: accounttest.Flow}), Method: "POST", FallbackURL: "https://fallback.example.com"}
	f.Rows[accounttest.NumberSID(0)] = row
	notices, err := Free(t.Context(), d, Prior{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{bot.Messaging}, Label: "bot"}, nil)
	n := f.Rows[accounttest.NumberSID(0)]
	if err != nil || n.Messaging.URL != "" || n.Messaging.FallbackURL != "" || n.FriendlyName != bot.FreeLabel ||
		len(notices) != 1 || !strings.Contains(notices[0].Detail, "https://fallback.example.com") {
		t.Errorf("%+v %v %v", n, notices, err)
	}
}

func TestFreeNeverFreesWhatIsClaimedInThisRun(t *testing.T) {
	f := accounttest.NewNumbers(1)
	d := over(f)
	if _, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{bot.Messaging}}, nil, "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Free(t.Context(), d, Prior{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: bot.Channels(), Label: ""}, nil); err != nil {
		t.Fatal(err)
	}
	if route := f.Rows[accounttest.NumberSID(0)].Route(bot.Messaging, bot.Webhooks{}); route.BotSID != accounttest.Flow {
		t.Errorf("a claimed number was freed: %+v", route)
	}
}

func TestLostAnswerIsResolvedByLooking(t *testing.T) {
	f := accounttest.NewNumbers(1)
	f.OnWrite = func(string) error { return fmt.Errorf("cut: %w", bot.ErrUncertain) }
	d := over(f)
	n, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{bot.Messaging}}, nil, "", nil)
	if err != nil || n.Route(bot.Messaging, bot.Webhooks{}).BotSID != accounttest.Flow || f.Calls["update"] != 1 {
		t.Errorf("%+v %v %v", n, err, f.Calls)
	}
}

func TestSomebodyElsesWriteInTheSameMomentIsSaid(t *testing.T) {
	f := accounttest.NewNumbers(1)
	f.OnWrite = func(sid string) error {
		f.Clock = f.Clock.Add(time.Minute)
		row := f.Rows[sid]
		row.Messaging.URL, row.DateUpdated = "https://theirs.example.com", f.Clock
		f.Rows[sid] = row
		return nil
	}
	// The write's own answer is older than what is there now.
	d := over(&answeringNumbers{f})
	_, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{bot.Messaging}}, nil, "", nil)
	if !errors.Is(err, bot.ErrChanged) {
		t.Errorf("%v", err)
	}
}

func TestNumberChangedSinceThePlanIsNotWritten(t *testing.T) {
	f := accounttest.NewNumbers(1)
	d := over(f)
	seen := bot.SnapshotOf(f.Rows[accounttest.NumberSID(0)])
	row := f.Rows[accounttest.NumberSID(0)]
	row.Messaging.URL = "https://theirs.example.com"
	f.Rows[accounttest.NumberSID(0)] = row
	for _, overwrite := range []bool{false, true} {
		_, _, _, err := Bind(t.Context(), d, Binding{NumberSID: accounttest.NumberSID(0), BotSID: accounttest.Flow, Channels: []bot.Channel{bot.Messaging}, Overwrite: overwrite}, seen, accounttest.Application, nil)
		if !errors.Is(err, bot.ErrChanged) || f.Calls["update"] != 0 {
			t.Errorf("overwrite %v: %v %v", overwrite, err, f.Calls)
		}
	}
	if first := bot.Engines()[0]; first != bot.Studio {
		t.Errorf("bot.Engines() begins with %q, and the default is %q", first, bot.Studio)
	}
}

// answeringNumbers answers a write with the number as it was written.
type answeringNumbers struct{ *accounttest.Numbers }

func (a *answeringNumbers) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	before := a.Number(sid)
	if _, err := a.Numbers.Update(ctx, sid, change); err != nil {
		return bot.Number{}, err
	}
	return change.Apply(before), nil
}
