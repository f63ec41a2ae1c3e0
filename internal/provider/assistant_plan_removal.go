package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

// planRemoval plans to remove a bot.
func (r *assistantResource) planRemoval(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state assistantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	r.claimRemoval(state, &resp.Diagnostics)
	r.willGo(ctx, state, &resp.Diagnostics)
	as := plannedAs{Object: state.SID.ValueString(), Destroys: true}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
}

// willGo says on which numbers a bot that is removed answers. Which of them the
// same plan frees it does not say: Terraform plans the bindings before or after it.
func (r *assistantResource) willGo(ctx context.Context, state assistantModel, diags *diag.Diagnostics) {
	sid := state.SID.ValueString()
	r.provider.ledger.planRemoval(sid)
	if leaving := r.provider.ledger.leavingNumbers(sid); len(leaving) > 0 && !state.ForceDestroy.ValueBool() {
		diags.AddError(removedBotSummary, fmt.Sprintf("Bot %q (%s) is removed in this plan, and the bindings of %s are pointed at another bot. "+
			"Terraform removes the bot first, so they would be without one, and nothing is changed. %s",
			state.UniqueName.ValueString(), sid, strings.Join(leaving, ", "), twoWays))
		return
	}
	numbers, err := r.provider.account.NumbersOf(ctx, sid, account.AnyTime)
	if err != nil {
		addAttributeError(diags, path.Root("sid"), "Unable to look for the bot's phone numbers", err)
		return
	}
	if len(numbers) == 0 {
		return
	}
	what := "Those whose bindings this plan removes, or points at another bot, are taken care of; any other keeps the bot from being deleted, unless `force_destroy` is set."
	if state.ForceDestroy.ValueBool() {
		what = "Since `force_destroy` is set, those that get no other bot in the same apply are freed and answer nothing from then on, bound here or not."
	}
	diags.AddWarning(fmt.Sprintf("Bot %q (%s) will be removed", state.UniqueName.ValueString(), sid), fmt.Sprintf("These phone numbers route to it now: %s. %s", phones(numbers), what))
}
