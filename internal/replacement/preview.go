package replacement

import (
	"context"
	"errors"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Preview is what a replacement will touch, as far as it is known before.
type Preview struct {
	Bot bot.Bot
	account.Routes
	Activity bot.Activity
	// Callers are flows that run the bot as a subflow.
	Callers []bot.Bot
}

// Look reads what a replacement of a bot will touch; bot.ErrNotFound when neither the bot
// nor one that an unfinished replacement put in its place exists.
func Look(ctx context.Context, a *account.Account, sid string) (Preview, error) {
	live, err := a.ReadBot(ctx, sid, true)
	if errors.Is(err, bot.ErrNotFound) {
		// An apply that was cut off may have put another in its place already.
		current, _, lookErr := a.Unfinished(ctx, sid, "")
		if lookErr != nil {
			return Preview{}, err
		}
		sid = current
		live, err = a.ReadBot(ctx, sid, true)
	}
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Bot: live}
	if p.Routes, err = a.RoutesTo(ctx, sid, a.Now()); err != nil {
		return p, err
	}
	if live.Engine() != bot.Studio {
		return p, nil
	}
	if p.Activity, err = a.Activity(ctx, sid); err != nil {
		return p, err
	}
	p.Callers, err = callers(ctx, a, sid)
	return p, err
}

// callers looks for flows that run a bot as a subflow. A flow that cannot be read says
// nothing of it.
func callers(ctx context.Context, a *account.Account, sid string) ([]bot.Bot, error) {
	flows, err := a.BotsOf(ctx, bot.Studio, account.AnyTime)
	if err != nil {
		return nil, err
	}
	var calling []bot.Bot
	for _, each := range flows.Bots {
		if each.SID == sid {
			continue
		}
		other, err := a.Host(bot.Studio).Read(ctx, each.SID)
		if err == nil && other.Content.Flow != nil && other.Content.Flow.Names(sid) {
			calling = append(calling, other)
		}
	}
	return calling, nil
}
