package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/purchase"
)

var (
	_ resource.ResourceWithConfigure      = &phoneNumberResource{}
	_ resource.ResourceWithValidateConfig = &phoneNumberResource{}
	_ resource.ResourceWithModifyPlan     = &phoneNumberResource{}
	_ resource.ResourceWithIdentity       = &phoneNumberResource{}
	_ resource.ResourceWithImportState    = &phoneNumberResource{}
)

type phoneNumberResource struct{ accountResource }

func newPhoneNumberResource() resource.Resource { return &phoneNumberResource{} }

func (r *phoneNumberResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_phone_number"
}

func (r *phoneNumberResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	number, _, err := purchase.Acquire(ctx, r.provider.account, bot.NumberOrder{PhoneNumber: e164(plan.PhoneNumber), Settings: config.wanted()})
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("phone_number"), "Unable to buy the phone number", err)
		return
	}
	r.provider.ledger.recordCreated(exclusive{ownedNumber, number.PhoneNumber})
	plan.read(number)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(priorNumber{Applied: true, Snapshot: bot.SnapshotOf(number)}.save(ctx, resp.Private)...)
}

func (r *phoneNumberResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The phone number "+state.SID.ValueString(), resp) {
		return
	}
	prior, diags := loadPriorNumber(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	number, err := r.provider.account.Number(ctx, state.SID.ValueString(), state.lastRead())
	if errors.Is(err, bot.ErrNotFound) {
		r.provider.ledger.refreshedAway(exclusive{ownedNumber, e164(state.PhoneNumber)})
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to read the phone number", err)
		return
	}
	state.read(number)
	prior.Snapshot, prior.Shared = bot.SnapshotOf(number), r.provider.ledger.recordReadAgain(exclusive{ownedNumber, number.PhoneNumber})
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
	resp.Diagnostics.Append(prior.save(ctx, resp.Private)...)
}

func (r *phoneNumberResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	prior, diags := loadPriorNumber(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior.Applied = true
	if plan.EmergencyAddressStatus.IsUnknown() { // else nothing of the number itself changes
		number, err := purchase.Configure(ctx, r.provider.account, state.SID.ValueString(), state.settings(), config.wanted())
		if err != nil {
			addError(&resp.Diagnostics, "Unable to change the phone number", err)
			return
		}
		plan.read(number)
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(prior.save(ctx, resp.Private)...)
}

// Delete releases the number where release_on_destroy was applied, and else leaves it in the
// account. What is replaced by the same number, or what another resource has, is left.
func (r *phoneNumberResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The phone number "+state.SID.ValueString(), &resp.Diagnostics) {
		return
	}
	as, diags := loadPlanned(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	prior, diags := loadPriorNumber(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	own, replaced := e164(state.PhoneNumber), !as.Destroys
	switch {
	case resp.Diagnostics.HasError(), as.Shared, r.provider.ledger.isCreated(exclusive{ownedNumber, own}), replaced && as.Next == own:
		return
	case !state.ReleaseOnDestroy.ValueBool(), replaced && as.Next == "":
		stays(state, &resp.Diagnostics)
		return
	}
	gone, err := purchase.Release(ctx, r.provider.account, state.SID.ValueString(), prior.Snapshot, replaced)
	switch {
	case err != nil:
		addError(&resp.Diagnostics, "Unable to release the phone number", err)
	case gone:
		resp.Diagnostics.AddWarning("The phone number was gone already", fmt.Sprintf("Account %s does not own %s any more: it was released, or moved to another account. There was nothing to release.", r.provider.account.SID, state))
	}
}

// stays says that the account goes on having a number that Terraform forgets.
func stays(state ownedNumberModel, diags *diag.Diagnostics) {
	diags.AddWarning(fmt.Sprintf("Phone number %s stays in the account", e164(state.PhoneNumber)),
		fmt.Sprintf("Terraform forgets %s without releasing it: the account goes on paying for it, and who answers on it stays as it is. "+
			"Release it in the console, or import it again. To have it released when it is destroyed, apply `release_on_destroy = true` first.", state))
}
