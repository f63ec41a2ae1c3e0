package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// paged is an account whose lists have pages of 10 numbers.
func paged(numbers int) (*accounttest.Numbers, *account.Account) {
	f := accounttest.NewNumbers(numbers)
	f.PageSize = 10
	return f, over(f)
}

func TestReadsTakeTheCheaperWay(t *testing.T) {
	for name, test := range map[string]struct{ numbers, asked, reads, pages int }{
		"few of many":              {5000, 10, 10, 0},
		"twice as many":            {5000, 20, 20, 1},
		"two hundred":              {5000, 200, 200, 19},
		"all of an account":        {1000, 1000, 500, 50},
		"all of a small one":       {30, 30, 20, 1},
		"all of one with one page": {10, 10, 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, a := paged(test.numbers)
			// The last of the list is asked for first, and its pages have it last.
			for i := range test.asked {
				sid := accounttest.NumberSID(test.numbers - 1 - i)
				if n, err := a.Number(t.Context(), sid, account.LastRead{}); err != nil || n.SID != sid {
					t.Fatalf("%s: %v, %v", sid, n, err)
				}
			}
			if f.Calls["get"] != test.reads || f.Calls["list"] != test.pages {
				t.Errorf("%d of %d cost %v", test.asked, test.numbers, f.Calls)
			}
		})
	}
}

// pagesOf are so many pages of the numbers, with the numbers of the last that was given.
func pagesOf(t *testing.T, a *account.Account, since account.Moment, pages int) (given, rows int) {
	t.Helper()
	err := a.PagesOfNumbers(t.Context(), since, pages, func(page []bot.Number) bool {
		given, rows = given+1, len(page)
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return given, rows
}

func TestPagesOfNumbersAreReadAsFarAsTheyAreWanted(t *testing.T) {
	f, a := paged(35)
	within := func(since account.Moment, pages, given, rows, calls int) {
		t.Helper()
		before := f.Calls["list"]
		if got, last := pagesOf(t, a, since, pages); got != given || last != rows || f.Calls["list"]-before != calls {
			t.Errorf("of %d pages: %d, the last of %d numbers, after %d calls", pages, got, last, f.Calls["list"]-before)
		}
	}
	within(account.AnyTime, 2, 2, 10, 2)
	within(a.Now(), 2, 0, 0, 0) // there are known to be more
	within(account.AnyTime, 3, 3, 10, 1)
	within(account.AnyTime, 4, 4, 35, 1) // the last has all
	within(a.Now(), 4, 4, 35, 4)
	if all, err := a.Numbers(t.Context(), account.AnyTime); err != nil || len(all) != 35 || f.Calls["list"] != 8 || f.Calls["missed"] != 1 {
		t.Errorf("%d numbers, %v, after %v", len(all), err, f.Calls)
	}
	given, before := 0, f.Calls["list"]
	err := a.PagesOfNumbers(t.Context(), a.Now(), 4, func([]bot.Number) bool { given++; return given < 2 })
	if err != nil || given != 2 || f.Calls["list"]-before != 2 {
		t.Errorf("%d pages, %v, after %d calls", given, err, f.Calls["list"]-before)
	}
	if all, err := a.Numbers(t.Context(), a.Now()); err != nil || len(all) != 35 {
		t.Errorf("all are %d numbers, %v", len(all), err)
	}
}

func TestManyWhoAskReadAPageOnce(t *testing.T) {
	f, a := paged(35)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, rows := pagesOf(t, a, account.AnyTime, 4); rows != 35 {
				t.Errorf("%d numbers", rows)
			}
			if numbers, err := a.Numbers(t.Context(), account.AnyTime); err != nil || len(numbers) != 35 {
				t.Errorf("%d numbers, %v", len(numbers), err)
			}
		})
	}
	wait.Wait()
	if f.Calls["list"] != 4 || f.Calls["missed"] != 1 {
		t.Errorf("%v", f.Calls)
	}
}

func TestNumbersOfALabelAreReadTogether(t *testing.T) {
	labelled := func(numbers int, label func(i int) string) (*accounttest.Numbers, *account.Account) {
		f, a := paged(numbers)
		for i := range numbers {
			f.Set(accounttest.NumberSID(i), func(n *bot.Number) { n.FriendlyName = label(i) })
		}
		return f, a
	}
	bots := func(i int) string { return fmt.Sprintf("bot %d", i%5) }
	for name, test := range map[string]struct {
		numbers, asked int
		label          func(i int) string // at Twilio
		reads, pages   int
	}{
		"the bots of a few":              {50, 50, bots, 0, 5},
		"a label that most have":         {1000, 20, func(int) string { return "line" }, 20, 8},
		"labels of their own":            {1000, 20, func(i int) string { return fmt.Sprint("line ", i) }, 0, 21},
		"labels that were changed":       {1000, 20, func(int) string { return "changed" }, 20, 7},
		"a label that all are asked for": {200, 200, func(int) string { return "line" }, 55, 21},
	} {
		t.Run(name, func(t *testing.T) {
			f, a := labelled(test.numbers, test.label)
			for i := range test.asked {
				sid := accounttest.NumberSID(test.numbers - 1 - i)
				last := account.LastRead{Label: test.label(test.numbers - 1 - i)}
				if last.Label == "changed" {
					last.Label = bots(i)
				}
				if n, err := a.Number(t.Context(), sid, last); err != nil || n.SID != sid {
					t.Fatalf("%s: %v, %v", sid, n, err)
				}
			}
			if f.Calls["get"] != test.reads || f.Calls["list"] != test.pages {
				t.Errorf("%d of %d cost %v", test.asked, test.numbers, f.Calls)
			}
		})
	}
}

func TestWhatWasWrittenIsOnNoPageOfBefore(t *testing.T) {
	f, a := paged(300)
	read := func(i int, label string) bot.Number {
		t.Helper()
		n, err := a.Number(t.Context(), accounttest.NumberSID(i), account.LastRead{Label: label})
		if err != nil || n.SID != accounttest.NumberSID(i) {
			t.Errorf("%v, %v", n, err)
		}
		return n
	}
	for i := range 30 {
		f.Set(accounttest.NumberSID(i), func(n *bot.Number) { n.FriendlyName = "bot" })
	}
	for i := range 30 {
		read(i, "bot")
	}
	label := "written"
	if err := a.EditNumber(t.Context(), accounttest.NumberSID(3), nil, func(ctx context.Context, e *account.Edit) error {
		return e.Write(ctx, bot.NumberChange{FriendlyName: &label})
	}); err != nil {
		t.Fatal(err)
	}
	if n := read(3, "bot"); n.FriendlyName != label {
		t.Errorf("written, it is %+v", n)
	}
	before := f.Calls["list"] + f.Calls["get"]
	if read(4, "bot"); f.Calls["list"]+f.Calls["get"] != before {
		t.Errorf("one that was not written was read again: %v", f.Calls)
	}
}

func TestNumberThatIsGoneCostsNoListingOfAll(t *testing.T) {
	f, _ := paged(300)
	lag := &laggingNumbers{Numbers: f, hidden: accounttest.NumberSID(7)}
	a := over(lag)
	last := account.LastRead{PhoneNumber: "+12025550007"}
	if n, err := a.Number(t.Context(), accounttest.NumberSID(7), last); err != nil || n.SID != accounttest.NumberSID(7) {
		t.Errorf("a read that lags took the number away: %v, %v", n, err)
	}
	// Another has the phone number by now.
	if n, err := a.Number(t.Context(), accounttest.NumberSID(999), last); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("%v, %v", n, err)
	}
	if n, err := a.Number(t.Context(), accounttest.NumberSID(998), account.LastRead{PhoneNumber: "+12025550998"}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("%v, %v", n, err)
	}
	if f.Calls["list"] != 0 {
		t.Errorf("%v", f.Calls)
	}
}

// bigSID is the SID of a number of a bigWorld.
func bigSID(i int) string { return accounttest.NumberSID(1_000_000 + i) }

// labelAt is the label of a number of a bigWorld: the first hundred are of five bots.
func labelAt(i int) string {
	if i < 100 {
		return fmt.Sprintf("bot %d", i%5)
	}
	return fmt.Sprintf("line %d", i)
}

// bigWorld is a sandbox with so many numbers, and their SIDs in the order of Twilio's list.
func bigWorld(t *testing.T, numbers int) (*sandboxtest.World, []string) {
	t.Helper()
	w := sandboxtest.New(t, sandbox.Settings{})
	rows := make([]map[string]string, numbers)
	for i := range rows {
		rows[i] = map[string]string{"sid": bigSID(i), "phone_number": fmt.Sprintf("+1303%07d", i), "friendly_name": labelAt(i)}
	}
	body, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	w.Box.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/_sandbox/numbers", bytes.NewReader(body)))
	if answer.Code >= 300 {
		t.Fatal(answer.Body)
	}
	listed, err := w.Numbers.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var sids []string
	for _, n := range listed {
		sids = append(sids, n.SID)
	}
	return w, sids
}

// A number that is released while the list is read moves those behind it up, the first one
// of the next page to a page that was read already.
func TestNumberThatMovesToAPageThatWasReadIsListed(t *testing.T) {
	for name, read := range map[string]func(context.Context, *account.Account, string) error{
		"in the list of all": func(ctx context.Context, a *account.Account, sid string) error {
			all, err := a.Numbers(ctx, account.AnyTime)
			if at := slices.IndexFunc(all, func(n bot.Number) bool { return n.SID == sid }); err == nil && at < 0 {
				err = fmt.Errorf("%s is not among %d", sid, len(all))
			}
			return err
		},
		"by itself": func(ctx context.Context, a *account.Account, sid string) error {
			if err := a.PagesOfNumbers(ctx, account.AnyTime, 5, func([]bot.Number) bool { return true }); err != nil {
				return err
			}
			_, err := a.Number(ctx, sid, account.LastRead{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, sids := bigWorld(t, 2100)
			a, line := w.Process()
			line.Before(2, func() {
				if err := w.Box.ReleaseNumber(sids[3]); err != nil {
					t.Error(err)
				}
			})
			if err := read(sandboxtest.Count(t.Context()), a, sids[1000]); err != nil {
				t.Error(err)
			}
		})
	}
}

// The pages are those of Twilio, of a thousand.
func TestFewNumbersOfALargeAccountCostFewCalls(t *testing.T) {
	w, _ := bigWorld(t, 3500)
	for name, test := range map[string]struct {
		first, asked int
		label        func(i int) string
		calls        int
	}{
		"of five bots":         {0, 20, labelAt, 5},
		"a hundred of five":    {0, 100, labelAt, 5},
		"of no bot":            {0, 20, func(int) string { return "" }, 21},
		"each with its label":  {100, 20, labelAt, 21},
		"ten":                  {0, 10, func(int) string { return "" }, 10},
		"a hundred of no bot":  {0, 100, func(int) string { return "" }, 44},
		"a thousand of no bot": {0, 1000, func(int) string { return "" }, 44},
		"all":                  {0, 3500, func(int) string { return "" }, 44},
	} {
		t.Run(name, func(t *testing.T) {
			a, line := w.Process()
			ctx := sandboxtest.Count(t.Context())
			for i := test.first; i < test.first+test.asked; i++ {
				n, err := a.Number(ctx, bigSID(i), account.LastRead{Label: test.label(i)})
				if err != nil || n.SID != bigSID(i) {
					t.Fatal(n, err)
				}
			}
			if calls := len(line.Calls()); calls != test.calls {
				t.Errorf("%d numbers cost %d calls", test.asked, calls)
			}
		})
	}
}
