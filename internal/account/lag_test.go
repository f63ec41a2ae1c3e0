package account_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// readsLag is how long numbers are read as they were before they were written.
const readsLag = 2 * time.Second

// lateNumbers are numbers whose reads lag their writes.
type lateNumbers struct {
	*accounttest.Numbers

	// overwritten is a number that another client writes behind each write, which shows at once.
	overwritten string
	broken      error         // of every page
	lists       time.Duration // how long they are listed as they were before

	mu sync.Mutex
	// Those whose last write does not show yet, in reads and in lists.
	before, listed map[string]bot.Number
}

func newLate(n int) *lateNumbers {
	return &lateNumbers{Numbers: accounttest.NewNumbers(n), lists: readsLag, before: map[string]bot.Number{}, listed: map[string]bot.Number{}}
}

func (l *lateNumbers) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	time.Sleep(roundTrip)
	before := l.Number(sid)
	answer, err := l.Numbers.Update(ctx, sid, change)
	if sid == l.overwritten {
		l.Set(sid, func(n *bot.Number) { n.Voice.URL = "https://theirs.example.com/" })
		return answer, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for shown, lag := range map[*map[string]bot.Number]time.Duration{&l.before: readsLag, &l.listed: l.lists} {
		(*shown)[sid] = before
		time.AfterFunc(lag, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			delete(*shown, sid)
		})
	}
	return answer, err
}

func (l *lateNumbers) Get(ctx context.Context, sid string) (bot.Number, error) {
	number, err := l.Numbers.Get(ctx, sid)
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.before[sid]; ok {
		return before, err
	}
	return number, err
}

func (l *lateNumbers) Pages(label string) (next func(context.Context) ([]bot.Number, bool, error), missed func(context.Context) ([]bot.Number, error)) {
	read, missed := l.Numbers.Pages(label)
	return func(ctx context.Context) ([]bot.Number, bool, error) {
		rows, last, err := read(ctx)
		l.mu.Lock()
		defer l.mu.Unlock()
		for i, row := range rows {
			if before, ok := l.listed[row.SID]; ok {
				rows[i] = before
			}
		}
		return rows, last, errors.Join(err, l.broken)
	}, missed
}

// What a round wrote before it failed, or before Terraform was stopped, is undone, although
// reads do not show it yet.
func TestRoundThatFailsIsUndoneWhereReadsLag(t *testing.T) {
	broken := errors.New("broken")
	for name, each := range map[string]struct {
		fails, broken error // of another number, and of a listing
		stop          bool
		overwritten   string
		want          error
	}{
		"another number fails":                                {fails: broken, want: broken},
		"another number fails, and the list":                  {fails: broken, broken: broken, want: broken},
		"it is stopped":                                       {stop: true, want: context.Canceled},
		"another number fails, and another client writes one": {fails: broken, overwritten: accounttest.NumberSID(2), want: broken},
		"another client writes one":                           {overwritten: accounttest.NumberSID(2), want: bot.ErrChanged},
	} {
		synctest.Test(t, func(t *testing.T) {
			numbers := newLate(4)
			numbers.overwritten = each.overwritten
			a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
			before := maps.Clone(numbers.Rows)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var log account.UndoLog
			err := a.EachNumber(ctx, a.Numbers, func(ctx context.Context, number bot.Number, round *account.Round) error {
				if number.SID == accounttest.NumberSID(3) {
					synctest.Wait() // until the others are written
					if each.stop {
						stop()
					}
					numbers.mu.Lock()
					defer numbers.mu.Unlock()
					numbers.broken = each.broken
					return each.fails
				}
				return round.EditNumber(ctx, number.SID, &log, func(ctx context.Context, e *account.Edit) error {
					return e.Write(ctx, bot.NumberChange{Voice: bot.SideChange{URL: new(urlOf(accounttest.Flow))}})
				})
			})
			if !errors.Is(err, each.want) || numbers.Calls["update"] != 3 {
				t.Fatalf("%s: %d writes, %v", name, numbers.Calls["update"], err)
			}
			if err := a.PutBack(t.Context(), &log); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for sid, row := range numbers.Rows {
				if sid != each.overwritten && undated(row) != undated(before[sid]) {
					t.Errorf("%s: %s stays %+v", name, sid, row.Voice)
				}
			}
		})
	}
}

// A number that a listing behind its write shows as it was before is not served from there
// once its write was seen.
func TestListingThatLagsAWriteDoesNotOutliveIt(t *testing.T) {
	label := "clinic"
	write := func(ctx context.Context, e *account.Edit) error {
		return e.Write(ctx, bot.NumberChange{FriendlyName: &label})
	}
	for name, each := range map[string]func(*testing.T, *account.Account) error{
		"edits": func(t *testing.T, a *account.Account) error {
			errs := make([]error, 4)
			var group sync.WaitGroup
			for i := range errs {
				group.Go(func() { errs[i] = a.EditNumber(t.Context(), accounttest.NumberSID(i), nil, write) })
			}
			group.Wait()
			return errors.Join(errs...)
		},
		"a round": func(t *testing.T, a *account.Account) error {
			first := true
			return a.EachNumber(t.Context(), func(ctx context.Context, since account.Moment) (all []bot.Number, err error) {
				if first {
					all, err = a.Numbers(ctx, since)
				}
				first = false
				return all, err
			}, func(ctx context.Context, number bot.Number, round *account.Round) error {
				return round.EditNumber(ctx, number.SID, nil, write)
			})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			numbers := newLate(4)
			a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
			if err := each(t, a); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all, err := a.Numbers(t.Context(), account.AnyTime)
			if err != nil {
				t.Fatal(err)
			}
			for _, listed := range all {
				number, err := a.Number(t.Context(), listed.SID, account.LastRead{})
				if err != nil || number.FriendlyName != label || listed.FriendlyName != label {
					t.Errorf("%s: %s is labelled %q, and listed as %q, %v", name, listed.SID, number.FriendlyName, listed.FriendlyName, err)
				}
			}
		})
	}
}

// Lists may lag for longer than reads of single numbers: what they show as it was before is
// not taken for a change by another client at once.
func TestNumbersThatAreListedAsTheyWereAreLookedForAgain(t *testing.T) {
	label := "clinic"
	for lag, says := range map[time.Duration]string{15 * time.Second: "", time.Hour: "or Twilio lists them as they were"} {
		synctest.Test(t, func(t *testing.T) {
			numbers := newLate(4)
			numbers.lists = lag
			a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
			err := a.EachNumber(t.Context(), func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
				all, err := a.Numbers(ctx, since)
				return slices.DeleteFunc(slices.Clone(all), func(n bot.Number) bool { return n.FriendlyName == label }), err
			}, func(ctx context.Context, number bot.Number, round *account.Round) error {
				return round.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
					if e.Number.FriendlyName == label {
						return nil
					}
					return e.Write(ctx, bot.NumberChange{FriendlyName: &label})
				})
			})
			if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) || numbers.Calls["update"] != 4 || numbers.Calls["list"] > 25 {
				t.Errorf("where lists lag for %s it made %v and says: %v", lag, numbers.Calls, err)
			}
		})
	}
}

// slowNumbers answer the write of one of them after longer than others are looked for, and
// fail the first write of another.
type slowNumbers struct {
	*accounttest.Numbers
	slow, lossy string
}

func (s *slowNumbers) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	switch sid {
	case s.slow:
		time.Sleep(time.Minute)
	case s.lossy:
		s.lossy = ""
		return bot.Number{}, fmt.Errorf("503: %w: %w", bot.ErrFailed, bot.ErrUncertain)
	}
	return s.Numbers.Update(ctx, sid, change)
}

func (s *slowNumbers) Get(ctx context.Context, sid string) (bot.Number, error) {
	if err := ctx.Err(); err != nil {
		return bot.Number{}, err
	}
	return s.Numbers.Get(ctx, sid)
}

// A write that is answered late does not fail those that are made at the same time, nor
// keeps one that Twilio failed from being sent again.
func TestSlowWriteDoesNotFailTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		numbers := &slowNumbers{accounttest.NewNumbers(3), accounttest.NumberSID(0), accounttest.NumberSID(1)}
		a := account.New(accounttest.SID, bot.Webhooks{}, numbers, account.NoServices{}, nil)
		var group sync.WaitGroup
		for i := range 3 {
			group.Go(func() {
				if err := write(t.Context(), a, i, nil, bot.NumberChange{FriendlyName: new("clinic")}); err != nil {
					t.Errorf("number %d: %v", i, err)
				}
			})
		}
		group.Wait()
	})
}
