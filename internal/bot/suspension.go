package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Suspension is a bot that is not to answer. An inert application, whose name is
// the mark, stands in front of each of its numbers: one field of a channel silences
// it, and all else on the number stays as it was.
type Suspension struct {
	BotSID         string
	ApplicationSID string
	Silenced       []Number
	// Answering are the numbers on which the bot answers all the same: somebody
	// resumed them by hand.
	Answering []Number
}

// Kept is what a number's sides held before they were silenced, by the number's
// SID: what to put back where Twilio cleared it.
type Kept map[string]map[Channel]Side

// inertIn is the inert application that suspends a bot, empty where there is none.
func inertIn(suspends map[string]string, botSID string) string {
	if found := inertsIn(suspends, botSID); len(found) > 0 {
		return found[0]
	}
	return ""
}

func inertsIn(suspends map[string]string, botSID string) []string {
	var found []string
	for _, sid := range slices.Sorted(maps.Keys(suspends)) {
		if suspends[sid] == botSID {
			found = append(found, sid)
		}
	}
	return found
}

// Suspension reads what is there of a bot's suspension; ErrNotFound when the bot is
// not suspended.
func (d *Directory) Suspension(ctx context.Context, botSID string) (Suspension, error) {
	suspends, err := d.suspensions(ctx)
	if err != nil {
		return Suspension{}, err
	}
	if inertIn(suspends, botSID) == "" {
		return Suspension{}, fmt.Errorf("bot %s is not suspended: %w", botSID, ErrNotFound)
	}
	numbers, err := d.Numbers(ctx)
	if err != nil {
		return Suspension{}, err
	}
	return suspensionOf(Routing{d.Webhooks, suspends}, numbers, botSID), nil
}

func suspensionOf(routing Routing, numbers []Number, botSID string) Suspension {
	s := Suspension{BotSID: botSID, ApplicationSID: inertIn(routing.suspends, botSID)}
	for _, number := range numbers {
		silenced, answering := false, false
		for _, channel := range routing.Channels(number, botSID) {
			if routing.Route(number, channel).SilencedBy != "" {
				silenced = true
			} else {
				answering = true
			}
		}
		if silenced {
			s.Silenced = append(s.Silenced, number)
		}
		if answering {
			s.Answering = append(s.Answering, number)
		}
	}
	return s
}

// suspensionNow reads it from listings made now.
func (d *Directory) suspensionNow(ctx context.Context, botSID string) (Suspension, Routing, error) {
	routing, err := d.routingNow(ctx)
	if err != nil {
		return Suspension{}, routing, err
	}
	numbers, err := d.listNumbers(ctx, true)
	if err != nil {
		return Suspension{}, routing, err
	}
	return suspensionOf(routing, numbers, botSID), routing, nil
}

// Suspend silences a bot on all its numbers and marks it as suspended; a bot that
// is suspended already is brought to it where somebody resumed a number by hand.
// Kept holds what the numbers had.
func (d *Directory) Suspend(ctx context.Context, botSID string) (Suspension, Kept, error) {
	unlock, err := d.claims.lock(ctx, "suspension "+botSID)
	if err != nil {
		return Suspension{}, nil, err
	}
	defer unlock()

	kept := Kept{}
	var now Suspension
	var inert string
	made := false
	silenced := &moved{}
	err = Operation{Name: "the suspension", Steps: []Step{{
		Name: "looking for what would answer all the same",
		Do:   func(ctx context.Context) error { return d.Suspendable(ctx, botSID) },
	}, {
		Name: "marking the bot as suspended",
		Cut:  "The inert application is there and silences nothing yet; the next apply goes on from it.",
		Do: func(ctx context.Context) error {
			inert, made, err = d.markSuspended(ctx, botSID)
			return err
		},
		Undo: func(ctx context.Context) error {
			if !made {
				return nil
			}
			return d.unmark(ctx, botSID)
		},
	}, {
		Name: "silencing its numbers",
		Cut:  "Some of its numbers are silenced and the others answer; the inert application tells which, every plan that reads the bot or its numbers warns of it, and the next apply silences the rest.",
		Do: func(ctx context.Context) error {
			return d.eachNumber(ctx, func() ([]Number, error) {
				now, _, err := d.suspensionNow(ctx, botSID)
				return now.Answering, err
			}, func(ctx context.Context, number Number) error {
				return d.silence(ctx, number.SID, botSID, inert, silenced)
			})
		},
		Undo: func(ctx context.Context) error { return d.putBack(ctx, silenced) },
	}, {
		Name: "looking at the result",
		Cut:  "All of its numbers are silenced; the inert application tells it, and the next apply takes the suspension over.",
		Do: func(ctx context.Context) (err error) {
			now, _, err = d.suspensionNow(ctx, botSID)
			return err
		},
	}}}.Run(ctx)
	if err != nil {
		return Suspension{}, nil, err
	}
	for _, each := range silenced.all() {
		kept[each.before.SID] = map[Channel]Side{Messaging: each.before.Messaging, Voice: each.before.Voice}
	}
	return now, kept, nil
}

// Suspendable refuses to suspend what would go on answering: messages that a
// Messaging Service takes to the bot pass the numbers' own settings by.
func (d *Directory) Suspendable(ctx context.Context, botSID string) error {
	if _, err := d.Bot(ctx, botSID); err != nil {
		return fmt.Errorf("reading the bot %s: %w", botSID, err)
	}
	services, err := d.Overriding(ctx)
	if err != nil {
		return err
	}
	for _, service := range services {
		if service.route(d.AccountSID, d.Webhooks).BotSID == botSID {
			return d.ServedProblem(botSID, service)
		}
	}
	return nil
}

// ServedProblem says that a bot cannot be silenced, because a Messaging Service
// takes messages to it.
func (d *Directory) ServedProblem(botSID string, service Service) *Problem {
	return &Problem{
		Summary: "A Messaging Service answers by this bot",
		Detail: fmt.Sprintf("The Messaging Service %s takes the messages of its numbers to bot %s, whatever the numbers themselves say, so silencing the numbers would not silence the bot. Nothing was written. "+
			"Take the service's inbound URL away, or let it defer to the sender's webhook (`use_inbound_webhook_on_number`), and apply again.", service, botSID),
	}
}

// markSuspended makes the inert application, or finds it.
func (d *Directory) markSuspended(ctx context.Context, botSID string) (inert string, made bool, err error) {
	defer d.BotsChanged()
	found, err := d.Host(Application).Find(ctx, MarkSuspended(botSID))
	if err != nil {
		return "", false, err
	}
	if len(found) > 0 {
		return found[0].SID, false, nil
	}
	// The application has no URLs: a message to it gets no answer. From here on it
	// may be there, whatever is answered.
	made = true
	created, err := d.Host(Application).Create(ctx, Spec{UniqueName: MarkSuspended(botSID)})
	if errors.Is(err, ErrNameTaken) {
		// Another process suspends the same bot at the same time.
		if found, err := d.Host(Application).Find(ctx, MarkSuspended(botSID)); err == nil && len(found) > 0 {
			return found[0].SID, false, nil
		}
	}
	if err != nil {
		return "", made, fmt.Errorf("making the inert application of bot %s: %w", botSID, err)
	}
	return created.SID, true, nil
}

// unmark removes the inert applications of a bot, which no number points at any
// more.
func (d *Directory) unmark(ctx context.Context, botSID string) error {
	defer d.BotsChanged()
	found, err := d.Host(Application).Find(ctx, MarkSuspended(botSID))
	if err != nil {
		return err
	}
	for _, inert := range found {
		if err := d.Host(Application).Delete(ctx, inert.SID); err != nil {
			return fmt.Errorf("removing the inert application %s of bot %s: %w", inert.SID, botSID, err)
		}
	}
	return nil
}

// silence puts the inert application in front of the channels on which a number
// answers for a bot. It is one write: before it they answer, after it they do not.
func (d *Directory) silence(ctx context.Context, numberSID, botSID, inert string, done *moved) error {
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return err
	}
	defer unlock()
	number, err := d.NumberNow(ctx, numberSID)
	if err != nil {
		return err
	}
	routing, err := d.Routing(ctx, number)
	if err != nil {
		return err
	}
	return d.writeAndRemember(ctx, number, silencing(routing, number, botSID, inert), done)
}

func silencing(routing Routing, n Number, botSID, inert string) NumberChange {
	var change NumberChange
	for _, channel := range routing.Channels(n, botSID) {
		if n.Side(channel).ApplicationSID != inert {
			change.Side(channel).ApplicationSID = &inert
		}
	}
	return change
}

// followMark looks, behind a write to a number, whether the bot's mark came or went
// in the same moment, and makes the number follow it. inert is the mark that the
// write knew of. The caller holds the number's lock.
func (d *Directory) followMark(ctx context.Context, number Number, botSID, inert string) (Number, error) {
	if _, isOff := d.Host(Application).(Off); isOff {
		return number, nil
	}
	found, err := d.Host(Application).Find(ctx, MarkSuspended(botSID))
	if err != nil {
		return number, fmt.Errorf("looking whether bot %s is suspended: %w", botSID, err)
	}
	now := ""
	for _, each := range found {
		now = each.SID
		if now == inert {
			return number, nil
		}
	}
	if now == inert {
		return number, nil
	}
	d.BotsChanged()
	var change NumberChange
	if now == "" {
		change = d.givingBack(number, botSID, []string{inert}, nil)
	} else {
		routing := Routing{d.Webhooks, map[string]string{now: botSID}}
		if inert != "" {
			routing.suspends[inert] = botSID
		}
		change = silencing(routing, number, botSID, now)
	}
	if change.Empty() {
		return number, nil
	}
	return d.writeNumber(ctx, number, change)
}

// SilencingProblem refuses to take a number that answers elsewhere for a bot that
// is suspended: it would answer nobody.
func (d *Directory) SilencingProblem(ctx context.Context, n Number, botSID string, taken []Conflict) *Problem {
	return &Problem{
		Summary: "Taking this number over would silence it",
		Detail: fmt.Sprintf("%s answers %s, and bot %s is suspended: `overwrite` would make the number answer nobody. Nothing was written. "+
			"Resume the bot first (remove its `twiliobot_suspension` or the inert application), or free the number.", n, d.DescribeConflicts(ctx, taken), botSID),
	}
}
