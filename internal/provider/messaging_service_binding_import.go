package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ImportState takes a Messaging Service by its SID.
func (r *messagingServiceBindingResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := serviceIdentity{SID: types.StringValue(req.ID)}
	if req.ID == "" {
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if sid := identity.SID.ValueString(); !bot.IsSID(sid) || sid[:2] != "MG" {
		resp.Diagnostics.AddError("Unable to import the binding", fmt.Sprintf("%q is not the SID of a Messaging Service (MG…).", sid))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("messaging_service_sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}

// imported sets what nothing at Twilio says to its default.
func (m *serviceBindingModel) imported() { m.Overwrite = types.BoolValue(false) }

// boundTo is the bot that answers for a service, where one does.
func boundTo(routing bot.Routing, way bot.Way) (botSID string, ok bool) {
	route := routing.Lead(way)
	return route.BotSID, route.Kind == bot.ToBot && !way.Idle
}

// importing is the prior of a binding that Terraform did not create: the bot that answers
// now.
func (r *messagingServiceBindingResource) importing(ctx context.Context, routing bot.Routing, way bot.Way, diags *diag.Diagnostics) priorServiceBinding {
	if botSID, ok := boundTo(routing, way); ok {
		return priorServiceBinding{ServiceSID: way.SID, BotSID: botSID}
	}
	route := routing.Lead(way)
	now := fmt.Sprintf("%s answers with %s", way, r.provider.account.Describe(ctx, route))
	if way.Idle {
		now = fmt.Sprintf("%s defers to the webhooks of its numbers", way)
	}
	diags.AddError("No bot answers for the Messaging Service", fmt.Sprintf("There is no binding to import, since %s. Write a new `twiliobot_messaging_service_binding` for it instead of an import.", now))
	return priorServiceBinding{}
}
