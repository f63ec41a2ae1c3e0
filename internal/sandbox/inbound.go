package sandbox

import (
	"context"
	"fmt"
	"regexp"
)

// Inbound is a message or a call from outside to a phone number.
type Inbound struct {
	To      string `json:"to"`   // E.164
	From    string `json:"from"` // E.164
	Channel string `json:"channel"`
	Body    string `json:"body,omitempty"`   // of a message
	Digits  string `json:"digits,omitempty"` // pressed in a call
}

// InboundBot is a bot that answers.
type InboundBot struct {
	SID          string `json:"sid"`
	UniqueName   string `json:"unique_name,omitempty"`
	FriendlyName string `json:"friendly_name,omitempty"`
	Engine       string `json:"engine"` // studio, autopilot or application
}

// InboundText is one thing a bot says: Type is "message" or "say".
type InboundText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// What became of an inbound message or call.
const (
	InboundBotAnswers  = "bot"         // a bot on this account answers
	InboundExternal    = "external"    // a webhook somewhere else, or a SIP trunk, answers
	InboundSilent      = "silent"      // nothing is configured: nobody answers
	InboundDangling    = "dangling"    // what is configured does not exist
	InboundUnreachable = "unreachable" // the number cannot carry the channel
)

// InboundAnswer tells who answers.
type InboundAnswer struct {
	Bot     *InboundBot   `json:"bot"` // nil if no bot answers
	Answers []InboundText `json:"answers"`
	Ended   bool          `json:"ended"`
	Status  string        `json:"status"` // one of the constants above
	// Via is the field of the number that decided: sms_url, sms_application_sid,
	// voice_url, voice_application_sid or trunk_sid; or messaging_service, where the
	// number's own fields do not count. URL is the webhook it led to.
	Via string `json:"via,omitempty"`
	URL string `json:"url,omitempty"`
}

// botKind is a way to run bots, part of a product.
type botKind struct {
	engine string // "studio", "autopilot"
	// webhook matches the URLs that lead to such a bot, with groups named "account"
	// and "sid".
	webhook *regexp.Regexp
	// find looks a bot up by its account and SID.
	find func(st *state, accountSID, sid string) (InboundBot, bool)
}

func (s *Sandbox) receive(ctx context.Context, in Inbound) (answer InboundAnswer, err error) {
	err = s.do(ctx, func() error {
		n, ok := numberOwned(s.state, in.To)
		if !ok {
			return fmt.Errorf("number %q of this sandbox: %w", in.To, errNone)
		}
		switch in.Channel {
		case "messaging":
			if service, ok := serviceReceiving(s.state, n); ok {
				answer = s.follow(service.InboundRequestURL, n.AccountSID)
				answer.Via = "messaging_service"
				break
			}
			answer = s.route(n, n.Capabilities.SMS, target{
				application: n.SmsApplicationSID, applicationField: "sms_application_sid",
				url: n.SmsURL, urlField: "sms_url",
				of: func(a application) string { return a.SmsURL },
			})
		case "voice":
			answer = s.route(n, n.Capabilities.Voice, target{
				trunk:       n.TrunkSID,
				application: n.VoiceApplicationSID, applicationField: "voice_application_sid",
				url: n.VoiceURL, urlField: "voice_url",
				of: func(a application) string { return a.VoiceURL },
			})
		default:
			return fmt.Errorf("channel must be messaging or voice, not %q", in.Channel)
		}
		return nil
	})
	answer.Answers, answer.Ended = []InboundText{}, true
	return answer, err
}

// target is what one channel of a number points at.
type target struct {
	trunk                         string
	application, applicationField string
	url, urlField                 string
	of                            func(application) string
}

// route follows Twilio's precedence: trunk, application, URL (descriptions of
// the IncomingPhoneNumber resource).
func (s *Sandbox) route(n incomingPhoneNumber, carries bool, t target) InboundAnswer {
	switch {
	case !carries:
		return InboundAnswer{Status: InboundUnreachable}
	case t.trunk != "":
		return InboundAnswer{Status: InboundExternal, Via: "trunk_sid"}
	case t.application != "":
		a, ok := applications.get(s.state, t.application)
		if !ok {
			return InboundAnswer{Status: InboundDangling, Via: t.applicationField}
		}
		answer := s.follow(t.of(a), n.AccountSID)
		if answer.Status == InboundExternal {
			answer.Status = InboundBotAnswers
			answer.Bot = &InboundBot{SID: a.SID, FriendlyName: a.FriendlyName, Engine: "application"}
		}
		answer.Via = t.applicationField
		return answer
	default:
		answer := s.follow(t.url, n.AccountSID)
		if answer.Status != InboundSilent {
			answer.Via = t.urlField
		}
		return answer
	}
}

// follow finds the bot at a webhook URL.
func (s *Sandbox) follow(url, accountSID string) InboundAnswer {
	if url == "" {
		return InboundAnswer{Status: InboundSilent}
	}
	for _, kind := range s.bots {
		groups := kind.webhook.FindStringSubmatch(url)
		if groups == nil {
			continue
		}
		sid, owner := groups[kind.webhook.SubexpIndex("sid")], groups[kind.webhook.SubexpIndex("account")]
		bot, ok := kind.find(s.state, owner, sid)
		if !ok || owner != accountSID {
			return InboundAnswer{Status: InboundDangling, URL: url}
		}
		bot.Engine = kind.engine
		return InboundAnswer{Status: InboundBotAnswers, Bot: &bot, URL: url}
	}
	return InboundAnswer{Status: InboundExternal, URL: url}
}
