package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// bots reads the bots and holds of every engine.
type bots struct {
	clock     *clock
	hosts     map[bot.Engine]Host
	perEngine map[bot.Engine]*listing[bot.Listing]
	flowURLs  *flowURLs
	known     *knownBots

	unreadMu sync.Mutex
	unread   map[bot.Engine]error
}

func newBots(clock *clock, hosts map[bot.Engine]Host) *bots {
	b := &bots{clock: clock, hosts: map[bot.Engine]Host{}, perEngine: map[bot.Engine]*listing[bot.Listing]{}, flowURLs: newFlowURLs(), known: newKnownBots(), unread: map[bot.Engine]error{}}
	for _, engine := range bot.Engines() {
		host, ok := hosts[engine]
		if !ok {
			host = Off{Reason: fmt.Errorf("the engine %q is not part of this version of the provider", engine)}
		}
		b.perEngine[engine] = newListing(clock, func(ctx context.Context) (bot.Listing, error) {
			listed, err := host.List(ctx)
			b.flowURLs.learn(listed.Bots...)
			return listed, err
		})
		b.hosts[engine] = tracked{host, clock, b.perEngine[engine], b.flowURLs, b.known}
	}
	return b
}

// Host is what runs the bots of an engine.
func (b *bots) Host(engine bot.Engine) Host {
	if host, ok := b.hosts[engine]; ok {
		return host
	}
	return Off{Reason: fmt.Errorf("there is no engine %q", engine)}
}

// HostOf is what runs the bot of a SID.
func (b *bots) HostOf(sid string) (Host, error) {
	engine, ok := bot.EngineOf(sid)
	if !ok {
		return nil, fmt.Errorf("%q: %w", sid, bot.ErrEngineUnknown)
	}
	return b.Host(engine), nil
}

// Bots lists the bots and holds of every engine, as they were at the moment or later. An
// engine that the credentials may not read is left out (UnreadEngines), unless that is all
// of them.
func (b *bots) Bots(ctx context.Context, since Moment) (bot.Listing, error) {
	byEngine := make([]bot.Listing, len(bot.Engines()))
	group, ctx := errgroup.WithContext(ctx)
	for i, engine := range bot.Engines() {
		group.Go(func() error {
			listed, err := b.BotsOf(ctx, engine, since)
			byEngine[i] = listed
			return b.unlessForbidden(engine, err)
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

// unlessForbidden is an error of asking an engine, without the one for want of rights, which
// UnreadEngines then says; it stays where no engine can be read.
func (b *bots) unlessForbidden(engine bot.Engine, err error) error {
	if !errors.Is(err, bot.ErrForbidden) {
		return err
	}
	b.unreadMu.Lock()
	defer b.unreadMu.Unlock()
	b.unread[engine] = err
	for _, each := range bot.Engines() {
		if b.Reachable(each) && b.unread[each] == nil {
			return nil
		}
	}
	return err
}

// UnreadEngines are the engines that the credentials may not read, as far as this run asked
// them, with what Twilio said.
func (b *bots) UnreadEngines() map[bot.Engine]error {
	b.unreadMu.Lock()
	defer b.unreadMu.Unlock()
	return maps.Clone(b.unread)
}

// BotsOf lists the bots and holds of one engine, as they were at the moment or later.
func (b *bots) BotsOf(ctx context.Context, engine bot.Engine, since Moment) (bot.Listing, error) {
	listed, err := b.perEngine[engine].since(ctx, since)
	if err != nil {
		return listed, fmt.Errorf("listing the account's %s bots: %w", engine, err)
	}
	return listed, nil
}

// Bot reads one bot, without content, from what this run read earlier where that has it and
// is no older than the run's own last write of it. bot.ErrNotFound when it no longer exists.
func (b *bots) Bot(ctx context.Context, sid string) (bot.Bot, error) {
	host, err := b.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	engine, _ := bot.EngineOf(sid)
	if b.known.isDeleted(sid) {
		return bot.Bot{}, fmt.Errorf("bot %s was deleted in this run: %w", sid, bot.ErrNotFound)
	}
	listed := b.perEngine[engine].sofar()
	if found, ok := b.known.in(listed.value, listed.begun, sid); ok {
		return found, nil
	}
	return host.Get(ctx, sid)
}

// BotAsRead is a bot without its content, as a read of it says and no listing: from a read
// made earlier in this run where this process has not written it since. bot.ErrNotFound when it no longer exists.
func (b *bots) BotAsRead(ctx context.Context, sid string) (bot.Bot, error) {
	if read, ok := b.known.asRead(sid); ok {
		return read, nil
	}
	return b.ReadBot(ctx, sid, false)
}

// ReadBot reads a bot with its content, or without when its content is managed
// elsewhere. bot.ErrNotFound means that neither a read of it nor a listing has it.
func (b *bots) ReadBot(ctx context.Context, sid string, content bool) (bot.Bot, error) {
	host, err := b.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	read := host.Get
	if content {
		read = host.Read
	}
	found, err := read(ctx, sid)
	if !errors.Is(err, bot.ErrNotFound) {
		return found, err
	}
	engine, _ := bot.EngineOf(sid)
	listed, listErr := b.BotsOf(ctx, engine, b.clock.Now())
	if listErr != nil {
		return bot.Bot{}, listErr
	}
	if at := slices.IndexFunc(listed.Bots, func(each bot.Bot) bool { return each.SID == sid }); at >= 0 {
		return bot.Bot{}, fmt.Errorf("Twilio lists %s but answers that it does not exist; this passes when its reads have caught up with its writes: %w", listed.Bots[at], bot.ErrLagging)
	}
	return bot.Bot{}, err
}

// FindBots gives the bots of all engines that have a unique name now, by asking each
// engine afresh. An engine that the credentials may not read is left out, as Bots does.
func (b *bots) FindBots(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	var found []bot.Bot
	for _, engine := range bot.Engines() {
		bots, err := b.Host(engine).Find(ctx, uniqueName)
		if err := b.unlessForbidden(engine, err); err != nil {
			return nil, fmt.Errorf("looking for a bot named %q: %w", uniqueName, err)
		}
		found = append(found, bots...)
	}
	return found, nil
}

// NameFree refuses a name that another bot has; own are the SIDs of bots that may have
// it, or whose replacements may.
func (b *bots) NameFree(ctx context.Context, name string, own ...string) error {
	named, err := b.FindBots(ctx, name)
	if err != nil {
		return err
	}
	named = slices.DeleteFunc(named, func(each bot.Bot) bool {
		return slices.Contains(own, each.SID) || (each.Replaces != "" && slices.Contains(own, each.Replaces))
	})
	if len(named) > 0 {
		return bot.NameProblem(name, named)
	}
	return nil
}

// Describe names a route, a bot by its name where the account has it.
func (b *bots) Describe(ctx context.Context, route bot.Route) string {
	if route.Kind != bot.ToBot {
		return route.String()
	}
	listed, err := b.Bots(ctx, AnyTime)
	if err != nil {
		return route.String()
	}
	for _, each := range listed.Bots {
		if each.SID != route.BotSID {
			continue
		}
		if route.SilencedBy != "" {
			return fmt.Sprintf("silence (bot %s is suspended)", each)
		}
		return "bot " + each.String()
	}
	return fmt.Sprintf("bot %s, which no longer exists", route.BotSID)
}
