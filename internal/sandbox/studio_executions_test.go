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

func TestExecutionsSurviveOnTheFileAndEndWithTheirFlow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	flow := newFlow(t, s, "greeter", "published")
	sid := executionOf(t, s, flow, "+447700900999", "messaging")
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	must(t, again, 200, "GET", studioFlowsURL+"/"+flow+"/Executions/"+sid, nil)
	must(t, again, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	if strings.Contains(readFile(t, path), sid) {
		t.Error("the execution exists after its flow")
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
