package provider

import (
	"context"
	"errors"
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

var (
	_ resource.ResourceWithConfigure        = &phoneNumberBindingResource{}
	_ resource.ResourceWithConfigValidators = &phoneNumberBindingResource{}
	_ resource.ResourceWithValidateConfig   = &phoneNumberBindingResource{}
	_ resource.ResourceWithModifyPlan       = &phoneNumberBindingResource{}
	_ resource.ResourceWithIdentity         = &phoneNumberBindingResource{}
	_ resource.ResourceWithImportState      = &phoneNumberBindingResource{}
)

type phoneNumberBindingResource struct{ account *account }

func newPhoneNumberBindingResource() resource.Resource { return &phoneNumberBindingResource{} }

func (r *phoneNumberBindingResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_phone_number_binding"
	// The number, and with it the SID, changes in place.
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *phoneNumberBindingResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.account = accountFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *phoneNumberBindingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a phone number that the account owns answer for a bot. Destroying it frees the number and **never releases it**; " +
			"a number that answers elsewhere is never taken without `overwrite`.\n\n" +
			"Only the fields of its `channels` (target and method) and the number's friendly name are written. " +
			"Before each write the number is read: if somebody changed it since the plan, the apply stops and says who answers now.",
		Attributes: map[string]schema.Attribute{
			"phone_number": schema.StringAttribute{
				CustomType: phoneNumberType{}, Optional: true, Computed: true,
				MarkdownDescription: "The number, in E.164 (`+12025550142`); spaces, dashes and brackets are equal to none. This, `phone_number_sid`, or both where they name the same number. " +
					"A change binds the new number, verifies it, and only then frees the old one.",
			},
			"phone_number_sid": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The number's SID, `PN…`. This, `phone_number`, or both where they name the same number.",
				Validators:          []validator.String{sidOf("PN", "a phone number")},
			},
			"assistant_sid": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The SID of the bot that answers, of any engine. A change points the number at the other bot in one write. " +
					"Null in the state means that something answers which is no bot.",
				Validators: []validator.String{botSID()},
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
				MarkdownDescription: "The number's label at Twilio, 1 to 64 characters. Unset, a new binding writes the bot's `unique_name` over what is there, also over a label such as \"Front desk\": " +
					"to keep that, give `friendly_name = \"Front desk\"`. An imported binding keeps what is there. " +
					"A label that is the bot's name follows a rename of the bot and becomes `free` when the number is freed; then any other label is left alone.",
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
					"A URL that Twilio would not call with POST is shown with its method in front.",
			},
		},
	}
}

// numberIdentity is what addresses a binding: there is one for each number.
type numberIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"phone_number_sid"`
}

func (r *phoneNumberBindingResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that owns the number, AC…; by default the one the provider is configured for.",
		},
		"phone_number_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The number's SID, PN….",
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
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.TargetTask.IsNull() || config.AssistantSID.IsNull() || config.AssistantSID.IsUnknown() {
		return
	}
	if engine, ok := bot.EngineOf(config.AssistantSID.ValueString()); ok && engine != bot.Autopilot {
		resp.Diagnostics.AddAttributeError(path.Root("target_task"), "Only Autopilot has target tasks",
			fmt.Sprintf("The bot %s runs on the engine %s, where a conversation has one beginning. Remove `target_task`.", config.AssistantSID.ValueString(), engine))
	}
}

func (r *phoneNumberBindingResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan bindingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	number, err := r.find(ctx, plan)
	if err != nil {
		addAttributeError(&resp.Diagnostics, plan.numberPath(), "Unable to find the phone number", err)
		return
	}
	written := r.bind(ctx, &plan, number, memory{}, bot.Held{}, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func (r *phoneNumberBindingResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state bindingModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Before anything returns: a Terraform that knows no identities checks that one
	// is there even for an object that is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if !r.account.ready() {
		keepUnread(r.account, &resp.Diagnostics)
		return
	}
	if !r.account.sameAccount(state.AccountSID.ValueString(), "The phone number "+state.PhoneNumberSID.ValueString(), &resp.Diagnostics) {
		return
	}
	number, err := r.account.directory.Number(ctx, state.PhoneNumberSID.ValueString())
	if errors.Is(err, bot.ErrNotFound) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to read the phone number", err)
		return
	}
	remembered, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if remembered.BotSID == "" {
		remembered = r.importing(ctx, number, &resp.Diagnostics)
		state.imported()
	}
	if resp.Diagnostics.HasError() {
		return
	}
	routing, err := r.account.directory.Routing(ctx, number)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to look for suspended bots", err)
		return
	}
	r.account.warnSilenced(ctx, routing, number, &resp.Diagnostics)
	if remembered, err = r.followed(ctx, routing, number, remembered); err != nil {
		addError(&resp.Diagnostics, "Unable to look for what became of the bot", err)
		return
	}
	state.read(routing, r.account.directory.Webhooks, number, remembered)
	remembered.Seen = bot.See(number)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(remembered.save(ctx, resp.Private)...)
}

// followed is what a binding remembers when the bot it had put on the number was
// replaced in an apply that was cut off: the number went with it.
func (r *phoneNumberBindingResource) followed(ctx context.Context, routing bot.Routing, number bot.Number, m memory) (memory, error) {
	for _, channel := range m.Channels {
		answering := routing.Route(number, channel).BotSID
		if answering == "" || answering == m.BotSID {
			continue
		}
		current, other, err := r.account.directory.Unfinished(ctx, m.BotSID, "")
		if errors.Is(err, bot.ErrNotFound) {
			return r.inherited(ctx, m, answering)
		}
		if err == nil && other == m.BotSID && current == answering {
			m.BotSID = answering // the old one is gone
		}
		return m, err
	}
	return m, nil
}

// inherited is what a binding remembers when its bot is gone and a bot that this
// configuration manages answers: a replacement moved the number, and was done with
// before the binding's turn came. An application bears no mark of it any more.
func (r *phoneNumberBindingResource) inherited(ctx context.Context, m memory, answering string) (memory, error) {
	if !r.account.hadPrior(answering) {
		return m, nil
	}
	_, err := r.account.directory.Bot(ctx, m.BotSID)
	if errors.Is(err, bot.ErrNotFound) {
		m.BotSID = answering
		return m, nil
	}
	return m, err
}

func (r *phoneNumberBindingResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state bindingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	remembered, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	number, err := r.find(ctx, plan)
	if err != nil {
		addAttributeError(&resp.Diagnostics, plan.numberPath(), "Unable to find the phone number", err)
		return
	}
	moved := number.SID != state.PhoneNumberSID.ValueString()
	had := remembered
	if moved {
		had = memory{} // of the number it moves to, the binding had nothing
	}
	// What the binding had before is freed once the number answers.
	left := bot.Held{NumberSID: state.PhoneNumberSID.ValueString(), BotSID: remembered.BotSID, Channels: remembered.Channels, Label: remembered.Label}
	if !moved {
		left.Channels = without(left.Channels, plan.channels())
	}
	written := r.bind(ctx, &plan, number, had, left, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func (r *phoneNumberBindingResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state bindingModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	remembered, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.account.sameAccount(state.AccountSID.ValueString(), "The phone number "+state.PhoneNumberSID.ValueString(), &resp.Diagnostics) {
		return
	}
	label := remembered.Label
	if b, err := r.account.directory.Bot(ctx, remembered.BotSID); err == nil {
		if _, marked := bot.ReplacedByApplication(b.UniqueName); !marked {
			label = b.UniqueName
		}
	}
	notices, err := r.account.directory.Free(ctx, state.PhoneNumberSID.ValueString(), remembered.BotSID, remembered.Channels, label)
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to free the phone number", err)
	}
}
