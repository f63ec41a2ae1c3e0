package sandbox

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// Inbound is a message or a call from outside. The first one of a contact on the
// voice channel calls; those that follow are what the caller says (Body), presses
// (Digits) or, without either, the caller saying nothing, until the call ends.
type Inbound struct {
	// To is what a person writes to or calls: a number in E.164, a short code, a sender
	// (whatsapp:+12025550142, rcs:agent, messenger:page), a SIP address, or an address
	// that has an address configuration; or the SID of one of these.
	To string `json:"to"`
	// From is the contact: E.164, on the channel of To where it names none, or a SIP
	// address.
	From    string `json:"from"`
	Channel string `json:"channel"`
	Body    string `json:"body,omitempty"`   // of a message, or what a caller says
	Digits  string `json:"digits,omitempty"` // pressed in a call
	Hangup  bool   `json:"hangup,omitempty"` // the caller ends the call

	sid string // that a message gets
}

// InboundBot is a bot that answers.
type InboundBot struct {
	SID          string `json:"sid"`
	UniqueName   string `json:"unique_name,omitempty"`
	FriendlyName string `json:"friendly_name,omitempty"`
	Engine       string `json:"engine"` // studio, autopilot or application
}

// InboundText is one reply of a bot: a text it sends or says, a recording it plays,
// or the target it transfers the contact to.
type InboundText = run.Reply

// The results of an inbound message or call.
const (
	InboundBotAnswers  = "bot"         // a bot on this account answers
	InboundExternal    = "external"    // a webhook somewhere else, or a SIP trunk, answers
	InboundSilent      = "silent"      // nothing is configured: no answer
	InboundDangling    = "dangling"    // what is configured does not exist
	InboundUnreachable = "unreachable" // the number cannot carry the channel
)

// InboundAnswer is which bot answers, and its replies.
type InboundAnswer struct {
	Bot     *InboundBot   `json:"bot"` // nil if no bot answers
	Answers []InboundText `json:"answers"`
	// Ended reports that no answer is expected.
	Ended  bool   `json:"ended"`
	Status string `json:"status"` // one of the constants above
	// Via is the field that decided, of the number, short code, sender or SIP domain:
	// sms_url, sms_application_sid, voice_url, voice_application_sid, trunk_sid or
	// callback_url; or messaging_service, where its own fields do not count; or
	// conversation or address, where Conversations takes the message: an open
	// conversation or one that an address configuration creates. URL is the webhook it
	// routed to.
	Via string `json:"via,omitempty"`
	URL string `json:"url,omitempty"`
	// Parallel is the answer by the receiver's own fields to a message that
	// Conversations took, where both answer.
	Parallel *InboundAnswer `json:"parallel,omitempty"`
	// Errors are what Twilio would write into the account's error log; they are in
	// the journal too.
	Errors []EntryError `json:"errors,omitempty"`
}

// botKind is a way to run bots, part of a product.
type botKind struct {
	engine string // "studio", "autopilot"
	// webhook matches the URLs that route to such a bot, with groups named "account"
	// and "sid".
	webhook *regexp.Regexp
	// byService reports that a message by way of a Messaging Service is addressed to the
	// service, not to its sender.
	byService bool
	// find looks a bot up by its account and SID.
	find func(st *state, accountSID, sid string) (InboundBot, bool)
	// open finds the conversation with a contact of a bot that find has found, or
	// starts one. It only reads the state.
	open func(s *Sandbox, st *state, sid, url string, who run.Contact) (*session, error)
	// calls finds the contact's call in progress, wherever the number routes now;
	// nil where there is none.
	calls func(s *Sandbox, st *state, who run.Contact) (*session, error)
}

// receiver is a record of the account that people write to or call.
type receiver struct {
	accountSID string
	sid        string // of the record
	address    string // as people write it
	// What it carries.
	messages, calls bool
	messaging       target
	voice           target
	// The kind and name of its route, which says in which Region it is processed.
	routed, routedAs string
}

// findReceiver looks up what an address or a SID stands for, among one kind of
// record.
type findReceiver func(st *state, now time.Time, to string) (receiver, bool)

// receiverOf finds what a message or a call was sent to.
func (s *Sandbox) receiverOf(st *state, to string) (receiver, error) {
	now := moment(s.clock())
	for _, find := range s.receivers {
		if r, ok := find(st, now, to); ok {
			return r, nil
		}
	}
	return receiver{}, fmt.Errorf("%q is neither a number nor another address of this sandbox: %w", to, errNone)
}

// line is where a message or a call is routed: what answers, and what is requested
// when that fails.
type line struct {
	InboundAnswer
	kind                     *botKind // nil for a webhook
	method                   string
	fallback, fallbackMethod string
	// application is the SID of the application that decided; empty where none did.
	application string
	// region is the Region in which the bot runs.
	region string
	// callback is where Twilio reports the end of a call.
	callback string
	// service is the Messaging Service that a message came by.
	service string
	// address is what was written to; empty where it is the contact's.
	address string
	// conversation is the conversation of Twilio Conversations that takes a message; nil
	// for none. It has no SID before it is created.
	conversation *openConversation
}

// target is what one channel of a receiver points at.
type target struct {
	trunk                         string
	application, applicationField string
	urlField                      string
	hooks                         hooks
	callback                      string // for the end of a call
	of                            func(application) hooks
}

// hooks are the webhooks of a channel.
type hooks struct{ url, method, fallback, fallbackMethod string }

// smsHooks are an application's webhooks for messages.
func smsHooks(a application) hooks {
	return hooks{a.SmsURL, a.SmsMethod, a.SmsFallbackURL, a.SmsFallbackMethod}
}

// voiceHooks are an application's webhooks for calls.
func voiceHooks(a application) hooks {
	return hooks{a.VoiceURL, a.VoiceMethod, a.VoiceFallbackURL, a.VoiceFallbackMethod}
}

// lineOf finds where a message or a call is routed.
func (s *Sandbox) lineOf(st *state, r receiver, channel string) line {
	if channel != channelMessaging {
		return s.route(st, r.accountSID, r.calls, r.voice)
	}
	service, member := serviceOf(st, r.accountSID, r.sid)
	if !r.messages || !member {
		return s.route(st, r.accountSID, r.messages, r.messaging)
	}
	// The descriptions of inbound_request_url and use_inbound_webhook_on_number.
	var l line
	if service.UseInboundWebhookOnNumber {
		l = s.route(st, r.accountSID, r.messages, r.messaging)
	} else {
		l = s.follow(st, hooks{
			service.InboundRequestURL, service.InboundMethod, service.FallbackURL, service.FallbackMethod,
		}, r.accountSID)
		l.Via = viaService
	}
	l.service = service.SID
	return l
}

// viaService is the Via of a message that a Messaging Service received.
const viaService = "messaging_service"

// route follows Twilio's precedence: trunk, application, URL (descriptions of
// the IncomingPhoneNumber resource).
func (s *Sandbox) route(st *state, accountSID string, carries bool, t target) line {
	switch {
	case !carries:
		return line{InboundAnswer: InboundAnswer{Status: InboundUnreachable}}
	case t.trunk != "":
		return line{InboundAnswer: InboundAnswer{Status: InboundExternal, Via: "trunk_sid"}}
	case t.application != "":
		a, ok := applications.get(st, t.application)
		if !ok {
			return line{InboundAnswer: InboundAnswer{Status: InboundDangling, Via: t.applicationField}}
		}
		l := s.follow(st, t.of(a), accountSID)
		if l.Status == InboundExternal {
			l.Status = InboundBotAnswers
			l.Bot = &InboundBot{SID: a.SID, FriendlyName: a.FriendlyName, Engine: "application"}
		}
		l.Via, l.callback, l.application = t.applicationField, a.StatusCallback, a.SID
		return l
	default:
		l := s.follow(st, t.hooks, accountSID)
		l.callback = t.callback
		if l.Status != InboundSilent {
			l.Via = t.urlField
		}
		return l
	}
}

// follow finds the bot at a webhook URL.
func (s *Sandbox) follow(st *state, h hooks, accountSID string) line {
	l := line{region: st.region, method: h.method, fallback: h.fallback, fallbackMethod: h.fallbackMethod}
	if h.url == "" {
		l.Status = InboundSilent
		return l
	}
	l.URL, l.Status = h.url, InboundExternal
	for i := range s.bots {
		kind := &s.bots[i]
		groups := kind.webhook.FindStringSubmatch(h.url)
		if groups == nil {
			continue
		}
		sid, owner := groups[kind.webhook.SubexpIndex("sid")], groups[kind.webhook.SubexpIndex("account")]
		// The URL says in which Region the bot is, wherever it is called from.
		l.region = ""
		if i := kind.webhook.SubexpIndex("region"); i >= 0 {
			l.region = rowsOf(strings.ToLower(groups[i]))
		}
		bot, ok := kind.find(st.in(l.region), owner, sid)
		if !ok || owner != accountSID {
			l.Status = InboundDangling
			return l
		}
		bot.Engine = kind.engine
		l.Status, l.Bot, l.kind = InboundBotAnswers, &bot, kind
		return l
	}
	return l
}
