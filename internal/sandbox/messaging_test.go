package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
)

const servicesURL = "https://messaging.twilio.com/v1/Services"

// newService creates a service by its knob and returns its SID.
func newService(t *testing.T, s *Sandbox, fields string) string {
	t.Helper()
	var service struct {
		SID string `json:"sid"`
	}
	if err := json.Unmarshal([]byte(turn(t, s, 200, "POST", "messaging_services", fields)), &service); err != nil {
		t.Fatal(err)
	}
	return service.SID
}

// numberSIDOf is the SID of one of the starter account's numbers.
func numberSIDOf(t *testing.T, s *Sandbox, e164 string) string {
	t.Helper()
	body := must(t, s, 200, "GET", numberPathOf(t, s, e164), nil)
	return body["sid"].(string)
}

func TestMessagingServiceOfAKnobIsRead(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	sid := newService(t, s, `{"friendly_name":"pool","inbound_request_url":"https://example.com/in","phone_numbers":["+12025550142"]}`)
	for _, service := range []map[string]any{
		must(t, h, 200, "GET", servicesURL+"/"+sid, nil),
		must(t, h, 200, "GET", servicesURL, nil)["services"].([]any)[0].(map[string]any),
	} {
		if service["sid"] != sid || service["friendly_name"] != "pool" || service["inbound_request_url"] != "https://example.com/in" ||
			service["fallback_url"] != nil || service["use_inbound_webhook_on_number"] != false {
			t.Errorf("%v", service)
		}
	}
	members := must(t, h, 200, "GET", servicesURL+"/"+sid+"/PhoneNumbers", nil)["phone_numbers"].([]any)
	want := `"capabilities":["MMS","SMS","Voice"],"country_code":"US"`
	if got := string(encodeJSON(members)); len(members) != 1 || !strings.Contains(got, want) || !strings.Contains(got, `"phone_number":"+12025550142"`) {
		t.Errorf("the numbers are %s", got)
	}
	turn(t, s, 204, "DELETE", "messaging_services/"+sid, "")
	must(t, h, 404, "GET", servicesURL+"/"+sid, nil)
	turn(t, s, 404, "DELETE", "messaging_services/"+sid, "")
}

func TestMessagingServiceKnobRefusesNonsense(t *testing.T) {
	s := predictable()
	newService(t, s, `{"friendly_name":"pool","phone_numbers":["+12025550142"]}`)
	for fields, status := range map[string]int{
		`[]`: 400, `{"name":"x"}`: 400, `{"sid":"FW1"}`: 400, `{"account_sid":"AC1"}`: 400,
		`{"phone_numbers":["+12025550142"]}`: 400, `{"phone_numbers":["+12025550143"]}`: 404,
	} {
		turn(t, s, status, "POST", "messaging_services", fields)
	}
	if got := column(t, must(t, s, 200, "GET", servicesURL, nil), "services", "friendly_name"); len(got) != 1 {
		t.Errorf("a refused knob created a service: %v", got)
	}
}

func TestMessagingServiceIsCreatedChangedAndDeletedByTheAPI(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	created := must(t, s, 201, "POST", servicesURL, form("FriendlyName", "pool", "InboundRequestUrl", "https://example.com/in"))
	service := servicesURL + "/" + created["sid"].(string)
	must(t, s, 200, "POST", service, form("InboundRequestUrl", "", "UseInboundWebhookOnNumber", "true", "ValidityPeriod", "600"))
	got := must(t, h, 200, "GET", service, nil)
	if got["inbound_request_url"] != nil || got["use_inbound_webhook_on_number"] != true || got["validity_period"] != 600.0 || got["friendly_name"] != "pool" {
		t.Errorf("%v", got)
	}
	for _, wrong := range [][]string{
		{"FriendlyName", ""}, {"InboundRequestUrl", "here"}, {"ValidityPeriod", "0"}, {"Usecase", "fun"}, {"StickySender", "maybe"}, {"Name", "x"},
	} {
		must(t, s, 400, "POST", service, form(wrong...))
	}
	must(t, s, 400, "POST", servicesURL, nil)
	must(t, s, 204, "DELETE", service, nil)
	must(t, s, 404, "GET", service, nil)
}

func TestNumberIsInOneMessagingServiceAtMost(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	first, second := servicesURL+"/"+newService(t, s, `{"friendly_name":"a"}`), servicesURL+"/"+newService(t, s, `{"friendly_name":"b"}`)
	sid := numberSIDOf(t, s, "+447447735023")
	member := form("PhoneNumberSid", sid)
	added := must(t, h, 201, "POST", first+"/PhoneNumbers", member)
	if added["sid"] != sid || added["country_code"] != "GB" {
		t.Errorf("%v", added)
	}
	for service, code := range map[string]float64{first: 21710, second: 21712} {
		if body := must(t, h, 400, "POST", service+"/PhoneNumbers", member); body["code"] != code {
			t.Errorf("%v, want %v", body, code)
		}
	}
	must(t, h, 200, "GET", first+"/PhoneNumbers/"+sid, nil)
	must(t, h, 404, "GET", second+"/PhoneNumbers/"+sid, nil)
	must(t, h, 404, "DELETE", second+"/PhoneNumbers/"+sid, nil)
	must(t, h, 204, "DELETE", first+"/PhoneNumbers/"+sid, nil)
	must(t, h, 201, "POST", second+"/PhoneNumbers", member)
	must(t, s, 204, "DELETE", second, nil)
	must(t, h, 201, "POST", first+"/PhoneNumbers", member)
	must(t, h, 400, "POST", first+"/PhoneNumbers", nil)
	must(t, h, 404, "POST", first+"/PhoneNumbers", form("PhoneNumberSid", "PN00000000000000000000000000000000"))
	must(t, h, 404, "POST", servicesURL+"/MG00000000000000000000000000000000/PhoneNumbers", member)
}

func TestReleasedNumberLeavesItsMessagingService(t *testing.T) {
	s := predictable()
	service := servicesURL + "/" + newService(t, s, `{"friendly_name":"a","phone_numbers":["+12025550142","+447447735023"]}`)
	must(t, s, 204, "DELETE", numberPathOf(t, s, "+12025550142"), nil)
	got := column(t, must(t, s, 200, "GET", service+"/PhoneNumbers", nil), "phone_numbers", "phone_number")
	if len(got) != 1 || got[0] != "+447447735023" {
		t.Errorf("the service has %v", got)
	}
}

// TestWhoAnswersAMessage is Twilio's precedence for messages with a service.
func TestWhoAnswersAMessage(t *testing.T) {
	const number = "+12025550142"
	for name, test := range map[string]struct {
		service     string // %s is the flow's webhook
		numberURL   string
		application bool
		status, via string
	}{
		"no service":                     {"", "https://example.com/sms", false, InboundExternal, "sms_url"},
		"service over URL":               {`"inbound_request_url":"%s"`, "https://example.com/sms", false, InboundBotAnswers, "messaging_service"},
		"service over application":       {`"inbound_request_url":"https://example.com/in"`, "", true, InboundExternal, "messaging_service"},
		"service without URL":            {`"inbound_request_url":""`, "%s", false, InboundSilent, "messaging_service"},
		"deferring service":              {`"inbound_request_url":"https://example.com/in","use_inbound_webhook_on_number":true`, "%s", false, InboundBotAnswers, "sms_url"},
		"deferring service, application": {`"use_inbound_webhook_on_number":true`, "%s", true, InboundBotAnswers, "sms_application_sid"},
		"deferring service, no URL":      {`"inbound_request_url":"%s","use_inbound_webhook_on_number":true`, "", false, InboundSilent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			webhook := flowWebhookURL(StarterAccountSID, newFlow(t, s, "greeter", "published"))
			target := form("SmsUrl", strings.Replace(test.numberURL, "%s", webhook, 1), "VoiceUrl", webhook)
			if test.application {
				app := must(t, s, 201, "POST", appsOf, form("FriendlyName", "hosted", "SmsUrl", "https://example.com/app"))
				target.Set("SmsApplicationSid", app["sid"].(string))
			}
			must(t, s, 200, "POST", numberPathOf(t, s, number), target)
			if test.service != "" {
				newService(t, s, `{"phone_numbers":["`+number+`"],`+strings.Replace(test.service, "%s", webhook, 1)+`}`)
			}
			got, err := s.Inbound(Inbound{To: number, From: "+447700900123", Channel: "messaging", Body: "hi"})
			if err != nil || got.Status != test.status || got.Via != test.via {
				t.Errorf("%+v %v, want %s via %q", got, err, test.status, test.via)
			}
			call, err := s.Inbound(Inbound{To: number, From: "+447700900123", Channel: "voice"})
			if err != nil || call.Status != InboundBotAnswers || call.Via != "voice_url" {
				t.Errorf("a service changed who answers a call: %+v %v", call, err)
			}
		})
	}
}
