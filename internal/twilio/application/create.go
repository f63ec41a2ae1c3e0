package application

import (
	"context"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Create creates an application.
//
// An application has no field for a mark that would tell it from another client's: one
// of the same name is refused. One that replaces a bot bears its mark in place of its
// name until Unmark, and is taken up by it.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	if spec.Replaces != "" {
		spec.UniqueName = bot.MarkReplacing(spec.Replaces)
	}
	before, err := h.Find(ctx, spec.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	before = spec.Strangers(before)
	if len(before) > 0 && spec.Replaces != "" {
		return h.Update(ctx, before[0].SID, bot.Spec{UniqueName: spec.UniqueName, Content: before[0].Content}, spec)
	}
	if len(before) > 0 {
		return bot.Bot{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	params := createParams(spec)
	if engine, _ := bot.EngineOf(spec.Replaces); engine == bot.Application {
		if err := h.carry(ctx, spec.Replaces, params); err != nil {
			return bot.Bot{}, err
		}
	}
	var sid string
	var created bot.Bot
	err = operation.Run(ctx, fmt.Sprintf("the creation of application %q", spec.UniqueName), operation.Step{
		Name: "creating it",
		Cut:  "An application of that name may exist, to which no phone number routes; the next apply finds the name taken.",
		Do: func(ctx context.Context) (err error) {
			created, err = confirm.CreateAgain(ctx, func(ctx context.Context) (bot.Bot, error) {
				answer, err := h.api(ctx).CreateApplication(params)
				if err != nil {
					return h.findCreated(ctx, spec, err)
				}
				sid = twilio.Value(answer.Sid)
				return h.readBack(ctx, confirm.Write{Object: fmt.Sprintf("application %q (%s)", spec.UniqueName, sid)}, answer, sid, spec)
			})
			return err
		},
		Undo: func(ctx context.Context) error {
			if sid == "" {
				return nil
			}
			return h.Delete(ctx, sid)
		},
	})
	return created, err
}

func createParams(spec bot.Spec) *openapi.CreateApplicationParams {
	want := webhooks(spec)
	params := &openapi.CreateApplicationParams{FriendlyName: &spec.UniqueName}
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
	return params
}

// carry takes over what the replaced application has beside what the provider
// manages.
func (h Host) carry(ctx context.Context, sid string, params *openapi.CreateApplicationParams) error {
	old, err := h.fetch(ctx, sid)
	if err != nil {
		return fmt.Errorf("reading the replaced application %s: %w", sid, err)
	}
	params.SmsFallbackMethod, params.VoiceFallbackMethod = old.SmsFallbackMethod, old.VoiceFallbackMethod
	params.SmsStatusCallback, params.MessageStatusCallback = old.SmsStatusCallback, old.MessageStatusCallback
	params.StatusCallbackMethod, params.VoiceCallerIdLookup = old.StatusCallbackMethod, old.VoiceCallerIdLookup
	params.PublicApplicationConnectEnabled = old.PublicApplicationConnectEnabled
	return nil
}

// findCreated looks for the application whose creation was not answered. No application
// of the name existed before, so the one that has all that was sent is it; any other is
// another client's.
func (h Host) findCreated(ctx context.Context, spec bot.Spec, sent error) (bot.Bot, error) {
	write := confirm.Write{Object: fmt.Sprintf("application %q", spec.UniqueName), Verb: "created", Err: sent}
	return confirm.Read(ctx, write, func(ctx context.Context) (bot.Bot, error) {
		found, err := h.Find(ctx, spec.UniqueName)
		found = spec.Strangers(found)
		switch {
		case err != nil:
			return bot.Bot{}, err
		case len(found) == 0:
			return bot.Bot{}, confirm.Stale("no application is named %q", spec.UniqueName)
		case len(found) > 1 || differs(found[0], spec) != "":
			return bot.Bot{}, fmt.Errorf("%s exists: %w", found[0], bot.ErrNameTaken)
		default:
			return found[0], nil
		}
	})
}
