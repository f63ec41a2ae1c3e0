package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var _ function.Function = parseWebhookURLFunction{}

type parseWebhookURLFunction struct{}

func newParseWebhookURLFunction() function.Function { return parseWebhookURLFunction{} }

func (parseWebhookURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_webhook_url"
}

// webhookParts are the attributes of what the function returns.
var webhookParts = map[string]attr.Type{
	"engine": types.StringType, "assistant_sid": types.StringType, "account_sid": types.StringType, "channel": types.StringType, "target_task": types.StringType,
}

func (parseWebhookURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The bot that a webhook URL reaches.",
		MarkdownDescription: "Reads the webhook URL of a number, or of any other way in, and returns an object: `engine` (`studio` or `autopilot`), `assistant_sid`, `account_sid`, " +
			"`channel` (`messaging` or `voice`; null for a flow, whose URL serves both) and `target_task` (null where the URL names none). " +
			"All of it is null where the URL reaches no bot that Twilio runs: one hosted elsewhere, a placeholder, no URL at all. So it suits a condition, " +
			"such as a `for` over all numbers.\n\n" +
			"Every spelling that Twilio has had of an Autopilot webhook is understood: `twilio-messaging`, `twilio/messaging`, `twilio-chat`, `twilio-voice`, of v1 and v2, " +
			"with any parameters, and hosts with an edge or a Region. Whether the bot exists is not looked up.",
		Parameters: []function.Parameter{function.StringParameter{
			Name: "url", AllowNullValue: true,
			MarkdownDescription: "The URL; null and an empty text are none.",
		}},
		Return: function.ObjectReturn{AttributeTypes: webhookParts},
	}
}

func (parseWebhookURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var address *string
	if resp.Error = req.Arguments.Get(ctx, &address); resp.Error != nil {
		return
	}
	var to bot.Webhook
	if address != nil {
		to, _ = bot.Webhooks{}.Parse(*address)
	}
	engine, _ := bot.EngineOf(to.BotSID)
	orNull := func(text string) attr.Value {
		if text == "" {
			return types.StringNull()
		}
		return types.StringValue(text)
	}
	resp.Error = resp.Result.Set(ctx, types.ObjectValueMust(webhookParts, map[string]attr.Value{
		"engine": orNull(string(engine)), "assistant_sid": orNull(to.BotSID), "account_sid": orNull(to.AccountSID),
		"channel": orNull(string(to.Channel)), "target_task": orNull(to.TargetTask),
	}))
}
