package suspension

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Suspend silences a bot on all its numbers and marks it as suspended; a bot that is
// suspended already is silenced where numbers were resumed by hand. saved holds what the
// numbers were pointed at.
func Suspend(ctx context.Context, a *account.Account, botSID string) (now Suspension, saved SavedSides, err error) {
	unlock, err := a.LockSuspension(ctx, botSID)
	if err != nil {
		return Suspension{}, nil, err
	}
	defer unlock()

	var hold string
	created := false
	var log account.UndoLog
	sides := recorder{saved: SavedSides{}}
	err = operation.Run(ctx, "the suspension", operation.Step{
		Name: "looking for what would answer all the same",
		Do:   func(ctx context.Context) error { return Check(ctx, a, botSID, a.Now()) },
	}, operation.Step{
		Name: "marking the bot as suspended",
		Cut:  "Its hold may exist, and this apply has silenced nothing yet; the next apply goes on from it.",
		Do: func(ctx context.Context) (err error) {
			if hold, created, err = createHold(ctx, a, botSID); err != nil {
				return err
			}
			return exists(ctx, a, botSID)
		},
		Undo: func(ctx context.Context) error {
			if !created {
				return nil
			}
			return DeleteHolds(ctx, a, botSID)
		},
	}, operation.Step{
		Name: "silencing its phone numbers",
		Cut:  "Some of its phone numbers are silenced and the others answer; every plan that reads the bot or its numbers warns of it, and the next apply silences the rest.",
		Do: func(ctx context.Context) (err error) {
			now, err = silenceNumbers(ctx, a, botSID, hold, &log, &sides)
			return err
		},
		Undo: func(ctx context.Context) error { return a.PutBack(ctx, &log) },
	})
	if err != nil {
		return Suspension{}, nil, err
	}
	return now, sides.saved, nil
}

// recorder collects what numbers that are silenced at once held before.
type recorder struct {
	mu    sync.Mutex
	saved SavedSides
}

// add records the sides of a number on which the bot answers: what a hold is set on was
// saved when the hold was set, and what answers for another may hold that one's secrets.
func (r *recorder) add(routing bot.Routing, n bot.Number, botSID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, channel := range bot.Channels() {
		route := routing.Route(n, channel)
		if route.SilencedBy != "" || route.BotSID != botSID {
			continue
		}
		r.saved.With(SavedSides{n.SID: {channel: n.Side(channel)}})
	}
}

// Check refuses to suspend a bot that would go on answering: messages that a Messaging
// Service routes to the bot pass by the numbers' own settings. It reads listings begun at
// the moment or later.
func Check(ctx context.Context, a *account.Account, botSID string, since account.Moment) error {
	switch _, err := a.Bot(ctx, botSID); {
	case errors.Is(err, bot.ErrNotFound):
		return bot.DeletedProblem(botSID, err)
	case err != nil:
		return fmt.Errorf("reading the bot %s: %w", botSID, err)
	}
	services, err := a.Overriding(ctx, since)
	if err != nil && !errors.Is(err, bot.ErrForbidden) {
		return err // what may not be read, the plan said
	}
	routing, err := a.RoutingWithHolds(ctx, since)
	if err != nil {
		return err
	}
	for _, service := range services {
		if routing.Lead(service.Way()).BotSID != botSID {
			continue
		}
		return &bot.Problem{
			Kind:    bot.ServiceRoutes,
			Summary: "A Messaging Service routes to this bot",
			Detail: fmt.Sprintf("The Messaging Service %s routes the messages of its numbers to bot %s, whatever the numbers themselves say, so silencing the numbers would not silence the bot. Nothing was written. "+
				"Remove the service's inbound URL, or let it defer to the sender's webhook (`use_inbound_webhook_on_number`), and apply again.", service, botSID),
		}
	}
	return nil
}

// exists reports a bot that was deleted while it was suspended: another process may have
// replaced or deleted it, having looked for its hold before there was one.
func exists(ctx context.Context, a *account.Account, botSID string) error {
	host, err := a.HostOf(botSID)
	if err != nil {
		return err
	}
	if _, err = host.Get(ctx, botSID); errors.Is(err, bot.ErrNotFound) {
		return &bot.Problem{
			Summary: "The bot was deleted during its suspension",
			Detail:  fmt.Sprintf("Bot %s was deleted or replaced by another client at the same time. Plan again to see what is there now.", botSID),
			Cause:   bot.ErrChanged,
		}
	}
	return err
}

// createHold creates the hold of a bot, or finds it. created reports whether it may have
// created one, also where the outcome is not known.
func createHold(ctx context.Context, a *account.Account, botSID string) (sid string, created bool, err error) {
	found, err := a.FindHolds(ctx, botSID)
	if err != nil {
		return "", false, err
	}
	if len(found) > 0 {
		return found[0].SID, false, nil
	}
	hold, err := a.CreateHold(ctx, botSID)
	if errors.Is(err, bot.ErrNameTaken) {
		// Another process suspends the same bot at the same time.
		if found, err := a.FindHolds(ctx, botSID); err == nil && len(found) > 0 {
			return found[0].SID, false, nil
		}
	}
	if err != nil {
		return "", true, fmt.Errorf("creating the hold of bot %s: %w", botSID, err)
	}
	return hold.SID, true, nil
}

// silenceNumbers silences every number on which a bot answers, or that is pointed at a
// hold which no longer exists, and looks again until there is none: what it returns is
// that last look. A number that is bound after it is silenced by its binding, which looks
// for the hold behind its own write. log and sides may be nil.
func silenceNumbers(ctx context.Context, a *account.Account, botSID, hold string, log *account.UndoLog, sides *recorder) (now Suspension, err error) {
	err = account.EachNumber(ctx, func(ctx context.Context) ([]bot.Number, error) {
		now, _, err = read(ctx, a, botSID, a.Now())
		return slices.Concat(now.Answering, now.Dead), err
	}, func(ctx context.Context, number bot.Number) error {
		return silenceNumber(ctx, a, number.SID, botSID, hold, log, sides)
	})
	return now, err
}

// silenceNumber points the channels on which a number answers for a bot at the hold. It
// is one write: before it they answer, after it they do not.
func silenceNumber(ctx context.Context, a *account.Account, numberSID, botSID, hold string, log *account.UndoLog, sides *recorder) error {
	return a.EditNumber(ctx, numberSID, log, func(ctx context.Context, e *account.Edit) error {
		routing, err := a.Routing(ctx, e.Number)
		if err != nil {
			return err
		}
		if sides != nil {
			sides.add(routing, e.Number, botSID)
		}
		return e.Write(ctx, silence(routing, e.Number, botSID, hold))
	})
}
