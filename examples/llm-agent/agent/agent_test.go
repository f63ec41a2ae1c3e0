package agent

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

func TestInterruptedAnswerIsRememberedAsItWasHeard(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(Handler(Options{}))
	t.Cleanup(server.Close)
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/relay", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	send := func(m message) {
		if err := wsjson.Write(t.Context(), conn, m); err != nil {
			t.Fatal(err)
		}
	}
	// heard is what the agent says until it has finished.
	heard := func() (text string) {
		for {
			var m message
			if err := wsjson.Read(t.Context(), conn, &m); err != nil {
				t.Fatal(err)
			}
			if text += m.Token; m.Last {
				return text
			}
		}
	}
	send(message{Type: "setup"})
	send(message{Type: "prompt", VoicePrompt: "Your hours?"})
	if got := heard(); got != "We are open from 8 to 18, Monday to Friday." {
		t.Error(got)
	}
	send(message{Type: "interrupt", UtteranceUntilInterrupt: "We are open"})
	send(message{Type: "prompt", VoicePrompt: "Again?"})
	if got := heard(); got != "We are open" {
		t.Error(got)
	}
}

func TestRequestsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(Handler(Options{URL: "https://agent.example.com", AuthToken: "token"}))
	t.Cleanup(server.Close)
	answer, err := http.Post(server.URL+"/voice", "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("an unsigned request is answered with %d", answer.StatusCode)
	}
	if conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/relay", nil); err == nil {
		_ = conn.CloseNow()
		t.Error("an unsigned WebSocket is accepted")
	}
}
