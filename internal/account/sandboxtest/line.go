package sandboxtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Fate is what becomes of a call that is cut.
type Fate string

// The ways in which a call is cut.
const (
	// Refused is answered with an error that says that nothing was done.
	Refused Fate = "refused"
	// LostBefore does not reach Twilio, and neither do the next three calls: a connection
	// that broke does not come back at once.
	LostBefore Fate = "lost before it was done"
	// LostAfter is done, and its answer does not come.
	LostAfter Fate = "lost after it was done"
	// Killed is done, and the process ends there: no call of it goes out any more.
	Killed Fate = "the process was killed"
)

// Fates lists every way.
func Fates() []Fate { return []Fate{Refused, LostBefore, LostAfter, Killed} }

// outage is how many calls are lost by LostBefore.
const outage = 4

// Line is what the calls of one process go through.
type Line struct {
	next http.RoundTripper

	mu    sync.Mutex
	calls []string // that were counted, as method and path
	nth   int
	fate  Fate
	do    func()
	each  func()
	dead  bool
}

type counted struct{}

// Count is a context whose calls the line counts, cuts and interleaves; others pass.
func Count(ctx context.Context) context.Context { return context.WithValue(ctx, counted{}, true) }

// Cut cuts the nth counted call.
func (l *Line) Cut(nth int, fate Fate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nth, l.fate = nth, fate
}

// Before does something before the nth counted call goes out.
func (l *Line) Before(nth int, do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nth, l.do = nth, do
}

// BeforeEach does something before each counted call goes out; calls that go out at once do it
// at once.
func (l *Line) BeforeEach(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.each = do
}

// Calls lists the counted calls.
func (l *Line) Calls() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// count counts a call and says what becomes of it; an empty fate passes.
func (l *Line) count(r *http.Request) (fate Fate, do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return LostBefore, nil
	}
	if r.Context().Value(counted{}) == nil {
		return "", nil
	}
	l.calls = append(l.calls, r.Method+" "+r.URL.Path)
	after := len(l.calls) - l.nth
	switch {
	case l.nth == 0, after < 0:
		return "", l.each
	case after == 0:
		l.dead = l.fate == Killed
		return l.fate, l.do
	case l.fate == LostBefore && after < outage:
		return LostBefore, nil
	default:
		return "", nil
	}
}

// RoundTrip carries a call.
func (l *Line) RoundTrip(r *http.Request) (*http.Response, error) {
	fate, do := l.count(r)
	if do != nil {
		do()
	}
	lost := fmt.Errorf("the connection broke: %w", io.ErrUnexpectedEOF)
	switch fate {
	case Refused:
		return refusal(r), nil
	case LostBefore:
		return nil, lost
	case LostAfter, Killed:
		answer, err := l.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_ = answer.Body.Close()
		return nil, lost
	default:
		return l.next.RoundTrip(r)
	}
}

func refusal(r *http.Request) *http.Response {
	const body = `{"code": 20001, "message": "Refused by the test", "more_info": "https://www.twilio.com/docs/errors/20001", "status": 400}`
	return &http.Response{
		Status: "400 Bad Request", StatusCode: http.StatusBadRequest, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
