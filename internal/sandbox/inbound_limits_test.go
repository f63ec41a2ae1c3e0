package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// bots are a bot of each kind on the number, whose calls start with a question and
// request a webhook when keys are pressed.
func bots(t *testing.T, pressed func()) map[string]func(s *Sandbox) {
	t.Helper()
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Digits") == "" && r.URL.Path == "/call" {
			_, _ = io.WriteString(w, `<Response><Gather><Say>Press</Say></Gather></Response>`)
			return
		}
		pressed()
		if r.URL.Path == "/actions" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"actions":[{"say":"Pressed"},{"listen":true}]}`)
			return
		}
		_, _ = io.WriteString(w, `<Response><Gather><Say>Pressed</Say></Gather></Response>`)
	})
	return map[string]func(s *Sandbox){
		"webhook_calls": func(s *Sandbox) { point(t, s, "VoiceUrl", base+"/call") },
		"studio_executions": func(s *Sandbox) {
			flow := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "x", "Status", "published", "Definition", `{"initial_state":"Trigger","states":[
				{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingCall","next":"ask"}],"properties":{}},
				{"type":"gather-input-on-call","name":"ask","transitions":[{"event":"keypress","next":"tell"},{"event":"speech"},{"event":"timeout"}],"properties":{"say":"Press"}},
				{"type":"make-http-request","name":"tell","transitions":[{"event":"success","next":"more"},{"event":"failed"}],"properties":{"method":"GET","url":"`+base+`/tell"}},
				{"type":"gather-input-on-call","name":"more","transitions":[{"event":"keypress"},{"event":"speech"},{"event":"timeout"}],"properties":{"say":"Pressed"}}]}`))
			point(t, s, "VoiceUrl", flow["webhook_url"].(string))
		},
		"autopilot_dialogues": func(s *Sandbox) {
			made := must(t, s, 201, "POST", "https://autopilot.twilio.com/v1/Assistants", form("UniqueName", "x",
				"Defaults", `{"defaults":{"assistant_initiation":"task://ask"}}`))["sid"].(string)
			must(t, s, 201, "POST", "https://autopilot.twilio.com/v1/Assistants/"+made+"/Tasks", form("UniqueName", "ask",
				"Actions", `{"actions":[{"say":"Press"},{"listen":{"voice_digits":{"num_digits":1,"redirects":{"1":"`+base+`/actions"}}}}]}`))
			point(t, s, "VoiceUrl", "https://channels.autopilot.twilio.com/v1/"+StarterAccountSID+"/"+made+"/twilio-voice")
		},
	}
}

func TestCallMayLastFourHours(t *testing.T) {
	for name, put := range bots(t, func() {}) {
		now := start
		s := predictable(WithClock(func() time.Time { return now }))
		put(s)
		call, key := Inbound{To: myNumber, From: contact, Channel: "voice"}, Inbound{To: myNumber, From: contact, Channel: "voice", Digits: "1"}
		got := []string{deliver(t, s, call)}
		now = now.Add(callLimit - time.Second)
		got = append(got, deliver(t, s, key))
		now = now.Add(callLimit)
		if got = append(got, deliver(t, s, key)); strings.Join(got, ", ") != "Press wait, Pressed wait, Press wait" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// While a bot waits for its webhook, its conversation may be removed: here the whole
// sandbox is reset.
func TestConversationRemovedWhileItsBotIsBusyStaysSo(t *testing.T) {
	var s *Sandbox
	for table, put := range bots(t, func() {
		if err := s.Reset(); err != nil {
			t.Error(err)
		}
	}) {
		s = predictable()
		put(s)
		deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice"})
		if rows := len(s.state.tables[table]); rows != 1 {
			t.Fatalf("%d rows in %s during the call", rows, table)
		}
		if got := deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice", Digits: "1"}); got != "Pressed wait" {
			t.Errorf("%s: %s", table, got)
		}
		if rows := len(s.state.tables[table]); rows != 0 {
			t.Errorf("%d rows are back in %s", rows, table)
		}
	}
}

func TestExecutionEndedWhileItsWebhookIsAskedStaysEnded(t *testing.T) {
	var s *Sandbox
	end := func() {
		for sid := range s.state.tables["studio_executions"] {
			if err := s.EndExecution(sid); err != nil {
				t.Error(err)
			}
		}
	}
	put := bots(t, func() { end() })["studio_executions"]
	s = predictable()
	put(s)
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, call)
	deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice", Digits: "1"})
	if got := deliver(t, s, call); got != "Press wait" {
		t.Errorf("the call continues: %s", got)
	}
}

func TestNumberIsNotAnsweredByTheFlowOfAnotherAccount(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	other, err := s.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddNumber(fmt.Sprintf(`{"phone_number":"+12025550111","account_sid":%q,"sms_url":%q}`, other.AccountSID, flowWebhookURL(StarterAccountSID, flow))); err != nil {
		t.Fatal(err)
	}
	answer, err := s.Inbound(Inbound{To: "+12025550111", From: contact, Channel: "messaging", Body: "hi"})
	if err != nil || answer.Status != InboundDangling || len(answer.Answers) != 0 {
		t.Errorf("%+v %v", answer, err)
	}
}

func TestTwoNumbersOfAFlowHoldTwoConversations(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	must(t, s, 200, "POST", numberPathOf(t, s, "+12025550142"), form("SmsUrl", flowWebhookURL(StarterAccountSID, flow)))
	for _, to := range []string{myNumber, "+12025550142"} {
		if got := deliver(t, s, Inbound{To: to, From: contact, Channel: "messaging", Body: "hi"}); got != "Tea? wait" {
			t.Errorf("%s: %s", to, got)
		}
	}
}

func TestExecutionThatBeganWhileItsFlowWasDeletedIsNotKept(t *testing.T) {
	s := predictable()
	var flow string
	base := hook(t, func(http.ResponseWriter, *http.Request) {
		must(t, s, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	})
	flow = must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "x", "Status", "published", "Definition", `{"initial_state":"Trigger","states":[
		{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"tell"}],"properties":{}},
		{"type":"make-http-request","name":"tell","transitions":[{"event":"success"},{"event":"failed"}],"properties":{"method":"GET","url":"`+base+`/"}}]}`))["sid"].(string)
	point(t, s, "SmsUrl", flowWebhookURL(StarterAccountSID, flow))
	text(t, s, "hi")
	if rows := len(s.state.tables["studio_executions"]); rows != 0 {
		t.Errorf("%d executions exist after their flow", rows)
	}
}

// The resolved address is checked on dialling, so that no name leads to another machine.
func TestOnlyLoopbackAddressesAreDialled(t *testing.T) {
	for address, allowed := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "10.0.0.1:80": false, "[2001:db8::1]:80": false, "127.0.0.1": false} {
		if err := dialLoopback("tcp", address, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}
