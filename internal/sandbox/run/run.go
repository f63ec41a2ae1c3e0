// Package run is the common part of the interpreters of bots. Each of them
// (studio, autopilot, twiml) reads the content of a bot and holds one
// conversation with it, one event after the other, without a clock, a network or
// a file of its own: those are passed in. The state of a conversation can be
// saved as JSON and resumed by another process.
package run

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// The channels of a conversation.
const (
	Messaging = "messaging"
	Voice     = "voice"
)

// The kinds of events.
const (
	KindMessage = "message" // a message arrived
	KindThread  = "thread"  // a message arrived in a conversation of Twilio Conversations, in another form than one to a number
	KindRequest = "request" // a client of the REST API starts the conversation
	KindCall    = "call"    // a call begins
	KindSpeech  = "speech"  // the caller said something
	KindDigits  = "digits"  // the caller pressed keys
	KindSilence = "silence" // the caller neither said nor pressed anything in time
	KindTimeout = "timeout" // no message came in time
	KindHangup  = "hangup"  // the caller hung up
)

// Event is what the other side of a conversation does.
type Event struct {
	Kind string
	Text string // of a message or of speech; the digits; the parameters of a request, a JSON object
	SID  string // of the message or the call; one is generated where it is empty
}

// Message is the arrival of a message.
func Message(text string) Event { return Event{Kind: KindMessage, Text: text} }

// Call is the start of a call.
func Call() Event { return Event{Kind: KindCall} }

// Speech is the caller saying something.
func Speech(text string) Event { return Event{Kind: KindSpeech, Text: text} }

// Digits is the caller pressing keys.
func Digits(digits string) Event { return Event{Kind: KindDigits, Text: digits} }

// Silence is the caller doing nothing until the bot stops waiting.
func Silence() Event { return Event{Kind: KindSilence} }

// Timeout is the end of the time in which a message could have been answered.
func Timeout() Event { return Event{Kind: KindTimeout} }

// Hangup is the caller hanging up.
func Hangup() Event { return Event{Kind: KindHangup} }

// The types of replies.
const (
	ReplyMessage = "message" // a message with a body, media or both
	ReplySay     = "say"     // text read to the caller
	ReplyPlay    = "play"    // a recording at a URL, or tones
	ReplyDial    = "dial"    // the call is connected to another number
	ReplyEnqueue = "enqueue" // the contact waits for a person
	ReplyReject  = "reject"  // the call is rejected
)

// Reply is one reply of a bot.
type Reply struct {
	Type  string   `json:"type"` // one of the constants above
	Text  string   `json:"text"` // the text, the URL of a recording, or the receiver
	Media []string `json:"media,omitempty"`
	// To is the receiver of a message that does not go to the contact.
	To string `json:"to,omitempty"`
}

// Problem is what Twilio would write into the account's error log.
type Problem struct {
	// Code is that of Twilio's error dictionary, https://www.twilio.com/docs/api/errors;
	// 0 where it has none for this.
	Code    int
	Message string
	URL     string // that failed
	Method  string
	Status  int // HTTP status of the failed answer; 0 for none
}

// Error is the message with the code.
func (p Problem) Error() string { return fmt.Sprintf("%d: %s", p.Code, p.Message) }

// Problemf creates a problem with a code.
func Problemf(code int, format string, args ...any) Problem {
	return Problem{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Turn is the result of an event.
type Turn struct {
	Replies []Reply
	// Ended reports that the conversation has ended; further events are ignored.
	Ended bool
	// Wait is how long the bot waits for the next event, 0 for no limit.
	Wait     time.Duration
	Problems []Problem
}

// Add appends another turn's replies and problems.
func (t *Turn) Add(other Turn) {
	t.Replies = append(t.Replies, other.Replies...)
	t.Problems = append(t.Problems, other.Problems...)
}

// Conversation is a conversation of a bot with one contact. It is for one goroutine.
type Conversation interface {
	// Send passes an event to the bot and returns its replies until it waits or ends.
	Send(ctx context.Context, e Event) Turn
	// Save is the state of the conversation, as JSON.
	Save() ([]byte, error)
}

// Request is a request a bot makes to a webhook.
type Request struct {
	Method string // GET, POST or PUT
	URL    string
	// Form is sent in the query of a GET, else in the body.
	Form url.Values
	// Body and ContentType are sent instead of the form where ContentType is set.
	Body, ContentType string
	// Signed asks for Twilio's signature (X-Twilio-Signature).
	Signed bool
}

// Response is the answer to a Request with a status below 400.
type Response struct {
	Status      int
	ContentType string // without parameters, in lower case
	Body        []byte
	URL         string // where the answer came from, after redirects
}

// Web makes requests. Its error is a Problem that describes the failure.
type Web func(ctx context.Context, r Request) (Response, *Problem)

// NoWeb is a Web in which every request fails.
func NoWeb(_ context.Context, r Request) (Response, *Problem) {
	p := Problemf(11200, "HTTP retrieval failure: there is no network here")
	p.Method, p.URL = r.Method, r.URL
	return Response{}, &p
}

// Contact is a contact, the bot's address and the channel.
type Contact struct {
	AccountSID string
	From, To   string // addresses, such as E.164: the contact's, and the bot's
	Channel    string // Messaging or Voice
	Service    string // SID of the Messaging Service that the messages come by, empty for none
	// Conversation is the SID of the conversation of Twilio Conversations that the messages
	// belong to, empty for none.
	Conversation string
	// Message is the SID of the message that is delivered; empty for a call, and in what is
	// stored of a conversation.
	Message string
}

// World is what a conversation needs from outside. Its zero value is valid: no
// network, the wall clock, sequential identifiers.
type World struct {
	Web   Web
	Relay Relay
	Now   func() time.Time
	SID   func(prefix string) string
}

// Filled is the world with the zero values replaced.
func (w World) Filled() World {
	if w.Web == nil {
		w.Web = NoWeb
	}
	if w.Relay == nil {
		w.Relay = NoRelay{}
	}
	if w.Now == nil {
		w.Now = time.Now
	}
	if w.SID == nil {
		n := 0
		w.SID = func(prefix string) string { n++; return fmt.Sprintf("%s%032x", prefix, n) }
	}
	return w
}
