package compile

import (
	"regexp"
	"strings"
)

// Variables of the flow this package sets. Those that a schema names never begin like
// these.
const (
	reserved    = "ap_"
	varInput    = "ap_input"   // what was said last, normalised
	varRaw      = "ap_raw"     // what was said last, trimmed
	varSilence  = "ap_silence" // how often in a row a caller said nothing
	varTask     = "ap_task"    // the task that listened or asked last, for the URLs of `defaults`
	varSay      = "ap_say"     // the texts in the answer of a URL
	varTurn     = "ap_turn"    // what follows it: listen, say or go
	varNext     = "ap_next"    // where it redirects
	varTry      = "ap_try_"    // how often a question was answered, with its number
	varWritten  = "ap_said_"   // an answer as it was written, where another is stored; named as the answer is
	varAnswer   = "collect_"   // an answer, with the collect's name and the question's
	varAsked    = "ap_asked"   // whether the last input answers which of two tasks was meant
	inputOfFlow = "{{flow.variables." + varInput + "}}"
)

// dropped is the punctuation that normalising leaves out. A comma must be among it,
// because it separates the options of matches_any_of; an apostrophe has no place in it,
// because normalised quotes each of these with one.
const dropped = ".?!,;:\""

// normalise is what a sample looks like as the value of ap_input. It must agree with
// the Liquid of normalised, which does the same to what people write.
func normalise(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "\n", " "))
	s = strings.ReplaceAll(s, "’", "'")
	for _, c := range dropped {
		s = strings.ReplaceAll(s, string(c), "")
	}
	s = strings.ReplaceAll(s, "  ", " ")
	s = strings.ReplaceAll(s, "  ", " ")
	return strings.TrimSpace(s)
}

// normalised is Liquid that normalises the value of an expression, by filters that are in
// Twilio's own texts. What a variable is set to loses the white space around it
// (https://www.twilio.com/docs/studio/widget-library/set-variables).
func normalised(expression string) string {
	var b strings.Builder
	// Liquid's strings have no escapes, but may hold a new line; in a tag, for there are
	// engines that read no output of two lines.
	b.WriteString("{% assign input = " + expression + " | downcase | replace: '\n', ' ' | replace: '’', \"'\"")
	for _, c := range dropped {
		b.WriteString(" | remove: '" + string(c) + "'")
	}
	b.WriteString(" | replace: '  ', ' ' | replace: '  ', ' ' %}{{input}}")
	return b.String()
}

// asText is a filter that makes a text of a number: whether a variable that looks like
// one is a number is not documented, and Liquid takes no number for a text.
const asText = " | downcase"

// counter is Liquid for a variable as a number, whatever Studio makes of it.
func counter(name string) string { return "{{flow.variables." + name + " | default: 0 | plus: 0}}" }

// incremented sets a variable to a number that is larger by one.
func incremented(name string) variable {
	return variable{Key: name, Value: "{{flow.variables." + name + " | default: 0 | plus: 1}}"}
}

// opens is what begins a tag of Liquid, or would before a tag.
var opens = regexp.MustCompile(`\{+(?:[{%]|$)`)

// literal is text as Liquid that renders as the text, whatever follows it: Studio runs
// Liquid in every string of a widget
// (https://www.twilio.com/docs/studio/user-guide/liquid-template-language).
func literal(text string) string {
	return opens.ReplaceAllStringFunc(text, func(s string) string { return "{{ '" + s + "' }}" })
}

// marks are the tags of SSML, which a schema may use for speech
// (https://www.twilio.com/docs/voice/twiml/say/text-speech).
var marks = regexp.MustCompile(`(?i)</?(speak|break|emphasis|p|phoneme|prosody|s|say-as|sub|w|lang|voice|amazon:[a-z-]+)(\s[^<>]*)?/?>`)

// withoutSSML is text for a message. One without marks keeps its white space.
func withoutSSML(text string) string {
	if !marks.MatchString(text) {
		return text
	}
	return strings.Join(strings.Fields(marks.ReplaceAllString(text, " ")), " ")
}

// quoted is text as a string of Liquid; what Liquid's strings cannot hold is left out,
// for they have no escapes: a quote of the other kind, and what ends a tag.
func quoted(text string) string {
	text = strings.NewReplacer("{{", "", "}}", "", "%}", "", "{%", "").Replace(text)
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.ReplaceAll(text, `"`, "") + `"`
}
