package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// UpgradeState brings states of version 0 to what this version writes: there, attributes
// that say nothing for the bot's engine had a value. Those that a configuration may give are
// left as they are, and the plan takes them for the same.
func (r *assistantResource) UpgradeState(ctx context.Context) map[int64]resource.StateUpgrader {
	var prior resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &prior)
	return map[int64]resource.StateUpgrader{0: {
		PriorSchema: &prior.Schema,
		StateUpgrader: func(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
			var state assistantModel
			resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
			if resp.Diagnostics.HasError() {
				return
			}
			resp.Diagnostics.Append(state.upgrade(ctx)...)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		},
	}}
}

func (m *assistantModel) upgrade(ctx context.Context) (diags diag.Diagnostics) {
	if !m.edited() {
		m.EditedStates = types.ListNull(types.StringType)
	}
	if m.Engine.ValueString() != string(bot.Autopilot) {
		m.NeedsModelBuild = types.BoolNull()
	}
	if m.Engine.ValueString() == string(bot.Application) {
		m.MessagingWebhookURL, m.VoiceWebhookURL = types.StringNull(), types.StringNull()
	}
	if m.Webhooks.IsNull() {
		return diags
	}
	w := webhooksIn(ctx, m.Webhooks)
	for _, each := range []struct{ method, url *types.String }{{&w.MessagingMethod, &w.MessagingURL}, {&w.VoiceMethod, &w.VoiceURL}} {
		if each.url.IsNull() && each.method.ValueString() == bot.WebhookMethod {
			*each.method = types.StringNull()
		}
	}
	m.Webhooks, diags = types.ObjectValueFrom(ctx, webhookTypes, w)
	return diags
}
