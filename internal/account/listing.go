package account

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
)

// Moment is a point in the life of this process, by its own count of events. The zero
// Moment is before everything.
type Moment int64

// AnyTime is the moment of those who take what was listed earlier in this run, as long
// as this process has written nothing since.
const AnyTime Moment = 0

// clock counts the moments of an account.
type clock struct {
	last     atomic.Int64
	applying atomic.Bool // whether the process has begun to write
}

// Now is this moment. A listing asked for since now is begun after everything that
// happened before the call, such as a write that was answered.
func (c *clock) Now() Moment { return Moment(c.last.Add(1)) }

// A listing is read to a depth: so many pages, or to one of these.
const (
	whole   = math.MaxInt - 1 // to its end
	settled = math.MaxInt     // and what its pages may have lost, since they shifted, was looked for
)

// portion is a listing as far as it was read.
type portion[T any] struct {
	value T
	begun Moment // zero where nothing was read
	depth int    // the number of pages, whole, or settled
}

// meets reports whether a listing was begun at the moment or later, and read so deep.
func (p portion[T]) meets(moment Moment, depth int) bool {
	return p.begun != 0 && p.begun >= moment && p.depth >= depth
}

// listing is one kind of listing, shared by those whose moment it meets: an answer is
// never older than the moment that a caller asks for, nor than this process's own last
// write to what is listed.
//
// One listing is under way at a time, and is read as deep as the deepest of those asks who
// wait for it; where another asks for more of it later, it goes on from where it stopped.
// Those whom it does not serve, since it was begun before their moment, wait for the next
// one together.
type listing[T any] struct {
	clock *clock
	// more reads one page more than a value has, which was read to the depth. The first is
	// asked for with a depth of 0.
	more func(ctx context.Context, value T, depth int) (T, int, error)

	mu      sync.Mutex
	last    portion[T]
	written Moment // after the last write of this process
	running *flight[T]
	next    *flight[T] // begins when running has ended
}

// flight is a listing that is under way, or waits for its turn.
type flight[T any] struct {
	portion[T]

	ctx    context.Context // that of whoever asked first
	wanted int             // the depth
	ended  chan struct{}
	err    error
}

// newListing is a listing that is read all at once.
func newListing[T any](clock *clock, read func(context.Context) (T, error)) *listing[T] {
	return &listing[T]{clock: clock, more: func(ctx context.Context, _ T, _ int) (T, int, error) {
		value, err := read(ctx)
		return value, settled, err
	}}
}

// newPagedListing is a listing that is read page by page.
func newPagedListing[T any](clock *clock, more func(ctx context.Context, value T, depth int) (T, int, error)) *listing[T] {
	return &listing[T]{clock: clock, more: more}
}

// wrote makes what was listed before this moment stale.
func (l *listing[T]) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = l.clock.Now()
}

// sofar is what was listed last, stale or not.
func (l *listing[T]) sofar() portion[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// since is the whole listing, begun at the moment or later. It goes on when a caller gives
// up, and each caller waits no longer than its own context.
func (l *listing[T]) since(ctx context.Context, moment Moment) (T, error) {
	read, err := l.upTo(ctx, moment, settled)
	return read.value, err
}

// upTo is since for those who need no more of the listing than to a depth.
func (l *listing[T]) upTo(ctx context.Context, moment Moment, depth int) (portion[T], error) {
	l.mu.Lock()
	return l.ask(ctx, max(moment, l.written), depth)
}

// ofThisRun is upTo for those who look themselves at what this process has written: the rest
// is taken as it was listed, before a write too.
func (l *listing[T]) ofThisRun(ctx context.Context, depth int) (portion[T], error) {
	l.mu.Lock()
	return l.ask(ctx, AnyTime, depth)
}

// ask answers with what was listed, or waits for it. The caller holds the lock, which it
// frees.
func (l *listing[T]) ask(ctx context.Context, moment Moment, depth int) (portion[T], error) {
	if l.last.meets(moment, depth) {
		defer l.mu.Unlock()
		return l.last, nil
	}
	f := l.join(ctx, moment, depth)
	l.mu.Unlock()
	select {
	case <-f.ended:
		return f.portion, f.err
	case <-ctx.Done():
		return portion[T]{}, ctx.Err()
	}
}

// join is the flight that meets a moment and a depth. The caller holds the lock.
func (l *listing[T]) join(ctx context.Context, moment Moment, depth int) *flight[T] {
	waiting := func() *flight[T] {
		return &flight[T]{ctx: context.WithoutCancel(ctx), wanted: depth, ended: make(chan struct{})}
	}
	switch {
	case l.running == nil:
		l.running = waiting()
		if l.last.meets(moment, 0) {
			l.running.portion = l.last
		}
		l.start(l.running)
		return l.running
	case l.running.begun >= moment:
		l.running.wanted = max(l.running.wanted, depth)
		return l.running
	case l.next == nil:
		l.next = waiting()
	default:
		l.next.wanted = max(l.next.wanted, depth)
	}
	return l.next
}

// start begins a listing, or goes on with one. The caller holds the lock.
func (l *listing[T]) start(f *flight[T]) {
	if f.begun == 0 {
		f.begun = l.clock.Now()
	}
	go func() {
		for {
			value, depth, err := l.more(f.ctx, f.value, f.depth)
			if l.ends(f, value, depth, err) {
				return
			}
		}
	}()
}

// ends takes what was read, and reports whether the flight ends with it.
func (l *listing[T]) ends(f *flight[T], value T, depth int, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		f.value, f.depth = value, depth
		if depth < f.wanted {
			return false
		}
		l.last = f.portion
	} else {
		f.err = err
		if l.last.begun == f.begun {
			l.last = portion[T]{} // its next page may not be there any more
		}
	}
	l.running, l.next = l.next, nil
	if l.running != nil {
		l.start(l.running)
	}
	close(f.ended)
	return true
}
