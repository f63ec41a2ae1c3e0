package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ action.ActionWithConfigure      = &endExecutionsAction{}
	_ action.ActionWithValidateConfig = &endExecutionsAction{}
	_ action.ActionWithModifyPlan     = &endExecutionsAction{}
)

type endExecutionsAction struct{ botAction }

func newEndExecutionsAction() action.Action { return &endExecutionsAction{} }

func (a *endExecutionsAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_end_executions"
}

// endExecutionsModel is in the order of the schema.
type endExecutionsModel struct {
	AssistantSID types.String `tfsdk:"assistant_sid"`
	UniqueName   types.String `tfsdk:"unique_name"`
	Contact      types.String `tfsdk:"contact"`
	Channel      types.String `tfsdk:"channel"`
	OlderThan    types.String `tfsdk:"older_than"`
	Timeout      types.String `tfsdk:"timeout"`
}

func (m endExecutionsModel) named() botNamed { return botNamed{m.AssistantSID, m.UniqueName} }

// endingTimeout is how long ending executions may take where nothing is said.
const endingTimeout = 10 * time.Minute

func (a *endExecutionsAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Ends active executions of a Studio flow, each time that it is invoked: by `terraform apply -invoke=action.twiliobot_end_executions.…`, or by an `action_trigger` of a resource. Terraform 1.14 or later.\n\n" +
			"An execution is one conversation or call. Those under way stay on the revision that they began with, so people may be in an old one for up to 30 days after a new one was published: " +
			"ended, whoever writes again begins a new conversation, and a call that is under way stops. Nothing of the flow or of what leads to it changes, and the flow goes on answering: what begins while the action runs is left. Without a filter, all that are active are ended.\n\n" +
			"It says how many it has ended after each page of them, 8 at a time. Where Twilio's answer is lost, the execution is looked at. What cannot be ended stops the action, which says what it has ended by then; invoked again, it goes on with the rest.",
		Attributes: map[string]schema.Attribute{
			"assistant_sid": botSIDAttribute(),
			"unique_name":   botNameAttribute(),
			"contact": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only executions with this person: a phone number in E.164, or an address of another channel such as `whatsapp:+12025550142`.",
			},
			"channel": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only executions that began with a call (`voice`), or with anything else (`messaging`).",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.Channels())...)},
			},
			"older_than": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only executions that began longer ago than this, as a duration such as `24h`, by the clock of the machine that runs Terraform.",
				Validators: []validator.String{positiveDuration{}},
			},
			"timeout": timeoutAttribute("it", "10m"),
		},
	}
}

// noExecutions says of an engine why its bots have no executions.
func noExecutions(engine bot.Engine) string {
	if engine == bot.Studio {
		return ""
	}
	return "only Studio flows have executions"
}

func (a *endExecutionsAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

// ModifyPlan makes the checks again for what was unknown when the configuration was validated.
func (a *endExecutionsAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

func (a *endExecutionsAction) read(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) (m endExecutionsModel) {
	diags.Append(getModel(ctx, config, &m)...)
	checkAgain(ctx, config, diags)
	if diags.HasError() {
		return m
	}
	m.named().check(ctx, noExecutions, diags)
	checkForm(ctx, path.Root("contact"), m.Contact, messageRecipient(), diags)
	return m
}

// which are the executions that are meant.
func (m endExecutionsModel) which(diags *diag.Diagnostics) (which bot.Executions) {
	which.Channel = bot.Channel(m.Channel.ValueString())
	if !m.Contact.IsNull() {
		var err error
		if which.Contact, err = bot.ParseRecipient(m.Contact.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("contact"), "Invalid address", sentence(err))
		}
	}
	if d, err := time.ParseDuration(m.OlderThan.ValueString()); err == nil {
		which.Before = time.Now().Add(-d)
	}
	return which
}

// Invoke ends the executions.
func (a *endExecutionsAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	const unable = "Unable to end the executions"
	ctx, cancel := within(ctx, m.Timeout, endingTimeout)
	defer cancel()
	which := m.which(&resp.Diagnostics)
	found, ok := a.find(ctx, m.named(), noExecutions, unable, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	say := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}
	say("Ending executions of flow %s", found)
	ended, err := a.provider.account.EndExecutions(ctx, found.SID, which, func(ended bot.Activity) { say("Ended so far: %s", ended) })
	if err != nil {
		addError(&resp.Diagnostics, unable, fmt.Errorf("flow %s: %w", found, err),
			fmt.Sprintf("Ended were %s, and the rest goes on. Look at the cause, and invoke the action again: it ends those that are left.", ended))
		return
	}
	if ended == (bot.Activity{}) {
		say("Flow %s has no such executions", found)
		return
	}
	say("Ended %s of flow %s", ended, found)
}
