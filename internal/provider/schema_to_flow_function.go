package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

var _ function.Function = schemaToFlowFunction{}

type schemaToFlowFunction struct{}

func newSchemaToFlowFunction() function.Function { return schemaToFlowFunction{} }

func (schemaToFlowFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "schema_to_flow"
}

func (schemaToFlowFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The Studio flow that an assistant schema becomes.",
		MarkdownDescription: "Compiles an assistant schema into the definition of a Studio flow that does the same: what `twiliobot_assistant` runs for a `schema` on the engine `studio`. " +
			"It is for looking at the flow, for writing it to a file, and for a `flow` of your own that begins with it. " +
			"The text is JSON, indented; schemas that mean the same give the same bytes.\n\n" +
			"A schema that cannot run on Studio is an error, which gives each fault with its place in the schema, a JSON pointer. " +
			"A function cannot warn: the plan of a `twiliobot_assistant` with the same `schema` says where the flow behaves differently from Autopilot.",
		Parameters: []function.Parameter{schemaParameter()},
		// An object type would ask for each of its attributes in every call.
		VariadicParameter: function.DynamicParameter{
			Name:           "options",
			AllowNullValue: true,
			MarkdownDescription: "At most one object of choices, such as `{ channels = [\"voice\"] }`. Each may be left out: `channels`, a list of `messaging` and `voice`, " +
				"is what the flow answers, both by default; `routing` is how it finds the task for what people write or say, `keywords` (the default: samples, " +
				"and the words that tell one task's samples from the others'), `trained` (samples, and what was learnt from their letters) or `exact` (the samples alone).",
		},
		Return: function.StringReturn{},
	}
}

func (schemaToFlowFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	var given []types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &text, &given); resp.Error != nil {
		return
	}
	value, known, failed := optionsArgument(ctx, given, "a schema")
	if failed != nil {
		resp.Error = failed
		return
	}
	if !known {
		resp.Error = resp.Result.Set(ctx, types.StringUnknown())
		return
	}
	options, err := flowOptions(value)
	if err != nil {
		resp.Error = argumentError(1, err.Error())
		return
	}
	parsed, err := assistantschema.Parse([]byte(text))
	if err != nil {
		resp.Error = argumentError(0, err.Error())
		return
	}
	made, found := compile.Compile(parsed, options)
	if made == nil {
		resp.Error = argumentError(0, "the schema cannot run on Studio:\n"+strings.Join(compileErrors(found), "\n"))
		return
	}
	resp.Error = resp.Result.Set(ctx, string(flow.Export(made)))
}

// flowOptions reads the argument for options: none, null, or an object or map with
// some of them.
func flowOptions(given tftypes.Value) (o compile.Options, err error) {
	if given.IsNull() {
		return o, nil
	}
	var attributes map[string]tftypes.Value
	if given.As(&attributes) != nil {
		return o, errors.New(`the options are an object, such as { channels = ["voice"], routing = "exact" }`)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		switch value := attributes[name]; {
		case name != "channels" && name != "routing":
			return o, fmt.Errorf("there is no option %q; there are `channels` and `routing`", name)
		case value.IsNull():
		case name == "channels":
			o.Channels, err = flowChannels(value)
		default:
			o.Routing, err = flowRouting(value)
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// flowChannels reads a list or set; none would be a flow that answers nobody.
func flowChannels(value tftypes.Value) ([]bot.Channel, error) {
	wrong := errors.New("`channels` is a list of \"messaging\" and \"voice\", with at least one of them")
	var elements []tftypes.Value
	if value.As(&elements) != nil || len(elements) == 0 {
		return nil, wrong
	}
	var channels []bot.Channel
	for _, each := range elements {
		var name string
		if each.As(&name) != nil || !slices.Contains(bot.Channels(), bot.Channel(name)) {
			return nil, wrong
		}
		channels = append(channels, bot.Channel(name))
	}
	return channels, nil
}

func flowRouting(value tftypes.Value) (compile.Routing, error) {
	var name string
	if value.As(&name) != nil || !slices.Contains(compile.Routings(), compile.Routing(name)) {
		return "", errors.New("`routing` is \"keywords\", \"trained\" or \"exact\"")
	}
	return compile.Routing(name), nil
}
