package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// restore brings a deleted assistant back and marks it. Cut off between the two, it
// exists under the name it had, and the next Create that restores it marks it.
func (h Host) restore(ctx context.Context, spec bot.Spec) (assistant, error) {
	found, err := h.assistant(ctx, spec.RestoreSID)
	if errors.Is(err, bot.ErrNotFound) {
		found, err = h.undelete(ctx, spec.RestoreSID)
	}
	if err != nil {
		return found, err
	}
	return h.rename(ctx, found.SID, url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName, spec.Replaces)}})
}

func (h Host) undelete(ctx context.Context, sid string) (assistant, error) {
	err := h.post(ctx, url.Values{"Assistant": {sid}}, nil, "Assistants", "Restore")
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return assistant{}, &bot.Problem{
			Kind:    bot.NotRestorable,
			Summary: "The assistant cannot be restored",
			Detail:  fmt.Sprintf("Twilio has no deleted assistant %s to restore: it keeps them for 30 days.", sid),
			Cause:   err,
			Bots:    []bot.Bot{{SID: sid}},
		}
	case err != nil && !errors.Is(err, bot.ErrUncertain):
		return assistant{}, fmt.Errorf("restoring assistant %s: %w", sid, err)
	}
	return confirm.Read(ctx, confirm.Write{Object: "assistant " + sid, Verb: "restored", Err: err}, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, sid)
		if errors.Is(err, bot.ErrNotFound) {
			err = confirm.Stale("it does not exist yet")
		}
		return found, err
	})
}
