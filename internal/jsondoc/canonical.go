package jsondoc

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Canonical returns the one spelling of a value: two values that mean the same have
// the same. Names are sorted; strings and numbers have one spelling each. Unlike
// RFC 8785 it is exact for every number. It returns nil for nil.
func (n *Node) Canonical() jsontext.Value {
	if n == nil {
		return nil
	}
	return n.append(nil, true)
}

// Compact returns a value on one line, with names in their order and numbers as they
// are spelled.
func (n *Node) Compact() jsontext.Value { return n.append(nil, false) }

// Equal reports whether two values mean the same. Nil equals nil only.
func Equal(a, b *Node) bool {
	return string(a.Canonical()) == string(b.Canonical())
}

// AppendString appends a JSON string. Bytes that are not UTF-8 become the replacement
// character, because JSON cannot express them.
func AppendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

func (n *Node) append(dst []byte, canonical bool) []byte {
	switch n.Kind {
	case '{':
		members := n.Members
		if canonical {
			members = slices.Clone(members)
			slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
		}
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, m.Name), ':')
			dst = m.Value.append(dst, canonical)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i, elem := range n.Elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = elem.append(dst, canonical)
		}
		return append(dst, ']')
	case '"':
		return AppendString(dst, n.Text)
	case '0':
		if canonical {
			return append(dst, CanonicalNumber(n.Text)...)
		}
		return append(dst, n.Text...)
	case 't':
		return append(dst, "true"...)
	case 'f':
		return append(dst, "false"...)
	default:
		return append(dst, "null"...)
	}
}
