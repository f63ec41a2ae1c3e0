package account

import (
	"context"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// botReads remembers what single reads of an engine's bots said, without the content: a
// listing has neither the draft of a flow nor the published revision beside it, and a
// refresh reads each bot just before it is planned.
type botReads struct {
	mu    sync.Mutex
	bySID map[string]botRead
}

type botRead struct {
	bot   bot.Bot
	begun Moment
}

func newBotReads() *botReads { return &botReads{bySID: map[string]botRead{}} }

// learn remembers a read that was begun at a moment, unless a later one is known.
func (r *botReads) learn(b bot.Bot, begun Moment) {
	b.Content = bot.Content{}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySID[b.SID].begun < begun {
		r.bySID[b.SID] = botRead{b, begun}
	}
}

// since is what a read said that was begun after the moment.
func (r *botReads) since(sid string, moment Moment) (bot.Bot, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	read := r.bySID[sid]
	return read.bot, read.begun > moment
}

// BotAsRead is a bot without its content, as a read of it says and no listing: from a read
// made earlier in this run where this process has written nothing to the engine's bots
// since. bot.ErrNotFound when it no longer exists.
func (b *bots) BotAsRead(ctx context.Context, sid string) (bot.Bot, error) {
	host, err := b.HostOf(sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if t, ok := host.(tracked); ok {
		if read, ok := t.reads.since(sid, t.listing.lastWritten()); ok {
			return read, nil
		}
	}
	return b.ReadBot(ctx, sid, false)
}
