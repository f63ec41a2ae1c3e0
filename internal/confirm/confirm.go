// Package confirm reads back what was written to Twilio, and is the one place that
// decides whether a write happened, was lost, or was overwritten by another client.
//
// Twilio's reads may lag its writes by seconds, so a read that shows an object as it
// was before the write says nothing yet: it is repeated within a bound. A write whose
// answer never came is resolved in the same way, by looking, and never by repeating it.
package confirm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Bound is how long a write is looked for.
const Bound = 20 * time.Second

// errStale says that a read shows the object as it was before the write.
var errStale = errors.New("Twilio's reads have not caught up with the write")

// Stale is the error of a look that found the object as it was before the write, or not
// yet: the look is repeated.
func Stale(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errStale, fmt.Sprintf(format, args...))
}

// IsStale reports whether looking ended without seeing the write.
func IsStale(err error) bool { return errors.Is(err, errStale) }

// Write is a write that was sent to Twilio.
type Write struct {
	// Object names what was written, as messages do: `phone number +1… (PN…)`.
	Object string
	// Verb is what the write did to the object, in the past tense: "created", "wrote",
	// "deleted". Empty means "wrote".
	Verb string
	// Err is the error of the call: nil for a write that was answered, an error that
	// wraps bot.ErrUncertain for one that may have happened.
	Err error
}

// lost reports whether the answer to the write never came.
func (w Write) lost() bool { return errors.Is(w.Err, bot.ErrUncertain) }

// Read looks until the write is seen, and returns what was read.
//
// look returns nil when it sees the write, Stale while it does not, and bot.ErrChanged
// when it sees a newer write of another client. Any other error ends the looking and is
// returned with what it was about. A write that failed for certain is returned as it is.
func Read[T any](ctx context.Context, w Write, look func(context.Context) (T, error)) (T, error) {
	if w.Err != nil && !w.lost() {
		var zero T
		return zero, w.Err
	}
	last, err := Settle(ctx, look)
	switch {
	case err == nil:
		return last, nil
	case IsStale(err) && w.lost():
		return last, w.unanswered()
	case IsStale(err), errors.Is(err, bot.ErrChanged):
		return last, &bot.Problem{
			Kind:    bot.NotAsWritten,
			Summary: "Twilio holds something else than was written",
			Detail: fmt.Sprintf("Twilio accepted the write to %s, but reading it back shows something else: another client may have changed it at the same moment. "+
				"Plan again to see what is there now.", w.Object),
			Cause: err,
		}
	default:
		return last, fmt.Errorf("the write to %s was sent but could not be read back; plan again to see what is true: %w", w.Object, err)
	}
}

// unanswered is the problem of a write that Twilio did not confirm and that looking did
// not find.
func (w Write) unanswered() *bot.Problem {
	verb, now := w.Verb, "it is as it was before"
	switch verb {
	case "":
		verb = "wrote"
	case "created":
		now = "no such object exists"
	case "deleted":
		now = "it still exists"
	}
	return &bot.Problem{
		Kind:    bot.WriteLost,
		Summary: "A write was lost",
		Detail:  fmt.Sprintf("Twilio did not confirm that it %s %s, and %s. Apply again.", verb, w.Object, now),
		Cause:   w.Err,
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
// than a stale answer, or Bound passes. It goes on when ctx is cancelled: a write that
// was made is always read back, so that the account and the state agree however
// Terraform is stopped.
func Settle[T any](ctx context.Context, look func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Bound)
	defer cancel()
	return Poll(ctx, look)
}

// Poll looks again and again, with pauses from a tenth of a second to two seconds,
// until look returns something other than a stale answer or ctx ends; then it returns
// the last answer with its error.
func Poll[T any](ctx context.Context, look func(context.Context) (T, error)) (T, error) {
	var last T
	var lastErr error
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 100 * time.Millisecond
	pauses.MaxInterval = 2 * time.Second
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		last, lastErr = look(ctx)
		if lastErr != nil && !errors.Is(lastErr, errStale) {
			return struct{}{}, backoff.Permanent(lastErr)
		}
		return struct{}{}, lastErr
	}, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(0))
	if err == nil {
		return last, nil
	}
	if lastErr != nil && errors.Is(lastErr, errStale) {
		return last, lastErr
	}
	return last, err
}
