package application

import (
	"context"
	"errors"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Create makes an application.
//
// An application has no field for a mark that would tell it from somebody else's:
// one of the name is refused. One that replaces a bot bears its mark in place of its
// name until Unmark, and is taken up by it.
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
	var sid string
	var written, made bot.Bot
	err = operation.Run(ctx, fmt.Sprintf("making the application %q", spec.UniqueName), []operation.Step{{
		Name: "writing it",
		Cut:  "An application of that name may be there, on which no phone number answers; the next apply refuses the name and prints the import for it.",
		Do: func(ctx context.Context) error {
			answer, err := h.api(ctx).CreateApplication(params)
			switch {
			case errors.Is(err, bot.ErrUncertain):
				sid, err = h.lost(ctx, spec, err)
				return err
			case err != nil:
				return err
			}
			written = read(answer)
			sid = written.SID
			return nil
		},
		Undo: func(ctx context.Context) error {
			if sid == "" {
				return nil
			}
			return h.Delete(ctx, sid)
		},
	}, {
		Name: "reading it back",
		Cut:  "An application of that name is there, on which no phone number answers; the next apply refuses the name and prints the import for it.",
		Do: func(ctx context.Context) error {
			made, err = h.readBack(ctx, sid, written, spec)
			return err
		},
	}}...)
	return made, err
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
	found, err := confirm.Settle(ctx, func(ctx context.Context) ([]bot.Bot, error) {
		found, err := h.Find(ctx, spec.UniqueName)
		if err == nil && len(found) == 0 {
			err = confirm.Stale("no application is named %q", spec.UniqueName)
		}
		return found, err
	})
	switch {
	case err == nil && len(found) == 1 && matches(found[0], spec):
		return found[0].SID, nil
	case err == nil:
		return "", fmt.Errorf("the answer to the create was lost, and an application named %q that this apply did not describe is there now (%s): %w",
			spec.UniqueName, found[0].SID, bot.ErrNameTaken)
	case confirm.IsStale(err):
		return "", &bot.Problem{
			Summary: "A write was lost",
			Detail:  fmt.Sprintf("Twilio did not confirm that it made the application %q, and no such application is there. Apply again.", spec.UniqueName),
			Cause:   cause,
		}
	default:
		return "", fmt.Errorf("the answer to creating the application %q was lost, and looking for it failed; apply again: %w", spec.UniqueName, err)
	}
}
