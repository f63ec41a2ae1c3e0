package binding

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Free takes a bot off the channels of a number, unless another binding of this run has
// claimed them. A channel that answers for another by now is left as it is, which the
// notices say. A number that no longer exists is no error. log may be nil.
//
// It is one write: cut off before it the number still answers for the bot, and freeing it
// again finishes; after it, there is nothing left to do.
func Free(ctx context.Context, a *account.Account, prior Prior, log *account.UndoLog) (notices []bot.Notice, err error) {
	_, notices, err = free(ctx, a, prior, log, (*account.Edit).Claimed)
	return notices, err
}

// free also returns the number as it is then.
func free(ctx context.Context, a *account.Account, prior Prior, log *account.UndoLog, claimed func(*account.Edit, bot.Channel) bool) (number bot.Number, notices []bot.Notice, err error) {
	err = a.EditNumber(ctx, prior.NumberSID, log, func(ctx context.Context, e *account.Edit) error {
		routing, err := a.Routing(ctx, e.Number)
		if err != nil {
			return err
		}
		view := View{Number: e.Number, Routing: routing, Own: a.Successors(prior.BotSID)}
		name := func(sid string) string { return strings.Join(namesOf(ctx, a, []string{sid}), "") }
		change, left, cleared := view.DecideFree(prior, priorNames(ctx, a, prior), name, func(channel bot.Channel) bool { return claimed(e, channel) })
		for _, each := range left {
			notices = append(notices, bot.Notice{
				Summary: "A phone number was left as it is",
				Detail: fmt.Sprintf("%s of %s had answered for bot %s and answers with %s by now, so it was not freed, and goes on answering so.",
					each.Channel, e.Number, prior.BotSID, a.Describe(ctx, each.Route)),
			})
		}
		notices = append(notices, cleared...)
		err = e.Write(ctx, change)
		number = e.Number
		return err
	})
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Number{}, nil, nil
	}
	return number, notices, err
}

// ClearCallbacks clears the status callbacks that name a bot which is being deleted, on
// numbers that do not lead to it: people point a number elsewhere, and Twilio does not
// document that its callback follows. It looks at the numbers as they were at the moment or
// later.
//
// Each number is one write; cut off between two, the next run clears the rest.
func ClearCallbacks(ctx context.Context, a *account.Account, b bot.Bot, since account.Moment) ([]bot.Notice, error) {
	if b.Engine() != bot.Studio {
		return nil, nil
	}
	numbers, err := a.Numbers(ctx, since)
	if err != nil {
		return nil, err
	}
	var notices []bot.Notice
	for _, number := range numbers {
		if number.CallbackFlow() != b.SID {
			continue
		}
		err := a.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
			routing, err := a.Routing(ctx, e.Number)
			if err != nil {
				return err
			}
			var change bot.NumberChange
			routing.MoveCallback(e.Number, &change, map[string]string{b.SID: ""})
			if err := e.Write(ctx, change); err != nil || change.Empty() {
				return err
			}
			notices = append(notices, bot.Notice{
				Summary: "A status callback was changed",
				Detail:  fmt.Sprintf("Twilio reported the calls of %s to the bot %q, which is being deleted, and no longer does.", e.Number, b.UniqueName),
			})
			return nil
		})
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return notices, err
		}
	}
	return notices, nil
}

// FreeBot frees every channel of a number on which a bot answers that is being deleted,
// also those that a binding of this run has claimed: nothing would answer on them.
func FreeBot(ctx context.Context, a *account.Account, number bot.Number, b bot.Bot) ([]bot.Notice, error) {
	routing, err := a.Routing(ctx, number)
	if err != nil {
		return nil, err
	}
	channels := routing.Channels(number, b.SID)
	if len(channels) == 0 {
		return nil, nil
	}
	prior := Prior{NumberSID: number.SID, BotSID: b.SID, Channels: channels, Label: b.UniqueName}
	_, notices, err := free(ctx, a, prior, nil, func(*account.Edit, bot.Channel) bool { return false })
	if err != nil {
		return notices, err
	}
	return append(notices, bot.Notice{
		Summary: "A phone number was freed",
		Detail:  fmt.Sprintf("%s of %s routed to the bot %q, which is being deleted, and nothing answers there now.", join(channels), number, b.UniqueName),
	}), nil
}
