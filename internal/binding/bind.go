package binding

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// tries is how often a binding begins again because a suspension came or went while it
// was written.
const tries = 3

// Rebind binds as wanted and then frees what the binding had before: another number, or
// channels that it no longer has. snapshot and own are those of Bind; prior is what is
// freed, and its channels are empty where nothing is.
//
// By routing the number answers for the bot, or would if the bot were not suspended: it is read
// with the number, before a suspension that comes or goes at the same time moves it.
func Rebind(ctx context.Context, a *account.Account, b Binding, snapshot bot.RouteSnapshot, own string, prior Prior) (number bot.Number, routing bot.Routing, notices []bot.Notice, err error) {
	var bound, freed account.UndoLog
	err = operation.Run(ctx, "the change of the binding", operation.Step{
		Name: "binding the phone number",
		Cut:  "The number may answer as planned already, and what the binding had before answers too; the next apply goes on.",
		Do: func(ctx context.Context) (err error) {
			var said []bot.Notice
			number, routing, said, err = Bind(ctx, a, b, snapshot, own, &bound)
			notices = append(notices, said...)
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &bound) },
	}, operation.Step{
		Name: "freeing what the binding had before",
		Cut:  "The number answers as planned, and what the binding had before may answer too; the next apply frees what is left of it.",
		Do: func(ctx context.Context) error {
			if len(prior.Channels) == 0 || prior.BotSID == "" {
				return nil
			}
			left, said, err := free(ctx, a, prior, &freed, (*account.Edit).Claimed)
			notices = append(notices, said...)
			if left.SID == number.SID { // its label may have changed
				for _, channel := range b.Channels {
					left = left.With(channel, number.Side(channel)) // by which routing knows the bot
				}
				number = left
			}
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &freed) },
	})
	return number, routing, notices, err
}

// Bind makes a number answer for a bot, and claims it for this run. A number of a
// suspended bot starts silenced. log may be nil.
//
// It is one write: cut off before it the number is as it was, after it the number answers
// for the bot, and the next plan sees either. snapshot is what the number was pointed at
// when the plan was made, nil when the plan did not know the number: a number that has
// been pointed elsewhere since is left alone. own is the bot that the binding had put on
// the number before.
//
// A suspension may come or go at the same time, in this process or another. It writes its
// mark first and then reads the numbers; a binding writes its number first and then reads
// the mark. Whichever comes second corrects. By routing the number was seen to answer for the bot.
func Bind(ctx context.Context, a *account.Account, b Binding, snapshot bot.RouteSnapshot, own string, log *account.UndoLog) (number bot.Number, routing bot.Routing, notices []bot.Notice, err error) {
	if _, err := a.HostOf(b.BotSID); err != nil {
		return bot.Number{}, bot.Routing{}, nil, err
	}
	err = a.EditNumber(ctx, b.NumberSID, log, func(ctx context.Context, e *account.Edit) error {
		for left := tries; ; left-- {
			seen, said, hold, err := bindOnce(ctx, a, e, b, snapshot, own)
			number, routing = e.Number, seen
			if err == nil || left == 1 || !suspension.Changed(ctx, a, b.BotSID, hold) {
				notices = said
				return err
			}
			snapshot = nil // what answers by now is what the suspension left
			if err := e.Reread(ctx); err != nil {
				return err
			}
		}
	})
	return number, routing, notices, err
}

// bindOnce also returns the hold that it took the bot to be suspended by, empty where it
// took it not to be.
func bindOnce(ctx context.Context, a *account.Account, e *account.Edit, b Binding, snapshot bot.RouteSnapshot, own string) (seen bot.Routing, notices []bot.Notice, hold string, err error) {
	before := e.Number
	routing, err := a.RoutingWithHolds(ctx, account.AnyTime, before)
	if err != nil {
		return seen, nil, "", fmt.Errorf("looking for suspended bots: %w", err)
	}
	hold = routing.HoldOf(b.BotSID).SID
	if routing.Webhooks, err = a.WebhooksOf(ctx, b.BotSID); err != nil {
		return seen, nil, hold, err
	}
	view, err := viewOf(ctx, a, routing, before, b, own)
	if err != nil {
		return seen, nil, hold, err
	}
	b.Label = label(ctx, a, view, b)
	decision, refusal := Decide(view, b, snapshot, hold)
	if refusal != nil {
		return seen, nil, hold, refusal.problem(ctx, a, before, b, own)
	}
	notices = decision.Notices
	for _, conflict := range decision.Taken {
		notices = append(notices, bot.Notice{
			Summary: "A phone number was taken over",
			Detail:  fmt.Sprintf("%s of %s answered with %s; it now answers for bot %s.", conflict.Channel, before, a.Describe(ctx, conflict.Route), b.BotSID),
		})
	}
	e.Claim(b.Channels)
	behind, err := e.WriteFor(ctx, decision.Change, b.BotSID)
	if err != nil {
		return seen, nil, hold, err
	}
	if behind.BotGone {
		return seen, nil, hold, putBack(ctx, e, before, b.BotSID)
	}
	if err := suspension.Follow(ctx, a, e, b.BotSID, hold, behind.Holds); err != nil {
		return seen, notices, hold, err
	}
	seen, err = verified(ctx, a, e.Number, b)
	return seen, notices, hold, err
}

// verified reads who answers on the number that was written.
func verified(ctx context.Context, a *account.Account, n bot.Number, b Binding) (bot.Routing, error) {
	routing, err := a.Routing(ctx, n)
	if err != nil {
		return routing, err
	}
	view := View{Number: n, Routing: routing}
	for _, channel := range b.Channels {
		if !view.Answers(b, channel) {
			return routing, &bot.Problem{
				Summary: "The phone number does not answer for the bot",
				Detail: fmt.Sprintf("Twilio accepted the write, but %s of %s answers with %s. Plan again to see what is there now.",
					channel, n, a.Describe(ctx, routing.Route(n, channel))),
			}
		}
	}
	return routing, nil
}

// putBack puts a number back whose bot was deleted while it was bound: another process may
// have replaced or deleted it, having looked for its numbers before this one was written.
func putBack(ctx context.Context, e *account.Edit, before bot.Number, botSID string) error {
	var back bot.NumberChange
	for _, channel := range bot.Channels() {
		*back.Side(channel) = e.Number.Side(channel).ChangeTo(before.Side(channel))
	}
	if before.FriendlyName != e.Number.FriendlyName {
		back.FriendlyName = &before.FriendlyName
	}
	back.PutCallbackBack(e.Number, before)
	if err := e.Write(ctx, back); err != nil {
		return err
	}
	return &bot.Problem{
		Summary: "The bot was deleted during binding",
		Detail: fmt.Sprintf("Bot %s was deleted or replaced by another client at the same time, so %s was put back as it was. "+
			"Plan again to see what is there now.", botSID, before),
		Cause: bot.ErrChanged,
	}
}
