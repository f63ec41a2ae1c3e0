package schema

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// editor changes a document's text, keeping the formatting of what stays.
type editor struct {
	src      []byte
	unit     string // one step of indentation; empty: the document is on one line
	replaced map[*node]jsontext.Value
	items    map[*node][]item // of the objects and lists with other children than before
}

// item is a child of an object or list after the edits: an old one, or new text.
type item struct {
	old  *node // the value of the member or element
	name string
	text jsontext.Value
}

func newEditor(src []byte) *editor {
	e := &editor{src: src, replaced: map[*node]jsontext.Value{}, items: map[*node][]item{}}
	for line := range bytes.Lines(src) {
		if indent := leading(line); indent != "" && len(bytes.TrimSpace(line)) > 0 {
			e.unit = indent
			return e
		}
	}
	if bytes.ContainsRune(bytes.TrimSpace(src), '\n') {
		e.unit = "  "
	}
	return e
}

// leading is the white space a line begins with.
func leading(line []byte) string {
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

func (e *editor) replace(n *node, text jsontext.Value) { e.replaced[n] = text }

// drop takes a child out of an object or list.
func (e *editor) drop(owner, child *node) {
	e.items[owner] = slices.DeleteFunc(e.children(owner), func(i item) bool { return i.old == child })
}

// add puts a child at the end of an object (under a name) or list.
func (e *editor) add(owner *node, name string, text jsontext.Value) {
	e.items[owner] = append(e.children(owner), item{name: name, text: text})
}

// set gives a member of an object a value.
func (e *editor) set(owner *node, name string, text jsontext.Value) {
	if have := owner.get(name); have != nil {
		e.replace(have, text)
		return
	}
	e.add(owner, name, text)
}

func (e *editor) children(n *node) []item {
	if items, ok := e.items[n]; ok {
		return items
	}
	var items []item
	for _, m := range n.members {
		items = append(items, item{old: m.value})
	}
	for _, elem := range n.elems {
		items = append(items, item{old: elem})
	}
	return items
}

// render is the whole document after the edits.
func (e *editor) render(root *node) []byte {
	indent := leading(e.src[bytes.LastIndexByte(e.src[:root.start], '\n')+1 : root.start])
	out := e.value(slices.Clone(e.src[:root.start]), root, indent)
	return append(out, e.src[root.end:]...)
}

// value writes a value; indent is that of the line it begins on.
func (e *editor) value(dst []byte, n *node, indent string) []byte {
	if text, ok := e.replaced[n]; ok {
		return append(dst, e.format(text, indent)...)
	}
	if !e.touched(n) {
		return append(dst, e.src[n.start:n.end]...)
	}
	items := e.children(n)
	if len(items) == 0 {
		return append(dst, e.src[n.start], e.src[n.end-1])
	}
	l := e.layout(n, indent)
	dst = append(dst, e.src[n.start])
	for i, it := range items {
		gap, ok := l.gaps[it.old]
		if !ok {
			gap = l.next
		}
		if i == 0 {
			gap = l.first
		} else {
			dst = append(dst, ',')
		}
		dst = append(dst, gap...)
		at := indent
		if newline := strings.LastIndexByte(gap, '\n'); newline >= 0 {
			at = strings.ReplaceAll(gap[newline+1:], "\r", "")
		}
		if it.old != nil {
			dst = e.value(append(dst, l.heads[it.old]...), it.old, at)
			continue
		}
		if n.kind == '{' {
			dst = append(appendString(dst, it.name), l.colon...)
		}
		dst = append(dst, e.format(it.text, at)...)
	}
	return append(append(dst, l.tail...), e.src[n.end-1])
}

// touched tells whether anything in a value is edited.
func (e *editor) touched(n *node) bool {
	if _, ok := e.replaced[n]; ok {
		return true
	}
	if _, ok := e.items[n]; ok {
		return true
	}
	return slices.ContainsFunc(n.elems, e.touched) ||
		slices.ContainsFunc(n.members, func(m member) bool { return e.touched(m.value) })
}

// layout is the white space of an object or list.
type layout struct {
	first, next string           // before the first child, and before any other that is new
	gaps        map[*node]string // before each old child but the first, after its comma
	heads       map[*node]string // of members: the name, the colon and what is around it
	colon       string           // between a new member's name and value
	tail        string           // after the last child
}

// layout reads the white space of an object or list from the source; one that is
// empty is laid out as the document is.
func (e *editor) layout(n *node, indent string) layout {
	l := layout{gaps: map[*node]string{}, heads: map[*node]string{}, colon: ":"}
	if e.unit != "" {
		l.colon, l.first, l.tail = ": ", "\n"+indent+e.unit, "\n"+indent
	}
	l.next = l.first
	from := n.start + 1
	child := func(i, start int, value *node) {
		gap := string(e.src[from:start])
		if i == 0 {
			l.first, l.next = gap, gap
		} else {
			gap = gap[strings.IndexByte(gap, ',')+1:]
			l.gaps[value], l.next = gap, gap
		}
		from = value.end
	}
	for i, m := range n.members {
		head := string(e.src[m.start:m.value.start])
		l.heads[m.value], l.colon = head, head[strings.LastIndexByte(head, '"')+1:]
		child(i, m.start, m.value)
	}
	for i, elem := range n.elems {
		child(i, elem.start, elem)
	}
	if from > n.start+1 {
		l.tail = string(e.src[from : n.end-1])
	}
	return l
}

// format lays new text out as the document is.
func (e *editor) format(text jsontext.Value, indent string) jsontext.Value {
	if e.unit == "" {
		return text
	}
	out := text.Clone()
	if out.Indent(jsontext.WithIndentPrefix(indent), jsontext.WithIndent(e.unit)) != nil {
		return text // nested deeper than the encoder goes
	}
	return out
}
