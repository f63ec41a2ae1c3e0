// Package binding makes phone numbers answer for bots, and frees them. What is written
// to a number, and what is a conflict, is decided in this file and in label.go, without
// I/O and by the same functions for plan and apply.
package binding

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Binding is what a binding wants of a phone number: that it answers for a bot.
type Binding struct {
	NumberSID  string
	BotSID     string
	TargetTask string
	Channels   []bot.Channel
	// Label is the number's friendly name where it is configured.
	Label string
	// Name is the bot's name, which becomes the label by the rule of LabelOnBind where none
	// is configured; empty leaves the label as it is. PriorLabel is the name that the bot
	// which the binding had on the number before had when it was bound.
	Name, PriorLabel string
	// PlannedLabels are the label that the plan saw and the one that it knew the number to
	// have after it, where none is configured: another one was given since, and stays. Empty
	// where any label may be there.
	PlannedLabels []string
	// Overwrite lets the binding take a number that answers elsewhere.
	Overwrite bool
}

// Prior is what a binding had on a number before it changes.
type Prior struct {
	NumberSID string
	BotSID    string
	Channels  []bot.Channel
	Label     string // the bot's name where the number bears it
}

// View is what the account says of a number when something is decided about it.
type View struct {
	Number  bot.Number
	Routing bot.Routing
	// Own are the SIDs under which the bot that the binding had put on the number before
	// is known: its own, and that of the bot that replaced it.
	Own []string
}

// Conflict is a channel of a number that answers with something else than a binding
// wants.
type Conflict struct {
	Channel bot.Channel
	Route   bot.Route
}

// Refusal says why a binding must not be written.
type Refusal struct {
	Kind      bot.Kind
	Channels  []bot.Channel // that the number cannot carry
	Conflicts []Conflict
	Label     string // that was given since the plan
}

// Decision is what a binding writes to a number.
type Decision struct {
	Change  bot.NumberChange
	Taken   []Conflict // what is taken over
	Notices []bot.Notice
}

// Incapable lists the channels of a binding that the number cannot carry.
func (b Binding) Incapable(n bot.Number) []bot.Channel {
	return slices.DeleteFunc(slices.Clone(b.Channels), n.Can)
}

// Decide says what a binding writes to a number, or why it must not. snapshot is what
// the number was pointed at when the plan was made; nil when the plan did not know the
// number. hold is the SID of the hold of a suspended bot; empty where the bot is not
// suspended.
func Decide(v View, b Binding, snapshot bot.RouteSnapshot, hold string) (Decision, *Refusal) {
	if incapable := b.Incapable(v.Number); len(incapable) > 0 {
		return Decision{}, &Refusal{Kind: bot.NumberIncapable, Channels: incapable}
	}
	conflicts := v.Conflicts(b)
	if snapshot == nil && len(conflicts) > 0 && !b.Overwrite {
		return Decision{}, &Refusal{Kind: bot.NumberTaken, Conflicts: conflicts}
	}
	if changed := v.changedSince(b, snapshot); len(changed) > 0 {
		return Decision{}, &Refusal{Kind: bot.ChangedSincePlan, Conflicts: changed}
	}
	if len(conflicts) > 0 && !b.Overwrite {
		// The plan saw it and warned.
		return Decision{}, &Refusal{Kind: bot.NumberRepointed, Conflicts: conflicts}
	}
	if len(conflicts) > 0 && hold != "" {
		return Decision{}, &Refusal{Kind: bot.NumberSilenced, Conflicts: conflicts}
	}
	if len(b.PlannedLabels) > 0 && !slices.Contains(b.PlannedLabels, v.Number.FriendlyName) {
		return Decision{}, &Refusal{Kind: bot.ChangedSincePlan, Label: v.Number.FriendlyName}
	}
	change, notices := v.change(b, hold)
	return Decision{Change: change, Taken: conflicts, Notices: notices}, nil
}

// After is the number as a binding of a bot that is not suspended would leave it.
func (v View) After(b Binding) bot.Number {
	change, _ := v.change(b, "")
	return change.Apply(v.Number)
}

// LosesCallback reports whether Twilio replaces a status callback that a person set once
// the binding is written.
func (v View) LosesCallback(b Binding) bool {
	change, _ := v.change(b, "")
	return change.LosesCallback(v.Number)
}

// Conflicts lists the channels of a binding on which the number answers with something
// that is neither the wanted bot nor the one that the binding had put there before, nor
// an application in front of either that no longer exists.
func (v View) Conflicts(b Binding) []Conflict {
	var conflicts []Conflict
	for _, channel := range b.Channels {
		route := v.Routing.Route(v.Number, channel)
		switch {
		case route.Kind == bot.ToNothing,
			route.Kind == bot.ToBot && b.BotSID != "" && route.BotSID == b.BotSID,
			route.Kind == bot.ToBot && account.IsOneOf(v.Own, route.BotSID),
			route.Gone && v.goneFromOwn(b, channel):
			continue
		}
		conflicts = append(conflicts, Conflict{channel, route})
	}
	return conflicts
}

// goneFromOwn reports whether an application that no longer exists is in front of the
// bot, or on a number that the binding had, as it is when the hold of a
// suspension was deleted by hand: nothing answers there, and nothing is taken from
// anyone.
func (v View) goneFromOwn(b Binding, channel bot.Channel) bool {
	behind := v.Routing.Behind(v.Number, channel)
	if behind == "" {
		return len(v.Own) > 0
	}
	return behind == b.BotSID || account.IsOneOf(v.Own, behind)
}

// changedSince lists the channels that answer with something that is neither what the
// plan saw nor what is wanted.
func (v View) changedSince(b Binding, snapshot bot.RouteSnapshot) []Conflict {
	if snapshot == nil {
		return nil
	}
	now := bot.SnapshotOf(v.Number)
	var changed []Conflict
	for _, channel := range b.Channels {
		route := v.Routing.Route(v.Number, channel)
		if route.Kind == bot.ToNothing || now[channel] == snapshot[channel] || account.IsOneOf(v.Own, route.BotSID) || v.Answers(b, channel) {
			continue
		}
		changed = append(changed, Conflict{channel, route})
	}
	return changed
}

// Answers reports whether a channel of the number answers as the binding wants, or would
// if the bot were not suspended, in any spelling of the webhook.
func (v View) Answers(b Binding, channel bot.Channel) bool {
	route := v.Routing.Route(v.Number, channel)
	if route.Kind != bot.ToBot || route.BotSID != b.BotSID {
		return false
	}
	if route.SilencedBy != "" {
		return v.wouldAnswer(b, channel)
	}
	return route.TargetTask == b.TargetTask // every engine takes GET as well as POST
}

// wouldAnswer reports whether a silenced channel answers as the binding wants once the
// hold is taken off.
func (v View) wouldAnswer(b Binding, channel bot.Channel) bool {
	side := v.Number.Side(channel)
	to, isBot := v.Routing.Webhooks.Parse(side.URL)
	if engine, _ := bot.EngineOf(b.BotSID); engine == bot.Application {
		return !isBot
	}
	// Where setting the application made Twilio clear the URL, resuming rebuilds it.
	return side.URL == "" || (isBot && to.BotSID == b.BotSID && to.TargetTask == b.TargetTask)
}

// change is what must be written for a number to answer for a bot, and nothing else: a
// webhook that reaches the bot in another spelling, or with another method, stays.
func (v View) change(b Binding, hold string) (change bot.NumberChange, notices []bot.Notice) {
	n, webhooks := v.Number, v.Routing.Webhooks
	engine, _ := bot.EngineOf(b.BotSID)
	application := hold
	if engine == bot.Application && hold == "" {
		application = b.BotSID
	}
	for _, channel := range b.Channels {
		side, to := n.Side(channel), change.Side(channel)
		if v.Answers(b, channel) && (hold == "" || side.ApplicationSID == hold) {
			continue
		}
		if channel == bot.Voice && n.TrunkSID != "" {
			change.TrunkSID = new(string)
		}
		if side.ApplicationSID != application {
			to.ApplicationSID = &application
		}
		webhook, isBot := webhooks.Parse(side.URL)
		switch {
		case engine == bot.Application && isBot:
			// The URL of the bot that answered before would come back to life the day the
			// application is taken off.
			notices = append(notices, n.Clear(channel, to)...)
		case engine == bot.Application, isBot && webhook.BotSID == b.BotSID && webhook.TargetTask == b.TargetTask:
		default:
			address := webhooks.URL(bot.Webhook{AccountSID: n.AccountSID, BotSID: b.BotSID, Channel: channel, TargetTask: b.TargetTask})
			method := bot.WebhookMethod
			to.URL, to.Method = &address, &method
		}
	}
	if b.Label != "" && b.Label != n.FriendlyName {
		change.FriendlyName = &b.Label
	}
	v.Routing.MoveCallback(n, &change, nil)
	return change, notices
}

// DecideFree says what is written to take a bot off channels of a number, and which
// channels are left, since they answer for another by now. claimed reports whether a
// binding of this run has taken a channel: it is never freed. names are the names of the
// bot, which the number's label may be; name is that of another bot, empty where it has none.
func (v View) DecideFree(prior Prior, names []string, name func(sid string) string, claimed func(bot.Channel) bool) (change bot.NumberChange, left []Conflict, notices []bot.Notice) {
	for _, channel := range prior.Channels {
		route := v.Routing.Route(v.Number, channel)
		switch {
		case claimed(channel), route.Kind == bot.ToNothing:
			continue
		case route.Gone && v.goneFromOwn(Binding{BotSID: prior.BotSID}, channel), account.IsOneOf(v.Own, route.BotSID):
		default:
			left = append(left, Conflict{channel, route})
			continue
		}
		side, to := v.Number.Side(channel), change.Side(channel)
		if side.ApplicationSID != "" {
			to.ApplicationSID = new(string)
		}
		// A number that is pointed at a hold keeps the URL of the suspended bot, which
		// would come back to life with the hold gone; any other URL is not ours.
		if webhook, ok := v.Routing.Webhooks.Parse(side.URL); ok && account.IsOneOf(v.Own, webhook.BotSID) {
			notices = append(notices, v.Number.Clear(channel, to)...)
		}
	}
	if !change.Empty() {
		v.Routing.MoveCallback(v.Number, &change, nil)
		change.FriendlyName = labelOnFree(v, change.Apply(v.Number), names, name)
	}
	return change, left, notices
}
