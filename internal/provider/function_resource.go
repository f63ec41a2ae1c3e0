package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

var (
	_ resource.ResourceWithConfigure      = &functionResource{}
	_ resource.ResourceWithValidateConfig = &functionResource{}
	_ resource.ResourceWithModifyPlan     = &functionResource{}
	_ resource.ResourceWithIdentity       = &functionResource{}
	_ resource.ResourceWithImportState    = &functionResource{}
)

type functionResource struct{ accountResource }

func newFunctionResource() resource.Resource { return &functionResource{} }

func (r *functionResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_function"
	resp.ResourceBehavior.MutableIdentity = true
}

// ValidateConfig refuses a runtime that Twilio retired, and environment variables that are
// given twice or are too many.
func (r *functionResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config functionModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !config.Runtime.IsNull() && !config.Runtime.IsUnknown() {
		switch latest, err := function.CheckRuntime(config.Runtime.ValueString()); {
		case err != nil:
			resp.Diagnostics.AddAttributeError(path.Root("runtime"), "Invalid runtime", sentence(err))
		case !latest:
			resp.Diagnostics.AddAttributeWarning(path.Root("runtime"), "The runtime may not be one of Twilio's",
				fmt.Sprintf("Twilio documented %s as the newest when this version of the provider was released. Where it does not take %s, the apply says so, and changes nothing.",
					function.LatestRuntime, config.Runtime.ValueString()))
		}
	}
	plain, secret := textsIn(config.Variables), textsIn(config.Secrets)
	for _, key := range slices.Sorted(maps.Keys(secret)) {
		if _, both := plain[key]; both {
			resp.Diagnostics.AddAttributeError(path.Root("environment_variables_wo"), "An environment variable is given twice",
				fmt.Sprintf("%q is in `environment_variables` too. Remove it from one of them.", key))
		}
	}
	if err := function.CheckEnvironment(config.spec(config.Secrets).Variables); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("environment_variables"), "Too many environment variables", sentence(err))
	}
}

// host is the functions of the account; false where they are out of reach, which is said.
func (r *functionResource) host(diags *diag.Diagnostics) (function.Host, bool) {
	if err := r.provider.functionsOff; err != nil {
		diags.AddError("Functions are out of reach", sentence(err))
		return nil, false
	}
	return r.provider.functions, true
}

func (r *functionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config functionModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	timeout, diags := plan.Timeouts.Create(ctx, deployTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	host, ok := r.host(&resp.Diagnostics)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	made, existed, err := function.Create(ctx, host, plan.spec(config.Secrets))
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("unique_name"), "Unable to deploy the function", err)
		return
	}
	if existed {
		existedAlready(made, &resp.Diagnostics)
	}
	r.provider.ledger.recordCreated(exclusive{ownedFunction, made.ServiceSID})
	written := secretsOf(slices.Collect(maps.Keys(textsIn(config.Secrets))), made.Variables)
	plan.read(made, written)
	plan.OtherVariables = noOthers() // what came since the plan is for the next one to show
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func existedAlready(f function.Function, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root("unique_name"), "The function exists already",
		fmt.Sprintf("Service %q (%s) holds exactly this function, deployed, as an apply leaves it that was cut off. This resource has it from now on, and deletes it when it is destroyed. "+
			"If another configuration has it, choose another `unique_name`.", f.Name, f.ServiceSID))
}

func (r *functionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state functionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	secrets, diags := loadFunctionSecrets(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The function "+state.ServiceSID.ValueString(), resp) {
		return
	}
	host, ok := r.host(&resp.Diagnostics)
	if !ok {
		return
	}
	r.provider.ledger.recordFunction(state.ServiceSID.ValueString())
	now, err := function.Read(ctx, host, state.known())
	switch {
	case errors.Is(err, bot.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the function", err)
		return
	}
	if drifted := state.prior(secrets).Drifted(now.Variables); len(drifted) > 0 {
		state.SecretsVersion = types.Int64Null()
		resp.Diagnostics.AddAttributeWarning(path.Root("environment_variables_wo"), "Another client changed secrets of the function",
			fmt.Sprintf("Environment variables of function %q were written or deleted by another client: %s. The next apply sets them again.", now.Name, bot.JoinNames(drifted)))
	}
	state.read(now, secrets)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
	resp.Diagnostics.Append(secretsOf(slices.Collect(maps.Keys(secrets.Written)), now.Variables).save(ctx, resp.Private)...)
}

func (r *functionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config functionModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	secrets, diags := loadFunctionSecrets(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, deployTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	host, ok := r.host(&resp.Diagnostics)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	prior := state.prior(secrets)
	now, err := function.Update(ctx, host, prior, plan.change(state, prior, config.Secrets))
	if err != nil {
		addError(&resp.Diagnostics, "Unable to change the function", err)
		return
	}
	written := secretsOf(slices.Collect(maps.Keys(textsIn(config.Secrets))), now.Variables)
	plan.read(now, written)
	plan.OtherVariables = noOthers() // what came since the plan is for the next one to show
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
	resp.Diagnostics.Append(written.save(ctx, resp.Private)...)
}

func (r *functionResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state functionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	secrets, diags := loadFunctionSecrets(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, deployTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The function "+state.ServiceSID.ValueString(), &resp.Diagnostics) {
		return
	}
	host, ok := r.host(&resp.Diagnostics)
	if !ok {
		return
	}
	if r.provider.ledger.isCreated(exclusive{ownedFunction, state.ServiceSID.ValueString()}) {
		return // the resource that Terraform replaces this one by has it now
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := function.Delete(ctx, host, state.prior(secrets)); err != nil {
		addError(&resp.Diagnostics, "Unable to delete the function", err)
	}
}
