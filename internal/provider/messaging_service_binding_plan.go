package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ModifyPlan says at plan time what the binding will find: a service that is not there or
// leads elsewhere, a bot that cannot answer for it, another binding of the same service.
func (r *messagingServiceBindingResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDeletion(ctx, req, resp)
		return
	}
	var plan serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	var state *serviceBindingModel
	if !req.State.Raw.IsNull() {
		state = &serviceBindingModel{}
		resp.Diagnostics.Append(getModel(ctx, req.State, state)...)
	}
	prior, diags := loadPriorServiceBinding(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	r.provider.account.KnowHolds(prior.BotSID, prior.Holds...)
	p := serviceBindingPlan{provider: r.provider, plan: &plan, state: state, prior: prior, diags: &resp.Diagnostics}
	plan.AccountSID = types.StringValue(r.provider.account.SID)
	plan.WebhookURL = types.StringUnknown()
	way, routing, known := p.service(ctx)
	if resp.Diagnostics.HasError() {
		return
	}
	p.before(known)
	if known {
		p.known(ctx, routing, way)
	}
	p.provider.literalSID(plan.AssistantSID, "the binding of "+plan.ServiceSID.ValueString(), p.diags)
	p.released()
	if p.leaves(ctx) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("assistant_sid"))
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
	p.succession()
	if p.prior.BotSID != "" {
		resp.Diagnostics.Append(p.prior.save(ctx, resp.Private)...)
	}
}

// serviceBindingPlan is one binding of a Messaging Service being planned.
type serviceBindingPlan struct {
	provider *providerData
	plan     *serviceBindingModel
	state    *serviceBindingModel // nil for a new binding
	prior    priorServiceBinding  // of the binding, or of the one that it replaces
	// replaced reports whether Terraform plans the binding a second time, without its state,
	// since it replaces it.
	replaced bool
	diags    *diag.Diagnostics
}

var servicePath = path.Root("messaging_service_sid")

// service reads the service; false while the configuration does not say which it is.
func (p *serviceBindingPlan) service(ctx context.Context) (bot.Way, bot.Routing, bool) {
	acct := p.provider.account
	if p.plan.ServiceSID.IsUnknown() {
		return bot.Way{}, bot.Routing{}, false
	}
	found, err := acct.Service(ctx, p.plan.ServiceSID.ValueString())
	if errors.Is(err, bot.ErrNotFound) {
		addAttributeRefusal(p.diags, servicePath, "", binding.NoServiceProblem(acct.SID, p.plan.ServiceSID.ValueString()), p.gone())
		return bot.Way{}, bot.Routing{}, false
	}
	var routing bot.Routing
	if err == nil {
		routing, err = acct.RoutingOfWays(ctx, account.AnyTime)
	}
	if err != nil {
		addAttributeError(p.diags, servicePath, "Unable to read the Messaging Service", err)
		return bot.Way{}, bot.Routing{}, false
	}
	return found.Way(), routing, true
}

// gone reports whether the refresh removed a binding of this service from the state.
func (p *serviceBindingPlan) gone() bool {
	return p.state == nil && p.provider.ledger.isGone(exclusive{boundService, p.plan.ServiceSID.ValueString()})
}

// drifted reports whether the binding was applied before, to the bot that is wanted now:
// what stands against it is what another client changed since.
func (p *serviceBindingPlan) drifted() bool {
	applied := p.state != nil && p.prior.BotSID != "" && (p.plan.AssistantSID.IsUnknown() || p.plan.AssistantSID.ValueString() == p.prior.BotSID)
	return applied || p.gone()
}

// repointed reports whether the bot changes, or may.
func (p *serviceBindingPlan) repointed() bool {
	return p.state == nil || !p.plan.AssistantSID.Equal(p.state.AssistantSID)
}

// known plans a binding of a service that is known already.
func (p *serviceBindingPlan) known(ctx context.Context, routing bot.Routing, way bot.Way) {
	if p.duplicate(way) {
		return
	}
	wanted := binding.ServiceBinding{ServiceSID: way.SID, Task: p.prior.Task, Overwrite: p.plan.Overwrite.ValueBool()}
	if !p.plan.AssistantSID.IsUnknown() {
		wanted.Bot = bot.Bot{SID: p.plan.AssistantSID.ValueString()}
	}
	open := p.plan.AssistantSID.IsUnknown() // what the service will be pointed at is not known
	switch b, err := p.provider.account.Bot(ctx, wanted.Bot.SID); {
	case wanted.Bot.SID == "":
	case errors.Is(err, bot.ErrNotFound) && !p.repointed(): // said by the refresh
	case err != nil:
		p.provider.missing(path.Root("assistant_sid"), wanted.Bot.SID, err, p.drifted(), p.diags)
		return
	default:
		wanted.Bot, open = p.provider.planned(b)
	}
	view := binding.ServiceView{Way: way, Routing: routing}
	answers := !open && view.Answers(wanted)
	if !answers {
		p.check(ctx, view, wanted, open)
	}
	if !p.diags.HasError() {
		p.leavesService(way)
	}
	p.url(view, wanted, answers, open)
}

// planned is a bot hosted elsewhere with the webhooks that this plan gives it; open where
// they are not known yet.
func (d *providerData) planned(b bot.Bot) (planned bot.Bot, open bool) {
	after, ok := d.ledger.webhooksAfter(b.SID)
	if !ok || b.Engine() != bot.Application {
		return b, false
	}
	b.Content.Webhooks = &bot.ApplicationWebhooks{MessagingURL: after.MessagingURL.ValueString(), MessagingMethod: after.MessagingMethod.ValueString()}
	return b, after.MessagingURL.IsUnknown() || after.MessagingMethod.IsUnknown()
}

// check refuses what the apply would have to refuse, and says what it will take.
func (p *serviceBindingPlan) check(ctx context.Context, view binding.ServiceView, wanted binding.ServiceBinding, open bool) {
	acct, way := p.provider.account, view.Way
	if _, ok := way.PointerTo(acct.Webhooks, wanted.Bot, ""); !ok && !open {
		addAttributeRefusal(p.diags, path.Root("assistant_sid"), "", binding.NoServiceURLProblem(way, wanted.Bot), p.drifted())
		return
	}
	own := p.provider.leftOnService(way.SID, wanted.Bot.SID).had()
	if way.SID == p.prior.ServiceSID {
		own = p.prior.had()
	}
	taken, err := binding.ServiceConflict(ctx, acct, way, wanted, own)
	switch {
	case err != nil:
		addAttributeError(p.diags, servicePath, "Unable to look for who answers for the Messaging Service", err)
		return
	case acct.WroteWay(way):
		// What this process wrote itself, the apply checks under the service's lock.
	case taken == nil:
		if p.refusesHold(ctx, view, wanted, nil) {
			return
		}
	case !wanted.Overwrite && own.BotSID != "":
		addAttributeRefusal(p.diags, servicePath, "", binding.ServiceDriftProblem(ctx, acct, way, own.BotSID, *taken), true)
		return
	case !wanted.Overwrite:
		addAttributeRefusal(p.diags, servicePath, "", binding.ServiceTakenProblem(ctx, acct, way, *taken), p.gone())
		return
	case p.refusesHold(ctx, view, wanted, taken):
		return
	default:
		p.diags.AddAttributeWarning(path.Root("overwrite"), "A Messaging Service will be taken over",
			fmt.Sprintf("%s Because `overwrite` is set, it will lead to %s instead.", sentence(errors.New(binding.DescribeService(ctx, acct, way, *taken))), shownSID(p.plan.AssistantSID)))
	}
	if way.Idle && !acct.WroteWay(way) {
		p.overrides(ctx, way, wanted.Bot.SID, view.Routing.HoldOf(wanted.Bot.SID).SID != "")
	}
}

// refusesHold refuses a service that a suspended bot cannot have, and says that the bot is
// suspended where it can.
func (p *serviceBindingPlan) refusesHold(ctx context.Context, view binding.ServiceView, wanted binding.ServiceBinding, taken *bot.Route) bool {
	if view.Routing.HoldOf(wanted.Bot.SID).SID == "" {
		return false
	}
	refusal := binding.HoldRefusal(ctx, p.provider.account, view, wanted, taken)
	if refusal == nil {
		p.provider.warnSuspended(ctx, wanted.Bot.SID, p.diags)
		return false
	}
	at := path.Root("assistant_sid")
	if taken != nil {
		at = path.Root("overwrite")
	}
	addAttributeRefusal(p.diags, at, "", refusal.ServiceProblem(ctx, p.provider.account, view.Way, wanted, ""), p.drifted())
	return true
}

// overrides warns of the numbers that have answered by webhooks of their own, since their
// service deferred to them.
func (p *serviceBindingPlan) overrides(ctx context.Context, way bot.Way, botSID string, suspended bool) {
	answering, err := p.provider.answeringIn(ctx, way.SID, botSID)
	switch {
	case err != nil:
		p.diags.AddAttributeWarning(servicePath, "Unable to look for the numbers of the Messaging Service",
			fmt.Sprintf("The numbers in %s have answered messages by webhooks of their own until now, and stop doing so; which have any could not be found out. %s", way, sentence(err)))
	case answering != "":
		answers := "that bot answers the messages to all of them"
		if suspended {
			answers = "that bot, which is suspended, has the messages to all of them, which nobody answers until it is resumed"
		}
		p.diags.AddAttributeWarning(servicePath, "Numbers will stop answering messages by their own webhooks",
			fmt.Sprintf("Until now %s has deferred to its numbers. Once it leads to %s, %s, and these no longer answer by webhooks of their own: %s. Calls to them stay as they are.",
				way, shownSID(p.plan.AssistantSID), answers, answering))
	}
}

// answeringIn names the numbers in a Messaging Service whose own webhooks answer messages,
// by another than the bot, and what answers.
func (d *providerData) answeringIn(ctx context.Context, serviceSID, botSID string) (string, error) {
	members, err := d.account.MembersOf(ctx, serviceSID)
	if err != nil || len(members) == 0 {
		return "", err
	}
	numbers, err := d.account.Numbers(ctx, account.AnyTime)
	if err != nil {
		return "", err
	}
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n bot.Number) bool { return !slices.Contains(members, n.SID) })
	routing, err := d.account.Routing(ctx, numbers...)
	if err != nil {
		return "", err
	}
	answering := map[string][]bot.Number{} // by what answers
	for _, number := range numbers {
		if route := routing.Route(number, bot.Messaging); route.Kind != bot.ToNothing && (botSID == "" || route.BotSID != botSID) {
			by := d.account.Describe(ctx, route)
			answering[by] = append(answering[by], number)
		}
	}
	var each []string
	for _, by := range slices.Sorted(maps.Keys(answering)) {
		each = append(each, fmt.Sprintf("%s (%s)", phones(answering[by]), by))
	}
	return strings.Join(each, "; "), nil
}

// leavesService says that the service which a binding leaves defers to its numbers again.
func (p *serviceBindingPlan) leavesService(way bot.Way) {
	if p.state == nil || way.SID == p.state.ServiceSID.ValueString() {
		return
	}
	p.diags.AddAttributeWarning(servicePath, "The binding leaves the Messaging Service "+p.state.ServiceSID.ValueString(),
		fmt.Sprintf("Once %s leads to the bot, %s defers to the webhooks of its numbers again, unless another binding takes it in the same apply. "+
			"To keep both, add a binding for the new one in place of moving this one.", way, p.state.ServiceSID.ValueString()))
}

// url plans the webhook of a binding that keeps its service and its bot: as it is where that
// reaches the bot, else as the apply will write it.
func (p *serviceBindingPlan) url(view binding.ServiceView, wanted binding.ServiceBinding, answers, open bool) {
	if open || p.repointed() || !p.plan.ServiceSID.Equal(p.state.ServiceSID) {
		return
	}
	hosted := wanted.Bot.Engine() == bot.Application
	if hosted && (!answers || !p.plan.Overwrite.Equal(p.state.Overwrite)) {
		return // another URL may be written by the time that this is applied
	}
	if after, ok := view.After(wanted); ok {
		p.plan.WebhookURL = shownWebhook(view.Routing, after)
	}
}

func (p *serviceBindingPlan) before(known bool) {
	switch {
	case p.state != nil:
		p.prior = p.prior.of(*p.state)
	case p.prior.BotSID != "":
		p.replaced = true
		p.provider.ledger.notLeaving(p.prior.BotSID, p.prior.ServiceSID)
	case known:
		if read, ok := p.provider.ledger.unplannedService(p.plan.ServiceSID.ValueString()); ok {
			p.prior = read
		}
	}
}

// succession tells the deletion of the binding which binding comes in its place.
func (p *serviceBindingPlan) succession() {
	p.prior.Next = nil
	if p.state == nil && p.prior.BotSID != "" {
		p.prior.Next = &nextServiceBinding{ServiceSID: p.plan.ServiceSID.ValueString(), BotSID: p.plan.AssistantSID.ValueString(), Overwrite: p.plan.Overwrite.ValueBool()}
	}
}

// duplicate refuses a service that another binding of the configuration has.
func (p *serviceBindingPlan) duplicate(way bot.Way) bool {
	if p.replaced || !p.provider.ledger.planService(way.SID, p.plan.AssistantSID.ValueString()) {
		return false // the first plan of one that is replaced said so
	}
	p.diags.AddAttributeError(servicePath, "Another binding has this Messaging Service",
		fmt.Sprintf("In this configuration %s is bound twice. A service has one inbound URL: remove one of the two. "+
			"Nothing is changed. Where one of them is in the state without need, `terraform state rm` forgets it and leaves the service as it is.", way))
	return true
}

// released tells the plans of other bindings what this one gives up. Where another binding
// of the state has the service too, and is deleted, it may free it: so this binding is
// applied too.
func (p *serviceBindingPlan) released() {
	if p.state == nil {
		return
	}
	if !p.plan.ServiceSID.Equal(p.state.ServiceSID) {
		p.prior.Shared = p.provider.ledger.releaseService(p.prior) || p.prior.Shared
	} else if p.prior.Shared {
		p.plan.WebhookURL = types.StringUnknown()
	}
}

// leaves reports whether the binding must be replaced, since the plan deletes the bot that
// it had: Terraform deletes a bot before it updates a binding that is pointed at another,
// but a binding that it replaces it deletes first.
func (p *serviceBindingPlan) leaves(ctx context.Context) bool {
	if p.state == nil || p.diags.HasError() || p.prior.BotSID == "" || !p.state.AssistantSID.Equal(types.StringValue(p.prior.BotSID)) || !p.repointed() {
		return false
	}
	if p.provider.refuseTainted(ctx, p.prior.BotSID, p.plan.AssistantSID, p.diags); p.diags.HasError() {
		return false
	}
	if !p.provider.leavesRemoved(ctx, p.prior.BotSID, p.prior.ServiceSID, p.plan.AssistantSID) {
		return false
	}
	if p.plan.AssistantSID.IsUnknown() {
		p.diags.AddAttributeError(path.Root("assistant_sid"), "The bot is removed before its Messaging Service gets another",
			fmt.Sprintf("Bot %s answers for the Messaging Service %s and is removed in this plan, and the bot that it gets is created in the same apply. "+
				"Terraform removes the bot first, so the service would be without one, and nothing is changed. %s", p.prior.BotSID, p.prior.ServiceSID, waysToNewBot))
		return false
	}
	p.diags.AddAttributeWarning(path.Root("assistant_sid"), "The binding is replaced, and its Messaging Service goes on answering",
		fmt.Sprintf("Bot %s, which answers for the Messaging Service %s, is removed in the same apply, and Terraform removes it before it would update this binding. "+
			"So the plan replaces the binding: where its deletion comes first, as it does by default, that points the service at %s in one write. "+
			"A binding with `create_before_destroy` needs `overwrite = true` for it.",
			p.prior.BotSID, p.prior.ServiceSID, p.plan.AssistantSID.ValueString()))
	return true
}

// planDeletion tells the plans of other bindings what this one gives up.
func (r *messagingServiceBindingResource) planDeletion(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorServiceBinding(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	prior = prior.of(state)
	prior.Shared = r.provider.ledger.releaseService(prior) || prior.Shared
	prior.Next = nil
	resp.Diagnostics.Append(prior.save(ctx, resp.Private)...)
}
