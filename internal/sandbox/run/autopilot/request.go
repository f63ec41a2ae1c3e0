package autopilot

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// maxReply bounds the actions of a URL, in bytes
// (https://www.twilio.com/docs/autopilot/limits).
const maxReply = 16 << 10

// form is what Autopilot sends to a URL
// (https://www.twilio.com/docs/autopilot/actions/autopilot-request).
func (t *turn) form() url.Values {
	memory, err := json.Marshal(t.saved.Memory)
	if err != nil {
		memory = []byte("{}") // Memory was decoded from JSON
	}
	channel := "SMS"
	if t.Contact.Channel == run.Voice {
		channel = "voice"
	}
	form := url.Values{
		"AccountSid": {t.Contact.AccountSID}, "AssistantSid": {t.AssistantSID}, "DialogueSid": {t.saved.SID},
		"UserIdentifier": {t.Contact.From}, "CurrentInput": {t.input}, "CurrentTask": {t.saved.Task},
		"CurrentTaskConfidence": {"1.0"}, "NextBestTask": {""}, "Memory": {string(memory)},
		"Channel": {channel}, "Language": {"en-US"},
		"DialoguePayloadUrl": {"https://autopilot.twilio.com/v1/Assistants/" + t.AssistantSID + "/Dialogues/" + t.saved.SID},
	}
	for name, value := range t.Fields {
		form.Set("Field_"+name+"_Value", value)
		if task := t.assistant.byName[t.saved.Task]; task != nil {
			form.Set("Field_"+name+"_Type", task.fields[name])
		}
	}
	return form
}

// ask requests a URL and reads its JSON answer.
func (t *turn) ask(to target, form url.Values, into any) bool {
	method := to.Method
	if method == "" {
		method = http.MethodPost
	}
	if method == http.MethodGet {
		form.Del("Memory") // it is too long for a query
	}
	answer, problem := t.World.Web(t.ctx, run.Request{Method: method, URL: to.URI, Form: form, Signed: true})
	if problem != nil {
		t.Problems = append(t.Problems, *problem)
		return false
	}
	if len(answer.Body) > maxReply {
		p := run.Problemf(90100, "Invalid Autopilot Actions JSON: %d bytes, more than %d", len(answer.Body), maxReply)
		p.URL = to.URI
		t.Problems = append(t.Problems, p)
		return false
	}
	if err := json.Unmarshal(answer.Body, into); err != nil {
		p := run.Problemf(90100, "Invalid Autopilot Actions JSON: %v", err)
		p.URL, p.Method, p.Status = to.URI, method, answer.Status
		t.Problems = append(t.Problems, p)
		return false
	}
	return true
}

// fetch requests actions from a URL.
func (t *turn) fetch(to target) (actions json.RawMessage, ok bool) {
	var document struct {
		Actions json.RawMessage `json:"actions"`
	}
	ok = t.ask(to, t.form(), &document)
	return document.Actions, ok
}

// validates asks a URL whether an answer is valid. If the URL fails, the answer is
// invalid.
func (t *turn) validates(webhook target, q question, value string) bool {
	form := t.form()
	form.Set("ValidateFieldName", q.Name)
	form.Set("ValidateFieldType", q.Type)
	form.Set("ValidateFieldAnswer", value)
	var verdict struct {
		Valid bool `json:"valid"`
	}
	return t.ask(webhook, form, &verdict) && verdict.Valid
}
