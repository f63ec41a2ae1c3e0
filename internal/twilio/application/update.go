package application

import (
	"context"
	"errors"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Update writes the fields that differ, in one write: cut off before it the
// application is as it was, after it as wanted, and the next plan sees either.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (live bot.Bot, err error) {
	err = confirm.Again(ctx, func(ctx context.Context) (err error) {
		live, err = h.update(ctx, sid, from, to)
		return err
	}, nil) // each reads it, and refuses what is neither as it was nor as wanted
	return live, err
}

func (h Host) update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	live, err := h.Read(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	params, err := changes(live, from, to)
	if err != nil || params == nil {
		return live, err
	}
	answer, err := h.api(ctx).UpdateApplication(sid, params)
	return h.readBack(ctx, confirm.Write{Object: "application " + live.String(), Err: err}, answer, sid, to)
}

// changes is what must be written; nil where nothing differs, and an error where a field
// has neither the value the plan was made for nor the one that is wanted.
func changes(live bot.Bot, from, to bot.Spec) (*openapi.UpdateApplicationParams, error) {
	params, empty := &openapi.UpdateApplicationParams{}, true
	planned, want := fieldsOf(from, live), fieldsOf(to, live)
	for i, has := range fields(live.UniqueName, *live.Content.Webhooks) {
		if has.value == want[i].value {
			continue
		}
		if has.value != planned[i].value {
			// Its value may hold a secret.
			return nil, confirm.ChangedSincePlan(fmt.Sprintf("The %s of application %s now has another value", has.name, live))
		}
		has.set(params, want[i].value)
		empty = false
	}
	if empty {
		return nil, nil
	}
	return params, nil
}

// readBack reads until the application is as it was written. The answer to the write, nil
// where it was lost, tells an old read from a later write of another client.
func (h Host) readBack(ctx context.Context, sent confirm.Write, answer *openapi.ApiV2010Application, sid string, spec bot.Spec) (bot.Bot, error) {
	var written bot.Bot
	if sent.Err == nil {
		written = botOf(answer)
	}
	look := func(ctx context.Context) (bot.Bot, error) {
		live, err := h.Read(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return live, confirm.Stale("application %s does not exist yet", sid)
		case err != nil:
			return live, err
		}
		other := differs(live, spec)
		switch {
		case other == "":
			return live, nil
		case sent.Err == nil && live.DateUpdated.After(written.DateUpdated):
			return live, confirm.Changed("its %s has another value", other)
		default:
			return live, confirm.Stale("its %s has another value", other)
		}
	}
	if sent.Err == nil && differs(written, spec) == "" {
		return confirm.ReadOr(ctx, sent, written, look)
	}
	return confirm.Read(ctx, sent, look)
}
