package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// journalLength bounds the journal; the oldest entries go first.
const journalLength = 10_000

// Entry is one request in the journal. Secrets are replaced by
// "[redacted]". Requests to the sandbox's own knobs are not in it.
type Entry struct {
	Time   time.Time  `json:"time"` // of arrival, by the sandbox's clock
	Method string     `json:"method"`
	Host   string     `json:"host"`
	Path   string     `json:"path"`
	Query  url.Values `json:"query,omitempty"`
	Form   url.Values `json:"form,omitempty"`
	// Status is the HTTP status of the answer; 0 until there is one, and for
	// ever where the connection was cut.
	Status int `json:"status"`
	// InFlight is how many requests, this one included, were being answered when
	// it arrived.
	InFlight int `json:"in_flight"`
	// Error is what Twilio would write into the account's error log. An entry
	// that has one describes a request of a bot, or a failed attempt at one, not a
	// request to the sandbox; where a bot failed without a request it has no host.
	Error *EntryError `json:"error,omitempty"`
}

// EntryError is an error of a bot.
type EntryError struct {
	// Code is that of Twilio's error dictionary, https://www.twilio.com/docs/api/errors;
	// 0 where it has none for this.
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// logged is an entry of the journal, and what those who watch it need.
type logged struct {
	Entry
	id      int64 // its place in the order of arrival, from 1
	changed int64 // the traffic's count of changes when it last changed
}

// traffic counts and records requests.
type traffic struct {
	mu       sync.Mutex
	inFlight int
	entries  []*logged
	ids      int64
	changes  int64 // of entries
}

// visit is a request being answered.
type visit struct {
	inFlight int
	traffic  *traffic
	entry    *logged
}

func (t *traffic) arrive(r *http.Request, body []byte, now time.Time) *visit {
	entry := &logged{Entry: Entry{Time: now, Method: r.Method, Host: r.Host}}
	redact := redactor(r)
	entry.Path = redact(r.URL.Path)
	// What cannot be parsed, and a body that is not a form, is refused later; only the
	// status shows it.
	query, _ := url.ParseQuery(r.URL.RawQuery)
	var form url.Values
	if isOfType(r, formType) {
		form, _ = url.ParseQuery(string(body))
	}
	entry.Query, entry.Form = redactAll(query, redact), redactAll(form, redact)
	for _, name := range []string{"Body", "ContentVariables"} {
		if strings.Contains(entry.Path, "/Messages") && entry.Form.Get(name) != "" {
			entry.Form.Set(name, redacted) // what people write to each other is nobody else's
		}
	}
	if entry.Form.Has("Value") && strings.Contains(r.URL.Path, "/Variables") {
		entry.Form.Set("Value", redacted) // of an environment variable, which may be a secret
	}

	t.mu.Lock()
	defer t.mu.Unlock()
	t.inFlight++
	entry.InFlight = t.inFlight
	t.add(entry)
	return &visit{inFlight: t.inFlight, traffic: t, entry: entry}
}

// add appends an entry. Call it with the lock held.
func (t *traffic) add(entry *logged) {
	t.ids++
	entry.id = t.ids
	t.change(entry)
	t.entries = append(t.entries, entry)
	if len(t.entries) > journalLength {
		t.entries = slices.Clone(t.entries[len(t.entries)-journalLength*9/10:])
	}
}

// change notes that an entry changed. Call it with the lock held.
func (t *traffic) change(entry *logged) {
	t.changes++
	entry.changed = t.changes
}

// failed records a bot's problem.
func (t *traffic) failed(p run.Problem, now time.Time) {
	entry := &logged{Entry: Entry{
		Time: now, Method: p.Method, Status: p.Status, Error: &EntryError{Code: p.Code, Message: withoutSecrets(p.Message)},
	}}
	if u, err := url.Parse(p.URL); err == nil {
		entry.Host, entry.Path, entry.Query = u.Host, u.Path, redactAll(u.Query(), withoutSecrets)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.add(entry)
}

func (t *traffic) leave(*visit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inFlight--
}

func (v *visit) answered(status int) {
	v.traffic.mu.Lock()
	defer v.traffic.mu.Unlock()
	v.entry.Status = status
	v.traffic.change(v.entry)
}

const redacted = "[redacted]"

var (
	secretName = regexp.MustCompile(`(?i:secret|password|auth_?token|access_?token)`)
	// urlUser is the user and password in a URL, up to the last @ before its path.
	urlUser = regexp.MustCompile(`(://)[^/?#\s]+@`)
	// urlParameter is a parameter of a URL's query.
	urlParameter = regexp.MustCompile(`([?&])([^=&#\s"'<]+)=[^&#\s"'<]+`)
)

// withoutSecrets removes what is secret in the URLs of a text.
func withoutSecrets(text string) string {
	return urlParameter.ReplaceAllStringFunc(urlUser.ReplaceAllString(text, "${1}"+redacted+"@"), func(parameter string) string {
		parts := urlParameter.FindStringSubmatch(parameter)
		if secretName.MatchString(parts[2]) || NamesSecret(parts[2]) {
			return parts[1] + parts[2] + "=" + redacted
		}
		return parameter
	})
}

// redactor removes the request's own password and passwords in URLs from a text.
func redactor(r *http.Request) func(string) string {
	_, password, _ := r.BasicAuth()
	return func(text string) string {
		if password != "" {
			text = strings.ReplaceAll(text, password, redacted)
		}
		return withoutSecrets(text)
	}
}

func redactAll(values url.Values, redact func(string) string) url.Values {
	clean := make(url.Values, len(values))
	for name, all := range values {
		for _, value := range all {
			if secretName.MatchString(name) {
				value = redacted
			}
			clean.Add(redact(name), redact(value))
		}
	}
	return clean
}

// Journal returns the requests to the sandbox in the order of their arrival. The
// journal knob shows the errors among them.
func (s *Sandbox) Journal() []Entry {
	return s.traffic.list(func(e *Entry) bool { return e.Error == nil })
}

// Errors returns the entries of the journal that are errors of bots.
func (s *Sandbox) Errors() []Entry {
	return s.traffic.list(func(e *Entry) bool { return e.Error != nil })
}

func (t *traffic) list(keep func(*Entry) bool) []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	entries := []Entry{}
	for _, e := range t.entries {
		if keep(&e.Entry) {
			entries = append(entries, e.copy())
		}
	}
	return entries
}

func (e *logged) copy() Entry {
	entry := e.Entry
	entry.Query, entry.Form = maps.Clone(e.Query), maps.Clone(e.Form)
	return entry
}

// ClearJournal deletes all entries.
func (s *Sandbox) ClearJournal() {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.entries = nil
	s.traffic.changes++
}
