package autopilot

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Delete deletes an assistant. Twilio does not say whether one with content may be
// deleted, so that is tried first, which keeps the content for a restore; where it
// is refused, the content goes first. Cut off in between, the assistant exists
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
	sent := confirm.Write{Object: "assistant " + sid, Err: err}
	return confirm.Gone(ctx, sent, func(ctx context.Context) (assistant, error) { return h.assistant(ctx, sid) })
}

// Discard deletes an assistant that another replaced. Twilio keeps the name of a
// deleted one reserved, so it is renamed first. Cut off in between, the assistant
// exists under the name it was given for that, and the next Discard goes on.
func (h Host) Discard(ctx context.Context, sid string) error {
	return operation.Run(ctx, "the deletion of assistant "+sid, operation.Step{
		Name: "freeing its name",
		Do: func(ctx context.Context) error {
			found, err := h.assistant(ctx, sid)
			if errors.Is(err, bot.ErrNotFound) {
				return nil
			}
			if err != nil || found.UniqueName == bot.MarkAside(sid) {
				return err
			}
			_, err = h.rename(ctx, sid, url.Values{"UniqueName": {bot.MarkAside(sid)}})
			return err
		},
	}, operation.Step{
		Name: "deleting it",
		Do:   func(ctx context.Context) error { return h.Delete(ctx, sid) },
	})
}

// refused reports whether Twilio refused to delete what still has content.
func refused(err error) bool {
	var answer *twilio.Error
	return errors.As(err, &answer) && (answer.HTTPStatus == http.StatusBadRequest || answer.HTTPStatus == http.StatusConflict)
}

// empty deletes everything in an assistant, from the leaves up.
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
