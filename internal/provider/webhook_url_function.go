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
)

var _ function.Function = webhookURLFunction{}

type webhookURLFunction struct{}

func newWebhookURLFunction() function.Function { return webhookURLFunction{} }

func (webhookURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "webhook_url"
}

func (webhookURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The URL by which a number reaches a bot.",
		MarkdownDescription: "Writes the webhook URL of a bot from its SIDs, as a phone number has it in `sms_url` or `voice_url`: for what no binding writes, " +
			"such as the webhook of another product or a redirect in TwiML. A flow has one URL for both channels, an Autopilot assistant one for each. " +
			"A TwiML application has none: a number is pointed at its SID.\n\n" +
			"The URL is the one that Twilio documents for the Region US1. Of a bot of this configuration, `messaging_webhook_url` and `voice_webhook_url` " +
			"of `twiliobot_assistant` are what Twilio itself says, and know `autopilot_url`. " +
			"[`parse_webhook_url`](parse_webhook_url.md) reads the URL back.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "account_sid", MarkdownDescription: "The account of the bot, `AC…`."},
			function.StringParameter{Name: "assistant_sid", MarkdownDescription: "The bot: a flow, `FW…`, or an Autopilot assistant, `UA…`."},
		},
		VariadicParameter: function.DynamicParameter{
			Name:           "options",
			AllowNullValue: true,
			MarkdownDescription: "At most one object of choices, such as `{ channel = \"voice\", target_task = \"greeting\" }`. Each may be left out: " +
				"`channel` is `messaging` (the default) or `voice`; `target_task` is the Autopilot task at which a conversation enters, by default the one that the assistant chooses.",
		},
		Return: function.StringReturn{},
	}
}

func (webhookURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	to := bot.Webhook{Channel: bot.Messaging}
	var given []types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &to.AccountSID, &to.BotSID, &given); resp.Error != nil {
		return
	}
	engine, known := bot.EngineOf(to.BotSID)
	switch {
	case !bot.IsSID(to.AccountSID) || !strings.HasPrefix(to.AccountSID, "AC"):
		resp.Error = argumentError(0, "an account has a SID such as AC followed by 32 hexadecimal digits")
	case !known:
		resp.Error = argumentError(1, "a bot has a SID such as FW or UA followed by 32 hexadecimal digits")
	case engine == bot.Application:
		resp.Error = argumentError(1, "a TwiML application has no webhook URL of Twilio's: a number is pointed at its SID, and its own `webhooks` say where it is hosted")
	case len(given) > 1:
		resp.Error = argumentError(3, "the function takes two SIDs and at most one object of options")
	}
	if resp.Error != nil {
		return
	}
	if len(given) == 1 {
		value, err := given[0].ToTerraformValue(ctx)
		if err == nil && !value.IsFullyKnown() {
			resp.Error = resp.Result.Set(ctx, types.StringUnknown())
			return
		}
		if err == nil {
			err = webhookOptions(value, &to)
		}
		if err == nil && engine != bot.Autopilot && to.TargetTask != "" {
			err = errors.New("a flow has no tasks: `target_task` is for an Autopilot assistant")
		}
		if err != nil {
			resp.Error = argumentError(2, err.Error())
			return
		}
	}
	resp.Error = resp.Result.Set(ctx, bot.Webhooks{}.URL(to))
}

// webhookOptions reads the argument for options: null, or an object or map with some of them.
func webhookOptions(given tftypes.Value, to *bot.Webhook) error {
	if given.IsNull() {
		return nil
	}
	var attributes map[string]tftypes.Value
	if given.As(&attributes) != nil {
		return errors.New(`the options are an object, such as { channel = "voice" }`)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value, text := attributes[name], ""
		switch {
		case name != "channel" && name != "target_task":
			return fmt.Errorf("there is no option %q; there are `channel` and `target_task`", name)
		case value.IsNull():
		case value.As(&text) != nil:
			return fmt.Errorf("`%s` is a text", name)
		case name == "target_task":
			to.TargetTask = text
		case !slices.Contains(bot.Channels(), bot.Channel(text)):
			return errors.New("`channel` is \"messaging\" or \"voice\"")
		default:
			to.Channel = bot.Channel(text)
		}
	}
	return nil
}
