package twiml

import (
	"strconv"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// gather is a Gather that waits, with the defaults of
// https://www.twilio.com/docs/voice/twiml/gather.
type gather struct {
	Action      string `json:"action"`
	Method      string `json:"method"`
	Input       string `json:"input"` // dtmf, speech or both
	NumDigits   int    `json:"num_digits,omitempty"`
	FinishOnKey string `json:"finish_on_key"`
	Timeout     int    `json:"timeout"` // seconds
	OnEmpty     bool   `json:"on_empty,omitempty"`
}

// run runs the document from the next verb on.
func (t *turn) run() {
	document, err := parse([]byte(t.Document))
	if err != nil {
		return // it was parsed on arrival; only a file edited by hand gets here
	}
	verb := t.message
	if t.Contact.Channel == run.Voice {
		verb = t.voice
	}
	for t.Next < len(document.Children) {
		n := document.Children[t.Next]
		t.Next++
		if over := verb(n); over {
			return
		}
	}
}

// unknown is a verb that TwiML does not have, on this channel.
func (t *turn) unknown(n node) {
	p := run.Problemf(12200, "Schema validation warning: %s is not a verb of %s, or not one that the sandbox runs", n.Name, t.Contact.Channel)
	p.URL = t.URL
	t.problem(p)
}

// message runs a verb of a messaging document and reports whether that was the last.
func (t *turn) message(n node) (over bool) {
	switch n.Name {
	case "Message", "Sms":
		t.sendMessage(n)
	case "Redirect":
		t.ask(t.absolute(n.said()), n.or("method", "POST"), MessageForm(t.Contact, t.SID, t.body))
		return true
	default:
		t.unknown(n)
	}
	return false
}

// sendMessage reads the body and the media, which may be elements of their own.
func (t *turn) sendMessage(n node) {
	reply := run.Reply{Type: run.ReplyMessage, Text: strings.TrimSpace(n.Own)}
	if to := n.Attr["to"]; to != t.Contact.From {
		reply.To = to
	}
	for _, child := range n.Children {
		switch child.Name {
		case "Body":
			reply.Text = child.said()
		case "Media":
			reply.Media = append(reply.Media, t.absolute(child.said()))
		}
	}
	if reply.Text == "" && len(reply.Media) == 0 {
		p := run.Problemf(14103, "Message: there is neither a body nor media")
		p.URL = t.URL
		t.problem(p)
		return
	}
	t.Replies = append(t.Replies, reply)
}

// voice runs a verb of a call's document and reports whether that was the last.
func (t *turn) voice(n node) (over bool) {
	switch n.Name {
	case "Say", "Play", "Pause":
		t.prompt(n)
	case "Gather":
		for _, child := range n.Children {
			t.prompt(child)
		}
		t.Gather = t.newGather(n)
		return true
	case "Redirect":
		target := t.absolute(n.said())
		if t.Returns != nil && t.Returns(target) {
			t.saved.ReturnedTo = target
			return true
		}
		t.ask(target, n.or("method", "POST"), t.callForm())
		return true
	case "Record":
		// There is no speech in the sandbox to record, and Twilio continues with the next
		// verb after an empty recording.
	case "Reject":
		t.reply(run.ReplyReject, n.or("reason", "rejected"))
		return true
	case "Hangup", "Leave":
		return true
	case "Connect":
		for _, noun := range n.Children {
			if noun.Name == "ConversationRelay" {
				t.connect(n, noun)
				return true
			}
		}
		t.reply(run.ReplyDial, n.said())
		return true
	case "Dial":
		t.reply(run.ReplyDial, n.said())
		return true
	case "Enqueue":
		queue := n.said()
		if workflow := n.Attr["workflowSid"]; workflow != "" {
			queue = workflow
		}
		t.reply(run.ReplyEnqueue, queue)
		return true
	default:
		t.unknown(n)
	}
	return false
}

// prompt runs the verbs that are allowed both in a Gather and beside it.
func (t *turn) prompt(n node) {
	switch n.Name {
	case "Say":
		if text := n.said(); text != "" {
			t.reply(run.ReplySay, text)
		}
	case "Play":
		switch digits := n.Attr["digits"]; {
		case digits != "":
			t.reply(run.ReplyPlay, digits)
		case n.said() != "":
			t.reply(run.ReplyPlay, t.absolute(n.said()))
		}
	case "Pause":
	default:
		t.unknown(n)
	}
}

func (t *turn) newGather(n node) *gather {
	g := &gather{
		Action: t.URL, Method: n.or("method", "POST"), Input: n.or("input", "dtmf"),
		FinishOnKey: n.or("finishOnKey", "#"), Timeout: 5,
		OnEmpty: strings.EqualFold(n.Attr["actionOnEmptyResult"], "true"),
	}
	if action := n.Attr["action"]; action != "" {
		g.Action = t.absolute(action)
	}
	if digits, err := strconv.Atoi(n.Attr["numDigits"]); err == nil && digits > 0 {
		g.NumDigits = digits
	}
	if seconds, err := strconv.Atoi(n.Attr["timeout"]); err == nil && seconds > 0 {
		g.Timeout = seconds
	}
	return g
}

// gathered continues with what the caller did while a Gather waited. Input that the
// Gather does not listen for is ignored.
func (t *turn) gathered(e run.Event) {
	g := t.Gather
	if g == nil {
		return
	}
	form := t.callForm()
	switch e.Kind {
	case run.KindDigits:
		if !strings.Contains(g.Input, "dtmf") {
			return
		}
		digits := run.Pressed(e.Text, g.NumDigits, g.FinishOnKey)
		form.Set("Digits", digits)
		if digits == "" && !g.OnEmpty {
			t.fallThrough()
			return
		}
	case run.KindSpeech:
		if !strings.Contains(g.Input, "speech") {
			return
		}
		form.Set("SpeechResult", e.Text)
		form.Set("Confidence", "1.0")
	default:
		if !g.OnEmpty {
			t.fallThrough()
			return
		}
		form.Set("Digits", "")
	}
	t.ask(g.Action, g.Method, form)
}

// fallThrough continues after a Gather that received nothing.
func (t *turn) fallThrough() {
	t.Gather = nil
	t.run()
}
