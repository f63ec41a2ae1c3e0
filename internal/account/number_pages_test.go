package account_test

import (
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
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
				if n, err := a.Number(t.Context(), sid); err != nil || n.SID != sid {
					t.Fatalf("%s: %v, %v", sid, n, err)
				}
			}
			if f.Calls["get"] != test.reads || f.Calls["list"] != test.pages {
				t.Errorf("%d of %d cost %v", test.asked, test.numbers, f.Calls)
			}
		})
	}
}

func TestNumbersWithinAFewPages(t *testing.T) {
	f, a := paged(35)
	within := func(since account.Moment, pages, rows int, ok bool, calls int) {
		t.Helper()
		before := f.Calls["list"]
		numbers, whole, err := a.NumbersWithin(t.Context(), since, pages)
		if err != nil || whole != ok || len(numbers) != rows || f.Calls["list"]-before != calls {
			t.Errorf("within %d pages: %d numbers, whole is %v, %v, after %d calls", pages, len(numbers), whole, err, f.Calls["list"]-before)
		}
	}
	within(account.AnyTime, 2, 20, false, 2)
	within(a.Now(), 2, 0, false, 0) // it is known to have more
	within(account.AnyTime, 3, 30, false, 1)
	within(account.AnyTime, 4, 35, true, 1)
	within(account.AnyTime, 4, 35, true, 0)
	within(a.Now(), 4, 35, true, 4)
	if all, err := a.Numbers(t.Context(), account.AnyTime); err != nil || len(all) != 35 || f.Calls["list"] != 8 || f.Calls["missed"] != 1 {
		t.Errorf("%d numbers, %v, after %v", len(all), err, f.Calls)
	}
}

func TestManyWhoAskReadAPageOnce(t *testing.T) {
	f, a := paged(35)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if numbers, ok, err := a.NumbersWithin(t.Context(), account.AnyTime, 4); err != nil || !ok || len(numbers) != 35 {
				t.Errorf("%d numbers, %v, %v", len(numbers), ok, err)
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
