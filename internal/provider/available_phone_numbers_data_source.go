package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ datasource.DataSourceWithConfigure      = &availablePhoneNumbersDataSource{}
	_ datasource.DataSourceWithValidateConfig = &availablePhoneNumbersDataSource{}
)

type availablePhoneNumbersDataSource struct{ accountDataSource }

func newAvailablePhoneNumbersDataSource() datasource.DataSource {
	return &availablePhoneNumbersDataSource{}
}

func (d *availablePhoneNumbersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_available_phone_numbers"
}

type availablePhoneNumbersModel struct {
	Country      types.String           `tfsdk:"country"`
	Type         types.String           `tfsdk:"type"`
	Contains     types.String           `tfsdk:"contains"`
	AreaCode     types.String           `tfsdk:"area_code"`
	InRegion     types.String           `tfsdk:"in_region"`
	InLocality   types.String           `tfsdk:"in_locality"`
	InPostalCode types.String           `tfsdk:"in_postal_code"`
	Capabilities types.Set              `tfsdk:"capabilities"`
	Excluded     types.Set              `tfsdk:"exclude_address_requirements"`
	Beta         types.Bool             `tfsdk:"beta"`
	Limit        types.Int64            `tfsdk:"limit"`
	PhoneNumbers []availableNumberModel `tfsdk:"phone_numbers"`
}

type availableNumberModel struct {
	PhoneNumber         types.String  `tfsdk:"phone_number"`
	FriendlyName        types.String  `tfsdk:"friendly_name"`
	Country             types.String  `tfsdk:"country"`
	Type                types.String  `tfsdk:"type"`
	Capabilities        []string      `tfsdk:"capabilities"`
	AddressRequirements types.String  `tfsdk:"address_requirements"`
	Beta                types.Bool    `tfsdk:"beta"`
	Locality            types.String  `tfsdk:"locality"`
	Region              types.String  `tfsdk:"region"`
	PostalCode          types.String  `tfsdk:"postal_code"`
	RateCenter          types.String  `tfsdk:"rate_center"`
	LATA                types.String  `tfsdk:"lata"`
	Latitude            types.Float64 `tfsdk:"latitude"`
	Longitude           types.Float64 `tfsdk:"longitude"`
}

var (
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	areaCode    = regexp.MustCompile(`^[2-9][0-9]{2}$`)
	// numberPattern is what Twilio takes for a pattern: two letters or digits at least, with
	// the meta-characters around them
	// (https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource).
	numberPattern = regexp.MustCompile(`^[+*%]*[0-9A-Za-z]{2,}[*%$]*$`)
)

// defaultOffers is how many numbers are asked for where no limit is given: Twilio's own
// page.
const defaultOffers = 50

func (d *availablePhoneNumbersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	degrees := func(what string) schema.Attribute {
		return schema.Float64Attribute{Computed: true, MarkdownDescription: "The " + what + " of the number's place, in degrees; null where Twilio does not say it."}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Phone numbers that Twilio has on sale. It buys and reserves nothing, and the numbers differ from search to search: " +
			"choose one, write it down as the `phone_number` of a `twiliobot_phone_number`, and remove the search. A reference from there would buy another number with every plan. " +
			"What a number costs is not in this API; the console shows it.",
		Attributes: map[string]schema.Attribute{
			"country": schema.StringAttribute{
				Required: true, MarkdownDescription: "The country, by its ISO 3166-1 code, such as `US`.",
				Validators: []validator.String{stringvalidator.RegexMatches(countryCode, "must be the two capital letters of an ISO 3166-1 code, such as US")},
			},
			"type": schema.StringAttribute{
				Optional: true, MarkdownDescription: "The type of number: `local` (the default), `mobile` or `toll_free`. Not every country has each; the error says which it has.",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.NumberTypes())...)},
			},
			"contains": schema.StringAttribute{
				Optional: true, MarkdownDescription: "A part of the number: 2 to 16 digits, or letters as on a keypad. `*` at either end stands for a digit, `%` for several; `+` at the beginning and `$` at the end hold the part there.",
				Validators: []validator.String{
					stringvalidator.LengthBetween(2, 16),
					stringvalidator.RegexMatches(numberPattern, "must be digits or letters, two at least, with +, * or % before them and *, % or $ behind them"),
				},
			},
			"area_code": schema.StringAttribute{
				Optional: true, MarkdownDescription: "The area code, three digits; in the United States and Canada.",
				Validators: []validator.String{stringvalidator.RegexMatches(areaCode, "must be the three digits of an area code, such as 415")},
			},
			"in_region":      schema.StringAttribute{Optional: true, MarkdownDescription: "The state or province, by its two letters; in the United States and Canada.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)}},
			"in_locality":    schema.StringAttribute{Optional: true, MarkdownDescription: "The city, as Twilio writes it.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)}},
			"in_postal_code": schema.StringAttribute{Optional: true, MarkdownDescription: "The postal or ZIP code; in the United States and Canada.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)}},
			"capabilities": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "What the numbers must be able to carry: `voice`, `sms`, `mms`, `fax`, each or all of them.",
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf("voice", "sms", "mms", "fax"))},
			},
			"exclude_address_requirements": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Leaves out numbers that ask for an Address: a `local` one, a `foreign` one, or `any` at all.",
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(bot.AnyAddress, bot.LocalAddress, bot.ForeignAddress))},
			},
			"beta": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether numbers that are new to Twilio are listed; by default they are."},
			"limit": schema.Int64Attribute{
				Optional: true, MarkdownDescription: fmt.Sprintf("How many numbers are listed at most, 1 to 1000; %d by default.", defaultOffers),
				Validators: []validator.Int64{int64validator.Between(1, 1000)},
			},
			"phone_numbers": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The numbers, in the order of E.164.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"phone_number":         computed("The number, in E.164."),
					"friendly_name":        computed("The number as its country writes it."),
					"country":              computed("The country's ISO 3166-1 code."),
					"type":                 computed("The type that was searched for."),
					"capabilities":         schema.ListAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: "What the number can carry: `fax`, `mms`, `sms`, `voice`."},
					"address_requirements": computed("Which Address buying the number asks for: `none`, `any`, `local` (in the country of the number) or `foreign`."),
					"beta":                 schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the number is new to Twilio."},
					"locality":             computed("The city; null where Twilio does not say it."),
					"region":               computed("The state or province, in the United States and Canada."),
					"postal_code":          computed("The postal or ZIP code, in the United States and Canada."),
					"rate_center":          computed("The rate center, in the United States and Canada."),
					"lata":                 computed("The LATA, in the United States and Canada."),
					"latitude":             degrees("latitude"),
					"longitude":            degrees("longitude"),
				}},
			},
		},
	}
}

// ValidateConfig refuses filters that Twilio would ignore.
func (d *availablePhoneNumbersDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m availablePhoneNumbersModel
	for attribute, to := range map[string]any{"country": &m.Country, "area_code": &m.AreaCode, "in_region": &m.InRegion, "in_postal_code": &m.InPostalCode} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), to)...)
	}
	country := m.Country.ValueString()
	if resp.Diagnostics.HasError() || country == "" || country == "US" || country == "CA" {
		return
	}
	for attribute, value := range map[string]types.String{"area_code": m.AreaCode, "in_region": m.InRegion, "in_postal_code": m.InPostalCode} {
		if !value.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(attribute), "The filter is for other countries",
				fmt.Sprintf("Twilio applies `%s` in the United States and Canada alone, and ignores it in %s. Remove it; `contains` and `in_locality` narrow a search there.", attribute, country))
		}
	}
}

func (d *availablePhoneNumbersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m availablePhoneNumbersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	offers := d.provider.account.Offers
	if offers == nil { // the provider's configuration is not known yet
		unusable(&resp.Diagnostics, "the phone numbers on sale", d.provider.unready)
		return
	}
	country, kind := m.Country.ValueString(), bot.NumberType(cmp.Or(m.Type.ValueString(), string(bot.LocalNumber)))
	listed, err := offers.List(ctx, country, kind, m.filter())
	if errors.Is(err, bot.ErrNotFound) {
		d.refuseType(ctx, country, kind, resp)
		return
	}
	if err != nil {
		unusable(&resp.Diagnostics, "the phone numbers on sale", err)
		return
	}
	slices.SortFunc(listed, func(a, b bot.Offer) int { return strings.Compare(a.PhoneNumber, b.PhoneNumber) })
	m.PhoneNumbers = make([]availableNumberModel, len(listed))
	for i, offer := range listed {
		m.PhoneNumbers[i] = availableNumberModel{
			PhoneNumber: types.StringValue(offer.PhoneNumber), FriendlyName: optional(offer.FriendlyName), Country: optional(offer.Country), Type: types.StringValue(string(offer.Type)),
			Capabilities: offer.Capabilities.Names(), AddressRequirements: optional(offer.AddressRequirements), Beta: types.BoolValue(offer.Beta),
			Locality: optional(offer.Locality), Region: optional(offer.Region), PostalCode: optional(offer.PostalCode), RateCenter: optional(offer.RateCenter), LATA: optional(offer.LATA),
			Latitude: types.Float64PointerValue(offer.Latitude), Longitude: types.Float64PointerValue(offer.Longitude),
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (m availablePhoneNumbersModel) filter() bot.OfferFilter {
	has := func(all types.Set, value string) bool {
		return slices.ContainsFunc(all.Elements(), types.StringValue(value).Equal)
	}
	filter := bot.OfferFilter{
		Contains: m.Contains.ValueString(), AreaCode: m.AreaCode.ValueString(), Locality: m.InLocality.ValueString(), Region: m.InRegion.ValueString(), PostalCode: m.InPostalCode.ValueString(),
		Capabilities: bot.Capabilities{Voice: has(m.Capabilities, "voice"), SMS: has(m.Capabilities, "sms"), MMS: has(m.Capabilities, "mms"), Fax: has(m.Capabilities, "fax")},
		Beta:         m.Beta.ValueBoolPointer(),
		Limit:        int(cmp.Or(m.Limit.ValueInt64(), defaultOffers)),
	}
	for _, requirement := range []string{bot.AnyAddress, bot.LocalAddress, bot.ForeignAddress} {
		if has(m.Excluded, requirement) {
			filter.WithoutAddress = append(filter.WithoutAddress, requirement)
		}
	}
	return filter
}

// refuseType says which types of numbers a country has.
func (d *availablePhoneNumbersDataSource) refuseType(ctx context.Context, country string, kind bot.NumberType, resp *datasource.ReadResponse) {
	types, _, err := d.provider.account.Offers.Types(ctx, country)
	switch {
	case err != nil:
		unusable(&resp.Diagnostics, "the types of phone numbers of "+country, err)
	case len(types) == 0:
		resp.Diagnostics.AddAttributeError(path.Root("country"), "Twilio sells no phone numbers there", fmt.Sprintf("Twilio has no list of numbers on sale in %s.", country))
	default:
		resp.Diagnostics.AddAttributeError(path.Root("type"), "Twilio sells no such phone numbers there",
			fmt.Sprintf("In %s there are no %s numbers on sale. Set `type` to one of those that there are: %s.", country, kind, strings.Join(words(types), ", ")))
	}
}
