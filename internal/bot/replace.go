package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// replacement is a bot being made anew under another name or on another engine, and
// everything that routed to the old one being moved to it.
type replacement struct {
	d      *Directory
	change Change
	old    Bot
	made   Bot    // the new one
	was    string // the old bot's name
	task   string // at which a conversation enters, where the old engine had none
	writes moved
	// pointed are the Messaging Services that were moved, as they were.
	pointed []Service
	notices []Notice
}

// replace exports a bot, lays the configuration over it, makes the new one and moves
// all that routed to the old one to it.
func (d *Directory) replace(ctx context.Context, c Change, notices []Notice) (Bot, []Notice, error) {
	for _, name := range slices.Compact(slices.Sorted(slices.Values([]string{c.From.UniqueName, c.To.UniqueName}))) {
		unlock, err := d.claims.lock(ctx, "bot "+name)
		if err != nil {
			return Bot{}, nil, err
		}
		defer unlock()
	}
	defer d.BotsChanged()
	r := &replacement{d: d, change: c, notices: notices}
	err := r.operation().Run(ctx)
	if err != nil {
		if r.carries() {
			return r.made, r.notices, err
		}
		return Bot{}, r.notices, err
	}
	return r.made, r.notices, nil
}

func (r *replacement) operation() Operation {
	steps := []Step{{
		Name: "reading the bot as it is",
		Do:   r.export,
	}, {
		Name: "making the new bot",
		Cut: "The new bot is there with its mark and no phone number routes to it: the old one answers. " +
			"The next apply takes the new one up, or removes it where it is not wanted any more.",
		Do:   r.make,
		Undo: r.unmake,
	}, {
		Name: "moving its phone numbers",
		Cut:  "Each phone number answers for one of the two bots, which are both whole; the next apply moves the rest, or moves them back.",
		Do:   r.numbers,
		Undo: func(ctx context.Context) error { return r.d.putBack(ctx, &r.writes) },
	}, {
		Name: "moving the Messaging Services that answer by it",
		Cut:  "Each Messaging Service answers by one of the two bots, which are both whole; the next apply moves the rest, or moves them back.",
		Do:   r.services,
		Undo: r.servicesBack,
	}, {
		Name: "keeping it suspended",
		Cut:  "Its phone numbers are silenced for one of the two bots; the next apply goes on.",
		Do:   r.mark,
		Undo: r.markBack,
	}}
	return Operation{Name: "the replacement of bot " + r.change.SID, Steps: append(steps, r.forward()...)}
}

// forward is what is left once the new bot carries everything.
func (r *replacement) forward() []Step {
	const carried = "The new bot carries every phone number; the old one is still there, named by `replacing_sid`, and the next apply removes it."
	return []Step{{
		Name:    "waiting for calls in progress on the old bot",
		Cut:     carried,
		Forward: true,
		Do:      r.drain,
	}, {
		Name: "looking for phone numbers that were bound meanwhile",
		Cut:  carried,
		Do: func(ctx context.Context) error {
			return errors.Join(r.numbers(ctx), r.services(ctx), r.mark(ctx))
		},
	}, {
		Name: "removing the old bot",
		Cut:  carried,
		Do:   r.remove,
	}, {
		Name: "giving it its name",
		Cut:  "The old bot is gone and the new one answers under its mark; its phone numbers bear the old name or the new one as their label. The next apply goes on.",
		Do: func(ctx context.Context) error {
			if err := r.relabel(ctx, r.was, r.change.To.UniqueName); err != nil {
				return err
			}
			return r.unmark(ctx)
		},
		Undo: func(ctx context.Context) error {
			if r.change.Engine != Application {
				return nil
			}
			// Its mark does not tell the new name, so whoever reverts must find the labels as
			// they were.
			return r.relabel(ctx, r.change.To.UniqueName, r.was)
		},
	}}
}

func (r *replacement) relabel(ctx context.Context, from, to string) error {
	if r.was == "" || from == to {
		return nil
	}
	return r.d.Relabel(ctx, r.made.SID, from, to)
}

// carries tells whether the new bot is past being taken back.
func (r *replacement) carries() bool {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	return r.made.SID != "" && r.d.replaced[r.change.SID] == r.made.SID
}

// export reads the old bot whole, and lays the configuration over it.
func (r *replacement) export(ctx context.Context) error {
	old, err := r.d.ReadBot(ctx, r.change.SID, true)
	if err != nil {
		return fmt.Errorf("reading the bot %s: %w", r.change.SID, err)
	}
	r.old = old
	r.was = old.UniqueName
	if old.Draft > 0 {
		return DraftProblem(old)
	}
	if !old.Content.meets(r.change.From.Content) {
		return &Problem{
			Summary: "The bot was changed since the plan",
			Detail: fmt.Sprintf("The content of bot %s is not what it was when the plan was made: somebody else changed it in between, and the new bot would not have it. "+
				"Nothing was written. Plan again to see it.", old),
			Cause: ErrChanged,
		}
	}
	to := &r.change.To
	to.Replaces = old.SID
	same := old.Engine() == r.change.Engine
	switch {
	case same && to.Content.Empty():
		to.Content = old.Content
	case same && to.Content.Schema != nil && old.Content.Schema != nil:
		to.Content.Schema = schema.Diff(old.Content.Schema, to.Content.Schema).Apply(old.Content.Schema)
	case to.Content.Empty():
		return &Problem{
			Summary: "The new engine needs content",
			Detail:  fmt.Sprintf("Bot %s is to run on the engine %s, and nothing says what it is to be made of there. Nothing was written.", old, r.change.Engine),
		}
	}
	return r.d.nameFree(ctx, to.UniqueName, old.SID)
}

// meets tells whether content is as was said of it; nothing is said of a kind that
// is not given.
func (c Content) meets(said Content) bool {
	switch {
	case said.Schema != nil && c.Schema != nil:
		return schema.Equal(said.Schema, c.Schema)
	case said.Flow != nil && c.Flow != nil:
		return flow.Equal(said.Flow, c.Flow)
	case said.Webhooks != nil && c.Webhooks != nil:
		return said.Webhooks.spelled() == c.Webhooks.spelled()
	}
	return true
}

// make makes the new bot, or takes up the one that a cut left, and waits until it
// is ready.
func (r *replacement) make(ctx context.Context) error {
	defer r.d.BotsChanged()
	made, err := r.d.Host(r.change.Engine).Create(ctx, r.change.To)
	if err != nil {
		return err
	}
	r.made = made
	if made.Engine() != Autopilot || r.old.Engine() == Autopilot {
		return nil
	}
	r.task, err = r.d.EntryTask(ctx, made.SID)
	return err
}

// unmake removes the new bot, known or left behind by a write that was not
// answered.
func (r *replacement) unmake(ctx context.Context) error {
	r.d.BotsChanged()
	bots, err := r.d.Host(r.change.Engine).List(ctx)
	if err != nil {
		return err
	}
	for _, b := range bots {
		if b.Replaces != r.old.SID {
			continue
		}
		if err := r.d.Host(r.change.Engine).Discard(ctx, b.SID); err != nil {
			return err
		}
	}
	return nil
}

// mark moves the mark of a suspension, and with it every silenced channel at once.
// From here on, bindings of this run take the new bot for the old one.
func (r *replacement) mark(ctx context.Context) error {
	if err := r.remark(ctx, r.old.SID, r.made.SID); err != nil {
		return err
	}
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	for sid, by := range r.d.replaced {
		if by == r.old.SID {
			r.d.replaced[sid] = r.made.SID
		}
	}
	if r.old.SID != "" {
		r.d.replaced[r.old.SID] = r.made.SID
	}
	return nil
}

func (r *replacement) markBack(ctx context.Context) error {
	r.d.mu.Lock()
	delete(r.d.replaced, r.old.SID)
	r.d.mu.Unlock()
	return r.remark(ctx, r.made.SID, r.old.SID)
}

func (r *replacement) remark(ctx context.Context, from, to string) error {
	applications := r.d.Host(Application)
	if IsOff(applications) != nil || from == "" {
		return nil
	}
	found, err := applications.Find(ctx, MarkSuspended(from))
	if err != nil || len(found) == 0 {
		return err
	}
	defer r.d.BotsChanged()
	for _, inert := range found {
		_, err := applications.Update(ctx, inert.SID, Spec{UniqueName: inert.UniqueName}, Spec{UniqueName: MarkSuspended(to)})
		if err != nil {
			return fmt.Errorf("renaming the inert application %s: %w", inert.SID, err)
		}
	}
	return nil
}

// drain waits until no call is in progress on the old bot, as long as the change
// allows.
func (r *replacement) drain(ctx context.Context) error {
	drainer, ok := r.d.Host(r.old.Engine()).(Drainer)
	if !ok || r.old.SID == "" {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, max(r.change.Drain, time.Nanosecond))
	defer cancel()
	active, err := Poll(wait, func(context.Context) (Activity, error) {
		// The look itself is not cut off when the time to wait is over.
		active, err := drainer.Activity(ctx, r.old.SID)
		switch {
		case errors.Is(err, ErrNotFound):
			return Activity{}, nil
		case err != nil:
			return active, err
		case active.Calls > 0:
			return active, Stale("%d calls are in progress on %s", active.Calls, r.old)
		default:
			return active, nil
		}
	})
	if err != nil && (!IsStale(err) || ctx.Err() != nil) {
		return fmt.Errorf("looking for calls in progress on %s: %w", r.old, err)
	}
	if active.Calls+active.Conversations > 0 {
		r.notices = append(r.notices, Notice{
			Summary: "What was in progress on the replaced bot has ended",
			Detail: fmt.Sprintf("%d calls were still in progress on %s after %s, and %d message conversations waited for a reply. They ended with the bot; "+
				"whoever writes again begins a new conversation.", active.Calls, r.old, r.change.Drain, active.Conversations),
		})
	}
	return nil
}

// remove deletes the old bot, on which no number may answer any more.
func (r *replacement) remove(ctx context.Context) error {
	if r.old.SID == "" {
		return nil
	}
	defer r.d.BotsChanged()
	left, err := r.d.NumbersOf(ctx, r.old.SID)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("%s still routes to the bot %s, which is not removed", listNumbers(left), r.old)
	}
	return r.d.Host(r.old.Engine()).Discard(ctx, r.old.SID)
}

func (r *replacement) unmark(ctx context.Context) error {
	defer r.d.BotsChanged()
	made, err := r.d.Host(r.made.Engine()).Unmark(ctx, r.made.SID, r.change.To)
	if err == nil {
		r.made = made
	}
	return err
}
