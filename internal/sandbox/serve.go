package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds a request's body, in bytes; Twilio's largest (a Studio flow) is
// smaller.
const maxBody = 8 << 20

// answer is the response before the faults apply.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP answers a request to any of Twilio's hosts, to a function that is deployed, to a
// knob below /_sandbox/, or to the console at /console.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == knobPrefix || strings.HasPrefix(r.URL.Path, knobPrefix+"/") {
		s.knobs.ServeHTTP(w, r)
		return
	}
	if asksForConsole(r) {
		s.console.ServeHTTP(w, r)
		return
	}
	if isFunctionHost(r.Host) {
		s.serveFunction(w, r)
		return
	}
	if err := refusePage(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
			http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
			return
		}
	}
	visit := s.traffic.arrive(r, body, moment(s.clock()))
	defer s.traffic.leave(visit)
	a := s.serve(r, body, visit)
	if a == nil {
		cut(w)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if _, set := a.header["Content-Type"]; !set && len(a.body) > 0 {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Twilio-Request-Id", s.newSID("RQ"))
	w.Header().Set("Twilio-Concurrent-Requests", strconv.Itoa(visit.inFlight))
	visit.answered(a.status)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // fails only if the client has disconnected
}

// refusePage refuses what a web page asks of the API. The credentials of a sandbox are known to
// everybody, so a page of another site must not reach it by them, nor under a name of its own
// that it lets lead to this machine. What is no browser is let through under any name.
func refusePage(r *http.Request) error {
	browser := strings.HasPrefix(r.UserAgent(), "Mozilla/") || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
	if browser && !isLoopback(hostname(r.Host)) && !isTwilio(r.Host) {
		return fmt.Errorf("the sandbox is at 127.0.0.1, [::1] and localhost for browsers, and not at %s", r.Host)
	}
	return otherSites.Check(r)
}

// otherSites refuses requests that write and come from a page of another site or port.
var otherSites = http.NewCrossOriginProtection()

// serve answers the request under the faults that apply to it; nil means that the
// connection must be cut.
func (s *Sandbox) serve(r *http.Request, body []byte, visit *visit) *answer {
	hit := s.faults.hit(r, visit.inFlight)
	if hit.delay > 0 {
		timer := time.NewTimer(hit.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return nil
		}
	}
	if hit.cutBefore {
		return nil
	}
	if hit.answer != nil {
		return hit.answer
	}
	a := s.answer(r, body, hit.lag)
	if hit.cutAfter {
		return nil
	}
	if hit.change != nil {
		hit.change(a)
	}
	return a
}

// cut ends the connection in the middle of the response header. Its first line is
// sent where that is possible, because HTTP clients silently repeat a GET on a
// connection that closed without a byte.
func cut(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	if _, err := buffered.WriteString("HTTP/1.1 200 OK\r\n"); err == nil {
		_ = buffered.Flush() // the connection is cut in any case
	}
}

// answer answers the request from the current state or, for a read, from the state
// lag ago.
func (s *Sandbox) answer(r *http.Request, body []byte, lag time.Duration) *answer {
	var status int
	var value any
	var err error
	if asksForExecutions(r.URL.Path) {
		err = s.settle(r.Context())
	}
	if err == nil {
		status, value, err = s.handle(r, body, lag)
	}
	if err != nil {
		var known *apiError
		if !errors.As(err, &known) {
			known = apiErrorf(http.StatusInternalServerError, 20500, "The sandbox failed: %v", err)
		}
		status, value = known.Status, known
	}
	a := &answer{status: status, header: http.Header{}}
	if status == http.StatusUnauthorized {
		a.header.Set("WWW-Authenticate", `Basic realm="Twilio API"`)
	}
	if value != nil {
		a.body = encodeJSON(value)
	}
	return a
}

// handle runs the handler of a request under the locks.
func (s *Sandbox) handle(r *http.Request, body []byte, lag time.Duration) (status int, value any, err error) {
	c := &call{Request: r, original: r.URL, newSID: s.newSID}
	under := s.do
	if r.Method == http.MethodGet {
		under = s.look
	}
	err = under(r.Context(), func() error {
		c.now = moment(s.clock())
		if err := s.prepare(c, body); err != nil {
			return err
		}
		run := func(st *state) (err error) {
			c.state = st
			return st.within(c.region, func() (err error) {
				status, value, err = c.route.handler(c)
				return err
			})
		}
		if r.Method != http.MethodGet {
			return s.update(run)
		}
		lag += s.state.settings.readLag(c.host.product)
		if lag > 0 {
			return run(s.asOf(s.clock().Add(-lag)).fork())
		}
		if c.region != s.state.region {
			return run(s.state.fork()) // others may be reading the state
		}
		return run(s.state)
	})
	if err == nil && c.after != nil {
		err = c.after(r.Context(), s)
	}
	return status, value, err
}

// prepare finds the caller and the route, and refuses what Twilio would refuse
// before it looks at the resource.
func (s *Sandbox) prepare(c *call, body []byte) error {
	if err := c.authenticate(s.state); err != nil {
		return err
	}
	if _, token, ok := c.BasicAuth(); ok && !c.byKey {
		s.tokens.Store(c.caller.SID, token)
	}
	if c.host, c.region = s.hostFor(c.Request); c.host == nil {
		return c.notFound()
	}
	if c.byKey && !c.key.isGoodIn(c.region) {
		return errAuthenticate()
	}
	found := c.host.find(c)
	if found == nil {
		return c.notFound()
	}
	if err := c.enter(s.state); err != nil {
		return err
	}
	var known bool
	if c.route, known = found[c.Method]; !known {
		return apiErrorf(http.StatusMethodNotAllowed, 20004, "Method not allowed")
	}
	if c.route.noKeys && c.byKey {
		return errAuthenticate()
	}
	if permission := c.route.needs(); c.byKey && !c.key.allows(permission) {
		return c.key.refuse(permission)
	}
	if err := c.readParams(body); err != nil {
		return err
	}
	return nil
}

func (c *call) readParams(body []byte) *apiError {
	query, err := url.ParseQuery(c.original.RawQuery)
	if err != nil {
		return invalidParameter(20001, "The query cannot be read: %v", err)
	}
	c.params = query
	if c.Method == http.MethodPost {
		for name := range query {
			return invalidParameter(20001, "Unknown parameter %s in the query", strconv.Quote(name))
		}
		if err := c.readBody(body); err != nil {
			return err
		}
	}
	return c.route.check(c.params)
}

// readBody reads the form of a POST, or the JSON object where the route takes one.
func (c *call) readBody(body []byte) *apiError {
	kind := formType
	switch {
	case c.route.json:
		kind = jsonType
	case c.route.multipart:
		kind = multipartType
	}
	if !isOfType(c.Request, kind) {
		return apiErrorf(http.StatusUnprocessableEntity, 20422, "The request's Content-Type must be %s", kind)
	}
	if c.route.json {
		c.body = body
		return nil
	}
	if c.route.multipart {
		return c.readParts(body)
	}
	var err error
	if c.params, err = url.ParseQuery(string(body)); err != nil {
		return invalidParameter(20001, "The form cannot be read: %v", err)
	}
	return nil
}

// readParts reads a multipart form. The file in it is a parameter too.
func (c *call) readParts(body []byte) *apiError {
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return invalidParameter(20001, "The form cannot be read: %v", err)
	}
	parts, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(maxBody)
	if err != nil {
		return invalidParameter(20001, "The form cannot be read: %v", err)
	}
	c.params = parts.Value
	for name, files := range parts.File {
		for _, file := range files {
			opened, err := file.Open()
			if err != nil {
				return invalidParameter(20001, "The file cannot be read: %v", err)
			}
			content, err := io.ReadAll(opened)
			if err != nil {
				return invalidParameter(20001, "The file cannot be read: %v", err)
			}
			c.params.Add(name, string(content))
			c.contentType = file.Header.Get("Content-Type")
		}
	}
	return nil
}

const (
	formType      = "application/x-www-form-urlencoded"
	jsonType      = "application/json"
	multipartType = "multipart/form-data"
)

// isOfType reports whether a request declares its body to be of a type.
func isOfType(r *http.Request, wanted string) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == wanted
}

// moment is a time as the state stores it, to the millisecond.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// newSID asks the source of identifiers.
func (s *Sandbox) newSID(prefix string) string {
	s.sidsMu.Lock()
	defer s.sidsMu.Unlock()
	return s.sids(prefix)
}

func encodeJSON(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // values are built here, from marshallable types
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
