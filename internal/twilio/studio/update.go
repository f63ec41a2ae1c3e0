package studio

import (
	"context"
	"errors"
	"fmt"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Update publishes a new revision, with the new name where that changes too, in one
// write: cut off before it the flow is as it was, after it as wanted, and the next
// plan sees either. Conversations under way stay on the revision they began with.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (live bot.Bot, err error) {
	err = confirm.Again(ctx, func(ctx context.Context) (err error) {
		live, err = h.update(ctx, sid, from, to)
		return err
	}, nil) // each reads it, and refuses what is neither as it was nor as wanted
	return live, err
}

func (h Host) update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	latest, live, err := h.revisions(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if hold, ok := holdOf(latest); ok {
		return bot.Bot{}, hold.NoBot()
	}
	now, err := botOf(latest, live)
	if err == nil {
		err = unchanged(now, from, to)
	}
	switch {
	case err != nil:
		return bot.Bot{}, err
	case differs(now, to) == "":
		return now, nil
	case now.Draft > 0:
		return now, bot.DraftProblem(now)
	}
	if to.Content.Flow == nil {
		// Twilio takes a write without a definition too, but does not say which
		// revision's it then publishes.
		to.Content.Flow = now.Content.Flow
	}
	params := &openapi.UpdateFlowParams{Status: new(published), Definition: definition(to), CommitMessage: new(bot.MarkUpdated)}
	if to.Replaces != "" {
		params.CommitMessage = new(bot.MarkRevision(to.Replaces)) // the mark must stay in sight until the old bot is gone
	}
	if now.UniqueName != to.UniqueName {
		params.FriendlyName = &to.UniqueName
	}
	answer, err := h.api(ctx).UpdateFlow(sid, params)
	written := latest.Revision + 1
	if err == nil {
		written = answer.Revision
	}
	return h.readBack(ctx, confirm.Write{Object: "flow " + now.String(), Err: refusal(to, err)}, sid, written, to)
}

// differs says in what a flow is not as a spec wants it; empty where it is. Its content
// is as it is wanted where the spec gives none.
func differs(now bot.Bot, spec bot.Spec) string {
	switch {
	case now.UniqueName != spec.UniqueName:
		return "its name"
	case spec.Content.Flow != nil && (now.Content.Flow == nil || !flow.Equal(spec.Content.Flow, now.Content.Flow)):
		return "its definition"
	}
	return ""
}

// unchanged refuses to write over what another client changed since the plan: a flow is
// written whole, so it must be either what the plan was made for or what is wanted.
func unchanged(now bot.Bot, from, to bot.Spec) error {
	if now.UniqueName != from.UniqueName && now.UniqueName != to.UniqueName {
		return confirm.ChangedSincePlan(fmt.Sprintf("Flow %s now has another name", now))
	}
	has, planned, want := now.Content.Flow, from.Content.Flow, to.Content.Flow
	if has == nil || planned == nil || want == nil || flow.Equal(planned, has) || flow.Equal(want, has) {
		return nil
	}
	changes := strings.Join(flow.Differences(planned, has).Summary(), "; ")
	return confirm.ChangedSincePlan(fmt.Sprintf("Flow %s now has another definition (%s)", now, changes))
}

// readBack reads until the flow is at the revision that was written: an older revision
// is an old read, a newer one that differs is another client's.
func (h Host) readBack(ctx context.Context, sent confirm.Write, sid string, written int, spec bot.Spec) (bot.Bot, error) {
	return confirm.Read(ctx, sent, func(ctx context.Context) (bot.Bot, error) {
		latest, live, err := h.revisions(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return bot.Bot{}, confirm.Stale("flow %s does not exist yet", sid)
		case err != nil:
			return bot.Bot{}, err
		case latest.Revision < written || live.Revision < written:
			return bot.Bot{}, confirm.Stale("its published revision is %d", live.Revision)
		}
		now, err := botOf(latest, live)
		if err != nil {
			return now, err
		}
		if other := differs(now, spec); other != "" {
			return now, confirm.Changed("%s is another, in revision %d", other, now.Revision)
		}
		return now, nil
	})
}
