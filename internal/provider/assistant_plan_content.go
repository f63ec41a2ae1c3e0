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
	p.diags.AddAttributeWarning(path.Root("flow"), "A draft of the flow is not published",
		fmt.Sprintf("Flow %s has a draft, revision %d, that was saved after revision %d was published. It takes no traffic and is left alone; "+
			"while it exists, a change of this bot is refused, since it would bury the draft.", live, live.Draft, live.Revision))
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
	} else if p.provider.ready() {
		p.plan.AccountSID = types.StringValue(p.provider.account.SID)
	}
	if !p.plan.Webhooks.IsNull() {
		p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = types.StringUnknown(), types.StringUnknown()
		if !p.plan.Webhooks.IsUnknown() {
			var w webhooksModel
			p.diags.Append(p.plan.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: false})...)
			p.plan.MessagingWebhookURL, p.plan.VoiceWebhookURL = shownURL(w.MessagingURL), shownURL(w.VoiceURL)
			if p.state == nil || !p.plan.Webhooks.Equal(p.state.Webhooks) {
				w.warnPrivate(p.diags)
			}
		}
	}
	// What a cut left behind is finished or undone by the apply.
	p.plan.ReplacingSID = types.StringNull()
	if other := p.otherOfACut(); other != "" && !p.replaced {
		p.diags.AddAttributeWarning(path.Root("replacing_sid"), "An interrupted replacement will be finished",
			fmt.Sprintf("Bot %s is its other bot. Where that still exists, the phone numbers that route to it are moved to %q (%s), and it is deleted.",
				other, p.state.UniqueName.ValueString(), p.state.SID.ValueString()))
	}
	// An upload that is whole answers by all of its content: where it does not yet,
	// this is what makes the next apply finish it.
	if !p.plan.Schema.IsNull() || !p.plan.Flow.IsNull() || !p.plan.Webhooks.IsNull() {
		p.plan.NeedsModelBuild = types.BoolValue(false)
	}
}
