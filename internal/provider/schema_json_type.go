package provider

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// schemaNotation is an Autopilot assistant schema, JSON.
type schemaNotation struct{}

type (
	schemaJSONType = meaningType[schemaNotation]
	schemaJSON     = meaning[schemaNotation]
)

func (schemaNotation) name() string { return "an assistant schema" }

func (schemaNotation) same(a, b string) bool {
	first, err := schema.Parse([]byte(a))
	second, errB := schema.Parse([]byte(b))
	return err == nil && errB == nil && bytes.Equal(first.Canonical(), second.Canonical())
}

// check refuses what no assistant can be made of. A target that does not exist is
// left to the plan, which knows whether the bot has it already.
func (schemaNotation) check(at path.Path, text string, diags *diag.Diagnostics) {
	if isFlow(text) {
		refuseFlowAsSchema(at, diags)
		return
	}
	parsed, err := schema.Parse([]byte(text))
	if err != nil {
		diags.AddAttributeError(at, "Invalid assistant schema", sentence(err))
		return
	}
	for _, found := range schema.Validate(parsed) {
		if found.Severity == schema.Error && found.Code != schema.UnknownTask {
			addFinding(diags, at, found)
		}
	}
}

// parsedSchema is a schema; nil for one that is null, unknown or refused by
// validation.
func parsedSchema(s schemaJSON) *schema.Schema {
	if s.IsNull() || s.IsUnknown() || isFlow(s.ValueString()) {
		return nil
	}
	parsed, err := schema.Parse([]byte(s.ValueString()))
	if err != nil {
		return nil
	}
	return parsed
}

// checkSchema says what is wrong with a schema. A
// target that does not exist is an error, but a warning where the bot has it
// already.
func checkSchema(s schemaJSON, at path.Path, has *schema.Schema, diags *diag.Diagnostics) {
	if isFlow(s.ValueString()) {
		refuseFlowAsSchema(at, diags)
		return
	}
	parsed, err := schema.Parse([]byte(s.ValueString()))
	if err != nil {
		diags.AddAttributeError(at, "Invalid assistant schema", sentence(err))
		return
	}
	known := map[string]bool{}
	if has != nil {
		for _, found := range schema.Validate(has) {
			known[found.Key()] = true
		}
	}
	usable := true
	var warnings []string
	for _, found := range schema.Validate(parsed) {
		switch {
		case found.Severity == schema.Error && (found.Code != schema.UnknownTask || !known[found.Key()]):
			addFinding(diags, at, found)
			usable = false
		case found.Severity == schema.Error, !known[found.Key()]:
			warnings = append(warnings, findingText(found))
		}
	}
	if usable && len(warnings) > 0 {
		diags.AddAttributeWarning(at, "The assistant schema has warnings", strings.Join(warnings, "\n"))
	}
}

func addFinding(diags *diag.Diagnostics, at path.Path, found schema.Diagnostic) {
	diags.AddAttributeError(at, "Invalid assistant schema", findingText(found))
}

func findingText(found schema.Diagnostic) string {
	return fmt.Sprintf("%s: %s %s", found.Pointer, found.Message, found.Detail)
}
