package provider

import (
	"bytes"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// content keeps the state's form of what has not changed in meaning, and says what
// is wrong with a schema.
func (p *assistantPlan) content() {
	at := path.Root("schema")
	switch {
	case p.compiles():
		p.compiled(at)
	case p.plan.Schema.IsNull() || p.plan.Schema.IsUnknown() || !p.runsOn(bot.Autopilot):
	case p.state == nil:
		checkSchema(p.plan.Schema, at, nil, p.diags)
	default:
		want, has := parsedSchema(p.plan.Schema), parsedSchema(p.state.Schema)
		if want != nil && has != nil && assistantschema.Equal(want, has) {
			p.plan.Schema = p.state.Schema
			return // what is to be said of it was said when it was written
		}
		checkSchema(p.plan.Schema, at, has, p.diags)
	}
}

// compiled keeps the state's form of a schema on Studio that has not changed in
// meaning, and says what Studio makes of one that has.
func (p *assistantPlan) compiled(at path.Path) {
	want := parsedSchema(p.plan.Schema)
	if want == nil || p.plan.Routing.IsUnknown() {
		return // the validation said why, or the second plan will
	}
	same := false
	if p.state != nil && p.state.onStudio() {
		// Exactly: on Studio nothing exists that a file leaves out.
		has := parsedSchema(p.state.Schema)
		same = has != nil && bytes.Equal(want.Canonical(), has.Canonical())
	}
	if same {
		p.plan.Schema = p.state.Schema
	}
	p.made = p.plan.checkCompiled(want, at, !same, p.diags)
}

// flow keeps the state's form of a flow that has not changed in meaning, asks
// Twilio what it would say of one that has, and says when a newer draft
// would be buried.
func (p *assistantPlan) flow(ctx context.Context) {
	if !p.runsOn(bot.Studio) {
		return
	}
	at := path.Root("flow")
	want := parsedFlow(p.plan.Flow)
	if p.compiles() {
		want = p.made
		at = path.Root("schema")
	}
	if p.state == nil && p.plan.Flow.IsNull() && p.plan.Schema.IsNull() {
		p.diags.AddAttributeError(at, "A new Studio bot needs content",
			"Twilio makes no flow without a definition. Give `flow` or `schema`, or `webhooks` for a bot that is hosted elsewhere. A flow that exists and whose content is managed elsewhere has to be imported first.")
		return
	}
	changed := p.state == nil
	if p.state != nil {
		has := parsedFlow(p.state.Flow)
		switch {
		case p.compiles():
			changed = !p.plan.Schema.Equal(p.state.Schema) || !p.plan.Routing.Equal(p.state.Routing) || p.state.edited() || p.replaced
		case want != nil && has != nil && flow.Equal(want, has):
			p.plan.Flow = p.state.Flow
		case want != nil:
			changed = true
		}
		p.draft(ctx, changed || p.replaced || (!p.plan.UniqueName.IsUnknown() && !p.plan.UniqueName.Equal(p.state.UniqueName)))
	}
	if want == nil || !changed || p.diags.HasError() {
		return
	}
	if !p.compiles() {
		warnFlow(at, want, p.diags)
	}
	if p.plan.UniqueName.IsUnknown() {
		return
	}
	findings, err := p.provider.account.Validate(ctx, bot.Spec{UniqueName: p.plan.UniqueName.ValueString(), Content: bot.Content{Flow: want}})
	if err != nil {
		p.diags.AddAttributeWarning(at, "Twilio could not be asked about the flow definition",
			"The provider's own rules found no fault in it; what Twilio says will be seen when it is applied. "+sentence(err))
		return
	}
	refusedFlow(at, findings, p.diags)
}

// drift says that the plan takes back what was changed since the last apply, which looks the
// same as a change of the configuration. What was edited of a compiled flow is said by its
// own attribute, and a replacement that was cut off by another warning.
func (p *assistantPlan) drift() {
	if p.state == nil || p.diags.HasError() || p.state.edited() || p.otherOfACut() != "" || !p.provider.ledger.hasDrifted(p.state.SID.ValueString()) || !p.state.differs(*p.plan) {
		return
	}
	p.diags.AddWarning(fmt.Sprintf("Bot %q was changed since the last apply", p.state.UniqueName.ValueString()),
		fmt.Sprintf("The names or the content of bot %s were changed by another client, or by an apply that was cut off, and this plan takes that back. "+
			"To keep the change, bring it into the configuration before you apply.", p.state.SID.ValueString()))
}

// draft warns of a newer draft, and refuses what would bury it.
func (p *assistantPlan) draft(ctx context.Context, writes bool) {
	live, err := p.provider.account.ReadBot(ctx, p.state.SID.ValueString(), true)
	if err != nil || live.Draft == 0 {
		return // a bot that cannot be read was said by the refresh
	}
	if writes {
		addAttributeRefusal(p.diags, path.Root("flow"), "", bot.DraftProblem(live), p.provider.ledger.hasDrifted(live.SID))
		return
	}
	// Not at the attribute: Terraform prints its value, a whole file, beside each warning.
	p.diags.AddWarning("A draft of the flow is not published",
		fmt.Sprintf("Flow %s has a draft, revision %d, that was saved after revision %d was published. It takes no traffic and is left alone; "+
			"while it exists, a change of this bot is refused, since it would bury the draft.", live, live.Draft, live.Revision))
}

// methods plans how the webhooks are called: with POST where nothing else is said, and not
// at all without a URL.
func (p *assistantPlan) methods(ctx context.Context) {
	if p.plan.Webhooks.IsNull() || p.plan.Webhooks.IsUnknown() || p.config.Webhooks.IsNull() || p.config.Webhooks.IsUnknown() {
		return
	}
	var w, configured webhooksModel
	p.diags.Append(p.plan.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{})...)
	p.diags.Append(p.config.Webhooks.As(ctx, &configured, basetypes.ObjectAsOptions{})...)
	method := func(configured, url types.String) types.String {
		switch {
		case !configured.IsNull():
			return configured
		case url.IsNull(), url.IsUnknown():
			return url
		default:
			return types.StringValue(bot.WebhookMethod)
		}
	}
	w.MessagingMethod, w.VoiceMethod = method(configured.MessagingMethod, w.MessagingURL), method(configured.VoiceMethod, w.VoiceURL)
	planned, diags := types.ObjectValueFrom(ctx, webhookTypes, w)
	p.diags.Append(diags...)
	p.plan.Webhooks = planned
}

// changedWebhooks is the webhooks where they are known and others than the state's; nil
// otherwise.
func (p *assistantPlan) changedWebhooks(ctx context.Context) *webhooksModel {
	if p.plan.Webhooks.IsNull() || p.plan.Webhooks.IsUnknown() || (p.state != nil && p.plan.Webhooks.Equal(p.state.Webhooks)) {
		return nil
	}
	var w webhooksModel
	p.diags.Append(p.plan.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{})...)
	return &w
}

// outputs plans the computed attributes.
func (p *assistantPlan) outputs(ctx context.Context) {
	if p.state != nil {
		p.plan.SID, p.plan.AccountSID, p.plan.DateCreated = p.state.SID, p.state.AccountSID, p.state.DateCreated
		p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = p.state.MessagingWebhookURL, p.state.VoiceWebhookURL
		if p.mayBeReplaced {
			p.plan.SID, p.plan.DateCreated = types.StringUnknown(), types.StringUnknown()
			p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = types.StringUnknown(), types.StringUnknown()
		}
	} else if p.provider.ready() {
		p.plan.AccountSID = types.StringValue(p.provider.account.SID)
	}
	if p.runsOn(bot.Application) {
		p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = types.StringNull(), types.StringNull()
	}
	if w := p.changedWebhooks(ctx); w != nil {
		w.warnPrivate(p.diags)
	}
	// What a cut left behind is finished or undone by the apply.
	p.plan.ReplacingSID = types.StringNull()
	if other := p.otherOfACut(); other != "" && !p.replaced {
		p.diags.AddAttributeWarning(path.Root("replacing_sid"), "An interrupted replacement will be finished",
			fmt.Sprintf("Bot %s is its other bot. Where that still exists, the phone numbers that route to it are moved to %q (%s), and it is deleted.",
				other, p.state.UniqueName.ValueString(), p.state.SID.ValueString()))
	}
	p.modelBuild()
}

// modelBuild plans whether the bot needs a model build: an upload that is whole answers by
// all of its content. Where it does not yet, this is what makes the next apply finish it.
// Where the content is managed elsewhere, it may change at any time.
func (p *assistantPlan) modelBuild() {
	given, _ := p.plan.contents()
	switch {
	case !p.mayRunOn(bot.Autopilot):
		p.plan.NeedsModelBuild = types.BoolNull()
	case !p.runsOn(bot.Autopilot):
		p.plan.NeedsModelBuild = types.BoolUnknown()
	case len(given) > 0:
		p.plan.NeedsModelBuild = types.BoolValue(false)
	case p.otherOfACut() != "":
		p.plan.NeedsModelBuild = types.BoolUnknown()
	}
	// Else the framework has left the state's where nothing changes, and unknown where
	// something does.
}

// unmanaged says that content which is no longer configured is not deleted, though the
// plan shows it going.
func (p *assistantPlan) unmanaged() {
	if p.state == nil {
		return
	}
	given, unknown := p.plan.contents()
	had, _ := p.state.contents()
	if len(given)+len(unknown) > 0 || len(had) == 0 {
		return
	}
	p.diags.AddWarning("The bot's content will no longer be managed, and stays as it is",
		fmt.Sprintf("The configuration gives %[1]s of %[2]q (%[3]s) no more. The plan shows it as removed, since Terraform forgets it: at Twilio nothing is deleted, "+
			"the bot answers as before, and changes of its content are no drift from then on. To keep it managed, give %[1]s again. To delete the bot, remove the resource.",
			quoted(had), p.state.UniqueName.ValueString(), p.state.SID.ValueString()))
}
