package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
)

// hook is a webhook on this machine that answers TwiML.
func hook(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestWebhooksAreSignedAsTwilioSigns(t *testing.T) {
	s := predictable()
	validator := client.NewRequestValidator(StarterAuthToken)
	var base string
	base = hook(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		params := map[string]string{}
		if r.Method == http.MethodPost {
			for name := range r.PostForm {
				params[name] = r.PostForm.Get(name)
			}
		}
		if !validator.Validate(base+r.URL.String(), params, r.Header.Get("X-Twilio-Signature")) {
			t.Errorf("%s %s has a wrong signature", r.Method, r.URL)
		}
		if r.URL.Path == "/kept" {
			http.Redirect(w, r, "/here", http.StatusTemporaryRedirect)
			return
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/here?"+r.Form.Encode(), http.StatusFound)
			return
		}
		fmt.Fprintf(w, "<Response><Message>%s %s %s</Message></Response>", r.Form.Get("Body"), r.Form.Get("From"), r.Form.Get("AccountSid"))
	})
	want := "hi & bye " + contact + " " + StarterAccountSID + " end"
	for _, test := range [][]string{
		{"SmsUrl", base + "/sms?a=b&c=d"}, {"SmsUrl", base + "/sms?a=b", "SmsMethod", "GET"}, {"SmsUrl", base + "/sms", "SmsMethod", "GET"}, {"SmsUrl", base + "/moved", "SmsMethod", "GET"},
		{"SmsUrl", base + "/kept", "SmsMethod", "POST"},
	} {
		point(t, s, test...)
		if got := text(t, s, "hi &amp; bye"); got != want {
			t.Errorf("%v: %s, want %s", test, got, want)
		}
	}
}

func TestApplicationAnswersItsCall(t *testing.T) {
	s := predictable()
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if digits := r.FormValue("Digits"); digits != "" {
			fmt.Fprintf(w, "<Response><Say>You pressed %s</Say></Response>", digits)
			return
		}
		_, _ = io.WriteString(w, `<Response><Gather numDigits="1"><Say>Press</Say></Gather></Response>`)
	})
	app := must(t, s, 201, "POST", appsOf, form("FriendlyName", "bot", "VoiceUrl", base))["sid"].(string)
	point(t, s, "VoiceApplicationSid", app)
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	answer, err := s.Inbound(call)
	if err != nil || answer.Bot == nil || answer.Bot.SID != app || answer.Ended || answer.Answers[0].Type != "say" {
		t.Fatalf("%+v %v", answer, err)
	}
	call.Digits = "7"
	if got := deliver(t, s, call); got != "You pressed 7 end" {
		t.Error(got)
	}
	if rows := len(s.state.tables["webhook_calls"]); rows != 0 {
		t.Errorf("%d calls are stored after their end", rows)
	}
}

func TestCallNobodyHangsUpIsForgotten(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	base := hook(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<Response><Gather><Say>Press</Say></Gather></Response>`)
	})
	point(t, s, "VoiceUrl", base)
	for range 3 {
		if got := deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice"}); got != "Press wait" {
			t.Fatal(got)
		}
		now = now.Add(callLimit)
	}
	if rows := len(s.state.tables["webhook_calls"]); rows != 1 {
		t.Errorf("%d calls are stored, not only the last", rows)
	}
}

func TestFallbackIsAskedWhenTheFirstFails(t *testing.T) {
	s := predictable()
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "<Response><Message>%s %s</Message></Response>", r.FormValue("ErrorCode"), r.FormValue("ErrorUrl"))
	})
	flow := flowOn(t, s)
	gone := flowWebhookURL(StarterAccountSID, flow)
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	for primary, want := range map[string]string{
		base + "/broken":          "11200 " + base + "/broken !11200 end",
		"https://example.com/bot": "11200 https://example.com/bot !11200 end",
		gone:                      "11200 " + gone + " !11200 end",
	} {
		point(t, s, "SmsUrl", primary, "SmsFallbackUrl", base+"/fallback")
		if got := text(t, s, "hi"); got != want {
			t.Errorf("%s: %s, want %s", primary, got, want)
		}
	}
	flow = flowOn(t, s)
	point(t, s, "SmsUrl", gone, "SmsFallbackUrl", flowWebhookURL(StarterAccountSID, flow))
	answer, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
	if err != nil || answer.Bot == nil || answer.Bot.SID != flow || answer.Ended || len(answer.Errors) != 1 {
		t.Errorf("a bot as the fallback: %+v %v", answer, err)
	}
}

func TestOtherMachinesAreNeverCalled(t *testing.T) {
	s := predictable()
	elsewhere := hook(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.com/", http.StatusFound)
	})
	for _, target := range []string{"https://example.com/bot?token=x", elsewhere, "http://10.0.0.1/", "http://127.0.0.1.example.com/"} {
		point(t, s, "SmsUrl", target)
		s.ClearJournal()
		if got := text(t, s, "hi"); got != "!11200 end" {
			t.Errorf("%s: %s", target, got)
		}
		journal := s.Errors()
		if len(s.Journal()) != 0 || len(journal) != 1 || journal[0].Error.Code != 11200 || !strings.Contains(target, journal[0].Host) ||
			!strings.Contains(journal[0].Error.Message, "loopback") {
			t.Errorf("%s: journal %+v", target, journal)
		}
	}
}

func TestWebhookMayCallTheSandboxBack(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "twilio.sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	base := hook(t, func(w http.ResponseWriter, _ *http.Request) {
		page := must(t, s, 200, "GET", numbersOf, nil)
		fmt.Fprintf(w, "<Response><Message>%d numbers</Message></Response>", len(column(t, page, "incoming_phone_numbers", "sid")))
	})
	point(t, s, "SmsUrl", base)
	if got := text(t, s, "hi"); got != "3 numbers end" {
		t.Error(got)
	}
}

func TestFailuresOfWebhooksHaveTwiliosCodes(t *testing.T) {
	s := predictable()
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/large":
			_, _ = w.Write(make([]byte, maxAnswer+1))
		case "/json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{}`)
		case "/broken":
			_, _ = io.WriteString(w, `<Response>`)
		case "/gone":
			http.NotFound(w, r)
		case "/again":
			http.Redirect(w, r, "/sms", http.StatusTemporaryRedirect)
		default:
			fmt.Fprintf(w, "<Response><Message>%s</Message></Response>", r.PostFormValue("Body"))
		}
	})
	for target, want := range map[string]string{
		base + "/loop": "!11215 end", base + "/large": "!11750 end", base + "/json": "!12300 end", base + "/broken": "!12100 end",
		base + "/gone": "!11200 end", base + "/again": "hi end", "http://127.0.0.1:1/": "!11205 end",
		strings.Replace(base, "127.0.0.1", "localhost", 1) + "/sms": "hi end",
	} {
		point(t, s, "SmsUrl", target)
		s.ClearJournal()
		if got := text(t, s, "hi"); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
		if failed := s.Errors(); len(failed) > 0 && (failed[0].Method != http.MethodPost || failed[0].Path == "") {
			t.Errorf("%s: %+v", target, failed[0])
		}
	}
}

func TestOtherAccountsSignWithTheirOwnToken(t *testing.T) {
	s := New()
	other, err := s.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	validator := client.NewRequestValidator(other.AuthToken)
	var base string
	signed := false
	base = hook(t, func(w http.ResponseWriter, r *http.Request) {
		signed = validator.Validate(base+r.URL.String(), nil, r.Header.Get("X-Twilio-Signature"))
		_, _ = io.WriteString(w, "<Response/>")
	})
	if _, err := s.AddNumber(`{"phone_number":"+12025550111","account_sid":"` + other.AccountSID + `","sms_url":"` + base + `/","sms_method":"GET"}`); err != nil {
		t.Fatal(err)
	}
	if got := deliver(t, s, Inbound{To: "+12025550111", From: contact, Channel: "messaging"}); got != "end" || !signed {
		t.Errorf("%s, signed: %v", got, signed)
	}
}

func TestHandedOverCallOfAFlowGoesOn(t *testing.T) {
	s := predictable()
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Digits") == "" {
			_, _ = io.WriteString(w, `<Response><Gather><Say>PIN?</Say></Gather></Response>`)
			return
		}
		_, _ = io.WriteString(w, `<Response><Redirect>https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1?FlowEvent=return</Redirect></Response>`)
	})
	made := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "pin", "Status", "published", "Definition", `{"initial_state":"Trigger","states":[
		{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingCall","next":"pin"}],"properties":{}},
		{"type":"add-twiml-redirect","name":"pin","transitions":[{"event":"return","next":"ok"},{"event":"timeout"},{"event":"fail"}],"properties":{"url":"`+base+`/pin","method":"POST","timeout":"0"}},
		{"type":"say-play","name":"ok","transitions":[{"event":"audioComplete"}],"properties":{"say":"Welcome"}}]}`))
	point(t, s, "VoiceUrl", made["webhook_url"].(string))
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	if got := deliver(t, s, call); got != "PIN? wait" {
		t.Fatal(got)
	}
	call.Digits = "1234"
	if got := deliver(t, s, call); got != "Welcome end" {
		t.Error(got)
	}
}

// A flow requests a webhook when its contact did not answer in time. Requests that ask
// for executions meanwhile wait for it: they do not request it again.
func TestTimeoutRunsOnceHoweverManyAskForExecutions(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	var flow string
	asked := 0
	base := hook(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked > 1 {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
		defer cancel()
		s.ServeHTTP(httptest.NewRecorder(), request("GET", studioFlowsURL+"/"+flow+"/Executions", nil).WithContext(ctx))
	})
	flow = must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "late", "Status", "published", "Definition", `{"initial_state":"Trigger","states":[
		{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"ask"}],"properties":{}},
		{"type":"send-and-wait-for-reply","name":"ask","transitions":[{"event":"incomingMessage"},{"event":"timeout","next":"tell"},{"event":"deliveryFailure"}],
			"properties":{"from":"{{flow.channel.address}}","body":"Tea?","timeout":"60"}},
		{"type":"make-http-request","name":"tell","transitions":[{"event":"success"},{"event":"failed"}],"properties":{"method":"GET","url":"`+base+`/late"}}]}`))["sid"].(string)
	point(t, s, "SmsUrl", flowWebhookURL(StarterAccountSID, flow))
	text(t, s, "hi")
	now = now.Add(time.Hour)
	if ended := executionsOf(t, s, flow, "ended"); len(ended) != 1 || asked != 1 {
		t.Errorf("%v ended, and the webhook was requested %d times", ended, asked)
	}
}
