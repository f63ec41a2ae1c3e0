package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// What the plan of a binding takes from, and tells, the plans of the others.

// before completes what is known of the binding that this one was or replaces. Terraform
// plans a binding that it replaces once with its state and then without, with the private
// data of the first plan; a tainted one it plans only without, and with none.
func (p *bindingPlan) before(number bot.Number, known bool) {
	switch {
	case p.state != nil:
		p.prior = p.prior.of(*p.state)
	case p.prior.BotSID != "":
		p.replaced = true
		p.provider.ledger.notLeaving(p.prior.BotSID, p.prior.NumberSID)
	case known:
		if read, ok := p.provider.ledger.unplannedBinding(number.SID, p.plan.channels()); ok {
			p.prior = read
		}
	}
}

// succession tells the deletion of the binding which binding comes in its place.
func (p *bindingPlan) succession() {
	p.prior.Next = nil
	if p.state == nil && p.prior.BotSID != "" && !p.plan.Channels.IsUnknown() {
		p.prior.Next = nextOf(*p.plan)
	}
}

// duplicate refuses channels that another binding of the configuration has, and a label
// other than the one that it gives the number.
func (p *bindingPlan) duplicate(number bot.Number) bool {
	if p.replaced {
		return false // the first plan of it said so
	}
	at, ledger := p.config.numberPath(), p.provider.ledger
	if taken := ledger.planBinding(number.SID, p.plan.channels(), p.plan.AssistantSID.ValueString()); len(taken) > 0 {
		p.diags.AddAttributeError(at, "Another binding has this phone number",
			fmt.Sprintf("%s of %s is bound twice in this configuration. Each channel of a number has one binding: remove one of the two, or take the channel out of its `channels`. "+
				"Nothing is changed. Where one of them is in the state without need, `terraform state rm` forgets it and leaves the number as it is.",
				strings.Join(words(taken), " and "), number))
		return true
	}
	if p.config.FriendlyName.IsNull() || p.config.FriendlyName.IsUnknown() {
		return false
	}
	if other, ok := ledger.planLabel(number.SID, p.config.FriendlyName.ValueString()); ok {
		p.diags.AddAttributeError(path.Root("friendly_name"), "Two bindings label the phone number",
			fmt.Sprintf("%s would be labelled %q here and %q by the binding of its other channel. A number has one label: give `friendly_name` in one of the two.",
				number, p.config.FriendlyName.ValueString(), other))
		return true
	}
	return false
}

// released tells the plans of other bindings what this one gives up, and keeps what one of
// them has. Where another binding of the state has what this one has, and is deleted, it may
// free the number: so this binding is applied too.
func (p *bindingPlan) released() {
	if p.state == nil || p.plan.Channels.IsUnknown() {
		return
	}
	ledger, gives := p.provider.ledger, p.prior.Channels
	if p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID) {
		gives = without(p.prior.Channels, p.plan.channels())
		if !p.fresh() && len(p.prior.Shared) > 0 {
			p.plan.WebhookURLs = types.MapUnknown(types.StringType)
		}
	}
	p.prior.Shared = append(p.prior.Shared, ledger.releaseBinding(p.prior, gives)...)
}

// sharedLabel leaves the label open that a binding keeps which changes, where another bot
// answers on the number: a label that is that bot's may change in the same apply.
func (p *bindingPlan) sharedLabel(known bool) {
	if known && !p.fresh() && p.config.FriendlyName.IsNull() && p.changes() && p.prior.Others {
		p.plan.FriendlyName = types.StringUnknown()
	}
}

// changes reports whether the plan changes anything but the label.
func (p *bindingPlan) changes() bool {
	return !p.plan.Channels.Equal(p.state.Channels) || !p.plan.TargetTask.Equal(p.state.TargetTask) ||
		!p.plan.WebhookURLs.Equal(p.state.WebhookURLs) || !p.plan.Overwrite.Equal(p.state.Overwrite)
}

// leaves reports whether the binding must be replaced, since the plan deletes the bot that
// it had: Terraform deletes a bot before it updates a binding that is pointed at another,
// but a binding that it replaces it deletes first.
func (p *bindingPlan) leaves(ctx context.Context) bool {
	if p.state == nil || p.diags.HasError() || p.prior.BotSID == "" || !p.state.AssistantSID.Equal(types.StringValue(p.prior.BotSID)) || !p.repointed() {
		return false
	}
	if p.provider.refuseTainted(ctx, p.prior.BotSID, p.plan.AssistantSID, p.diags); p.diags.HasError() {
		return false
	}
	if !p.provider.leavesRemoved(ctx, p.prior.BotSID, p.prior.NumberSID, p.plan.AssistantSID) {
		return false
	}
	if p.plan.AssistantSID.IsUnknown() {
		p.diags.AddAttributeError(path.Root("assistant_sid"), removedBotSummary,
			fmt.Sprintf("Bot %s answers on %s and is removed in this plan, and the bot that it gets is created in the same apply. "+
				"Terraform removes the bot first, so the number would be without one, and nothing is changed. %s",
				p.prior.BotSID, p.state.PhoneNumber.ValueString(), waysToNewBot))
		return false
	}
	p.diags.AddAttributeWarning(path.Root("assistant_sid"), "The binding is replaced, and its phone number goes on answering",
		fmt.Sprintf("Bot %s, which answers on %s, is removed in the same apply, and Terraform removes it before it would update this binding. "+
			"So the plan replaces the binding: where its deletion comes first, as it does by default, that points the number at %s in one write. "+
			"A binding with `create_before_destroy` needs `overwrite = true` for it.",
			p.prior.BotSID, p.state.PhoneNumber.ValueString(), p.plan.AssistantSID.ValueString()))
	return true
}

// leavesRemoved records that the plan points what a binding has, of that SID, from one bot
// to another in place, and reports whether it is known to delete the first.
func (d *providerData) leavesRemoved(ctx context.Context, botSID, bound string, to types.String) bool {
	d.ledger.awaitBot(ctx, botSID)
	if to.IsUnknown() && d.ledger.engineIsPlanned(botSID) {
		return false // the bot itself is replaced, and what routes to it follows
	}
	return d.ledger.planLeaving(botSID, bound)
}

const removedBotSummary = "The bot is removed before its phone number gets another"

// twoWays are the ways to point a number at another bot and to remove the first.
const twoWays = "Two ways work: apply the binding first, with `-target` and its address, and then the rest; " +
	"or, while the bot is still in the configuration, set `create_before_destroy = true` in its `lifecycle` block, apply that, and then remove the bot and point its numbers at the other in one apply."

// waysToNewBot are the ways to do it where the other bot is created in the same plan.
// create_before_destroy is none of them: no plan knows the new SID. Nor is -target where the
// two bots are instances of one resource, since Terraform then plans the removal too.
const waysToNewBot = "If it is one bot whose address or `for_each` key changes, keep it with a `moved` block: its numbers stay with it, also where it is renamed. " +
	"If they are two bots, take two applies: first create the new one and point its numbers at it, with the old one still in the configuration, then remove that. " +
	"Where the two are not instances of one resource, `-target` with the binding's address does the first of these."

// planDeletion tells the plans of other bindings what this one gives up.
func (r *phoneNumberBindingResource) planDeletion(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorBinding(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	prior = prior.of(state)
	prior.Shared = append(prior.Shared, r.provider.ledger.releaseBinding(prior, prior.Channels)...)
	prior.Next = nil
	resp.Diagnostics.Append(prior.save(ctx, resp.Private)...)
}

// leftOn is the bot that a new binding may find on its number: the one that a binding which
// was deleted to be created anew left there, or the one that Terraform replaces by the bot
// of this binding, with create_before_destroy on both.
func (d *providerData) leftOn(numberSID string, channels []bot.Channel, botSID string) string {
	if left := d.ledger.numberHandedOver(numberSID, channels); left != "" {
		return left
	}
	return d.ledger.createdBeside(botSID)
}
