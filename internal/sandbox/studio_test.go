package sandbox

import (
	"strings"
	"testing"
	"time"
)

const (
	studioFlowsURL = "https://studio.twilio.com/v2/Flows"
	helloFlow      = `{"states":[{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"hello"}],"properties":{}},` +
		`{"type":"send-message","name":"hello","transitions":[],"properties":{"from":"{{flow.channel.address}}","body":"<Hello> & welcome"}}],` +
		`"initial_state":"Trigger","description":"greets"}`
)

// newFlow creates a flow and returns its SID.
func newFlow(t *testing.T, s *Sandbox, name, status string) string {
	t.Helper()
	body := must(t, checked(t, s), 201, "POST", studioFlowsURL,
		form("FriendlyName", name, "Status", status, "Definition", helloFlow))
	return body["sid"].(string)
}

func TestFlowIsCreatedFetchedAndDeleted(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	created := must(t, h, 201, "POST", studioFlowsURL, form("FriendlyName", "greeter", "Status", "published",
		"Definition", helloFlow, "CommitMessage", "first"))
	sid := created["sid"].(string)
	for key, want := range map[string]any{
		"friendly_name": "greeter", "status": "published", "revision": 1.0, "commit_message": "first", "valid": true,
		"author_sid":   nil,
		"date_created": "2026-11-21T08:00:00Z", "date_updated": nil,
		"webhook_url": "https://webhooks.twilio.com/v1/Accounts/" + StarterAccountSID + "/Flows/" + sid,
	} {
		if created[key] != want {
			t.Errorf("%s is %v, want %v", key, created[key], want)
		}
	}
	fetched := must(t, h, 200, "GET", studioFlowsURL+"/"+sid, nil)
	states := fetched["definition"].(map[string]any)["states"].([]any)
	said := states[1].(map[string]any)["properties"].(map[string]any)["body"]
	if said != "<Hello> & welcome" {
		t.Errorf("the flow says %q", said)
	}
	must(t, h, 204, "DELETE", studioFlowsURL+"/"+sid, nil)
	gone := must(t, h, 404, "GET", studioFlowsURL+"/"+sid, nil)
	if want := "The requested resource /Flows/" + sid + " was not found"; gone["message"] != want {
		t.Errorf("%v, want %s", gone["message"], want)
	}
	must(t, h, 404, "DELETE", studioFlowsURL+"/"+sid, nil)
}

// AuthorSid is in twilio-go 1.31.0 but not yet in Twilio's document.
func TestFlowTellsWhoWroteTheLatestRevision(t *testing.T) {
	s := predictable()
	flow := studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft")
	const author = "US0123456789abcdef0123456789abcdef"
	must(t, s, 200, "POST", flow, form("Status", "draft", "AuthorSid", author))
	if got := must(t, s, 200, "GET", flow, nil)["author_sid"]; got != author {
		t.Errorf("author_sid is %v", got)
	}
}

func TestFlowListLacksDefinitions(t *testing.T) {
	s := predictable()
	first, second := newFlow(t, s, "twin", "draft"), newFlow(t, s, "twin", "draft")
	h := checked(t, s)
	page := must(t, h, 200, "GET", studioFlowsURL+"?PageSize=1", nil)
	row := page["flows"].([]any)[0].(map[string]any)
	if row["sid"] != second || row["definition"] != nil || row["valid"] != nil || row["friendly_name"] != "twin" {
		t.Errorf("the list has %v", row)
	}
	next, _ := page["meta"].(map[string]any)["next_page_url"].(string)
	page = must(t, h, 200, "GET", next, nil)
	if got := column(t, page, "flows", "sid"); len(got) != 1 || got[0] != first {
		t.Errorf("the second page has %v, want %s", got, first)
	}
}

func TestFlowUpdateMakesARevision(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow := studioFlowsURL + "/" + newFlow(t, s, "greeter", "published")
	louder := strings.ReplaceAll(helloFlow, "<Hello>", "HELLO")

	draft := must(t, h, 200, "POST", flow, form("Status", "draft", "Definition", louder, "CommitMessage", "louder"))
	if draft["revision"] != 2.0 || draft["status"] != "draft" || draft["friendly_name"] != "greeter" {
		t.Fatalf("the draft is %v", draft)
	}
	live := must(t, h, 200, "GET", flow+"/Revisions/LatestPublished", nil)
	if live["revision"] != 1.0 {
		t.Errorf("the draft serves traffic: %v", live)
	}
	published := must(t, h, 200, "POST", flow, form("Status", "published"))
	if published["revision"] != 3.0 || published["commit_message"] != nil {
		t.Errorf("the publication is %v", published)
	}
	if text := string(encodeJSON(published["definition"])); !strings.Contains(text, "HELLO") {
		t.Errorf("publishing without a definition did not publish the draft: %s", text)
	}
	if got := column(t, must(t, h, 200, "GET", flow+"/Revisions", nil), "revisions", "revision"); strings.Join(got, " ") != "3 2 1" {
		t.Errorf("revisions %v", got)
	}
	first := must(t, h, 200, "GET", flow+"/Revisions/1", nil)
	if text := string(encodeJSON(first["definition"])); !strings.Contains(text, "<Hello>") || first["status"] != "published" {
		t.Errorf("revision 1 changed: %v", first)
	}
}

func TestFlowRevisionIsANumberOrTheLatest(t *testing.T) {
	s := predictable()
	revisions := studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft") + "/Revisions/"
	for wanted, status := range map[string]int{
		"1": 200, "LatestRevision": 200, "LatestPublished": 404, "0": 404, "2": 404,
		"99999999999999999999": 404, "latest": 400, "-1": 400, "1.0": 400, "latestrevision": 400,
	} {
		got, body := send(t, s, "GET", revisions+wanted, nil)
		if got != status || status == 400 && body["code"] != 81021.0 {
			t.Errorf("%s: %d %v, want %d", wanted, got, body, status)
		}
	}
}

func TestFlowParametersAreRefused(t *testing.T) {
	s := predictable()
	sid := newFlow(t, s, "greeter", "draft")
	for name, test := range map[string]struct {
		path string
		form []string
		code float64
	}{
		"no name":                {"", []string{"Status", "draft", "Definition", helloFlow}, 20001},
		"no status":              {"", []string{"FriendlyName", "a", "Definition", helloFlow}, 20001},
		"no definition":          {"", []string{"FriendlyName", "a", "Status", "draft"}, 20001},
		"unknown status":         {"", []string{"FriendlyName", "a", "Status", "live", "Definition", helloFlow}, 20001},
		"empty commit message":   {"", []string{"FriendlyName", "a", "Status", "draft", "Definition", helloFlow, "CommitMessage", ""}, 20001},
		"author is no user":      {"", []string{"FriendlyName", "a", "Status", "draft", "Definition", helloFlow, "AuthorSid", "AC1"}, 20001},
		"unknown parameter":      {"", []string{"FriendlyName", "a", "Status", "draft", "Definition", helloFlow, "UniqueName", "a"}, 20001},
		"bad draft":              {"", []string{"FriendlyName", "a", "Status", "draft", "Definition", `{}`}, 81022},
		"update, no status":      {"/" + sid, []string{"FriendlyName", "b"}, 20001},
		"update, empty name":     {"/" + sid, []string{"Status", "draft", "FriendlyName", ""}, 20001},
		"update, empty message":  {"/" + sid, []string{"Status", "draft", "CommitMessage", ""}, 20001},
		"update, bad definition": {"/" + sid, []string{"Status", "draft", "Definition", `[]`}, 81022},
		"validate, no name":      {"/Validate", []string{"Status", "draft", "Definition", helloFlow}, 20001},
	} {
		t.Run(name, func(t *testing.T) {
			body := must(t, s, 400, "POST", studioFlowsURL+test.path, form(test.form...))
			if body["code"] != test.code {
				t.Errorf("%v, want code %v", body, test.code)
			}
		})
	}
	if flow := must(t, s, 200, "GET", studioFlowsURL+"/"+sid, nil); flow["revision"] != 1.0 {
		t.Errorf("a refused update created a revision: %v", flow)
	}
}

func TestValidateNamesTheProperty(t *testing.T) {
	h := checked(t, predictable())
	ok := must(t, h, 200, "POST", studioFlowsURL+"/Validate", form("FriendlyName", "a", "Status", "published", "Definition", helloFlow))
	if ok["valid"] != true {
		t.Errorf("%v", ok)
	}
	bad := strings.Replace(helloFlow, `"<Hello> & welcome"`, `5`, 1)
	body := must(t, h, 400, "POST", studioFlowsURL+"/Validate", form("FriendlyName", "a", "Status", "published", "Definition", bad))
	want := `{"code":81022,"details":{"errors":[{"message":"integer found, string expected","property_path":"#/states/1/properties/body"}]}`
	if got := string(encodeJSON(body)); !strings.HasPrefix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	if got := column(t, must(t, h, 200, "GET", studioFlowsURL, nil), "flows", "sid"); len(got) != 0 {
		t.Errorf("validating created %v", got)
	}
}

func TestDefinitionComesBackWithDefaultsOrAsSent(t *testing.T) {
	s := predictable()
	flow := studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft")
	got := string(encodeJSON(must(t, s, 200, "GET", flow, nil)["definition"]))
	for _, part := range []string{`"flags":{"allow_concurrent_calls":true}`, `"offset":{"x":0,"y":0}`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is not in %s", part, got)
		}
	}
	turn(t, s, 200, "POST", "settings", `{"studio_keeps_definition":true}`)
	flow = studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft")
	w := rawAnswer(t, s, request("GET", flow, nil))
	if !strings.Contains(w, `"definition":`+helloFlow) {
		t.Errorf("the definition was changed: %s", w)
	}
}

func TestStudioReadsLag(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }), WithSettings(Settings{StudioSettings: StudioSettings{StudioReadLagMS: 2000}}))
	flow := studioFlowsURL + "/" + newFlow(t, s, "greeter", "published")
	must(t, s, 404, "GET", flow, nil)
	now = now.Add(2 * time.Second)
	must(t, s, 200, "GET", flow, nil)
	answer := must(t, s, 200, "POST", flow, form("Status", "published", "FriendlyName", "renamed"))
	if answer["revision"] != 2.0 {
		t.Errorf("the write's own answer is stale: %v", answer)
	}
	if stale := must(t, s, 200, "GET", flow, nil); stale["revision"] != 1.0 {
		t.Errorf("no lag: %v", stale)
	}
	must(t, s, 204, "DELETE", flow, nil)
	must(t, s, 200, "GET", flow, nil)
	must(t, s, 404, "DELETE", flow, nil)
	path := numberPathOf(t, s, StarterNumbers()[0])
	must(t, s, 200, "POST", path, form("FriendlyName", "new"))
	if n := must(t, s, 200, "GET", path, nil); n["friendly_name"] != "new" {
		t.Errorf("Studio's lag makes numbers lag: %v", n["friendly_name"])
	}
	now = now.Add(2 * time.Second)
	must(t, s, 404, "GET", flow, nil)
}

func TestReadLagIsNeverNegative(t *testing.T) {
	turn(t, predictable(), 400, "POST", "settings", `{"studio_read_lag_ms":-1}`)
}

func TestTestUsersAreReplaced(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	users := studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft") + "/TestUsers"
	for _, test := range []struct {
		form []string
		want string
	}{
		{[]string{"TestUsers", "+12025550142", "TestUsers", "me"}, `["+12025550142","me"]`},
		{[]string{"TestUsers", ""}, `[]`},
	} {
		must(t, h, 200, "POST", users, form(test.form...))
		if got := string(encodeJSON(must(t, h, 200, "GET", users, nil)["test_users"])); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	must(t, s, 400, "POST", users, nil)
}

func TestExecutionsCheckTheirFilters(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	executions := studioFlowsURL + "/" + newFlow(t, s, "greeter", "draft") + "/Executions"
	page := must(t, h, 200, "GET", executions+"?status=active&DateCreatedFrom=2026-11-21T08:00:00Z", nil)
	if got := column(t, page, "executions", "sid"); len(got) != 0 {
		t.Errorf("executions %v", got)
	}
	for _, filter := range []string{"Status=running", "status=", "DateCreatedFrom=yesterday", "DateCreatedTo=2026-11-21"} {
		must(t, s, 400, "GET", executions+"?"+filter, nil)
	}
	must(t, s, 404, "GET", studioFlowsURL+"/FW00000000000000000000000000000000/Executions", nil)
}

func TestFlowsAreTheAccountsOwn(t *testing.T) {
	s := predictable()
	sid := newFlow(t, s, "greeter", "draft")
	other, err := s.AddAccount("other", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{studioFlowsURL + "/" + sid, studioFlowsURL + "/" + sid + "/Revisions/1"} {
		r := request("GET", target, nil)
		r.SetBasicAuth(other.AccountSID, other.AuthToken)
		if status, body := answerOf(t, s, r); status != 404 {
			t.Errorf("another account reads %s: %d %v", target, status, body)
		}
	}
}
