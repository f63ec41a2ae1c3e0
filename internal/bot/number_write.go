package bot

import (
	"context"
	"errors"
	"fmt"
)

// writeNumber writes a change and reads until it is seen. The caller holds the
// number's lock.
func (d *Directory) writeNumber(ctx context.Context, before Number, change NumberChange) (Number, error) {
	answer, err := d.numbers.Update(ctx, before.SID, change)
	d.mu.Lock()
	d.written[before.SID] = true
	d.mu.Unlock()
	uncertain := errors.Is(err, ErrUncertain)
	if err != nil && !uncertain {
		return before, fmt.Errorf("writing the phone number %s: %w", before, err)
	}
	after, lookErr := Settle(ctx, ReadBackBound, func(ctx context.Context) (Number, error) {
		number, err := d.numbers.Get(ctx, before.SID)
		switch {
		case err != nil:
			return number, err
		case change.Holds(number):
			return number, nil
		case !uncertain && number.DateUpdated.After(answer.DateUpdated):
			return number, ErrChanged
		default:
			return number, Stale("%s", number)
		}
	})
	switch {
	case lookErr == nil:
		return after, nil
	case uncertain && IsStale(lookErr):
		return after, &Problem{
			Summary: "A write to a phone number was lost",
			Detail:  fmt.Sprintf("Twilio did not confirm the write, and %s is still as it was before. Apply again.", before),
			Cause:   err,
		}
	case errors.Is(lookErr, ErrChanged), IsStale(lookErr):
		return after, &Problem{
			Summary: "A phone number is not as it was written",
			Detail: fmt.Sprintf("Twilio took the write to %s, but reading it back shows something else: "+
				"somebody else changed it in the same moment. Plan again to see what is there now.", before),
			Cause: lookErr,
		}
	default:
		return before, fmt.Errorf("the write to the phone number %s was sent but could not be read back; plan again to see what is true: %w", before, lookErr)
	}
}
