package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

func (v *validator) transitions(who string, s State, w widget, at jsontext.Pointer) {
	if !s.node.Get("transitions").Present() {
		v.err(Missing, at, "Write \"transitions\": [] if nothing follows.", "%s has no transitions", who)
		return
	}
	splits := s.Type == "split-based-on"
	seen := map[string]bool{}
	match := 0
	for i, t := range s.Transitions {
		at := index(at, i)
		what := fmt.Sprintf("transition %q", t.Event)
		conditional := splits && t.Event == matchEvent
		if conditional {
			match++
			what = fmt.Sprintf("transition match %d", match)
		}
		if t.Event == "" {
			what = fmt.Sprintf("transition number %d", i+1)
		}
		who := fmt.Sprintf("%s, %s", who, what)
		v.event(who, t, w, seen, at.AppendToken("event"))
		v.next(who, s, t, at.AppendToken("next"))
		keys := []string{"event", "next"}
		if conditional || len(w.events) == 0 {
			keys = append(keys, "conditions")
		}
		v.known(who, t.node, at, Error, keys)
		if conditional {
			v.conditions(who, t, at.AppendToken("conditions"))
		}
	}
}

func (v *validator) event(who string, t Transition, w widget, seen map[string]bool, at jsontext.Pointer) {
	switch {
	case t.Event == "":
		v.err(Missing, at, "Say on which event it is taken.", "%s has no event", who)
	case len(w.events) > 0 && !slices.Contains(w.events, t.Event):
		v.err(UnknownEvent, at, fmt.Sprintf("Its events are: %s.%s", strings.Join(w.events, ", "), nearest(t.Event, w.events)),
			"%s is not an event of its widget", who)
	case seen[t.Event]:
		v.err(DuplicateEvent, at, "Only one can be taken: remove the other.", "%s occurs twice", who)
	}
	seen[t.Event] = t.Event != matchEvent
}

func (v *validator) next(who string, s State, t Transition, at jsontext.Pointer) {
	n := t.node.Get("next")
	_, known := v.names[t.Next]
	switch {
	case n == nil:
	case n.Kind == 'n':
		v.null(at, who)
	case t.Next == "":
		v.err(UnknownState, at, "Leave next out where the execution ends.", "%s leads to a state without a name", who)
	case !known:
		v.err(UnknownState, at, "Name a state of the flow, or leave next out where the execution ends."+nearest(t.Next, v.stateNames()),
			"%s leads to %q, which is not a state of the flow", who, t.Next)
	case t.Next == s.Name:
		v.warn(SelfLoop, at, "Studio ends an execution that runs one widget 10 times in a row. Count the turns with a set-variables widget and leave after a few.",
			"%s leads back to its own widget", who)
	}
}

var conditionKeys = []string{"friendly_name", "arguments", "type", "value"}

func (v *validator) conditions(who string, t Transition, at jsontext.Pointer) {
	n := t.node.Get("conditions")
	if !n.Present() || len(n.Elems) == 0 {
		v.err(Missing, at, "Say when it is taken, or use noMatch for everything else.", "%s has no conditions", who)
		return
	}
	if len(n.Elems) > 1 {
		v.warn(ManyConditions, at, "Twilio does not say whether all or any of them must hold. Write a transition for each.",
			"%s has %d conditions", who, len(n.Elems))
	}
	for i, elem := range n.Elems {
		v.condition(who, elem, index(at, i))
	}
}

func (v *validator) condition(who string, n *jsondoc.Node, at jsontext.Pointer) {
	v.known(who+"'s condition", n, at, Error, conditionKeys)
	for _, key := range conditionKeys {
		value, at := n.Get(key), at.AppendToken(key)
		kind := jsontext.Kind('"')
		if key == "arguments" {
			kind = '['
		}
		if value == nil {
			v.err(Missing, at, "A condition has "+strings.Join(conditionKeys, ", ")+".", "%s has a condition without %s", who, key)
		} else {
			v.is(who, "the condition's "+key, value, at, kind)
		}
	}
	if arguments := n.Get("arguments"); arguments.Is('[') {
		for i, argument := range arguments.Elems {
			v.is(who, fmt.Sprintf("argument %d of the condition", i+1), argument, index(at.AppendToken("arguments"), i), '"')
		}
	}
	v.liquid(who+"'s condition", n.Get("arguments"), at.AppendToken("arguments"))
	v.liquid(who+"'s condition", n.Get("value"), at.AppendToken("value"))
	kind := n.Get("type").String()
	if n.Get("type").Is('"') && !slices.Contains(conditionTypes, kind) {
		v.err(BadValue, at.AppendToken("type"), "Twilio has: "+strings.Join(conditionTypes, ", ")+"."+nearest(kind, conditionTypes),
			"%s has a condition of a type that Studio does not have", who)
	}
	value := n.Get("value").String()
	switch kind {
	case "regex":
		if fault := regexFault(value); fault != "" {
			v.warn(BadRegex, at.AppendToken("value"), "Studio takes Java's syntax, without slashes, and matches the whole text.",
				"%s has a regular expression that cannot match: %s", who, fault)
		}
	case "matches_any_of", "does_not_match_any_of":
		if i := brokenOption(value); n.Get("value").Is('"') && i > 0 {
			v.warn(SplitOption, at.AppendToken("value"),
				"Studio splits the value at every comma, quotes and brackets notwithstanding, and the parts match no real input. Use a regex, or a transition for each option.",
				"%s has a %s whose option %d looks cut by a comma or is empty", who, kind, i)
		}
	}
}

var (
	liquid    = regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}`)
	thousands = regexp.MustCompile(`^\d{3}(\.\d+)?$`)
	leading   = regexp.MustCompile(`^[^\d]?[1-9]\d{0,2}$`)
)

// brokenOption returns the first option of a comma-separated list, counted from 1, that
// looks like a part of one with a comma in it: an unclosed quote or bracket, an escape, a
// number with thousands, or an empty option. It returns 0 for none.
func brokenOption(value string) int {
	if strings.TrimSpace(value) == "" {
		return 0
	}
	options := strings.Split(liquid.ReplaceAllString(value, "liquid"), ",")
	for i, option := range options {
		next := ""
		if i+1 < len(options) {
			next = options[i+1]
		}
		text := strings.TrimSpace(option)
		switch {
		case text == "",
			strings.HasSuffix(text, `\`),
			len(text) > 1 && strings.ContainsAny(text[:1], `"'`) && text[len(text)-1] != text[0],
			text == `"`, text == "'",
			strings.Count(text, "(") > strings.Count(text, ")"),
			strings.Count(text, "[") > strings.Count(text, "]"),
			len(options) == 2 && leading.MatchString(text) && thousands.MatchString(next):
			return i + 1
		}
	}
	return 0
}
