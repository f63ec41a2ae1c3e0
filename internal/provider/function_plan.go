package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

// ModifyPlan plans what is computed, and says what an apply would be refused for.
func (r *functionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, config functionModel
	if req.Plan.Raw.IsNull() {
		r.planDeletion(ctx, req, resp)
		return
	}
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		before, diags := loadPlanned(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
		if plan.Visibility.ValueString() == string(function.Private) {
			plan.URL = types.StringNull()
		}
		plan.OtherVariables = noOthers()
		r.planCreation(ctx, plan, config, before, &resp.Diagnostics)
		resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
		return
	}
	var state functionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	as := plannedAs{Object: state.ServiceSID.ValueString()}
	if !plan.UniqueName.Equal(state.UniqueName) {
		r.claimName(state.UniqueName.ValueString(), leaves, &resp.Diagnostics)
		resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
		return // it is replaced
	}
	as.Next = state.UniqueName.ValueString() // with -replace it is planned once more, as a new one
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
	r.claimName(state.UniqueName.ValueString(), keeps, &resp.Diagnostics)
	plan.computed(state)
	plan.willDelete(state, config, &resp.Diagnostics)
	if moved := plan.URL; !moved.IsUnknown() && !state.URL.IsNull() && !moved.Equal(state.URL) {
		resp.Diagnostics.AddAttributeWarning(path.Root("path"), "The function gets another URL",
			fmt.Sprintf("Once this is applied, %s answers with 404. What references the URL is changed after the function, and meets that in between.", state.URL.ValueString()))
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
}

// computed plans what Twilio gives, as far as it is known before the apply.
func (m *functionModel) computed(state functionModel) {
	m.OtherVariables = noOthers()
	m.ServiceSID, m.AccountSID, m.DateCreated, m.FunctionSID = state.ServiceSID, state.AccountSID, state.DateCreated, state.FunctionSID
	unlessNull := func(value types.String) types.String {
		if value.IsNull() {
			return types.StringUnknown()
		}
		return value
	}
	m.DomainName, m.EnvironmentSID = unlessNull(state.DomainName), unlessNull(state.EnvironmentSID)
	m.VersionSID, m.BuildSID = unlessNull(state.VersionSID), unlessNull(state.BuildSID)
	for _, each := range [][2]attr.Value{
		{m.Path, state.Path}, {m.Visibility, state.Visibility}, {m.Source, state.Source}, {m.Dependencies, state.Dependencies}, {m.Runtime, state.Runtime},
	} {
		if !each[0].Equal(each[1]) {
			m.VersionSID, m.BuildSID = types.StringUnknown(), types.StringUnknown()
		}
	}
	switch {
	case m.Visibility.ValueString() == string(function.Private):
		m.URL = types.StringNull()
	case m.DomainName.IsUnknown() || m.Path.IsUnknown() || m.Visibility.IsUnknown():
		m.URL = types.StringUnknown()
	default:
		m.URL = optional(function.URL(m.DomainName.ValueString(), m.Path.ValueString(), function.Visibility(m.Visibility.ValueString())))
	}
}

// willDelete warns of environment variables that the apply deletes and that Terraform never
// set: their values are nowhere else.
func (m functionModel) willDelete(state, config functionModel, diags *diag.Diagnostics) {
	if m.Variables.IsUnknown() || config.Secrets.IsUnknown() {
		return
	}
	plain, secret := m.Variables.Elements(), config.Secrets.Elements()
	names := slices.DeleteFunc(state.others(), func(name string) bool {
		return plain[name] != nil || secret[name] != nil
	})
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	diags.AddAttributeWarning(path.Root("other_environment_variables"), "Environment variables of the function will be deleted",
		fmt.Sprintf("Function %q (%s) has environment variables that this configuration does not give: %s. The apply deletes them, and their values cannot be got back. "+
			"To keep one, give it in `environment_variables` or, where it is a secret, in `environment_variables_wo`.", state.UniqueName.ValueString(), state.ServiceSID.ValueString(), bot.JoinNames(names)))
}

// planCreation refuses a name that is taken. before is what the resource was planned as, where
// it is replaced.
func (r *functionResource) planCreation(ctx context.Context, plan, config functionModel, before plannedAs, diags *diag.Diagnostics) {
	if !r.provider.ready() || plan.UniqueName.IsUnknown() {
		return
	}
	if before.Next != plan.UniqueName.ValueString() { // else it claimed the name as the one that it replaces
		r.claimName(plan.UniqueName.ValueString(), takes, diags)
	}
	host, ok := r.host(diags)
	if !ok || diags.HasError() {
		return
	}
	at := path.Root("unique_name")
	live, found, err := function.Probe(ctx, host, plan.UniqueName.ValueString())
	switch {
	case err != nil:
		addAttributeError(diags, at, "Unable to look for the function", err)
	case !found || live.ServiceSID == before.Object || r.provider.ledger.hasFunction(live.ServiceSID):
		// Nothing has the name, or the resource that this one replaces.
	case live.BuildSID != "" && plan.undecided(config):
		// The apply compares it.
	default:
		if err := live.Fits(plan.spec(config.Secrets)); err != nil {
			addAttributeError(diags, at, "Unable to deploy the function", err)
		} else if live.BuildSID != "" {
			existedAlready(live, diags)
		}
	}
}

// undecided reports whether something of what is deployed is known after apply.
func (m functionModel) undecided(config functionModel) bool {
	unknown := func(value attr.Value) bool { return value.IsUnknown() }
	inMap := func(values types.Map) bool {
		if values.IsUnknown() {
			return true
		}
		for _, value := range values.Elements() {
			if value.IsUnknown() {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc([]attr.Value{m.Assistant, m.Path, m.Visibility, m.Source, m.Runtime, m.IncludeCredentials}, unknown) ||
		slices.ContainsFunc([]types.Map{m.Dependencies, m.Variables, config.Secrets}, inMap)
}

// claimName refuses a second function of a name, and one that only gets another address.
func (r *functionResource) claimName(name string, how claim, diags *diag.Diagnostics) {
	if !r.provider.ready() {
		return
	}
	at := path.Root("unique_name")
	others := r.provider.ledger.claimFor(exclusive{namedFunction, name}, how)
	switch {
	case how == takes && slices.Contains(others, leaves), how == leaves && slices.Contains(others, takes):
		diags.AddAttributeError(at, "The name is still that of another function",
			fmt.Sprintf("This plan gives a `twiliobot_function` the unique name %q, which another one has until it is replaced, and Terraform may do the one before the other. Nothing is changed. "+
				"Apply the change of the function that has the name first, and give it to the other one then.", name))
	case slices.Contains(others, takes), slices.Contains(others, keeps):
		diags.AddAttributeError(at, "Two functions have one name",
			fmt.Sprintf("Another `twiliobot_function` of this configuration has the unique name %q too. Choose another one for one of them.", name))
	case how == takes && slices.Contains(others, frees):
		functionMoved(name, diags)
	}
}

func (r *functionResource) planDeletion(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state functionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.provider.ready() || r.provider.ledger.isCreated(exclusive{ownedFunction, state.ServiceSID.ValueString()}) {
		return
	}
	others := r.provider.ledger.claimFor(exclusive{namedFunction, state.UniqueName.ValueString()}, frees)
	if slices.Contains(others, takes) {
		functionMoved(state.UniqueName.ValueString(), &resp.Diagnostics)
	}
}

func functionMoved(name string, diags *diag.Diagnostics) {
	diags.AddError("The function only changes its address",
		fmt.Sprintf("This plan destroys the `twiliobot_function` named %q and creates another one of the same name. Nothing is changed. "+
			"If the resource has a new name or place in the configuration, say so, and its function stays as it is:\n\n%s", name, movedBlock("twiliobot_function")))
}
