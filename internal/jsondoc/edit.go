package jsondoc

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Editor changes a document, keeping the order and the spelling of what stays. The
// zero Editor changes nothing and is ready for use.
type Editor struct {
	replaced map[*Node]*Node
	items    map[*Node][]Item // of the objects and lists with other children than before
}

// Item is a child of an object or list after the edits.
type Item struct {
	Name  string // of an object's member
	Value *Node  // an old child, with the edits made to it, or another tree
}

// Replace puts a value in the place of one of the document's.
func (e *Editor) Replace(n, value *Node) {
	if e.replaced == nil {
		e.replaced = map[*Node]*Node{}
	}
	e.replaced[n] = value
}

// SetItems gives an object or list its children.
func (e *Editor) SetItems(owner *Node, items []Item) {
	if e.items == nil {
		e.items = map[*Node][]Item{}
	}
	e.items[owner] = items
}

// Drop takes a child out of an object or list.
func (e *Editor) Drop(owner, child *Node) {
	e.SetItems(owner, slices.DeleteFunc(e.children(owner), func(i Item) bool { return i.Value == child }))
}

// Add puts a child at the end of an object (under a name) or list.
func (e *Editor) Add(owner *Node, name string, value *Node) {
	e.SetItems(owner, append(e.children(owner), Item{name, value}))
}

// Set gives a member of an object a value.
func (e *Editor) Set(owner *Node, name string, value *Node) {
	if have := owner.Get(name); have != nil {
		e.Replace(have, value)
		return
	}
	e.Add(owner, name, value)
}

func (e *Editor) children(n *Node) []Item {
	if items, ok := e.items[n]; ok {
		return items
	}
	var items []Item
	for _, m := range n.Members {
		items = append(items, Item(m))
	}
	for _, elem := range n.Elems {
		items = append(items, Item{Value: elem})
	}
	return items
}

// Render is the whole document after the edits, indented by two spaces.
func (e *Editor) Render(root *Node) []byte {
	out := jsontext.Value(e.value(nil, root))
	// Everything in it was read from JSON, so there is nothing that cannot be indented.
	_ = out.Indent(jsontext.WithIndent("  "))
	return out
}

func (e *Editor) value(dst []byte, n *Node) []byte {
	if other, ok := e.replaced[n]; ok {
		return e.value(dst, other)
	}
	closing := byte(']')
	switch n.Kind {
	case '{':
		closing = '}'
	case '[':
	default:
		return n.appendScalar(dst)
	}
	dst = append(dst, byte(n.Kind))
	for i, it := range e.children(n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.Kind == '{' {
			dst = append(AppendString(dst, it.Name), ':')
		}
		dst = e.value(dst, it.Value)
	}
	return append(dst, closing)
}

// Merge makes a value of the document mean exactly what another does, keeping what
// they share.
func (e *Editor) Merge(n, want *Node) {
	switch {
	case Same(n, want):
	case n.Kind == '{' && want.Kind == '{' && slices.ContainsFunc(n.Members, func(m Member) bool { return want.Get(m.Name) != nil }):
		for _, m := range n.Members {
			if now := want.Get(m.Name); now != nil {
				e.Merge(m.Value, now)
			} else {
				e.Drop(n, m.Value)
			}
		}
		for _, m := range want.Members {
			if n.Get(m.Name) == nil {
				e.Add(n, m.Name, m.Value)
			}
		}
	case n.Kind == '[' && want.Kind == '[':
		e.SetItems(n, e.MergeLists(n.Elems, want.Elems))
	default:
		e.Replace(n, want)
	}
}

// MergeLists are the children of a list that had some elements and shall have
// others: the elements both share in order stay; what stands between two of them is
// merged one by one, and the rest left out or put in.
func (e *Editor) MergeLists(have, want []*Node) []Item {
	var out []Item
	i, j := 0, 0
	for _, p := range append(Common(Texts(have), Texts(want)), [2]int{len(have), len(want)}) {
		for ; i < p[0] && j < p[1]; i, j = i+1, j+1 {
			e.Merge(have[i], want[j])
			out = append(out, Item{Value: have[i]})
		}
		for ; j < p[1]; j++ {
			out = append(out, Item{Value: want[j]})
		}
		i, j = p[0]+1, p[1]+1
		if p[0] < len(have) {
			out = append(out, Item{Value: have[p[0]]})
		}
	}
	return out
}
