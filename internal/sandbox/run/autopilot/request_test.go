package autopilot

import (
	"context"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestURLsGiveActionsAndJudgeAnswers(t *testing.T) {
	var asked []run.Request
	reply := `{"actions":[{"say":"from afar"},{"redirect":"task://goodbye"}]}`
	o := Options{AssistantSID: "UA1", Contact: run.Contact{AccountSID: "AC1", From: "+447700900999", To: "+12025550142", Channel: run.Messaging},
		World: run.World{Web: func(_ context.Context, r run.Request) (run.Response, *run.Problem) {
			asked = append(asked, r)
			return run.Response{Status: 200, ContentType: "application/json", Body: []byte(reply)}, nil
		}}}
	bot := schema(taskOf("x", `{"remember":{"k":"v"}},{"redirect":"http://x/actions"}`, "{n} cups"),
		taskOf("y", `{"collect":{"name":"c","questions":[{"question":"?","name":"q","validate":{"webhook":{"url":"http://x/valid","method":"GET"}}}],"on_complete":{"redirect":"task://goodbye"}}}`, "y"))
	if got := chat(t, bot, o, run.Message("3 cups")); got != "from afar Bye end" {
		t.Error(got)
	}
	form := asked[0].Form
	for name, want := range map[string]string{
		"AccountSid": "AC1", "AssistantSid": "UA1", "UserIdentifier": "+447700900999", "CurrentInput": "3 cups", "CurrentTask": "x",
		"Field_n_Value": "3", "Field_n_Type": "Twilio.NUMBER", "Memory": `{"k":"v"}`, "Channel": "SMS",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	if !strings.HasPrefix(form.Get("DialogueSid"), "UK") || !asked[0].Signed {
		t.Errorf("%+v", asked[0])
	}
	far := schema(`{"uniqueName":"far","actionsUrl":"http://x/far","actions":{"actions":[{"say":"near"}]},"samples":[{"language":"en-US","taggedText":"far"}]}`)
	if got := chat(t, far, o, run.Message("far")); got != "from afar Bye end" || asked[1].URL != "http://x/far" {
		t.Errorf("the actions of a task are at its URL: %s", got)
	}
	reply = `{"valid":false}`
	if got := chat(t, bot, o, run.Message("y"), run.Message("an answer")); got != "? wait, what? wait" {
		t.Error(got)
	}
	reply = `{"valid":true}`
	if got := chat(t, bot, o, run.Message("y"), run.Message("an answer")); got != "? wait, Bye end" {
		t.Error(got)
	}
	for _, reply = range []string{`<html>`, `{"actions":[{"say":"` + strings.Repeat("x", maxReply) + `"}]}`, `{"actions":1}`} {
		if got := chat(t, bot, o, run.Message("3 cups")); got != "!90100 end" {
			t.Errorf("%.20s: %s", reply, got)
		}
	}
}

func TestCallIsHandedOff(t *testing.T) {
	document := `<Response><Gather><Say>Agent?</Say></Gather><Say>Nobody</Say></Response>`
	o := Options{World: run.World{Web: func(context.Context, run.Request) (run.Response, *run.Problem) {
		return run.Response{Status: 200, ContentType: "text/xml", Body: []byte(document)}, nil
	}}}
	bot := schema(taskOf("x", `{"say":"Wait"},{"handoff":{"channel":"voice","uri":"http://x/twiml"}}`, "x"), taskOf("q", `{"handoff":{"channel":"voice","uri":"taskrouter://WW1"}}`, "q"))
	if got := chat(t, bot, o, run.Call(), run.Speech("x"), run.Silence()); got != "Hello wait, Wait Agent? wait, Nobody end" {
		t.Error(got)
	}
	if got := chat(t, bot, o, run.Call(), run.Speech("q")); got != "Hello wait, WW1 end" {
		t.Error(got)
	}
}
