package jsondoc

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendCanonical writes a tree with its keys sorted and one spelling for each
// number and string.
func (n *Node) AppendCanonical(dst []byte) []byte {
	switch n.Kind {
	case '{':
		members := slices.SortedFunc(slices.Values(n.Members), func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, m.Name), ':')
			dst = m.Value.AppendCanonical(dst)
		}
		return append(dst, '}')
	case '[':
		dst = append(dst, '[')
		for i, elem := range n.Elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = elem.AppendCanonical(dst)
		}
		return append(dst, ']')
	case '0':
		return append(dst, canonicalNumber(n.Text)...)
	default:
		return n.appendScalar(dst)
	}
}

// AppendCompact writes a tree on one line, its keys in their order and its numbers
// spelled as they were.
func (n *Node) AppendCompact(dst []byte) []byte { return (&Editor{}).value(dst, n) }

func (n *Node) appendScalar(dst []byte) []byte {
	switch n.Kind {
	case '"':
		return AppendString(dst, n.Text)
	case '0':
		return append(dst, n.Text...)
	case 't':
		return append(dst, "true"...)
	case 'f':
		return append(dst, "false"...)
	default:
		return append(dst, "null"...)
	}
}

// AppendString writes a JSON string. What is no UTF-8 becomes the replacement
// character, since JSON has no other way to say it.
func AppendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// Canonical is the one spelling of a JSON value: two values of one meaning have the
// same. It is nil for none.
func (n *Node) Canonical() jsontext.Value {
	if n == nil {
		return nil
	}
	return n.AppendCanonical(nil)
}

// Same tells whether two trees mean the same JSON value; none is the same as none only.
func Same(a, b *Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return string(a.Canonical()) == string(b.Canonical())
}
