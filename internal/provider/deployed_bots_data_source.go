package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var _ datasource.DataSourceWithConfigure = &deployedBotsDataSource{}

type deployedBotsDataSource struct{ accountDataSource }

func newDeployedBotsDataSource() datasource.DataSource { return &deployedBotsDataSource{} }

func (d *deployedBotsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deployed_bots"
}

type deployedBotsModel struct {
	Engine        types.String       `tfsdk:"engine"`
	Status        types.String       `tfsdk:"status"`
	NameRegex     types.String       `tfsdk:"name_regex"`
	Conversations types.Bool         `tfsdk:"open_conversations"`
	Bots          []deployedBotModel `tfsdk:"bots"`
}

type deployedBotModel struct {
	SID                 types.String `tfsdk:"sid"`
	UniqueName          types.String `tfsdk:"unique_name"`
	FriendlyName        types.String `tfsdk:"friendly_name"`
	Engine              types.String `tfsdk:"engine"`
	Status              types.String `tfsdk:"status"`
	PhoneNumbers        []string     `tfsdk:"phone_numbers"`
	Routes              []routeModel `tfsdk:"routes"`
	MessagingWebhookURL types.String `tfsdk:"messaging_webhook_url"`
	VoiceWebhookURL     types.String `tfsdk:"voice_webhook_url"`
	DateCreated         types.String `tfsdk:"date_created"`
	DateUpdated         types.String `tfsdk:"date_updated"`
	BuiltAt             types.String `tfsdk:"built_at"`
	Revision            types.Int64  `tfsdk:"revision"`
}

// routeModel is one way in to a bot beside the phone numbers.
type routeModel struct {
	Kind    types.String `tfsdk:"kind"`
	SID     types.String `tfsdk:"sid"`
	Name    types.String `tfsdk:"name"`
	Field   types.String `tfsdk:"field"`
	Channel types.String `tfsdk:"channel"`
	InUse   types.Bool   `tfsdk:"in_use"`
}

func routesOf(ways []bot.Way) []routeModel {
	routes := []routeModel{}
	for _, way := range ways {
		routes = append(routes, routeModel{
			Kind: types.StringValue(string(way.Kind)), SID: types.StringValue(way.SID), Name: optional(way.Name),
			Field: types.StringValue(way.Field), Channel: optional(string(way.Channel)), InUse: types.BoolValue(!way.Idle),
		})
	}
	return routes
}

func (d *deployedBotsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The account's bots of every engine, whoever made them, which of them answer, and what leads to each: `phone_numbers`, and in `routes` every other way in. The [guide on who answers](../guides/who-answers.md) lists the kinds. " +
			"Where it is read after a change of the same configuration, give it `depends_on`, so that it is read when the change is made.",
		Attributes: map[string]schema.Attribute{
			"engine": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bots on this engine: `studio`, `application` or `autopilot`.",
				Validators: []validator.String{stringvalidator.OneOf(engineNames()...)},
			},
			"status": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bots of this status: `live`, `idle` or `suspended`.",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.Statuses())...)},
			},
			"name_regex": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bots whose `unique_name` matches this regular expression (RE2).",
				Validators: []validator.String{regularExpression()},
			},
			"open_conversations": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether to look at the open conversations of Twilio Conversations too, each of which may lead to a bot by a webhook of its own. " +
					"Twilio has no list of it: one request for each conversation, of up to 200, those of the default Conversation Service first, and two for each of up to 20 other services; a warning says where there are more. " +
					"Without it, a bot that is reached by an open conversation alone is `idle`.",
			},
			"bots": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The bots, by name.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"sid":           computed("The bot's SID: `FW…`, `AP…` or `UA…`."),
					"unique_name":   computed("The bot's name."),
					"friendly_name": computed("The name for people."),
					"engine":        computed("What runs the bot."),
					"status":        computed("`live`: something routes to it; `idle`: nothing does; `suspended`: it is kept from answering."),
					"phone_numbers": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "The numbers that route to the bot, by themselves or by their Messaging Service, or would if it were not suspended, in E.164.",
					},
					"routes": schema.ListNestedAttribute{
						Computed: true, MarkdownDescription: "What else leads to the bot, or would if it were not suspended.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"kind":    computed("What it is: " + wayKindsNote() + "."),
							"sid":     computed("Its SID."),
							"name":    computed("Its name."),
							"field":   computed("The field that holds the bot's URL or SID, in Twilio's words; of a flow, the state that runs the bot."),
							"channel": computed("What comes by it: `messaging` or `voice`; null for both."),
							"in_use":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether Twilio uses it as it is now: a Messaging Service may defer to its numbers."},
						}},
					},
					"messaging_webhook_url": computed("The URL that Twilio calls when a message comes for the bot. " + shownURLNote),
					"voice_webhook_url":     computed("The URL that Twilio calls when a call comes for the bot. " + shownURLNote),
					"date_created":          computed("When the bot was created, in RFC 3339."),
					"date_updated":          computed("When the bot was last changed, in RFC 3339."),
					"built_at":              computed("When its last model build was completed, in RFC 3339; Autopilot only."),
					"revision": schema.Int64Attribute{
						Computed: true, MarkdownDescription: "The published revision; Studio only.",
					},
				}},
			},
		},
	}
}

func (d *deployedBotsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m deployedBotsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	o, err := d.overview(ctx, func(kind bot.WayKind) bool { return kind != bot.ByConversation || m.Conversations.ValueBool() }, &resp.Diagnostics)
	if err != nil {
		unusable(&resp.Diagnostics, "the account's bots", err)
		return
	}
	var name *regexp.Regexp
	if !m.NameRegex.IsNull() {
		name = regexp.MustCompile(m.NameRegex.ValueString()) // validated
	}
	m.Bots = []deployedBotModel{}
	for _, b := range byName(o.bots.Bots) {
		status, phones := o.BotStatus(b.SID, o.numbers)
		if !wanted(m.Engine, string(b.Engine())) || !wanted(m.Status, string(status)) || (name != nil && !name.MatchString(b.UniqueName)) {
			continue
		}
		// What a listing does not hold is read for the bots that are shown.
		if b.Engine() == bot.Autopilot || b.Draft > 0 {
			if b, err = d.provider.account.Host(b.Engine()).Get(ctx, b.SID); err != nil {
				unusable(&resp.Diagnostics, "the bot's builds and revisions", err)
				return
			}
		}
		messaging, voice := webhooksOf(d.provider.account.Webhooks, b)
		shown := deployedBotModel{
			SID: types.StringValue(b.SID), UniqueName: types.StringValue(b.UniqueName), FriendlyName: types.StringValue(b.FriendlyName),
			Engine: types.StringValue(string(b.Engine())), Status: types.StringValue(string(status)), PhoneNumbers: phones, Routes: routesOf(o.Ways(b.SID)),
			MessagingWebhookURL: optional(messaging), VoiceWebhookURL: optional(voice),
			DateCreated: dateOf(b.DateCreated), DateUpdated: dateOf(b.DateUpdated), BuiltAt: dateOf(b.BuiltAt),
		}
		if b.Revision > 0 {
			shown.Revision = types.Int64Value(int64(b.Revision))
		}
		m.Bots = append(m.Bots, shown)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// wayKindsNote lists the kinds of ways in for a description.
func wayKindsNote() string {
	var kinds []string
	for _, kind := range bot.WayKinds() {
		kinds = append(kinds, fmt.Sprintf("`%s` (%s)", string(kind), kind))
	}
	return strings.Join(kinds, ", ")
}

// wanted reports whether a filter lets a value through; an unset one lets all.
func wanted(filter types.String, value string) bool {
	return filter.IsNull() || filter.ValueString() == value
}
