package bot

import (
	"context"
	"slices"
	"sync"
)

// moved remembers numbers as they were before an operation wrote them, and as they
// were after, so that they can be put back.
type moved struct {
	mu   sync.Mutex
	rows []change
}

type change struct{ before, after Number }

func (m *moved) add(before, after Number) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = append(m.rows, change{before, after})
}

func (m *moved) all() []change {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.rows)
}

// putBack writes numbers back as they were, the last first. A channel that
// somebody else changed since is theirs.
func (d *Directory) putBack(ctx context.Context, m *moved) error {
	for _, each := range slices.Backward(m.all()) {
		if err := d.putBackNumber(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) putBackNumber(ctx context.Context, c change) error {
	unlock, err := d.claims.lock(ctx, c.before.SID)
	if err != nil {
		return err
	}
	defer unlock()
	number, err := d.NumberNow(ctx, c.before.SID)
	if err != nil {
		return err
	}
	var back NumberChange
	for _, channel := range Channels() {
		now, was, wrote := number.Side(channel), c.before.Side(channel), c.after.Side(channel)
		if !wrote.same(now) || was == now {
			continue
		}
		*back.Side(channel) = sideChange(now, was)
	}
	if number.FriendlyName == c.after.FriendlyName && c.before.FriendlyName != c.after.FriendlyName {
		back.FriendlyName = &c.before.FriendlyName
	}
	if back.Empty() {
		return nil
	}
	_, err = d.writeNumber(ctx, number, back)
	return err
}

// sideChange is what makes one side another.
func sideChange(from, to Side) (c SideChange) {
	set := func(field **string, from, to string) {
		if from != to {
			*field = &to
		}
	}
	set(&c.URL, from.URL, to.URL)
	set(&c.FallbackURL, from.FallbackURL, to.FallbackURL)
	set(&c.ApplicationSID, from.ApplicationSID, to.ApplicationSID)
	if to.URL != "" && to.Method != "" {
		set(&c.Method, from.Method, to.Method)
	}
	return c
}

// writeAndRemember writes a number, and remembers it first: a write whose end is
// not known is taken back too.
func (d *Directory) writeAndRemember(ctx context.Context, number Number, change NumberChange, done *moved) error {
	if change.Empty() {
		return nil
	}
	done.add(number, change.Apply(number))
	_, err := d.writeNumber(ctx, number, change)
	return err
}
