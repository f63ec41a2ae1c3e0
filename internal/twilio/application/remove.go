package application

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Delete deletes an application and waits until it is gone.
func (h Host) Delete(ctx context.Context, sid string) error {
	if err := twilio.CheckSID(sid, "AP"); err != nil {
		return err
	}
	sent := confirm.Write{Object: "application " + sid, Err: h.api(ctx).DeleteApplication(sid, nil)}
	return confirm.Gone(ctx, sent, func(ctx context.Context) (*openapi.ApiV2010Application, error) { return h.fetch(ctx, sid) })
}

// Discard is Delete: Twilio reserves no name of an application.
func (h Host) Discard(ctx context.Context, sid string) error { return h.Delete(ctx, sid) }

// Unmark gives the application its name, in one write: before it the application
// bears its mark, after it nothing tells any more what it replaced.
func (h Host) Unmark(ctx context.Context, sid string, spec bot.Spec) (bot.Bot, error) {
	live, err := h.Read(ctx, sid)
	if err != nil {
		return live, err
	}
	return h.Update(ctx, sid, bot.Spec{UniqueName: live.UniqueName}, bot.Spec{UniqueName: spec.UniqueName})
}

// Successor finds nothing that List does not show: an application has no mark but
// its name.
func (h Host) Successor(ctx context.Context, sid string) (bot.Bot, error) {
	found, err := h.Find(ctx, bot.MarkReplacing(sid))
	if err == nil && len(found) == 0 {
		err = bot.ErrNotFound
	}
	if err != nil {
		return bot.Bot{}, err
	}
	return found[0], nil
}
