package sandbox

import (
	"regexp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// Inbound is a message or a call from outside to a phone number. The first one
// of a contact on the voice channel calls the number; those that follow are what
// the caller says (Body), presses (Digits) or, without either, the caller saying
// nothing, until the call ends.
type Inbound struct {
	To      string `json:"to"`   // E.164
	From    string `json:"from"` // E.164
	Channel string `json:"channel"`
	Body    string `json:"body,omitempty"`   // of a message, or what a caller says
	Digits  string `json:"digits,omitempty"` // pressed in a call
	Hangup  bool   `json:"hangup,omitempty"` // the caller ends the call
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
	// Via is the field of the number that decided: sms_url, sms_application_sid,
	// voice_url, voice_application_sid or trunk_sid; or messaging_service, where the
	// number's own fields do not count. URL is the webhook it routed to.
	Via string `json:"via,omitempty"`
	URL string `json:"url,omitempty"`
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
	// find looks a bot up by its account and SID.
	find func(st *state, accountSID, sid string) (InboundBot, bool)
	// open finds the conversation with a contact of a bot that find has found, or
	// starts one. It only reads the state.
	open func(s *Sandbox, st *state, sid, url string, who run.Contact) (*session, error)
	// calls finds the contact's call in progress, wherever the number routes now;
	// nil where there is none.
	calls func(s *Sandbox, st *state, who run.Contact) (*session, error)
}

// line is where a message or a call is routed: what answers, and what is requested
// when that fails.
type line struct {
	InboundAnswer
	kind                     *botKind // nil for a webhook
	method                   string
	fallback, fallbackMethod string
}

// target is what one channel of a number points at.
type target struct {
	trunk                         string
	application, applicationField string
	urlField                      string
	hooks                         hooks
	of                            func(application) hooks
}

// hooks are the webhooks of a channel.
type hooks struct{ url, method, fallback, fallbackMethod string }

// lineOf finds where a message or a call to a number is routed.
func (s *Sandbox) lineOf(st *state, n incomingPhoneNumber, channel string) line {
	if channel == channelMessaging {
		if service, ok := serviceReceiving(st, n); ok {
			l := s.follow(st, hooks{
				service.InboundRequestURL, service.InboundMethod, service.FallbackURL, service.FallbackMethod,
			}, n.AccountSID)
			l.Via = "messaging_service"
			return l
		}
		return s.route(st, n, n.Capabilities.SMS, target{
			application: n.SmsApplicationSID, applicationField: "sms_application_sid",
			urlField: "sms_url", hooks: hooks{n.SmsURL, n.SmsMethod, n.SmsFallbackURL, n.SmsFallbackMethod},
			of: func(a application) hooks {
				return hooks{a.SmsURL, a.SmsMethod, a.SmsFallbackURL, a.SmsFallbackMethod}
			},
		})
	}
	return s.route(st, n, n.Capabilities.Voice, target{
		trunk:       n.TrunkSID,
		application: n.VoiceApplicationSID, applicationField: "voice_application_sid",
		urlField: "voice_url", hooks: hooks{n.VoiceURL, n.VoiceMethod, n.VoiceFallbackURL, n.VoiceFallbackMethod},
		of: func(a application) hooks {
			return hooks{a.VoiceURL, a.VoiceMethod, a.VoiceFallbackURL, a.VoiceFallbackMethod}
		},
	})
}

// route follows Twilio's precedence: trunk, application, URL (descriptions of
// the IncomingPhoneNumber resource).
func (s *Sandbox) route(st *state, n incomingPhoneNumber, carries bool, t target) line {
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
		l := s.follow(st, t.of(a), n.AccountSID)
		if l.Status == InboundExternal {
			l.Status = InboundBotAnswers
			l.Bot = &InboundBot{SID: a.SID, FriendlyName: a.FriendlyName, Engine: "application"}
		}
		l.Via = t.applicationField
		return l
	default:
		l := s.follow(st, t.hooks, n.AccountSID)
		if l.Status != InboundSilent {
			l.Via = t.urlField
		}
		return l
	}
}

// follow finds the bot at a webhook URL.
func (s *Sandbox) follow(st *state, h hooks, accountSID string) line {
	l := line{method: h.method, fallback: h.fallback, fallbackMethod: h.fallbackMethod}
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
		bot, ok := kind.find(st, owner, sid)
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
