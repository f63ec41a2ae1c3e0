package operation

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// interrupted runs an operation of three steps, the last of which is interrupted; undo
// undoes each.
func interrupted(t *testing.T, undo func(context.Context) error) (undone int, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	step := func(do func(context.Context) error) Step {
		return Step{Name: "writing", Cut: "each is whole", Do: do, Undo: func(ctx context.Context) error { undone++; return undo(ctx) }}
	}
	nothing := func(context.Context) error { return nil }
	err = Run(ctx, "the test", step(nothing), step(nothing), step(func(ctx context.Context) error { cancel(); return ctx.Err() }))
	return undone, err
}

func TestUndoingEndsOnceWhereNothingAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		undone, err := interrupted(t, func(ctx context.Context) error {
			// What is looked for within has no time of its own.
			for range 3 {
				within, cancel := Finish(ctx, time.Hour)
				if within.Err() == nil {
					calls++
				}
				<-within.Done()
				cancel()
			}
			return context.Cause(ctx)
		})
		if !errors.Is(err, ErrQuiet) || !strings.Contains(err.Error(), "could not be undone. each is whole") {
			t.Errorf("it ended with %v", err)
		}
		if calls != 1 || undone != 1 {
			t.Errorf("%d calls in %d steps were waited for", calls, undone)
		}
	})
}

func TestUndoingGoesOnAsLongAsTwilioAnswers(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]bool{"answers": true, "silence": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				undone, err := interrupted(t, func(ctx context.Context) error {
					for range 4 {
						select {
						case <-time.After(quietBound * 2 / 3):
						case <-ctx.Done():
							return context.Cause(ctx)
						}
						if calls++; answers {
							Answered(ctx)
						}
					}
					return nil
				})
				if whole := undone == 3 && calls == 12; whole != answers || errors.Is(err, ErrQuiet) == answers {
					t.Errorf("%d calls in %d steps, and it ended with %v", calls, undone, err)
				}
			})
		})
	}
}

// Looking for a write when the operation is interrupted, and undoing then, take one time
// together.
func TestWhatIsFinishedSharesOneBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var waited, after []error
		err := Run(ctx, "the test", Step{
			Name: "writing",
			Do: func(ctx context.Context) error {
				looking, done := Finish(ctx, time.Hour)
				defer done()
				cancel()
				<-looking.Done()
				waited = append(waited, context.Cause(looking))
				again, done := Finish(ctx, time.Hour)
				defer done()
				after = append(after, context.Cause(again))
				return ctx.Err()
			},
			Undo: func(ctx context.Context) error { after = append(after, context.Cause(ctx)); return nil },
		})
		if len(waited) != 1 || !errors.Is(waited[0], ErrQuiet) {
			t.Errorf("the wait ended with %v", waited)
		}
		for _, each := range after {
			if !errors.Is(each, ErrQuiet) {
				t.Errorf("more time was given: %v", each)
			}
		}
		if len(after) == 0 || err == nil {
			t.Errorf("%v, %v", after, err)
		}
	})
}

// An operation that fails while nothing is interrupted is undone within the same bound, and
// that begins when it is undone.
func TestBoundOfUndoingBeginsWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		undone := errors.New("it was not undone")
		err := Run(t.Context(), "the test", Step{
			Name: "writing",
			Do:   func(context.Context) error { time.Sleep(10 * quietBound); return errors.New("broken") },
			Undo: func(ctx context.Context) error { undone = ctx.Err(); return undone },
		})
		if undone != nil || errors.Is(err, ErrQuiet) {
			t.Errorf("undoing ended with %v, and the operation with %v", undone, err)
		}
	})
}

func TestInterruptionIsSaidOnceAndBeforeItIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		said := 0
		count := func(ctx context.Context) error {
			if Interrupted(ctx) {
				said++
			}
			return nil
		}
		if _, err := interrupted(t, count); err == nil || said != 1 {
			t.Errorf("it was said %d times, %v", said, err)
		}
		// One that fails by itself is no interruption.
		said = 0
		_ = Run(t.Context(), "the test", Step{Do: func(context.Context) error { return errors.New("broken") }, Undo: count})
		if said != 0 {
			t.Error("it was said without an interruption")
		}
	})
}

func TestNothingIsLeftRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a timer that is left keeps no bubble, but a goroutine does
		ctx, cancel := context.WithCancel(t.Context())
		finishing, done := Finish(ctx, time.Hour)
		done()
		if finishing.Err() == nil {
			t.Error("it goes on")
		}
		cancel()
		// A context that is over from the beginning gives the whole bound.
		finishing, done = Finish(ctx, time.Second)
		defer done()
		if finishing.Err() != nil {
			t.Error(finishing.Err())
		}
		<-finishing.Done()
		if !errors.Is(context.Cause(finishing), context.DeadlineExceeded) {
			t.Error(context.Cause(finishing))
		}
	})
}
