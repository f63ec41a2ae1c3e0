package bot

import (
	"context"
	"errors"
	"fmt"
)

// Free takes a bot off the channels of a number, unless another binding of this
// run has claimed them. A channel that answers for somebody else by now is left
// as it is, which the notices say. label is the friendly name that goes with the
// bot: where the number bears it and nothing answers any more, it becomes "free".
//
// It is one write: cut off before it the number still answers for the bot, and
// freeing it again finishes; after it, there is nothing left to do.
func (d *Directory) Free(ctx context.Context, numberSID, botSID string, channels []Channel, label string) ([]Notice, error) {
	return d.free(ctx, Held{numberSID, botSID, channels, label}, &moved{})
}

func (d *Directory) free(ctx context.Context, had Held, done *moved) ([]Notice, error) {
	numberSID, botSID, label := had.NumberSID, had.BotSID, had.Label
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return nil, err
	}
	defer unlock()

	number, err := d.NumberNow(ctx, numberSID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the phone number %s: %w", numberSID, err)
	}
	routing, err := d.Routing(ctx, number)
	if err != nil {
		return nil, err
	}
	var change NumberChange
	var notices []Notice
	for _, channel := range had.Channels {
		route := routing.Route(number, channel)
		switch {
		case d.claims.has(numberSID, channel), route.Kind == ToNothing:
			continue
		case !d.was(route.BotSID, botSID):
			notices = append(notices, Notice{
				Summary: "A phone number was left as it is",
				Detail: fmt.Sprintf("%s of %s answers with %s by now, no longer for bot %s, so it was not freed.",
					channel, number, d.describe(ctx, route), botSID),
			})
			continue
		}
		side, to := number.Side(channel), change.Side(channel)
		if side.ApplicationSID != "" {
			to.ApplicationSID = new(string)
		}
		// Behind the inert application of a suspended bot stands its URL, which would
		// come to life with the application gone; somebody else's is theirs.
		if webhook, ok := d.Webhooks.Parse(side.URL); ok && d.was(webhook.BotSID, botSID) {
			notices = append(notices, clearURL(number, channel, side, to)...)
		}
	}
	if change.Empty() {
		return notices, nil
	}
	if label != "" && number.FriendlyName == label && d.silent(change.Apply(number)) {
		free := FreeLabel
		change.FriendlyName = &free
	}
	return notices, d.writeAndRemember(ctx, number, change, done)
}

func (d *Directory) silent(n Number) bool {
	return n.Route(Messaging, d.Webhooks).Kind == ToNothing && n.Route(Voice, d.Webhooks).Kind == ToNothing
}
