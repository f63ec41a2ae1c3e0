package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	sendersURL   = "https://messaging.twilio.com/v2/Channels/Senders"
	shortCodesOf = starterPath + "/SMS/ShortCodes.json"
	sipDomainsOf = starterPath + "/SIP/Domains.json"
	whatsApp     = "whatsapp:+447447735023"
)

// echoFlow answers with what the flow sees of a message.
const echoFlow = `{"initial_state":"Trigger","description":"","states":[
	{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"say"},{"event":"incomingCall","next":"speak"}],"properties":{}},
	{"type":"send-message","name":"say","transitions":[],"properties":{"from":"{{flow.channel.address}}",
		"body":"{{trigger.message.From}} {{trigger.message.To}} {{flow.channel.address}} {{trigger.message.MessagingServiceSid}}"}},
	{"type":"say-play","name":"speak","transitions":[],"properties":{"say":"Hello {{trigger.call.From}}"}}]}`

// sendJSON sends a JSON body.
func sendJSON(t *testing.T, h http.Handler, want int, target, body string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.SetBasicAuth(StarterAccountSID, StarterAuthToken)
	r.Header.Set("Content-Type", "application/json")
	status, answer := answerOf(t, h, r)
	if status != want {
		t.Fatalf("POST %s %s: %d %v, want %d", target, body, status, answer, want)
	}
	return answer
}

func TestShortCodeIsReadAndPointed(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	sid, err := s.AddShortCode(`{"short_code":"55501"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, webhook := published(t, s, "echo", echoFlow)
	path := strings.Replace(shortCodesOf, ".json", "/"+sid+".json", 1)
	changed := must(t, h, 200, "POST", path, form("SmsUrl", webhook, "SmsMethod", "POST", "FriendlyName", "votes"))
	if changed["sms_url"] != webhook || changed["short_code"] != "55501" || changed["friendly_name"] != "votes" {
		t.Errorf("%v", changed)
	}
	must(t, h, 200, "GET", path, nil)
	for query, want := range map[string]int{"": 1, "?ShortCode=555": 1, "?ShortCode=9": 0, "?FriendlyName=votes": 1, "?FriendlyName=55501": 0} {
		if got := column(t, must(t, h, 200, "GET", shortCodesOf+query, nil), "short_codes", "sid"); len(got) != want {
			t.Errorf("%q lists %v", query, got)
		}
	}
	for _, wrong := range [][]string{{"SmsUrl", "here"}, {"SmsMethod", "PUT"}, {"FriendlyName", ""}, {"SmsApplicationSid", ""}, {"VoiceUrl", ""}} {
		must(t, h, 400, "POST", path, form(wrong...))
	}
	must(t, h, 405, "DELETE", path, nil)
	must(t, h, 404, "GET", strings.Replace(path, sid, "SC"+strings.Repeat("0", 32), 1), nil)
	for _, to := range []string{"55501", sid} {
		if got := deliver(t, s, Inbound{To: to, From: contact, Channel: "messaging", Body: "hi"}); got != contact+" 55501 55501  end" {
			t.Errorf("%s: %q", to, got)
		}
	}
	if got, err := s.Inbound(Inbound{To: "55501", From: contact, Channel: "voice"}); err != nil || got.Status != InboundUnreachable {
		t.Errorf("a call: %+v %v", got, err)
	}
	for _, wrong := range []string{`{}`, `{"short_code":"55501"}`, `{"short_code":"x"}`, `{"short_code":"55502","sid":"PN1"}`, `{"short_code":"55502","account_sid":"AC1"}`, `[]`} {
		turn(t, s, 400, "POST", "short_codes", wrong)
	}
}

func TestSipDomainIsReadAndPointed(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	sid, err := s.AddSipDomain(`{"domain_name":"desk.sip.twilio.com"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, webhook := published(t, s, "echo", echoFlow)
	path := strings.Replace(sipDomainsOf, ".json", "/"+sid+".json", 1)
	changed := must(t, h, 200, "POST", path, form("VoiceUrl", webhook, "FriendlyName", "desk", "SipRegistration", "true"))
	if changed["voice_url"] != webhook || changed["sip_registration"] != true || changed["voice_fallback_url"] != nil {
		t.Errorf("%v", changed)
	}
	must(t, h, 200, "GET", path, nil)
	if got := column(t, must(t, h, 200, "GET", sipDomainsOf, nil), "domains", "domain_name"); len(got) != 1 || got[0] != "desk.sip.twilio.com" {
		t.Errorf("%v", got)
	}
	for _, wrong := range [][]string{
		{"VoiceUrl", "here"}, {"VoiceMethod", "PUT"}, {"FriendlyName", ""}, {"VoiceApplicationSid", ""}, {"SmsUrl", ""},
		{"DomainName", "desk.example.com"}, {"Secure", "maybe"}, {"ByocTrunkSid", "BY1"},
	} {
		must(t, h, 400, "POST", path, form(wrong...))
	}
	must(t, h, 404, "GET", strings.Replace(path, sid, "SD"+strings.Repeat("0", 32), 1), nil)
	for _, to := range []string{"sip:anyone@desk.sip.twilio.com", "desk.sip.twilio.com", sid} {
		if got := deliver(t, s, Inbound{To: to, From: "sip:ada@example.com", Channel: "voice"}); got != "Hello sip:ada@example.com end" {
			t.Errorf("%s: %q", to, got)
		}
	}
	if got, err := s.Inbound(Inbound{To: "sip:x@desk.sip.twilio.com", From: "sip:ada@example.com", Channel: "messaging"}); err != nil || got.Status != InboundUnreachable {
		t.Errorf("a message: %+v %v", got, err)
	}
	turn(t, s, 400, "POST", "sip_domains", `{"domain_name":"desk.sip.twilio.com"}`)
	turn(t, s, 400, "POST", "sip_domains", `{"domain_name":"desk"}`)
	turn(t, s, 404, "POST", "inbound", `{"to":"sip:x@other.sip.twilio.com","from":"sip:ada@example.com","channel":"voice"}`)
}

func TestSenderIsReadAndPointed(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	h := checked(t, s)
	sid, err := s.AddSender(`{"sender_id":"` + whatsApp + `","configuration":{"waba_id":"12"},"webhook":{"callback_url":"https://example.com/old","fallback_url":"https://example.com/fallback"}}`)
	if err != nil {
		t.Fatal(err)
	}
	rcs, err := s.AddSender(`{"sender_id":"rcs:agent"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, webhook := published(t, s, "echo", echoFlow)
	app := must(t, s, 201, "POST", appsOf, form("FriendlyName", "calls", "VoiceUrl", webhook))["sid"].(string)
	for query, want := range map[string]int{"?Channel=whatsapp": 1, "?Channel=rcs": 1} {
		if got := column(t, must(t, h, 200, "GET", sendersURL+query, nil), "senders", "sid"); len(got) != want {
			t.Errorf("%q lists %v", query, got)
		}
	}
	must(t, h, 400, "GET", sendersURL+"?Channel=sms", nil)
	must(t, h, 400, "GET", sendersURL, nil)
	message := Inbound{To: whatsApp, From: contact, Channel: "messaging", Body: "hi"}
	ask := func() InboundAnswer {
		t.Helper()
		got, err := s.Inbound(message)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask(); got.Status != InboundExternal || got.Via != "callback_url" || got.URL != "https://example.com/old" {
		t.Errorf("%+v", got)
	}
	updated := sendJSON(t, h, 202, sendersURL+"/"+sid, `{"webhook":{"callback_url":"`+webhook+`","callback_method":"POST"},"configuration":{"voice_application_sid":"`+app+`"}}`)
	if hook := updated["webhook"].(map[string]any); updated["status"] != "ONLINE:UPDATING" || hook["callback_url"] != webhook || hook["fallback_url"] != nil {
		t.Errorf("%v", updated)
	}
	if got := ask(); got.Status != InboundExternal {
		t.Errorf("while it is updated: %+v", got)
	}
	sendJSON(t, h, 409, sendersURL+"/"+sid, `{"webhook":{}}`)
	now = now.Add(time.Second)
	fetched := must(t, h, 200, "GET", sendersURL+"/"+sid, nil)
	if configuration := fetched["configuration"].(map[string]any); fetched["status"] != "ONLINE" || configuration["waba_id"] != "12" || configuration["voice_application_sid"] != app {
		t.Errorf("%v", fetched)
	}
	want := "whatsapp:" + contact + " " + whatsApp + " " + whatsApp + "  end"
	for _, to := range []string{whatsApp, sid} {
		message.To = to
		if got := deliver(t, s, message); got != want {
			t.Errorf("%s: %q", to, got)
		}
	}
	if got := deliver(t, s, Inbound{To: whatsApp, From: contact, Channel: "voice"}); got != "Hello whatsapp:"+contact+" end" {
		t.Errorf("a call: %q", got)
	}
	for _, wrong := range []string{
		`[]`, `{"webhook":{"callback_url":"here"}}`, `{"webhook":{"callback_method":"GET"}}`, `{"webhook":{"url":"https://example.com"}}`,
		`{"sender_id":"whatsapp:+12025550142"}`, `{"configuration":{"voice_application_sid":"AP1"}}`, `{"configuration":{"verification_method":"post"}}`,
		`{"configuration":{"account_type":"x"}}`,
	} {
		sendJSON(t, h, 400, sendersURL+"/"+sid, wrong)
	}
	sendJSON(t, h, 400, sendersURL+"/"+rcs, `{"webhook":{}}`)
	sendJSON(t, h, 404, sendersURL+"/XE"+strings.Repeat("0", 32), `{"webhook":{}}`)
	must(t, h, 422, "POST", sendersURL+"/"+sid, form("Webhook", "x"))
	must(t, h, 405, "DELETE", sendersURL+"/"+sid, nil)
	turn(t, s, 400, "POST", "senders", `{"sender_id":"`+whatsApp+`"}`)
	turn(t, s, 400, "POST", "senders", `{"sender_id":"+447447735023"}`)
}

func TestWebhookOfASenderMayTakePut(t *testing.T) {
	heard := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		heard <- r.Method + " " + r.PostForm.Get("Body") + " " + r.PostForm.Get("WaId") + " " + r.PostForm.Get("FromCountry")
	}))
	defer server.Close()
	s := predictable()
	if _, err := s.AddSender(`{"sender_id":"` + whatsApp + `","webhook":{"callback_url":"` + server.URL + `","callback_method":"PUT"}}`); err != nil {
		t.Fatal(err)
	}
	deliver(t, s, Inbound{To: whatsApp, From: contact, Channel: "messaging", Body: "hi"})
	if got := <-heard; got != "PUT hi "+strings.TrimPrefix(contact, "+")+" " {
		t.Error(got)
	}
}

// TestMessageByWayOfAService is who is written to, as the flow sees it.
func TestMessageByWayOfAService(t *testing.T) {
	for name, test := range map[string]struct {
		service string // %w is the flow's webhook
		want    string // %m is the service
	}{
		"service":   {`"inbound_request_url":"%w"`, contact + " %m %m %m end"},
		"deferring": {`"use_inbound_webhook_on_number":true`, contact + " " + myNumber + " " + myNumber + " %m end"},
		"none":      {``, contact + " " + myNumber + " " + myNumber + "  end"},
		"fallback":  {`"inbound_request_url":"https://webhooks.twilio.com/v1/Accounts/` + StarterAccountSID + `/Flows/FW00000000000000000000000000000000","fallback_url":"%w"`, contact + " %m %m %m !11200 end"},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			_, webhook := published(t, s, "echo", echoFlow)
			point(t, s, "SmsUrl", webhook)
			service := ""
			if test.service != "" {
				service = newService(t, s, `{"phone_numbers":["`+myNumber+`"],`+strings.Replace(test.service, "%w", webhook, 1)+`}`)
			}
			if got := text(t, s, "hi"); got != strings.ReplaceAll(test.want, "%m", service) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestExecutionBegunByANumberIsNotFoundByItsService(t *testing.T) {
	s := predictable()
	_, webhook := published(t, s, "tea", teaFlow)
	point(t, s, "SmsUrl", webhook)
	text(t, s, "hi")
	service := newService(t, s, `{"phone_numbers":["`+myNumber+`"],"inbound_request_url":"`+webhook+`"}`)
	if got := text(t, s, "yes"); got != "Tea? wait" {
		t.Errorf("the service found it: %s", got)
	}
	if got := text(t, s, "yes"); got != "V1 yes end" {
		t.Errorf("the service did not find its own: %s", got)
	}
	must(t, s, 204, "DELETE", servicesURL+"/"+service, nil)
	if got := text(t, s, "yes"); got != "V1 yes end" {
		t.Errorf("the number did not find its own again: %s", got)
	}
}

func TestShortCodesAndSendersAreInServices(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	_, webhook := published(t, s, "echo", echoFlow)
	service := newService(t, s, `{"friendly_name":"a","inbound_request_url":"`+webhook+`"}`)
	other := newService(t, s, `{"friendly_name":"b"}`)
	code, err := s.AddShortCode(`{"short_code":"55501","sms_url":"https://example.com"}`)
	if err != nil {
		t.Fatal(err)
	}
	whatsapp, err := s.AddSender(`{"sender_id":"` + whatsApp + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []struct{ path, param, sid, key, field, value, to string }{
		{"/ShortCodes", "ShortCodeSid", code, "short_codes", "short_code", "55501", "55501"},
		{"/ChannelSenders", "Sid", whatsapp, "senders", "sender", whatsApp, whatsApp},
	} {
		of, member := servicesURL+"/"+service+kind.path, form(kind.param, kind.sid)
		if added := must(t, h, 201, "POST", of, member); added["sid"] != kind.sid || added[kind.field] != kind.value {
			t.Errorf("%v", added)
		}
		for target, code := range map[string]float64{of: 21710, servicesURL + "/" + other + kind.path: 21712} {
			if body := must(t, h, 400, "POST", target, member); body["code"] != code {
				t.Errorf("%v, want %v", body, code)
			}
		}
		must(t, h, 200, "GET", of+"/"+kind.sid, nil)
		if got := column(t, must(t, h, 200, "GET", of, nil), kind.key, "sid"); len(got) != 1 {
			t.Errorf("%v", got)
		}
		if got := column(t, must(t, h, 200, "GET", servicesURL+"/"+other+kind.path, nil), kind.key, "sid"); len(got) != 0 {
			t.Errorf("%v", got)
		}
		answer, err := s.Inbound(Inbound{To: kind.to, From: contact, Channel: "messaging", Body: "hi"})
		if err != nil || answer.Via != "messaging_service" || len(answer.Answers) != 1 || !strings.HasSuffix(answer.Answers[0].Text, service) {
			t.Errorf("%+v %v", answer, err)
		}
		must(t, h, 404, "DELETE", servicesURL+"/"+other+kind.path+"/"+kind.sid, nil)
		must(t, h, 204, "DELETE", of+"/"+kind.sid, nil)
		must(t, h, 400, "POST", of, nil)
		must(t, h, 400, "POST", of, form(kind.param, "PN1"))
		must(t, h, 404, "POST", of, form(kind.param, kind.sid[:2]+strings.Repeat("0", 32)))
	}
	if got := column(t, must(t, h, 200, "GET", servicesURL+"/"+service+"/PhoneNumbers", nil), "phone_numbers", "sid"); len(got) != 0 {
		t.Errorf("they are listed as numbers: %v", got)
	}
}

func TestInboundTakesANumberBySid(t *testing.T) {
	s := predictable()
	_, webhook := published(t, s, "echo", echoFlow)
	point(t, s, "SmsUrl", webhook)
	u, err := url.Parse(numberPathOf(t, s, myNumber))
	if err != nil {
		t.Fatal(err)
	}
	sid := strings.TrimSuffix(u.Path[strings.LastIndexByte(u.Path, '/')+1:], ".json")
	if got := deliver(t, s, Inbound{To: sid, From: contact, Channel: "messaging", Body: "hi"}); got != contact+" "+myNumber+" "+myNumber+"  end" {
		t.Errorf("%q", got)
	}
}
