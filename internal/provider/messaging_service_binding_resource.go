package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ resource.ResourceWithConfigure      = &messagingServiceBindingResource{}
	_ resource.ResourceWithValidateConfig = &messagingServiceBindingResource{}
	_ resource.ResourceWithModifyPlan     = &messagingServiceBindingResource{}
	_ resource.ResourceWithIdentity       = &messagingServiceBindingResource{}
	_ resource.ResourceWithImportState    = &messagingServiceBindingResource{}
)

type messagingServiceBindingResource struct{ accountResource }

func newMessagingServiceBindingResource() resource.Resource {
	return &messagingServiceBindingResource{}
}

func (r *messagingServiceBindingResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_messaging_service_binding"
	// The service, and with it the SID, changes in place.
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *messagingServiceBindingResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior := r.provider.leftOnService(plan.ServiceSID.ValueString(), plan.AssistantSID.ValueString())
	r.provider.account.KnowHolds(prior.BotSID, prior.Holds...)
	written := r.bind(ctx, &plan, prior, binding.PriorService{}, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func (r *messagingServiceBindingResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	sid := state.ServiceSID.ValueString()
	if !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The Messaging Service "+sid, resp) {
		return
	}
	service, err := r.provider.account.Service(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		r.provider.ledger.refreshedAway(exclusive{boundService, sid})
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to read the Messaging Service", err)
		return
	}
	prior, diags := loadPriorServiceBinding(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	way := service.Way()
	r.provider.account.KnowHolds(prior.BotSID, prior.Holds...)
	routing, err := r.provider.account.RoutingOfWays(ctx, account.AnyTime)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to look for suspended bots", err)
		return
	}
	if prior.BotSID == "" {
		prior = r.importing(ctx, routing, way, &resp.Diagnostics)
		state.imported()
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if led := routing.Lead(way); led.SilencedBy != "" || led.Gone {
		r.provider.warnSuspended(ctx, led.BotSID, &resp.Diagnostics)
	}
	if !routing.LeadsTo(way, prior.BotSID) {
		if prior.BotSID, err = r.provider.following(ctx, prior.BotSID, routing.Lead(way).BotSID); err != nil {
			addError(&resp.Diagnostics, "Unable to look for the replacement of the bot", err)
			return
		}
	}
	resumed, err := binding.ResumedService(ctx, r.provider.account, routing, way)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to read the bot", err)
		return
	}
	state.read(routing, way, resumed, prior)
	prior = prior.at(routing, way, resumed)
	prior.Shared = r.provider.ledger.readService(prior)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
	resp.Diagnostics.Append(prior.save(ctx, resp.Private)...)
}

func (r *messagingServiceBindingResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorServiceBinding(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior = prior.of(state)
	var err error
	if prior.BotSID, err = r.provider.followingBeside(ctx, prior.BotSID, plan.AssistantSID.ValueString()); err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to look for the bot that the service had", err)
		return
	}
	written := r.rebind(ctx, &plan, prior, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.provider.ledger.notLeaving(prior.BotSID, prior.ServiceSID)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func (r *messagingServiceBindingResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	prior, diags := loadPriorServiceBinding(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The Messaging Service "+state.ServiceSID.ValueString(), &resp.Diagnostics) {
		return
	}
	prior = prior.of(state)
	if next := prior.Next; next != nil {
		// Terraform deletes a binding that it replaces before it creates it anew: in between,
		// the service would be without a bot.
		same := next.ServiceSID == prior.ServiceSID
		if next.ServiceSID != "" && next.BotSID != "" && (!same || next.BotSID != prior.BotSID) {
			plan := next.plan()
			r.rebind(ctx, &plan, prior, &resp.Diagnostics)
			return
		}
		if same {
			r.provider.ledger.handOverService(prior)
			return
		}
	}
	free := prior.freed()
	if free.BotSID == "" {
		return
	}
	r.provider.account.KnowHolds(prior.BotSID, prior.Holds...)
	notices, err := binding.FreeService(ctx, r.provider.account, free, nil)
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("messaging_service_sid"), "Unable to free the Messaging Service", err)
	}
}
