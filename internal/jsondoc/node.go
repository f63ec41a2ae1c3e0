// Package jsondoc reads a JSON document as a tree that knows its source, compares
// trees by meaning, and edits one so that what stays keeps its order and its words.
package jsondoc

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Node is a JSON value that knows where it stands in its source, so that errors
// can point at it and an edit can keep what surrounds it.
type Node struct {
	Kind       jsontext.Kind // one of n f t " 0 { [
	Text       string        // of a string its meaning, of a number its spelling
	Start, End int           // of the value in the source, in bytes
	Members    []Member      // of an object, in the order of the source
	Elems      []*Node       // of a list
}

// Member is a name and value of an object.
type Member struct {
	Name  string
	Value *Node
}

// errTrailing is what parsing finds after a whole document.
var errTrailing = errors.New("text after the end of the document")

// Parse reads one whole JSON document. The error is a *SyntaxError: for text that
// is not JSON (RFC 8259), is not UTF-8, or has an object with one name twice.
func Parse(src []byte) (*Node, error) {
	n, err := parse(src)
	if err != nil {
		return nil, syntaxError(src, err)
	}
	return n, nil
}

func parse(src []byte) (*Node, error) {
	r := reader{src: src, dec: jsontext.NewDecoder(bytes.NewReader(src))}
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return n, nil
	case err == nil:
		return nil, &jsontext.SyntacticError{ByteOffset: int64(r.skip(n.End)), Err: errTrailing}
	default:
		return nil, err
	}
}

type reader struct {
	src []byte
	dec *jsontext.Decoder
}

// skip is the offset of the next token at or after offset.
func (r reader) skip(offset int) int {
	for offset < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[offset]) >= 0 {
		offset++
	}
	return offset
}

// token reads a token and tells where it begins and ends. Its text has to be used
// before the next token is read.
func (r reader) token() (tok jsontext.Token, start, end int, err error) {
	start = r.skip(int(r.dec.InputOffset()))
	tok, err = r.dec.ReadToken()
	return tok, start, int(r.dec.InputOffset()), err
}

func (r reader) value() (*Node, error) {
	tok, start, end, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &Node{Kind: tok.Kind(), Start: start, End: end}
	switch n.Kind {
	case '"', '0':
		n.Text = tok.String()
		return n, nil
	case '{', '[':
	default:
		return n, nil
	}
	for r.dec.PeekKind() != '}' && r.dec.PeekKind() != ']' {
		if n.Kind == '[' {
			elem, err := r.value()
			if err != nil {
				return nil, err
			}
			n.Elems = append(n.Elems, elem)
			continue
		}
		name, _, _, err := r.token()
		if err != nil {
			return nil, err
		}
		m := Member{Name: name.String()}
		if m.Value, err = r.value(); err != nil {
			return nil, err
		}
		n.Members = append(n.Members, m)
	}
	_, _, n.End, err = r.token()
	return n, err
}

// Get returns the value of a member; nil if n is no object or has none of the name.
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

// Is tells whether n is there and of the kind.
func (n *Node) Is(kind jsontext.Kind) bool { return n != nil && n.Kind == kind }

// Present tells whether n is there and not null.
func (n *Node) Present() bool { return n != nil && n.Kind != 'n' }

// String is the meaning of a string, "" of anything else.
func (n *Node) String() string {
	if !n.Is('"') {
		return ""
	}
	return n.Text
}

// KindName names a kind of JSON value in an error.
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
