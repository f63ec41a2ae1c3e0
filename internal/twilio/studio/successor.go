package studio

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Unmark writes nothing: the mark is the commit message of a revision, which never
// changes, and says nothing any more once the old bot is gone.
func (h Host) Unmark(ctx context.Context, sid string, _ bot.Spec) (bot.Bot, error) {
	return h.Read(ctx, sid)
}

// Successor looks at the first revision of each flow: a later one hides its commit
// message from List.
func (h Host) Successor(ctx context.Context, sid string) (bot.Bot, error) {
	all, err := h.List(ctx)
	if err != nil {
		return bot.Bot{}, err
	}
	for _, b := range all.Bots {
		if b.Revision == 1 {
			continue // List showed its mark
		}
		var first revision
		err := h.client.Do(ctx, http.MethodGet, flows+"/"+b.SID+"/Revisions/1", nil, &first)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return bot.Bot{}, fmt.Errorf("looking for a flow that replaced bot %s: %w", sid, err)
		}
		if summaryOf(first).Replaces == sid {
			b.Replaces = sid
			return b, nil
		}
	}
	return bot.Bot{}, bot.ErrNotFound
}
