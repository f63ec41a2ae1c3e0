package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ action.ActionWithConfigure      = &redeployAction{}
	_ action.ActionWithValidateConfig = &redeployAction{}
	_ action.ActionWithModifyPlan     = &redeployAction{}
)

type redeployAction struct{ botAction }

func newRedeployAction() action.Action { return &redeployAction{} }

func (a *redeployAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_redeploy"
}

// redeployModel is in the order of the schema.
type redeployModel struct {
	AssistantSID types.String `tfsdk:"assistant_sid"`
	UniqueName   types.String `tfsdk:"unique_name"`
	Timeout      types.String `tfsdk:"timeout"`
}

func (m redeployModel) named() botNamed { return botNamed{m.AssistantSID, m.UniqueName} }

func (a *redeployAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deploys a bot again as it is at Twilio, each time that it is invoked: by `terraform apply -invoke=action.twiliobot_redeploy.…`, or by an `action_trigger` of a resource. Terraform 1.14 or later.\n\n" +
			"An Autopilot assistant gets another model build, which is waited for; one that runs already is waited for first. The definition of a Studio flow's published revision is published again, as a new revision, which is read back. " +
			"The content, the names and whatever leads to the bot stay as they are, so the next plan is empty: what a configuration changes is deployed by `terraform apply` itself. Conversations under way go on where they are.\n\n" +
			"Where Twilio's answer is lost, the provider looks for the build or the revision, and makes another one only where there is none. " +
			"A flow with a draft that is newer than what is published is refused, since that would bury the draft; so is a bot that an apply left unfinished, which the next apply finishes. " +
			"A bot on the engine `application` is hosted elsewhere, and has nothing to deploy.",
		Attributes: map[string]schema.Attribute{
			"assistant_sid": botSIDAttribute(),
			"unique_name":   botNameAttribute(),
			"timeout":       timeoutAttribute("it", "65m"),
		},
	}
}

// notDeployed says of an engine why its bots cannot be deployed again.
func notDeployed(engine bot.Engine) string {
	if engine == bot.Application {
		return "a TwiML application is neither built nor published, since the bot is hosted elsewhere"
	}
	return ""
}

func (a *redeployAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

// ModifyPlan makes the checks again for what was unknown when the configuration was validated.
func (a *redeployAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

func (a *redeployAction) read(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) (m redeployModel) {
	diags.Append(getModel(ctx, config, &m)...)
	checkAgain(ctx, config, diags)
	if !diags.HasError() {
		m.named().check(ctx, notDeployed, diags)
	}
	return m
}

// Invoke builds or publishes the bot again.
func (a *redeployAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	const unable = "Unable to deploy the bot again"
	ctx, cancel := within(ctx, m.Timeout, uploadTimeout)
	defer cancel()
	found, ok := a.find(ctx, m.named(), notDeployed, unable, &resp.Diagnostics)
	if !ok {
		return
	}
	doing := "Publishing flow"
	if found.Engine() == bot.Autopilot {
		doing = "Building the model of assistant"
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("%s %s again", doing, found)})
	deployed, err := a.provider.account.Redeploy(ctx, found.SID)
	if err != nil {
		var next []string
		if !errors.Is(err, bot.ErrChanged) { // which says itself what is true now
			next = []string{"What was deployed last stays deployed; the bot's content and what leads to it are as they were. Look at the cause, and invoke the action again."}
		}
		addError(&resp.Diagnostics, unable, fmt.Errorf("bot %s: %w", found, err), next...)
		return
	}
	done := fmt.Sprintf("Flow %s is published, as revision %d", deployed, deployed.Revision)
	if found.Engine() == bot.Autopilot {
		done = fmt.Sprintf("Assistant %s has the model that was built at %s", deployed, dateOf(deployed.BuiltAt).ValueString())
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: done})
}
