package flow

import (
	"regexp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Source returns the document that the flow was parsed from, with every key, known or
// not.
func (f *Flow) Source() jsontext.Value { return slices.Clone(f.src) }

// Reference is a state that references an object by SID, as one does that runs another
// flow as a subflow, or redirects to its webhook.
type Reference struct {
	State string
	SID   string
}

var botSID = regexp.MustCompile(`\b(?:FW|UA|AP)[0-9a-f]{32}\b`)

// References returns the flows, assistants and applications that the states reference by
// SID, each once for a state, in the order of the file.
func (f *Flow) References() []Reference {
	var all []Reference
	for _, state := range f.States {
		for _, sid := range botSID.FindAllString(string(state.node.Canonical()), -1) {
			if reference := (Reference{State: state.Name, SID: sid}); !slices.Contains(all, reference) {
				all = append(all, reference)
			}
		}
	}
	return all
}
