package twilio

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// The environment variables that are the provider's own; all others are twilio-cli's.
const (
	envProfile = "TWILIOBOT_PROFILE"
	envSandbox = "TWILIOBOT_SANDBOX"
	envAPIURL  = "TWILIOBOT_API_URL"
)

// Resolve puts together what the provider's attributes, the environment and
// twilio-cli's configuration file say about the way to Twilio. The Resolved is of
// use only if there are no Problems.
//
// The order is twilio-cli's: attributes, a profile asked for by name, environment
// variables, the active profile. lookupEnv answers "" for a variable that is not
// set, and home is where ~/.twilio-cli is.
func Resolve(given Settings, lookupEnv func(string) string, home func() (string, error)) (Resolved, Problems) {
	r := resolver{given: given, env: lookupEnv, home: home}
	r.resolve()
	return r.out, r.problems
}

// resolver gathers the answer and whatever is wrong on the way to it.
type resolver struct {
	given Settings
	env   func(string) string
	home  func() (string, error)

	out      Resolved
	problems Problems
	// region and edge as the credentials' source has them, before attributes.
	region, edge string
}

func (r *resolver) problem(attribute, summary, format string, args ...any) {
	r.problems = append(r.problems, Problem{attribute, summary, fmt.Sprintf(format, args...)})
}

func (r *resolver) warn(attribute, summary, format string, args ...any) {
	r.out.Warnings = append(r.out.Warnings, Problem{attribute, summary, fmt.Sprintf(format, args...)})
}

func (r *resolver) resolve() {
	r.checkForms()
	r.where()
	if r.out.Sandbox != "" {
		r.refuseCredentialsBesideSandbox()
		r.out.AccountSID = r.given.AccountSID
		r.out.Source = "the sandbox " + r.out.Sandbox
		return
	}
	if r.checkPairs(); len(r.problems) > 0 {
		return
	}
	if r.find(); len(r.problems) > 0 {
		return
	}
	if r.given.AccountSID != "" {
		r.out.AccountSID = r.given.AccountSID
	}
	r.place()
}

// checkForms refuses SIDs that are none, and SIDs where a secret belongs.
func (r *resolver) checkForms() {
	if r.given.AccountSID != "" {
		r.checkAccount(attributes, r.given.AccountSID)
	}
	if r.given.APIKey != "" {
		r.checkKey(attributes, r.given.APIKey)
	}
	r.checkSecret(attributes, attributes.secret, "API key's secret", r.given.APISecret)
	r.checkSecret(attributes, attributes.token, "auth token", r.given.AuthToken)
}

// where finds out how Twilio is reached.
func (r *resolver) where() {
	var sandboxFrom, apiFrom string
	r.out.Sandbox, sandboxFrom = r.attributeOr(r.given.Sandbox, "sandbox", envSandbox)
	r.out.APIURL, apiFrom = r.attributeOr(r.given.APIURL, "api_url", envAPIURL)
	r.out.AutopilotURL = r.given.AutopilotURL
	if r.out.Sandbox != "" && r.out.APIURL != "" {
		r.problem("sandbox", "Both a sandbox and another address of Twilio", "Nothing leaves the sandbox %q of %s, and %s sends every request to another address. Remove one of them.", r.out.Sandbox, sandboxFrom, apiFrom)
	}
	if r.out.Sandbox != "" && r.out.AutopilotURL != "" {
		r.problem("autopilot_url", "Both a sandbox and an Autopilot-compatible service", "Nothing leaves the sandbox %q of %s, which answers for Autopilot itself, and autopilot_url names a service elsewhere. Remove one of them.", r.out.Sandbox, sandboxFrom)
	}
	if _, err := parseBase(r.out.APIURL); err != nil {
		r.problem("api_url", "Unusable address", "The address of %s cannot be used: %s.", apiFrom, err)
	}
	if _, err := parseBase(r.out.AutopilotURL); err != nil {
		r.problem("autopilot_url", "Unusable address", "The attribute autopilot_url cannot be used: %s.", err)
	}
}

// attributeOr is an attribute's value, or else that of an environment variable,
// and what to call the one it was.
func (r *resolver) attributeOr(value, attribute, variable string) (string, string) {
	if value != "" {
		return value, "the attribute " + attribute
	}
	return r.env(variable), "the environment variable " + variable
}

// refuseCredentialsBesideSandbox keeps those who wrote credentials down from
// believing that they are used.
func (r *resolver) refuseCredentialsBesideSandbox() {
	var named []string
	for _, each := range []struct{ name, value string }{
		{"auth_token", r.given.AuthToken}, {"api_key", r.given.APIKey}, {"api_secret", r.given.APISecret}, {"profile", r.given.Profile},
	} {
		if each.value != "" {
			named = append(named, each.name)
		}
	}
	if len(named) == 0 {
		return
	}
	from, remedy := "the attribute sandbox", "remove sandbox to reach Twilio, or the credentials to stay in the sandbox"
	if r.given.Sandbox == "" {
		from, remedy = "the environment variable "+envSandbox, "unset "+envSandbox+" to reach Twilio, or remove the credentials to stay in the sandbox"
	}
	r.problem(named[0], "Credentials beside a sandbox", "The provider has %s, and %s says that nothing reaches Twilio. It is not clear which is meant: %s.",
		strings.Join(named, ", "), from, remedy)
}

// checkPairs refuses attributes that contradict each other or are half of a pair.
func (r *resolver) checkPairs() {
	g := r.given
	key := g.APIKey != "" || g.APISecret != ""
	switch {
	case g.Profile != "" && (g.AuthToken != "" || key):
		r.problem("profile", "Two kinds of credentials", "The profile %q brings its own credentials, and others are given beside it. Remove profile, or remove auth_token, api_key and api_secret.", g.Profile)
	case g.AuthToken != "" && key:
		r.problem("auth_token", "Two kinds of credentials", "Both auth_token and an API key are given. Remove one of them; Twilio recommends the API key.")
	case g.APIKey != "" && g.APISecret == "":
		r.problem("api_key", "API key without its secret", "api_key is given and api_secret is not. Twilio shows a secret once, when the key is created: add it, or create a new key.")
	case g.APISecret != "" && g.APIKey == "":
		r.problem("api_secret", "API secret without its key", "api_secret is given and api_key is not. Add the key's SID (SK…).")
	}
}

// place settles region and edge. Twilio's hosts need both: those with a region
// alone are being shut down.
func (r *resolver) place() {
	region, edge := r.region, r.edge
	if r.given.Region != "" {
		// An edge that belonged to the replaced region does not belong to this one.
		if r.given.Region != region {
			edge = r.env("TWILIO_EDGE")
		}
		region = r.given.Region
	}
	if r.given.Edge != "" {
		edge = r.given.Edge
	}
	for _, each := range []struct{ name, value string }{{"region", region}, {"edge", edge}} {
		if strings.Trim(each.value, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			r.problem(each.name, "Malformed "+each.name, "The %s is %q, which cannot be part of the name of a host. See https://www.twilio.com/docs/global-infrastructure.", each.name, each.value)
			return
		}
	}
	switch {
	case region == "" && edge != "":
		region = "us1"
	case region != "" && edge == "":
		known, ok := edges[region]
		if !ok {
			r.problem("region", "Region without an edge", "The region is %q, and which edge belongs to it is not known. Twilio's Regions are not those of another cloud: the provider knows the edges of %s. "+
				"For another one, set edge as well; see https://www.twilio.com/docs/global-infrastructure.", region, strings.Join(slices.Sorted(maps.Keys(edges)), ", "))
			return
		}
		edge = known
	}
	r.out.Region, r.out.Edge = region, edge
}

func isSID(s, prefix string) bool { return bot.IsSID(s) && strings.HasPrefix(s, prefix) }
