package jsondoc

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Render returns the document, whose root is given, with the edits made.
func (e *Editor) Render(root *Node) []byte {
	r := renderer{Editor: e, edited: map[*Node]bool{}}
	r.mark(root)
	margin := marginOf(e.src[bytes.LastIndexByte(e.src[:root.Start], '\n')+1 : root.Start])
	out := append(make([]byte, 0, 2*len(e.src)), e.src[:root.Start]...)
	out = r.value(out, root, margin)
	return append(out, e.src[root.End:]...)
}

type renderer struct {
	*Editor
	edited map[*Node]bool // nodes with an edit in them, at any depth
}

// mark finds what is edited in n, and reports whether anything is.
func (r renderer) mark(n *Node) bool {
	_, edited := r.replaced[n]
	if _, ok := r.items[n]; ok {
		edited = true
	}
	for _, m := range n.Members {
		edited = r.mark(m.Value) || edited
	}
	for _, elem := range n.Elems {
		edited = r.mark(elem) || edited
	}
	if edited {
		r.edited[n] = true
	}
	return edited
}

// value appends a value of the document that begins on a line with a margin.
func (r renderer) value(dst []byte, n *Node, margin string) []byte {
	if text, ok := r.replaced[n]; ok {
		return append(dst, r.format(text, margin)...)
	}
	if !r.edited[n] {
		return append(dst, r.src[n.Start:n.End]...)
	}
	dst = append(dst, r.src[n.Start])
	if items := r.itemsOf(n); len(items) > 0 {
		dst = r.children(dst, n, items, margin)
	}
	return append(dst, r.src[n.End-1])
}

func (r renderer) children(dst []byte, n *Node, items []Item, margin string) []byte {
	l := r.layout(n, margin)
	for i, it := range items {
		space, ok := l.spaces[it.Node]
		if !ok {
			space = l.other
			if n.Kind == '{' {
				space.name = append(AppendString(nil, it.Name), l.colon...)
			}
		}
		if i == 0 {
			space.before = l.first
		}
		dst = append(append(dst, space.before...), space.name...)
		at := margin
		if newline := bytes.LastIndexByte(space.before, '\n'); newline >= 0 {
			at = string(bytes.ReplaceAll(space.before[newline+1:], []byte("\r"), nil))
		}
		if it.Node != nil {
			dst = r.value(dst, it.Node, at)
		} else {
			dst = append(dst, r.format(it.Text, at)...)
		}
		if i < len(items)-1 {
			dst = append(append(dst, space.after...), ',')
		}
	}
	return append(dst, l.last...)
}

// layout is the white space within an object or list.
type layout struct {
	first  []byte          // before the first child
	last   []byte          // after the last child
	colon  []byte          // between the name of a new member and its value
	spaces map[*Node]space // around the children that it has in the source
	other  space           // around any other child
}

// space is what surrounds a child of an object or list.
type space struct {
	before []byte // white space after the comma before it
	name   []byte // of a member, as it is spelled, with the colon and white space
	after  []byte // white space before the comma after it
}

// layout reads the white space of an object or list. One that is empty in the source
// is laid out as the document is.
func (r renderer) layout(n *Node, margin string) layout {
	l := layout{colon: []byte(":"), spaces: map[*Node]space{}}
	children := n.children()
	if len(children) == 0 {
		if r.indent != "" {
			l.colon = []byte(": ")
			l.first = []byte("\n" + margin + r.indent)
			l.last = []byte("\n" + margin)
			l.other.before = l.first
		}
		return l
	}
	spaces := make([]space, len(children))
	from := n.Start + 1
	for i, c := range children {
		start := skip(r.src, from)
		gap := r.src[from:start]
		if i > 0 {
			spaces[i-1].after, gap, _ = bytes.Cut(gap, []byte(","))
		}
		spaces[i].before, spaces[i].name = gap, r.src[start:c.Value.Start]
		from = c.Value.End
	}
	first, last := &spaces[0], &spaces[len(spaces)-1]
	l.first, l.last = first.before, r.src[from:n.End-1]
	l.colon = last.name[bytes.LastIndexByte(last.name, '"')+1:]
	l.other = space{before: last.before, after: first.after}
	// Where the first child is no longer first, or the last no longer last:
	first.before, last.after = l.other.before, l.other.after
	for i, c := range children {
		l.spaces[c.Value] = spaces[i]
	}
	return l
}

// format lays new text out as the document is.
func (r renderer) format(text jsontext.Value, margin string) jsontext.Value {
	if r.indent == "" {
		return text
	}
	out := text.Clone()
	if out.Indent(jsontext.WithIndentPrefix(margin), jsontext.WithIndent(r.indent)) != nil {
		return text // nested too deep for jsontext
	}
	return out
}
