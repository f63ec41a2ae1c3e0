package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// ModifyPlan says at plan time what the binding will find: a number that is not
// there or not capable, another that answers, another binding of the same
// number.
func (r *phoneNumberBindingResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDeletion(ctx, req, resp)
		return
	}
	var plan, config bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	var state *bindingModel
	if !req.State.Raw.IsNull() {
		state = &bindingModel{}
		resp.Diagnostics.Append(getModel(ctx, req.State, state)...)
	}
	prior, diags := loadPriorBinding(ctx, req.Private, state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	p := bindingPlan{provider: r.provider, plan: &plan, config: config, state: state, prior: prior, diags: &resp.Diagnostics}
	number, known := p.number(ctx)
	if resp.Diagnostics.HasError() {
		return
	}
	p.before(number, known)
	p.task(ctx)
	if known {
		p.check(ctx, number)
		p.losesCallback(ctx, number)
		p.leavesNumber(number)
	}
	p.provider.literalSID(plan.AssistantSID, "the binding of "+cmp.Or(e164(plan.PhoneNumber), plan.PhoneNumberSID.ValueString()), p.diags)
	p.label()
	p.urls(ctx, number, known)
	p.released()
	p.sharedLabel(known)
	if p.leaves(ctx) {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("assistant_sid"))
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
	p.succession()
	if p.prior.BotSID != "" {
		resp.Diagnostics.Append(p.prior.save(ctx, resp.Private)...)
	}
}

// bindingPlan is one binding being planned.
type bindingPlan struct {
	provider *providerData
	plan     *bindingModel
	config   bindingModel
	state    *bindingModel // nil for a new binding
	prior    priorBinding  // of the binding, or of the one that it replaces
	// replaced reports whether Terraform plans the binding a second time, without its state,
	// since it replaces it.
	replaced bool
	diags    *diag.Diagnostics
}

// number finds the number and fills in both ways to name it; false while the
// configuration does not say which it is.
func (p *bindingPlan) number(ctx context.Context) (bot.Number, bool) {
	p.plan.AccountSID = types.StringValue(p.provider.account.SID)
	var number bot.Number
	var err error
	switch {
	case p.config.PhoneNumber.IsUnknown() || p.config.PhoneNumberSID.IsUnknown():
		p.plan.PhoneNumber = phoneNumber{types.StringUnknown()}
		if !p.config.PhoneNumber.IsNull() && !p.config.PhoneNumber.IsUnknown() {
			p.plan.PhoneNumber = p.config.PhoneNumber
		}
		return bot.Number{}, false
	case p.state != nil && p.sameNumber():
		number, err = p.provider.account.Number(ctx, p.state.PhoneNumberSID.ValueString(), p.state.lastRead())
	case !p.config.PhoneNumberSID.IsNull():
		number, err = p.provider.account.Number(ctx, p.config.PhoneNumberSID.ValueString(), account.LastRead{})
	default:
		number, err = p.provider.account.FindNumber(ctx, e164(p.config.PhoneNumber))
	}
	if errors.Is(err, bot.ErrNotFound) {
		addAttributeRefusal(p.diags, p.config.numberPath(), "", p.provider.notOwned(p.config), p.gone())
		return bot.Number{}, false
	}
	if err != nil {
		addAttributeError(p.diags, p.config.numberPath(), "Unable to read the phone number", err)
		return bot.Number{}, false
	}
	if problem := p.config.otherNumber(number); problem != nil {
		addAttributeError(p.diags, path.Root("phone_number"), "", problem)
		return bot.Number{}, false
	}
	p.plan.PhoneNumberSID = types.StringValue(number.SID)
	switch {
	case p.state != nil && e164(p.state.PhoneNumber) == number.PhoneNumber && e164(p.config.PhoneNumber) != "":
		// Written in another form, it is the same number: nothing changes.
		p.plan.PhoneNumber = p.state.PhoneNumber
	case p.state != nil && p.config.PhoneNumber.IsNull() && e164(p.state.PhoneNumber) == number.PhoneNumber:
		p.plan.PhoneNumber = p.state.PhoneNumber
	case p.config.PhoneNumber.IsNull():
		p.plan.PhoneNumber = newMeaning[phoneNotation](number.PhoneNumber)
	}
	return number, true
}

// sameNumber reports whether the configuration names the number of the state.
func (p *bindingPlan) sameNumber() bool {
	if !p.config.PhoneNumberSID.IsNull() {
		return p.config.PhoneNumberSID.Equal(p.state.PhoneNumberSID)
	}
	return e164(p.config.PhoneNumber) == e164(p.state.PhoneNumber)
}

// gone reports whether the refresh removed a binding of this number from the state.
func (p *bindingPlan) gone() bool {
	ledger := p.provider.ledger
	return p.state == nil && (ledger.isGone(exclusive{boundNumber, p.config.PhoneNumberSID.ValueString()}) ||
		ledger.isGone(exclusive{boundNumber, e164(p.config.PhoneNumber)}))
}

// drifted reports whether the binding was applied before, to the bot that is wanted now:
// what stands against it is what another client changed since.
func (p *bindingPlan) drifted() bool {
	applied := p.state != nil && p.prior.BotSID != "" && (p.plan.AssistantSID.IsUnknown() || p.plan.AssistantSID.ValueString() == p.prior.BotSID)
	return applied || p.gone()
}

// fresh reports whether the binding is new to the number or to the bot. What such a
// binding takes from Twilio is known after apply: Terraform plans again when it applies,
// without what it planned before, and any value that another client changed in between
// would differ from the one that was planned.
func (p *bindingPlan) fresh() bool {
	return p.repointed() || !p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID)
}

// repointed reports whether the bot changes, or may.
func (p *bindingPlan) repointed() bool {
	return p.state == nil || !p.plan.AssistantSID.Equal(p.state.AssistantSID)
}

// task plans the target task: decided when a bot is bound, then kept.
func (p *bindingPlan) task(ctx context.Context) {
	if !p.config.TargetTask.IsNull() {
		p.taskless()
		return
	}
	engine, known := bot.EngineOf(p.plan.AssistantSID.ValueString())
	switch {
	case p.plan.AssistantSID.IsUnknown() && p.neverOnAutopilot(ctx):
		p.plan.TargetTask = types.StringNull()
	case p.plan.AssistantSID.IsUnknown() || !known:
		p.plan.TargetTask = types.StringUnknown()
	case engine != bot.Autopilot:
		p.plan.TargetTask = types.StringNull()
	case p.state != nil && p.prior.BotSID == p.plan.AssistantSID.ValueString() && !p.repointed():
		p.plan.TargetTask = p.state.TargetTask
	default:
		p.plan.TargetTask = types.StringUnknown()
	}
}

// neverOnAutopilot reports whether a bot whose SID is known after apply cannot be one on
// Autopilot. Terraform plans a bot before what references it, so where the plan replaces the
// binding's bot, the new one is another only if the account has others or gets others.
func (p *bindingPlan) neverOnAutopilot(ctx context.Context) bool {
	acct, ledger := p.provider.account, p.provider.ledger
	if !acct.Reachable(bot.Autopilot) {
		return true
	}
	if p.state == nil || ledger.mayBeCreated(bot.Autopilot) ||
		(!ledger.engineIsPlanned(p.prior.BotSID) && !ledger.engineIsPlanned(p.state.AssistantSID.ValueString())) {
		return false
	}
	listed, err := acct.BotsOf(ctx, bot.Autopilot, account.AnyTime)
	return err == nil && !slices.ContainsFunc(listed.Bots, func(b bot.Bot) bool { return !ledger.engineIsPlanned(b.SID) })
}

// taskless refuses a target task for a bot that this very plan moves to an engine
// without tasks.
func (p *bindingPlan) taskless() {
	if p.state == nil || !p.plan.AssistantSID.IsUnknown() {
		return
	}
	had := p.state.AssistantSID.ValueString()
	if after := p.provider.ledger.engineAfter(had); had != "" && after != bot.Autopilot {
		p.diags.AddAttributeError(path.Root("target_task"), "Only Autopilot has target tasks",
			fmt.Sprintf("This plan moves bot %s to the engine `%s`, where a conversation has one beginning. Remove `target_task`.", had, after))
	}
}

func (p *bindingPlan) missingBot(err error) {
	p.provider.missing(path.Root("assistant_sid"), p.plan.AssistantSID.ValueString(), err, p.drifted(), p.diags)
}

// check refuses what the apply would have to refuse.
func (p *bindingPlan) check(ctx context.Context, number bot.Number) {
	acct := p.provider.account
	at := p.config.numberPath()
	if p.plan.Channels.IsUnknown() || p.duplicate(number) {
		return
	}
	wanted := binding.Binding{
		NumberSID: number.SID, BotSID: p.plan.AssistantSID.ValueString(), TargetTask: p.plan.TargetTask.ValueString(),
		Channels: p.plan.channels(), Overwrite: p.plan.Overwrite.ValueBool(),
	}
	if incapable := wanted.Incapable(number); len(incapable) > 0 {
		addAttributeRefusal(p.diags, path.Root("channels"), "", binding.IncapableProblem(number, incapable), p.drifted() && p.plan.Channels.Equal(channelSet(p.prior.Channels)))
		return
	}
	if wanted.BotSID != "" && p.repointed() {
		if _, err := acct.Bot(ctx, wanted.BotSID); err != nil {
			p.missingBot(err)
			return
		}
	}
	if !p.answered(ctx, number, wanted) {
		return
	}
	p.overridden(ctx, number, wanted)
	p.processedElsewhere(ctx, number, wanted)
	own := p.provider.leftOn(number.SID, wanted.Channels, wanted.BotSID)
	if number.SID == p.prior.NumberSID {
		own = p.prior.BotSID
	}
	conflicts, err := binding.Conflicts(ctx, acct, number, wanted, own)
	switch {
	case err != nil:
		addAttributeError(p.diags, at, "Unable to look for who answers on the phone number", err)
	case len(conflicts) == 0 || acct.Wrote(number.SID):
		// What this process wrote itself, the apply checks under the number's lock.
	case !wanted.Overwrite:
		p.refuseConflicts(ctx, number, wanted, own, conflicts)
	case p.silences(ctx, number, wanted, conflicts):
	default:
		p.diags.AddAttributeWarning(path.Root("overwrite"), "A phone number will be taken over",
			fmt.Sprintf("%s answers %s. Because `overwrite` is set, it will answer for %s instead.",
				number, binding.Describe(ctx, acct, conflicts), shownSID(p.plan.AssistantSID)))
	}
}

// refuseConflicts distinguishes what was re-pointed since the last apply from what this
// binding never had.
func (p *bindingPlan) refuseConflicts(ctx context.Context, number bot.Number, wanted binding.Binding, own string, conflicts []binding.Conflict) {
	var drifted, others []binding.Conflict
	for _, conflict := range conflicts {
		if own != "" && slices.Contains(p.prior.Channels, conflict.Channel) {
			drifted = append(drifted, conflict)
		} else {
			others = append(others, conflict)
		}
	}
	at, acct := p.config.numberPath(), p.provider.account
	if len(drifted) > 0 {
		addAttributeRefusal(p.diags, at, "", binding.DriftProblem(ctx, acct, number, wanted, own, drifted), true)
	}
	if len(others) > 0 {
		addAttributeRefusal(p.diags, at, "", binding.TakenProblem(ctx, acct, number, others), p.gone())
	}
}

// leavesNumber says that the number which a binding leaves stops answering.
func (p *bindingPlan) leavesNumber(number bot.Number) {
	if p.state == nil || p.diags.HasError() || number.SID == p.state.PhoneNumberSID.ValueString() {
		return
	}
	p.diags.AddAttributeWarning(p.config.numberPath(), fmt.Sprintf("The binding leaves %s", p.state.PhoneNumber.ValueString()),
		fmt.Sprintf("Once %[1]s answers, %[2]s is freed on the channels that the binding has there: texts to %[2]s get no answer, and calls end, unless another binding takes it in the same apply. "+
			"To keep both, add a binding for %[1]s in place of moving this one.", number.PhoneNumber, p.state.PhoneNumber.ValueString()))
}

// losesCallback names the status callback of the number that Twilio replaces once the number
// is pointed at a flow.
func (p *bindingPlan) losesCallback(ctx context.Context, number bot.Number) {
	if p.diags.HasError() || p.plan.Channels.IsUnknown() || number.OwnCallback() == "" {
		return
	}
	ledger, unknown := p.provider.ledger, p.plan.AssistantSID.IsUnknown()
	if unknown {
		if ledger.engineIsPlanned(p.prior.BotSID) || !ledger.mayGet(bot.Studio) {
			return // the plan of the replacement says it of every number
		}
	} else {
		routing, err := p.provider.account.Routing(ctx, number)
		if err != nil {
			return // said by what the plan looked for before
		}
		view := binding.View{Number: number, Routing: routing}
		if !view.LosesCallback(binding.Binding{
			NumberSID: number.SID, BotSID: p.plan.AssistantSID.ValueString(), TargetTask: p.plan.TargetTask.ValueString(), Channels: p.plan.channels(),
		}) {
			return
		}
	}
	notice := number.CallbackNotice(unknown)
	p.diags.AddAttributeWarning(p.config.numberPath(), notice.Summary, notice.Detail)
}

// silences refuses to take a live number over for a suspended bot.
func (p *bindingPlan) silences(ctx context.Context, number bot.Number, wanted binding.Binding, conflicts []binding.Conflict) bool {
	if wanted.BotSID == "" {
		return false
	}
	_, err := suspension.Read(ctx, p.provider.account, wanted.BotSID, account.AnyTime)
	if err == nil {
		addAttributeError(p.diags, path.Root("overwrite"), "", binding.SilencedProblem(ctx, p.provider.account, number, wanted.BotSID, conflicts))
	} else if !errors.Is(err, bot.ErrNotFound) {
		addAttributeError(p.diags, path.Root("overwrite"), "Unable to look whether the bot is suspended", err)
	}
	return err == nil || !errors.Is(err, bot.ErrNotFound)
}

// overridden warns, in every plan, of a Messaging Service that answers in place of the
// number and does not lead to the bot.
func (p *bindingPlan) overridden(ctx context.Context, number bot.Number, wanted binding.Binding) {
	if !slices.Contains(wanted.Channels, bot.Messaging) {
		return
	}
	services, err := p.provider.account.Overriding(ctx, account.AnyTime)
	if err != nil {
		if p.provider.ledger.firstTime("services unread") {
			p.diags.AddAttributeWarning(path.Root("channels"), "Unable to look for Messaging Services",
				"A Messaging Service that holds the number may answer messages in its place; whether one does could not be found out. "+sentence(err))
		}
		return
	}
	service, ok := services[number.SID]
	if !ok {
		return
	}
	botSID := wanted.BotSID
	if botSID == "" && p.state != nil && p.provider.ledger.engineIsPlanned(p.prior.BotSID) {
		botSID = p.prior.BotSID // the bot itself is replaced, and the service follows it as the number does
	}
	if routing, err := p.provider.account.RoutingOfWays(ctx, account.AnyTime); err == nil && routing.LeadsTo(service.Way(), botSID) {
		return // the bot answers by the service
	}
	notice := service.OverrideNotice(number)
	p.diags.AddAttributeWarning(path.Root("channels"), notice.Summary, notice.Detail+
		fmt.Sprintf(" The bot answers what comes to the service once a `twiliobot_messaging_service_binding` with `messaging_service_sid = %q` binds it.", service.SID))
}

// processedElsewhere warns of channels that another Region processes, when they are bound
// for the first time: it is one request for each, and another bot changes nothing of it. An
// apply, for which Terraform plans again, does not say it again.
func (p *bindingPlan) processedElsewhere(ctx context.Context, number bot.Number, wanted binding.Binding) {
	if p.provider.account.Applying() || p.state != nil && p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID) && p.plan.Channels.Equal(p.state.Channels) {
		return
	}
	acct := p.provider.account
	for _, channel := range wanted.Channels {
		region, err := acct.ProcessedElsewhere(ctx, number, channel)
		switch {
		case err != nil:
			p.provider.warnRegionsUnread(err, p.diags)
		case region != "":
			notice := bot.RegionNotice(number, channel, region, acct.Region)
			p.diags.AddAttributeWarning(p.config.numberPath(), notice.Summary, notice.Detail)
		}
	}
}

// label plans the friendly name: kept while the bot stays, the bot's name for a new
// binding.
func (p *bindingPlan) label() {
	switch {
	case !p.config.FriendlyName.IsNull():
	case p.fresh():
		p.plan.FriendlyName = types.StringUnknown()
	default:
		p.plan.FriendlyName = p.provider.ledger.labelAfter(p.state.AssistantSID.ValueString(), p.state.FriendlyName)
	}
}

// urls plans the webhooks of a binding that keeps its number and its bot: as they are
// where they reach the bot, else as the apply will write them.
func (p *bindingPlan) urls(ctx context.Context, number bot.Number, known bool) {
	p.plan.WebhookURLs = types.MapUnknown(types.StringType)
	if !known || p.fresh() || p.plan.TargetTask.IsUnknown() || p.plan.Channels.IsUnknown() {
		return
	}
	routing, err := p.provider.account.Routing(ctx, number)
	if err != nil {
		return // they are known after apply
	}
	wanted := binding.Binding{
		NumberSID: number.SID, BotSID: p.plan.AssistantSID.ValueString(),
		TargetTask: p.plan.TargetTask.ValueString(), Channels: p.plan.channels(),
	}
	after := binding.View{Number: number, Routing: routing}.After(wanted)
	if after != number || clearedFor(routing, number) != "" {
		// A URL is written, or was cleared: the bot is asked for it.
		if routing.Webhooks, err = p.provider.account.WebhooksOf(ctx, wanted.BotSID); err != nil {
			return
		}
		after = binding.View{Number: number, Routing: routing}.After(wanted)
	}
	p.plan.WebhookURLs = webhookURLs(routing, after, p.plan.channels(), p.plan.TargetTask.ValueString())
}
