package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	_ datasource.DataSourceWithConfigure      = &phoneNumberLookupDataSource{}
	_ datasource.DataSourceWithValidateConfig = &phoneNumberLookupDataSource{}
)

type phoneNumberLookupDataSource struct{ accountDataSource }

func newPhoneNumberLookupDataSource() datasource.DataSource { return &phoneNumberLookupDataSource{} }

func (d *phoneNumberLookupDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_phone_number_lookup"
}

type lookupModel struct {
	PhoneNumber    types.String     `tfsdk:"phone_number"`
	CountryCode    types.String     `tfsdk:"country_code"`
	Fields         types.Set        `tfsdk:"fields"`
	Valid          types.Bool       `tfsdk:"valid"`
	Errors         []string         `tfsdk:"validation_errors"`
	E164           types.String     `tfsdk:"e164"`
	NationalFormat types.String     `tfsdk:"national_format"`
	CallingCode    types.String     `tfsdk:"calling_country_code"`
	LineType       *lineTypeModel   `tfsdk:"line_type_intelligence"`
	CallerName     *callerNameModel `tfsdk:"caller_name"`
}

type lineTypeModel struct {
	Type              types.String `tfsdk:"type"`
	CarrierName       types.String `tfsdk:"carrier_name"`
	MobileCountryCode types.String `tfsdk:"mobile_country_code"`
	MobileNetworkCode types.String `tfsdk:"mobile_network_code"`
	ErrorCode         types.Int64  `tfsdk:"error_code"`
}

type callerNameModel struct {
	CallerName types.String `tfsdk:"caller_name"`
	CallerType types.String `tfsdk:"caller_type"`
	ErrorCode  types.Int64  `tfsdk:"error_code"`
}

func (d *phoneNumberLookupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	failed := schema.Int64Attribute{Computed: true, MarkdownDescription: "Why Twilio has nothing to say, a code of [its dictionary](https://www.twilio.com/docs/api/errors), such as 60600 (out of coverage) or 60601 (Canada needs an approval); null otherwise."}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What Twilio knows of a phone number, by [Lookup v2](https://www.twilio.com/docs/lookup/v2-api). A number that is not valid is no error: `valid` and `validation_errors` say so. " +
			"The look-up of its form is free. **What `fields` asks for costs money each time that Terraform reads this, which is at every plan and every apply**, so nothing is asked for by default.",
		Attributes: map[string]schema.Attribute{
			"phone_number": schema.StringAttribute{
				Required: true, Validators: []validator.String{checked{"a phone number", "Invalid phone number", bot.CheckLookup}},
				MarkdownDescription: "The number: in E.164, such as `+12025550142`, or in the form of its country with `country_code`.",
			},
			"country_code": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{checked{"an ISO 3166 code", "Invalid country code", bot.CheckCountryCode}},
				MarkdownDescription: "The country of a number that is written without its country code, an ISO 3166 code such as `GB`. What is read is the country of the number, as Twilio knows it, which may be another that shares the country code; null where there is none.",
			},
			"fields": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				Validators:          []validator.Set{setvalidator.ValueStringsAre(stringvalidator.OneOf(words(bot.LookupPackages())...))},
				MarkdownDescription: "What to ask for beside the form of the number: `line_type_intelligence`, `caller_name`. [Each costs money](https://www.twilio.com/en-us/user-authentication-identity/pricing/lookup) for each look-up.",
			},
			"valid": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a carrier may assign the number to someone."},
			"validation_errors": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Why the number is not valid, in Twilio's words: `TOO_SHORT`, `TOO_LONG`, `INVALID_BUT_POSSIBLE`, `INVALID_COUNTRY_CODE`, `INVALID_LENGTH`, `NOT_A_NUMBER`.",
			},
			"e164":                 text("The number in E.164; as it was asked for where it is none."),
			"national_format":      text("The number in the form of its country, such as `(202) 555-0142`."),
			"calling_country_code": text("The country code that it is dialled with, such as `1`."),
			"line_type_intelligence": schema.SingleNestedAttribute{
				Computed: true, MarkdownDescription: "What kind of line it is; null where `fields` does not ask for it, and of a number that is not valid.",
				Attributes: map[string]schema.Attribute{
					"type":                text("`mobile`, `landline`, `fixedVoip`, `nonFixedVoip`, `tollFree` and others, as Twilio writes them."),
					"carrier_name":        text("The name of the carrier."),
					"mobile_country_code": text("The carrier's mobile country code."),
					"mobile_network_code": text("The carrier's mobile network code."),
					"error_code":          failed,
				},
			},
			"caller_name": schema.SingleNestedAttribute{
				Computed: true, MarkdownDescription: "Whose number it is, of American numbers; null where `fields` does not ask for it, and of a number that is not valid.",
				Attributes: map[string]schema.Attribute{
					"caller_name": text("The name."),
					"caller_type": text("`CONSUMER`, `BUSINESS` or `UNDETERMINED`."),
					"error_code":  failed,
				},
			},
		},
	}
}

// ValidateConfig refuses a number without a country.
func (d *phoneNumberLookupDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var number, country types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("phone_number"), &number)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("country_code"), &country)...)
	if resp.Diagnostics.HasError() || number.IsUnknown() || !country.IsNull() || strings.HasPrefix(strings.TrimSpace(number.ValueString()), "+") {
		return
	}
	resp.Diagnostics.AddAttributeError(path.Root("country_code"), "The number's country is missing",
		fmt.Sprintf("%q does not begin with a plus sign and a country code. Write it in E.164, or give its `country_code`: Twilio would take it for an American number.", number.ValueString()))
}

func (d *phoneNumberLookupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m lookupModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	what := "what Twilio knows of " + m.PhoneNumber.ValueString()
	if !d.provider.ready() {
		unusable(&resp.Diagnostics, what, d.provider.unready)
		return
	}
	var packages []bot.LookupPackage
	resp.Diagnostics.Append(m.Fields.ElementsAs(ctx, &packages, false)...)
	if resp.Diagnostics.HasError() {
		return
	}
	slices.Sort(packages)
	found, err := d.provider.lookups.Get(ctx, strings.TrimSpace(m.PhoneNumber.ValueString()), m.CountryCode.ValueString(), packages)
	if err != nil {
		unusable(&resp.Diagnostics, what, err)
		return
	}
	failed := found.Failed()
	for _, each := range slices.Sorted(maps.Keys(failed)) {
		resp.Diagnostics.AddAttributeWarning(path.Root(string(each)), "Twilio does not say what was asked for",
			fmt.Sprintf("`%s` of %s failed with Twilio error %d (https://www.twilio.com/docs/api/errors/%d). The rest of the look-up is good.", each, m.PhoneNumber.ValueString(), failed[each], failed[each]))
	}
	m.show(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (m *lookupModel) show(found bot.Lookup) {
	code := func(code int) types.Int64 {
		if code == 0 {
			return types.Int64Null()
		}
		return types.Int64Value(int64(code))
	}
	m.Valid, m.E164, m.NationalFormat = types.BoolValue(found.Valid), optional(found.PhoneNumber), optional(found.NationalFormat)
	m.CountryCode, m.CallingCode = optional(found.CountryCode), optional(found.CallingCode)
	m.Errors = append([]string{}, found.Errors...)
	if line := found.LineType; line != nil {
		m.LineType = &lineTypeModel{optional(line.Type), optional(line.CarrierName), optional(line.MobileCountryCode), optional(line.MobileNetworkCode), code(line.ErrorCode)}
	}
	if name := found.CallerName; name != nil {
		m.CallerName = &callerNameModel{optional(name.Name), optional(name.Type), code(name.ErrorCode)}
	}
}
