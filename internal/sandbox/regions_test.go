package sandbox

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	routes "github.com/twilio/twilio-go/rest/routes/v3"
)

const (
	routesURL = "https://routes.twilio.com/v2"
	flowsInIE = "https://studio.dublin.ie1.twilio.com/v2/Flows"
	apiInIE   = "https://api.dublin.ie1.twilio.com"
)

func numberRoute(e164 string) string { return routesURL + "/PhoneNumbers/" + url.PathEscape(e164) }

func TestInboundRegionIsReadAndSet(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	if _, err := s.AddSipDomain(`{"domain_name":"desk.sip.twilio.com"}`); err != nil {
		t.Fatal(err)
	}
	for target, key := range map[string]string{
		numberRoute(myNumber):                         "phone_number",
		routesURL + "/SipDomains/desk.sip.twilio.com": "sip_domain",
		routesURL + "/Trunks/desk.pstn.twilio.com":    "sip_trunk_domain",
	} {
		must(t, h, 404, "GET", target, nil) // us1
		set := must(t, h, 200, "POST", target, form("VoiceRegion", "ie1", "FriendlyName", "desk"))
		if set["voice_region"] != "ie1" || set["friendly_name"] != "desk" || set[key] == nil {
			t.Errorf("%v", set)
		}
		again := must(t, h, 200, "POST", target, form("VoiceRegion", "us1"))
		if got := must(t, h, 200, "GET", target, nil); got["voice_region"] != "us1" || got["sid"] != set["sid"] || again["friendly_name"] != "desk" {
			t.Errorf("%v", got)
		}
		for _, wrong := range [][]string{{"VoiceRegion", "moon"}, {"VoiceRegion", ""}, {"FriendlyName", strings.Repeat("x", 65)}, {"MessagingRegion", "ie1"}} {
			must(t, h, 400, "POST", target, form(wrong...))
		}
	}
	must(t, h, 404, "POST", numberRoute("+447700900555"), form("VoiceRegion", "ie1"))
	must(t, h, 404, "POST", routesURL+"/SipDomains/other.sip.twilio.com", form("VoiceRegion", "ie1"))
	must(t, s, 204, "DELETE", numberPathOf(t, s, myNumber), nil)
	must(t, h, 404, "GET", numberRoute(myNumber), nil)
}

func TestTwiliosClientSetsTheMessagingRegion(t *testing.T) {
	s := predictable()
	twilio := routes.NewApiService(twilioHandler(s))
	if _, err := twilio.FetchPhoneNumber(myNumber); err == nil {
		t.Error("a number has a route before one is set")
	}
	set, err := twilio.UpdatePhoneNumber(myNumber, (&routes.UpdatePhoneNumberParams{}).SetMessagingRegion("ie1"))
	if err != nil || *set.MessagingRegion != "ie1" || *set.VoiceRegion != "us1" {
		t.Fatalf("%+v %v", set, err)
	}
	newService(t, s, `{"phone_numbers":["`+myNumber+`"]}`)
	if _, err := twilio.UpdatePhoneNumber(myNumber, (&routes.UpdatePhoneNumberParams{}).SetMessagingRegion("us1")); err == nil {
		t.Error("it was moved out of its service's Region")
	}
	must(t, s, 404, "GET", "https://routes.dublin.ie1.twilio.com/v3/PhoneNumbers/"+url.PathEscape(myNumber), nil)
}

// A flow of another Region has another webhook, so that a URL that a client builds from
// SIDs leads nowhere.
func TestFlowOfAnotherRegionIsReachedByItsOwnWebhook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	made := must(t, checked(t, s), 201, "POST", flowsInIE, form("FriendlyName", "tea", "Status", "published", "Definition", teaFlow))
	sid, webhook := made["sid"].(string), made["webhook_url"].(string)
	if webhook != "https://webhooks.dublin.ie1.twilio.com/v1/Accounts/"+StarterAccountSID+"/Flows/"+sid {
		t.Error(webhook)
	}
	must(t, s, 404, "GET", studioFlowsURL+"/"+sid, nil)
	if got := column(t, must(t, s, 200, "GET", studioFlowsURL, nil), "flows", "sid"); len(got) != 0 {
		t.Errorf("us1 lists %v", got)
	}
	point(t, s, "SmsUrl", flowWebhookURL(StarterAccountSID, sid))
	if got, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"}); err != nil || got.Status != InboundDangling {
		t.Errorf("the URL that was built: %+v %v", got, err)
	}
	point(t, s, "SmsUrl", webhook)
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Errorf("its own: %s", got)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := column(t, must(t, again, 200, "GET", flowsInIE+"/"+sid+"/Executions?status=active", nil), "executions", "sid"); len(got) != 1 {
		t.Errorf("%v run", got)
	}
	if got := text(t, again, "yes"); got != "V1 yes end" {
		t.Errorf("its execution goes on: %s", got)
	}
	must(t, again, 204, "DELETE", flowsInIE+"/"+sid, nil)
}

func TestNumberIsConfiguredInEachRegion(t *testing.T) {
	s := predictable()
	_, here := published(t, s, "here", teaFlow)
	there := must(t, s, 201, "POST", flowsInIE, form("FriendlyName", "there", "Status", "published", "Definition", strings.ReplaceAll(teaFlow, "Press", "Dublin")))["webhook_url"].(string)
	point(t, s, "VoiceUrl", here, "SmsUrl", here)
	number := numberPathOf(t, s, myNumber)
	h := checked(t, s)
	if got := must(t, h, 200, "GET", apiInIE+number, nil); got["voice_url"] != "" || got["status_callback"] != "" || got["phone_number"] != myNumber {
		t.Errorf("ie1 has what us1 set: %v", got)
	}
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	must(t, s, 200, "POST", numberRoute(myNumber), form("VoiceRegion", "ie1"))
	if got, err := s.Inbound(call); err != nil || got.Status != InboundSilent {
		t.Errorf("a number that reads right in us1: %+v %v", got, err)
	}
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Errorf("messages are processed in us1: %s", got)
	}
	must(t, h, 200, "POST", apiInIE+number, form("VoiceUrl", there))
	if got := must(t, h, 200, "GET", number, nil); got["voice_url"] != here {
		t.Errorf("us1 has what ie1 set: %v", got["voice_url"])
	}
	if got := column(t, must(t, h, 200, "GET", apiInIE+numbersOf, nil), "incoming_phone_numbers", "voice_url"); strings.Join(got, "") != there {
		t.Errorf("ie1 lists %v", got)
	}
	if got := deliver(t, s, call); got != "Dublin wait" {
		t.Error(got)
	}
	call.Digits = "1"
	if got := deliver(t, s, call); got != "1 Dublin wait" {
		t.Error(got)
	}
	deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice", Hangup: true})
	must(t, s, 204, "DELETE", number, nil)
	must(t, s, 404, "GET", apiInIE+number, nil)
}

func TestWaitTimesOutInAnotherRegion(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	made := must(t, s, 201, "POST", flowsInIE, form("FriendlyName", "tea", "Status", "published", "Definition", teaFlow))
	point(t, s, "SmsUrl", made["webhook_url"].(string))
	text(t, s, "hi")
	now = now.Add(90 * time.Minute)
	if got := text(t, s, "yes"); got != "V1  end" {
		t.Errorf("the widget after the timeout did not get the answer: %s", got)
	}
	list := flowsInIE + "/" + made["sid"].(string) + "/Executions?status="
	if got := column(t, must(t, s, 200, "GET", list+"ended", nil), "executions", "sid"); len(got) != 1 {
		t.Errorf("%v ended", got)
	}
}

func TestCredentialsAndProductsOfARegion(t *testing.T) {
	s := predictable()
	for name, test := range map[string]struct {
		knob, target string
		status       int
	}{
		"its own":             {`{"region":"ie1"}`, flowsInIE, 200},
		"of ie1 in us1":       {`{"region":"ie1"}`, studioFlowsURL, 401},
		"of us1 in ie1":       {`{"region":"us1"}`, flowsInIE, 401},
		"of us1":              {`{"region":"us1"}`, studioFlowsURL, 200},
		"restricted":          {`{"permissions":["*"]}`, flowsInIE, 401},
		"of all":              {`{}`, flowsInIE, 200},
		"Autopilot elsewhere": {`{}`, "https://autopilot.dublin.ie1.twilio.com/v1/Assistants", 404},
		"Autopilot":           {`{}`, "https://autopilot.ashburn.us1.twilio.com/v1/Assistants", 200},
		"no region":           {`{}`, "https://studio.dublin.twilio.com/v2/Flows", 404},
	} {
		var key Credentials
		if err := json.Unmarshal([]byte(turn(t, s, 200, "POST", "keys", test.knob)), &key); err != nil {
			t.Fatal(err)
		}
		r := request("GET", test.target, nil)
		r.SetBasicAuth(key.APIKeySID, key.APIKeySecret)
		if status, body := answerOf(t, s, r); status != test.status {
			t.Errorf("%s: %d %v, want %d", name, status, body, test.status)
		}
	}
	turn(t, s, 400, "POST", "keys", `{"region":"moon"}`)
}
