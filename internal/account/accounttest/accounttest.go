// Package accounttest has accounts in memory for tests of what is done with accounts.
package accounttest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// The account and bots of the tests.
const (
	SID         = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	Flow        = "FWbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	Application = "APcccccccccccccccccccccccccccccccc"
	Assistant   = "UAdddddddddddddddddddddddddddddddd"
)

// NumberSID is the SID of the i-th number.
func NumberSID(i int) string { return fmt.Sprintf("PN%032x", i) }

// Numbers is an account's numbers in memory, with a count of the calls.
type Numbers struct {
	mu      sync.Mutex
	Rows    map[string]bot.Number
	Calls   map[string]int
	Clock   time.Time
	OnList  func()                 // before a page of a listing is taken
	OnWrite func(sid string) error // after a write

	PageSize int // of listings; 0 is no limit
}

var _ account.Numbers = &Numbers{}

// NewNumbers is n numbers that carry messages and calls and answer nothing.
func NewNumbers(n int) *Numbers {
	f := &Numbers{Rows: map[string]bot.Number{}, Calls: map[string]int{}, Clock: time.Unix(1_700_000_000, 0)}
	for i := range n {
		sid := NumberSID(i)
		f.Rows[sid] = bot.Number{SID: sid, AccountSID: SID, PhoneNumber: fmt.Sprintf("+1202555%04d", i), Capabilities: bot.Capabilities{SMS: true, Voice: true}}
	}
	return f
}

// Set changes a number behind the back of the account.
func (f *Numbers) Set(sid string, change func(*bot.Number)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	row := f.Rows[sid]
	change(&row)
	f.Clock = f.Clock.Add(time.Second)
	row.DateUpdated = f.Clock
	f.Rows[sid] = row
}

// Number is a number as it is now.
func (f *Numbers) Number(sid string) bot.Number {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Rows[sid]
}

// Pages lists the numbers, in pages of PageSize where that is set. Its pages are counted as
// calls of "list", the looks for what they missed, of which there are none, as "missed".
func (f *Numbers) Pages(label string) (next func(context.Context) ([]bot.Number, bool, error), missed func(context.Context) ([]bot.Number, error)) {
	from := 0
	next = func(context.Context) ([]bot.Number, bool, error) {
		if f.OnList != nil {
			f.OnList()
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Calls["list"]++
		var all []bot.Number
		for _, sid := range slices.Sorted(maps.Keys(f.Rows)) {
			if label == "" || f.Rows[sid].FriendlyName == label {
				all = append(all, f.Rows[sid])
			}
		}
		size := cmp.Or(f.PageSize, len(all))
		page := all[min(from, len(all)):min(from+size, len(all))]
		from += size
		return page, from >= len(all), nil
	}
	missed = func(context.Context) ([]bot.Number, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Calls["missed"]++
		return nil, nil
	}
	return next, missed
}

// Find finds a number.
func (f *Numbers) Find(_ context.Context, phone string) (bot.Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Calls["find"]++
	for _, row := range f.Rows {
		if row.PhoneNumber == phone {
			return row, nil
		}
	}
	return bot.Number{}, bot.ErrNotFound
}

// Get reads a number.
func (f *Numbers) Get(_ context.Context, sid string) (bot.Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Calls["get"]++
	row, ok := f.Rows[sid]
	if !ok {
		return bot.Number{}, bot.ErrNotFound
	}
	return row, nil
}

// Update writes a number.
func (f *Numbers) Update(_ context.Context, sid string, change bot.NumberChange) (bot.Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Calls["update"]++
	f.Clock = f.Clock.Add(time.Second)
	row := change.Apply(f.Rows[sid])
	row.DateUpdated = f.Clock
	f.Rows[sid] = row
	if f.OnWrite != nil {
		if err := f.OnWrite(sid); err != nil {
			return bot.Number{}, err
		}
	}
	return row, nil
}

// Buy adds a number, or changes the settings of the one of its phone number.
func (f *Numbers) Buy(_ context.Context, order bot.NumberOrder) (bot.Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Calls["buy"]++
	f.Clock = f.Clock.Add(time.Second)
	row := bot.Number{SID: NumberSID(1_000_000 + len(f.Rows)), AccountSID: SID, PhoneNumber: order.PhoneNumber, Capabilities: bot.Capabilities{SMS: true, Voice: true}}
	for _, owned := range f.Rows {
		if owned.PhoneNumber == order.PhoneNumber {
			row = owned
		}
	}
	row.Settings, row.DateUpdated = order.Settings.Apply(row.Settings), f.Clock
	f.Rows[row.SID] = row
	return row, nil
}

// Release deletes a number.
func (f *Numbers) Release(_ context.Context, sid string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Calls["release"]++
	delete(f.Rows, sid)
	return nil
}

// Host is an engine in memory: it keeps names, marks and holds, and no content.
type Host struct {
	mu     sync.Mutex
	prefix string
	Bots   []bot.Bot
	Held   []bot.Hold     // of an engine of applications
	Flows  []bot.HoldFlow // of an engine of flows
	made   int
}

var (
	_ account.Host       = &Host{}
	_ account.Holder     = &Host{}
	_ account.FlowHolder = &Host{}
)

// NewHost is an engine whose SIDs have a prefix.
func NewHost(prefix string, bots ...bot.Bot) *Host { return &Host{prefix: prefix, Bots: bots} }

// List lists the bots and holds.
func (h *Host) List(context.Context) (bot.Listing, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	listed := bot.Listing{Bots: slices.Clone(h.Bots), Holds: slices.Clone(h.Held)}
	for _, flow := range h.Flows {
		listed.Holds = append(listed.Holds, flow.Hold())
	}
	return listed, nil
}

// Find finds bots by name.
func (h *Host) Find(ctx context.Context, name string) ([]bot.Bot, error) {
	all, err := h.List(ctx)
	return slices.DeleteFunc(all.Bots, func(b bot.Bot) bool { return b.UniqueName != name }), err
}

// Get reads a bot.
func (h *Host) Get(_ context.Context, sid string) (bot.Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hold := range h.Held {
		if hold.SID == sid {
			return bot.Bot{}, hold.NoBot()
		}
	}
	if at := h.at(sid); at >= 0 {
		return h.Bots[at], nil
	}
	return bot.Bot{}, bot.ErrNotFound
}

func (h *Host) at(sid string) int {
	return slices.IndexFunc(h.Bots, func(b bot.Bot) bool { return b.SID == sid })
}

// Read reads a bot.
func (h *Host) Read(ctx context.Context, sid string) (bot.Bot, error) { return h.Get(ctx, sid) }

func (h *Host) sid() string {
	h.made++
	return fmt.Sprintf("%s%032x", h.prefix, h.made)
}

// Create creates a bot.
func (h *Host) Create(_ context.Context, spec bot.Spec) (bot.Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	made := bot.Bot{SID: h.sid(), AccountSID: SID, UniqueName: spec.UniqueName, FriendlyName: spec.FriendlyName, Content: spec.Content, Replaces: spec.Replaces}
	h.Bots = append(h.Bots, made)
	return made, nil
}

// Update renames a bot.
func (h *Host) Update(_ context.Context, sid string, _, to bot.Spec) (bot.Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.at(sid)
	if at < 0 {
		return bot.Bot{}, bot.ErrNotFound
	}
	h.Bots[at].UniqueName = to.UniqueName
	return h.Bots[at], nil
}

// Unmark takes the mark of a replacement off a bot.
func (h *Host) Unmark(_ context.Context, sid string, _ bot.Spec) (bot.Bot, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.at(sid)
	h.Bots[at].Replaces = ""
	return h.Bots[at], nil
}

// Successor finds nothing.
func (h *Host) Successor(context.Context, string) (bot.Bot, error) {
	return bot.Bot{}, bot.ErrNotFound
}

// Delete deletes a bot.
func (h *Host) Delete(_ context.Context, sid string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Bots = slices.DeleteFunc(h.Bots, func(b bot.Bot) bool { return b.SID == sid })
	return nil
}

// Discard deletes a bot.
func (h *Host) Discard(ctx context.Context, sid string) error { return h.Delete(ctx, sid) }

// Tasks is empty.
func (h *Host) Tasks(context.Context, string) ([]string, error) { return nil, nil }

// FindHolds finds the holds of a bot.
func (h *Host) FindHolds(_ context.Context, botSID string) ([]bot.Hold, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.Held), func(hold bot.Hold) bool { return hold.BotSID != botSID }), nil
}

// CreateHold creates the hold of a bot.
func (h *Host) CreateHold(_ context.Context, hold bot.Hold) (bot.Hold, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	hold.SID = h.sid()
	h.Held = append(h.Held, hold)
	return hold, nil
}

// WriteHold makes a hold that of another bot or flow.
func (h *Host) WriteHold(_ context.Context, hold bot.Hold) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.Held {
		if h.Held[i].SID == hold.SID {
			h.Held[i] = hold
		}
	}
	return nil
}

// DeleteHold deletes a hold.
func (h *Host) DeleteHold(_ context.Context, sid string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Held = slices.DeleteFunc(h.Held, func(hold bot.Hold) bool { return hold.SID == sid })
	return nil
}

func (h *Host) flowAt(sid string) int {
	return slices.IndexFunc(h.Flows, func(flow bot.HoldFlow) bool { return flow.SID == sid })
}

// FindHoldFlows finds the hold flows of a bot.
func (h *Host) FindHoldFlows(ctx context.Context, botSID string) ([]bot.Hold, error) {
	listed, err := h.List(ctx)
	return slices.DeleteFunc(listed.Holds, func(hold bot.Hold) bool { return hold.BotSID != botSID }), err
}

// ReadHoldFlow reads a hold flow.
func (h *Host) ReadHoldFlow(_ context.Context, sid string) (bot.HoldFlow, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at := h.flowAt(sid); at >= 0 {
		return h.Flows[at], nil
	}
	return bot.HoldFlow{}, bot.ErrNotFound
}

// CreateHoldFlow creates a hold flow.
func (h *Host) CreateHoldFlow(_ context.Context, flow bot.HoldFlow) (bot.HoldFlow, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	flow.SID = h.sid()
	flow.URL = "https://webhooks.dublin.ie1.twilio.com/v1/Accounts/" + SID + "/Flows/" + flow.SID
	h.Flows = append(h.Flows, flow)
	return flow, nil
}

// WriteHoldFlow writes a hold flow.
func (h *Host) WriteHoldFlow(_ context.Context, flow bot.HoldFlow) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.flowAt(flow.SID)
	if at < 0 {
		return bot.ErrNotFound
	}
	h.Flows[at] = flow
	return nil
}

// DeleteHoldFlow deletes a hold flow.
func (h *Host) DeleteHoldFlow(_ context.Context, sid string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Flows = slices.DeleteFunc(h.Flows, func(flow bot.HoldFlow) bool { return flow.SID == sid })
	return nil
}

// Services is an account's Messaging Services, each with a number that it answers for.
type Services struct {
	Of      map[string]bot.Service // by the SID of a number
	Pointed map[string]string
}

// List lists the services.
func (f Services) List(context.Context) ([]bot.Service, error) {
	var all []bot.Service
	for _, service := range f.Of {
		if url, ok := f.Pointed[service.SID]; ok {
			service.InboundURL = url
		}
		service.AccountSID = SID
		all = append(all, service)
	}
	return all, nil
}

// Members lists the numbers of a service.
func (f Services) Members(_ context.Context, serviceSID string) ([]string, error) {
	var members []string
	for sid, service := range f.Of {
		if service.SID == serviceSID {
			members = append(members, sid)
		}
	}
	return members, nil
}

// Get gives a service.
func (f Services) Get(ctx context.Context, serviceSID string) (bot.Service, error) {
	all, err := f.List(ctx)
	if at := slices.IndexFunc(all, func(s bot.Service) bool { return s.SID == serviceSID }); at >= 0 {
		return all[at], err
	}
	return bot.Service{}, bot.ErrNotFound
}

// Point points a service at a URL.
func (f Services) Point(_ context.Context, serviceSID, url, _ string, _ bool) error {
	f.Pointed[serviceSID] = url
	return nil
}
