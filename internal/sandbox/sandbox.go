package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// The starter account every sandbox begins with. These give access only to
// sandboxes, and are alphanumeric because twilio-go refuses other credentials.
const (
	StarterAccountSID   = "AC00000000000000000000000000005a11"
	StarterAuthToken    = "sandboxstarterauthtoken"
	StarterAPIKeySID    = "SK00000000000000000000000000005a11"
	StarterAPIKeySecret = "sandboxstarterapikeysecret"
)

// StarterNumbers are the phone numbers the starter account owns, in E.164.
func StarterNumbers() []string {
	return []string{"+447447735023", "+447700900123", "+12025550142"}
}

// Sandbox is a Twilio in memory or on a file. It is safe for concurrent use.
type Sandbox struct {
	clock    func() time.Time
	sids     func(prefix string) string
	defaults Settings
	hosts    map[string]*host
	tables   []stored
	bots     []botKind
	// receivers find what people write to or call.
	receivers []findReceiver
	knobs     http.Handler
	console   http.Handler
	// watched is closed when no page is to watch the sandbox any more.
	watched    chan struct{}
	endWatches func()
	traffic    *traffic
	faults     *faults

	tokens   sync.Map // of accounts other than the starter's, by SID, for the life of the process
	contacts sync.Map // of contacts with a turn in progress
	sockets  sockets

	sidsMu  sync.Mutex
	mu      sync.Mutex
	file    *stateFile // nil in memory
	state   *state
	history []version
}

// Option configures a new Sandbox.
type Option func(*Sandbox)

// WithClock replaces the wall clock.
func WithClock(clock func() time.Time) Option {
	return func(s *Sandbox) { s.clock = clock }
}

// WithSIDs sets the source of identifiers: it is called with the prefix ("PN")
// and returns the whole SID, prefix and 32 hexadecimal digits. The empty prefix
// asks for a secret (the token of a new account). It must never repeat a value.
// It is called by one goroutine at a time.
func WithSIDs(sids func(prefix string) string) Option {
	return func(s *Sandbox) { s.sids = sids }
}

// WithSettings sets the settings a new or reset sandbox starts with.
func WithSettings(settings Settings) Option {
	return func(s *Sandbox) { s.defaults = settings }
}

// New returns a sandbox in memory, with the starter account.
func New(options ...Option) *Sandbox {
	s := build(options)
	s.state = s.starterState()
	return s
}

func build(options []Option) *Sandbox {
	s := &Sandbox{clock: time.Now, sids: randomSID, traffic: &traffic{}, faults: &faults{}}
	for _, option := range options {
		option(s)
	}
	s.hosts = map[string]*host{}
	for _, p := range allProducts() {
		s.hosts[p.host] = newHost(p)
		s.tables = append(s.tables, p.tables...)
		s.bots = append(s.bots, p.bots...)
		s.receivers = append(s.receivers, p.receivers...)
	}
	s.knobs = s.knobRoutes()
	s.console = s.consoleRoutes()
	s.watched = make(chan struct{})
	s.endWatches = sync.OnceFunc(func() { close(s.watched) })
	return s
}

func randomSID(prefix string) string {
	var b [16]byte
	rand.Read(b[:])
	return prefix + hex.EncodeToString(b[:])
}

// version is the state up to a moment.
type version struct {
	state *state
	until time.Time
}

// The history serves stale reads; beyond these bounds a stale read answers the
// oldest state still known.
const (
	historyLength = 256
	historyAge    = 10 * time.Minute
)

// replace makes next the current state and adds the previous one to the history.
func (s *Sandbox) replace(next *state, now time.Time) {
	if s.state != nil {
		s.history = append(s.history, version{s.state, now})
	}
	drop := max(0, len(s.history)-historyLength)
	for drop < len(s.history) && now.Sub(s.history[drop].until) > historyAge {
		drop++
	}
	s.history = append(s.history[:0:0], s.history[drop:]...)
	s.state = next
}

// asOf returns the state at a moment.
func (s *Sandbox) asOf(moment time.Time) *state {
	for _, v := range s.history {
		if v.until.After(moment) {
			return v.state
		}
	}
	return s.state
}
