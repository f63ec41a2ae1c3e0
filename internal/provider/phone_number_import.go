package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ImportState takes a number by its SID or in E.164.
func (r *phoneNumberResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var identity ownedNumberIdentity
	switch {
	case req.ID == "":
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	case bot.IsSID(req.ID):
		identity.SID = types.StringValue(req.ID)
	default:
		e164, err := bot.ParsePhoneNumber(req.ID)
		if err != nil {
			resp.Diagnostics.AddError("Unable to import the phone number", fmt.Sprintf("Give the number (+12025550142) or its SID (PN…): %v.", err))
			return
		}
		number, err := r.provider.account.FindNumber(ctx, e164)
		if errors.Is(err, bot.ErrNotFound) {
			resp.Diagnostics.AddError("The account does not own this phone number",
				fmt.Sprintf("Account %s has no phone number %s, and an import buys none. To buy it, leave the import out.", r.provider.account.SID, e164))
			return
		}
		if err != nil {
			addError(&resp.Diagnostics, "Unable to find the phone number", err)
			return
		}
		identity.SID = types.StringValue(number.SID)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if sid := identity.SID.ValueString(); !bot.IsSID(sid) || sid[:2] != "PN" {
		resp.Diagnostics.AddError("Unable to import the phone number", fmt.Sprintf("%q is not the SID of a phone number (PN…), nor a number in E.164.", sid))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}
