package account

import (
	"context"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// locks keeps, within one process, one writer at a time for each number, name and
// suspension.
type locks struct {
	mu sync.Mutex
	of map[string]chan struct{}
}

func newLocks() *locks { return &locks{of: map[string]chan struct{}{}} }

// lock waits for the lock of a key, no longer than the context lasts.
func (l *locks) lock(ctx context.Context, key string) (unlock func(), err error) {
	l.mu.Lock()
	lock, ok := l.of[key]
	if !ok {
		lock = make(chan struct{}, 1)
		l.of[key] = lock
	}
	l.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// LockName waits until no other operation of this process creates or renames a bot to
// the name, no longer than the context lasts.
func (l *locks) LockName(ctx context.Context, name string) (unlock func(), err error) {
	return l.lock(ctx, "bot "+name)
}

// LockSuspension waits until no other operation of this process suspends or resumes the
// bot, no longer than the context lasts.
func (l *locks) LockSuspension(ctx context.Context, botSID string) (unlock func(), err error) {
	return l.lock(ctx, "suspension "+botSID)
}

// claims remembers which channels of a number a binding of this run has taken: freeing
// never frees what another binding has claimed, in whatever order Terraform runs them.
type claims struct {
	mu      sync.Mutex
	claimed map[claim]bool
}

type claim struct {
	numberSID string
	channel   bot.Channel
}

func newClaims() *claims { return &claims{claimed: map[claim]bool{}} }

func (c *claims) set(numberSID string, channels []bot.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		c.claimed[claim{numberSID, channel}] = true
	}
}

func (c *claims) has(numberSID string, channel bot.Channel) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claimed[claim{numberSID, channel}]
}
