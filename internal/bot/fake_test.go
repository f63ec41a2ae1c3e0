package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// fakeHost is an engine in memory: it keeps names and marks, and no content.
type fakeHost struct {
	mu     sync.Mutex
	prefix string
	rows   []Bot
	made   int
}

var _ Host = &fakeHost{}

func newFakeHost(prefix string, rows ...Bot) *fakeHost { return &fakeHost{prefix: prefix, rows: rows} }

func (h *fakeHost) List(context.Context) ([]Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.rows), nil
}

func (h *fakeHost) Find(ctx context.Context, name string) ([]Bot, error) {
	all, err := h.List(ctx)
	return slices.DeleteFunc(all, func(b Bot) bool { return b.UniqueName != name }), err
}

func (h *fakeHost) Get(_ context.Context, sid string) (Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at := h.at(sid); at >= 0 {
		return h.rows[at], nil
	}
	return Bot{}, ErrNotFound
}

func (h *fakeHost) at(sid string) int {
	return slices.IndexFunc(h.rows, func(b Bot) bool { return b.SID == sid })
}

func (h *fakeHost) Read(ctx context.Context, sid string) (Bot, error) { return h.Get(ctx, sid) }

func (h *fakeHost) Create(_ context.Context, spec Spec) (Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made++
	made := Bot{SID: fmt.Sprintf("%s%032x", h.prefix, h.made), AccountSID: testAccount, UniqueName: spec.UniqueName, Replaces: spec.Replaces}
	made.Suspends, _ = SuspendedBot(spec.UniqueName)
	h.rows = append(h.rows, made)
	return made, nil
}

func (h *fakeHost) Update(_ context.Context, sid string, _, to Spec) (Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.at(sid)
	if at < 0 {
		return Bot{}, ErrNotFound
	}
	h.rows[at].UniqueName = to.UniqueName
	h.rows[at].Suspends, _ = SuspendedBot(to.UniqueName)
	return h.rows[at], nil
}

func (h *fakeHost) Unmark(_ context.Context, sid string, _ Spec) (Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.at(sid)
	h.rows[at].Replaces = ""
	return h.rows[at], nil
}

func (h *fakeHost) Successor(context.Context, string) (Bot, error) { return Bot{}, ErrNotFound }

func (h *fakeHost) Delete(_ context.Context, sid string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rows = slices.DeleteFunc(h.rows, func(b Bot) bool { return b.SID == sid })
	return nil
}

func (h *fakeHost) Discard(ctx context.Context, sid string) error { return h.Delete(ctx, sid) }

func (h *fakeHost) Tasks(context.Context, string) ([]string, error) { return nil, nil }

// fakeServices is an account's Messaging Services, each with the numbers it answers
// for.
type fakeServices struct {
	of      map[string]Service // by the SID of a number
	pointed map[string]string
}

func (f fakeServices) List(context.Context) ([]Service, error) {
	var all []Service
	for _, service := range f.of {
		if url, ok := f.pointed[service.SID]; ok {
			service.InboundURL = url
		}
		all = append(all, service)
	}
	return all, nil
}

func (f fakeServices) Members(_ context.Context, serviceSID string) ([]string, error) {
	var members []string
	for sid, service := range f.of {
		if service.SID == serviceSID {
			members = append(members, sid)
		}
	}
	return members, nil
}

func (f fakeServices) Point(_ context.Context, serviceSID, url, _ string) error {
	f.pointed[serviceSID] = url
	return nil
}
