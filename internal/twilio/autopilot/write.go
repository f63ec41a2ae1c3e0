package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// writer writes changes to one assistant.
type writer struct {
	api
	sid     string
	live    *live
	changes schema.Changes
}

// write writes the changes, each in one call, in an order in which nothing is missing
// when it is needed. Cut off after any call, what was written stays, the rest is
// found as the difference by the next read, and numbers go on answering by the last
// model build.
func (w writer) write(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"log settings", w.logQueries},
		{"field types and their values", w.createTypes},
		{"tasks", w.createTasks},
		{"fields and samples", w.fillTasks},
		{"actions", w.writeActions},
		{"defaults and style sheet", w.writeObjects},
		{"deleted tasks", w.deleteTasks},
		{"deleted field types", w.deleteTypes},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("writing the %s of assistant %s: %w", step.name, w.sid, err)
		}
	}
	return nil
}

// each runs write for every item, several at once: the parts of different tasks do
// not depend on each other.
func each[T any](ctx context.Context, items []T, write func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, item := range items {
		group.Go(func() error { return write(ctx, item) })
	}
	return group.Wait()
}

// remove deletes a part; one that is gone already is what is wanted.
func (w writer) remove(ctx context.Context, parts ...string) error {
	err := w.delete(ctx, append([]string{"Assistants", w.sid}, parts...)...)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	return err
}

func (w writer) add(ctx context.Context, form url.Values, out any, parts ...string) error {
	return w.post(ctx, form, out, append([]string{"Assistants", w.sid}, parts...)...)
}

func (w writer) logQueries(ctx context.Context) error {
	if w.changes.LogQueries == nil {
		return nil
	}
	return w.add(ctx, url.Values{"LogQueries": {fmt.Sprint(*w.changes.LogQueries)}}, nil)
}

func (w writer) createTypes(ctx context.Context) error {
	return each(ctx, w.changes.FieldTypes, func(ctx context.Context, change schema.FieldTypeChange) error {
		if change.Op == schema.Delete {
			return nil
		}
		known := w.live.types[change.UniqueName]
		if change.Op == schema.Create {
			form := url.Values{"UniqueName": {change.UniqueName}}
			if change.FriendlyName != "" {
				form.Set("FriendlyName", change.FriendlyName)
			}
			var created fieldType
			if err := w.add(ctx, form, &created, "FieldTypes"); err != nil {
				return err
			}
			known = &liveType{sid: created.SID}
		} else if change.FriendlyName != "" {
			if err := w.add(ctx, url.Values{"FriendlyName": {change.FriendlyName}}, nil, "FieldTypes", known.sid); err != nil {
				return err
			}
		}
		for _, value := range change.DeleteValues {
			for _, sid := range known.values[valueKey(value)] {
				if err := w.remove(ctx, "FieldTypes", known.sid, "FieldValues", sid); err != nil {
					return err
				}
			}
		}
		for _, value := range change.CreateValues {
			form := url.Values{"Language": {value.Language}, "Value": {value.Value}}
			if value.SynonymOf != "" {
				form.Set("SynonymOf", value.SynonymOf)
			}
			if err := w.add(ctx, form, nil, "FieldTypes", known.sid, "FieldValues"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w writer) createTasks(ctx context.Context) error {
	for _, change := range w.changes.Tasks {
		if change.Op != schema.Create {
			continue
		}
		form := url.Values{"UniqueName": {change.UniqueName}}
		setTask(form, change)
		var created task
		if err := w.add(ctx, form, &created, "Tasks"); err != nil {
			return err
		}
		w.live.tasks[change.UniqueName] = &liveTask{sid: created.SID, actionsURL: created.ActionsURL}
	}
	return nil
}

func setTask(form url.Values, change schema.TaskChange) {
	if change.FriendlyName != "" {
		form.Set("FriendlyName", change.FriendlyName)
	}
	if change.Actions != nil {
		form.Set("Actions", string(change.Actions))
	}
	if change.ActionsURL != "" {
		form.Set("ActionsUrl", change.ActionsURL)
	}
}

func (w writer) fillTasks(ctx context.Context) error {
	return each(ctx, w.changes.Tasks, func(ctx context.Context, change schema.TaskChange) error {
		if change.Op == schema.Delete {
			return nil
		}
		known := w.live.tasks[change.UniqueName]
		if err := w.emptyTask(ctx, known, change); err != nil {
			return err
		}
		for _, f := range change.CreateFields {
			form := url.Values{"UniqueName": {f.UniqueName}, "FieldType": {f.FieldType}}
			if err := w.add(ctx, form, nil, "Tasks", known.sid, "Fields"); err != nil {
				return err
			}
		}
		for _, s := range change.CreateSamples {
			if err := w.add(ctx, sampleForm(s), nil, "Tasks", known.sid, "Samples"); err != nil {
				return err
			}
		}
		for _, s := range change.UpdateSamples {
			for _, sid := range known.samples[sampleKey(s)] {
				if err := w.add(ctx, sampleForm(s), nil, "Tasks", known.sid, "Samples", sid); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// emptyTask deletes the samples and fields that a change takes out: samples first,
// since they name fields.
func (w writer) emptyTask(ctx context.Context, known *liveTask, change schema.TaskChange) error {
	for _, s := range change.DeleteSamples {
		for _, sid := range known.samples[sampleKey(s)] {
			if err := w.remove(ctx, "Tasks", known.sid, "Samples", sid); err != nil {
				return err
			}
		}
	}
	for _, f := range change.DeleteFields {
		if err := w.remove(ctx, "Tasks", known.sid, "Fields", known.fields[f.UniqueName]); err != nil {
			return err
		}
	}
	return nil
}

func sampleForm(s schema.Sample) url.Values {
	form := url.Values{"Language": {s.Language}, "TaggedText": {s.TaggedText}}
	if s.SourceChannel != "" {
		form.Set("SourceChannel", s.SourceChannel)
	}
	return form
}

func (w writer) writeActions(ctx context.Context) error {
	return each(ctx, w.changes.Tasks, func(ctx context.Context, change schema.TaskChange) error {
		form := url.Values{}
		setTask(form, change)
		if change.Op != schema.Update || len(form) == 0 {
			return nil
		}
		known := w.live.tasks[change.UniqueName]
		if change.Actions != nil && change.ActionsURL == "" && w.fetchesActions(change.UniqueName) {
			form.Set("ActionsUrl", known.actionsURL)
		}
		return w.add(ctx, form, nil, "Tasks", known.sid)
	})
}

// fetchesActions reports whether a task has its actions fetched from elsewhere.
func (w writer) fetchesActions(uniqueName string) bool {
	for _, t := range w.live.schema.Tasks {
		if t.UniqueName == uniqueName {
			return t.ActionsURL != ""
		}
	}
	return false
}

func (w writer) writeObjects(ctx context.Context) error {
	for _, object := range []struct {
		resource, key string
		value         jsontext.Value
	}{
		{"Defaults", "defaults", w.changes.Defaults},
		{"StyleSheet", "style_sheet", w.changes.StyleSheet},
	} {
		if object.value == nil {
			continue
		}
		form := url.Values{object.resource: {`{"` + object.key + `":` + string(object.value) + `}`}}
		if err := w.add(ctx, form, nil, object.resource); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) deleteTasks(ctx context.Context) error {
	return each(ctx, w.changes.Tasks, func(ctx context.Context, change schema.TaskChange) error {
		if change.Op != schema.Delete {
			return nil
		}
		known := w.live.tasks[change.UniqueName]
		if err := w.emptyTask(ctx, known, change); err != nil {
			return err
		}
		return w.remove(ctx, "Tasks", known.sid)
	})
}

func (w writer) deleteTypes(ctx context.Context) error {
	return each(ctx, w.changes.FieldTypes, func(ctx context.Context, change schema.FieldTypeChange) error {
		if change.Op != schema.Delete {
			return nil
		}
		known := w.live.types[change.UniqueName]
		for _, value := range change.DeleteValues {
			for _, sid := range known.values[valueKey(value)] {
				if err := w.remove(ctx, "FieldTypes", known.sid, "FieldValues", sid); err != nil {
					return err
				}
			}
		}
		return w.remove(ctx, "FieldTypes", known.sid)
	})
}
