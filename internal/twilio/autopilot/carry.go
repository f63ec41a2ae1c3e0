package autopilot

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// carry gives an assistant what the one it replaces has beside its content: its
// development stage, its callbacks and its webhooks. What it has already is left as it
// is, so that it can be done again.
func (h Host) carry(ctx context.Context, from, to string) error {
	if engine, _ := bot.EngineOf(from); engine != bot.Autopilot {
		return nil
	}
	old, err := h.assistant(ctx, from)
	if err != nil {
		return fmt.Errorf("reading the replaced assistant %s: %w", from, err)
	}
	now, err := h.assistant(ctx, to)
	if err != nil {
		return err
	}
	form := url.Values{}
	for _, each := range []struct{ param, old, now string }{
		{"DevelopmentStage", old.DevelopmentStage, now.DevelopmentStage},
		{"CallbackUrl", old.CallbackURL, now.CallbackURL},
		{"CallbackEvents", old.CallbackEvents, now.CallbackEvents},
	} {
		if each.old != each.now {
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
	existing, err := list[webhook](ctx, h.api, "webhooks", "Assistants", to, "Webhooks")
	if err != nil {
		return err
	}
	for _, w := range slices.Backward(wanted) { // oldest first
		if slices.ContainsFunc(existing, func(other webhook) bool { return other.UniqueName == w.UniqueName }) {
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
