// Package provider is what Terraform sees of the twiliobot provider.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Address is where the provider is published, as a configuration's
// required_providers names it, with the registry's host.
const Address = "registry.terraform.io/twiliobot/twiliobot"

type twiliobotProvider struct{ version string }

// New returns a constructor of the provider as release version, the form in which
// the plugin server and the test driver want it.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &twiliobotProvider{version: version} }
}

func (p *twiliobotProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "twiliobot"
	resp.Version = p.version
}

func (p *twiliobotProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: "Bots on Twilio phone numbers: what a bot is, which numbers it answers on, and whether it is allowed to answer."}
}

func (p *twiliobotProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *twiliobotProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (p *twiliobotProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
