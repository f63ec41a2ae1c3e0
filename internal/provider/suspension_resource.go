package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

var (
	_ resource.ResourceWithConfigure      = &suspensionResource{}
	_ resource.ResourceWithValidateConfig = &suspensionResource{}
	_ resource.ResourceWithModifyPlan     = &suspensionResource{}
	_ resource.ResourceWithIdentity       = &suspensionResource{}
	_ resource.ResourceWithImportState    = &suspensionResource{}
)

type suspensionResource struct{ accountResource }

func newSuspensionResource() resource.Resource { return &suspensionResource{} }

func (r *suspensionResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_suspension"
	// The bot, and with it the SID, changes in place.
	resp.ResourceBehavior.MutableIdentity = true
}

// ValidateConfig refuses what is not the SID of a bot, and a notice that Twilio would not say.
func (r *suspensionResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if r.provider != nil {
		checkForm(ctx, path.Root("assistant_sid"), config.AssistantSID, botSID(), &resp.Diagnostics)
	}
	checkNotice(config.Notice, &resp.Diagnostics)
}

func (r *suspensionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !r.provider.ledger.takeSuspension(plan.AssistantSID.ValueString()) {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "", suspendedTwice(plan.AssistantSID.ValueString()))
		return
	}
	handed := r.provider.ledger.suspensionHandedOver(func(botSID string) bool {
		return botSID == plan.AssistantSID.ValueString() || r.provider.successor(botSID) == plan.AssistantSID.ValueString()
	})
	r.provider.account.KnowHolds(plan.AssistantSID.ValueString(), handed.holds...)
	made, saved, err := suspension.Suspend(ctx, r.provider.account, plan.AssistantSID.ValueString(), plan.Notice.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to suspend the bot", err)
		return
	}
	r.goesOn(ctx, made, &resp.Diagnostics)
	r.provider.ledger.recordCreated(exclusive{suspendedBot, plan.AssistantSID.ValueString()})
	plan.read(r.provider.account.SID, made)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(handed.applied(made, saved).save(ctx, resp.Private)...)
}

// goesOn warns of what a bot answers by though it is suspended now.
func (r *suspensionResource) goesOn(ctx context.Context, now suspension.Suspension, diags *diag.Diagnostics) {
	if len(now.Ways.Fixed) > 0 {
		diags.AddAttributeWarning(path.Root("assistant_sid"), fmt.Sprintf("Suspended bot %s goes on answering", r.provider.named(ctx, now.BotSID)),
			fmt.Sprintf("It answers by %s, which a suspension does not silence. Point that elsewhere to silence it there too.", bot.JoinWays(now.Ways.Fixed)))
	}
}

func (r *suspensionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	sid := state.AssistantSID.ValueString()
	if !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The suspension of bot "+sid, resp) {
		return
	}
	prior, diags := loadPriorSuspension(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.provider.ledger.recordRead(exclusive{suspendedBot, sid})
	r.provider.account.KnowHolds(sid, prior.holds...)
	now, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime)
	if errors.Is(err, bot.ErrNotFound) {
		// The bot may have been replaced, by Terraform or by a replacement that was cut off, and
		// the mark with it.
		if holder, lookErr := suspension.HolderOf(ctx, r.provider.account, prior.holds, account.AnyTime); holder != "" || lookErr != nil {
			if err = lookErr; err == nil {
				now, err = suspension.ReadWhole(ctx, r.provider.account, holder, account.AnyTime)
			}
		} else if current, other, lookErr := r.provider.account.Unfinished(ctx, sid, ""); lookErr == nil {
			if current == sid {
				current = other
			}
			now, err = suspension.ReadWhole(ctx, r.provider.account, current, account.AnyTime)
		} else if !errors.Is(lookErr, bot.ErrNotFound) {
			err = lookErr
		}
	}
	switch {
	case errors.Is(err, bot.ErrNotFound):
		r.provider.ledger.refreshedAway(exclusive{suspendedBot, sid})
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the suspension", err)
		return
	}
	if state.OnDestroy.IsNull() {
		state.OnDestroy = types.StringValue(onDestroyResume)
	}
	if now.BotSID != sid {
		r.provider.ledger.recordRead(exclusive{suspendedBot, now.BotSID})
	}
	r.provider.ledger.readSuspension(now.BotSID, prior.with(now))
	r.provider.warnSuspended(ctx, now.BotSID, &resp.Diagnostics)
	state.read(r.provider.account.SID, now)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
	resp.Diagnostics.Append(prior.with(now).save(ctx, resp.Private)...)
}

func (r *suspensionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorSuspension(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	before := state.AssistantSID.ValueString()
	r.provider.account.KnowHolds(r.holder(ctx, before, plan.AssistantSID.ValueString()), prior.holds...)
	if !r.provider.ledger.takeSuspension(plan.AssistantSID.ValueString()) {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "", suspendedTwice(plan.AssistantSID.ValueString()))
		return
	}
	now, saved, err := suspension.Suspend(ctx, r.provider.account, plan.AssistantSID.ValueString(), plan.Notice.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to suspend the bot", err)
		return
	}
	r.goesOn(ctx, now, &resp.Diagnostics)
	// The one that was suspended before may have gone with its mark: replaced by this
	// one, it has none any more.
	if before != now.BotSID && r.provider.successor(before) != now.BotSID && !r.provider.ledger.hasTakenSuspension(before) {
		notices, err := suspension.Resume(ctx, r.provider.account, before, prior.sides)
		addNotices(&resp.Diagnostics, notices)
		if err != nil {
			addError(&resp.Diagnostics, "Unable to resume the bot that was suspended before", fmt.Errorf("bot %s is suspended as planned, but %s was not resumed: %w", now.BotSID, before, err))
			return
		}
	}
	plan.read(r.provider.account.SID, now)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(prior.applied(now, saved).save(ctx, resp.Private)...)
}

// holder is the bot that the holds of a suspension suspended, which an update changes from
// one bot to another: one that no longer exists was replaced by the other.
func (r *suspensionResource) holder(ctx context.Context, before, after string) string {
	if before == after {
		return before
	}
	if _, err := r.provider.account.Bot(ctx, before); errors.Is(err, bot.ErrNotFound) {
		return after
	}
	return before
}

func (r *suspensionResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorSuspension(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	sid := state.AssistantSID.ValueString()
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The suspension of bot "+sid, &resp.Diagnostics) {
		return
	}
	as, diags := loadPlanned(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	r.provider.account.KnowHolds(sid, prior.holds...)
	switch {
	case resp.Diagnostics.HasError():
		return
	case !as.Destroys:
		// It is replaced: what comes after it goes on from the hold, and the bot answers at no
		// moment in between.
		r.provider.ledger.handOverSuspension(sid, prior)
		return
	case as.Shared:
		return // another resource has the suspension
	}
	by := r.provider.successor(sid)
	for _, each := range []string{sid, by} {
		if !r.provider.ledger.hasTakenSuspension(each) {
			continue
		}
		// So has another resource, which knows nothing of what this one saved where it was
		// created first.
		if err := suspension.PutBackBehind(ctx, r.provider.account, each, prior.sides); err != nil {
			addError(&resp.Diagnostics, "Unable to put back what Twilio cleared of the phone numbers", err)
		}
		return
	}
	if state.OnDestroy.ValueString() == onDestroyKeep {
		resp.Diagnostics.AddWarning("The bot stays suspended",
			fmt.Sprintf("Bot %s stays silent, since `on_destroy` is `keep`. Unless another `twiliobot_suspension` takes it over, Terraform no longer manages its suspension: "+
				"every plan that reads the bot or its bindings says so, and an import of the suspension lets Terraform end it.", sid))
		return
	}
	if by != "" {
		sid = by // the bot was replaced in this walk, and its suspension with it
	}
	notices, err := suspension.Resume(ctx, r.provider.account, sid, prior.sides)
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to resume the bot", err)
	}
}

// successor is the bot that this run put in the place of another, or that it created beside
// it for Terraform to replace it by; empty where there is none.
func (d *providerData) successor(botSID string) string {
	if by := d.ledger.besideWhich(botSID); by != "" {
		return by
	}
	return d.account.ReplacementOf(botSID)
}
