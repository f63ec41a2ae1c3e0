// Package confirm reads back what was written to Twilio, and is the one place that
// decides whether a write happened, was lost, or was overwritten by another client.
//
// Twilio's reads may lag its writes by seconds, so a read that shows an object as it
// was before the write says nothing yet: it is repeated within a bound. A write whose
// answer never came is resolved in the same way, by looking, and only one that looking did
// not find may be sent again (Again).
//
// The caller says how to look and what to compare; a look ends in one of five ways:
//
//   - nil: the write is seen.
//   - Stale: the object is as it was before the write, or does not exist yet.
//   - Changed: the object holds a newer write of another client.
//   - an error that wraps bot.ErrNameTaken: another client created an object of the name.
//   - any other error: the object could not be read.
package confirm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Bound is how long a write is looked for: no look begins later.
const Bound = 20 * time.Second

// LookBound is how long a look may take. Where Twilio turns requests away, it waits for its
// turn as any other call does, and no longer than one (https://www.twilio.com/docs/api/errors/20429).
const LookBound = 3 * time.Minute

// errStale says that a read shows the object as it was before the write.
var errStale = errors.New("Twilio's reads have not caught up with the write")

// errUnread says that an object could not be read back.
var errUnread = errors.New("plan again to see what is true")

// found is what a look found in place of the write.
type found struct {
	kind error // errStale or bot.ErrChanged
	what string
}

func (f *found) Error() string { return fmt.Sprintf("%v: %s", f.kind, f.what) }

func (f *found) Unwrap() error { return f.kind }

// Stale is the error of a look that found the object as it was before the write, or not
// yet: the look is repeated. The text says what was found, as part of a sentence:
// `application AP… is named "x"`.
func Stale(format string, args ...any) error {
	return &found{errStale, fmt.Sprintf(format, args...)}
}

// IsStale reports whether looking ended without seeing the write.
func IsStale(err error) bool { return errors.Is(err, errStale) }

// Changed is the error of a look that found a newer write of another client; it wraps
// bot.ErrChanged. The text says what was found, as that of Stale.
func Changed(format string, args ...any) error {
	return &found{bot.ErrChanged, fmt.Sprintf(format, args...)}
}

// Write is a write that was sent to Twilio.
type Write struct {
	// Object names what was written, as messages do: `phone number +1… (PN…)`.
	Object string
	// Verb is what the write did to the object, in the past tense: "created", "wrote",
	// "restored". Empty means "wrote".
	Verb string
	// Err is the error of the call: nil for a write that was answered, an error that
	// wraps bot.ErrUncertain for one that may have happened.
	Err error
}

// verbCreated is the Verb of a creation.
const verbCreated = "created"

// lost reports whether the answer to the write never came.
func (w Write) lost() bool { return errors.Is(w.Err, bot.ErrUncertain) }

func (w Write) verb() string {
	if w.Verb == "" {
		return "wrote"
	}
	return w.Verb
}

// Read looks until the write is seen, and returns what was read. A write that failed for
// certain is returned as it is. The problem of a write that was lost has the kind
// bot.WriteLost, that of one which another client overwrote bot.NotAsWritten.
func Read[T any](ctx context.Context, w Write, look func(context.Context) (T, error)) (T, error) {
	if w.Err != nil && !w.lost() {
		var zero T
		return zero, w.Err
	}
	last, err := settle(ctx, w.bound(), look)
	switch {
	case err == nil:
		return last, nil
	case IsStale(err) && w.lost():
		return last, w.unanswered()
	case IsStale(err), errors.Is(err, bot.ErrChanged):
		return last, w.notAsWritten(err)
	case errors.Is(err, bot.ErrNameTaken):
		return last, fmt.Errorf("Twilio did not confirm that it %s %s, and another client's %w", w.verb(), w.Object, err)
	default:
		return last, fmt.Errorf("the write to %s was sent but could not be read back; %w: %w", w.Object, errUnread, err)
	}
}

// ReadOr is Read for a write whose answer shows the object as it was written: where the
// object cannot be read back, that answer is returned. It is for writes after which a
// failure would cost more than it could show, such as the last of a creation.
func ReadOr[T any](ctx context.Context, w Write, answer T, look func(context.Context) (T, error)) (T, error) {
	last, err := Read(ctx, w, look)
	if w.Err == nil && errors.Is(err, errUnread) {
		return answer, nil
	}
	return last, err
}

// unanswered is the problem of a write that Twilio did not confirm and that looking did
// not find.
func (w Write) unanswered() *bot.Problem {
	now := "it is as it was before"
	switch w.Verb {
	case verbCreated:
		now = "no such object exists"
	case "deleted":
		now = "it still exists"
	}
	return &bot.Problem{
		Kind:    bot.WriteLost,
		Summary: "A write was lost",
		Detail:  fmt.Sprintf("Twilio did not confirm that it %s %s, and %s. Apply again.", w.verb(), w.Object, now),
		Cause:   w.Err,
	}
}

// notAsWritten is the problem of a write that reading back does not show.
func (w Write) notAsWritten(err error) *bot.Problem {
	sent, what := "Twilio accepted the write to "+w.Object, ""
	if w.lost() {
		sent = fmt.Sprintf("Twilio did not confirm that it %s %s", w.verb(), w.Object)
	}
	var saw *found
	if errors.As(err, &saw) {
		what = " (" + saw.what + ")"
	}
	return &bot.Problem{
		Kind:    bot.NotAsWritten,
		Summary: "Twilio holds something else than was written",
		Detail: fmt.Sprintf("%s, but reading it back shows something else%s: another client may have changed it at the same moment. "+
			"Plan again to see what is there now.", sent, what),
		Cause: err,
	}
}

// Gone looks until an object that was deleted is no longer read. get reads it and
// returns an error that wraps bot.ErrNotFound once it is gone.
func Gone[T any](ctx context.Context, w Write, get func(context.Context) (T, error)) error {
	if w.Err != nil && !w.lost() && !errors.Is(w.Err, bot.ErrNotFound) {
		return w.Err
	}
	_, err := Settle(ctx, func(ctx context.Context) (T, error) {
		live, err := get(ctx)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return live, nil
		case err != nil:
			return live, err
		default:
			return live, Stale("%s still exists", w.Object)
		}
	})
	switch {
	case IsStale(err) && w.lost():
		w.Verb = "deleted"
		return w.unanswered()
	case IsStale(err):
		return fmt.Errorf("%s was deleted, but Twilio still shows it; apply again: %w", w.Object, err)
	default:
		return err
	}
}

// ChangedSincePlan refuses to write over a change that was made after the plan. what
// says what differs, as a sentence without its stop: `The name of flow "x" (FW…) is now "y"`.
func ChangedSincePlan(what string) *bot.Problem {
	return &bot.Problem{
		Kind:    bot.ChangedSincePlan,
		Summary: "The bot was changed since the plan",
		Detail:  what + ", which is neither what the plan was made for nor what is wanted. Nothing was written. Plan again to see it.",
		Cause:   bot.ErrChanged,
	}
}

// Settle looks again and again, with growing pauses, until look returns something other
// than a stale answer, or Bound passes. It goes on when ctx is cancelled, as long as
// operation.Finish does: a write that was made is always read back, so that the account and
// the state agree however Terraform is stopped.
func Settle[T any](ctx context.Context, look func(context.Context) (T, error)) (T, error) {
	return settle(ctx, Bound, look)
}

func settle[T any](ctx context.Context, bound time.Duration, look func(context.Context) (T, error)) (T, error) {
	ctx, cancel := operation.Finish(ctx, bound+LookBound)
	defer cancel()
	return poll(ctx, &within{pauses(), time.Now().Add(bound)}, look)
}

// Poll looks again and again, with pauses from a tenth of a second to two seconds,
// until look returns something other than a stale answer or ctx ends; then it returns
// the last answer with its error. A look that the end of ctx cuts off says nothing: the
// answer before it is the last.
func Poll[T any](ctx context.Context, look func(context.Context) (T, error)) (T, error) {
	return poll(ctx, pauses(), look)
}

func pauses() backoff.BackOff {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 100 * time.Millisecond
	pauses.MaxInterval = 2 * time.Second
	return pauses
}

// within ends pauses at a time.
type within struct {
	backoff.BackOff
	until time.Time
}

func (w *within) NextBackOff() time.Duration {
	left := time.Until(w.until)
	if left <= 0 {
		return backoff.Stop
	}
	return min(w.BackOff.NextBackOff(), left)
}

func poll[T any](ctx context.Context, pauses backoff.BackOff, look func(context.Context) (T, error)) (T, error) {
	var last T
	var lastErr error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		value, err := look(ctx)
		if cut := ctx.Err() != nil && errors.Is(err, ctx.Err()); cut && IsStale(lastErr) {
			return struct{}{}, lastErr
		}
		last, lastErr = value, err
		if err != nil && !IsStale(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(0))
	if err == nil {
		return last, nil
	}
	if IsStale(lastErr) {
		return last, lastErr
	}
	return last, err
}
