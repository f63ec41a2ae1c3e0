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
	return r.account.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
		all, err := r.account.Numbers(ctx, since)
		if err != nil {
			return nil, err
		}
		routing, err := r.account.RoutingWithHolds(ctx, since, all...)
		return slices.DeleteFunc(slices.Clone(all), func(n bot.Number) bool {
			change, _ := r.decide(routing, n)
			return change.Empty()
		}), err
	}, func(ctx context.Context, number bot.Number, round *account.Round) error {
		return round.EditNumber(ctx, number.SID, &r.log, func(ctx context.Context, e *account.Edit) error {
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
	routing.Webhooks = routing.Webhooks.Of(r.new)
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
		behind, isBot := routing.Webhooks.Parse(side.URL)
		isOld := isBot && behind.BotSID == m.old.SID
		// What a hold that was deleted by hand left dead answers again for the new bot, unless
		// another hold suspends it: the mark moves, and is set there then.
		dead := routing.Behind(n, channel)
		silenced := route.SilencedBy != "" || (dead != "" && routing.HoldOf(dead) != (bot.Hold{}))
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
		webhook := bot.Webhook{AccountSID: n.AccountSID, BotSID: m.newSID, Channel: channel, TargetTask: m.task}
		address, method := routing.Webhooks.URLInPlaceOf(webhook, side.URL), bot.WebhookMethod
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
	// Also where the number leads elsewhere: the old bot is deleted.
	routing.MoveCallback(n, &change, map[string]string{m.old.SID: m.newSID})
	return change, notices
}

// moveWays moves the other ways in that lead to the old bot, used by Twilio or not. Each is
// one write. What is silenced leads to the hold, which moves with its mark. A message to an
// address that is not moved yet may begin a conversation with the old bot: moveAll looks again.
func (r *replacement) moveWays(ctx context.Context) error {
	now := r.account.Now()
	all, _, err := r.account.WaysOf(ctx, now, bot.WayKind.Moves)
	if err != nil {
		return err
	}
	routing, err := r.account.RoutingOfWays(ctx, now)
	if err != nil {
		return err
	}
	for _, way := range all {
		if _, moves, err := r.way().decide(routing, way); err != nil {
			return err
		} else if !moves {
			continue
		}
		err := r.account.EditWay(ctx, way, &r.log, func(_ context.Context, live bot.Way) (bot.Way, bool, error) {
			return r.way().decide(routing, live)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *replacement) way() moveWay {
	to := r.new
	to.UniqueName = r.request.To.UniqueName
	return moveWay{old: r.old, to: to, task: r.task}
}

// moveWay is what is known when it is decided where a way in leads from now on.
type moveWay struct {
	old, to bot.Bot
	task    string // at which a conversation with the new bot enters, where the engines differ
}

// decide says where a way in that leads to the old bot leads from now on.
func (m moveWay) decide(routing bot.Routing, way bot.Way) (to bot.Way, moves bool, err error) {
	route := routing.Lead(way)
	if m.old.SID == "" || route.BotSID != m.old.SID || way.SID == m.old.SID || !way.MovesTo(m.to.Engine()) {
		return way, false, nil
	}
	pointer, ok := way.PointerInPlace(routing.Webhooks, m.to, m.task)
	if !ok {
		return way, false, &bot.Problem{
			Kind:     bot.NoURLForWay,
			Summary:  fmt.Sprintf("A %s routes to this bot", way.Kind),
			Detail:   fmt.Sprintf("Bot %s is reached by %s, and the new bot has no URL to put there.", m.old, way),
			Channels: []bot.Channel{way.Channel},
		}
	}
	if route.SilencedBy != "" {
		if m.old.Engine() != m.to.Engine() {
			pointer = way.Entering(m.task)
			moves = pointer != way.To
			way.To = pointer
		}
		return way, moves, nil // it is pointed at the new bot when that resumes
	}
	if m.to.Engine() != bot.Application && pointer.URL != "" && way.To.URL != "" && way.To.Method != "" {
		pointer.Method = way.To.Method // Twilio's own webhooks take either
	}
	if pointer.Same(way.To) {
		return way, false, nil // bots hosted elsewhere may share a URL
	}
	way.To = pointer
	return way, true, nil
}
