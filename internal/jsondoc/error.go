package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// SyntaxError says where a document is not JSON, or has a value that has no place
// there. It never holds a value of the document.
type SyntaxError struct {
	Line    int              // from 1
	Column  int              // from 1, in characters
	Pointer jsontext.Pointer // RFC 6901; empty where the fault is no value's
	Message string
}

// Error gives place and fault in one line.
func (e *SyntaxError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = " at " + string(e.Pointer)
	}
	return fmt.Sprintf("line %d, column %d%s: %s", e.Line, e.Column, at, e.Message)
}

// NewError is the error of a place in a source, offset in bytes.
func NewError(src []byte, offset int, pointer jsontext.Pointer, message string) *SyntaxError {
	before := src[:min(offset, len(src))]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Line:    1 + bytes.Count(before, []byte("\n")),
		Column:  1 + utf8.RuneCount(before[lineStart:]),
		Pointer: pointer,
		Message: message,
	}
}

func syntaxError(src []byte, err error) *SyntaxError {
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
	return NewError(src, offset, pointer, message)
}
