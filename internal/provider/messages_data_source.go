package provider

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const (
	// defaultMessages is how many messages are read where nothing says how many, and
	// maxMessages how many at most: all of them are in the state.
	defaultMessages = 100
	maxMessages     = 10_000
)

var (
	_ datasource.DataSourceWithConfigure      = &messagesDataSource{}
	_ datasource.DataSourceWithValidateConfig = &messagesDataSource{}
)

type messagesDataSource struct{ accountDataSource }

func newMessagesDataSource() datasource.DataSource { return &messagesDataSource{} }

func (d *messagesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_messages"
}

type messagesModel struct {
	From     types.String   `tfsdk:"from"`
	To       types.String   `tfsdk:"to"`
	On       types.String   `tfsdk:"date_sent"`
	Before   types.String   `tfsdk:"date_sent_before"`
	After    types.String   `tfsdk:"date_sent_after"`
	Limit    types.Int64    `tfsdk:"limit"`
	Messages []messageModel `tfsdk:"messages"`
}

type messageModel struct {
	SID          types.String `tfsdk:"sid"`
	Direction    types.String `tfsdk:"direction"`
	Status       types.String `tfsdk:"status"`
	From         types.String `tfsdk:"from"`
	To           types.String `tfsdk:"to"`
	Body         types.String `tfsdk:"body"`
	NumSegments  types.Number `tfsdk:"num_segments"`
	NumMedia     types.Number `tfsdk:"num_media"`
	ServiceSID   types.String `tfsdk:"messaging_service_sid"`
	Price        types.Number `tfsdk:"price"`
	PriceUnit    types.String `tfsdk:"price_unit"`
	ErrorCode    types.Int64  `tfsdk:"error_code"`
	ErrorMessage types.String `tfsdk:"error_message"`
	DateCreated  types.String `tfsdk:"date_created"`
	DateSent     types.String `tfsdk:"date_sent"`
	DateUpdated  types.String `tfsdk:"date_updated"`
}

func (d *messagesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	number := func(description string) schema.Attribute {
		return schema.NumberAttribute{Computed: true, MarkdownDescription: description}
	}
	day := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, Validators: []validator.String{dayOfMessages()}, MarkdownDescription: description + " `YYYY-MM-DD`; Twilio counts days in GMT."}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Messages to and from the account's numbers and other senders, newest first, those that bots received and answered among them. " +
			"What they say is in the state, so keep that as you keep the messages; the provider logs none of it. " +
			"To send a message there is the action `twiliobot_send_message`.",
		Attributes: map[string]schema.Attribute{
			"from": schema.StringAttribute{
				Optional: true, Validators: []validator.String{messageSender()},
				MarkdownDescription: "Only messages from this sender: a phone number in E.164, an address of another channel such as `whatsapp:+12025550142`, a short code, or a name of letters and digits. Without its channel a number selects none of the messages of another channel.",
			},
			"to": schema.StringAttribute{
				Optional: true, Validators: []validator.String{messageSender()},
				MarkdownDescription: "Only messages to this recipient, written like `from`.",
			},
			"date_sent":        day("Only messages that were sent or received on this day; conflicts with the other two."),
			"date_sent_before": day("Only messages of this day and of those before it."),
			"date_sent_after":  day("Only messages of this day and of those after it."),
			"limit": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{between(1, maxMessages)},
				MarkdownDescription: fmt.Sprintf("How many messages to read at most, the newest of those that the other filters select; from 1 to %d, %d by default. A request reads 1,000 of them, and none is made beyond the limit.", maxMessages, defaultMessages),
			},
			"messages": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The messages, newest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"sid":                   text("The message's SID, `SM…`, or `MM…` where it has media."),
					"direction":             text("`inbound`, `outbound-api` (a client of the API, or a flow), `outbound-reply` (the answer to a webhook) or `outbound-call`."),
					"status":                text("What became of it: `accepted`, `scheduled`, `canceled`, `queued`, `sending`, `sent`, `failed`, `delivered`, `undelivered`, `receiving`, `received`, `partially_delivered` or, on WhatsApp, `read`."),
					"from":                  text("The sender; null while a Messaging Service has not chosen one."),
					"to":                    text("The recipient."),
					"body":                  text("What it says; empty where it was redacted, or has media alone."),
					"num_segments":          number("How many text messages it took; 0 while a Messaging Service has not chosen a sender."),
					"num_media":             number("How many files of media it has."),
					"messaging_service_sid": text("The Messaging Service that it went through, `MG…`; null for none."),
					"price":                 number("What it cost, in `price_unit`, negative where it was charged; null until Twilio knows it, and where others charge it."),
					"price_unit":            text("The currency of `price`, ISO 4217, as Twilio writes it, such as `USD`."),
					"error_code": schema.Int64Attribute{
						Computed: true, MarkdownDescription: "Why it failed or was not delivered, a code of [Twilio's dictionary](https://www.twilio.com/docs/api/errors); null otherwise.",
					},
					"error_message": text("The same in words."),
					"date_created":  text("When Twilio took it, RFC 3339."),
					"date_sent":     text("When it was sent on, or received, RFC 3339; null before."),
					"date_updated":  text("When it changed last, RFC 3339."),
				}},
			},
		},
	}
}

// ValidateConfig refuses filters that select nothing.
func (d *messagesDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m messagesModel
	for name, into := range map[string]*types.String{"date_sent": &m.On, "date_sent_before": &m.Before, "date_sent_after": &m.After} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), into)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	m.checkDays(&resp.Diagnostics)
}

func (m messagesModel) checkDays(diags *diag.Diagnostics) {
	if !m.On.IsNull() && (!m.Before.IsNull() || !m.After.IsNull()) {
		diags.AddAttributeError(path.Root("date_sent"), "Conflicting days", "`date_sent` is one day, so there is nothing for `date_sent_before` and `date_sent_after` to select from. Leave it out, or them.")
	}
	before, err := bot.ParseDay(m.Before.ValueString())
	after, errAfter := bot.ParseDay(m.After.ValueString())
	if err == nil && errAfter == nil && before.Before(after) {
		diags.AddAttributeError(path.Root("date_sent_before"), "Conflicting days",
			fmt.Sprintf("No day is both until %s and from %s on: `date_sent_before` must not be earlier than `date_sent_after`.", m.Before.ValueString(), m.After.ValueString()))
	}
}

func (d *messagesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m messagesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	const what = "the account's messages"
	if !d.provider.ready() {
		unusable(&resp.Diagnostics, what, d.provider.unready)
		return
	}
	limit := int64(defaultMessages)
	if !m.Limit.IsNull() {
		limit = m.Limit.ValueInt64()
	}
	read, err := d.provider.messages.List(ctx, m.filter(), int(limit))
	if err != nil {
		unusable(&resp.Diagnostics, what, err)
		return
	}
	m.Messages = make([]messageModel, len(read))
	for i, each := range read {
		m.Messages[i] = shownMessage(each)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// filter is what the configuration selects, which was validated.
func (m messagesModel) filter() bot.MessageFilter {
	address := func(written types.String) string {
		parsed, err := bot.ParseSender(written.ValueString())
		if err != nil {
			return ""
		}
		return parsed
	}
	day := func(written types.String) time.Time {
		parsed, err := bot.ParseDay(written.ValueString())
		if err != nil {
			return time.Time{}
		}
		return parsed
	}
	return bot.MessageFilter{From: address(m.From), To: address(m.To), On: day(m.On), Before: day(m.Before), After: day(m.After)}
}

func shownMessage(m bot.Message) messageModel {
	number := func(value *big.Float) types.Number {
		if value == nil {
			return types.NumberNull()
		}
		return types.NumberValue(value)
	}
	code := types.Int64Null()
	if m.ErrorCode != 0 {
		code = types.Int64Value(int64(m.ErrorCode))
	}
	return messageModel{
		SID: types.StringValue(m.SID), Direction: optional(m.Direction), Status: optional(m.Status), From: optional(m.From), To: optional(m.To),
		Body: types.StringValue(m.Body), NumSegments: number(m.Segments), NumMedia: number(m.Media), ServiceSID: optional(m.ServiceSID),
		Price: number(m.Price), PriceUnit: optional(m.PriceUnit), ErrorCode: code, ErrorMessage: optional(m.ErrorMessage),
		DateCreated: dateOf(m.DateCreated), DateSent: dateOf(m.DateSent), DateUpdated: dateOf(m.DateUpdated),
	}
}

func dayOfMessages() validator.String {
	return checked{"a day", "Invalid day", func(text string) error { _, err := bot.ParseDay(text); return err }}
}

func messageSender() validator.String {
	return checked{"a phone number or another address of messages", "Invalid address", func(text string) error { _, err := bot.ParseSender(text); return err }}
}
