package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// flowNotation is a Studio flow definition, JSON.
type flowNotation struct{}

type (
	flowJSONType = meaningType[flowNotation]
	flowJSON     = meaning[flowNotation]
)

func (flowNotation) name() string { return "a flow definition" }

func (flowNotation) same(a, b string) bool {
	first, err := flow.Parse([]byte(a))
	second, errB := flow.Parse([]byte(b))
	return err == nil && errB == nil && flow.Equal(first, second) && flow.Equal(second, first)
}

// checkFlow refuses what Studio would refuse, by rules of the provider's own: it needs
// no account. The plan asks Twilio too, where it can.
func checkFlow(at path.Path, text string, diags *diag.Diagnostics) {
	if isSchema(text) {
		refuseSchemaAsFlow(at, diags)
		return
	}
	parsed, err := flow.Parse([]byte(text))
	if err != nil {
		addNoJSON(diags, at, "Invalid flow definition", text, err)
		return
	}
	for _, found := range flow.Validate(parsed) {
		if found.Severity == flow.Error {
			diags.AddAttributeError(at, "Invalid flow definition", flowFinding(found))
		}
	}
}

func flowFinding(found flow.Diagnostic) string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", found.Pointer, found.Message, found.Detail))
}

// parsedFlow is a flow; nil for one that is null, unknown or refused by validation.
func parsedFlow(f flowJSON) *flow.Flow {
	if f.IsNull() || f.IsUnknown() {
		return nil
	}
	parsed, err := flow.Parse([]byte(f.ValueString()))
	if err != nil {
		return nil
	}
	return parsed
}

// warnFlow warns of what Studio accepts and its author should know.
func warnFlow(at path.Path, parsed *flow.Flow, diags *diag.Diagnostics) {
	var warnings []string
	for _, found := range flow.Validate(parsed) {
		if found.Severity == flow.Warning {
			warnings = append(warnings, flowFinding(found))
		}
	}
	if len(warnings) > 0 {
		diags.AddAttributeWarning(at, "The flow definition has warnings", strings.Join(warnings, "\n"))
	}
}

// refusedFlow says what Twilio's own check found.
func refusedFlow(at path.Path, findings []bot.Finding, diags *diag.Diagnostics) {
	for _, found := range findings {
		diags.AddAttributeError(at, "Twilio refuses the flow definition", fmt.Sprintf("%s: %s", found.Pointer, found.Message))
	}
}
