package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// WaysIn is one kind of ways in to bots at Twilio, beside the phone numbers.
type WaysIn interface {
	Kind() bot.WayKind
	// List gives every pointer of every record of the kind; with a bot.PartlyReadError those
	// that were read.
	List(ctx context.Context) ([]bot.Way, error)
	// Get reads one pointer now; bot.ErrNotFound when the record no longer exists.
	Get(ctx context.Context, sid, field string) (bot.Way, error)
	// Write points a record where the way in says, in one request, and reads it back. It is
	// called for kinds that move alone.
	Write(ctx context.Context, way bot.Way) error
}

// waysOf reads and writes the ways in of one kind, with a listing that all who ask share.
type waysOf struct {
	WaysIn
	since func(ctx context.Context, since Moment) ([]bot.Way, error)
	wrote func()
}

// listedWays is a listing that is shared, whole or not.
type listedWays struct {
	ways   []bot.Way
	partly *bot.PartlyReadError
}

// ways reads the account's ways in of every kind.
type ways struct {
	kinds []waysOf

	mu      sync.Mutex
	written map[string]bool // by the key of a way in
}

// newWays is over the kinds that have a list of their own at Twilio, and those that are
// read out of what is listed anyway.
func newWays(clock *clock, own []WaysIn, derived ...waysOf) *ways {
	w := &ways{kinds: derived, written: map[string]bool{}}
	for _, kind := range own {
		listed := newListing(clock, func(ctx context.Context) (listedWays, error) {
			all, err := kind.List(ctx)
			if partly, ok := errors.AsType[*bot.PartlyReadError](err); ok {
				return listedWays{all, partly}, nil
			}
			if err != nil {
				return listedWays{}, fmt.Errorf("listing the account's %s: %w", kind.Kind().Plural(), err)
			}
			return listedWays{ways: all}, nil
		})
		w.kinds = append(w.kinds, waysOf{kind, func(ctx context.Context, since Moment) ([]bot.Way, error) {
			all, err := listed.since(ctx, since)
			if err == nil && all.partly != nil {
				err = all.partly
			}
			return all.ways, err
		}, listed.wrote})
	}
	return w
}

// WaysIn lists the ways in of every kind, as they were at the moment or later. unread are
// the kinds that the credentials may not read, or that were not read whole.
func (w *ways) WaysIn(ctx context.Context, since Moment) (all []bot.Way, unread []bot.Unread, err error) {
	return w.WaysOf(ctx, since, func(bot.WayKind) bool { return true })
}

// WaysOf is WaysIn of the kinds that are asked for.
func (w *ways) WaysOf(ctx context.Context, since Moment, asked func(bot.WayKind) bool) (all []bot.Way, unread []bot.Unread, err error) {
	kinds := slices.DeleteFunc(slices.Clone(w.kinds), func(kind waysOf) bool { return !asked(kind.Kind()) })
	byKind, refused := make([][]bot.Way, len(kinds)), make([]error, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range kinds {
		group.Go(func() (err error) {
			byKind[i], err = kind.since(ctx, since)
			if errors.Is(err, bot.ErrForbidden) || errors.As(err, new(*bot.PartlyReadError)) {
				refused[i], err = err, nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	for i, kind := range kinds {
		all = append(all, byKind[i]...)
		if refused[i] != nil {
			unread = append(unread, bot.Unread{Kind: kind.Kind(), Reason: refused[i]})
		}
	}
	return all, unread, nil
}

func (w *ways) of(kind bot.WayKind) (waysOf, error) {
	for _, each := range w.kinds {
		if each.Kind() == kind {
			return each, nil
		}
	}
	return waysOf{}, fmt.Errorf("no %s can be reached", kind)
}

// EditWay is the one way in which a way in is written. It waits for the lock of the
// record, reads it, and lets decide say where it leads from now on; ok is false where it is
// to stay. The log has the record before the write, which is one request and is read back:
// cut off before it the way in leads where it did, after it where it should. log may be
// nil.
func (a *Account) EditWay(ctx context.Context, way bot.Way, log *UndoLog, decide func(context.Context, bot.Way) (to bot.Way, ok bool, err error)) error {
	kind, err := a.ways.of(way.Kind)
	if err != nil {
		return err
	}
	a.applying.Store(true)
	unlock, err := a.lock(ctx, "way in "+way.Key())
	if err != nil {
		return err
	}
	defer unlock()
	now, err := kind.Get(ctx, way.SID, way.Field)
	if errors.Is(err, bot.ErrNotFound) {
		return nil // nothing comes by it any more
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", way, err)
	}
	to, ok, err := decide(ctx, now)
	if err != nil || !ok || (to.To.Same(now.To) && to.Idle == now.Idle) {
		return err
	}
	if log != nil {
		log.addWay(now, to)
	}
	defer kind.wrote()
	defer a.wroteWay(to)
	err = confirm.Again(ctx, func(ctx context.Context) error { return kind.Write(ctx, to) }, func(ctx context.Context) (bool, error) {
		again, err := kind.Get(ctx, way.SID, way.Field)
		return again == now, err
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w", way, err)
	}
	return nil
}

// WroteWay reports whether this process has written a way in.
func (w *ways) WroteWay(way bot.Way) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.written[way.Key()]
}

func (w *ways) wroteWay(way bot.Way) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written[way.Key()] = true
}

// ClaimWay takes a way in for a binding of this run.
func (a *Account) ClaimWay(way bot.Way) { a.claim(way.SID, []bot.Channel{way.Channel}) }

// WayClaimed reports whether a binding of this run has taken a way in.
func (a *Account) WayClaimed(way bot.Way) bool { return a.hasClaimed(way.SID, way.Channel) }
