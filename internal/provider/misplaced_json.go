package provider

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// topLevel is the keys of a JSON object; none for what is no object.
func topLevel(text string) map[string]bool {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &members) != nil {
		return nil // the document's own parser says what is wrong with it
	}
	keys := map[string]bool{}
	for key := range members {
		keys[key] = true
	}
	return keys
}

// isFlow recognizes a Studio flow definition by what every one has and no assistant schema
// does (https://www.twilio.com/docs/studio/rest-api/v2/flow).
func isFlow(text string) bool {
	keys := topLevel(text)
	return keys["states"] && keys["initial_state"] && !keys["tasks"]
}

// isSchema recognizes an assistant schema by what `twilio autopilot:export` writes and no
// flow has.
func isSchema(text string) bool {
	keys := topLevel(text)
	return !keys["states"] && (keys["tasks"] || keys["assistantSid"] || keys["uniqueName"])
}

func refuseFlowAsSchema(at path.Path, diags *diag.Diagnostics) {
	diags.AddAttributeError(at, "This is a Studio flow, not an assistant schema",
		"The document has `states` and `initial_state`, as a flow definition has, so it would make an assistant without a task. Give it as `flow` instead of `schema`.")
}

func refuseSchemaAsFlow(at path.Path, diags *diag.Diagnostics) {
	diags.AddAttributeError(at, "This is an assistant schema, not a Studio flow",
		"The document has no `states`, but what `twilio autopilot:export` writes. Give it as `schema` instead of `flow`; on the engine `studio` it is compiled to a flow.")
}
