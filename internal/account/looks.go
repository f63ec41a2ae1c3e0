package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

const (
	// rowsOfPage is how many records Twilio gives in a page of a list.
	rowsOfPage = 1000
	// readsOfPage is how many reads of single records cost as much as a page of a list, which
	// is one request and takes Twilio longer. It is less than pageWeight: behind writes it is
	// known how many records are read, so no page is read in vain.
	readsOfPage = 2
	// fullLook is how many edits a read waits for: as many as Terraform has under way.
	fullLook = 10
	// settleBound is how long a read waits for edits that are under way, so that a write which
	// Twilio does not answer leaves time to read those that it did again: no look at them
	// begins later than confirm.Bound.
	settleBound = 5 * time.Second
)

// pagesFor is how many pages of a list cost no more than reads of so many single records.
func pagesFor(records int) int { return records / readsOfPage }

// listingPays reports whether a listing costs no more than reads of so many single records.
// listed is what it was last; nothing where it was not listed.
func listingPays(records int, listed bot.Listing) bool {
	return (len(listed.Bots)+len(listed.Holds))/rowsOfPage < pagesFor(records)
}

// Behind is what was read behind a write of a number that answers for a bot.
type Behind struct {
	BotGone bool       // whether the bot no longer exists; known where the number was written
	Holds   []bot.Hold // of the bot
}

// writes are the edits of numbers whose write was not answered yet.
type writes struct {
	mu   sync.Mutex
	open map[chan struct{}]bool
}

// begin adds an edit, until it was answered, or writes nothing.
func (w *writes) begin() (answered func()) {
	edit := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[edit] = true
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.open, edit)
		close(edit)
	})
}

// settle waits until no edit is under way, or enough is, but for settleBound at most.
func (w *writes) settle(ctx context.Context, enough <-chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, settleBound)
	defer cancel()
	for {
		w.mu.Lock()
		var edit chan struct{}
		for edit = range w.open {
			break
		}
		w.mu.Unlock()
		if edit == nil {
			return
		}
		select {
		case <-edit:
		case <-enough:
			return
		case <-ctx.Done():
			return
		}
	}
}

// looks read behind writes: what was written, and what decides whether it may stay. Those
// who look at the same time are read together, by a listing where that costs less than
// reads of single records. A read is begun once no other edit is under way, or enough wait
// for it, and after everyone whom it serves asked: none is older than the write before it.
type looks struct {
	account *Account
	writes  writes

	mu   sync.Mutex
	next *look // that is not begun
}

// look is a read of what several asked for. The maps have the SIDs that are asked for, and
// then what was read of each.
type look struct {
	numbers map[string]read[bot.Number]
	bots    map[string]read[bool] // whether it no longer exists
	holds   map[string]read[[]bot.Hold]
	asked   int           // by so many
	full    chan struct{} // closed once it is for as many as it waits for
	ended   chan struct{}
}

// behind is what was read of a bot.
func (l *look) behind(botSID string) (Behind, error) {
	gone, holds := l.bots[botSID], l.holds[botSID]
	if holds.err != nil {
		holds.err = fmt.Errorf("looking whether bot %s is suspended: %w", botSID, holds.err)
	}
	return Behind{BotGone: gone.value, Holds: holds.value}, cmp.Or(gone.err, holds.err)
}

// read is what was read of one record.
type read[T any] struct {
	value T
	err   error
}

func newLooks(a *Account) *looks {
	return &looks{account: a, writes: writes{open: map[chan struct{}]bool{}}}
}

// at reads a number, whether a bot exists, and the holds of the bot, each where it is named.
// answered is of the edit that asks.
func (l *looks) at(ctx context.Context, number, exists, holdsOf string, answered func()) (*look, error) {
	l.mu.Lock()
	joined := l.next
	if joined == nil {
		joined = &look{numbers: map[string]read[bot.Number]{}, bots: map[string]read[bool]{}, holds: map[string]read[[]bot.Hold]{}, full: make(chan struct{}), ended: make(chan struct{})}
		l.next = joined
		go l.begin(context.WithoutCancel(ctx), joined)
	}
	want(joined.numbers, number)
	want(joined.bots, exists)
	want(joined.holds, holdsOf)
	answered()
	if joined.asked++; joined.asked == fullLook {
		close(joined.full)
	}
	l.mu.Unlock()
	select {
	case <-joined.ended:
		return joined, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func want[T any](asked map[string]read[T], sid string) {
	if sid != "" {
		asked[sid] = read[T]{}
	}
}

func (l *looks) begin(ctx context.Context, joined *look) {
	ctx, cancel := context.WithTimeout(ctx, confirm.LookBound)
	defer cancel()
	defer close(joined.ended)
	l.writes.settle(ctx, joined.full)
	l.mu.Lock()
	l.next = nil
	l.mu.Unlock()

	now := l.account.Now()
	var group sync.WaitGroup
	group.Go(func() { l.numbers(ctx, now, joined.numbers) })
	group.Go(func() { l.bots(ctx, now, joined.bots) })
	group.Go(func() { l.holds(ctx, now, joined.holds) })
	group.Wait()
}

func (l *looks) numbers(ctx context.Context, since Moment, asked map[string]read[bot.Number]) {
	found := 0
	// What no page says, since they shifted or one could not be read, is read by itself.
	_ = l.account.PagesOfNumbers(ctx, since, pagesFor(len(asked)), func(page []bot.Number) bool {
		for _, number := range page {
			if before, ok := asked[number.SID]; ok && before.value.SID == "" {
				asked[number.SID] = read[bot.Number]{value: number}
				found++
			}
		}
		return found < len(asked)
	})
	readEach(ctx, asked, func(read read[bot.Number]) bool { return read.value.SID != "" }, l.account.numbers.api.Get)
}

func (l *looks) bots(ctx context.Context, since Moment, asked map[string]read[bool]) {
	for _, engine := range bot.Engines() {
		if !l.account.Reachable(engine) {
			continue
		}
		ofEngine := map[string]read[bool]{}
		for sid := range asked {
			if of, _ := bot.EngineOf(sid); of == engine {
				ofEngine[sid] = read[bool]{value: true}
			}
		}
		if listingPays(len(ofEngine), l.account.perEngine[engine].sofar().value) {
			listed, _ := l.account.BotsOf(ctx, engine, since) // of an error there are none
			for _, each := range listed.Bots {
				if _, ok := ofEngine[each.SID]; ok {
					ofEngine[each.SID] = read[bool]{}
				}
			}
		}
		// A listing may lag the creation of a bot, or fail.
		host := l.account.Host(engine)
		readEach(ctx, ofEngine, func(read read[bool]) bool { return !read.value }, func(ctx context.Context, sid string) (gone bool, err error) {
			_, err = host.Get(ctx, sid)
			if errors.Is(err, bot.ErrNotFound) {
				return true, nil
			}
			return false, err
		})
		maps.Copy(asked, ofEngine)
	}
}

func (l *looks) holds(ctx context.Context, since Moment, asked map[string]read[[]bot.Hold]) {
	if l.account.holder() != nil && listingPays(len(asked), l.account.perEngine[bot.Application].sofar().value) {
		if listed, err := l.account.BotsOf(ctx, bot.Application, since); err == nil {
			for sid := range asked {
				asked[sid] = read[[]bot.Hold]{value: listed.HoldsOf(sid)}
			}
			return
		}
	}
	readEach(ctx, asked, func(read[[]bot.Hold]) bool { return false }, l.account.FindHolds)
}

// readEach reads, one by one and several at a time, what is not known yet.
func readEach[T any](ctx context.Context, asked map[string]read[T], known func(read[T]) bool, get func(context.Context, string) (T, error)) {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(atOnce)
	for sid, done := range maps.Clone(asked) {
		if known(done) {
			continue
		}
		group.Go(func() error {
			value, err := get(ctx, sid)
			mu.Lock()
			defer mu.Unlock()
			asked[sid] = read[T]{value, err}
			return nil
		})
	}
	_ = group.Wait() // each error is in the answer of who asked
}
