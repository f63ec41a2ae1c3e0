package binding

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// RebindService binds a Messaging Service as wanted and then frees the one that the binding
// had before. snapshot is that of DecideService; own is what the binding had put on the
// service before. prior is what is freed, and its bot is empty where nothing is.
//
// Each service is one write: cut off before it the service is as it was, after it as
// planned, and the next plan sees either.
func RebindService(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own, prior PriorService) (way bot.Way, notices []bot.Notice, err error) {
	var bound, freed account.UndoLog
	err = operation.Run(ctx, "the change of the binding", operation.Step{
		Name: "binding the Messaging Service",
		Cut:  "The Messaging Service may lead to the bot as planned already, and the one that the binding had before does too; the next apply goes on.",
		Do: func(ctx context.Context) (err error) {
			way, notices, err = bindService(ctx, a, b, snapshot, own, &bound)
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &bound) },
	}, operation.Step{
		Name: "freeing the Messaging Service that the binding had before",
		Cut:  "The Messaging Service leads to the bot as planned, and the one that the binding had before may too; the next apply frees that one.",
		Do: func(ctx context.Context) error {
			if prior.BotSID == "" {
				return nil
			}
			said, err := FreeService(ctx, a, prior, &freed)
			notices = append(notices, said...)
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &freed) },
	})
	return way, notices, err
}

// bindService writes the service, and claims it for this run.
func bindService(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own PriorService, log *account.UndoLog) (way bot.Way, notices []bot.Notice, err error) {
	// A suspension that looked for Messaging Services before this one is written must not end
	// without it.
	unlock, err := a.LockSuspension(ctx, b.Bot.SID)
	if err != nil {
		return way, nil, err
	}
	defer unlock()
	before := bot.Service{SID: b.ServiceSID, AccountSID: a.SID}.Way()
	wrote := false
	err = a.EditWay(ctx, before, log, func(ctx context.Context, now bot.Way) (bot.Way, bool, error) {
		way = now
		view, err := serviceView(ctx, a, now, b, own)
		if err != nil {
			return now, false, err
		}
		if a.WroteWay(now) {
			snapshot = "" // what is there by now is this run's own
		}
		decision, refusal := DecideService(view, b, snapshot)
		if refusal != nil {
			return now, false, refusal.serviceProblem(ctx, a, now, b, own.BotSID)
		}
		if decision.Taken != nil {
			notices = append(notices, bot.Notice{
				Summary: "A Messaging Service was taken over",
				Detail:  fmt.Sprintf("%s; it now leads to bot %s.", sentenceOf(DescribeService(ctx, a, now, *decision.Taken)), b.Bot),
			})
		}
		a.ClaimWay(now)
		way, wrote = decision.To, decision.To != now
		return decision.To, wrote, nil
	})
	switch {
	case err != nil:
		return way, notices, err
	case way.SID == "":
		return way, nil, NoServiceProblem(a.SID, b.ServiceSID)
	case !wrote:
		return way, notices, nil
	}
	return way, notices, stillThere(ctx, a, way, b)
}

// stillThere reports a bot that was deleted or suspended while a service was pointed at it:
// another process may have looked for what leads to it before this one wrote.
func stillThere(ctx context.Context, a *account.Account, way bot.Way, b ServiceBinding) error {
	host, err := a.HostOf(b.Bot.SID)
	if err != nil {
		return err
	}
	if a.Reachable(b.Bot.Engine()) {
		_, err = host.Get(ctx, b.Bot.SID)
	}
	if errors.Is(err, bot.ErrNotFound) {
		return &bot.Problem{
			Summary: "The bot was deleted during binding",
			Detail:  fmt.Sprintf("Bot %s was deleted or replaced by another client at the same time. Plan again to see what is there now.", b.Bot),
			Cause:   bot.ErrChanged,
		}
	}
	if err != nil {
		return err
	}
	holds, err := a.FindHolds(ctx, b.Bot.SID)
	if err == nil && len(holds) > 0 {
		err = SuspendedServiceProblem(way, b.Bot)
	}
	return err
}

// FreeService takes a bot off a Messaging Service, unless another binding of this run has
// claimed it: it then defers to the webhooks of its numbers. One that leads to another by
// now is left as it is, which the notices say. A service that no longer exists is no error.
// log may be nil.
//
// It is one write: cut off before it the service still leads to the bot, and freeing it
// again finishes; after it, there is nothing left to do.
func FreeService(ctx context.Context, a *account.Account, prior PriorService, log *account.UndoLog) (notices []bot.Notice, err error) {
	err = a.EditWay(ctx, bot.Service{SID: prior.ServiceSID, AccountSID: a.SID}.Way(), log, func(ctx context.Context, now bot.Way) (bot.Way, bool, error) {
		if a.WayClaimed(now) {
			return now, false, nil
		}
		view, err := serviceView(ctx, a, now, ServiceBinding{}, prior)
		if err != nil {
			return now, false, err
		}
		to, frees, left := view.DecideFreeService()
		if left != nil {
			notices = append(notices, bot.Notice{
				Summary: "A Messaging Service was left as it is",
				Detail: fmt.Sprintf("It had led to bot %s, and by now %s, so it was not freed, and goes on answering so.",
					prior.BotSID, DescribeService(ctx, a, now, *left)),
			})
		}
		return to, frees, nil
	})
	return notices, err
}

// ServiceConflict is what a Messaging Service is pointed at where that is another's, as
// ServiceView.Conflict has it; nil is none. own is what the binding had put there before.
func ServiceConflict(ctx context.Context, a *account.Account, way bot.Way, b ServiceBinding, own PriorService) (*bot.Route, error) {
	view, err := serviceView(ctx, a, way, b, own)
	return view.Conflict(b), err
}

// serviceView is what the account says of a service. The other bot of an unfinished
// replacement is among the binding's own where that makes a difference.
func serviceView(ctx context.Context, a *account.Account, way bot.Way, b ServiceBinding, own PriorService) (ServiceView, error) {
	routing, err := a.RoutingOfWays(ctx, account.AnyTime)
	if err != nil {
		return ServiceView{}, fmt.Errorf("looking for suspended bots: %w", err)
	}
	view := ServiceView{Way: way, Routing: routing, Own: a.Successors(own.BotSID), Pointer: own.Pointer}
	if led := routing.Lead(way).BotSID; led != "" && b.Bot.SID != "" && a.ReplacementOf(led) == b.Bot.SID {
		view.Own = append(view.Own, led) // this run put the bot in the place of that one
	}
	if taken := view.Conflict(b); taken != nil && own.BotSID != "" && taken.Kind == bot.ToBot {
		if err := a.KnowReplacement(ctx, own.BotSID); err != nil {
			return view, err
		}
		view.Own = append(view.Own, a.Successors(own.BotSID)...)
	}
	return view, nil
}
