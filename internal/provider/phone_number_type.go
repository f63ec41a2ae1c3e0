package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// phoneNotation is a phone number in international form. Spaces, dashes and
// brackets are equal to none.
type phoneNotation struct{}

type (
	phoneNumberType = meaningType[phoneNotation]
	phoneNumber     = meaning[phoneNotation]
)

func (phoneNotation) name() string { return "a phone number" }

func (phoneNotation) same(a, b string) bool {
	first, err := bot.ParsePhoneNumber(a)
	second, errB := bot.ParsePhoneNumber(b)
	return err == nil && errB == nil && first == second
}

func (phoneNotation) check(at path.Path, text string, diags *diag.Diagnostics) {
	if _, err := bot.ParsePhoneNumber(text); err != nil {
		diags.AddAttributeError(at, "Invalid phone number", sentence(err))
	}
}

// e164 is a number as Twilio knows it; empty for one that is null, unknown or
// refused by validation.
func e164(p phoneNumber) string {
	number, err := bot.ParsePhoneNumber(p.ValueString())
	if err != nil {
		return ""
	}
	return number
}
