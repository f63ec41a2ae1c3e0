package flow

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// The order of keys in an exported definition, which is that of Twilio's documents.
// Other keys follow in their own order.
var (
	flowKeys  = []string{"description", "states", "initial_state", "flags"}
	stateKeys = []string{"name", "type", "transitions", "properties"}
)

// Export returns a definition for people to read: indented, with keys in the order of
// Twilio's documents. It has everything the definition has, including offsets.
func Export(f *Flow) []byte {
	root := ordered(f.root, flowKeys)
	for i, m := range root.Members {
		if m.Name == "states" && m.Value.Is('[') {
			states := list()
			for _, state := range m.Value.Elems {
				states.Elems = append(states.Elems, ordered(state, stateKeys))
			}
			root.Members[i].Value = states
		}
	}
	return append(indented(root.Compact()), '\n')
}

// ordered returns an object with the members of the keys first.
func ordered(n *jsondoc.Node, keys []string) *jsondoc.Node {
	out := object()
	for _, key := range keys {
		if value := n.Get(key); value != nil {
			out.Members = append(out.Members, jsondoc.Member{Name: key, Value: value})
		}
	}
	for _, m := range n.Members {
		if !slices.Contains(keys, m.Name) {
			out.Members = append(out.Members, m)
		}
	}
	return out
}
