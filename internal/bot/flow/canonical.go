package flow

import (
	"cmp"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Canonical is the meaning of f in one spelling: two flows that mean the same have
// the same canonical bytes. It is itself a definition. Keys and states are sorted;
// offsets are left out, since they are places on the canvas; so are a $schema,
// unset properties (null, "", empty lists and objects) and transitions
// that lead nowhere. A flag that is absent has Twilio's default. The transitions
// with conditions keep their order, because Studio tries them in turn; the others
// are sorted by event.
func (f *Flow) Canonical() []byte { return f.normal().Canonical() }

// Equal reports whether a configured flow and the one Twilio has mean the same, by
// their canonical forms.
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

// flags are the flags of a flow, with Twilio's default where the file has none
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

// normalTransitions leaves out those that lead nowhere, except those with conditions:
// they stop the ones after them from being tried.
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

// isUnset reports whether a widget's property has no value. Whether Twilio stores such
// properties, adds or drops them is not documented, so they are equal to absent ones.
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

// withOthers adds the members of from that n does not have and that are not null,
// but for those named.
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

// object creates an object from alternating names and values.
func object(members ...any) *jsondoc.Node {
	n := &jsondoc.Node{Kind: '{'}
	for i := 0; i+1 < len(members); i += 2 {
		name, _ := members[i].(string)
		value, _ := members[i+1].(*jsondoc.Node)
		n.Members = append(n.Members, jsondoc.Member{Name: name, Value: value})
	}
	return n
}
