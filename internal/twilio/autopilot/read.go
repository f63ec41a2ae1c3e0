package autopilot

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// parallel is how many calls one bot has under way at once: an assistant is read
// and written by a call for each of its parts.
const parallel = 8

// live is an assistant as it is at Twilio: its content, and the SIDs by which its
// parts are addressed.
type live struct {
	assistant assistant
	schema    *schema.Schema
	tasks     map[string]*liveTask // by unique name
	types     map[string]*liveType // by unique name
	build     modelBuild           // the newest; its SID is empty where there is none
	built     time.Time            // when the last completed one was done
}

type liveTask struct {
	sid        string
	actionsURL string // that of the task's own Actions resource
	fields     map[string]string
	samples    map[schema.Sample][]string
}

type liveType struct {
	sid    string
	values map[schema.Value][]string
}

// sampleKey and valueKey identify a sample and a value, whatever else is said of it.
func sampleKey(s schema.Sample) schema.Sample {
	return schema.Sample{Language: s.Language, TaggedText: s.TaggedText}
}

func valueKey(v schema.Value) schema.Value {
	return schema.Value{Language: v.Language, Value: v.Value}
}

// read reads an assistant whole: four calls, and three for each task and one for
// each field type.
func (a api) read(ctx context.Context, sid string) (*live, error) {
	l := &live{schema: &schema.Schema{}, tasks: map[string]*liveTask{}, types: map[string]*liveType{}}
	assistant, err := a.assistant(ctx, sid)
	if err != nil {
		return nil, err
	}
	l.assistant = assistant
	l.schema.LogQueries = &l.assistant.LogQueries

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	var tasks []schema.Task
	var types []schema.FieldType
	var names map[string]string // of field types, by SID
	group.Go(func() (err error) {
		l.schema.Defaults, err = a.inner(ctx, "defaults", sid, "Defaults")
		return err
	})
	group.Go(func() (err error) {
		l.schema.StyleSheet, err = a.inner(ctx, "style_sheet", sid, "StyleSheet")
		return err
	})
	group.Go(func() (err error) {
		l.build, l.built, err = a.builds(ctx, sid)
		return err
	})
	group.Go(func() (err error) {
		types, names, err = a.readTypes(ctx, l, sid)
		return err
	})
	group.Go(func() (err error) {
		tasks, err = a.readTasks(ctx, l, sid)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range tasks {
		for j, f := range tasks[i].Fields {
			// A custom type may come back by its SID.
			if name, ok := names[f.FieldType]; ok {
				tasks[i].Fields[j].FieldType = name
			}
		}
	}
	l.schema.Tasks, l.schema.FieldTypes = tasks, types
	return l, nil
}

// inner reads a sub-resource's data and takes the inner object out: what the
// schema file nests under the same name twice.
func (a api) inner(ctx context.Context, key, sid, resource string) (jsontext.Value, error) {
	var answer data
	if err := a.get(ctx, &answer, "Assistants", sid, resource); err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(answer.Data, &object); err != nil || object[key] == nil {
		// Not an object, or one without the key: nothing is set.
		return nil, nil //nolint:nilerr // what Twilio holds there is not for us to refuse
	}
	return jsontext.Value(object[key]), nil
}

func (a api) readTypes(ctx context.Context, l *live, sid string) ([]schema.FieldType, map[string]string, error) {
	rows, err := list[fieldType](ctx, a, "field_types", "Assistants", sid, "FieldTypes")
	if err != nil {
		return nil, nil, err
	}
	oldestFirst(rows, func(t fieldType) time.Time { return t.DateCreated })
	types, names := make([]schema.FieldType, len(rows)), map[string]string{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	lives := make([]*liveType, len(rows))
	for i, row := range rows {
		names[row.SID] = row.UniqueName
		group.Go(func() error {
			values, err := list[fieldValue](ctx, a, "field_values", "Assistants", sid, "FieldTypes", row.SID, "FieldValues")
			if err != nil {
				return err
			}
			oldestFirst(values, func(v fieldValue) time.Time { return v.DateCreated })
			bySID := map[string]string{}
			for _, value := range values {
				bySID[value.SID] = value.Value
			}
			types[i] = schema.FieldType{UniqueName: row.UniqueName, FriendlyName: row.FriendlyName}
			lives[i] = &liveType{sid: row.SID, values: map[schema.Value][]string{}}
			for _, value := range values {
				v := schema.Value{Language: value.Language, Value: value.Value, SynonymOf: value.SynonymOf}
				// The specification types it as a SID, answers held the text.
				if text, ok := bySID[v.SynonymOf]; ok {
					v.SynonymOf = text
				}
				types[i].Values = append(types[i].Values, v)
				lives[i].values[valueKey(v)] = append(lives[i].values[valueKey(v)], value.SID)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	for i, row := range rows {
		l.types[row.UniqueName] = lives[i]
	}
	return types, names, nil
}

func (a api) readTasks(ctx context.Context, l *live, sid string) ([]schema.Task, error) {
	rows, err := list[task](ctx, a, "tasks", "Assistants", sid, "Tasks")
	if err != nil {
		return nil, err
	}
	oldestFirst(rows, func(t task) time.Time { return t.DateCreated })
	tasks, lives := make([]schema.Task, len(rows)), make([]*liveTask, len(rows))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, row := range rows {
		group.Go(func() (err error) {
			tasks[i], lives[i], err = a.readTask(ctx, sid, row)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, row := range rows {
		l.tasks[row.UniqueName] = lives[i]
	}
	return tasks, nil
}

func (a api) readTask(ctx context.Context, sid string, row task) (schema.Task, *liveTask, error) {
	t := schema.Task{UniqueName: row.UniqueName, FriendlyName: row.FriendlyName}
	l := &liveTask{sid: row.SID, fields: map[string]string{}, samples: map[schema.Sample][]string{}}
	l.actionsURL = at("Assistants", sid, "Tasks", row.SID, "Actions")
	// The host differs on a compatible service; the path says whose it is.
	if !strings.HasSuffix(row.ActionsURL, "/Assistants/"+sid+"/Tasks/"+row.SID+"/Actions") {
		t.ActionsURL = row.ActionsURL
	} else {
		l.actionsURL = row.ActionsURL
	}
	var actions data
	if err := a.get(ctx, &actions, "Assistants", sid, "Tasks", row.SID, "Actions"); err != nil {
		return t, nil, err
	}
	t.Actions = jsontext.Value(actions.Data)
	fields, err := list[field](ctx, a, "fields", "Assistants", sid, "Tasks", row.SID, "Fields")
	if err != nil {
		return t, nil, err
	}
	oldestFirst(fields, func(f field) time.Time { return f.DateCreated })
	for _, f := range fields {
		t.Fields = append(t.Fields, schema.Field{UniqueName: f.UniqueName, FieldType: f.FieldType})
		l.fields[f.UniqueName] = f.SID
	}
	samples, err := list[sample](ctx, a, "samples", "Assistants", sid, "Tasks", row.SID, "Samples")
	if err != nil {
		return t, nil, err
	}
	oldestFirst(samples, func(s sample) time.Time { return s.DateCreated })
	for _, row := range samples {
		s := schema.Sample{Language: row.Language, TaggedText: row.TaggedText, SourceChannel: row.SourceChannel}
		t.Samples = append(t.Samples, s)
		l.samples[sampleKey(s)] = append(l.samples[sampleKey(s)], row.SID)
	}
	return t, l, nil
}

// oldestFirst puts a list in the order in which its rows were created, as a file would
// have them: Twilio's lists come newest first.
func oldestFirst[T any](rows []T, created func(T) time.Time) {
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(a, b T) int { return cmp.Compare(created(a).UnixNano(), created(b).UnixNano()) })
}
