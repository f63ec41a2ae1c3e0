package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Drainer is a host that knows what is in progress on a bot.
type Drainer interface {
	Activity(ctx context.Context, sid string) (bot.Activity, error)
	// End ends what is in progress, within a bound, and says what it ended and what is left.
	End(ctx context.Context, sid string) (ended, left bot.Activity, err error)
}

func (b *bots) drainer(sid string) (Drainer, bool) {
	engine, _ := bot.EngineOf(sid)
	drainer, ok := untracked(b.Host(engine)).(Drainer)
	return drainer, ok
}

// Activity is what is in progress on a bot; nothing where its engine does not know.
func (b *bots) Activity(ctx context.Context, sid string) (bot.Activity, error) {
	drainer, ok := b.drainer(sid)
	if !ok {
		return bot.Activity{}, nil
	}
	return drainer.Activity(ctx, sid)
}

// EndActivity ends what is still in progress on a bot that is deleted next, since a contact
// stays caught in it otherwise, and says what it ended and what it did not. A bot that is
// gone already has nothing in progress.
func (b *bots) EndActivity(ctx context.Context, ending bot.Bot) ([]bot.Notice, error) {
	drainer, ok := b.drainer(ending.SID)
	if !ok {
		return nil, nil
	}
	ended, left, err := drainer.End(ctx, ending.SID)
	var notices []bot.Notice
	if ended != (bot.Activity{}) {
		notices = append(notices, bot.Notice{
			Summary: "Active calls and conversations were ended",
			Detail:  fmt.Sprintf("Before bot %s was deleted, these were ended: %s. Whoever writes again begins a new conversation.", ending, ended),
		})
	}
	const caught = "Until Twilio ends an execution by itself, at the latest 30 days after it began, its contact may get no answer from the number or service that it is with."
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return notices, nil
	case errors.Is(err, bot.ErrForbidden):
		return append(notices, bot.Notice{
			Summary: "What was in progress could not be ended",
			Detail:  fmt.Sprintf("Bot %s is deleted, and the credentials may not end what was in progress on it: %v. %s", ending, err, caught),
		}), nil
	case err != nil:
		return notices, fmt.Errorf("ending what is in progress on bot %s: %w", ending, err)
	}
	if left != (bot.Activity{}) {
		notices = append(notices, bot.Notice{
			Summary: "Some of what was in progress was not ended",
			Detail:  fmt.Sprintf("Bot %s is deleted, and in the time that there is for it, these could not be ended: %s. %s", ending, left, caught),
		})
	}
	return notices, nil
}
