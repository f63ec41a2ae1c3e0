package autopilot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Create creates an assistant, uploads its content and waits for its model build. What
// fails is deleted, but for an assistant whose model build takes longer than the time
// to wait, and for one that existed before: what an earlier run left unfinished, or is
// restored, keeps its mark and what was written so far.
// One that replaces a bot keeps its mark until Unmark.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	found, err := h.unfinished(ctx, spec)
	if err != nil {
		return bot.Bot{}, err
	}
	var l *live
	var b bot.Bot
	changed := false
	left := fmt.Sprintf("The assistant stays at Twilio under the friendly name %q; no phone number routes to it. Apply again: it is taken up where it was left.",
		bot.MarkUploading(spec.FriendlyName, ""))
	var undo func(context.Context) error
	switch {
	case spec.Replaces != "":
		left = "" // the replacement says what becomes of it
	case spec.RestoreSID == "" && found.SID == "":
		undo = func(ctx context.Context) error { return h.undoCreate(ctx, found.SID, spec) }
	}
	content := spec.Content.Schema
	err = operation.Run(ctx, fmt.Sprintf("the upload of assistant %q", spec.UniqueName), operation.Step{
		Name: "creating the assistant under its mark",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if found.SID != "" {
				return nil
			}
			started, err := h.start(ctx, spec)
			if err == nil { // what a failed start met may be another client's
				found = started
			}
			return err
		},
		Undo: undo,
	}, operation.Step{
		Name:    "uploading its content",
		Cut:     left,
		Forward: undo == nil,
		Do: func(ctx context.Context) (err error) {
			if content == nil {
				return nil // it is managed elsewhere, Twilio's stock task too
			}
			if err := h.clearStock(ctx, found.SID, content); err != nil {
				return err
			}
			// What Twilio gave it, and what an earlier run wrote, is part of the
			// difference.
			l, changed, err = h.writeContent(ctx, found.SID, content, nil)
			return err
		},
	}, operation.Step{
		Name: "building its model",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if content == nil || (!changed && !needsBuild(l.assistant, l.build)) {
				return nil
			}
			err := h.train(ctx, found.SID, changed, spec.Replaces)
			if errors.Is(err, errUnderway) && spec.Replaces == "" {
				return operation.Stays(err) // all of it is uploaded
			}
			return err
		},
	}, operation.Step{
		Name: "carrying over what the replaced assistant has beside its content",
		Cut:  left,
		Do:   func(ctx context.Context) error { return h.carry(ctx, spec.Replaces, found.SID) },
	}, operation.Step{
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
				if _, err := h.rename(ctx, found.SID, names); err != nil {
					return err
				}
			}
			b, err = h.Get(ctx, found.SID)
			return err
		},
	})
	return b, err
}

// unfinished finds the assistant of the name that is gone on with: one that an earlier
// run left unfinished, or the one to restore where it exists already. It is empty where
// there is none; any other assistant of the name is an error.
func (h Host) unfinished(ctx context.Context, spec bot.Spec) (assistant, error) {
	found, err := h.assistant(ctx, spec.UniqueName)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return assistant{}, nil
	case err != nil, isUnfinished(found, spec), found.SID == spec.RestoreSID:
		return found, err
	default:
		return found, fmt.Errorf("%s exists: %w", summaryOf(found), bot.ErrNameTaken)
	}
}

// isUnfinished reports whether an assistant is what an earlier create of the same purpose
// left unfinished.
func isUnfinished(found assistant, spec bot.Spec) bool {
	b := summaryOf(found)
	return b.Uploading && b.Replaces == spec.Replaces
}

// undoCreate deletes the assistant that this run created; one whose creation was not
// answered is known by its mark.
func (h Host) undoCreate(ctx context.Context, sid string, spec bot.Spec) error {
	if sid == "" {
		found, err := h.assistant(ctx, spec.UniqueName)
		if errors.Is(err, bot.ErrNotFound) || err == nil && !isUnfinished(found, spec) {
			return nil
		}
		if err != nil {
			return err
		}
		sid = found.SID
	}
	return h.Discard(ctx, sid)
}

// start creates the assistant with its mark, or restores it.
func (h Host) start(ctx context.Context, spec bot.Spec) (assistant, error) {
	if spec.RestoreSID != "" {
		return h.restore(ctx, spec)
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (assistant, error) { return h.createUnfinished(ctx, spec) })
}

func (h Host) createUnfinished(ctx context.Context, spec bot.Spec) (assistant, error) {
	var created assistant
	err := h.post(ctx, url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName, spec.Replaces)}}, &created, "Assistants")
	switch {
	case err == nil:
		return created, h.ours(created)
	case nameTaken(err):
		return created, &bot.Problem{
			Kind:    bot.NameReserved,
			Summary: "The bot's name is reserved",
			Detail:  fmt.Sprintf("Twilio keeps the name %q for an assistant that was deleted in the last 30 days.", spec.UniqueName),
			Cause:   errors.Join(bot.ErrNameTaken, err),
			Name:    spec.UniqueName,
		}
	}
	sent := confirm.Write{Object: fmt.Sprintf("assistant %q", spec.UniqueName), Verb: "created", Err: err}
	return confirm.Read(ctx, sent, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, spec.UniqueName)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return found, confirm.Stale("no assistant is named %q", spec.UniqueName)
		case err == nil && !isUnfinished(found, spec): // the mark tells it from another client's
			return found, fmt.Errorf("%s exists: %w", summaryOf(found), bot.ErrNameTaken)
		default:
			return found, err
		}
	})
}

// clearStock writes defaults and style sheet as the file has them, whole. An update
// leaves as it is what the file does not speak of, but in a new assistant that is only
// what Twilio filled in.
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
		return nil // what came of it shows when the whole content is written and read back
	}
	return err
}

func sameDocument(a, b schema.Schema) bool { return bytes.Equal(a.Canonical(), b.Canonical()) }

// finish reads what the newest build is and then writes the names, last of all:
// what comes after the write that takes the mark off could only lose a bot that
// is whole. The content was read back when it was written.
func (h Host) finish(ctx context.Context, l *live, names url.Values) (bot.Bot, error) {
	var err error
	if l.build, l.built, err = h.builds(ctx, l.assistant.SID); err != nil {
		return bot.Bot{}, err
	}
	if len(names) > 0 {
		before := l.assistant
		err = confirm.Again(ctx, func(ctx context.Context) (err error) {
			l.assistant, err = h.rename(ctx, before.SID, names)
			return err
		}, func(ctx context.Context) (bool, error) {
			now, err := h.assistant(ctx, before.SID)
			return now.UniqueName == before.UniqueName && now.FriendlyName == before.FriendlyName, err
		})
	} else {
		l.assistant, err = h.assistant(ctx, l.assistant.SID)
	}
	return botOf(l), err
}
