package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ModifyPlan says at plan time what the binding will find: a number that is not
// there or not capable, somebody else who answers, another binding of the same
// number.
func (r *phoneNumberBindingResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, config bindingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var state *bindingModel
	if !req.State.Raw.IsNull() {
		state = &bindingModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	had, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.account.ready() {
		return
	}
	p := bindingPlan{r.account, &plan, config, state, had, &resp.Diagnostics}
	number, known := p.number(ctx)
	if resp.Diagnostics.HasError() {
		return
	}
	p.task(ctx)
	if known {
		p.check(ctx, number)
	}
	p.label(ctx)
	p.urls(ctx, number, known)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// bindingPlan is one binding being planned.
type bindingPlan struct {
	account *account
	plan    *bindingModel
	config  bindingModel
	state   *bindingModel // nil for a new binding
	had     memory
	diags   *diag.Diagnostics
}

// number finds the number and fills in both ways to name it; false while the
// configuration does not tell which it is.
func (p *bindingPlan) number(ctx context.Context) (bot.Number, bool) {
	p.plan.AccountSID = types.StringValue(p.account.directory.AccountSID)
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
		number, err = p.account.directory.Number(ctx, p.state.PhoneNumberSID.ValueString())
	case !p.config.PhoneNumberSID.IsNull():
		number, err = p.account.directory.Number(ctx, p.config.PhoneNumberSID.ValueString())
	default:
		number, err = p.account.directory.FindNumber(ctx, e164(p.config.PhoneNumber))
	}
	if errors.Is(err, bot.ErrNotFound) {
		named := p.config.PhoneNumberSID.ValueString()
		if named == "" {
			named = p.config.PhoneNumber.ValueString()
		}
		p.diags.AddAttributeError(p.config.numberPath(), "The account does not own this phone number",
			fmt.Sprintf("Account %s has no phone number %s. Buy it or move it to this account first; this provider binds numbers, it does not buy or release them.",
				p.account.directory.AccountSID, named))
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

// sameNumber tells whether the configuration names the number of the state.
func (p *bindingPlan) sameNumber() bool {
	if !p.config.PhoneNumberSID.IsNull() {
		return p.config.PhoneNumberSID.Equal(p.state.PhoneNumberSID)
	}
	return e164(p.config.PhoneNumber) == e164(p.state.PhoneNumber)
}

// repointed tells whether the bot changes, or may.
func (p *bindingPlan) repointed() bool {
	return p.state == nil || !p.plan.AssistantSID.Equal(p.state.AssistantSID)
}

// task settles the target task: decided when a bot is bound, then kept.
func (p *bindingPlan) task(ctx context.Context) {
	if !p.config.TargetTask.IsNull() {
		p.taskless()
		return
	}
	engine, known := bot.EngineOf(p.plan.AssistantSID.ValueString())
	switch {
	case p.plan.AssistantSID.IsUnknown() || !known:
		p.plan.TargetTask = types.StringUnknown()
	case engine != bot.Autopilot:
		p.plan.TargetTask = types.StringNull()
	case p.state != nil && p.had.BotSID == p.plan.AssistantSID.ValueString() && !p.repointed():
		p.plan.TargetTask = p.state.TargetTask
	default:
		task, err := (&phoneNumberBindingResource{p.account}).entryTask(ctx, p.plan.AssistantSID.ValueString())
		if err != nil {
			p.missingBot(err)
			return
		}
		p.plan.TargetTask = task
	}
}

// taskless refuses a target task for a bot that this very plan moves to an engine
// without tasks.
func (p *bindingPlan) taskless() {
	if p.state == nil || !p.plan.AssistantSID.IsUnknown() {
		return
	}
	had := p.state.AssistantSID.ValueString()
	if after := p.account.engineAfter(had); had != "" && after != bot.Autopilot {
		p.diags.AddAttributeError(path.Root("target_task"), "Only Autopilot has target tasks",
			fmt.Sprintf("Bot %s is to run on the engine `%s`, where a conversation has one beginning. Remove `target_task`.", had, after))
	}
}

func (p *bindingPlan) missingBot(err error) {
	sid := p.plan.AssistantSID.ValueString()
	if errors.Is(err, bot.ErrNotFound) {
		p.diags.AddAttributeError(path.Root("assistant_sid"), "There is no such bot",
			fmt.Sprintf("Account %s has no bot %s. Write a reference, such as `twiliobot_assistant.….sid`, so that the bot is there before its number.",
				p.account.directory.AccountSID, sid))
		return
	}
	addAttributeError(p.diags, path.Root("assistant_sid"), "Unable to read the bot", err)
}

// check refuses what the apply would have to refuse.
func (p *bindingPlan) check(ctx context.Context, number bot.Number) {
	directory := p.account.directory
	at := p.config.numberPath()
	config := fmt.Sprint(p.config.AssistantSID, p.config.Channels, p.config.TargetTask, p.config.FriendlyName, p.config.Overwrite)
	if p.account.claim("number "+number.SID, p.state != nil, config) {
		p.diags.AddAttributeError(at, "Another binding has this phone number",
			fmt.Sprintf("%s is bound twice in this configuration. A number has one binding; list both channels in it, or remove one.", number))
		return
	}
	if p.plan.Channels.IsUnknown() {
		return
	}
	binding := bot.Binding{
		NumberSID: number.SID, BotSID: p.plan.AssistantSID.ValueString(), TargetTask: p.plan.TargetTask.ValueString(),
		Channels: p.plan.channels(), Overwrite: p.plan.Overwrite.ValueBool(),
	}
	if incapable := binding.Incapable(number); len(incapable) > 0 {
		addAttributeError(p.diags, path.Root("channels"), "", bot.IncapableProblem(number, incapable))
		return
	}
	if binding.BotSID != "" && p.repointed() {
		if _, err := directory.Bot(ctx, binding.BotSID); err != nil {
			p.missingBot(err)
			return
		}
	}
	if !p.answered(ctx, number, binding) {
		return
	}
	p.overridden(ctx, number, binding)
	was := ""
	if p.state != nil && number.SID == p.state.PhoneNumberSID.ValueString() {
		was = p.had.BotSID
	}
	routing, err := directory.Routing(ctx, number)
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look for suspended bots", err)
		return
	}
	conflicts, err := directory.Conflicts(ctx, routing, number, binding, was)
	switch {
	case err != nil:
		addAttributeError(p.diags, at, "Unable to look for who answers on the phone number", err)
	case len(conflicts) == 0 || directory.Wrote(number.SID):
		// What this process wrote itself, the apply checks under the number's lock.
	case !binding.Overwrite:
		p.refuseConflicts(ctx, number, binding, was, conflicts)
	case p.silences(ctx, number, binding, conflicts):
	default:
		p.diags.AddAttributeWarning(path.Root("overwrite"), "A phone number will be taken over",
			fmt.Sprintf("%s answers %s. Because `overwrite` is set, it will answer for %s instead.",
				number, directory.DescribeConflicts(ctx, conflicts), shownSID(p.plan.AssistantSID)))
	}
}

// refuseConflicts tells what somebody took since the last apply from what this binding
// never had.
func (p *bindingPlan) refuseConflicts(ctx context.Context, number bot.Number, binding bot.Binding, was string, conflicts []bot.Conflict) {
	var drifted, others []bot.Conflict
	for _, conflict := range conflicts {
		if was != "" && slices.Contains(p.had.Channels, conflict.Channel) {
			drifted = append(drifted, conflict)
		} else {
			others = append(others, conflict)
		}
	}
	at, directory := p.config.numberPath(), p.account.directory
	if len(drifted) > 0 {
		addAttributeError(p.diags, at, "", directory.DriftProblem(ctx, number, binding, was, drifted))
	}
	if len(others) > 0 {
		addAttributeError(p.diags, at, "", directory.ConflictProblem(ctx, number, others))
	}
}

// silences refuses to take a live number over for a suspended bot.
func (p *bindingPlan) silences(ctx context.Context, number bot.Number, binding bot.Binding, conflicts []bot.Conflict) bool {
	if binding.BotSID == "" {
		return false
	}
	_, err := p.account.directory.Suspension(ctx, binding.BotSID)
	if err == nil {
		addAttributeError(p.diags, path.Root("overwrite"), "", p.account.directory.SilencingProblem(ctx, number, binding.BotSID, conflicts))
	} else if !errors.Is(err, bot.ErrNotFound) {
		addAttributeError(p.diags, path.Root("overwrite"), "Unable to look whether the bot is suspended", err)
	}
	return err == nil || !errors.Is(err, bot.ErrNotFound)
}

// overridden warns of a Messaging Service that answers in the number's place, when
// the binding is made or changed.
func (p *bindingPlan) overridden(ctx context.Context, number bot.Number, binding bot.Binding) {
	changes := p.repointed() || !p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID) || !p.plan.Channels.Equal(p.state.Channels)
	if !changes || !slices.Contains(binding.Channels, bot.Messaging) {
		return
	}
	services, err := p.account.directory.Overriding(ctx)
	if err != nil {
		p.diags.AddAttributeWarning(path.Root("channels"), "Unable to look for Messaging Services",
			"A Messaging Service that holds the number may answer messages in its place; whether one does could not be found out. "+sentence(err))
		return
	}
	if service, ok := services[number.SID]; ok {
		notice := service.OverrideNotice(number)
		p.diags.AddAttributeWarning(path.Root("channels"), notice.Summary, notice.Detail)
	}
}

func shownSID(sid types.String) string {
	if sid.IsUnknown() {
		return "the new bot"
	}
	return "bot " + sid.ValueString()
}

// label plans the friendly name: kept while the bot stays, the bot's name for a new
// binding.
func (p *bindingPlan) label(ctx context.Context) {
	switch {
	case !p.config.FriendlyName.IsNull():
		return
	case p.state != nil && !p.repointed() && p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID):
		p.plan.FriendlyName = p.state.FriendlyName
		return
	}
	p.plan.FriendlyName = types.StringUnknown()
	moved := p.state == nil || !p.plan.PhoneNumberSID.Equal(p.state.PhoneNumberSID)
	if moved && !p.plan.AssistantSID.IsUnknown() {
		if b, err := p.account.directory.Bot(ctx, p.plan.AssistantSID.ValueString()); err == nil {
			p.plan.FriendlyName = types.StringValue(b.UniqueName)
		}
	}
}

// urls plans the webhooks: as they are where they reach the bot already, else as
// the apply will write them.
func (p *bindingPlan) urls(ctx context.Context, number bot.Number, known bool) {
	p.plan.WebhookURLs = types.MapUnknown(types.StringType)
	if !known || p.plan.AssistantSID.IsUnknown() || p.plan.TargetTask.IsUnknown() || p.plan.Channels.IsUnknown() {
		return
	}
	directory := p.account.directory
	routing, err := directory.Routing(ctx, number)
	if err != nil {
		return // the apply tells them
	}
	after := directory.After(routing, number, bot.Binding{
		NumberSID: number.SID, BotSID: p.plan.AssistantSID.ValueString(),
		TargetTask: p.plan.TargetTask.ValueString(), Channels: p.plan.channels(),
	})
	p.plan.WebhookURLs = webhookURLs(routing, directory.Webhooks, after, p.plan.channels(), p.plan.TargetTask.ValueString())
}

// keepUnread tells why a resource was not refreshed.
func keepUnread(account *account, diags *diag.Diagnostics) {
	diags.AddWarning("Not refreshed: the provider's configuration is not known yet", sentence(account.unready))
}
