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
)

// ImportState takes a number by its SID or in E.164.
func (r *phoneNumberResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var identity ownedNumberIdentity
	if req.ID == "" {
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	} else {
		identity.SID = r.provider.numberNamed(ctx, req.ID, numberWords{
			unable: "Unable to import the phone number", give: "Give the number (+12025550142) or its SID (PN…)",
			none: ", and an import buys none. To buy it, leave the import out",
		}, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() || !isNumberSID(identity.SID, "Unable to import the phone number", &resp.Diagnostics) {
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}

// numberWords are what an import says of a number that it cannot find.
type numberWords struct{ unable, give, none string }

// numberNamed is the SID of the number that an import names, by its SID or in E.164; null
// where there is none, and diags say so.
func (p *providerData) numberNamed(ctx context.Context, named string, words numberWords, diags *diag.Diagnostics) types.String {
	if bot.IsSID(named) {
		return types.StringValue(named)
	}
	e164, err := bot.ParsePhoneNumber(named)
	if err != nil {
		diags.AddError(words.unable, fmt.Sprintf("%s: %v.", words.give, err))
		return types.StringNull()
	}
	number, err := p.account.FindNumber(ctx, e164)
	if errors.Is(err, bot.ErrNotFound) {
		diags.AddError("The account does not own this phone number", fmt.Sprintf("Account %s has no phone number %s%s.", p.account.SID, e164, words.none))
		return types.StringNull()
	}
	if err != nil {
		addError(diags, "Unable to find the phone number", err)
		return types.StringNull()
	}
	return types.StringValue(number.SID)
}

// isNumberSID reports whether an import names a phone number, and says so where it does not.
func isNumberSID(named types.String, unable string, diags *diag.Diagnostics) bool {
	if sid := named.ValueString(); !bot.IsSID(sid) || sid[:2] != "PN" {
		diags.AddError(unable, fmt.Sprintf("%q is not the SID of a phone number (PN…), nor a number in E.164.", sid))
		return false
	}
	return true
}
