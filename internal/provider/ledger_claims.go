package provider

import (
	"slices"
	"sync"
)

// exclusive is something at Twilio that only one resource of a configuration may have.
type exclusive struct {
	kind exclusiveKind
	key  string // a bot's name or SID, the SID of a number or a Messaging Service, the SID of a suspended bot
}

type exclusiveKind string

const (
	namedBot     exclusiveKind = "bot"
	botObject    exclusiveKind = "SID of a bot"
	boundNumber  exclusiveKind = "number"
	boundService exclusiveKind = "Messaging Service"
	suspendedBot exclusiveKind = "suspension"
	ownedNumber  exclusiveKind = "phone number" // by the number in E.164

	namedFunction exclusiveKind = "function"
	ownedFunction exclusiveKind = "SID of a function's service"
)

// claim says how a resource comes to what only one may have.
type claim string

const (
	keeps claim = "keeps" // it has it in its state
	takes claim = "takes" // it is new to it: the resource is new, or changes to it
	turns claim = "turns" // it is in the state and changes to it: a suspension from another bot's, a bot from another name
	frees claim = "frees" // the plan destroys the resource that has it
	// leaves is that of a resource that is destroyed and leaves it to another which has it
	// too.
	leaves claim = "leaves"
)

// claims records who comes to what only one resource may have.
type claims struct {
	mu      sync.Mutex
	of      map[exclusive][]claim
	reads   map[exclusive]int // how many resources were refreshed that have it
	created map[exclusive]bool
	gone    map[exclusive]bool // what the refresh removed from the state
}

func newClaims() *claims {
	return &claims{of: map[exclusive][]claim{}, reads: map[exclusive]int{}, created: map[exclusive]bool{}, gone: map[exclusive]bool{}}
}

// claimFor records how a resource that is planned comes to something, and returns how the
// others of this walk come to it that were planned so far. Terraform plans resources that
// do not depend on each other in any order, so that each of two must look for the other.
func (l *claims) claimFor(what exclusive, how claim) (others []claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	others = l.of[what]
	l.of[what] = append(others[:len(others):len(others)], how)
	return others
}

// refreshedAway records what the refresh removed from the state, since it no longer
// exists.
func (l *claims) refreshedAway(what ...exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, each := range what {
		l.gone[each] = true
	}
}

// isGone reports whether the refresh of this walk removed something from the state.
func (l *claims) isGone(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone[what]
}

// hasLost reports whether the refresh of this walk removed anything of a kind.
func (l *claims) hasLost(kind exclusiveKind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for each := range l.gone {
		if each.kind == kind {
			return true
		}
	}
	return false
}

// recordRead records that something was refreshed in this walk.
func (l *claims) recordRead(what exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads[what]++
}

// recordReadAgain records that something was refreshed in this walk, and reports whether
// another resource that has it was before.
func (l *claims) recordReadAgain(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads[what]++
	return l.reads[what] > 1
}

// isTaken reports whether a resource that was planned so far gets something that it does not
// have yet.
func (l *claims) isTaken(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.of[what], takes)
}

// recordFunction records that a function was refreshed in this walk, by the SID of its
// service.
func (l *claims) recordFunction(serviceSID string) {
	l.recordRead(exclusive{ownedFunction, serviceSID})
}

// hasFunction reports whether a resource of this walk has a function.
func (l *claims) hasFunction(serviceSID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reads[exclusive{ownedFunction, serviceSID}] > 0
}

// recordCreated records that a resource created something in this walk.
func (l *claims) recordCreated(what exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created[what] = true
}

// isCreated reports whether a resource created something in this walk, which is then that
// of an apply: what Terraform replaces with create_before_destroy stands beside its
// successor, and its destruction is planned once more. In the walk of a plan nothing is
// created. That something was refreshed would not tell the two apart: Terraform may plan
// the destruction of what left the configuration before it refreshes it, and with
// -refresh=false it refreshes nothing.
func (l *claims) isCreated(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.created[what]
}

// isShared reports whether another resource has something and keeps it, which the plan
// of a destruction asks before it claims to free it: of several that are destroyed, the
// last frees it.
func (l *claims) isShared(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	leaving := 1
	for _, how := range l.of[what] {
		switch how {
		case keeps:
			return true
		case frees, leaves:
			leaving++
		}
	}
	return leaving < l.reads[what]
}

// readsNothing reports whether nothing was refreshed in this walk: it may be that of an
// apply.
func (l *claims) readsNothing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.reads) == 0
}
