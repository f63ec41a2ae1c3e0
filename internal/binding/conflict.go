package binding

import (
	"context"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Conflicts looks for the channels of a binding on which a number answers with something
// else, as View.Conflicts has it. own is the SID of the bot that the binding had put
// there before; a replacement of it that was cut off is looked for where that makes a
// difference.
func Conflicts(ctx context.Context, a *account.Account, n bot.Number, b Binding, own string) ([]Conflict, error) {
	routing, err := a.Routing(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("looking for suspended bots: %w", err)
	}
	view, err := viewOf(ctx, a, routing, n, b, own)
	if err != nil {
		return nil, err
	}
	return view.Conflicts(b), nil
}

// viewOf is what the account says of a number, the other bot of an unfinished
// replacement among the binding's own where the number answers for a bot that is not.
func viewOf(ctx context.Context, a *account.Account, routing bot.Routing, n bot.Number, b Binding, own string) (View, error) {
	view := View{Number: n, Routing: routing, Own: a.Successors(own)}
	for _, sid := range view.bots(b.Channels) {
		if b.BotSID != "" && a.ReplacementOf(sid) == b.BotSID {
			view.Own = append(view.Own, sid) // this run put the bot in the place of that one
		}
	}
	if conflicts := view.Conflicts(b); len(conflicts) > 0 && own != "" && conflicts[0].Route.Kind == bot.ToBot {
		if err := a.KnowReplacement(ctx, own); err != nil {
			return view, err
		}
		view.Own = append(view.Own, a.Successors(own)...)
	}
	return view, nil
}

// problem says to people why a binding must not be written. own is the bot that it had put
// on the number before.
func (r *Refusal) problem(ctx context.Context, a *account.Account, n bot.Number, b Binding, own string) *bot.Problem {
	switch r.Kind {
	case bot.NumberIncapable:
		return IncapableProblem(n, r.Channels)
	case bot.NumberTaken:
		return TakenProblem(ctx, a, n, r.Conflicts)
	case bot.NumberRepointed:
		if own == "" {
			return TakenProblem(ctx, a, n, r.Conflicts)
		}
		return DriftProblem(ctx, a, n, b, own, r.Conflicts)
	case bot.NumberSilenced:
		return SilencedProblem(ctx, a, n, b.BotSID, r.Conflicts)
	default:
		if len(r.Conflicts) == 0 {
			return &bot.Problem{
				Kind:    bot.ChangedSincePlan,
				Summary: "The phone number was changed since the plan",
				Detail: fmt.Sprintf("%s is labelled %q by now, which is neither its label when the plan was made nor the one that was planned. "+
					"Nothing was written. Plan again to see it.", n, r.Label),
				Cause: bot.ErrChanged,
			}
		}
		return &bot.Problem{
			Kind:    bot.ChangedSincePlan,
			Summary: "The phone number was changed since the plan",
			Detail: fmt.Sprintf("%s now answers %s, which is neither what it was when the plan was made nor what is wanted. "+
				"Nothing was written. Plan again to see it, and decide which should answer.", n, Describe(ctx, a, r.Conflicts)),
			Cause: bot.ErrChanged,
		}
	}
}

// IncapableProblem says that a number cannot carry channels that are asked of it.
func IncapableProblem(n bot.Number, channels []bot.Channel) *bot.Problem {
	return &bot.Problem{
		Kind:     bot.NumberIncapable,
		Summary:  "The phone number cannot carry this channel",
		Detail:   fmt.Sprintf("%s has no capability for %s (it has: %s).", n, join(channels), strings.Join(n.Capabilities.Names(), ", ")),
		Channels: channels,
	}
}

// TakenProblem says what answers on a number that a binding wants.
func TakenProblem(ctx context.Context, a *account.Account, n bot.Number, conflicts []Conflict) *bot.Problem {
	return &bot.Problem{
		Kind:    bot.NumberTaken,
		Summary: "The phone number already answers elsewhere",
		Detail:  fmt.Sprintf("%s answers %s. Nothing is changed.", n, Describe(ctx, a, conflicts)),
	}
}

// DriftProblem says what answers by now on channels of a number that answered for a bot
// when the binding was applied last. The binding may have other channels, which still are
// as they were.
func DriftProblem(ctx context.Context, a *account.Account, n bot.Number, b Binding, botSID string, drifted []Conflict) *bot.Problem {
	problem := &bot.Problem{Kind: bot.NumberRepointed, Summary: "The phone number was re-pointed since the last apply"}
	for _, channel := range b.Channels {
		affected := false
		for _, each := range drifted {
			affected = affected || each.Channel == channel
		}
		if affected {
			problem.Channels = append(problem.Channels, channel)
		} else {
			problem.Left = append(problem.Left, channel)
		}
	}
	named := botSID
	if b, err := a.Bot(ctx, botSID); err == nil {
		named = b.String()
	}
	problem.Detail = fmt.Sprintf("%s answered for bot %s when this binding was applied last, and was changed since: it answers %s. Nothing is changed.",
		n, named, Describe(ctx, a, drifted))
	return problem
}

// SilencedProblem refuses to take a number that answers elsewhere for a bot that is
// suspended: nothing would answer on it.
func SilencedProblem(ctx context.Context, a *account.Account, n bot.Number, botSID string, taken []Conflict) *bot.Problem {
	return &bot.Problem{
		Kind:    bot.NumberSilenced,
		Summary: "Taking this number over would silence it",
		Detail:  fmt.Sprintf("%s answers %s, and bot %s is suspended: taken over, the number would answer nothing. Nothing was written.", n, Describe(ctx, a, taken), botSID),
		Bots:    []bot.Bot{{SID: botSID}},
	}
}

// Describe says what answers: "messaging with bot … and voice with …".
func Describe(ctx context.Context, a *account.Account, conflicts []Conflict) string {
	var said []string
	for _, conflict := range conflicts {
		said = append(said, fmt.Sprintf("%s with %s", conflict.Channel, a.Describe(ctx, conflict.Route)))
	}
	return strings.Join(said, " and ")
}

func join(channels []bot.Channel) string {
	names := make([]string, len(channels))
	for i, channel := range channels {
		names[i] = string(channel)
	}
	return strings.Join(names, " and ")
}
