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
	round   *Round // nil where each write is read back at once
	// answered says that others who look need not wait for a write of this edit.
	answered func()
}

// EditNumber is the one way in which a number is written. It waits for the number's
// lock, reads the number, and lets decide say what to write: decide calls Write, which
// writes, reads back and adds to the log what is needed to undo it. log may be nil.
//
// Each Write is one request: cut off before it the number is as it was, after it as
// written.
func (a *Account) EditNumber(ctx context.Context, sid string, log *UndoLog, decide func(context.Context, *Edit) error) error {
	return a.editNumber(ctx, sid, log, nil, decide)
}

func (a *Account) editNumber(ctx context.Context, sid string, log *UndoLog, round *Round, decide func(context.Context, *Edit) error) error {
	a.applying.Store(true)
	unlock, err := a.lock(ctx, "number "+sid)
	if err != nil {
		return err
	}
	defer unlock()
	edit := &Edit{account: a, log: log, round: round, answered: func() {}}
	if round == nil {
		edit.answered = a.looks.writes.begin()
		defer edit.answered()
	}
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
	if change.Empty() {
		return nil
	}
	_, err := e.writeAgain(ctx, change, "")
	return err
}

// WriteFor is Write for a number that answers for a bot then. What it returns of the bot was
// read behind the write. Where there is nothing to write, it was listed behind this run's
// last write of the number, if any: whoever suspends the bot since finds the number as it is.
func (e *Edit) WriteFor(ctx context.Context, change bot.NumberChange, botSID string) (Behind, error) {
	if !change.Empty() {
		return e.writeAgain(ctx, change, botSID)
	}
	listed, err := e.account.BotsOf(ctx, bot.Application, e.account.lastWrite(e.Number.SID))
	if err != nil {
		return Behind{}, fmt.Errorf("looking whether bot %s is suspended: %w", botSID, err)
	}
	return Behind{Holds: listed.HoldsOf(botSID)}, nil
}

func (e *Edit) writeAgain(ctx context.Context, change bot.NumberChange, botSID string) (behind Behind, err error) {
	before := e.Number
	err = confirm.Again(ctx, func(ctx context.Context) error {
		behind, err = e.write(ctx, change, botSID)
		return err
	}, func(ctx context.Context) (bool, error) {
		now, err := e.account.NumberNow(ctx, before.SID)
		return now == before, err
	})
	return behind, err
}

func (e *Edit) write(ctx context.Context, change bot.NumberChange, botSID string) (Behind, error) {
	before := e.Number
	if e.log != nil {
		e.log.add(before, change.Apply(before))
	}
	answer, err := e.account.numbers.api.Update(ctx, before.SID, change)
	at := e.account.wroteNumber(before.SID)
	if err != nil && !errors.Is(err, bot.ErrUncertain) {
		return Behind{}, fmt.Errorf("writing the phone number %s: %w", before, err)
	}
	sent := written{
		Write:  confirm.Write{Object: "phone number " + before.String(), Err: err},
		sid:    before.SID,
		change: change,
		answer: answer,
		at:     at,
	}
	if e.round != nil && err == nil {
		e.round.add(sent)
		e.Number = answer
		return Behind{}, nil
	}
	var seen *look
	looked := 0
	if sent.Err != nil {
		// One whose answer was lost is looked for only for a few seconds, so it does not wait
		// for the writes of others, nor they for it.
		e.answered()
		looked++
	}
	after, err := sent.confirm(ctx, func(ctx context.Context) (number bot.Number, err error) {
		if looked++; looked > 1 {
			return e.account.numbers.api.Get(ctx, before.SID)
		}
		if seen, err = e.account.looks.at(ctx, before.SID, botSID, botSID, e.answered); err != nil {
			return bot.Number{}, err
		}
		return seen.numbers[before.SID].value, seen.numbers[before.SID].err
	})
	if looked > 1 {
		// It may have happened, or begun to show, since what was listed behind it.
		e.account.wroteNumber(before.SID)
	}
	if after.SID != "" {
		e.Number = after
	}
	if err != nil || botSID == "" {
		return Behind{}, err
	}
	if looked > 1 {
		// The write may have happened since the bot was read with the number.
		if seen, err = e.account.looks.at(ctx, "", botSID, botSID, e.answered); err != nil {
			return Behind{}, err
		}
	}
	return seen.behind(botSID)
}

// written is a write of a number that was sent.
type written struct {
	confirm.Write
	sid    string
	change bot.NumberChange
	answer bot.Number // zero where it was lost
	at     Moment     // behind it
}

// confirm reads the number until the write is seen.
func (w written) confirm(ctx context.Context, get func(context.Context) (bot.Number, error)) (bot.Number, error) {
	return confirm.Read(ctx, w.Write, func(ctx context.Context) (bot.Number, error) {
		number, err := get(ctx)
		switch {
		case err != nil:
			return number, err
		case w.change.Holds(number):
			return number, nil
		case w.Err == nil && number.DateUpdated.After(w.answer.DateUpdated):
			return number, bot.ErrChanged
		default:
			return number, confirm.Stale("%s", number)
		}
	})
}

// Claim takes channels of the number for a binding of this run.
func (e *Edit) Claim(channels []bot.Channel) { e.account.claim(e.Number.SID, channels) }

// Claimed reports whether a binding of this run has taken a channel of the number.
func (e *Edit) Claimed(channel bot.Channel) bool {
	return e.account.hasClaimed(e.Number.SID, channel)
}
