package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	otherFlow = "FW1111111111111111111111111111aaaa"
	hold      = "AP2222222222222222222222222222bbbb"
	gone      = "AP5555555555555555555555555555eeee"
)

func urlOf(sid string) string {
	return bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: sid, Channel: bot.Messaging})
}

// house is an account in memory with two flows, an application and an assistant.
type house struct {
	*account.Account
	numbers                         *accounttest.Numbers
	flows, applications, assistants *accounttest.Host
}

func newHouse(numbers int, services account.Services) house {
	named := func(sid, name string) bot.Bot {
		return bot.Bot{SID: sid, AccountSID: accounttest.SID, UniqueName: name}
	}
	h := house{
		numbers:      accounttest.NewNumbers(numbers),
		flows:        accounttest.NewHost("FW", named(accounttest.Flow, "flow"), named(otherFlow, "other")),
		applications: accounttest.NewHost("AP", named(accounttest.Application, "app")),
		assistants:   accounttest.NewHost("UA", named(accounttest.Assistant, "assistant")),
	}
	h.Account = account.New(accounttest.SID, bot.Webhooks{}, h.numbers, services, map[bot.Engine]account.Host{
		bot.Studio: h.flows, bot.Application: h.applications, bot.Autopilot: h.assistants,
	})
	return h
}

// write writes a change through an edit.
func write(ctx context.Context, a *account.Account, i int, log *account.UndoLog, change bot.NumberChange) error {
	return a.EditNumber(ctx, accounttest.NumberSID(i), log, func(ctx context.Context, e *account.Edit) error { return e.Write(ctx, change) })
}

func undated(n bot.Number) bot.Number { n.DateUpdated = time.Time{}; return n }

func TestPutBackUndoesEveryWriteTheLastFirst(t *testing.T) {
	h := newHouse(2, account.NoServices{})
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.FriendlyName, n.Messaging = "Front desk", bot.Side{URL: urlOf(otherFlow), Method: "GET", FallbackURL: "https://fallback.example.com/"}
	})
	before := []bot.Number{undated(h.numbers.Number(accounttest.NumberSID(0))), undated(h.numbers.Number(accounttest.NumberSID(1)))}
	var log account.UndoLog
	app, empty, label, url := accounttest.Application, "", "clinic", urlOf(accounttest.Flow)
	for i, change := range []bot.NumberChange{
		{FriendlyName: &label, Messaging: bot.SideChange{URL: &empty, FallbackURL: &empty, ApplicationSID: &app}},
		{Voice: bot.SideChange{ApplicationSID: &app}},
		{Messaging: bot.SideChange{URL: &url, ApplicationSID: &empty}},
		{}, // nothing
	} {
		if err := write(t.Context(), h.Account, i%2, &log, change); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(log.Before()); n != 3 || undated(log.Before()[0]) != before[0] {
		t.Errorf("the log has %d writes: %+v", n, log.Before())
	}
	if err := h.PutBack(t.Context(), &log); err != nil {
		t.Fatal(err)
	}
	for i, want := range before {
		if got := undated(h.numbers.Number(accounttest.NumberSID(i))); got != want {
			t.Errorf("number %d is\n%+v, was\n%+v", i, got, want)
		}
	}
	// Putting back is repeated after a failure; done already, it writes nothing.
	updates := h.numbers.Calls["update"]
	if err := h.PutBack(t.Context(), &log); err != nil || h.numbers.Calls["update"] != updates {
		t.Errorf("put back again: %v after %d writes more", err, h.numbers.Calls["update"]-updates)
	}
}

func TestWriteOfUnknownOutcomeIsPutBackToo(t *testing.T) {
	h := newHouse(1, account.NoServices{})
	app := accounttest.Application
	broken := errors.New("broken")
	h.numbers.OnWrite = func(string) error { h.numbers.OnWrite = nil; return broken }
	var log account.UndoLog
	if err := write(t.Context(), h.Account, 0, &log, bot.NumberChange{Messaging: bot.SideChange{ApplicationSID: &app}}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := h.PutBack(t.Context(), &log); err != nil || h.numbers.Number(accounttest.NumberSID(0)).Messaging.ApplicationSID != "" {
		t.Errorf("%+v, %v", h.numbers.Number(accounttest.NumberSID(0)), err)
	}
}

// A thousand numbers are put back within the five minutes that undoing has, also where a call
// takes a third of a second; one that was released and one that cannot be written keep none of
// the others from it.
func TestManyNumbersArePutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		h, far := newFar(n)
		far.wait = 300 * time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		var log account.UndoLog
		err := h.EachNumber(t.Context(), func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
			all, err := h.Numbers(ctx, since)
			return slices.DeleteFunc(slices.Clone(all), func(n bot.Number) bool { return n.FriendlyName != "" }), err
		}, func(ctx context.Context, number bot.Number, round *account.Round) error {
			return round.EditNumber(ctx, number.SID, &log, func(ctx context.Context, e *account.Edit) error {
				return e.Write(ctx, bot.NumberChange{FriendlyName: new("clinic")})
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		released, refused := accounttest.NumberSID(7), accounttest.NumberSID(n-7)
		delete(far.Rows, released)
		broken := errors.New("broken")
		far.OnWrite = func(sid string) error {
			if sid == refused {
				return broken
			}
			return nil
		}
		if err := h.PutBack(ctx, &log); !errors.Is(err, broken) || ctx.Err() != nil {
			t.Errorf("it ends with %v", err)
		}
		for sid, row := range far.Rows {
			if row.FriendlyName != "" && sid != refused {
				t.Errorf("%s is labelled %q", sid, row.FriendlyName)
			}
		}
		far.OnWrite = nil
		if err := h.PutBack(ctx, &log); err != nil || far.Number(refused).FriendlyName != "" {
			t.Errorf("put back again, %+v: %v", far.Number(refused), err)
		}
	})
}

func TestNumberHasOneWriterAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(1, account.NoServices{})
		var order []string
		entered, leave := make(chan struct{}), make(chan struct{})
		go func() {
			_ = h.EditNumber(t.Context(), accounttest.NumberSID(0), nil, func(context.Context, *account.Edit) error {
				close(entered)
				<-leave
				order = append(order, "first")
				return nil
			})
		}()
		<-entered
		second := make(chan error)
		go func() {
			second <- h.EditNumber(t.Context(), accounttest.NumberSID(0), nil, func(context.Context, *account.Edit) error {
				order = append(order, "second")
				return nil
			})
		}()
		synctest.Wait()
		// Whoever gives up while waiting does not write.
		ctx, cancel := context.WithCancel(t.Context())
		third := make(chan error)
		go func() {
			third <- h.EditNumber(ctx, accounttest.NumberSID(0), nil, func(context.Context, *account.Edit) error {
				order = append(order, "third")
				return nil
			})
		}()
		synctest.Wait()
		cancel()
		if err := <-third; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
		close(leave)
		if err := <-second; err != nil || !slices.Equal(order, []string{"first", "second"}) {
			t.Errorf("they wrote in the order %v, %v", order, err)
		}
	})
}

func TestEditReadsTheNumberAndClaimsChannels(t *testing.T) {
	h := newHouse(1, account.NoServices{})
	err := h.EditNumber(t.Context(), accounttest.NumberSID(0), nil, func(ctx context.Context, e *account.Edit) error {
		if e.Claimed(bot.Messaging) {
			t.Error("claimed by nobody")
		}
		e.Claim([]bot.Channel{bot.Messaging})
		h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) { n.FriendlyName = "changed" })
		if err := e.Reread(ctx); err != nil || e.Number.FriendlyName != "changed" {
			t.Errorf("read again as %q, %v", e.Number.FriendlyName, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = h.EditNumber(t.Context(), accounttest.NumberSID(0), nil, func(_ context.Context, e *account.Edit) error {
		if !e.Claimed(bot.Messaging) || e.Claimed(bot.Voice) {
			t.Errorf("claimed are messaging %v, voice %v", e.Claimed(bot.Messaging), e.Claimed(bot.Voice))
		}
		return nil
	})
	if err := write(t.Context(), h.Account, 7, nil, bot.NumberChange{}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a number that is not owned: %v", err)
	}
}

func TestEachNumberLooksAgainUntilThereIsNone(t *testing.T) {
	rows := func(from, n int) []bot.Number {
		all := make([]bot.Number, n)
		for i := range all {
			all[i] = bot.Number{SID: accounttest.NumberSID(from + i), PhoneNumber: fmt.Sprintf("+1202555%04d", from+i)}
		}
		return all
	}
	broken := errors.New("broken")
	for name, each := range map[string]struct {
		rounds []int // how many numbers each look finds
		fails  error
		done   int
		says   string
	}{
		"none":                      {[]int{0}, nil, 0, ""},
		"some":                      {[]int{20, 0}, nil, 20, ""},
		"another came":              {[]int{2, 1, 0}, nil, 3, ""},
		"they come again and again": {[]int{1, 1, 1, 1, 1, 1}, nil, 5, "again and again"},
		"one fails":                 {[]int{1, 0}, broken, 1, "broken"},
		"the last round finds none": {[]int{1, 1, 1, 1, 0}, nil, 4, ""},
		"looking fails":             {nil, nil, 0, "cannot look"},
		"looking fails at last":     {[]int{3}, nil, 3, "cannot look"},
	} {
		looks, done := 0, make(chan string, 100)
		err := newHouse(1, account.NoServices{}).EachNumber(t.Context(), func(context.Context, account.Moment) ([]bot.Number, error) {
			if looks++; looks > len(each.rounds) {
				return nil, errors.New("cannot look")
			}
			return rows(100*looks, each.rounds[looks-1]), nil
		}, func(_ context.Context, n bot.Number, _ *account.Round) error {
			done <- n.SID
			return each.fails
		})
		if len(done) != each.done || (err != nil) != (each.says != "") || err != nil && !strings.Contains(err.Error(), each.says) {
			t.Errorf("%s: did %d, %v", name, len(done), err)
		}
	}
}

func TestNumberThatIsPointedAtAnApplicationIsReadByWhatThatIs(t *testing.T) {
	h := newHouse(1, account.NoServices{})
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}}
	for name, each := range map[string]struct {
		side  bot.Side
		want  bot.Route
		lists bool
	}{
		"a URL":                       {bot.Side{URL: urlOf(accounttest.Flow), Method: "POST"}, bot.Route{Kind: bot.ToBot, BotSID: accounttest.Flow, URL: urlOf(accounttest.Flow), Method: "POST"}, false},
		"an application":              {bot.Side{ApplicationSID: accounttest.Application}, bot.Route{Kind: bot.ToBot, BotSID: accounttest.Application}, true},
		"a hold":                      {bot.Side{ApplicationSID: hold}, bot.Route{Kind: bot.ToBot, BotSID: accounttest.Flow, SilencedBy: hold}, true},
		"an application that is gone": {bot.Side{ApplicationSID: gone}, bot.Route{Kind: bot.ToBot, BotSID: gone, Gone: true}, true},
	} {
		n := bot.Number{AccountSID: accounttest.SID, Messaging: each.side}
		routing, err := h.Routing(t.Context(), n)
		if got := routing.Route(n, bot.Messaging); err != nil || got != each.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if all, err := h.RoutingWithHolds(t.Context(), account.AnyTime, n); err != nil || all.HoldOf(accounttest.Flow).SID != hold || all.Route(n, bot.Messaging) != each.want {
			t.Errorf("%s: with all holds %+v, %v", name, all, err)
		}
	}
	// A hold that came after this run's listing is found by asking again.
	const late = "AP6666666666666666666666666666ffff"
	h.applications.Held = append(h.applications.Held, bot.Hold{SID: late, BotSID: otherFlow})
	n := bot.Number{Messaging: bot.Side{ApplicationSID: late}}
	if routing, err := h.Routing(t.Context(), n); err != nil || routing.Route(n, bot.Messaging).SilencedBy != late {
		t.Errorf("a new hold: %+v, %v", routing, err)
	}
}

// An application that a listing does not have yet is not gone.
func TestApplicationIsGoneOnlyWhereARereadDoesNotFindIt(t *testing.T) {
	h := newHouse(1, account.NoServices{})
	lag := &laggingHost{Host: h.applications}
	a := account.New(accounttest.SID, bot.Webhooks{}, h.numbers, account.NoServices{}, map[bot.Engine]account.Host{bot.Application: lag})
	n := bot.Number{Messaging: bot.Side{ApplicationSID: accounttest.Application}}
	if routing, err := a.Routing(t.Context(), n); err != nil || routing.Route(n, bot.Messaging).Gone {
		t.Errorf("%+v, %v", routing.Route(n, bot.Messaging), err)
	}
	lag.err = errors.New("broken")
	if _, err := a.Routing(t.Context(), n); !errors.Is(err, lag.err) {
		t.Errorf("a read that fails: %v", err)
	}
	// Where applications cannot be reached, nothing is said of them.
	off := over(h.numbers)
	if routing, err := off.Routing(t.Context(), n); err != nil || routing.Route(n, bot.Messaging).Gone {
		t.Errorf("%+v, %v", routing.Route(n, bot.Messaging), err)
	}
}

// laggingHost lists no bots yet; a read finds them.
type laggingHost struct {
	*accounttest.Host
	err error
}

func (l *laggingHost) List(context.Context) (bot.Listing, error) { return bot.Listing{}, nil }

func (l *laggingHost) Get(ctx context.Context, sid string) (bot.Bot, error) {
	if l.err != nil {
		return bot.Bot{}, l.err
	}
	return l.Host.Get(ctx, sid)
}

func TestRoutesToABotAreItsNumbersAndOtherWaysIn(t *testing.T) {
	h := newHouse(4, accounttest.Services{Of: map[string]bot.Service{
		accounttest.NumberSID(2): {SID: "MG1", Name: "Campaigns", InboundURL: urlOf(accounttest.Flow)},
		accounttest.NumberSID(3): {SID: "MG2", Name: "Others", InboundURL: "https://theirs.example.com/"},
	}})
	h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}}
	h.numbers.Set(accounttest.NumberSID(0), func(n *bot.Number) {
		n.Messaging, n.Voice = bot.Side{URL: urlOf(accounttest.Flow)}, bot.Side{ApplicationSID: hold}
	})
	h.numbers.Set(accounttest.NumberSID(1), func(n *bot.Number) { n.Voice.ApplicationSID = accounttest.Application })
	routes, err := h.RoutesTo(t.Context(), accounttest.Flow, h.Now())
	by := routes.ByChannel(accounttest.Flow)
	if err != nil || len(routes.Numbers) != 1 || len(routes.Ways) != 1 || routes.Ways[0].SID != "MG1" || len(by[bot.Messaging]) != 1 || len(by[bot.Voice]) != 1 {
		t.Errorf("%+v, %v", routes, err)
	}
	routes, err = h.RoutesTo(t.Context(), accounttest.Application, h.Now())
	if by := routes.ByChannel(accounttest.Application); err != nil || len(by[bot.Messaging]) != 0 || len(by[bot.Voice]) != 1 || len(routes.Ways) != 0 {
		t.Errorf("%+v, %v", routes, err)
	}
}

func TestServicesThatAnswerInTheirNumbersPlace(t *testing.T) {
	services := accounttest.Services{Pointed: map[string]string{}, Of: map[string]bot.Service{
		accounttest.NumberSID(0): {SID: "MG1", InboundURL: urlOf(accounttest.Flow)}, accounttest.NumberSID(1): {SID: "MG2", Defers: true},
	}}
	h := newHouse(2, services)
	overriding, err := h.Overriding(t.Context(), account.AnyTime)
	if err != nil || len(overriding) != 1 || overriding[accounttest.NumberSID(0)].SID != "MG1" {
		t.Errorf("%v, %v", overriding, err)
	}
	// What this process points is listed anew.
	way := services.Of[accounttest.NumberSID(0)].Way()
	err = h.EditWay(t.Context(), way, nil, func(_ context.Context, now bot.Way) (bot.Way, bool, error) {
		now.To = bot.Pointer{URL: urlOf(otherFlow), Method: "POST"}
		return now, true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if overriding, err = h.Overriding(t.Context(), account.AnyTime); err != nil || overriding[accounttest.NumberSID(0)].InboundURL != urlOf(otherFlow) {
		t.Errorf("%v, %v", overriding, err)
	}
}

func TestNameIsFreeForItsOwnersAndWhatReplacesThem(t *testing.T) {
	h := newHouse(0, account.NoServices{})
	h.applications.Bots = append(h.applications.Bots, bot.Bot{SID: hold, UniqueName: "doctor", Replaces: accounttest.Flow})
	for _, each := range []struct {
		name string
		own  []string
		free bool
	}{
		{"nobody's", nil, true},
		{"flow", nil, false},
		{"flow", []string{accounttest.Flow}, true},
		{"flow", []string{otherFlow}, false},
		{"doctor", []string{accounttest.Flow}, true},
		{"doctor", []string{otherFlow}, false},
		{"doctor", []string{""}, false},
	} {
		err := h.NameFree(t.Context(), each.name, each.own...)
		if (err == nil) != each.free || err != nil && !errors.Is(err, bot.ErrNameTaken) {
			t.Errorf("%+v: %v", each, err)
		}
	}
}

func TestOtherBotOfAReplacementIsFoundByItsMarks(t *testing.T) {
	for name, each := range map[string]struct {
		old, by     string // the bots that exist
		uploading   bool
		marked      bool // whether a listing shows the mark
		asked       string
		known       string
		wantOld     string
		wantNew     string
		current, is string // as Unfinished has them
	}{
		"both exist, asked of the old":            {accounttest.Flow, otherFlow, false, true, accounttest.Flow, "", accounttest.Flow, otherFlow, accounttest.Flow, otherFlow},
		"both exist, asked of the new":            {accounttest.Flow, otherFlow, false, true, otherFlow, "", accounttest.Flow, otherFlow, otherFlow, accounttest.Flow},
		"both exist, the state knows the old":     {accounttest.Flow, otherFlow, false, false, otherFlow, accounttest.Flow, accounttest.Flow, otherFlow, otherFlow, accounttest.Flow},
		"the old is gone, asked of it":            {"", otherFlow, false, true, accounttest.Flow, "", "", otherFlow, otherFlow, accounttest.Flow},
		"the old is gone, asked of a flow":        {"", otherFlow, false, true, otherFlow, "", "", "", "", ""},
		"the old is gone, asked of an app":        {"", accounttest.Application, false, true, accounttest.Application, "", "", accounttest.Application, accounttest.Application, accounttest.Flow},
		"the old is gone, asked of an upload":     {"", accounttest.Assistant, true, true, accounttest.Assistant, "", "", accounttest.Assistant, accounttest.Assistant, accounttest.Flow},
		"the old is gone, an assistant is whole":  {"", accounttest.Assistant, false, true, accounttest.Assistant, "", "", "", "", ""},
		"no mark":                                 {accounttest.Flow, otherFlow, false, false, accounttest.Flow, "", "", "", "", ""},
		"no mark, asked of the new":               {accounttest.Flow, otherFlow, false, false, otherFlow, "", "", "", "", ""},
		"neither exists":                          {"", "", false, false, accounttest.Flow, "", "", "", "", ""},
		"what the state knows is gone":            {"", otherFlow, false, false, otherFlow, accounttest.Flow, "", "", "", ""},
		"what the state knows of an app is gone":  {"", accounttest.Application, false, false, accounttest.Application, accounttest.Flow, "", accounttest.Application, accounttest.Application, accounttest.Flow},
		"the other way round, a mark of no state": {accounttest.Application, accounttest.Assistant, true, true, accounttest.Application, "", accounttest.Application, accounttest.Assistant, accounttest.Application, accounttest.Assistant},
	} {
		replaced := each.old
		if replaced == "" {
			replaced = accounttest.Flow
		}
		hosts, row := map[bot.Engine]account.Host{}, map[bot.Engine][]bot.Bot{}
		for sid, b := range map[string]bot.Bot{each.old: {SID: each.old}, each.by: {SID: each.by, Uploading: each.uploading}} {
			if sid == "" {
				continue
			}
			if sid == each.by && each.marked {
				b.Replaces = replaced
			}
			row[b.Engine()] = append(row[b.Engine()], b)
		}
		for _, engine := range bot.Engines() {
			hosts[engine] = accounttest.NewHost("XX", row[engine]...)
		}
		a := account.New(accounttest.SID, bot.Webhooks{}, accounttest.NewNumbers(0), account.NoServices{}, hosts)
		pair, err := a.UnfinishedReplacement(t.Context(), each.asked, each.known)
		if pair.Old.SID != each.wantOld || pair.New.SID != each.wantNew || (each.wantNew == "") != errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s: %+v, %v", name, pair, err)
		}
		current, other, err := a.Unfinished(t.Context(), each.asked, each.known)
		if current != each.current || other != each.is || (each.current == "") != errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s: current %s, other %s, %v", name, current, other, err)
		}
	}
}

func TestUnfinishedReplacementIsKnownFromEitherSide(t *testing.T) {
	for asked, want := range map[string][]string{
		accounttest.Flow: {accounttest.Flow, otherFlow}, otherFlow: {otherFlow, accounttest.Flow}, accounttest.Application: {accounttest.Application},
	} {
		h := newHouse(0, account.NoServices{})
		h.flows.Bots[1].Replaces = accounttest.Flow
		if err := h.KnowReplacement(t.Context(), asked); err != nil {
			t.Fatal(err)
		}
		if got := h.Successors(asked); !slices.Equal(got, want) {
			t.Errorf("%s is known as %v", asked, got)
		}
	}
}

// Engines keep marks that no listing shows, which Successor finds.
func TestReplacementOfABotThatIsGoneIsFoundInItsEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
		old := w.Create(bot.Studio, "clinic")
		spec := sandboxtest.Spec(bot.Studio, "doctor", 1)
		spec.Replaces = old.SID
		made, err := w.Hosts[bot.Studio].Create(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		// A later revision hides the mark of the first from a listing.
		if _, err := w.Hosts[bot.Studio].Update(t.Context(), made.SID, spec, sandboxtest.Spec(bot.Studio, "doctor", 2)); err != nil {
			t.Fatal(err)
		}
		if err := w.Hosts[bot.Studio].Delete(t.Context(), old.SID); err != nil {
			t.Fatal(err)
		}
		a, _ := w.Process()
		pair, err := a.UnfinishedReplacement(t.Context(), old.SID, "")
		if err != nil || pair.New.SID != made.SID || pair.Old.SID != "" || pair.New.Replaces != old.SID {
			t.Errorf("%+v, %v", pair, err)
		}
	})
}

func TestWhatThisRunReplacedIsKnownUnderBothNames(t *testing.T) {
	a := over(accounttest.NewNumbers(0))
	if got := a.Successors(""); got != nil {
		t.Errorf("nobody is known as %v", got)
	}
	a.Replaced("UA1", "FW2")
	a.Replaced("FW2", "FW3") // and replaced once more
	a.Replaced("", "FW4")
	if got := a.Successors("UA1"); !slices.Equal(got, []string{"UA1", "FW3"}) || a.ReplacementOf("FW2") != "FW3" || a.ReplacementOf("") != "" {
		t.Errorf("known as %v", got)
	}
	a.NotReplaced("UA1")
	if got := a.Successors("UA1"); !slices.Equal(got, []string{"UA1"}) {
		t.Errorf("taken back, known as %v", got)
	}
	if account.IsOneOf([]string{""}, "") || !account.IsOneOf([]string{"FW1"}, "FW1") || account.IsOneOf(nil, "FW1") {
		t.Error("whether a SID is one of several")
	}
}

func TestBotIsReadFromAListingOfThisRun(t *testing.T) {
	h := newHouse(0, account.NoServices{})
	if _, err := h.Bots(t.Context(), account.AnyTime); err != nil {
		t.Fatal(err)
	}
	h.flows.Bots[0].UniqueName = "renamed" // by another process
	if b, err := h.Bot(t.Context(), accounttest.Flow); err != nil || b.UniqueName != "flow" {
		t.Errorf("%+v, %v", b, err)
	}
	if b, err := h.ReadBot(t.Context(), accounttest.Flow, false); err != nil || b.UniqueName != "renamed" {
		t.Errorf("read afresh it is %+v, %v", b, err)
	}
	// A write of this process makes the listing stale.
	if _, err := h.Host(bot.Studio).Update(t.Context(), accounttest.Flow, bot.Spec{}, bot.Spec{UniqueName: "again"}); err != nil {
		t.Fatal(err)
	}
	if b, err := h.Bot(t.Context(), accounttest.Flow); err != nil || b.UniqueName != "again" {
		t.Errorf("written, it is %+v, %v", b, err)
	}
	for _, sid := range []string{"XX1", ""} {
		if _, err := h.Bot(t.Context(), sid); !errors.Is(err, bot.ErrEngineUnknown) {
			t.Errorf("%q: %v", sid, err)
		}
		if _, err := h.ReadBot(t.Context(), sid, true); !errors.Is(err, bot.ErrEngineUnknown) {
			t.Errorf("%q: %v", sid, err)
		}
	}
}

// Every write to an engine makes what was listed of it stale.
func TestWritesToAnEngineMakeItsListingStale(t *testing.T) {
	for name, each := range map[string]func(ctx context.Context, h house) error{
		"create": func(ctx context.Context, h house) error {
			_, err := h.Host(bot.Application).Create(ctx, bot.Spec{UniqueName: "new"})
			return err
		},
		"update": func(ctx context.Context, h house) error {
			_, err := h.Host(bot.Application).Update(ctx, accounttest.Application, bot.Spec{}, bot.Spec{UniqueName: "new"})
			return err
		},
		"unmark": func(ctx context.Context, h house) error {
			_, err := h.Host(bot.Application).Unmark(ctx, accounttest.Application, bot.Spec{})
			return err
		},
		"delete": func(ctx context.Context, h house) error {
			return h.Host(bot.Application).Delete(ctx, accounttest.Application)
		},
		"discard": func(ctx context.Context, h house) error {
			return h.Host(bot.Application).Discard(ctx, accounttest.Application)
		},
		"create hold": func(ctx context.Context, h house) error {
			_, err := h.CreateHold(ctx, bot.Hold{BotSID: accounttest.Flow})
			return err
		},
		"write hold": func(ctx context.Context, h house) error {
			return h.WriteHold(ctx, bot.Hold{SID: hold, BotSID: otherFlow})
		},
		"delete hold": func(ctx context.Context, h house) error { return h.DeleteHold(ctx, hold) },
		"another's":   func(_ context.Context, h house) error { h.HoldsChanged(); return nil },
		"a failed one": func(ctx context.Context, h house) error {
			_, _ = h.Host(bot.Application).Update(ctx, gone, bot.Spec{}, bot.Spec{})
			return nil
		},
	} {
		h := newHouse(0, account.NoServices{})
		h.applications.Held = []bot.Hold{{SID: hold, BotSID: accounttest.Flow}}
		before, err := h.BotsOf(t.Context(), bot.Application, account.AnyTime)
		if err != nil || len(before.Holds) != 1 {
			t.Fatal(before, err)
		}
		if err := each(t.Context(), h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		h.applications.Bots = append(h.applications.Bots, bot.Bot{SID: gone, UniqueName: "seen only by a new listing"})
		after, err := h.BotsOf(t.Context(), bot.Application, account.AnyTime)
		if err != nil || !slices.ContainsFunc(after.Bots, func(b bot.Bot) bool { return b.SID == gone }) {
			t.Errorf("%s: the old listing is served: %+v, %v", name, after, err)
		}
	}
}

// A bot that a read does not find and a listing has is not gone.
func TestReadThatLagsAListingIsSaid(t *testing.T) {
	h := newHouse(0, account.NoServices{})
	a := account.New(accounttest.SID, bot.Webhooks{}, h.numbers, account.NoServices{}, map[bot.Engine]account.Host{bot.Studio: forgetful{h.flows}})
	if _, err := a.ReadBot(t.Context(), accounttest.Flow, true); !errors.Is(err, bot.ErrLagging) || errors.Is(err, bot.ErrNotFound) {
		t.Errorf("listed and not found: %v", err)
	}
	if _, err := a.ReadBot(t.Context(), "FW9999999999999999999999999999aaaa", false); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("neither: %v", err)
	}
}

// forgetful finds nothing by a SID.
type forgetful struct{ *accounttest.Host }

func (forgetful) Get(context.Context, string) (bot.Bot, error)  { return bot.Bot{}, bot.ErrNotFound }
func (forgetful) Read(context.Context, string) (bot.Bot, error) { return bot.Bot{}, bot.ErrNotFound }

func TestRouteIsDescribedByTheNameOfItsBot(t *testing.T) {
	h := newHouse(0, account.NoServices{})
	for want, route := range map[string]bot.Route{
		"nothing":                              {Kind: bot.ToNothing},
		"https://theirs.example.com/":          {Kind: bot.ToExternal, URL: "https://theirs.example.com/"},
		`bot "flow" (` + accounttest.Flow:      {Kind: bot.ToBot, BotSID: accounttest.Flow},
		`silence (bot "flow"`:                  {Kind: bot.ToBot, BotSID: accounttest.Flow, SilencedBy: hold},
		"bot " + gone + ", which no longer ex": {Kind: bot.ToBot, BotSID: gone},
	} {
		if got := h.Describe(t.Context(), route); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestEngineThatIsOffSaysWhyAndListsNothing(t *testing.T) {
	reason := errors.New("shut down")
	for what, a := range map[string]*account.Account{
		"an engine that is off":  account.New(accounttest.SID, bot.Webhooks{}, accounttest.NewNumbers(1), account.NoServices{}, map[bot.Engine]account.Host{bot.Autopilot: account.Off{Reason: reason}}),
		"an unreachable account": account.Unreachable(reason),
	} {
		ctx, host := t.Context(), a.Host(bot.Autopilot)
		_, get := host.Get(ctx, "UA1")
		_, read := host.Read(ctx, "UA1")
		_, create := host.Create(ctx, bot.Spec{})
		_, update := host.Update(ctx, "UA1", bot.Spec{}, bot.Spec{})
		_, unmark := host.Unmark(ctx, "UA1", bot.Spec{})
		_, tasks := host.Tasks(ctx, "UA1")
		for i, err := range []error{get, read, create, update, unmark, tasks, host.Delete(ctx, "UA1"), host.Discard(ctx, "UA1"), a.IsOff(bot.Autopilot)} {
			if !errors.Is(err, reason) {
				t.Errorf("%s: call %d says %v", what, i, err)
			}
		}
		if listed, err := a.Bots(ctx, account.AnyTime); err != nil || len(listed.Bots) > 0 {
			t.Errorf("%s: it lists %v, %v", what, listed, err)
		}
		if found, err := a.FindBots(ctx, "x"); err != nil || len(found) > 0 {
			t.Errorf("%s: it finds %v, %v", what, found, err)
		}
		if _, err := a.UnfinishedReplacement(ctx, "UA1", ""); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s: a replacement: %v", what, err)
		}
		if activity, err := a.Activity(ctx, "UA1"); err != nil || activity != (bot.Activity{}) {
			t.Errorf("%s: it is active: %v, %v", what, activity, err)
		}
		if findings, err := a.Validate(ctx, bot.Spec{}); err != nil || findings != nil {
			t.Errorf("%s: it finds fault: %v, %v", what, findings, err)
		}
		if holds, err := a.FindHolds(ctx, "UA1"); err != nil || holds != nil {
			t.Errorf("%s: it is held: %v, %v", what, holds, err)
		}
		if _, err := a.CreateHold(ctx, bot.Hold{BotSID: "UA1"}); err == nil {
			t.Errorf("%s: a hold was created", what)
		}
	}
	a := account.Unreachable(reason)
	_, get := a.NumberNow(t.Context(), "PN1")
	_, find := a.FindNumber(t.Context(), "+12025550100")
	_, list := a.Numbers(t.Context(), account.AnyTime)
	edit := a.EditNumber(t.Context(), "PN1", nil, func(context.Context, *account.Edit) error { return nil })
	for i, err := range []error{get, find, list, edit} {
		if !errors.Is(err, reason) {
			t.Errorf("call %d of the numbers says %v", i, err)
		}
	}
	if err := a.IsOff("none"); err == nil {
		t.Error("an engine that there is not is on")
	}
}

func TestNumberIsFoundByItsPhoneNumber(t *testing.T) {
	h := newHouse(20, account.NoServices{})
	if n, err := h.FindNumber(t.Context(), "+12025550003"); err != nil || n.SID != accounttest.NumberSID(3) || h.numbers.Calls["list"] > 0 {
		t.Errorf("%+v, %v after %v", n, err, h.numbers.Calls)
	}
	for i := range singleReads {
		if _, err := h.Number(t.Context(), accounttest.NumberSID(i), account.LastRead{}); err != nil {
			t.Fatal(err)
		}
	}
	// From here on a listing is the cheaper way.
	finds := h.numbers.Calls["find"]
	if n, err := h.FindNumber(t.Context(), "+12025550004"); err != nil || n.SID != accounttest.NumberSID(4) || h.numbers.Calls["find"] != finds || h.numbers.Calls["list"] != 1 {
		t.Errorf("%+v, %v after %v", n, err, h.numbers.Calls)
	}
	label := "written"
	if err := write(t.Context(), h.Account, 4, nil, bot.NumberChange{FriendlyName: &label}); err != nil || !h.Wrote(accounttest.NumberSID(4)) {
		t.Fatal(err)
	}
	if n, err := h.FindNumber(t.Context(), "+12025550004"); err != nil || n.FriendlyName != label {
		t.Errorf("written, it is %+v, %v", n, err)
	}
	if _, err := h.FindNumber(t.Context(), "+12025559999"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a number that is not owned: %v", err)
	}
}

func TestActivityAndFindingsAreTheEnginesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		b := w.Create(bot.Studio, "clinic")
		if _, err := w.Box.AddExecution(sandbox.Execution{FlowSID: b.SID, Contact: "+12025550199", Channel: "voice"}); err != nil {
			t.Fatal(err)
		}
		a, _ := w.Process()
		if active, err := a.Activity(t.Context(), b.SID); err != nil || active.Calls != 1 {
			t.Errorf("%+v, %v", active, err)
		}
		if findings, err := a.Validate(t.Context(), sandboxtest.Spec(bot.Studio, "clinic", 1)); err != nil || len(findings) > 0 {
			t.Errorf("%v, %v", findings, err)
		}
		unlock, err := a.LockName(t.Context(), "clinic")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.LockName(ctx, "clinic"); !errors.Is(err, context.Canceled) {
			t.Errorf("a name has two owners: %v", err)
		}
		unlock()
	})
}
