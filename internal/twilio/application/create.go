package application

import (
	"context"
	"errors"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Create makes an application.
//
// It is one write: cut off before it there is nothing; after it there is an
// application of that name which no state knows, and which the next Create
// refuses as a name that is taken, with the way to import it: an application has
// no field for a mark that would tell it from somebody else's. One that replaces a
// bot bears its mark in place of its name until Unmark, and is taken up by it.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	if spec.Replaces != "" {
		spec.UniqueName = bot.MarkReplacing(spec.Replaces)
	}
	before, err := h.Find(ctx, spec.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	if len(before) > 0 && spec.Replaces != "" {
		return h.Update(ctx, before[0].SID, bot.Spec{UniqueName: spec.UniqueName, Content: before[0].Content}, spec)
	}
	if len(before) > 0 {
		return bot.Bot{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	want := webhooks(spec)
	params := &openapi.CreateApplicationParams{FriendlyName: &spec.UniqueName}
	if engine, _ := bot.EngineOf(spec.Replaces); engine == bot.Application {
		if err := h.carry(ctx, spec.Replaces, params); err != nil {
			return bot.Bot{}, err
		}
	}
	for _, each := range []struct {
		param **string
		value string
	}{
		{&params.SmsUrl, want.MessagingURL}, {&params.SmsMethod, want.MessagingMethod},
		{&params.SmsFallbackUrl, want.MessagingFallbackURL},
		{&params.VoiceUrl, want.VoiceURL}, {&params.VoiceMethod, want.VoiceMethod},
		{&params.VoiceFallbackUrl, want.VoiceFallbackURL},
		{&params.StatusCallback, want.StatusCallbackURL},
	} {
		if each.value != "" {
			*each.param = &each.value
		}
	}
	answer, err := h.api(ctx).CreateApplication(params)
	var sid string
	var written bot.Bot
	switch {
	case errors.Is(err, bot.ErrUncertain):
		if sid, err = h.lost(ctx, spec, err); err != nil {
			return bot.Bot{}, err
		}
	case err != nil:
		return bot.Bot{}, err
	default:
		written = read(answer)
		sid = written.SID
	}
	return h.readBack(ctx, sid, written, spec)
}

// carry takes over what the replaced application has beside what the provider
// manages.
func (h Host) carry(ctx context.Context, sid string, params *openapi.CreateApplicationParams) error {
	old, err := h.api(ctx).FetchApplication(sid, nil)
	if err != nil {
		return fmt.Errorf("reading the application %s that is to be replaced: %w", sid, err)
	}
	params.SmsFallbackMethod, params.VoiceFallbackMethod = old.SmsFallbackMethod, old.VoiceFallbackMethod
	params.SmsStatusCallback, params.MessageStatusCallback = old.SmsStatusCallback, old.MessageStatusCallback
	params.StatusCallbackMethod, params.VoiceCallerIdLookup = old.StatusCallbackMethod, old.VoiceCallerIdLookup
	params.PublicApplicationConnectEnabled = old.PublicApplicationConnectEnabled
	return nil
}

// lost looks for the application whose create was never answered. None of the name
// was there before, so one that is there now is the one that was sent.
func (h Host) lost(ctx context.Context, spec bot.Spec, cause error) (string, error) {
	found, err := bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) ([]bot.Bot, error) {
		found, err := h.Find(ctx, spec.UniqueName)
		if err == nil && len(found) == 0 {
			err = bot.Stale("no application is named %q", spec.UniqueName)
		}
		return found, err
	})
	switch {
	case err == nil && len(found) == 1 && matches(found[0], spec):
		return found[0].SID, nil
	case err == nil:
		return "", fmt.Errorf("the answer to the create was lost, and an application named %q that this apply did not describe is there now (%s): %w",
			spec.UniqueName, found[0].SID, bot.ErrNameTaken)
	case bot.IsStale(err):
		return "", &bot.Problem{
			Summary: "A write was lost",
			Detail:  fmt.Sprintf("The answer to creating the application %q never came, and no such application is there. Apply again.", spec.UniqueName),
			Cause:   cause,
		}
	default:
		return "", fmt.Errorf("the answer to creating the application %q was lost, and looking for it failed; apply again: %w", spec.UniqueName, err)
	}
}
