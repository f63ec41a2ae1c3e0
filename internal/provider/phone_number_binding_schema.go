package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func (r *phoneNumberBindingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a phone number that the account owns answer for a bot, on one channel or both. Destroying it frees the number and **never releases it**; " +
			"a number that answers elsewhere is never taken without `overwrite`.\n\n" +
			"Each channel of a number has one binding. A number whose messages and calls are answered by two bots has two bindings, each with its own `channels`; " +
			"neither reads, writes or frees what the other has.\n\n" +
			"A number in a Messaging Service that answers in its place is bound but silent for messages: every plan says so. The service itself is bound with `twiliobot_messaging_service_binding`. " +
			"What else leads to a bot, such as a Conversations address, a WhatsApp sender or a SIP domain, is no phone number, and is left as it is: see the [guide on who answers](../guides/who-answers.md).\n\n" +
			"Only the fields of its `channels` (target and method), the number's friendly name, and a status callback that names a flow the number leaves are written. A webhook that reaches the bot already is kept as it is, in any spelling and with either method. " +
			"Before each write the number is read: if it was changed since the plan, the apply stops and says what answers now.\n\n" +
			"Twilio itself gives a number that is pointed at a Studio flow the flow's own status callback, in place of any other: the plan names one that is lost so.",
		Attributes: map[string]schema.Attribute{
			"phone_number": schema.StringAttribute{
				CustomType: phoneNumberType{}, Optional: true, Computed: true,
				MarkdownDescription: "The number, in E.164 (`+12025550142`); spaces, dashes and brackets are equal to none. This, `phone_number_sid`, or both where they name the same number. " +
					"A change binds the new number, verifies it, and only then frees the old one.",
			},
			"phone_number_sid": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The number's SID, `PN…`. This, `phone_number`, or both where they name the same number.",
			},
			"assistant_sid": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The SID of the bot that answers, of any engine. A change points the number at the other bot in one write. " +
					"Null in the state means that something answers which is no bot.",
			},
			"target_task": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The task at which a conversation enters; for bots on the engine `autopilot` only. " +
					"Unset, it is `greeting` where the assistant has that task when the number is bound, else none, and stays so.",
				Validators: []validator.String{stringvalidator.LengthBetween(1, bot.MaxNameLength)},
			},
			"channels": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Computed: true,
				Default:             setdefault.StaticValue(channelSet([]bot.Channel{bot.Messaging})),
				MarkdownDescription: "What the bot answers: `messaging`, `voice`, or both. By default `[\"messaging\"]`; the number must be capable of each, and a bot on the engine `application` must have a URL for it.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(string(bot.Messaging), string(bot.Voice))),
				},
			},
			"friendly_name": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The number's label at Twilio, 1 to 64 characters. Unset, a new binding writes the bot's `unique_name` where the label says nothing: " +
					"empty, `free`, the number itself in any spelling, or the name of the bot that answered before. Any other label stays, and so does the name of the bot on the number's other channel. " +
					"An imported binding keeps the label it finds. A label that is the bot's name follows a rename of the bot; when its channels are freed, it becomes the name of the bot that still answers on the other channel, or `free` where none does.",
				Validators: []validator.String{stringvalidator.LengthBetween(1, 64)},
			},
			"overwrite": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether to take over a number that answers elsewhere: for another bot, any other URL, an application or a SIP trunk. By default that is an error at plan time.",
			},
			"account_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that owns the number, `AC…`.",
			},
			"webhook_urls": schema.MapAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "The URL that Twilio calls, by channel, as the number holds it. A channel answered through an application (`AP…`) or by nothing is not in it. " +
					"A URL that reaches no bot is shown without what may be secret in it, as `…`.",
			},
		},
	}
}

// numberIdentity is what addresses a binding: there is one for each channel of a number.
type numberIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"phone_number_sid"`
	Channels   types.List   `tfsdk:"channels"`
}

// numberIdentityV0 is the identity of version 0, when a number had one binding.
type numberIdentityV0 struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"phone_number_sid"`
}

func (r *phoneNumberBindingResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	attributes := numberIdentityAttributes()
	attributes["channels"] = identityschema.ListAttribute{
		ElementType: types.StringType, OptionalForImport: true,
		Description: "The channels of the binding, messaging before voice; by default those on which one bot answers.",
	}
	resp.IdentitySchema = identityschema.Schema{Version: 1, Attributes: attributes}
}

// numberIdentityAttributes are those that every version of the identity has.
func numberIdentityAttributes() map[string]identityschema.Attribute {
	return map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that owns the number, AC…; by default the one the provider is configured for.",
		},
		"phone_number_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The number's SID, PN….",
		},
	}
}

// UpgradeIdentity leaves the channels of an older identity to the refresh, which knows them.
func (r *phoneNumberBindingResource) UpgradeIdentity(context.Context) map[int64]resource.IdentityUpgrader {
	return map[int64]resource.IdentityUpgrader{0: {
		PriorSchema: &identityschema.Schema{Attributes: numberIdentityAttributes()},
		IdentityUpgrader: func(ctx context.Context, req resource.UpgradeIdentityRequest, resp *resource.UpgradeIdentityResponse) {
			var before numberIdentityV0
			resp.Diagnostics.Append(getModel(ctx, req.Identity, &before)...)
			if resp.Diagnostics.HasError() {
				return
			}
			now := numberIdentity{AccountSID: before.AccountSID, SID: before.SID, Channels: types.ListNull(types.StringType)}
			resp.Diagnostics.Append(setModel(ctx, resp.Identity, now)...)
		},
	}}
}

func (r *phoneNumberBindingResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.AtLeastOneOf(path.MatchRoot("phone_number"), path.MatchRoot("phone_number_sid")),
	}
}

func (r *phoneNumberBindingResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if r.provider != nil {
		checkForm(ctx, path.Root("phone_number_sid"), config.PhoneNumberSID, sidOf("PN", "a phone number"), &resp.Diagnostics)
		checkForm(ctx, path.Root("assistant_sid"), config.AssistantSID, botSID(), &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() || config.TargetTask.IsNull() || config.AssistantSID.IsNull() || config.AssistantSID.IsUnknown() {
		return
	}
	if engine, ok := bot.EngineOf(config.AssistantSID.ValueString()); ok && engine != bot.Autopilot {
		resp.Diagnostics.AddAttributeError(path.Root("target_task"), "Only Autopilot has target tasks",
			fmt.Sprintf("The bot %s runs on the engine %s, where a conversation has one beginning. Remove `target_task`.", config.AssistantSID.ValueString(), engine))
	}
}
