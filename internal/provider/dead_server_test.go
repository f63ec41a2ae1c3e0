package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// hanging is a server that stops answering at a call.
type hanging struct {
	next http.Handler

	mu    sync.Mutex
	calls int
	from  int           // the first call that is not answered; 0 for none
	hung  int           // how many were not
	at    chan struct{} // closed when the first is
	over  chan struct{} // closed when those that hang are cut
}

func (h *hanging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.calls++
	hangs := h.from > 0 && h.calls >= h.from
	if hangs {
		if h.hung++; h.hung == 1 {
			close(h.at)
		}
	}
	over := h.over
	h.mu.Unlock()
	if hangs {
		select {
		case <-r.Context().Done():
		case <-over:
		}
		panic(http.ErrAbortHandler)
	}
	h.next.ServeHTTP(w, r)
}

// hangs makes the server hang at the nth call from now on; 0 lets it answer all, and cuts
// those that still hang: a listing that was begun goes on when nobody waits for it.
func (h *hanging) hangs(nth int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over != nil {
		close(h.over)
	}
	h.calls, h.from, h.hung, h.at, h.over = 0, nth, 0, make(chan struct{}), make(chan struct{})
}

// waiting is how many calls were not answered.
func (h *hanging) waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hung
}

// inBubble runs a test with a stack and a server that may stop answering, where time passes
// only while everything waits.
func inBubble(t *testing.T, test func(t *testing.T, s *stack, h *hanging)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &hanging{}
		w := &world{t: t, box: sandbox.New(quick()), server: &httptest.Server{URL: "http://localhost:1", Config: &http.Server{Handler: h}}} //nolint:gosec // it listens on no port
		h.next = w.box
		test(t, newStack(w, w.server.URL), h)
	})
}

// stopped calls the provider, tells it to stop once the server hangs, and returns what it
// says. Before that it must wait, and after it not.
func stopped(t *testing.T, h *hanging, p *wire, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case <-h.at:
	case err := <-done:
		t.Fatalf("it ended before the server hung: %v", err)
	}
	if _, err := p.server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}
	return <-done
}

func TestStoppedPlanEndsWhileACallHangs(t *testing.T) {
	t.Parallel()
	blocks := []block{botBlock("bot", content("studio", "first", 1)), bindingBlock(ukNumber, "bot"), deskBlock(oneService, "bot"), suspensionBlock()}
	for i, b := range blocks {
		t.Run(b.kind(), func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, s *stack, h *hanging) {
				s.w.addService(deferring+`, "sid": "`+oneService+`"`, usNumber)
				if err := s.apply(blocks, true); err != nil {
					t.Fatal(err)
				}
				// At once, whichever call it is that hangs: no time passes in between.
				ends := func(what string, call func(p *wire) error) {
					for nth := 1; ; nth++ {
						p, err := s.provider()
						if err != nil {
							t.Fatal(err)
						}
						h.hangs(nth)
						var ended bool
						go func() { _ = call(p); ended = true }()
						synctest.Wait()
						if ended {
							if nth == 1 {
								t.Fatalf("%s ended without a call", what)
							}
							return
						}
						if _, err := p.server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
							t.Fatal(err)
						}
						synctest.Wait()
						if !ended {
							t.Errorf("%s goes on while call %d hangs", what, nth)
						}
						h.hangs(0)
						synctest.Wait()
					}
				}
				ends("the refresh", func(p *wire) error { _, err := p.read(s.states[b.address]); return err })
				ends("the plan", func(p *wire) error {
					bot := s.states[blocks[0].address]
					refs := map[string]tftypes.Value{blocks[0].address: p.attribute(bot.kind, bot.state, "sid")}
					_, err := s.planOne(p, b, savedState{}, refs, nil)
					return err
				})
				if i > 0 {
					return
				}
				for _, source := range []string{"twiliobot_deployed_bots", "twiliobot_phone_numbers"} {
					ends(source, func(p *wire) error {
						_, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: source, Config: p.value(p.schema.DataSourceSchemas[source], nil)})
						return err
					})
				}
			})
		})
	}
}

func TestServerThatIsGoneEndsAnInterruptedApply(t *testing.T) {
	t.Parallel()
	const numbers = 10
	blocks := func(name string) []block {
		all := []block{botBlock("bot", content("studio", name, 1))}
		for i := range numbers {
			all = append(all, block{fmt.Sprintf("twiliobot_phone_number_binding.n%d", i), bindingBlock(fmt.Sprintf("+1202555%04d", i), "bot").values})
		}
		return all
	}
	inBubble(t, func(t *testing.T, s *stack, h *hanging) {
		for i := range numbers {
			if _, err := s.w.box.AddNumber(fmt.Sprintf(`{"phone_number": "+1202555%04d"}`, i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.apply(blocks("first"), true); err != nil {
			t.Fatal(err)
		}
		renamed := blocks("renamed")
		for nth, words := range map[int]string{
			3:  "looking for a bot named",
			12: "could not be undone. Each phone number answers for one of the two bots",
			25: "could not be undone. Each phone number answers for one of the two bots",
			40: "could not be undone. Each Messaging Service, and whatever else leads to it, leads to one of the two bots",
			54: "The new bot carries every phone number",
			62: "The old bot is deleted",
		} {
			p, err := s.provider()
			if err != nil {
				t.Fatal(err)
			}
			change, err := s.planOne(p, renamed[0], s.states[renamed[0].address], nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			h.hangs(nth)
			err = stopped(t, h, p, func() error { return s.carryOut(p, renamed[0], 0, change) })
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("stopped at call %d it does not say %q: %v", nth, words, err)
			}
			// Each number that is being written may be looked at, and read once to be undone.
			if hung := h.waiting(); hung > 2*numbers {
				t.Errorf("stopped at call %d, %d calls were waited for", nth, hung)
			}
			h.hangs(0)
			if err := s.apply(blocks("first"), true); err != nil {
				t.Fatalf("stopped at call %d, and applied again: %v", nth, err)
			}
			if err := s.empty(blocks("first")); err != nil {
				t.Error(err)
			}
		}
	})
}
