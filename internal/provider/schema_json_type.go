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

// readSchema is a schema that a configuration gives; nil where it cannot be read, which is
// refused.
func readSchema(s schemaJSON, at path.Path, diags *diag.Diagnostics) *schema.Schema {
	if isFlow(s.ValueString()) {
		refuseFlowAsSchema(at, diags)
		return nil
	}
	parsed, err := schema.Parse([]byte(s.ValueString()))
	if err != nil {
		addNoJSON(diags, at, "Invalid assistant schema", s.ValueString(), err)
		return nil
	}
	return parsed
}

// checkSchema says what is wrong with a schema, and warns of what its author should know.
// A target that does not exist is an error, but a warning where the bot has it already,
// and a warning the bot has already is not said again.
func checkSchema(s schemaJSON, at path.Path, has *schema.Schema, diags *diag.Diagnostics) {
	parsed := readSchema(s, at, diags)
	if parsed == nil {
		return
	}
	known := map[string]bool{}
	if has != nil {
		for _, found := range schema.Validate(has) {
			known[found.Key()] = true
		}
	}
	var warnings []string
	for _, found := range schema.Validate(parsed) {
		switch {
		case found.Severity == schema.Error && (found.Code != schema.UnknownTask || !known[found.Key()]):
			addFinding(diags, at, found)
		case found.Severity == schema.Error, !known[found.Key()]:
			warnings = append(warnings, findingText(found))
		}
	}
	addSchemaWarnings(diags, at, warnings)
}

// validateSchema refuses what no assistant can be made of, as far as it can be known without
// an account. A target that does not exist is not: the bot may have it already.
func validateSchema(parsed *schema.Schema, at path.Path, diags *diag.Diagnostics) {
	for _, found := range schema.Validate(parsed) {
		if found.Severity == schema.Error && found.Code != schema.UnknownTask {
			addFinding(diags, at, found)
		}
	}
}

// warnSchema warns of what validation does not refuse and the author of a schema should
// know. Studio has no targets that do not exist: they are errors there.
func warnSchema(parsed *schema.Schema, at path.Path, onStudio bool, diags *diag.Diagnostics) {
	var warnings []string
	for _, found := range schema.Validate(parsed) {
		if found.Severity == schema.Warning || (found.Code == schema.UnknownTask && !onStudio) {
			warnings = append(warnings, findingText(found))
		}
	}
	addSchemaWarnings(diags, at, warnings)
}

func addSchemaWarnings(diags *diag.Diagnostics, at path.Path, warnings []string) {
	if len(warnings) > 0 {
		diags.AddAttributeWarning(at, "The assistant schema has warnings", strings.Join(warnings, "\n"))
	}
}

func addFinding(diags *diag.Diagnostics, at path.Path, found schema.Diagnostic) {
	diags.AddAttributeError(at, "Invalid assistant schema", findingText(found))
}

func findingText(found schema.Diagnostic) string {
	return fmt.Sprintf("%s: %s %s", found.Pointer, found.Message, found.Detail)
}
