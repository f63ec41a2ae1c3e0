package schema

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// editor changes a document, keeping the order and the spelling of what stays.
type editor struct {
	replaced map[*node]jsontext.Value
	items    map[*node][]item // of the objects and lists with other children than before
}

// item is a child of an object or list after the edits: an old one, or new text.
type item struct {
	old  *node // the value of the member or element
	name string
	text jsontext.Value
}

func newEditor() *editor {
	return &editor{replaced: map[*node]jsontext.Value{}, items: map[*node][]item{}}
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

// render is the whole document after the edits, indented as the exporter does.
func (e *editor) render(root *node) []byte {
	out := jsontext.Value(e.value(nil, root))
	// Everything in it was read from JSON, so there is nothing that cannot be indented.
	_ = out.Indent(jsontext.WithIndent("  "))
	return out
}

func (e *editor) value(dst []byte, n *node) []byte {
	if text, ok := e.replaced[n]; ok {
		return append(dst, text...)
	}
	switch n.kind {
	case '{', '[':
	default:
		return append(dst, n.compact()...)
	}
	names := map[*node]string{}
	for _, m := range n.members {
		names[m.value] = m.name
	}
	closing := byte(']')
	if n.kind == '{' {
		closing = '}'
	}
	dst = append(dst, byte(n.kind))
	for i, it := range e.children(n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.kind == '{' {
			name := it.name
			if it.old != nil {
				name = names[it.old]
			}
			dst = append(appendString(dst, name), ':')
		}
		if it.old != nil {
			dst = e.value(dst, it.old)
		} else {
			dst = append(dst, it.text...)
		}
	}
	return append(dst, closing)
}

// compact is the value on one line, its numbers spelled as they were.
func (n *node) compact() jsontext.Value {
	switch n.kind {
	case 'n':
		return jsontext.Value("null")
	case 't':
		return jsontext.Value("true")
	case 'f':
		return jsontext.Value("false")
	case '"':
		return appendString(nil, n.text)
	case '0':
		return jsontext.Value(n.text)
	default:
		return (&editor{}).value(nil, n)
	}
}
