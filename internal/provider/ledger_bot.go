package provider

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// botRecords is what a walk tells of bots.
type botRecords struct {
	mu        sync.Mutex
	inState   map[string]bool          // SIDs of bots that a resource has in its state
	engines   map[string]bot.Engine    // of bots that the plan replaces, by the SID they have now
	newSIDs   map[string]bool          // SIDs of bots that have another once the plan is applied
	literal   map[string][]string      // the resources that the plan leaves pointed at a SID, which is its key, as messages name them
	recreated map[string]bool          // SIDs of bots that Terraform replaces
	coming    map[bot.Engine]bool      // on which the plan creates a bot, as far as it is known
	names     map[string]plannedName   // of bots that the plan renames in place, by SID
	webhooks  map[string]webhooksModel // that the plan gives to bots hosted elsewhere, by SID
	drifted   map[string]bool          // SIDs of bots that another client changed since the last apply
	removed   map[string]bool          // SIDs of bots that the plan deletes
	settled   map[string]chan struct{} // closed when a bot of the state, by its SID, was planned or will not be
	leaving   map[string][]string      // the numbers and Messaging Services of the bindings that the plan points from a bot, which is its key, to another
	beside    map[string][]string      // SIDs of bots, by the name of a new one
	other     map[string]string        // SIDs of bots, by that of the one which this walk created beside it
}

func newBotRecords() *botRecords {
	return &botRecords{
		inState: map[string]bool{}, engines: map[string]bot.Engine{}, newSIDs: map[string]bool{}, literal: map[string][]string{}, recreated: map[string]bool{}, coming: map[bot.Engine]bool{}, names: map[string]plannedName{}, webhooks: map[string]webhooksModel{},
		drifted: map[string]bool{}, removed: map[string]bool{}, settled: map[string]chan struct{}{}, leaving: map[string][]string{},
		beside: map[string][]string{}, other: map[string]string{},
	}
}

// readState records a bot that a resource has in its state.
func (l *botRecords) readState(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inState[sid] = true
}

// hasInState reports whether a resource of this walk has the bot in its state: one that
// is replaced finds its own old object under its name.
func (l *botRecords) hasInState(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.inState[sid]
}

// readDrift records a bot whose refresh shows other than the last apply left.
func (l *botRecords) readDrift(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drifted[sid] = true
}

// hasDrifted reports whether the refresh of this walk found a bot changed.
func (l *botRecords) hasDrifted(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.drifted[sid]
}

// planEngine records that the plan replaces a bot by one of an engine, or finishes that.
func (l *botRecords) planEngine(sid string, engine bot.Engine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.engines[sid] = engine
}

// planNewSID records that a bot has another SID once the plan is applied. It returns the
// resources planned before whose configuration has the SID that the bot has now: one that
// references the bot is planned after it, with a SID that is known after apply.
func (l *botRecords) planNewSID(sid string) (literal []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.newSIDs[sid] = true
	return slices.Clone(l.literal[sid])
}

// planLiteral records that the plan of a resource has the SID of a bot, and reports whether
// the plan is known to replace that bot. Where the bot is planned later, planNewSID says it.
func (l *botRecords) planLiteral(sid, what string) (replaced bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.newSIDs[sid] {
		l.literal[sid] = append(l.literal[sid], what)
	}
	return l.newSIDs[sid]
}

// planCreation records what a bot may run on that the plan creates.
func (l *botRecords) planCreation(engines []bot.Engine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, engine := range engines {
		l.coming[engine] = true
	}
}

// mayBeCreated reports whether the plan creates a bot on an engine, as far as it was planned.
func (l *botRecords) mayBeCreated(engine bot.Engine) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.coming[engine]
}

// mayGet reports whether a bot whose SID is known after apply may run on an engine: the plan
// creates one there or replaces one by it, or it is not known what the plan creates.
func (l *botRecords) mayGet(engine bot.Engine) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.coming[engine] || len(l.coming)+len(l.engines) == 0 {
		return true
	}
	for _, to := range l.engines {
		if to == engine {
			return true
		}
	}
	return false
}

// engineIsPlanned reports whether the plan replaces a bot, as far as it was planned.
func (l *botRecords) engineIsPlanned(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.engines[sid]
	return ok
}

// engineAfter is what a bot runs on once this plan is applied.
func (l *botRecords) engineAfter(sid string) bot.Engine {
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
func (l *botRecords) planName(sid, before string, after types.String) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[sid] = plannedName{before, after}
}

// labelAfter is the label of a number that a bot answers on once this plan is applied:
// one that is the bot's name follows its rename.
func (l *botRecords) labelAfter(sid string, label types.String) types.String {
	l.mu.Lock()
	defer l.mu.Unlock()
	if name, ok := l.names[sid]; ok && label.ValueString() == name.before {
		return name.after
	}
	return label
}

// planWebhooks records the webhooks that the plan gives to a bot hosted elsewhere.
func (l *botRecords) planWebhooks(sid string, w webhooksModel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.webhooks[sid] = w
}

// webhooksAfter is what a bot hosted elsewhere calls once this plan is applied; ok is
// false where the plan does not say.
func (l *botRecords) webhooksAfter(sid string) (w webhooksModel, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, ok = l.webhooks[sid]
	return w, ok
}

// planRecreated records that Terraform replaces a bot.
func (l *botRecords) planRecreated(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recreated[sid] = true
}

// isReplaced reports whether another bot comes in the place of one, as far as it was planned:
// by Terraform, or by the provider.
func (l *botRecords) isReplaced(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, byProvider := l.engines[sid]
	return l.recreated[sid] || byProvider
}

// planBeside records a bot that a new one of the same name may be created beside.
func (l *botRecords) planBeside(name, sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beside[name] = []string{sid}
}

// besideOf is what planBeside recorded of a name. Terraform plans a resource once more
// right before it creates it, by the same process.
func (l *botRecords) besideOf(name string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.beside[name]
}

// recordBeside records that a bot was created beside one of its name.
func (l *botRecords) recordBeside(sid, other string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.other[sid] = other
}

// createdBeside is the bot beside which this walk created another, which Terraform
// replaces it by; empty where there is none.
func (l *botRecords) createdBeside(sid string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.other[sid]
}

// besideWhich is the bot that this walk created beside another, to replace it; empty where
// it created none.
func (l *botRecords) besideWhich(sid string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for by, other := range l.other {
		if other == sid {
			return by
		}
	}
	return ""
}

// planRemoval records that the plan deletes a bot.
func (l *botRecords) planRemoval(sid string) {
	l.mu.Lock()
	l.removed[sid] = true
	l.mu.Unlock()
	l.settleBot(sid)
}

// settleBot records that a bot of the state was planned, or will not be.
func (l *botRecords) settleBot(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	settled := l.settledBot(sid)
	select {
	case <-settled:
	default:
		close(settled)
	}
}

func (l *botRecords) settledBot(sid string) chan struct{} {
	if l.settled[sid] == nil {
		l.settled[sid] = make(chan struct{})
	}
	return l.settled[sid]
}

// isSettled reports whether settleBot recorded a bot.
func (l *botRecords) isSettled(sid string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.settledBot(sid):
		return true
	default:
		return false
	}
}

// settleTimeout is how long a plan waits for that of a bot that is being read: the plan
// never comes where Terraform finds an error in the bot's configuration in between.
const settleTimeout = 5 * time.Second

// awaitBot waits until a bot that is read in this walk is planned. Terraform plans a bot
// right after it has read it, whatever the others do, but a removed one in no order with
// the bindings that it had.
func (l *botRecords) awaitBot(ctx context.Context, sid string) {
	l.mu.Lock()
	reading, settled := l.inState[sid], l.settledBot(sid)
	l.mu.Unlock()
	if !reading {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	select {
	case <-settled:
	case <-ctx.Done():
	}
}

// planLeaving records that the plan points the number of a binding from one bot to another
// in place, and reports whether the plan is known to delete the first.
func (l *botRecords) planLeaving(botSID, number string) (removed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leaving[botSID] = append(l.leaving[botSID], number)
	return l.removed[botSID]
}

// notLeaving takes planLeaving back: Terraform replaces the binding, and deletes a binding
// before the bot that it had; or the binding was updated, so that the number has left. What
// Terraform replaces with create_before_destroy is planned to be destroyed only then.
func (l *botRecords) notLeaving(botSID, number string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leaving[botSID] = slices.DeleteFunc(l.leaving[botSID], func(each string) bool { return each == number })
}

// leavingNumbers are the numbers that the plan points from a bot to another in place.
func (l *botRecords) leavingNumbers(botSID string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.leaving[botSID])
}
