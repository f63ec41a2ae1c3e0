// Package jsondoc holds a JSON document as a tree that knows its source. It reports
// faults by line and column, compares values by meaning, finds what two lists have in
// common, and edits a document so that whatever an edit does not touch stays as it is,
// byte for byte.
package jsondoc

import "github.com/go-json-experiment/json/jsontext"

// Node is a JSON value. A node that was parsed knows its place in the source; one that
// was put together by hand has no place.
type Node struct {
	Kind       jsontext.Kind // one of n f t " 0 { [
	Text       string        // of a string its meaning, of a number its spelling
	Start, End int           // offsets in the source, in bytes
	Members    []Member      // of an object, in the order of the source
	Elems      []*Node       // of a list
}

// Member is a name and value of an object.
type Member struct {
	Name  string
	Value *Node
}

// Get returns the value of a member; nil if n is nil, no object, or has no member of
// the name.
func (n *Node) Get(name string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Is reports whether n is there and of the kind.
func (n *Node) Is(kind jsontext.Kind) bool { return n != nil && n.Kind == kind }

// Present reports whether n is there and not null.
func (n *Node) Present() bool { return n != nil && n.Kind != 'n' }

// String returns the meaning of a string, and "" of anything else.
func (n *Node) String() string {
	if !n.Is('"') {
		return ""
	}
	return n.Text
}

// children returns what an object or list holds; an element has no name.
func (n *Node) children() []Member {
	if n.Kind != '[' {
		return n.Members
	}
	children := make([]Member, len(n.Elems))
	for i, elem := range n.Elems {
		children[i] = Member{Value: elem}
	}
	return children
}

// KindName returns how messages call a kind of JSON value.
func KindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	default:
		return "a list"
	}
}
