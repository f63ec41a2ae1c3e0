package flow

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Source is the document the flow was parsed from, which every key of it, known or
// not, is a part of.
func (f *Flow) Source() jsontext.Value { return slices.Clone(f.src) }
