package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// onStudio tells whether the bot is a schema that runs as a Studio flow.
func (m assistantModel) onStudio() bool {
	return m.Engine.ValueString() == string(bot.Studio) && !m.Schema.IsNull()
}

func (m assistantModel) compileOptions() compile.Options {
	return compile.Options{Routing: compile.Routing(m.Routing.ValueString())}
}

// compiled is the flow that a schema becomes on Studio.
func (m assistantModel) compiled(parsed *assistantschema.Schema) (*flow.Flow, error) {
	made, found := compile.Compile(parsed, m.compileOptions())
	if made != nil {
		return made, nil
	}
	var errs []string
	for _, each := range found {
		if each.Severity == compile.Error {
			errs = append(errs, compileFinding(each))
		}
	}
	return nil, &bot.Problem{Summary: "The schema cannot run on Studio", Detail: strings.Join(errs, "\n")}
}

func compileFinding(found compile.Diagnostic) string {
	return fmt.Sprintf("%s: %s %s", found.Pointer, found.Message, found.Detail)
}

// checkCompiled says what keeps a schema from running on Studio, each with its place
// in the file, and in one warning what the flow does otherwise than Autopilot did. It
// returns the flow, nil where there is none.
func (m assistantModel) checkCompiled(parsed *assistantschema.Schema, at path.Path, warn bool, diags *diag.Diagnostics) *flow.Flow {
	made, found := compile.Compile(parsed, m.compileOptions())
	var differs []string
	for _, each := range found {
		switch each.Severity {
		case compile.Error:
			diags.AddAttributeError(at, "The schema cannot run on Studio", compileFinding(each))
		case compile.Warning:
			differs = append(differs, compileFinding(each))
		case compile.Info:
		}
	}
	if made != nil && warn && len(differs) > 0 {
		diags.AddAttributeWarning(at, "Studio does some things otherwise than Autopilot did", strings.Join(differs, "\n"))
	}
	return made
}

// readCompiled takes over the schema that a live flow carries, and which of its
// states somebody changed in the console. Where the flow carries it no more, the
// state's schema stays, and the flow is held against what that compiles to.
func (m *assistantModel) readCompiled(live *flow.Flow) error {
	source, was, err := compile.Decompile(live)
	if !was || err != nil {
		var made *flow.Flow
		if parsed := parsedSchema(m.Schema); parsed != nil {
			made, _ = compile.Compile(parsed, m.compileOptions())
		}
		if made == nil {
			made = &flow.Flow{}
		}
		m.EditedStates = stateList(summaries(flow.Differences(made, live)))
		return nil
	}
	shown := assistantschema.Overlay([]byte(m.Schema.ValueString()), source.Schema)
	m.Schema = newMeaning[schemaNotation](string(shown))
	m.Routing = types.StringValue(string(source.Options.Routing))
	m.EditedStates = stateList(nil)
	if !source.Intact {
		m.EditedStates = stateList(summaries(source.Changes))
	}
	return nil
}

// summaries words each change in one line.
func summaries(changes flow.Changes) []string {
	all := make([]string, len(changes))
	for i, change := range changes {
		all[i] = strings.Join(change.Summary(), "; ")
	}
	return all
}

// importedSchema is the schema that a live flow was compiled from and still is; false
// for any other flow.
func importedSchema(live bot.Bot) (exported schemaJSON, routing types.String, ok bool) {
	if live.Content.Flow == nil {
		return exported, routing, false
	}
	source, was, err := compile.Decompile(live.Content.Flow)
	if !was || err != nil {
		return exported, routing, false
	}
	text := string(source.Schema.Export(live.UniqueName, live.FriendlyName))
	return newMeaning[schemaNotation](text), types.StringValue(string(source.Options.Routing)), true
}

func stateList(all []string) types.List {
	elements := make([]attr.Value, len(all))
	for i, each := range all {
		elements[i] = types.StringValue(each)
	}
	return types.ListValueMust(types.StringType, elements)
}

// studio plans what only a schema on Studio has.
func (p *assistantPlan) studio(ctx context.Context) {
	if !p.plan.onStudio() {
		p.plan.EditedStates = types.ListNull(types.StringType)
		if !p.config.Routing.IsNull() && !p.plan.Engine.IsUnknown() {
			p.diags.AddAttributeError(path.Root("routing"), "Only a schema on Studio is routed",
				"`routing` says how a Studio flow that is compiled from a `schema` finds its tasks; other bots find their own way. Remove it.")
		}
		if p.config.Routing.IsNull() {
			p.plan.Routing = types.StringNull()
		}
		return
	}
	if p.config.Routing.IsNull() {
		p.plan.Routing = types.StringValue(string(compile.Keywords))
	}
	p.plan.EditedStates = stateList(nil)
	if p.state == nil || len(p.state.EditedStates.Elements()) == 0 {
		return
	}
	var edited []string
	p.diags.Append(p.state.EditedStates.ElementsAs(ctx, &edited, false)...)
	const shown = 20
	if len(edited) > shown {
		edited = append(edited[:shown], fmt.Sprintf("and %d more", len(edited)-shown))
	}
	p.diags.AddAttributeWarning(path.Root("edited_states"), "The flow was edited in the console",
		fmt.Sprintf("Flow %q (%s) is compiled from `schema`, and somebody changed it otherwise:\n  %s\nThe apply puts it back as the schema has it. To keep the edit, write it into the schema, or give the flow itself as `flow`.",
			p.state.UniqueName.ValueString(), p.state.SID.ValueString(), strings.Join(edited, "\n  ")))
}
