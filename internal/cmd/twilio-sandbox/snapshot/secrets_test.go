package snapshot

import (
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

func TestSecretsAreReplacedAndNothingElse(t *testing.T) {
	hex := strings.Repeat("0f1e2d3c", 4)
	for _, each := range [][2]string{
		// What a plan depends on stays.
		{`{"voice_url":"https://bots.example.com/clinic/calls?lang=en&page=2#top"}`, ""},
		{`{"sms_url":"https://webhooks.twilio.com/v1/Accounts/AC` + hex + `/Flows/FW` + hex + `"}`, ""},
		{`{"sid":"PN` + hex + `","unique_name":"v-` + hex + `","date_created":"2026-01-02T03:04:05Z"}`, ""},
		{`{"body":"Your token is ready: press 1. Password resets: see https://example.com/reset?step=2"}`, ""},
		{`{"value":"{{flow.variables.api_key}}","key":"Authorization"}`, ""},
		{`{"url":"https://api.example.com/v1?token={{flow.variables.token}}"}`, ""},
		{`{"input":"{% assign token = flow.data.word %}{{ token | upcase }}"}`, ""},
		{`{"payment_token_type":"reusable","token_url":"https://example.com/oauth","keyword":"key"}`, ""},
		{`{"say":"For basic insurance, or the bearer instrument, press 1. BASIC QUESTIONS: press 2"}`, ""},
		{`{"body":"{\"token\": \"{{flow.variables.token}}\", \"n\": {{flow.variables.n}}}"}`, ""},
		{`{"url":"https://example.com/?next=https%3A%2F%2Fexample.com%2Fa%3Flang%3Den"}`, ""},
		{`{"tagged_text":"I forgot my password=please help me with it: token"}`, `{"tagged_text":"I forgot my password=REDACTED help me with it: token"}`},

		{`{"say":"Enter your password: thanks. For prior authorization: press 2. The token is: yours"}`, ""},
		{`{"sip":"sip:ada@example.com","to":"<sip:ada:5060@pbx.example.com>","mail":"mailto:ada@example.com","at":"ask ada@example.com: now"}`, ""},
		{`{"url":"https://bots.example.com/webhook/clinic/3f2504e0-4f89-11d3-9a0c-0305e82c3301#/menu/2"}`, ""},
		{`{"redirect":"task://greeting","uri":"https://bots.example.com/tokens/list/keys"}`, ""},
		{`{"body":"<say>your token</say><token/><n>1</n>"}`, ""},

		{`{"db":"postgres://ada:hunter2@db.example.com/x and mongodb+srv://ada:hunter2@db/x, redis://:hunter2@db:6379/0"}`, `{"db":"postgres://REDACTED@db.example.com/x and mongodb+srv://REDACTED@db/x, redis://REDACTED@db:6379/0"}`},
		{`{"url":"ada:hunter2@bots.example.com/m"}`, `{"url":"REDACTED@bots.example.com/m"}`},
		{`{"url":"https://bots.example.com/m#access_token=hunter2&n=1"}`, `{"url":"https://bots.example.com/m#access_token=REDACTED&n=1"}`},
		{`{"url":"https://bots.example.com/m?a=1&pw=hunter2&hapikey=hunter2#x"}`, `{"url":"https://bots.example.com/m?a=1&pw=REDACTED&hapikey=REDACTED#x"}`},
		{`{"url":"https://bots.example.com/token/hunter2hunter2/in"}`, `{"url":"https://bots.example.com/token/REDACTED/in"}`},
		{`{"url":"https://n8n.example.com/webhook/3f2504e0-4f89-11d3-9a0c-0305e82c3301"}`, `{"url":"https://n8n.example.com/webhook/REDACTED"}`},
		{`{"parameters":[{"key":"Cookie","value":"sid=hunter2"},{"key":"token_value","value":"hunter2"},{"key":"TWILIO_AUTH_TOKEN_PROD","value":"hunter2"},{"key":"token_type","value":"bearer"}]}`, `{"parameters":[{"key":"Cookie","value":"REDACTED"},{"key":"token_value","value":"REDACTED"},{"key":"TWILIO_AUTH_TOKEN_PROD","value":"REDACTED"},{"key":"token_type","value":"bearer"}]}`},
		{`{"key":"password","value":{"en":"hunter2","n":1}}`, `{"key":"password","value":{"en":"REDACTED","n":"REDACTED"}}`},
		{`{"body":"{'token':'hunter2'}"}`, `{"body":"{'token':'REDACTED'}"}`},
		{`{"body":"<s:password type=\"text\">hunter2</s:password><auth token=\"hunter2\"/>"}`, `{"body":"<s:password type=\"text\">REDACTED</s:password><auth token=\"REDACTED\"/>"}`},
		{`{"body":"<Parameter name='api_key' value='hunter2'/><Parameter name='lang' value='en'/>"}`, `{"body":"<Parameter name='api_key' value='REDACTED'/><Parameter name='lang' value='en'/>"}`},
		{`{"body":"Authorization: Token hunter2"}`, `{"body":"REDACTED"}`},
		{`{"note":"shpat_` + hex + ` and ` + strings.ToUpper(hex) + ` and ` + hex + hex[:8] + `"}`, `{"note":"REDACTED and REDACTED and REDACTED"}`},
		{`{"sms_url":"https://ada:hunter2@bots.example.com/messages"}`, `{"sms_url":"https://REDACTED@bots.example.com/messages"}`},
		{`{"sms_url":"https://bots.example.com/m?api_key=hunter2&lang=en"}`, `{"sms_url":"https://bots.example.com/m?api_key=REDACTED&lang=en"}`},
		{`{"sms_url":"https://bots.example.com/m?code=hunter2hunter2"}`, `{"sms_url":"https://bots.example.com/m?code=REDACTED"}`},
		{`{"sms_url":"https://bots.example.com/hooks/Q2h1bmsgb2Ygc2VjcmV0IDEyMzQ1/in"}`, `{"sms_url":"https://bots.example.com/hooks/REDACTED/in"}`},
		{`{"url":"https://hooks.slack.com/services/T0/B0/hunter2"}`, `{"url":"https://REDACTED"}`},
		{`{"parameters":[{"key":"X-Api-Key","value":"hunter2"},{"key":"lang","value":"en"}]}`, `{"parameters":[{"key":"X-Api-Key","value":"REDACTED"},{"key":"lang","value":"en"}]}`},
		{`{"parameters":[{"value":"Bearer hunter2hunter2","key":"header"}]}`, `{"parameters":[{"value":"Bearer REDACTED","key":"header"}]}`},
		{`{"headers":{"Authorization":"hunter2","Accept":"text/plain"}}`, `{"headers":{"Authorization":"REDACTED","Accept":"text/plain"}}`},
		{`{"body":"{\"client_secret\": \"hunter2\", \"n\": 1}"}`, `{"body":"{\"client_secret\":\"REDACTED\",\"n\":1}"}`},
		{`{"body":"grant=x&client_secret=hunter2"}`, `{"body":"grant=x&client_secret=REDACTED"}`},
		{`{"body":"X-Api-Key: hunter2hunter2"}`, `{"body":"X-Api-Key: REDACTED"}`},
		{`{"body":"{\"n\": {{flow.variables.n}}, \"password\": \"hunter two\"}"}`, `{"body":"{\"n\": {{flow.variables.n}}, \"password\": \"REDACTED\"}"}`},
		{`{"headers":{"Authorization":["hunter2"],"Accept":["text/plain"]}}`, `{"headers":{"Authorization":["REDACTED"],"Accept":["text/plain"]}}`},
		{`{"parameters":[{"key":"authtoken","value":"hunter2"},{"key":"x-functions-key","value":"hunter2"}]}`, `{"parameters":[{"key":"authtoken","value":"REDACTED"},{"key":"x-functions-key","value":"REDACTED"}]}`},
		{`{"sms_url":"https://example.com/m?user=ada&pass=hunter2"}`, `{"sms_url":"https://example.com/m?user=ada&pass=REDACTED"}`},
		{`{"sms_url":"https://example.com/?next=https%3A%2F%2Fada%3Ahunter2%40example.com%2Fa&n=1"}`, `{"sms_url":"https://example.com/?next=https%3A%2F%2FREDACTED%40example.com%2Fa&n=1"}`},
		{`{"url":"https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage"}`, `{"url":"https://api.telegram.org/REDACTED/sendMessage"}`},
		{`{"url":"https://example.com/hooks/Q2h1bmsgb2Ygc2VjcmV0IDEyMzQ1Ng=="}`, `{"url":"https://example.com/hooks/REDACTED"}`},
		{`{"note":"Authorization: Basic dXNlcjpwYXNz"}`, `{"note":"Authorization: Basic REDACTED"}`},
		{`{"auth_token":12345}`, `{"auth_token":"REDACTED"}`},
		{`{"note":"call with ` + hex + `"}`, `{"note":"call with REDACTED"}`},
		{`{"note":"sk_live_` + hex[:20] + ` and -----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"}`, `{"note":"REDACTED and REDACTED"}`},
		{`{"note":"it is correct-horse, as the credentials say"}`, `{"note":"it is REDACTED, as the credentials say"}`},
	} {
		before, want := each[0], each[1]
		if want == "" {
			want = before
		}
		n, err := jsondoc.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		var notes []string
		scrubber{known: []string{"correct-horse"}, note: func(where, why string) { notes = append(notes, where+": "+why) }}.value(n, "")
		got := string(n.Compact())
		if got != want {
			t.Errorf("%s\n became %s\n, not %s", before, got, want)
		}
		if (got != before) != (len(notes) > 0) || strings.Contains(strings.Join(notes, " "), "hunter2") {
			t.Errorf("%s: said %q", before, notes)
		}
	}
}
