package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

// functionModel is a function, in the order of the schema.
type functionModel struct {
	UniqueName         types.String   `tfsdk:"unique_name"`
	Assistant          types.String   `tfsdk:"assistant_unique_name"`
	Path               types.String   `tfsdk:"path"`
	Visibility         types.String   `tfsdk:"visibility"`
	Source             types.String   `tfsdk:"source"`
	Dependencies       types.Map      `tfsdk:"dependencies"`
	Runtime            types.String   `tfsdk:"runtime"`
	IncludeCredentials types.Bool     `tfsdk:"include_credentials"`
	Variables          types.Map      `tfsdk:"environment_variables"`
	Secrets            types.Map      `tfsdk:"environment_variables_wo"`
	SecretsVersion     types.Int64    `tfsdk:"environment_variables_wo_version"`
	Timeouts           timeouts.Value `tfsdk:"timeouts"`
	URL                types.String   `tfsdk:"url"`
	DomainName         types.String   `tfsdk:"domain_name"`
	ServiceSID         types.String   `tfsdk:"service_sid"`
	EnvironmentSID     types.String   `tfsdk:"environment_sid"`
	FunctionSID        types.String   `tfsdk:"function_sid"`
	VersionSID         types.String   `tfsdk:"version_sid"`
	BuildSID           types.String   `tfsdk:"build_sid"`
	OtherVariables     types.Set      `tfsdk:"other_environment_variables"`
	AccountSID         types.String   `tfsdk:"account_sid"`
	DateCreated        types.String   `tfsdk:"date_created"`
}

func (m functionModel) identity() functionIdentity {
	return functionIdentity{AccountSID: m.AccountSID, ServiceSID: m.ServiceSID}
}

// textsIn are the elements of a map that are known; nil for a null map.
func textsIn(values types.Map) map[string]string {
	if values.IsNull() || values.IsUnknown() {
		return nil
	}
	texts := map[string]string{}
	for key, value := range values.Elements() {
		if text, ok := value.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			texts[key] = text.ValueString()
		}
	}
	return texts
}

func textMap(texts map[string]string) types.Map {
	values := make(map[string]attr.Value, len(texts))
	for key, text := range texts {
		values[key] = types.StringValue(text)
	}
	return types.MapValueMust(types.StringType, values)
}

// code is what the function does.
func (m functionModel) code() function.Code {
	return function.Code{
		Path: m.Path.ValueString(), Visibility: function.Visibility(m.Visibility.ValueString()), Source: m.Source.ValueString(),
		Dependencies: textsIn(m.Dependencies), Runtime: m.Runtime.ValueString(),
	}
}

// spec is what is wanted of a new function. secrets are those of the configuration.
func (m functionModel) spec(secrets types.Map) function.Spec {
	variables := textsIn(m.Variables)
	if variables == nil {
		variables = map[string]string{}
	}
	maps.Copy(variables, textsIn(secrets))
	return function.Spec{
		Name: m.UniqueName.ValueString(), Bot: m.Assistant.ValueString(), Code: m.code(),
		Credentials: m.IncludeCredentials.ValueBool(), Variables: variables,
	}
}

// change is what is wanted of a function that was as state says. Secrets are written where
// their version changed, and where they are new.
func (m functionModel) change(state functionModel, prior function.Prior, secrets types.Map) function.Spec {
	spec := m.spec(secrets)
	for key := range textsIn(secrets) {
		if _, known := prior.Secrets[key]; known && m.SecretsVersion.Equal(state.SecretsVersion) {
			delete(spec.Variables, key)
		}
	}
	for _, key := range append(prior.Keys(), state.others()...) {
		_, plain := textsIn(m.Variables)[key]
		if _, secret := textsIn(secrets)[key]; !plain && !secret {
			spec.Drop = append(spec.Drop, key)
		}
	}
	return spec
}

// others are the names of the environment variables that no attribute has.
func (m functionModel) others() (names []string) {
	for _, each := range m.OtherVariables.Elements() {
		if name, ok := each.(types.String); ok {
			names = append(names, name.ValueString())
		}
	}
	return names
}

// noOthers are the names where every environment variable is in an attribute.
func noOthers() types.Set { return types.SetValueMust(types.StringType, nil) }

// known is the function as it was read last.
func (m functionModel) known() function.Function {
	return function.Function{
		AccountSID: m.AccountSID.ValueString(), ServiceSID: m.ServiceSID.ValueString(), EnvironmentSID: m.EnvironmentSID.ValueString(),
		FunctionSID: m.FunctionSID.ValueString(), VersionSID: m.VersionSID.ValueString(), BuildSID: m.BuildSID.ValueString(),
		Name: m.UniqueName.ValueString(), Bot: m.Assistant.ValueString(), Domain: m.DomainName.ValueString(),
		Credentials: m.IncludeCredentials.ValueBool(), Code: m.code(),
	}
}

// prior is the function as the plan knew it.
func (m functionModel) prior(secrets functionSecrets) function.Prior {
	return function.Prior{Function: m.known(), Values: textsIn(m.Variables), Secrets: secrets.Written}
}

// read takes over what a function is. What is not deployed is null. Of the environment
// variables the values are read that the model has already: others may be secrets, and only
// the names are read of those that secrets does not have.
func (m *functionModel) read(f function.Function, secrets functionSecrets) {
	m.UniqueName, m.Assistant = types.StringValue(f.Name), optional(f.Bot)
	m.Path, m.Visibility, m.Source, m.Runtime = optional(f.Path), optional(string(f.Visibility)), optional(f.Source), optional(f.Runtime)
	m.Dependencies = types.MapNull(types.StringType)
	if len(f.Dependencies) > 0 {
		m.Dependencies = textMap(f.Dependencies)
	}
	m.IncludeCredentials = types.BoolValue(f.Credentials)
	known, now, others := textsIn(m.Variables), map[string]string{}, []attr.Value{}
	for _, v := range f.Variables {
		_, plain := known[v.Key]
		_, secret := secrets.Written[v.Key]
		switch {
		case plain:
			now[v.Key] = v.Value
		case !secret:
			others = append(others, types.StringValue(v.Key))
		}
	}
	if known != nil {
		m.Variables = textMap(now)
	}
	m.OtherVariables = types.SetValueMust(types.StringType, others)
	m.Secrets = types.MapNull(types.StringType)
	m.URL, m.DomainName = optional(f.URL()), optional(f.Domain)
	m.ServiceSID, m.EnvironmentSID, m.FunctionSID = types.StringValue(f.ServiceSID), optional(f.EnvironmentSID), optional(f.FunctionSID)
	m.VersionSID, m.BuildSID = optional(f.VersionSID), optional(f.BuildSID)
	m.AccountSID, m.DateCreated = types.StringValue(f.AccountSID), dateOf(f.Created)
}

// functionSecrets is what private state has of the environment variables that are secrets:
// when each was written last, by which a change by another client is known. Their values are
// stored nowhere.
type functionSecrets struct {
	Written map[string]time.Time `json:"written,omitempty"`
}

const functionSecretsKey = "secrets"

func loadFunctionSecrets(ctx context.Context, private privateState) (functionSecrets, diag.Diagnostics) {
	var s functionSecrets
	diags := loadPrivate(ctx, private, functionSecretsKey, "the function's private state", &s)
	return s, diags
}

func (s functionSecrets) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, functionSecretsKey, "the function's private state", s)
}

// secretsOf are the secrets of these names, as they are now.
func secretsOf(names []string, now []function.Variable) functionSecrets {
	s := functionSecrets{Written: map[string]time.Time{}}
	for _, v := range now {
		if slices.Contains(names, v.Key) {
			s.Written[v.Key] = v.Updated
		}
	}
	return s
}
