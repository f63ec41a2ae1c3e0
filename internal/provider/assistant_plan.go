package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// ValidateConfig refuses what no account could have.
func (r *assistantResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config assistantModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	engine := bot.Engine(config.Engine.ValueString())
	switch {
	case engine == "":
	case !config.Webhooks.IsNull() && engine != bot.Application:
		resp.Diagnostics.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
			fmt.Sprintf("`webhooks` describe a bot hosted elsewhere, which runs on the engine `application`, not `%s`. Remove `engine`, or give %s instead of `webhooks`.", engine, contentOf(engine)))
	case !config.Flow.IsNull() && engine != bot.Studio:
		resp.Diagnostics.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
			fmt.Sprintf("`flow` is a Studio flow, which runs on the engine `studio`, not `%s`. Remove `engine`, or give %s instead of `flow`.", engine, contentOf(engine)))
	case engine == bot.Studio && parsedSchema(config.Schema) != nil:
		config.checkCompiled(parsedSchema(config.Schema), path.Root("schema"), false, &resp.Diagnostics)
	case !config.Schema.IsNull() && engine == bot.Application:
		resp.Diagnostics.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
			"An application holds URLs, not an assistant schema. Remove `engine`: a schema runs on `studio`, or on `autopilot`. Or give `webhooks` instead of `schema`.")
	}
	if engine != "" && engine != bot.Autopilot && !config.RestoreSID.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
	if config.Webhooks.IsNull() || config.Webhooks.IsUnknown() {
		return
	}
	var w webhooksModel
	resp.Diagnostics.Append(config.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{})...)
	for _, pair := range []struct {
		name, primary string
		fallback, url types.String
	}{
		{"messaging_fallback_url", "messaging_url", w.MessagingFallbackURL, w.MessagingURL},
		{"voice_fallback_url", "voice_url", w.VoiceFallbackURL, w.VoiceURL},
	} {
		if !pair.fallback.IsNull() && pair.url.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root("webhooks").AtName(pair.name), "A fallback URL without a URL",
				fmt.Sprintf("Twilio keeps `%s` only beside `%s`. Give that too, or remove the fallback.", pair.name, pair.primary))
		}
	}
}

// contentOf names the attributes that an engine runs.
func contentOf(engine bot.Engine) string {
	switch engine {
	case bot.Studio:
		return "`flow` or `schema`"
	case bot.Autopilot:
		return "`schema`"
	default:
		return "`webhooks`"
	}
}

// ModifyPlan says at plan time what the apply will find, and plans every computed
// attribute as far as it can be known.
func (r *assistantResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		var state assistantModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() && r.account.ready() {
			r.willGo(ctx, state, &resp.Diagnostics)
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
	if resp.Diagnostics.HasError() || r.account == nil {
		return
	}
	p := assistantPlan{account: r.account, plan: &plan, config: config, state: state, diags: &resp.Diagnostics}
	p.engine()
	p.names(ctx)
	p.studio(ctx)
	p.content()
	p.outputs(ctx)
	if !resp.Diagnostics.HasError() && r.account.ready() {
		p.available()
		p.unique(ctx)
		p.suspended(ctx)
		p.silenced(ctx)
	}
	if !resp.Diagnostics.HasError() && r.account.ready() && p.replaced {
		p.replacement(ctx)
	}
	if !resp.Diagnostics.HasError() && r.account.ready() {
		p.flow(ctx)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// assistantPlan is one bot being planned.
type assistantPlan struct {
	account *account
	plan    *assistantModel
	config  assistantModel
	state   *assistantModel // nil for a new bot
	diags   *diag.Diagnostics
	// made is the flow that a schema becomes on Studio; nil for other bots.
	made *flow.Flow
	// replaced tells that another bot comes in this one's place.
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
	case !p.account.ready():
		p.plan.Engine = types.StringUnknown()
	default:
		p.plan.Engine = types.StringValue(string(p.account.engine))
		if p.account.engine == bot.Application && !p.config.Schema.IsNull() {
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
	if p.replaced && renamed && p.plan.Rename.ValueString() == renameInPlace {
		p.diags.AddAttributeError(path.Root("rename"), "A change of engine cannot keep the SID",
			fmt.Sprintf("%q (%s) is to be named %q and to run on the engine `%s`: on another engine it is another object at Twilio, so it cannot be renamed in place. "+
				"Remove `rename`, or change the name and the engine in two applies.",
				p.state.UniqueName.ValueString(), p.state.SID.ValueString(), p.plan.UniqueName.ValueString(), p.plan.Engine.ValueString()))
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
	if !p.account.ready() || p.otherOfACut() == "" || p.state.UniqueName.ValueString() != bot.MarkAside(p.state.SID.ValueString()) {
		return
	}
	made, err := p.account.directory.Bot(ctx, p.otherOfACut())
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

// content keeps the state's form of what has not changed in meaning, and says what
// is wrong with a schema.
func (p *assistantPlan) content() {
	if p.config.Schema.IsNull() || p.config.Schema.IsUnknown() {
		return
	}
	at := path.Root("schema")
	if p.plan.onStudio() {
		p.compiled(at)
		return
	}
	if p.state == nil {
		checkSchema(p.config.Schema, at, nil, p.diags)
		return
	}
	want, has := parsedSchema(p.config.Schema), parsedSchema(p.state.Schema)
	if want != nil && has != nil && assistantschema.Equal(want, has) {
		p.plan.Schema = p.state.Schema
	}
	checkSchema(p.config.Schema, at, has, p.diags)
}

// compiled keeps the state's form of a schema on Studio that has not changed in
// meaning, and says what Studio makes of one that has.
func (p *assistantPlan) compiled(at path.Path) {
	want := parsedSchema(p.config.Schema)
	if want == nil {
		return // the validation said why
	}
	same := false
	if p.state != nil && p.state.onStudio() {
		// Exactly: on Studio nothing that a file leaves out is there.
		has := parsedSchema(p.state.Schema)
		same = has != nil && bytes.Equal(want.Canonical(), has.Canonical())
	}
	if same {
		p.plan.Schema = p.state.Schema
	}
	p.made = p.plan.checkCompiled(want, at, !same, p.diags)
}

// flow keeps the state's form of a flow that has not changed in meaning, asks
// Twilio what it would say of one that has, and says when a draft stands in the
// way.
func (p *assistantPlan) flow(ctx context.Context) {
	if p.plan.Engine.ValueString() != string(bot.Studio) {
		return
	}
	at := path.Root("flow")
	want := parsedFlow(p.config.Flow)
	if p.plan.onStudio() {
		want = p.made
		at = path.Root("schema")
	}
	if p.state == nil && p.config.Flow.IsNull() && p.config.Schema.IsNull() {
		p.diags.AddAttributeError(at, "A new Studio bot needs content",
			"Twilio makes no flow without a definition. Give `flow` or `schema`, or `webhooks` for a bot that is hosted elsewhere. A flow that exists and whose content is managed elsewhere has to be imported first.")
		return
	}
	changed := p.state == nil
	if p.state != nil {
		has := parsedFlow(p.state.Flow)
		switch {
		case p.plan.onStudio():
			changed = !p.plan.Schema.Equal(p.state.Schema) || !p.plan.Routing.Equal(p.state.Routing) || len(p.state.EditedStates.Elements()) > 0 || p.replaced
		case want != nil && has != nil && flow.Equal(want, has):
			p.plan.Flow = p.state.Flow
		case want != nil:
			changed = true
		}
		p.draft(ctx, changed || !p.plan.UniqueName.Equal(p.state.UniqueName))
	}
	if want == nil || !changed || p.diags.HasError() {
		return
	}
	if !p.plan.onStudio() {
		weakFlow(at, want, p.diags)
	}
	validator, ok := p.account.directory.Host(bot.Studio).(bot.Validator)
	if !ok || p.plan.UniqueName.IsUnknown() {
		return
	}
	findings, err := validator.Validate(ctx, bot.Spec{UniqueName: p.plan.UniqueName.ValueString(), Content: bot.Content{Flow: want}})
	if err != nil {
		p.diags.AddAttributeWarning(at, "Twilio could not be asked about the flow definition",
			"The provider's own rules found no fault in it; what Twilio says will be seen when it is applied. "+sentence(err))
		return
	}
	refusedFlow(at, findings, p.diags)
}

// draft says that somebody saved a draft, and refuses what would bury it.
func (p *assistantPlan) draft(ctx context.Context, writes bool) {
	live, err := p.account.directory.ReadBot(ctx, p.state.SID.ValueString(), true)
	if err != nil || live.Draft == 0 {
		return // a bot that cannot be read was said by the refresh
	}
	if writes {
		addAttributeError(p.diags, path.Root("flow"), "", bot.DraftProblem(live))
		return
	}
	p.diags.AddAttributeWarning(path.Root("flow"), "A draft of the flow is not published",
		fmt.Sprintf("Flow %s has a draft, revision %d, that somebody saved after revision %d was published. It takes no traffic and is left alone; "+
			"while it is there, a change of this bot is refused, since it would bury the draft.", live, live.Draft, live.Revision))
}

// outputs plans the computed attributes.
func (p *assistantPlan) outputs(ctx context.Context) {
	if p.state != nil {
		p.plan.SID, p.plan.AccountSID, p.plan.DateCreated = p.state.SID, p.state.AccountSID, p.state.DateCreated
		p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = p.state.MessagingWebhookURL, p.state.VoiceWebhookURL
		p.plan.NeedsModelBuild = p.state.NeedsModelBuild
		if p.replaced {
			p.plan.SID, p.plan.DateCreated, p.plan.NeedsModelBuild = types.StringUnknown(), types.StringUnknown(), types.BoolUnknown()
			p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = types.StringUnknown(), types.StringUnknown()
		}
	} else if p.account.ready() {
		p.plan.AccountSID = types.StringValue(p.account.directory.AccountSID)
	}
	if !p.plan.Webhooks.IsNull() {
		p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = types.StringUnknown(), types.StringUnknown()
		if !p.plan.Webhooks.IsUnknown() {
			var w webhooksModel
			p.diags.Append(p.plan.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: false})...)
			p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = w.MessagingURL, w.VoiceURL
		}
	}
	// What a cut left behind is finished or undone by the apply.
	p.plan.ReplacingSID = types.StringNull()
	if other := p.otherOfACut(); other != "" && !p.replaced {
		p.diags.AddAttributeWarning(path.Root("replacing_sid"), "A replacement that was cut off will be ended",
			fmt.Sprintf("Bot %s is its other bot. Where that is still there, the phone numbers that route to it are moved to %q (%s), and it is removed.",
				other, p.state.UniqueName.ValueString(), p.state.SID.ValueString()))
	}
	// An upload that is whole answers by all of its content: where it does not yet,
	// this is what makes the next apply finish it.
	if !p.plan.Schema.IsNull() || !p.plan.Flow.IsNull() || !p.plan.Webhooks.IsNull() {
		p.plan.NeedsModelBuild = types.BoolValue(false)
	}
}

// available refuses an engine that cannot be reached.
func (p *assistantPlan) available() {
	if p.plan.Engine.IsUnknown() {
		return
	}
	engine := bot.Engine(p.plan.Engine.ValueString())
	if reason := bot.IsOff(p.account.directory.Host(engine)); reason != nil {
		p.diags.AddAttributeError(path.Root("engine"), "The engine is not available", sentence(reason))
	}
	if engine != bot.Autopilot && p.state == nil && !p.config.RestoreSID.IsNull() {
		p.diags.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
}

// unique refuses a name that another bot has, here or in this configuration.
func (p *assistantPlan) unique(ctx context.Context) {
	if p.plan.UniqueName.IsUnknown() {
		return
	}
	name := p.plan.UniqueName.ValueString()
	at := path.Root("unique_name")
	own := ""
	if p.state != nil {
		own = p.state.SID.ValueString()
		p.account.sawPrior(own)
	}
	config := fmt.Sprint(p.config.Engine, p.config.Schema.ValueString(), p.config.Flow.ValueString(), p.config.Webhooks, p.config.FriendlyName, p.config.RestoreSID, p.config.ForceDestroy)
	if p.account.claim("bot "+name, p.state != nil, config) {
		p.diags.AddAttributeError(at, "Two bots of this configuration have one name",
			fmt.Sprintf("Another `twiliobot_assistant` is named %q too. Names are unique in an account, across engines; choose another for one of them.", name))
		return
	}
	if p.state != nil && p.plan.UniqueName.Equal(p.state.UniqueName) {
		return
	}
	bots, err := p.account.directory.Bots(ctx)
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look for bots of this name", err)
		return
	}
	owners := slices.DeleteFunc(slices.Clone(bots), func(b bot.Bot) bool {
		takenUp := b.Uploading && b.Replaces == "" && string(b.Engine()) == p.plan.Engine.ValueString()
		// What this resource had before it is replaced is gone by then, or refused.
		others := own != "" && (b.Replaces == own || b.SID == p.state.ReplacingSID.ValueString())
		return b.UniqueName != name || b.SID == own || takenUp || others || b.SID == p.config.RestoreSID.ValueString() || (p.state == nil && p.account.hadPrior(b.SID))
	})
	if p.state != nil && len(owners) > 0 {
		p.swapped(ctx, name, owners)
		return
	}
	if len(owners) > 0 {
		addAttributeError(p.diags, at, "", bot.NameProblem(name, owners))
	}
}
