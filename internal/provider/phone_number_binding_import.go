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
		number, err := r.provider.account.FindNumber(ctx, e164)
		if errors.Is(err, bot.ErrNotFound) {
			resp.Diagnostics.AddError("The account does not own this phone number",
				fmt.Sprintf("Account %s has no phone number %s.", r.provider.account.SID, e164))
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
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("phone_number_sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identity)...)
}

// imported sets what nothing at Twilio says to its default.
func (m *bindingModel) imported() {
	m.Overwrite = types.BoolValue(false)
	m.Channels = types.SetNull(types.StringType)
}

// importing is the prior of a binding that Terraform did not create: the bot that answers
// now, on every channel on which it does.
func (r *phoneNumberBindingResource) importing(ctx context.Context, number bot.Number, diags *diag.Diagnostics) priorBinding {
	routing, err := r.provider.account.Routing(ctx, number)
	if err != nil {
		addError(diags, "Unable to look for suspended bots", err)
		return priorBinding{}
	}
	for _, first := range bot.Channels() {
		route := routing.Route(number, first)
		if route.Kind != bot.ToBot {
			continue
		}
		m := priorBinding{BotSID: route.BotSID, Channels: routing.Channels(number, route.BotSID)}
		if b, err := r.provider.account.Bot(ctx, route.BotSID); err == nil && b.UniqueName == number.FriendlyName {
			m.Label = b.UniqueName
		}
		return m
	}
	diags.AddError("No bot answers on the phone number",
		fmt.Sprintf("%s answers messaging with %s and voice with %s, so there is no binding to import. Write a new `twiliobot_phone_number_binding` for it instead of an import.",
			number, routing.Route(number, bot.Messaging), routing.Route(number, bot.Voice)))
	return priorBinding{}
}
