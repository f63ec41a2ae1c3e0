package twiml

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// relay is a session of ConversationRelay that waits for the caller, with the defaults of
// https://www.twilio.com/docs/voice/twiml/connect/conversationrelay.
type relay struct {
	Session  string    `json:"session"`
	Begun    time.Time `json:"begun"`
	Action   string    `json:"action,omitempty"`
	Method   string    `json:"method,omitempty"`
	Language string    `json:"language"` // of what the caller says
	Keys     bool      `json:"keys,omitempty"`
}

// The messages to a bot's server.
type (
	setupMessage struct {
		Type             string            `json:"type"`
		SessionID        string            `json:"sessionId"`
		AccountSID       string            `json:"accountSid"`
		ParentCallSID    string            `json:"parentCallSid"`
		CallSID          string            `json:"callSid"`
		From             string            `json:"from"`
		To               string            `json:"to"`
		ForwardedFrom    string            `json:"forwardedFrom"`
		CallType         string            `json:"callType"`
		CallerName       string            `json:"callerName"`
		Direction        string            `json:"direction"`
		CallStatus       string            `json:"callStatus"`
		CustomParameters map[string]string `json:"customParameters"`
	}
	promptMessage struct {
		Type        string `json:"type"`
		VoicePrompt string `json:"voicePrompt"`
		Lang        string `json:"lang"`
		Last        bool   `json:"last"`
	}
	dtmfMessage struct {
		Type  string `json:"type"`
		Digit string `json:"digit"`
	}
	errorMessage struct {
		Type        string `json:"type"`
		Description string `json:"description"`
	}
)

// serverMessage is any message of a bot's server.
type serverMessage struct {
	Type                  string `json:"type"`
	Token                 string `json:"token"`
	Last                  bool   `json:"last"`
	Source                string `json:"source"`
	Digits                string `json:"digits"`
	TranscriptionLanguage string `json:"transcriptionLanguage"`
	HandoffData           string `json:"handoffData"`
}

// valid reports whether Twilio processes a message.
func (m serverMessage) valid() bool {
	switch m.Type {
	case "text", "language", "end":
		return true
	case "play":
		return m.Source != ""
	case "sendDigits":
		return m.Digits != ""
	default:
		return false
	}
}

// answers reports whether a message ends what a bot says to a prompt.
func answers(text []byte) bool {
	var m serverMessage
	return json.Unmarshal(text, &m) == nil && (m.Type == "text" && m.Last || m.Type == "play" || m.Type == "end")
}

// connect begins a session.
func (t *turn) connect(verb, noun node) {
	r := &relay{
		Session: t.World.SID("VX"), Begun: t.World.Now(), Method: verb.or("method", "POST"),
		Language: noun.or("transcriptionLanguage", noun.or("language", "en-US")), Keys: strings.EqualFold(noun.Attr["dtmfDetection"], "true"),
	}
	if action := verb.Attr["action"]; action != "" {
		r.Action = t.absolute(action)
	}
	t.Relay = r
	if failed := t.World.Relay.Open(t.ctx, r.Session, noun.Attr["url"]); failed != nil {
		t.disconnect(failed, "")
		return
	}
	setup := setupMessage{
		Type: "setup", SessionID: r.Session, AccountSID: t.Contact.AccountSID, CallSID: t.SID, From: t.Contact.From, To: t.Contact.To,
		CallType: "PSTN", Direction: "inbound", CallStatus: "RINGING", CustomParameters: map[string]string{},
	}
	for _, child := range noun.Children {
		if child.Name == "Parameter" {
			setup.CustomParameters[child.Attr["name"]] = child.Attr["value"]
		}
	}
	if greeting := noun.Attr["welcomeGreeting"]; greeting != "" {
		t.reply(run.ReplySay, greeting)
	}
	t.exchange(nil, setup)
}

// relayed hands what the caller did to the bot's server.
func (t *turn) relayed(e run.Event) {
	switch e.Kind {
	case run.KindSpeech:
		t.exchange(answers, promptMessage{Type: "prompt", VoicePrompt: e.Text, Lang: t.Relay.Language, Last: true})
	case run.KindDigits:
		var pressed []any
		for _, digit := range e.Text {
			if t.Relay.Keys {
				pressed = append(pressed, dtmfMessage{Type: "dtmf", Digit: string(digit)})
			}
		}
		t.exchange(nil, pressed...)
	default:
		t.exchange(nil)
	}
}

// exchange sends messages and does what the server sent.
func (t *turn) exchange(enough func([]byte) bool, messages ...any) {
	var send [][]byte
	for _, each := range messages {
		text, err := json.Marshal(each)
		if err != nil {
			continue // texts and bools are always encoded
		}
		send = append(send, text)
	}
	session := t.Relay.Session
	received, open := t.World.Relay.Exchange(t.ctx, session, send, enough)
	var refused []any
	var spoken strings.Builder
	said := func() {
		if text := strings.TrimSpace(spoken.String()); text != "" {
			t.reply(run.ReplySay, text)
		}
		spoken.Reset()
	}
	for _, text := range received {
		var m serverMessage
		if err := json.Unmarshal(text, &m); err != nil || !m.valid() {
			answer := refusal(text)
			t.problem(run.Problemf(64107, "%s", answer.Description))
			refused = append(refused, answer)
			continue
		}
		switch m.Type {
		case "text":
			if spoken.WriteString(m.Token); m.Last {
				said()
			}
			continue
		case "language":
			if m.TranscriptionLanguage != "" {
				t.Relay.Language = m.TranscriptionLanguage
			}
			continue
		}
		said()
		switch m.Type {
		case "play":
			t.reply(run.ReplyPlay, m.Source)
		case "sendDigits":
			t.reply(run.ReplyPlay, m.Digits)
		case "end":
			t.disconnect(nil, m.HandoffData)
			return
		}
	}
	said()
	// A server that answers an error with another invalid message is not answered forever.
	if t.documents++; open && len(refused) > 0 && t.documents <= maxDocuments {
		t.exchange(nil, refused...)
		return
	}
	if !open {
		p := run.Problemf(64105, "WebSocket ended: the bot's server closed the connection without an end message")
		t.disconnect(&p, "")
	}
}

// refusal is the answer to a message that is not one of ConversationRelay. The session
// survives it (https://www.twilio.com/docs/api/errors/64107).
func refusal(text []byte) errorMessage {
	const shown = 200
	quoted := string(text)
	if len(quoted) > shown {
		quoted = strings.ToValidUTF8(quoted[:shown], "") + "…"
	}
	return errorMessage{Type: "error", Description: "Invalid message received: " + quoted}
}

// disconnect ends the session and continues as its Connect says: with its action, or else
// with the next verb.
func (t *turn) disconnect(failed *run.Problem, handoff string) {
	r := t.Relay
	t.Relay = nil
	t.World.Relay.Close(r.Session)
	form := t.callForm()
	form.Set("SessionId", r.Session)
	form.Set("SessionStatus", "ended")
	form.Set("SessionDuration", fmt.Sprint(int(t.World.Now().Sub(r.Begun).Seconds())))
	if handoff != "" {
		form.Set("HandoffData", handoff)
	}
	if failed != nil {
		t.problem(*failed)
		form.Set("SessionStatus", "failed")
		form.Set("ErrorCode", fmt.Sprint(failed.Code))
		form.Set("ErrorMessage", failed.Message)
	}
	if r.Action == "" {
		t.run()
		return
	}
	t.ask(r.Action, r.Method, form)
}
