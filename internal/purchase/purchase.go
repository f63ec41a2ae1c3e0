package purchase

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Acquire makes the account own a number with these settings: it takes the number over
// where the account owns it, and buys it otherwise, with its settings in the same request.
// bought reports whether it bought it. Nothing but the settings that differ is written to a
// number.
//
// Each write is one request: cut off before the purchase the account is as it was, and after
// it the account owns the number, which the next run finds.
func Acquire(ctx context.Context, a *account.Account, order bot.NumberOrder) (number bot.Number, bought bool, err error) {
	number, bought, err = a.BuyNumber(ctx, order)
	if err != nil {
		return number, bought, lost(order.PhoneNumber, err)
	}
	// Those that are known to hold cost no further request.
	if order.Settings.From(number.Settings).Empty() {
		return number, bought, nil
	}
	number, err = Configure(ctx, a, number.SID, number.Settings, order.Settings)
	if err != nil && bought {
		err = fmt.Errorf("the account owns %s since this apply, which bought it, but its settings were not written; apply again: %w", order.PhoneNumber, err)
	}
	return number, bought, err
}

// lost says of a purchase whose answer was lost that asking again buys nothing twice.
func lost(phoneNumber string, err error) error {
	problem, ok := errors.AsType[*bot.Problem](err)
	if !ok || problem.Kind != bot.WriteLost {
		return err
	}
	said := *problem
	said.Summary = "A purchase was lost"
	said.Detail = fmt.Sprintf("Twilio did not confirm the purchase of %s, and the account does not own it. Apply again: should Twilio carry it out after all, "+
		"the next plan finds the number in the account, and nothing is bought twice.", phoneNumber)
	return &said
}

// Configure writes the settings of a number that differ, in one request, and no other
// field. planned are the settings that the plan was made for.
func Configure(ctx context.Context, a *account.Account, sid string, planned bot.NumberSettings, wanted bot.SettingsChange) (number bot.Number, err error) {
	err = a.EditNumber(ctx, sid, nil, func(ctx context.Context, e *account.Edit) error {
		change, err := Decide(e.Number, planned, wanted)
		if err == nil {
			err = e.Write(ctx, change)
		}
		number = e.Number
		return err
	})
	return number, err
}

// Release gives a number back to Twilio, unless MayRelease refuses it. gone reports whether
// the account did not own it any more.
//
// It is one request: cut off before it the account owns the number, after it no more.
func Release(ctx context.Context, a *account.Account, sid string, planned bot.RouteSnapshot, first bool) (gone bool, err error) {
	err = a.ReleaseNumber(ctx, sid, func(_ context.Context, number bot.Number) error {
		return MayRelease(number, a.Webhooks, planned, first)
	})
	if errors.Is(err, bot.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// Sale is what Twilio's lists of numbers on sale say of one number.
type Sale struct {
	// Offer is the number as it is offered; its PhoneNumber is empty where it is not.
	Offer bot.Offer
	// Whole reports whether every list was read that may have the number: one that is on none
	// is not on sale then.
	Whole bool
	// Countries are those that were looked in.
	Countries []string
}

// LookFor looks for a number among those on sale.
func LookFor(ctx context.Context, offers account.Offers, phoneNumber string) (Sale, error) {
	sale := Sale{Whole: true, Countries: bot.SoldIn(phoneNumber)}
	if offers == nil || len(sale.Countries) == 0 {
		sale.Whole = false
		return sale, nil
	}
	for _, country := range sale.Countries {
		types, more, err := offers.Types(ctx, country)
		if err != nil {
			return sale, err
		}
		sale.Whole = sale.Whole && !more
		for _, kind := range bot.LikelyFirst(phoneNumber, types) {
			listed, err := offers.List(ctx, country, kind, bot.OfferFilter{Contains: bot.NationalPart(phoneNumber)})
			if errors.Is(err, bot.ErrNotFound) {
				continue
			}
			if err != nil {
				return sale, err
			}
			if at := slices.IndexFunc(listed, func(o bot.Offer) bool { return o.PhoneNumber == phoneNumber }); at >= 0 {
				sale.Offer = listed[at]
				return sale, nil
			}
		}
	}
	return sale, nil
}
