package autopilot

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Delete removes an assistant. Twilio does not say whether one with content may be
// removed, so that is tried first, which keeps the content for a restore; where it
// is refused, the content goes first. Cut off in between, the assistant is there
// with less content, and the next Delete finishes.
func (h Host) Delete(ctx context.Context, sid string) error {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return err
	}
	err := h.delete(ctx, "Assistants", sid)
	if refused(err) {
		if err = h.empty(ctx, sid); err == nil {
			err = h.delete(ctx, "Assistants", sid)
		}
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	return twilio.Gone(ctx, sid, h.Get)
}

func refused(err error) bool {
	var answer *twilio.Error
	return errors.As(err, &answer) && (answer.HTTPStatus == http.StatusBadRequest || answer.HTTPStatus == http.StatusConflict)
}

// empty takes everything out of an assistant, from the leaves up.
func (h Host) empty(ctx context.Context, sid string) error {
	l, err := h.read(ctx, sid)
	if err != nil {
		return err
	}
	changes := schema.Diff(l.schema, &schema.Schema{})
	if err := (writer{h.api, sid, l, changes}).write(ctx); err != nil {
		return err
	}
	builds, err := list[modelBuild](ctx, h.api, "model_builds", "Assistants", sid, "ModelBuilds")
	if err != nil {
		return err
	}
	for _, build := range slices.Backward(builds) { // oldest first, as Twilio's own tools do
		if err := h.delete(ctx, "Assistants", sid, "ModelBuilds", build.SID); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
	}
	return nil
}
