package flow

import (
	"cmp"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Canonical returns f in one spelling: two flows that mean the same have the same
// canonical bytes, which are a definition themselves. Keys and states are sorted. Left
// out are offsets, which are places on the canvas, a $schema, unset properties (null,
// "", empty lists and objects), and transitions without a next state. An absent flag has
// Twilio's default. Transitions with conditions keep their order, because Studio tries
// them in turn; the others are sorted by event.
func (f *Flow) Canonical() []byte { return f.normal().Canonical() }

// Equal reports whether a configured flow and the one at Twilio mean the same: whether
// their canonical forms are equal.
func Equal(config, live *Flow) bool { return string(config.Canonical()) == string(live.Canonical()) }

func (f *Flow) normal() *jsondoc.Node {
	states := list()
	for _, s := range f.States {
		states.Elems = append(states.Elems, s.normal())
	}
	slices.SortStableFunc(states.Elems, func(a, b *jsondoc.Node) int {
		if by := cmp.Compare(a.Get("name").String(), b.Get("name").String()); by != 0 {
			return by
		}
		return cmp.Compare(string(a.Canonical()), string(b.Canonical()))
	})
	n := object("description", text(f.Description), "flags", f.flags(), "initial_state", text(f.InitialState), "states", states)
	return withOthers(n, f.root, schemaKey)
}

// flags returns the flags of a flow, with Twilio's default where the file has none
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas).
func (f *Flow) flags() *jsondoc.Node {
	flags := f.root.Get("flags")
	allowed := flags.Get(concurrency)
	if !allowed.Present() {
		allowed = &jsondoc.Node{Kind: 't'}
	}
	return withOthers(object(concurrency, allowed), flags)
}

func (s State) normal() *jsondoc.Node {
	n := object("name", text(s.Name), "type", text(s.Type),
		"transitions", s.normalTransitions(), "properties", s.normalProperties())
	return withOthers(n, s.node)
}

func (s State) normalProperties() *jsondoc.Node {
	out := object()
	for _, m := range properMembers(s.properties()) {
		if m.Name != offsetKey && !isUnset(m.Value) {
			out.Members = append(out.Members, m)
		}
	}
	return out
}

// normalTransitions leaves out transitions without a next state, except for those with
// conditions: Studio does not try the ones after them.
func (s State) normalTransitions() *jsondoc.Node {
	plain, conditional := list(), list()
	for _, t := range s.Transitions {
		n := t.normal()
		switch {
		case t.conditional():
			conditional.Elems = append(conditional.Elems, n)
		case len(n.Members) > 1:
			plain.Elems = append(plain.Elems, n)
		}
	}
	slices.SortStableFunc(plain.Elems, func(a, b *jsondoc.Node) int {
		return cmp.Compare(a.Get("event").String(), b.Get("event").String())
	})
	plain.Elems = append(plain.Elems, conditional.Elems...)
	return plain
}

func (t Transition) normal() *jsondoc.Node {
	n := object("event", text(t.Event))
	if t.Next != "" {
		n.Members = append(n.Members, jsondoc.Member{Name: "next", Value: text(t.Next)})
	}
	return withOthers(n, t.node, "next")
}

// isUnset reports whether a widget's property is unset. Twilio does not document whether
// it stores, adds or drops such properties, so they are equal to absent ones.
func isUnset(n *jsondoc.Node) bool {
	switch {
	case !n.Present():
		return true
	case n.Kind == '"':
		return n.Text == ""
	case n.Kind == '{', n.Kind == '[':
		return len(n.Members)+len(n.Elems) == 0
	}
	return false
}

// withOthers adds to n the members of from that n does not have, except for those that
// are null or named.
func withOthers(n, from *jsondoc.Node, but ...string) *jsondoc.Node {
	for _, m := range properMembers(from) {
		if m.Value.Present() && n.Get(m.Name) == nil && !slices.Contains(but, m.Name) {
			n.Members = append(n.Members, m)
		}
	}
	return n
}

func properMembers(n *jsondoc.Node) []jsondoc.Member {
	if n == nil {
		return nil
	}
	return n.Members
}

func text(s string) *jsondoc.Node { return &jsondoc.Node{Kind: '"', Text: s} }

func list() *jsondoc.Node { return &jsondoc.Node{Kind: '['} }

// object returns an object of the names and values given in turn.
func object(members ...any) *jsondoc.Node {
	n := &jsondoc.Node{Kind: '{'}
	for i := 0; i+1 < len(members); i += 2 {
		name, _ := members[i].(string)
		value, _ := members[i+1].(*jsondoc.Node)
		n.Members = append(n.Members, jsondoc.Member{Name: name, Value: value})
	}
	return n
}
