package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

// deployTimeout is how long deploying a function may take where `timeouts` says nothing.
// Twilio's own tools wait 5 minutes for a build.
const deployTimeout = 10 * time.Minute

func (r *functionResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A [Twilio Function](https://www.twilio.com/docs/serverless/functions-assets/functions) that belongs to a bot: code that Twilio runs when its `url` is called, " +
			"for example by the `on_complete` of a collect. It has a service and an environment of its own, and the friendly name of the service says which bot it belongs to.\n\n" +
			"Every change of the code uploads a new version, builds it, waits for the build, and puts it in the place of the old one at once: the URL answers all the while, by the old version and then by the new one. " +
			"A build that fails, or takes longer than `timeouts` gives it, changes nothing, and the error says what is live. " +
			"Environment variables are set before the new version runs, and those that are no longer wanted are deleted after that; Twilio gives them to running code at once, so the old version may see new values for a moment.\n\n" +
			"What another client deploys to the environment, or writes into its environment variables, is shown by the next plan, and put back by the next apply; where it happened after the plan, the apply stops before it writes. " +
			"Functions and assets that another client adds to the service stay deployed, but the function cannot be destroyed beside them.\n\n" +
			"An apply that was cut off leaves a service that the next one goes on with, by its name. Functions are not reached with credentials of a parent account, and by no restricted API key.",
		Attributes: map[string]schema.Attribute{
			"unique_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The unique name of the service, which becomes part of the URL: 1 to 50 letters, digits and dashes. Twilio cannot change it: a change replaces the function, under another URL. " +
					"With `lifecycle { create_before_destroy = true }` the old one answers until what references its URL has the new one.",
				Validators:    []validator.String{checked{"a unique name", "Invalid name of a function", function.CheckName}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"assistant_unique_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The `unique_name` of the bot that the function belongs to. It is a name and not a SID, so that the bot's content can use the function's `url`: write both from one local value. " +
					"Twilio shows it in the friendly name of the service. A change is made in place.",
				Validators: []validator.String{checked{"the name of a bot", "Invalid name of a bot", bot.CheckName}},
			},
			"path": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The path of the function in its URL, such as `/hours`: at most 255 characters. A change is made in place, and the old URL then answers with 404.",
				Validators:          []validator.String{checked{"a path", "Invalid path", function.CheckPath}},
			},
			"visibility": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(string(function.Protected)),
				MarkdownDescription: "Who can call it: `protected`, the default, takes requests with Twilio's signature alone; `public` takes all; `private` has no URL, and is for other functions of the service. " +
					"The webhooks of numbers, TwiML applications and Autopilot assistants are signed; the HTTP requests of Studio flows, and so of a `schema` on the engine `studio`, are not known to be: those need `public`.",
				Validators: []validator.String{stringvalidator.OneOf(string(function.Public), string(function.Protected), string(function.Private))},
			},
			"source": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The code, a Node.js module that exports `handler`: a string, or `file(\"${path.module}/hours.js\")`. " +
					"It is in the state, and whoever may read the account's functions can read it: give it secrets by `environment_variables_wo`.",
				Validators: []validator.String{checked{"code", "Invalid code", function.CheckSource}},
			},
			"dependencies": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "The npm packages that the code requires, with their versions, such as `{ twilio = \"5.0.0\" }`.",
				Validators: []validator.Map{
					mapvalidator.SizeAtLeast(1), mapvalidator.KeysAre(stringvalidator.LengthAtLeast(1)), mapvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
			},
			"runtime": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(function.LatestRuntime),
				MarkdownDescription: "The Node.js that runs the code; `" + function.LatestRuntime + "` by default. Twilio fails builds with older ones since 2025-11-10, so they are refused. A newer one than Twilio documented when this version of the provider was released is warned of, and left to Twilio.",
			},
			"include_credentials": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether the code is given the account's SID and auth token, with which `context.getTwilioClient()` works; `false` by default.",
			},
			"environment_variables": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Environment variables that are no secrets, by name: each value has at most 450 bytes, and all names and values together, with those of `environment_variables_wo`, 3072. " +
					"After an import the first apply sets them all, since the provider reads no values that it does not know to be no secrets, and deletes those that neither attribute gives, which its plan warns of.",
				Validators: variableValidators(),
			},
			"environment_variables_wo": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, WriteOnly: true,
				MarkdownDescription: "Environment variables that are secrets, by name. They are never stored in the plan or the state, which needs Terraform 1.11 or later. " +
					"A change takes effect with a change of `environment_variables_wo_version`; new names and those that are left out take effect with the next change of anything.",
				Validators: append(variableValidators(), mapvalidator.AlsoRequires(path.MatchRoot("environment_variables_wo_version"))),
			},
			"environment_variables_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "A number to change whenever a value of `environment_variables_wo` does. It is null in the state where another client wrote or deleted one of these variables, so that the plan sets them again.",
				Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("environment_variables_wo"))},
			},
			"timeouts":        deployTimeouts(ctx),
			"url":             computed("Where the function is called, `https://….twil.io/…`: it stays the same over changes of the code. Null for a private one."),
			"domain_name":     computed("The domain of its environment."),
			"service_sid":     computed("The SID of its service, `ZS…`."),
			"environment_sid": computed("The SID of its environment, `ZE…`. Null where that was deleted by hand: the next apply makes another one."),
			"function_sid":    computed("The SID of the function, `ZH…`."),
			"version_sid":     computed("The SID of the version that is deployed, `ZN…`. Null where another client deployed something without it."),
			"build_sid":       computed("The SID of the build that is deployed, `ZB…`."),
			"other_environment_variables": schema.SetAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "The names of environment variables that neither attribute has: empty while all is well. Another client added them, or an apply that was cut off. " +
					"The environment is the function's own, so the next apply deletes them, and the plan shows it.",
			},
			"account_sid":  computed("The account that the function lives in, `AC…`."),
			"date_created": computed("When its service was created (RFC 3339)."),
		},
	}
}

func variableValidators() []validator.Map {
	return []validator.Map{
		mapvalidator.KeysAre(checked{"the name of an environment variable", "Invalid environment variable", function.CheckKey}),
		mapvalidator.ValueStringsAre(checked{"the value of an environment variable", "Invalid environment variable", function.CheckValue}),
	}
}

func deployTimeouts(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true, Delete: true,
		CreateDescription: "How long deploying it may take, the build included; `10m` by default.",
		UpdateDescription: "How long a change may take, the build included; `10m` by default.",
		DeleteDescription: "How long deleting may take; `10m` by default.",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long the operations may take, as durations such as `5m`."
		return nested
	}
	return attribute
}

// functionIdentity is what addresses a function.
type functionIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	ServiceSID types.String `tfsdk:"service_sid"`
}

func (r *functionResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that the function lives in, AC…; by default the one the provider is configured for.",
		},
		"service_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The SID of the function's service, ZS….",
		},
	}}
}
