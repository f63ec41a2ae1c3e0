package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func task(rest string) string { return `{"tasks":[{"uniqueName":"t"` + rest + `}]}` }

func TestLiveHasWhatTheFileAsks(t *testing.T) {
	const ownURL = `,"actionsUrl":"https://autopilot.twilio.com/v1/Assistants/UA1/Tasks/UD1/Actions"`
	for name, each := range map[string]struct {
		config, live string
		want         bool
	}{
		"absent logQueries is left alone":   {`{}`, `{"logQueries":false}`, true},
		"logQueries":                        {`{"logQueries":true}`, `{"logQueries":false}`, false},
		"absent defaults are left alone":    {`{}`, `{"defaults":{"defaults":{"fallback":"task://x"}}}`, true},
		"empty defaults are left alone":     {`{"defaults":{"defaults":{}}}`, `{"defaults":{"defaults":{"fallback":"task://x"}}}`, true},
		"an absent key is left alone":       {`{"defaults":{"defaults":{"fallback":"task://x"}}}`, `{"defaults":{"defaults":{"fallback":"task://x","assistant_initiation":"task://y"}}}`, true},
		"an absent inner key too":           {`{"styleSheet":{"style_sheet":{"voice":{"a":"x"}}}}`, `{"styleSheet":{"style_sheet":{"voice":{"a":"x","b":"y"}}}}`, true},
		"unset is absent":                   {`{"defaults":{"defaults":{"fallback":""}}}`, `{}`, true},
		"unset is not set":                  {`{"defaults":{"defaults":{"fallback":""}}}`, `{"defaults":{"defaults":{"fallback":"task://x"}}}`, false},
		"another value":                     {`{"defaults":{"defaults":{"fallback":"task://x"}}}`, `{"defaults":{"defaults":{"fallback":"task://y"}}}`, false},
		"a number's spelling":               {`{"styleSheet":{"style_sheet":{"n":4}}}`, `{"styleSheet":{"style_sheet":{"n":4.0}}}`, true},
		"a task that is not listed":         {`{}`, task(``), false},
		"a field type that is not listed":   {`{}`, `{"fieldTypes":[{"uniqueName":"F"}]}`, false},
		"a sample that is not listed":       {task(``), task(`,"samples":[{"language":"en-US","taggedText":"x"}]`), false},
		"order of samples":                  {task(`,"samples":[{"language":"en-US","taggedText":"x"},{"language":"en-US","taggedText":"y"}]`), task(`,"samples":[{"language":"en-US","taggedText":"y"},{"language":"en-US","taggedText":"x"}]`), true},
		"a sample twice":                    {task(`,"samples":[{"language":"en-US","taggedText":"x"},{"language":"en-US","taggedText":"x"}]`), task(`,"samples":[{"language":"en-US","taggedText":"x"}]`), true},
		"order of actions":                  {task(`,"actions":{"actions":[{"say":"a"},{"say":"b"}]}`), task(`,"actions":{"actions":[{"say":"b"},{"say":"a"}]}`), false},
		"absent actions are left alone":     {task(``), task(`,"actions":{"actions":[{"say":"b"}]}`), true},
		"Twilio's empty actions":            {task(`,"actions":{"actions":[]}`), task(`,"actions":{}`), true},
		"actions fetched from elsewhere":    {task(`,"actions":{"actions":[]}`), task(`,"actions":{"actions":[]},"actionsUrl":"https://example.com/"`), false},
		"the task's own actions URL":        {task(`,"actions":{"actions":[]}`), task(`,"actions":{"actions":[]}` + ownURL), true},
		"absent URL, channel, name":         {task(`,"samples":[{"language":"en-US","taggedText":"x"}]`), task(`,"friendlyName":"T","actionsUrl":"https://example.com/","samples":[{"language":"en-US","taggedText":"x","sourceChannel":"sms"}]`), true},
		"another channel":                   {task(`,"samples":[{"language":"en-US","taggedText":"x","sourceChannel":"sms"}]`), task(`,"samples":[{"language":"en-US","taggedText":"x"}]`), false},
		"a built-in type's SID is its name": {task(`,"fields":[{"uniqueName":"f","fieldType":"Twilio.CITY"}]`), task(`,"fields":[{"uniqueName":"f","fieldType":"UB4130bb37b688db48eee4c6225c442c39"}]`), true},
		"another synonym":                   {`{"fieldTypes":[{"uniqueName":"F","values":[{"language":"en-US","value":"a","synonymOf":"b"}]}]}`, `{"fieldTypes":[{"uniqueName":"F","values":[{"language":"en-US","value":"a"}]}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Equal(mustParse(t, each.config), mustParse(t, each.live)); got != each.want {
				t.Errorf("Equal is %t", got)
			}
		})
	}
}

func TestChangesAreNoMoreThanTheDifference(t *testing.T) {
	for name, each := range map[string]struct {
		live, want string
		summary    string
		build      bool
	}{
		"nothing":      {`{}`, `{}`, "", false},
		"logQueries":   {`{"logQueries":true}`, `{"logQueries":false}`, "logQueries: set to false", false},
		"one default":  {`{"defaults":{"defaults":{"a":"1","b":"2"}}}`, `{"defaults":{"defaults":{"a":"3"}}}`, `defaults.a: "1" becomes "3"`, false},
		"actions":      {task(`,"actions":{"actions":[]}`), task(`,"actions":{"actions":[{"say":"x"},{"listen":true}]}`), "task t: actions changed to say, listen", false},
		"sample":       {task(``), task(`,"samples":[{"language":"en-US","taggedText":"hello"}]`), `task t: sample added "hello"`, true},
		"lost sample":  {task(`,"samples":[{"language":"en-US","taggedText":"hello"}]`), task(``), `task t: sample removed "hello"`, true},
		"field's type": {task(`,"fields":[{"uniqueName":"f","fieldType":"Twilio.CITY"}]`), task(`,"fields":[{"uniqueName":"f","fieldType":"Twilio.DATE"}]`), `task t: field "f": type Twilio.CITY becomes Twilio.DATE`, true},
		"new task":     {`{}`, task(``), "task t: created with 0 fields and 0 samples", true},
		"lost task":    {task(``), `{}`, "task t: deleted with 0 fields and 0 samples", true},
		"task's name":  {task(``), task(`,"friendlyName":"T"`), `task t: friendlyName set to "T"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := Diff(mustParse(t, each.live), mustParse(t, each.want))
			if got := strings.Join(c.Summary(), "\n"); got != each.summary {
				t.Errorf("summary %q, want %q", got, each.summary)
			}
			if c.NeedsModelBuild() != each.build || c.Empty() != (each.summary == "") {
				t.Errorf("model build %t, empty %t", c.NeedsModelBuild(), c.Empty())
			}
		})
	}
}

func TestDefaultsAreWrittenWholeWithTheLiveKeysKept(t *testing.T) {
	c := Diff(mustParse(t, `{"defaults":{"defaults":{"fallback":"task://x","collect":{"a":"1","b":"2"}}}}`),
		mustParse(t, `{"defaults":{"defaults":{"collect":{"b":"3"}}}}`))
	if got, want := string(c.Defaults), `{"collect":{"a":"1","b":"3"},"fallback":"task://x"}`; got != want {
		t.Errorf("writes %s, not %s", got, want)
	}
}

// twilioValues is a field type at Twilio: a value cannot be a synonym of one that does
// not exist, nor be deleted while it has synonyms.
type twilioValues map[string]string

func (v twilioValues) write(c FieldTypeChange) error {
	for _, d := range c.DeleteValues {
		for synonym, of := range v {
			if of == d.Value {
				return fmt.Errorf("%q is deleted while %q is a synonym of it", d.Value, synonym)
			}
		}
		if _, ok := v[d.Value]; !ok {
			return fmt.Errorf("%q is deleted and does not exist", d.Value)
		}
		delete(v, d.Value)
	}
	for _, n := range c.CreateValues {
		if _, ok := v[n.SynonymOf]; n.SynonymOf != "" && !ok {
			return fmt.Errorf("%q becomes a synonym of %q, which does not exist", n.Value, n.SynonymOf)
		}
		if _, ok := v[n.Value]; ok {
			return fmt.Errorf("%q is created twice", n.Value)
		}
		v[n.Value] = n.SynonymOf
	}
	return nil
}

func TestValuesAreWrittenInAnOrderTwilioTakes(t *testing.T) {
	for name, each := range map[string]struct{ live, want map[string]string }{
		"synonyms deleted with their value": {map[string]string{"a": "", "b": "a", "c": "a"}, map[string]string{}},
		"synonyms created with their value": {map[string]string{}, map[string]string{"b": "a", "a": "", "c": "a"}},
		"the value of synonyms changes":     {map[string]string{"a": "z", "z": "", "b": "a"}, map[string]string{"a": "", "z": "", "b": "a"}},
		"a value and its synonym swap":      {map[string]string{"a": "", "b": "a"}, map[string]string{"b": "", "a": "b"}},
		"a chain":                           {map[string]string{"a": "", "b": "a", "c": "b"}, map[string]string{"a": "z", "z": "", "b": "a", "c": "b"}},
		"a synonym of another value of two": {map[string]string{"a": "", "b": "", "c": "a"}, map[string]string{"a": "", "b": "", "c": "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			live, want := &Schema{FieldTypes: []FieldType{valuesOf(each.live)}}, &Schema{FieldTypes: []FieldType{valuesOf(each.want)}}
			at := twilioValues(each.live)
			for _, c := range Diff(live, want).FieldTypes {
				if err := at.write(c); err != nil {
					t.Fatal(err)
				}
			}
			if fmt.Sprint(at) != fmt.Sprint(each.want) {
				t.Errorf("Twilio holds %v, not %v", at, each.want)
			}
		})
	}
}

func valuesOf(m map[string]string) FieldType {
	t := FieldType{UniqueName: "F"}
	for value, of := range m {
		t.Values = append(t.Values, Value{Language: "en-US", Value: value, SynonymOf: of})
	}
	slices.SortFunc(t.Values, func(a, b Value) int { return strings.Compare(a.Value, b.Value) })
	return t
}
