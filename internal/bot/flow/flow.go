// Package flow reads, validates and compares Studio flow definitions
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas). A definition can contain
// keys of other services: no error, diagnostic or difference contains a property's
// value.
package flow

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Flow is a flow definition. Parse returns one; it does not change afterwards.
type Flow struct {
	// Description is the description of the definition, which may be empty. It is
	// not the flow's friendly name.
	Description string

	// InitialState is the name of the state that an execution begins in.
	InitialState string

	// States are the widgets, in the order of the file.
	States []State

	root *jsondoc.Node
	src  []byte
}

// State is a widget of a flow.
type State struct {
	// Name is unique in the flow.
	Name string

	// Type is the kind of widget, such as "send-message".
	Type string

	// Transitions lead to the next widgets, in the order of the file.
	Transitions []Transition

	node *jsondoc.Node
}

// Said returns the text that a state says to people in a property, `body` or `say`;
// empty for none and for any other property.
func (s State) Said(property string) string {
	if property != "body" && property != "say" {
		return ""
	}
	return s.node.Get("properties").Get(property).String()
}

// Transition leads from a widget to the next.
type Transition struct {
	// Event is the event on which it is taken, such as "sent".
	Event string

	// Next is the name of the next state; empty if the execution ends.
	Next string

	node *jsondoc.Node
}

// conditional reports whether a transition is one of those that Studio tries in order.
func (t Transition) conditional() bool {
	return t.Event == matchEvent || t.node.Get("conditions").Present()
}

// Names that more than one rule uses.
const (
	matchEvent  = "match"
	offsetKey   = "offset"
	schemaKey   = "$schema"
	concurrency = "allow_concurrent_calls"
	triggerType = "trigger"
)

// SchemaVariable is the variable in which a flow that was compiled from an assistant
// schema carries the schema. The state that sets it is not meant to run.
const SchemaVariable = "autopilot_schema_gz"

// carriesSchema reports whether a state exists for what it holds, and not to run.
func (s State) carriesSchema() bool {
	variables := s.properties().Get("variables")
	return variables.Is('[') && slices.ContainsFunc(variables.Elems, func(pair *jsondoc.Node) bool {
		return pair.Get("key").String() == SchemaVariable
	})
}

// properties returns the properties of a state; nil for none.
func (s State) properties() *jsondoc.Node { return s.node.Get("properties") }
