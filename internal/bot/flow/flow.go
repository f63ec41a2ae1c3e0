// Package flow reads Studio flow definitions
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas), says what is wrong with
// one, and compares two by meaning. Definitions can hold keys of other services:
// no error, diagnostic or difference contains a property's value.
package flow

import (
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

// Said is the text of a state's property `body` or `say`; empty where it has none.
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

// conditional reports whether a transition is one of those tried in order.
func (t Transition) conditional() bool {
	return t.Event == matchEvent || t.node.Get("conditions").Present()
}

// The names that more than one rule uses.
const (
	matchEvent  = "match"
	offsetKey   = "offset"
	schemaKey   = "$schema"
	concurrency = "allow_concurrent_calls"
	triggerType = "trigger"
)

// properties of a state; nil for none.
func (s State) properties() *jsondoc.Node { return s.node.Get("properties") }
