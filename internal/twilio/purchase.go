package twilio

import (
	"context"
	"errors"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Buy buys a number, in one request. Where the account owns it, Twilio writes the settings
// and answers as for a purchase.
func (n Numbers) Buy(ctx context.Context, order bot.NumberOrder) (bot.Number, error) {
	answer, err := n.api(ctx).CreateIncomingPhoneNumber(&openapi.CreateIncomingPhoneNumberParams{
		PhoneNumber:         &order.PhoneNumber,
		AddressSid:          order.Settings.AddressSID,
		BundleSid:           order.Settings.BundleSID,
		IdentitySid:         order.Settings.IdentitySID,
		EmergencyAddressSid: order.Settings.EmergencyAddressSID,
		EmergencyStatus:     order.Settings.EmergencyStatus,
		VoiceReceiveMode:    order.Settings.VoiceReceiveMode,
		VoiceCallerIdLookup: order.Settings.VoiceCallerIDLookup,
	})
	if err != nil {
		return bot.Number{}, purchaseProblem(err)
	}
	return readNumber(answer), nil
}

// Release gives a number back to Twilio, in one request.
func (n Numbers) Release(ctx context.Context, sid string) error {
	if err := CheckSID(sid, "PN"); err != nil {
		return err
	}
	return n.api(ctx).DeleteIncomingPhoneNumber(sid, nil)
}

// purchaseRefusals are what Twilio says of a number that it does not sell, or not so
// (https://www.twilio.com/docs/api/errors).
var purchaseRefusals = []struct {
	codes           []int
	kind            bot.Kind
	summary, detail string
}{
	{[]int{21422}, bot.NumberNotForSale, "Twilio does not sell this phone number",
		"It is not on sale any more: another account has it by now, or Twilio does not have it. Nothing was bought."},
	{[]int{21421, 21401}, bot.NumberNotForSale, "Twilio does not take this for a phone number", "Nothing was bought."},
	{[]int{21615}, bot.AddressNeeded, "Twilio asks for a local address", "The number is sold to who has an Address in its country or area. Nothing was written."},
	{[]int{21631}, bot.AddressNeeded, "Twilio asks for an address", "The number is sold to who gives an Address. Nothing was written."},
	{[]int{21628, 21629, 21651}, bot.AddressNeeded, "Twilio does not accept the address or the documents", "They do not meet what the country of the number asks for. Nothing was written."},
	{[]int{21649}, bot.BundleNeeded, "Twilio asks for a regulatory bundle", "The number is sold to who has a bundle of documents for its country and type that Twilio has approved. Nothing was written."},
	{[]int{21650, 21613}, bot.IdentityNeeded, "Twilio asks for a verified identity document", "The country of the number asks for it. Nothing was written."},
	{[]int{10002, 21404}, bot.AccountBarred, "A trial account may not do this", "Twilio limits the numbers of trial accounts. Nothing was bought."},
	{[]int{22300}, bot.AccountBarred, "The account may not buy such phone numbers", "Twilio's support can lift this. Nothing was bought."},
}

// purchaseProblem is what Twilio refused in words; an error that is no such refusal as it is.
func purchaseProblem(err error) error {
	if errors.Is(err, bot.ErrUncertain) {
		return err
	}
	for _, each := range purchaseRefusals {
		if HasCode(err, each.codes...) {
			return &bot.Problem{Kind: each.kind, Summary: each.summary, Detail: each.detail, Cause: err}
		}
	}
	return err
}
