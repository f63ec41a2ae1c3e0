package account

import (
	"context"
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

// listing is one kind of listing, shared by those whose moment it meets: an answer is
// never older than the moment that a caller asks for, nor than this process's own last
// write to what is listed.
//
// One listing is under way at a time. Those whom it does not serve, since it was begun
// before their moment, wait for the next one together.
type listing[T any] struct {
	clock *clock
	read  func(context.Context) (T, error)

	mu      sync.Mutex
	value   T
	begun   Moment // of value; zero before the first listing
	written Moment // after the last write of this process
	running *flight[T]
	next    *flight[T] // begins when running has ended
}

// flight is a listing that is under way, or waits for its turn.
type flight[T any] struct {
	begun Moment // zero while it waits
	ended chan struct{}
	value T
	err   error
}

func newListing[T any](clock *clock, read func(context.Context) (T, error)) *listing[T] {
	return &listing[T]{clock: clock, read: read}
}

// wrote makes what was listed before this moment stale.
func (l *listing[T]) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = l.clock.Now()
}

// known is what was listed last, without asking; ok is false where it is stale.
func (l *listing[T]) known() (value T, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.begun == 0 || l.begun < l.written {
		return value, false
	}
	return l.value, true
}

// last is what was listed last, stale or not, and when that was begun; zero where nothing
// was.
func (l *listing[T]) last() (value T, begun Moment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value, l.begun
}

// since is a listing that was begun at the moment or later. It goes on when a caller
// gives up, and each caller waits no longer than its own context.
func (l *listing[T]) since(ctx context.Context, moment Moment) (T, error) {
	l.mu.Lock()
	moment = max(moment, l.written)
	if l.begun != 0 && l.begun >= moment {
		defer l.mu.Unlock()
		return l.value, nil
	}
	f := l.join(ctx, moment)
	l.mu.Unlock()
	select {
	case <-f.ended:
		return f.value, f.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

// join is the flight that meets a moment. The caller holds the lock.
func (l *listing[T]) join(ctx context.Context, moment Moment) *flight[T] {
	switch {
	case l.running == nil:
		l.running = &flight[T]{ended: make(chan struct{})}
		l.start(ctx, l.running)
		return l.running
	case l.running.begun >= moment:
		return l.running
	case l.next == nil:
		l.next = &flight[T]{ended: make(chan struct{})}
		waiting := l.next
		running := l.running
		go func() {
			<-running.ended
			l.mu.Lock()
			defer l.mu.Unlock()
			l.running, l.next = waiting, nil
			l.start(ctx, waiting)
		}()
	}
	return l.next
}

// start begins a listing. The caller holds the lock.
func (l *listing[T]) start(ctx context.Context, f *flight[T]) {
	f.begun = l.clock.Now()
	go func() {
		f.value, f.err = l.read(context.WithoutCancel(ctx))
		l.mu.Lock()
		defer l.mu.Unlock()
		if f.err == nil {
			l.value, l.begun = f.value, f.begun
		}
		if l.next == nil {
			l.running = nil
		}
		close(f.ended)
	}()
}
