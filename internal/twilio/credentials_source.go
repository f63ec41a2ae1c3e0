package twilio

import "fmt"

// find looks for credentials where they are looked for, in order of precedence.
func (r *resolver) find() {
	switch {
	case r.given.AuthToken != "" || r.given.APIKey != "":
		r.fromAttributes()
	case r.given.Profile != "":
		r.fromProfile("profile", r.given.Profile, fmt.Sprintf("profile %q", r.given.Profile))
	case r.env(envProfile) != "":
		r.fromProfile("profile", r.env(envProfile), fmt.Sprintf("profile %q, named by %s,", r.env(envProfile), envProfile))
	default:
		r.fromSurroundings()
	}
}

func (r *resolver) fromAttributes() {
	account, from := r.given.AccountSID, "the provider's attributes"
	if account == "" {
		account, from = r.env("TWILIO_ACCOUNT_SID"), "the provider's attributes and TWILIO_ACCOUNT_SID"
		if account != "" && !r.checkAccount(variables, account) {
			return
		}
	}
	if account == "" {
		attribute, what := "auth_token", "auth_token is"
		if r.given.APIKey != "" {
			attribute, what = "api_key", "api_key and api_secret are"
		}
		r.problem(attribute, "Credentials without an account", "%s given, and account_sid is not, nor is TWILIO_ACCOUNT_SID set. Set account_sid to the account (AC…) they belong to.", what)
		return
	}
	r.out.AccountSID, r.out.Source = account, from
	r.region, r.edge = r.env("TWILIO_REGION"), r.env("TWILIO_EDGE")
	if r.given.APIKey != "" {
		r.out.Username, r.out.Password = r.given.APIKey, r.given.APISecret
		return
	}
	r.out.Username, r.out.Password, r.out.CredentialAccountSID = account, r.given.AuthToken, account
}

// fromProfile takes the credentials of a profile; asked is how it came to be asked for.
func (r *resolver) fromProfile(attribute, name, asked string) {
	file, ok := r.file(attribute)
	if !ok {
		return
	}
	r.take(file, attribute, name, asked)
}

func (r *resolver) file(attribute string) (profiles, bool) {
	path, err := profilesPath(r.env, r.home)
	if err != nil {
		r.problem(attribute, "No place for profiles", "%s.", sentence(err))
		return profiles{}, false
	}
	file, err := readProfiles(path)
	if err != nil {
		r.problem(attribute, "Unreadable profiles", "%s.", sentence(err))
		return profiles{}, false
	}
	return file, true
}

func (r *resolver) take(file profiles, attribute, name, asked string) {
	found, err := file.find(name)
	if err != nil {
		r.problem(attribute, "Unusable profile", "%s.", sentence(err))
		return
	}
	r.out.AccountSID, r.out.CredentialAccountSID = found.AccountSID, found.AccountSID
	r.out.Username, r.out.Password = found.APIKey, found.APISecret
	r.out.Source = asked + " of " + file.path
	// TWILIO_REGION is about the environment's credentials, TWILIO_EDGE about all.
	r.region, r.edge = found.Region, found.Edge
	if edge := r.env("TWILIO_EDGE"); edge != "" {
		r.edge = edge
	}
}

// fromSurroundings looks where nobody said to look: the environment, then the
// active profile.
func (r *resolver) fromSurroundings() {
	if r.fromEnvironment() || len(r.problems) > 0 {
		return
	}
	file, ok := r.file("")
	if !ok {
		return
	}
	if file.RequireProfileInput {
		r.problem("profile", "A profile must be named", "twilio-cli's configuration %s says requireProfileInput, so the active profile is not used unasked. Set profile or %s.", file.path, envProfile)
		return
	}
	name := file.active()
	if name == "" {
		r.nothing(file)
		return
	}
	r.take(file, "", name, fmt.Sprintf("the active profile %q", name))
}

// fromEnvironment reports whether the environment has whole credentials.
func (r *resolver) fromEnvironment() bool {
	account := r.env("TWILIO_ACCOUNT_SID")
	key, secret, token := r.env("TWILIO_API_KEY"), r.env("TWILIO_API_SECRET"), r.env("TWILIO_AUTH_TOKEN")
	if (key == "") != (secret == "") {
		have, lack := "TWILIO_API_KEY", "TWILIO_API_SECRET"
		if key == "" {
			have, lack = lack, have
		}
		r.warn("", "Half an API key in the environment", "%s is set and %s is not, so neither is used. Set both or none.", have, lack)
	}
	whole := key != "" && secret != ""
	if !whole && token == "" {
		return false
	}
	from := "the environment variables TWILIO_ACCOUNT_SID"
	if account == "" {
		// The account may be written down where the secret may not.
		account, from = r.given.AccountSID, "the attribute account_sid"
	}
	if account == "" {
		r.warn("", "Credentials without an account in the environment", "TWILIO_AUTH_TOKEN or TWILIO_API_KEY is set and TWILIO_ACCOUNT_SID is not, so they are not used. Set it, or account_sid.")
		return false
	}
	if !r.checkAccount(variables, account) {
		return false
	}
	r.out.AccountSID = account
	r.region, r.edge = r.env("TWILIO_REGION"), r.env("TWILIO_EDGE")
	if !whole {
		if !r.checkSecret(variables, variables.token, "auth token", token) {
			return false
		}
		r.out.Username, r.out.Password, r.out.CredentialAccountSID = account, token, account
		r.out.Source = from + " and TWILIO_AUTH_TOKEN"
		return true
	}
	if !r.checkKey(variables, key) || !r.checkSecret(variables, variables.secret, "API key's secret", secret) {
		return false
	}
	r.out.Username, r.out.Password = key, secret
	r.out.Source = from + ", TWILIO_API_KEY and TWILIO_API_SECRET"
	return true
}

// NoCredentials is the summary of the Problem that there are no credentials anywhere.
const NoCredentials = "No credentials for Twilio"

// nothing says that there are no credentials anywhere.
func (r *resolver) nothing(file profiles) {
	attribute, found := "", "No credentials were found"
	if r.given.AccountSID != "" {
		attribute, found = "account_sid", "account_sid is given, and no credentials to go with it were found"
	}
	half := ""
	for _, warning := range r.out.Warnings {
		half += " " + warning.Detail
	}
	environment := "none in the environment"
	if r.env("TWILIO_ACCOUNT_SID") != "" {
		environment += " (TWILIO_ACCOUNT_SID is set, and neither TWILIO_AUTH_TOKEN nor an API key with its secret)"
	}
	r.problem(attribute, NoCredentials, "%s: none in the provider's attributes, %s, and no active profile in %s.%s "+
		"Set account_sid with api_key and api_secret or with auth_token, or TWILIO_ACCOUNT_SID with TWILIO_API_KEY and TWILIO_API_SECRET or with TWILIO_AUTH_TOKEN, "+
		"or run \"twilio login\" and \"twilio profiles:use\". To try the provider without an account, set sandbox to the path of a file.",
		found, environment, file.path, half)
}

// sentence is an error as the beginning of a sentence.
func sentence(err error) string {
	text := err.Error()
	if text[0] >= 'a' && text[0] <= 'z' && len(text) > 6 && text[:6] != "twilio" {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}
