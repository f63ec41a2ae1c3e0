package flow

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Source returns the document that the flow was parsed from, with every key, known or
// not.
func (f *Flow) Source() jsontext.Value { return slices.Clone(f.src) }

// Names reports whether the definition references an object anywhere by SID, as a flow
// does that runs another as a subflow.
func (f *Flow) Names(sid string) bool { return bytes.Contains(f.src, []byte(sid)) }
