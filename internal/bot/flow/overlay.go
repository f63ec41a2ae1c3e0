package flow

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// errNoFlow is the error of Overlay without a live flow.
var errNoFlow = errors.New("the live flow has not been read, so drift cannot be determined: read it first")

// Overlay returns prior, edited to have the content of live. Only what differs in
// meaning is replaced, removed or appended: keys, states and offsets stay where prior has
// them. A prior that means the same is returned unchanged, and any other is indented by
// two spaces. For a prior that is not a flow definition (an import has none) or has two
// states of one name, an export of live is returned. Parse accepts the result, and
// Equal(result, live) holds. The error is for a live flow that is nil.
func Overlay(prior []byte, live *Flow) ([]byte, error) {
	if live == nil {
		return nil, errNoFlow
	}
	was, err := Parse(prior)
	if err != nil {
		return Export(live), nil //nolint:nilerr // an export replaces what is not a definition
	}
	if Equal(was, live) {
		return prior, nil
	}
	if len(firsts(was.States)) != len(was.States) || len(firsts(live.States)) != len(live.States) {
		return Export(live), nil
	}
	o := overlay{jsondoc.NewEditor(prior)}
	o.flow(was, live)
	return indented(jsondoc.TrimByteOrderMark(o.Render(was.root))), nil
}

// indented writes a definition with two spaces to a level and one spelling for each
// string.
func indented(definition jsontext.Value) []byte {
	out, err := jsontext.AppendFormat(nil, definition, jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		return definition // nested too deep for jsontext
	}
	return out
}

// overlay collects the edits that give a document the content of live.
type overlay struct{ *jsondoc.Editor }

func (o overlay) flow(was, live *Flow) {
	if was.Description != live.Description {
		o.Set(was.root, "description", jsondoc.AppendString(nil, live.Description))
	}
	if was.InitialState != live.InitialState {
		o.Set(was.root, "initial_state", jsondoc.AppendString(nil, live.InitialState))
	}
	if now := live.flags(); !jsondoc.Equal(was.flags(), now) {
		if flags := was.root.Get("flags"); flags.Present() {
			o.others(flags, live.root.Get("flags"), concurrency)
			if !jsondoc.Equal(was.flags().Get(concurrency), now.Get(concurrency)) {
				o.Set(flags, concurrency, now.Get(concurrency).Compact())
			}
		} else {
			o.Set(was.root, "flags", now.Compact())
		}
	}
	o.others(was.root, live.root, append(flowKeys, schemaKey)...)
	o.states(was, live)
}

func (o overlay) states(was, live *Flow) {
	before, after := byName(was.States), byName(live.States)
	states := was.root.Get("states")
	if !states.Present() {
		all := list()
		for _, s := range live.States {
			all.Elems = append(all.Elems, ordered(s.node, stateKeys))
		}
		o.Set(was.root, "states", all.Compact())
		return
	}
	for _, s := range was.States {
		if now := after[s.Name]; len(now) > 0 {
			o.state(s, now[0])
		} else {
			o.Remove(states, s.node)
		}
	}
	for _, s := range live.States {
		if len(before[s.Name]) == 0 {
			o.Append(states, "", ordered(s.node, stateKeys).Compact())
		}
	}
}

func (o overlay) state(was, now State) {
	if sameStates([]State{was}, []State{now}) {
		return
	}
	if was.Type != now.Type {
		o.Set(was.node, "type", jsondoc.AppendString(nil, now.Type))
	}
	o.others(was.node, now.node, stateKeys...)
	if !jsondoc.Equal(was.normalTransitions(), now.normalTransitions()) {
		if was.node.Get("transitions").Present() {
			o.transitions(was, now)
		} else {
			o.Set(was.node, "transitions", now.node.Get("transitions").Compact())
		}
	}
	if !jsondoc.Equal(was.normalProperties(), now.normalProperties()) {
		if properties := was.properties(); properties.Present() {
			o.properties(properties, now.properties())
		} else {
			o.Set(was.node, "properties", now.properties().Compact())
		}
	}
}

func (o overlay) properties(was, now *jsondoc.Node) {
	for _, m := range was.Members {
		switch live := now.Get(m.Name); {
		case m.Name == offsetKey, isUnset(m.Value) && isUnset(live):
		case isUnset(live):
			o.Remove(was, m.Value)
		default:
			o.Merge(m.Value, live)
		}
	}
	for _, m := range properMembers(now) {
		if was.Get(m.Name) == nil && m.Name != offsetKey && !isUnset(m.Value) {
			o.Append(was, m.Name, m.Value.Compact())
		}
	}
}

// others overlays the members that are not named.
func (o overlay) others(was, now *jsondoc.Node, but ...string) {
	is := withOthers(object(), now, but...)
	for _, m := range withOthers(object(), was, but...).Members {
		if live := is.Get(m.Name); live != nil {
			o.Merge(m.Value, live)
		} else {
			o.Remove(was, m.Value)
		}
	}
	for _, m := range is.Members {
		if !was.Get(m.Name).Present() {
			o.Set(was, m.Name, m.Value.Compact())
		}
	}
}

// transitions overlays the transitions of a state. Those with conditions are put
// together, where the first of them is.
func (o overlay) transitions(was, now State) {
	live := map[string]Transition{}
	for _, t := range now.Transitions {
		if !t.conditional() && len(t.normal().Members) > 1 {
			if _, twice := live[t.Event]; twice {
				o.Replace(was.node.Get("transitions"), now.node.Get("transitions").Compact())
				return
			}
			live[t.Event] = t
		}
	}
	var items []jsondoc.Item
	matched, seen := false, map[string]bool{}
	match := func() {
		if !matched {
			items = append(items, o.MergeElems(nodes(matches(was)), normals(matches(now)))...)
		}
		matched = true
	}
	for _, t := range was.Transitions {
		if t.conditional() {
			match()
			continue
		}
		if seen[t.Event] {
			continue
		}
		seen[t.Event] = true
		items = append(items, jsondoc.Item{Node: t.node})
		t.overlay(o, live[t.Event])
	}
	match()
	for _, t := range now.Transitions {
		if wired, ok := live[t.Event]; ok && !t.conditional() && !seen[t.Event] {
			seen[t.Event] = true
			items = append(items, jsondoc.Item{Text: wired.node.Compact()})
		}
	}
	o.SetItems(was.node.Get("transitions"), items)
}

// overlay gives a transition without conditions the next state of the live one, if any.
func (t Transition) overlay(o overlay, live Transition) {
	o.others(t.node, live.node, "event", "next")
	switch next := t.node.Get("next"); {
	case t.Next == live.Next:
	case live.Next == "":
		o.Remove(t.node, next)
	default:
		o.Set(t.node, "next", jsondoc.AppendString(nil, live.Next))
	}
}

func nodes(list []Transition) []*jsondoc.Node {
	out := make([]*jsondoc.Node, len(list))
	for i, t := range list {
		out[i] = t.node
	}
	return out
}

func normals(list []Transition) []*jsondoc.Node {
	out := make([]*jsondoc.Node, len(list))
	for i, t := range list {
		out[i] = t.normal()
	}
	return out
}
