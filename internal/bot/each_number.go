package bot

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// numberRounds is how often the account's numbers are listed again because another
// process changed some in the meantime.
const numberRounds = 5

// numbersAtOnce is how many numbers are written at the same time.
const numbersAtOnce = 8

// eachNumber does something to every number that is found, and looks again until
// none is: another process may bind one in the same moment.
func (d *Directory) eachNumber(ctx context.Context, find func() ([]Number, error), do func(context.Context, Number) error) error {
	var left []Number
	for range numberRounds {
		var err error
		if left, err = find(); err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(numbersAtOnce)
		for _, number := range left {
			group.Go(func() error { return do(ctx, number) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: something else changes these numbers again and again", listNumbers(left))
}
