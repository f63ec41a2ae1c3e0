package application

import (
	"context"
	"errors"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// A hold is an application whose URLs are those of its hold flow, or that has none where
// flows are out of reach. Its name is the mark that says which bot it suspends.

// FindHolds gives the holds of a bot.
func (h Host) FindHolds(ctx context.Context, botSID string) ([]bot.Hold, error) {
	name := bot.MarkSuspended(botSID)
	listed, err := h.list(ctx, openapi.ListApplicationParams{FriendlyName: &name})
	var found []bot.Hold
	for _, hold := range listed.Holds {
		// What the filter compares is not documented, so it is compared again.
		if hold.BotSID == botSID {
			found = append(found, hold)
		}
	}
	return found, err
}

// CreateHold creates the hold of a bot, in one write: cut off before it the bot is not
// suspended, after it the hold exists, silences nothing yet, and is found by its name.
func (h Host) CreateHold(ctx context.Context, hold bot.Hold) (bot.Hold, error) {
	before, err := h.FindHolds(ctx, hold.BotSID)
	if err != nil {
		return bot.Hold{}, err
	}
	if len(before) > 0 {
		return bot.Hold{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (bot.Hold, error) { return h.createHold(ctx, hold) })
}

func (h Host) createHold(ctx context.Context, hold bot.Hold) (bot.Hold, error) {
	name := bot.MarkSuspended(hold.BotSID)
	params := &openapi.CreateApplicationParams{FriendlyName: &name}
	if hold.FlowSID != "" {
		params.SmsUrl, params.VoiceUrl = &hold.FlowURL, &hold.FlowURL
	}
	answer, err := h.api(ctx).CreateApplication(params)
	if err != nil {
		return confirm.Read(ctx, confirm.Write{Object: "the hold of bot " + hold.BotSID, Verb: "created", Err: err}, func(ctx context.Context) (bot.Hold, error) {
			found, err := h.FindHolds(ctx, hold.BotSID)
			switch {
			case err != nil:
				return bot.Hold{}, err
			case len(found) == 0:
				return bot.Hold{}, confirm.Stale("no application is named %q", name)
			default:
				return found[0], nil
			}
		})
	}
	hold.SID = twilio.Value(answer.Sid)
	return h.readHold(ctx, hold, nil)
}

// WriteHold makes an application the hold that is given, in one write: cut off before it
// everything that the hold silences is silenced as before, after it for the bot and by the
// flow that are given.
func (h Host) WriteHold(ctx context.Context, hold bot.Hold) error {
	if err := twilio.CheckSID(hold.SID, "AP"); err != nil {
		return err
	}
	name := bot.MarkSuspended(hold.BotSID)
	return confirm.Again(ctx, func(ctx context.Context) error {
		_, err := h.api(ctx).UpdateApplication(hold.SID, &openapi.UpdateApplicationParams{
			FriendlyName: &name, SmsUrl: &hold.FlowURL, VoiceUrl: &hold.FlowURL,
		})
		_, err = h.readHold(ctx, hold, err)
		return err
	}, nil) // nobody but the suspension has a say in what a hold is
}

// readHold reads until a hold is as it was written; sent is the error of the write.
func (h Host) readHold(ctx context.Context, want bot.Hold, sent error) (bot.Hold, error) {
	return confirm.Read(ctx, confirm.Write{Object: want.String(), Err: sent}, func(ctx context.Context) (bot.Hold, error) {
		row, err := h.fetch(ctx, want.SID)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.Hold{}, confirm.Stale("application %s does not exist yet", want.SID)
		}
		if err != nil {
			return bot.Hold{}, err
		}
		if hold, ok := holdOf(row); ok && hold == want {
			return hold, nil
		}
		return bot.Hold{}, confirm.Stale("application %s is named %q, or has other URLs", want.SID, twilio.Value(row.FriendlyName))
	})
}

// DeleteHold deletes a hold and waits until it is gone.
func (h Host) DeleteHold(ctx context.Context, sid string) error { return h.Delete(ctx, sid) }
