package bot

import (
	"context"
	"fmt"
)

// Service is a Messaging Service. The messages to the numbers in it are answered
// by its own inbound URL, unless it defers to the number; without a URL they are
// answered by nothing
// (https://www.twilio.com/docs/messaging/api/service-resource).
type Service struct {
	SID           string
	Name          string
	InboundURL    string
	InboundMethod string
	// Defers tells that the number's own webhook answers.
	Defers bool
}

// String names the service in messages.
func (s Service) String() string { return fmt.Sprintf("%q (%s)", s.Name, s.SID) }

// Services is the account's Messaging Services at Twilio.
type Services interface {
	List(ctx context.Context) ([]Service, error)
	// Members lists the SIDs of the numbers in a service.
	Members(ctx context.Context, serviceSID string) ([]string, error)
	// Point writes a service's inbound URL and reads it back.
	Point(ctx context.Context, serviceSID, url, method string) error
}

// NoServices is an account whose Messaging Services cannot be asked for.
type NoServices struct{}

var _ Services = NoServices{}

// List is empty.
func (NoServices) List(context.Context) ([]Service, error) { return nil, nil }

// Members is empty.
func (NoServices) Members(context.Context, string) ([]string, error) { return nil, nil }

// Point does nothing: there is no service to point.
func (NoServices) Point(context.Context, string, string, string) error { return nil }

// Overriding gives, by the SID of the number, the Messaging Services that answer
// messages in a number's place. It is asked for once in the directory's life.
func (d *Directory) Overriding(ctx context.Context) (map[string]Service, error) {
	d.mu.Lock()
	known := d.overriding
	d.mu.Unlock()
	if known != nil {
		return known, nil
	}
	return shared(ctx, &d.flights, "services", func(ctx context.Context) (map[string]Service, error) {
		services, err := d.services.List(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the account's Messaging Services: %w", err)
		}
		overriding := map[string]Service{}
		for _, service := range services {
			if service.Defers {
				continue
			}
			members, err := d.services.Members(ctx, service.SID)
			if err != nil {
				return nil, fmt.Errorf("listing the numbers of the Messaging Service %s: %w", service, err)
			}
			for _, sid := range members {
				overriding[sid] = service
			}
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.overriding = overriding
		return overriding, nil
	})
}

// route is who answers the messages to the numbers in a service that does not
// defer.
func (s Service) route(accountSID string, webhooks Webhooks) Route {
	return Number{AccountSID: accountSID, Messaging: Side{URL: s.InboundURL, Method: s.InboundMethod}}.Route(Messaging, webhooks)
}

// OverrideNotice says that messages to a bound number do not reach its bot.
func (s Service) OverrideNotice(n Number) Notice {
	answered := "answered by nothing, since the service has no inbound URL"
	if s.InboundURL != "" {
		answered = "answered by its inbound URL, " + s.InboundURL
	}
	return Notice{
		Summary: "A Messaging Service answers in the number's place",
		Detail: fmt.Sprintf("%s is in the Messaging Service %s, which does not defer to the number: messages are %s. The binding is written, but silent for messages until "+
			"the service defers to the sender's webhook (`use_inbound_webhook_on_number`) or the number is taken out of it.", n, s, answered),
	}
}
