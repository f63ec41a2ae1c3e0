package flow

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Severity says whether a flow can be used despite a diagnostic.
type Severity int

// The severities. An Error is a fault that Twilio refuses; a Warning is something that
// the flow's author should know.
const (
	Error Severity = iota + 1
	Warning
)

// Code names a kind of diagnostic. Codes are stable.
type Code string

// The codes.
const (
	Missing         Code = "missing"           // a key that Twilio requires
	WrongType       Code = "wrong_type"        // a value of a JSON type that Twilio refuses
	NullValue       Code = "null_value"        // null, which Twilio refuses everywhere
	BadValue        Code = "bad_value"         // none of the few values that Twilio accepts
	UnknownKey      Code = "unknown_key"       // a key that Studio does not know there
	UnknownProperty Code = "unknown_property"  // a property that its widget is not known to have
	UnknownType     Code = "unknown_type"      // a type of widget that is not known
	DuplicateState  Code = "duplicate_state"   // two states of one name
	UnknownState    Code = "unknown_state"     // a name that no state has
	UnknownEvent    Code = "unknown_event"     // an event its widget does not have
	DuplicateEvent  Code = "duplicate_event"   // two transitions of one event
	BadInitialState Code = "bad_initial_state" // an initial state that is not a trigger
	BadSubflow      Code = "bad_subflow"       // a subflow that is not named by a literal SID
	OverLimit       Code = "over_limit"        // more than Twilio's limits allow
	SplitOption     Code = "split_option"      // a comma that splits an option of matches_any_of
	ManyConditions  Code = "many_conditions"   // conditions Twilio does not say how to join
	SelfLoop        Code = "self_loop"         // a widget that leads back to itself
	Unreachable     Code = "unreachable"       // a state that no transition leads to
	DeadWidget      Code = "dead_widget"       // a widget that Twilio has shut down
	BadRegex        Code = "bad_regex"         // a regular expression that does not parse
	BadLiquid       Code = "bad_liquid"        // Liquid that does not parse
	ManyTriggers    Code = "many_triggers"     // a trigger in which no execution begins
	RESTOnly        Code = "rest_only"         // a widget for flows that the REST API starts
)

// Diagnostic is one finding about a flow.
type Diagnostic struct {
	Severity Severity
	Code     Code

	// Pointer is the place in the user's file (RFC 6901), such as
	// "/states/3/properties/timeout". For something missing it is where it belongs.
	Pointer jsontext.Pointer

	// Message says what is wrong in which state, in one sentence. It never contains a
	// property's value.
	Message string

	// Detail says how to fix it.
	Detail string
}

func index(at jsontext.Pointer, i int) jsontext.Pointer { return at.AppendToken(strconv.Itoa(i)) }
