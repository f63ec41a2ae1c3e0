package binding

import (
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ServiceBinding is what a binding wants of a Messaging Service: that a bot answers every
// message that comes to it.
type ServiceBinding struct {
	ServiceSID string
	// Bot has the webhooks of a bot hosted elsewhere. Its SID is empty while it is not known.
	Bot bot.Bot
	// Task is where a new conversation with an Autopilot assistant enters.
	Task string
	// Overwrite lets the binding take a service that is another's.
	Overwrite bool
}

// PriorService is what a binding had on a Messaging Service before it changes.
type PriorService struct {
	ServiceSID string
	BotSID     string
	// Pointer is the Digest of what the service was pointed at when it led to the bot last:
	// a bot hosted elsewhere may have another URL since. It is empty where it is not known.
	Pointer string
}

// ServiceView is what the account says of a Messaging Service when something is decided
// about it.
type ServiceView struct {
	Way     bot.Way
	Routing bot.Routing
	// Own are the SIDs under which the bot that the binding had put there before is known:
	// its own, and that of the bot that replaced it. Pointer is that of PriorService.
	Own     []string
	Pointer string
}

// ServiceDecision is what a binding writes to a Messaging Service.
type ServiceDecision struct {
	To    bot.Way
	Taken *bot.Route // what is taken over; nil for nothing
}

// ServiceSnapshot is what a Messaging Service was pointed at at some moment, and whether it
// used that, to be compared with what is there later. Terraform keeps it in private state.
func ServiceSnapshot(way bot.Way) string {
	if way.Idle {
		return snapshotDefers + way.To.Digest()
	}
	return "answers " + way.To.Digest()
}

const snapshotDefers = "defers "

// DecideService says what a binding writes to a Messaging Service, or why it must not. For a
// suspended bot that is the flow of its hold. snapshot is the ServiceSnapshot of what was
// there when the plan was made; empty when the plan did not know the service.
func DecideService(v ServiceView, b ServiceBinding, snapshot string) (ServiceDecision, *Refusal) {
	hold := v.Routing.HoldOf(b.Bot.SID)
	if v.Answers(b) && (hold.FlowSID == "" || v.Silenced()) {
		return ServiceDecision{To: v.Way}, nil
	}
	to, ok := v.After(b)
	if !ok {
		return ServiceDecision{}, &Refusal{Kind: bot.NoURLForWay}
	}
	taken := v.Conflict(b)
	conflicts := []Conflict{}
	if taken != nil {
		conflicts = append(conflicts, Conflict{bot.Messaging, *taken})
	}
	switch {
	case snapshot == "" && taken != nil && !b.Overwrite:
		return ServiceDecision{}, &Refusal{Kind: bot.ServiceTaken, Conflicts: conflicts}
	case snapshot != "" && v.changedSince(snapshot, taken):
		return ServiceDecision{}, &Refusal{Kind: bot.ChangedSincePlan, Conflicts: conflicts}
	case taken != nil && !b.Overwrite:
		return ServiceDecision{}, &Refusal{Kind: bot.ServiceRepointed, Conflicts: conflicts} // the plan saw it and warned
	}
	if refusal := v.RefusesHold(b, taken); refusal != nil {
		return ServiceDecision{}, refusal
	}
	if hold.FlowSID != "" {
		to.To, _ = to.On(hold)
	}
	return ServiceDecision{To: to, Taken: taken}, nil
}

// RefusesHold says why a service cannot be bound to a bot that is suspended: the hold has no
// flow, by which alone a service is silenced, or the service would stop answering for
// another, taken; nil where it can be, and for a bot that is not suspended.
func (v ServiceView) RefusesHold(b ServiceBinding, taken *bot.Route) *Refusal {
	switch hold := v.Routing.HoldOf(b.Bot.SID); {
	case hold.SID == "":
		return nil
	case taken != nil:
		return &Refusal{Kind: bot.ServiceSilenced, Conflicts: []Conflict{{bot.Messaging, *taken}}}
	case hold.FlowSID == "":
		return &Refusal{Kind: bot.ServiceSuspended}
	}
	return nil
}

// changedSince reports whether another client changed the service since the plan was made:
// it is pointed at what is neither the binding's nor nothing, or it defers to the webhooks
// of its numbers by now, which the plan did not know would stop answering.
func (v ServiceView) changedSince(snapshot string, taken *bot.Route) bool {
	now := ServiceSnapshot(v.Way)
	return now != snapshot && (taken != nil || v.Way.Idle && !strings.HasPrefix(snapshot, snapshotDefers))
}

// Conflict is what the service is pointed at where that is another's: neither the wanted
// bot, nor what the binding had put there before, nor Twilio's placeholder. A URL that the
// service does not use, since it defers to its numbers, is another's all the same: it would
// be lost. nil is none.
func (v ServiceView) Conflict(b ServiceBinding) *bot.Route {
	route := v.Routing.Lead(v.Way)
	to, ok := v.Way.PointerTo(v.Routing.Webhooks, b.Bot, "")
	if route.Kind == bot.ToNothing || v.Routing.LeadsTo(v.Way, b.Bot.SID) || v.isOwn() || ok && to.URL == v.Way.To.URL {
		return nil
	}
	return &route
}

// isOwn reports whether the service is pointed at what the binding had put there.
func (v ServiceView) isOwn() bool {
	return v.Pointer != "" && v.Way.To.Digest() == v.Pointer ||
		slices.ContainsFunc(v.Own, func(sid string) bool { return v.Routing.LeadsTo(v.Way, sid) })
}

// Answers reports whether the service leads to the wanted bot, in any spelling of its
// webhook, and uses that, or would if the bot were not suspended. Every engine of Twilio's
// takes GET as well as POST.
func (v ServiceView) Answers(b ServiceBinding) bool { return !v.Way.Idle && v.leadsTo(b) }

// Silenced reports whether the service is pointed at a hold.
func (v ServiceView) Silenced() bool { return v.Routing.Lead(v.Way).SilencedBy != "" }

func (v ServiceView) leadsTo(b ServiceBinding) bool {
	if !v.Routing.LeadsTo(v.Way, b.Bot.SID) || v.Routing.Lead(v.Way).Gone {
		return false
	}
	if b.Bot.Engine() != bot.Application || v.Silenced() {
		return true
	}
	to, ok := v.Way.PointerTo(v.Routing.Webhooks, b.Bot, "")
	return ok && to.Same(v.Way.To)
}

// After is the service as the binding leaves it, or would if the bot were not suspended;
// false where the bot has no URL for messages.
func (v ServiceView) After(b ServiceBinding) (bot.Way, bool) {
	to, ok := v.Way, true
	to.Idle = false
	switch {
	case !v.leadsTo(b):
		to.To, ok = v.Way.PointerTo(v.Routing.Webhooks, b.Bot, b.Task)
	case v.Silenced():
		to.To, ok = v.Way.Off(v.Routing.Webhooks, b.Bot)
	}
	return to, ok
}

// DecideFreeService says what is written to take a bot off a Messaging Service, which then
// defers to the webhooks of its numbers; false where nothing is. left is what it is pointed
// at where that is another's by now, and stays.
func (v ServiceView) DecideFreeService() (to bot.Way, frees bool, left *bot.Route) {
	route := v.Routing.Lead(v.Way)
	switch {
	case v.isOwn():
		return v.Way.Freed(), true, nil
	case route.Kind == bot.ToNothing:
		return v.Way, false, nil
	default:
		return v.Way, false, &route
	}
}
