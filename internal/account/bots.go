package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Bots lists the bots and holds of every engine, as they were at the moment or later.
func (a *Account) Bots(ctx context.Context, since Moment) (bot.Listing, error) {
	byEngine := make([]bot.Listing, len(bot.Engines()))
	group, ctx := errgroup.WithContext(ctx)
	for i, engine := range bot.Engines() {
		group.Go(func() error {
			listed, err := a.BotsOf(ctx, engine, since)
			byEngine[i] = listed
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return bot.Listing{}, err
	}
	var all bot.Listing
	for _, listed := range byEngine {
		all.Bots = append(all.Bots, listed.Bots...)
		all.Holds = append(all.Holds, listed.Holds...)
	}
	return all, nil
}

// BotsOf lists the bots and holds of one engine, as they were at the moment or later.
func (a *Account) BotsOf(ctx context.Context, engine bot.Engine, since Moment) (bot.Listing, error) {
	listed, err := a.perEngine[engine].since(ctx, since)
	if err != nil {
		return listed, fmt.Errorf("listing the account's %s bots: %w", engine, err)
	}
	return listed, nil
}

// Bot reads one bot, without content, from a listing made earlier in this run where
// there is one. bot.ErrNotFound when it no longer exists.
func (a *Account) Bot(ctx context.Context, sid string) (bot.Bot, error) {
	host, err := a.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	engine, _ := bot.EngineOf(sid)
	if listed, ok := a.perEngine[engine].known(); ok {
		if at := slices.IndexFunc(listed.Bots, func(b bot.Bot) bool { return b.SID == sid }); at >= 0 {
			return listed.Bots[at], nil
		}
	}
	return host.Get(ctx, sid)
}

// ReadBot reads a bot with its content, or without when its content is managed
// elsewhere. bot.ErrNotFound means that neither a read of it nor a listing has it.
func (a *Account) ReadBot(ctx context.Context, sid string, content bool) (bot.Bot, error) {
	host, err := a.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	read := host.Get
	if content {
		read = host.Read
	}
	b, err := read(ctx, sid)
	if !errors.Is(err, bot.ErrNotFound) {
		return b, err
	}
	engine, _ := bot.EngineOf(sid)
	listed, listErr := a.BotsOf(ctx, engine, a.Now())
	if listErr != nil {
		return bot.Bot{}, listErr
	}
	if at := slices.IndexFunc(listed.Bots, func(b bot.Bot) bool { return b.SID == sid }); at >= 0 {
		return bot.Bot{}, fmt.Errorf("Twilio lists %s but answers that it does not exist; this passes when its reads have caught up with its writes: %w", listed.Bots[at], bot.ErrLagging)
	}
	return bot.Bot{}, err
}

// FindBots gives the bots of all engines that have a unique name now, by asking each
// engine afresh.
func (a *Account) FindBots(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	var found []bot.Bot
	for _, engine := range bot.Engines() {
		bots, err := a.Host(engine).Find(ctx, uniqueName)
		if err != nil {
			return nil, fmt.Errorf("looking for a bot named %q: %w", uniqueName, err)
		}
		found = append(found, bots...)
	}
	return found, nil
}

// LockName waits until no other operation of this process creates or renames a bot to
// the name, no longer than the context lasts.
func (a *Account) LockName(ctx context.Context, name string) (unlock func(), err error) {
	return a.locks.lock(ctx, "bot "+name)
}

// NameFree refuses a name that another bot has; own are the SIDs of bots that may have
// it, or whose replacements may.
func (a *Account) NameFree(ctx context.Context, name string, own ...string) error {
	named, err := a.FindBots(ctx, name)
	if err != nil {
		return err
	}
	named = slices.DeleteFunc(named, func(b bot.Bot) bool {
		return slices.Contains(own, b.SID) || (b.Replaces != "" && slices.Contains(own, b.Replaces))
	})
	if len(named) > 0 {
		return bot.NameProblem(name, named)
	}
	return nil
}

// Describe names a route, a bot by its name where the account has it.
func (a *Account) Describe(ctx context.Context, route bot.Route) string {
	if route.Kind != bot.ToBot {
		return route.String()
	}
	listed, err := a.Bots(ctx, AnyTime)
	if err != nil {
		return route.String()
	}
	for _, b := range listed.Bots {
		if b.SID != route.BotSID {
			continue
		}
		if route.SilencedBy != "" {
			return fmt.Sprintf("silence (bot %s is suspended)", b)
		}
		return "bot " + b.String()
	}
	return fmt.Sprintf("bot %s, which no longer exists", route.BotSID)
}
