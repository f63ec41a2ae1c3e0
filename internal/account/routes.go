package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Routing says how numbers are read: which of the applications that they are pointed at
// are holds, and which no longer exist. The account's applications are listed only where
// a number is pointed at one; a listing of this run is used as long as it has those that
// are asked for.
func (a *Account) Routing(ctx context.Context, numbers ...bot.Number) (bot.Routing, error) {
	return a.routingOf(ctx, AnyTime, numbers)
}

func (a *Account) routingOf(ctx context.Context, since Moment, numbers []bot.Number) (bot.Routing, error) {
	asked := applicationsOf(numbers)
	if len(asked) == 0 {
		return bot.NewRouting(a.Webhooks, nil), nil
	}
	return a.routing(ctx, since, asked)
}

// RoutingWithHolds is Routing that also knows the holds which no number is pointed at,
// as they were at the moment or later.
func (a *Account) RoutingWithHolds(ctx context.Context, since Moment, numbers ...bot.Number) (bot.Routing, error) {
	return a.routing(ctx, since, applicationsOf(numbers))
}

// RoutingOfWays is RoutingWithHolds that also knows hold flows, to which ways in beside the
// numbers are pointed, and the holds of this run that no longer exist.
func (a *Account) RoutingOfWays(ctx context.Context, since Moment, numbers ...bot.Number) (bot.Routing, error) {
	flows, err := a.BotsOf(ctx, bot.Studio, since)
	if err != nil && !errors.Is(err, bot.ErrForbidden) {
		return bot.Routing{}, err
	}
	routing, err := a.routing(ctx, since, applicationsOf(numbers), flows.Holds...)
	return routing.WithDeleted(a.knownHolds()), err
}

func applicationsOf(numbers []bot.Number) []string {
	var sids []string
	for _, number := range numbers {
		sids = append(sids, number.Applications()...)
	}
	return sids
}

func (a *Account) routing(ctx context.Context, since Moment, asked []string, flows ...bot.Hold) (bot.Routing, error) {
	listed, err := a.BotsOf(ctx, bot.Application, since)
	if err != nil {
		return bot.Routing{}, err
	}
	missing := missingFrom(listed, asked)
	if len(missing) > 0 && a.holder() != nil {
		if listed, err = a.BotsOf(ctx, bot.Application, a.Now()); err != nil {
			return bot.Routing{}, err
		}
		if missing, err = a.gone(ctx, missingFrom(listed, asked)); err != nil {
			return bot.Routing{}, err
		}
		return bot.NewRouting(a.Webhooks, slices.Concat(listed.Holds, flows), missing...).WithDeleted(a.knownHolds()).WithApplications(listed.Bots), nil
	}
	return bot.NewRouting(a.Webhooks, slices.Concat(listed.Holds, flows)).WithApplications(listed.Bots), nil
}

// knownHolds are the holds that this run knows, each with the bot that it suspends by now.
func (a *Account) knownHolds() []bot.Hold {
	var known []bot.Hold
	for sid, botSID := range a.holdsKnown.all() {
		if by := a.ReplacementOf(botSID); by != "" {
			botSID = by
		}
		known = append(known, bot.Hold{SID: sid, BotSID: botSID})
	}
	return known
}

func missingFrom(listed bot.Listing, asked []string) []string {
	var missing []string
	for _, sid := range asked {
		known := slices.ContainsFunc(listed.Bots, func(b bot.Bot) bool { return b.SID == sid }) ||
			slices.ContainsFunc(listed.Holds, func(h bot.Hold) bool { return h.SID == sid })
		if !known && !slices.Contains(missing, sid) {
			missing = append(missing, sid)
		}
	}
	return missing
}

// gone leaves those applications that a read does not find either: a listing may lag the
// creation of one.
func (a *Account) gone(ctx context.Context, missing []string) ([]string, error) {
	var gone []string
	for _, sid := range missing {
		_, err := a.Host(bot.Application).Get(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			gone = append(gone, sid)
		case err != nil && !errors.Is(err, bot.ErrHold):
			return nil, fmt.Errorf("looking for the application %s: %w", sid, err)
		}
	}
	return gone, nil
}

// Routes is what routes to a bot.
type Routes struct {
	Numbers []bot.Number // on which it answers, or would if it were not suspended
	Routing bot.Routing
	Ways    []bot.Way    // that lead to it beside them, idle or not
	Unread  []bot.Unread // kinds of ways in that the credentials may not read
}

// Any reports whether something routes to the bot.
func (r Routes) Any() bool { return len(r.Numbers)+len(r.InUse()) > 0 }

// InUse lists the ways in that Twilio uses.
func (r Routes) InUse() []bot.Way {
	return slices.DeleteFunc(slices.Clone(r.Ways), func(w bot.Way) bool { return w.Idle })
}

// ByChannel gives the numbers that route to a bot by channel.
func (r Routes) ByChannel(botSID string) map[bot.Channel][]bot.Number {
	numbers := map[bot.Channel][]bot.Number{}
	for _, number := range r.Numbers {
		for _, channel := range r.Routing.Channels(number, botSID) {
			numbers[channel] = append(numbers[channel], number)
		}
	}
	return numbers
}

// RoutesTo answers what routes to a bot, from listings begun at the moment or later. Without
// the applications nothing can be said: among them are the holds, which numbers of a suspended
// bot are pointed at.
func (a *Account) RoutesTo(ctx context.Context, botSID string, since Moment) (Routes, error) {
	return a.routesBy(ctx, botSID, since, func(bot.WayKind) bool { return true })
}

// SomeRoutesTo is RoutesTo for those who ask whether anything routes to a bot: what takes a
// request for each flow or conversation is read where nothing else routes to it alone.
func (a *Account) SomeRoutesTo(ctx context.Context, botSID string, since Moment) (Routes, error) {
	routes, err := a.routesBy(ctx, botSID, since, bot.WayKind.Listed)
	if err != nil || routes.Any() {
		return routes, err
	}
	return a.RoutesTo(ctx, botSID, since)
}

// routesBy is RoutesTo for the numbers, and the kinds of ways in that are asked for.
func (a *Account) routesBy(ctx context.Context, botSID string, since Moment, asked func(bot.WayKind) bool) (Routes, error) {
	numbers, err := a.Numbers(ctx, since)
	if err != nil {
		return Routes{}, err
	}
	ways, unread, err := a.WaysOf(ctx, since, asked)
	if err != nil {
		return Routes{}, err
	}
	routing, err := a.RoutingOfWays(ctx, since, numbers...)
	if err != nil {
		return Routes{}, err
	}
	return Routes{Numbers: routing.Numbers(numbers, botSID), Routing: routing, Ways: routing.Ways(ways, botSID), Unread: unread}, nil
}

// NumbersOf lists the numbers that route to a bot, as they were at the moment or later.
func (a *Account) NumbersOf(ctx context.Context, botSID string, since Moment) ([]bot.Number, error) {
	all, err := a.Numbers(ctx, since)
	if err != nil {
		return nil, err
	}
	routing, err := a.routingOf(ctx, since, all)
	if err != nil {
		return nil, err
	}
	return routing.Numbers(all, botSID), nil
}
