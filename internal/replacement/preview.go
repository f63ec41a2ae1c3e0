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
	// ActivityUnread says why the credentials may not read what is in progress; nil where
	// they may.
	ActivityUnread error
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
	p.Activity, err = a.Activity(ctx, sid)
	if errors.Is(err, bot.ErrForbidden) {
		p.ActivityUnread, err = err, nil
	}
	return p, err
}
