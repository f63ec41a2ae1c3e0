// Package schema is the Autopilot assistant schema: the JSON file that Twilio's
// `twilio autopilot:export` wrote. It reads the file, validates it, and compares it with
// what an assistant at Twilio holds.
//
// Two schemas are compared as a question: does the live assistant have what the
// file asks for? A part the file leaves out is left as Twilio has it, and the
// order of lists counts only where an engine follows it: in actions.
package schema

import "github.com/go-json-experiment/json/jsontext"

// Schema is an assistant's content. A zero field is a part that the file leaves out,
// except for the lists, which are whole: what they lack must not exist.
type Schema struct {
	// UniqueName, FriendlyName and ModelBuild are what the file calls the assistant
	// and its model build. They are hints for people: the resource names the bot.
	UniqueName   string
	FriendlyName string
	ModelBuild   string

	// LogQueries reports whether Twilio keeps what people wrote; Twilio's default is true.
	LogQueries *bool

	// Defaults and StyleSheet are the objects Twilio's Defaults and StyleSheet
	// resources hold under `data`: the inner `defaults` and `style_sheet` of the file.
	Defaults   jsontext.Value
	StyleSheet jsontext.Value

	FieldTypes []FieldType
	Tasks      []Task

	// notes are the members of the file that an assistant does not have.
	notes []note
}

// FieldType is a custom field type: a named list of values.
type FieldType struct {
	UniqueName   string
	FriendlyName string // beyond the exporter's file; empty: left alone
	Values       []Value
}

// Value is one value of a field type. A value is identified by its language and text.
type Value struct {
	Language string
	Value    string

	// SynonymOf is the text of the value this one is a synonym of; empty for a value of
	// its own.
	SynonymOf string
}

// Task is what the assistant can do: the actions, and the samples that lead to it.
type Task struct {
	UniqueName   string
	FriendlyName string // beyond the exporter's file; empty: left alone

	// Actions is the Actions document, `{"actions":[…]}`; nil: left alone.
	Actions jsontext.Value

	// ActionsURL is where Twilio fetches the actions instead; beyond the exporter's
	// file. The URL of the task's own Actions resource, which Twilio reports when
	// no other is set, counts as empty.
	ActionsURL string

	Fields  []Field
	Samples []Sample
}

// Field is a slot of a task, filled by words of a sample.
type Field struct {
	UniqueName string

	// FieldType is a built-in type (Twilio.CITY), the unique name of a custom one, or
	// a UB SID. The SID of a built-in type means the same as its name.
	FieldType string
}

// Sample is an utterance that leads to its task. A sample is identified by its language
// and text: duplicates count once.
type Sample struct {
	Language   string
	TaggedText string // {name} marks a field

	// SourceChannel is where the sample was first used (voice, sms, chat, …);
	// beyond the exporter's file. Empty: left alone.
	SourceChannel string
}

// note is a finding of the reader that only validation reports.
type note struct {
	code    Code
	at      place
	message string
	detail  string
}
