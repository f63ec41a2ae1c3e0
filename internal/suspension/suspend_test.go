package suspension

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

// house is an account in memory with a flow and an application.
type house struct {
	*account.Account
	numbers             *accounttest.Numbers
	flows, applications *accounttest.Host
}

func newHouse(numbers int) house {
	h := house{
		numbers:      accounttest.NewNumbers(numbers),
		flows:        accounttest.NewHost("FW", bot.Bot{SID: accounttest.Flow, AccountSID: accounttest.SID, UniqueName: "flow"}, bot.Bot{SID: otherFlow, AccountSID: accounttest.SID, UniqueName: "other"}),
		applications: accounttest.NewHost("AP", bot.Bot{SID: accounttest.Application, AccountSID: accounttest.SID, UniqueName: "app"}),
	}
	h.Account = h.over(h.numbers)
	return h
}

func (h house) over(numbers account.Numbers) *account.Account {
	return account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, map[bot.Engine]account.Host{bot.Studio: h.flows, bot.Application: h.applications})
}

// clearing is a Twilio that clears the URLs of a side whose application is set.
type clearing struct{ *accounttest.Numbers }

func (c clearing) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	for _, channel := range bot.Channels() {
		to := change.Side(channel)
		if to.ApplicationSID != nil && *to.ApplicationSID != "" {
			to.URL, to.FallbackURL = new(string), new(string)
		}
	}
	return c.Numbers.Update(ctx, sid, change)
}

func undated(n bot.Number) bot.Number { n.DateUpdated = time.Time{}; return n }

func TestResumedNumbersAreAsTheyWere(t *testing.T) {
	for what, over := range map[string]func(h house) *account.Account{
		"Twilio leaves the URLs":  func(h house) *account.Account { return h.Account },
		"Twilio clears both URLs": func(h house) *account.Account { return h.over(clearing{h.numbers}) },
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(3)
			a := over(h)
			flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "GET", FallbackURL: fallback}
			h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Messaging, n.Voice = flow, flow })
			h.numbers.Set(accounttest.NumberSID(1), func(n *bot.Number) { n.Messaging, n.Voice = bot.Side{URL: external, Method: "GET"}, flow })
			h.numbers.Set(accounttest.NumberSID(2), func(n *bot.Number) {
				n.Messaging = bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST"}
			})
			var before []bot.Number
			for i := range 3 {
				before = append(before, undated(h.numbers.Number(accounttest.NumberSID(i))))
			}
			suspended, saved, err := Suspend(t.Context(), a, accounttest.Flow, "")
			if err != nil || len(suspended.Silenced) != 2 || len(suspended.Answering) > 0 || suspended.HoldSID == "" || len(saved) != 2 {
				t.Fatalf("%+v, %v, %v", suspended, saved, err)
			}
			read, err := Read(t.Context(), a, accounttest.Flow, a.Now())
			if err != nil || read.HoldSID != suspended.HoldSID || len(read.Silenced) != 2 {
				t.Errorf("read as %+v, %v", read, err)
			}
			if got := saved[accounttest.NumberSID(1)][bot.Voice]; got != flow {
				t.Errorf("saved %+v", got)
			}
			if got, ok := saved[accounttest.NumberSID(1)][bot.Messaging]; ok {
				t.Errorf("what another client put there is saved: %+v", got)
			}
			if other := undated(h.numbers.Number(accounttest.NumberSID(2))); other != before[2] {
				t.Errorf("another bot's number is %+v", other)
			}
			notices, err := Resume(t.Context(), a, accounttest.Flow, saved)
			if err != nil || len(notices) > 0 || len(h.applications.Held) > 0 {
				t.Fatalf("%v, %v, %v", notices, h.applications.Held, err)
			}
			for i, want := range before {
				if now := undated(h.numbers.Number(accounttest.NumberSID(i))); now != want {
					t.Errorf("number %d is\n%+v, was\n%+v", i, now, want)
				}
			}
			if _, err := Read(t.Context(), a, accounttest.Flow, a.Now()); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("resumed, it is read as suspended: %v", err)
			}
		})
	}
}

func TestSuspendedBotIsSilencedWhereNumbersWereResumedByHand(t *testing.T) {
	h := newHouse(2)
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}}
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "POST"}
	silenced := flow
	silenced.ApplicationSID = hold
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Messaging = silenced })
	h.numbers.Set(accounttest.NumberSID(1), func(n *bot.Number) { n.Messaging, n.Voice = silenced, flow })
	now, err := Read(t.Context(), h.Account, accounttest.Flow, account.AnyTime)
	if err != nil || len(now.Silenced) != 2 || len(now.Answering) != 1 || now.Answering[0].SID != accounttest.NumberSID(1) {
		t.Fatalf("read as %+v, %v", now, err)
	}
	now, saved, err := Suspend(t.Context(), h.Account, accounttest.Flow, "")
	if err != nil || now.HoldSID != hold || len(now.Answering) > 0 || len(saved) != 1 || len(h.applications.Held) != 1 || h.numbers.Calls["update"] != 1 {
		t.Errorf("%+v, %v, %v, %v", now, saved, h.applications.Held, err)
	}
	if got, ok := saved[accounttest.NumberSID(1)][bot.Messaging]; ok {
		t.Errorf("a channel that was silenced already is saved as it is now: %+v", got)
	}
}

func TestBotThatIsGoneIsNotSuspended(t *testing.T) {
	h := newHouse(0)
	if _, _, err := Suspend(t.Context(), h.Account, "FW9999999999999999999999999999aaaa", ""); !errors.Is(err, bot.ErrNotFound) || len(h.applications.Held) > 0 {
		t.Errorf("%v, %v", h.applications.Held, err)
	}
}

func TestSuspendedNumberThatAnotherTookIsLeftToIt(t *testing.T) {
	h := newHouse(3)
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "POST"}
	for i := range 3 {
		h.numbers.Set(accounttest.NumberSID(i), func(n *bot.Number) { n.Messaging = flow })
	}
	_, saved, err := Suspend(t.Context(), h.Account, accounttest.Flow, "")
	if err != nil {
		t.Fatal(err)
	}
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Messaging = bot.Side{ApplicationSID: accounttest.Application} })
	h.numbers.Set(accounttest.NumberSID(1), func(n *bot.Number) { n.Messaging = bot.Side{} })
	notices, err := Resume(t.Context(), h.Account, accounttest.Flow, saved)
	if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Detail, `bot "app"`) || !strings.Contains(notices[0].Detail, "+12025550000") ||
		strings.Contains(notices[0].Detail, "+12025550001") || strings.Contains(notices[0].Detail, "+12025550002") {
		t.Errorf("it says %v, %v", notices, err)
	}
	if n := h.numbers.Number(accounttest.NumberSID(0)); n.Messaging.ApplicationSID != accounttest.Application {
		t.Errorf("the number that was taken is %+v", n.Messaging)
	}
}

// Two processes that suspended a bot at once may have made a hold each.
func TestBotOfTwoHoldsIsResumedWholly(t *testing.T) {
	h := newHouse(2)
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}, {SID: oldHold, BotSID: accounttest.Flow}}
	for i, application := range []string{hold, oldHold} {
		h.numbers.Set(accounttest.NumberSID(i), func(n *bot.Number) {
			n.Messaging = bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "POST", ApplicationSID: application}
		})
	}
	if _, err := Resume(t.Context(), h.Account, accounttest.Flow, nil); err != nil || len(h.applications.Held) > 0 {
		t.Errorf("the holds are %v, %v", h.applications.Held, err)
	}
	for i := range 2 {
		if n := h.numbers.Number(accounttest.NumberSID(i)); len(n.Applications()) > 0 || n.Messaging.URL == "" {
			t.Errorf("number %d is %+v", i, n)
		}
	}
}

func TestSuspensionMovesFromOneBotToAnother(t *testing.T) {
	h := newHouse(0)
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}, {SID: oldHold, BotSID: accounttest.Flow}, {SID: otherHold, BotSID: otherFlow}}
	if err := errors.Join(HandOver(t.Context(), h.Account, "", accounttest.Application), HandOver(t.Context(), h.Account, "FW9", accounttest.Application)); err != nil {
		t.Errorf("a bot that is not suspended: %v", err)
	}
	if err := HandOver(t.Context(), h.Account, accounttest.Flow, accounttest.Application); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(h.applications.Held); got != fmt.Sprint([]bot.Hold{{SID: hold, BotSID: accounttest.Application}, {SID: oldHold, BotSID: accounttest.Application}, {SID: otherHold, BotSID: otherFlow}}) {
		t.Errorf("the holds are %s", got)
	}
	if err := DeleteHolds(t.Context(), h.Account, accounttest.Application); err != nil || len(h.applications.Held) != 1 || h.applications.Held[0].BotSID != otherFlow {
		t.Errorf("the holds are %v, %v", h.applications.Held, err)
	}
}

func TestChangedTellsWhetherTheSuspensionIsAnother(t *testing.T) {
	h := newHouse(0)
	for _, each := range []struct {
		held   []bot.Hold
		hold   string
		change bool
	}{
		{nil, "", false},
		{nil, hold, true},
		{[]bot.Hold{{SID: hold, BotSID: accounttest.Flow}}, hold, false},
		{[]bot.Hold{{SID: hold, BotSID: accounttest.Flow}}, "", true},
		{[]bot.Hold{{SID: oldHold, BotSID: accounttest.Flow}}, hold, true},
		{[]bot.Hold{{SID: otherHold, BotSID: otherFlow}}, "", false},
	} {
		h.applications.Held = each.held
		if got := Changed(t.Context(), h.Account, accounttest.Flow, each.hold); got != each.change {
			t.Errorf("%v, known as %q: %v", each.held, each.hold, got)
		}
	}
}

// A write that knew of one hold, or of none, is followed by one that makes the number
// what the holds by then ask for.
func TestFollowMakesTheNumberWhatTheHoldsAskFor(t *testing.T) {
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "POST"}
	with := func(application string) bot.Side { s := flow; s.ApplicationSID = application; return s }
	one, two := bot.Hold{SID: hold, BotSID: accounttest.Flow}, bot.Hold{SID: oldHold, BotSID: accounttest.Flow}
	for name, each := range map[string]struct {
		side   bot.Side
		known  string // the hold that the write knew of
		held   []bot.Hold
		want   bot.Side
		writes int
	}{
		"none, and none":          {flow, "", nil, flow, 0},
		"one came":                {flow, "", []bot.Hold{one}, with(hold), 1},
		"it is still there":       {with(hold), hold, []bot.Hold{one}, with(hold), 0},
		"it is among several":     {with(oldHold), oldHold, []bot.Hold{one, two}, with(oldHold), 0},
		"it went":                 {with(hold), hold, nil, flow, 1},
		"it went, and one came":   {with(oldHold), oldHold, []bot.Hold{one}, with(hold), 1},
		"another bot's came":      {flow, "", []bot.Hold{{SID: otherHold, BotSID: otherFlow}}, flow, 0},
		"one came, taken by then": {bot.Side{URL: external}, "", []bot.Hold{one}, bot.Side{URL: external}, 0},
	} {
		h := newHouse(1)
		h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Messaging = each.side })
		h.applications.Held = each.held
		err := h.EditNumber(t.Context(), accounttest.NumberSID(0), nil, func(ctx context.Context, e *account.Edit) error {
			behind, err := e.WriteFor(ctx, bot.NumberChange{}, accounttest.Flow)
			if err != nil {
				return err
			}
			return Follow(ctx, h.Account, e, accounttest.Flow, each.known, behind.Holds)
		})
		if got := h.numbers.Number(accounttest.NumberSID(0)).Messaging; err != nil || got != each.want || h.numbers.Calls["update"] != each.writes {
			t.Errorf("%s: %+v after %d writes, %v", name, got, h.numbers.Calls["update"], err)
		}
	}
}

// A resumed bot's own listing of before is not taken for what is there now.
func TestReadOfAnyTimeIsThatOfTheListingOfThisRun(t *testing.T) {
	h := newHouse(1)
	if _, err := Read(t.Context(), h.Account, accounttest.Flow, account.AnyTime); !errors.Is(err, bot.ErrNotFound) || h.numbers.Calls["list"] > 0 {
		t.Errorf("%v after %v", err, h.numbers.Calls)
	}
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}} // by another process
	if _, err := Read(t.Context(), h.Account, accounttest.Flow, account.AnyTime); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("the listing of this run says %v", err)
	}
	if s, err := Read(t.Context(), h.Account, accounttest.Flow, h.Now()); err != nil || s.HoldSID != hold {
		t.Errorf("now it is %+v, %v", s, err)
	}
}

// A flow's URL that Twilio cleared is written again, and Twilio replaces the status callback
// by it. What a person set is named before.
func TestResumeNamesTheStatusCallbacksThatAreLost(t *testing.T) {
	const own = "https://crm.example.com/calls"
	flows := "https://webhooks.twilio.com/v1/Accounts/" + accounttest.SID + "/Flows/" + accounttest.Flow + "?statusCallback=true"
	for what, each := range map[string]struct {
		clears   bool
		callback string
		side     bot.Side
		sid      string
		loses    bool
	}{
		"the URL is cleared":                  {true, own, bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging)}, accounttest.Flow, true},
		"the URL stays":                       {false, own, bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging)}, accounttest.Flow, false},
		"there is none":                       {true, "", bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging)}, accounttest.Flow, false},
		"it is the flow's":                    {true, flows, bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging)}, accounttest.Flow, false},
		"an application, which has no flow's": {true, own, bot.Side{ApplicationSID: accounttest.Application}, accounttest.Application, false},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(1)
			a := h.Account
			if each.clears {
				a = h.over(clearing{h.numbers})
			}
			h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.Messaging, n.StatusCallback = each.side, each.callback })
			_, saved, err := Suspend(t.Context(), a, each.sid, "")
			if err != nil {
				t.Fatal(err)
			}
			lose, err := LosesCallbacks(t.Context(), a, each.sid, saved)
			if err != nil || (len(lose) == 1) != each.loses || len(lose) > 1 {
				t.Errorf("they are %v, %v", lose, err)
			}
		})
	}
}
