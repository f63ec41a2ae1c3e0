package sandbox

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// ConsolePath is where a browser finds the console: a page that shows who answers where, the
// journal and the faults, and has a phone.
const ConsolePath = "/console"

//go:embed console
var consoleFiles embed.FS

// consolePolicy allows the page what it is made of and nothing from elsewhere, no script
// in a text, and no other page around it.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// asksForConsole reports whether a request is one for the console, or one by a browser for a page
// at the root. At Twilio's hosts there is none.
func asksForConsole(r *http.Request) bool {
	atRoot := r.URL.Path == "/" && strings.Contains(r.Header.Get("Accept"), "text/html")
	if !atRoot && r.URL.Path != ConsolePath && !strings.HasPrefix(r.URL.Path, ConsolePath+"/") {
		return false
	}
	return !isTwilio(r.Host) && !isFunctionHost(r.Host)
}

// isTwilio reports whether a Host header names a host of Twilio's.
func isTwilio(host string) bool {
	return strings.HasSuffix(strings.ToLower(hostname(host)), ".twilio.com")
}

// hostname is the host of a Host header, without its port.
func hostname(host string) string {
	if u, err := url.Parse("//" + host); err == nil {
		return u.Hostname()
	}
	return host
}

func (s *Sandbox) consoleRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ConsolePath, func(w http.ResponseWriter, r *http.Request) { serveConsoleFile(w, "index.html") })
	toConsole := http.RedirectHandler(ConsolePath, http.StatusSeeOther)
	mux.Handle("GET /{$}", toConsole)
	mux.Handle("GET "+ConsolePath+"/{$}", toConsole)
	mux.HandleFunc("GET "+ConsolePath+"/{file}", func(w http.ResponseWriter, r *http.Request) { serveConsoleFile(w, r.PathValue("file")) })
	mux.HandleFunc("GET "+ConsolePath+"/events", s.watch)
	for pattern, k := range map[string]knob{
		"GET /messages":       s.consoleMessages,
		"POST /inbound":       s.consoleInbound,
		"POST /faults":        s.knobAddFaults,
		"DELETE /faults":      func(*http.Request, []byte) (any, error) { s.ClearFaults(); return nil, nil },
		"DELETE /faults/{id}": s.consoleRemoveFault,
		"DELETE /journal":     func(*http.Request, []byte) (any, error) { s.ClearJournal(); return nil, nil },
	} {
		method, at, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+ConsolePath+at, k.serve)
	}
	return guardConsole(mux)
}

// guardConsole refuses what does not come from the console's own page. It needs no
// credentials, so a page of another site must neither read it nor write to it: neither by a
// request of its own, nor under a name of its own that it lets lead to this machine (DNS
// rebinding).
func guardConsole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", consolePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if !isLoopback(hostname(r.Host)) {
			refuseConsole(w, http.StatusForbidden, "the console is at 127.0.0.1, [::1] and localhost alone, and not at "+r.Host)
			return
		}
		if err := otherSites.Check(r); err != nil {
			refuseConsole(w, http.StatusForbidden, "only the console's own page may do this: "+err.Error())
			return
		}
		// A form of another site, in a browser that does not say where it comes from, cannot
		// be of this type.
		if r.Method == http.MethodPost && !isOfType(r, jsonType) {
			refuseConsole(w, http.StatusUnsupportedMediaType, "the request's Content-Type must be "+jsonType)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func refuseConsole(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_, _ = w.Write(encodeJSON(object{"error": why})) // fails only if the client has disconnected
}

// consoleTypes are those of the console's files, whatever the system calls theirs: a browser
// runs no script of another.
var consoleTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func serveConsoleFile(w http.ResponseWriter, name string) {
	content, err := consoleFiles.ReadFile("console/" + name)
	if err != nil {
		refuseConsole(w, http.StatusNotFound, fmt.Sprintf("the console has no %q", name))
		return
	}
	w.Header().Set("Content-Type", consoleTypes[path.Ext(name)])
	_, _ = w.Write(content) // fails only if the client has disconnected
}

// consoleTurn is what a message or a call led to.
type consoleTurn struct {
	Who     consoleLine   `json:"who"`
	Answers []InboundText `json:"answers"`
	Ended   bool          `json:"ended"`
	Errors  []EntryError  `json:"errors,omitempty"`
	// Parallel is by the number's own fields, of a message that Conversations took.
	Parallel *consoleTurn `json:"parallel,omitempty"`
	// Messages are the last of those between the two, the oldest first.
	Messages []consoleMessage `json:"messages,omitempty"`
}

func (s *Sandbox) consoleInbound(r *http.Request, body []byte) (any, error) {
	var in Inbound
	if err := decodeStrict(body, &in); err != nil {
		return nil, err
	}
	answer, err := s.receive(r.Context(), in)
	if err != nil {
		return nil, err
	}
	st, err := s.snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	v := s.newView(st)
	turn := v.turn(answer)
	if to, err := s.receiverOf(st, in.To); err == nil {
		if l, err := s.routed(st, to, in.Channel); err == nil && answer.Bot == nil {
			turn.Who = v.line(line{InboundAnswer: answer, application: l.application})
		}
		if in.Channel == channelMessaging {
			turn.Messages = exchangedWith(st, to, in.From)
		}
	}
	return turn, nil
}

func (v *view) turn(answer InboundAnswer) consoleTurn {
	turn := consoleTurn{Who: v.line(line{InboundAnswer: answer}), Answers: answer.Answers, Ended: answer.Ended}
	for _, e := range answer.Errors {
		e.Message = withoutSecrets(e.Message)
		turn.Errors = append(turn.Errors, e)
	}
	if answer.Parallel != nil {
		parallel := v.turn(*answer.Parallel)
		turn.Parallel = &parallel
	}
	return turn
}

// consoleMessage is a message between a contact and an address.
type consoleMessage struct {
	SID     string   `json:"sid"`
	Inbound bool     `json:"inbound"`
	Body    string   `json:"body"`
	Media   []string `json:"media,omitempty"`
}

// messagesShown is how many messages of a conversation the console shows.
const messagesShown = 100

func (s *Sandbox) consoleMessages(r *http.Request, _ []byte) (any, error) {
	st, err := s.snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	to, err := s.receiverOf(st, r.URL.Query().Get("to"))
	if err != nil {
		return nil, err
	}
	return exchangedWith(st, to, r.URL.Query().Get("from")), nil
}

// exchangedWith are the last messages between a receiver and a contact, the oldest first.
func exchangedWith(st *state, r receiver, contact string) []consoleMessage {
	contact = onChannelOf(r.address, contact)
	found := messages.list(st, func(m message) bool {
		// A message of a Messaging Service need not say from which of its numbers.
		sent := m.To == contact && (m.From == r.address || m.From == "" && m.ServiceSID != "")
		return m.AccountSID == r.accountSID && (sent || m.From == contact && m.To == r.address)
	})
	found = found[:min(len(found), messagesShown)]
	slices.Reverse(found)
	shown := make([]consoleMessage, len(found))
	for i, m := range found {
		shown[i] = consoleMessage{SID: m.SID, Inbound: m.Direction == messageInbound, Body: m.Body, Media: m.Media}
	}
	return shown
}

func (s *Sandbox) consoleRemoveFault(r *http.Request, _ []byte) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("fault %q: %w", r.PathValue("id"), errNone)
	}
	return nil, s.removeFault(id)
}

// CloseConsoles ends the streams by which open pages of the console watch the sandbox, for a
// server that stops: they would go on for as long as the pages are open.
func (s *Sandbox) CloseConsoles() { s.endWatches() }
