package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *messagingServiceBindingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a bot answer every message that comes to a Messaging Service, whichever of its numbers, short codes or other senders it reached. " +
			"Most numbers of the United States are in such a service, since A2P 10DLC asks for it; calls pass by it, and are bound with `twiliobot_phone_number_binding`. " +
			"A service that defers to its numbers needs no such binding: there each number is bound by itself. The [guide on who answers](../guides/who-answers.md) has an example of both.\n\n" +
			"Written are the service's inbound URL, its method, and that they are used in place of the webhooks of its numbers (`UseInboundWebhookOnNumber` off); nothing else of the service, and none of its numbers. " +
			"A URL that reaches the bot already is kept as it is, in any spelling. Where the URL of a bot on the engine `application` changes later, the next plan shows it and the apply writes the new one. " +
			"Before each write the service is read: if it was changed since the plan, the apply stops and says what answers now.\n\n" +
			"A service that leads elsewhere is never taken without `overwrite`. That is also so where it has another's inbound URL and does not use it, since it defers to its numbers: the URL would be lost. " +
			"A service that defers and has no inbound URL is free; the plan that binds it warns which numbers in it stop answering by webhooks of their own.\n\n" +
			"Destroying the binding clears the inbound URL and lets the service defer to its numbers' own webhooks again; it never deletes the service, and leaves one that leads elsewhere by then. Each service has one binding.",
		Attributes: map[string]schema.Attribute{
			"messaging_service_sid": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The service's SID, `MG…`. A change binds the new service, verifies it, and only then frees the old one.",
			},
			"assistant_sid": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The SID of the bot that answers, of any engine; one on the engine `application` must have a `messaging_url`. A change points the service at the other bot in one write. " +
					"Where the bot is suspended, the service starts silenced, and the bot answers once it is resumed; a service that leads elsewhere is not taken over for it. Null in the state means that the service does not lead to a bot, or defers to its numbers.",
			},
			"overwrite": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether to take over a service that leads elsewhere, or has another's inbound URL without using it. By default that is an error at plan time.",
			},
			"account_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that owns the service, `AC…`.",
			},
			"webhook_url": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The URL that Twilio calls, as the service holds it, or will hold it once its bot is no longer suspended; null where the service defers to its numbers. " +
					"A URL that is not one of Twilio's own is shown without what may be secret in it, as `…`.",
			},
		},
	}
}

// serviceIdentity is what addresses a binding: there is one for each service.
type serviceIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"messaging_service_sid"`
}

func (r *messagingServiceBindingResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that owns the service, AC…; by default the one the provider is configured for.",
		},
		"messaging_service_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The service's SID, MG….",
		},
	}}
}

func (r *messagingServiceBindingResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config serviceBindingModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if r.provider != nil {
		checkForm(ctx, path.Root("messaging_service_sid"), config.ServiceSID, sidOf("MG", "a Messaging Service"), &resp.Diagnostics)
		checkForm(ctx, path.Root("assistant_sid"), config.AssistantSID, botSID(), &resp.Diagnostics)
	}
}
