package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Rounds is how often the account's numbers, or the other ways in, are listed again because
// another process changed some in the meantime.
const Rounds = 5

// atOnce is how many numbers are written at the same time.
const atOnce = 8

// Round is one round over many numbers, whose writes are read back together when it ends.
type Round struct {
	account *Account

	mu      sync.Mutex
	written map[string]written // by SID: the last write of each number
}

// EditNumber is that of the account, but for writes that Twilio answered: they are read back
// when the round ends.
func (r *Round) EditNumber(ctx context.Context, sid string, log *UndoLog, decide func(context.Context, *Edit) error) error {
	return r.account.editNumber(ctx, sid, log, r, decide)
}

func (r *Round) add(w written) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written[w.sid] = w
}

// end reads back what was written, from a listing begun at the moment or later, also where
// the round failed or Terraform is stopped: whoever undoes it goes by what is read, and would
// take a write that does not show yet for one that another client has undone.
func (r *Round) end(ctx context.Context, since Moment, failed error) error {
	if failed == nil {
		failed = r.confirm(ctx, since)
		if failed == nil || ctx.Err() == nil {
			return failed
		}
	}
	// What still does not show then is left to whoever undoes: the failure is told, not this.
	_, _ = confirm.Settle(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, r.confirm(ctx, since) })
	return failed
}

// confirm reads the numbers that were written from a listing begun at the moment or later,
// and by itself each that is not there as it was written. One that is not seen, or a listing
// that fails, keeps none of the others from being looked for.
func (r *Round) confirm(ctx context.Context, since Moment) error {
	lagging := map[string]bool{}
	err := r.account.PagesOfNumbers(ctx, since, pagesFor(len(r.written)), func(page []bot.Number) bool {
		for _, number := range page {
			if write, ok := r.written[number.SID]; ok && write.change.Holds(number) {
				delete(r.written, number.SID)
			} else if ok {
				lagging[number.SID] = true
			}
		}
		return len(r.written) > 0
	})
	if err != nil && ctx.Err() != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for sid, write := range r.written {
		group.Go(func() error {
			unlock, err := r.account.lock(ctx, "number "+sid)
			if err != nil {
				return err
			}
			defer unlock()
			if r.account.lastWrite(sid) != write.at {
				return nil // another edit of this run, which read it before, wrote it since
			}
			_, err = write.confirm(ctx, func(ctx context.Context) (bot.Number, error) { return r.account.numbers.api.Get(ctx, sid) })
			if err == nil && lagging[sid] {
				r.account.wroteNumber(sid) // it shows since it was listed
			}
			return err
		})
	}
	return group.Wait()
}

// EachNumber does something to every number that find lists, as it was at a moment or later,
// and looks again until it lists none: another process may bind one at the same time. Those
// that it lists again may be listed as they were before: a listing may lag for longer than
// reads of single numbers. They are done again, with growing pauses, for confirm.Bound.
func (a *Account) EachNumber(ctx context.Context, find func(context.Context, Moment) ([]bot.Number, error), do func(context.Context, bot.Number, *Round) error) error {
	var left []bot.Number
	done := map[string]bool{}
	since := a.Now()
	round := func() error {
		round := &Round{account: a, written: map[string]written{}}
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, number := range left {
			done[number.SID] = true
			group.Go(func() error { return do(groupCtx, number, round) })
		}
		err := group.Wait()
		since = a.Now()
		return round.end(ctx, since, err)
	}
	var failed error
	look := func(context.Context) (_ struct{}, lagging error) { // not cut off when the time to wait is over
		left, failed = find(ctx, since)
		if failed == nil && len(left) > 0 && !slices.ContainsFunc(left, func(n bot.Number) bool { return !done[n.SID] }) {
			if failed = round(); failed == nil {
				lagging = confirm.Stale("%s", bot.JoinNumbers(left))
			}
		}
		return struct{}{}, lagging
	}
	for range Rounds {
		wait, cancel := context.WithTimeout(ctx, confirm.Bound)
		_, late := confirm.Poll(wait, look)
		cancel()
		if failed == nil && late != nil {
			failed = cmp.Or(ctx.Err(), fmt.Errorf("%s: another client changes these numbers again and again, or Twilio lists them as they were", bot.JoinNumbers(left)))
		}
		if failed != nil || len(left) == 0 {
			return failed
		}
		if err := round(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: another client changes these numbers again and again", bot.JoinNumbers(left))
}
