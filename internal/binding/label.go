package binding

import (
	"context"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// LabelOnBind is the label that a binding without a configured one writes on a number;
// empty leaves what is there. The bot's name is written where the label says nothing, or is
// a name of the bot that answered on the binding's channels before, and where it can be a
// label: another client may have given the bot a longer one. before are the names of
// that bot, others those of the bots that answer on the number's other channels: a label
// that is the name of one of them is theirs.
func LabelOnBind(n bot.Number, botName string, before, others []string) string {
	switch {
	case n.FriendlyName == botName, slices.Contains(others, n.FriendlyName), !bot.IsLabel(botName):
		return ""
	case SaysNothing(n), slices.Contains(before, n.FriendlyName):
		return botName
	default:
		return ""
	}
}

// localDigits is how many digits a label must have at least to be the number itself,
// without its country code: shorter ones are extensions, or names.
const localDigits = 6

// SaysNothing reports whether a number's label is none: empty, the mark of a free number,
// or the number itself in any spelling, as Twilio labels a number that is bought.
func SaysNothing(n bot.Number) bool {
	if n.FriendlyName == "" || n.FriendlyName == bot.FreeLabel {
		return true
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, n.FriendlyName)
	if strings.Trim(n.FriendlyName, "+0123456789 \u00a0-–.()[]/") != "" {
		return false
	}
	digits = strings.TrimLeft(digits, "0") // the prefix of a call within a country, or abroad
	return len(digits) >= localDigits && strings.HasSuffix(n.PhoneNumber, digits)
}

// label is what a binding writes as the label of a number, having looked for the names of
// bots where they make a difference.
func label(ctx context.Context, a *account.Account, v View, b Binding) string {
	if b.Label != "" || b.Name == "" {
		return b.Label
	}
	if SaysNothing(v.Number) {
		return LabelOnBind(v.Number, b.Name, nil, nil)
	}
	answering := v.bots(b.Channels)
	before := namesOf(ctx, a, append(slices.Clone(v.Own), answering...))
	if b.PriorLabel != "" {
		before = append(before, b.PriorLabel)
	}
	if !slices.Contains(before, v.Number.FriendlyName) {
		return ""
	}
	return LabelOnBind(v.Number, b.Name, before, namesOf(ctx, a, v.bots(without(bot.Channels(), b.Channels))))
}

// bots lists the SIDs of the bots that answer on channels of the number, silenced ones
// among them.
func (v View) bots(channels []bot.Channel) []string {
	var sids []string
	for _, channel := range channels {
		if sid := v.Routing.Route(v.Number, channel).BotSID; sid != "" && !slices.Contains(sids, sid) {
			sids = append(sids, sid)
		}
	}
	return sids
}

func without(channels, some []bot.Channel) []bot.Channel {
	return slices.DeleteFunc(slices.Clone(channels), func(c bot.Channel) bool { return slices.Contains(some, c) })
}

// namesOf are the names of bots. One that cannot be read has none; one that bears its mark
// has the name that this run is about to give it, which its numbers may bear already.
func namesOf(ctx context.Context, a *account.Account, sids []string) []string {
	var names []string
	for _, sid := range sids {
		b, err := a.Bot(ctx, sid)
		name := b.UniqueName
		if b.Unnamed() {
			name = a.NameToBe(sid)
		}
		if err == nil && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// priorNames are the names by which a number may be labelled with the bot that a binding
// had there before: the one that the binding knew, and those that the bot, or the one that
// replaced it in this run, has by now.
func priorNames(ctx context.Context, a *account.Account, prior Prior) []string {
	var names []string
	if prior.Label != "" {
		names = append(names, prior.Label)
	}
	return append(names, namesOf(ctx, a, a.Successors(prior.BotSID))...)
}

// labelOnFree is the label of a number that a bot is taken off, where it bore a name of
// that bot: that of the bot that still answers on the other channel, or "free" where no bot
// does, whoever else answers there; nil leaves what is there. left is the number as it is then, and
// name is that of a bot, empty where it has none.
func labelOnFree(v View, left bot.Number, botNames []string, name func(sid string) string) *string {
	if !slices.Contains(botNames, v.Number.FriendlyName) {
		return nil
	}
	other := ""
	for _, channel := range bot.Channels() {
		route := v.Routing.Route(left, channel)
		switch {
		case route.Kind == bot.ToNothing, route.Kind == bot.ToExternal:
		case account.IsOneOf(v.Own, route.BotSID), other != "" && other != route.BotSID:
			return nil
		default:
			other = route.BotSID
		}
	}
	label := bot.FreeLabel
	if other != "" {
		label = name(other)
	}
	if !bot.IsLabel(label) || label == v.Number.FriendlyName {
		return nil
	}
	return &label
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
	return a.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
		numbers, err := a.NumbersOf(ctx, botSID, since)
		return slices.DeleteFunc(numbers, func(n bot.Number) bool { return LabelOnRename(n, from, to) == nil }), err
	}, func(ctx context.Context, number bot.Number, round *account.Round) error {
		return round.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
			return e.Write(ctx, bot.NumberChange{FriendlyName: LabelOnRename(e.Number, from, to)})
		})
	})
}
