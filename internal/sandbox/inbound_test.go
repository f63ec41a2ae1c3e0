package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
)

const (
	myNumber = "+447700900123"
	contact  = "+447700900999"
)

// text sends a message to the number and tells the answers and the errors.
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
func point(t *testing.T, s *Sandbox, pairs ...string) {
	t.Helper()
	must(t, s, 200, "POST", numberPathOf(t, s, myNumber), form(pairs...))
}

const teaFlow = `{"initial_state":"Trigger","description":"","states":[
	{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"ask"},{"event":"incomingCall","next":"menu"}],"properties":{}},
	{"type":"send-and-wait-for-reply","name":"ask","transitions":[{"event":"incomingMessage","next":"thanks"},{"event":"timeout","next":"late"},{"event":"deliveryFailure"}],
		"properties":{"from":"{{flow.channel.address}}","body":"Tea?","timeout":"3600"}},
	{"type":"send-message","name":"thanks","transitions":[],"properties":{"from":"{{flow.channel.address}}","body":"V1 {{widgets.ask.inbound.Body}}"}},
	{"type":"send-and-wait-for-reply","name":"late","transitions":[{"event":"incomingMessage","next":"thanks"},{"event":"timeout"},{"event":"deliveryFailure"}],
		"properties":{"from":"{{flow.channel.address}}","body":"Still there?","timeout":"3600"}},
	{"type":"gather-input-on-call","name":"menu","transitions":[{"event":"keypress","next":"pressed"},{"event":"speech"},{"event":"timeout","next":"menu2"}],"properties":{"say":"Press"}},
	{"type":"gather-input-on-call","name":"menu2","transitions":[{"event":"keypress","next":"pressed"},{"event":"speech"},{"event":"timeout"}],"properties":{"say":"Do press"}},
	{"type":"say-play","name":"pressed","transitions":[{"event":"audioComplete","next":"menu"}],"properties":{"say":"{{widgets.menu.Digits}}"}}]}`

// flowOn makes the tea flow and points the number at it.
func flowOn(t *testing.T, s *Sandbox) (sid string) {
	t.Helper()
	made := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "tea", "Status", "published", "Definition", teaFlow))
	point(t, s, "SmsUrl", made["webhook_url"].(string), "VoiceUrl", made["webhook_url"].(string))
	return made["sid"].(string)
}

func executionsOf(t *testing.T, s *Sandbox, flow, status string) []string {
	t.Helper()
	page := must(t, s, 200, "GET", studioFlowsURL+"/"+flow+"/Executions?status="+status, nil)
	return column(t, page, "executions", "sid")
}

func TestFlowAnswersMessages(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Fatal(got)
	}
	other := deliver(t, s, Inbound{To: myNumber, From: "+447700900998", Channel: "messaging", Body: "hi"})
	active := executionsOf(t, s, flow, "active")
	if other != "Tea? wait" || len(active) != 2 {
		t.Fatalf("%s, %v run", other, active)
	}
	context := must(t, s, 200, "GET", studioFlowsURL+"/"+flow+"/Executions/"+active[1]+"/Context", nil)["context"].(map[string]any)
	if got := context["widgets"].(map[string]any)["ask"].(map[string]any)["outbound"].(map[string]any)["Body"]; got != "Tea?" {
		t.Errorf("context %v", context)
	}
	if got := text(t, s, "yes"); got != "V1 yes end" {
		t.Error(got)
	}
	if ended := executionsOf(t, s, flow, "ended"); len(ended) != 1 || ended[0] != active[1] {
		t.Errorf("%v ended", ended)
	}
	if got := text(t, s, "again"); got != "Tea? wait" {
		t.Error(got)
	}
}

func TestExecutionKeepsItsRevision(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	text(t, s, "hi")
	must(t, s, 200, "POST", studioFlowsURL+"/"+flow, form("Status", "published", "Definition", strings.ReplaceAll(teaFlow, "V1", "V2")))
	must(t, s, 200, "POST", studioFlowsURL+"/"+flow, form("Status", "draft", "Definition", strings.ReplaceAll(teaFlow, "V1", "V3")))
	if got := text(t, s, "yes"); got != "V1 yes end" {
		t.Errorf("begun on revision 1: %s", got)
	}
	text(t, s, "hi")
	if got := text(t, s, "yes"); got != "V2 yes end" {
		t.Errorf("begun on the published revision: %s", got)
	}
}

func TestExecutionEndedByAPIBeginsAnew(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	text(t, s, "hi")
	sid := executionsOf(t, s, flow, "active")[0]
	must(t, s, 200, "POST", studioFlowsURL+"/"+flow+"/Executions/"+sid, form("Status", "ended"))
	if got := text(t, s, "yes"); got != "Tea? wait" {
		t.Error(got)
	}
}

func TestWaitsTimeOut(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	flow := flowOn(t, s)
	text(t, s, "hi")
	now = start.Add(90 * time.Minute)
	if active := executionsOf(t, s, flow, "active"); len(active) != 1 {
		t.Fatalf("after the first timeout %v run", active)
	}
	if got := text(t, s, "yes"); got != "V1  end" {
		t.Errorf("the widget behind the timeout got the answer, not %s", got)
	}
	text(t, s, "hi")
	now = now.Add(2*time.Hour + time.Second)
	if active := executionsOf(t, s, flow, "active"); len(active) != 0 {
		t.Errorf("after both timeouts %v run", active)
	}
	ended := must(t, s, 200, "GET", studioFlowsURL+"/"+flow+"/Executions?status=ended", nil)
	if dates := column(t, ended, "executions", "date_updated"); dates[0] != "2026-11-21T11:30:00Z" {
		t.Errorf("it ended at %v, not when it timed out", dates)
	}
}

func TestCallGoesOnUntilItEnds(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	steps := []struct {
		change func(*Inbound)
		want   string
	}{
		{func(*Inbound) {}, "Press wait"},
		{func(in *Inbound) { in.Digits = "12#" }, "12 Press wait"},
		{func(*Inbound) {}, "Do press wait"},
		{func(in *Inbound) { in.Body = "hello" }, "end"},
		{func(in *Inbound) { in.Hangup = true }, "end"},
		{func(*Inbound) {}, "Press wait"},
		{func(in *Inbound) { in.Hangup = true }, "end"},
	}
	for i, step := range steps {
		in := call
		step.change(&in)
		if got := deliver(t, s, in); got != step.want {
			t.Fatalf("step %d: %s, want %s", i, got, step.want)
		}
	}
	if got := len(executionsOf(t, s, flow, "ended")); got != 2 {
		t.Errorf("%d calls ended", got)
	}
}

func TestCallInProgressStaysWithItsBot(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, call)
	inert := must(t, s, 201, "POST", appsOf, form("FriendlyName", "suspended"))["sid"].(string)
	point(t, s, "VoiceApplicationSid", inert)
	call.Digits = "1"
	answer, err := s.Inbound(call)
	if err != nil || answer.Bot == nil || answer.Bot.SID != flow || answer.Ended {
		t.Errorf("%+v %v", answer, err)
	}
	deliver(t, s, Inbound{To: myNumber, From: contact, Channel: "voice", Hangup: true})
	if got := deliver(t, s, call); got != "end" {
		t.Errorf("a new call is not silent: %s", got)
	}
}

func TestConversationsSurviveOnTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	flowOn(t, first)
	text(t, first, "hi")
	second, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, second, "yes"); got != "V1 yes end" {
		t.Error(got)
	}
	if got := text(t, first, "hi"); got != "Tea? wait" {
		t.Error(got)
	}
}

// assistantOn makes an assistant that asks for a tea and points the number at it.
func assistantOn(t *testing.T, s *Sandbox, query string) (path string) {
	t.Helper()
	made := must(t, s, 201, "POST", "https://autopilot.twilio.com/v1/Assistants", form("UniqueName", "tea",
		"Defaults", `{"defaults":{"assistant_initiation":"task://order","fallback":"task://sorry"}}`))
	path = "https://autopilot.twilio.com/v1/Assistants/" + made["sid"].(string)
	kind := must(t, s, 201, "POST", path+"/FieldTypes", form("UniqueName", "TEA"))["sid"].(string)
	must(t, s, 201, "POST", path+"/FieldTypes/"+kind+"/FieldValues", form("Language", "en-US", "Value", "Earl Grey"))
	must(t, s, 201, "POST", path+"/FieldTypes/"+kind+"/FieldValues", form("Language", "en-US", "Value", "grey", "SynonymOf", "Earl Grey"))
	for name, actions := range map[string]string{
		"sorry": `[{"say":"Sorry"}]`, "thanks": `[{"say":"Thanks"},{"listen":true}]`,
		"order": `[{"collect":{"name":"o","questions":[{"question":"Which?","name":"tea","type":"TEA"}],"on_complete":{"redirect":"task://thanks"}}}]`,
	} {
		task := must(t, s, 201, "POST", path+"/Tasks", form("UniqueName", name, "Actions", `{"actions":`+actions+`}`))["sid"].(string)
		must(t, s, 201, "POST", path+"/Tasks/"+task+"/Fields", form("UniqueName", "tea", "FieldType", kind))
		must(t, s, 201, "POST", path+"/Tasks/"+task+"/Samples", form("Language", "en-US", "TaggedText", name+" a {tea}"))
	}
	base := "https://channels.autopilot.twilio.com/v1/" + StarterAccountSID + "/" + made["sid"].(string)
	point(t, s, "SmsUrl", base+"/twilio-messaging"+query, "VoiceUrl", base+"/twilio-voice"+query)
	return path
}

func TestAssistantAnswers(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	path := assistantOn(t, s, "")
	if got := text(t, s, "order a grey"); got != "Sorry end" {
		t.Errorf("without a model: %s", got)
	}
	must(t, s, 201, "POST", path+"/ModelBuilds", nil)
	now = now.Add(time.Minute)
	for _, step := range []struct{ said, want string }{
		{"Order a grey!", "Which? wait"}, {"beer", "I didn't get that. What did you say? wait"}, {"Earl Grey", "Thanks wait"}, {"xyzzy", "Sorry end"},
	} {
		if got := text(t, s, step.said); got != step.want {
			t.Fatalf("%s: %s, want %s", step.said, got, step.want)
		}
	}
	text(t, s, "order a grey")
	now = now.Add(4 * time.Hour)
	if got := text(t, s, "beer"); got != "Sorry end" {
		t.Errorf("four hours later: %s", got)
	}
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	if got := deliver(t, s, call); got != "Which? wait" {
		t.Errorf("a call: %s", got)
	}
	call.Body = "grey"
	if got := deliver(t, s, call); got != "Thanks wait" {
		t.Errorf("a call: %s", got)
	}
}

func TestWebhookNamesTheTaskAndTheMemory(t *testing.T) {
	s := predictable()
	path := assistantOn(t, s, `?TargetTask=order&Memory=`+url.QueryEscape(`{"vip":true}`))
	if got := text(t, s, "whatever"); got != "Which? wait" {
		t.Fatal(got)
	}
	var dialogue string
	for sid := range s.state.tables["autopilot_dialogues"] {
		dialogue = sid
	}
	fetched := must(t, checked(t, s), 200, "GET", path+"/Dialogues/"+dialogue, nil)
	if memory := fetched["data"].(map[string]any)["memory"].(map[string]any); memory["vip"] != true {
		t.Errorf("%v", fetched)
	}
}

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
		journal := s.Journal()
		if len(journal) != 1 || journal[0].Error == nil || journal[0].Error.Code != 11200 || !strings.Contains(target, journal[0].Host) ||
			!strings.Contains(journal[0].Error.Message, "loopback") {
			t.Errorf("%s: journal %+v", target, journal)
		}
	}
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
	for _, e := range s.Journal() {
		if e.Error != nil {
			t.Errorf("%+v", e.Error)
		}
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
		t.Errorf("20 messages made %d conversations of two", len(ended))
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
