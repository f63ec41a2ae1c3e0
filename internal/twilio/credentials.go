package twilio

// Resolve puts together what the provider's attributes, the environment and
// twilio-cli's configuration file say about the way to Twilio. The Resolved is of
// use only if there are no Problems.
func Resolve(given Settings, lookupEnv func(string) string, home func() (string, error)) (Resolved, Problems) {
	out := Resolved{
		AccountSID: given.AccountSID, Username: given.AccountSID, Password: given.AuthToken,
		CredentialAccountSID: given.AccountSID,
		Sandbox:              given.Sandbox, APIURL: given.APIURL, AutopilotURL: given.AutopilotURL,
		Region: given.Region, Edge: given.Edge, Source: "the provider's attributes",
	}
	if given.APIKey != "" {
		out.Username, out.Password, out.CredentialAccountSID = given.APIKey, given.APISecret, ""
	}
	return out, nil
}
