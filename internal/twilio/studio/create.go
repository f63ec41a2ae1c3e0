package studio

import (
	"context"
	"errors"
	"fmt"
	"slices"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Create creates a flow and publishes it.
//
// Its commit message is a mark that never changes, since revisions do not. A flow
// that replaces another is taken up by it; any other of the name is refused, since
// nothing tells whose state knows it.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	before, err := h.named(ctx, spec)
	if err != nil {
		return bot.Bot{}, err
	}
	if len(before) == 1 && spec.Replaces != "" {
		if left, ok, err := h.takeUp(ctx, before[0].SID, spec); err != nil || ok {
			return left, err
		}
	}
	if len(before) > 0 {
		return bot.Bot{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	var sid string
	var created bot.Bot
	err = operation.Run(ctx, fmt.Sprintf("the creation of flow %q", spec.UniqueName), operation.Step{
		Name: "publishing it",
		Cut:  "A published flow of that name may exist, to which no phone number routes; the next apply finds the name taken.",
		Do: func(ctx context.Context) (err error) {
			created, err = confirm.CreateAgain(ctx, func(ctx context.Context) (bot.Bot, error) {
				answer, err := h.api(ctx).CreateFlow(&openapi.CreateFlowParams{
					FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec), CommitMessage: new(bot.MarkRevision(spec.Replaces)),
				})
				if err != nil {
					return h.findCreated(ctx, spec, refusal(spec, err))
				}
				sid = twilio.Value(answer.Sid)
				return h.readBack(ctx, confirm.Write{Object: fmt.Sprintf("flow %q (%s)", spec.UniqueName, sid)}, sid, answer.Revision, spec)
			})
			return err
		},
		Undo: func(ctx context.Context) error {
			if sid == "" {
				return nil
			}
			return h.Delete(ctx, sid)
		},
	})
	return created, err
}

// named gives the flows that have the name of a spec, without the one it replaces.
func (h Host) named(ctx context.Context, spec bot.Spec) ([]bot.Bot, error) {
	found, err := h.Find(ctx, spec.UniqueName)
	return slices.DeleteFunc(spec.Strangers(found), func(b bot.Bot) bool { return b.SID == spec.Replaces }), err
}

// takeUp brings what an earlier Create of the same replacement left to what is wanted.
// ok reports whether the flow is that; any other is left as it is.
func (h Host) takeUp(ctx context.Context, sid string, spec bot.Spec) (b bot.Bot, ok bool, err error) {
	b, err = h.Read(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Bot{}, false, nil
	}
	if err != nil || b.Replaces != spec.Replaces {
		return b, false, err
	}
	b, err = h.Update(ctx, sid, bot.Spec{UniqueName: b.UniqueName, Content: b.Content}, spec)
	return b, true, err
}

// findCreated looks for the flow whose creation was not answered. No flow of the name
// existed before, and its first revision has the mark and the content that were sent: any
// other is another client's.
func (h Host) findCreated(ctx context.Context, spec bot.Spec, sent error) (bot.Bot, error) {
	write := confirm.Write{Object: fmt.Sprintf("flow %q", spec.UniqueName), Verb: "created", Err: sent}
	return confirm.Read(ctx, write, func(ctx context.Context) (bot.Bot, error) {
		found, err := h.named(ctx, spec)
		switch {
		case err != nil:
			return bot.Bot{}, err
		case len(found) == 0:
			return bot.Bot{}, confirm.Stale("no flow is named %q", spec.UniqueName)
		case len(found) > 1:
			return bot.Bot{}, fmt.Errorf("%s exists: %w", found[0], bot.ErrNameTaken)
		}
		latest, live, err := h.revisions(ctx, found[0].SID)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.Bot{}, confirm.Stale("flow %s does not exist yet", found[0].SID)
		}
		if err != nil {
			return bot.Bot{}, err
		}
		now, err := botOf(latest, live)
		first := latest.Revision == 1 && live.Revision == 1 && latest.CommitMessage == bot.MarkRevision(spec.Replaces)
		if err == nil && (!first || differs(now, spec) != "") {
			err = fmt.Errorf("%s exists: %w", now, bot.ErrNameTaken)
		}
		return now, err
	})
}
