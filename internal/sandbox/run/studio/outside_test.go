package studio

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestSubflowIsRunAndReturns(t *testing.T) {
	child := definition(starts(),
		widget("a", "send-and-wait-for-reply", waiting+`,"body":"Name, {{flow.data.title}} {{trigger.parent.parameters.title}}?"`, "incomingMessage=set"),
		widget("set", "set-variables", `"variables":[{"key":"name","value":"{{widgets.a.inbound.Body}}"}]`, "next"))
	nested := definition(starts(), widget("a", "run-subflow", `"flow_sid":"FWchild","flow_revision":"LatestPublished"`, "completed", "failed"))
	o := Options{Subflow: func(sid string, revision int64) ([]byte, int64, bool) {
		switch sid {
		case "FWchild":
			return child, max(revision, 3), true
		case "FWnested":
			return nested, 1, true
		}
		return nil, 0, false
	}}
	parent := func(sid string) []byte {
		return definition(starts(),
			widget("a", "run-subflow", `"flow_sid":"`+sid+`","flow_revision":"LatestPublished","parameters":[{"key":"title","value":"Dr"}]`, "completed=done", "failed=no"),
			widget("done", "send-message", toContact+`,"body":"Hello {{widgets.a.name}}"`),
			widget("no", "send-message", toContact+`,"body":"no"`))
	}
	if got := chat(t, parent("FWchild"), o, run.Message("hi"), run.Message("Ada")); got != "message:Name, Dr Dr? wait, message:Hello Ada end" {
		t.Error(got)
	}
	c, err := New(parent("FWchild"), o)
	if err != nil {
		t.Fatal(err)
	}
	c.Send(t.Context(), run.Message("hi"))
	text, err := c.Save()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(parent("FWchild"), text, Options{}); err == nil {
		t.Error("an execution continues in a deleted subflow")
	}
	if got := chat(t, parent("FWnested"), o, run.Message("hi")); got != "message:Hello  !81024 end" {
		t.Error(got)
	}
	if got := chat(t, parent("FWgone"), o, run.Message("hi")); got != "message:no !0 end" {
		t.Error(got)
	}
}

// answers is a web that gives one answer to everything and records the requests.
type answers struct {
	response run.Response
	problem  *run.Problem
	asked    []run.Request
	patience time.Duration // left at the last request; 0 where there is no bound
}

func (a *answers) web(ctx context.Context, r run.Request) (run.Response, *run.Problem) {
	a.asked = append(a.asked, r)
	if deadline, ok := ctx.Deadline(); ok {
		a.patience = time.Until(deadline)
	}
	return a.response, a.problem
}

func TestRequestsAreMadeAndRead(t *testing.T) {
	web := &answers{response: run.Response{Status: 200, ContentType: "application/json", Body: []byte(`{"name":"Ada","n":1000000,"l":[{"x":1}]}`)}}
	ask := func(kind, properties string) []byte {
		return definition(starts(), widget("a", kind, properties, "success=ok", "failed=no", "fail=no"),
			widget("ok", "send-message", toContact+`,"body":"{{widgets.a.parsed.name}} {{widgets.a.parsed.n}} {{widgets.a.parsed.l[0].x}} {{widgets.a.status_code}}"`),
			widget("no", "send-message", toContact+`,"body":"no {{widgets.a.status_code}}"`))
	}
	o := Options{World: run.World{Web: web.web}}
	get := ask("make-http-request", `"method":"GET","url":"http://x/{{trigger.message.Body}}","parameters":[{"key":"q","value":"{{trigger.message.Body}}"}]`)
	if got := chat(t, get, o, run.Message("hi")); got != "message:Ada 1000000 1 200 end" {
		t.Error(got)
	}
	if web.patience <= 0 || web.patience > requestTimeout {
		t.Errorf("it waits %v for a URL", web.patience)
	}
	if r := web.asked[0]; r.Method != http.MethodGet || r.URL != "http://x/hi" || r.Form.Get("q") != "hi" {
		t.Errorf("%+v", r)
	}
	chat(t, ask("make-http-request", `"method":"POST","url":"http://x","content_type":"application/json;charset=utf-8","body":"{\"a\":\"{{trigger.message.Body}}\"}"`), o, run.Message("hi"))
	if r := web.asked[1]; r.Body != `{"a":"hi"}` || r.ContentType != "application/json;charset=utf-8" {
		t.Errorf("%+v", r)
	}
	chat(t, ask("run-function", `"url":"http://x","parameters":[{"key":"a","value":"b"}]`), o, run.Message("hi"))
	if r := web.asked[2]; r.Method != http.MethodPost || r.Form.Get("a") != "b" {
		t.Errorf("%+v", r)
	}
	web.problem = &run.Problem{Code: 11200, Status: 500}
	if got := chat(t, get, o, run.Message("hi")); got != "message:no 500 !11200 end" {
		t.Error(got)
	}
}

func TestCallIsHandedToTwiMLAndBack(t *testing.T) {
	flow := definition(starts(),
		widget("a", "add-twiml-redirect", `"url":"http://x/twiml","timeout":"0"`, "return=back", "timeout", "fail=sorry"),
		widget("back", "say-play", `"say":"Back"`, "audioComplete"),
		widget("sorry", "say-play", `"say":"Sorry"`, "audioComplete"))
	web := &answers{response: run.Response{Status: 200, ContentType: "text/xml"}}
	o := Options{World: run.World{Web: web.web}}
	for document, want := range map[string]string{
		`<Response><Say>Hi</Say></Response>`: "say:Hi end, end",
		`<Response><Say>Hi</Say><Redirect>https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1?FlowEvent=return</Redirect></Response>`:                  "say:Hi say:Back end, end",
		`<Response><Gather><Say>Hi</Say></Gather><Redirect>https://webhooks.twilio.com/v1/Accounts/AC1/Flows/FW1?FlowEvent=return</Redirect></Response>`: "say:Hi wait, say:Back end",
	} {
		web.response.Body = []byte(document)
		if got := chat(t, flow, o, run.Call(), run.Silence()); got != want {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
	if got := chat(t, flow, Options{}, run.Call()); got != "say:Sorry !11200 end" {
		t.Error(got)
	}
}
