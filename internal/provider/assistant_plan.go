package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ModifyPlan says at plan time what the apply will find, and plans every computed
// attribute as far as it can be known.
func (r *assistantResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planRemoval(ctx, req, resp)
		return
	}
	var plan, config assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	var state *assistantModel
	if !req.State.Raw.IsNull() {
		state = &assistantModel{}
		resp.Diagnostics.Append(getModel(ctx, req.State, state)...)
	}
	as, diags := loadPlanned(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || r.provider == nil {
		return
	}
	if state != nil && r.provider.ready() {
		defer r.provider.ledger.settleBot(state.SID.ValueString())
	}
	if state != nil && r.provider.ready() && !r.provider.sameAccount(state.AccountSID.ValueString(), "The bot "+state.SID.ValueString(), &resp.Diagnostics) {
		return
	}
	plan.Webhooks, diags = plannedWebhooks(ctx, plan.Webhooks, config.Webhooks)
	resp.Diagnostics.Append(diags...)
	planDefaults(&plan, config, state)
	c := newBotChange(config, &plan, state, r.provider.engine)
	resp.Diagnostics.Append(checkFit(ctx, c)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case state != nil:
		as = plannedAs{Object: state.SID.ValueString()}
	case as.Destroys:
		as = plannedAs{}
	case as.Object != "" && r.provider.ready():
		r.provider.ledger.planRecreated(as.Object)
	}
	planner{botChange: c, provider: r.provider, diags: &resp.Diagnostics}.planAll(ctx, as)
	if state != nil {
		as.Changes = c.replaced || state.differs(plan)
	}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
}

// planAll plans what the configuration leaves open, and then asks Twilio what the apply will
// find.
func (p planner) planAll(ctx context.Context, as plannedAs) {
	if p.state == nil || p.mayBeReplaced {
		p.provider.ledger.planCreation(p.engines)
	}
	names, content := namePlanner{p, as}, &contentPlanner{planner: p}
	names.planNames(ctx)
	p.plan.Routing = plannedRouting(p.botChange)
	p.diags.Append(warnEdited(ctx, p.botChange)...)
	content.planSchema(ctx)
	planOutputs(p.botChange, p.provider)
	p.diags.Append(warnOutputs(ctx, p.botChange)...)
	if p.mayAsk() {
		p.checkEngine()
		names.unique(ctx)
		p.warnSuspended(ctx)
		webhooksPlanner{p}.refuseSilence(ctx)
	}
	if !p.diags.HasError() {
		p.diags.Append(unmanagedContent(p.botChange)...)
		replacementPlanner{p, content.made}.warn(ctx)
	}
	if p.mayAsk() {
		content.planFlow(ctx)
		p.warnDrift()
	}
}

// botChange is what a plan makes of one bot.
type botChange struct {
	engineChoice
	plan   *assistantModel
	config assistantModel
	state  *assistantModel // nil for a new bot
	// replaced reports whether another bot takes the place of this one, and mayBeReplaced
	// whether it does as far as it is known.
	replaced, mayBeReplaced bool
}

// newBotChange plans what runs the bot, and whether another takes its place. What depends on
// an unknown value is unknown: Terraform plans again when it applies, and holds the second
// plan to every value that the first one knew. standard is the engine of new bots, empty
// while it is unknown.
func newBotChange(config assistantModel, plan, state *assistantModel, standard bot.Engine) *botChange {
	c := &botChange{engineChoice: chooseEngine(config.Engine, *plan, state, standard), plan: plan, config: config, state: state}
	if config.Engine.IsNull() {
		plan.Engine = c.planned()
	}
	if state != nil {
		c.replaced = c.moves() || (c.renamed() && !plan.Rename.IsUnknown() && !plan.inPlace())
		c.mayBeReplaced = c.replaced || !c.runsOn(c.current) || (c.renamed() && plan.Rename.IsUnknown())
	}
	return c
}

// renamed reports whether a bot gets another name, or may.
func (c *botChange) renamed() bool {
	return c.state != nil && !c.plan.UniqueName.Equal(c.state.UniqueName)
}

// otherOfACut is the other bot of a replacement that was cut off; empty where there is
// none.
func (c *botChange) otherOfACut() string {
	if c.state == nil {
		return ""
	}
	return c.state.ReplacingSID.ValueString()
}

// planner is what the planning of each part of a bot has.
type planner struct {
	*botChange
	provider *providerData
	diags    *diag.Diagnostics
}

// mayAsk reports whether Twilio is asked about the plan: where it can be, and the plan is
// not refused already.
func (p planner) mayAsk() bool { return !p.diags.HasError() && p.provider.ready() }

// warnSuspended warns of a bot that is suspended when it is planned.
func (p planner) warnSuspended(ctx context.Context) {
	if p.state != nil {
		p.provider.warnSuspended(ctx, p.state.SID.ValueString(), p.diags)
	}
}

// warnDrift says that the plan takes back what was changed since the last apply, which looks
// the same as a change of the configuration. What was edited of a compiled flow is said by
// its own attribute, and a replacement that was cut off by another warning.
func (p planner) warnDrift() {
	if p.state == nil || p.diags.HasError() || p.state.edited() || p.otherOfACut() != "" || !p.provider.ledger.hasDrifted(p.state.SID.ValueString()) || !p.state.differs(*p.plan) {
		return
	}
	p.diags.AddWarning(fmt.Sprintf("Bot %q was changed since the last apply", p.state.UniqueName.ValueString()),
		fmt.Sprintf("The names or the content of bot %s were changed by another client, or by an apply that was cut off, and this plan takes that back. "+
			"To keep the change, bring it into the configuration before you apply.", p.state.SID.ValueString()))
}

// checkEngine refuses an engine that cannot be reached.
func (p planner) checkEngine() {
	engine, known := p.only()
	if !known {
		return
	}
	if reason := p.provider.account.IsOff(engine); reason != nil {
		p.diags.AddAttributeError(path.Root("engine"), "The engine is not available", sentence(reason))
	}
	if engine != bot.Autopilot && p.state == nil && p.plan.RestoreSID.ValueString() != "" {
		p.diags.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
}
