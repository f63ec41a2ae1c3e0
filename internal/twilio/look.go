package twilio

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// MaxPageSize is the most that Twilio's lists give at a request.
const MaxPageSize = 1000

// Value is what a field of Twilio's answer holds; the zero value stands for null
// and for a field that is not there.
func Value[T any](field *T) T {
	if field == nil {
		var zero T
		return zero
	}
	return *field
}

// CheckSID refuses what is not a SID with the given prefix before it gets into the
// path of a request, where generated code escapes nothing and an empty one would
// address the whole list.
func CheckSID(sid, prefix string) error {
	if !bot.IsSID(sid) || sid[:2] != prefix {
		return fmt.Errorf("%q is not a SID that begins with %s", sid, prefix)
	}
	return nil
}

// Gone waits until a deleted bot is no longer read. lost is that of the deletion
// whose answer never came, nil for one that was answered.
func Gone(ctx context.Context, sid string, lost error, get func(context.Context, string) (bot.Bot, error)) error {
	_, err := bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) (bot.Bot, error) {
		live, err := get(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return bot.Bot{}, nil
		case err != nil:
			return live, err
		default:
			return live, bot.Stale("%s is still there", live)
		}
	})
	if bot.IsStale(err) && errors.Is(lost, bot.ErrUncertain) {
		return fmt.Errorf("Twilio did not confirm that it deleted the bot %s, and it is still there; apply again: %w", sid, lost)
	}
	if bot.IsStale(err) {
		return fmt.Errorf("the bot %s was deleted, but Twilio still shows it; apply again: %w", sid, err)
	}
	return err
}
