// Package purchase is what becomes of a phone number itself: bought, or taken over where the
// account owns it, set, and released. Who answers on it is the business of bindings.
package purchase

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// settings are the settings of a number, by Twilio's names.
var settings = []struct {
	name string
	of   func(bot.NumberSettings) string
}{
	{"address_sid", func(s bot.NumberSettings) string { return s.AddressSID }},
	{"bundle_sid", func(s bot.NumberSettings) string { return s.BundleSID }},
	{"identity_sid", func(s bot.NumberSettings) string { return s.IdentitySID }},
	{"emergency_address_sid", func(s bot.NumberSettings) string { return s.EmergencyAddressSID }},
	{"emergency_status", func(s bot.NumberSettings) string { return s.EmergencyStatus }},
	{"voice_receive_mode", func(s bot.NumberSettings) string { return s.VoiceReceiveMode }},
	{"voice_caller_id_lookup", func(s bot.NumberSettings) string { return strconv.FormatBool(s.VoiceCallerIDLookup) }},
}

// Differences names the settings that a change makes other than they are, as `name from "x"
// to "y"`.
func Differences(now bot.NumberSettings, change bot.SettingsChange) []string {
	after := change.Apply(now)
	var all []string
	for _, each := range settings {
		if from, to := each.of(now), each.of(after); from != to {
			all = append(all, fmt.Sprintf("%s from %q to %q", each.name, from, to))
		}
	}
	return all
}

// Decide says what is written to the settings of a number. planned are those that the plan
// was made for. A setting that another client changed since, to neither what the plan knew
// nor what is wanted, stops all of it.
func Decide(number bot.Number, planned bot.NumberSettings, wanted bot.SettingsChange) (bot.NumberChange, error) {
	after := wanted.Apply(planned)
	var changed []string
	for _, each := range settings {
		if now := each.of(number.Settings); now != each.of(planned) && now != each.of(after) {
			changed = append(changed, fmt.Sprintf("%s is %q and not %q", each.name, now, each.of(planned)))
		}
	}
	if len(changed) > 0 {
		return bot.NumberChange{}, &bot.Problem{
			Kind:    bot.ChangedSincePlan,
			Summary: "The phone number was changed since the plan",
			Detail:  fmt.Sprintf("Of %s, %s. Nothing was written. Plan again to see it.", number, strings.Join(changed, ", ")),
			Cause:   bot.ErrChanged,
		}
	}
	return bot.NumberChange{Settings: wanted.From(number.Settings)}, nil
}

// Answer is who answers on a channel of a number.
type Answer struct {
	Channel bot.Channel
	Route   bot.Route
}

// Answers lists the channels of a number on which something answers by the number's own
// webhooks. Twilio's placeholders are nothing.
func Answers(number bot.Number, webhooks bot.Webhooks) []Answer {
	var all []Answer
	for _, channel := range bot.Channels() {
		if route := number.Route(channel, webhooks); route.Kind != bot.ToNothing {
			all = append(all, Answer{channel, route})
		}
	}
	return all
}

// MayRelease refuses the release of a number on which something answers that the plan did not
// know of. planned is what the number was pointed at when the plan was made. What was freed
// since is no change to speak of: a binding of the same configuration frees its number first.
//
// Where first is true the number is released before another one is bought in its place, and
// nothing may answer on it: between the two, whoever reached the bot by it would reach nothing.
func MayRelease(number bot.Number, webhooks bot.Webhooks, planned bot.RouteSnapshot, first bool) error {
	now := bot.SnapshotOf(number)
	for _, answer := range Answers(number, webhooks) {
		switch {
		case first:
			return &bot.Problem{
				Kind:    bot.NumberInUse,
				Summary: "A phone number that answers would be released before the new one is there",
				Detail:  fmt.Sprintf("%s of %s is answered with %s. Nothing was released or bought.", answer.Channel, number, answer.Route),
			}
		case now[answer.Channel] != planned[answer.Channel]:
			return &bot.Problem{
				Kind:    bot.ChangedSincePlan,
				Summary: "The phone number was changed since the plan",
				Detail: fmt.Sprintf("%s of %s is answered with %s by now, which the plan to release it did not know of. Nothing was released. Plan again to see it.",
					answer.Channel, number, answer.Route),
				Cause: bot.ErrChanged,
			}
		}
	}
	return nil
}

// Regulated refuses an order without the address that a number on sale asks for. Whether a
// bundle stands for the address in it is not documented, so with one Twilio is left to say.
func Regulated(offer bot.Offer, wanted bot.NumberSettings) error {
	if wanted.AddressSID != "" || wanted.BundleSID != "" {
		return nil
	}
	fit := ""
	switch offer.AddressRequirements {
	case "", bot.NoAddress:
		return nil
	case bot.LocalAddress:
		fit = ", one in the country of the number"
	case bot.ForeignAddress:
		fit = ", one outside the country of the number"
	}
	return &bot.Problem{
		Kind:    bot.AddressNeeded,
		Summary: "Twilio asks for an address",
		Detail:  fmt.Sprintf("Twilio sells %s to who gives the SID of an Address (AD…)%s: its `address_requirements` is %q.", offer.PhoneNumber, fit, offer.AddressRequirements),
	}
}
