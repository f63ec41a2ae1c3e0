package autopilot

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// carry gives an assistant what the one it replaces has beside its content: its
// development stage, its callbacks and its webhooks. What is there already is left,
// so it can be done again.
func (h Host) carry(ctx context.Context, from, to string) error {
	if engine, _ := bot.EngineOf(from); engine != bot.Autopilot {
		return nil
	}
	old, err := h.assistant(ctx, from)
	if err != nil {
		return fmt.Errorf("reading the assistant %s that is to be replaced: %w", from, err)
	}
	made, err := h.assistant(ctx, to)
	if err != nil {
		return err
	}
	form := url.Values{}
	for _, each := range []struct{ param, old, made string }{
		{"DevelopmentStage", old.DevelopmentStage, made.DevelopmentStage},
		{"CallbackUrl", old.CallbackURL, made.CallbackURL},
		{"CallbackEvents", old.CallbackEvents, made.CallbackEvents},
	} {
		if each.old != each.made {
			form.Set(each.param, each.old)
		}
	}
	if len(form) > 0 {
		if err := h.post(ctx, form, nil, "Assistants", to); err != nil {
			return fmt.Errorf("carrying over the settings of assistant %s: %w", from, err)
		}
	}
	return h.carryWebhooks(ctx, from, to)
}

func (h Host) carryWebhooks(ctx context.Context, from, to string) error {
	wanted, err := list[webhook](ctx, h.api, "webhooks", "Assistants", from, "Webhooks")
	if err != nil {
		return err
	}
	there, err := list[webhook](ctx, h.api, "webhooks", "Assistants", to, "Webhooks")
	if err != nil {
		return err
	}
	for _, w := range slices.Backward(wanted) { // oldest first
		if slices.ContainsFunc(there, func(other webhook) bool { return other.UniqueName == w.UniqueName }) {
			continue
		}
		form := url.Values{"UniqueName": {w.UniqueName}, "Events": {w.Events}, "WebhookUrl": {w.WebhookURL}}
		if w.WebhookMethod != "" {
			form.Set("WebhookMethod", w.WebhookMethod)
		}
		if err := h.post(ctx, form, nil, "Assistants", to, "Webhooks"); err != nil {
			return fmt.Errorf("carrying over the webhook %q of assistant %s: %w", w.UniqueName, from, err)
		}
	}
	return nil
}
