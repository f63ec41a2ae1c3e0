package jsondoc

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Editor collects edits to a parsed document and renders it with them. What no edit
// touches stays as it is, byte for byte; what is new is laid out like its neighbours.
// The zero Editor is not ready for use.
type Editor struct {
	src      []byte
	indent   string // one step of indentation; empty for a document on one line
	replaced map[*Node]jsontext.Value
	items    map[*Node][]Item // of the objects and lists whose children are others than before
}

// Item is a member of an object or an element of a list after the edits: a value of
// the document or new text.
type Item struct {
	Name string         // of a member
	Node *Node          // a value of the document, with the edits made to it; nil for new text
	Text jsontext.Value // valid JSON
}

// NewEditor returns an editor of the document that was parsed from src.
func NewEditor(src []byte) *Editor {
	return &Editor{
		src:      src,
		indent:   indentOf(src),
		replaced: map[*Node]jsontext.Value{},
		items:    map[*Node][]Item{},
	}
}

// indentOf returns the first indentation in a document, two spaces if it has several
// lines and none is indented.
func indentOf(src []byte) string {
	for line := range bytes.Lines(src) {
		if margin := marginOf(line); margin != "" && len(bytes.TrimSpace(line)) > 0 {
			return margin
		}
	}
	if bytes.ContainsRune(bytes.TrimSpace(src), '\n') {
		return "  "
	}
	return ""
}

// marginOf returns the white space that a line begins with.
func marginOf(line []byte) string {
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// Replace puts another value in the place of n. Edits within n no longer count.
func (e *Editor) Replace(n *Node, value jsontext.Value) { e.replaced[n] = value }

// Remove takes a child out of an object or list.
func (e *Editor) Remove(owner, child *Node) {
	e.items[owner] = slices.DeleteFunc(e.itemsOf(owner), func(i Item) bool { return i.Node == child })
}

// Append puts a new child at the end of an object, under a name, or of a list.
func (e *Editor) Append(owner *Node, name string, value jsontext.Value) {
	e.items[owner] = append(e.itemsOf(owner), Item{Name: name, Text: value})
}

// Set gives a member of an object a value: in its place if the object has it, at the
// end if not.
func (e *Editor) Set(object *Node, name string, value jsontext.Value) {
	items := e.itemsOf(object)
	switch i := slices.IndexFunc(items, func(i Item) bool { return i.Name == name }); {
	case i < 0:
		e.items[object] = append(items, Item{Name: name, Text: value})
	case items[i].Node != nil:
		e.Replace(items[i].Node, value)
	default:
		items[i].Text = value
	}
}

// SetItems gives an object or list other children.
func (e *Editor) SetItems(owner *Node, items []Item) { e.items[owner] = items }

// itemsOf returns the children of an object or list as edited so far.
func (e *Editor) itemsOf(n *Node) []Item {
	if items, ok := e.items[n]; ok {
		return items
	}
	var items []Item
	for _, c := range n.children() {
		items = append(items, Item{Name: c.Name, Node: c.Value})
	}
	return items
}

// Merge makes a value of the document mean what want means, with as few edits as it
// can: what the two share stays.
func (e *Editor) Merge(n, want *Node) {
	switch {
	case Equal(n, want):
	case n.Kind == '{' && want.Kind == '{' && slices.ContainsFunc(n.Members, func(m Member) bool { return want.Get(m.Name) != nil }):
		for _, m := range n.Members {
			if now := want.Get(m.Name); now != nil {
				e.Merge(m.Value, now)
			} else {
				e.Remove(n, m.Value)
			}
		}
		for _, m := range want.Members {
			if n.Get(m.Name) == nil {
				e.Append(n, m.Name, m.Value.Compact())
			}
		}
	case n.Kind == '[' && want.Kind == '[':
		e.SetItems(n, e.MergeElems(n.Elems, want.Elems))
	default:
		e.Replace(n, want.Compact())
	}
}

// MergeElems returns the items that make a list of elements mean what others mean. A
// longest common subsequence of the two stays; elements between two of those are merged
// in pairs, and what is left over is dropped or new.
func (e *Editor) MergeElems(have, want []*Node) []Item {
	var items []Item
	i, j := 0, 0
	for _, p := range append(Common(canonicalTexts(have), canonicalTexts(want)), [2]int{len(have), len(want)}) {
		for ; i < p[0] && j < p[1]; i, j = i+1, j+1 {
			e.Merge(have[i], want[j])
			items = append(items, Item{Node: have[i]})
		}
		for ; j < p[1]; j++ {
			items = append(items, Item{Text: want[j].Compact()})
		}
		i, j = p[0]+1, p[1]+1
		if p[0] < len(have) {
			items = append(items, Item{Node: have[p[0]]})
		}
	}
	return items
}

func canonicalTexts(nodes []*Node) []string {
	texts := make([]string, len(nodes))
	for i, n := range nodes {
		texts[i] = string(n.Canonical())
	}
	return texts
}
