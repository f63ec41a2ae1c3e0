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

// DecideService says what a binding writes to a Messaging Service, or why it must not.
// snapshot is the ServiceSnapshot of what was there when the plan was made; empty when the
// plan did not know the service.
func DecideService(v ServiceView, b ServiceBinding, snapshot string) (ServiceDecision, *Refusal) {
	if v.Answers(b) {
		return ServiceDecision{To: v.Way}, nil
	}
	to, ok := v.pointed(b)
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
	case v.Routing.HoldOf(b.Bot.SID).SID != "":
		return ServiceDecision{}, &Refusal{Kind: bot.ServiceSuspended}
	}
	return ServiceDecision{To: to, Taken: taken}, nil
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
	if route.Kind == bot.ToNothing || v.leadsTo(b) || v.isOwn() || ok && to.URL == v.Way.To.URL {
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
// webhook, and uses that. Every engine of Twilio's takes GET as well as POST.
func (v ServiceView) Answers(b ServiceBinding) bool { return !v.Way.Idle && v.leadsTo(b) }

func (v ServiceView) leadsTo(b ServiceBinding) bool {
	if !v.Routing.LeadsTo(v.Way, b.Bot.SID) {
		return false
	}
	if b.Bot.Engine() != bot.Application || v.Routing.Lead(v.Way).SilencedBy != "" {
		return true
	}
	to, ok := v.Way.PointerTo(v.Routing.Webhooks, b.Bot, "")
	return ok && to.Same(v.Way.To)
}

// After is the service as the binding would leave it; false where the bot has no URL for
// messages.
func (v ServiceView) After(b ServiceBinding) (bot.Way, bool) {
	if v.Answers(b) {
		return v.Way, true
	}
	return v.pointed(b)
}

// pointed is the service when it leads to the wanted bot; false where the bot has no URL
// for messages.
func (v ServiceView) pointed(b ServiceBinding) (bot.Way, bool) {
	to := v.Way
	to.Idle = false
	if v.leadsTo(b) {
		return to, true
	}
	var ok bool
	to.To, ok = v.Way.PointerTo(v.Routing.Webhooks, b.Bot, b.Task)
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
