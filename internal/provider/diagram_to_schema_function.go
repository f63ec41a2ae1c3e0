package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

var _ function.Function = diagramToSchemaFunction{}

type diagramToSchemaFunction struct{}

func newDiagramToSchemaFunction() function.Function { return diagramToSchemaFunction{} }

func (diagramToSchemaFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "diagram_to_schema"
}

func (diagramToSchemaFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "An assistant schema of a flowchart drawn in draw.io or Mermaid.",
		MarkdownDescription: "Makes the `schema` of a `twiliobot_assistant` out of a flowchart: each node is something the bot says, and the edges from it are the answers. " +
			diagramRules + "\n\n" +
			"A function cannot warn: what was left out or decided for you is in the result, under the top-level key `x_diagram_warnings`, a list of objects " +
			"with `page`, `node` (its text) and `message`. An assistant ignores that key. The data source `twiliobot_diagram_schema` gives the warnings apart from the schema. " +
			"A file that is no flowchart is an error.",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "source",
			MarkdownDescription: diagramSourceDescription,
		}},
		// An object type would ask for each of its attributes in every call.
		VariadicParameter: function.DynamicParameter{
			Name:           "options",
			AllowNullValue: true,
			MarkdownDescription: "At most one object of choices, such as `{ page = \"Reception\", numbered = true }`. Each may be left out: " +
				"`page` is " + diagramPageDescription + " `start` is " + diagramStartDescription + " `numbered` is " + diagramNumberedDescription +
				" `collect` is " + diagramCollectDescription + " `answer_synonyms` is " + diagramSynonymsDescription,
		},
		Return: function.StringReturn{},
	}
}

// What the function and the data source say of the same things.
const (
	diagramRules = "A node with one edge without a text is said and followed by the next; any other node with edges waits for an answer, " +
		"and each edge's text is one: its parts (split at `/`, `,`, `|`, `or` and line breaks), other words for yes and no, and the edge's number, counted from 1. " +
		"Any other answer begins the conversation anew. A node that no edge leaves ends it. The conversation begins at the node that no edge leads to, whatever the first message is, " +
		"unless that is an answer, such as `yes`: then the conversation continues after the first question, by name, that has this answer. " +
		"Each node and each answer is a task: a diagram may make 600 of them, and a Studio flow that answers both messages and calls has room for about 340."

	diagramSourceDescription = "The drawing: a draw.io file (`.drawio` or `.xml`, compressed or not, or a `.drawio.svg`), or a Mermaid flowchart " +
		"(`.mmd`, or a Markdown document with ```` ```mermaid ```` blocks), as in `file(\"bot.drawio\")`."
	diagramPageDescription     = "the name of the page, or its number from 1; by default the first that has edges."
	diagramStartDescription    = "the text of the node at which the conversation begins, or its id in the file."
	diagramNumberedDescription = "whether a question is followed by its answers, `1. Yes 2. No`; false by default."
	diagramCollectDescription  = "whether a node whose text ends in a question mark, and that one edge without a text leaves, waits for any answer before it goes on; false by default."
	diagramSynonymsDescription = "a map of further words for an answer, such as `{ yes = [\"sure\"], Tuesday = [\"tue\"] }`; those for `yes` and `no` replace the ones that are known."
)

func (diagramToSchemaFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var source string
	var given []types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &source, &given); resp.Error != nil {
		return
	}
	value, known, failed := optionsArgument(ctx, given, "a diagram")
	if failed != nil {
		resp.Error = failed
		return
	}
	if !known {
		resp.Error = resp.Result.Set(ctx, types.StringUnknown())
		return
	}
	options, err := diagramOptions(value)
	if err != nil {
		resp.Error = argumentError(1, err.Error())
		return
	}
	pages, err := diagram.Read(source)
	if err != nil {
		resp.Error = argumentError(0, err.Error())
		return
	}
	made, err := diagram.Schema(pages, options)
	if err != nil {
		argument := int64(0)
		if _, ok := errors.AsType[*diagram.OptionError](err); ok {
			argument = 1
		}
		resp.Error = argumentError(argument, err.Error())
		return
	}
	text, err := made.WithWarnings()
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, string(text))
}

// diagramOptions reads the argument for options: none, null, or an object or map with some of
// them.
func diagramOptions(given tftypes.Value) (o diagram.Options, err error) {
	if given.IsNull() {
		return o, nil
	}
	var attributes map[string]tftypes.Value
	if given.As(&attributes) != nil {
		return o, errors.New("the options are an object, such as { page = \"Reception\", numbered = true }")
	}
	read := map[string]func(tftypes.Value) error{
		"page":            func(v tftypes.Value) error { return textOption(v, &o.Page) },
		"start":           func(v tftypes.Value) error { return textOption(v, &o.Start) },
		"numbered":        func(v tftypes.Value) error { return switchOption(v, &o.Numbered) },
		"collect":         func(v tftypes.Value) error { return switchOption(v, &o.Collect) },
		"answer_synonyms": func(v tftypes.Value) error { return wordsOption(v, &o.AnswerSynonyms) },
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		use, ok := read[name]
		if !ok {
			return o, fmt.Errorf("there is no option %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(read)), ", "))
		}
		if value := attributes[name]; !value.IsNull() {
			if err := use(value); err != nil {
				return o, fmt.Errorf("`%s` is %w", name, err)
			}
		}
	}
	return o, nil
}

// textOption reads text, or the number of a page.
func textOption(value tftypes.Value, to *string) error {
	if value.Type().Is(tftypes.Number) {
		number := new(big.Float)
		if value.As(&number) == nil && number.IsInt() && number.MantExp(nil) < 64 {
			*to = number.Text('f', 0)
			return nil
		}
	}
	if value.As(to) != nil {
		return errors.New("text")
	}
	return nil
}

func switchOption(value tftypes.Value, to *bool) error {
	if value.As(to) != nil {
		return errors.New("true or false")
	}
	return nil
}

// wordsOption reads a map of lists of text, or an object of tuples, as a configuration writes
// one.
func wordsOption(value tftypes.Value, to *map[string][]string) error {
	wrong := errors.New("a map of lists of text, such as { yes = [\"sure\", \"fine\"] }")
	var lists map[string]tftypes.Value
	if value.As(&lists) != nil {
		return wrong
	}
	*to = map[string][]string{}
	for answer, list := range lists {
		var elements []tftypes.Value
		if list.IsNull() || list.As(&elements) != nil {
			return wrong
		}
		words := []string{}
		for _, each := range elements {
			var word string
			if each.IsNull() || each.As(&word) != nil {
				return wrong
			}
			words = append(words, word)
		}
		(*to)[answer] = words
	}
	return nil
}
