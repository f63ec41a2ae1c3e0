package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ resource.ResourceWithConfigure        = &phoneNumberBindingResource{}
	_ resource.ResourceWithConfigValidators = &phoneNumberBindingResource{}
	_ resource.ResourceWithValidateConfig   = &phoneNumberBindingResource{}
	_ resource.ResourceWithModifyPlan       = &phoneNumberBindingResource{}
	_ resource.ResourceWithIdentity         = &phoneNumberBindingResource{}
	_ resource.ResourceWithImportState      = &phoneNumberBindingResource{}
	_ resource.ResourceWithUpgradeIdentity  = &phoneNumberBindingResource{}
)

type phoneNumberBindingResource struct{ accountResource }

func newPhoneNumberBindingResource() resource.Resource { return &phoneNumberBindingResource{} }

func (r *phoneNumberBindingResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_phone_number_binding"
	// The number, and with it the SID, changes in place.
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *phoneNumberBindingResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	number, err := r.find(ctx, plan, "")
	if err != nil {
		addAttributeError(&resp.Diagnostics, plan.numberPath(), "Unable to find the phone number", err)
		return
	}
	prior := priorBinding{BotSID: r.provider.leftOn(number.SID, plan.channels(), plan.AssistantSID.ValueString())}
	written := r.bind(ctx, &plan, number, prior, binding.Prior{}, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.saveBeside(ctx, resp.Private, plan)...)
}

func (r *phoneNumberBindingResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The phone number "+state.PhoneNumberSID.ValueString(), resp) {
		return
	}
	number, err := r.provider.account.Number(ctx, state.PhoneNumberSID.ValueString(), state.lastRead())
	if errors.Is(err, bot.ErrNotFound) {
		r.provider.ledger.refreshedAway(exclusive{boundNumber, state.PhoneNumberSID.ValueString()}, exclusive{boundNumber, e164(state.PhoneNumber)})
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to read the phone number", err)
		return
	}
	prior, diags := loadPriorBinding(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	if prior.BotSID == "" {
		prior = r.importing(ctx, number, state.channels(), &resp.Diagnostics)
		state.imported()
	}
	if resp.Diagnostics.HasError() {
		return
	}
	routing, err := r.provider.account.Routing(ctx, number)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to look for suspended bots", err)
		return
	}
	r.provider.warnSilenced(ctx, routing, number, &resp.Diagnostics)
	if prior, err = r.followReplacement(ctx, routing, number, prior); err != nil {
		addError(&resp.Diagnostics, "Unable to look for the replacement of the bot", err)
		return
	}
	if routing.Webhooks, err = r.provider.account.WebhooksOf(ctx, clearedFor(routing, number)); err != nil {
		addError(&resp.Diagnostics, "Unable to read the bot", err)
		return
	}
	state.read(routing, number, prior)
	prior.NumberSID, prior.Snapshot, prior.Next = number.SID, bot.SnapshotOf(number), nil
	prior.Shared, prior.Others = r.provider.ledger.readBinding(prior), prior.hasOthers(routing, number)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
	resp.Diagnostics.Append(prior.saveBeside(ctx, resp.Private, state)...)
}

func (r *phoneNumberBindingResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	prior, diags := loadPriorBinding(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	label := ""
	if plan.PhoneNumberSID.Equal(state.PhoneNumberSID) {
		label = state.FriendlyName.ValueString()
	}
	number, err := r.find(ctx, plan, label)
	if err != nil {
		addAttributeError(&resp.Diagnostics, plan.numberPath(), "Unable to find the phone number", err)
		return
	}
	prior = prior.of(state)
	if prior.BotSID, err = r.provider.followingBeside(ctx, prior.BotSID, plan.AssistantSID.ValueString()); err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to look for the bot that the number had", err)
		return
	}
	if config.FriendlyName.IsNull() && !plan.FriendlyName.IsUnknown() && !r.provider.account.Wrote(number.SID) {
		prior.labels = []string{state.FriendlyName.ValueString(), plan.FriendlyName.ValueString()}
	}
	written := r.rebind(ctx, &plan, number, prior, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.provider.ledger.notLeaving(prior.BotSID, prior.NumberSID)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.saveBeside(ctx, resp.Private, plan)...)
}

func (r *phoneNumberBindingResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state bindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorBinding(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The phone number "+state.PhoneNumberSID.ValueString(), &resp.Diagnostics) {
		return
	}
	prior = prior.of(state)
	free := prior.freed()
	if next := prior.Next; next != nil {
		// Terraform deletes a binding that it replaces before it creates it anew: in between,
		// the number would be without a bot.
		same := next.NumberSID == prior.NumberSID
		if next.NumberSID != "" && next.BotSID != "" && (!same || next.BotSID != prior.BotSID) {
			r.bindNext(ctx, prior, &resp.Diagnostics)
			return
		}
		if same {
			free.Channels = without(free.Channels, next.Channels)
			r.provider.ledger.handOverNumber(prior.NumberSID, without(prior.Channels, free.Channels), prior.BotSID)
		}
	}
	if len(free.Channels) == 0 {
		return
	}
	notices, err := binding.Free(ctx, r.provider.account, free, nil)
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to free the phone number", err)
	}
}
