package studio

import (
	"context"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Delete deletes a flow and waits until it is gone.
func (h Host) Delete(ctx context.Context, sid string) error {
	if err := twilio.CheckSID(sid, "FW"); err != nil {
		return err
	}
	sent := confirm.Write{Object: "flow " + sid, Err: h.api(ctx).DeleteFlow(sid)}
	return confirm.Gone(ctx, sent, func(ctx context.Context) (revision, error) {
		latest, _, err := h.revisions(ctx, sid)
		return latest, err
	})
}

// Discard is Delete: Twilio reserves no name of a flow.
func (h Host) Discard(ctx context.Context, sid string) error { return h.Delete(ctx, sid) }
