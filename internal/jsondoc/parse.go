package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// SyntaxError is a fault at a place in a document: text that is not JSON, or a value
// that its reader does not accept there. It never quotes a string or number of the
// document, which may be secret.
type SyntaxError struct {
	Line    int              // from 1
	Column  int              // from 1, in characters
	Pointer jsontext.Pointer // RFC 6901; empty for the root and for text that is no value
	Message string
}

// Error returns the place and the fault in one line.
func (e *SyntaxError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = " at " + string(e.Pointer)
	}
	return fmt.Sprintf("line %d, column %d%s: %s", e.Line, e.Column, at, e.Message)
}

// byteOrderMark is what editors on Windows put before UTF-8. Nobody sees it, and parsers
// may ignore it (RFC 8259, section 8.1).
var byteOrderMark = []byte("\ufeff")

// TrimByteOrderMark returns a document without the byte order mark it may begin with.
func TrimByteOrderMark(src []byte) []byte { return bytes.TrimPrefix(src, byteOrderMark) }

// ErrorAt returns the error for an offset, in bytes, into a source. A byte order mark
// counts as no character: editors do not count it either.
func ErrorAt(src []byte, offset int, pointer jsontext.Pointer, message string) *SyntaxError {
	before := TrimByteOrderMark(src[:min(offset, len(src))])
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Line:    1 + bytes.Count(before, []byte("\n")),
		Column:  1 + utf8.RuneCount(before[lineStart:]),
		Pointer: pointer,
		Message: message,
	}
}

// Parse reads one whole JSON document (RFC 8259), which may begin with a byte order
// mark. The error is a *SyntaxError: for text that is not JSON or not UTF-8, for an
// object with one name twice, and for values nested more than 10,000 deep, the limit of
// jsontext.
func Parse(src []byte) (*Node, error) {
	text := TrimByteOrderMark(src)
	// A decoder reads a bytes.Buffer in place, and copies what any other reader has.
	r := reader{src: src, base: len(src) - len(text), dec: jsontext.NewDecoder(bytes.NewBuffer(text))}
	n, err := r.document()
	if err != nil {
		return nil, r.syntaxError(err)
	}
	return n, nil
}

// ParseValue reads a value that is part of a document already parsed. It returns nil
// for null, for an empty value and for what is not JSON.
func ParseValue(v jsontext.Value) *Node {
	n, err := Parse(v)
	if err != nil || n.Kind == 'n' {
		return nil
	}
	return n
}

func (r reader) syntaxError(err error) *SyntaxError {
	offset, pointer, message := len(r.src), jsontext.Pointer(""), err.Error()
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset, message = r.base+int(syntactic.ByteOffset), syntactic.Err.Error()
		if errors.Is(err, jsontext.ErrDuplicateName) {
			pointer = syntactic.JSONPointer
			message = fmt.Sprintf("the object has %q twice", pointer.LastToken())
		}
	} else if errors.Is(err, io.EOF) {
		message = "the document is empty"
	}
	return ErrorAt(r.src, offset, pointer, message)
}

var errTrailing = errors.New("text after the end of the document")

type reader struct {
	src  []byte
	base int // the offset in src at which the decoder began
	dec  *jsontext.Decoder
}

// offset returns how far the decoder has read, as an offset in src.
func (r reader) offset() int { return r.base + int(r.dec.InputOffset()) }

func (r reader) document() (*Node, error) {
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return n, nil
	case err == nil:
		return nil, &jsontext.SyntacticError{ByteOffset: int64(skip(r.src, n.End) - r.base), Err: errTrailing}
	default:
		return nil, err
	}
}

func (r reader) value() (*Node, error) {
	tok, start, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &Node{Kind: tok.Kind(), Start: start, End: r.offset()}
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
		name, _, err := r.token()
		if err != nil {
			return nil, err
		}
		m := Member{Name: name.String()}
		if m.Value, err = r.value(); err != nil {
			return nil, err
		}
		n.Members = append(n.Members, m)
	}
	_, _, err = r.token()
	n.End = r.offset()
	return n, err
}

// token reads a token and returns it with its offset. The text of a token is valid
// until the next one is read.
func (r reader) token() (tok jsontext.Token, start int, err error) {
	start = skip(r.src, r.offset())
	tok, err = r.dec.ReadToken()
	return tok, start, err
}

// skip returns the offset of the next token at or after offset, passing white space,
// commas and colons.
func skip(src []byte, offset int) int {
	for ; offset < len(src); offset++ {
		switch src[offset] {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return offset
		}
	}
	return offset
}
