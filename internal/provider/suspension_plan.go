package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// ModifyPlan refuses a bot that is not there or cannot be silenced, and shows the
// numbers that answer all the same going.
func (r *suspensionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	prior, diags := loadPriorSuspension(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if req.Plan.Raw.IsNull() {
		var state suspensionModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() || !r.provider.ready() {
			return
		}
		r.provider.account.KnowHolds(state.AssistantSID.ValueString(), prior.holds...)
		r.willAnswer(ctx, state, &resp.Diagnostics)
		return
	}
	var plan suspensionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	plan.AccountSID = types.StringValue(r.provider.account.SID)
	plan.Answering = types.SetValueMust(types.StringType, []attr.Value{})
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if sid := plan.AssistantSID.ValueString(); sid != "" {
		r.plannable(ctx, sid, req.State.Raw.IsNull(), &resp.Diagnostics)
	}
}

func (r *suspensionResource) plannable(ctx context.Context, sid string, fresh bool, diags *diag.Diagnostics) {
	at := path.Root("assistant_sid")
	if r.provider.ledger.planFor(exclusive{suspendedBot, sid}, !fresh, sid) {
		diags.AddAttributeError(at, "The bot is suspended twice",
			fmt.Sprintf("Another `twiliobot_suspension` of this configuration suspends bot %s too. Remove one of them.", sid))
		return
	}
	if _, err := r.provider.account.Bot(ctx, sid); err != nil && fresh {
		r.provider.missing(at, sid, err, r.provider.ledger.isGone(exclusive{suspendedBot, sid}), diags)
		return
	}
	if !fresh {
		r.resumedByHand(ctx, sid, diags)
		return
	}
	switch _, err := suspension.Read(ctx, r.provider.account, sid, account.AnyTime); {
	case err == nil:
		diags.AddAttributeWarning(at, "The bot is suspended already",
			fmt.Sprintf("Bot %s is suspended, by an apply that was cut off or by another client; this resource takes the suspension over.", sid))
	case !errors.Is(err, bot.ErrNotFound):
		addAttributeError(diags, at, "Unable to look whether the bot is suspended", err)
	}
	if err := suspension.Check(ctx, r.provider.account, sid, account.AnyTime); err != nil {
		addAttributeRefusal(diags, at, "Unable to suspend the bot", err, r.provider.ledger.isGone(exclusive{suspendedBot, sid}))
		return
	}
	r.willBeSilent(ctx, sid, diags)
}

// willBeSilent says on which numbers a bot stops answering.
func (r *suspensionResource) willBeSilent(ctx context.Context, sid string, diags *diag.Diagnostics) {
	numbers, err := r.provider.account.NumbersOf(ctx, sid, r.provider.account.Now())
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to look for the bot's phone numbers", err)
		return
	}
	said := "No phone number routes to it now; one that is bound to it later stays silent."
	if len(numbers) > 0 {
		said = "It stops answering on " + phones(numbers) + ": texts get no answer, and calls end. Everything else on these numbers stays as it is."
	}
	diags.AddAttributeWarning(path.Root("assistant_sid"), fmt.Sprintf("Bot %s will be suspended", r.provider.named(ctx, sid)), said)
}

// willAnswer says on which numbers a bot answers again.
func (r *suspensionResource) willAnswer(ctx context.Context, state suspensionModel, diags *diag.Diagnostics) {
	sid := state.AssistantSID.ValueString()
	now, err := suspension.Read(ctx, r.provider.account, sid, account.AnyTime)
	if err != nil || state.OnDestroy.ValueString() == onDestroyKeep {
		return // what is gone was said by the refresh, and what is kept is said by the destruction
	}
	said := "It has no silenced phone numbers."
	if silent := slices.Concat(now.Silenced, now.Dead); len(silent) > 0 {
		said = "It answers again on " + phones(silent) + ", as before. If this plan removes the bot too, it may answer until it is gone."
	}
	diags.AddWarning(fmt.Sprintf("Bot %s will be resumed", r.provider.named(ctx, sid)), said)
}

// resumedByHand says which numbers of a suspended bot answer all the same.
func (r *suspensionResource) resumedByHand(ctx context.Context, sid string, diags *diag.Diagnostics) {
	now, err := suspension.Read(ctx, r.provider.account, sid, account.AnyTime)
	if err != nil || len(now.Answering) == 0 {
		return // what cannot be read was said by the refresh
	}
	diags.AddAttributeWarning(path.Root("answering"), fmt.Sprintf("Suspended bot %s answers", r.provider.named(ctx, sid)),
		fmt.Sprintf("It answers on %s: it was resumed there by hand, or the number was pointed at it. The apply silences it there. "+
			"To let it answer, remove this `twiliobot_suspension`.", phones(now.Answering)))
}
