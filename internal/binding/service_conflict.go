package binding

import (
	"context"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ServiceProblem says to people why a binding of a Messaging Service must not be written.
// own is the bot that it had put there before.
func (r *Refusal) ServiceProblem(ctx context.Context, a *account.Account, way bot.Way, b ServiceBinding, own string) *bot.Problem {
	switch r.Kind {
	case bot.NoURLForWay:
		return NoServiceURLProblem(way, b.Bot)
	case bot.ServiceSuspended:
		return suspendedServiceProblem(way, b.Bot, a.NoHoldFlows(ctx))
	case bot.ServiceSilenced:
		return SilencedServiceProblem(ctx, a, way, b.Bot, r.Conflicts[0].Route)
	case bot.ServiceTaken:
		return ServiceTakenProblem(ctx, a, way, r.Conflicts[0].Route)
	case bot.ServiceRepointed:
		if own == "" {
			return ServiceTakenProblem(ctx, a, way, r.Conflicts[0].Route)
		}
		return ServiceDriftProblem(ctx, a, way, own, r.Conflicts[0].Route)
	}
	now := fmt.Sprintf("%s defers to the webhooks of its numbers by now", way)
	if len(r.Conflicts) > 0 {
		now = DescribeService(ctx, a, way, r.Conflicts[0].Route)
	}
	return &bot.Problem{
		Kind:    bot.ChangedSincePlan,
		Summary: "The Messaging Service was changed since the plan",
		Detail: fmt.Sprintf("%s, which is neither what was there when the plan was made nor what is wanted. "+
			"Nothing was written. Plan again to see it, and decide which should answer.", sentenceOf(now)),
		Cause: bot.ErrChanged,
	}
}

// NoServiceProblem says that the account does not have a Messaging Service.
func NoServiceProblem(accountSID, serviceSID string) *bot.Problem {
	return &bot.Problem{
		Summary: "There is no such Messaging Service",
		Detail:  fmt.Sprintf("Account %s has no Messaging Service %s. Create it first: this provider points Messaging Services at bots, it does not create or delete them.", accountSID, serviceSID),
		Cause:   bot.ErrNotFound,
	}
}

// ServiceTakenProblem says what a Messaging Service that a binding wants is pointed at.
func ServiceTakenProblem(ctx context.Context, a *account.Account, way bot.Way, route bot.Route) *bot.Problem {
	summary := "The Messaging Service already answers elsewhere"
	if way.Idle {
		summary = "The Messaging Service has another's inbound URL"
	}
	return &bot.Problem{Kind: bot.ServiceTaken, Summary: summary, Detail: sentenceOf(DescribeService(ctx, a, way, route)) + ". Nothing is changed."}
}

// ServiceDriftProblem says what a Messaging Service is pointed at by now that led to a bot
// when the binding was applied last.
func ServiceDriftProblem(ctx context.Context, a *account.Account, way bot.Way, botSID string, route bot.Route) *bot.Problem {
	named := botSID
	if b, err := a.Bot(ctx, botSID); err == nil {
		named = b.String()
	}
	return &bot.Problem{
		Kind:    bot.ServiceRepointed,
		Summary: "The Messaging Service was re-pointed since the last apply",
		Detail: fmt.Sprintf("It led to bot %s when this binding was applied last, and was changed since: %s. Nothing is changed.",
			named, DescribeService(ctx, a, way, route)),
	}
}

// NoServiceURLProblem refuses to point a Messaging Service at a bot hosted elsewhere that
// answers no messages.
func NoServiceURLProblem(way bot.Way, b bot.Bot) *bot.Problem {
	return &bot.Problem{
		Kind:     bot.NoURLForWay,
		Summary:  "The Messaging Service would answer nothing",
		Detail:   fmt.Sprintf("Bot %s, which would answer the messages that come to %s, has no URL for messages. Nothing is changed.", b, way),
		Channels: []bot.Channel{bot.Messaging},
	}
}

// suspendedServiceProblem refuses to point a Messaging Service at a bot whose hold has no flow:
// a service has no field for an application, so nothing would silence it. reason says why none
// can be made; nil where it was deleted at the same time.
func suspendedServiceProblem(way bot.Way, b bot.Bot, reason error) *bot.Problem {
	why := "Another client may have deleted it at the same time; the next apply makes it"
	if reason != nil {
		why = fmt.Sprintf("These credentials reach no flows (%v)", reason)
	}
	return &bot.Problem{
		Kind:    bot.ServiceSuspended,
		Summary: "A Messaging Service of this bot cannot be silenced",
		Detail: fmt.Sprintf("Bot %s is suspended, and its hold has no Studio flow, by which alone a Messaging Service is silenced: the bot would answer what comes to %s. %s. Nothing is changed.",
			b, way, why),
		Cause: reason,
		Bots:  []bot.Bot{b},
	}
}

// SilencedServiceProblem refuses to take a Messaging Service over that leads elsewhere, for a
// bot that is suspended: nothing would answer by it.
func SilencedServiceProblem(ctx context.Context, a *account.Account, way bot.Way, b bot.Bot, taken bot.Route) *bot.Problem {
	return &bot.Problem{
		Kind:    bot.ServiceSilenced,
		Summary: "Taking this Messaging Service over would silence it",
		Detail:  fmt.Sprintf("%s, and bot %s is suspended: taken over, the service would answer nothing. Nothing is changed.", sentenceOf(DescribeService(ctx, a, way, taken)), b),
		Bots:    []bot.Bot{b},
	}
}

// DescribeService says what a Messaging Service is pointed at: `the Messaging Service
// "Desk" (MG…) answers with bot …`.
func DescribeService(ctx context.Context, a *account.Account, way bot.Way, route bot.Route) string {
	if way.Idle {
		where := a.Describe(ctx, route)
		if route.Kind == bot.ToBot {
			where = "that of " + where
		}
		return fmt.Sprintf("%s defers to the webhooks of its numbers now, and has an inbound URL which it does not use, %s", way, where)
	}
	return fmt.Sprintf("%s answers with %s", way, a.Describe(ctx, route))
}

// sentenceOf begins a sentence with what begins with a small letter.
func sentenceOf(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
