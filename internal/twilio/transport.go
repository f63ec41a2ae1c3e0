package twilio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// largestAnswer is far above any page or definition Twilio sends; beyond it the
// other side is not Twilio.
const largestAnswer = 64 << 20

// transport makes one attempt of a request: it waits for its turn, bounds the
// attempt in time, and reads the whole answer before it hands it on, so that no
// caller can leak a connection and an answer cut off half-way counts as none.
type transport struct {
	next    http.RoundTripper
	limiter *limiter
	timeout time.Duration
	log     func(context.Context, string, map[string]any)
	warn    func(context.Context, string)
}

func newTransport(config Config) *transport {
	return &transport{
		next:    config.Transport,
		limiter: newLimiter(config.MaxInFlight, config.KnownInFlight),
		timeout: config.RequestTimeout,
		log:     config.Log,
		warn:    config.Warn,
	}
}

// errTooSlow is an attempt that took longer than the request timeout. It is not
// context.DeadlineExceeded, which would read as if the caller's time were up.
type errTooSlow struct{ after time.Duration }

func (e errTooSlow) Error() string { return fmt.Sprintf("no answer within %s", e.after) }
func (e errTooSlow) Timeout() bool { return true }

func (t *transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	turn, err := t.limiter.enter(req.Context())
	if err != nil {
		return nil, err
	}
	defer func() { t.limiter.leave(turn, resp) }()
	if t.warn != nil && operation.Interrupted(req.Context()) {
		t.warn(req.Context(), "Terraform was interrupted. What was written is read back now, and what has to be undone is undone; without an answer of Twilio this ends within half a minute")
	}
	current := callOf(req.Context())
	current.begin()

	start := time.Now()
	resp, err = t.attempt(req, current)
	current.end(resp, err)
	if resp != nil && resp.StatusCode < http.StatusInternalServerError {
		operation.Answered(req.Context())
	}
	t.logAttempt(req, current, resp, err, time.Since(start))
	return resp, err
}

func (t *transport) attempt(req *http.Request, current *call) (*http.Response, error) {
	tooSlow := errTooSlow{t.timeout}
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.timeout, tooSlow)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, current.trace())

	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	if err == nil {
		err = readAll(resp)
	}
	if err == nil {
		// net/http sets it; another Transport may not.
		resp.Request = req
		return resp, nil
	}
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, tooSlow):
		return nil, tooSlow
	case cause != nil && !errors.Is(err, cause):
		return nil, fmt.Errorf("%w: %w", cause, err)
	}
	return nil, err
}

// errTooLarge is an answer beyond largestAnswer.
var errTooLarge = fmt.Errorf("the answer is larger than %d bytes", largestAnswer)

// buffered is the body of an answer in memory.
type buffered struct {
	bytes.Reader
	all []byte
}

func (*buffered) Close() error { return nil }

// readAll replaces the body of an answer by a copy in memory.
func readAll(resp *http.Response) error {
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer+1))
	if err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	if len(all) > largestAnswer {
		return errTooLarge
	}
	body := &buffered{all: all}
	body.Reset(all)
	resp.Body = body
	return nil
}

// peek is the body of an answer that went through transport, however much of it
// was read since.
func peek(resp *http.Response) []byte {
	if body, ok := resp.Body.(*buffered); ok {
		return body.all
	}
	return nil
}

func (t *transport) logAttempt(req *http.Request, current *call, resp *http.Response, err error, took time.Duration) {
	if t.log == nil {
		return
	}
	fields := map[string]any{
		"method":      req.Method,
		"host":        current.host,
		"path":        current.path,
		"attempt":     current.attempts,
		"duration_ms": took.Milliseconds(),
	}
	if resp != nil {
		fields["status"] = resp.StatusCode
		fields["request_id"] = resp.Header.Get("Twilio-Request-Id")
	}
	if err != nil {
		fields["error"] = errorText(err, current)
	}
	t.log(req.Context(), "Twilio request", fields)
}
