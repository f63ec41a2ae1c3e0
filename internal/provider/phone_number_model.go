package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ownedNumberModel is a number of the account, in the order of the schema.
type ownedNumberModel struct {
	PhoneNumber            phoneNumber  `tfsdk:"phone_number"`
	ReleaseOnDestroy       types.Bool   `tfsdk:"release_on_destroy"`
	AddressSID             types.String `tfsdk:"address_sid"`
	BundleSID              types.String `tfsdk:"bundle_sid"`
	IdentitySID            types.String `tfsdk:"identity_sid"`
	EmergencyAddressSID    types.String `tfsdk:"emergency_address_sid"`
	EmergencyStatus        types.String `tfsdk:"emergency_status"`
	VoiceReceiveMode       types.String `tfsdk:"voice_receive_mode"`
	VoiceCallerIDLookup    types.Bool   `tfsdk:"voice_caller_id_lookup"`
	SID                    types.String `tfsdk:"sid"`
	AccountSID             types.String `tfsdk:"account_sid"`
	Capabilities           types.Set    `tfsdk:"capabilities"`
	AddressRequirements    types.String `tfsdk:"address_requirements"`
	EmergencyAddressStatus types.String `tfsdk:"emergency_address_status"`
	Origin                 types.String `tfsdk:"origin"`
	DateCreated            types.String `tfsdk:"date_created"`
}

func (m ownedNumberModel) identity() ownedNumberIdentity {
	return ownedNumberIdentity{AccountSID: m.AccountSID, SID: m.SID}
}

func (m ownedNumberModel) lastRead() account.LastRead {
	return account.LastRead{PhoneNumber: e164(m.PhoneNumber)}
}

// String names the number in messages.
func (m ownedNumberModel) String() string {
	return bot.Number{SID: m.SID.ValueString(), PhoneNumber: e164(m.PhoneNumber)}.String()
}

// wanted are the settings that a configuration gives; those that are unknown are left out.
func (m ownedNumberModel) wanted() bot.SettingsChange {
	text := func(value types.String) *string {
		if value.IsNull() || value.IsUnknown() {
			return nil
		}
		return new(value.ValueString())
	}
	change := bot.SettingsChange{
		AddressSID: text(m.AddressSID), BundleSID: text(m.BundleSID), IdentitySID: text(m.IdentitySID), EmergencyAddressSID: text(m.EmergencyAddressSID),
		EmergencyStatus: text(m.EmergencyStatus), VoiceReceiveMode: text(m.VoiceReceiveMode),
	}
	if !m.VoiceCallerIDLookup.IsNull() && !m.VoiceCallerIDLookup.IsUnknown() {
		change.VoiceCallerIDLookup = new(m.VoiceCallerIDLookup.ValueBool())
	}
	return change
}

// settings are the settings that a state has.
func (m ownedNumberModel) settings() bot.NumberSettings {
	return m.wanted().Apply(bot.NumberSettings{})
}

// unknownSetting reports whether the configuration leaves a setting to the apply.
func (m ownedNumberModel) unknownSetting() bool {
	for _, value := range []attr.Value{m.AddressSID, m.BundleSID, m.IdentitySID, m.EmergencyAddressSID, m.EmergencyStatus, m.VoiceReceiveMode, m.VoiceCallerIDLookup} {
		if value.IsUnknown() {
			return true
		}
	}
	return false
}

// read takes over what the number is now.
func (m *ownedNumberModel) read(number bot.Number) {
	if e164(m.PhoneNumber) != number.PhoneNumber {
		m.PhoneNumber = newMeaning[phoneNotation](number.PhoneNumber)
	}
	m.SID, m.AccountSID = types.StringValue(number.SID), types.StringValue(number.AccountSID)
	m.AddressSID = noneOr(m.AddressSID, number.Settings.AddressSID)
	m.BundleSID = noneOr(m.BundleSID, number.Settings.BundleSID)
	m.IdentitySID = noneOr(m.IdentitySID, number.Settings.IdentitySID)
	m.EmergencyAddressSID = noneOr(m.EmergencyAddressSID, number.Settings.EmergencyAddressSID)
	m.EmergencyStatus = optional(number.Settings.EmergencyStatus)
	m.VoiceReceiveMode = optional(number.Settings.VoiceReceiveMode)
	m.VoiceCallerIDLookup = types.BoolValue(number.Settings.VoiceCallerIDLookup)
	m.Capabilities = stringSet(number.Capabilities.Names())
	m.AddressRequirements = optional(number.AddressRequirements)
	m.EmergencyAddressStatus = optional(number.EmergencyAddressStatus)
	m.Origin = optional(number.Origin)
	m.DateCreated = dateOf(number.DateCreated)
}

// noneOr is a SID that the number may be without: null then, or "" where a configuration
// took it away so.
func noneOr(prior types.String, now string) types.String {
	if now == "" && !prior.IsNull() && !prior.IsUnknown() && prior.ValueString() == "" {
		return prior
	}
	return optional(now)
}

func stringSet(all []string) types.Set {
	elements := make([]attr.Value, len(all))
	for i, each := range all {
		elements[i] = types.StringValue(each)
	}
	return types.SetValueMust(types.StringType, elements)
}

// priorNumber is what a number keeps in private state.
type priorNumber struct {
	// Applied reports whether Terraform bought the number, took it over or changed it: it is
	// false after an import.
	Applied bool `json:"applied,omitempty"`
	// Shared reports whether another resource of the state has the number too.
	Shared bool `json:"shared,omitempty"`
	// Snapshot is what the number was pointed at when it was read last.
	Snapshot bot.RouteSnapshot `json:"pointed_at,omitempty"`
}

const priorNumberKey = "number"

func loadPriorNumber(ctx context.Context, private privateState) (priorNumber, diag.Diagnostics) {
	var prior priorNumber
	diags := loadPrivate(ctx, private, priorNumberKey, "the phone number's private state", &prior)
	return prior, diags
}

func (p priorNumber) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, priorNumberKey, "the phone number's private state", p)
}
