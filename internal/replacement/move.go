package replacement

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// notices collects what several numbers that are moved at once have to say.
type notices struct {
	mu  sync.Mutex
	row []bot.Notice
}

func (n *notices) add(more ...bot.Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.row = append(n.row, more...)
}

func (n *notices) all() []bot.Notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.row)
}

// moveNumbers moves every number that routes to the old bot, bound by this configuration
// or not. Each is one write: before it the number answers for the old bot, after it for
// the new one.
func (r *replacement) moveNumbers(ctx context.Context) error {
	return account.EachNumber(ctx, func(ctx context.Context) ([]bot.Number, error) {
		now := r.account.Now()
		all, err := r.account.Numbers(ctx, now)
		if err != nil {
			return nil, err
		}
		routing, err := r.account.RoutingWithHolds(ctx, now, all...)
		return slices.DeleteFunc(slices.Clone(all), func(n bot.Number) bool {
			change, _ := r.decide(routing, n)
			return change.Empty()
		}), err
	}, func(ctx context.Context, number bot.Number) error {
		return r.account.EditNumber(ctx, number.SID, &r.log, func(ctx context.Context, e *account.Edit) error {
			routing, err := r.account.Routing(ctx, e.Number)
			if err != nil {
				return err
			}
			change, said := r.decide(routing, e.Number)
			if err := e.Write(ctx, change); err != nil {
				return err
			}
			r.notices.add(said...)
			return nil
		})
	})
}

func (r *replacement) decide(routing bot.Routing, n bot.Number) (bot.NumberChange, []bot.Notice) {
	return move{
		old: r.old, newSID: r.new.SID, newName: r.request.To.UniqueName, unnamed: r.new.Unnamed(), engine: r.request.Engine, oldName: r.oldName, task: r.task,
	}.decide(routing, n)
}

// move is what is known when it is decided what to write to a number.
type move struct {
	old             bot.Bot
	newSID, newName string
	unnamed         bool       // whether the new bot bears its mark in place of its name
	engine          bot.Engine // of the new bot
	oldName         string
	task            string // at which a conversation with the new bot enters, where the engines differ
}

// decide says what must be written for a number of the old bot to answer for the new one.
// A silenced channel stays silenced: only the number's own URL is moved, and the mark
// moves all of them at once. A cut may have left one behind a hold that is the new bot's.
func (m move) decide(routing bot.Routing, n bot.Number) (change bot.NumberChange, notices []bot.Notice) {
	belongs := false
	for _, channel := range bot.Channels() {
		route, side, to := routing.Route(n, channel), n.Side(channel), change.Side(channel)
		webhook, isBot := routing.Webhooks.Parse(side.URL)
		isOld := isBot && webhook.BotSID == m.old.SID
		// What a hold that was deleted by hand left dead answers again for the new bot, unless
		// another hold suspends it: the mark moves, and is set there then.
		dead := routing.Behind(n, channel)
		silenced := route.SilencedBy != "" || (dead != "" && routing.HoldOf(dead) != "")
		switch {
		case m.old.SID != "" && (route.BotSID == m.old.SID || dead == m.old.SID):
			belongs = true
		case silenced && route.BotSID == m.newSID:
			belongs = true
			if !isOld {
				continue
			}
		default:
			continue
		}
		if m.engine == bot.Application {
			if !silenced {
				to.ApplicationSID = &m.newSID
			}
			if isOld {
				notices = append(notices, n.Clear(channel, to)...)
			}
			continue
		}
		if silenced && !isOld {
			continue // what Twilio cleared is rebuilt when the bot resumes
		}
		task := m.task
		if m.old.Engine() == m.engine {
			task = webhook.TargetTask
		}
		address, method := routing.Webhooks.URL(bot.Webhook{AccountSID: n.AccountSID, BotSID: m.newSID, Channel: channel, TargetTask: task}), bot.WebhookMethod
		to.URL, to.Method = &address, &method
		if application := side.ApplicationSID; application != "" {
			if !silenced {
				application = ""
			}
			to.ApplicationSID = &application
		}
	}
	// A new application has its own name only at the end, and so have its numbers: what is
	// undone in between must not need to know it.
	if belongs && !m.unnamed {
		change.FriendlyName = binding.LabelOnRename(n, m.oldName, m.newName)
	}
	return change, notices
}

// moveServices moves the Messaging Services whose inbound URL is the old bot's.
func (r *replacement) moveServices(ctx context.Context) error {
	all, err := r.account.Services(ctx, r.account.Now())
	if err != nil {
		return err
	}
	for _, service := range all {
		if service.Route(r.account.SID, r.account.Webhooks).BotSID != r.old.SID {
			continue
		}
		url, method, err := r.serviceURL(service)
		if err != nil {
			return err
		}
		r.pointed = append(r.pointed, service)
		if err := r.account.PointService(ctx, service.SID, url, method); err != nil {
			return fmt.Errorf("pointing the Messaging Service %s at the new bot: %w", service, err)
		}
	}
	return nil
}

// serviceURL is what a Messaging Service is pointed at to route to the new bot.
func (r *replacement) serviceURL(service bot.Service) (url, method string, err error) {
	if r.request.Engine != bot.Application {
		return r.account.Webhooks.URL(bot.Webhook{AccountSID: r.account.SID, BotSID: r.new.SID, Channel: bot.Messaging, TargetTask: r.task}), bot.WebhookMethod, nil
	}
	webhooks := r.request.To.Content.Webhooks
	if webhooks == nil || webhooks.MessagingURL == "" {
		return "", "", &bot.Problem{
			Kind:    bot.NoMessagingURL,
			Summary: "A Messaging Service routes to this bot",
			Detail:  fmt.Sprintf("The inbound URL of the Messaging Service %s is that of bot %s, and the new bot has no messaging URL to put there.", service, r.old),
		}
	}
	spelled := webhooks.Spelled()
	return spelled.MessagingURL, spelled.MessagingMethod, nil
}

func (r *replacement) moveServicesBack(ctx context.Context) error {
	for _, service := range slices.Backward(r.pointed) {
		if err := r.account.PointService(ctx, service.SID, service.InboundURL, service.InboundMethod); err != nil {
			return err
		}
	}
	return nil
}
