package provider

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What a slow network causes by chance, these tests cause each time: they hold one
// answer back while another operation runs.

// lateAnswer is the answer to one request: computed when the request arrives, and
// delivered when it is released.
type lateAnswer struct {
	next    http.Handler
	matches func(*http.Request) bool
	once    sync.Once
	// computed is closed when the answer exists, released when it may be delivered.
	computed, released chan struct{}
}

// holdBack holds back the answer to the first matching request from now on.
func (b bench) holdBack(matches func(*http.Request) bool) *lateAnswer {
	late := &lateAnswer{next: b.gate.next, matches: matches, computed: make(chan struct{}), released: make(chan struct{})}
	b.gate.next = late
	return late
}

func (l *lateAnswer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first := false
	if l.matches(r) {
		l.once.Do(func() { first = true })
	}
	if !first {
		l.next.ServeHTTP(w, r)
		return
	}
	answer := &pendingAnswer{ResponseRecorder: httptest.NewRecorder(), connection: w}
	l.next.ServeHTTP(answer, r)
	close(l.computed)
	select {
	case <-l.released:
		answer.deliver()
	case <-r.Context().Done():
	}
}

func (l *lateAnswer) release() { close(l.released) }

// patience is how long an operation may run before the answer is released: an operation
// that waits for the answer would never end. One that does not wait ends before.
const patience = 3 * time.Second

// during runs an operation while the answer is held back, and releases it.
func (l *lateAnswer) during(operation func() error) error {
	done := make(chan error, 1)
	go func() { done <- operation() }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		l.release()
		return err
	case <-timer.C:
		l.release()
		return <-done
	}
}

func listsNumbers(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/IncomingPhoneNumbers.json")
}

func listsServices(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/v1/Services")
}

// remove deletes only the object of a resource in the state, as one of the
// operations that a process runs at once.
func (s *stack) remove(p *wire, address string) error {
	had := s.states[address]
	null := p.dynamic(p.kind(had.kind), tftypes.NewValue(p.kind(had.kind), nil))
	answer, err := p.server.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: had.kind, PriorState: had.state, PlannedState: null, Config: null, PlannedPrivate: had.private, PlannedIdentity: had.identity,
	})
	if err != nil {
		return err
	}
	return said(answer.Diagnostics)
}

// plans plans resources as the walk that applies them does, before any of them is applied.
func (s *stack) plans(p *wire, refs map[string]tftypes.Value, blocks ...block) []plannedBlock {
	p.t.Helper()
	var all []plannedBlock
	for _, b := range blocks {
		change, err := s.planOne(p, b, s.states[b.address], refs, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, change)
	}
	return all
}

// beside is the same working directory for another of the operations that a process
// runs at once.
func (s *stack) beside() *stack {
	other := *s
	other.states = maps.Clone(s.states)
	return &other
}

// The bots a, b and c are destroyed with the number of c. The removal of a lists the
// numbers before the number of c is freed, and receives the list after that.
func TestDestroyDoesNotTrustAListingBegunBeforeTheWrite(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.applied(botBlock("a", content(engine, "a", 1)), botBlock("c", content(engine, "c", 1)), bindingBlock(ukNumber, "c"))
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			old := b.holdBack(listsNumbers)
			first := make(chan error, 1)
			go func() { first <- b.remove(p, "twiliobot_assistant.a") }()
			<-old.computed
			if err := b.remove(p, "twiliobot_phone_number_binding.front"); err != nil {
				t.Fatal(err)
			}
			err = old.during(func() error { return b.remove(p, "twiliobot_assistant.c") })
			if err := errors.Join(err, <-first); err != nil {
				t.Error(err)
			}
			b.nothingLeft()
		})
	}
}

// A bot is suspended after a number was bound to it, and receives a list of numbers that
// is older than the binding.
func TestSuspensionDoesNotTrustAListingBegunBeforeTheWrite(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			blocks := []block{botBlock("other", content(engine, "other", 1)), botBlock("bot", content(engine, "first", 1))}
			b.applied(blocks...)
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			refs := map[string]tftypes.Value{"twiliobot_assistant.bot": str(b.sid("twiliobot_assistant.bot", "sid"))}
			planned := b.plans(p, refs, bindingBlock(ukNumber, "bot"), suspensionBlock())
			old := b.holdBack(listsNumbers)
			first := make(chan error, 1)
			go func() { first <- b.remove(p, "twiliobot_assistant.other") }()
			<-old.computed
			if err := b.beside().carryOut(p, bindingBlock(ukNumber, "bot"), 2, planned[0]); err != nil {
				t.Fatal(err)
			}
			err = old.during(func() error { return b.beside().carryOut(p, suspensionBlock(), 3, planned[1]) })
			if err := errors.Join(err, <-first); err != nil {
				t.Error(err)
			}
			b.answersOn()
		})
	}
}

// Another process binds a number to a bot while that is replaced, and the replacement's
// last check for such numbers receives a list that is older than the binding.
func TestReplacementDoesNotTrustAListingBegunBeforeTheWrite(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := func(name string) []block {
				return []block{botBlock("bot", content(engine, name, 1)), bindingBlock(ukNumber, "bot"), botBlock("other", content(engine, "other", 1))}
			}
			b.applied(config("first")...)
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			elsewhere, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			refs := map[string]tftypes.Value{"twiliobot_assistant.bot": str(b.sid("twiliobot_assistant.bot", "sid"))}
			renamed := config("second")[0]
			theirs := block{"twiliobot_phone_number_binding.theirs", bindingBlock(usNumber, "bot").values}
			planned := b.plans(p, refs, renamed, theirs)
			// The known numbers have moved when the services are listed.
			services := b.holdBack(listsServices)
			old := b.holdBack(func(r *http.Request) bool {
				select {
				case <-services.computed:
					return listsNumbers(r)
				default:
					return false
				}
			})
			replaced := make(chan error, 1)
			go func() { replaced <- b.beside().carryOut(p, renamed, 0, planned[0]) }()
			<-services.computed
			first := make(chan error, 1)
			go func() { first <- b.remove(p, "twiliobot_assistant.other") }()
			<-old.computed
			if err := b.beside().carryOut(elsewhere, theirs, 3, planned[1]); err != nil {
				t.Fatal(err)
			}
			services.release()
			err = old.during(func() error { return <-replaced })
			if err := errors.Join(err, <-first); err != nil {
				t.Error(err)
			}
			answerers := b.gate.answerers()
			if len(answerers) != 2 || answerers[ukNumber+" sms"] != answerers[usNumber+" sms"] {
				t.Errorf("the answering bots are %v", answerers)
			}
			if names, _ := b.gate.bots(); len(names) != 1 {
				t.Errorf("the bots are %v", names)
			}
		})
	}
}

// A number is pointed at another bot while its own is replaced, in the same apply: the
// replacement may have moved the number to the new bot already.
func TestBindingFollowsItsBotWhileThatIsReplaced(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := func(name, to string) []block {
				return []block{botBlock("bot", content(engine, name, 1)), botBlock("other", content(engine, "other", 1)), bindingBlock(ukNumber, to)}
			}
			b.applied(config("first", "bot")...)
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			refs := map[string]tftypes.Value{"twiliobot_assistant.other": str(b.sid("twiliobot_assistant.other", "sid"))}
			after := config("second", "other")
			planned := b.plans(p, refs, after[0], after[2])
			// The request after the numbers.
			services := b.holdBack(listsServices)
			replaced := make(chan error, 1)
			go func() { replaced <- b.beside().carryOut(p, after[0], 0, planned[0]) }()
			<-services.computed
			err = services.during(func() error { return b.beside().carryOut(p, after[2], 2, planned[1]) })
			if err := errors.Join(err, <-replaced); err != nil {
				t.Fatal(err)
			}
			if who := b.gate.answerers()[ukNumber+" sms"]; !strings.HasSuffix(who, " other") {
				t.Errorf("%q answers", who)
			}
			if label := field(b.w.number(ukNumber), "friendly_name"); label != "other" {
				t.Errorf("the number's label is %q", label)
			}
		})
	}
}
