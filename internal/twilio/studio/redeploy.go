package studio

import (
	"context"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Redeploy publishes the definition of the published revision again, as a revision of its
// own. Conversations under way stay on the revision they began with. It is one write: cut
// off before it the flow is as it was, and after it the same with another number.
func (h Host) Redeploy(ctx context.Context, sid string) (live bot.Bot, err error) {
	err = confirm.Again(ctx, func(ctx context.Context) (err error) {
		live, err = h.redeploy(ctx, sid)
		return err
	}, nil) // each reads it, and publishes what it read
	return live, err
}

func (h Host) redeploy(ctx context.Context, sid string) (bot.Bot, error) {
	now, err := h.Read(ctx, sid)
	switch {
	case err != nil:
		return now, err
	case now.Replaces != "":
		return now, unfinishedReplacement(now)
	case now.Revision == 0:
		return now, &bot.Problem{
			Summary: "The flow was never published",
			Detail: fmt.Sprintf("Flow %s has a draft, revision %d, and no published revision, so there is nothing to publish again, and nothing was written. "+
				"Publish it in the Studio console.", now, now.Draft),
		}
	case now.Draft > 0:
		return now, &bot.Problem{
			Summary: "A newer draft is not published",
			Detail: fmt.Sprintf("Flow %s has a draft, revision %d, that was saved after revision %d was published. To publish that again would bury the draft, so nothing was written. "+
				"Publish the draft in the Studio console, or revert the flow there to its published revision.", now, now.Draft, now.Revision),
		}
	}
	same := bot.Spec{UniqueName: now.UniqueName, Content: now.Content}
	answer, err := h.api(ctx).UpdateFlow(sid, &openapi.UpdateFlowParams{Status: new(published), Definition: definition(same), CommitMessage: new(bot.MarkUpdated)})
	written := now.Revision + 1
	if err == nil {
		written = answer.Revision
	}
	live, readErr := h.readBack(ctx, confirm.Write{Object: "flow " + now.String(), Err: refusal(same, err)}, sid, written, same)
	if readErr == nil && err == nil && written > now.Revision+1 {
		readErr = overtaken(now, written)
	}
	return live, readErr
}

// overtaken says that what was published again was not the newest: another client wrote
// in between, or Twilio answered the read with an older revision.
func overtaken(now bot.Bot, written int) error {
	return &bot.Problem{
		Summary: "The flow was changed while it was published again",
		Detail: fmt.Sprintf("Flow %s was read at revision %d, and the definition of that one is published now as revision %d. Revision %d, which came in between, may have another one. "+
			"Look at it in the Studio console and revert the flow to it, or apply the configuration again, which publishes what is configured.", now, now.Revision, written, written-1),
		Cause: bot.ErrChanged,
	}
}

// unfinishedReplacement refuses a bot that still bears the mark of the one that it replaces.
func unfinishedReplacement(now bot.Bot) error {
	return &bot.Problem{
		Summary: "The bot is not whole yet",
		Detail:  fmt.Sprintf("Bot %s was created to replace %s, in an apply that was cut off. Nothing was written. Apply again, which finishes the replacement or undoes it.", now, now.Replaces),
	}
}
