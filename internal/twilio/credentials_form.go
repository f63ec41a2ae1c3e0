package twilio

import (
	"regexp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// place names where the parts of credentials are given: attributes or variables.
type place struct{ account, key, secret, token string }

var (
	attributes = place{"account_sid", "api_key", "api_secret", "auth_token"}
	variables  = place{"TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"}
)

// tokenForm is the form of the auth tokens in Twilio's documents and on its console.
var tokenForm = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// belongs says by its form where a value belongs that was given elsewhere, as the end of
// a sentence; empty where its form says nothing. It never quotes the value: whoever swaps
// two settings has a secret in the place of a SID.
func (p place) belongs(value string) string {
	switch {
	case isSID(value, "AC"):
		return "; it holds the SID of an account, which goes into " + p.account
	case isSID(value, "SK"):
		return "; it holds the SID of an API key, which goes into " + p.key
	case bot.IsSID(value):
		return "; it holds the SID of some other object"
	case tokenForm.MatchString(value):
		return "; it holds 32 hexadecimal digits, as an auth token has, which goes into " + p.token
	default:
		return ""
	}
}

// checkAccount refuses what is not the SID of an account.
func (r *resolver) checkAccount(p place, value string) bool {
	if isSID(value, "AC") {
		return true
	}
	r.problem(p.attribute(p.account), "Malformed Account SID",
		"%s is not an Account SID, which is AC and 32 hexadecimal digits%s. It is shown on the first page of the Twilio Console.", p.account, p.belongs(value))
	return false
}

// checkKey refuses what is not the SID of an API key.
func (r *resolver) checkKey(p place, value string) bool {
	if isSID(value, "SK") {
		return true
	}
	r.problem(p.attribute(p.key), "Malformed API key",
		"%s is not the SID of an API key, which is SK and 32 hexadecimal digits%s. The key's secret goes into %s, an auth token into %s.", p.key, p.belongs(value), p.secret, p.token)
	return false
}

// checkSecret refuses a SID in the place of a secret, called what.
func (r *resolver) checkSecret(p place, name, what, value string) bool {
	if !bot.IsSID(value) {
		return true
	}
	r.problem(p.attribute(name), "Malformed "+what, "%s is not an %s%s.", name, what, p.belongs(value))
	return false
}

// attribute is the provider's attribute that a diagnostic is about; empty for a variable.
func (p place) attribute(name string) string {
	if p == variables {
		return ""
	}
	return name
}
