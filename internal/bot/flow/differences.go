package flow

import (
	"slices"
	"strconv"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Differences returns the states that differ in meaning between two flows: none if and
// only if the flows are Equal. A state with another name is another state.
func Differences(from, to *Flow) Changes {
	var changes Changes
	if properties := envelopeChanges(from.normal(), to.normal()); len(properties) > 0 {
		changes = append(changes, StateChange{Op: Changed, Properties: properties})
	}
	was, is := byName(from.States), byName(to.States)
	for _, s := range firsts(to.States) {
		changes = append(changes, namesakes(was[s.Name], is[s.Name])...)
	}
	for _, s := range firsts(from.States) {
		if len(is[s.Name]) == 0 {
			changes = append(changes, namesakes(was[s.Name], nil)...)
		}
	}
	return changes
}

// namesakes returns the changes to the states of one name, at most one in a valid flow.
func namesakes(was, is []State) []StateChange {
	if sameStates(was, is) {
		return nil
	}
	var changes []StateChange
	for i := range max(len(was), len(is)) {
		switch {
		case i >= len(was):
			changes = append(changes, StateChange{Op: Added, Name: is[i].Name, Type: is[i].Type})
		case i >= len(is):
			changes = append(changes, StateChange{Op: Removed, Name: was[i].Name, Type: was[i].Type})
		case !sameStates(was[i:i+1], is[i:i+1]):
			changes = append(changes, stateChange(was[i], is[i]))
		}
	}
	return changes
}

// byName groups states by name. A valid flow has one state of each name.
func byName(states []State) map[string][]State {
	named := make(map[string][]State, len(states))
	for _, s := range states {
		named[s.Name] = append(named[s.Name], s)
	}
	return named
}

func firsts(states []State) []State {
	seen := make(map[string]bool, len(states))
	var out []State
	for _, s := range states {
		if !seen[s.Name] {
			seen[s.Name] = true
			out = append(out, s)
		}
	}
	return out
}

func sameStates(a, b []State) bool {
	return slices.Equal(normalTexts(a), normalTexts(b))
}

func normalTexts(states []State) []string {
	var texts []string
	for _, s := range states {
		texts = append(texts, string(s.normal().Canonical()))
	}
	slices.Sort(texts)
	return texts
}

func envelopeChanges(from, to *jsondoc.Node) []PropertyChange {
	var c differ
	c.members("", without(from, "states"), without(to, "states"))
	return c
}

func without(n *jsondoc.Node, keys ...string) *jsondoc.Node {
	out := object()
	for _, m := range n.Members {
		if !slices.Contains(keys, m.Name) {
			out.Members = append(out.Members, m)
		}
	}
	return out
}

func stateChange(from, to State) StateChange {
	c := StateChange{Op: Changed, Name: to.Name, Type: to.Type}
	if from.Type != to.Type {
		c.OldType = from.Type
	}
	var d differ
	d.members("", from.normalProperties(), to.normalProperties())
	framed := []string{"name", "type", "transitions", "properties"}
	d.members("", without(from.normal(), framed...), without(to.normal(), framed...))
	c.Properties = d
	c.Transitions = append(plainChanges(from, to), matchChanges(from, to)...)
	return c
}

// differ collects the paths at which two trees differ.
type differ []PropertyChange

func (d *differ) add(op Op, path string) { *d = append(*d, PropertyChange{op, path}) }

func (d *differ) members(path string, from, to *jsondoc.Node) {
	for _, m := range from.Members {
		d.value(path+m.Name, m.Value, to.Get(m.Name))
	}
	for _, m := range to.Members {
		if from.Get(m.Name) == nil {
			d.value(path+m.Name, nil, m.Value)
		}
	}
}

func (d *differ) value(path string, from, to *jsondoc.Node) {
	if jsondoc.Equal(from, to) {
		return
	}
	switch {
	case isUnset(from) && isUnset(to):
		d.add(Changed, path)
	case isUnset(from):
		d.add(Added, path)
	case isUnset(to):
		d.add(Removed, path)
	case from.Kind == '{' && to.Kind == '{':
		d.members(path+".", from, to)
	default:
		a, b := pairs(from), pairs(to)
		before := len(*d)
		if a != nil && b != nil {
			d.members(path+".", a, b)
		}
		if len(*d) == before {
			d.add(Changed, path)
		}
	}
}

// pairs returns a list of keys and values, which widgets have for parameters and
// variables, as an object; nil if n is not such a list. Each value has fewer members than
// its element, so that a search for pairs within pairs ends.
func pairs(n *jsondoc.Node) *jsondoc.Node {
	if n.Kind != '[' {
		return nil
	}
	out := object()
	for _, elem := range n.Elems {
		key := elem.Get("key")
		if !key.Is('"') || out.Get(key.Text) != nil {
			return nil
		}
		rest := without(elem, "key")
		if len(rest.Members) == 1 && rest.Members[0].Name == "value" {
			rest = rest.Members[0].Value
		}
		out.Members = append(out.Members, jsondoc.Member{Name: key.Text, Value: rest})
	}
	return out
}

// plainChanges returns the changes to transitions without conditions.
func plainChanges(from, to State) []TransitionChange {
	was, is := plain(from), plain(to)
	var changes []TransitionChange
	for _, event := range append(is.order, was.order...) {
		a, b := was.of[event], is.of[event]
		delete(was.of, event)
		delete(is.of, event)
		if !slices.Equal(a.texts, b.texts) {
			changes = append(changes, TransitionChange{Label: event, From: a.next, To: b.next})
		}
	}
	return changes
}

type ways struct {
	order []string
	of    map[string]way
}

// way is the next state of an event, with the canonical forms of its transitions.
type way struct {
	next  string
	texts []string
}

func plain(s State) ways {
	w := ways{of: map[string]way{}}
	for _, t := range s.Transitions {
		if n := t.normal(); !t.conditional() && len(n.Members) > 1 {
			way := w.of[t.Event]
			if len(way.texts) == 0 {
				way.next = t.Next
				w.order = append(w.order, t.Event)
			}
			way.texts = append(way.texts, string(n.Canonical()))
			w.of[t.Event] = way
		}
	}
	return w
}

// matchChanges returns the changes to transitions with conditions, which are paired by
// their conditions.
func matchChanges(from, to State) []TransitionChange {
	was, is := matches(from), matches(to)
	if slices.Equal(texts(was), texts(is)) {
		return nil
	}
	if slices.Equal(sortedTexts(was), sortedTexts(is)) {
		return []TransitionChange{{}}
	}
	var changes []TransitionChange
	i, j := 0, 0
	for _, p := range append(jsondoc.Common(asks(was), asks(is)), [2]int{len(was), len(is)}) {
		for ; i < p[0] && j < p[1]; i, j = i+1, j+1 {
			changes = append(changes, TransitionChange{label(is, j), was[i].Next, is[j].Next, Changed})
		}
		for ; i < p[0]; i++ {
			changes = append(changes, TransitionChange{Label: label(was, i), From: was[i].Next, Conditions: Removed})
		}
		for ; j < p[1]; j++ {
			changes = append(changes, TransitionChange{Label: label(is, j), To: is[j].Next, Conditions: Added})
		}
		if i < len(was) && j < len(is) && was[i].Next != is[j].Next {
			changes = append(changes, TransitionChange{Label: label(is, j), From: was[i].Next, To: is[j].Next})
		}
		i, j = p[0]+1, p[1]+1
	}
	return changes
}

func matches(s State) []Transition {
	var out []Transition
	for _, t := range s.Transitions {
		if t.conditional() {
			out = append(out, t)
		}
	}
	return out
}

func label(list []Transition, i int) string { return list[i].Event + " " + strconv.Itoa(i+1) }

func texts(list []Transition) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = string(t.normal().Canonical())
	}
	return out
}

func sortedTexts(list []Transition) []string {
	out := texts(list)
	slices.Sort(out)
	return out
}

// asks returns the canonical forms of transitions without their next states.
func asks(list []Transition) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = string(without(t.normal(), "next").Canonical())
	}
	return out
}
