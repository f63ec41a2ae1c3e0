package autopilot

import (
	"context"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

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
			b := summaryOf(row)
			b.Replaces = sid
			return b, nil
		}
	}
	return bot.Bot{}, bot.ErrNotFound
}
