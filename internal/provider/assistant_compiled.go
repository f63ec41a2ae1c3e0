package provider

import (
	"bytes"
	"context"
	"fmt"
	"slices"
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

// routings are the ways to find a task, as a configuration names them.
func routings() []string {
	var out []string
	for _, r := range compile.Routings() {
		out = append(out, string(r))
	}
	return out
}

// onStudio reports whether the bot is a schema that runs as a Studio flow.
func (m assistantModel) onStudio() bool {
	return m.Engine.ValueString() == string(bot.Studio) && !m.Schema.IsNull()
}

// edited reports whether the flow of a schema was changed in the console.
func (m assistantModel) edited() bool { return len(m.EditedStates.Elements()) > 0 }

func (m assistantModel) compileOptions() compile.Options {
	return compile.Options{Routing: compile.Routing(m.Routing.ValueString()), Confirm: m.RoutingConfirm.ValueString()}
}

// compiled is the flow that a schema becomes on Studio.
func (m assistantModel) compiled(parsed *assistantschema.Schema) (*flow.Flow, error) {
	made, found := compile.Compile(parsed, m.compileOptions())
	if made != nil {
		return made, nil
	}
	return nil, &bot.Problem{Summary: "The schema cannot run on Studio", Detail: strings.Join(compileErrors(found), "\n")}
}

// compileErrors words what kept a schema from becoming a flow, a line each.
func compileErrors(found []compile.Diagnostic) []string {
	var errs []string
	for _, each := range found {
		if each.Severity == compile.Error {
			errs = append(errs, compileFinding(each))
		}
	}
	return errs
}

// compileFinding words a finding, with its place in the file where it has one.
func compileFinding(found compile.Diagnostic) string {
	text := found.Message + " " + found.Detail
	if found.Code == compile.CodeTooManyStates || found.Code == compile.CodeTooLarge {
		text += " A flow for one channel is half as large: give `flow = provider::twiliobot::schema_to_flow(file(\"…\"), { channels = [\"messaging\"] })` instead of `schema`."
	}
	if found.Pointer == "" {
		return text
	}
	return fmt.Sprintf("%s: %s", found.Pointer, text)
}

// checkCompiled says what keeps a schema from running on Studio, each with its place
// in the file, and in one warning where the flow behaves differently from Autopilot. It
// returns the flow, nil where there is none, and what is no reason to warn.
func (m assistantModel) checkCompiled(parsed *assistantschema.Schema, at path.Path, warn bool, diags *diag.Diagnostics) (made *flow.Flow, told []string) {
	var found []compile.Diagnostic
	made, found = compile.Compile(parsed, m.compileOptions())
	var anywhere []assistantschema.Diagnostic
	if made == nil {
		anywhere = assistantschema.Validate(parsed)
	}
	var differs []compile.Diagnostic
	for _, each := range found {
		switch each.Severity {
		case compile.Error:
			summary := "The schema cannot run on Studio"
			if slices.ContainsFunc(anywhere, func(own assistantschema.Diagnostic) bool {
				return string(own.Code) == string(each.Code) && own.Pointer == each.Pointer
			}) {
				summary = "Invalid assistant schema" // on any engine
			}
			diags.AddAttributeError(at, summary, compileFinding(each))
		case compile.Warning:
			differs = append(differs, each)
		case compile.Info:
			told = append(told, compileFinding(each))
		}
	}
	if made != nil && warn && len(differs) > 0 {
		diags.AddAttributeWarning(at, "Studio behaves differently from Autopilot", differences(differs))
	}
	return made, told
}

// differences words findings, a line each; what several end with stands once, behind the
// last of them.
func differences(found []compile.Diagnostic) string {
	var lines []string
	for i, each := range found {
		same := func(other compile.Diagnostic) bool { return other.Code == each.Code && other.Detail == each.Detail }
		if slices.ContainsFunc(found[:i], same) {
			continue
		}
		for _, other := range found[i+1:] {
			if same(other) {
				alone := each
				alone.Detail = ""
				lines = append(lines, strings.TrimSpace(compileFinding(alone)))
				each = other
			}
		}
		lines = append(lines, compileFinding(each))
	}
	return strings.Join(lines, "\n")
}

// readCompiled takes over the schema that a live flow carries, and which of its
// states were changed in the console. Where the flow no longer carries it, the
// state's schema stays, and the flow is held against what that compiles to.
func (m *assistantModel) readCompiled(live bot.Bot) {
	source := sourceOf(live.Content.Flow)
	if source == nil {
		var made *flow.Flow
		if parsed := parsedSchema(m.Schema); parsed != nil {
			made, _ = compile.Compile(parsed, m.compileOptions())
		}
		if made == nil {
			made = &flow.Flow{}
		}
		m.EditedStates = stateList(summaries(flow.Differences(made, live.Content.Flow), live.Content.Flow, parsedSchema(m.Schema)))
		return
	}
	shown := newMeaning[schemaNotation](string(assistantschema.Overlay([]byte(m.Schema.ValueString()), source.Schema)))
	if !carries(source, parsedSchema(shown)) {
		// A part of the defaults or the style sheet that the state's text leaves out.
		shown = exported(source, live)
	}
	m.Schema = shown
	m.readRouting(source)
	m.EditedStates = stateList(nil)
	if !source.Intact {
		m.EditedStates = stateList(summaries(source.Changes, live.Content.Flow, source.Schema))
	}
}

// readRouting takes over how a flow finds its tasks.
func (m *assistantModel) readRouting(source *compile.Source) {
	m.Routing, m.RoutingConfirm = types.StringValue(string(source.Options.Routing)), optional(source.Options.Confirm)
}

// sourceOf is what a flow was compiled from by this provider's resource, which serves
// both channels; nil for any other flow, and for one whose source cannot be read.
func sourceOf(f *flow.Flow) *compile.Source {
	if f == nil {
		return nil
	}
	source, was, err := compile.Decompile(f)
	if !was || err != nil || len(source.Options.Channels) < len(bot.Channels()) {
		return nil
	}
	return source
}

// carries reports whether a flow was compiled from this very schema: on Studio nothing
// exists that a file leaves out.
func carries(source *compile.Source, s *assistantschema.Schema) bool {
	return s != nil && bytes.Equal(source.Schema.Canonical(), s.Canonical())
}

func exported(source *compile.Source, live bot.Bot) schemaJSON {
	return newMeaning[schemaNotation](string(source.Schema.Export(live.UniqueName, live.FriendlyName)))
}

// planned is what a plan was made for. The flow of a schema is the one that is there
// while it carries that schema and nobody has edited it: an earlier version of the
// provider may have compiled it otherwise.
func (r *assistantResource) planned(ctx context.Context, state assistantModel) (bot.Spec, error) {
	if !state.onStudio() {
		return state.spec(ctx)
	}
	bare := state
	bare.Schema = schemaJSON{types.StringNull()}
	if state.edited() {
		// What the plan showed as edited is put back, whatever it is.
		return bare.spec(ctx)
	}
	// A read that fails here fails again in the change, which says so.
	live, err := r.provider.account.ReadBot(ctx, state.SID.ValueString(), true)
	source := sourceOf(live.Content.Flow)
	if err != nil || source == nil || !source.Intact || !carries(source, parsedSchema(state.Schema)) {
		return state.spec(ctx)
	}
	spec, err := bare.spec(ctx)
	spec.Content.Flow = live.Content.Flow
	return spec, err
}

// summaries words each change of a live flow in one line, with what a state says now
// and its place in the schema that the state was made for. Other values are not shown:
// they may be secrets.
func summaries(changes flow.Changes, live *flow.Flow, made *assistantschema.Schema) []string {
	all := make([]string, len(changes))
	for i, change := range changes {
		all[i] = strings.Join(change.Summary(), "; ")
		if at := slices.IndexFunc(live.States, func(s flow.State) bool { return s.Name == change.Name }); at >= 0 && change.Op == flow.Changed {
			for _, p := range change.Properties {
				if said := live.States[at].Said(p.Path); said != "" {
					all[i] += fmt.Sprintf(", it says %q now", shortened(said))
				}
			}
		}
		if made == nil {
			continue
		}
		if task, action, ok := compile.Place(made, change.Name); ok {
			all[i] += fmt.Sprintf(" (task %q, made for action %d)", task, action)
		}
	}
	return all
}

// shortened is a text as a line has room for it.
func shortened(text string) string {
	const room = 120
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room]) + "…"
	}
	return text
}

// stateList is the states that were edited; null for none.
func stateList(all []string) types.List {
	if len(all) == 0 {
		return types.ListNull(types.StringType)
	}
	elements := make([]attr.Value, len(all))
	for i, each := range all {
		elements[i] = types.StringValue(each)
	}
	return types.ListValueMust(types.StringType, elements)
}
