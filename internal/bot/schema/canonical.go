package schema

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// appendTree writes a tree compactly, with one spelling for each number and string,
// its keys sorted or in their own order.
func appendTree(dst []byte, n *node, sortKeys bool) []byte {
	switch n.kind {
	case '{':
		members := n.members
		if sortKeys {
			members = slices.SortedFunc(slices.Values(members), func(a, b member) int { return cmp.Compare(a.name, b.name) })
		}
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, m.name), ':')
			dst = appendTree(dst, m.value, sortKeys)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i, elem := range n.elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendTree(dst, elem, sortKeys)
		}
		return append(dst, ']')
	case '"':
		return appendString(dst, n.text)
	case '0':
		return append(dst, canonicalNumber(n.text)...)
	case 't':
		return append(dst, "true"...)
	case 'f':
		return append(dst, "false"...)
	default:
		return append(dst, "null"...)
	}
}

// appendString writes a JSON string. What is no UTF-8 becomes the replacement
// character, since JSON has no other way to say it.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

func (n *node) canonical() jsontext.Value {
	if n == nil {
		return nil
	}
	return appendTree(nil, n, true)
}

// compact is the value on one line, its keys in their own order.
func (n *node) compact() jsontext.Value { return appendTree(nil, n, false) }

// same tells whether two trees mean the same JSON value.
func same(a, b *node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return string(a.canonical()) == string(b.canonical())
}

// isUnset tells whether a value of defaults or styleSheet says nothing: absent,
// null, "", or an object of nothing else. Files of Twilio's write "" for it.
func isUnset(n *node) bool {
	switch {
	case n == nil || n.kind == 'n':
		return true
	case n.kind == '"':
		return n.text == ""
	case n.kind == '{':
		return !slices.ContainsFunc(n.members, func(m member) bool { return !isUnset(m.value) })
	}
	return false
}

// withoutUnset drops what says nothing from defaults or styleSheet; nil if nothing is left.
func withoutUnset(n *node) *node {
	if isUnset(n) {
		return nil
	}
	if n.kind != '{' {
		return n
	}
	out := &node{kind: '{'}
	for _, m := range n.members {
		if v := withoutUnset(m.value); v != nil {
			out.members = append(out.members, member{name: m.name, value: v})
		}
	}
	return out
}

// actionsTree reads an Actions document. Twilio's empty answers, null and {}, are
// the document without actions.
func actionsTree(v jsontext.Value) *node {
	n := tree(v)
	if n == nil || (n.kind == '{' && len(n.members) == 0) {
		return tree(jsontext.Value(`{"actions":[]}`))
	}
	return n
}

// Canonical is the content of s in one spelling, without the names of the file:
// lists whose order means nothing are sorted, repeated elements said once, unset
// values and parts nobody speaks of left out. Two assistants of one content have
// the same canonical bytes.
func (s *Schema) Canonical() []byte {
	c := &Schema{
		LogQueries: s.LogQueries,
		Defaults:   withoutUnset(tree(s.Defaults)).canonical(),
		StyleSheet: withoutUnset(tree(s.StyleSheet)).canonical(),
		FieldTypes: unique(s.FieldTypes, FieldType.id),
		Tasks:      unique(s.Tasks, Task.id),
	}
	for i, t := range c.FieldTypes {
		c.FieldTypes[i].Values = sorted(unique(t.Values, Value.id), Value.id)
	}
	for i, t := range c.Tasks {
		if t.Actions != nil {
			c.Tasks[i].Actions = actionsTree(t.Actions).canonical()
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

// id is what tells elements of one list apart.
type id struct{ a, b string }

func (t FieldType) id() id { return id{a: t.UniqueName} }
func (v Value) id() id     { return id{v.Language, v.Value} }
func (t Task) id() id      { return id{a: t.UniqueName} }
func (f Field) id() id     { return id{a: f.UniqueName} }
func (s Sample) id() id    { return id{s.Language, s.TaggedText} }

// unique copies a list with the first of each id.
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

// index finds the first element of each id.
func index[T any](list []T, of func(T) id) map[id]T {
	m := make(map[id]T, len(list))
	for _, e := range list {
		if _, ok := m[of(e)]; !ok {
			m[of(e)] = e
		}
	}
	return m
}
