package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

var _ list.ListResourceWithConfigure = &phoneNumberListResource{}

type phoneNumberListResource struct{ accountListResource }

func newPhoneNumberListResource() list.ListResource {
	return &phoneNumberListResource{accountListResource{listable: &phoneNumberResource{}}}
}

// ownedNumberFilters are in the order of the schema.
type ownedNumberFilters struct {
	PhoneNumberPrefix types.String `tfsdk:"phone_number_prefix"`
	FriendlyNameRegex types.String `tfsdk:"friendly_name_regex"`
	Capability        types.String `tfsdk:"capability"`
}

func (l *phoneNumberListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the phone numbers that the account owns, in the order of E.164: for `terraform query`, and for the configuration that it generates. Terraform 1.14 or later. " +
			"Who answers on them is listed by `twiliobot_phone_number_binding`. An import buys nothing, and a number that is imported is released only once `release_on_destroy = true` was applied.\n\n" +
			"A list costs one request for each thousand numbers, with or without the resource. Terraform stops at 100 results unless the `list` block has a higher `limit`.",
		Attributes: map[string]schema.Attribute{
			"phone_number_prefix": prefixFilter(),
			"friendly_name_regex": regexFilter("Only numbers whose label"),
			"capability": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only numbers with this capability: `sms`, `mms`, `voice` or `fax`.",
				Validators: []validator.String{stringvalidator.OneOf("sms", "mms", "voice", "fax")},
			},
		},
	}
}

func (l *phoneNumberListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listBy(ctx, &l.accountListResource, req, stream, "Unable to list the phone numbers", l.find)
}

func (l *phoneNumberListResource) find(ctx context.Context, filters ownedNumberFilters, _ *diag.Diagnostics) ([]found, error) {
	all, err := l.provider.account.Numbers(ctx, account.AnyTime)
	if err != nil {
		return nil, err
	}
	var numbers []found
	for _, number := range all {
		if !strings.HasPrefix(number.PhoneNumber, filters.PhoneNumberPrefix.ValueString()) || !matches(filters.FriendlyNameRegex, number.FriendlyName) ||
			!filters.Capability.IsNull() && !slices.Contains(number.Capabilities.Names(), filters.Capability.ValueString()) {
			continue
		}
		name := number.PhoneNumber
		if number.FriendlyName != "" {
			name = fmt.Sprintf("%s %q", number.PhoneNumber, number.FriendlyName)
		}
		numbers = append(numbers, found{name, ownedNumberIdentity{AccountSID: types.StringValue(number.AccountSID), SID: types.StringValue(number.SID)}})
	}
	return numbers, nil
}
