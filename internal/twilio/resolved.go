package twilio

import (
	"fmt"
	"log/slog"
)

// Settings is what the provider's attributes say about the way to Twilio, as
// given; "" means not given.
type Settings struct {
	AccountSID, AuthToken string
	APIKey, APISecret     string
	Profile               string
	Region, Edge          string
	Sandbox               string
	APIURL, AutopilotURL  string
}

// Resolved is the way to Twilio once attributes, environment and twilio-cli's
// configuration file are put together. Printing or logging it hides the password.
type Resolved struct {
	// AccountSID is the account whose objects are asked for. It may be empty with
	// a sandbox only, where the sandbox's own account is meant.
	AccountSID string
	// Username and Password are an Account SID and its auth token, or an API key
	// and its secret; both are empty with a sandbox.
	Username, Password string
	// CredentialAccountSID is the account the credentials belong to; "" if
	// unknown, since an API key does not tell its owner.
	CredentialAccountSID string
	// Region and Edge go into the names of Twilio's hosts: both or neither are set.
	Region, Edge string
	// Sandbox is the path of the sandbox's file; "" means there is none.
	Sandbox string
	// APIURL, where not "", is where every host of Twilio is reached.
	APIURL string
	// AutopilotURL, where not "", is where an Autopilot-compatible service is reached.
	AutopilotURL string
	// Source says for people where the credentials come from.
	Source string
	// Warnings are for the user and stop nothing.
	Warnings Problems
}

// Problem is something about the settings that the user has to know, in the form
// of a diagnostic.
type Problem struct {
	// Attribute is the provider's attribute it is about, "" if none.
	Attribute string
	Summary   string
	Detail    string
}

// Problems is what Resolve found wrong; empty means nothing.
type Problems []Problem

// String says everything but the password.
func (r Resolved) String() string {
	return fmt.Sprintf("account %q, user %q, password %s, region %q, edge %q, sandbox %q, api_url %q, autopilot_url %q, from %s",
		r.AccountSID, r.Username, r.hidden(), r.Region, r.Edge, r.Sandbox, r.APIURL, r.AutopilotURL, r.Source)
}

// GoString keeps %#v from showing the password.
func (r Resolved) GoString() string { return "twilio.Resolved{" + r.String() + "}" }

// LogValue keeps log/slog from showing the password.
func (r Resolved) LogValue() slog.Value { return slog.StringValue(r.String()) }

func (r Resolved) hidden() string {
	if r.Password == "" {
		return "none"
	}
	return "(hidden)"
}
