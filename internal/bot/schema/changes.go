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

// String returns "create", "update" or "delete".
func (o Op) String() string {
	switch o {
	case Create:
		return "create"
	case Update:
		return "update"
	default:
		return "delete"
	}
}

// Changes is what must be written so that a live assistant has what a file asks for,
// and nothing else. An order of writes in which every reference exists when it is
// written: field types and values created; tasks created and updated without their
// actions; samples deleted, fields deleted, fields created, samples created; the
// actions of tasks, defaults and styleSheet (they name tasks); tasks deleted;
// values and field types deleted.
//
// Where a value is deleted and created again, its deletion comes first.
type Changes struct {
	LogQueries *bool

	// Defaults and StyleSheet are the whole object to write, since a write replaces
	// all of it: the live one with the file's keys merged into it. Nil: no write.
	Defaults   jsontext.Value
	StyleSheet jsontext.Value

	FieldTypes []FieldTypeChange
	Tasks      []TaskChange

	summary []string
}

// FieldTypeChange is the change of one custom field type. A Delete lists the
// values deleted with it.
type FieldTypeChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string // empty: no write

	// DeleteValues has synonyms before the values they stand for, CreateValues after.
	// Twilio has no update of a value: a value of both lists is replaced.
	DeleteValues []Value
	CreateValues []Value
}

// TaskChange is the change of one task. A Delete lists the fields and samples
// deleted with it.
type TaskChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string         // empty: no write
	Actions      jsontext.Value // nil: no write

	// ActionsURL is the external URL to write; empty: no write. With Actions given and
	// no URL, the write of the actions ends the use of any external URL.
	ActionsURL string

	// Twilio has no update of a field: a field of both lists is replaced. Fields to
	// delete carry the type they have.
	DeleteFields []Field
	CreateFields []Field

	// UpdateSamples change the source channel of existing samples. A sample with
	// another text is another sample.
	DeleteSamples []Sample
	CreateSamples []Sample
	UpdateSamples []Sample
}

// Empty reports whether there is nothing to write.
func (c Changes) Empty() bool {
	return c.LogQueries == nil && c.Defaults == nil && c.StyleSheet == nil &&
		len(c.FieldTypes) == 0 && len(c.Tasks) == 0
}

// NeedsModelBuild reports whether the assistant's language model must be built
// again: for tasks, fields, samples, field types and values that are added, removed or
// changed. Actions, friendly names, defaults, styleSheet and logQueries take effect at
// once (https://www.twilio.com/docs/autopilot/api/model-build).
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
