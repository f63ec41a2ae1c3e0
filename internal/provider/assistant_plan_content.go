package provider

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// contentPlanner plans what a bot is made of.
type contentPlanner struct {
	planner
	// made is the flow that a schema becomes on Studio; nil for other bots.
	made *flow.Flow
}

// planSchema keeps the state's form of what has not changed in meaning, and says what
// is wrong with a schema.
func (p *contentPlanner) planSchema(ctx context.Context) {
	at := path.Root("schema")
	switch {
	case p.compiles():
		p.planCompiled(ctx, at)
	case !slices.Contains(p.given, "schema") || !p.runsOn(bot.Autopilot):
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

// planCompiled keeps the state's form of a schema on Studio that has not changed in
// meaning, and says what Studio makes of one that has.
func (p *contentPlanner) planCompiled(ctx context.Context, at path.Path) {
	want := parsedSchema(p.plan.Schema)
	if want == nil || p.plan.Routing.IsUnknown() || p.plan.RoutingConfirm.IsUnknown() {
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
		same = p.plan.Routing.Equal(p.state.Routing)
	}
	made, told := p.plan.checkCompiled(want, at, !same, p.diags)
	p.made = made
	for _, each := range told {
		if !same {
			tflog.Info(ctx, each, map[string]any{"unique_name": p.plan.UniqueName.ValueString()})
		}
	}
}

// planFlow keeps the state's form of a flow that has not changed in meaning, asks
// Twilio what it would say of one that has, and says when a newer draft
// would be buried.
func (p *contentPlanner) planFlow(ctx context.Context) {
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
			changed = !p.plan.Schema.Equal(p.state.Schema) || !p.plan.Routing.Equal(p.state.Routing) || !p.plan.RoutingConfirm.Equal(p.state.RoutingConfirm) || p.state.edited() || p.replaced
		case want != nil && has != nil && flow.Equal(want, has):
			p.plan.Flow = p.state.Flow
		case want != nil:
			changed = true
		}
		p.checkDraft(ctx, changed || p.replaced || (!p.plan.UniqueName.IsUnknown() && p.renamed()))
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

// checkDraft warns of a newer draft, and refuses what would bury it.
func (p *contentPlanner) checkDraft(ctx context.Context, writes bool) {
	live, err := p.provider.account.BotAsRead(ctx, p.state.SID.ValueString())
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

// unmanagedContent says that content which is no longer configured is not deleted, though
// the plan shows it going.
func unmanagedContent(c *botChange) (diags diag.Diagnostics) {
	if c.state == nil {
		return nil
	}
	had, _ := c.state.contents()
	if len(c.given)+len(c.unknown) > 0 || len(had) == 0 {
		return nil
	}
	diags.AddWarning("The bot's content will no longer be managed, and stays as it is",
		fmt.Sprintf("The configuration gives %[1]s of %[2]s no more. The plan shows it as removed, since Terraform forgets it: at Twilio nothing is deleted, "+
			"the bot answers as before, and changes of its content are no drift from then on. To keep it managed, give %[1]s again. To delete the bot, remove the resource.",
			quoted(had), c.state))
	return diags
}
