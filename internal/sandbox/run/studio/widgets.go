package studio

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// maxMessage is how many characters a message may have (Body of the Message
// resource).
const maxMessage = 1600

// result is the result of a widget: an event, that and the next state, the first
// state of a subflow, or a wait.
type result struct {
	event, next    string
	waits, subflow bool
}

func on(event string) result { return result{event: event} }

// widget runs a widget until it waits or ends.
func (t *turn) widget(s *state) result {
	p := t.properties(s)
	switch s.Type {
	case "trigger":
		return result{}
	case "send-message":
		if t.send(s, p) {
			return on("sent")
		}
		return on("failed")
	case "send-and-wait-for-reply":
		if t.send(s, p) {
			return result{waits: true}
		}
		return on("deliveryFailure")
	case "say-play":
		if !t.calling(s) {
			return result{}
		}
		t.prompt(p)
		return on("audioComplete")
	case "gather-input-on-call":
		if !t.calling(s) {
			return result{}
		}
		t.prompt(p)
		return result{waits: true}
	case "split-based-on":
		event, next := t.split(s, p)
		return result{event: event, next: next}
	case "set-variables":
		t.setVariables(s, p)
		return on("next")
	case "make-http-request", "run-function":
		return on(t.request(s, p))
	case "run-subflow":
		return t.enterSubflow(s, p)
	case "add-twiml-redirect":
		if !t.calling(s) {
			return result{}
		}
		return t.handCallOver(p)
	case "enqueue-call", "send-to-flex", "connect-call-to":
		t.handOver(s, p)
		return result{}
	default:
		t.fail(0, "The widget %s is of type %s, which the sandbox does not run", s.Name, s.Type)
		return result{}
	}
}

// properties are the widget's, with Liquid rendered in each string.
func (t *turn) properties(s *state) object {
	decoded, err := decode(s.Properties)
	fields, ok := decoded.(object)
	if err != nil || !ok {
		return object{}
	}
	context := t.context()
	for name, value := range fields {
		fields[name] = t.render(s, name, value, context)
	}
	return fields
}

func (t *turn) render(s *state, property string, value any, context object) any {
	switch value := value.(type) {
	case string:
		rendered, err := liquify(t.liquid, value, context)
		if err != nil {
			t.problem(0, "The property %s of the widget %s: %v", property, s.Name, err)
		}
		return rendered
	case []any:
		for i, item := range value {
			value[i] = t.render(s, property, item, context)
		}
	case object:
		for name, item := range value {
			value[name] = t.render(s, property+"/"+name, item, context)
		}
	}
	return value
}

// text is a property as text, empty where it is absent.
func text(p object, name string) string {
	switch value := p[name].(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

func (t *turn) seconds(p object, name string, absent int) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(text(p, name))); err == nil && n > 0 {
		absent = n
	}
	return time.Duration(absent) * time.Second
}

// send sends the message of a widget and reports whether Twilio would accept it.
func (t *turn) send(s *state, p object) bool {
	reply := run.Reply{Type: run.ReplyMessage, Text: text(p, "body")}
	if media := text(p, "media_url"); media != "" {
		reply.Media = []string{media}
	}
	to := text(p, "to")
	if to != "" && to != t.Contact.From {
		reply.To = to
	}
	switch length := utf8.RuneCountInString(reply.Text); {
	case strings.TrimSpace(reply.Text) == "" && reply.Media == nil:
		t.problem(21602, "The widget %s sends a message without a body", s.Name)
		return false
	case length > maxMessage:
		t.problem(21617, "The widget %s sends a message of %d characters, more than %d", s.Name, length, maxMessage)
		return false
	}
	t.Replies = append(t.Replies, reply)
	if to == "" {
		to = t.Contact.From
	}
	t.keep(s.Name, "outbound", object{"Body": reply.Text, "From": t.Contact.To, "To": to, "Sid": t.World.SID("SM")})
	return true
}

// keep stores a field of a widget's own variables.
func (t *turn) keep(widget, name string, value any) {
	fields, ok := t.top().Widgets[widget].(object)
	if !ok {
		fields = object{}
		t.top().Widgets[widget] = fields
	}
	fields[name] = value
}

// calling reports whether there is a call; without one a voice widget ends the
// execution.
func (t *turn) calling(s *state) bool {
	if t.CallSID == "" {
		t.fail(0, "The widget %s needs a call, and this execution has none", s.Name)
	}
	return t.CallSID != ""
}

// prompt says and plays the prompt of a voice widget, once: repetitions do not change
// the replies.
func (t *turn) prompt(p object) {
	for _, part := range []struct{ property, kind string }{
		{"say", run.ReplySay}, {"play", run.ReplyPlay}, {"digits", run.ReplyPlay},
	} {
		if said := text(p, part.property); strings.TrimSpace(said) != "" {
			t.Replies = append(t.Replies, run.Reply{Type: part.kind, Text: said})
		}
	}
}

// split finds the first transition whose conditions hold.
func (t *turn) split(s *state, p object) (event, next string) {
	context := t.context()
	for i, tr := range s.Transitions {
		if tr.Event != "match" || len(tr.Conditions) == 0 {
			continue
		}
		matches := true
		for _, cond := range tr.Conditions {
			tested := text(p, "input")
			if len(cond.Arguments) > 0 {
				tested, _ = t.render(s, "arguments", cond.Arguments[0], context).(string)
			}
			value, _ := t.render(s, "value", cond.Value, context).(string)
			holds, err := t.running().holds(cond.Type, tested, value)
			if err != nil {
				t.problem(0, "Transition %d of the widget %s: %v", i, s.Name, err)
			}
			matches = matches && holds
		}
		if matches {
			return tr.Event, tr.Next
		}
	}
	return "noMatch", s.after("noMatch")
}

// setVariables sets all variables of a widget from the context before it, without the
// white space around their values, as Twilio's recipes rely on
// (https://www.twilio.com/docs/studio/widget-library/set-variables). Flows in use
// read them from the widget too ({{widgets.NAME.KEY}}), which Twilio's page on it does
// not mention.
func (t *turn) setVariables(s *state, p object) {
	list, _ := p["variables"].([]any)
	for _, item := range list {
		variable, _ := item.(object)
		key, value := text(variable, "key"), t.cast(strings.TrimSpace(text(variable, "value")))
		if parse := text(variable, "parse_as_json"); strings.EqualFold(parse, "true") {
			decoded, err := decode([]byte(text(variable, "value")))
			if err != nil {
				t.problem(0, "The variable %s of the widget %s is not JSON: %v", key, s.Name, err)
			} else {
				value = decoded
			}
		}
		t.top().Variables[key] = value
		t.keep(s.Name, key, value)
	}
}

// cast is a variable's value: the text or, where Options say so, the number that it
// looks like.
func (t *turn) cast(value string) any {
	if whole, err := strconv.ParseInt(value, 10, 64); t.Numbers && err == nil && strconv.FormatInt(whole, 10) == value {
		return whole
	}
	return value
}

// handOver transfers the contact to a person. In the sandbox nothing transfers it
// back, so the execution ends.
func (t *turn) handOver(s *state, p object) {
	reply := run.Reply{Type: run.ReplyEnqueue}
	switch s.Type {
	case "connect-call-to":
		reply = run.Reply{Type: run.ReplyDial, Text: text(p, "to")}
	case "send-to-flex":
		reply.Text = text(p, "workflow")
	default:
		if reply.Text = text(p, "workflow_sid"); reply.Text == "" {
			reply.Text = text(p, "queue_name")
		}
	}
	if s.Type != "send-to-flex" && !t.calling(s) {
		return
	}
	t.Replies = append(t.Replies, reply)
	t.Over = true
}

// accept converts an event to that of the waiting widget, if it waits for such an
// event.
func (t *turn) accept(e run.Event) (event string, accepted bool) {
	s := t.running().states[t.top().State]
	switch s.Type + " " + e.Kind {
	case "send-and-wait-for-reply " + run.KindMessage:
		t.keep(s.Name, "inbound", t.inbound(e))
		return "incomingMessage", true
	case "send-and-wait-for-reply " + run.KindThread:
		// Twilio's catalogue of widgets says that replies are in the trigger, and flows in
		// use read them from the widget: here the catalogue is followed.
		t.top().Trigger["conversation"] = t.thread(e)
		return "incomingMessage", true
	case "send-and-wait-for-reply " + run.KindTimeout, "gather-input-on-call " + run.KindSilence, "gather-input-on-call " + run.KindTimeout:
		return "timeout", true
	case "gather-input-on-call " + run.KindSpeech:
		t.keep(s.Name, "SpeechResult", e.Text)
		t.keep(s.Name, "Confidence", "1.0")
		return "speech", true
	case "gather-input-on-call " + run.KindDigits:
		p := t.properties(s)
		count, err := strconv.Atoi(text(p, "number_of_digits"))
		if err != nil {
			count = 0 // no bound
		}
		finish := "#"
		if _, set := p["finish_on_key"]; set {
			finish = text(p, "finish_on_key")
		}
		digits := run.Pressed(e.Text, count, finish)
		if digits == "" {
			return "timeout", true
		}
		t.keep(s.Name, "Digits", digits)
		return "keypress", true
	}
	return "", false
}
