package bot

import (
	"context"
	"fmt"
	"slices"
)

// numbers moves every number that routes to the old bot, bound by this
// configuration or not. Each is one write: before it the number answers for the old
// bot, after it for the new one.
func (r *replacement) numbers(ctx context.Context) error {
	return r.d.eachNumber(ctx, func() ([]Number, error) {
		routing, err := r.d.routingNow(ctx)
		if err != nil {
			return nil, err
		}
		all, err := r.d.listNumbers(ctx, true)
		return slices.DeleteFunc(slices.Clone(all), func(n Number) bool {
			change, _ := r.moving(routing, n)
			return change.Empty()
		}), err
	}, r.moveNumber)
}

func (r *replacement) moveNumber(ctx context.Context, number Number) error {
	unlock, err := r.d.claims.lock(ctx, number.SID)
	if err != nil {
		return err
	}
	defer unlock()
	if number, err = r.d.NumberNow(ctx, number.SID); err != nil {
		return err
	}
	routing, err := r.d.Routing(ctx, number)
	if err != nil {
		return err
	}
	change, notices := r.moving(routing, number)
	if err := r.d.writeAndRemember(ctx, number, change, &r.writes); err != nil {
		return err
	}
	r.writes.mu.Lock()
	defer r.writes.mu.Unlock()
	r.notices = append(r.notices, notices...)
	return nil
}

// moving is what must be written for a number of the old bot to answer for the new
// one. A silenced channel stays silenced: only the URL behind it is moved, and the
// mark moves all of them at once.
func (r *replacement) moving(routing Routing, n Number) (change NumberChange, notices []Notice) {
	routes := false
	for _, channel := range routing.Channels(n, r.old.SID) {
		routes = true
		route, side, to := routing.Route(n, channel), n.Side(channel), change.Side(channel)
		webhook, isBot := r.d.Webhooks.Parse(side.URL)
		isBot = isBot && webhook.BotSID == r.old.SID
		silenced := route.SilencedBy != ""
		if r.change.Engine == Application {
			if !silenced {
				to.ApplicationSID = &r.made.SID
			}
			if isBot {
				notices = append(notices, clearURL(n, channel, side, to)...)
			}
			continue
		}
		if silenced && !isBot {
			continue // what Twilio cleared is made anew when the bot resumes
		}
		task := r.task
		if r.old.Engine() == r.change.Engine {
			task = route.TargetTask
		}
		address, method := r.d.Webhooks.URL(Webhook{AccountSID: n.AccountSID, BotSID: r.made.SID, Channel: channel, TargetTask: task}), WebhookMethod
		to.URL, to.Method = &address, &method
		if front := side.ApplicationSID; front != "" {
			if !silenced {
				front = ""
			}
			to.ApplicationSID = &front
		}
	}
	// An application has its own name only at the end, and so have its numbers: what
	// is undone in between must not need to know it.
	if routes && r.change.Engine != Application && n.FriendlyName == r.was && r.change.To.UniqueName != r.was {
		change.FriendlyName = &r.change.To.UniqueName
	}
	return change, notices
}

// services moves the Messaging Services whose inbound URL is the old bot's.
func (r *replacement) services(ctx context.Context) error {
	if r.old.SID == "" {
		return nil
	}
	all, err := r.d.services.List(ctx)
	if err != nil {
		return fmt.Errorf("listing the account's Messaging Services: %w", err)
	}
	for _, service := range all {
		if service.route(r.d.AccountSID, r.d.Webhooks).BotSID != r.old.SID {
			continue
		}
		url, method := r.d.Webhooks.URL(Webhook{AccountSID: r.d.AccountSID, BotSID: r.made.SID, Channel: Messaging, TargetTask: r.task}), WebhookMethod
		if r.change.Engine == Application {
			if r.change.To.Content.Webhooks == nil || r.change.To.Content.Webhooks.MessagingURL == "" {
				return &Problem{
					Summary: "A Messaging Service answers by this bot",
					Detail: fmt.Sprintf("The inbound URL of the Messaging Service %s is that of bot %s, and the new bot has no messaging URL to put there. "+
						"Give it `messaging_url`, or point the service elsewhere first.", service, r.old),
				}
			}
			url, method = r.change.To.Content.Webhooks.MessagingURL, r.change.To.Content.Webhooks.MessagingMethod
			if method == "" {
				method = WebhookMethod
			}
		}
		r.pointed = append(r.pointed, service)
		if err := r.d.services.Point(ctx, service.SID, url, method); err != nil {
			return fmt.Errorf("pointing the Messaging Service %s at the new bot: %w", service, err)
		}
	}
	return nil
}

func (r *replacement) servicesBack(ctx context.Context) error {
	for _, service := range slices.Backward(r.pointed) {
		if err := r.d.services.Point(ctx, service.SID, service.InboundURL, service.InboundMethod); err != nil {
			return err
		}
	}
	return nil
}
