package schema

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// summarize describes changes, in the order of the file's parts.
func summarize(live, want *Schema, c Changes) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if c.LogQueries != nil {
		add("logQueries: set to %t", *c.LogQueries)
	}
	unmet("defaults", tree(want.Defaults), tree(live.Defaults), add)
	unmet("styleSheet", tree(want.StyleSheet), tree(live.StyleSheet), add)
	for _, t := range c.FieldTypes {
		t.summarize(func(format string, args ...any) {
			add("field type %s: %s", t.UniqueName, fmt.Sprintf(format, args...))
		})
	}
	for _, t := range c.Tasks {
		t.summarize(func(format string, args ...any) {
			add("task %s: %s", t.UniqueName, fmt.Sprintf(format, args...))
		})
	}
	return lines
}

// unmet adds a line for each key of defaults or styleSheet whose live value is not the
// wanted one.
func unmet(path string, want, live *jsondoc.Node, add func(format string, args ...any)) {
	switch {
	case met(want, live):
	case want.Kind == '{':
		for _, m := range want.Members {
			unmet(path+"."+m.Name, m.Value, live.Get(m.Name), add)
		}
	case isUnset(want):
		add("%s: unset (was %s)", path, live.Canonical())
	case isUnset(live):
		add("%s: set to %s", path, want.Canonical())
	default:
		add("%s: %s becomes %s", path, live.Canonical(), want.Canonical())
	}
}

func (c FieldTypeChange) summarize(add func(format string, args ...any)) {
	switch c.Op {
	case Create:
		add("created with %s", count(len(c.CreateValues), "value"))
		return
	case Delete:
		add("deleted with %s", count(len(c.DeleteValues), "value"))
		return
	case Update:
	}
	if c.FriendlyName != "" {
		add("friendlyName set to %q", c.FriendlyName)
	}
	created, deleted := index(c.CreateValues, Value.id), index(c.DeleteValues, Value.id)
	for _, v := range c.DeleteValues {
		if _, ok := created[v.id()]; !ok {
			add("value removed %q", v.Value)
		}
	}
	for _, v := range c.CreateValues {
		word := "added"
		if _, ok := deleted[v.id()]; ok {
			word = "replaced"
		}
		if v.SynonymOf != "" {
			add("value %s %q, a synonym of %q", word, v.Value, v.SynonymOf)
		} else {
			add("value %s %q", word, v.Value)
		}
	}
}

func (c TaskChange) summarize(add func(format string, args ...any)) {
	switch c.Op {
	case Create:
		add("created with %s and %s", count(len(c.CreateFields), "field"), count(len(c.CreateSamples), "sample"))
		return
	case Delete:
		add("deleted with %s and %s", count(len(c.DeleteFields), "field"), count(len(c.DeleteSamples), "sample"))
		return
	case Update:
	}
	if c.FriendlyName != "" {
		add("friendlyName set to %q", c.FriendlyName)
	}
	if c.Actions != nil {
		add("actions changed%s", verbs(c.Actions))
	}
	if c.ActionsURL != "" {
		add("actionsUrl set to %s", c.ActionsURL)
	}
	created, deleted := index(c.CreateFields, Field.id), index(c.DeleteFields, Field.id)
	for _, f := range c.DeleteFields {
		if _, ok := created[f.id()]; !ok {
			add("field removed %q", f.UniqueName)
		}
	}
	for _, f := range c.CreateFields {
		if was, ok := deleted[f.id()]; ok {
			add("field %q: type %s becomes %s", f.UniqueName, was.FieldType, f.FieldType)
		} else {
			add("field added %q of type %s", f.UniqueName, f.FieldType)
		}
	}
	for _, s := range c.DeleteSamples {
		add("sample removed %q", s.TaggedText)
	}
	for _, s := range c.CreateSamples {
		add("sample added %q", s.TaggedText)
	}
	for _, s := range c.UpdateSamples {
		add("sample %q: sourceChannel set to %s", s.TaggedText, s.SourceChannel)
	}
}

// verbs lists the verbs of new actions, such as " to say, listen".
func verbs(actions jsontext.Value) string {
	text := ""
	if list := actionsTree(actions).Get("actions"); list != nil {
		for _, action := range list.Elems {
			for _, m := range action.Members {
				if text != "" {
					text += ", "
				}
				text += m.Name
			}
		}
	}
	if text == "" {
		return " to none"
	}
	return " to " + text
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
