package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

// willGo says on which numbers a bot that is to be removed answers. Which of them the
// same plan frees it does not say: Terraform plans the bindings before or after.
func (r *assistantResource) willGo(ctx context.Context, state assistantModel, diags *diag.Diagnostics) {
	sid := state.SID.ValueString()
	numbers, err := r.provider.account.NumbersOf(ctx, sid, account.AnyTime)
	if err != nil {
		addAttributeError(diags, path.Root("sid"), "Unable to look for the bot's phone numbers", err)
		return
	}
	if len(numbers) == 0 {
		return
	}
	what := "Each has to be freed by the removal of its binding, or to get another bot, in the same apply; one that has no binding here keeps the bot from being removed, unless `force_destroy` is set."
	if state.ForceDestroy.ValueBool() {
		what = "Those that get no other bot in the same apply answer nothing from then on, bound here or not, since `force_destroy` is set."
	}
	diags.AddWarning(fmt.Sprintf("Bot %q (%s) will be removed", state.UniqueName.ValueString(), sid), fmt.Sprintf("These phone numbers route to it now: %s. %s", phones(numbers), what))
}
