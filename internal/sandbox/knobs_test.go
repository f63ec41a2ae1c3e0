package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOverviewOpensTheStarterAccount(t *testing.T) {
	box := predictable()
	var overview struct {
		Version  int
		Accounts []struct{ SID string }
		Starter  Credentials
	}
	if err := json.Unmarshal([]byte(turn(t, box, 200, "GET", "", "")), &overview); err != nil {
		t.Fatal(err)
	}
	if overview.Version != fileVersion || overview.Starter != Starter() || overview.Accounts[0].SID != StarterAccountSID {
		t.Fatalf("%+v", overview)
	}
}

func TestNumbersAreAddedAndReleasedByHand(t *testing.T) {
	box := predictable()
	h := checked(t, box)
	sid := "PN" + strings.Repeat("a", 32)
	turn(t, h, 200, "POST", "numbers", `[{"phone_number":"+12025550100","sid":"`+sid+`","sms_url":"https://example.com","capabilities":{"mms":false}},
		{"phone_number":"+12025550101"}]`)
	body := must(t, h, 200, "GET", starterPath+"/IncomingPhoneNumbers/"+sid+".json", nil)
	capabilities := body["capabilities"].(map[string]any)
	if body["sms_url"] != "https://example.com" || capabilities["mms"] != false || capabilities["sms"] != true {
		t.Fatalf("%v", body)
	}
	for _, body := range []string{
		`{"phone_number":"+12025550100"}`, `{"phone_number":"12025550102"}`, `{}`, `[]x`, `{"phone_number":"+12025550102","sms":1}`,
		`{"phone_number":"+12025550102","sid":"PN1"}`, `{"phone_number":"+12025550102","sid":"` + sid + `"}`,
		`{"phone_number":"+12025550102","account_sid":"AC1"}`, `[{"phone_number":"+12025550103"},{"phone_number":"+12025550100"}]`,
	} {
		turn(t, h, 400, "POST", "numbers", body)
	}
	turn(t, h, 204, "DELETE", "numbers/"+sid, "")
	turn(t, h, 404, "DELETE", "numbers/"+sid, "")
	page := must(t, h, 200, "GET", numbersOf, nil)
	if got := strings.Join(column(t, page, "incoming_phone_numbers", "phone_number"), " "); got != "+12025550101 +12025550142 +447700900123 +447447735023" {
		t.Fatalf("left: %s", got)
	}
}

func TestAccountsAreAddedByHand(t *testing.T) {
	h := predictable()
	var made Credentials
	text := turn(t, h, 200, "POST", "accounts", `{"friendly_name":"sub","owner_account_sid":"`+StarterAccountSID+`"}`)
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		t.Fatal(err)
	}
	body := must(t, h, 200, "GET", "/2010-04-01/Accounts/"+made.AccountSID+".json", nil)
	if body["owner_account_sid"] != StarterAccountSID || body["friendly_name"] != "sub" || body["auth_token"] != nil {
		t.Fatalf("%v", body)
	}
	turn(t, h, 400, "POST", "accounts", `{"owner_account_sid":"AC1"}`)
	turn(t, h, 400, "POST", "accounts/"+made.AccountSID, `{"status":"tired"}`)
	turn(t, h, 404, "POST", "accounts/AC1", `{"status":"closed"}`)
}

func TestJournalTellsRequestsInOrder(t *testing.T) {
	h := predictable()
	must(t, h, 200, "GET", numbersOf+"?FriendlyName=x", nil)
	must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))
	turn(t, h, 200, "GET", "settings", "")
	got := h.Journal()
	if len(got) != 2 {
		t.Fatalf("%d entries", len(got))
	}
	first, second := got[0], got[1]
	if first.Method != http.MethodGet || first.Host != "api.twilio.com" || first.Path != numbersOf || first.Query.Get("FriendlyName") != "x" || !first.Time.Equal(start) {
		t.Errorf("%+v", first)
	}
	if second.Form.Get("FriendlyName") != "bot" || second.Status != 201 || second.InFlight != 1 {
		t.Errorf("%+v", second)
	}
	turn(t, h, 204, "DELETE", "journal", "")
	if text := turn(t, h, 200, "GET", "journal", ""); strings.TrimSpace(text) != "[]" {
		t.Errorf("after clearing: %s", text)
	}
}

func TestResetBringsTheStarterAccountBack(t *testing.T) {
	h := predictable()
	must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))
	must(t, h, 204, "DELETE", numberPathOf(t, h, "+12025550142"), nil)
	turn(t, h, 200, "POST", "settings", `{"read_lag_ms":60000}`)
	turn(t, h, 204, "POST", "faults", `{"kind":"status","status":500,"times":-1}`)
	turn(t, h, 204, "POST", "reset", "")
	if len(h.Journal()) != 0 {
		t.Error("the journal was not cleared")
	}
	page := must(t, h, 200, "GET", numbersOf, nil)
	if got := len(column(t, page, "incoming_phone_numbers", "sid")); got != 3 {
		t.Errorf("%d numbers", got)
	}
	if got := column(t, must(t, h, 200, "GET", appsOf, nil), "applications", "sid"); len(got) != 0 {
		t.Errorf("applications: %v", got)
	}
}

func TestSettingsThatAreNoneAreRefused(t *testing.T) {
	h := predictable()
	for _, body := range []string{`{"lag":1}`, `{"read_lag_ms":-1}`, `{"read_lag_ms":"1"}`, ``} {
		turn(t, h, 400, "POST", "settings", body)
	}
}

func TestInboundFollowsTwiliosPrecedence(t *testing.T) {
	trunk := "TK" + strings.Repeat("1", 32)
	for _, tc := range []struct {
		name, channel string
		number, app   []string
		status, via   string
		bot           bool
	}{
		{name: "nothing", channel: "messaging", status: InboundSilent},
		{name: "url", channel: "messaging", number: []string{"SmsUrl", "https://example.com"}, status: InboundExternal, via: "sms_url"},
		{name: "url of the other channel", channel: "voice", number: []string{"SmsUrl", "https://example.com"}, status: InboundSilent},
		{name: "application before url", channel: "messaging", number: []string{"SmsUrl", "https://example.com", "SmsApplicationSid", "app"},
			app: []string{"SmsUrl", "https://example.com/app"}, status: InboundBotAnswers, via: "sms_application_sid", bot: true},
		{name: "inert application silences", channel: "messaging", number: []string{"SmsUrl", "https://example.com", "SmsApplicationSid", "app"},
			status: InboundSilent, via: "sms_application_sid"},
		{name: "voice application", channel: "voice", number: []string{"VoiceUrl", "https://example.com", "VoiceApplicationSid", "app"},
			app: []string{"VoiceUrl", "https://example.com/app"}, status: InboundBotAnswers, via: "voice_application_sid", bot: true},
		{name: "trunk before url", channel: "voice", number: []string{"VoiceUrl", "https://example.com", "TrunkSid", trunk}, status: InboundExternal, via: "trunk_sid"},
		{name: "trunk and messages", channel: "messaging", number: []string{"TrunkSid", trunk}, status: InboundSilent},
	} {
		t.Run(tc.name, func(t *testing.T) {
			box := predictable()
			sid := must(t, box, 201, "POST", appsOf, form(append([]string{"FriendlyName", "bot"}, tc.app...)...))["sid"].(string)
			settings := form(tc.number...)
			for name := range settings {
				settings.Set(name, strings.ReplaceAll(settings.Get(name), "app", sid))
			}
			must(t, box, 200, "POST", numberPathOf(t, box, "+447700900123"), settings)
			got, err := box.Inbound(Inbound{To: "+447700900123", From: "+12025550100", Channel: tc.channel})
			if err != nil || got.Status != tc.status || got.Via != tc.via || (got.Bot != nil) != tc.bot {
				t.Fatalf("%+v %v", got, err)
			}
			if tc.bot && (got.Bot.SID != sid || got.Bot.Engine != "application" || got.Bot.FriendlyName != "bot") {
				t.Fatalf("%+v", got.Bot)
			}
		})
	}
	box := predictable()
	if _, err := box.AddNumber(`{"phone_number":"+12025550199","capabilities":{"sms":false}}`); err != nil {
		t.Fatal(err)
	}
	if got, err := box.Inbound(Inbound{To: "+12025550199", Channel: "messaging"}); err != nil || got.Status != InboundUnreachable {
		t.Errorf("%+v %v", got, err)
	}
	turn(t, box, 404, "POST", "inbound", `{"to":"+12025550000","channel":"voice"}`)
	turn(t, box, 400, "POST", "inbound", `{"to":"+12025550142","channel":"fax"}`)
	if want, got := `"bot":null,"answers":[],"ended":true`, turn(t, box, 200, "POST", "inbound", `{"to":"+12025550142","channel":"voice"}`); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}

func TestKnobsAreNotForWebPages(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8421/_sandbox/reset", nil)
	request.Header.Set("Origin", "https://page.example.com")
	answer := httptest.NewRecorder()
	New().ServeHTTP(answer, request)
	if answer.Code != http.StatusForbidden {
		t.Errorf("a web page may reset the sandbox: %d", answer.Code)
	}
}
