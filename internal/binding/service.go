package binding

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// RebindService binds a Messaging Service as wanted and then frees the one that the binding
// had before. snapshot is that of DecideService; own is what the binding had put on the
// service before. prior is what is freed, and its bot is empty where nothing is.
//
// Each service is one write: cut off before it the service is as it was, after it as
// planned, and the next plan sees either. Where the bot is suspended by a hold without a flow,
// by which alone a service is silenced, the flow is made first: the suspension of the same plan
// may be applied later. That is not undone, since it puts right what another client broke.
//
// By routing the service leads to the bot: it is what the service was bound by, before a
// suspension that comes or goes at the same time moves it.
func RebindService(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own, prior PriorService) (way bot.Way, routing bot.Routing, notices []bot.Notice, err error) {
	lacks, err := lacksFlow(ctx, a, b, snapshot, own)
	if err != nil {
		return way, routing, nil, err
	}
	var bound, freed account.UndoLog
	err = operation.Run(ctx, "the change of the binding", operation.Step{
		Name:    "making the hold of the suspended bot whole",
		Cut:     "The hold of the suspended bot may have its flow already, and the Messaging Services lead where they did; the next apply goes on from it.",
		Forward: lacks,
		Do: func(ctx context.Context) error {
			if !lacks {
				return nil
			}
			err := suspension.MakeWhole(ctx, a, b.Bot.SID)
			if errors.Is(err, bot.ErrForbidden) {
				return suspendedServiceProblem(bot.Service{SID: b.ServiceSID, AccountSID: a.SID}.Way(), b.Bot, err)
			}
			return err
		},
	}, operation.Step{
		Name: "binding the Messaging Service",
		Cut:  "The Messaging Service may lead to the bot as planned already, and the one that the binding had before does too; the next apply goes on.",
		Do: func(ctx context.Context) (err error) {
			var written writtenService
			written, notices, err = bindService(ctx, a, b, snapshot, own, &bound)
			way, routing = written.way, written.routing
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
	return way, routing, notices, err
}

// lacksFlow reports whether the service can be bound but for the flow of the hold that suspends
// the bot, which can be made.
func lacksFlow(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own PriorService) (bool, error) {
	routing, err := a.RoutingOfWays(ctx, account.AnyTime)
	if err != nil {
		return false, fmt.Errorf("looking for suspended bots: %w", err)
	}
	hold := routing.HoldOf(b.Bot.SID)
	if hold.SID == "" || hold.FlowSID != "" {
		return false, nil
	}
	if possible := a.NoHoldFlows(ctx) == nil; !possible {
		return false, nil
	}
	service, err := a.Service(ctx, b.ServiceSID)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil // said by who binds it
	}
	if err != nil {
		return false, err
	}
	view, err := serviceView(ctx, a, service.Way(), b, own)
	if err != nil {
		return false, err
	}
	if a.WroteWay(service.Way()) {
		snapshot = ""
	}
	_, refusal := DecideService(view, b, snapshot)
	return refusal != nil && refusal.Kind == bot.ServiceSuspended, nil
}

// HoldRefusal says at plan time why a service cannot be bound to a bot that is suspended, as
// ServiceView.RefusesHold does: a flow that the hold is without is made where flows can be
// reached.
func HoldRefusal(ctx context.Context, a *account.Account, v ServiceView, b ServiceBinding, taken *bot.Route) *Refusal {
	refusal := v.RefusesHold(b, taken)
	if refusal != nil && refusal.Kind == bot.ServiceSuspended && a.NoHoldFlows(ctx) == nil {
		return nil
	}
	return refusal
}

// bindService writes the service, and claims it for this run. One of a suspended bot starts
// silenced.
//
// A suspension may come or go at the same time, in another process. It writes its mark first
// and then reads the services; a binding writes its service first and then reads the mark.
// Whichever comes second corrects.
func bindService(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own PriorService, log *account.UndoLog) (written writtenService, notices []bot.Notice, err error) {
	unlock, err := a.LockSuspension(ctx, b.Bot.SID)
	if err != nil {
		return written, nil, err
	}
	defer unlock()
	for left := tries; ; left-- {
		written, err = writeService(ctx, a, b, snapshot, own, log)
		if err == nil && written.wrote {
			err = written.check(ctx, a, b.Bot)
		}
		if len(notices) == 0 {
			notices = written.notices // what was taken by then is the binding's own
		}
		if err == nil || left == 1 || !written.overtaken(ctx, a, b.Bot.SID, err) {
			return written, notices, err
		}
	}
}

// writtenService is a service as a binding wrote it.
type writtenService struct {
	way     bot.Way
	routing bot.Routing // by which the service leads to the bot
	hold    bot.Hold    // that the bot was taken to be suspended by; none has no SID
	wrote   bool
	notices []bot.Notice
}

func writeService(ctx context.Context, a *account.Account, b ServiceBinding, snapshot string, own PriorService, log *account.UndoLog) (written writtenService, err error) {
	service := bot.Service{SID: b.ServiceSID, AccountSID: a.SID}.Way()
	err = a.EditWay(ctx, service, log, func(ctx context.Context, now bot.Way) (bot.Way, bool, error) {
		written.way = now
		view, err := serviceView(ctx, a, now, b, own)
		if err != nil {
			return now, false, err
		}
		if a.WroteWay(now) {
			snapshot = "" // what is there by now is this run's own
		}
		decision, refusal := DecideService(view, b, snapshot)
		if refusal != nil {
			return now, false, refusal.ServiceProblem(ctx, a, now, b, own.BotSID)
		}
		if decision.Taken != nil {
			written.notices = append(written.notices, bot.Notice{
				Summary: "A Messaging Service was taken over",
				Detail:  fmt.Sprintf("%s; it now leads to bot %s.", sentenceOf(DescribeService(ctx, a, now, *decision.Taken)), b.Bot),
			})
		}
		a.ClaimWay(now)
		written.way, written.wrote = decision.To, decision.To != now
		written.routing, written.hold = view.Routing, view.Routing.HoldOf(b.Bot.SID)
		return decision.To, written.wrote, nil
	})
	if err == nil && written.way.SID == "" {
		err = NoServiceProblem(a.SID, b.ServiceSID)
	}
	return written, err
}

// check reports, as errors, a bot that was deleted while a service was pointed at it, and one
// that was suspended or resumed: another process may have looked for what leads to it before
// this one wrote.
func (w writtenService) check(ctx context.Context, a *account.Account, b bot.Bot) error {
	host, err := a.HostOf(b.SID)
	if err != nil {
		return err
	}
	if a.Reachable(b.Engine()) {
		_, err = host.Get(ctx, b.SID)
	}
	if errors.Is(err, bot.ErrNotFound) {
		return &bot.Problem{
			Summary: "The bot was deleted during binding",
			Detail:  fmt.Sprintf("Bot %s was deleted or replaced by another client at the same time. Plan again to see what is there now.", b),
			Cause:   bot.ErrChanged,
		}
	}
	if err != nil {
		return err
	}
	holds, err := a.FindHolds(ctx, b.SID)
	if err != nil {
		return fmt.Errorf("looking whether bot %s is suspended: %w", b, err)
	}
	same := func(hold bot.Hold) bool { return hold.SID == w.hold.SID && hold.FlowSID == w.hold.FlowSID }
	if len(holds) == 0 && w.hold.SID == "" || slices.ContainsFunc(holds, same) {
		return nil
	}
	return errOvertaken
}

var errOvertaken = errors.New("another client suspends and resumes the bot again and again")

// overtaken reports whether a binding of a service failed since the bot was suspended or
// resumed at the same time; then what is known of its holds is read anew. A hold whose flow
// is not found may have been listed while it came or went.
func (w writtenService) overtaken(ctx context.Context, a *account.Account, botSID string, err error) bool {
	var problem *bot.Problem
	flowless := errors.As(err, &problem) && problem.Kind == bot.ServiceSuspended
	if !flowless && !errors.Is(err, errOvertaken) && !suspension.Changed(ctx, a, botSID, w.hold.SID) {
		return false
	}
	a.HoldsChanged()
	if w.hold.SID != "" {
		a.KnowHolds(botSID, w.hold.SID, w.hold.FlowSID) // the service may be pointed at one that is deleted
	}
	return true
}

// ResumedService is a Messaging Service as it will lead to its bot once that is resumed, and
// as it is where no hold silences it.
func ResumedService(ctx context.Context, a *account.Account, routing bot.Routing, way bot.Way) (bot.Way, error) {
	led := routing.Lead(way)
	if led.SilencedBy == "" {
		return way, nil
	}
	webhooks, err := a.WebhooksOf(ctx, led.BotSID)
	if err != nil {
		return way, err
	}
	b := bot.Bot{SID: led.BotSID}
	if b.Engine() == bot.Application {
		if b, err = a.Bot(ctx, led.BotSID); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return way, fmt.Errorf("reading the bot %s: %w", led.BotSID, err)
		}
	}
	way.To, _ = way.Off(webhooks, b)
	return way, nil
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
		if left != nil && suspension.Changed(ctx, a, prior.BotSID, view.Routing.HoldOf(prior.BotSID).SID) {
			// Another process suspended or resumed the bot: where the service leads may be its hold.
			if view, err = serviceView(ctx, a, now, ServiceBinding{}, prior); err != nil {
				return now, false, err
			}
			to, frees, left = view.DecideFreeService()
		}
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
