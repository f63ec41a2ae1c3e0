package flow

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

const (
	// maxStates is from Twilio's schema
	// (https://www.twilio.com/docs/studio/rest-api/v2/schemas). The Studio FAQ counts
	// 2,000 widgets, but includes those of subflows.
	maxStates = 1000

	// maxBytes is from a transcription of Twilio's widget schemas; Twilio documents none.
	maxBytes = 1 << 20
)

// Validate returns what Twilio would refuse in a flow and what would surprise its author,
// in the order of the file. It makes no calls, so it cannot know whether a subflow exists,
// or the properties of the newest widgets.
func Validate(f *Flow) []Diagnostic {
	v := &validator{flow: f, names: map[string]int{}}
	for i, s := range f.States {
		if _, ok := v.names[s.Name]; !ok && s.Name != "" {
			v.names[s.Name] = i
		}
	}
	v.envelope()
	for i, s := range f.States {
		v.state(i, s, index("/states", i))
	}
	v.paths()
	return v.found
}

type validator struct {
	flow  *Flow
	names map[string]int // the first state of each name
	found []Diagnostic
}

func (v *validator) add(severity Severity, code Code, at jsontext.Pointer, detail, format string, args ...any) {
	v.found = append(v.found, Diagnostic{severity, code, at, fmt.Sprintf(format, args...) + ".", detail})
}

func (v *validator) err(code Code, at jsontext.Pointer, detail, format string, args ...any) {
	v.add(Error, code, at, detail, format, args...)
}

func (v *validator) warn(code Code, at jsontext.Pointer, detail, format string, args ...any) {
	v.add(Warning, code, at, detail, format, args...)
}

// closest returns the known name with the most similar spelling; empty for none. The
// shorter a name, the fewer letters may differ.
func closest(name string, known []string) string {
	best, distance := "", min(3, 1+utf8.RuneCountInString(name)/2)
	for _, each := range known {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(each), nil); d < distance {
			best, distance = each, d
		}
	}
	return best
}

// nearest suggests the name that is closest to one that is wrong.
func nearest(name string, known []string) string {
	if best := closest(name, known); best != "" {
		return fmt.Sprintf(" Did you mean %q?", best)
	}
	return ""
}

// trigger is the state in which an execution begins: the initial one, if it is a trigger,
// and else the first trigger there is.
func (v *validator) trigger() int {
	if i, ok := v.names[v.flow.InitialState]; ok && v.flow.States[i].Type == triggerType {
		return i
	}
	return slices.IndexFunc(v.flow.States, func(s State) bool { return s.Type == triggerType })
}

func (v *validator) stateNames() []string {
	var names []string
	for _, s := range v.flow.States {
		names = append(names, s.Name)
	}
	return names
}

func (v *validator) envelope() {
	root := v.flow.root
	compact := len(root.Compact())
	if compact > maxBytes {
		v.err(OverLimit, "", "Move a part of it to a subflow, or long texts to a service that the flow calls.",
			"the flow definition has %d bytes, and Studio allows %d", compact, maxBytes)
	}
	v.known("the flow definition", root, "", Warning, append(flowKeys, schemaKey))
	if n := root.Get("description"); n.Is('n') {
		v.null("/description", "the flow definition")
	}
	v.flags(root.Get("flags"))
	if s := root.Get(schemaKey); s != nil && s.String() != schemaURL {
		v.err(BadValue, "/$schema", "Leave it out, or write \""+schemaURL+"\".", "the flow definition's $schema is not one that Studio accepts")
	}
	v.initialState()
	switch n := len(v.flow.States); {
	case !root.Get("states").Present():
		v.err(Missing, "/states", "Add the list of its widgets, the trigger first.", "the flow definition has no states")
	case n == 0:
		v.err(Missing, "/states", "Add at least its trigger.", "the flow definition's list of states is empty")
	case n > maxStates:
		v.err(OverLimit, "/states", "Move a part of it to a subflow.", "the flow has %d states, and Studio allows %d", n, maxStates)
	}
}

// schemaURL is the only $schema that Studio accepts
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas).
const schemaURL = "https://schemas.twilio.com/studio/draft/2019-09/flow-definition"

func (v *validator) flags(flags *jsondoc.Node) {
	switch {
	case flags == nil:
	case flags.Kind == 'n':
		v.null("/flags", "the flow definition")
	default:
		v.known("flags", flags, "/flags", Warning, []string{concurrency})
		if !flags.Get(concurrency).Present() {
			v.err(Missing, "/flags/"+concurrency, "Set it to true or false, or leave flags out.", "flags has no %s", concurrency)
		}
	}
}

func (v *validator) initialState() {
	name := v.flow.InitialState
	i, ok := v.names[name]
	switch {
	case name == "":
		v.err(Missing, "/initial_state", "Name the trigger of the flow, such as \"Trigger\".", "the flow definition has no initial_state")
	case !ok:
		v.err(UnknownState, "/initial_state", "Name the trigger of the flow."+nearest(name, v.stateNames()),
			"the initial_state %q is not a state of the flow", name)
	case v.flow.States[i].Type != triggerType:
		v.err(BadInitialState, "/initial_state", "An execution begins in the flow's trigger: name that.",
			"the initial_state %q is not a trigger", name)
	}
}

// null reports a value that is null.
func (v *validator) null(at jsontext.Pointer, who string) {
	v.err(NullValue, at, "Leave it out, or give it a value.", "%s has %q as null, which Studio refuses", who, at.LastToken())
}

// known reports members of an object that are not among the keys.
func (v *validator) known(who string, n *jsondoc.Node, at jsontext.Pointer, severity Severity, keys []string) {
	for _, m := range properMembers(n) {
		if !slices.Contains(keys, m.Name) {
			v.add(severity, UnknownKey, at.AppendToken(m.Name), "Remove it, or correct its spelling."+nearest(m.Name, keys),
				"%s has %q, which Studio does not know there", who, m.Name)
		}
	}
}

// called returns the name of a state in messages.
func called(i int, s State) string {
	if s.Name == "" {
		return fmt.Sprintf("state number %d", i+1)
	}
	return fmt.Sprintf("state %q", s.Name)
}

func (v *validator) state(i int, s State, at jsontext.Pointer) {
	who := called(i, s)
	v.known(who, s.node, at, Error, stateKeys)
	if s.Name == "" {
		v.err(Missing, at.AppendToken("name"), "Give it a name that no other state has.", "%s has no name", who)
	} else if first := v.names[s.Name]; first != i {
		v.err(DuplicateState, at.AppendToken("name"), fmt.Sprintf("Names are unique in a flow: rename this one or that at %s.", index("/states", first)),
			"%s is defined twice", who)
	}
	w, known := widgets[s.Type]
	switch {
	case s.Type == "":
		v.err(Missing, at.AppendToken("type"), "Say what kind of widget it is, such as \"send-message\".", "%s has no type", who)
	case !known:
		v.warn(UnknownType, at.AppendToken("type"), "Twilio adds widgets from time to time; if this is one, ignore this."+nearest(s.Type, typeNames()),
			"%s is of the type %q, which this provider does not know", who, s.Type)
	case s.Type == deadType:
		v.warn(DeadWidget, at.AppendToken("type"), "Twilio shut Autopilot down on 2023-08-25. Replace it by other Studio widgets.",
			"%s hands over to Autopilot, which no longer answers", who)
	}
	if first := v.trigger(); s.Type == triggerType && first != i {
		v.warn(ManyTriggers, at.AppendToken("type"), fmt.Sprintf("An execution begins in %s, and in no other. Lead its transitions from there, and remove this one.", index("/states", first)),
			"%s is a second trigger, which never runs", who)
	}
	v.properties(who, s, w, known, at.AppendToken("properties"))
	v.transitions(who, s, w, at.AppendToken("transitions"))
}
