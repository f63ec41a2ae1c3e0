package provider

import (
	"slices"
	"sync"
)

// suspensionRecords is what a walk tells of suspensions.
type suspensionRecords struct {
	mu     sync.Mutex
	taken  map[string]bool            // SIDs of bots whose suspension a resource was applied to have
	handed map[string]priorSuspension // by the SID of the suspended bot
	read   map[string]priorSuspension // that the refresh read, by the SID of the suspended bot
	ended  []string                   // SIDs of bots whose suspension the plan destroys
	begun  bool                       // whether the plan creates one of a bot whose SID is known after apply
}

func newSuspensionRecords() *suspensionRecords {
	return &suspensionRecords{taken: map[string]bool{}, handed: map[string]priorSuspension{}, read: map[string]priorSuspension{}}
}

// takeSuspension takes the suspension of a bot for a resource that is applied; false where
// another has taken it.
func (l *suspensionRecords) takeSuspension(botSID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken[botSID] {
		return false
	}
	l.taken[botSID] = true
	return true
}

// hasTakenSuspension reports whether a resource that was applied has the suspension of a
// bot: one that ends does not end that one, in whatever order Terraform runs them.
func (l *suspensionRecords) hasTakenSuspension(botSID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken[botSID]
}

// handOverSuspension records what a suspension that Terraform replaces kept, for the one that comes
// after it in this walk.
func (l *suspensionRecords) handOverSuspension(botSID string, prior priorSuspension) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed[botSID] = prior
}

// suspensionHandedOver is what a suspension left in this walk that Terraform replaces. of
// reports whether it is that of the bot, under one of its SIDs.
func (l *suspensionRecords) suspensionHandedOver(of func(botSID string) bool) priorSuspension {
	l.mu.Lock()
	defer l.mu.Unlock()
	for botSID, prior := range l.handed {
		if of(botSID) {
			return prior
		}
	}
	return priorSuspension{}
}

// endSuspension records that the plan destroys the suspension of a bot, and reports whether it
// creates one of a bot that is not known yet, as far as it was planned.
func (l *suspensionRecords) endSuspension(botSID string) (begun bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = append(l.ended, botSID)
	return l.begun
}

// beginSuspension records that the plan creates a suspension of a bot that is not known yet,
// and returns the bots whose suspensions it destroys, as far as it was planned.
func (l *suspensionRecords) beginSuspension() (ended []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = true
	return slices.Clone(l.ended)
}

// readSuspension records what a suspension of the state keeps.
func (l *suspensionRecords) readSuspension(botSID string, prior priorSuspension) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[botSID] = prior
}

// suspensionRead is what a suspension of the state keeps; ok is false where the refresh of
// this walk read none of the bot.
func (l *suspensionRecords) suspensionRead(botSID string) (prior priorSuspension, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	prior, ok = l.read[botSID]
	return prior, ok
}
