package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

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
			t.Errorf("%s %s is not signed right", r.Method, r.URL)
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
		t.Errorf("%d calls are kept after their end", rows)
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
