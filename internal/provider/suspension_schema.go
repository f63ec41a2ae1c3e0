package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What becomes of a suspension when its resource is destroyed.
const (
	onDestroyResume = "resume"
	onDestroyKeep   = "keep"
)

func (r *suspensionResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps a bot from answering, on all of its phone numbers, whoever bound them and whenever. " +
			"A *hold*, an inert TwiML application named `suspended` and the bot's SID, is set as the application of each number; everything else on the number (URL, target task, methods, fallbacks, label) stays as it was. " +
			"A text to a suspended number gets no answer, and a call ends. Destroying the resource deletes the hold, and the bot answers again as before.\n\n" +
			"While a bot is suspended, every plan that reads it or one of its bindings warns and names the silent numbers. " +
			"A bot has one suspension: a second one is refused. One that Terraform replaces never lets the bot answer in between, and one whose address changes needs a `moved` block. " +
			"A bot that messages reach through the inbound URL of a Messaging Service cannot be silenced this way, and suspending it is refused.\n\n" +
			"Removing a suspension and the bindings of its bot in one apply may end the suspension before the numbers are freed, and until they are, the bot answers on them, also where it is removed itself: " +
			"Terraform does not tell a provider what else a plan removes. To have the numbers freed first, give each binding a `depends_on` that names the suspension, and apply that before the removal.",
		Attributes: map[string]schema.Attribute{
			"assistant_sid": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The SID of the bot, of any engine. A change suspends the other bot and then resumes this one.",
			},
			"on_destroy": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(onDestroyResume),
				MarkdownDescription: "What destroying the resource does: `resume`, the default, lets the bot answer again; `keep` leaves it suspended.",
				Validators:          []validator.String{stringvalidator.OneOf(onDestroyResume, onDestroyKeep)},
			},
			"account_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that the bot lives in, `AC…`.",
			},
			"answering": schema.SetAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "The phone numbers (E.164) that the hold does not silence: empty while all is well. A number that was resumed by hand appears here, and so does one that is left pointing at a hold which was deleted by hand, where nothing answers at all; the next apply silences it by the hold.",
			},
		},
	}
}

// suspensionIdentity is what addresses a suspension: there is one for each bot.
type suspensionIdentity struct {
	AccountSID   types.String `tfsdk:"account_sid"`
	AssistantSID types.String `tfsdk:"assistant_sid"`
}

func (r *suspensionResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that the bot lives in, AC…; by default the one the provider is configured for.",
		},
		"assistant_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The SID of the suspended bot: FW…, AP… or UA….",
		},
	}}
}
