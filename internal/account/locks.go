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
	mu   sync.Mutex
	of   map[claimed]bool
	kept map[claimed]string // the bot that a binding which goes left on a channel
}

type claimed struct {
	numberSID string
	channel   bot.Channel
}

func newClaims() *claims { return &claims{of: map[claimed]bool{}, kept: map[claimed]string{}} }

func (c *claims) claim(numberSID string, channels []bot.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		c.of[claimed{numberSID, channel}] = true
	}
}

func (c *claims) hasClaimed(numberSID string, channel bot.Channel) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[claimed{numberSID, channel}]
}

// HandOver records that a binding which is deleted to be created anew left its bot on
// channels of a number, for the one that comes.
func (c *claims) HandOver(numberSID string, channels []bot.Channel, botSID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		c.kept[claimed{numberSID, channel}] = botSID
	}
}

// HandedOver is the bot that HandOver left on one of the channels; empty where none was.
func (c *claims) HandedOver(numberSID string, channels []bot.Channel) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, channel := range channels {
		if botSID := c.kept[claimed{numberSID, channel}]; botSID != "" {
			return botSID
		}
	}
	return ""
}

// suspensions remembers which bots a suspension of this run has suspended: one that ends
// does not end those, in whatever order Terraform runs them.
type suspensions struct {
	mu sync.Mutex
	of map[string]bool // by the bot's SID
}

func newSuspensions() *suspensions { return &suspensions{of: map[string]bool{}} }

// ClaimSuspension takes the suspension of a bot for a resource of this run; false where
// another has taken it.
func (s *suspensions) ClaimSuspension(botSID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[botSID] {
		return false
	}
	s.of[botSID] = true
	return true
}

// SuspensionClaimed reports whether a resource of this run has taken the suspension of a
// bot.
func (s *suspensions) SuspensionClaimed(botSID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[botSID]
}
