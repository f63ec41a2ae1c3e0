package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestEngineIsChosen(t *testing.T) {
	t.Parallel()
	const given, unknown = "given", "unknown"
	null, text, later := types.StringNull(), types.StringValue("{}"), types.StringUnknown()
	object, objectLater := types.ObjectNull(webhookTypes), types.ObjectUnknown(webhookTypes)
	value := func(how string) types.String {
		return map[string]types.String{"": null, given: text, unknown: later}[how]
	}
	for _, c := range []struct {
		name       string
		configured string
		schema     string
		flow       string
		webhooks   string
		current    bot.Engine
		standard   bot.Engine
		want       string
		moves      bool
		compiles   bool
		mayCompile bool
	}{
		{name: "a flow runs on Studio alone", flow: given, standard: bot.Autopilot, want: "`studio`"},
		{name: "webhooks are an application", webhooks: unknown, flow: given, standard: bot.Autopilot, want: "`studio`"},
		{name: "a schema runs on the provider's engine", schema: given, standard: bot.Autopilot, want: "`autopilot`"},
		{name: "and on Studio by default", schema: given, standard: bot.Studio, want: "`studio`", compiles: true, mayCompile: true},
		{name: "one that is refused for it", schema: given, standard: bot.Application, want: "`application`"},
		{name: "the provider's engine is unknown", schema: given, want: "`autopilot` or `studio`", mayCompile: true},
		{name: "and so is everything", want: "`application` or `autopilot` or `studio`"},
		{name: "a bot stays on its engine", schema: given, current: bot.Autopilot, standard: bot.Studio, want: "`autopilot`"},
		{name: "also without content", current: bot.Application, standard: bot.Studio, want: "`application`"},
		{name: "an application runs no schema", schema: given, current: bot.Application, standard: bot.Studio, want: "`studio`", moves: true, compiles: true, mayCompile: true},
		{name: "a flow leaves Autopilot", flow: given, current: bot.Autopilot, standard: bot.Studio, want: "`studio`", moves: true},
		{name: "the configuration decides", configured: "autopilot", schema: given, current: bot.Studio, standard: bot.Studio, want: "`autopilot`", moves: true},
		{name: "an unknown engine", configured: unknown, schema: given, current: bot.Studio, standard: bot.Studio, want: "`autopilot` or `studio`", mayCompile: true},
		{name: "an unknown engine of a flow", configured: unknown, flow: given, current: bot.Autopilot, standard: bot.Studio, want: "`studio`", moves: true},
		{name: "an unknown engine without content", configured: unknown, standard: bot.Studio, want: "`application` or `autopilot` or `studio`"},
		{name: "webhooks that may be null", webhooks: unknown, current: bot.Autopilot, standard: bot.Studio, want: "`application` or `autopilot`"},
		{name: "a schema that may be null", schema: unknown, current: bot.Application, standard: bot.Studio, want: "`application` or `studio`", mayCompile: true},
		{name: "an unknown schema on Studio", configured: "studio", schema: unknown, standard: bot.Studio, want: "`studio`", mayCompile: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			plan := assistantModel{Schema: schemaJSON{value(c.schema)}, Flow: flowJSON{value(c.flow)}, Webhooks: object}
			if c.webhooks == unknown {
				plan.Webhooks = objectLater
			}
			configured := optional(c.configured)
			if c.configured == unknown {
				configured = later
			}
			var state *assistantModel
			if c.current != "" {
				state = &assistantModel{Engine: types.StringValue(string(c.current))}
			}
			e := chooseEngine(configured, plan, state, c.standard)
			if e.String() != c.want || e.moves() != c.moves || e.compiles() != c.compiles || e.mayCompile() != c.mayCompile {
				t.Errorf("it runs on %s, moves %v, compiles %v, may compile %v", e, e.moves(), e.compiles(), e.mayCompile())
			}
			if _, known := e.only(); e.planned().IsUnknown() == known {
				t.Errorf("it is planned as %s", e.planned())
			}
		})
	}
}
