package provider

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ledger records what one walk of Terraform has told the provider about its resources,
// so that one resource's plan can take account of the others. Terraform plans the
// resources in the order of its graph: an answer holds for what was planned so far.
type ledger struct {
	mu       sync.Mutex
	inState  map[string]bool          // SIDs of bots that a resource has in its state
	engines  map[string]bot.Engine    // of bots that the plan replaces, by the SID they have now
	names    map[string]plannedName   // of bots that the plan renames in place, by SID
	webhooks map[string]webhooksModel // that the plan gives to bots hosted elsewhere, by SID
	said     map[string]bool
	gone     map[exclusive]bool // what the refresh removed from the state
	sides    map[numberSide]*sideRecord
	labels   map[string]string        // that bindings configure, by the SID of the number
	removed  map[string]bool          // SIDs of bots that the plan deletes
	settled  map[string]chan struct{} // closed when a bot of the state, by its SID, was planned or will not be
	leaving  map[string][]string      // the numbers of the bindings that the plan points from a bot, which is its key, to another
	claims   map[exclusive][]claim
	reads    map[exclusive]int // how many resources were refreshed that have it
	created  map[exclusive]bool
	beside   map[string][]string        // SIDs of bots, by the name of a new one
	other    map[string]string          // SIDs of bots, by that of the one which this walk created beside it
	handed   map[string]priorSuspension // by the SID of the suspended bot
	drifted  map[string]bool            // SIDs of bots that another client changed since the last apply
}

// exclusive is something at Twilio that only one resource of a configuration may have.
type exclusive struct {
	kind exclusiveKind
	key  string // a bot's name or SID, a number's SID, the SID of a suspended bot
}

type exclusiveKind string

const (
	namedBot     exclusiveKind = "bot"
	botObject    exclusiveKind = "SID of a bot"
	boundNumber  exclusiveKind = "number"
	suspendedBot exclusiveKind = "suspension"
)

func newLedger() *ledger {
	return &ledger{
		inState: map[string]bool{}, engines: map[string]bot.Engine{},
		names: map[string]plannedName{}, webhooks: map[string]webhooksModel{}, said: map[string]bool{},
		sides: map[numberSide]*sideRecord{}, labels: map[string]string{}, removed: map[string]bool{}, settled: map[string]chan struct{}{}, leaving: map[string][]string{},
		gone: map[exclusive]bool{}, claims: map[exclusive][]claim{}, reads: map[exclusive]int{}, created: map[exclusive]bool{}, other: map[string]string{}, beside: map[string][]string{}, handed: map[string]priorSuspension{}, drifted: map[string]bool{},
	}
}

// readState records a bot that a resource has in its state.
func (l *ledger) readState(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inState[sid] = true
}

// refreshedAway records what the refresh removed from the state, since it no longer
// exists.
func (l *ledger) refreshedAway(what ...exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, each := range what {
		l.gone[each] = true
	}
}

// isGone reports whether the refresh of this walk removed something from the state.
func (l *ledger) isGone(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone[what]
}

// hasLost reports whether the refresh of this walk removed anything of a kind.
func (l *ledger) hasLost(kind exclusiveKind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for each := range l.gone {
		if each.kind == kind {
			return true
		}
	}
	return false
}

// readDrift records a bot whose refresh shows other than the last apply left.
func (l *ledger) readDrift(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drifted[sid] = true
}

// hasDrifted reports whether the refresh of this walk found a bot changed.
func (l *ledger) hasDrifted(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.drifted[sid]
}

// hasInState reports whether a resource of this walk has the bot in its state: one that
// is replaced finds its own old object under its name.
func (l *ledger) hasInState(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.inState[sid]
}

// planEngine records that the plan replaces a bot by one of an engine.
func (l *ledger) planEngine(sid string, engine bot.Engine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.engines[sid] = engine
}

// engineIsPlanned reports whether the plan replaces a bot, as far as it was planned.
func (l *ledger) engineIsPlanned(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.engines[sid]
	return ok
}

// engineAfter is what a bot runs on once this plan is applied.
func (l *ledger) engineAfter(sid string) bot.Engine {
	l.mu.Lock()
	defer l.mu.Unlock()
	if engine, ok := l.engines[sid]; ok {
		return engine
	}
	engine, _ := bot.EngineOf(sid)
	return engine
}

// plannedName is a bot's name before and after the plan is applied.
type plannedName struct {
	before string
	after  types.String
}

// planName records that the plan renames a bot in place.
func (l *ledger) planName(sid, before string, after types.String) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[sid] = plannedName{before, after}
}

// labelAfter is the label of a number that a bot answers on once this plan is applied:
// one that is the bot's name follows its rename.
func (l *ledger) labelAfter(sid string, label types.String) types.String {
	l.mu.Lock()
	defer l.mu.Unlock()
	if name, ok := l.names[sid]; ok && label.ValueString() == name.before {
		return name.after
	}
	return label
}

// planWebhooks records the webhooks that the plan gives to a bot hosted elsewhere.
func (l *ledger) planWebhooks(sid string, w webhooksModel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.webhooks[sid] = w
}

// webhooksAfter is what a bot hosted elsewhere calls once this plan is applied; ok is
// false where the plan does not say.
func (l *ledger) webhooksAfter(sid string) (w webhooksModel, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, ok = l.webhooks[sid]
	return w, ok
}

// firstTime reports whether something is said for the first time in this walk.
func (l *ledger) firstTime(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said[what] {
		return false
	}
	l.said[what] = true
	return true
}
