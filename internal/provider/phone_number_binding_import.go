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
func (r *phoneNumberBindingResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := numberIdentity{}
	switch {
	case req.ID == "":
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	case bot.IsSID(req.ID):
		identity.SID = types.StringValue(req.ID)
	default:
		e164, err := bot.ParsePhoneNumber(req.ID)
		if err != nil {
			resp.Diagnostics.AddError("Unable to import the binding",
				fmt.Sprintf("Give the phone number (+12025550142) or its SID (PN…): %v.", err))
			return
		}
		number, err := r.account.directory.FindNumber(ctx, e164)
		if errors.Is(err, bot.ErrNotFound) {
			resp.Diagnostics.AddError("The account does not own this phone number",
				fmt.Sprintf("Account %s has no phone number %s.", r.account.directory.AccountSID, e164))
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
		resp.Diagnostics.AddError("Unable to import the binding", fmt.Sprintf("%q is not the SID of a phone number (PN…), nor a number in E.164.", sid))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.account.directory.AccountSID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("phone_number_sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identity)...)
}
