package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Update writes what differs and nothing else: content first, then the model build
// that makes it count, names last.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	var found assistant
	var l *live
	var b bot.Bot
	changed := false
	const left = "The assistant answers by its last completed model build. The next plan shows what is left, the difference or that a model build is needed, and applies it."
	err := operation.Run(ctx, "the update of assistant "+sid, []operation.Step{{
		Name: "reading its names",
		Do: func(ctx context.Context) (err error) {
			if found, err = h.assistant(ctx, sid); err == nil {
				err = unchangedNames(summary(found), from, to)
			}
			l = &live{assistant: found}
			return err
		},
	}, {
		Name:    "uploading its content",
		Cut:     left,
		Forward: true,
		Do: func(ctx context.Context) (err error) {
			if to.Content.Schema != nil {
				l, changed, err = h.bring(ctx, sid, to.Content.Schema, from.Content.Schema)
			}
			return err
		},
	}, {
		Name: "building its model",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if to.Content.Schema == nil || (!changed && !needsBuild(l.assistant, l.build)) {
				return nil
			}
			return h.train(ctx, sid, changed, "")
		},
	}, {
		Name: "writing its names",
		Cut:  "The content is uploaded and the assistant answers by it, under its old names; the next apply writes the new ones.",
		Do: func(ctx context.Context) (err error) {
			form := url.Values{}
			if found.UniqueName != to.UniqueName {
				form.Set("UniqueName", to.UniqueName)
			}
			if found.FriendlyName != to.FriendlyName {
				form.Set("FriendlyName", to.FriendlyName)
			}
			b, err = h.finish(ctx, l, form)
			return err
		},
	}}...)
	return b, err
}

func unchangedNames(now bot.Bot, from, to bot.Spec) error {
	for _, name := range []struct{ what, now, was, want string }{
		{"unique name", now.UniqueName, from.UniqueName, to.UniqueName},
		{"friendly name", now.FriendlyName, from.FriendlyName, to.FriendlyName},
	} {
		if name.now != name.was && name.now != name.want {
			return &bot.Problem{
				Summary: "The bot was changed since the plan",
				Detail: fmt.Sprintf("The %s of assistant %s is now %q, which is neither what it was when the plan was made nor what is wanted. "+
					"Nothing was written. Plan again to see it.", name.what, now, name.now),
				Cause: bot.ErrChanged,
			}
		}
	}
	return nil
}

// rename writes names and reads them back.
func (h Host) rename(ctx context.Context, sid string, form url.Values) (assistant, error) {
	var answer assistant
	err := h.post(ctx, form, &answer, "Assistants", sid)
	switch {
	case nameTaken(err):
		return answer, &bot.Problem{
			Summary: "The bot's name is taken",
			Detail:  fmt.Sprintf("Twilio has the name %q for another assistant, or keeps it for one that was deleted in the last 30 days. Assistant %s keeps its name; choose another.", form.Get("UniqueName"), sid),
			Cause:   errors.Join(bot.ErrNameTaken, err),
		}
	case err != nil && !errors.Is(err, bot.ErrUncertain):
		return answer, fmt.Errorf("writing the names of assistant %s: %w", sid, err)
	}
	lost := err
	found, err := confirm.Settle(ctx, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, sid)
		if err != nil {
			return found, err
		}
		if (form.Has("UniqueName") && found.UniqueName != form.Get("UniqueName")) ||
			(form.Has("FriendlyName") && found.FriendlyName != form.Get("FriendlyName")) {
			return found, confirm.Stale("the names of assistant %s are not as written", sid)
		}
		return found, nil
	})
	if err != nil && !confirm.IsStale(err) && lost == nil && h.ours(answer) == nil {
		// The write was answered, and Twilio's own answer stands for the read that
		// could not be made.
		return answer, nil
	}
	if confirm.IsStale(err) && lost != nil {
		return found, fmt.Errorf("the answer to writing the names of assistant %s was lost, and they are as before; apply again: %w", sid, lost)
	}
	return found, err
}

// rounds is how often what a lost answer left open is looked at and finished.
const rounds = 4

// bring makes the assistant's content what is wanted, and reads it back. from is
// what the plan was made for: what differs from it by somebody else's hand is not
// touched; nil where the plan knew nothing of the content.
func (h Host) bring(ctx context.Context, sid string, want, from *schema.Schema) (*live, bool, error) {
	changed := false
	for range rounds {
		l, err := h.read(ctx, sid)
		if err != nil {
			return nil, changed, err
		}
		changes := schema.Diff(l.schema, want)
		if changes.Empty() {
			return l, changed, nil
		}
		if from != nil && !changed {
			if others := unplanned(changes, schema.Diff(from, want)); len(others) > 0 {
				return nil, false, &bot.Problem{
					Summary: "The bot was changed since the plan",
					Detail: fmt.Sprintf("Assistant %s would be changed in what the plan did not show:\n  %s\nSomebody else changed it in between. Nothing was written. Plan again to see it.",
						summary(l.assistant), strings.Join(others, "\n  ")),
					Cause: bot.ErrChanged,
				}
			}
		}
		changed = changed || changes.NeedsModelBuild()
		err = writer{h.api, sid, l, changes}.write(ctx)
		if errors.Is(err, bot.ErrUncertain) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return nil, changed, err
		}
		l, err = h.settled(ctx, sid, want)
		return l, changed, err
	}
	return nil, changed, fmt.Errorf("the answers to %d writes in a row to assistant %s were lost; apply again: %w", rounds, sid, bot.ErrUncertain)
}

// settled reads until the content is what was written.
func (h Host) settled(ctx context.Context, sid string, want *schema.Schema) (*live, error) {
	var left []string
	l, err := confirm.Settle(ctx, func(ctx context.Context) (*live, error) {
		l, err := h.read(ctx, sid)
		if err != nil {
			return l, err
		}
		if changes := schema.Diff(l.schema, want); !changes.Empty() {
			left = changes.Summary()
			return l, confirm.Stale("the content of assistant %s is not as written", sid)
		}
		return l, nil
	})
	if confirm.IsStale(err) {
		return nil, &bot.Problem{
			Summary: "The bot is not as it was written",
			Detail: fmt.Sprintf("Every write to assistant %s was taken, but reading it back shows that this is still to be done:\n  %s\n"+
				"Somebody else may have changed it in the same moment. Plan again to see what is there now.", sid, strings.Join(left, "\n  ")),
			Cause: err,
		}
	}
	return l, err
}
