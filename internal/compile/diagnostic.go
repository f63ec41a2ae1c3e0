package compile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// Severity is how much a diagnostic matters to the author of a schema.
type Severity int

// The severities. An Error prevents compilation; a Warning is a behaviour in which
// Studio differs from Autopilot; an Info is a difference that users of the bot do not
// notice.
const (
	Error Severity = iota + 1
	Warning
	Info
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "info"
	}
}

// Code names a kind of diagnostic. Codes are stable. Those of schema.Validate keep
// their own.
type Code string

// The codes of this package.
const (
	CodeInternal          Code = "internal"              // a bug in the compiler
	CodeRedirectCycle     Code = "redirect_cycle"        // states that loop forever
	CodeTooManyStates     Code = "too_many_states"       // over Studio's states
	CodeTooLarge          Code = "definition_too_large"  // over Studio's bytes
	CodeDynamicActions    Code = "dynamic_actions"       // a URL whose answer may contain what Studio cannot run
	CodeFieldTypePattern  Code = "field_type_pattern"    // a type that a pattern alone checks
	CodeFieldNotExtracted Code = "field_not_extracted"   // a field whose value is not stored
	CodeCatchAllSample    Code = "catch_all_sample"      // a sample that any text matches
	CodeAmbiguousSample   Code = "ambiguous_sample"      // one sample in two tasks
	CodeHandoffVoiceOnly  Code = "handoff_voice_only"    // a handoff in a messaging conversation
	CodeHandoffOptions    Code = "handoff_options"       // options of a handoff without an equivalent in Studio
	CodeListenNoPrompt    Code = "listen_without_prompt" // a listen without a prompt
	CodeSSMLStripped      Code = "ssml_stripped"         // SSML in a message
	CodeWebhookValidate   Code = "webhook_validate"      // a validation by a URL
	CodePlayOnMessaging   Code = "play_on_messaging"     // a recording in a message
	CodeShowOnVoice       Code = "show_on_voice"         // a picture in a call
	CodeListenBarge       Code = "listen_barge"          // a prompt that must not be interrupted
	CodeLogQueries        Code = "log_queries_ignored"   // queries are not logged by Studio
	CodeMemoryKey         Code = "memory_key"            // a remembered name that Studio spells differently
	CodePunctuationSample Code = "punctuation_sample"    // a sample without anything that is compared
	CodeEmptySay          Code = "empty_say"             // a say without a text
	CodeTooManySamples    Code = "too_many_samples"      // more than a model can be learnt from
	CodeLongMessages      Code = "long_messages"         // a message that a person may write is too long to route
	CodeStrongestWords    Code = "strongest_words"       // what a trained router recognises a task by
)

// Diagnostic is one finding about a schema as the source of a flow.
type Diagnostic struct {
	Severity Severity
	Code     Code

	// Pointer is the place in the user's file, an RFC 6901 JSON pointer.
	Pointer jsontext.Pointer

	// Message is what is wrong, or differs, in one sentence.
	Message string

	// Detail is what the bot will do instead, or what to do about it.
	Detail string
}

// HasErrors reports whether there is an Error among the diagnostics.
func HasErrors(found []Diagnostic) bool {
	return slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Severity == Error })
}

// report collects diagnostics. The subgraphs of two channels find the same things, so
// each is reported once.
type report struct {
	found []Diagnostic
	known map[[2]string]bool
}

func (r *report) add(severity Severity, code Code, at jsontext.Pointer, message, detail string) {
	key := [2]string{string(code), string(at)}
	if r.known[key] {
		return
	}
	if r.known == nil {
		r.known = map[[2]string]bool{}
	}
	r.known[key] = true
	r.found = append(r.found, Diagnostic{severity, code, at, message, detail})
}

func (r *report) warn(code Code, at jsontext.Pointer, detail, format string, args ...any) {
	r.add(Warning, code, at, fmt.Sprintf(format, args...), detail)
}

func (r *report) info(code Code, at jsontext.Pointer, detail, format string, args ...any) {
	r.add(Info, code, at, fmt.Sprintf(format, args...), detail)
}

// list has the errors first, then the warnings, each in the order they were found.
func (r *report) list() []Diagnostic {
	return slices.SortedStableFunc(slices.Values(r.found), func(a, b Diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
}

// studio is the Detail of some schema findings for a Studio flow.
var studio = map[schema.Code]string{
	schema.NoFallback:        "Where no sample or word matches, the conversation ends without an answer. Give `defaults` a `fallback`.",
	schema.VoiceNoInitiation: "A caller hears nothing at first: the flow listens. Give `defaults` an `assistant_initiation`.",
}

// validate adds what schema.Validate finds, without what this package reports more
// precisely, which task wins an ambiguous sample, and which states form a loop, and
// without the languages that Autopilot did not list: a flow knows none.
func (r *report) validate(s *schema.Schema) {
	for _, d := range schema.Validate(s) {
		severity, detail := Warning, d.Detail
		if d.Severity == schema.Error {
			severity = Error
		}
		if instead, ok := studio[d.Code]; ok {
			detail = instead
		}
		if d.Code != schema.AmbiguousSample && d.Code != schema.RedirectLoop && d.Code != schema.Language {
			r.add(severity, Code(d.Code), d.Pointer, d.Message, detail)
		}
	}
}
