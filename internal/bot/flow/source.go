package flow

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Source is the document the flow was parsed from, which every key of it, known or
// not, is a part of.
func (f *Flow) Source() jsontext.Value { return slices.Clone(f.src) }

// Names reports whether the definition references an object anywhere: a flow that runs
// another as a subflow contains its SID.
func (f *Flow) Names(sid string) bool { return bytes.Contains(f.src, []byte(sid)) }
