package autopilot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// rounds is how often what a lost answer left open is looked at and finished.
const rounds = 4

// writeContent makes the assistant's content what is wanted, and reads it back. from is
// what the plan was made for, nil where the plan knew nothing of the content: what another
// client changed since is not overwritten. changed reports whether what a model is built
// from was written.
func (h Host) writeContent(ctx context.Context, sid string, want, from *schema.Schema) (l *live, changed bool, err error) {
	if l, err = h.read(ctx, sid); err != nil {
		return nil, false, err
	}
	object := "the content of assistant " + summaryOf(l.assistant).String()
	if others := changedSince(l.schema, from, want); len(others) > 0 {
		return nil, false, confirm.ChangedSincePlan(fmt.Sprintf("Assistant %s now has other content in %s", summaryOf(l.assistant), strings.Join(others, "; ")))
	}
	var sent confirm.Write
	for range rounds {
		left := schema.Diff(l.schema, want)
		if left.Empty() {
			return l, changed, nil
		}
		changed = changed || left.NeedsModelBuild()
		sent = confirm.Write{Object: object, Err: writer{h.api, sid, l, left}.write(ctx)}
		lost := errors.Is(sent.Err, bot.ErrUncertain)
		if lost && ctx.Err() != nil {
			return nil, changed, sent.Err
		}
		l, err = confirm.Read(ctx, sent, func(ctx context.Context) (*live, error) {
			now, err := h.read(ctx, sid)
			if err != nil {
				return now, err
			}
			switch left := schema.Diff(now.schema, want); {
			case left.Empty():
				return now, nil
			case !lost:
				return now, confirm.Stale("%s", strings.Join(left.Summary(), "; "))
			}
			// What the lost write left open, and those after it, is written next.
			if others := changedSince(now.schema, from, want); len(others) > 0 {
				return now, confirm.Changed("%s", strings.Join(others, "; "))
			}
			return now, nil
		})
		if err != nil {
			return nil, changed, err
		}
	}
	if !schema.Diff(l.schema, want).Empty() {
		return nil, changed, fmt.Errorf("the answers to %d writes in a row to assistant %s were lost; apply again: %w", rounds, sid, sent.Err)
	}
	return l, changed, nil
}
