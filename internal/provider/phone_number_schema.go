package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func (r *phoneNumberResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	setting := func(description string, validators ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: description, Validators: validators}
	}
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A phone number that the account owns: **creating it buys the number, which costs money** from then on, each month, until it is released. " +
			"The plan says what will be bought, and refuses a number that Twilio does not sell. A number that the account owns already is taken over as it is, and nothing is bought: " +
			"so a purchase whose answer was lost never buys twice.\n\n" +
			"Destroying it **releases the number only with `release_on_destroy = true`**: otherwise Terraform forgets it, and it stays in the account. " +
			"The same holds for a change of `phone_number`, `-replace` and a taint; what is replaced by the same number is never released. " +
			"A number that was released cannot be got back for certain, so `prevent_destroy` is a good idea for one that people know.\n\n" +
			"Find a number with `data \"twiliobot_available_phone_numbers\"`, and then write it down: what Twilio has on sale differs from search to search, and a reference would replace the number with each.\n\n" +
			"Who answers on the number is a `twiliobot_phone_number_binding`'s to say, which references this resource by `phone_number` or `sid`: neither writes what is the other's, and the label (friendly name) is the binding's. " +
			"A setting that is not given stays as it is at Twilio, and the state shows it: a number that is taken over, or that people also edit in the console, is not changed behind their backs.\n\n" +
			"A number on which something answers that the plan did not know of is not released, and neither is one that answers and would be released before the number that replaces it is bought: " +
			"give the resource `create_before_destroy` for that. An import buys and releases nothing, and neither does the first plan after it.",
		Attributes: map[string]schema.Attribute{
			"phone_number": schema.StringAttribute{
				CustomType: phoneNumberType{}, Required: true,
				MarkdownDescription: "The number, in E.164 (`+12025550142`); spaces, dashes and brackets are equal to none. A change buys the other number.",
			},
			"release_on_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: nullDefault{},
				MarkdownDescription: "Whether destroying or replacing the resource releases the number, which cannot be undone. Unset or `false`, the account keeps it, and pays for it. What counts is what was applied last.",
			},
			"address_sid":  setting("The Address (`AD…`) that is given for the number, where `address_requirements` asks for one. `\"\"` takes it away."),
			"bundle_sid":   setting("The regulatory bundle (`BU…`) that is given for the number, in countries that ask for one; Twilio must have approved it. `\"\"` takes it away."),
			"identity_sid": setting("The identity document (`RI…`) that is given for the number, in countries that ask for one. `\"\"` takes it away."),
			"emergency_address_sid": setting("The Address (`AD…`) that emergency services are told when they are called from the number. `\"\"` takes it away. " +
				"Twilio registers it in the background: see `emergency_address_status`."),
			"emergency_status": setting("Whether calls to emergency services are enabled: `Active` or `Inactive`. Twilio refuses it for numbers without emergency calling.",
				stringvalidator.OneOf(bot.EmergencyActive, bot.EmergencyInactive)),
			"voice_receive_mode": setting("Whether calls are answered as `voice` or as `fax`.", stringvalidator.OneOf(bot.ReceiveVoice, bot.ReceiveFax)),
			"voice_caller_id_lookup": schema.BoolAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Whether Twilio looks up the caller's name for each call, which it charges for.",
			},
			"sid":         computed("The number's SID, `PN…`."),
			"account_sid": computed("The account that owns the number, `AC…`."),
			"capabilities": schema.SetAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "What the number can carry: `voice`, `sms`, `mms`, `fax`.",
			},
			"address_requirements":     computed("Which Address Twilio asks for: `none`, `any`, `local` (in the country of the number) or `foreign`."),
			"emergency_address_status": computed("How far the registration of `emergency_address_sid` is: `unregistered`, `pending-registration`, `registered`, `registration-failure`, `pending-unregistration` or `unregistration-failure`, as it was when the number was read."),
			"origin":                   computed("`twilio`, or `hosted` for a number of another carrier."),
			"date_created":             computed("When the account got the number, in RFC 3339."),
		},
	}
}

// ownedNumberIdentity is what addresses a number of an account.
type ownedNumberIdentity struct {
	AccountSID types.String `tfsdk:"account_sid"`
	SID        types.String `tfsdk:"sid"`
}

func (r *phoneNumberResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that owns the number, AC…; by default the one the provider is configured for.",
		},
		"sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The number's SID, PN….",
		},
	}}
}

// ValidateConfig refuses what is not the SID of what it should be. An empty one takes away
// what the number has.
func (r *phoneNumberResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if r.provider == nil {
		return
	}
	for _, each := range []struct {
		attribute, prefix, what string
		value                   types.String
	}{
		{"address_sid", "AD", "an Address", config.AddressSID}, {"bundle_sid", "BU", "a regulatory bundle", config.BundleSID},
		{"identity_sid", "RI", "an identity document", config.IdentitySID}, {"emergency_address_sid", "AD", "an Address", config.EmergencyAddressSID},
	} {
		if each.value.ValueString() != "" {
			checkForm(ctx, path.Root(each.attribute), each.value, sidOf(each.prefix, each.what), &resp.Diagnostics)
		}
	}
}
