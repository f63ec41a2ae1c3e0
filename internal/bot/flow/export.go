package flow

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// The order of keys in an exported definition, that of Twilio's documents; what
// they do not name comes after, in the order it had.
var (
	flowKeys  = []string{"description", "states", "initial_state", "flags"}
	stateKeys = []string{"name", "type", "transitions", "properties"}
)

// Export writes a flow for people to read: indented, keys in the order of Twilio's
// documents, everything the definition holds, offsets too.
func Export(f *Flow) []byte {
	e := &jsondoc.Editor{}
	e.SetItems(f.root, ordered(f.root, flowKeys))
	for _, s := range f.States {
		e.SetItems(s.node, ordered(s.node, stateKeys))
	}
	return append(e.Render(f.root), '\n')
}

// export is one state as Export writes it.
func (s State) export() *jsondoc.Node {
	n := &jsondoc.Node{Kind: '{'}
	for _, item := range ordered(s.node, stateKeys) {
		n.Members = append(n.Members, jsondoc.Member(item))
	}
	return n
}

// ordered are the members of an object, those of the keys first.
func ordered(n *jsondoc.Node, keys []string) []jsondoc.Item {
	items := make([]jsondoc.Item, 0, len(n.Members))
	for _, key := range keys {
		if value := n.Get(key); value != nil {
			items = append(items, jsondoc.Item{Name: key, Value: value})
		}
	}
	for _, m := range n.Members {
		if !slices.Contains(keys, m.Name) {
			items = append(items, jsondoc.Item(m))
		}
	}
	return items
}
