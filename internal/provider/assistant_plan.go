package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// ModifyPlan says at plan time what the apply will find, and plans every computed
// attribute as far as it can be known.
func (r *assistantResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		var state assistantModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() && r.provider.ready() {
			r.claimRemoval(state, &resp.Diagnostics)
			r.willGo(ctx, state, &resp.Diagnostics)
			as := plannedAs{Object: state.SID.ValueString(), Destroys: true}
			resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
		}
		return
	}
	var plan, config assistantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var state *assistantModel
	if !req.State.Raw.IsNull() {
		state = &assistantModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
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
	p := assistantPlan{provider: r.provider, plan: &plan, config: config, state: state, diags: &resp.Diagnostics}
	switch {
	case state != nil:
		p.as.Object = state.SID.ValueString()
	case !as.Destroys:
		p.as = plannedAs{Object: as.Object, Changes: as.Changes}
	}
	p.methods(ctx)
	p.settle()
	if !p.fits(ctx) {
		return
	}
	p.names(ctx)
	p.studio(ctx)
	p.content()
	p.outputs(ctx)
	if !resp.Diagnostics.HasError() && r.provider.ready() {
		p.available()
		p.unique(ctx)
		p.suspended(ctx)
		p.silenced(ctx)
	}
	if !resp.Diagnostics.HasError() {
		p.unmanaged()
		p.maybeReplacement()
	}
	if !resp.Diagnostics.HasError() && r.provider.ready() && p.replaced && len(p.engines) == 1 {
		p.replacement(ctx)
	}
	if !resp.Diagnostics.HasError() && r.provider.ready() {
		p.flow(ctx)
		p.drift()
	}
	if state != nil {
		p.as.Changes = p.replaced || state.differs(plan)
	}
	resp.Diagnostics.Append(p.as.save(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// assistantPlan is one bot being planned.
type assistantPlan struct {
	provider *providerData
	plan     *assistantModel
	config   assistantModel
	state    *assistantModel // nil for a new bot
	as       plannedAs
	diags    *diag.Diagnostics
	// made is the flow that a schema becomes on Studio; nil for other bots.
	made *flow.Flow
	// engines lists what may run the bot; more than one while what decides it is unknown.
	engines []bot.Engine
	// replaced reports whether another bot takes the place of this one, and mayBeReplaced
	// whether it does as far as it is known.
	replaced, mayBeReplaced bool
}

func (p *assistantPlan) names(ctx context.Context) {
	renamed := p.state != nil && !p.plan.UniqueName.Equal(p.state.UniqueName)
	if (p.state == nil || renamed || p.replaced) && !p.plan.UniqueName.IsUnknown() && len(p.engines) == 1 {
		if err := bot.CheckNameOn(p.engines[0], p.plan.UniqueName.ValueString()); err != nil {
			p.diags.AddAttributeError(path.Root("unique_name"), "Invalid bot name", sentence(err))
		}
	}
	if p.moves() && renamed && !p.plan.UniqueName.IsUnknown() && p.plan.inPlace() {
		p.diags.AddAttributeError(path.Root("rename"), "A change of engine cannot keep the SID",
			fmt.Sprintf("%q (%s) would be named %q and run on the engine %s: on another engine it is another object at Twilio, so it cannot be renamed in place. "+
				"Remove `rename`, or change the name and the engine in two applies.",
				p.state.UniqueName.ValueString(), p.state.SID.ValueString(), p.plan.UniqueName.ValueString(), p.shownEngines()))
	}
	if renamed && !p.replaced && !p.state.UniqueName.IsNull() {
		after := p.plan.UniqueName
		if p.mayBeReplaced {
			after = types.StringUnknown()
		}
		p.provider.ledger.planName(p.state.SID.ValueString(), p.state.UniqueName.ValueString(), after)
	}
	p.friendlyName(ctx, renamed)
}

// friendlyName plans the name for people, which only Autopilot has a field for.
func (p *assistantPlan) friendlyName(ctx context.Context, renamed bool) {
	oneName := !p.mayRunOn(bot.Autopilot)
	switch {
	case !p.config.FriendlyName.IsNull():
		if oneName && !p.config.FriendlyName.IsUnknown() && !p.plan.UniqueName.IsUnknown() && !p.config.FriendlyName.Equal(p.plan.UniqueName) {
			p.refuse(diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("friendly_name"), "The engine has one name only",
				fmt.Sprintf("On the engine %s Twilio has one name field, and it holds `unique_name` (%q). Remove `friendly_name`.",
					p.shownEngines(), p.plan.UniqueName.ValueString()))}, "friendly_name", "engine")
		}
	case oneName && p.state != nil && !p.moves() && !p.state.FriendlyName.IsNull() && (p.plan.UniqueName.IsUnknown() || p.plan.UniqueName.Equal(p.state.FriendlyName)):
		// An earlier version of the provider wrote it, or the configuration did: it says the same.
		p.plan.FriendlyName = p.plan.UniqueName
	case oneName:
		p.plan.FriendlyName = types.StringNull()
	case !p.runsOn(bot.Autopilot):
		p.plan.FriendlyName = types.StringUnknown()
	case p.state == nil || p.moves() || (renamed && p.state.FriendlyName.Equal(p.state.UniqueName)):
		p.plan.FriendlyName = p.plan.UniqueName
	default:
		p.plan.FriendlyName = p.state.FriendlyName
		p.setAside(ctx)
	}
}

// setAside takes the name for people from the successor that a cut off replacement
// made: the assistant that it replaces has given its own name up, so that it does not
// tell whether the one followed the other.
func (p *assistantPlan) setAside(ctx context.Context) {
	if !p.provider.ready() || p.otherOfACut() == "" || p.state.UniqueName.ValueString() != bot.MarkAside(p.state.SID.ValueString()) {
		return
	}
	made, err := p.provider.account.Bot(ctx, p.otherOfACut())
	switch {
	case errors.Is(err, bot.ErrNotFound):
	case err != nil:
		addAttributeError(p.diags, path.Root("friendly_name"), "Unable to read the bot that replaces this one", err)
	case made.UniqueName == p.plan.UniqueName.ValueString():
		p.plan.FriendlyName = types.StringValue(made.FriendlyName)
	}
}

// otherOfACut is the other bot of a replacement that was cut off; empty where there is
// none.
func (p *assistantPlan) otherOfACut() string {
	if p.state == nil {
		return ""
	}
	return p.state.ReplacingSID.ValueString()
}

// available refuses an engine that cannot be reached.
func (p *assistantPlan) available() {
	if len(p.engines) > 1 {
		return
	}
	engine := p.engines[0]
	if reason := p.provider.account.IsOff(engine); reason != nil {
		p.diags.AddAttributeError(path.Root("engine"), "The engine is not available", sentence(reason))
	}
	if engine != bot.Autopilot && p.state == nil && p.plan.RestoreSID.ValueString() != "" {
		p.diags.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
}
