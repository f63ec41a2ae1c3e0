package binding

import (
	"context"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// LabelOnBind is the label that a binding without a configured one writes on a number;
// empty leaves what is there. The bot's name is written on a number that is new to the
// binding, in place of a name of the bot that the binding had there before, of the mark
// of a free number, and, where it may overwrite, of the name of the bot that the number is
// taken from. priorNames are the names of the bot before; isBotName reports whether the
// label is the name of a bot of the account.
func LabelOnBind(label, botName string, prior Prior, priorNames []string, overwrite, isBotName bool) string {
	switch {
	case prior.BotSID == "", label == prior.Label, label == bot.FreeLabel, slices.Contains(priorNames, label), overwrite && isBotName:
		return botName
	default:
		return ""
	}
}

// Label is LabelOnBind for a number, having looked for what its label may be the name of
// where that makes a difference.
func Label(ctx context.Context, a *account.Account, n bot.Number, botName string, prior Prior, overwrite bool) (string, error) {
	if label := LabelOnBind(n.FriendlyName, botName, prior, nil, overwrite, false); label != "" {
		return label, nil
	}
	label := LabelOnBind(n.FriendlyName, botName, prior, priorNames(ctx, a, prior), overwrite, false)
	if label != "" || !overwrite {
		return label, nil
	}
	named, err := a.FindBots(ctx, n.FriendlyName)
	if err != nil {
		return "", err
	}
	return LabelOnBind(n.FriendlyName, botName, prior, nil, overwrite, len(named) > 0), nil
}

// priorNames are the names by which a number may be labelled with the bot that a binding
// had there before: the one that the binding knew, and those that the bot, or the one that
// replaced it in this run, has by now. A bot that cannot be read has none.
func priorNames(ctx context.Context, a *account.Account, prior Prior) []string {
	var names []string
	if prior.Label != "" {
		names = append(names, prior.Label)
	}
	for _, sid := range a.Successors(prior.BotSID) {
		if b, err := a.Bot(ctx, sid); err == nil && !b.Unnamed() && b.UniqueName != "" {
			names = append(names, b.UniqueName)
		}
	}
	return names
}

// labelOnFree is the label of a number that a bot is taken off: "free" where it bore a
// name of the bot and nothing answers on it any more; nil leaves what is there.
func labelOnFree(before, after bot.Number, botNames []string, webhooks bot.Webhooks) *string {
	if !slices.Contains(botNames, before.FriendlyName) {
		return nil
	}
	for _, channel := range bot.Channels() {
		if after.Route(channel, webhooks).Kind != bot.ToNothing {
			return nil
		}
	}
	free := bot.FreeLabel
	return &free
}

// LabelOnRename is the label of a number whose bot changes its name from one to another;
// nil leaves what is there.
func LabelOnRename(n bot.Number, from, to string) *string {
	if from == "" || from == to || n.FriendlyName != from {
		return nil
	}
	return &to
}

// Relabel gives the numbers of a bot that bear its old name the new one.
//
// Each number is one write; cut off between two, the ones not reached keep the old name,
// which is a label and nothing more.
func Relabel(ctx context.Context, a *account.Account, botSID, from, to string) error {
	numbers, err := a.NumbersOf(ctx, botSID, a.Now())
	if err != nil {
		return err
	}
	for _, number := range numbers {
		err := a.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
			return e.Write(ctx, bot.NumberChange{FriendlyName: LabelOnRename(e.Number, from, to)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
