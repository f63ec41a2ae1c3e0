package schema

import "github.com/go-json-experiment/json/jsontext"

// Severity says whether a schema can be used despite a diagnostic.
type Severity int

// The severities. An Error is something that Twilio refuses or that breaks a
// conversation; a Warning is something its author should know.
const (
	Error Severity = iota + 1
	Warning
)

// Code names a kind of diagnostic. Codes are stable.
type Code string

// The codes.
const (
	UnknownTask        Code = "unknown_task"         // a task:// URI names no task
	BadURI             Code = "bad_uri"              // neither task:// nor a URL that Twilio can fetch
	UnknownVerb        Code = "unknown_verb"         // an action Autopilot does not have
	ActionShape        Code = "action_shape"         // an action that is not shaped as its verb asks
	UnknownKey         Code = "unknown_key"          // a member that an assistant does not have: ignored
	NotNested          Code = "not_nested"           // defaults or styleSheet without their inner object: ignored
	MissingName        Code = "missing_name"         // an object without a name, language or text
	BadName            Code = "bad_name"             // characters that do not fit a unique name
	LongName           Code = "long_name"            // over Twilio's 64 characters
	DuplicateTask      Code = "duplicate_task"       // two tasks of one unique name
	DuplicateField     Code = "duplicate_field"      // two fields of one unique name in a task
	DuplicateFieldType Code = "duplicate_field_type" // two field types of one unique name
	DuplicateValue     Code = "duplicate_value"      // one value twice in a field type
	DuplicateSample    Code = "duplicate_sample"     // one sample twice in a task
	DuplicateQuestion  Code = "duplicate_question"   // two questions of one name in a collect
	AmbiguousSample    Code = "ambiguous_sample"     // one sample in two tasks
	UnknownField       Code = "unknown_field"        // a sample's {name} is not a field of its task
	UnknownFieldType   Code = "unknown_field_type"   // neither built in nor in the file
	UnknownSynonym     Code = "unknown_synonym"      // synonymOf names no value
	SynonymChain       Code = "synonym_chain"        // a synonym of a synonym
	UnknownChannel     Code = "unknown_channel"      // a source channel Twilio does not list
	Language           Code = "language"             // a language Autopilot does not list
	OverLimit          Code = "over_limit"           // more than Twilio's limits allow
	NoTasks            Code = "no_tasks"             // it cannot answer
	NoActions          Code = "no_actions"           // a task that does nothing
	TwoActions         Code = "two_actions"          // a task with actions and an actions URL
	NoFallback         Code = "no_fallback"          // no task for messages that no sample covers
	VoiceNoInitiation  Code = "voice_no_initiation"  // no task that greets a caller
	UnreachableAction  Code = "unreachable_action"   // after an action that ends the list
	RedirectLoop       Code = "redirect_loop"        // tasks that redirect to one another without end
)

// Diagnostic is one finding about a schema.
type Diagnostic struct {
	Severity Severity
	Code     Code

	// Pointer is the place in the user's file (RFC 6901).
	Pointer jsontext.Pointer

	// Message says what is wrong with which object, in one sentence.
	Message string

	// Detail says how to fix it.
	Detail string

	key string
}

// Key identifies a finding across edits of a file. It consists of names, never of
// positions in lists, so that the same fault in a file and in the assistant at Twilio
// has the same key.
func (d Diagnostic) Key() string { return string(d.Code) + " " + d.key }
