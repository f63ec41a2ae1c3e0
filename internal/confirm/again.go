package confirm

import (
	"context"
	"errors"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// A write whose answer was lost is looked for. Where looking shows that it did not happen, it
// is sent again, so that one failure of Twilio among a thousand writes does not fail, and
// undo, the whole operation. What may be sent again, and when, is decided here:
//
//   - An update that sets fields to given values (Again) may be, since sent twice it does
//     the same, and only over what the first one was made for: what another client wrote in
//     between is never overwritten.
//   - A creation (CreateAgain) may be where Twilio itself answered that it failed: nothing of
//     it is on its way any more, and no object of it was found. Where no answer came it is
//     not, since it may still be carried out.
//   - Nothing is sent again once Bound has passed since the first was sent, but for the one
//     repetition of a write whose answer never came, or when Terraform is stopped.

const (
	// answeredBound is how long an update is looked for that Twilio answered with an error
	// of its own, such as 503 with error 20503. Nothing of it is on its way any more, so
	// only Twilio's lag is waited for, and one that was carried out all the same and is
	// seen even later does no harm.
	answeredBound = 3 * time.Second
	// createdBound is the same for a creation, which would be carried out twice.
	createdBound = 5 * time.Second
)

// bound is how long the write is looked for.
func (w Write) bound() time.Duration {
	switch {
	case !errors.Is(w.Err, bot.ErrFailed):
		return Bound
	case w.Verb == Created:
		return createdBound
	default:
		return answeredBound
	}
}

// Again sends an update, and once more where it did not happen. send sends it and reads it
// back by Read. asBefore reports whether the object is exactly as it was when the first one
// was sent; nil where send looks for itself, each time, whether it would overwrite something
// else.
func Again(ctx context.Context, send func(context.Context) error, asBefore func(context.Context) (bool, error)) error {
	_, err := again(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, send(ctx) }, func(err error) bool {
		if asBefore == nil {
			return true
		}
		same, lookErr := asBefore(ctx)
		return same && lookErr == nil
	})
	return err
}

// CreateAgain sends a creation, and once more where Twilio answered that it failed and no
// such object was found. create sends it and looks for the object by Read.
func CreateAgain[T any](ctx context.Context, create func(context.Context) (T, error)) (T, error) {
	return again(ctx, create, func(err error) bool { return errors.Is(err, bot.ErrFailed) })
}

func again[T any](ctx context.Context, send func(context.Context) (T, error), may func(error) bool) (T, error) {
	began := time.Now()
	value, err := send(ctx)
	for first := true; isLost(err) && ctx.Err() == nil && (first || time.Since(began) <= Bound) && may(err); first = false {
		next, nextErr := send(ctx)
		if errors.Is(nextErr, bot.ErrChanged) {
			// What another client wrote since is for the next plan to show.
			return value, err
		}
		value, err = next, nextErr
	}
	return value, err
}

func isLost(err error) bool {
	problem, ok := errors.AsType[*bot.Problem](err)
	return ok && problem.Kind == bot.WriteLost
}
