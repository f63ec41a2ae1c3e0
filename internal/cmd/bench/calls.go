package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// The kinds of calls.
const (
	getList   = "GET list"
	getObject = "GET object"
	post      = "POST"
	del       = "DELETE"
)

func kinds() []string { return []string{getList, getObject, post, del} }

// call is what calls are counted by.
type call struct {
	kind    string
	product string // the first part of the host: api, studio, numbers
}

// calls are how many there were of each. Those that were refused are among them.
type calls map[call]int

func (c calls) total() int {
	total := 0
	for _, count := range c {
		total += count
	}
	return total
}

// of is how many there were of a kind, by product: "2 api, 10 studio". Empty for none.
func (c calls) of(kind string) string {
	var parts []string
	for _, each := range slices.SortedFunc(maps.Keys(c), func(a, b call) int { return cmp.Compare(a.product, b.product) }) {
		if each.kind == kind {
			parts = append(parts, fmt.Sprintf("%d %s", c[each], each.product))
		}
	}
	return strings.Join(parts, ", ")
}

// counter counts the calls that it hands on.
type counter struct {
	to http.Handler

	mu      sync.Mutex
	calls   calls
	refused int // answered 429 or 503
}

// object is the last part of the path of a single record: its SID, number or revision.
var object = regexp.MustCompile(`^([A-Z]{2}[0-9a-f]{32}|\+?[0-9]+|LatestPublished)$`)

func kindOf(r *http.Request) string {
	if r.Method != http.MethodGet {
		return r.Method
	}
	path := strings.TrimSuffix(r.URL.Path, ".json")
	if object.MatchString(path[strings.LastIndexByte(path, '/')+1:]) {
		return getObject
	}
	return getList
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	product, _, _ := strings.Cut(r.Host, ".")
	seen := &statusOf{ResponseWriter: w}
	c.to.ServeHTTP(seen, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[call{kindOf(r), product}]++
	if seen.status == http.StatusTooManyRequests || seen.status == http.StatusServiceUnavailable {
		c.refused++
	}
}

// take returns what was counted since it was called last.
func (c *counter) take() (taken calls, refused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken, refused = c.calls, c.refused
	c.calls, c.refused = calls{}, 0
	return taken, refused
}

// statusOf is a ResponseWriter that remembers the status.
type statusOf struct {
	http.ResponseWriter
	status int
}

func (s *statusOf) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (s *statusOf) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// moody refuses calls at random, half of them with 429 and half with 503, and hands the
// others on.
type moody struct {
	to      http.Handler
	percent atomic.Int32
}

func (m *moody) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	percent := int(m.percent.Load())
	drawn := rand.IntN(200) //nolint:gosec // nothing is secret in it
	if drawn >= 2*percent {
		m.to.ServeHTTP(w, r)
		return
	}
	status := http.StatusTooManyRequests
	if drawn < percent {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"code": %d, "message": "Refused at random", "more_info": "https://www.twilio.com/docs/errors/%d", "status": %d}`, 20000+status, 20000+status, status)
}
