package account_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// far is an account whose calls take time, each as much as another, with a count of those
// that concern a bot.
type far struct {
	*accounttest.Numbers

	broken bool          // every listing fails
	wait   time.Duration // of a call; roundTrip where zero

	mu    sync.Mutex
	calls map[string]int
}

var errBroken = errors.New("broken")

func (f *far) Pages(label string) (next func(context.Context) ([]bot.Number, bool, error), missed func(context.Context) ([]bot.Number, error)) {
	if f.broken {
		return func(context.Context) ([]bot.Number, bool, error) { return nil, false, errBroken }, nil
	}
	return f.Numbers.Pages(label)
}

const roundTrip = 50 * time.Millisecond

func (f *far) Get(ctx context.Context, sid string) (bot.Number, error) {
	time.Sleep(cmp.Or(f.wait, roundTrip))
	return f.Numbers.Get(ctx, sid)
}

func (f *far) Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	time.Sleep(cmp.Or(f.wait, roundTrip))
	return f.Numbers.Update(ctx, sid, change)
}

func (f *far) count(call string) {
	time.Sleep(roundTrip)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[call]++
}

type farHost struct {
	*accounttest.Host
	far *far
}

func (h farHost) List(ctx context.Context) (bot.Listing, error) {
	h.far.count("list")
	if h.far.broken {
		return bot.Listing{}, errBroken
	}
	return h.Host.List(ctx)
}

func (h farHost) Get(ctx context.Context, sid string) (bot.Bot, error) {
	h.far.count("get")
	return h.Host.Get(ctx, sid)
}

func (h farHost) FindHolds(ctx context.Context, botSID string) ([]bot.Hold, error) {
	h.far.count("find holds")
	return h.Host.FindHolds(ctx, botSID)
}

// newFar is a house, with a flow for each of its numbers, and what counts the calls to it.
func newFar(numbers int) (house, *far) {
	h := newHouse(numbers, account.NoServices{})
	for i := range numbers {
		h.flows.Bots = append(h.flows.Bots, bot.Bot{SID: flowOf(i), AccountSID: accounttest.SID, UniqueName: fmt.Sprintf("bot-%d", i)})
	}
	f := &far{Numbers: h.numbers, calls: map[string]int{}}
	h.Account = account.New(accounttest.SID, bot.Webhooks{}, f, account.NoServices{}, map[bot.Engine]account.Host{
		bot.Studio: farHost{h.flows, f}, bot.Application: farHost{h.applications, f},
	})
	return h, f
}

func flowOf(i int) string { return fmt.Sprintf("FW%032x", i) }

// point points a number at its flow, and says what was read behind the write.
func point(ctx context.Context, a *account.Account, i int) (behind account.Behind, err error) {
	url := urlOf(flowOf(i))
	err = a.EditNumber(ctx, accounttest.NumberSID(i), nil, func(ctx context.Context, e *account.Edit) error {
		behind, err = e.WriteFor(ctx, bot.NumberChange{Messaging: bot.SideChange{URL: &url}}, flowOf(i))
		return err
	})
	return behind, err
}

// Ten numbers that are written at once cost a read and a write each, and three listings; one
// is read back by itself, since a page weighs more.
func TestWritesAtTheSameTimeAreReadBackTogether(t *testing.T) {
	for _, each := range []struct {
		n      int
		broken bool // every listing fails
		want   string
	}{
		{10, false, "10 get, 1 list, 0 missed, 10 update; bots 0 get, 2 list, 0 find holds"},
		{1, false, "2 get, 0 list, 0 missed, 1 update; bots 1 get, 0 list, 1 find holds"},
		{10, true, "20 get, 0 list, 0 missed, 10 update; bots 9 get, 2 list, 10 find holds"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := each.n
			h, far := newFar(n)
			far.broken = each.broken
			h.applications.Held = []bot.Hold{{SID: hold, BotSID: flowOf(1)}}
			h.flows.Bots = h.flows.Bots[:len(h.flows.Bots)-1] // that of the last number was deleted
			var group sync.WaitGroup
			for i := range n {
				group.Go(func() {
					behind, err := point(t.Context(), h.Account, i)
					if err != nil || behind.BotGone != (i == n-1) || (len(behind.Holds) == 1) != (i == 1) {
						t.Errorf("number %d: %+v, %v", i, behind, err)
					}
				})
			}
			group.Wait()
			c, b := far.Calls, far.calls
			if n == 10 {
				b["get"]-- // a listing that has no bot may lag
			}
			got := fmt.Sprintf("%d get, %d list, %d missed, %d update; bots %d get, %d list, %d find holds",
				c["get"], c["list"], c["missed"], c["update"], b["get"], b["list"], b["find holds"])
			if got != each.want {
				t.Errorf("%d numbers: %s, want %s", n, got, each.want)
			}
		})
	}
}

// What is read behind a write was begun after the write, also where others read for theirs
// at that time.
func TestNothingIsReadBackBeforeItIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 30
		h, far := newFar(n)
		suspended := map[int]bool{}
		far.OnWrite = func(sid string) error {
			// Another client suspends the bot at the very moment of the write.
			for i := range n {
				if accounttest.NumberSID(i) == sid {
					suspended[i] = true
					_, err := h.applications.CreateHold(t.Context(), bot.Hold{BotSID: flowOf(i)})
					return err
				}
			}
			return nil
		}
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() {
				time.Sleep(time.Duration(i) * roundTrip / 7)
				if behind, err := point(t.Context(), h.Account, i); err != nil || len(behind.Holds) != 1 {
					t.Errorf("number %d: %+v, %v", i, behind, err)
				}
			})
		}
		group.Wait()
		if len(suspended) != n {
			t.Errorf("%d were written", len(suspended))
		}
	})
}

// A write whose answer was lost may happen later: what is read of the bot is read behind it.
func TestBotIsReadBehindAWriteThatHappenedLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, far := newFar(1)
		before := h.numbers.Number(accounttest.NumberSID(0))
		far.OnWrite = func(sid string) error {
			written := far.Rows[sid]
			far.Rows[sid] = before
			time.AfterFunc(5*roundTrip, func() {
				h.numbers.Set(sid, func(n *bot.Number) { *n = written })
				_, _ = h.applications.CreateHold(t.Context(), bot.Hold{BotSID: flowOf(0)})
			})
			return bot.ErrUncertain
		}
		if behind, err := point(t.Context(), h.Account, 0); err != nil || len(behind.Holds) != 1 {
			t.Errorf("%+v, %v", behind, err)
		}
	})
}

// The writes of a round cost one listing, however many they are, and each that is not there
// as it was written is read by itself.
func TestRoundIsReadBackByOneListing(t *testing.T) {
	label := "clinic"
	for name, each := range map[string]struct {
		after func(*far) // behind the last write
		ours  string     // what another edit of this run labels one of them
		calls string
		says  string
	}{
		"all are there": {calls: "40 get, 40 update, 2 list"},
		"another edit of this run wrote one since": {ours: "ours", calls: "42 get, 41 update, 2 list"},
		"another client wrote one at the same time": {after: func(f *far) {
			sid := accounttest.NumberSID(7)
			row := f.Rows[sid]
			f.Clock = f.Clock.Add(time.Second)
			row.FriendlyName, row.DateUpdated = "theirs", f.Clock
			f.Rows[sid] = row
		}, calls: "41 get, 40 update, 2 list", says: "Twilio holds something else than was written"},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, far := newFar(40)
			far.OnWrite = func(string) error {
				if far.Calls["update"] == 40 && each.after != nil {
					each.after(far)
				}
				return nil
			}
			err := h.EachNumber(t.Context(), func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
				all, err := h.Numbers(ctx, since)
				var left []bot.Number
				for _, number := range all {
					if number.FriendlyName == "" {
						left = append(left, number)
					}
				}
				return left, err
			}, func(ctx context.Context, number bot.Number, round *account.Round) error {
				err := round.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
					return e.Write(ctx, bot.NumberChange{FriendlyName: &label})
				})
				if each.ours != "" && number.SID == accounttest.NumberSID(7) {
					err = errors.Join(err, write(ctx, h.Account, 7, nil, bot.NumberChange{FriendlyName: &each.ours}))
				}
				return err
			})
			if got := fmt.Sprintf("%d get, %d update, %d list", far.Calls["get"], far.Calls["update"], far.Calls["list"]); got != each.calls {
				t.Errorf("%s: %s, want %s", name, got, each.calls)
			}
			if (err == nil) != (each.says == "") || err != nil && !strings.Contains(err.Error(), each.says) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// A bot that this run wrote is known from its answer, one that it deleted is gone, and one
// that it is writing is read anew.
func TestBotThatThisRunWroteIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, far := newFar(0)
		host := h.Host(bot.Studio)
		made, err := host.Create(t.Context(), bot.Spec{UniqueName: "clinic"})
		if err != nil {
			t.Fatal(err)
		}
		named := func(want string) {
			t.Helper()
			if b, err := h.Bot(t.Context(), made.SID); err != nil || b.UniqueName != want || far.calls["get"] > 0 {
				t.Errorf("%+v, %v after %v; want %s", b, err, far.calls, want)
			}
		}
		named("clinic")
		if _, err := host.Update(t.Context(), made.SID, bot.Spec{UniqueName: "clinic"}, bot.Spec{UniqueName: "surgery"}); err != nil {
			t.Fatal(err)
		}
		named("surgery")
		h.flows.Bots[len(h.flows.Bots)-1].UniqueName = "praxis" // by another client
		named("surgery")
		if _, err := h.BotsOf(t.Context(), bot.Studio, h.Now()); err != nil {
			t.Fatal(err)
		}
		named("praxis")
		if err := host.Delete(t.Context(), made.SID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Bot(t.Context(), made.SID); !errors.Is(err, bot.ErrNotFound) || far.calls["get"] > 0 {
			t.Errorf("deleted, it is %v after %v", err, far.calls)
		}
	})
}
