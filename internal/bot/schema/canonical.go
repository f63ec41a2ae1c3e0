package schema

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// tree parses a value that Parse or Twilio returned; nil for none. Numbers get their
// canonical spelling, so that an overlay does not depend on how Twilio spells them.
func tree(v jsontext.Value) *jsondoc.Node {
	n := jsondoc.ParseValue(v)
	if n != nil {
		spellNumbers(n)
	}
	return n
}

func spellNumbers(n *jsondoc.Node) {
	if n.Kind == '0' {
		n.Text = jsondoc.CanonicalNumber(n.Text)
	}
	for _, m := range n.Members {
		spellNumbers(m.Value)
	}
	for _, elem := range n.Elems {
		spellNumbers(elem)
	}
}

// isUnset reports whether a value of defaults or styleSheet is unset: absent, null, "",
// or an object of nothing else. Twilio's own files write "" for an unset value.
func isUnset(n *jsondoc.Node) bool {
	switch {
	case !n.Present():
		return true
	case n.Kind == '"':
		return n.Text == ""
	case n.Kind == '{':
		return !slices.ContainsFunc(n.Members, func(m jsondoc.Member) bool { return !isUnset(m.Value) })
	}
	return false
}

// withoutUnset returns defaults or styleSheet without unset values; nil if nothing is left.
func withoutUnset(n *jsondoc.Node) *jsondoc.Node {
	if isUnset(n) {
		return nil
	}
	if n.Kind != '{' {
		return n
	}
	out := &jsondoc.Node{Kind: '{'}
	for _, m := range n.Members {
		if v := withoutUnset(m.Value); v != nil {
			out.Members = append(out.Members, jsondoc.Member{Name: m.Name, Value: v})
		}
	}
	return out
}

// actionsTree parses an Actions document. Twilio's empty answers, null and {}, are the
// document without actions.
func actionsTree(v jsontext.Value) *jsondoc.Node {
	n := tree(v)
	if n == nil || (n.Kind == '{' && len(n.Members) == 0) {
		return tree(jsontext.Value(`{"actions":[]}`))
	}
	return n
}

// Canonical returns the content of s in one spelling, without the names of the file:
// lists whose order has no meaning are sorted, and repeated elements, unset values and
// absent parts are left out. Two assistants with the same content have the same
// canonical bytes.
func (s *Schema) Canonical() []byte {
	c := &Schema{
		LogQueries: s.LogQueries,
		Defaults:   withoutUnset(tree(s.Defaults)).Canonical(),
		StyleSheet: withoutUnset(tree(s.StyleSheet)).Canonical(),
		FieldTypes: unique(s.FieldTypes, FieldType.id),
		Tasks:      unique(s.Tasks, Task.id),
	}
	for i, t := range c.FieldTypes {
		c.FieldTypes[i].Values = sorted(unique(t.Values, Value.id), Value.id)
	}
	for i, t := range c.Tasks {
		if t.Actions != nil {
			c.Tasks[i].Actions = actionsTree(t.Actions).Canonical()
		}
		c.Tasks[i].Samples = sorted(unique(t.Samples, Sample.id), Sample.id)
		fields := sorted(unique(t.Fields, Field.id), Field.id)
		for j, f := range fields {
			fields[j].FieldType = CanonicalFieldType(f.FieldType)
		}
		c.Tasks[i].Fields = fields
	}
	sorted(c.FieldTypes, FieldType.id)
	sorted(c.Tasks, Task.id)
	return c.appendTo(nil)
}

// id identifies an element within its list.
type id struct{ a, b string }

func (t FieldType) id() id { return id{a: t.UniqueName} }
func (v Value) id() id     { return id{v.Language, v.Value} }
func (t Task) id() id      { return id{a: t.UniqueName} }
func (f Field) id() id     { return id{a: f.UniqueName} }
func (s Sample) id() id    { return id{s.Language, s.TaggedText} }

// unique returns a copy of a list with only the first element of each id.
func unique[T any](list []T, of func(T) id) []T {
	seen := make(map[id]bool, len(list))
	var out []T
	for _, e := range list {
		if !seen[of(e)] {
			seen[of(e)] = true
			out = append(out, e)
		}
	}
	return out
}

func sorted[T any](list []T, of func(T) id) []T {
	slices.SortStableFunc(list, func(x, y T) int {
		return cmp.Or(cmp.Compare(of(x).a, of(y).a), cmp.Compare(of(x).b, of(y).b))
	})
	return list
}

// index maps each id to the first element that has it.
func index[T any](list []T, of func(T) id) map[id]T {
	m := make(map[id]T, len(list))
	for _, e := range list {
		if _, ok := m[of(e)]; !ok {
			m[of(e)] = e
		}
	}
	return m
}
