package application

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

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
