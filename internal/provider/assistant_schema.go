package provider

import (
	"context"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// shownURLNote says of a computed attribute what its URL leaves out.
const shownURLNote = "Of the URL of a bot hosted elsewhere, `…` stands for the user and password, the query and the fragment, which may be secret."

// How a change of the name is done.
const (
	renameReplace = "replace"
	renameInPlace = "in_place"
)

// defaultDrain is how long a replaced bot waits for calls in progress.
const defaultDrain = 5 * time.Minute

// How long an operation may take where `timeouts` says nothing. Twilio gives a
// model build 60 minutes (https://www.twilio.com/docs/autopilot/limits).
const (
	uploadTimeout = 65 * time.Minute
	deleteTimeout = 10 * time.Minute
)

func (r *assistantResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 1,
		MarkdownDescription: "A bot: what answers on a phone number. Its content is at most one of `flow` (a Studio flow), `schema` (an Autopilot assistant schema) and `webhooks` (a bot hosted elsewhere); " +
			"with none, the content is managed elsewhere and never read as drift: removing the attribute leaves the bot as it is. What says nothing for a bot's engine is null. A new bot on the engine `studio` needs `flow` or `schema`, " +
			"since Twilio makes no flow without a definition; a flow whose content is managed elsewhere is imported.\n\n" +
			"Destroying a bot that phone numbers still route to, or that a Messaging Service, a Conversations address, a sender, a short code, a SIP domain, a SIP or BYOC trunk, a Flex Flow, an open conversation of Twilio Conversations, another TwiML application or a flow " +
			"still leads to, fails and lists them; `force_destroy` frees the numbers, the services and the addresses first. A conversation no longer leads to the bot once it is closed. " +
			"The [guide on who answers](../guides/who-answers.md) has every way in to a bot, and what a rename, a removal and a suspension do with it.\n\n" +
			"Where Terraform itself replaces the resource (`-replace`, a taint, `replace_triggered_by`), a bot in use needs `lifecycle { create_before_destroy = true }`: " +
			"the new bot is created beside the old one under the same name, the bindings follow, and the old one is deleted; without it the apply stops before it writes. A bot that nothing routes to is replaced without it. " +
			"On Autopilot, which has no two assistants of one name, change `unique_name` instead. A resource whose address changes needs a `moved` block, and the plan prints it.\n\n" +
			"Bots of an account that share a name, as Twilio allows on Studio and for applications, are imported by SID and keep it; what is created or renamed must find its name free.",
		Attributes: map[string]schema.Attribute{
			"unique_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The bot's name, unique in the account across engines: 1 to 64 characters, no control or invisible characters and no outer spaces. " +
					"`.`, `..`, `free` and names that look like the provider's own marks at Twilio are refused, and slashes on the engine `autopilot`. A bot that is imported under another name keeps it. See `rename` for what a change does.",
			},
			"friendly_name": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "A name for people, at most 240 characters (Twilio keeps 255, and the provider marks work in progress behind it). Only Autopilot has a field of its own for it, `unique_name` by default: " +
					"elsewhere it is null, and anything but `unique_name` is refused.",
				Validators: []validator.String{stringvalidator.LengthBetween(1, 240)},
			},
			"engine": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "What runs the bot: `studio`, `application` or `autopilot`. By default what the content calls for (`flow`: `studio`, `webhooks`: `application`), else the provider's `engine`. " +
					"A later change of the provider's default moves no existing bot.",
				Validators: []validator.String{stringvalidator.OneOf(engineNames()...)},
			},
			"schema": schema.StringAttribute{
				CustomType: schemaJSONType{}, Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "The bot as an Autopilot assistant schema, JSON: the file that `twilio autopilot:export` wrote. On the engine `studio` it is compiled to a flow that does the same, which carries the schema with it; on `autopilot` it runs as it is. Its own `uniqueName`, `friendlyName` and `modelBuild` are ignored. " +
					"Compared by meaning: formatting, the order of keys and of tasks, samples, fields, field types and values make no difference. " +
					"Lists are whole: a task or sample that is not in the file is removed. " +
					"On `autopilot`, `defaults`, `styleSheet` and `logQueries`, or a key within the first two, that the file leaves out stay as Twilio has them; to unset one, write it empty.",
			},
			"flow": schema.StringAttribute{
				CustomType: flowJSONType{}, Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "The bot as a Studio flow definition, JSON, as the console shows it. Implies the engine `studio`; every change is published as a new revision. " +
					"Compared by meaning: formatting, the order of keys and states, and where the canvas puts a widget make no difference. " +
					"A draft that is newer than the published revision is no drift, but is said, and nothing is published over it. " +
					"A definition can hold keys of other services: wrap it in `sensitive()` to keep it out of plan output, and keep such keys in Functions where you can.",
			},
			"webhooks": schema.SingleNestedAttribute{
				Optional: true, Computed: true, Default: nullDefault{webhookTypes},
				MarkdownDescription: "A bot hosted elsewhere, as a TwiML application: the URLs that Twilio calls. Implies the engine `application`. " +
					"Where a URL holds a user and password or a token, take them from a variable that is declared with `sensitive = true`: no message and no other attribute shows them. " +
					"Twilio calls from the public Internet, so a URL at `localhost` or at a private address gets a warning.",
				Attributes: webhookAttributes(),
			},
			"routing": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "How a `schema` on Studio finds the task for what people write or say, beyond the samples themselves, which lead to their task for certain: " +
					"`trained`, the default for a new bot, by what was learnt from the letters of all samples, with the fallback where no task is far enough ahead; " +
					"`keywords` by the words that only one task's samples have; `exact` not at all. " +
					"A bot that has `keywords` keeps them while this is not set: set `trained` to change it. Null for all other bots. " +
					"The [guide](../guides/schema-on-studio) compares the three.",
				Validators: []validator.String{stringvalidator.OneOf(routings()...)},
			},
			"routing_confirm": schema.StringAttribute{
				Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "With `routing = \"trained\"`: what to ask where a message is close to two tasks, such as `Did you mean {first} (1) or {second} (2)?`. " +
					"`{first}` and `{second}` become the shortest sample of each. `1`, `one` or `first` leads to the first, `2`, `two` or `second` to the second, and anything else is a message like any other; " +
					"nobody is asked twice in a row. Where this is not set, the fallback answers.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 300),
					stringvalidator.RegexMatches(regexp.MustCompile(`(?s)\{first\}.*\{second\}`), "must name `{first}` and then `{second}`")},
			},
			"rename": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "How a change of `unique_name` is done. `replace`, which holds where this is null, makes a new bot from what the old one is now and from this configuration, waits until it is ready, " +
					"moves every phone number, and whatever else leads to it and can be moved, whoever bound them, and only then removes the old one: no number is ever without a bot, and `sid` changes. " +
					"`in_place` renames the bot itself, which Twilio can do on every engine, and keeps the SID and everything that refers to it. A change of `engine` is always a replacement. " +
					"Terraform shows a replacement as an update in place of this resource, so `lifecycle { prevent_destroy = true }` does not stop it; `rename = \"in_place\"` is what keeps the bot when its name changes.",
				Validators: []validator.String{stringvalidator.OneOf(renameReplace, renameInPlace)},
			},
			"drain_timeout": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "How long a replaced Studio bot waits for calls in progress before it is removed, as a duration such as `30s`; 5 minutes where this is null. " +
					"Message conversations that wait for a reply are not waited for: they end, and whoever writes again begins a new one.",
				Validators: []validator.String{positiveDuration{orZero: true}},
			},
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Whether phone numbers, Messaging Services and Conversations addresses that still lead to the bot are freed when it is destroyed; by default they make the destruction fail. Any other way in makes it fail all the same.",
			},
			"restore_sid": schema.StringAttribute{
				Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "The SID of an Autopilot assistant deleted in the last 30 days, during which its name stays reserved: creating the bot restores it and brings it to the configured content. " +
					"Without meaning once the bot exists.",
			},
			"sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The bot's SID, whose first letters tell its engine: `FW…`, `AP…` or `UA…`.",
			},
			"account_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that the bot lives in, `AC…`.",
			},
			"messaging_webhook_url": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The URL that Twilio calls when a message comes for the bot, which a number of this bot is given; null for a bot hosted elsewhere, whose `webhooks` say it.",
			},
			"voice_webhook_url": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The URL that Twilio calls when a call comes for the bot, which a number of this bot is given; null for a bot hosted elsewhere, whose `webhooks` say it.",
			},
			"date_created": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the bot was created, in RFC 3339.",
			},
			"needs_model_build": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the bot does not yet answer by all of its content: an upload that was cut off, or samples whose model build is missing, under way or failed. " +
					"Where `schema` is given, the next apply finishes it. Autopilot only; null elsewhere.",
			},
			"replacing_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Null, but for a replacement that was cut off: the SID of the other bot. The next apply finishes the replacement, or undoes it where the configuration does not ask for it any more.",
			},
			"edited_states": schema.ListAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "What was changed in the console of a flow that is compiled from `schema`, state by state; null while there is nothing, and for all other bots. The next apply puts it back, and the plan says so.",
			},
			"timeouts": timeoutsAttribute(ctx),
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	operations := map[string]attr.Type{"create": types.StringType, "update": types.StringType, "delete": types.StringType}
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true, Delete: true,
		CreateDescription: "How long creating may take, the model build included; `65m` by default (Twilio gives a build 60 minutes).",
		UpdateDescription: "How long an update may take, the model build included; `65m` by default.",
		DeleteDescription: "How long deleting may take; `10m` by default.",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.Computed, nested.Default = true, nullDefault{operations}
		nested.MarkdownDescription = "How long the operations may take, as durations such as `30m`."
		return nested
	}
	return attribute
}

func webhookAttributes() map[string]schema.Attribute {
	url := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, Computed: true, Default: nullDefault{}, MarkdownDescription: description}
	}
	method := func(what string) schema.Attribute {
		return schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "How `" + what + "` is called: `POST`, the default, or `GET`; null without a URL.",
			Validators:          []validator.String{stringvalidator.OneOf("GET", bot.WebhookMethod)},
		}
	}
	return map[string]schema.Attribute{
		"messaging_url":          url("What Twilio calls when a message comes; it answers with TwiML."),
		"messaging_method":       method("messaging_url"),
		"messaging_fallback_url": url("What Twilio calls when `messaging_url` fails. Needs `messaging_url`."),
		"voice_url":              url("What Twilio calls when a call comes; it answers with TwiML."),
		"voice_method":           method("voice_url"),
		"voice_fallback_url":     url("What Twilio calls when `voice_url` fails. Needs `voice_url`."),
		"status_callback_url":    url("What Twilio calls when a call has ended."),
	}
}

// assistantIdentity is what addresses a bot.
type assistantIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"sid"`
}

func (r *assistantResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that the bot lives in, AC…; by default the one the provider is configured for.",
		},
		"sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The bot's SID: FW…, AP… or UA….",
		},
	}}
}

func (r *assistantResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.Conflicting(path.MatchRoot("schema"), path.MatchRoot("flow"), path.MatchRoot("webhooks")),
	}
}
