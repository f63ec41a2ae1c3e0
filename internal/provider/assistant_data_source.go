package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

var (
	_ datasource.DataSourceWithConfigure        = &assistantDataSource{}
	_ datasource.DataSourceWithConfigValidators = &assistantDataSource{}
	_ datasource.DataSourceWithValidateConfig   = &assistantDataSource{}
)

type assistantDataSource struct{ accountDataSource }

func newAssistantDataSource() datasource.DataSource { return &assistantDataSource{} }

func (d *assistantDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_assistant"
}

type assistantDataModel struct {
	SID                 types.String `tfsdk:"sid"`
	UniqueName          types.String `tfsdk:"unique_name"`
	FriendlyName        types.String `tfsdk:"friendly_name"`
	Engine              types.String `tfsdk:"engine"`
	Status              types.String `tfsdk:"status"`
	PhoneNumbers        []string     `tfsdk:"phone_numbers"`
	Schema              schemaJSON   `tfsdk:"schema"`
	Flow                flowJSON     `tfsdk:"flow"`
	Webhooks            types.Object `tfsdk:"webhooks"`
	Routing             types.String `tfsdk:"routing"`
	RoutingConfirm      types.String `tfsdk:"routing_confirm"`
	Refused             types.List   `tfsdk:"content_refused"`
	Notice              types.String `tfsdk:"suspension_notice"`
	MessagingWebhookURL types.String `tfsdk:"messaging_webhook_url"`
	VoiceWebhookURL     types.String `tfsdk:"voice_webhook_url"`
	AccountSID          types.String `tfsdk:"account_sid"`
	DateCreated         types.String `tfsdk:"date_created"`
	DateUpdated         types.String `tfsdk:"date_updated"`
	BuiltAt             types.String `tfsdk:"built_at"`
	Revision            types.Int64  `tfsdk:"revision"`
}

func (d *assistantDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	secret := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One bot, by its SID or its name, with its content exported. Of `schema`, `flow` and `webhooks` the one is known that a `twiliobot_assistant` would be written with, and import fills; " +
			"it, `routing`, `routing_confirm`, `engine` and `friendly_name` can be given to one as they are, unless `content_refused` says otherwise.",
		Attributes: map[string]schema.Attribute{
			"sid": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: "The bot's SID. Either this or `unique_name`.",
			},
			"unique_name": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: "The bot's name. Either this or `sid`.",
			},
			"friendly_name": computed("The name for people; null where it is empty, and where the engine has none of its own."),
			"engine":        computed("What runs the bot: `studio`, `application` or `autopilot`."),
			"status":        computed("`live`: something routes to it; `idle`: nothing does; `suspended`: it is kept from answering."),
			"phone_numbers": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The numbers that route to the bot, by themselves or by their Messaging Service, or would if it were not suspended, in E.164.",
			},
			"schema": schema.StringAttribute{
				CustomType: schemaJSONType{}, Computed: true,
				MarkdownDescription: "The schema of an Autopilot assistant, or of a Studio flow that was compiled from one, JSON, as `twilio autopilot:export` wrote it; null for other bots.",
			},
			"flow": schema.StringAttribute{
				CustomType: flowJSONType{}, Computed: true,
				MarkdownDescription: "A Studio flow's published definition, JSON; null for other bots, and for a flow that was compiled from a `schema`.",
			},
			"routing":         computed("How a `schema` on Studio finds the task for what people write or say: `trained`, `keywords` or `exact`; null for other bots."),
			"routing_confirm": computed("What a `schema` on Studio asks where two tasks are close to each other; null for none."),
			"content_refused": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Why no `twiliobot_assistant` can be given the bot's content as it is, since it is of a time with other rules, or was never published; null where one can. " +
					"An import then leaves the content out, and the bot is managed without it; a flow that was never published cannot be imported.",
			},
			"suspension_notice": computed("What whoever writes or calls gets while the bot is suspended; null where it is not, and where they get nothing."),
			"revision":          schema.Int64Attribute{Computed: true, MarkdownDescription: "The published revision; Studio only."},
			"webhooks": schema.SingleNestedAttribute{
				Computed: true, MarkdownDescription: "An application's URLs; null for other bots. They may hold a password or a token, and are sensitive: `messaging_webhook_url` and `voice_webhook_url` say without those where Twilio calls.",
				Attributes: map[string]schema.Attribute{
					"messaging_url":          secret("What Twilio calls when a message comes."),
					"messaging_method":       computed("How `messaging_url` is called."),
					"messaging_fallback_url": secret("What Twilio calls when `messaging_url` fails."),
					"voice_url":              secret("What Twilio calls when a call comes."),
					"voice_method":           computed("How `voice_url` is called."),
					"voice_fallback_url":     secret("What Twilio calls when `voice_url` fails."),
					"status_callback_url":    secret("What Twilio calls when a call has ended."),
				},
			},
			"messaging_webhook_url": computed("The URL that Twilio calls when a message comes for the bot. " + shownURLNote),
			"voice_webhook_url":     computed("The URL that Twilio calls when a call comes for the bot. " + shownURLNote),
			"account_sid":           computed("The account that the bot lives in."),
			"date_created":          computed("When the bot was created, in RFC 3339."),
			"date_updated":          computed("When the bot was last changed, in RFC 3339."),
			"built_at":              computed("When its last model build was completed, in RFC 3339; Autopilot only."),
		},
	}
}

func (d *assistantDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("sid"), path.MatchRoot("unique_name"))}
}

// ValidateConfig refuses what is not the SID of a bot.
func (d *assistantDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	d.checkBotSID(ctx, req.Config, path.Root("sid"), &resp.Diagnostics)
}

func (d *assistantDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m assistantDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	o, err := d.overview(ctx, bot.WayKind.Listed, &resp.Diagnostics)
	if err != nil {
		unusable(&resp.Diagnostics, "the account's bots", err)
		return
	}
	sid := m.SID.ValueString()
	if sid == "" {
		var named []bot.Bot
		for _, b := range byName(o.bots.Bots) {
			if b.UniqueName == m.UniqueName.ValueString() {
				named = append(named, b)
			}
		}
		at := path.Root("unique_name")
		switch len(named) {
		case 0:
			resp.Diagnostics.AddAttributeError(at, "There is no such bot", d.provider.noBotNamed(m.UniqueName.ValueString()))
			return
		case 1:
			sid = named[0].SID
		default:
			resp.Diagnostics.AddAttributeError(at, "Several bots have this name", fmt.Sprintf("Account %s has %d bots named %q: %s. Name the one that is meant by its `sid`.",
				d.provider.account.SID, len(named), m.UniqueName.ValueString(), sids(named)))
			return
		}
	}
	live, err := d.provider.account.ReadBot(ctx, sid, true)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("sid"), "Unable to read the bot", err)
		return
	}
	status, phones := o.BotStatus(sid, o.numbers)
	messaging, voice := webhooksOf(d.provider.account.Webhooks, live)
	m = assistantDataModel{
		SID: types.StringValue(live.SID), UniqueName: types.StringValue(live.UniqueName),
		Engine: types.StringValue(string(live.Engine())), Status: types.StringValue(string(status)), PhoneNumbers: phones,
		Webhooks:            types.ObjectNull(webhookTypes),
		MessagingWebhookURL: optional(messaging), VoiceWebhookURL: optional(voice), AccountSID: types.StringValue(live.AccountSID),
		DateCreated: dateOf(live.DateCreated), DateUpdated: dateOf(live.DateUpdated), BuiltAt: dateOf(live.BuiltAt),
		Refused: types.ListNull(types.StringType), Notice: types.StringNull(),
	}
	if live.Engine() == bot.Autopilot {
		m.FriendlyName = optional(live.FriendlyName) // an empty one is not to be given
	}
	if live.Content.Flow != nil {
		m.Revision = types.Int64Value(int64(live.Revision))
	}
	// The same as an import fills, by the same code.
	imported := assistantModel{Engine: m.Engine, Webhooks: types.ObjectNull(webhookTypes)}
	imported.imported(live)
	m.Schema, m.Flow, m.Routing, m.RoutingConfirm = imported.Schema, imported.Flow, imported.Routing, imported.RoutingConfirm
	if live.Content.Webhooks != nil {
		m.Webhooks = readWebhooks(*live.Content.Webhooks, webhooksModel{})
		imported.Webhooks = m.Webhooks
	}
	if live.Engine() == bot.Studio && live.Content.Flow == nil {
		m.Refused = stateList([]string{neverPublished(live)})
	} else {
		m.Refused = stateList(imported.refusals(ctx, live))
	}
	if status == bot.Suspended {
		held, err := suspension.ReadWhole(ctx, d.provider.account, sid, account.AnyTime)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			addAttributeError(&resp.Diagnostics, path.Root("sid"), "Unable to read what the suspended bot's hold says", err)
			return
		}
		m.Notice = optional(held.Notice)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
