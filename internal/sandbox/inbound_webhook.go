package sandbox

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/twiml"
)

// webhookCalling is a call in progress that a webhook answers. Its row is deleted when
// the call ends or, without a hangup, with the first call after callLimit.
type webhookCalling struct {
	record
	Contact      string          `json:"contact"`
	Address      string          `json:"address"` // the number called
	Webhook      twiml.Webhook   `json:"webhook"`
	Bot          *InboundBot     `json:"bot,omitempty"` // an application
	Conversation json.RawMessage `json:"conversation"`
}

// over reports whether a call has reached its limit.
func (c webhookCalling) over(now time.Time) bool { return !now.Before(c.DateCreated.Add(callLimit)) }

var webhookCalls = newTable[webhookCalling]("webhook_calls")

// openWebhook starts a conversation with a webhook. A message is a conversation
// of its own: Twilio keeps none for a webhook.
func (s *Sandbox) openWebhook(l *line, who run.Contact, webhook twiml.Webhook, form url.Values) *session {
	row := webhookCalling{Contact: who.From, Address: who.To, Webhook: webhook, Bot: l.Bot}
	talk := s.webhookSession(row, who)
	talk.fresh, talk.conversation = true, twiml.New(s.webhookOptions(row, who, form))
	if who.Channel == channelMessaging {
		talk.begin.SID = who.Message
		talk.keep = func(*state, run.Turn, time.Time) error { return nil }
	}
	return talk
}

func (s *Sandbox) webhookOptions(row webhookCalling, who run.Contact, form url.Values) twiml.Options {
	return twiml.Options{Contact: who, World: s.world(who.AccountSID), Webhook: row.Webhook, Form: form}
}

// webhookCall finds a contact's call in progress.
func webhookCall(s *Sandbox, st *state, who run.Contact) (*session, error) {
	now := moment(s.clock())
	row, ok := webhookCalls.first(st, func(c webhookCalling) bool {
		return c.Contact == who.From && c.Address == who.To && c.AccountSID == who.AccountSID && !c.over(now)
	})
	if !ok {
		return nil, nil
	}
	conversation, err := twiml.Resume(row.Conversation, s.webhookOptions(row, who, nil))
	if err != nil {
		return nil, lost("call "+row.SID, err)
	}
	talk := s.webhookSession(row, who)
	talk.conversation = conversation
	return talk, nil
}

func (s *Sandbox) webhookSession(row webhookCalling, who run.Contact) *session {
	talk := &session{bot: row.Bot, begin: run.Call()}
	if row.SID == "" {
		row.record = record{SID: s.newSID("CA"), AccountSID: who.AccountSID}
	}
	talk.begin.SID = row.SID
	talk.keep = func(st *state, turn run.Turn, now time.Time) error {
		if _, there := webhookCalls.get(st, row.SID); !there && !talk.fresh {
			return nil
		}
		if turn.Ended {
			webhookCalls.remove(st, row.SID)
			return nil
		}
		if talk.fresh {
			row.DateCreated = now
		}
		row.DateUpdated = now
		var err error
		if row.Conversation, err = talk.conversation.Save(); err != nil {
			return err
		}
		webhookCalls.put(st, row)
		removeAll(st, webhookCalls, func(c webhookCalling) bool { return c.over(now) })
		return nil
	}
	return talk
}
