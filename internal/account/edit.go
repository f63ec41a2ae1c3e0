package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Edit is a phone number that is being edited: its lock is held, and it was read from
// Twilio since.
type Edit struct {
	// Number is the number as it was read or written last.
	Number bot.Number

	account *Account
	log     *UndoLog
}

// EditNumber is the one way in which a number is written. It waits for the number's
// lock, reads the number, and lets decide say what to write: decide calls Write, which
// writes, reads back and adds to the log what is needed to undo it. log may be nil.
//
// Each Write is one request: cut off before it the number is as it was, after it as
// written.
func (a *Account) EditNumber(ctx context.Context, sid string, log *UndoLog, decide func(context.Context, *Edit) error) error {
	unlock, err := a.lock(ctx, "number "+sid)
	if err != nil {
		return err
	}
	defer unlock()
	edit := &Edit{account: a, log: log}
	if edit.Number, err = a.NumberNow(ctx, sid); err != nil {
		return fmt.Errorf("reading the phone number %s: %w", sid, err)
	}
	return decide(ctx, edit)
}

// Reread reads the number again.
func (e *Edit) Reread(ctx context.Context) error {
	number, err := e.account.NumberNow(ctx, e.Number.SID)
	if err != nil {
		return fmt.Errorf("reading the phone number %s: %w", e.Number, err)
	}
	e.Number = number
	return nil
}

// Write writes a change and reads until it is seen. An empty change writes nothing. The
// log has it before it is sent: a write whose outcome is not known is undone too. One that
// did not happen is sent again, as long as the number is as it was.
func (e *Edit) Write(ctx context.Context, change bot.NumberChange) error {
	before := e.Number
	return confirm.Again(ctx, func(ctx context.Context) error { return e.write(ctx, change) }, func(ctx context.Context) (bool, error) {
		now, err := e.account.NumberNow(ctx, before.SID)
		return now == before, err
	})
}

func (e *Edit) write(ctx context.Context, change bot.NumberChange) error {
	if change.Empty() {
		return nil
	}
	before := e.Number
	if e.log != nil {
		e.log.add(before, change.Apply(before))
	}
	answer, err := e.account.numbers.api.Update(ctx, before.SID, change)
	defer e.account.wroteNumber(before.SID)
	if err != nil && !errors.Is(err, bot.ErrUncertain) {
		return fmt.Errorf("writing the phone number %s: %w", before, err)
	}
	sent := confirm.Write{Object: "phone number " + before.String(), Err: err}
	after, err := confirm.Read(ctx, sent, func(ctx context.Context) (bot.Number, error) {
		number, err := e.account.numbers.api.Get(ctx, before.SID)
		switch {
		case err != nil:
			return number, err
		case change.Holds(number):
			return number, nil
		case sent.Err == nil && number.DateUpdated.After(answer.DateUpdated):
			return number, bot.ErrChanged
		default:
			return number, confirm.Stale("%s", number)
		}
	})
	if after.SID != "" {
		e.Number = after
	}
	return err
}

// Claim takes channels of the number for a binding of this run.
func (e *Edit) Claim(channels []bot.Channel) { e.account.claim(e.Number.SID, channels) }

// Claimed reports whether a binding of this run has taken a channel of the number.
func (e *Edit) Claimed(channel bot.Channel) bool {
	return e.account.hasClaimed(e.Number.SID, channel)
}
