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
		MarkdownDescription: "Keeps a bot from answering, whoever bound it and whenever: on all of its phone numbers, and by most other ways in " +
			"(Messaging Services, Conversations addresses, WhatsApp senders, short codes, SIP domains, TwiML applications with the bot's URL). " +
			"A *hold* answers in its place: a TwiML application named `suspended` and the bot's SID, and a Studio flow of the same name, whose URL the application has. " +
			"The application is set as that of each number, where everything else (URL, target task, methods, fallbacks, label) stays as it was; the other ways in are pointed at the flow. " +
			"The flow sends or says the `notice`, and ends. Without one a text gets no answer, and a call ends. Destroying the resource points everything back at the bot, which answers as before, and deletes the hold.\n\n" +
			"While a bot is suspended, every plan that reads it or one of its bindings warns and names what is silent. " +
			"A bot has one suspension: a second one is refused. One that Terraform replaces never lets the bot answer in between, and one whose address changes needs a `moved` block.\n\n" +
			"Some ways in go on leading to the bot, and the plan and the apply name them: RCS senders and flows that run the bot as a subflow, which cannot be pointed elsewhere, " +
			"the disaster recovery URLs of SIP trunks, BYOC trunks, Flex Flows, and conversations of Twilio Conversations that are open already. " +
			"A conversation that begins while the bot is suspended gets the notice, and leads to the bot once that is resumed. " +
			"A Messaging Service that defers to its numbers, and a Conversations address whose auto-creation is off, lead nowhere and are left as they are; one that is put to use later is in `answering`. The [guide on who answers](../guides/who-answers.md) has every way in. " +
			"Where the credentials do not reach Studio (those of a parent account, a restricted key without the permission), the hold is the application alone: " +
			"numbers are silenced by its missing URLs, what reaches the bot by a URL beside them goes on, and the plan says so.\n\n" +
			"Removing a suspension and the bindings of its bot in one apply may end the suspension before the numbers are freed, and until they are, the bot answers on them, also where it is removed itself: " +
			"Terraform does not tell a provider what else a plan removes. To have the numbers freed first, give each binding a `depends_on` that names the suspension, and apply that before the removal.",
		Attributes: map[string]schema.Attribute{
			"assistant_sid": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The SID of the bot, of any engine. A change suspends the other bot and then resumes this one.",
			},
			"notice": schema.StringAttribute{
				Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "What whoever writes to the bot gets as an answer, and whoever calls it hears, for example `We are closed until Monday.`: 1 to 1600 characters, without white space at either end or control characters other than line breaks and tabs, and without `{{` and `{%`, which Studio would take for Liquid. " +
					"Unset: no answer, and calls end. A change is made in place. Every message that gets it is one that Twilio charges for.",
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
				MarkdownDescription: "The phone numbers (E.164) and the SIDs of other ways in (`MG…`, `IG…` and so on) that the hold does not silence, though it could: empty while all is well. One that was resumed by hand appears here, and so does one that is left pointing at a hold which was deleted by hand, where nothing answers at all; the next apply silences it by the hold.",
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
