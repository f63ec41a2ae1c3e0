package suspension

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Suspend silences a bot on all its numbers and every other way in that can be pointed
// elsewhere, and marks it as suspended; a bot that is suspended already is silenced where it
// was resumed by hand, and its hold put right. notice is what people hear; empty where they
// get no answer. Where flows cannot be reached, the numbers are silenced by an application
// alone, and a notice is refused.
func Suspend(ctx context.Context, a *account.Account, botSID, notice string) (now Suspension, saved SavedSides, err error) {
	unlock, err := a.LockSuspension(ctx, botSID)
	if err != nil {
		return Suspension{}, nil, err
	}
	defer unlock()

	hold := holding{account: a, want: bot.HoldFlow{BotSID: botSID, Notice: notice}}
	var log, waysLog account.UndoLog
	before := recorder{saved: SavedSides{}}
	err = operation.Run(ctx, "the suspension", operation.Step{
		Name: "looking for the bot and its hold",
		Do: func(ctx context.Context) error {
			if notice != "" {
				if err := bot.CheckNotice(notice); err != nil {
					return err
				}
			}
			if err := there(ctx, a, botSID); err != nil {
				return err
			}
			return hold.look(ctx)
		},
	}, operation.Step{
		Name: "making its hold flow",
		Cut:  "Its hold flow may exist or have the new notice, and this apply has silenced nothing yet; the next apply goes on from it.",
		Do:   hold.makeFlow,
		Undo: hold.undoFlow,
	}, operation.Step{
		Name: "marking the bot as suspended",
		Cut:  "Its hold may exist, and this apply has silenced nothing yet; the next apply goes on from it.",
		Do: func(ctx context.Context) (err error) {
			if err := hold.mark(ctx); err != nil {
				return err
			}
			return exists(ctx, a, botSID)
		},
		Undo: hold.undoMark,
	}, operation.Step{
		Name: "silencing its phone numbers",
		Cut:  "Some of its phone numbers are silenced and the others answer; every plan that reads the bot or its numbers warns of it, and the next apply silences the rest.",
		Do: func(ctx context.Context) (err error) {
			now, err = silenceNumbers(ctx, a, botSID, hold.now.SID, &log, &before)
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &log) },
	}, operation.Step{
		Name: "silencing the other ways in to it",
		Cut:  "Its phone numbers are silenced, and some of the other ways in still lead to it; the next plan names them, and the next apply silences the rest.",
		Do: func(ctx context.Context) (err error) {
			if err = silenceWays(ctx, a, hold.known(), &waysLog); err != nil {
				return err
			}
			now.Ways, _, err = readWays(ctx, a, botSID, account.AnyTime, bot.WayKind.Moves) // open conversations too
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &waysLog) },
	})
	if err != nil {
		return Suspension{}, nil, err
	}
	now.FlowSID, now.Notice, now.Unread = hold.known().FlowSID, notice, hold.unread
	return now, before.saved, nil
}

// there refuses to suspend a bot that does not exist.
func there(ctx context.Context, a *account.Account, botSID string) error {
	switch _, err := a.Bot(ctx, botSID); {
	case errors.Is(err, bot.ErrNotFound):
		return bot.DeletedProblem(botSID, err)
	case err != nil:
		return fmt.Errorf("reading the bot %s: %w", botSID, err)
	}
	return nil
}

// exists reports a bot that was deleted while it was suspended: another process may have
// replaced or deleted it, having looked for its hold before there was one.
func exists(ctx context.Context, a *account.Account, botSID string) error {
	host, err := a.HostOf(botSID)
	if err != nil {
		return err
	}
	if _, err = host.Get(ctx, botSID); errors.Is(err, bot.ErrNotFound) {
		return &bot.Problem{
			Summary: "The bot was deleted during its suspension",
			Detail:  fmt.Sprintf("Bot %s was deleted or replaced by another client at the same time. Plan again to see what is there now.", botSID),
			Cause:   bot.ErrChanged,
		}
	}
	return err
}

// silenceNumbers silences every number on which a bot answers, or that is pointed at a
// hold which no longer exists, and looks again until there is none: what it returns is
// that last look. A number that is bound after it is silenced by its binding, which looks
// for the hold behind its own write. log and sides may be nil.
func silenceNumbers(ctx context.Context, a *account.Account, botSID, hold string, log *account.UndoLog, sides *recorder) (now Suspension, err error) {
	err = a.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
		now, _, err = read(ctx, a, botSID, since)
		return slices.Concat(now.Answering, now.Dead), err
	}, func(ctx context.Context, number bot.Number, round *account.Round) error {
		return silenceNumber(ctx, a, round, number.SID, botSID, hold, log, sides)
	})
	return now, err
}

// silenceNumber points the channels on which a number answers for a bot at the hold. It
// is one write: before it they answer, after it they do not.
func silenceNumber(ctx context.Context, a *account.Account, round *account.Round, numberSID, botSID, hold string, log *account.UndoLog, sides *recorder) error {
	return round.EditNumber(ctx, numberSID, log, func(ctx context.Context, e *account.Edit) error {
		routing, err := a.Routing(ctx, e.Number)
		if err != nil {
			return err
		}
		if sides != nil {
			sides.add(routing, e.Number, botSID)
		}
		return e.Write(ctx, silence(routing, e.Number, botSID, hold))
	})
}
