package account

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Rounds is how often the account's numbers, or the other ways in, are listed again because
// another process changed some in the meantime.
const Rounds = 5

// atOnce is how many numbers are written at the same time.
const atOnce = 8

// EachNumber does something to every number that find lists, and looks again until it
// lists none: another process may bind one at the same time.
func EachNumber(ctx context.Context, find func(context.Context) ([]bot.Number, error), do func(context.Context, bot.Number) error) error {
	var left []bot.Number
	for range Rounds {
		var err error
		if left, err = find(ctx); err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, number := range left {
			group.Go(func() error { return do(ctx, number) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: another client changes these numbers again and again", bot.JoinNumbers(left))
}
