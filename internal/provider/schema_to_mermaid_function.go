package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

var _ function.Function = schemaToMermaidFunction{}

type schemaToMermaidFunction struct{}

func newSchemaToMermaidFunction() function.Function { return schemaToMermaidFunction{} }

func (schemaToMermaidFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "schema_to_mermaid"
}

func (schemaToMermaidFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A picture of an assistant schema, as a Mermaid flowchart.",
		MarkdownDescription: "Draws an assistant schema as a [Mermaid](https://mermaid.js.org) flowchart, which GitHub and GitLab show as a picture in a code block " +
			"of the language `mermaid`: in a pull request, for those who review a bot and not its JSON.\n\n" +
			"Each task is a box with up to three of its samples. Solid edges are the ways a conversation takes: `redirect`, the `tasks` of a `listen`, keys of `voice_digits`, " +
			"a collect's `on_complete`, its `validate` webhooks and a handoff. Dashed ones are for what fails: `max_attempts`, and the entry points `fallback` and `validate_on_failure` of `defaults`. " +
			"A task that is named and does not exist has a dashed frame; actions that never run are left out. URLs are shown without their query and credentials.\n\n" +
			"Two schemas that mean the same have the same text, and each task and each edge has a line of its own, so a changed picture is a changed bot. " +
			"Mermaid draws at most 500 edges, and 50,000 characters: a large bot shows fewer samples.",
		Parameters: []function.Parameter{schemaParameter()},
		Return:     function.StringReturn{},
	}
}

func (schemaToMermaidFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	parsed, err := assistantschema.Parse([]byte(text))
	if err != nil {
		resp.Error = argumentError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, diagram.Mermaid(parsed))
}

// schemaParameter is the schema that a function takes.
func schemaParameter() function.StringParameter {
	return function.StringParameter{
		Name: "schema",
		MarkdownDescription: "An Autopilot assistant schema, JSON: the file that `twilio autopilot:export` wrote, as in `file(\"bot.json\")`, " +
			"or one of `jsonencode`.",
	}
}

// argumentError says what is wrong with an argument, counted from 0. The CLI writes
// `Invalid value for "schema" parameter: ` before it and a stop behind it.
func argumentError(argument int64, text string) *function.FuncError {
	return function.NewArgumentFuncError(argument, strings.TrimSuffix(text, "."))
}
