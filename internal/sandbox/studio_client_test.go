package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	messaging "github.com/twilio/twilio-go/rest/messaging/v1"
	studio "github.com/twilio/twilio-go/rest/studio/v2"
)

// rawAnswer is the body of a 200, byte for byte.
func rawAnswer(t *testing.T, h http.Handler, r *http.Request) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
	}
	return w.Body.String()
}

// twilioHandler is the base of Twilio's own generated clients, on a sandbox in
// process.
func twilioHandler(h http.Handler) *client.RequestHandler {
	c := &client.Client{
		Credentials: client.NewCredentials(StarterAPIKeySID, StarterAPIKeySecret),
		HTTPClient:  &http.Client{Transport: InProcess(h)},
	}
	c.SetAccountSid(StarterAccountSID)
	return &client.RequestHandler{Client: c}
}

func TestTwiliosClientManagesFlows(t *testing.T) {
	twilio := studio.NewApiService(twilioHandler(checked(t, New())))
	create := (&studio.CreateFlowParams{}).SetFriendlyName("greeter").SetStatus("draft").SetDefinition(json.RawMessage(helloFlow))
	made, err := twilio.CreateFlow(create)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := twilio.UpdateFlow(*made.Sid, (&studio.UpdateFlowParams{}).SetStatus("published").SetCommitMessage("go")); err != nil {
		t.Fatal(err)
	}
	fetched, err := twilio.FetchFlow(*made.Sid)
	if err != nil || fetched.Revision != 2 || *fetched.Status != "published" || *fetched.CommitMessage != "go" || (*fetched.Definition).(map[string]any)["initial_state"] != "Trigger" {
		t.Fatalf("%+v %v", fetched, err)
	}
	if first, err := twilio.FetchFlowRevision(*made.Sid, "1"); err != nil || *first.Status != "draft" {
		t.Errorf("%+v %v", first, err)
	}
	flows, err := twilio.ListFlow(&studio.ListFlowParams{})
	if err != nil || len(flows) != 1 || flows[0].Definition != nil {
		t.Errorf("%+v %v", flows, err)
	}
	users, err := twilio.UpdateTestUser(*made.Sid, (&studio.UpdateTestUserParams{}).SetTestUsers([]string{"a", "b"}))
	if err != nil || len(*users.TestUsers) != 2 {
		t.Errorf("%+v %v", users, err)
	}
	since := (&studio.ListExecutionParams{}).SetStatus("active").SetDateCreatedFrom(time.Now())
	if executions, err := twilio.ListExecution(*made.Sid, since); err != nil || len(executions) != 0 {
		t.Errorf("%+v %v", executions, err)
	}
	// A Go string is encoded twice by the client, which Studio must refuse.
	var refused *client.TwilioRestError
	_, err = twilio.UpdateFlowValidate((&studio.UpdateFlowValidateParams{}).SetFriendlyName("a").SetStatus("draft").SetDefinition(helloFlow))
	if !errors.As(err, &refused) || refused.Code != 81022 || len(refused.Details["errors"].([]any)) != 1 {
		t.Errorf("%v", err)
	}
	if err := twilio.DeleteFlow(*made.Sid); err != nil {
		t.Fatal(err)
	}
}

func TestTwiliosClientReadsMessagingServices(t *testing.T) {
	s := New()
	sid, err := s.AddMessagingService(`{"friendly_name":"pool","phone_numbers":["+12025550142"]}`)
	if err != nil {
		t.Fatal(err)
	}
	twilio := messaging.NewApiService(twilioHandler(checked(t, s)))
	services, err := twilio.ListService(&messaging.ListServiceParams{})
	if err != nil || len(services) != 1 || *services[0].Sid != sid || services[0].InboundRequestUrl != nil {
		t.Fatalf("%+v %v", services, err)
	}
	numbers, err := twilio.ListPhoneNumber(sid, &messaging.ListPhoneNumberParams{})
	if err != nil || len(numbers) != 1 || *numbers[0].PhoneNumber != "+12025550142" || len(*numbers[0].Capabilities) != 3 {
		t.Fatalf("%+v %v", numbers, err)
	}
	if err := s.RemoveMessagingService(sid); err != nil {
		t.Fatal(err)
	}
}

func TestFlowsAndServicesAreKeptInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	open := func() *Sandbox {
		t.Helper()
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := open()
	flow := studioFlowsURL + "/" + newFlow(t, first, "greeter", "published")
	must(t, first, 200, "POST", flow, form("Status", "draft", "FriendlyName", "newer"))
	service := servicesURL + "/" + newService(t, first, `{"friendly_name":"pool","phone_numbers":["+12025550142"]}`)
	turn(t, first, 200, "POST", "settings", `{"studio_leaves_numbers":true}`)
	second := open()
	for _, target := range []string{flow, flow + "/Revisions/1", flow + "/Revisions/LatestPublished", service, service + "/PhoneNumbers"} {
		before, after := rawAnswer(t, first, request("GET", target, nil)), rawAnswer(t, second, request("GET", target, nil))
		if before != after {
			t.Errorf("%s\nbefore %s\nafter  %s", target, before, after)
		}
	}
	if settings, err := second.Settings(); err != nil || !settings.StudioLeavesNumbers {
		t.Errorf("%+v %v", settings, err)
	}
	if answer := must(t, second, 200, "POST", flow, form("Status", "published")); answer["revision"] != 3.0 || answer["friendly_name"] != "newer" {
		t.Errorf("%v", answer)
	}
}
