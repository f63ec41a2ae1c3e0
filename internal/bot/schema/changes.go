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

// Changes is what must be written to make a live assistant what a file asks for,
// and nothing else. An order of writes in which nothing is missing when it is
// needed: field types and values created; tasks created and updated without their
// actions; samples deleted, fields deleted, fields created, samples created; the
// actions of tasks, defaults and styleSheet (they name tasks); tasks deleted;
// values and field types deleted.
//
// Where a value is deleted only to be created anew, its deletion comes first.
type Changes struct {
	LogQueries *bool

	// Defaults and StyleSheet are the whole object to write, since a write replaces
	// all of it: the live one with the file's keys laid over it. Nil: no write.
	Defaults   jsontext.Value
	StyleSheet jsontext.Value

	FieldTypes []FieldTypeChange
	Tasks      []TaskChange

	summary []string
}

// FieldTypeChange is what happens to one custom field type. A Delete lists the
// values that go with it.
type FieldTypeChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string // empty: no write

	// DeleteValues has synonyms before the values they stand for, CreateValues after.
	// Twilio has no update of a value: a value of both lists is replaced.
	DeleteValues []Value
	CreateValues []Value
}

// TaskChange is what happens to one task. A Delete lists the fields and samples
// that go with it.
type TaskChange struct {
	Op           Op
	UniqueName   string
	FriendlyName string         // empty: no write
	Actions      jsontext.Value // nil: no write

	// ActionsURL is the external URL to write; empty: no write. With Actions given and
	// no URL, the write of the actions is to end the use of any external URL.
	ActionsURL string

	// Twilio has no update of a field: a field of both lists is replaced. Fields to
	// delete carry the type they have.
	DeleteFields []Field
	CreateFields []Field

	// UpdateSamples change the source channel of samples that stay. A sample of
	// another text is another sample.
	DeleteSamples []Sample
	CreateSamples []Sample
	UpdateSamples []Sample
}

// Empty tells whether nothing is to be written.
func (c Changes) Empty() bool {
	return c.LogQueries == nil && c.Defaults == nil && c.StyleSheet == nil &&
		len(c.FieldTypes) == 0 && len(c.Tasks) == 0
}

// NeedsModelBuild tells whether the assistant's language model has to be built
// anew: for tasks, fields, samples, field types and values that come, go or
// change. Actions, names for people, defaults, styleSheet and logQueries act at
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

// Summary says for people what the changes do, one line each, in a fixed order.
func (c Changes) Summary() []string { return c.summary }
