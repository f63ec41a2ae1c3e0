package sandbox

import (
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// exchanged stores a message that was received, and what was sent for it: Twilio has a Message
// for each of them.
func (s *Sandbox) exchanged(st *state, in Inbound, l line, who run.Contact, turn run.Turn, now time.Time) {
	address := who.To
	if l.address != "" {
		address = l.address
	}
	// One that a conversation takes may reach the number's own webhook too.
	if _, known := messages.get(st, in.sid); !known {
		putMessage(st, message{
			record:    record{SID: in.sid, AccountSID: who.AccountSID, DateCreated: now, DateUpdated: now},
			Direction: messageInbound, Status: messageReceived,
			From: who.From, To: address, Body: in.Body, ServiceSID: l.service, DateSent: now,
		})
	}
	direction := messageReply
	if l.Bot != nil && l.Bot.Engine == "studio" {
		direction = messageByAPI
	}
	s.putReplies(st, message{record: record{AccountSID: who.AccountSID}, From: address, To: who.From, ServiceSID: l.service, Direction: direction}, turn, now)
}

// putReplies stores the messages that a bot sent in a turn, each with what like has.
func (s *Sandbox) putReplies(st *state, like message, turn run.Turn, now time.Time) {
	for _, reply := range turn.Replies {
		if reply.Type != run.ReplyMessage {
			continue
		}
		sent := like
		sent.SID, sent.DateCreated, sent.DateUpdated = s.newSID("SM"), now, now
		if sent.Body, sent.Media = reply.Text, reply.Media; len(sent.Media) > 0 {
			sent.SID = "MM" + sent.SID[2:]
		}
		if sent.Status = messageQueued; reply.To != "" {
			sent.To = reply.To
		}
		if isSID("MG", sent.From) { // a flow that was started for a Messaging Service
			sent.From, sent.ServiceSID = "", sent.From
		}
		putMessage(st, sent)
	}
}
