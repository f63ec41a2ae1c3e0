package replacement

import (
	"context"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Finish ends a replacement that was cut off past its point of no return: what routes to
// the old bot is moved to the new one, and the old one is deleted. spec holds the names
// that the new bot gets.
func Finish(ctx context.Context, a *account.Account, pair account.Pair, oldName string, spec bot.Spec, drain time.Duration) ([]bot.Notice, error) {
	gone := pair.Old.SID == ""
	if gone {
		pair.Old.SID = pair.New.Replaces // a number may still route to it
	}
	r := &replacement{
		account: a, old: pair.Old, gone: gone, new: pair.New, oldName: oldName, again: true,
		request: Request{SID: pair.New.Replaces, To: spec, Engine: pair.New.Engine(), Drain: drain},
	}
	err := operation.Run(ctx, "the replacement of bot "+pair.New.Replaces, r.forward()...)
	return r.notices.all(), err
}

// Undo puts an account back as it was before a replacement that was cut off and is no
// longer wanted.
func Undo(ctx context.Context, a *account.Account, pair account.Pair) ([]bot.Notice, error) {
	back := undoing(a, pair)
	err := operation.Run(ctx, "undoing the replacement of "+pair.Old.String(), operation.Step{
		Name:    "moving its phone numbers back",
		Cut:     "Each phone number answers for one of the two bots; the next apply goes on.",
		Forward: true,
		Do:      back.moveAll,
	}, operation.Step{
		Name: "ending what is in progress on the bot that was created to replace it",
		Cut:  "Every phone number answers for the old bot again, and some of what was in progress on the other is ended; the next apply ends the rest and deletes it.",
		Do:   back.end,
	}, operation.Step{
		Name: "deleting the bot that was created to replace it",
		Cut:  "Every phone number answers for the old bot again; the next apply deletes the other.",
		Do:   back.deleteOld,
	})
	return back.notices.all(), err
}

// undoing is the replacement of the new bot by the old one.
func undoing(a *account.Account, pair account.Pair) *replacement {
	return &replacement{
		account: a, old: pair.New, new: pair.Old, oldName: pair.New.UniqueName,
		request: Request{To: bot.Spec{UniqueName: pair.Old.UniqueName}, Engine: pair.Old.Engine()},
	}
}
