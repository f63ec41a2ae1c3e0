package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Offers is the numbers that Twilio has on sale.
type Offers interface {
	// Types lists the types of numbers that a country has, and reports whether it has others
	// that cannot be listed. It is empty for a country without numbers.
	Types(ctx context.Context, country string) (types []bot.NumberType, more bool, err error)
	// List gives numbers of a type, which differ from call to call; bot.ErrNotFound where the
	// country has none of the type.
	List(ctx context.Context, country string, kind bot.NumberType, filter bot.OfferFilter) ([]bot.Offer, error)
}

// BuyNumber gives the number of an order: the one that the account owns, else one that it
// buys. bought reports whether it sent a purchase. The settings of a number that is owned
// already are left as they are.
//
// A number exists once, and Twilio takes the purchase of one that the account owns for an
// update of it. So whatever becomes of an answer, no second number is bought: one that was
// lost is looked for, here and by whoever asks for the number next.
//
// Cut off before the purchase, the account is as it was; behind it, it owns the number.
func (a *Account) BuyNumber(ctx context.Context, order bot.NumberOrder) (number bot.Number, bought bool, err error) {
	a.applying.Store(true)
	unlock, err := a.lock(ctx, "purchase of "+order.PhoneNumber)
	if err != nil {
		return bot.Number{}, false, err
	}
	defer unlock()
	number, err = a.numbers.api.Find(ctx, order.PhoneNumber)
	switch {
	case err == nil:
		return number, false, nil
	case !errors.Is(err, bot.ErrNotFound):
		return bot.Number{}, false, fmt.Errorf("looking whether the account owns the phone number %s: %w", order.PhoneNumber, err)
	}
	number, err = confirm.CreateAgain(ctx, func(ctx context.Context) (bot.Number, error) { return a.buy(ctx, order) })
	if number.SID != "" {
		a.wroteNumber(number.SID)
	}
	return number, err == nil, err
}

func (a *Account) buy(ctx context.Context, order bot.NumberOrder) (bot.Number, error) {
	answer, err := a.numbers.api.Buy(ctx, order)
	if err != nil && !errors.Is(err, bot.ErrUncertain) {
		// An earlier purchase, whose answer was lost, may have been on its way until now.
		if owned, findErr := a.numbers.api.Find(ctx, order.PhoneNumber); findErr == nil {
			return owned, nil
		}
		return bot.Number{}, err
	}
	sent := confirm.Write{Object: "the phone number " + order.PhoneNumber, Verb: confirm.Created, Err: err}
	return confirm.ReadOr(ctx, sent, answer, func(ctx context.Context) (number bot.Number, err error) {
		if answer.SID != "" {
			number, err = a.numbers.api.Get(ctx, answer.SID)
		} else {
			number, err = a.numbers.api.Find(ctx, order.PhoneNumber)
		}
		if errors.Is(err, bot.ErrNotFound) {
			return number, confirm.Stale("the account does not own it yet")
		}
		return number, err
	})
}

// ReleaseNumber gives a number back to Twilio, which cannot be undone. It holds the number's
// lock, reads it, and asks may whether it may be released as it is then. bot.ErrNotFound
// says that the account does not own it.
//
// Cut off before the release the number is as it was; after it, it is gone.
func (a *Account) ReleaseNumber(ctx context.Context, sid string, may func(context.Context, bot.Number) error) error {
	return a.EditNumber(ctx, sid, nil, func(ctx context.Context, e *Edit) error {
		e.answered() // nobody waits for a number that is gone
		if err := may(ctx, e.Number); err != nil {
			return err
		}
		sent := confirm.Write{Object: "phone number " + e.Number.String(), Err: a.numbers.api.Release(ctx, sid)}
		defer a.wroteNumber(sid)
		return confirm.Gone(ctx, sent, func(ctx context.Context) (bot.Number, error) { return a.NumberNow(ctx, sid) })
	})
}
