package provider

import "sync"

// ledger records what one walk of Terraform has told the provider about its resources,
// so that one resource's plan can take account of the others. Terraform plans the
// resources in the order of its graph: an answer holds for what was planned so far. Each
// kind of resource has its records in a file of its own.
type ledger struct {
	*claims
	*botRecords
	*bindingRecords
	*serviceRecords
	*suspensionRecords

	mu   sync.Mutex
	said map[string]bool
}

func newLedger() *ledger {
	return &ledger{
		claims: newClaims(), botRecords: newBotRecords(), bindingRecords: newBindingRecords(), serviceRecords: newServiceRecords(), suspensionRecords: newSuspensionRecords(),
		said: map[string]bool{},
	}
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
