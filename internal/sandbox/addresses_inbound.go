package sandbox

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// openConversation is a conversation of Twilio Conversations that an address
// configuration created for a contact. It keeps the webhook it was created with: what is
// changed on the address later, or its deletion, is no matter to it.
type openConversation struct {
	record
	Contact    string       `json:"contact"`
	Address    string       `json:"address"`
	Closed     bool         `json:"closed,omitempty"`
	Webhook    autoCreation `json:"webhook"`
	AddressSID string       `json:"address_sid"` // of the configuration that created it
}

var openConversations = newTable[openConversation]("conversations_conversations")

// The Via of a message that Conversations takes: a conversation with the contact that
// was there, or an address configuration that creates one.
const (
	viaConversation = "conversation"
	viaAddress      = "address"
)

// conversing is the conversation that takes a message: the one the contact is in, else
// a new one where the address is configured to create it. "If the Message belongs in a
// Conversation, the Conversation captures it first"
// (https://www.twilio.com/docs/conversations/inbound-autocreation).
func conversing(st *state, r receiver, from string) (talk openConversation, via string) {
	talk, open := openConversations.first(st, func(c openConversation) bool {
		return !c.Closed && c.AccountSID == r.accountSID && c.Contact == from && c.Address == r.address
	})
	if open {
		return talk, viaConversation
	}
	configured, ok := configurationOf(st, r.accountSID, r.address)
	if !ok || configured.AutoCreation == nil || !configured.AutoCreation.Enabled {
		return openConversation{}, ""
	}
	return openConversation{
		record:  record{AccountSID: r.accountSID},
		Contact: from, Address: r.address, Webhook: *configured.AutoCreation, AddressSID: configured.SID,
	}, viaAddress
}

// errNoConversation reports that no conversation takes a message.
var errNoConversation = errors.New("no conversation takes the message")

// converse delivers a message to the conversation that takes it.
func (s *Sandbox) converse(ctx context.Context, in Inbound) (InboundAnswer, error) {
	return s.deliver(ctx, in, func(st *state) (l line, who run.Contact, err error) {
		r, err := s.receiverOf(st, in.To)
		if err != nil {
			return l, who, err
		}
		from := onChannelOf(r.address, in.From)
		talk, via := conversing(st, r, from)
		if via == "" || !r.messages {
			return l, who, errNoConversation
		}
		l = s.participant(st, talk)
		l.Via, l.conversation = via, &talk
		service, _ := serviceOf(st, r.accountSID, r.sid)
		return l, run.Contact{AccountSID: r.accountSID, From: from, To: r.address, Channel: in.Channel, Service: service.SID}, nil
	})
}

// join stores the conversation that a line belongs to, where it is new, and returns
// its SID, empty for a line that belongs to none. Call it with the contact's lock held.
func (s *Sandbox) join(l line) (string, error) {
	talk := l.conversation
	if talk == nil {
		return "", nil
	}
	if talk.SID == "" {
		now := moment(s.clock())
		talk.SID, talk.DateCreated, talk.DateUpdated = s.newSID("CH"), now, now
		return talk.SID, s.change(func(st *state) error { openConversations.put(st, *talk); return nil })
	}
	return talk.SID, nil
}

// both is the answer to a message that a conversation took. "If the phone number's own
// webhook is set, it will always fire regardless of whether the number is tied to any
// Conversation" (the same page).
func both(conversation, ordinary InboundAnswer) InboundAnswer {
	switch {
	case ordinary.Status == InboundSilent:
		return conversation
	case conversation.Status == InboundSilent:
		return ordinary
	}
	conversation.Parallel = &ordinary
	return conversation
}

// participant is what a conversation calls for a message.
func (s *Sandbox) participant(st *state, talk openConversation) line {
	hook := talk.Webhook
	switch {
	case hook.Type == autoStudio:
		return s.follow(st, hooks{url: flowWebhookURL(talk.AccountSID, hook.StudioFlowSID), method: http.MethodPost}, talk.AccountSID)
	case hook.Type == autoWebhook && slices.Contains(hook.WebhookFilters, "onMessageAdded"):
		// Without this event in its filters the webhook hears of no message. What it is
		// called for where no filter was set is not documented: here, nothing.
		return s.follow(st, hooks{url: hook.WebhookURL, method: hook.WebhookMethod}, talk.AccountSID)
	default:
		return line{InboundAnswer: InboundAnswer{Status: InboundSilent}}
	}
}

// listener is the webhook of a conversation. It is told of messages and answers, if it
// wants, by the REST API: its response says nothing to the contact
// (https://www.twilio.com/docs/conversations/conversations-webhooks).
type listener struct {
	who   run.Contact
	world run.World
	l     line
}

// openListener starts telling the webhook of a conversation of one message.
func (s *Sandbox) openListener(l *line, who run.Contact) *session {
	return &session{
		bot: l.Bot, fresh: true, conversation: listener{who: who, world: s.world(who.AccountSID), l: *l},
		begin: run.Event{SID: s.newSID("IM")},
		keep:  func(*state, run.Turn, time.Time) error { return nil },
	}
}

// Send implements run.Conversation.
func (c listener) Send(ctx context.Context, e run.Event) run.Turn {
	turn := run.Turn{Ended: true}
	form := url.Values{
		"EventType": {"onMessageAdded"}, "AccountSid": {c.who.AccountSID}, "ConversationSid": {c.who.Conversation},
		"MessageSid": {e.SID}, "Author": {c.who.From}, "Body": {e.Text}, "Source": {"SMS"}, "Index": {"0"},
	}
	if _, problem := c.world.Web(ctx, run.Request{Method: c.l.method, URL: c.l.URL, Form: form, Signed: true}); problem != nil {
		turn.Problems = append(turn.Problems, *problem)
	}
	return turn
}

// Save implements run.Conversation. Nothing is kept of it.
func (c listener) Save() ([]byte, error) { return []byte("null"), nil }
