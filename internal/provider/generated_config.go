package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// leaveOut says, by resource, what a configuration that Terraform generates from a state
// need not say: what is so by default, what the content says already, and a label that is
// the name of a bot, which would no longer follow the bot's name. What is left out plans
// nothing.
var leaveOut = map[string]func(context.Context, *providerData, *tfsdk.State) diag.Diagnostics{
	"twiliobot_assistant":                 shorter(func(ctx context.Context, d *providerData, m *assistantModel) { m.leaveOut(ctx, d) }),
	"twiliobot_phone_number_binding":      shorter(func(ctx context.Context, d *providerData, m *bindingModel) { m.leaveOut(ctx, d) }),
	"twiliobot_messaging_service_binding": shorter(func(_ context.Context, _ *providerData, m *serviceBindingModel) { leaveOutBool(&m.Overwrite, false) }),
	"twiliobot_suspension": shorter(func(_ context.Context, _ *providerData, m *suspensionModel) {
		leaveOutText(&m.OnDestroy, onDestroyResume)
	}),
	"twiliobot_phone_number": shorter(func(_ context.Context, _ *providerData, m *ownedNumberModel) {
		leaveOutText(&m.VoiceReceiveMode, bot.ReceiveVoice)
		leaveOutText(&m.EmergencyStatus, bot.EmergencyInactive)
		leaveOutBool(&m.VoiceCallerIDLookup, false)
	}),
}

func shorter[M any](leaveOut func(context.Context, *providerData, *M)) func(context.Context, *providerData, *tfsdk.State) diag.Diagnostics {
	return func(ctx context.Context, d *providerData, config *tfsdk.State) diag.Diagnostics {
		var m M
		diags := getModel(ctx, config, &m)
		if diags.HasError() {
			return diags
		}
		leaveOut(ctx, d, &m)
		return append(diags, setModel(ctx, config, m)...)
	}
}

func leaveOutText(value *types.String, unneeded string) {
	if value.ValueString() == unneeded {
		*value = types.StringNull()
	}
}

func leaveOutBool(value *types.Bool, unneeded bool) {
	if value.ValueBool() == unneeded {
		*value = types.BoolNull()
	}
}

func (m *assistantModel) leaveOut(ctx context.Context, d *providerData) {
	switch {
	case !m.Flow.IsNull():
		leaveOutText(&m.Engine, string(bot.Studio))
	case !m.Webhooks.IsNull():
		leaveOutText(&m.Engine, string(bot.Application))
	case !m.Schema.IsNull() && d != nil:
		leaveOutText(&m.Engine, string(d.engine))
	}
	leaveOutText(&m.FriendlyName, m.UniqueName.ValueString())
	leaveOutText(&m.Routing, string(compile.Trained))
	if m.Webhooks.IsNull() {
		return
	}
	w := webhooksIn(ctx, m.Webhooks)
	leaveOutText(&w.MessagingMethod, bot.WebhookMethod)
	leaveOutText(&w.VoiceMethod, bot.WebhookMethod)
	if shorter, diags := types.ObjectValueFrom(ctx, webhookTypes, w); !diags.HasError() {
		m.Webhooks = shorter
	}
}

func (m *bindingModel) leaveOut(ctx context.Context, d *providerData) {
	m.PhoneNumberSID = types.StringNull() // the number says it
	leaveOutBool(&m.Overwrite, false)
	if m.Channels.Equal(channelSet([]bot.Channel{bot.Messaging})) {
		m.Channels = types.SetNull(types.StringType)
	}
	if label := m.FriendlyName.ValueString(); binding.SaysNothing(bot.Number{PhoneNumber: e164(m.PhoneNumber), FriendlyName: label}) || d.namesBot(ctx, label) {
		m.FriendlyName = types.StringNull()
	}
}

// namesBot reports whether a label is the name of a bot, as far as that is known.
func (d *providerData) namesBot(ctx context.Context, label string) bool {
	if !d.ready() {
		return false
	}
	listed, err := d.account.Bots(ctx, account.AnyTime)
	if err != nil {
		return false // a label too many changes nothing
	}
	for _, each := range listed.Bots {
		if each.UniqueName == label {
			return true
		}
	}
	return false
}

// GetProviderSchema tells Terraform that the provider generates configuration, which version
// 1.19 of the framework does and does not say.
func (s server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.ProviderServer.GetProviderSchema(ctx, req)
	if resp != nil {
		resp.ServerCapabilities = generates(resp.ServerCapabilities)
	}
	return resp, err
}

// GetMetadata says what GetProviderSchema says.
func (s server) GetMetadata(ctx context.Context, req *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	resp, err := s.ProviderServer.GetMetadata(ctx, req)
	if resp != nil {
		resp.ServerCapabilities = generates(resp.ServerCapabilities)
	}
	return resp, err
}

func generates(has *tfprotov6.ServerCapabilities) *tfprotov6.ServerCapabilities {
	if has == nil {
		return nil
	}
	with := *has
	with.GenerateResourceConfig = true
	return &with
}

// GenerateResourceConfig leaves out of the framework's configuration, which is the state
// without what is computed alone, what a reader need not see.
func (s server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return released(ctx, req, func(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
		resp, err := s.ProviderServer.GenerateResourceConfig(ctx, req)
		short := leaveOut[req.TypeName]
		if err != nil || resp.Config == nil || short == nil || s.provider == nil {
			return resp, err
		}
		schema := s.provider.resourceSchema(ctx, req.TypeName)
		kind := schema.Schema.Type().TerraformType(ctx)
		raw, err := resp.Config.Unmarshal(kind)
		if err != nil {
			return nil, err
		}
		config := tfsdk.State{Raw: raw, Schema: schema.Schema}
		if raw.IsNull() || short(ctx, s.provider.configured.Load(), &config).HasError() {
			return resp, nil // as the framework has it
		}
		shorter, err := tfprotov6.NewDynamicValue(kind, config.Raw)
		if err != nil {
			return nil, err
		}
		resp.Config = &shorter
		return resp, nil
	})
}

// resourceSchema is the schema of a resource by its type's name.
func (p *twiliobotProvider) resourceSchema(ctx context.Context, typeName string) (resp resource.SchemaResponse) {
	for _, made := range p.Resources(ctx) {
		r := made()
		var metadata resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: providerName}, &metadata)
		if metadata.TypeName == typeName {
			r.Schema(ctx, resource.SchemaRequest{}, &resp)
		}
	}
	return resp
}
