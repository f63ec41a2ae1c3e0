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
	p := assistantPlan{provider: r.provider, plan: &plan, config: config, state: state, diags: &resp.Diagnostics}
	switch {
	case state != nil:
		p.as.Object = state.SID.ValueString()
	case !as.Destroys:
		p.as = plannedAs{Object: as.Object, Changes: as.Changes}
	}
	p.engine()
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
	if !resp.Diagnostics.HasError() && r.provider.ready() && p.replaced {
		p.replacement(ctx)
	}
	if !resp.Diagnostics.HasError() && r.provider.ready() {
		p.flow(ctx)
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
	// replaced reports whether another bot takes the place of this one.
	replaced bool
}

// engine settles what runs the bot: what the configuration says, else what the
// content calls for, else what it runs on, else the provider's default.
func (p *assistantPlan) engine() {
	switch {
	case !p.config.Engine.IsNull():
	case !p.config.Flow.IsNull():
		p.plan.Engine = types.StringValue(string(bot.Studio))
	case !p.config.Webhooks.IsNull():
		p.plan.Engine = types.StringValue(string(bot.Application))
	case p.state != nil && (p.config.Schema.IsNull() || p.state.Engine.ValueString() != string(bot.Application)):
		p.plan.Engine = p.state.Engine
	case !p.provider.ready():
		p.plan.Engine = types.StringUnknown()
	default:
		p.plan.Engine = types.StringValue(string(p.provider.engine))
		if p.provider.engine == bot.Application && !p.config.Schema.IsNull() {
			p.diags.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
				"The provider's `engine` is `application`, which holds URLs, not an assistant schema. Set the bot's own `engine` to `studio`, or to `autopilot`.")
		}
	}
	if p.state == nil || p.plan.Engine.IsUnknown() || p.plan.Engine.Equal(p.state.Engine) {
		return
	}
	p.replaced = true
	if !p.plan.hasContent() {
		p.lost()
	}
}

func (p *assistantPlan) names(ctx context.Context) {
	renamed := p.state != nil && !p.plan.UniqueName.Equal(p.state.UniqueName)
	p.replaced = p.replaced || (renamed && p.plan.Rename.ValueString() == renameReplace)
	if (p.state == nil || renamed || p.replaced) && !p.plan.UniqueName.IsUnknown() && !p.plan.Engine.IsUnknown() {
		if err := bot.CheckNameOn(bot.Engine(p.plan.Engine.ValueString()), p.plan.UniqueName.ValueString()); err != nil {
			p.diags.AddAttributeError(path.Root("unique_name"), "Invalid bot name", sentence(err))
		}
	}
	if p.replaced && renamed && p.plan.Rename.ValueString() == renameInPlace {
		p.diags.AddAttributeError(path.Root("rename"), "A change of engine cannot keep the SID",
			fmt.Sprintf("%q (%s) would be named %q and run on the engine `%s`: on another engine it is another object at Twilio, so it cannot be renamed in place. "+
				"Remove `rename`, or change the name and the engine in two applies.",
				p.state.UniqueName.ValueString(), p.state.SID.ValueString(), p.plan.UniqueName.ValueString(), p.plan.Engine.ValueString()))
	}
	if renamed && !p.replaced && !p.state.UniqueName.IsNull() {
		p.provider.ledger.planName(p.state.SID.ValueString(), p.state.UniqueName.ValueString(), p.plan.UniqueName)
	}
	oneName := !p.plan.Engine.IsUnknown() && p.plan.Engine.ValueString() != string(bot.Autopilot)
	switch {
	case !p.config.FriendlyName.IsNull():
		if oneName && !p.config.FriendlyName.IsUnknown() && !p.plan.UniqueName.IsUnknown() && !p.config.FriendlyName.Equal(p.plan.UniqueName) {
			p.diags.AddAttributeError(path.Root("friendly_name"), "The engine has one name only",
				fmt.Sprintf("On the engine `%s` Twilio has one name field, and it holds `unique_name` (%q). Remove `friendly_name`.",
					p.plan.Engine.ValueString(), p.plan.UniqueName.ValueString()))
		}
	case p.state == nil || oneName || (renamed && p.state.FriendlyName.Equal(p.state.UniqueName)):
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
	if p.plan.Engine.IsUnknown() {
		return
	}
	engine := bot.Engine(p.plan.Engine.ValueString())
	if reason := p.provider.account.IsOff(engine); reason != nil {
		p.diags.AddAttributeError(path.Root("engine"), "The engine is not available", sentence(reason))
	}
	if engine != bot.Autopilot && p.state == nil && !p.config.RestoreSID.IsNull() {
		p.diags.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
}
