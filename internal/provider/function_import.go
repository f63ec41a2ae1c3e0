package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

// ImportState takes a function by the SID or the unique name of its service, which must hold
// nothing else.
func (r *functionResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := functionIdentity{ServiceSID: types.StringValue(req.ID)}
	if req.ID == "" {
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	host, ok := r.host(&resp.Diagnostics)
	if !ok || !r.provider.sameAccount(identity.AccountSID.ValueString(), "The function "+identity.ServiceSID.ValueString(), &resp.Diagnostics) {
		return
	}
	found, err := function.Find(ctx, host, identity.ServiceSID.ValueString())
	if errors.Is(err, bot.ErrNotFound) {
		err = fmt.Errorf("account %s has no service with the SID or unique name %q, by which a function is imported", r.provider.account.SID, identity.ServiceSID.ValueString())
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to import the function", err)
		return
	}
	for _, each := range []struct {
		name  string
		value string
	}{{"service_sid", found.ServiceSID}, {"environment_sid", found.EnvironmentSID}, {"function_sid", found.FunctionSID}, {"account_sid", found.AccountSID}} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(each.name), each.value)...)
	}
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, functionIdentity{AccountSID: types.StringValue(found.AccountSID), ServiceSID: types.StringValue(found.ServiceSID)})...)
}
