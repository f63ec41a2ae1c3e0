package account

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// UndoLog remembers numbers and other ways in as they were before an operation wrote them,
// and as they were after, so that they can be put back.
type UndoLog struct {
	mu      sync.Mutex
	entries []undoEntry
	ways    []undoWay
}

type undoEntry struct{ before, after bot.Number }

type undoWay struct{ before, after bot.Way }

func (l *UndoLog) add(before, after bot.Number) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, undoEntry{before, after})
}

func (l *UndoLog) addWay(before, after bot.Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ways = append(l.ways, undoWay{before, after})
}

func (l *UndoLog) allWays() []undoWay {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ways)
}

func (l *UndoLog) all() []undoEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

// Before lists the numbers of the log as they were before they were written.
func (l *UndoLog) Before() []bot.Number {
	var numbers []bot.Number
	for _, entry := range l.all() {
		numbers = append(numbers, entry.before)
	}
	return numbers
}

// PutBack writes the numbers and other ways in of a log back as they were, of each the last
// write first, and several numbers at a time. What another client changed since is left to it.
// One that cannot be put back keeps none of the others from it.
func (a *Account) PutBack(ctx context.Context, log *UndoLog) error {
	for _, entry := range slices.Backward(log.allWays()) {
		err := a.EditWay(ctx, entry.before, nil, func(_ context.Context, now bot.Way) (bot.Way, bool, error) {
			return entry.before, now.To.Same(entry.after.To) && now.Idle == entry.after.Idle, nil
		})
		if err != nil {
			return err
		}
	}
	writes := map[string][]undoEntry{}
	for _, entry := range log.all() {
		writes[entry.before.SID] = append(writes[entry.before.SID], entry)
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, ofNumber := range writes {
		group.Go(func() error { return a.putBack(ctx, ofNumber) })
	}
	return group.Wait()
}

// putBack takes the writes of one number back, the last first.
func (a *Account) putBack(ctx context.Context, writes []undoEntry) error {
	for _, entry := range slices.Backward(writes) {
		err := a.EditNumber(ctx, entry.before.SID, nil, func(ctx context.Context, e *Edit) error {
			back := entry.back(e.Number)
			if err := e.Write(ctx, back); err != nil || back.StatusCallback == nil || *back.StatusCallback == e.Number.StatusCallback {
				return err
			}
			// Being pointed at a flow again, the number got the flow's.
			return e.Write(ctx, bot.NumberChange{StatusCallback: back.StatusCallback, StatusCallbackMethod: back.StatusCallbackMethod})
		})
		if errors.Is(err, bot.ErrNotFound) {
			return nil // the account does not own it any more
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// back is what must be written for a number to be as it was before, as far as it still is
// as it was written.
func (u undoEntry) back(now bot.Number) bot.NumberChange {
	var change bot.NumberChange
	for _, channel := range bot.Channels() {
		if u.after.Side(channel).Same(now.Side(channel)) {
			*change.Side(channel) = now.Side(channel).ChangeTo(u.before.Side(channel))
		}
	}
	if now.FriendlyName == u.after.FriendlyName && u.before.FriendlyName != u.after.FriendlyName {
		change.FriendlyName = &u.before.FriendlyName
	}
	if now.StatusCallback == u.after.StatusCallback || now.HasCallbackOf(u.after) {
		change.PutCallbackBack(now, u.before)
	}
	return change
}
