// Package replacement puts one bot in the place of another: for a new name or another
// engine, the new bot is created beside the old one, everything that routes to the old
// one is moved to it, and only then is the old one deleted. It also finishes or undoes a
// replacement that was cut off.
package replacement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// Request is what a replacement should come to.
type Request struct {
	SID      string   // of the old bot
	From, To bot.Spec // what the plan was made for, and what is wanted
	Engine   bot.Engine
	Drain    time.Duration // how long the old bot waits for calls in progress
}

// replacement is a replacement under way.
type replacement struct {
	account *account.Account
	request Request
	old     bot.Bot
	gone    bool // whether the old bot was deleted before
	new     bot.Bot
	oldName string
	task    string // at which a conversation enters, where the old engine had none
	carries bool   // the new bot carries everything
	again   bool   // whether the other ways in are looked at again before the old bot is deleted
	log     account.UndoLog
	notices notices
}

// Run replaces a bot. The bot that is returned is the one that answers, with an error too
// where the replacement came past its point of no return; it has no SID where all is as
// it was.
func Run(ctx context.Context, a *account.Account, request Request) (bot.Bot, []bot.Notice, error) {
	for _, name := range slices.Compact(slices.Sorted(slices.Values([]string{request.From.UniqueName, request.To.UniqueName}))) {
		unlock, err := a.LockName(ctx, name)
		if err != nil {
			return bot.Bot{}, nil, err
		}
		defer unlock()
	}
	r := &replacement{account: a, request: request}
	err := operation.Run(ctx, "the replacement of bot "+request.SID, append(r.backward(), r.forward()...)...)
	if err != nil && !r.carries {
		return bot.Bot{}, r.notices.all(), err
	}
	return r.new, r.notices.all(), err
}

// backward are the steps until the new bot carries everything: what fails in them is
// undone.
func (r *replacement) backward() []operation.Step {
	return []operation.Step{{
		Name: "reading the bot as it is",
		Do:   r.export,
	}, {
		Name: "creating the new bot",
		Cut: "The new bot may exist with its mark, and no phone number routes to it: the old one answers. " +
			"The next apply takes the new one up, or deletes it where it is no longer wanted.",
		Do:   r.create,
		Undo: r.discard,
	}, {
		Name: "moving its phone numbers",
		Cut:  "Each phone number answers for one of the two bots, which are both whole; the next apply moves the rest, or moves them back.",
		Do:   r.moveNumbers,
		Undo: func(ctx context.Context) error { return r.account.PutBack(ctx, &r.log) },
	}, {
		Name: "moving the other ways in to it",
		Cut:  "Each Messaging Service, and whatever else leads to it, leads to one of the two bots, which are both whole; the next apply moves the rest, or moves them back.",
		Do:   r.moveWays,
	}, {
		Name: "keeping it suspended",
		Cut:  "If the bot is suspended, its phone numbers are silenced for one of the two bots; the next apply goes on.",
		Do:   r.moveSuspension,
		Undo: r.moveSuspensionBack,
	}}
}

// forward are the steps once the new bot carries everything.
func (r *replacement) forward() []operation.Step {
	const carried = "The new bot carries every phone number; the old one may still exist, and the next apply deletes it."
	return []operation.Step{{
		Name:    "waiting for calls in progress on the old bot",
		Cut:     carried,
		Forward: true,
		Do:      r.drain,
	}, {
		Name: "looking for phone numbers that were bound meanwhile",
		Cut:  carried,
		Do:   r.moveSince,
	}, {
		Name: "ending what is still in progress on the old bot",
		Cut:  "The new bot carries every phone number, and some of what was in progress on the old one is ended; the next apply ends the rest and deletes it.",
		Do:   r.end,
	}, {
		Name: "deleting the old bot",
		Cut:  carried,
		Do:   r.deleteOld,
	}, {
		// A binding writes its number first and then reads its bot: one that still read the
		// old bot has written its number before it was deleted.
		Name: "looking for phone numbers that were bound at the same time",
		Cut:  "The old bot is deleted; a phone number that another process bound to it at the same time may be dead, and the next plan shows it.",
		Do:   r.moveAll,
	}, {
		Name: "giving it its name",
		Cut:  "The old bot is deleted and the new one answers, perhaps still under its mark; its phone numbers bear the old name or the new one as their label. The next apply goes on.",
		Do: func(ctx context.Context) error {
			r.account.GetsName(r.new.SID, r.request.To.UniqueName)
			if err := r.relabel(ctx, r.oldName, r.request.To.UniqueName); err != nil {
				return err
			}
			named, err := r.account.Host(r.new.Engine()).Unmark(ctx, r.new.SID, r.request.To)
			if err == nil {
				r.new = named
			}
			return err
		},
		Undo: func(ctx context.Context) error {
			if r.request.Engine != bot.Application {
				return nil
			}
			// Its mark does not show the new name, so whoever reverts must find the labels as
			// they were.
			return r.relabel(ctx, r.request.To.UniqueName, r.oldName)
		},
	}}
}

func (r *replacement) relabel(ctx context.Context, from, to string) error {
	if r.oldName == "" || from == to {
		return nil
	}
	return binding.Relabel(ctx, r.account, r.new.SID, from, to)
}

// export reads the old bot whole, and lays the configuration over it.
func (r *replacement) export(ctx context.Context) error {
	old, err := r.account.ReadBot(ctx, r.request.SID, true)
	if err != nil {
		return fmt.Errorf("reading the bot %s: %w", r.request.SID, err)
	}
	r.old, r.oldName = old, old.UniqueName
	if old.Draft > 0 {
		return bot.DraftProblem(old)
	}
	if !old.Content.Meets(r.request.From.Content) {
		return confirm.ChangedSincePlan(fmt.Sprintf("The content of bot %s was changed, so that the new bot would not have it", old))
	}
	to := &r.request.To
	to.Replaces = old.SID
	if to.Content, err = carried(old, r.request.Engine, to.Content); err != nil {
		return err
	}
	return r.account.NameFree(ctx, to.UniqueName, old.SID)
}

// carried is the content of the new bot: what is configured, over what the old one has
// where both run on one engine.
func carried(old bot.Bot, engine bot.Engine, wanted bot.Content) (bot.Content, error) {
	same := old.Engine() == engine
	switch {
	case same && wanted.Empty():
		return old.Content, nil
	case same && wanted.Schema != nil && old.Content.Schema != nil:
		wanted.Schema = schema.Diff(old.Content.Schema, wanted.Schema).Apply(old.Content.Schema)
	case wanted.Empty():
		return wanted, &bot.Problem{
			Kind:    bot.NoContent,
			Summary: "The new engine needs content",
			Detail:  fmt.Sprintf("Bot %s moves to the engine %s, and nothing says what it is made of there. Nothing was written.", old, engine),
		}
	}
	return wanted, nil
}

// create creates the new bot, or takes up the one that a cut left, and waits until it is
// ready.
func (r *replacement) create(ctx context.Context) error {
	created, err := r.account.Host(r.request.Engine).Create(ctx, r.request.To)
	if err != nil {
		return err
	}
	// A binding that is changed at the same time finds the new bot on its number.
	r.account.Replaced(r.old.SID, created.SID)
	r.new = created
	if created.Engine() != bot.Autopilot || r.old.Engine() == bot.Autopilot {
		return nil
	}
	r.task, err = binding.EntryTask(ctx, r.account, created.SID)
	return err
}

// discard deletes the new bot, known or left behind by a write that was not answered. What
// another process changed on a number is not put back, so that one may still route to it:
// it is moved to the old bot first.
func (r *replacement) discard(ctx context.Context) error {
	r.account.NotReplaced(r.old.SID)
	listed, err := r.account.BotsOf(ctx, r.request.Engine, r.account.Now())
	if err != nil {
		return err
	}
	for _, b := range listed.Bots {
		if b.Replaces != r.old.SID {
			continue
		}
		back := undoing(r.account, account.Pair{Old: r.old, New: b})
		if err := back.moveAll(ctx); err != nil {
			return err
		}
		if err := back.end(ctx); err != nil {
			return err
		}
		if err := back.deleteOld(ctx); err != nil {
			return err
		}
	}
	return nil
}

// moveSuspension moves the mark of a suspension, and with it every silenced channel at
// once.
func (r *replacement) moveSuspension(ctx context.Context) error {
	if err := suspension.HandOver(ctx, r.account, r.old.SID, r.new.SID); err != nil {
		return err
	}
	r.account.Replaced(r.old.SID, r.new.SID)
	r.carries = true
	return nil
}

func (r *replacement) moveSuspensionBack(ctx context.Context) error {
	r.carries = false
	return suspension.HandOver(ctx, r.account, r.new.SID, r.old.SID)
}

// moveAll moves what routes to the old bot, whatever of it is moved already.
func (r *replacement) moveAll(ctx context.Context) error {
	return errors.Join(r.moveNumbers(ctx), r.moveWays(ctx), r.moveSuspension(ctx))
}

// moveSince is moveAll behind the wait for calls in progress. Where there were none, the
// other ways in were looked at a moment before.
func (r *replacement) moveSince(ctx context.Context) error {
	if r.again {
		return r.moveAll(ctx)
	}
	return errors.Join(r.moveNumbers(ctx), r.moveSuspension(ctx))
}

// drain waits until no call is in progress on the old bot, as long as the request allows.
func (r *replacement) drain(ctx context.Context) error {
	if r.gone {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, max(r.request.Drain, time.Nanosecond))
	defer cancel()
	_, err := confirm.Poll(wait, func(context.Context) (bot.Activity, error) {
		// The look itself is not cut off when the time to wait is over.
		active, err := r.account.Activity(ctx, r.old.SID)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return bot.Activity{}, nil
		case errors.Is(err, bot.ErrForbidden):
			// Nothing says when they end, so nothing is waited for, as the plan said.
			r.notices.add(bot.Notice{
				Summary: "What was in progress on the old bot could not be read",
				Detail:  fmt.Sprintf("Calls and conversations on %s, if there were any, ended with it: %v.", r.old, err),
			})
			return bot.Activity{}, nil
		case err != nil:
			return active, err
		case active.Calls > 0:
			r.again = true
			return active, confirm.Stale("%d calls are in progress on %s", active.Calls, r.old)
		default:
			return active, nil
		}
	})
	if err != nil && (!confirm.IsStale(err) || ctx.Err() != nil) {
		return fmt.Errorf("looking for calls in progress on %s: %w", r.old, err)
	}
	return nil
}

// end ends what is in progress on the old bot: calls that outlasted the wait, and
// conversations that wait for a reply.
func (r *replacement) end(ctx context.Context) error {
	if r.gone {
		return nil
	}
	said, err := r.account.EndActivity(ctx, r.old)
	r.notices.add(said...)
	return err
}

// deleteOld deletes the old bot, to which no number may route any more.
func (r *replacement) deleteOld(ctx context.Context) error {
	if r.gone {
		return nil
	}
	left, err := r.account.NumbersOf(ctx, r.old.SID, r.account.Now())
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("%s still routes to the bot %s, which is not deleted", bot.JoinNumbers(left), r.old)
	}
	return r.account.Host(r.old.Engine()).Discard(ctx, r.old.SID)
}
