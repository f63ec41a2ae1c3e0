package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/twiml"
)

var _ function.Function = twimlFunction{}

type twimlFunction struct{}

func newTwimlFunction() function.Function { return twimlFunction{} }

func (twimlFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "twiml"
}

func (twimlFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "A TwiML document of verbs.",
		MarkdownDescription: "Builds [TwiML](https://www.twilio.com/docs/voice/twiml), the XML with which a bot that is hosted elsewhere answers a call or a message: " +
			"for a TwiML Bin, for a program that serves what Terraform wrote, or for a test.\n\n" +
			"A document is a list of verbs, each an object with one attribute that names it. The value is an object of the verb's attributes, or its main value alone: " +
			"`{ say = \"Hello\" }` is `{ say = { text = \"Hello\" } }`. Names are TwiML's, in snake case: `numDigits` is `num_digits`. " +
			"Everything is checked while planning: a verb, an attribute or a nesting that TwiML does not have, a value of another kind, " +
			"what is never reached, and Twilio's limits (64 KiB, 3,000 to 5,000 characters of a `say` by its voice, 1,600 of a `message`). " +
			"An error names the place, such as `verbs[2].gather.verbs[0]`. Text is escaped, and equal verbs give equal bytes.\n\n" +
			twiml.Reference() + "\n" +
			"* Lists of values, such as `status_callback_event` and `hints`, are lists, or one text with TwiML's separator.\n" +
			"* `ssml` takes [SSML](https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml-overview) in place of `text`: `{ say = { ssml = \"One<break time='1s'/>two\" } }`.\n" +
			"* `raw` is for what has no verb here, such as `<Pay>`: elements that are well-formed XML, without comments, declarations and entities. Their names are not checked.\n" +
			"* A WebSocket's `url` is `wss://`; `ws://` is taken on the loopback, for a sandbox.\n" +
			"* A value that is a template of a TwiML Bin, such as `{{From}}`, is not checked.\n" +
			"* A null is as if it were not there, in a list too: `[var.greeting == null ? null : { say = var.greeting }, { hangup = {} }]`.",
		Parameters: []function.Parameter{function.DynamicParameter{
			Name:                "verbs",
			MarkdownDescription: "The verbs, in order: a list such as `[{ say = \"Hello\" }, { hangup = {} }]`.",
		}},
		Return: function.StringReturn{},
	}
}

// maxTwimlProblems bounds how many faults one error lists.
const maxTwimlProblems = 20

func (twimlFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var given types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &given); resp.Error != nil {
		return
	}
	value, err := given.ToTerraformValue(ctx)
	if err != nil {
		resp.Error = argumentError(0, err.Error())
		return
	}
	if !value.IsFullyKnown() {
		resp.Error = resp.Result.Set(ctx, types.StringUnknown())
		return
	}
	verbs, err := plainValue("verbs", value)
	if err != nil {
		resp.Error = argumentError(0, err.Error())
		return
	}
	document, problems := twiml.Build(verbs)
	if len(problems) == 0 {
		resp.Error = resp.Result.Set(ctx, document)
		return
	}
	var lines []string
	for i, each := range problems {
		if i == maxTwimlProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(problems)-i))
			break
		}
		lines = append(lines, each.String())
	}
	if len(lines) > 1 {
		lines = append([]string{"this is not TwiML:"}, lines...)
	}
	resp.Error = argumentError(0, strings.Join(lines, "\n"))
}

// plainValue is a value as encoding/json would decode it, with numbers as json.Number. A set
// is refused: it has lost the order in which it was written.
func plainValue(at string, value tftypes.Value) (any, error) {
	kind := value.Type()
	switch {
	case value.IsNull():
		return nil, nil
	case kind.Is(tftypes.String):
		var text string
		err := value.As(&text)
		return text, err
	case kind.Is(tftypes.Bool):
		var yes bool
		err := value.As(&yes)
		return yes, err
	case kind.Is(tftypes.Number):
		var number big.Float
		if err := value.As(&number); err != nil {
			return nil, err
		}
		// Whole numbers are written out, but for those that would fill the memory.
		if number.IsInt() && number.MantExp(nil) < 256 {
			return json.Number(number.Text('f', 0)), nil
		}
		return json.Number(number.Text('g', -1)), nil
	case kind.Is(tftypes.Set{}):
		return nil, fmt.Errorf("%s: is a set, which has no order: make it a list", at)
	}
	if kind.Is(tftypes.Object{}) || kind.Is(tftypes.Map{}) {
		var attributes map[string]tftypes.Value
		if err := value.As(&attributes); err != nil {
			return nil, err
		}
		object := make(map[string]any, len(attributes))
		for name, each := range attributes {
			plain, err := plainValue(at+"."+name, each)
			if err != nil {
				return nil, err
			}
			object[name] = plain
		}
		return object, nil
	}
	var elements []tftypes.Value
	if err := value.As(&elements); err != nil {
		return nil, err
	}
	list := make([]any, len(elements))
	for i, each := range elements {
		plain, err := plainValue(fmt.Sprintf("%s[%d]", at, i), each)
		if err != nil {
			return nil, err
		}
		list[i] = plain
	}
	return list, nil
}
