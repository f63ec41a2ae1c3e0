package bot

import (
	"context"
	"sync"
)

// claims keeps, within one process, one writer at a time for each number and
// remembers which channels a binding of this run has taken: freeing never frees
// what another binding has claimed, in whatever order Terraform runs the two.
type claims struct {
	mu      sync.Mutex
	locks   map[string]chan struct{}
	claimed map[claim]bool
}

type claim struct {
	numberSID string
	channel   Channel
}

func newClaims() *claims {
	return &claims{locks: map[string]chan struct{}{}, claimed: map[claim]bool{}}
}

// lock waits for the number, no longer than the context lasts.
func (c *claims) lock(ctx context.Context, numberSID string) (unlock func(), err error) {
	c.mu.Lock()
	lock, ok := c.locks[numberSID]
	if !ok {
		lock = make(chan struct{}, 1)
		c.locks[numberSID] = lock
	}
	c.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// set records what a binding of this run claims on a number, in place of what was
// claimed before. The caller holds the number's lock.
func (c *claims) set(numberSID string, channels []Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		c.claimed[claim{numberSID, channel}] = true
	}
}

func (c *claims) has(numberSID string, channel Channel) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claimed[claim{numberSID, channel}]
}
