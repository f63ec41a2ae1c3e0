package bot

import "fmt"

// Service is a Messaging Service. The messages to the numbers in it are answered
// by its own inbound URL, unless it defers to the number; without a URL they are
// answered by nothing
// (https://www.twilio.com/docs/messaging/api/service-resource).
type Service struct {
	SID           string
	Name          string
	InboundURL    string
	InboundMethod string
	// Defers reports whether the number's own webhook answers.
	Defers bool
}

// String names the service in messages.
func (s Service) String() string { return fmt.Sprintf("%q (%s)", s.Name, s.SID) }

// Route says who answers the messages to the numbers in a service that does not defer.
func (s Service) Route(accountSID string, webhooks Webhooks) Route {
	return Number{AccountSID: accountSID, Messaging: Side{URL: s.InboundURL, Method: s.InboundMethod}}.Route(Messaging, webhooks)
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
			"the service defers to the sender's webhook (`use_inbound_webhook_on_number`) or the number is taken out of it.", n, s, answered),
	}
}
