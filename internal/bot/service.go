package bot

import "fmt"

// Service is a Messaging Service. The messages to the numbers in it are answered
// by its own inbound URL, unless it defers to the number; without a URL they are
// answered by nothing
// (https://www.twilio.com/docs/messaging/api/service-resource).
type Service struct {
	SID           string
	AccountSID    string
	Name          string
	InboundURL    string
	InboundMethod string
	// Defers reports whether the number's own webhook answers.
	Defers bool
}

// String names the service in messages.
func (s Service) String() string { return fmt.Sprintf("%q (%s)", s.Name, s.SID) }

// Way is the service as a way in to a bot. It is idle where the service defers to the
// numbers' own webhooks.
func (s Service) Way() Way {
	return Way{
		Kind: ByService, SID: s.SID, AccountSID: s.AccountSID, Name: s.Name, Field: "inbound_request_url", Channel: Messaging,
		To: Pointer{URL: s.InboundURL, Method: s.InboundMethod}, Idle: s.Defers,
	}
}

// OverrideNotice says that messages to a bound number do not reach its bot.
func (s Service) OverrideNotice(n Number) Notice {
	answered := "answered by nothing, since the service has no inbound URL"
	if s.InboundURL != "" {
		answered = "answered by its inbound URL, " + ShownURL(s.InboundURL)
	}
	return Notice{
		Summary: "A Messaging Service answers in the number's place",
		Detail: fmt.Sprintf("%s is in the Messaging Service %s, which does not defer to the number: messages are %s. The binding is written, but silent for messages until "+
			"the service defers to the sender's webhook (`use_inbound_webhook_on_number`).", n, s, answered),
	}
}
