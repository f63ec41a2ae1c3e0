// Package twiml runs bots that are webhooks: it requests TwiML from a URL and runs it
// (https://www.twilio.com/docs/messaging/twiml,
// https://www.twilio.com/docs/voice/twiml).
package twiml

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// maxDocuments is how many documents one event may lead through. Twilio states
// no such bound; a loop of redirects must end nevertheless.
const maxDocuments = 50

// Webhook is the URL of a bot, and the fallback that Twilio requests when that fails.
type Webhook struct {
	URL, Method                 string // the method is POST when empty
	FallbackURL, FallbackMethod string
}

// Options configure a conversation.
type Options struct {
	Contact run.Contact
	World   run.World
	Webhook Webhook
	// Form is added to each request.
	Form url.Values
	// Returns reports whether the target of a Redirect leads back to the flow or assistant that
	// transferred the call; the conversation then ends.
	Returns func(url string) bool
}

// Conversation is a conversation with a webhook. A message is answered at once and ends it;
// a call continues while the webhook gathers input, or talks to the
// caller by ConversationRelay.
type Conversation struct {
	Options
	saved
}

// saved is the state of the conversation between two events.
type saved struct {
	SID      string  `json:"sid"`                // of the message or the call
	Document string  `json:"document,omitempty"` // that is being run
	URL      string  `json:"url,omitempty"`      // the document's
	Next     int     `json:"next,omitempty"`     // the next verb
	Gather   *gather `json:"gather,omitempty"`   // nil when no input is awaited
	Relay    *relay  `json:"relay,omitempty"`    // nil outside a ConversationRelay session
	// ReturnedTo is the target of the Redirect that led back.
	ReturnedTo string `json:"returned_to,omitempty"`
}

// New starts a conversation. Nothing is requested before the first event.
func New(o Options) *Conversation {
	o.World = o.World.Filled()
	return &Conversation{Options: o}
}

// Resume resumes a saved conversation.
func Resume(text []byte, o Options) (*Conversation, error) {
	c := New(o)
	if err := json.Unmarshal(text, &c.saved); err != nil {
		return nil, fmt.Errorf("a saved conversation: %w", err)
	}
	return c, nil
}

// Save implements run.Conversation.
func (c *Conversation) Save() ([]byte, error) { return json.Marshal(c.saved) }

// ReturnedTo is the URL that led back to the flow or assistant that transferred the
// call, empty where none did.
func (c *Conversation) ReturnedTo() string { return c.saved.ReturnedTo }

// Send implements run.Conversation.
func (c *Conversation) Send(ctx context.Context, e run.Event) run.Turn {
	t := &turn{Conversation: c, ctx: ctx, body: e.Text}
	switch e.Kind {
	case run.KindMessage:
		c.SID = c.sid(e, "SM")
		t.ask(c.Webhook.URL, c.Webhook.Method, MessageForm(c.Contact, c.SID, e.Text))
		t.Ended = true
	case run.KindCall:
		c.SID = c.sid(e, "CA")
		t.ask(c.Webhook.URL, c.Webhook.Method, CallForm(c.Contact, c.SID, "ringing"))
	case run.KindSpeech, run.KindDigits, run.KindSilence:
		if c.Relay != nil {
			t.relayed(e)
		} else {
			t.gathered(e)
		}
	default:
		t.Ended = true
		if c.Relay != nil {
			c.World.Relay.Close(c.Relay.Session)
			c.Relay = nil
		}
	}
	switch {
	case c.Gather != nil:
		t.Wait = time.Duration(c.Gather.Timeout) * time.Second
	case c.Relay == nil:
		t.Ended = true
	}
	return t.Turn
}

func (c *Conversation) sid(e run.Event, prefix string) string {
	if e.SID != "" {
		return e.SID
	}
	return c.World.SID(prefix)
}

// turn is the work on one event.
type turn struct {
	*Conversation
	run.Turn
	ctx       context.Context
	documents int
	fellBack  bool   // the fallback was requested, which happens once
	body      string // of the message
}

func (t *turn) problem(p run.Problem) { t.Problems = append(t.Problems, p) }

// callForm is the form of a request in a call that was answered.
func (t *turn) callForm() url.Values { return CallForm(t.Contact, t.SID, "in-progress") }

// ask requests a document from a URL and runs it. When that fails the fallback is
// requested, once, with the reason (ErrorCode and ErrorUrl).
func (t *turn) ask(target, method string, form url.Values) {
	failed := t.try(target, method, form)
	if failed == nil {
		return
	}
	t.problem(*failed)
	if t.Webhook.FallbackURL == "" || t.fellBack || t.ctx.Err() != nil {
		return
	}
	t.fellBack, t.documents = true, 0
	form.Set("ErrorCode", fmt.Sprint(failed.Code))
	form.Set("ErrorUrl", target)
	if failed := t.try(t.Webhook.FallbackURL, t.Webhook.FallbackMethod, form); failed != nil {
		t.problem(*failed)
	}
}

// try requests a URL and runs its answer.
func (t *turn) try(target, method string, form url.Values) *run.Problem {
	t.Gather = nil
	if t.documents++; t.documents > maxDocuments {
		p := run.Problemf(11200, "HTTP retrieval failure: more than %d documents in one go", maxDocuments)
		p.URL, p.Method = target, method
		return &p
	}
	if method == "" {
		method = http.MethodPost
	}
	for name, values := range t.Form {
		form[name] = values
	}
	answer, failed := t.World.Web(t.ctx, run.Request{Method: method, URL: target, Form: form, Signed: true})
	if failed != nil {
		return failed
	}
	switch {
	case len(answer.Body) == 0 && t.Contact.Channel == run.Messaging:
		return nil
	case answer.ContentType == "text/plain":
		t.plain(string(answer.Body))
		return nil
	case strings.HasPrefix(answer.ContentType, "audio/") && t.Contact.Channel == run.Voice:
		t.reply(run.ReplyPlay, target)
		return nil
	}
	if kind := answer.ContentType; !slices.Contains([]string{"text/xml", "application/xml", "text/html"}, kind) {
		p := run.Problemf(12300, "Invalid Content-Type: %q", kind)
		p.URL, p.Method, p.Status = target, method, answer.Status
		return &p
	}
	if _, err := parse(answer.Body); err != nil {
		p := run.Problemf(12100, "Document parse failure: %v", err)
		p.URL, p.Method, p.Status = target, method, answer.Status
		return &p
	}
	t.Document, t.URL, t.Next = string(answer.Body), answer.URL, 0
	if t.URL == "" {
		t.URL = target
	}
	t.run()
	return nil
}

// plain is an answer of plain text: the message, or what is read to the caller.
func (t *turn) plain(text string) {
	if t.Contact.Channel == run.Messaging {
		t.reply(run.ReplyMessage, text)
	} else {
		t.reply(run.ReplySay, text)
	}
}

func (t *turn) reply(kind, text string) {
	t.Replies = append(t.Replies, run.Reply{Type: kind, Text: text})
}

// absolute is a URL of a document made absolute.
func (t *turn) absolute(reference string) string {
	base, err := url.Parse(t.URL)
	if err != nil {
		return reference
	}
	resolved, err := base.Parse(reference)
	if err != nil {
		return reference
	}
	return resolved.String()
}
