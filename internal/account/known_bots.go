package account

import (
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// knownBots are the bots that this run read or wrote one by one, as they were then, and when
// it wrote which. Of a flow or an assistant they have no content.
type knownBots struct {
	mu      sync.Mutex
	bySID   map[string]knownBot
	written map[string]Moment
	deleted map[string]bool // by this run
}

// knownBot is a bot as it was at the moment or later.
type knownBot struct {
	bot.Bot
	begun Moment
	// read reports whether a read said it: the answer to a write, or a listing, has neither
	// the draft of a flow nor the published revision beside it.
	read bool
}

func newKnownBots() *knownBots {
	return &knownBots{bySID: map[string]knownBot{}, written: map[string]Moment{}, deleted: map[string]bool{}}
}

// learn keeps a bot as it was read at the moment or later, unless it was written since.
func (k *knownBots) learn(b bot.Bot, begun Moment, read bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if b.SID == "" || begun < k.written[b.SID] || begun < k.bySID[b.SID].begun {
		return
	}
	b.Content = bot.Content{Webhooks: b.Content.Webhooks}
	k.bySID[b.SID] = knownBot{b, begun, read}
}

// wrote forgets a bot, which was written before the moment.
func (k *knownBots) wrote(sid string, now Moment) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.written[sid] = now
	delete(k.bySID, sid)
	delete(k.deleted, sid)
}

// wasDeleted keeps that this run deleted a bot.
func (k *knownBots) wasDeleted(sid string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deleted[sid] = true
}

// isDeleted reports whether this run deleted a bot: no other gets its SID.
func (k *knownBots) isDeleted(sid string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.deleted[sid]
}

// asRead is a bot as a read of it said that was begun behind this run's last write of it.
func (k *knownBots) asRead(sid string) (bot.Bot, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known := k.bySID[sid]
	return known.Bot, known.read
}

// in looks for a bot in a listing that was begun at the moment, and among those known.
func (k *knownBots) in(listed bot.Listing, begun Moment, sid string) (bot.Bot, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if known, ok := k.bySID[sid]; ok && known.begun >= begun {
		return known.Bot, true
	}
	if begun == 0 || begun < k.written[sid] {
		return bot.Bot{}, false
	}
	at := slices.IndexFunc(listed.Bots, func(each bot.Bot) bool { return each.SID == sid })
	if at < 0 {
		return bot.Bot{}, false
	}
	return listed.Bots[at], true
}
