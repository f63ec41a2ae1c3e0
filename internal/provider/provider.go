// Package provider is what Terraform sees of the twiliobot provider: one file for
// each resource, data source, function, action and list resource. Terraform's types stay in here.
package provider

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Address is where the provider is published, as a configuration's
// required_providers names it, with the registry's host.
const Address = "registry.terraform.io/twiliobot/twiliobot"

var (
	_ provider.ProviderWithFunctions     = &twiliobotProvider{}
	_ provider.ProviderWithActions       = &twiliobotProvider{}
	_ provider.ProviderWithListResources = &twiliobotProvider{}
)

// providerName is what the names of everything in the provider begin with.
const providerName = "twiliobot"

type twiliobotProvider struct {
	version string
	// transport carries the requests of tests that need no port; nil means the network.
	transport http.RoundTripper
	// maxInFlight is how many requests Twilio takes at once; 0 where the client learns it.
	maxInFlight int
	// configured is what Configure made last; nil before it.
	configured atomic.Pointer[providerData]
}

// New returns a constructor of the provider as release version, the form in which
// the plugin server and the test driver want it.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &twiliobotProvider{version: version} }
}

// NewBounded is New for a provider that knows how many requests Twilio takes at once: it
// sends no more, and learns nothing from refusals.
func NewBounded(version string, maxInFlight int) func() provider.Provider {
	return func() provider.Provider { return &twiliobotProvider{version: version, maxInFlight: maxInFlight} }
}

// providerModel is the provider's configuration, in the order of the schema.
type providerModel struct {
	AccountSID     types.String `tfsdk:"account_sid"`
	AuthToken      types.String `tfsdk:"auth_token"`
	APIKey         types.String `tfsdk:"api_key"`
	APISecret      types.String `tfsdk:"api_secret"`
	Profile        types.String `tfsdk:"profile"`
	Region         types.String `tfsdk:"region"`
	Edge           types.String `tfsdk:"edge"`
	Engine         types.String `tfsdk:"engine"`
	AutopilotURL   types.String `tfsdk:"autopilot_url"`
	MaxRetries     types.Int64  `tfsdk:"max_retries"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	Sandbox        types.String `tfsdk:"sandbox"`
	APIURL         types.String `tfsdk:"api_url"`
}

func (p *twiliobotProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = providerName
	resp.Version = p.version
}

func (p *twiliobotProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Bots on Twilio phone numbers: what a bot is, which numbers it answers on, and whether it is allowed to answer. " +
			"Twilio's own records are the only database.",
		Attributes: map[string]schema.Attribute{
			"account_sid": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The account whose bots and numbers are managed, `AC…`. With credentials from a profile or the environment it may name a subaccount of theirs. " +
					"Environment: `TWILIO_ACCOUNT_SID`.",
			},
			"auth_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The account's auth token; either this or an API key. Environment: `TWILIO_AUTH_TOKEN`.",
			},
			"api_key": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The SID of an API key, `SK…`, with `api_secret` and `account_sid`. Environment: `TWILIO_API_KEY`.",
			},
			"api_secret": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The secret of `api_key`. Environment: `TWILIO_API_SECRET`.",
			},
			"profile": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A profile of twilio-cli (`~/.twilio-cli/config.json`, or `$TWILIO_CONFIG_DIR`), which goes before credentials of the environment. " +
					"Without credentials anywhere else, the active profile is used. Environment: `TWILIOBOT_PROFILE`.",
			},
			"region": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The Twilio region that the credentials belong to, such as `ie1`. Environment: `TWILIO_REGION`.",
			},
			"edge": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The Twilio edge to enter at, such as `dublin`; by default the one of the region. Environment: `TWILIO_EDGE`.",
			},
			"engine": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The engine of new assistants whose content does not decide it: `studio` (the default), `application` or `autopilot`. " +
					"A later change moves no existing bot.",
				Validators: []validator.String{stringvalidator.OneOf(engineNames()...)},
			},
			"autopilot_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The base URL of a service that speaks the Autopilot API and serves its channel webhooks. Twilio shut its own Autopilot down on 2023-08-25: " +
					"without this, and outside `sandbox` and `api_url`, the engine `autopilot` is off.",
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How often a request is repeated that Twilio turned away (429) or, where repeating is safe, that failed; 10 by default. " +
					"No request begins again once it has taken 3 minutes, and fewer are sent at once where Twilio turns some away. " +
					"A write that may have happened is looked for, and sent again only where it did not happen.",
				Validators: []validator.Int64{between(0, 20)},
			},
			"request_timeout": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "How long one request may take, such as `30s` (the default) or `1m`.",
				Validators:          []validator.String{positiveDuration{}},
			},
			"sandbox": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The path of a sandbox file: Twilio on your own disk, with no credentials, no port and no network. " +
					"The file is created with a starter account that owns three numbers; `twilio-sandbox` makes one of your own numbers, or of your account " +
					"([Plans in a pipeline](guides/ci.md)). A plan only reads it. Environment: `TWILIOBOT_SANDBOX`.",
			},
			"api_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A base URL at which every host of Twilio is reached, the host asked for kept in the Host header: a sandbox served over HTTP, or a proxy. " +
					"`https`, unless it is on the loopback. Environment: `TWILIOBOT_API_URL`.",
			},
		},
	}
}

func (p *twiliobotProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newAssistantResource, newPhoneNumberBindingResource, newMessagingServiceBindingResource, newSuspensionResource, newFunctionResource, newPhoneNumberResource}
}

func (p *twiliobotProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newAssistantDataSource, newAvailablePhoneNumbersDataSource, newDeployedBotsDataSource, newDiagramSchemaDataSource,
		newMessagesDataSource, newPhoneNumberLookupDataSource, newPhoneNumbersDataSource,
	}
}

func (p *twiliobotProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newDiagramToSchemaFunction, newSchemaToFlowFunction, newSchemaToMermaidFunction,
		newTwimlFunction, newWebhookURLFunction, newParseWebhookURLFunction,
	}
}

func (p *twiliobotProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newEndExecutionsAction, newRedeployAction, newSendMessageAction}
}

func (p *twiliobotProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		newAssistantListResource, newMessagingServiceBindingListResource, newPhoneNumberBindingListResource,
		newPhoneNumberListResource, newSuspensionListResource,
	}
}

func engineNames() []string {
	var names []string
	for _, engine := range bot.Engines() {
		names = append(names, string(engine))
	}
	return names
}
