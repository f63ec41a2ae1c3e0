package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// The kinds of faults.
const (
	FaultStatus    = "status"     // another answer is given, nothing is done
	FaultDelay     = "delay"      // the request waits before anything is done
	FaultCutBefore = "cut_before" // the connection is cut, nothing is done
	FaultCutAfter  = "cut_after"  // the request is done, the connection is cut
	FaultStale     = "stale"      // a read answers from the past
	// A list answers without its list, with null for it, or with an error body and 200, as
	// a gateway may.
	FaultWithoutList = "without_list"
	FaultNullList    = "null_list"
	FaultErrorBody   = "error_body"
)

// Fault makes requests fail. It applies to those that its Method, Host and
// Path select, each of which selects everything when empty.
type Fault struct {
	Method string `json:"method,omitempty"`
	Host   string `json:"host,omitempty"`
	Path   string `json:"path,omitempty"` // a regular expression, found anywhere in the path

	// Nth is the first selected request the fault applies to, counted from 1 (also
	// the default). Times is how many it applies to from then on: 0 means 1, a
	// negative number all.
	Nth   int `json:"nth,omitempty"`
	Times int `json:"times,omitempty"`

	Kind string `json:"kind,omitempty"` // one of the constants above; empty with only MaxInFlight

	// Status, Headers and Body are the answer of FaultStatus. A nil Body is
	// Twilio's error body for the status, a string is sent unchanged, anything else
	// as JSON. FaultErrorBody answers 200 with the error body for Status, 500 when 0.
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`

	// DelayMS is how long FaultDelay waits, and how old FaultStale answers are, in
	// milliseconds.
	DelayMS int `json:"delay_ms,omitempty"`

	// MaxInFlight answers 429, as Twilio's edge does and with Headers, to each
	// selected request that arrives while that many are being answered. Nth and
	// Times do not apply.
	MaxInFlight int `json:"max_in_flight,omitempty"`
}

// activeFault is a fault with its compiled path and its count.
type activeFault struct {
	Fault
	id       int64
	path     *regexp.Regexp
	selected int
	applied  int // how many requests it applied to
}

type faults struct {
	mu      sync.Mutex
	active  []*activeFault
	ids     int64
	changes int64 // of the faults and their counts
}

// hit is what the faults do to one request.
type hit struct {
	delay, lag          time.Duration
	cutBefore, cutAfter bool
	answer              *answer
	// change is made to the answer.
	change func(*answer)
}

func (f Fault) check() (*activeFault, error) {
	path, err := regexp.Compile(f.Path)
	if err != nil {
		return nil, fmt.Errorf("path of the fault: %w", err)
	}
	switch f.Kind {
	case FaultStatus:
		if f.Status < 200 || f.Status > 599 {
			return nil, fmt.Errorf("a fault of kind %q needs a status from 200 to 599, not %d", f.Kind, f.Status)
		}
	case FaultDelay, FaultStale:
		if f.DelayMS <= 0 {
			return nil, fmt.Errorf("a fault of kind %q needs delay_ms above 0", f.Kind)
		}
	case FaultErrorBody:
		if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
			return nil, fmt.Errorf("a fault of kind %q needs a status from 400 to 599, not %d", f.Kind, f.Status)
		}
	case FaultCutBefore, FaultCutAfter, FaultWithoutList, FaultNullList:
	case "":
		if f.MaxInFlight <= 0 {
			return nil, fmt.Errorf("a fault needs a kind or max_in_flight above 0")
		}
	default:
		return nil, fmt.Errorf("unknown kind of fault %q", f.Kind)
	}
	return &activeFault{Fault: f, path: path}, nil
}

func (f *activeFault) selects(r *http.Request) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, r.Method)) &&
		(f.Host == "" || strings.EqualFold(f.Host, r.Host)) &&
		f.path.MatchString(r.URL.Path)
}

// due counts a selected request and reports whether the fault applies to it.
func (f *activeFault) due() bool {
	f.selected++
	first, times := max(f.Nth, 1), f.Times
	if times == 0 {
		times = 1
	}
	return f.selected >= first && (times < 0 || f.selected < first+times)
}

func (fs *faults) hit(r *http.Request, inFlight int) hit {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var h hit
	for _, f := range fs.active {
		if !f.selects(r) {
			continue
		}
		if f.MaxInFlight > 0 {
			if inFlight > f.MaxInFlight {
				f.applied++
				fs.changes++
				h.answer = f.answer(http.StatusTooManyRequests, encodeJSON(errTooManyRequests()))
			}
			continue
		}
		fs.changes++
		if !f.due() {
			continue
		}
		f.applied++
		period := time.Duration(f.DelayMS) * time.Millisecond
		switch f.Kind {
		case FaultStatus:
			h.answer = f.answer(f.Status, f.body())
		case FaultErrorBody:
			broken := Fault{Status: f.Status}
			if broken.Status == 0 {
				broken.Status = http.StatusInternalServerError
			}
			h.answer = f.answer(http.StatusOK, (&activeFault{Fault: broken}).body())
		case FaultWithoutList:
			h.change = func(a *answer) { a.list(func(body object, key string) { delete(body, key) }) }
		case FaultNullList:
			h.change = func(a *answer) { a.list(func(body object, key string) { body[key] = nil }) }
		case FaultDelay:
			h.delay += period
		case FaultStale:
			h.lag = max(h.lag, period)
		case FaultCutBefore:
			h.cutBefore = true
		case FaultCutAfter:
			h.cutAfter = true
		}
	}
	return h
}

func (f *activeFault) answer(status int, body []byte) *answer {
	a := &answer{status: status, header: http.Header{}, body: body}
	for name, value := range f.Headers {
		a.header.Set(name, value)
	}
	return a
}

// list changes the body of a list, given the key of the rows. Another answer stays as it
// is.
func (a *answer) list(change func(body object, key string)) {
	var body object
	if a.status != http.StatusOK || json.Unmarshal(a.body, &body) != nil {
		return
	}
	for key, value := range body {
		if _, rows := value.([]any); rows {
			change(body, key)
			a.body = encodeJSON(body)
			return
		}
	}
}

func (f *activeFault) body() []byte {
	switch body := f.Body.(type) {
	case nil:
		if f.Status == http.StatusTooManyRequests {
			return encodeJSON(errTooManyRequests())
		}
		// Twilio's general codes end in the HTTP status (20404, 20500, ...), except
		// for these two.
		code := map[int]int{http.StatusBadRequest: 20001, http.StatusUnauthorized: 20003}[f.Status]
		if code == 0 {
			code = 20000 + f.Status
		}
		return encodeJSON(apiErrorf(f.Status, code, "%s", http.StatusText(f.Status)))
	case string:
		return []byte(body)
	default:
		return encodeJSON(body)
	}
}

// AddFault makes requests fail from now on. An invalid fault is an error. Faults
// belong to this Sandbox, not to its file.
func (s *Sandbox) AddFault(f Fault) error {
	active, err := f.check()
	if err != nil {
		return err
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.ids++
	active.id = s.faults.ids
	s.faults.active = append(s.faults.active, active)
	s.faults.changes++
	return nil
}

// removeFault ends one fault.
func (s *Sandbox) removeFault(id int64) error {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	i := slices.IndexFunc(s.faults.active, func(f *activeFault) bool { return f.id == id })
	if i < 0 {
		return fmt.Errorf("fault %d: %w", id, errNone)
	}
	s.faults.active = slices.Delete(s.faults.active, i, i+1)
	s.faults.changes++
	return nil
}

// ClearFaults ends all faults.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.active = nil
	s.faults.changes++
}
