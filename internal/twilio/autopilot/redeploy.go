package autopilot

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Redeploy builds the assistant's model again, and waits for it. A build that runs already
// is waited for first. Cut off at any call, the assistant answers by its last completed
// build.
func (h Host) Redeploy(ctx context.Context, sid string) (bot.Bot, error) {
	found, err := h.Get(ctx, sid)
	if err != nil {
		return found, err
	}
	if found.Uploading || found.Replaces != "" {
		return found, &bot.Problem{
			Summary: "The bot is not whole yet",
			Detail:  fmt.Sprintf("The upload of assistant %s was cut off, so no model was built. Apply again, which finishes it or undoes it.", found),
		}
	}
	if err := h.train(ctx, sid, true, ""); err != nil {
		return found, err
	}
	return h.Get(ctx, sid)
}
