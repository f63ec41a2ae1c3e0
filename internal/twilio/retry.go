package twilio

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// Twilio's advice: 100 ms doubling, with jitter, at most 30 s.
	firstWait   = 100 * time.Millisecond
	longestWait = 30 * time.Second
	// longestRetryAfter bounds what the other side may ask for, so that a bad
	// clock does not stop an apply for hours.
	longestRetryAfter = 2 * time.Minute
	// longestCall is how long a call may have taken, its attempts and the waits between
	// them together, for another attempt to begin.
	longestCall = 3 * time.Minute
)

// Codes that mean "not now" and say that nothing was done.
const (
	codeConflictingUpdate = 20162 // https://www.twilio.com/docs/api/errors/20162
	codeTooManyRequests   = 20429 // https://www.twilio.com/docs/api/errors/20429
)

// call is what is known of one request across its attempts. It travels in the
// request's context because retryablehttp's hooks are given nothing else when no
// answer came.
type call struct {
	method, host, path string
	urls               []string // that were sent, which an answer may quote

	began    time.Time
	attempts int
	refusals int  // of the attempts, how many Twilio turned away, having done nothing
	gaveUp   bool // whether it was not sent again because of longestCall
	// maybeDone reports whether an attempt may have been carried out although no answer
	// said so.
	maybeDone bool
	// unsent reports whether the last attempt surely never reached the other side.
	unsent bool

	// Set by hooks which may run on another goroutine.
	asked, connected atomic.Bool
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf is the call a request belongs to; send gives one to every request.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// trace learns whether a connection, TLS included, was ever there to write to. A
// Transport that is not net/http's calls neither hook.
func (c *call) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.connected.Store(true) },
	}
}

func (c *call) begin() {
	c.attempts++
	c.unsent = false
	c.asked.Store(false)
	c.connected.Store(false)
}

func (c *call) end(resp *http.Response, err error) {
	switch {
	case err != nil:
		c.unsent = c.asked.Load() && !c.connected.Load() || neverConnected(err)
		c.maybeDone = c.maybeDone || !c.unsent
	case refused(resp):
		c.refusals++
	case resp.StatusCode >= 500:
		c.maybeDone = true
	}
}

// safe reports whether the request may be sent again although it may have been
// carried out: "GET and DELETE requests are always safe to retry"
// (https://www.twilio.com/docs/api/errors/20500).
func (c *call) safe() bool {
	return reads(c.method) || c.method == http.MethodDelete
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// checkRetry is retryablehttp's question whether to send a request again.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, nil //nolint:nilerr // the caller says that it was cancelled
	}
	current := callOf(ctx)
	if !current.mayBeRepeated(resp, err) {
		return false, nil
	}
	wait := longestNext(c.config.RetryWait, longestWait, current.attempts-1, resp)
	current.gaveUp = time.Since(current.began)+wait > longestCall
	return !current.gaveUp, nil
}

// mayBeRepeated reports whether sending the request again may help, and does no harm.
func (c *call) mayBeRepeated(resp *http.Response, err error) bool {
	switch {
	case err != nil:
		return !hopeless(err) && (c.unsent || c.safe())
	case refused(resp):
		return true
	default:
		return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented && c.safe()
	}
}

// refused reports whether Twilio says that it did nothing and that the same request
// may succeed later, whatever its method.
func refused(resp *http.Response) bool {
	if resp.StatusCode < 400 {
		return false
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	code := decodeError(peek(resp)).code
	return code == codeTooManyRequests || code == codeConflictingUpdate
}

// neverConnected reports whether err can only come from before a connection was there.
func neverConnected(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, &dns) || untrusted(err)
}

// hopeless reports whether trying again cannot help.
func hopeless(err error) bool { return untrusted(err) || errors.Is(err, errTooLarge) }

func untrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &record)
}

// backoff is retryablehttp's question how long to wait before attempt+1, attempt counting
// from 0: any part of a time that doubles, at random, so that requests which were refused
// together do not come back together
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and no less
// than the other side asked for.
func backoff(first, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	return max(rand.N(doubled(first, longest, attempt))+1, askedFor(resp))
}

// longestNext is the longest that backoff may be.
func longestNext(first, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	return max(doubled(first, longest, attempt), askedFor(resp))
}

func doubled(first, longest time.Duration, attempt int) time.Duration {
	if attempt < 32 && first <= longest>>attempt {
		return first << attempt
	}
	return longest
}

// askedFor is how long the other side asks to wait; 0 where it does not, or did not answer.
func askedFor(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	return min(retryAfter(resp.Header.Get("Retry-After"), time.Now()), longestRetryAfter)
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, 10.2.3); 0
// if there is none.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
