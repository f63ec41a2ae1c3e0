package operation

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// quietBound is how long what is finished after an interruption goes on without an answer
// of Twilio, counted from the interruption or the last answer, whichever came later.
const quietBound = 30 * time.Second

// ErrQuiet is the cause of a context of Finish that ended because Twilio does not answer.
var ErrQuiet error = quiet{}

type quiet struct{}

func (quiet) Error() string { return fmt.Sprintf("Twilio has answered nothing for %s", quietBound) }

// Is makes it the cancellation that it is for those who wait for an answer.
func (quiet) Is(target error) bool { return target == context.Canceled }

// run is what the parts of one operation share, nested ones included.
type run struct {
	mu          sync.Mutex
	interrupted time.Time // when the context of the operation ended; zero until then
	answered    time.Time // when Twilio answered last
	announced   bool
}

type (
	runKey       struct{}
	finishingKey struct{}
)

// begin makes a context that the parts of an operation share. One that is part of another
// operation shares that one's.
func begin(ctx context.Context) (_ context.Context, r *run, end func()) {
	if r, ok := ctx.Value(runKey{}).(*run); ok {
		return ctx, r, func() {}
	}
	r = &run{}
	stop := context.AfterFunc(ctx, r.interrupt)
	return context.WithValue(ctx, runKey{}, r), r, func() { stop() }
}

func (r *run) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.interrupted.IsZero() {
		r.interrupted = time.Now()
	}
}

// quiet is how long Twilio has not answered, for what began to be finished at a time.
func (r *run) quiet(began time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := began
	if !r.interrupted.IsZero() {
		since = r.interrupted
	}
	if r.answered.After(since) {
		since = r.answered
	}
	return time.Since(since)
}

// Finish is a context for what must be done although Terraform is stopped or the time for
// the operation is over: to look whether a write happened, or to undo it. It does not end
// with ctx, but after the bound, and as soon as Twilio has not answered for half a minute.
// That half minute is one for all that is finished within an operation: a server that is
// gone ends it once, however much there is left. What is finished as part of something that
// is finished has no time of its own either.
func Finish(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	if ctx.Value(finishingKey{}) != nil {
		return context.WithTimeout(ctx, bound)
	}
	if ctx.Err() != nil {
		if r, ok := ctx.Value(runKey{}).(*run); ok {
			r.interrupt()
		}
	}
	ctx, r, end := begin(ctx)
	began := time.Now()
	finishing, cut := context.WithCancelCause(context.WithValue(context.WithoutCancel(ctx), finishingKey{}, true))
	var mu sync.Mutex
	var timer *time.Timer
	var check func()
	check = func() {
		mu.Lock()
		defer mu.Unlock()
		if left := quietBound - r.quiet(began); left > 0 {
			timer = time.AfterFunc(left, check)
			return
		}
		cut(ErrQuiet)
	}
	check()
	bounded, cancel := context.WithTimeout(finishing, bound)
	return bounded, func() {
		cancel()
		cut(nil)
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		end()
	}
}

// Answered tells the operation of a context that Twilio answers.
func Answered(ctx context.Context) {
	if r, ok := ctx.Value(runKey{}).(*run); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.answered = time.Now()
	}
}

// Interrupted reports, once for each operation, whether a context is that of something
// which is finished after an interruption.
func Interrupted(ctx context.Context) bool {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok || ctx.Value(finishingKey{}) == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.interrupted.IsZero() || r.announced {
		return false
	}
	r.announced = true
	return true
}
