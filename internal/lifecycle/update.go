package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
)

// Change is what an apply wants of a bot that exists.
type Change struct {
	SID string // as the state knows it
	// Replacing is the other bot of a replacement that was cut off, as far as the state
	// knows it.
	Replacing string
	From, To  bot.Spec // what the plan was made for, and what is wanted
	Engine    bot.Engine
	// InPlace keeps the SID when the name changes.
	InPlace bool
	// Drain is how long a replaced bot waits for calls in progress.
	Drain time.Duration
}

// replaces reports whether the change is made by another bot in the place of this one.
func (c Change) replaces() bool {
	engine, _ := bot.EngineOf(c.SID)
	return engine != c.Engine || (c.From.UniqueName != c.To.UniqueName && !c.InPlace)
}

// wants reports whether a bot that a cut left is the one that is wanted. An application
// bears its mark in place of its name.
func (c Change) wants(b bot.Bot) bool {
	return b.Engine() == c.Engine && (b.Engine() == bot.Application || b.UniqueName == c.To.UniqueName)
}

// Update brings a bot to what is wanted: in place, or by another in its place. Before
// that, it finishes or undoes a replacement that was cut off. The bot that is returned is
// the one that answers, with an error too where a replacement came past its point of no
// return; it has no SID where all is as it was.
func Update(ctx context.Context, a *account.Account, c Change) (bot.Bot, []bot.Notice, error) {
	var notices []bot.Notice
	if c.Replacing != "" || c.replaces() {
		pair, err := a.UnfinishedReplacement(ctx, c.SID, c.Replacing)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return bot.Bot{}, nil, err
		}
		if err == nil {
			if c, notices, err = takeUp(ctx, a, c, pair); err != nil {
				return bot.Bot{}, notices, err
			}
		}
	}
	if c.replaces() {
		now, said, err := replacement.Run(ctx, a, replacement.Request{SID: c.SID, From: c.From, To: c.To, Engine: c.Engine, Drain: c.Drain})
		return now, append(notices, said...), err
	}
	updated, err := updateInPlace(ctx, a, c.SID, c.From, c.To)
	if errors.Is(err, bot.ErrNotFound) {
		// What is not found may also be a part of the bot.
		if _, lookErr := a.ReadBot(ctx, c.SID, false); errors.Is(lookErr, bot.ErrNotFound) {
			err = bot.DeletedProblem(c.SID, err)
		}
	}
	if err != nil {
		updated = bot.Bot{}
	}
	return updated, notices, err
}

// takeUp finishes or undoes a replacement that was cut off, as far as the change does not
// go on with it by itself. It returns the change that is left.
func takeUp(ctx context.Context, a *account.Account, c Change, pair account.Pair) (Change, []bot.Notice, error) {
	switch {
	case pair.Old.SID == c.SID && c.replaces() && c.wants(pair.New):
		return c, nil, nil // the replacement takes the new bot up by its mark
	case pair.Old.SID == c.SID:
		notices, err := replacement.Undo(ctx, a, pair)
		return c, notices, err
	}
	// The state's bot is the new one, or no longer exists: what is left is to finish.
	spec := bot.Spec{UniqueName: pair.New.UniqueName, FriendlyName: pair.New.FriendlyName}
	switch {
	case c.wants(pair.New):
		spec = c.To
	case pair.New.Unnamed():
		// Its own name was not written yet, and is no longer wanted.
		spec.UniqueName = "replacement of " + pair.New.Replaces
	}
	notices, err := replacement.Finish(ctx, a, pair, c.From.UniqueName, spec, c.Drain)
	if err != nil {
		return c, notices, err
	}
	live, err := a.ReadBot(ctx, pair.New.SID, true)
	if err != nil {
		return c, notices, err
	}
	c.SID, c.Replacing = live.SID, ""
	c.From = bot.Spec{UniqueName: live.UniqueName, FriendlyName: live.FriendlyName, Content: live.Content}
	return c, notices, nil
}

// updateInPlace updates the bot itself, and gives the numbers that bear its old name the
// new one.
func updateInPlace(ctx context.Context, a *account.Account, sid string, from, to bot.Spec) (updated bot.Bot, err error) {
	host, err := a.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if from.UniqueName == to.UniqueName {
		return host.Update(ctx, sid, from, to)
	}
	unlock, err := a.LockName(ctx, to.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	defer unlock()
	err = operation.Run(ctx, "the rename of bot "+sid, operation.Step{
		Name: "looking for another bot of the name",
		Do:   func(ctx context.Context) error { return a.NameFree(ctx, to.UniqueName, sid) },
	}, operation.Step{
		Name: "writing the bot",
		Do: func(ctx context.Context) error {
			updated, err = host.Update(ctx, sid, from, to)
			return err
		},
	}, operation.Step{
		Name:    "relabelling its phone numbers",
		Cut:     fmt.Sprintf("The bot is renamed and answers; some of its phone numbers still bear its old name %q as their label, and keep it until they are relabelled by hand or by their binding.", from.UniqueName),
		Forward: true,
		Do: func(ctx context.Context) error {
			return binding.Relabel(ctx, a, sid, from.UniqueName, to.UniqueName)
		},
	})
	return updated, err
}
