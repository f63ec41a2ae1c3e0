package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/twilio/twilio-go/client"
)

// agent is a bot that speaks through ConversationRelay: answer is called with each message that
// arrives, and sends what it likes.
func agent(t *testing.T, answer func(send func(message any), message map[string]any) (more bool)) string {
	t.Helper()
	validator := client.NewRequestValidator(StarterAuthToken)
	var base string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/voice":
			w.Header().Set("Content-Type", "text/xml")
			fmt.Fprintf(w, `<Response><Connect action="/ended"><ConversationRelay url="%s/relay?a=b" welcomeGreeting="Hello" dtmfDetection="true"/></Connect></Response>`, base)
		case "/ended":
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, "<Response><Say>"+r.FormValue("SessionStatus")+"</Say></Response>")
		default:
			if !validator.Validate(base+r.URL.String(), nil, r.Header.Get("X-Twilio-Signature")) {
				t.Errorf("the handshake has a wrong signature")
			}
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			defer conn.CloseNow()
			for {
				var message map[string]any
				if err := wsjson.Read(r.Context(), conn, &message); err != nil {
					return
				}
				if !answer(func(message any) { _ = wsjson.Write(r.Context(), conn, message) }, message) {
					return
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	base = "ws" + strings.TrimPrefix(server.URL, "http")
	return server.URL
}

func said(text string) map[string]any {
	return map[string]any{"type": "text", "token": text, "last": true}
}

func TestBotSpeaksThroughConversationRelay(t *testing.T) {
	s := predictable()
	base := agent(t, func(send func(any), message map[string]any) bool {
		switch message["type"] {
		case "setup":
			send(said("Who is it?")) // before the caller says anything
		case "prompt":
			send(map[string]any{"type": "text", "token": "You said "})
			send(said(fmt.Sprint(message["voicePrompt"], " in ", message["lang"])))
			if message["voicePrompt"] == "bye" {
				send(map[string]any{"type": "end", "handoffData": "{}"})
				return true // Twilio closes the connection
			}
		case "dtmf":
			send(said(fmt.Sprint(message["digit"])))
		}
		return true
	})
	point(t, s, "VoiceUrl", base+"/voice")
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	for _, step := range []struct {
		body, digits, want string
	}{
		{"", "", "Hello Who is it? wait"}, {"hi", "", "You said hi in en-US wait"}, {"", "12", "1 2 wait"}, {"", "", " wait"}, {"bye", "", "You said bye in en-US ended end"},
	} {
		call.Body, call.Digits = step.body, step.digits
		if got := deliver(t, s, call); strings.TrimSpace(got) != strings.TrimSpace(step.want) {
			t.Fatalf("%q %q: %s, want %s", step.body, step.digits, got, step.want)
		}
	}
	if open := len(s.sockets.open); open != 0 {
		t.Errorf("%d connections are open after the call", open)
	}
}

func TestConversationRelayOnThisMachineAlone(t *testing.T) {
	s := predictable()
	for target, want := range map[string]string{
		"wss://192.0.2.1/relay": "the sandbox calls only loopback addresses", "http://127.0.0.1/": "not a URL of a WebSocket", "wss://": "not a URL of a WebSocket",
		"ws://127.0.0.1:1/user": "connect: connection refused",
	} {
		p := s.relay(StarterAccountSID).Open(t.Context(), "VX1", target)
		if p == nil || p.Code != 64102 || !strings.Contains(p.Message, want) {
			t.Errorf("%s: %v, want %q", target, p, want)
		}
	}
	elsewhere := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	t.Cleanup(elsewhere.Close)
	if p := s.relay(StarterAccountSID).Open(t.Context(), "VX1", "ws"+strings.TrimPrefix(elsewhere.URL, "http")); p == nil || !strings.Contains(p.Message, "got 302") {
		t.Errorf("%v", p)
	}
}

func TestServerThatHangsUpEndsTheSession(t *testing.T) {
	s := predictable()
	base := agent(t, func(_ func(any), message map[string]any) bool { return message["type"] != "prompt" })
	point(t, s, "VoiceUrl", base+"/voice")
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, call)
	call.Body = "hi"
	answer, err := s.Inbound(call)
	if err != nil || !answer.Ended || answer.Answers[0].Text != "failed" || len(answer.Errors) != 1 || answer.Errors[0].Code != 64105 {
		t.Errorf("%+v %v", answer, err)
	}
}

// A session is of one process, and so is what goes wrong with it.
func TestSessionOfAnotherProcessHasEnded(t *testing.T) {
	s := predictable()
	base := agent(t, func(func(any), map[string]any) bool { return true })
	point(t, s, "VoiceUrl", base+"/voice")
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, call)
	s.sockets.closeAll()
	call.Body = "hi"
	if got := deliver(t, s, call); got != "failed !64105 end" {
		t.Error(got)
	}
}

func TestCallerWhoHangsUpClosesTheSession(t *testing.T) {
	now := start
	s := predictable(WithClock(func() time.Time { return now }))
	gone := make(chan struct{}, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/voice" {
			w.Header().Set("Content-Type", "text/xml")
			fmt.Fprintf(w, `<Response><Connect><ConversationRelay url="ws://%s/relay"/></Connect></Response>`, r.Host)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for err == nil {
			_, _, err = conn.Read(context.Background())
		}
		gone <- struct{}{}
	}))
	t.Cleanup(server.Close)
	point(t, s, "VoiceUrl", server.URL+"/voice")
	call := Inbound{To: myNumber, From: contact, Channel: "voice"}
	deliver(t, s, call)
	call.Hangup = true
	deliver(t, s, call)
	<-gone
	// One that nobody ends is closed when another begins and calls may not have lasted so long.
	call.Hangup = false
	deliver(t, s, call)
	now = now.Add(callLimit)
	deliver(t, s, call)
	<-gone
	if open := len(s.sockets.open); open != 1 {
		t.Errorf("%d connections are open", open)
	}
}
