package autopilot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the assistants of one account.
type Host struct{ api }

var _ bot.Host = Host{}

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{api{client}} }

// List gives every assistant.
func (h Host) List(ctx context.Context) ([]bot.Bot, error) {
	rows, err := list[assistant](ctx, h.api, "assistants", "Assistants")
	if err != nil {
		return nil, err
	}
	bots := make([]bot.Bot, len(rows))
	for i, row := range rows {
		if err := h.ours(row); err != nil {
			return nil, err
		}
		bots[i] = summary(row)
	}
	return bots, nil
}

// Find gives the assistant of a name: Twilio allows one.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	found, err := h.assistant(ctx, uniqueName)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return []bot.Bot{summary(found)}, nil
}

// Get reads an assistant without its content, and whether it needs a model build.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return bot.Bot{}, err
	}
	found, err := h.assistant(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	newest, built, err := h.builds(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	return whole(&live{assistant: found, build: newest, built: built}), nil
}

// Read reads an assistant with its schema.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return bot.Bot{}, err
	}
	l, err := h.read(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	return whole(l), nil
}

// Tasks lists the assistant's tasks.
func (h Host) Tasks(ctx context.Context, sid string) ([]string, error) {
	rows, err := list[task](ctx, h.api, "tasks", "Assistants", sid, "Tasks")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.UniqueName
	}
	slices.Sort(names)
	return names, nil
}

// assistant reads an assistant by SID or unique name.
func (a api) assistant(ctx context.Context, sidOrName string) (assistant, error) {
	var found assistant
	if err := a.get(ctx, &found, "Assistants", sidOrName); err != nil {
		return found, err
	}
	return found, a.ours(found)
}

// ours refuses an assistant of another account: product hosts act on the account of
// the credentials, whatever account was meant.
func (a api) ours(found assistant) error {
	if found.AccountSID == a.client.AccountSID() {
		return nil
	}
	return fmt.Errorf("assistant %q (%s) belongs to account %s, but the provider is configured for account %s; use credentials of the account that is meant",
		found.UniqueName, found.SID, found.AccountSID, a.client.AccountSID())
}

func summary(row assistant) bot.Bot {
	friendly, uploading := bot.ReadUploading(row.FriendlyName)
	return bot.Bot{
		SID: row.SID, AccountSID: row.AccountSID, UniqueName: row.UniqueName, FriendlyName: friendly,
		DateCreated: row.DateCreated, DateUpdated: row.DateUpdated,
		Uploading: uploading, NeedsModelBuild: uploading || row.NeedsModelBuild,
	}
}

func whole(l *live) bot.Bot {
	b := summary(l.assistant)
	b.BuiltAt = l.built
	b.NeedsModelBuild = b.Uploading || needsBuild(l.assistant, l.build)
	b.Content = bot.Content{Schema: l.schema}
	return b
}

// Create makes an assistant, uploads its content and waits for its model build.
//
//  1. The assistant is made under its unique name with the mark [uploading] behind
//     its friendly name, or found so: cut off here or at any later call, it stays
//     with its mark, no number routes to it, and the next Create of this name takes
//     it up where it was left. (Deleting it instead would keep the name reserved
//     for 30 days.)
//  2. Its content is brought to what is wanted: what Twilio gave it (a stock task)
//     and what an earlier run wrote is part of the difference.
//  3. Its model is built, and waited for.
//  4. The mark is taken off: from here on it is whole.
func (h Host) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	made, err := h.start(ctx, spec)
	if err != nil {
		return bot.Bot{}, err
	}
	b, err := h.complete(ctx, made, spec)
	if err != nil {
		return bot.Bot{}, &bot.Problem{
			Summary: "The bot was not uploaded whole",
			Detail: fmt.Sprintf("%v\n\nAssistant %s stays at Twilio under the friendly name %q; no number routes to it. Apply again: it is taken up where it was left.",
				err, summary(made), bot.MarkUploading(spec.FriendlyName)),
			Cause: err,
		}
	}
	return b, nil
}

// start makes the assistant with its mark, restores it, or finds the one that an
// earlier run left.
func (h Host) start(ctx context.Context, spec bot.Spec) (assistant, error) {
	found, err := h.assistant(ctx, spec.UniqueName)
	switch {
	case err == nil && (summary(found).Uploading || found.SID == spec.RestoreSID):
		return found, nil
	case err == nil:
		return found, fmt.Errorf("%s exists: %w", summary(found), bot.ErrNameTaken)
	case !errors.Is(err, bot.ErrNotFound):
		return found, err
	}
	if spec.RestoreSID != "" {
		return h.restore(ctx, spec)
	}
	form := url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName)}}
	var made assistant
	err = h.post(ctx, form, &made, "Assistants")
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

// nameTaken knows Twilio's two ways to say it: error 90101, and a message.
func nameTaken(err error) bool {
	return twilio.HasCode(err, 90101) || (err != nil && strings.Contains(err.Error(), "UniqueName already in use"))
}

// lost looks for the assistant whose create was never answered: the mark tells it.
func (h Host) lost(ctx context.Context, spec bot.Spec, cause error) (assistant, error) {
	found, err := bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, spec.UniqueName)
		if errors.Is(err, bot.ErrNotFound) {
			err = bot.Stale("no assistant is named %q", spec.UniqueName)
		}
		return found, err
	})
	switch {
	case err == nil && summary(found).Uploading:
		return found, nil
	case err == nil:
		return found, fmt.Errorf("%s exists: %w", summary(found), bot.ErrNameTaken)
	case bot.IsStale(err):
		return found, &bot.Problem{
			Summary: "A write was lost",
			Detail:  fmt.Sprintf("The answer to creating the assistant %q never came, and no such assistant is there. Apply again.", spec.UniqueName),
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
		found, err = bot.Settle(ctx, bot.ReadBackBound, func(ctx context.Context) (assistant, error) {
			found, err := h.assistant(ctx, spec.RestoreSID)
			if errors.Is(err, bot.ErrNotFound) {
				err = bot.Stale("assistant %s is not there yet", spec.RestoreSID)
			}
			return found, err
		})
	}
	if err != nil {
		return found, fmt.Errorf("restoring assistant %s: %w", spec.RestoreSID, err)
	}
	form := url.Values{"UniqueName": {spec.UniqueName}, "FriendlyName": {bot.MarkUploading(spec.FriendlyName)}}
	return h.rename(ctx, found.SID, form)
}

// complete brings a marked assistant to what is wanted, trains it and takes the
// mark off.
func (h Host) complete(ctx context.Context, made assistant, spec bot.Spec) (bot.Bot, error) {
	if spec.Content.Schema == nil {
		// Content managed elsewhere: Twilio's stock task is not ours to remove.
		if _, err := h.rename(ctx, made.SID, url.Values{"FriendlyName": {spec.FriendlyName}}); err != nil {
			return bot.Bot{}, err
		}
		return h.Get(ctx, made.SID)
	}
	if err := h.clearStock(ctx, made.SID, spec.Content.Schema); err != nil {
		return bot.Bot{}, err
	}
	l, changed, err := h.bring(ctx, made.SID, spec.Content.Schema, nil)
	if err != nil {
		return bot.Bot{}, err
	}
	if changed || needsBuild(l.assistant, l.build) {
		if err := h.train(ctx, made.SID, changed); err != nil {
			return bot.Bot{}, err
		}
	}
	return h.finish(ctx, l, url.Values{"FriendlyName": {spec.FriendlyName}})
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

// Delete removes an assistant. Twilio does not say whether one with content may be
// removed, so that is tried first, which keeps the content for a restore; where it
// is refused, the content goes first. Cut off in between, the assistant is there
// with less content, and the next Delete finishes.
func (h Host) Delete(ctx context.Context, sid string) error {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return err
	}
	err := h.delete(ctx, "Assistants", sid)
	if refused(err) {
		if err = h.empty(ctx, sid); err == nil {
			err = h.delete(ctx, "Assistants", sid)
		}
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	return twilio.Gone(ctx, sid, h.Get)
}

func refused(err error) bool {
	var answer *twilio.Error
	return errors.As(err, &answer) && (answer.HTTPStatus == http.StatusBadRequest || answer.HTTPStatus == http.StatusConflict)
}

// empty takes everything out of an assistant, from the leaves up.
func (h Host) empty(ctx context.Context, sid string) error {
	l, err := h.read(ctx, sid)
	if err != nil {
		return err
	}
	changes := schema.Diff(l.schema, &schema.Schema{})
	if err := (writer{h.api, sid, l, changes}).write(ctx); err != nil {
		return err
	}
	builds, err := list[modelBuild](ctx, h.api, "model_builds", "Assistants", sid, "ModelBuilds")
	if err != nil {
		return err
	}
	for _, build := range slices.Backward(builds) { // oldest first, as Twilio's own tools do
		if err := h.delete(ctx, "Assistants", sid, "ModelBuilds", build.SID); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
	}
	return nil
}
