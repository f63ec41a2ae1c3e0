package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// Delete deletes a bot, and with it the hold of its suspension and what a replacement
// that was cut off left. Numbers that still route to it make it fail, unless force is
// set: then they are freed first.
func Delete(ctx context.Context, a *account.Account, sid, uniqueName string, force bool) ([]bot.Notice, error) {
	if _, err := a.HostOf(sid); err != nil {
		return nil, err
	}
	var bots []bot.Bot // the bot, and the other one of a replacement
	var numbers []bot.Number
	var ways []bot.Way
	var mu sync.Mutex
	var notices []bot.Notice
	err := operation.Run(ctx, "the deletion of bot "+sid, operation.Step{
		Name: "looking for its phone numbers",
		Do: func(ctx context.Context) (err error) {
			if bots, err = withReplacement(ctx, a, bot.Bot{SID: sid, UniqueName: uniqueName}); err != nil {
				return err
			}
			for _, b := range bots {
				routes, err := a.RoutesTo(ctx, b.SID, a.Now())
				if err != nil {
					return err
				}
				numbers = append(numbers, routes.Numbers...)
				ways = append(ways, slices.DeleteFunc(routes.InUse(), func(w bot.Way) bool { return outlives(routes.Routing, w, b) })...)
				notices = append(notices, unreadNotices(b, routes.Unread)...)
			}
			return stillRouted(bot.Bot{SID: sid, UniqueName: uniqueName}, numbers, ways, force)
		},
	}, operation.Step{
		Name:    "freeing its phone numbers",
		Cut:     "Some of its phone numbers are freed, and the bot answers on the others; the next apply goes on.",
		Forward: true,
		Do: func(ctx context.Context) error {
			for _, number := range numbers {
				for _, b := range bots {
					said, err := binding.FreeBot(ctx, a, number, b)
					notices = append(notices, said...)
					if err != nil {
						return err
					}
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "freeing the other ways in to it",
		Cut:  "No phone number routes to the bot any more, and some of the other ways in are freed; the next apply goes on.",
		Do: func(ctx context.Context) error {
			for _, way := range ways {
				if err := free(ctx, a, way, bots); err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "deleting the hold of its suspension",
		Cut:  "No phone number routes to the bot any more; the bot itself still exists, and the next apply deletes it.",
		Do: func(ctx context.Context) error {
			for _, b := range bots {
				if err := suspension.DeleteHolds(ctx, a, b.SID); err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "clearing the status callbacks that name it",
		Cut:  "No phone number routes to the bot any more, and the calls of some may still be reported to it; the next apply goes on.",
		Do: func(ctx context.Context) error {
			for _, b := range bots {
				said, err := binding.ClearCallbacks(ctx, a, b, account.AnyTime)
				notices = append(notices, said...)
				if err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "ending what is in progress on it",
		Cut:  "No phone number routes to the bot any more, and some of what was in progress on it is ended; the next apply ends the rest and deletes it.",
		Do: func(ctx context.Context) error {
			for _, b := range bots {
				said, err := a.EndActivity(ctx, b)
				notices = append(notices, said...)
				if err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "deleting it",
		Cut:  "No phone number routes to the bot any more; the next apply deletes what is left of it.",
		Do: func(ctx context.Context) error {
			// Whoever reverts a destruction that was cut off finds the name free.
			for _, b := range slices.Backward(bots) {
				if err := a.Host(b.Engine()).Discard(ctx, b.SID); err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		// A binding writes its number or its Messaging Service first and then reads its bot: one
		// that still read this one has written before it was deleted.
		Name: "looking for phone numbers that were bound at the same time",
		Cut:  "The bot is deleted; a phone number or Messaging Service that another process bound to it at the same time may be dead, and the next plan shows it.",
		Do: func(ctx context.Context) error {
			for _, b := range bots {
				err := a.EachNumber(ctx, func(ctx context.Context, since account.Moment) ([]bot.Number, error) {
					return a.NumbersOf(ctx, b.SID, since)
				}, func(ctx context.Context, number bot.Number, _ *account.Round) error {
					said, err := binding.FreeBot(ctx, a, number, b)
					mu.Lock()
					defer mu.Unlock()
					notices = append(notices, said...)
					return err
				})
				if err != nil {
					return err
				}
				said, err := binding.ClearCallbacks(ctx, a, b, account.AnyTime)
				notices = append(notices, said...)
				if err != nil {
					return err
				}
			}
			return freeWays(ctx, a, bots)
		},
	})
	return notices, err
}

// freeWays frees the ways in that lead to one of the bots, of those that can be freed and
// that the credentials may read.
func freeWays(ctx context.Context, a *account.Account, bots []bot.Bot) error {
	ways, _, err := a.WaysOf(ctx, a.Now(), bot.WayKind.Frees)
	if err != nil {
		return err
	}
	routing, err := a.RoutingOfWays(ctx, account.AnyTime)
	if err != nil {
		return err
	}
	for _, b := range bots {
		for _, way := range routing.Ways(ways, b.SID) {
			if err := free(ctx, a, way, bots); err != nil {
				return err
			}
		}
	}
	return nil
}

// stillRouted refuses to delete a bot that something routes to: numbers, and ways in beside
// them, of which force frees those that can be left without a bot.
func stillRouted(b bot.Bot, numbers []bot.Number, ways []bot.Way, force bool) error {
	fixed := slices.DeleteFunc(slices.Clone(ways), func(w bot.Way) bool { return w.Kind.Frees() })
	problem := &bot.Problem{Kind: bot.StillRouted, Summary: "Phone numbers still route to the bot"}
	switch {
	case force && len(fixed) > 0:
		problem.Kind, problem.Summary = bot.StillReferenced, "The bot is still in use"
		problem.Detail = fmt.Sprintf("%s is reached by %s. Deleting it would leave that dead, and it cannot be freed from here, so the bot was not deleted.", b, bot.JoinWays(fixed))
	case force, len(numbers)+len(ways) == 0:
		return nil
	case len(ways) == 0:
		problem.Detail = fmt.Sprintf("%s answers on %s. Deleting it would leave them dead, so the bot was not deleted.", b, bot.JoinNumbers(numbers))
	case len(numbers) == 0:
		problem.Summary = "The bot is still in use"
		problem.Detail = fmt.Sprintf("%s is reached by %s. Deleting it would leave that dead, so the bot was not deleted.", b, bot.JoinWays(ways))
	default:
		problem.Detail = fmt.Sprintf("%s answers on %s, and is reached by %s. Deleting it would leave them dead, so the bot was not deleted.", b, bot.JoinNumbers(numbers), bot.JoinWays(ways))
	}
	if len(fixed) > 0 {
		problem.Kind = bot.StillReferenced
	}
	return problem
}

// outlives reports whether a way in works without the bot that it leads to: it has the URL
// of a bot hosted elsewhere, and not its application.
func outlives(routing bot.Routing, way bot.Way, b bot.Bot) bool {
	return b.Engine() == bot.Application && way.To.BotSID == "" && routing.Lead(way).SilencedBy == ""
}

// free leaves a way in without a bot, if it still leads to one of the bots.
func free(ctx context.Context, a *account.Account, way bot.Way, bots []bot.Bot) error {
	return a.EditWay(ctx, way, nil, func(ctx context.Context, now bot.Way) (bot.Way, bool, error) {
		routing, err := a.RoutingOfWays(ctx, account.AnyTime)
		leads := slices.ContainsFunc(bots, func(b bot.Bot) bool { return routing.Lead(now).BotSID == b.SID })
		return now.Freed(), err == nil && leads, err
	})
}

// unreadNotices say which ways in may be dead by now, since the credentials may not read
// them.
func unreadNotices(b bot.Bot, unread []bot.Unread) []bot.Notice {
	var notices []bot.Notice
	for _, each := range unread {
		notices = append(notices, bot.Notice{
			Summary: each.String(),
			Detail:  fmt.Sprintf("Whether one of them leads to bot %s is not known: %v.", b, each.Reason),
		})
	}
	return notices
}

// withReplacement is a bot and, where a replacement of it was cut off, the other one.
func withReplacement(ctx context.Context, a *account.Account, b bot.Bot) ([]bot.Bot, error) {
	bots := []bot.Bot{b}
	pair, err := a.UnfinishedReplacement(ctx, b.SID, "")
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return bots, nil
	case err != nil:
		return nil, err
	case pair.New.SID == b.SID && pair.Old.SID != "":
		bots = append(bots, pair.Old)
	case pair.New.SID != b.SID:
		bots = append(bots, pair.New)
	}
	for i := range bots {
		if bots[i].Unnamed() {
			bots[i].UniqueName = b.UniqueName // its numbers still bear the old name
		}
	}
	return bots, nil
}
