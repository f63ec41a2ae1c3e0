package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// ImportState takes the suspension of a bot, by the bot's SID.
func (r *suspensionResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := suspensionIdentity{AssistantSID: types.StringValue(req.ID)}
	if req.ID == "" {
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	sid := identity.AssistantSID.ValueString()
	if _, ok := bot.EngineOf(sid); !ok {
		resp.Diagnostics.AddError("Unable to import the suspension", fmt.Sprintf("%q is not the SID of a bot (FW…, AP… or UA…), which a suspension is imported by.", sid))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	if _, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime); errors.Is(err, bot.ErrNotFound) {
		resp.Diagnostics.AddError("The bot is not suspended", fmt.Sprintf("Account %s has no hold for bot %s, so there is nothing to import. Write a `twiliobot_suspension` to suspend it.", r.provider.account.SID, sid))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("assistant_sid"), identity.AssistantSID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}
