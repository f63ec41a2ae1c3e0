// Package lifecycle creates, updates and deletes bots. It chooses between an update of
// the bot itself and a replacement, and first finishes or undoes a replacement that was
// cut off.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// Create creates a bot whose name no other bot of the account has, on any engine. Within
// one process one bot of a name is created at a time. beside are the SIDs of bots that the
// new one replaces and may share its name with until they are deleted, where something
// routes to them: what an earlier creation left, of which no state knows, has nothing yet.
func Create(ctx context.Context, a *account.Account, engine bot.Engine, spec bot.Spec, beside ...string) (bot.Bot, error) {
	unlock, err := a.LockName(ctx, spec.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	defer unlock()

	named, err := a.FindBots(ctx, spec.UniqueName)
	if err != nil {
		return bot.Bot{}, err
	}
	named = slices.DeleteFunc(named, func(b bot.Bot) bool {
		// What an earlier creation left is taken up by its mark.
		return b.Engine() == engine && (b.Uploading && b.Replaces == "" || b.SID == spec.RestoreSID)
	})
	if len(named) > 0 {
		if err := mayShare(ctx, a, spec.UniqueName, named, beside); err != nil {
			return bot.Bot{}, err
		}
		spec.Beside = beside
	}
	create := func(ctx context.Context) (bot.Bot, error) {
		created, err := a.Host(engine).Create(ctx, spec)
		if errors.Is(err, bot.ErrNameTaken) {
			err = nameTakenMeanwhile(spec.UniqueName, err)
		}
		return created, err
	}
	if len(spec.Beside) == 0 {
		return create(ctx)
	}
	return createBeside(ctx, a, spec.Beside, create)
}

// createBeside creates a bot beside others that it replaces. A suspension of theirs becomes
// that of the new one before anything can route to it, and with it every silenced number:
// in whatever order the numbers and the suspension follow, neither bot answers.
func createBeside(ctx context.Context, a *account.Account, beside []string, create func(context.Context) (bot.Bot, error)) (created bot.Bot, err error) {
	steps := []operation.Step{{
		Name: "creating the bot",
		Cut:  "A bot may exist beside the one of its name, and no phone number routes to it.",
		Do: func(ctx context.Context) (err error) {
			created, err = create(ctx)
			return err
		},
		Undo: func(ctx context.Context) error {
			if created.SID == "" {
				return nil
			}
			return a.Host(created.Engine()).Discard(ctx, created.SID)
		},
	}}
	for _, other := range beside {
		steps = append(steps, operation.Step{
			Name: "moving the suspension of the bot that it replaces",
			Cut:  "The bot exists; what was silenced of the other one is still silenced, for one of the two.",
			Do:   func(ctx context.Context) error { return suspension.HandOver(ctx, a, other, created.SID) },
			Undo: func(ctx context.Context) error { return suspension.HandOver(ctx, a, created.SID, other) },
		})
	}
	if err := operation.Run(ctx, "the creation of the bot", steps...); err != nil {
		return bot.Bot{}, err
	}
	return created, nil
}

// mayShare refuses a name that other bots have than those which the new one may stand
// beside.
func mayShare(ctx context.Context, a *account.Account, name string, named []bot.Bot, beside []string) error {
	taken := bot.NameProblem(name, named)
	for _, b := range named {
		if !slices.Contains(beside, b.SID) || b.Engine() == bot.Autopilot {
			return taken
		}
		routes, err := a.SomeRoutesTo(ctx, b.SID, a.Now())
		if err != nil {
			return err
		}
		if !routes.Any() {
			taken.Kind = bot.NameOfIdle
			return taken
		}
	}
	return nil
}

func nameTakenMeanwhile(name string, cause error) error {
	var problem *bot.Problem
	if errors.As(cause, &problem) {
		return cause
	}
	return &bot.Problem{
		Kind:    bot.NameTaken,
		Summary: "The bot's name is taken",
		Detail:  fmt.Sprintf("Another bot took the name %q at the same time (%v). Plan again to see it.", name, cause),
		Cause:   cause,
		Name:    name,
	}
}
