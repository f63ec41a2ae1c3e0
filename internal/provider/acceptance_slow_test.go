package provider

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	everySlow = flag.Bool("slow", false, "run every test on a slow network, as `make slow` does")
	seed      = flag.Uint64("seed", 1, "the seed from which the delays of a slow network are drawn")
)

// slowSample begins the names of the tests that always run on a slow network.
const slowSample = "TestSlowNetwork"

// isSlow reports whether a test runs on a slow network.
func isSlow(t *testing.T) bool { return *everySlow || strings.HasPrefix(t.Name(), slowSample) }

// TestSlowNetwork is a sample of the tests that change several things at once; `make
// slow` runs all of them on a slow network.
func TestSlowNetwork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T){
		"TestBindingsThatDependOnTheSuspensionGoFirst": TestBindingsThatDependOnTheSuspensionGoFirst,
		"TestBotMovesBetweenEveryPairOfEngines":        TestBotMovesBetweenEveryPairOfEngines,
		"TestRenameThatFailsIsTakenBack":               TestRenameThatFailsIsTakenBack,
		"TestResumedNumbersAreAsTheyWere":              TestResumedNumbersAreAsTheyWere,
		"TestSuspensionAndBindingOfOneApply":           TestSuspensionAndBindingOfOneApply,
	} {
		t.Run(name, test)
	}
}

// slowed puts a slow network between the clients of a test and next, where the test
// runs on one. A test that fails on it names the seed.
func slowed(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	if !isSlow(t) {
		return next
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the network was slow: -slow -seed %d", *seed)
		}
	})
	return &slowNetwork{next: next, name: t.Name(), seed: *seed, requests: map[string]int{}}
}

// slowNetwork delays requests and answers as a real network does, and changes nothing
// else. The sandbox answers in microseconds: without delays, requests of resources that
// Terraform applies at once hardly ever overlap, and no answer is older than a write
// that ended before it arrived.
//
// A delay depends on the seed, the test, the request without its SIDs, and how often
// that was made before. So a seed gives the same delays in each run, but for requests
// that are equal: which of those comes first depends on the scheduler.
type slowNetwork struct {
	next http.Handler
	name string
	seed uint64

	mu       sync.Mutex
	requests map[string]int
}

// delayRange is the shortest and the longest delay of a kind of request.
type delayRange struct{ least, most time.Duration }

// A list takes longer than a single object, and long enough for a write and its
// read-back to begin and end meanwhile.
var (
	listDelay   = delayRange{40 * time.Millisecond, 300 * time.Millisecond}
	objectDelay = delayRange{5 * time.Millisecond, 60 * time.Millisecond}
	writeDelay  = delayRange{5 * time.Millisecond, 150 * time.Millisecond}
)

var (
	sidForm = regexp.MustCompile(`[A-Z]{2}[0-9a-f]{32}`)
	// listForm is the end of a list's path: the name of a collection.
	listForm = regexp.MustCompile(`^[A-Z][A-Za-z]+(\.json)?$`)
)

func delayOf(r *http.Request) delayRange {
	switch {
	case r.Method != http.MethodGet:
		return writeDelay
	case listForm.MatchString(path.Base(r.URL.Path)):
		return listDelay
	default:
		return objectDelay
	}
}

// delays draws how late a request arrives and how late its answer; one of them is zero.
func (n *slowNetwork) delays(r *http.Request, body []byte) (request, answer time.Duration) {
	what := sidForm.ReplaceAllString(fmt.Sprintln(r.Method, r.Host, r.URL.Path, r.URL.RawQuery, string(body)), "")
	n.mu.Lock()
	n.requests[what]++
	nth := n.requests[what]
	n.mu.Unlock()
	key := fnv.New64a()
	fmt.Fprintln(key, n.name, what, nth)
	draw := rand.New(rand.NewPCG(n.seed, key.Sum64())) //nolint:gosec // a delay, not a secret
	between := delayOf(r)
	delay := between.least + time.Duration(draw.Int64N(int64(between.most-between.least)))
	if draw.IntN(2) == 0 {
		return delay, 0
	}
	return 0, delay
}

func (n *slowNetwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	before, after := n.delays(r, body)
	if !wait(r.Context(), before) {
		panic(http.ErrAbortHandler)
	}
	answer := &pendingAnswer{ResponseRecorder: httptest.NewRecorder(), connection: w}
	n.next.ServeHTTP(answer, r)
	if answer.hijacked || !wait(r.Context(), after) {
		return
	}
	answer.deliver()
}

// pendingAnswer is an answer that is made and not yet delivered. A handler that cuts
// the connection does so at once.
type pendingAnswer struct {
	*httptest.ResponseRecorder
	connection http.ResponseWriter
	hijacked   bool
}

func (a *pendingAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.hijacked = true
	return http.NewResponseController(a.connection).Hijack()
}

func (a *pendingAnswer) deliver() {
	maps.Copy(a.connection.Header(), a.Header())
	a.connection.WriteHeader(a.Code)
	_, _ = a.connection.Write(a.Body.Bytes()) // a client that went away needs no answer
}

// wait reports whether the context outlasts the delay.
func wait(ctx context.Context, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
