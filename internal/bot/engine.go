// Package bot says what a bot on a Twilio phone number is and what can be done
// with one. It knows neither Terraform nor HTTP: the provider and twilio packages
// both use its types.
package bot

import "strings"

// Engine is what runs a bot.
type Engine string

// The engines. A bot's SID tells its engine, by its first two letters alone.
const (
	Studio      Engine = "studio"      // a Studio v2 Flow, FW…
	Application Engine = "application" // a TwiML Application: a bot hosted elsewhere, AP…
	Autopilot   Engine = "autopilot"   // an Autopilot Assistant, UA…
)

// Engines lists every engine, the default first.
func Engines() []Engine { return []Engine{Studio, Application, Autopilot} }

var prefixes = map[string]Engine{"FW": Studio, "AP": Application, "UA": Autopilot}

// EngineOf is the engine of a bot, known by its SID; false for the SID of anything else.
func EngineOf(sid string) (Engine, bool) {
	if !IsSID(sid) {
		return "", false
	}
	engine, ok := prefixes[sid[:2]]
	return engine, ok
}

// IsSID reports whether s has the form of a Twilio SID: two capital letters and 32
// hexadecimal digits (https://www.twilio.com/docs/glossary/what-is-a-sid).
func IsSID(s string) bool {
	if len(s) != 34 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return false
	}
	return strings.Trim(s[2:], "0123456789abcdefABCDEF") == ""
}
