package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Numbers is the account's phone numbers at Twilio, each call one request (a list: one
// per thousand).
type Numbers interface {
	List(ctx context.Context) ([]bot.Number, error)
	// Find gives the number with this E.164 form; bot.ErrNotFound when the account does
	// not own it.
	Find(ctx context.Context, phoneNumber string) (bot.Number, error)
	Get(ctx context.Context, sid string) (bot.Number, error)
	// Update writes a change and returns Twilio's answer; it does not read back.
	Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error)
}

// singleReads is how many numbers are read one by one before a listing of all is the
// cheaper way: small configurations never pay for a large account.
const singleReads = 10

// Number reads a number, from a listing made earlier in this run where there is one.
// bot.ErrNotFound means that the account does not own it: neither a read of it nor a
// listing has it.
func (a *Account) Number(ctx context.Context, sid string) (bot.Number, error) {
	a.mu.Lock()
	a.reads++
	many, wrote := a.reads > singleReads, a.written[sid]
	a.mu.Unlock()
	if wrote {
		return a.NumberNow(ctx, sid)
	}
	all, listed := a.allNumbers.known()
	if !listed && many {
		var err error
		if all, err = a.allNumbers.since(ctx, AnyTime); err != nil {
			return bot.Number{}, err
		}
	}
	for _, number := range all {
		if number.SID == sid {
			return number, nil
		}
	}
	return a.NumberNow(ctx, sid)
}

// NumberNow reads a number from Twilio, whatever was listed before.
func (a *Account) NumberNow(ctx context.Context, sid string) (bot.Number, error) {
	number, err := a.numbers.Get(ctx, sid)
	if !errors.Is(err, bot.ErrNotFound) {
		return number, err
	}
	// A read may lag a purchase, so only a listing without it shows that it is gone.
	all, listErr := a.allNumbers.since(ctx, a.Now())
	if listErr != nil {
		return bot.Number{}, listErr
	}
	for _, number := range all {
		if number.SID == sid {
			return number, nil
		}
	}
	return bot.Number{}, err
}

// FindNumber reads the number with an E.164 form; bot.ErrNotFound when the account does
// not own it.
func (a *Account) FindNumber(ctx context.Context, phoneNumber string) (bot.Number, error) {
	a.mu.Lock()
	a.reads++
	many := a.reads > singleReads
	a.mu.Unlock()
	all, listed := a.allNumbers.known()
	if !listed && many {
		var err error
		if all, err = a.allNumbers.since(ctx, AnyTime); err != nil {
			return bot.Number{}, err
		}
	}
	for _, number := range all {
		if number.PhoneNumber == phoneNumber && !a.Wrote(number.SID) {
			return number, nil
		}
	}
	return a.numbers.Find(ctx, phoneNumber)
}

// Numbers lists every number of the account, as it was at the moment or later.
func (a *Account) Numbers(ctx context.Context, since Moment) ([]bot.Number, error) {
	return a.allNumbers.since(ctx, since)
}

func (a *Account) listNumbers(ctx context.Context) ([]bot.Number, error) {
	numbers, err := a.numbers.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the account's phone numbers: %w", err)
	}
	bot.SortNumbers(numbers)
	return numbers, nil
}

// Wrote reports whether this process has written the number.
func (a *Account) Wrote(numberSID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.written[numberSID]
}

func (a *Account) wrote(numberSID string) {
	a.mu.Lock()
	a.written[numberSID] = true
	a.mu.Unlock()
	a.allNumbers.wrote()
}
