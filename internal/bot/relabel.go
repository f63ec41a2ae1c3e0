package bot

import (
	"context"
	"slices"
)

// Relabel gives the numbers of a bot that bear its old name the new one.
//
// Each number is one write; cut off between two, the ones not reached keep the
// old name, which is a label and nothing more.
func (d *Directory) Relabel(ctx context.Context, botSID, from, to string) error {
	numbers, err := d.NumbersOf(ctx, botSID)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := d.relabel(ctx, number.SID, from, to); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) relabel(ctx context.Context, numberSID, from, to string) error {
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return err
	}
	defer unlock()
	number, err := d.NumberNow(ctx, numberSID)
	if err != nil || number.FriendlyName != from {
		return err
	}
	_, err = d.writeNumber(ctx, number, NumberChange{FriendlyName: &to})
	return err
}

// NumbersOf lists the numbers that route to a bot, as Twilio has them now.
func (d *Directory) NumbersOf(ctx context.Context, botSID string) ([]Number, error) {
	return d.numbersOf(ctx, botSID, true)
}

// KnownNumbersOf lists them as the account's numbers were listed last in this process.
func (d *Directory) KnownNumbersOf(ctx context.Context, botSID string) ([]Number, error) {
	return d.numbersOf(ctx, botSID, false)
}

func (d *Directory) numbersOf(ctx context.Context, botSID string, anew bool) ([]Number, error) {
	all, err := d.listNumbers(ctx, anew)
	if err != nil {
		return nil, err
	}
	routing, err := d.Routing(ctx, all...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(n Number) bool { return len(routing.Channels(n, botSID)) == 0 }), nil
}
