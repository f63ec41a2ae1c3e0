package twiliotest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// Call selects a call of the Client.
type Call struct {
	Method string // empty: any
	Path   string // a regular expression, found anywhere in the path; empty: any
	Nth    int    // counted from 1 among the selected calls that come; 0 means 1
}

// Cut is a way in which a call goes wrong.
type Cut string

// The ways in which a call goes wrong.
const (
	Refused   Cut = "refused with 500" // it is not carried out, and Twilio answers 500
	CutBefore Cut = "cut before"       // the connection is cut and it is not carried out
	CutAfter  Cut = "cut after"        // it is carried out and its answer is lost
	Killed    Cut = "killed there"     // as CutAfter, and no later call comes through
)

// Sent is a call that the Client made.
type Sent struct {
	Method, Path string     // the path with its version, without the host
	Form         url.Values // of a form that is no multipart form
}

// calls is the way of the Client's calls to the sandbox.
type calls struct {
	next http.RoundTripper

	mu       sync.Mutex
	sent     []Sent
	hooks    []*hook
	dead     bool
	pageSize string // that lists are asked with; empty: as the Client asks
}

type hook struct {
	Call
	path          *regexp.Regexp
	met           int
	before, after func()
	cut           Cut
}

func (h *hook) takes(r *http.Request) bool {
	if h.Method != "" && h.Method != r.Method || !h.path.MatchString(r.URL.Path) {
		return false
	}
	h.met++
	return h.met == max(h.Nth, 1)
}

func (a *Account) hook(h *hook) {
	a.Helper()
	var err error
	if h.path, err = regexp.Compile(h.Path); err != nil {
		a.Fatal(err)
	}
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	a.calls.hooks = append(a.calls.hooks, h)
}

// Before runs do when a call is made, before it is carried out or cut.
func (a *Account) Before(c Call, do func()) { a.Helper(); a.hook(&hook{Call: c, before: do}) }

// After runs do once a call was carried out, before the Client has its answer.
func (a *Account) After(c Call, do func()) { a.Helper(); a.hook(&hook{Call: c, after: do}) }

// Cut makes a call go wrong.
func (a *Account) Cut(c Call, how Cut) { a.Helper(); a.hook(&hook{Call: c, cut: how}) }

// Forget forgets the calls so far and takes every hook away; what was killed works again.
func (a *Account) Forget() {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	a.calls.sent, a.calls.hooks, a.calls.dead = nil, nil, false
}

// SmallPages gives the Client's lists pages of a few rows, however many it asks for.
func (a *Account) SmallPages(rows int) {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	a.calls.pageSize = strconv.Itoa(rows)
}

// Sent lists the calls of the Client, in their order.
func (a *Account) Sent() []Sent {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	return append([]Sent{}, a.calls.sent...)
}

// Writes lists the calls of the Client that are no reads.
func (a *Account) Writes() []Sent {
	writes := []Sent{}
	for _, call := range a.Sent() {
		if call.Method != http.MethodGet {
			writes = append(writes, call)
		}
	}
	return writes
}

// NothingWritten fails the test where the Client wrote anything.
func (a *Account) NothingWritten() {
	a.Helper()
	if writes := a.Writes(); len(writes) > 0 {
		a.Errorf("it wrote: %v", writes)
	}
}

// RoundTrip carries out a call, as the hooks have it.
func (c *calls) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := Sent{Method: r.Method, Path: r.URL.Path}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			if sent.Form, err = url.ParseQuery(string(body)); err != nil {
				return nil, err
			}
		}
	}
	c.mu.Lock()
	c.sent = append(c.sent, sent)
	dead, how := c.dead, Cut("")
	var before, after []func()
	for _, h := range c.hooks {
		if !h.takes(r) {
			continue
		}
		if h.before != nil {
			before = append(before, h.before)
		}
		if h.after != nil {
			after = append(after, h.after)
		}
		if h.cut != "" {
			how = h.cut
		}
	}
	c.dead = c.dead || how == Killed
	if query := r.URL.Query(); c.pageSize != "" && query.Has("PageSize") {
		r = r.Clone(r.Context())
		query.Set("PageSize", c.pageSize)
		r.URL.RawQuery = query.Encode()
	}
	c.mu.Unlock()

	broken := fmt.Errorf("the connection was cut: %w", io.ErrUnexpectedEOF)
	if dead {
		return nil, broken
	}
	for _, do := range before {
		do()
	}
	switch how {
	case CutBefore:
		return nil, broken
	case Refused:
		return refusal(r), nil
	case CutAfter, Killed:
	}
	answer, err := c.next.RoundTrip(r)
	for _, do := range after {
		do()
	}
	if how != "" && err == nil {
		answer.Body.Close()
		return nil, broken
	}
	return answer, err
}

func refusal(r *http.Request) *http.Response {
	const body = `{"code": 20500, "message": "Internal server error", "more_info": "https://www.twilio.com/docs/errors/20500", "status": 500}`
	return &http.Response{
		StatusCode: http.StatusInternalServerError, Status: "500 Internal Server Error",
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}
}

// Walk runs an operation again and again, each time on a new account: once as it is, and
// then with another one of its calls gone wrong in another way. prepare readies the account
// and returns the operation; check looks at what came of it once calls come through again.
func Walk(t *testing.T, prepare func(a *Account) func() error, check func(a *Account, err error), options ...sandbox.Option) {
	t.Helper()
	n := 0
	Run(t, func(a *Account) {
		operate := prepare(a)
		a.Forget()
		err := operate()
		n = len(a.Sent())
		if err != nil {
			a.Fatalf("the clean run: %v", err)
		}
		a.Forget()
		check(a, nil)
	}, options...)
	for nth := 1; nth <= n; nth++ {
		// To the Client, Refused is as CutBefore: nothing shows whether a write was done.
		for i, how := range []Cut{Refused, CutAfter, Killed} {
			if !sampletest.Takes(nth + i) {
				continue
			}
			t.Run(fmt.Sprintf("call %d of %d %s", nth, n, how), func(t *testing.T) {
				// The clean run held these same calls against the documents.
				runWith(t, nil, func(a *Account) {
					operate := prepare(a)
					a.Forget()
					a.Cut(Call{Nth: nth}, how)
					err := operate()
					a.Forget()
					check(a, err)
				}, options...)
			})
		}
	}
}
