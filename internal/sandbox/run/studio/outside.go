package studio

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/twiml"
)

// requestTimeout is how long a widget waits for a URL
// (https://twilio.com/docs/studio/user-guide/studio-faq).
const requestTimeout = 10 * time.Second

// request sends the request of make-http-request and run-function and returns the
// event that follows. A Function is an ordinary URL.
func (t *turn) request(s *state, p object) (event string) {
	failed := "failed"
	r := run.Request{Method: text(p, "method"), URL: text(p, "url"), Form: url.Values{}}
	if s.Type == "run-function" {
		failed, r.Method = "fail", http.MethodPost
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	parameters, _ := p["parameters"].([]any)
	for _, item := range parameters {
		parameter, _ := item.(object)
		r.Form.Add(text(parameter, "key"), text(parameter, "value"))
	}
	if kind := text(p, "content_type"); r.Method == http.MethodPost && !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		if body := text(p, "body"); body != "" {
			r.Body, r.ContentType = body, kind
		}
	}
	ctx, cancel := context.WithTimeout(t.ctx, requestTimeout)
	defer cancel()
	answer, problem := t.World.Web(ctx, r)
	if problem != nil {
		t.Problems = append(t.Problems, *problem)
		if problem.Status != 0 {
			t.keep(s.Name, "status_code", int64(problem.Status))
		}
		return failed
	}
	t.keep(s.Name, "status_code", int64(answer.Status))
	t.keep(s.Name, "content_type", answer.ContentType)
	t.keep(s.Name, "body", string(answer.Body))
	if answer.ContentType == "application/json" {
		if parsed, err := decode(answer.Body); err == nil {
			t.keep(s.Name, "parsed", parsed)
		}
	}
	return "success"
}

// subflow finds a flow that is run as a subflow and adds it to c.flows.
func (c *Conversation) subflow(sid string, revision int64) (int64, bool) {
	if c.Subflow == nil {
		return 0, false
	}
	definition, found, ok := c.Subflow(sid, revision)
	if !ok {
		return 0, false
	}
	f, err := Parse(definition)
	if err != nil {
		return 0, false
	}
	c.flows[sid] = f
	return found, true
}

// enterSubflow starts a subflow. It has its parameters and no access to its
// parent, and may not run a subflow itself (error 81024).
func (t *turn) enterSubflow(s *state, p object) result {
	if len(t.Frames) > 1 {
		t.problem(81024, "The subflow's widget %s runs a subflow", s.Name)
		return on("failed")
	}
	sid := text(p, "flow_sid")
	revision, ok := t.subflow(sid, 0)
	if !ok {
		t.problem(0, "The widget %s runs flow %s, which has no published revision here", s.Name, sid)
		return on("failed")
	}
	given := object{}
	list, _ := p["parameters"].([]any)
	for _, item := range list {
		parameter, _ := item.(object)
		given[text(parameter, "key")] = text(parameter, "value")
	}
	f := t.flows[sid]
	t.Frames = append(t.Frames, &frame{
		FlowSID: sid, Revision: revision, State: f.initial, Variables: values{}, Widgets: values{},
		Trigger: values{"parent": object{"parameters": given}}, Parent: len(t.Trail),
	})
	t.count(f.initial)
	return result{subflow: true}
}

// handCallOver lets TwiML at a URL run the call (add-twiml-redirect). The call
// comes back when that TwiML redirects to the flow with FlowEvent=return
// (https://www.twilio.com/docs/studio/widget-library/add-twiml-redirect).
func (t *turn) handCallOver(p object) result {
	call := twiml.New(t.callOptions(twiml.Webhook{URL: text(p, "url"), Method: text(p, "method")}))
	made := call.Send(t.ctx, run.Event{Kind: run.KindCall, SID: t.CallSID})
	t.Add(made)
	if made.Ended && len(made.Problems) > 0 && len(made.Replies) == 0 {
		return on("fail")
	}
	return t.afterCall(call, made)
}

func (t *turn) callOptions(webhook twiml.Webhook) twiml.Options {
	return twiml.Options{
		Contact: t.Contact, World: t.World, Webhook: webhook,
		Returns: func(target string) bool {
			u, err := url.Parse(target)
			return err == nil && u.Query().Get("FlowEvent") == "return"
		},
	}
}

// resumeCall passes an event to the TwiML that runs the call.
func (t *turn) resumeCall(e run.Event) {
	call, err := twiml.Resume(t.Call, t.callOptions(twiml.Webhook{}))
	t.Call = nil
	if err != nil {
		t.fail(0, "The call cannot continue: %v", err)
		return
	}
	made := call.Send(t.ctx, e)
	t.Add(made)
	if result := t.afterCall(call, made); result.event != "" {
		t.proceed(result.event)
	}
}

// afterCall continues after TwiML ran the call for a while.
func (t *turn) afterCall(call *twiml.Conversation, made run.Turn) result {
	switch {
	case !made.Ended:
		text, err := call.Save()
		if err != nil {
			t.fail(0, "The call cannot be saved: %v", err)
			return result{}
		}
		t.Call, t.Wait = json.RawMessage(text), made.Wait
		return result{waits: true}
	case call.ReturnedTo() != "":
		return on("return")
	default:
		t.Over = true
		return result{}
	}
}
