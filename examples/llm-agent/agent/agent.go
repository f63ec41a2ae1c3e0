// Package agent speaks to callers through Twilio's ConversationRelay
// (https://www.twilio.com/docs/voice/conversationrelay/websocket-messages).
package agent

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/twilio/twilio-go/client"
)

// Options configure the agent.
type Options struct {
	// URL is where Twilio reaches it, without a slash at the end.
	URL string
	// AuthToken is the account's. With it, requests are checked for Twilio's signature
	// (https://www.twilio.com/docs/usage/security); without it, every request is answered.
	AuthToken string
	// Documents are the TwiML of the paths /voice, /ended and /handed-over.
	Documents map[string]string
	// Model answers callers; StandIn where it is nil.
	Model Model
}

// Turn is something that was said in a conversation.
type Turn struct {
	Caller bool // or else the model
	Text   string
}

// Reply is what a model makes of a conversation.
type Reply struct {
	// Tokens are the words of the answer as they come.
	Tokens iter.Seq[string]
	// End ends the conversation after them; HandOver says why a person should go on with it.
	End      bool
	HandOver string
}

// Model answers the last turn of a conversation.
type Model interface {
	Answer(ctx context.Context, conversation []Turn) Reply
}

// Handler serves the documents, and the WebSocket at /relay.
func Handler(o Options) http.Handler {
	if o.Model == nil {
		o.Model = StandIn{}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /voice", o.document)
	mux.HandleFunc("POST /ended", o.document)
	mux.HandleFunc("GET /relay", o.relay)
	return mux
}

// document answers a request of Twilio's.
func (o Options) document(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !o.signed(r, o.URL) {
		http.Error(w, "the request is not signed by Twilio", http.StatusForbidden)
		return
	}
	path := r.URL.Path
	if path == "/ended" && r.PostForm.Get("HandoffData") != "" {
		path = "/handed-over"
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, o.Documents[path]) // fails only if the client has disconnected
}

// signed reports whether a request bears Twilio's signature.
func (o Options) signed(r *http.Request, base string) bool {
	if o.AuthToken == "" {
		return true
	}
	params := map[string]string{}
	for name := range r.PostForm {
		params[name] = r.PostForm.Get(name)
	}
	validator := client.NewRequestValidator(o.AuthToken)
	return validator.Validate(base+r.URL.RequestURI(), params, r.Header.Get("X-Twilio-Signature"))
}

// message is one of Twilio's or of the agent's, by its type.
type message struct {
	Type string `json:"type"`
	// Of a prompt, and of an interruption: what the caller said, and what the caller heard.
	VoicePrompt             string `json:"voicePrompt,omitempty"`
	UtteranceUntilInterrupt string `json:"utteranceUntilInterrupt,omitempty"`
	// Of a text.
	Token string `json:"token,omitempty"`
	Last  bool   `json:"last,omitempty"`
	// Of an end.
	HandoffData string `json:"handoffData,omitempty"`
}

// relay holds the conversation of one call.
func (o Options) relay(w http.ResponseWriter, r *http.Request) {
	// The signature is that of the URL as TwiML has it: wss, or ws on this machine.
	if !o.signed(r, "ws"+strings.TrimPrefix(o.URL, "http")) {
		http.Error(w, "the request is not signed by Twilio", http.StatusForbidden)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	var conversation []Turn
	for {
		var m message
		if err := wsjson.Read(r.Context(), conn, &m); err != nil {
			return // the call has ended
		}
		switch m.Type {
		case "prompt":
			conversation = append(conversation, Turn{Caller: true, Text: m.VoicePrompt})
			text, err := o.answer(r.Context(), conn, conversation)
			if err != nil {
				return
			}
			conversation = append(conversation, Turn{Text: text})
		case "interrupt":
			// The model must know how much of its answer was heard.
			if n := len(conversation); n > 0 {
				conversation[n-1].Text = m.UtteranceUntilInterrupt
			}
		}
	}
}

// answer streams what the model says and returns all of it.
func (o Options) answer(ctx context.Context, conn *websocket.Conn, conversation []Turn) (string, error) {
	reply := o.Model.Answer(ctx, conversation)
	var text strings.Builder
	for token := range reply.Tokens {
		text.WriteString(token)
		if err := wsjson.Write(ctx, conn, message{Type: "text", Token: token}); err != nil {
			return "", err
		}
	}
	if err := wsjson.Write(ctx, conn, message{Type: "text", Last: true}); err != nil {
		return "", err
	}
	if reply.End {
		return text.String(), wsjson.Write(ctx, conn, message{Type: "end", HandoffData: reply.HandOver})
	}
	return text.String(), nil
}

// StandIn is a Model that needs no network: it knows opening hours, and when to stop.
type StandIn struct{}

// Answer implements Model.
func (StandIn) Answer(_ context.Context, conversation []Turn) Reply {
	said := strings.ToLower(conversation[len(conversation)-1].Text)
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(said, word) {
				return true
			}
		}
		return false
	}
	switch {
	case has("bye", "nothing else"):
		return Reply{Tokens: words("Thank you for calling."), End: true}
	case has("person", "human"):
		return Reply{Tokens: words("Of course."), End: true, HandOver: "the caller asked for a person"}
	case has("open", "hours"):
		return Reply{Tokens: words("We are open from 8 to 18, Monday to Friday.")}
	case has("again", "repeat") && len(conversation) > 1:
		return Reply{Tokens: words(conversation[len(conversation)-2].Text)}
	default:
		return Reply{Tokens: words("I can tell you when we are open, or connect you to a person.")}
	}
}

// words are the words of a text, each with the space behind it.
func words(text string) iter.Seq[string] { return strings.SplitAfterSeq(text, " ") }
