package autopilot

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// The states of an assistant between two others, which a write that was cut off leaves,
// are no other client's changes; everything else is.
func TestChangedSince(t *testing.T) {
	t.Parallel()
	sample := func(text string) schema.Sample { return schema.Sample{Language: "en-US", TaggedText: text} }
	value := func(text, of string) schema.Value {
		return schema.Value{Language: "en-US", Value: text, SynonymOf: of}
	}
	task := func(actions string, samples ...schema.Sample) schema.Schema {
		return schema.Schema{Tasks: []schema.Task{{UniqueName: "t", FriendlyName: "T", Actions: jsontext.Value(`{"actions":[{"say":"` + actions + `"}]}`), Samples: samples}}}
	}
	field := func(of string) schema.Schema {
		return schema.Schema{Tasks: []schema.Task{{UniqueName: "t", Fields: []schema.Field{{UniqueName: "f", FieldType: of}}}}}
	}
	kinds := func(values ...schema.Value) schema.Schema {
		return schema.Schema{FieldTypes: []schema.FieldType{{UniqueName: "k", FriendlyName: "K", Values: values}}}
	}
	defaults := func(text string) schema.Schema { return schema.Schema{Defaults: jsontext.Value(text)} }
	logs := func(on bool) schema.Schema { return schema.Schema{LogQueries: &on} }
	none, bare := schema.Schema{}, schema.Schema{Tasks: []schema.Task{{UniqueName: "t"}}}
	for name, each := range map[string]struct {
		from, now, want schema.Schema
		others          []string
	}{
		"as planned for": {task("a"), task("a"), task("b"), nil},
		"as wanted":      {task("a"), task("b"), task("b"), nil},
		"another":        {task("a"), task("c"), task("b"), []string{"task t: actions"}},
		"half as wanted": {task("a", sample("1")), task("b", sample("1")), task("b", sample("1"), sample("2")), nil},

		"a task that comes, half there":         {none, task("a", sample("1")), task("a", sample("1"), sample("2")), nil},
		"a task that comes, with a sample":      {none, task("a", sample("x")), task("a", sample("1")), []string{"task t: sample x (en-US)"}},
		"a task that comes, with other actions": {none, task("x"), task("a"), []string{"task t: actions"}},
		"a task that goes, half there":          {task("a", sample("1"), sample("2")), task("a", sample("2")), none, nil},
		"a task that goes, with a sample":       {task("a", sample("1")), task("a", sample("1"), sample("x")), none, []string{"task t: sample x (en-US)"}},
		"a task that goes, with other actions":  {task("a"), task("x"), none, []string{"task t: actions"}},
		"a task that goes, gone":                {task("a", sample("1")), none, none, nil},
		"a task that stays, gone":               {task("a", sample("1")), none, task("b", sample("1")), []string{"task t"}},
		"a task that is nobody's":               {none, task("a", sample("1")), none, []string{"task t"}},
		"a field that is replaced":              {field("Twilio.CITY"), field("Twilio.CITY"), field("Twilio.DATE"), nil},
		"a field that is replaced, in between":  {field("Twilio.CITY"), bare, field("Twilio.DATE"), nil},
		"a field that is replaced, by another":  {field("Twilio.CITY"), field("Twilio.MONTH"), field("Twilio.DATE"), []string{"task t: field f"}},
		"a field that stays, gone":              {field("Twilio.CITY"), bare, field("Twilio.CITY"), []string{"task t: field f"}},
		"a type that comes, half there":         {none, kinds(value("1", "")), kinds(value("1", ""), value("2", "")), nil},
		"a type that goes, half there":          {kinds(value("1", ""), value("2", "1")), kinds(value("1", "")), none, nil},
		"a type that goes, with a value":        {kinds(value("1", "")), kinds(value("1", ""), value("x", "")), none, []string{"field type k: value x (en-US)"}},
		"a value that is replaced, in between":  {kinds(value("1", ""), value("2", "1")), kinds(value("1", "")), kinds(value("1", ""), value("2", "")), nil},
		"a value that is replaced, by another":  {kinds(value("1", ""), value("2", "")), kinds(value("1", ""), value("2", "1"), value("3", "")), kinds(value("1", ""), value("2", "3"), value("3", "")), []string{"field type k: value 2 (en-US)"}},
		"a default":                             {defaults(`{"a": 1, "b": 1}`), defaults(`{"a": 2, "b": 1}`), defaults(`{"a": 2, "b": 2}`), nil},
		"a default of another":                  {defaults(`{"a": 1}`), defaults(`{"a": 3}`), defaults(`{"a": 2}`), []string{"defaults.a"}},
		"a default that becomes an object":      {defaults(`{"a": 1}`), defaults(`{"a": 3}`), defaults(`{"a": {"b": 2}}`), []string{"defaults.a.b"}},
		"an object that becomes a default":      {defaults(`{"a": {"b": 2}}`), defaults(`{"a": {"b": 3}}`), defaults(`{"a": 1}`), []string{"defaults.a"}},
		"a default of a longer name":            {defaults(`{"a": 1, "ab": 1}`), defaults(`{"a": 1, "ab": 2}`), defaults(`{"a": 2, "ab": 2}`), nil},
		"a default that no plan knew":           {defaults(`{"a": 1}`), defaults(`{"a": 1, "b": 1}`), defaults(`{"a": 1, "b": 2}`), nil},
		"the log":                               {logs(true), logs(true), logs(false), nil},
		"the log, of another":                   {logs(true), logs(false), logs(true), []string{"logQueries"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.others, changedSince(&each.now, &each.from, &each.want)); diff != "" {
				t.Error(diff)
			}
			if others := changedSince(&each.now, nil, &each.want); others != nil {
				t.Errorf("nothing was planned for, and %v was changed since", others)
			}
		})
	}
}
