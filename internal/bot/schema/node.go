package schema

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// node is a JSON value that knows where it stands in its source, so that errors
// can point at it and an edit can keep what surrounds it.
type node struct {
	kind       jsontext.Kind // one of n f t " 0 { [
	text       string        // of a string its meaning, of a number its spelling
	start, end int           // of the value in the source
	members    []member
	elems      []*node
}

// member is a name and value of an object, in the order of the source.
type member struct {
	name  string
	start int // of the quoted name in the source
	value *node
}

var errTrailing = errors.New("text after the end of the document")

// parseTree reads one whole JSON document.
func parseTree(src []byte) (*node, error) {
	r := treeReader{src: src, dec: jsontext.NewDecoder(bytes.NewReader(src))}
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return n, nil
	case err == nil:
		return nil, &jsontext.SyntacticError{ByteOffset: int64(r.skip(n.end)), Err: errTrailing}
	default:
		return nil, err
	}
}

// tree reads a value that came out of Parse or of Twilio; nil for none.
func tree(v jsontext.Value) *node {
	n, err := parseTree(v)
	if err != nil || n.kind == 'n' {
		return nil
	}
	return n
}

type treeReader struct {
	src []byte
	dec *jsontext.Decoder
}

// skip is the offset of the next token at or after offset.
func (r treeReader) skip(offset int) int {
	for offset < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[offset]) >= 0 {
		offset++
	}
	return offset
}

// token reads a token and tells where it begins and ends. Its text has to be used
// before the next token is read.
func (r treeReader) token() (tok jsontext.Token, start, end int, err error) {
	start = r.skip(int(r.dec.InputOffset()))
	tok, err = r.dec.ReadToken()
	return tok, start, int(r.dec.InputOffset()), err
}

func (r treeReader) value() (*node, error) {
	tok, start, end, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &node{kind: tok.Kind(), start: start, end: end}
	switch n.kind {
	case '"', '0':
		n.text = tok.String()
		return n, nil
	case '{', '[':
	default:
		return n, nil
	}
	for r.dec.PeekKind() != '}' && r.dec.PeekKind() != ']' {
		if n.kind == '[' {
			elem, err := r.value()
			if err != nil {
				return nil, err
			}
			n.elems = append(n.elems, elem)
			continue
		}
		name, start, _, err := r.token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.String(), start: start}
		if m.value, err = r.value(); err != nil {
			return nil, err
		}
		n.members = append(n.members, m)
	}
	_, _, n.end, err = r.token()
	return n, err
}

// get returns the value of a member; nil if n is no object or has none of the name.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// isKind tells whether n is there and of the kind.
func (n *node) isKind(kind jsontext.Kind) bool { return n != nil && n.kind == kind }

// kindName names a kind of JSON value in an error.
func kindName(k jsontext.Kind) string {
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
