package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// ParseError says where a file is not JSON, or not shaped as an assistant schema.
type ParseError struct {
	Line    int              // from 1
	Column  int              // from 1, in characters
	Pointer jsontext.Pointer // RFC 6901; empty where the fault is no value's
	Message string
}

// Error gives place and fault in one line.
func (e *ParseError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = " at " + string(e.Pointer)
	}
	return fmt.Sprintf("the schema is not valid: line %d, column %d%s: %s", e.Line, e.Column, at, e.Message)
}

// Parse reads an assistant schema. The error is a *ParseError: for text that is not
// JSON, names an object has twice, and values of a kind that has no place there.
// A list that is null or missing is empty. What the file says beyond an assistant
// is not an error; Validate warns of it, since it never reaches Twilio.
func Parse(data []byte) (*Schema, error) {
	root, err := parseTree(data)
	if err != nil {
		return nil, syntaxError(data, err)
	}
	d := decoder{src: data}
	s := d.schema(root)
	if d.err != nil {
		return nil, d.err
	}
	return s, nil
}

func syntaxError(src []byte, err error) *ParseError {
	offset, pointer, message := len(src), jsontext.Pointer(""), err.Error()
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic):
		offset, message = int(syntactic.ByteOffset), syntactic.Err.Error()
		if errors.Is(err, jsontext.ErrDuplicateName) {
			pointer = syntactic.JSONPointer
			message = fmt.Sprintf("the object has %q twice", pointer.LastToken())
		}
	case errors.Is(err, io.EOF):
		message = "the document is empty"
	}
	return newParseError(src, offset, pointer, message)
}

func newParseError(src []byte, offset int, pointer jsontext.Pointer, message string) *ParseError {
	before := src[:min(offset, len(src))]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return &ParseError{
		Line:    1 + bytes.Count(before, []byte("\n")),
		Column:  1 + utf8.RuneCount(before[lineStart:]),
		Pointer: pointer,
		Message: message,
	}
}

// decoder takes a tree apart. It keeps the first error and goes on with zero values.
type decoder struct {
	src   []byte
	err   error
	notes []note
}

func (d *decoder) wrongKind(n *node, at place, want string) {
	if d.err == nil {
		d.err = newParseError(d.src, n.start, at.pointer,
			fmt.Sprintf("%s stands where %s is expected", kindName(n.kind), want))
	}
}

// note warns of a member that never reaches Twilio.
func (d *decoder) note(code Code, at place, message, detail string) {
	d.notes = append(d.notes, note{code: code, at: at, message: message, detail: detail})
}

// object calls use for each member that is not null, and notes those it refuses.
func (d *decoder) object(n *node, at place, use func(name string, v *node, at place) bool) {
	if n.kind == 'n' {
		return
	}
	if n.kind != '{' {
		d.wrongKind(n, at, "an object")
		return
	}
	for _, m := range n.members {
		to := at.member(m.name)
		if !use(m.name, m.value, to) {
			d.note(UnknownKey, to, fmt.Sprintf("%q has no place in %s and is ignored", m.name, at.what()),
				"Remove it, or mend its spelling: it never reaches Twilio, and an export will not bring it back.")
		}
	}
}

// list calls use for each element of a list; null is an empty list.
func (d *decoder) list(n *node, at place, use func(elem *node, at place)) {
	switch n.kind {
	case 'n':
	case '[':
		for i, elem := range n.elems {
			use(elem, at.index(i, strconv.Itoa(i)))
		}
	default:
		d.wrongKind(n, at, "a list")
	}
}

// string reads a string; null is none.
func (d *decoder) string(n *node, at place) string {
	if n.kind != '"' && n.kind != 'n' {
		d.wrongKind(n, at, "a string")
	}
	return n.text
}

// raw is the text of any value but null.
func (d *decoder) raw(n *node) jsontext.Value {
	if n.kind == 'n' {
		return nil
	}
	return jsontext.Value(d.src[n.start:n.end]).Clone()
}

// nested reads what the file nests doubly: defaults.defaults, styleSheet.style_sheet.
func (d *decoder) nested(n *node, at place, inner string) (value jsontext.Value) {
	if n.kind == 'n' {
		return nil
	}
	if n.kind != '{' {
		d.wrongKind(n, at, "an object")
		return nil
	}
	for _, m := range n.members {
		to := at.member(m.name)
		switch {
		case m.name == inner && m.value.kind == '{':
			if len(m.value.members) > 0 {
				value = d.raw(m.value)
			}
		case m.name == inner && m.value.kind != 'n':
			d.wrongKind(m.value, to, "an object")
		case m.name != inner:
			d.note(NotNested, to, fmt.Sprintf("%q stands beside %q, not in it, and is ignored", m.name, inner),
				fmt.Sprintf("Twilio's file nests twice: write %q: {%q: {%q: …}}.", at.pointer.LastToken(), inner, m.name))
		}
	}
	return value
}
