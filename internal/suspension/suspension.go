package suspension

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Suspension is a bot that is kept from answering.
type Suspension struct {
	BotSID   string
	HoldSID  string // of the application that marks it
	FlowSID  string // of the hold flow; empty where the application stands alone
	Silenced []bot.Number
	// Answering are the numbers on which the bot answers all the same: they were resumed
	// by hand, or pointed at the bot.
	Answering []bot.Number
	// Dead are the numbers that are pointed at a hold of the bot which no longer exists:
	// nothing answers on them, suspended or not.
	Dead []bot.Number

	// What ReadWhole reads beside.
	Ways   Ways
	Notice string // what the hold says to people; empty where it says nothing
	// Unread reports whether the notice could not be read, for want of rights.
	Unread bool
	// Wrong says in what the hold is not as suspending the bot makes it; empty where it is.
	Wrong string
}

// ReadWhole is Read with the ways in beside the numbers, and the hold flow. A suspension
// whose hold was deleted by hand is read as long as anything is pointed at that hold.
func ReadWhole(ctx context.Context, a *account.Account, botSID string, since account.Moment) (Suspension, error) {
	s, _, err := read(ctx, a, botSID, since)
	if err != nil {
		return s, err
	}
	if s.HoldSID != "" || a.KnowsHoldOf(botSID) {
		if s.Ways, s.FlowSID, err = readWays(ctx, a, botSID, since, bot.WayKind.Listed); err != nil {
			return s, err
		}
	}
	if s.HoldSID == "" && len(s.Dead)+len(s.Ways.Dead)+len(s.Ways.Silenced) == 0 {
		return s, fmt.Errorf("bot %s is not suspended: %w", botSID, bot.ErrNotFound)
	}
	return s, s.readFlow(ctx, a)
}

// readFlow reads what the hold says.
func (s *Suspension) readFlow(ctx context.Context, a *account.Account) error {
	s.Unread = s.HoldSID != "" && a.NoHoldFlows(ctx) != nil
	switch {
	case s.HoldSID == "":
		s.Wrong = "it no longer exists"
		return nil
	case s.Unread:
		return nil
	case s.FlowSID == "":
		s.Wrong = "it has no flow of its own that answers"
		return nil
	}
	flow, err := a.ReadHoldFlow(ctx, s.FlowSID)
	switch {
	case errors.Is(err, bot.ErrForbidden):
		s.Unread = true
		return nil
	case errors.Is(err, bot.ErrNotFound):
		s.Wrong = fmt.Sprintf("its flow %s no longer exists", s.FlowSID)
		return nil
	case err != nil:
		return fmt.Errorf("reading %s: %w", bot.Hold{FlowSID: s.FlowSID, BotSID: s.BotSID}, err)
	case flow.BotSID != s.BotSID:
		s.Wrong = fmt.Sprintf("its flow %s is named as that of bot %s", s.FlowSID, flow.BotSID)
	case flow.Edited:
		s.Wrong = fmt.Sprintf("its flow %s was edited", s.FlowSID)
	}
	s.Notice = flow.Notice
	return nil
}

// Read reads the suspension of a bot on its phone numbers, from listings begun at the moment
// or later; bot.ErrNotFound when the bot is not suspended. A suspension whose hold was
// deleted by hand has no HoldSID, and is read as long as a number is pointed at that hold.
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
	s := Suspension{BotSID: botSID, HoldSID: routing.HoldOf(botSID).SID}
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
	s.HoldSID = routing.HoldOf(botSID).SID
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
