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

// claims remembers which channels of a number, or which other way in, a binding of this run
// has taken: freeing never frees what another binding has claimed, in whatever order
// Terraform runs them.
type claims struct {
	mu sync.Mutex
	of map[claimed]bool
}

type claimed struct {
	sid     string // of a number or of the record of another way in
	channel bot.Channel
}

func newClaims() *claims { return &claims{of: map[claimed]bool{}} }

func (c *claims) claim(sid string, channels []bot.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		c.of[claimed{sid, channel}] = true
	}
}

func (c *claims) hasClaimed(sid string, channel bot.Channel) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[claimed{sid, channel}]
}
