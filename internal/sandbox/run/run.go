// Package run is what the interpreters of bots have in common. Each of them
// (studio, autopilot, twiml) takes what a bot is made of and holds one
// conversation with it, one event after the other, without a clock, a network or
// a file of its own: those are given to it. What a conversation remembers can be
// saved as JSON and taken up by another process.
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
	KindThread  = "thread"  // a message arrived in a conversation of Twilio Conversations
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
	Text string // of a message or of speech; the digits
	SID  string // of the message or the call; one is made where it is empty
}

// Message is the arrival of a message.
func Message(text string) Event { return Event{Kind: KindMessage, Text: text} }

// Thread is the arrival of a message in a conversation of Twilio Conversations,
// which a flow is told of in another way than of a message to a number.
func Thread(text string) Event { return Event{Kind: KindThread, Text: text} }

// Call is the begin of a call.
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
	ReplyDial    = "dial"    // the call is connected to somebody else
	ReplyEnqueue = "enqueue" // the contact waits for a person
	ReplyReject  = "reject"  // the call is not taken
)

// Reply is one thing a bot gives back.
type Reply struct {
	Type  string   `json:"type"` // one of the constants above
	Text  string   `json:"text"` // the text, the URL of a recording, or to whom
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

// Problemf makes a problem of a code.
func Problemf(code int, format string, args ...any) Problem {
	return Problem{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Turn is what became of an event.
type Turn struct {
	Replies []Reply
	// Ended says that the conversation is over; further events are ignored.
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

// Conversation is a bot talking with one contact. It is for one goroutine.
type Conversation interface {
	// Send gives the bot an event and returns what it does until it waits or ends.
	Send(ctx context.Context, e Event) Turn
	// Save is what the conversation remembers, as JSON.
	Save() ([]byte, error)
}

// Request is a request a bot makes to a webhook.
type Request struct {
	Method string // GET or POST
	URL    string
	// Form is sent in the query of a GET and the body of a POST.
	Form url.Values
	// Body and ContentType are sent in place of the form where ContentType is set.
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

// Web makes requests. Its error is a Problem that says what failed.
type Web func(ctx context.Context, r Request) (Response, *Problem)

// NoWeb is a Web in which every request fails.
func NoWeb(_ context.Context, r Request) (Response, *Problem) {
	p := Problemf(11200, "HTTP retrieval failure: there is no network here")
	p.Method, p.URL = r.Method, r.URL
	return Response{}, &p
}

// Contact is who talks to whom on which channel.
type Contact struct {
	AccountSID string
	From, To   string // E.164: the contact's, and the bot's
	Channel    string // Messaging or Voice
}

// World is what a conversation needs from outside. Its zero value does: no
// network, the wall's clock, identifiers that count.
type World struct {
	Web Web
	Now func() time.Time
	SID func(prefix string) string
}

// Filled is the world with the zero values replaced.
func (w World) Filled() World {
	if w.Web == nil {
		w.Web = NoWeb
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
