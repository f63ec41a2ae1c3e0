package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Binding is a number that is to answer for a bot.
type Binding struct {
	NumberSID  string
	BotSID     string
	TargetTask string
	Channels   []Channel
	// Label is the number's friendly name to be; empty leaves it as it is.
	Label string
	// Overwrite lets the binding take a number that answers elsewhere.
	Overwrite bool
}

// Seen is what a number's channels answered with at some moment, to be compared
// with what they answer later.
type Seen map[Channel]string

// See records what a number answers with now.
func See(n Number) Seen {
	seen := Seen{}
	for _, channel := range Channels() {
		seen[channel] = n.seen(channel)
	}
	return seen
}

func (n Number) seen(channel Channel) string {
	side := n.Side(channel)
	if side.URL == "" {
		side.Method = "" // Twilio keeps a method where there is no URL to call
	}
	trunk := ""
	if channel == Voice {
		trunk = n.TrunkSID
	}
	return strings.Join([]string{trunk, side.ApplicationSID, strings.ToUpper(side.Method), side.URL}, " ")
}

// Incapable lists the channels of a binding that the number cannot carry.
func (b Binding) Incapable(n Number) []Channel {
	return slices.DeleteFunc(slices.Clone(b.Channels), n.Can)
}

// Bind makes a number answer for a bot, and claims it for this run. A number of a
// suspended bot starts silenced.
//
// It is one write: cut off before it the number is as it was, after it the number
// answers for the bot, and the next plan sees either. seen is what the number
// answered with when the plan was made, nil when the plan did not know the
// number: a number that since answers with something else is left alone. was is the
// bot that the binding had put on the number before.
//
// A suspension may come or go at the same time, in this process or another. It
// writes its mark first and then reads the numbers; a binding writes its number
// first and then reads the mark. Whoever comes second corrects.
func (d *Directory) Bind(ctx context.Context, b Binding, seen Seen, was string) (Number, []Notice, error) {
	return d.bind(ctx, b, seen, was, &moved{})
}

// Held is what a binding had on a number before it changes.
type Held struct {
	NumberSID string
	BotSID    string
	Channels  []Channel
	Label     string // the bot's name where the number bears it
}

// Rebind binds as wanted and then frees what the binding had before: another number,
// or channels that it does not have any more.
func (d *Directory) Rebind(ctx context.Context, b Binding, seen Seen, was string, had Held) (number Number, notices []Notice, err error) {
	bound, freed := &moved{}, &moved{}
	err = Operation{Name: "the change of the binding", Steps: []Step{{
		Name: "binding the phone number",
		Do: func(ctx context.Context) (err error) {
			var said []Notice
			number, said, err = d.bind(ctx, b, seen, was, bound)
			notices = append(notices, said...)
			return err
		},
		Undo: func(ctx context.Context) error { return d.putBack(ctx, bound) },
		Cut:  "The number may answer as planned already, and what the binding had before answers too; the next apply goes on.",
	}, {
		Name: "freeing what the binding had before",
		Cut:  "The number answers as planned, and what the binding had before answers too; the next apply frees it.",
		Do: func(ctx context.Context) error {
			if len(had.Channels) == 0 || had.BotSID == "" {
				return nil
			}
			said, err := d.free(ctx, had, freed)
			notices = append(notices, said...)
			return err
		},
		Undo: func(ctx context.Context) error { return d.putBack(ctx, freed) },
	}}}.Run(ctx)
	return number, notices, err
}

func (d *Directory) bind(ctx context.Context, b Binding, seen Seen, was string, done *moved) (Number, []Notice, error) {
	unlock, err := d.claims.lock(ctx, b.NumberSID)
	if err != nil {
		return Number{}, nil, err
	}
	defer unlock()
	// A suspension that comes or goes meanwhile moves the number too, or takes away the
	// application that is to be put in front of it: then the binding begins again.
	for tries := 3; ; tries-- {
		number, notices, inert, err := d.bindOnce(ctx, b, seen, was, done)
		if err == nil || tries == 1 || !d.remarked(ctx, b.BotSID, inert) {
			return number, notices, err
		}
		seen = nil // what answers by now is what the suspension left
	}
}

// remarked tells whether a bot is suspended by another application than was seen, or
// not any more, or by now.
func (d *Directory) remarked(ctx context.Context, botSID, inert string) bool {
	if _, isOff := d.Host(Application).(Off); isOff {
		return false
	}
	found, err := d.Host(Application).Find(ctx, MarkSuspended(botSID))
	if err != nil {
		return false // what the binding failed of is said
	}
	moved := len(found) > 0 != (inert != "") || inert != "" && !slices.ContainsFunc(found, func(each Bot) bool { return each.SID == inert })
	if moved {
		d.BotsChanged()
	}
	return moved
}

// bindOnce binds a number whose lock the caller holds. It also returns the inert
// application that it took the bot to be suspended by.
func (d *Directory) bindOnce(ctx context.Context, b Binding, seen Seen, was string, done *moved) (after Number, notices []Notice, inert string, err error) {
	number, err := d.NumberNow(ctx, b.NumberSID)
	if err != nil {
		return Number{}, nil, "", fmt.Errorf("reading the phone number %s: %w", b.NumberSID, err)
	}
	if incapable := b.Incapable(number); len(incapable) > 0 {
		return number, nil, "", IncapableProblem(number, incapable)
	}
	routing, inert, err := d.beforeBind(ctx, number, b.BotSID)
	if err != nil {
		return number, nil, inert, err
	}
	if err := d.unchanged(ctx, routing, number, b, seen, was); err != nil {
		return number, nil, inert, err
	}
	change, taken, notices := d.bindChange(routing, number, b, inert)
	if taken, err = d.alive(ctx, number, b, was, taken); err != nil {
		return number, nil, inert, err
	}
	if len(taken) > 0 && inert != "" {
		return number, nil, inert, d.SilencingProblem(ctx, number, b.BotSID, taken)
	}
	for _, conflict := range taken {
		notices = append(notices, Notice{
			Summary: "A phone number was taken over",
			Detail:  fmt.Sprintf("%s of %s answered with %s; it now answers for bot %s.", conflict.Channel, number, d.describe(ctx, conflict.Route), b.BotSID),
		})
	}
	d.claims.set(b.NumberSID, b.Channels)
	after = number
	if !change.Empty() {
		done.add(number, change.Apply(number))
		if after, err = d.writeNumber(ctx, number, change); err != nil {
			return after, nil, inert, err
		}
		if err := d.stillThere(ctx, number, after, b.BotSID); err != nil {
			return after, nil, inert, err
		}
	}
	if after, err = d.followMark(ctx, after, b.BotSID, inert); err != nil {
		return after, notices, inert, err
	}
	if routing, err = d.Routing(ctx, after); err != nil {
		return after, notices, inert, err
	}
	for _, channel := range b.Channels {
		if !routing.answers(after, b, channel) {
			return after, notices, inert, &Problem{
				Summary: "The phone number does not answer for the bot",
				Detail: fmt.Sprintf("Twilio took the write, but %s of %s answers with %s. Plan again to see what is there now.",
					channel, after, d.describe(ctx, routing.Route(after, channel))),
			}
		}
	}
	return after, notices, inert, nil
}

// beforeBind is how the number is read, and the inert application of the bot, empty
// where it is not suspended.
func (d *Directory) beforeBind(ctx context.Context, number Number, botSID string) (Routing, string, error) {
	suspends, err := d.suspensions(ctx, number.Messaging.applications(number.Voice)...)
	if err != nil {
		return Routing{}, "", fmt.Errorf("looking for suspended bots: %w", err)
	}
	return Routing{d.Webhooks, suspends}, inertIn(suspends, botSID), nil
}

// stillThere puts a number back when its bot went in the same moment: another
// process may have replaced or deleted it, having looked for its numbers before this
// one was written. The caller holds the number's lock.
func (d *Directory) stillThere(ctx context.Context, before, after Number, botSID string) error {
	host, err := d.HostOf(botSID)
	if err != nil {
		return err
	}
	if _, isOff := host.(Off); isOff {
		return nil
	}
	if _, err := host.Get(ctx, botSID); !errors.Is(err, ErrNotFound) {
		return err
	}
	var back NumberChange
	for _, channel := range Channels() {
		*back.Side(channel) = sideChange(after.Side(channel), before.Side(channel))
	}
	if before.FriendlyName != after.FriendlyName {
		back.FriendlyName = &before.FriendlyName
	}
	if _, err := d.writeNumber(ctx, after, back); err != nil {
		return err
	}
	return &Problem{
		Summary: "The bot went while its phone number was bound",
		Detail: fmt.Sprintf("Bot %s was deleted or replaced by somebody else in the same moment, so %s was put back as it was. "+
			"Plan again to see what is there now.", botSID, before),
		Cause: ErrChanged,
	}
}

// unchanged refuses to touch a number that somebody else changed since the plan.
func (d *Directory) unchanged(ctx context.Context, routing Routing, n Number, b Binding, seen Seen, was string) error {
	if seen == nil {
		conflicts, err := d.Conflicts(ctx, routing, n, b, was)
		if err == nil && len(conflicts) > 0 && !b.Overwrite {
			err = d.ConflictProblem(ctx, n, conflicts)
		}
		return err
	}
	for _, channel := range b.Channels {
		route := routing.Route(n, channel)
		if route.Kind == ToNothing || n.seen(channel) == seen[channel] || d.was(route.BotSID, was) || routing.answers(n, b, channel) {
			continue
		}
		return &Problem{
			Summary: "The phone number was changed since the plan",
			Detail: fmt.Sprintf("%s of %s now answers with %s, which is neither what it was when the plan was made nor what is wanted. "+
				"Nothing was written. Plan again to see it, and decide who is to answer.", channel, n, d.describe(ctx, route)),
			Cause: ErrChanged,
		}
	}
	return nil
}

// bindChange is what must be written for a number to answer for a bot, and nothing
// else: a webhook that reaches the bot in another spelling stays. inert is the
// inert application of a suspended bot, which goes in front. It lists what is
// taken over, and notes what goes with it.
func (d *Directory) bindChange(routing Routing, n Number, b Binding, inert string) (change NumberChange, taken []Conflict, notices []Notice) {
	engine, _ := EngineOf(b.BotSID)
	front := inert
	if engine == Application && inert == "" {
		front = b.BotSID
	}
	for _, channel := range b.Channels {
		side, to := n.Side(channel), change.Side(channel)
		answers := routing.answers(n, b, channel)
		if answers && (inert == "" || side.ApplicationSID == inert) {
			continue
		}
		before := routing.Route(n, channel)
		if before.Kind == ToExternal || (before.Kind == ToBot && before.BotSID != b.BotSID && b.Overwrite) {
			taken = append(taken, Conflict{channel, before})
		}
		if channel == Voice && n.TrunkSID != "" {
			change.TrunkSID = new(string)
		}
		if side.ApplicationSID != front {
			to.ApplicationSID = &front
		}
		webhook, isBot := d.Webhooks.Parse(side.URL)
		switch {
		case engine == Application && isBot:
			// The URL of the bot that answered before would come back to life the day
			// the application is taken away.
			notices = append(notices, clearURL(n, channel, side, to)...)
		case engine == Application, isBot && webhook.BotSID == b.BotSID && webhook.TargetTask == b.TargetTask && isWebhookMethod(side.Method):
		default:
			address := d.Webhooks.URL(Webhook{AccountSID: n.AccountSID, BotSID: b.BotSID, Channel: channel, TargetTask: b.TargetTask})
			method := WebhookMethod
			to.URL, to.Method = &address, &method
		}
	}
	if b.Label != "" && b.Label != n.FriendlyName {
		change.FriendlyName = &b.Label
	}
	return change, taken, notices
}

// clearURL takes a side's URL away, and with it the fallback that Twilio refuses to
// keep without one (errors 21405 and 21406).
func clearURL(n Number, channel Channel, side Side, change *SideChange) []Notice {
	change.URL = new(string)
	if side.FallbackURL == "" {
		return nil
	}
	change.FallbackURL = new(string)
	return []Notice{{
		Summary: "A fallback URL was cleared",
		Detail: fmt.Sprintf("%s of %s had the fallback URL %s. Twilio keeps no fallback URL without a URL, so both were cleared.",
			channel, n, side.FallbackURL),
	}}
}

// After is the number as a binding of a bot that is not suspended would leave it.
func (d *Directory) After(routing Routing, n Number, b Binding) Number {
	change, _, _ := d.bindChange(routing, n, b, "")
	return change.Apply(n)
}

// Wrote tells whether this process has written the number.
func (d *Directory) Wrote(numberSID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written[numberSID]
}

// was tells whether a bot is the one that something had before, under the SID it
// had then: this run may have replaced it since.
func (d *Directory) was(sid, before string) bool {
	if sid == "" || before == "" {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return sid == before || d.replaced[before] == sid
}
