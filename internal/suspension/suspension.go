package suspension

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Suspension is a bot that is kept from answering.
type Suspension struct {
	BotSID   string
	HoldSID  string
	Silenced []bot.Number
	// Answering are the numbers on which the bot answers all the same: they were resumed
	// by hand, or pointed at the bot.
	Answering []bot.Number
	// Dead are the numbers that are pointed at a hold of the bot which no longer exists:
	// nothing answers on them, suspended or not.
	Dead []bot.Number
}

// Read reads the suspension of a bot, from listings begun at the moment or later;
// bot.ErrNotFound when the bot is not suspended. A suspension whose hold was deleted by
// hand has no HoldSID, and is read as long as a number is pointed at that hold.
func Read(ctx context.Context, a *account.Account, botSID string, since account.Moment) (Suspension, error) {
	s, _, err := read(ctx, a, botSID, since)
	if err == nil && s.HoldSID == "" && len(s.Dead) == 0 {
		err = fmt.Errorf("bot %s is not suspended: %w", botSID, bot.ErrNotFound)
	}
	return s, err
}

func read(ctx context.Context, a *account.Account, botSID string, since account.Moment) (Suspension, bot.Routing, error) {
	routing, err := a.RoutingWithHolds(ctx, since)
	if err != nil {
		return Suspension{}, routing, err
	}
	s := Suspension{BotSID: botSID, HoldSID: routing.HoldOf(botSID)}
	if s.HoldSID == "" && since == account.AnyTime && !a.KnowsHoldOf(botSID) {
		return s, routing, nil
	}
	numbers, err := a.Numbers(ctx, since)
	if err != nil {
		return s, routing, err
	}
	if routing, err = a.RoutingWithHolds(ctx, since, numbers...); err != nil {
		return s, routing, err
	}
	s.HoldSID = routing.HoldOf(botSID)
	for _, number := range numbers {
		silenced, answering, dead := false, false, false
		for _, channel := range routing.Channels(number, botSID) {
			switch route := routing.Route(number, channel); {
			case route.SilencedBy != "":
				silenced = true
			case route.Gone:
				dead = true
			default:
				answering = true
			}
		}
		if dead {
			s.Dead = append(s.Dead, number)
		}
		if silenced {
			s.Silenced = append(s.Silenced, number)
		}
		if answering {
			s.Answering = append(s.Answering, number)
		}
	}
	return s, routing, nil
}
