package account

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// world is what is listed: a counter that writes raise. A listing takes its answer when
// it is begun and delivers it when it is released.
type world struct {
	mu       sync.Mutex
	value    int
	begun    int
	err      error
	released chan struct{}
}

func (w *world) write() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.value++
}

func (w *world) list(context.Context) (int, error) {
	w.mu.Lock()
	w.begun++
	value, err := w.value, w.err
	w.mu.Unlock()
	<-w.released
	return value, err
}

type answer struct {
	value int
	err   error
}

// ask asks for a listing on a goroutine of its own.
func ask(ctx context.Context, l *listing[int], moment Moment) <-chan answer {
	answered := make(chan answer, 1)
	go func() {
		value, err := l.since(ctx, moment)
		answered <- answer{value, err}
	}()
	return answered
}

func TestReadAskedForNowIsNeverOneBegunEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{released: make(chan struct{})}
		a := &Account{}
		l := newListing(&a.clock, w.list)
		early := ask(t.Context(), l, AnyTime)
		synctest.Wait() // its listing is under way
		w.write()
		late := []<-chan answer{ask(t.Context(), l, a.Now()), ask(t.Context(), l, a.Now())}
		synctest.Wait()
		w.released <- struct{}{}
		if got := <-early; got != (answer{0, nil}) {
			t.Errorf("the first who asked got %v", got)
		}
		synctest.Wait()
		w.released <- struct{}{}
		for _, each := range late {
			if got := <-each; got != (answer{1, nil}) {
				t.Errorf("who asked after the write got %v", got)
			}
		}
		if w.begun != 2 {
			t.Errorf("%d listings were begun", w.begun)
		}
	})
}

func TestListingIsSharedByThoseWhoseMomentItMeets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{released: make(chan struct{})}
		a := &Account{}
		l := newListing(&a.clock, w.list)
		moment := a.Now()
		asked := []<-chan answer{ask(t.Context(), l, moment), ask(t.Context(), l, AnyTime), ask(t.Context(), l, moment)}
		synctest.Wait()
		close(w.released)
		for _, each := range asked {
			if got := <-each; got.err != nil {
				t.Error(got.err)
			}
		}
		if _, err := l.since(t.Context(), moment); err != nil || w.begun != 1 {
			t.Errorf("%d listings were begun, %v", w.begun, err)
		}
		if _, err := l.since(t.Context(), a.Now()); err != nil || w.begun != 2 {
			t.Errorf("asked for what is there now, %d listings were begun, %v", w.begun, err)
		}
	})
}

func TestWriteOfThisProcessMakesAListingStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{released: make(chan struct{})}
		a := &Account{}
		l := newListing(&a.clock, w.list)
		early := ask(t.Context(), l, AnyTime)
		synctest.Wait()
		w.write()
		l.wrote() // while the listing is under way
		close(w.released)
		<-early
		if value, err := l.since(t.Context(), AnyTime); value != 1 || err != nil {
			t.Errorf("after the write %d is listed, %v", value, err)
		}
	})
}

func TestFailedListingIsNotKept(t *testing.T) {
	w := &world{released: make(chan struct{}), err: errors.New("broken")}
	close(w.released)
	a := &Account{}
	l := newListing(&a.clock, w.list)
	if _, err := l.since(t.Context(), AnyTime); !errors.Is(err, w.err) {
		t.Errorf("says %v", err)
	}
	w.err = nil
	if _, err := l.since(t.Context(), AnyTime); err != nil || w.begun != 2 {
		t.Errorf("%d listings were begun, %v", w.begun, err)
	}
}

func TestWhoGivesUpDoesNotEndTheListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{released: make(chan struct{})}
		a := &Account{}
		l := newListing(&a.clock, w.list)
		ctx, cancel := context.WithCancel(t.Context())
		impatient, patient := ask(ctx, l, AnyTime), ask(t.Context(), l, AnyTime)
		synctest.Wait()
		cancel()
		if got := <-impatient; !errors.Is(got.err, context.Canceled) {
			t.Errorf("who gave up got %v", got)
		}
		close(w.released)
		if got := <-patient; got.err != nil || w.begun != 1 {
			t.Errorf("who waited got %v from %d listings", got, w.begun)
		}
	})
}
