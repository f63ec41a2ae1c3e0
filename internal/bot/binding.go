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

// Answers tells whether a channel of the number answers as the binding wants,
// whatever the spelling of the webhook.
func (d *Directory) answers(n Number, b Binding, channel Channel) bool {
	route := n.Route(channel, d.Webhooks)
	if route.Kind != ToBot || route.BotSID != b.BotSID || route.TargetTask != b.TargetTask {
		return false
	}
	return route.URL == "" || strings.EqualFold(route.Method, WebhookMethod)
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

// Conflict is a channel of a number that answers with something else than a
// binding wants.
type Conflict struct {
	Channel Channel
	Route   Route
}

// Conflicts lists the channels of a binding on which the number answers with
// something that is neither the wanted bot nor was (a bot the binding had put
// there before, by its SID).
func (d *Directory) Conflicts(n Number, b Binding, was string) []Conflict {
	var conflicts []Conflict
	for _, channel := range b.Channels {
		route := n.Route(channel, d.Webhooks)
		switch {
		case route.Kind == ToNothing,
			route.Kind == ToBot && route.BotSID == b.BotSID && b.BotSID != "",
			route.Kind == ToBot && route.BotSID == was && was != "":
			continue
		}
		conflicts = append(conflicts, Conflict{channel, route})
	}
	return conflicts
}

// Incapable lists the channels of a binding that the number cannot carry.
func (b Binding) Incapable(n Number) []Channel {
	return slices.DeleteFunc(slices.Clone(b.Channels), n.Can)
}

// Bind makes a number answer for a bot, and claims it for this run.
//
// It is one write: cut off before it the number is as it was, after it the number
// answers for the bot, and the next plan sees either. seen is what the number
// answered with when the plan was made, nil when the plan did not know the
// number: a number that since answers with something else is left alone.
func (d *Directory) Bind(ctx context.Context, b Binding, seen Seen, was string) (Number, []Notice, error) {
	unlock, err := d.claims.lock(ctx, b.NumberSID)
	if err != nil {
		return Number{}, nil, err
	}
	defer unlock()

	number, err := d.NumberNow(ctx, b.NumberSID)
	if err != nil {
		return Number{}, nil, fmt.Errorf("reading the phone number %s: %w", b.NumberSID, err)
	}
	if incapable := b.Incapable(number); len(incapable) > 0 {
		return number, nil, IncapableProblem(number, incapable)
	}
	if err := d.unchanged(ctx, number, b, seen, was); err != nil {
		return number, nil, err
	}
	change, taken, notices := d.bindChange(number, b)
	for _, conflict := range taken {
		notices = append(notices, Notice{
			Summary: "A phone number was taken over",
			Detail:  fmt.Sprintf("%s of %s answered with %s; it now answers for bot %s.", conflict.Channel, number, d.describe(ctx, conflict.Route), b.BotSID),
		})
	}
	d.claims.set(b.NumberSID, b.Channels)
	if change.Empty() {
		return number, notices, nil
	}
	after, err := d.writeNumber(ctx, number, change)
	if err != nil {
		return after, nil, err
	}
	for _, channel := range b.Channels {
		if !d.answers(after, b, channel) {
			return after, notices, &Problem{
				Summary: "The phone number does not answer for the bot",
				Detail: fmt.Sprintf("Twilio took the write, but %s of %s answers with %s. Plan again to see what is there now.",
					channel, after, d.describe(ctx, after.Route(channel, d.Webhooks))),
			}
		}
	}
	return after, notices, nil
}

// unchanged refuses to touch a number that somebody else changed since the plan.
func (d *Directory) unchanged(ctx context.Context, n Number, b Binding, seen Seen, was string) error {
	if seen == nil {
		if conflicts := d.Conflicts(n, b, was); len(conflicts) > 0 && !b.Overwrite {
			return d.ConflictProblem(ctx, n, conflicts)
		}
		return nil
	}
	for _, channel := range b.Channels {
		route := n.Route(channel, d.Webhooks)
		if route.Kind == ToNothing || n.seen(channel) == seen[channel] || d.answers(n, b, channel) {
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
// else: a webhook that reaches the bot in another spelling stays. It lists what is
// taken over, and notes what goes with it.
func (d *Directory) bindChange(n Number, b Binding) (change NumberChange, taken []Conflict, notices []Notice) {
	engine, _ := EngineOf(b.BotSID)
	for _, channel := range b.Channels {
		if d.answers(n, b, channel) {
			continue
		}
		before, side, to := n.Route(channel, d.Webhooks), n.Side(channel), change.Side(channel)
		if before.Kind == ToExternal || (before.Kind == ToBot && before.BotSID != b.BotSID && b.Overwrite) {
			taken = append(taken, Conflict{channel, before})
		}
		if channel == Voice && n.TrunkSID != "" {
			change.TrunkSID = new(string)
		}
		if engine == Application {
			to.ApplicationSID = &b.BotSID
			// The URL of the bot that answered before would come back to life the
			// day the application is taken away.
			if _, ok := d.Webhooks.Parse(side.URL); ok {
				notices = append(notices, clearURL(n, channel, side, to)...)
			}
			continue
		}
		if side.ApplicationSID != "" {
			to.ApplicationSID = new(string)
		}
		address := d.Webhooks.URL(Webhook{AccountSID: n.AccountSID, BotSID: b.BotSID, Channel: channel, TargetTask: b.TargetTask})
		method := WebhookMethod
		to.URL, to.Method = &address, &method
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

// Free takes a bot off the channels of a number, unless another binding of this
// run has claimed them. A channel that answers for somebody else by now is left
// as it is, which the notices say. label is the friendly name that goes with the
// bot: where the number bears it and nothing answers any more, it becomes "free".
//
// It is one write: cut off before it the number still answers for the bot, and
// freeing it again finishes; after it, there is nothing left to do.
func (d *Directory) Free(ctx context.Context, numberSID, botSID string, channels []Channel, label string) ([]Notice, error) {
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return nil, err
	}
	defer unlock()

	number, err := d.NumberNow(ctx, numberSID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the phone number %s: %w", numberSID, err)
	}
	var change NumberChange
	var notices []Notice
	for _, channel := range channels {
		route := number.Route(channel, d.Webhooks)
		switch {
		case d.claims.has(numberSID, channel), route.Kind == ToNothing:
			continue
		case route.BotSID != botSID:
			notices = append(notices, Notice{
				Summary: "A phone number was left as it is",
				Detail: fmt.Sprintf("%s of %s answers with %s by now, no longer for bot %s, so it was not freed.",
					channel, number, d.describe(ctx, route), botSID),
			})
			continue
		}
		to := change.Side(channel)
		if route.URL == "" {
			to.ApplicationSID = new(string)
			continue
		}
		notices = append(notices, clearURL(number, channel, number.Side(channel), to)...)
	}
	if change.Empty() {
		return notices, nil
	}
	if label != "" && number.FriendlyName == label && d.silent(change.Apply(number)) {
		free := FreeLabel
		change.FriendlyName = &free
	}
	_, err = d.writeNumber(ctx, number, change)
	return notices, err
}

func (d *Directory) silent(n Number) bool {
	return n.Route(Messaging, d.Webhooks).Kind == ToNothing && n.Route(Voice, d.Webhooks).Kind == ToNothing
}

// Relabel gives the numbers of a bot that bear its old name the new one.
//
// Each number is one write; cut off between two, the ones not reached keep the
// old name, which is a label and nothing more.
func (d *Directory) Relabel(ctx context.Context, botSID, from, to string) error {
	numbers, err := d.NumbersOf(ctx, botSID)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := d.relabel(ctx, number.SID, from, to); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) relabel(ctx context.Context, numberSID, from, to string) error {
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return err
	}
	defer unlock()
	number, err := d.NumberNow(ctx, numberSID)
	if err != nil || number.FriendlyName != from {
		return err
	}
	_, err = d.writeNumber(ctx, number, NumberChange{FriendlyName: &to})
	return err
}

// NumbersOf lists the numbers that route to a bot, as Twilio has them now.
func (d *Directory) NumbersOf(ctx context.Context, botSID string) ([]Number, error) {
	all, err := d.listNumbers(ctx, true)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(n Number) bool { return len(d.ChannelsOf(n, botSID)) == 0 }), nil
}

// ChannelsOf lists the channels on which a number routes to a bot.
func (d *Directory) ChannelsOf(n Number, botSID string) []Channel {
	return slices.DeleteFunc(Channels(), func(channel Channel) bool {
		return n.Route(channel, d.Webhooks).BotSID != botSID
	})
}

// writeNumber writes a change and reads until it is seen. The caller holds the
// number's lock.
func (d *Directory) writeNumber(ctx context.Context, before Number, change NumberChange) (Number, error) {
	answer, err := d.numbers.Update(ctx, before.SID, change)
	d.mu.Lock()
	d.written[before.SID] = true
	d.mu.Unlock()
	uncertain := errors.Is(err, ErrUncertain)
	if err != nil && !uncertain {
		return before, fmt.Errorf("writing the phone number %s: %w", before, err)
	}
	after, lookErr := Settle(ctx, ReadBackBound, func(ctx context.Context) (Number, error) {
		number, err := d.numbers.Get(ctx, before.SID)
		switch {
		case err != nil:
			return number, err
		case change.Holds(number):
			return number, nil
		case !uncertain && number.DateUpdated.After(answer.DateUpdated):
			return number, ErrChanged
		default:
			return number, Stale("%s", number)
		}
	})
	switch {
	case lookErr == nil:
		return after, nil
	case uncertain && IsStale(lookErr):
		return after, &Problem{
			Summary: "A write to a phone number was lost",
			Detail:  fmt.Sprintf("The answer to the write never came, and %s is still as it was before. Apply again.", before),
			Cause:   err,
		}
	case errors.Is(lookErr, ErrChanged), IsStale(lookErr):
		return after, &Problem{
			Summary: "A phone number is not as it was written",
			Detail: fmt.Sprintf("Twilio took the write to %s, but reading it back shows something else: "+
				"somebody else changed it in the same moment. Plan again to see what is there now.", before),
			Cause: lookErr,
		}
	default:
		return before, fmt.Errorf("the write to the phone number %s was sent but could not be read back; plan again to see what is true: %w", before, lookErr)
	}
}

// IncapableProblem says that a number cannot carry channels that are asked of it.
func IncapableProblem(n Number, channels []Channel) *Problem {
	return &Problem{
		Summary: "The phone number cannot carry this channel",
		Detail: fmt.Sprintf("%s has no capability for %s (it has: %s). Choose another number, or leave the channel out of `channels`.",
			n, joinChannels(channels), strings.Join(n.Capabilities.Names(), ", ")),
	}
}

// ConflictProblem says who answers on a number that a binding wants.
func (d *Directory) ConflictProblem(ctx context.Context, n Number, conflicts []Conflict) *Problem {
	return &Problem{
		Summary: "The phone number already answers elsewhere",
		Detail: fmt.Sprintf("%s answers %s. Nothing is changed. To take the number over, set `overwrite = true` on this binding; "+
			"if another binding of this configuration holds it, remove that one in an apply of its own first, or set `overwrite = true`.",
			n, d.DescribeConflicts(ctx, conflicts)),
	}
}

// DescribeConflicts says who answers: "messaging with bot … and voice with …".
func (d *Directory) DescribeConflicts(ctx context.Context, conflicts []Conflict) string {
	var said []string
	for _, conflict := range conflicts {
		said = append(said, fmt.Sprintf("%s with %s", conflict.Channel, d.describe(ctx, conflict.Route)))
	}
	return strings.Join(said, " and ")
}

// describe names a route, a bot by its name where the account has it.
func (d *Directory) describe(ctx context.Context, route Route) string {
	if route.Kind != ToBot {
		return route.String()
	}
	bots, err := d.Bots(ctx)
	if err != nil {
		return route.String()
	}
	for _, bot := range bots {
		if bot.SID == route.BotSID {
			if bot.Suspends != "" {
				return fmt.Sprintf("silence (%s is suspended)", bot.Suspends)
			}
			return "bot " + bot.String()
		}
	}
	return fmt.Sprintf("bot %s, which does not exist any more", route.BotSID)
}

func joinChannels(channels []Channel) string {
	names := make([]string, len(channels))
	for i, channel := range channels {
		names[i] = string(channel)
	}
	return strings.Join(names, " and ")
}

// After is the number as binding it would leave it.
func (d *Directory) After(n Number, b Binding) Number {
	change, _, _ := d.bindChange(n, b)
	return change.Apply(n)
}

// Wrote tells whether this process has written the number.
func (d *Directory) Wrote(numberSID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written[numberSID]
}
