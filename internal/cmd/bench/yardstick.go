package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	twiliobot "github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

const yardstickAddress = "registry.terraform.io/twiliobot/yardstick"

// yardstickLogLevels turns off the loggers of the yardstick's process.
func yardstickLogLevels() map[string]string {
	return map[string]string{
		"TF_LOG_SDK": "OFF", "TF_LOG_SDK_PROTO": "OFF", "TF_LOG_SDK_FRAMEWORK": "OFF", "TF_LOG_PROVIDER_YARDSTICK": "OFF",
	}
}

// yardstick is a provider with one resource, which does nothing.
type yardstick struct{}

func newYardstick() provider.Provider { return yardstick{} }

func (yardstick) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "yardstick"
}

func (yardstick) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (yardstick) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (yardstick) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return yardstickBinding{} }}
}

func (yardstick) DataSources(context.Context) []func() datasource.DataSource { return nil }

// yardstickBinding has the attributes of twiliobot_phone_number_binding, and keeps what is
// planned.
type yardstickBinding struct{}

func (yardstickBinding) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "yardstick_phone_number_binding"
}

func (yardstickBinding) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes, err := plain(bindingSchema(ctx).Attributes)
	if err != nil {
		resp.Diagnostics.AddError("Unable to make the schema", err.Error())
		return
	}
	resp.Schema = schema.Schema{Attributes: attributes}
}

// bindingSchema is the schema of twiliobot_phone_number_binding; empty where there is none.
func bindingSchema(ctx context.Context) schema.Schema {
	for _, constructor := range twiliobot.New("bench")().Resources(ctx) {
		r := constructor()
		var metadata resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "twiliobot"}, &metadata)
		if metadata.TypeName != "twiliobot_phone_number_binding" {
			continue
		}
		var resp resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &resp)
		return resp.Schema
	}
	return schema.Schema{}
}

// plain are attributes of the same names and basic types, without defaults, plan modifiers,
// validators and types of their own.
func plain(attributes map[string]schema.Attribute) (map[string]schema.Attribute, error) {
	result := map[string]schema.Attribute{}
	for name, each := range attributes {
		switch a := each.(type) {
		case schema.StringAttribute:
			result[name] = schema.StringAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, MarkdownDescription: a.MarkdownDescription}
		case schema.BoolAttribute:
			result[name] = schema.BoolAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, MarkdownDescription: a.MarkdownDescription}
		case schema.SetAttribute:
			result[name] = schema.SetAttribute{ElementType: a.ElementType, Required: a.Required, Optional: a.Optional, Computed: a.Computed, MarkdownDescription: a.MarkdownDescription}
		case schema.MapAttribute:
			result[name] = schema.MapAttribute{ElementType: a.ElementType, Required: a.Required, Optional: a.Optional, Computed: a.Computed, MarkdownDescription: a.MarkdownDescription}
		default:
			return nil, fmt.Errorf("attribute %s is a %T, which the bench does not know", name, each)
		}
	}
	return result, nil
}

func (yardstickBinding) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(set(&resp.State, req.Plan)...)
}

func (yardstickBinding) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (yardstickBinding) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(set(&resp.State, req.Plan)...)
}

func (yardstickBinding) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// filled are values for what is known after apply, as long as those of a binding on Studio:
// while it plans, Terraform copies the state of all instances of a resource for each of them,
// and takes longer for longer values. An attribute that is not here is null.
var filled = map[string]any{
	"account_sid":      "AC" + strings.Repeat("0", 32),
	"phone_number_sid": "PN" + strings.Repeat("0", 32),
	"friendly_name":    "bot-0",
	"webhook_urls": map[string]tftypes.Value{
		"messaging": tftypes.NewValue(tftypes.String, "https://webhooks.twilio.com/v1/Accounts/AC"+strings.Repeat("0", 32)+"/Flows/FW"+strings.Repeat("0", 32)),
	},
}

// set stores what is planned, with a value for what is known after apply.
func set(state *tfsdk.State, plan tfsdk.Plan) (diags diag.Diagnostics) {
	value, err := tftypes.Transform(plan.Raw, func(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		name, _ := at.LastStep().(tftypes.AttributeName)
		return tftypes.NewValue(v.Type(), filled[string(name)]), nil
	})
	if err != nil {
		diags.AddError("Unable to store the plan", err.Error())
		return diags
	}
	state.Raw = value
	return diags
}
