package sandbox

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

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

// flowOn creates the tea flow and points the number at it.
func flowOn(t testing.TB, s *Sandbox) (sid string) {
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
		t.Errorf("started on revision 1: %s", got)
	}
	text(t, s, "hi")
	if got := text(t, s, "yes"); got != "V2 yes end" {
		t.Errorf("started on the published revision: %s", got)
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
		t.Errorf("the widget after the timeout got the answer, not %s", got)
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

func TestExecutionEndsAfterThirtyDaysWhateverItWaitsFor(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	patient := strings.ReplaceAll(teaFlow, `"timeout":"3600"`, `"timeout":"86400000"`)
	flow := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "tea", "Status", "published", "Definition", patient))["sid"].(string)
	point(t, s, "SmsUrl", flowWebhookURL(StarterAccountSID, flow))
	text(t, s, "hi")
	now = now.Add(executionAge)
	ended := executionsOf(t, s, flow, "ended")
	if len(ended) != 1 {
		t.Fatalf("%v ended", ended)
	}
	context := must(t, s, 200, "GET", studioFlowsURL+"/"+flow+"/Executions/"+ended[0]+"/Context", nil)["context"].(map[string]any)
	if widgets := context["widgets"].(map[string]any); widgets["ask"] == nil || widgets["late"] != nil {
		t.Errorf("it timed out instead of ending: %v", widgets)
	}
}

func TestSubflowKeepsItsRevision(t *testing.T) {
	s := predictable()
	asks := strings.Replace(teaFlow, `{"event":"incomingCall","next":"menu"}`, `{"event":"incomingParent","next":"ask"}`, 1)
	child := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "child", "Status", "published", "Definition", asks))["sid"].(string)
	parent := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", "parent", "Status", "published", "Definition", `{"initial_state":"Trigger","description":"","states":[
		{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"child"}],"properties":{}},
		{"type":"run-subflow","name":"child","transitions":[{"event":"completed"},{"event":"failed"}],
			"properties":{"flow_sid":"`+child+`","flow_revision":"LatestPublished","parameters":[]}}]}`))["webhook_url"].(string)
	point(t, s, "SmsUrl", parent)
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Fatal(got)
	}
	must(t, s, 200, "POST", studioFlowsURL+"/"+child, form("Status", "published", "Definition", strings.ReplaceAll(asks, "V1", "V2")))
	if got := text(t, s, "yes"); got != "V1 yes end" {
		t.Error(got)
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

func TestExecutionThatCannotGoOnEnds(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	flow := flowOn(t, s)
	text(t, s, "hi")
	sid := executionsOf(t, s, flow, "active")[0]
	if err := s.change(func(st *state) error {
		e, _ := executions.get(st, sid)
		e.Conversation = []byte(`[]`)
		executions.put(st, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	if ended := executionsOf(t, s, flow, "ended"); len(ended) != 1 || len(s.Errors()) != 1 {
		t.Errorf("%v ended, errors %+v", ended, s.Errors())
	}
}
