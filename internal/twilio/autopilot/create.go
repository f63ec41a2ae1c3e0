package autopilot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Create makes an assistant, uploads its content and waits for its model build. What
// fails is taken back, but for an assistant whose model build takes longer than the time
// to wait, and for one that was there before: what an earlier run left unfinished, or is
// restored, keeps its mark and what was written so far.
// One that replaces a bot keeps its mark until Unmark.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	made, err := h.begun(ctx, spec)
	if err != nil {
		return bot.Bot{}, err
	}
	var l *live
	var b bot.Bot
	changed := false
	left := fmt.Sprintf("The assistant stays at Twilio under the friendly name %q; no phone number routes to it. Apply again: it is taken up where it was left.",
		bot.MarkUploading(spec.FriendlyName, ""))
	var takeBack func(context.Context) error
	switch {
	case spec.Replaces != "":
		left = "" // the replacement says what becomes of it
	case spec.RestoreSID == "" && made.SID == "":
		takeBack = func(ctx context.Context) error { return h.takeBack(ctx, made.SID, spec) }
	}
	content := spec.Content.Schema
	err = operation.Run(ctx, fmt.Sprintf("the upload of the assistant %q", spec.UniqueName), []operation.Step{{
		Name: "making the assistant under its mark",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if made.SID != "" {
				return nil
			}
			started, err := h.start(ctx, spec)
			if err == nil { // else it may be somebody else's, and not to be taken back
				made = started
			}
			return err
		},
		Undo: takeBack,
	}, {
		Name:    "uploading its content",
		Cut:     left,
		Forward: takeBack == nil,
		Do: func(ctx context.Context) (err error) {
			if content == nil {
				return nil // managed elsewhere: Twilio's stock task is not ours to remove
			}
			if err := h.clearStock(ctx, made.SID, content); err != nil {
				return err
			}
			// What Twilio gave it, and what an earlier run wrote, is part of the
			// difference.
			l, changed, err = h.bring(ctx, made.SID, content, nil)
			return err
		},
	}, {
		Name: "building its model",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if content == nil || (!changed && !needsBuild(l.assistant, l.build)) {
				return nil
			}
			err := h.train(ctx, made.SID, changed, spec.Replaces)
			if errors.Is(err, errUnderway) && spec.Replaces == "" {
				return operation.Stays(err) // all of it is uploaded
			}
			return err
		},
	}, {
		Name: "carrying over what the replaced assistant has beside its content",
		Cut:  left,
		Do:   func(ctx context.Context) error { return h.carry(ctx, spec.Replaces, made.SID) },
	}, {
		Name: "taking the mark off",
		Cut:  left,
		Do: func(ctx context.Context) (err error) {
			names := url.Values{"FriendlyName": {spec.FriendlyName}}
			if spec.Replaces != "" {
				names = nil
			}
			if content != nil {
				b, err = h.finish(ctx, l, names)
				return err
			}
			if names != nil {
				if _, err := h.rename(ctx, made.SID, names); err != nil {
					return err
				}
			}
			b, err = h.Get(ctx, made.SID)
			return err
		},
	}}...)
	return b, err
}

// begun finds the assistant of the name that is gone on with: one that an earlier run
// left unfinished, or that is to be restored and is there already. Any other is an
// error, and none is an empty one.
func (h Host) begun(ctx context.Context, spec bot.Spec) (assistant, error) {
	found, err := h.assistant(ctx, spec.UniqueName)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return assistant{}, nil
	case err != nil, takenUp(found, spec), found.SID == spec.RestoreSID:
		return found, err
	default:
		return found, fmt.Errorf("%s exists: %w", summary(found), bot.ErrNameTaken)
	}
}

// takeBack removes the assistant that this run made; one whose making was never
// answered is known by its mark.
func (h Host) takeBack(ctx context.Context, sid string, spec bot.Spec) error {
	if sid == "" {
		found, err := h.assistant(ctx, spec.UniqueName)
		if errors.Is(err, bot.ErrNotFound) || err == nil && !takenUp(found, spec) {
			return nil
		}
		if err != nil {
			return err
		}
		sid = found.SID
	}
	return h.Discard(ctx, sid)
}

// start makes the assistant with its mark, or restores it.
func (h Host) start(ctx context.Context, spec bot.Spec) (assistant, error) {
	if spec.RestoreSID != "" {
		return h.restore(ctx, spec)
	}
	form := url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName, spec.Replaces)}}
	var made assistant
	err := h.post(ctx, form, &made, "Assistants")
	switch {
	case errors.Is(err, bot.ErrUncertain):
		return h.lost(ctx, spec, err)
	case nameTaken(err):
		return made, &bot.Problem{
			Summary: "The bot's name is reserved",
			Detail: fmt.Sprintf("Twilio keeps the name %q for an assistant that was deleted in the last 30 days. "+
				"Set `restore_sid` to that assistant's SID to bring it back under this configuration, or choose another `unique_name`.", spec.UniqueName),
			Cause: errors.Join(bot.ErrNameTaken, err),
		}
	case err != nil:
		return made, err
	}
	return made, h.ours(made)
}

// takenUp tells whether an assistant is what an earlier create of the same purpose
// left unfinished.
func takenUp(found assistant, spec bot.Spec) bool {
	b := summary(found)
	return b.Uploading && b.Replaces == spec.Replaces
}

// nameTaken knows Twilio's two ways to say it: error 90101, and a message.
func nameTaken(err error) bool {
	return twilio.HasCode(err, 90101) || (err != nil && strings.Contains(err.Error(), "UniqueName already in use"))
}

// lost looks for the assistant whose create was never answered: the mark tells it.
func (h Host) lost(ctx context.Context, spec bot.Spec, cause error) (assistant, error) {
	found, err := confirm.Settle(ctx, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, spec.UniqueName)
		if errors.Is(err, bot.ErrNotFound) {
			err = confirm.Stale("no assistant is named %q", spec.UniqueName)
		}
		return found, err
	})
	switch {
	case err == nil && takenUp(found, spec):
		return found, nil
	case err == nil:
		return found, fmt.Errorf("%s exists: %w", summary(found), bot.ErrNameTaken)
	case confirm.IsStale(err):
		return found, &bot.Problem{
			Summary: "A write was lost",
			Detail:  fmt.Sprintf("Twilio did not confirm that it made the assistant %q, and no such assistant is there. Apply again.", spec.UniqueName),
			Cause:   cause,
		}
	default:
		return found, fmt.Errorf("the answer to creating the assistant %q was lost, and looking for it failed; apply again: %w", spec.UniqueName, err)
	}
}

// restore brings a deleted assistant back and marks it. Cut off between the two, it
// is there under the name it had, and the next Create of restore_sid marks it.
func (h Host) restore(ctx context.Context, spec bot.Spec) (assistant, error) {
	found, err := h.assistant(ctx, spec.RestoreSID)
	if errors.Is(err, bot.ErrNotFound) {
		err = h.post(ctx, url.Values{"Assistant": {spec.RestoreSID}}, nil, "Assistants", "Restore")
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return found, &bot.Problem{
				Summary: "The assistant cannot be restored",
				Detail: fmt.Sprintf("Twilio has no deleted assistant %s to restore: it keeps them for 30 days. "+
					"Take `restore_sid` out to create the bot anew.", spec.RestoreSID),
				Cause: err,
			}
		case err != nil && !errors.Is(err, bot.ErrUncertain):
			return found, fmt.Errorf("restoring assistant %s: %w", spec.RestoreSID, err)
		}
		found, err = confirm.Settle(ctx, func(ctx context.Context) (assistant, error) {
			found, err := h.assistant(ctx, spec.RestoreSID)
			if errors.Is(err, bot.ErrNotFound) {
				err = confirm.Stale("assistant %s is not there yet", spec.RestoreSID)
			}
			return found, err
		})
	}
	if err != nil {
		return found, fmt.Errorf("restoring assistant %s: %w", spec.RestoreSID, err)
	}
	form := url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName, spec.Replaces)}}
	return h.rename(ctx, found.SID, form)
}

// clearStock writes defaults and style sheet as the file has them, whole. An update
// leaves alone what the file does not speak of, but in a new assistant that is only
// what Twilio filled in, and nobody's.
func (h Host) clearStock(ctx context.Context, sid string, want *schema.Schema) error {
	has := &schema.Schema{}
	var err error
	if has.Defaults, err = h.inner(ctx, "defaults", sid, "Defaults"); err != nil {
		return err
	}
	if has.StyleSheet, err = h.inner(ctx, "style_sheet", sid, "StyleSheet"); err != nil {
		return err
	}
	var changes schema.Changes
	if want.Defaults != nil && !sameDocument(schema.Schema{Defaults: has.Defaults}, schema.Schema{Defaults: want.Defaults}) {
		changes.Defaults = want.Defaults
	}
	if want.StyleSheet != nil && !sameDocument(schema.Schema{StyleSheet: has.StyleSheet}, schema.Schema{StyleSheet: want.StyleSheet}) {
		changes.StyleSheet = want.StyleSheet
	}
	err = writer{api: h.api, sid: sid, changes: changes}.writeObjects(ctx)
	if errors.Is(err, bot.ErrUncertain) {
		return nil // what came of it is seen when the whole is brought and read back
	}
	return err
}

func sameDocument(a, b schema.Schema) bool { return bytes.Equal(a.Canonical(), b.Canonical()) }

// finish reads what the newest build is and then writes the names, last of all:
// what comes behind the write that takes the mark off could only lose a bot that
// is whole. The content was read back when it was written.
func (h Host) finish(ctx context.Context, l *live, names url.Values) (bot.Bot, error) {
	var err error
	if l.build, l.built, err = h.builds(ctx, l.assistant.SID); err != nil {
		return bot.Bot{}, err
	}
	if len(names) > 0 {
		l.assistant, err = h.rename(ctx, l.assistant.SID, names)
	} else {
		l.assistant, err = h.assistant(ctx, l.assistant.SID)
	}
	return whole(l), err
}
