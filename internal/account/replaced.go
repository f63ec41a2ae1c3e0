package account

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Pair is the two bots of a replacement that was cut off. Old has no SID when it is
// deleted already.
type Pair struct{ Old, New bot.Bot }

// UnfinishedReplacement looks for the other bot of a replacement that was cut off,
// whichever of the two the caller knows; bot.ErrNotFound when there is none. known is
// the SID of the other bot as far as the caller knows it.
func (a *Account) UnfinishedReplacement(ctx context.Context, sid, known string) (Pair, error) {
	listed, err := a.Bots(ctx, AnyTime)
	if err != nil {
		return Pair{}, err
	}
	bySID := map[string]bot.Bot{}
	for _, b := range listed.Bots {
		bySID[b.SID] = b
	}
	for _, b := range listed.Bots {
		if b.Replaces == sid {
			return Pair{bySID[sid], b}, nil
		}
	}
	current, there := bySID[sid]
	if !there {
		for _, engine := range bot.Engines() {
			found, err := a.Host(engine).Successor(ctx, sid)
			if !errors.Is(err, bot.ErrNotFound) {
				return Pair{New: found}, err
			}
		}
		return Pair{}, bot.ErrNotFound
	}
	if current.Replaces == "" {
		current.Replaces = known
	}
	old, oldThere := bySID[current.Replaces]
	if oldThere || current.Unmarking() {
		return Pair{old, current}, nil
	}
	return Pair{}, bot.ErrNotFound
}

// Unfinished gives the SIDs of the two bots of a replacement that was cut off: the one
// that a state should know, and the other; bot.ErrNotFound when there is none. A bot
// that no longer exists, and was replaced, is known by its replacement.
func (a *Account) Unfinished(ctx context.Context, sid, known string) (current, other string, err error) {
	pair, err := a.UnfinishedReplacement(ctx, sid, known)
	if err != nil {
		return "", "", err
	}
	if pair.Old.SID == sid {
		return sid, pair.New.SID, nil
	}
	other = pair.New.Replaces
	if other == "" {
		other = sid
	}
	return pair.New.SID, other, nil
}

// replacements are the bots that this run put in the place of others.
type replacements struct {
	mu    sync.Mutex
	of    map[string]string // by the SID of the old bot
	names map[string]string // that bots under a mark are about to get, by SID
}

func newReplacements() *replacements {
	return &replacements{of: map[string]string{}, names: map[string]string{}}
}

// GetsName records the name that this run is about to give a bot which bears its mark: its
// numbers get it first.
func (r *replacements) GetsName(sid, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[sid] = name
}

// NameToBe is the name that this run is about to give a bot, or gave it; empty where there
// is none.
func (r *replacements) NameToBe(sid string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[sid]
}

// Replaced records that this run put one bot in the place of another: from here on,
// bindings of this run take the new one for the old.
func (r *replacements) Replaced(old, by string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for sid, latest := range r.of {
		if latest == old {
			r.of[sid] = by
		}
	}
	if old != "" {
		r.of[old] = by
	}
}

// record is Replaced for the old bot alone.
func (r *replacements) record(old, by string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[old] = by
}

// NotReplaced takes Replaced back.
func (r *replacements) NotReplaced(old string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	by, ok := r.of[old]
	if !ok {
		return
	}
	delete(r.of, old)
	for sid, latest := range r.of {
		if latest == by {
			r.of[sid] = old
		}
	}
}

// ReplacementOf is the bot that this run put in the place of another; empty where it did
// not.
func (r *replacements) ReplacementOf(sid string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[sid]
}

// Successors lists the SIDs under which a bot is known in this run: its own, and that of
// the bot that replaced it. None for an empty SID.
func (r *replacements) Successors(sid string) []string {
	if sid == "" {
		return nil
	}
	own := []string{sid}
	if by := r.ReplacementOf(sid); by != "" {
		own = append(own, by)
	}
	return own
}

// KnowReplacement records the other bot of a replacement of this one that an earlier
// process left unfinished: numbers may route to either.
func (a *Account) KnowReplacement(ctx context.Context, sid string) error {
	pair, err := a.UnfinishedReplacement(ctx, sid, "")
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	other := pair.Old.SID
	if pair.New.SID != sid {
		other = pair.New.SID
	}
	if other != "" {
		a.record(sid, other)
	}
	return nil
}

// IsOneOf reports whether a SID is among those of Successors.
func IsOneOf(own []string, sid string) bool { return sid != "" && slices.Contains(own, sid) }

// holdsKnown are the holds that suspensions of this run say they set: where one is deleted
// by hand, nothing at Twilio says any more which bot it suspended.
type holdsKnown struct {
	mu sync.Mutex
	of map[string]string // the suspended bot, by the SID of its hold
}

func newHoldsKnown() *holdsKnown { return &holdsKnown{of: map[string]string{}} }

// KnowHolds records the holds that a suspension of a bot has set, deleted or not.
func (h *holdsKnown) KnowHolds(botSID string, holdSIDs ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, sid := range holdSIDs {
		h.of[sid] = botSID
	}
}

func (h *holdsKnown) all() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.of)
}

// KnowsHoldOf reports whether a suspension of this run has set a hold of the bot.
func (a *Account) KnowsHoldOf(botSID string) bool {
	return slices.ContainsFunc(a.knownHolds(), func(hold bot.Hold) bool { return hold.BotSID == botSID })
}
