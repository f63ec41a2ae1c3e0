package provider

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ datasource.DataSourceWithConfigure      = &phoneNumbersDataSource{}
	_ datasource.DataSourceWithValidateConfig = &phoneNumbersDataSource{}
)

type phoneNumbersDataSource struct{ accountDataSource }

func newPhoneNumbersDataSource() datasource.DataSource { return &phoneNumbersDataSource{} }

func (d *phoneNumbersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_phone_numbers"
}

type phoneNumbersModel struct {
	Status       types.String         `tfsdk:"status"`
	PhoneNumber  phoneNumber          `tfsdk:"phone_number"`
	FriendlyName types.String         `tfsdk:"friendly_name"`
	AssistantSID types.String         `tfsdk:"assistant_sid"`
	Capability   types.String         `tfsdk:"capability"`
	Regions      types.Bool           `tfsdk:"inbound_regions"`
	PhoneNumbers []accountNumberModel `tfsdk:"phone_numbers"`
}

type accountNumberModel struct {
	SID          types.String `tfsdk:"sid"`
	PhoneNumber  types.String `tfsdk:"phone_number"`
	FriendlyName types.String `tfsdk:"friendly_name"`
	Capabilities []string     `tfsdk:"capabilities"`
	Country      types.String `tfsdk:"country"`
	Status       types.String `tfsdk:"status"`
	ServiceSID   types.String `tfsdk:"messaging_service_sid"`
	Messaging    sideModel    `tfsdk:"messaging"`
	Voice        sideModel    `tfsdk:"voice"`
	VoiceRegion  types.String `tfsdk:"voice_region"`
	TextRegion   types.String `tfsdk:"messaging_region"`
}

// sideModel says who answers on one channel.
type sideModel struct {
	Kind         types.String `tfsdk:"kind"`
	AssistantSID types.String `tfsdk:"assistant_sid"`
	UniqueName   types.String `tfsdk:"unique_name"`
	TargetTask   types.String `tfsdk:"target_task"`
	URL          types.String `tfsdk:"url"`
	Method       types.String `tfsdk:"method"`
	Via          types.String `tfsdk:"via"`
}

// What a side is answered by.
const (
	viaNumber  = "number"
	viaService = "messaging_service"
)

func (d *phoneNumbersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	side := func(what string) schema.Attribute {
		return schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "Who answers " + what + ".",
			Attributes: map[string]schema.Attribute{
				"kind":          computed("`bot`, `external` (any other URL, a SIP trunk, a bot of another account) or `none`."),
				"assistant_sid": computed("The bot's SID, also of one that no longer exists."),
				"unique_name":   computed("The bot's name; null for one that no longer exists."),
				"target_task":   computed("The task at which a conversation enters; Autopilot only."),
				"url":           computed("The URL that Twilio calls, or will again once the bot is resumed; null where an application or a SIP trunk answers. Where it does not reach a bot of the account, `…` stands for the user and password, the query and the fragment, which may be secret."),
				"method":        computed("The method by which Twilio calls `url`: `POST` or `GET`."),
				"via":           computed("Whose configuration says so: `number`, its own, or `messaging_service`, the one of `messaging_service_sid`, which answers messages in its place."),
			},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The account's phone numbers and who answers on each, be it by the number's own webhooks or by the Messaging Service that it is in. " +
			"Where it is read after a change of the same configuration, give it `depends_on`, so that it is read when the change is made.",
		Attributes: map[string]schema.Attribute{
			"status": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only numbers of this status: `live`, `suspended`, `free`, `external` or `dangling`.",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.NumberStatuses())...)},
			},
			"phone_number": schema.StringAttribute{
				CustomType: phoneNumberType{}, Optional: true, MarkdownDescription: "Only this number, in E.164.",
			},
			"friendly_name": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only numbers with exactly this label.",
			},
			"assistant_sid": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only numbers on which this bot answers, on either channel.",
			},
			"capability": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only numbers with this capability: `sms`, `mms`, `voice` or `fax`.",
				Validators: []validator.String{stringvalidator.OneOf("sms", "mms", "voice", "fax")},
			},
			"inbound_regions": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether to ask which Region processes what comes to each number. Twilio has no list of it: two requests for each number that the other filters let through, so give one.",
			},
			"phone_numbers": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The numbers, in the order of E.164.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"sid":           computed("The number's SID, `PN…`."),
					"phone_number":  computed("The number, in E.164."),
					"friendly_name": computed("The number's label."),
					"capabilities": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "What the number carries: `fax`, `mms`, `sms`, `voice`.",
					},
					"country": computed("The ISO 3166 code of the number's country; null for a number of no one country."),
					"status": computed("`live`: a bot answers; `suspended`: the bot is kept from answering; `free`: nothing answers; `external`: something else answers; " +
						"`dangling`: it routes to a bot that no longer exists, a dead number. Where the two channels differ, the first of this order counts: `dangling`, `suspended`, `live`, `external`, `free`."),
					"messaging_service_sid": computed("The Messaging Service that answers messages in the number's place, `MG…`; null where the number answers for itself. `messaging` then says who answers for the service."),
					"messaging":             side("messages"),
					"voice":                 side("calls"),
					"voice_region":          computed("The Region that processes calls to the number, such as `us1`, where `inbound_regions` asks for it; null where it is not known. In another Region than the provider's the number has a configuration of its own, and what is shown here does not apply."),
					"messaging_region":      computed("The Region that processes messages to the number, like `voice_region`; not known to a provider of another Region than us1."),
				}},
			},
		},
	}
}

// ValidateConfig refuses what is not the SID of a bot.
func (d *phoneNumbersDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	d.checkBotSID(ctx, req.Config, path.Root("assistant_sid"), &resp.Diagnostics)
}

func (d *phoneNumbersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m phoneNumbersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	o, err := d.overview(ctx, noWaysIn, &resp.Diagnostics)
	if err != nil {
		unusable(&resp.Diagnostics, "the account's phone numbers", err)
		return
	}
	webhooks := d.provider.account.Webhooks
	m.PhoneNumbers = []accountNumberModel{}
	for _, number := range o.numbers {
		status := o.NumberStatus(number)
		shown := accountNumberModel{
			SID: types.StringValue(number.SID), PhoneNumber: types.StringValue(number.PhoneNumber), FriendlyName: types.StringValue(number.FriendlyName),
			Capabilities: number.Capabilities.Names(), Country: optional(bot.CountryOf(number.PhoneNumber)), Status: types.StringValue(string(status)),
			ServiceSID: optional(o.Answer(number, bot.Messaging).Service.SID),
			Messaging:  sideOf(webhooks, o.Answer(number, bot.Messaging)), Voice: sideOf(webhooks, o.Answer(number, bot.Voice)),
		}
		if m.lets(shown) {
			m.PhoneNumbers = append(m.PhoneNumbers, shown)
		}
	}
	if m.Regions.ValueBool() {
		if err := d.regions(ctx, m.PhoneNumbers, &resp.Diagnostics); err != nil {
			unusable(&resp.Diagnostics, "the Regions of the account's phone numbers", err)
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// numbersAtOnce is how many numbers are asked for their Regions at the same time.
const numbersAtOnce = 8

// regions fills in which Region processes what comes to each number.
func (d *phoneNumbersDataSource) regions(ctx context.Context, numbers []accountNumberModel, diags *diag.Diagnostics) error {
	refused := make([]error, len(numbers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(numbersAtOnce)
	for i := range numbers {
		shown := &numbers[i]
		group.Go(func() error {
			for channel, to := range map[bot.Channel]*types.String{bot.Voice: &shown.VoiceRegion, bot.Messaging: &shown.TextRegion} {
				region, err := d.provider.account.InboundRegion(ctx, bot.Number{PhoneNumber: shown.PhoneNumber.ValueString()}, channel)
				if errors.Is(err, bot.ErrForbidden) {
					refused[i] = err
					return nil
				}
				if err != nil {
					return err
				}
				*to = optional(region)
			}
			return nil
		})
	}
	err := group.Wait()
	if at := slices.IndexFunc(refused, func(err error) bool { return err != nil }); at >= 0 {
		d.provider.warnRegionsUnread(refused[at], diags)
	}
	return err
}

// lets reports whether the filters let a number through.
func (m phoneNumbersModel) lets(n accountNumberModel) bool {
	return wanted(m.Status, n.Status.ValueString()) &&
		(m.PhoneNumber.IsNull() || e164(m.PhoneNumber) == n.PhoneNumber.ValueString()) &&
		wanted(m.FriendlyName, n.FriendlyName.ValueString()) &&
		(wanted(m.AssistantSID, n.Messaging.AssistantSID.ValueString()) || wanted(m.AssistantSID, n.Voice.AssistantSID.ValueString())) &&
		(m.Capability.IsNull() || slices.Contains(n.Capabilities, m.Capability.ValueString()))
}

func sideOf(webhooks bot.Webhooks, answer bot.Answer) sideModel {
	via, method := viaNumber, types.StringNull()
	if answer.Service.SID != "" {
		via = viaService
	}
	if answer.URL != "" {
		method = types.StringValue(cmp.Or(answer.Method, bot.WebhookMethod))
	}
	return sideModel{
		Kind:         types.StringValue(string(answer.Kind)),
		AssistantSID: optional(answer.BotSID), UniqueName: optional(answer.Bot.UniqueName),
		TargetTask: optional(answer.TargetTask), URL: optional(webhooks.ShownURL(answer.URL)), Method: method, Via: types.StringValue(via),
	}
}
