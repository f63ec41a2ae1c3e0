package schema

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// LeftOut lists what live has and config leaves out, which Equal ignores: keys of the
// defaults and the style sheet, each as a pointer into an export, and the actions of
// tasks.
func LeftOut(config, live *Schema) []string {
	parts := missing("/defaults/defaults", tree(config.Defaults), tree(live.Defaults))
	parts = append(parts, missing("/styleSheet/style_sheet", tree(config.StyleSheet), tree(live.StyleSheet))...)
	for _, t := range live.Tasks {
		i := slices.IndexFunc(config.Tasks, func(c Task) bool { return c.id() == t.id() })
		if i >= 0 && config.Tasks[i].Actions == nil && config.Tasks[i].externalURL() == "" && (t.Actions != nil || t.externalURL() != "") {
			parts = append(parts, fmt.Sprintf("the actions of the task %q", t.UniqueName))
		}
	}
	return parts
}

func missing(at jsontext.Pointer, want, live *jsondoc.Node) []string {
	switch {
	case isUnset(live):
		return nil
	case want == nil:
		return leaves(at, live)
	case want.Kind != '{' || live.Kind != '{':
		return nil
	}
	var parts []string
	for _, m := range live.Members {
		parts = append(parts, missing(at.AppendToken(m.Name), want.Get(m.Name), m.Value)...)
	}
	return parts
}

// leaves returns the pointers to the values in an object that are not objects themselves.
func leaves(at jsontext.Pointer, n *jsondoc.Node) []string {
	if n.Kind != '{' {
		return []string{string(at)}
	}
	var parts []string
	for _, m := range n.Members {
		if !isUnset(m.Value) {
			parts = append(parts, leaves(at.AppendToken(m.Name), m.Value)...)
		}
	}
	return parts
}
