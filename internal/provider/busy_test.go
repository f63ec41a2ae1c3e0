package provider

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// moody refuses one call in ten with 429 and fails to do another with 503, half of which are
// done all the same.
type moody struct {
	next http.Handler

	mu              sync.Mutex
	random          *rand.Rand
	refused, failed int
}

func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	drawn := m.random.IntN(20)
	switch {
	case drawn < 2:
		m.refused++
	case drawn < 4:
		m.failed++
	}
	m.mu.Unlock()
	status := http.StatusServiceUnavailable
	switch drawn {
	case 0, 1:
		status = http.StatusTooManyRequests
	case 2:
	case 3:
		m.next.ServeHTTP(httptest.NewRecorder(), r)
	default:
		m.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"code": %d, "message": "Not now", "more_info": "https://www.twilio.com/docs/errors/%d", "status": %d}`, 20000+status, 20000+status, status)
}

// parallelism is how many resources Terraform reads or changes at once.
const parallelism = 10

// together does something for many resources at once, in one process, as Terraform does.
func (s *stack) together(blocks []block, do func(s *stack, p *wire, b block) error) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(parallelism)
	var mu sync.Mutex
	for _, b := range blocks {
		own := s.beside()
		group.Go(func() error {
			if err := do(own, p, b); err != nil {
				return fmt.Errorf("%s: %w", b.address, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if delete(s.states, b.address); !p.null(b.kind(), own.states[b.address].state) {
				s.states[b.address] = own.states[b.address]
			}
			return nil
		})
	}
	return group.Wait()
}

// carriedOut counts, since the journal was cleared, the calls that were refused for being too
// many, the writes that were carried out, and those of them that were more than once.
func carriedOut(box *sandbox.Sandbox) (calls, refused, writes int, repeated []string) {
	counts := map[string]int{}
	for _, each := range box.Journal() {
		if calls++; each.Status == http.StatusTooManyRequests {
			refused++
		}
		if each.Method == http.MethodPost && each.Status < 300 {
			counts[each.Host+each.Path+" "+each.Form.Encode()]++
			writes++
		}
	}
	for write, n := range counts {
		if n > 1 {
			repeated = append(repeated, fmt.Sprintf("%d times %s", n, write))
		}
	}
	slices.Sort(repeated)
	return calls, refused, writes, repeated
}

// Every operation succeeds where Twilio takes few calls at once, and where it fails one in
// five at random, and carries no write out twice.
func TestOperationsSucceedOnABusyAccount(t *testing.T) {
	t.Parallel()
	const numbers = 40
	for name, busy := range map[string]func(t *testing.T, box *sandbox.Sandbox) http.Handler{
		"5 in flight": func(t *testing.T, box *sandbox.Sandbox) http.Handler {
			if err := errors.Join(
				box.AddFault(sandbox.Fault{Kind: sandbox.FaultDelay, DelayMS: 50, Times: -1}),
				box.AddFault(sandbox.Fault{MaxInFlight: 5}),
			); err != nil {
				t.Fatal(err)
			}
			return box
		},
		"one in five fails": func(_ *testing.T, box *sandbox.Sandbox) http.Handler {
			return &moody{next: box, random: rand.New(rand.NewPCG(13, 3))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, s *stack, h *hanging) {
				s.settings = map[string]tftypes.Value{"max_retries": tftypes.NewValue(tftypes.Number, nil)}
				for i := range numbers {
					if _, err := s.w.box.AddNumber(fmt.Sprintf(`{"phone_number": "+1202555%04d"}`, i)); err != nil {
						t.Fatal(err)
					}
				}
				h.next = busy(t, s.w.box)
				var bindings []block
				for i := range numbers {
					bindings = append(bindings, block{fmt.Sprintf("twiliobot_phone_number_binding.n%d", i), bindingBlock(fmt.Sprintf("+1202555%04d", i), "bot").values})
				}
				first, renamed := botBlock("bot", content("studio", "first", 1)), botBlock("bot", content("studio", "renamed", 1))
				change := func(s *stack, p *wire, b block) error {
					bot := s.states[first.address]
					refs := map[string]tftypes.Value{}
					if bot.state != nil {
						refs[first.address] = p.attribute(bot.kind, bot.state, "sid")
					}
					planned, err := s.planOne(p, b, s.states[b.address], refs, nil)
					if err != nil || planned.noop {
						return err
					}
					return s.carryOut(p, b, 0, planned)
				}
				read := func(s *stack, p *wire, b block) error { return s.reread(p, b.address) }
				remove := func(s *stack, p *wire, b block) error {
					private, err := s.planDeletion(p, s.states[b.address])
					if err == nil {
						err = s.delete(p, s.states[b.address], private)
					}
					delete(s.states, b.address)
					return err
				}
				suspended := suspensionBlock()
				calls, refused := 0, 0
				for _, step := range []struct {
					name   string
					blocks []block
					do     func(s *stack, p *wire, b block) error
					writes int // at least
				}{
					{"creating the bot", []block{first}, change, 1},
					{"binding", bindings, change, numbers},
					{"refreshing", bindings, read, 0},
					{"renaming", []block{renamed}, change, numbers},
					{"reading the bindings of the new bot", bindings, read, 0},
					{"updating the bindings", bindings, change, 0},
					{"suspending", []block{suspended}, change, numbers},
					{"resuming", []block{suspended}, remove, numbers},
					{"freeing", bindings, remove, numbers},
					{"deleting the bot", []block{first}, remove, 0},
				} {
					s.w.box.ClearJournal()
					if err := s.together(step.blocks, step.do); err != nil {
						t.Fatalf("%s: %v", step.name, err)
					}
					made, turnedAway, writes, repeated := carriedOut(s.w.box)
					calls, refused = calls+made, refused+turnedAway
					if writes < step.writes || len(repeated) > 0 {
						t.Errorf("%s: of %d writes these were carried out more than once:\n%s", step.name, writes, strings.Join(repeated, "\n"))
					}
				}
				// Once the client of a walk has learned how many are taken, it is refused little.
				if refused > calls/8 {
					t.Errorf("of %d calls %d were refused, because there were too many at once", calls, refused)
				}
				if m, ok := h.next.(*moody); ok && (m.refused < numbers || m.failed < numbers) {
					t.Errorf("only %d were refused and %d failed", m.refused, m.failed)
				}
			})
		})
	}
}
