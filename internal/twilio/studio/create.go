package studio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Create makes a flow and publishes it.
//
// Its commit message is a mark that never changes, since revisions do not. A flow
// that replaces another is taken up by it; any other of the name is refused, since
// nothing tells whose state knows it.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	before, err := h.Find(ctx, spec.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	before = slices.DeleteFunc(before, func(b bot.Bot) bool { return b.SID == spec.Replaces })
	if len(before) == 1 && spec.Replaces != "" {
		if left, ok, err := h.left(ctx, before[0].SID, spec); err != nil || ok {
			return left, err
		}
	}
	if len(before) > 0 {
		return bot.Bot{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	var sid string
	var made bot.Bot
	written := 1
	err = operation.Run(ctx, fmt.Sprintf("making the flow %q", spec.UniqueName), []operation.Step{{
		Name: "publishing it",
		Cut:  "A published flow of that name may be there, on which no phone number answers; the next apply refuses the name and prints the import for it.",
		Do: func(ctx context.Context) error {
			answer, err := h.api(ctx).CreateFlow(&openapi.CreateFlowParams{
				FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec), CommitMessage: new(bot.MarkRevision(spec.Replaces)),
			})
			switch {
			case errors.Is(err, bot.ErrUncertain):
				sid, err = h.lost(ctx, spec, err)
				return err
			case err != nil:
				return refusal(spec, err)
			}
			sid, written = twilio.Value(answer.Sid), answer.Revision
			return nil
		},
		Undo: func(ctx context.Context) error {
			if sid == "" {
				return nil
			}
			return h.Delete(ctx, sid)
		},
	}, {
		Name: "reading it back",
		Cut:  "A published flow of that name is there, on which no phone number answers; the next apply refuses the name and prints the import for it.",
		Do: func(ctx context.Context) error {
			made, err = h.readBack(ctx, sid, written, spec)
			return err
		},
	}}...)
	return made, err
}

// left takes up what an earlier Create of the same replacement left: its content is
// brought to what is wanted.
func (h Host) left(ctx context.Context, sid string, spec bot.Spec) (bot.Bot, bool, error) {
	latest, live, err := h.revisions(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Bot{}, false, nil
	}
	if err != nil {
		return bot.Bot{}, false, err
	}
	b, err := read(latest, live)
	if err != nil || b.Replaces != spec.Replaces {
		return b, false, err
	}
	b, err = h.Update(ctx, sid, bot.Spec{UniqueName: b.UniqueName, Content: b.Content}, spec)
	return b, true, err
}

// lost looks for the flow whose create was never answered. None of the name was there
// before, and its first revision bears the mark and the content that were sent: any
// other is somebody else's.
func (h Host) lost(ctx context.Context, spec bot.Spec, cause error) (string, error) {
	found, err := confirm.Settle(ctx, func(ctx context.Context) ([]bot.Bot, error) {
		found, err := h.Find(ctx, spec.UniqueName)
		found = slices.DeleteFunc(found, func(b bot.Bot) bool { return b.SID == spec.Replaces })
		if err == nil && len(found) == 0 {
			err = confirm.Stale("no flow is named %q", spec.UniqueName)
		}
		return found, err
	})
	sent := false
	if err == nil && len(found) == 1 {
		sent, err = h.sent(ctx, found[0].SID, spec)
	}
	switch {
	case sent:
		return found[0].SID, nil
	case err == nil:
		return "", fmt.Errorf("the answer to the create was lost, and flows named %q that this apply did not make are there now (%s): %w",
			spec.UniqueName, found[0].SID, bot.ErrNameTaken)
	case confirm.IsStale(err):
		return "", &bot.Problem{
			Summary: "A write was lost",
			Detail:  fmt.Sprintf("Twilio did not confirm that it made the flow %q, and no such flow is there. Apply again.", spec.UniqueName),
			Cause:   cause,
		}
	default:
		return "", fmt.Errorf("the answer to creating the flow %q was lost, and looking for it failed; apply again: %w", spec.UniqueName, err)
	}
}

// sent tells whether a flow is what a create sent, and nobody has changed it since.
func (h Host) sent(ctx context.Context, sid string, spec bot.Spec) (bool, error) {
	return confirm.Settle(ctx, func(ctx context.Context) (bool, error) {
		latest, live, err := h.revisions(ctx, sid)
		if errors.Is(err, bot.ErrNotFound) {
			return false, confirm.Stale("flow %s is not there yet", sid)
		}
		if err != nil || latest.Revision != 1 || live.Revision != 1 || latest.CommitMessage != bot.MarkRevision(spec.Replaces) {
			return false, err
		}
		b, err := read(latest, live)
		return err == nil && (spec.Content.Flow == nil || flow.Equal(spec.Content.Flow, b.Content.Flow)), err
	})
}

// Update publishes a new revision, with the new name where that changes too, in one
// write: cut off before it the flow is as it was, after it as wanted, and the next
// plan sees either. Conversations under way stay on the revision they began with.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	latest, live, err := h.revisions(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	now, err := read(latest, live)
	if err != nil {
		return bot.Bot{}, err
	}
	if err := unchanged(now, from, to); err != nil {
		return bot.Bot{}, err
	}
	same := to.Content.Flow == nil || now.Content.Flow != nil && flow.Equal(to.Content.Flow, now.Content.Flow)
	if same && now.UniqueName == to.UniqueName {
		return now, nil
	}
	if now.Draft > 0 {
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
	if errors.Is(err, bot.ErrUncertain) {
		return h.readBack(ctx, sid, latest.Revision+1, to)
	}
	if err != nil {
		return now, refusal(to, err)
	}
	return h.readBack(ctx, sid, answer.Revision, to)
}

// unchanged refuses to write over what somebody else changed since the plan.
func unchanged(now bot.Bot, from, to bot.Spec) error {
	problem := func(what string) error {
		return &bot.Problem{
			Summary: "The bot was changed since the plan",
			Detail: fmt.Sprintf("%s of flow %s, which is neither what it was when the plan was made nor what is wanted. Nothing was written. Plan again to see it.",
				what, now),
			Cause: bot.ErrChanged,
		}
	}
	if now.UniqueName != from.UniqueName && now.UniqueName != to.UniqueName {
		return problem("Somebody changed the name")
	}
	if to.Content.Flow == nil || from.Content.Flow == nil || now.Content.Flow == nil {
		return nil
	}
	planned := flow.Differences(from.Content.Flow, to.Content.Flow).Summary()
	others := slices.DeleteFunc(flow.Differences(now.Content.Flow, to.Content.Flow).Summary(), func(line string) bool {
		return slices.Contains(planned, line)
	})
	if len(others) > 0 {
		return problem("Somebody changed the definition (" + strings.Join(others, "; ") + ")")
	}
	return nil
}

// refusal says what Twilio found wrong with a definition, without the definition.
func refusal(spec bot.Spec, err error) error {
	var refused *twilio.Error
	if !errors.As(err, &refused) || refused.Code != invalidFlow {
		return err
	}
	var lines []string
	for _, found := range findings(refused) {
		lines = append(lines, fmt.Sprintf("%s: %s", found.Pointer, found.Message))
	}
	return &bot.Problem{
		Summary: "Twilio refuses the flow",
		Detail:  fmt.Sprintf("The definition of %q is not valid:\n%s", spec.UniqueName, strings.Join(lines, "\n")),
		Cause:   err,
	}
}

// readBack reads until the flow is at the revision that was written. Twilio's reads
// lag its writes here by seconds: an older revision is old, a newer one is
// somebody else's.
func (h Host) readBack(ctx context.Context, sid string, written int, spec bot.Spec) (bot.Bot, error) {
	after, err := confirm.Settle(ctx, func(ctx context.Context) (bot.Bot, error) {
		latest, live, err := h.revisions(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return bot.Bot{}, confirm.Stale("flow %s is not there yet", sid)
		case err != nil:
			return bot.Bot{}, err
		case latest.Revision < written || live.Revision < written:
			return bot.Bot{}, confirm.Stale("flow %s is at revision %d", sid, live.Revision)
		}
		now, err := read(latest, live)
		if err != nil {
			return now, err
		}
		if now.UniqueName != spec.UniqueName || (spec.Content.Flow != nil && !flow.Equal(spec.Content.Flow, now.Content.Flow)) {
			return now, bot.ErrChanged
		}
		return now, nil
	})
	if confirm.IsStale(err) || errors.Is(err, bot.ErrChanged) {
		return after, &bot.Problem{
			Summary: "The bot is not as it was written",
			Detail:  fmt.Sprintf("The write to the flow %q (%s) was sent, but reading it back shows something else. Plan again to see what is there now.", spec.UniqueName, sid),
			Cause:   err,
		}
	}
	return after, err
}
