package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// Update writes what differs and nothing else: content first, then the model build
// that makes it count, names last. Cut off after any call, the bot answers by its
// last model build, and the next plan shows what is left: the difference, or that a
// model build is needed.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	found, err := h.assistant(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if err := unchangedNames(summary(found), from, to); err != nil {
		return bot.Bot{}, err
	}
	var l *live
	if to.Content.Schema != nil {
		var changed bool
		l, changed, err = h.bring(ctx, sid, to.Content.Schema, from.Content.Schema)
		if err != nil {
			return bot.Bot{}, err
		}
		if changed || needsBuild(l.assistant, l.build) {
			if err := h.train(ctx, sid, changed); err != nil {
				return bot.Bot{}, err
			}
		}
	}
	form := url.Values{}
	if found.UniqueName != to.UniqueName {
		form.Set("UniqueName", to.UniqueName)
	}
	if found.FriendlyName != to.FriendlyName {
		form.Set("FriendlyName", to.FriendlyName)
	}
	if l == nil {
		l = &live{assistant: found}
	}
	return h.finish(ctx, l, form)
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
	found, err := bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, sid)
		if err != nil {
			return found, err
		}
		if (form.Has("UniqueName") && found.UniqueName != form.Get("UniqueName")) ||
			(form.Has("FriendlyName") && found.FriendlyName != form.Get("FriendlyName")) {
			return found, bot.Stale("the names of assistant %s are not as written", sid)
		}
		return found, nil
	})
	if err != nil && !bot.IsStale(err) && lost == nil && h.ours(answer) == nil {
		// The write was answered, and Twilio's own answer stands for the read that
		// could not be made.
		return answer, nil
	}
	if bot.IsStale(err) && lost != nil {
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
	l, err := bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) (*live, error) {
		l, err := h.read(ctx, sid)
		if err != nil {
			return l, err
		}
		if changes := schema.Diff(l.schema, want); !changes.Empty() {
			left = changes.Summary()
			return l, bot.Stale("the content of assistant %s is not as written", sid)
		}
		return l, nil
	})
	if bot.IsStale(err) {
		return nil, &bot.Problem{
			Summary: "The bot is not as it was written",
			Detail: fmt.Sprintf("Every write to assistant %s was taken, but reading it back shows that this is still to be done:\n  %s\n"+
				"Somebody else may have changed it in the same moment. Plan again to see what is there now.", sid, strings.Join(left, "\n  ")),
			Cause: err,
		}
	}
	return l, err
}
