package provider

import "sync"

// suspensionRecords is what a walk tells of suspensions.
type suspensionRecords struct {
	mu     sync.Mutex
	taken  map[string]bool            // SIDs of bots whose suspension a resource was applied to have
	handed map[string]priorSuspension // by the SID of the suspended bot
}

func newSuspensionRecords() *suspensionRecords {
	return &suspensionRecords{taken: map[string]bool{}, handed: map[string]priorSuspension{}}
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

// suspensionHandedOver is what a suspension of the bot left in this walk that Terraform replaces.
func (l *suspensionRecords) suspensionHandedOver(botSID string) priorSuspension {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.handed[botSID]
}
