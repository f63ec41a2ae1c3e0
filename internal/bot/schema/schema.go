// Package schema reads, validates and compares Autopilot assistant schemas: the JSON
// files that `twilio autopilot:export` wrote.
//
// A comparison asks whether the live assistant has what the file asks for. A part that
// the file leaves out is not compared, and the order of a list matters only in actions,
// which run in order.
package schema

import "github.com/go-json-experiment/json/jsontext"

// Schema is an assistant's content. A zero field is a part that the file leaves out,
// except for the lists, which are complete: an empty list asks for no elements.
type Schema struct {
	// UniqueName, FriendlyName and ModelBuild are the file's names of the assistant and
	// its model build. They are for people only: the resource names the bot.
	UniqueName   string
	FriendlyName string
	ModelBuild   string

	// LogQueries is whether Twilio stores what people wrote; Twilio's default is true.
	LogQueries *bool

	// Defaults and StyleSheet are the objects Twilio's Defaults and StyleSheet
	// resources hold under `data`: the inner `defaults` and `style_sheet` of the file.
	Defaults   jsontext.Value
	StyleSheet jsontext.Value

	FieldTypes []FieldType
	Tasks      []Task

	// notes are warnings about members of the file that an assistant does not have.
	notes []note
}

// FieldType is a custom field type: a named list of values.
type FieldType struct {
	UniqueName   string
	FriendlyName string // not in an exporter's file; empty: not compared
	Values       []Value
}

// Value is one value of a field type, identified by its language and text.
type Value struct {
	Language string
	Value    string

	// SynonymOf is the text of the value that this one is a synonym of; empty if it is
	// none.
	SynonymOf string
}

// Task is something the assistant can do: its actions, and the samples that lead to it.
type Task struct {
	UniqueName   string
	FriendlyName string // not in an exporter's file; empty: not compared

	// Actions is the Actions document, `{"actions":[…]}`; nil: not compared.
	Actions jsontext.Value

	// ActionsURL is the URL that Twilio fetches the actions from instead; not in an
	// exporter's file. The URL of the task's own Actions resource, which Twilio returns
	// when there is no other, counts as empty.
	ActionsURL string

	Fields  []Field
	Samples []Sample
}

// Field is a slot of a task that words of a sample fill.
type Field struct {
	UniqueName string

	// FieldType is a built-in type (Twilio.CITY), the unique name of a custom one, or
	// a UB SID. The SID of a built-in type means the same as its name.
	FieldType string
}

// Sample is an utterance that leads to its task, identified by its language and text. A
// repeated sample has no effect.
type Sample struct {
	Language   string
	TaggedText string // {name} marks a field

	// SourceChannel is the channel the sample came from (voice, sms, chat, …); not in an
	// exporter's file. Empty: not compared.
	SourceChannel string
}

// note is a finding of Parse that Validate reports.
type note struct {
	code    Code
	at      place
	message string
	detail  string
}
