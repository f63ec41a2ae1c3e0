// Package flow reads Studio flow definitions
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas), says what is wrong with
// one, and tells two apart by meaning. Definitions can hold keys of other services:
// no error, diagnostic or difference tells a property's value.
package flow

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Flow is a flow definition. Parse makes one; it does not change afterwards.
type Flow struct {
	// Description is the description of the definition, which may be empty. It is
	// not the flow's friendly name.
	Description string

	// InitialState names the state an execution begins in.
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

	// Transitions are the ways out of the widget, in the order of the file.
	Transitions []Transition

	node *jsondoc.Node
}

// Said is what a state says to people by a property, `body` or `say`; empty where it
// says nothing by it.
func (s State) Said(property string) string {
	if property != "body" && property != "say" {
		return ""
	}
	return s.node.Get("properties").Get(property).String()
}

// Transition is a way out of a widget.
type Transition struct {
	// Event is what happened, such as "sent".
	Event string

	// Next names the state that follows; empty for none, where the execution ends.
	Next string

	node *jsondoc.Node
}

// conditional tells whether a transition is one of those tried in order.
func (t Transition) conditional() bool {
	return t.Event == matchEvent || t.node.Get("conditions").Present()
}

// The names that more than one rule speaks of.
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

// carriesSchema reports whether a state is there for what it holds.
func (s State) carriesSchema() bool {
	variables := s.properties().Get("variables")
	return variables.Is('[') && slices.ContainsFunc(variables.Elems, func(pair *jsondoc.Node) bool {
		return pair.Get("key").String() == SchemaVariable
	})
}

// properties of a state; nil for none.
func (s State) properties() *jsondoc.Node { return s.node.Get("properties") }
