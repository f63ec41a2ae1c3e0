package suspension

import (
	"context"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Follow looks, after a write to a number that is being edited, whether the bot's
// suspension came or went at the same time, and makes the number follow it. hold is the
// SID of the hold that the write knew of; empty where it knew of none. found are the holds
// that were read behind the write.
func Follow(ctx context.Context, a *account.Account, e *account.Edit, botSID, hold string, found []bot.Hold) error {
	same := func(each bot.Hold) bool { return each.SID == hold }
	if slices.ContainsFunc(found, same) || (len(found) == 0 && hold == "") {
		return nil
	}
	a.HoldsChanged()
	if len(found) == 0 {
		webhooks, err := a.WebhooksOf(ctx, botSID)
		if err != nil {
			return err
		}
		return e.Write(ctx, restore(webhooks, e.Number, botSID, []string{hold}, nil, nil))
	}
	known := found
	if hold != "" {
		known = append(slices.Clone(found), bot.Hold{SID: hold, BotSID: botSID})
	}
	return e.Write(ctx, silence(bot.NewRouting(a.Webhooks, known), e.Number, botSID, found[0].SID))
}

// Changed reports whether a bot is suspended by another hold than the one given, or no
// longer, or by now. It reports false where that cannot be read: what failed is told by
// whoever asks.
func Changed(ctx context.Context, a *account.Account, botSID, hold string) bool {
	found, err := a.FindHolds(ctx, botSID)
	if err != nil {
		return false
	}
	same := len(found) == 0 && hold == "" || slices.ContainsFunc(found, func(each bot.Hold) bool { return each.SID == hold })
	if !same {
		a.HoldsChanged()
	}
	return !same
}
