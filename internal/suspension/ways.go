package suspension

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Ways are the ways in to a suspended bot beside the phone numbers. Those that Twilio does
// not use, such as a Messaging Service that defers to its numbers, are left as they are:
// nothing comes by them. One that is put to use later is among those that answer then.
type Ways struct {
	Silenced []bot.Way
	// Answering are those by which the bot answers all the same, and which can be silenced.
	Answering []bot.Way
	// Dead are pointed at a hold of the bot which no longer exists.
	Dead []bot.Way
	// Fixed are those by which the bot goes on answering: a suspension leaves them as they are.
	Fixed []bot.Way
	// Unread are the kinds that the credentials may not read, or that were not read whole.
	Unread []bot.Unread
}

// waysOf sorts the ways in that lead to a bot by what its hold does to them.
func waysOf(routing bot.Routing, all []bot.Way, hold bot.Hold) Ways {
	var ways Ways
	for _, way := range routing.Ways(all, hold.BotSID) {
		route := routing.Lead(way)
		_, silences := way.On(hold)
		switch {
		case route.SilencedBy != "", route.Gone && !silences:
			ways.Silenced = append(ways.Silenced, way)
		case route.Gone:
			ways.Dead = append(ways.Dead, way)
		case !way.Live():
		case way.Moves() && silences:
			ways.Answering = append(ways.Answering, way)
		default:
			ways.Fixed = append(ways.Fixed, way)
		}
	}
	return ways
}

// readWays reads the ways in to a bot of the kinds that are asked for, and the flow of the
// hold that suspends it.
func readWays(ctx context.Context, a *account.Account, botSID string, since account.Moment, asked func(bot.WayKind) bool) (ways Ways, flowSID string, err error) {
	all, unread, err := a.WaysOf(ctx, since, asked)
	if err != nil {
		return Ways{}, "", err
	}
	routing, err := a.RoutingOfWays(ctx, since)
	if err != nil {
		return Ways{}, "", err
	}
	hold := routing.HoldOf(botSID)
	hold.BotSID = botSID
	ways = waysOf(routing, all, hold)
	ways.Unread = unread
	return ways, hold.FlowSID, nil
}

// Goes are the ways in by which a bot would go on answering if it were suspended: they lead
// to it and are not silenced. reason says why its hold would have no flow; nil where it
// has one.
func Goes(ctx context.Context, a *account.Account, routes account.Routes) (ways []bot.Way, reason error) {
	reason = a.NoHoldFlows(ctx)
	hold := bot.Hold{SID: "AP", FlowSID: "FW"} // that it would have
	if reason != nil {
		hold.FlowSID = ""
	}
	for _, way := range routes.InUse() {
		if _, silences := way.On(hold); !way.Moves() || !silences {
			ways = append(ways, way)
		}
	}
	return ways, reason
}

// silenceWays points every way in by which a bot answers, or that is pointed at a hold which
// no longer exists, at its hold, and looks again until there is none. log may be nil.
func silenceWays(ctx context.Context, a *account.Account, hold bot.Hold, log *account.UndoLog) error {
	var answering []bot.Way
	for range account.Rounds {
		ways, _, err := readWays(ctx, a, hold.BotSID, a.Now(), bot.WayKind.Listed)
		if err != nil {
			return err
		}
		if answering = slices.Concat(ways.Answering, ways.Dead); len(answering) == 0 {
			return nil
		}
		for _, way := range answering {
			err := a.EditWay(ctx, way, log, func(ctx context.Context, live bot.Way) (bot.Way, bool, error) {
				routing, err := a.RoutingOfWays(ctx, account.AnyTime)
				if err != nil {
					return live, false, err
				}
				to, changed := silenceWay(routing, live, hold)
				return to, changed, nil
			})
			if err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%s: another client changes these again and again", bot.JoinWays(answering))
}

// silenceWay points a way in by which a bot answers at its hold.
func silenceWay(routing bot.Routing, way bot.Way, hold bot.Hold) (to bot.Way, changed bool) {
	route := routing.Lead(way)
	pointer, ok := way.On(hold)
	if route.BotSID != hold.BotSID || route.SilencedBy != "" || !way.Moves() || !ok {
		return way, false
	}
	way.To = pointer
	return way, true
}

// resumption points ways in at a bot again.
type resumption struct {
	bot      bot.Bot
	webhooks bot.Webhooks // with the URL of the bot
	// silencedBy are the SIDs of the holds that they were pointed at.
	silencedBy []string
	// partly are the kinds of which not all could be read.
	partly []bot.Unread
}

// resumptionOf reads what it takes to point ways in at a bot: a bot hosted elsewhere is
// reached by the URLs that it has now.
func resumptionOf(ctx context.Context, a *account.Account, botSID string) (resumption, error) {
	webhooks, err := a.WebhooksOf(ctx, botSID)
	r := resumption{bot: bot.Bot{SID: botSID}, webhooks: webhooks}
	if err != nil || r.bot.Engine() != bot.Application {
		return r, err
	}
	read, err := a.Host(bot.Application).Read(ctx, botSID)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return r, fmt.Errorf("reading the bot %s: %w", botSID, err)
	}
	if err == nil {
		r.bot = read
	}
	return r, nil
}

// resumeWay points a way in that is pointed at a hold of the bot at the bot.
func (r resumption) resumeWay(routing bot.Routing, way bot.Way) (to bot.Way, changed bool, err error) {
	route := routing.Lead(way)
	if route.BotSID != r.bot.SID || (route.SilencedBy == "" && !route.Gone) || !way.MovesTo(r.bot.Engine()) {
		return way, false, nil
	}
	pointer, ok := way.Off(r.webhooks, r.bot)
	if !ok {
		return way, false, &bot.Problem{
			Kind:     bot.NoURLForWay,
			Summary:  fmt.Sprintf("A %s cannot be pointed at the bot again", way.Kind),
			Detail:   fmt.Sprintf("Bot %s was reached by %s, and has no URL to put there any more. Give it one, or point that elsewhere.", r.bot, way),
			Channels: []bot.Channel{way.Channel},
		}
	}
	way.To = pointer
	return way, true, nil
}

// check refuses to resume a bot that a way in cannot be pointed at again. It reads listings
// begun at the moment or later.
func (r resumption) check(ctx context.Context, a *account.Account, since account.Moment) error {
	all, _, err := a.WaysOf(ctx, since, bot.WayKind.Moves)
	if err != nil {
		return err
	}
	routing, err := a.RoutingOfWays(ctx, since)
	for _, way := range all {
		if err == nil {
			_, _, err = r.resumeWay(routing, way)
		}
	}
	return err
}

// resumeWays points every way in that is pointed at a hold of the bot at the bot, and looks
// again until there is none. Among them are the conversations that began with the hold, by a
// message to an address that it silenced. The first look reads listings begun at the moment
// or later.
func (r *resumption) resumeWays(ctx context.Context, a *account.Account, since account.Moment) error {
	var ways Ways
	for range account.Rounds {
		var err error
		if ways, _, err = readWays(ctx, a, r.bot.SID, since, bot.WayKind.Moves); err != nil {
			return err
		}
		r.partly = slices.DeleteFunc(ways.Unread, func(u bot.Unread) bool { return !errors.As(u.Reason, new(*bot.PartlyReadError)) })
		silent := slices.DeleteFunc(slices.Concat(ways.Silenced, ways.Dead), func(w bot.Way) bool { return !w.MovesTo(r.bot.Engine()) })
		if len(silent) == 0 {
			return nil
		}
		for _, way := range silent {
			if at, ok := a.Webhooks.Parse(way.To.URL); ok {
				r.silencedBy = append(r.silencedBy, at.BotSID)
			}
			err := a.EditWay(ctx, way, nil, func(ctx context.Context, live bot.Way) (bot.Way, bool, error) {
				routing, err := a.RoutingOfWays(ctx, account.AnyTime)
				if err != nil {
					return live, false, err
				}
				return r.resumeWay(routing, live)
			})
			if err != nil {
				return err
			}
		}
		since = a.Now()
	}
	return fmt.Errorf("%s: another client changes these again and again", bot.JoinWays(slices.Concat(ways.Silenced, ways.Dead)))
}

// recorder collects what numbers that are silenced at once held before.
type recorder struct {
	mu    sync.Mutex
	saved SavedSides
}

// add records the sides of a number on which the bot answers: what a hold is set on was
// saved when the hold was set, and what answers for another may hold that one's secrets.
func (r *recorder) add(routing bot.Routing, n bot.Number, botSID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, channel := range bot.Channels() {
		route := routing.Route(n, channel)
		if route.SilencedBy != "" || route.BotSID != botSID {
			continue
		}
		r.saved.With(SavedSides{n.SID: {channel: n.Side(channel)}})
	}
}
