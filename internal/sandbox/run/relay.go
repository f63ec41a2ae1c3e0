package run

import "context"

// Relay is the WebSockets on which ConversationRelay talks to bots, one for each session
// (https://www.twilio.com/docs/voice/conversationrelay/websocket-messages). They outlive an
// event, and do not outlive the process.
type Relay interface {
	// Open connects to a bot's server.
	Open(ctx context.Context, session, url string) *Problem
	// Exchange sends messages and returns those that arrived: before, then until enough says
	// so of one, and then until the server has handled what it was sent. Without enough there
	// is no waiting but the last. It reports whether the session is still open.
	Exchange(ctx context.Context, session string, send [][]byte, enough func(message []byte) bool) (received [][]byte, open bool)
	// Close ends a session, also one that is not open.
	Close(session string)
}

// NoRelay is a Relay in which every connection fails.
type NoRelay struct{}

// Open implements Relay.
func (NoRelay) Open(_ context.Context, _, url string) *Problem {
	p := Problemf(64102, "Unable to connect to WebSocket URL: there is no network here")
	p.URL = url
	return &p
}

// Exchange implements Relay.
func (NoRelay) Exchange(context.Context, string, [][]byte, func([]byte) bool) ([][]byte, bool) {
	return nil, false
}

// Close implements Relay.
func (NoRelay) Close(string) {}
