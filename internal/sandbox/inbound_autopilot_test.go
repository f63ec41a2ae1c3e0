package sandbox

import (
	"net/url"
	"testing"
	"time"
)

// assistantOn creates an assistant that asks for a tea and points the number at it.
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

func TestFieldOfATaskKnowsItsTypeBySID(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	path := assistantOn(t, s, "")
	for _, task := range column(t, must(t, s, 200, "GET", path+"/Tasks", nil), "tasks", "sid") {
		if must(t, s, 200, "GET", path+"/Tasks/"+task, nil)["unique_name"] == "order" {
			must(t, s, 201, "POST", path+"/Tasks/"+task+"/Samples", form("Language", "en-US", "TaggedText", "{tea}"))
		}
	}
	must(t, s, 201, "POST", path+"/ModelBuilds", nil)
	now = now.Add(time.Minute)
	// A sample that is only one field matches the values of its type, and would match
	// nothing if the type were unknown.
	for _, step := range []struct{ said, want string }{{"beer", "Sorry end"}, {"grey", "Which? wait"}} {
		if got := text(t, s, step.said); got != step.want {
			t.Errorf("%s: %s, want %s", step.said, got, step.want)
		}
	}
}

func TestOldDialoguesAreForgotten(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	path := assistantOn(t, s, "")
	for range dialoguesKept + 5 {
		text(t, s, "hi")
	}
	if rows := len(s.state.tables["autopilot_dialogues"]); rows != dialoguesKept {
		t.Errorf("%d dialogues still exist", rows)
	}
	must(t, s, 204, "DELETE", path, nil)
	now = now.Add(deletedKept)
	must(t, s, 201, "POST", "https://autopilot.twilio.com/v1/Assistants", form("UniqueName", "next"))
	if rows := len(s.state.tables["autopilot_dialogues"]); rows != 0 {
		t.Errorf("%d dialogues outlive their assistant", rows)
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
