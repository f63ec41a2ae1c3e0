package flow

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// ParseError reports where a file is not JSON, or not structured as a flow definition.
type ParseError jsondoc.SyntaxError

// Error returns the place and the fault in one line.
func (e *ParseError) Error() string {
	return "the flow definition is not valid: " + (*jsondoc.SyntaxError)(e).Error()
}

// Parse reads a flow definition. The error is a *ParseError, or several that errors.Join
// has joined: for text that is not JSON, objects with one name twice, and values of the
// wrong kind in the frame of a definition (states, transitions, conditions). Validate
// reports what is missing and what is wrong with the properties of widgets. Unknown keys
// are preserved.
func Parse(data []byte) (*Flow, error) {
	root, err := jsondoc.Parse(data)
	if syntax, ok := errors.AsType[*jsondoc.SyntaxError](err); ok {
		return nil, (*ParseError)(syntax)
	}
	d := decoder{src: data}
	f := d.flow(root)
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return f, nil
}

// decoder reads a flow from a tree. After an error it continues with zero values, so that
// every error is reported at once.
type decoder struct {
	src  []byte
	errs []error
}

func (d *decoder) wrongKind(n *jsondoc.Node, at jsontext.Pointer, want jsontext.Kind) {
	d.errs = append(d.errs, (*ParseError)(jsondoc.ErrorAt(d.src, n.Start, at,
		fmt.Sprintf("expected %s, found %s", jsondoc.KindName(want), jsondoc.KindName(n.Kind)))))
}

// is reports whether a value is there and of the kind, and records an error if it is of
// another kind. Null counts as absent.
func (d *decoder) is(n *jsondoc.Node, at jsontext.Pointer, kind jsontext.Kind) bool {
	if !n.Present() {
		return false
	}
	found := n.Kind
	if found == 'f' {
		found = 't'
	}
	if found != kind {
		d.wrongKind(n, at, kind)
	}
	return found == kind
}

func (d *decoder) text(owner *jsondoc.Node, at jsontext.Pointer, key string) string {
	n := owner.Get(key)
	d.is(n, at.AppendToken(key), '"')
	return n.String()
}

func (d *decoder) flow(root *jsondoc.Node) *Flow {
	f := &Flow{root: root, src: jsondoc.TrimByteOrderMark(d.src)}
	if !root.Present() {
		d.wrongKind(root, "", '{')
		return f
	}
	if !d.is(root, "", '{') {
		return f
	}
	d.text(root, "", schemaKey)
	f.Description = d.text(root, "", "description")
	f.InitialState = d.text(root, "", "initial_state")
	flags := jsontext.Pointer("/flags")
	if d.is(root.Get("flags"), flags, '{') {
		d.is(root.Get("flags").Get(concurrency), flags.AppendToken(concurrency), 't')
	}
	d.list(root, "", "states", func(n *jsondoc.Node, at jsontext.Pointer) {
		f.States = append(f.States, d.state(n, at))
	})
	return f
}

// list calls use for each element of a list of objects. A null element is an error.
func (d *decoder) list(owner *jsondoc.Node, at jsontext.Pointer, key string, use func(*jsondoc.Node, jsontext.Pointer)) {
	at = at.AppendToken(key)
	n := owner.Get(key)
	if !d.is(n, at, '[') {
		return
	}
	for i, elem := range n.Elems {
		at := index(at, i)
		if elem.Kind == 'n' {
			d.wrongKind(elem, at, '{')
		}
		if d.is(elem, at, '{') {
			use(elem, at)
		}
	}
}

func (d *decoder) state(n *jsondoc.Node, at jsontext.Pointer) State {
	s := State{Name: d.text(n, at, "name"), Type: d.text(n, at, "type"), node: n}
	d.is(n.Get("properties"), at.AppendToken("properties"), '{')
	d.list(n, at, "transitions", func(n *jsondoc.Node, at jsontext.Pointer) {
		t := Transition{Event: d.text(n, at, "event"), Next: d.text(n, at, "next"), node: n}
		d.list(n, at, "conditions", func(*jsondoc.Node, jsontext.Pointer) {})
		s.Transitions = append(s.Transitions, t)
	})
	return s
}
