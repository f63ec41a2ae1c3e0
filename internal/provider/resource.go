package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// accountResource is what every resource has of the provider.
type accountResource struct{ provider *providerData }

func (r *accountResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
}

// beginRead sets the identity of an object before anything returns: a Terraform that knows no
// identities checks that one exists even for an object that is gone. It reports whether the
// object can be read: what cannot stays as it is in the state.
func (r *accountResource) beginRead(ctx context.Context, identity any, accountSID, what string, resp *resource.ReadResponse) bool {
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
	if !r.provider.ready() {
		keepUnread(r.provider, &resp.Diagnostics)
		return false
	}
	return r.provider.sameAccount(accountSID, what, &resp.Diagnostics)
}

// boundBot reads the bot that a binding is applied to; false where it cannot be read.
func (r *accountResource) boundBot(ctx context.Context, sid string, diags *diag.Diagnostics) (bot.Bot, bool) {
	b, err := r.provider.account.Bot(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		err = bot.DeletedProblem(sid, err)
	}
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot", err)
	}
	return b, err == nil
}
