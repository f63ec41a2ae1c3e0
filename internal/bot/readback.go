package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// ReadBackBound is how long a write is looked for: Twilio's reads lag its writes
// by seconds where they do.
const ReadBackBound = 20 * time.Second

// errStale says that a read shows the object as it was before the write.
var errStale = errors.New("Twilio's reads have not caught up with the write")

// Settle looks again and again, with growing pauses, until look returns something
// other than a stale answer, or the bound passes. It goes on when ctx is
// cancelled: a write that was made is always read back, so that the account and
// the state agree however Terraform is stopped.
func Settle[T any](ctx context.Context, bound time.Duration, look func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bound)
	defer cancel()
	return Poll(ctx, look)
}

// Stale marks what was read as older than the write it is to confirm; Settle and
// Poll look again.
func Stale(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errStale, fmt.Sprintf(format, args...))
}

// Poll looks again and again, with pauses from a tenth of a second to two seconds,
// until look returns something other than a stale answer or ctx ends; then it
// returns the last answer with its error.
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

// IsStale tells whether looking ended without seeing the write.
func IsStale(err error) bool { return errors.Is(err, errStale) }
