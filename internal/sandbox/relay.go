package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

const (
	// relayPatience is how long an event waits for the answer to a prompt. At Twilio a caller
	// waits as long as the call lasts; here an answer that comes later is read with the next event.
	relayPatience = 30 * time.Second
	// maxUnread is how many messages of a server are kept until the next event. Twilio's limit is
	// not documented.
	maxUnread = 10_000
)

// sockets are the WebSockets of this process, by session.
type sockets struct {
	mu   sync.Mutex
	open map[string]*socket
}

// socket is a connection whose messages are read as they come.
type socket struct {
	conn   *websocket.Conn
	opened time.Time
	// arrived has an element when there is something to read: messages, or the end of them.
	arrived chan struct{}

	mu     sync.Mutex
	unread [][]byte
	closed bool
}

func (s *sockets) get(session string) *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[session]
}

// put adds a socket, and closes those of calls that are over by now.
func (s *sockets) put(session string, k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]*socket{}
	}
	for other, each := range s.open {
		if k.opened.Sub(each.opened) >= callLimit {
			_ = each.conn.CloseNow()
			delete(s.open, other)
		}
	}
	s.open[session] = k
}

// take removes a socket; nil where there is none.
func (s *sockets) take(session string) *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.open[session]
	delete(s.open, session)
	return k
}

func (s *sockets) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.open {
		_ = k.conn.CloseNow()
	}
	s.open = nil
}

// read takes in the messages of a socket until it is closed.
func (k *socket) read() {
	for {
		_, message, err := k.conn.Read(context.Background())
		k.mu.Lock()
		if err == nil && len(k.unread) < maxUnread {
			k.unread = append(k.unread, message)
		} else {
			k.closed = true
		}
		over := k.closed
		k.mu.Unlock()
		select {
		case k.arrived <- struct{}{}:
		default:
		}
		if over {
			_ = k.conn.CloseNow()
			return
		}
	}
}

// take returns the messages that have arrived, and whether the socket is open.
func (k *socket) take() ([][]byte, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	unread := k.unread
	k.unread = nil
	return unread, !k.closed
}

// relayOf is the Relay of an account.
type relayOf struct {
	sandbox *Sandbox
	token   string
}

func (s *Sandbox) relay(accountSID string) run.Relay { return relayOf{s, s.tokenOf(accountSID)} }

// Open implements run.Relay.
func (r relayOf) Open(ctx context.Context, session, target string) *run.Problem {
	failed := func(format string, args ...any) *run.Problem {
		p := run.Problemf(64102, "Unable to connect to WebSocket URL: "+format, args...)
		p.URL = target
		return &p
	}
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Hostname() == "":
		return failed("%q is not a URL of a WebSocket", withoutUser(target))
	case !isLoopback(u.Hostname()):
		return failed("%v, and %s is not one", errNotLoopback, u.Hostname())
	}
	header := http.Header{"User-Agent": {"TwilioProxy/1.1"}}
	if r.token != "" {
		header.Set(signatureHeader, sign(r.token, target, nil))
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, target, &websocket.DialOptions{ //nolint:bodyclose // The library closes it.
		HTTPHeader: header,
		HTTPClient: &http.Client{Transport: loopback, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	})
	if err != nil {
		return failed("%v", plainCause(err))
	}
	conn.SetReadLimit(maxAnswer)
	k := &socket{conn: conn, opened: r.sandbox.clock(), arrived: make(chan struct{}, 1)}
	r.sandbox.sockets.put(session, k)
	go k.read()
	return nil
}

// Exchange implements run.Relay.
func (r relayOf) Exchange(ctx context.Context, session string, send [][]byte, enough func([]byte) bool) ([][]byte, bool) {
	k := r.sandbox.sockets.get(session)
	if k == nil {
		return nil, false
	}
	// What came before the event does not answer it.
	received, open := k.take()
	for _, message := range send {
		if err := k.conn.Write(ctx, websocket.MessageText, message); err != nil {
			break // the reader finds the connection closed
		}
	}
	if open && enough != nil {
		var more [][]byte
		more, open = k.await(ctx, enough)
		received = append(received, more...)
	}
	if open {
		// A server reads a ping behind the messages that it was sent, and so answers it behind
		// what it sends while it handles them.
		pong, cancel := context.WithTimeout(ctx, webhookTimeout)
		_ = k.conn.Ping(pong) // one that does not answer has more time until the next event
		cancel()
		var more [][]byte
		more, open = k.take()
		received = append(received, more...)
	}
	return received, open
}

// await reads until a message is enough, the socket is closed or the patience is over.
func (k *socket) await(ctx context.Context, enough func([]byte) bool) (received [][]byte, open bool) {
	ctx, cancel := context.WithTimeout(ctx, relayPatience)
	defer cancel()
	for {
		more, open := k.take()
		received = append(received, more...)
		for _, message := range more {
			if enough(message) {
				return received, open
			}
		}
		if !open {
			return received, false
		}
		select {
		case <-k.arrived:
		case <-ctx.Done():
			return received, true
		}
	}
}

// Close implements run.Relay.
func (r relayOf) Close(session string) {
	if k := r.sandbox.sockets.take(session); k != nil {
		// The server learns that the session ended; that it closes its side is not waited for.
		go func() { _ = k.conn.Close(websocket.StatusNormalClosure, "") }()
	}
}
