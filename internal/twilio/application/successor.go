package application

import (
	"context"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

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
