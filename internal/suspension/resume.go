package suspension

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Resume lets a bot answer again on every number and every other way in that its hold
// silences, and deletes the hold. A number that another took meanwhile is left to it, which
// the notices say. saved is what the numbers were pointed at.
func Resume(ctx context.Context, a *account.Account, botSID string, saved SavedSides) (notices []bot.Notice, err error) {
	unlock, err := a.LockSuspension(ctx, botSID)
	if err != nil {
		return nil, err
	}
	defer unlock()

	var holds, gone []string
	var found held
	var ways resumption
	begun := a.Now()
	err = operation.Run(ctx, "resuming the bot", operation.Step{
		Name: "looking at what is silenced",
		Do: func(ctx context.Context) (err error) {
			if ways, err = resumptionOf(ctx, a, botSID); err != nil {
				return err
			}
			return ways.check(ctx, a, begun)
		},
	}, operation.Step{
		Name:    "letting its phone numbers answer again",
		Cut:     "Some of its phone numbers answer again and the others are still silenced; the next apply resumes the rest.",
		Forward: true,
		Do: func(ctx context.Context) error {
			now, routing, err := read(ctx, a, botSID, a.Now())
			if err != nil {
				return err
			}
			if notices, err = takenMeanwhile(ctx, a, routing, botSID, saved); err != nil {
				return err
			}
			holds = routing.HoldsOf(botSID)
			if gone, err = goneBehind(ctx, a, now.Silenced, holds, botSID); err != nil {
				return err
			}
			first := true
			return a.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
				if !first {
					if now, routing, err = read(ctx, a, botSID, since); err != nil {
						return nil, err
					}
				}
				first = false
				for _, number := range now.Dead {
					holds = append(holds, deletedHolds(routing, number, botSID)...)
				}
				return slices.Concat(now.Silenced, now.Dead), nil
			}, func(ctx context.Context, number bot.Number, round *account.Round) error {
				return restoreNumber(ctx, a, round, number.SID, botSID, holds, gone, saved[number.SID])
			})
		},
	}, operation.Step{
		Name: "pointing the other ways in at it again",
		Cut:  "All of its phone numbers answer again, and some of the other ways in are still silenced; the next apply resumes the rest.",
		Do:   func(ctx context.Context) error { return ways.resumeWays(ctx, a, begun) },
	}, operation.Step{
		Name: "deleting the hold",
		Cut:  "The bot answers again by every way in; the hold may still exist, silences nothing, and is deleted by the next apply.",
		Do: func(ctx context.Context) error {
			if found, err = findAll(ctx, a, botSID, a.Now()); err != nil {
				return err
			}
			a.KnowHolds(botSID, slices.Concat(holds, found.flows)...) // for who points at them at the same time
			return found.delete(ctx, a, botSID)
		},
	}, operation.Step{
		// A binding writes its number first and then reads the mark: one that still read it
		// has written its number before the hold was deleted. A binding of a Messaging Service
		// may have made the hold's flow before that, and pointed the service at it.
		Name: "looking for what was silenced at the same time",
		Cut:  "The bot answers again; what another process silenced at the same time may still be silent, and the next plan shows it.",
		Do: func(ctx context.Context) error {
			err := a.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
				numbers, err := a.Numbers(ctx, since)
				return pointsAt(numbers, holds), err
			}, func(ctx context.Context, number bot.Number, round *account.Round) error {
				return restoreNumber(ctx, a, round, number.SID, botSID, holds, gone, nil)
			})
			if err != nil {
				return err
			}
			since := a.Now()
			if err := ways.resumeWays(ctx, a, since); err != nil {
				return err
			}
			left, err := findAll(ctx, a, botSID, since)
			if err != nil || len(left.applications) > 0 {
				return err // suspended again
			}
			left.flows = slices.DeleteFunc(left.flows, func(sid string) bool { return !slices.Contains(ways.silencedBy, sid) })
			return left.delete(ctx, a, botSID)
		},
	})
	for _, each := range ways.partly {
		notices = append(notices, bot.Notice{
			Summary: each.String(),
			Detail:  fmt.Sprintf("Those that were looked at lead to bot %s again. Another that began while it was suspended gets no answer until it is closed: %v.", botSID, each.Reason),
		})
	}
	return notices, err
}

// restoreNumber takes a number off the holds. It is one write: before it the number is
// silent, after it the bot answers.
func restoreNumber(ctx context.Context, a *account.Account, round *account.Round, numberSID, botSID string, holds, gone []string, saved map[bot.Channel]bot.Side) error {
	return round.EditNumber(ctx, numberSID, nil, func(ctx context.Context, e *account.Edit) error {
		routing, err := a.RoutingWithHolds(ctx, account.AnyTime, e.Number)
		if err != nil {
			return err
		}
		webhooks, err := a.WebhooksOf(ctx, botSID)
		if err != nil {
			return err
		}
		change := restore(webhooks, e.Number, botSID, holds, gone, saved)
		stillSuspended(routing, e.Number, botSID, saved, &change)
		return e.Write(ctx, change)
	})
}

// LosesCallbacks lists the numbers whose status callback Twilio replaces once the bot is
// resumed, though a person set it: those that are pointed at a flow anew, since Twilio cleared
// the flow's URL when the hold was set. Putting the callback back is no help: when Twilio sets
// the flow's own is not documented, and the flow needs it.
func LosesCallbacks(ctx context.Context, a *account.Account, botSID string, saved SavedSides) ([]bot.Number, error) {
	now, routing, err := read(ctx, a, botSID, account.AnyTime)
	if err != nil {
		return nil, err
	}
	webhooks, err := a.WebhooksOf(ctx, botSID)
	if err != nil {
		return nil, err
	}
	holds := routing.HoldsOf(botSID)
	gone, err := goneBehind(ctx, a, now.Silenced, holds, botSID)
	if err != nil {
		return nil, err
	}
	var lose []bot.Number
	for _, number := range slices.Concat(now.Silenced, now.Dead) {
		change := restore(webhooks, number, botSID, slices.Concat(holds, deletedHolds(routing, number, botSID)), gone, saved[number.SID])
		if change.LosesCallback(number) {
			lose = append(lose, number)
		}
	}
	return lose, nil
}

// goneBehind lists the bots that no longer exist and whose URLs are behind the holds of a
// bot: this one replaced them, and a number that was taken off its hold would be dead.
func goneBehind(ctx context.Context, a *account.Account, silenced []bot.Number, holds []string, botSID string) ([]string, error) {
	var gone []string
	for _, sid := range urlsBehind(a.Webhooks, silenced, holds) {
		if sid == botSID {
			continue
		}
		switch _, err := a.Bot(ctx, sid); {
		case errors.Is(err, bot.ErrNotFound):
			gone = append(gone, sid)
		case err != nil:
			return nil, fmt.Errorf("reading the bot %s: %w", sid, err)
		}
	}
	return gone, nil
}

// PutBackBehind puts back, on the numbers that the bot's hold silences, what Twilio cleared
// of them beside the URL when the hold was set. Another suspension, which knows nothing of
// what this one saved, resumes them.
func PutBackBehind(ctx context.Context, a *account.Account, botSID string, saved SavedSides) error {
	if len(saved) == 0 {
		return nil
	}
	unlock, err := a.LockSuspension(ctx, botSID)
	if err != nil {
		return err
	}
	defer unlock()
	now, routing, err := read(ctx, a, botSID, account.AnyTime)
	if err != nil {
		return err
	}
	for _, number := range now.Silenced {
		if putBackBehind(routing, number, botSID, saved[number.SID]).Empty() {
			continue
		}
		err := a.EditNumber(ctx, number.SID, nil, func(ctx context.Context, e *account.Edit) error {
			routing, err := a.Routing(ctx, e.Number)
			if err != nil {
				return err
			}
			return e.Write(ctx, putBackBehind(routing, e.Number, botSID, saved[number.SID]))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// takenMeanwhile names the numbers that were silenced and answer elsewhere now.
func takenMeanwhile(ctx context.Context, a *account.Account, routing bot.Routing, botSID string, saved SavedSides) ([]bot.Notice, error) {
	if len(saved) == 0 {
		return nil, nil
	}
	numbers, err := a.Numbers(ctx, account.AnyTime)
	if err != nil {
		return nil, err
	}
	own := a.Successors(botSID)
	var taken []string
	for _, number := range numbers {
		sides, wasSilenced := saved[number.SID]
		if !wasSilenced || len(routing.Channels(number, botSID)) > 0 {
			continue
		}
		for _, channel := range bot.Channels() {
			before := bot.Number{AccountSID: number.AccountSID}.With(channel, sides[channel]).Route(channel, a.Webhooks)
			route := routing.Route(number, channel)
			if account.IsOneOf(own, before.BotSID) && route.Kind != bot.ToNothing && !account.IsOneOf(own, route.BotSID) {
				taken = append(taken, fmt.Sprintf("%s of %s answers with %s", channel, number, a.Describe(ctx, route)))
			}
		}
	}
	if len(taken) == 0 {
		return nil, nil
	}
	return []bot.Notice{{
		Summary: "Phone numbers were taken while their bot was suspended",
		Detail:  fmt.Sprintf("Bot %s answers again, but not on these, which were left as they are: %s.", botSID, strings.Join(taken, "; ")),
	}}, nil
}
