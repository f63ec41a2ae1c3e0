package twilio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// surroundings is a machine: environment variables, and twilio-cli's file or "".
type surroundings struct {
	env  map[string]string
	file string
}

// resolve runs Resolve on a machine and returns the path of its file too.
func (s surroundings) resolve(t *testing.T, given Settings) (Resolved, Problems, string) {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, ".twilio-cli", "config.json")
	if s.file != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(s.file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, problems := Resolve(given, func(name string) string { return s.env[name] }, func() (string, error) { return home, nil })
	return out, problems, path
}

const thirdAcct = "AC33333333333333333333333333333333"

var (
	profilesFile = fmt.Sprintf(`{"edge":"roaming","projects":[{"id":"old","accountSid":%q}],"activeProject":"dev","profiles":{
		"dev": {"accountSid":" %s ","apiKey":%q,"apiSecret":"dev-secret"},
		"eu":  {"accountSid":%q,"apiKey":%q,"apiSecret":"eu-secret","region":"ie1","edge":"dublin"},
		"half":{"accountSid":%q,"apiKey":%q},
		"bad": {"accountSid":"nonsense","apiKey":%q,"apiSecret":"x"}}}`,
		testAccount, testAccount, testKey, thirdAcct, testKey, testAccount, testKey, testKey)
	envToken = map[string]string{"TWILIO_ACCOUNT_SID": otherAcct, "TWILIO_AUTH_TOKEN": "env-token", "TWILIO_REGION": "au1"}
)

func with(base map[string]string, pairs ...string) map[string]string {
	out := map[string]string{}
	for name, value := range base {
		out[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func TestPrecedence(t *testing.T) {
	tests := []struct {
		name  string
		in    surroundings
		given Settings
		// want is account, user, password, owner, region, edge.
		want   string
		source string
	}{
		{"attributes, token", surroundings{envToken, profilesFile}, Settings{AccountSID: thirdAcct, AuthToken: "t"}, thirdAcct + " " + thirdAcct + " t " + thirdAcct + " au1 sydney", "attributes"},
		{"attributes, key", surroundings{}, Settings{AccountSID: testAccount, APIKey: testKey, APISecret: "s"}, testAccount + " " + testKey + " s - - -", "attributes"},
		{"attributes, account from the environment", surroundings{env: envToken}, Settings{AuthToken: "t"}, otherAcct + " " + otherAcct + " t " + otherAcct + " au1 sydney", "TWILIO_ACCOUNT_SID"},
		{"attributes beat a profile of the environment", surroundings{with(nil, "TWILIOBOT_PROFILE", "eu"), profilesFile}, Settings{AccountSID: testAccount, AuthToken: "t"}, testAccount + " " + testAccount + " t " + testAccount + " - -", "attributes"},
		{"a profile by attribute beats the environment", surroundings{envToken, profilesFile}, Settings{Profile: "eu"}, thirdAcct + " " + testKey + " eu-secret " + thirdAcct + " ie1 dublin", `profile "eu" of @`},
		{"a profile by attribute beats one by variable", surroundings{with(envToken, "TWILIOBOT_PROFILE", "dev"), profilesFile}, Settings{Profile: "eu"}, thirdAcct + " " + testKey + " eu-secret " + thirdAcct + " ie1 dublin", `profile "eu" of @`},
		{"a profile by variable beats the environment", surroundings{with(envToken, "TWILIOBOT_PROFILE", "eu"), profilesFile}, Settings{}, thirdAcct + " " + testKey + " eu-secret " + thirdAcct + " ie1 dublin", "TWILIOBOT_PROFILE"},
		{"the environment beats the active profile", surroundings{envToken, profilesFile}, Settings{}, otherAcct + " " + otherAcct + " env-token " + otherAcct + " au1 sydney", "TWILIO_AUTH_TOKEN"},
		{"the environment's key beats its token", surroundings{env: with(envToken, "TWILIO_API_KEY", testKey, "TWILIO_API_SECRET", "env-secret")}, Settings{}, otherAcct + " " + testKey + " env-secret - au1 sydney", "TWILIO_API_KEY"},
		{"the environment's token beats half a key", surroundings{env: with(envToken, "TWILIO_API_KEY", testKey)}, Settings{}, otherAcct + " " + otherAcct + " env-token " + otherAcct + " au1 sydney", "TWILIO_AUTH_TOKEN"},
		{"an account of the environment alone does not beat the active profile", surroundings{with(nil, "TWILIO_ACCOUNT_SID", otherAcct, "TWILIO_REGION", "au1"), profilesFile}, Settings{}, testAccount + " " + testKey + " dev-secret " + testAccount + " us1 roaming", `the active profile "dev" of @`},
		{"the account addressed with the environment's credentials", surroundings{env: envToken}, Settings{AccountSID: thirdAcct}, thirdAcct + " " + otherAcct + " env-token " + otherAcct + " au1 sydney", "TWILIO_AUTH_TOKEN"},
		{"the account addressed with a profile's credentials", surroundings{file: profilesFile}, Settings{AccountSID: thirdAcct}, thirdAcct + " " + testKey + " dev-secret " + testAccount + " us1 roaming", "active profile"},
		{"a token in the environment and its account in an attribute", surroundings{env: with(nil, "TWILIO_AUTH_TOKEN", "t")}, Settings{AccountSID: testAccount}, testAccount + " " + testAccount + " t " + testAccount + " - -", "account_sid"},
		{"a profile's edge gives way to TWILIO_EDGE and its region does not to TWILIO_REGION", surroundings{with(nil, "TWILIO_EDGE", "frankfurt", "TWILIO_REGION", "de1"), profilesFile}, Settings{Profile: "eu"}, thirdAcct + " " + testKey + " eu-secret " + thirdAcct + " ie1 frankfurt", "@"},
		{"a region by attribute takes its own edge along", surroundings{file: profilesFile}, Settings{Profile: "eu", Region: "jp1"}, thirdAcct + " " + testKey + " eu-secret " + thirdAcct + " jp1 tokyo", "@"},
		{"region and edge by attribute", surroundings{env: envToken}, Settings{Region: "zz9", Edge: "moon"}, otherAcct + " " + otherAcct + " env-token " + otherAcct + " zz9 moon", "TWILIO_AUTH_TOKEN"},
		{"an edge alone is in us1", surroundings{env: with(envToken, "TWILIO_REGION", "")}, Settings{Edge: "dublin"}, otherAcct + " " + otherAcct + " env-token " + otherAcct + " us1 dublin", "TWILIO_AUTH_TOKEN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, problems, path := test.in.resolve(t, test.given)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got []string
			for _, each := range []string{r.AccountSID, r.Username, r.Password, r.CredentialAccountSID, r.Region, r.Edge} {
				if each == "" {
					each = "-"
				}
				got = append(got, each)
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("it is\n%s, not\n%s", text, test.want)
			}
			if want := strings.ReplaceAll(test.source, "@", path); !strings.Contains(r.Source, want) {
				t.Errorf("the source is %q, without %q", r.Source, want)
			}
			if _, err := New(Config{Resolved: r}); err != nil {
				t.Errorf("no client can be made of it: %v", err)
			}
		})
	}
}

// swappedToken has the form of an auth token.
const swappedToken = "0123456789abcdef0123456789abcdef"

func TestSettingsThatAreRefused(t *testing.T) {
	none := surroundings{}
	sandboxed := surroundings{env: with(nil, "TWILIOBOT_SANDBOX", "s.json")}
	demanding := surroundings{file: strings.Replace(profilesFile, "{", `{"requireProfileInput":true,`, 1)}
	tests := []struct {
		name      string
		in        surroundings
		given     Settings
		attribute string
		says      string
	}{
		{"nothing anywhere", none, Settings{}, "", "TWILIO_ACCOUNT_SID"},
		{"an account alone", none, Settings{AccountSID: testAccount}, "account_sid", "no credentials to go with it"},
		{"a key without its secret", none, Settings{AccountSID: testAccount, APIKey: testKey}, "api_key", "api_secret is not"},
		{"a secret without its key", none, Settings{AccountSID: testAccount, APISecret: "x"}, "api_secret", "api_key is not"},
		{"a token beside a key", none, Settings{AccountSID: testAccount, AuthToken: "x", APIKey: testKey, APISecret: "y"}, "auth_token", "Both"},
		{"a token beside half a key", none, Settings{AccountSID: testAccount, AuthToken: "x", APISecret: "y"}, "auth_token", "Both"},
		{"a token without an account", none, Settings{AuthToken: "x"}, "auth_token", "account_sid is not"},
		{"a key without an account", none, Settings{APIKey: testKey, APISecret: "x"}, "api_key", "account_sid is not"},
		{"a profile beside a token", surroundings{file: profilesFile}, Settings{Profile: "dev", AuthToken: "x"}, "profile", "auth_token"},
		{"a profile beside a key", surroundings{file: profilesFile}, Settings{Profile: "dev", APIKey: testKey, APISecret: "x"}, "profile", "api_key"},
		{"a malformed account", none, Settings{AccountSID: "AC1", AuthToken: "x"}, "account_sid", "account_sid is not an Account SID, which is AC and 32 hexadecimal digits. It is shown"},
		{"a key for an account", none, Settings{AccountSID: testKey, AuthToken: "x"}, "account_sid", "it holds the SID of an API key, which goes into api_key"},
		{"a token for an account", none, Settings{AccountSID: swappedToken, APIKey: testKey, APISecret: "x"}, "account_sid", "it holds 32 hexadecimal digits, as an auth token has, which goes into auth_token"},
		{"an account for a key", none, Settings{AccountSID: testAccount, APIKey: testAccount, APISecret: "x"}, "api_key", "it holds the SID of an account, which goes into account_sid"},
		{"a token for a key", none, Settings{AccountSID: testAccount, APIKey: swappedToken, APISecret: "x"}, "api_key", "as an auth token has, which goes into auth_token"},
		{"an account for a token", none, Settings{AccountSID: testAccount, AuthToken: testAccount}, "auth_token", "auth_token is not an auth token; it holds the SID of an account, which goes into account_sid"},
		{"a key for a token", none, Settings{AccountSID: testAccount, AuthToken: testKey}, "auth_token", "it holds the SID of an API key, which goes into api_key"},
		{"a key for its secret", none, Settings{AccountSID: testAccount, APIKey: testKey, APISecret: testKey}, "api_secret", "api_secret is not an API key's secret; it holds the SID of an API key"},
		{"a flow for a token", none, Settings{AccountSID: testAccount, AuthToken: "FW" + swappedToken}, "auth_token", "it holds the SID of some other object"},
		{"a token for an account in the environment", surroundings{env: with(envToken, "TWILIO_ACCOUNT_SID", swappedToken)}, Settings{}, "", "TWILIO_ACCOUNT_SID is not an Account SID, which is AC and 32 hexadecimal digits; it holds 32 hexadecimal digits, as an auth token has, which goes into TWILIO_AUTH_TOKEN"},
		{"a token for an account beside attributes", surroundings{env: with(nil, "TWILIO_ACCOUNT_SID", swappedToken)}, Settings{AuthToken: "x"}, "", "which goes into TWILIO_AUTH_TOKEN"},
		{"an account for a token in the environment", surroundings{env: with(nil, "TWILIO_ACCOUNT_SID", testAccount, "TWILIO_AUTH_TOKEN", testAccount)}, Settings{}, "", "TWILIO_AUTH_TOKEN is not an auth token; it holds the SID of an account, which goes into TWILIO_ACCOUNT_SID"},
		{"a key for its secret in the environment", surroundings{env: with(envToken, "TWILIO_API_KEY", testKey, "TWILIO_API_SECRET", testKey)}, Settings{}, "", "TWILIO_API_SECRET is not an API key's secret"},
		{"a SID for the secret of a profile", surroundings{file: fmt.Sprintf(`{"activeProject":"only","profiles":{"only":{"accountSid":%q,"apiKey":%q,"apiSecret":%q}}}`, testAccount, testKey, testKey)}, Settings{}, "", "is a SID, not the secret of an API key"},
		{"a malformed key", none, Settings{AccountSID: testAccount, APIKey: "topsecret", APISecret: "x"}, "api_key", "SK"},
		{"a malformed account in the environment", surroundings{env: with(envToken, "TWILIO_ACCOUNT_SID", "x")}, Settings{}, "", "TWILIO_ACCOUNT_SID"},
		{"a malformed key in the environment", surroundings{env: with(envToken, "TWILIO_API_KEY", "x", "TWILIO_API_SECRET", "y")}, Settings{}, "", "TWILIO_API_KEY"},
		{"half a key in the environment and nothing else", surroundings{env: with(nil, "TWILIO_ACCOUNT_SID", testAccount, "TWILIO_API_KEY", testKey)}, Settings{}, "", "TWILIO_API_SECRET is not"},
		{"an account alone in the environment", surroundings{env: with(nil, "TWILIO_ACCOUNT_SID", testAccount)}, Settings{}, "", "TWILIO_ACCOUNT_SID is set, and neither TWILIO_AUTH_TOKEN nor an API key"},
		{"a token without an account in the environment", surroundings{env: with(nil, "TWILIO_AUTH_TOKEN", "x")}, Settings{}, "", "TWILIO_ACCOUNT_SID is not"},
		{"an unknown profile", surroundings{file: profilesFile}, Settings{Profile: "nope"}, "profile", `"nope"`},
		{"an unknown profile in the environment", surroundings{with(envToken, "TWILIOBOT_PROFILE", "nope"), profilesFile}, Settings{}, "profile", `"nope"`},
		{"an old profile", surroundings{file: profilesFile}, Settings{Profile: "old"}, "profile", "keychain"},
		{"half a profile", surroundings{file: profilesFile}, Settings{Profile: "half"}, "profile", "half an API key"},
		{"a profile of no account", surroundings{file: profilesFile}, Settings{Profile: "bad"}, "profile", "has an accountSid that is not an Account SID"},
		{"an old profile is the active one", surroundings{file: strings.Replace(profilesFile, `"activeProject":"dev",`, "", 1)}, Settings{}, "", "keychain"},
		{"no profile is active", surroundings{file: fmt.Sprintf(`{"profiles":{"only":{"accountSid":%q,"apiKey":%q,"apiSecret":"x"}}}`, testAccount, testKey)}, Settings{}, "", "no active profile"},
		{"a profile must be named", demanding, Settings{}, "profile", "requireProfileInput"},
		{"a broken file", surroundings{file: "{"}, Settings{}, "", "cannot be read"},
		{"a region of unknown edge", surroundings{env: envToken}, Settings{Region: "zz9"}, "region", "au1, br1, de1, ie1"},
		{"a region that is a host", surroundings{env: envToken}, Settings{Region: "evil.test/", Edge: "x"}, "region", "evil.test"},
		{"an edge that is a host", surroundings{env: envToken}, Settings{Edge: "x.y"}, "edge", "x.y"},
		{"http", surroundings{env: envToken}, Settings{APIURL: "http://twilio.example.com"}, "api_url", "https"},
		{"http in the environment", surroundings{env: with(envToken, "TWILIOBOT_API_URL", "http://192.0.2.7")}, Settings{}, "api_url", "TWILIOBOT_API_URL"},
		{"http, Autopilot", surroundings{env: envToken}, Settings{AutopilotURL: "http://127.0.0.1.example.com"}, "autopilot_url", "https"},
		{"no URL", surroundings{env: envToken}, Settings{APIURL: "localhost:8080"}, "api_url", "not the URL"},
		{"a sandbox and api_url", none, Settings{Sandbox: "s.json", APIURL: "https://x.test"}, "sandbox", "api_url"},
		{"a sandbox by variable and api_url", sandboxed, Settings{APIURL: "https://x.test"}, "sandbox", `Nothing leaves the sandbox "s.json" of the environment variable TWILIOBOT_SANDBOX, and the attribute api_url sends`},
		{"a sandbox and autopilot_url", none, Settings{Sandbox: "s.json", AutopilotURL: "https://x.test"}, "autopilot_url", "sandbox"},
		{"a sandbox and a token", none, Settings{Sandbox: "s.json", AuthToken: "x"}, "auth_token", "attribute sandbox"},
		{"a sandbox and a profile", none, Settings{Sandbox: "s.json", Profile: "dev"}, "profile", "attribute sandbox"},
		{"a sandbox by variable and a key", sandboxed, Settings{APIKey: testKey, APISecret: "x"}, "api_key", "unset TWILIOBOT_SANDBOX"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems, _ := test.in.resolve(t, test.given)
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			p := problems[0]
			if p.Attribute != test.attribute || p.Summary == "" || !strings.Contains(p.Detail, test.says) {
				t.Errorf("at %q: %s: %s", p.Attribute, p.Summary, p.Detail)
			}
			if text := fmt.Sprint(problems); strings.Contains(text, "topsecret") || strings.Contains(text, swappedToken) || strings.Contains(text, testKey) || strings.Contains(text, testAccount) || strings.Contains(text, "nonsense") {
				t.Errorf("it shows what may be a secret: %v", problems)
			}
		})
	}
}

func TestSandboxNeedsNoCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		in    surroundings
		given Settings
	}{
		"by attribute":                  {surroundings{}, Settings{Sandbox: "s.json"}},
		"by variable":                   {surroundings{env: with(nil, "TWILIOBOT_SANDBOX", "s.json")}, Settings{}},
		"beside a whole environment":    {surroundings{with(envToken, "TWILIOBOT_SANDBOX", "s.json", "TWILIO_EDGE", "x"), profilesFile}, Settings{}},
		"beside a broken file":          {surroundings{file: "{"}, Settings{Sandbox: "s.json"}},
		"the attribute before variable": {surroundings{env: with(nil, "TWILIOBOT_SANDBOX", "other.json")}, Settings{Sandbox: "s.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, problems, _ := test.in.resolve(t, test.given)
			if len(problems) > 0 || r.Sandbox != "s.json" || r.Username != "" || r.Password != "" || r.AccountSID != "" || r.Region != "" || r.Edge != "" {
				t.Errorf("%v, problems %v", r, problems)
			}
		})
	}
}

func TestTwilioConfigDir(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(profilesFile), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(name string) string { return map[string]string{"TWILIO_CONFIG_DIR": dir}[name] }
	homeless := func() (string, error) { return "", errors.New("no home") }
	r, problems := Resolve(Settings{}, env, homeless)
	if len(problems) > 0 || r.Password != "dev-secret" || !strings.Contains(r.Source, dir) {
		t.Errorf("%v, problems %v", r, problems)
	}
	_, problems = Resolve(Settings{}, func(string) string { return "" }, homeless)
	if len(problems) != 1 || !strings.Contains(problems[0].Detail, "TWILIO_CONFIG_DIR") {
		t.Errorf("without a home: %v", problems)
	}
}

func TestHalfAKeyInTheEnvironmentIsSaid(t *testing.T) {
	r, problems, _ := surroundings{env: with(envToken, "TWILIO_API_SECRET", "x")}.resolve(t, Settings{})
	if len(problems) > 0 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Detail, "TWILIO_API_KEY is not") {
		t.Errorf("problems %v, warnings %v", problems, r.Warnings)
	}
}

func FuzzParseProfiles(f *testing.F) {
	for _, each := range []string{"", "null", "{}", "[]", profilesFile, `{"profiles":[]}`, `{"profiles":{"a":null},"projects":[null,{"id":1}]}`, `{"activeProject":{}}`} {
		f.Add([]byte(each), "dev")
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		p, err := parseProfiles(data)
		if err != nil {
			return
		}
		for _, each := range []string{name, p.active()} {
			if found, err := p.find(each); err == nil && (!isSID(found.AccountSID, "AC") || found.APIKey == "" || found.APISecret == "") {
				t.Errorf("it gives out a profile that cannot be used: %+v", found)
			}
		}
	})
}
