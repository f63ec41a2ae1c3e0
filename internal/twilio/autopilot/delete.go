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
	sent := confirm.Write{Object: "assistant " + sid, Err: err}
	return confirm.Gone(ctx, sent, func(ctx context.Context) (bot.Bot, error) { return h.Get(ctx, sid) })
}

// Discard removes an assistant that another replaced. Twilio keeps the name of a
// deleted one reserved, so it is put aside first. Cut off in between, the assistant
// is there under the name it was put aside with, and the next Discard goes on.
func (h Host) Discard(ctx context.Context, sid string) error {
	return operation.Run(ctx, "the removal of assistant "+sid, []operation.Step{{
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
	}, {
		Name: "deleting it",
		Do:   func(ctx context.Context) error { return h.Delete(ctx, sid) },
	}}...)
}

// Unmark gives the assistant its friendly name, in one write: before it the name
// bears the mark, after it the name of the model build tells what was replaced.
func (h Host) Unmark(ctx context.Context, sid string, spec bot.Spec) (bot.Bot, error) {
	if _, err := h.rename(ctx, sid, url.Values{"FriendlyName": {spec.FriendlyName}}); err != nil {
		return bot.Bot{}, err
	}
	return h.Get(ctx, sid)
}

// Successor looks at the model builds of each assistant, whose names outlast the
// mark.
func (h Host) Successor(ctx context.Context, sid string) (bot.Bot, error) {
	rows, err := list[assistant](ctx, h.api, "assistants", "Assistants")
	if err != nil {
		return bot.Bot{}, err
	}
	for _, row := range rows {
		builds, err := list[modelBuild](ctx, h.api, "model_builds", "Assistants", row.SID, "ModelBuilds")
		if err != nil {
			return bot.Bot{}, err
		}
		if named(builds, bot.MarkBuild(sid)) {
			b := summary(row)
			b.Replaces = sid
			return b, nil
		}
	}
	return bot.Bot{}, bot.ErrNotFound
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
