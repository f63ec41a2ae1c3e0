package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	studio "github.com/twilio/twilio-go/rest/studio/v2"
)

// executionOf creates an execution by its knob and returns its SID.
func executionOf(t *testing.T, s *Sandbox, flow, contact, channel string) string {
	t.Helper()
	sid, err := s.AddExecution(Execution{FlowSID: flow, Contact: contact, Channel: channel})
	if err != nil {
		t.Fatal(err)
	}
	return sid
}

func TestExecutionIsEndedAndDeleted(t *testing.T) {
	s := predictable()
	flow := newFlow(t, s, "greeter", "published")
	sid := executionOf(t, s, flow, "+447700900999", "voice")
	path := studioFlowsURL + "/" + flow + "/Executions/" + sid
	fetched := must(t, s, 200, "GET", path, nil)
	for key, want := range map[string]any{
		"sid": sid, "flow_sid": flow, "flow_version": 1.0, "status": "active",
		"contact_channel_address": "+447700900999", "date_created": "2026-11-21T08:00:00Z", "url": path,
	} {
		if fetched[key] != want {
			t.Errorf("%s is %v, want %v", key, fetched[key], want)
		}
	}
	if !strings.HasPrefix(fetched["initiated_by"].(string), "CA") {
		t.Errorf("a call started %v", fetched["initiated_by"])
	}
	context := must(t, s, 200, "GET", path+"/Context", nil)["context"].(map[string]any)
	if call := context["trigger"].(map[string]any)["call"].(map[string]any); call["From"] != "+447700900999" {
		t.Errorf("context %v", context)
	}
	must(t, s, 409, "DELETE", path, nil)
	must(t, s, 400, "POST", path, form("Status", "active"))
	must(t, s, 400, "POST", path, nil)
	if ended := must(t, s, 200, "POST", path, form("Status", "ended")); ended["status"] != "ended" {
		t.Errorf("ended is %v", ended["status"])
	}
	must(t, s, 409, "POST", path, form("Status", "ended"))
	must(t, s, 204, "DELETE", path, nil)
	must(t, s, 404, "GET", path, nil)
}

func TestExecutionsAreListedByStatusAndDate(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	h := checked(t, s)
	flow := newFlow(t, s, "greeter", "published")
	old := executionOf(t, s, flow, "+447700900991", "messaging")
	now = now.Add(time.Hour)
	young := executionOf(t, s, flow, "+447700900992", "messaging")
	other := newFlow(t, s, "other", "published")
	executionOf(t, s, other, "+447700900991", "messaging")
	if err := s.EndExecution(old); err != nil {
		t.Fatal(err)
	}
	list := studioFlowsURL + "/" + flow + "/Executions"
	for query, want := range map[string]string{
		"":                                      young + " " + old,
		"?status=active":                        young,
		"?Status=ended":                         old,
		"?DateCreatedFrom=2026-11-21T08:30:00Z": young,
		"?DateCreatedTo=2026-11-21T09:00:00Z":   old,
	} {
		handler := h
		if strings.HasPrefix(query, "?Status") {
			handler = s // Twilio's document spells it in lower case
		}
		page := must(t, handler, 200, "GET", list+query, nil)
		if got := strings.Join(column(t, page, "executions", "sid"), " "); got != want {
			t.Errorf("%q lists %s, want %s", query, got, want)
		}
	}
	now = now.Add(executionAge)
	if got := column(t, must(t, h, 200, "GET", list+"?status=active", nil), "executions", "sid"); len(got) != 0 {
		t.Errorf("after 30 days %v still run", got)
	}
}

func TestTwiliosClientListsAndEndsExecutions(t *testing.T) {
	s := New()
	twilio := studio.NewApiService(twilioHandler(s))
	flow := newFlow(t, s, "greeter", "published")
	for i := range 3 {
		executionOf(t, s, flow, fmt.Sprintf("+44770090099%d", i), "messaging")
	}
	active := (&studio.ListExecutionParams{}).SetStatus("active").SetPageSize(1)
	found, err := twilio.ListExecution(flow, active)
	if err != nil || len(found) != 3 {
		t.Fatalf("%d executions over three pages, %v", len(found), err)
	}
	sid := *found[0].Sid
	if _, err := twilio.UpdateExecution(flow, sid, (&studio.UpdateExecutionParams{}).SetStatus("ended")); err != nil {
		t.Fatal(err)
	}
	if found, err = twilio.ListExecution(flow, active); err != nil || len(found) != 2 {
		t.Errorf("%d executions, %v", len(found), err)
	}
	if err := twilio.DeleteExecution(flow, sid); err != nil {
		t.Error(err)
	}
}

func TestOldEndedExecutionsAreForgotten(t *testing.T) {
	s := predictable()
	flow := newFlow(t, s, "greeter", "published")
	running := executionOf(t, s, flow, "+447700900990", "voice")
	for range endedKept + 5 {
		if _, err := s.AddExecution(Execution{FlowSID: flow, Contact: "+447700900999", Channel: "voice", Status: "ended"}); err != nil {
			t.Fatal(err)
		}
	}
	page := must(t, s, 200, "GET", studioFlowsURL+"/"+flow+"/Executions?PageSize=1000", nil)
	sids := column(t, page, "executions", "sid")
	if len(sids) != endedKept+1 || sids[len(sids)-1] != running {
		t.Errorf("%d executions stored, the oldest is %s", len(sids), sids[len(sids)-1])
	}
}

func TestExecutionsSurviveOnTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	flow := newFlow(t, s, "greeter", "published")
	active := executionOf(t, s, flow, "+447700900999", "messaging")
	ended := executionOf(t, s, flow, "+447700900998", "messaging")
	if err := s.EndExecution(ended); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	must(t, again, 200, "GET", studioFlowsURL+"/"+flow+"/Executions/"+active, nil)
	must(t, again, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	must(t, again, 404, "GET", studioFlowsURL+"/"+flow+"/Executions/"+active, nil)
	if text := readFile(t, path); strings.Contains(text, ended) || !strings.Contains(text, active) {
		t.Error("an ended execution exists after its flow, or an active one does not")
	}
}

// TestContactOfADeletedFlowIsStuckUntilItsExecutionIsEnded is the harsher reading of what
// becomes of active executions.
func TestContactOfADeletedFlowIsStuckUntilItsExecutionIsEnded(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	old := flowOn(t, s)
	text(t, s, "hi")
	caller := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, caller)
	sid := executionsOf(t, s, old, "active")[1]
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+old, nil)
	flowOn(t, s)
	if got := text(t, s, "yes"); got != "!81002 end" {
		t.Errorf("the message was answered: %s", got)
	}
	if got := deliver(t, s, caller); got != "!81002 end" {
		t.Errorf("the call was answered: %s", got)
	}
	if got := deliver(t, s, Inbound{To: myNumber, From: "+447700900998", Channel: "messaging", Body: "hi"}); got != "Tea? wait" {
		t.Errorf("another contact: %s", got)
	}
	must(t, s, 404, "POST", studioFlowsURL+"/"+old+"/Executions/"+sid, form("Status", "ended"))
	now = now.Add(12 * time.Hour)
	if got := text(t, s, "yes"); got != "!81002 end" {
		t.Errorf("it timed out without its flow: %s", got)
	}
	turn(t, s, 204, "POST", "executions/"+sid, `{"status":"ended"}`)
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Errorf("after it was ended: %s", got)
	}
	now = now.Add(executionAge)
	if got := deliver(t, s, caller); got != "Press wait" {
		t.Errorf("after 30 days: %s", got)
	}
}

func TestExecutionEndedBeforeItsFlowIsDeletedLeavesNobodyStuck(t *testing.T) {
	s := predictable()
	old := flowOn(t, s)
	text(t, s, "hi")
	must(t, s, 200, "POST", studioFlowsURL+"/"+old+"/Executions/"+executionsOf(t, s, old, "active")[0], form("Status", "ended"))
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+old, nil)
	flowOn(t, s)
	if got := text(t, s, "hi"); got != "Tea? wait" {
		t.Error(got)
	}
}

const requestFlow = `{"initial_state":"Trigger","description":"","states":[
	{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingRequest","next":"set"},{"event":"incomingMessage","next":"ask"}],"properties":{}},
	{"type":"set-variables","name":"set","transitions":[{"event":"next","next":"known"}],"properties":{"variables":[{"key":"name","value":"{{flow.data.name}}"}]}},
	{"type":"split-based-on","name":"known","transitions":[{"event":"noMatch"},{"event":"match","next":"ask","conditions":[
		{"friendly_name":"x","arguments":["{{widgets.set.name}}"],"type":"is_not_blank","value":"x"}]}],"properties":{"input":"{{widgets.set.name}}"}},
	{"type":"send-and-wait-for-reply","name":"ask","transitions":[{"event":"incomingMessage","next":"thanks"},{"event":"timeout"},{"event":"deliveryFailure"}],
		"properties":{"from":"{{flow.channel.address}}","body":"Tea?","timeout":"3600"}},
	{"type":"send-message","name":"thanks","transitions":[],"properties":{"from":"{{flow.channel.address}}","body":"Thanks {{flow.data.name}}"}}]}`

func TestExecutionIsCreatedAndStepped(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, webhook := published(t, s, "request", requestFlow)
	point(t, s, "SmsUrl", webhook)
	list := studioFlowsURL + "/" + flow + "/Executions"
	made := must(t, h, 201, "POST", list, form("To", contact, "From", myNumber, "Parameters", `{"name":"Ada"}`))
	if made["status"] != "active" || made["contact_channel_address"] != contact {
		t.Errorf("%v", made)
	}
	path := list + "/" + made["sid"].(string)
	if body := must(t, h, 409, "POST", list, form("To", contact, "From", "+447447735023")); body["code"] != 20409.0 {
		t.Errorf("%v", body)
	}
	if got := text(t, s, "yes"); got != "Thanks Ada end" {
		t.Errorf("the reply was not taken: %s", got)
	}
	if got := must(t, h, 200, "GET", path, nil); got["status"] != "ended" {
		t.Errorf("%v", got)
	}
	steps := must(t, h, 200, "GET", path+"/Steps", nil)
	var way []string
	for _, key := range []string{"name", "type", "transitioned_from", "transitioned_to"} {
		way = append(way, strings.Join(column(t, steps, "steps", key), " "))
	}
	want := []string{
		"sent incomingMessage match next incomingRequest",
		"send-message send-and-wait-for-reply split-based-on set-variables trigger",
		"thanks ask known set Trigger", "Ended thanks ask known set",
	}
	if strings.Join(way, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", way)
	}
	first := column(t, must(t, h, 200, "GET", path+"/Steps?PageSize=2", nil), "steps", "sid")
	if len(first) != 2 || must(t, h, 200, "GET", path+"/Steps/"+first[1], nil)["transitioned_to"] != "thanks" {
		t.Errorf("%v", first)
	}
	for _, of := range []string{"", "/Context"} {
		must(t, h, 404, "GET", path+"/Steps/FT"+strings.Repeat("0", 32)+of, nil)
	}
	if got := must(t, h, 200, "GET", path+"/Steps/"+first[1]+"/Context", nil); got["step_sid"] != first[1] ||
		got["context"].(map[string]any)["flow"].(map[string]any)["data"].(map[string]any)["name"] != "Ada" {
		t.Errorf("the context of a step is %v", got)
	}
	ended := must(t, h, 201, "POST", list, form("To", "+447700900998", "From", myNumber))
	if got := must(t, h, 200, "GET", list+"/"+ended["sid"].(string), nil); got["status"] != "ended" {
		t.Errorf("without a name it ends: %v", got)
	}
}

func TestExecutionOfNonsenseIsNotCreated(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, _ := published(t, s, "request", requestFlow)
	list := studioFlowsURL + "/" + flow + "/Executions"
	for name, test := range map[string]struct {
		fields []string
		code   float64
	}{
		"no To":          {[]string{"From", myNumber}, 20001},
		"no From":        {[]string{"To", contact}, 20001},
		"another's From": {[]string{"To", contact, "From", "+447700900555"}, 21606},
		"parameters":     {[]string{"To", contact, "From", myNumber, "Parameters", "Ada"}, 20001},
		"long":           {[]string{"To", contact + strings.Repeat("0", 300), "From", myNumber}, 81023},
		"unknown":        {[]string{"To", contact, "From", myNumber, "Body", "x"}, 20001},
	} {
		if body := must(t, h, 400, "POST", list, form(test.fields...)); body["code"] != test.code {
			t.Errorf("%s: %v", name, body)
		}
	}
	draft := newFlow(t, s, "draft", "draft")
	must(t, h, 400, "POST", studioFlowsURL+"/"+draft+"/Executions", form("To", contact, "From", myNumber))
	must(t, h, 404, "POST", studioFlowsURL+"/FW"+strings.Repeat("0", 32)+"/Executions", form("To", contact, "From", myNumber))
	if got := executionsOf(t, s, flow, "active"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestExecutionsAreMadeAndEndedByHand(t *testing.T) {
	s := predictable()
	flow := newFlow(t, s, "greeter", "draft")
	turn(t, s, 200, "POST", "executions", `{"flow_sid":"`+flow+`","contact":"+447700900999","channel":"voice","status":"active"}`)
	list := studioFlowsURL + "/" + flow + "/Executions?status=active"
	sids := column(t, must(t, s, 200, "GET", list, nil), "executions", "sid")
	if len(sids) != 1 {
		t.Fatalf("%v", sids)
	}
	turn(t, s, 400, "POST", "executions/"+sids[0], `{"status":"active"}`)
	turn(t, s, 204, "POST", "executions/"+sids[0], `{"status":"ended"}`)
	if left := column(t, must(t, s, 200, "GET", list, nil), "executions", "sid"); len(left) != 0 {
		t.Errorf("%v still run", left)
	}
	turn(t, s, 404, "POST", "executions/FN1", `{"status":"ended"}`)
	turn(t, s, 404, "POST", "executions", `{"flow_sid":"FW1","channel":"voice"}`)
	for _, body := range []string{`{"flow_sid":"` + flow + `"}`, `{"flow_sid":"` + flow + `","channel":"voice","status":"x"}`, `{"sid":1}`} {
		turn(t, s, 400, "POST", "executions", body)
	}
}
