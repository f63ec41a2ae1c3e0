package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// ImportState takes a bot by its SID or its unique name.
func (r *assistantResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := assistantIdentity{}
	switch {
	case req.ID == "":
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	case bot.IsSID(req.ID):
		identity.SID = types.StringValue(req.ID)
	default:
		found, err := r.provider.account.FindBots(ctx, req.ID)
		switch {
		case err != nil:
			addError(&resp.Diagnostics, "Unable to find the bot", err)
		case len(found) == 0:
			resp.Diagnostics.AddError("There is no such bot", r.provider.noBotNamed(req.ID))
		case len(found) > 1:
			resp.Diagnostics.AddError("Several bots have this name", fmt.Sprintf("Account %s has %d bots named %q: %s. Import the one that is meant by its SID.",
				r.provider.account.SID, len(found), req.ID, sids(found)))
		default:
			identity.SID = types.StringValue(found[0].SID)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if _, ok := bot.EngineOf(identity.SID.ValueString()); !ok {
		resp.Diagnostics.AddError("Unable to import the bot", fmt.Sprintf("%q is not the SID of a bot (FW…, AP… or UA…).", identity.SID.ValueString()))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}

// imported makes room for the content that the bot is made of.
func (m *assistantModel) imported(live bot.Bot) {
	if live.Content.Schema != nil {
		m.Schema = newMeaning[schemaNotation](string(live.Content.Schema.Export(live.UniqueName, live.FriendlyName)))
	}
	m.EditedStates = types.ListNull(types.StringType)
	if source := sourceOf(live.Content.Flow); source != nil {
		m.Schema = exported(source, live)
		m.readRouting(source)
	} else if live.Content.Flow != nil {
		m.Flow = newMeaning[flowNotation](string(flow.Export(live.Content.Flow)))
	}
}

// leaveRefused leaves out of an import the content that no configuration could give, since
// the provider's rules refuse it: the bot is managed without it, and a configuration that is
// generated from the import is valid.
func (m *assistantModel) leaveRefused(ctx context.Context, live bot.Bot) (diags diag.Diagnostics) {
	why := m.refusals(ctx, live)
	if len(why) == 0 {
		return nil
	}
	given, _ := m.contents()
	m.Schema, m.Flow, m.Routing, m.RoutingConfirm = schemaJSON{types.StringNull()}, flowJSON{types.StringNull()}, types.StringNull(), types.StringNull()
	m.Webhooks = types.ObjectNull(webhookTypes)
	diags.AddWarning("The bot is imported without its content",
		fmt.Sprintf("No configuration can give %s of bot %s as Twilio has it:\n  %s\nThe bot stays as it is, and its content is managed elsewhere until the configuration gives a valid one.",
			quoted(given), live, strings.Join(why, "\n  ")))
	return diags
}

// refusals are why no configuration could give the content that was read, none where one can.
func (m assistantModel) refusals(ctx context.Context, live bot.Bot) (why []string) {
	var found diag.Diagnostics
	m.usable(live.Content.Schema, &found)
	if !m.Webhooks.IsNull() {
		w := webhooksIn(ctx, m.Webhooks)
		w.validate(&found)
		w.validateURLs(ctx, false, &found)
	}
	for _, each := range found.Errors() {
		why = append(why, each.Detail())
	}
	return why
}

// neverPublished says why a flow cannot be imported.
func neverPublished(live bot.Bot) string {
	return fmt.Sprintf("Flow %s has a draft, revision %d, but no published revision, so it answers nobody and there is nothing to import. "+
		"Publish it in the Studio console and import it then, or create the bot from its definition under another name.", live, live.Draft)
}
