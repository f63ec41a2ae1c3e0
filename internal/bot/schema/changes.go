package schema

import "github.com/go-json-experiment/json/jsontext"

// Op is what a change does to the object it names.
type Op int

// The operations. An Update changes only what the change lists.
const (
	Create Op = iota + 1
	Update
	Delete
)

// Changes are the writes that make a live assistant match a file, and no others. In
// this order everything exists before it is referenced: create field types and values;
// create and update tasks without their actions; delete samples, delete fields, create
// fields, create samples; write the actions of tasks, defaults and styleSheet, which
// reference tasks; delete tasks; delete values and field types.
//
// A value that is replaced is deleted before it is created.
type Changes struct {
	LogQueries *bool

	// Defaults and StyleSheet are the whole object to write, because a write replaces
	// all of it: the live one, overridden by the keys of the file. Nil: no write.
	Defaults   jsontext.Value
	StyleSheet jsontext.Value

	FieldTypes []FieldTypeChange
	Tasks      []TaskChange

	summary []string
}

// FieldTypeChange is a change to one custom field type. A Delete lists the values that
// are deleted with it.
type FieldTypeChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string // empty: no write

	// DeleteValues has synonyms before the values they refer to, CreateValues after.
	// Twilio cannot update a value: one that is in both lists is replaced.
	DeleteValues []Value
	CreateValues []Value
}

// TaskChange is a change to one task. A Delete lists the fields and samples that are
// deleted with it.
type TaskChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string         // empty: no write
	Actions      jsontext.Value // nil: no write

	// ActionsURL is the external URL to write; empty: no write. With Actions and no URL,
	// writing the actions must also end the use of an external URL.
	ActionsURL string

	// Twilio cannot update a field: one that is in both lists is replaced. A field to
	// delete has its current type.
	DeleteFields []Field
	CreateFields []Field

	// UpdateSamples change the source channel of existing samples. A sample with another
	// text is another sample.
	DeleteSamples []Sample
	CreateSamples []Sample
	UpdateSamples []Sample
}

// Empty reports whether there is nothing to write.
func (c Changes) Empty() bool {
	return c.LogQueries == nil && c.Defaults == nil && c.StyleSheet == nil &&
		len(c.FieldTypes) == 0 && len(c.Tasks) == 0
}

// NeedsModelBuild reports whether the changes need a build of the assistant's language
// model: those of tasks, fields, samples, field types and values do. Actions, friendly
// names, defaults, styleSheet and logQueries take effect at once
// (https://www.twilio.com/docs/autopilot/api/model-build).
func (c Changes) NeedsModelBuild() bool {
	for _, t := range c.FieldTypes {
		if t.Op != Update || len(t.DeleteValues)+len(t.CreateValues) > 0 {
			return true
		}
	}
	for _, t := range c.Tasks {
		if t.Op != Update || len(t.DeleteFields)+len(t.CreateFields)+
			len(t.DeleteSamples)+len(t.CreateSamples)+len(t.UpdateSamples) > 0 {
			return true
		}
	}
	return false
}

// Summary describes the changes for people, one line each, in a fixed order.
func (c Changes) Summary() []string { return c.summary }
