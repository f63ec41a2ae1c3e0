package schema

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// ParseError reports where a file is not JSON, or not structured as an assistant schema.
type ParseError jsondoc.SyntaxError

// Error returns the place and the fault in one line.
func (e *ParseError) Error() string {
	return "the schema is not valid: " + (*jsondoc.SyntaxError)(e).Error()
}

// Parse reads an assistant schema. The error is a *ParseError, or several that errors.Join
// has joined: for text that is not JSON, objects with one name twice, and values of the
// wrong kind. A list that is null or missing is empty. Members that an assistant does not
// have are no error; Validate warns of them, because they never reach Twilio.
func Parse(data []byte) (*Schema, error) {
	_, s, err := parse(data)
	return s, err
}

// parse also returns the tree of the file.
func parse(data []byte) (*jsondoc.Node, *Schema, error) {
	root, err := jsondoc.Parse(data)
	if syntax, ok := errors.AsType[*jsondoc.SyntaxError](err); ok {
		return nil, nil, (*ParseError)(syntax)
	}
	d := decoder{src: data}
	s := d.schema(root)
	if len(d.errs) > 0 {
		return nil, nil, errors.Join(d.errs...)
	}
	return root, s, nil
}

// decoder reads a schema from a tree. After an error it continues with zero values, so that
// every error is reported at once.
type decoder struct {
	src   []byte
	errs  []error
	notes []note
}

func (d *decoder) wrongKind(n *jsondoc.Node, at place, want string) {
	d.errs = append(d.errs, (*ParseError)(jsondoc.ErrorAt(d.src, n.Start, at.pointer,
		fmt.Sprintf("expected %s, found %s", want, jsondoc.KindName(n.Kind)))))
}

// note records a warning about a member that never reaches Twilio.
func (d *decoder) note(code Code, at place, message, detail string) {
	d.notes = append(d.notes, note{code: code, at: at, message: message, detail: detail})
}

// object calls use for each member, and notes those for which it returns false.
func (d *decoder) object(n *jsondoc.Node, at place, use func(name string, v *jsondoc.Node, at place) bool) {
	if n.Kind == 'n' {
		return
	}
	if n.Kind != '{' {
		d.wrongKind(n, at, "an object")
		return
	}
	for _, m := range n.Members {
		to := at.member(m.Name)
		if !use(m.Name, m.Value, to) {
			d.note(UnknownKey, to, fmt.Sprintf("%q has no place in %s and is ignored", m.Name, at.what()),
				"Remove it, or correct its spelling: it never reaches Twilio, and an export will not bring it back.")
		}
	}
}

// list calls use for each element of a list; null is an empty list.
func (d *decoder) list(n *jsondoc.Node, at place, use func(elem *jsondoc.Node, at place)) {
	switch n.Kind {
	case 'n':
	case '[':
		for i, elem := range n.Elems {
			use(elem, at.index(i, strconv.Itoa(i)))
		}
	default:
		d.wrongKind(n, at, "a list")
	}
}

// string returns a string; null is empty.
func (d *decoder) string(n *jsondoc.Node, at place) string {
	if n.Kind != '"' && n.Kind != 'n' {
		d.wrongKind(n, at, "a string")
	}
	return n.Text
}

// raw returns the text of a value; nil for null.
func (d *decoder) raw(n *jsondoc.Node) jsontext.Value {
	if n.Kind == 'n' {
		return nil
	}
	return jsontext.Value(d.src[n.Start:n.End]).Clone()
}

// nested returns the inner object of one that is nested twice: defaults.defaults or
// styleSheet.style_sheet.
func (d *decoder) nested(n *jsondoc.Node, at place, inner string) (value jsontext.Value) {
	if n.Kind == 'n' {
		return nil
	}
	if n.Kind != '{' {
		d.wrongKind(n, at, "an object")
		return nil
	}
	for _, m := range n.Members {
		to := at.member(m.Name)
		switch {
		case m.Name == inner && m.Value.Kind == '{':
			if len(m.Value.Members) > 0 {
				value = d.raw(m.Value)
			}
		case m.Name == inner && m.Value.Kind != 'n':
			d.wrongKind(m.Value, to, "an object")
		case m.Name != inner:
			d.note(NotNested, to, fmt.Sprintf("%q is beside %q, not in it, and is ignored", m.Name, inner),
				fmt.Sprintf("Twilio's file nests twice: write %q: {%q: {%q: …}}.", at.pointer.LastToken(), inner, m.Name))
		}
	}
	return value
}
