package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	myNumber = "+447700900123"
	contact  = "+447700900999"
)

// text sends a message to the number and returns the answers and the errors.
func text(t *testing.T, s *Sandbox, body string) string {
	t.Helper()
	return deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "messaging", Body: body})
}

func deliver(t *testing.T, s *Sandbox, in Inbound) string {
	t.Helper()
	answer, err := s.Inbound(in)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, a := range answer.Answers {
		fmt.Fprintf(&b, "%s ", a.Text)
	}
	for _, e := range answer.Errors {
		fmt.Fprintf(&b, "!%d ", e.Code)
	}
	if answer.Ended {
		return b.String() + "end"
	}
	return b.String() + "wait"
}

// point changes a field of the number.
func point(t testing.TB, s *Sandbox, pairs ...string) {
	t.Helper()
	must(t, s, 200, "POST", numberPathOf(t, s, myNumber), form(pairs...))
}

func TestNobodyAnswersWithoutAnError(t *testing.T) {
	s := predictable()
	inert := must(t, s, 201, "POST", appsOf, form("FriendlyName", "suspended"))["sid"].(string)
	s.ClearJournal()
	if got := text(t, s, "hi"); got != "end" {
		t.Errorf("a free number: %s", got)
	}
	point(t, s, "SmsUrl", "http://127.0.0.1:1/", "SmsApplicationSid", inert)
	if got := text(t, s, "hi"); got != "end" {
		t.Errorf("a silenced number: %s", got)
	}
	if _, err := s.AddMessagingService(`{"friendly_name":"campaign","phone_numbers":["` + myNumber + `"]}`); err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "hi"); got != "end" {
		t.Errorf("a number of a service without a URL: %s", got)
	}
	if failed := s.Errors(); len(failed) != 0 {
		t.Errorf("%+v", failed)
	}
}

func TestDanglingNumberIsAnErrorInTheJournal(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	s.ClearJournal()
	if got := text(t, s, "hi"); got != "!11200 end" {
		t.Error(got)
	}
	if journal := turn(t, s, 200, "GET", "journal", ""); !strings.Contains(journal, `"host":"webhooks.twilio.com"`) || !strings.Contains(journal, `"code":11200`) {
		t.Error(journal)
	}
}

func TestServiceAnswersBeforeTheNumber(t *testing.T) {
	s := predictable()
	flowOn(t, s)
	base := hook(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<Response><Message>service</Message></Response>")
	})
	sid, err := s.AddMessagingService(`{"friendly_name":"campaign","inbound_request_url":"` + base + `","phone_numbers":["` + myNumber + `"]}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "hi"); got != "service end" {
		t.Error(got)
	}
	must(t, s, 200, "POST", "https://messaging.twilio.com/v1/Services/"+sid, form("UseInboundWebhookOnNumber", "true"))
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Error(got)
	}
}

func TestInboundOfOneContactComesInOrder(t *testing.T) {
	s := New()
	flow := flowOn(t, s)
	done := make(chan error)
	for range 20 {
		go func() {
			_, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if ended := executionsOf(t, s, flow, "ended"); len(ended) != 10 {
		t.Errorf("20 messages gave %d conversations of two", len(ended))
	}
}

func TestInboundAnswerIsJSON(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	var answer map[string]any
	if err := json.Unmarshal([]byte(turn(t, s, 200, "POST", "inbound", `{"to":"`+myNumber+`","from":"`+contact+`","channel":"messaging","body":"hi"}`)), &answer); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"bot": map[string]any{"sid": flow, "friendly_name": "tea", "engine": "studio"}, "answers": []any{map[string]any{"type": "message", "text": "Tea?"}},
		"ended": false, "status": "bot", "via": "sms_url", "url": flowWebhookURL(StarterAccountSID, flow),
	}
	if got, wanted := string(encodeJSON(answer)), string(encodeJSON(want)); got != wanted {
		t.Errorf("%s\nwant %s", got, wanted)
	}
}
