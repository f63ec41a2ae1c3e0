package twilio

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestWhatIsSentAgain(t *testing.T) {
	cut := answer{err: io.ErrUnexpectedEOF}
	noDial := answer{err: &net.OpError{Op: "dial", Err: errors.New("refused")}}
	bad := answer{status: 502, body: "<html>", header: http.Header{"Content-Type": {"text/html"}}}
	busy := twilioError(429, 20429)
	conflict := twilioError(409, 20162)

	tests := []struct {
		name      string
		method    string
		answers   []answer
		calls     int
		ok        bool
		uncertain bool
	}{
		{"a read after 429", "GET", []answer{busy, busy, ok(`{"sid":"FW1"}`)}, 3, true, false},
		{"a write after 429", "POST", []answer{busy, ok(`{"sid":"FW1"}`)}, 2, true, false},
		{"a removal after 429", "DELETE", []answer{busy, {status: 204}}, 2, true, false},
		{"429 until patience ends", "POST", []answer{busy}, 5, false, false},
		{"a write after a conflicting update", "POST", []answer{conflict, ok(`{"sid":"FW1"}`)}, 2, true, false},
		{"never a write after another conflict", "POST", []answer{twilioError(409, 20409)}, 1, false, false},
		{"a read after 502", "GET", []answer{bad, ok(`{"sid":"FW1"}`)}, 2, true, false},
		{"a read after 503 until patience ends", "GET", []answer{twilioError(503, 20503)}, 5, false, false},
		{"never a read after 501", "GET", []answer{{status: 501}}, 1, false, false},
		{"never a read after 404", "GET", []answer{twilioError(404, 20404)}, 1, false, false},
		{"never a write after 502", "POST", []answer{bad}, 1, false, true},
		{"never a write after 500", "POST", []answer{twilioError(500, 20500)}, 1, false, true},
		{"never a write after 503", "PUT", []answer{twilioError(503, 20503)}, 1, false, true},
		{"never a write after a refusal", "POST", []answer{twilioError(400, 20001)}, 1, false, false},
		{"a read after a cut", "GET", []answer{cut, ok(`{"sid":"FW1"}`)}, 2, true, false},
		{"a removal after a cut", "DELETE", []answer{cut, {status: 204}}, 2, true, false},
		{"never a write after a cut", "POST", []answer{cut}, 1, false, true},
		{"a write that was never connected", "POST", []answer{noDial, ok(`{"sid":"FW1"}`)}, 2, true, false},
		{"a write that is never connected", "POST", []answer{noDial}, 5, false, false},
		{"a removal whose first attempt did it", "DELETE", []answer{bad, twilioError(404, 20404)}, 2, true, false},
		{"a removal cut off which did it", "DELETE", []answer{cut, twilioError(404, 20404)}, 2, true, false},
		{"a removal of nothing", "DELETE", []answer{twilioError(404, 20404)}, 1, false, false},
		{"a removal of nothing after 429", "DELETE", []answer{busy, twilioError(404, 20404)}, 2, false, false},
		{"a removal that fails to the end", "DELETE", []answer{bad}, 5, false, true},
		{"never a write answered by a page", "POST", []answer{ok("<html>")}, 1, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, s := play(t, nil, test.answers...)
			var out any
			err := c.Do(t.Context(), test.method, flowURL, url.Values{"A": {"b"}}, nilFor(test.method, &out))
			if (err == nil) != test.ok {
				t.Errorf("the error is %v", err)
			}
			if s.calls() != test.calls {
				t.Errorf("it was sent %d times, not %d", s.calls(), test.calls)
			}
			if errors.Is(err, bot.ErrUncertain) != test.uncertain {
				t.Errorf("uncertain is not %v: %v", test.uncertain, err)
			}
		})
	}
}

func nilFor(method string, out any) any {
	if method == "DELETE" {
		return nil
	}
	return out
}

func TestRepeatedWriteCarriesItsForm(t *testing.T) {
	c, s := play(t, nil, twilioError(429, 20429), ok(`{"sid":"FW1"}`))
	if err := c.Do(t.Context(), "POST", flowURL, url.Values{"Status": {"published"}}, nil); err != nil {
		t.Fatal(err)
	}
	for i, each := range s.seen {
		if each.body != "Status=published" {
			t.Errorf("attempt %d sent %q", i+1, each.body)
		}
	}
}

func TestWaits(t *testing.T) {
	busy := func(header ...string) answer {
		a := twilioError(429, 20429)
		a.header = http.Header{}
		for _, each := range header {
			a.header.Set("Retry-After", each)
		}
		return a
	}
	tests := []struct {
		name     string
		answer   answer
		min, max time.Duration
	}{
		{"by itself", busy(), 0, 100 * time.Millisecond},
		{"as many seconds as asked for", busy("7"), 7 * time.Second, 7 * time.Second},
		{"no longer than is sensible", busy("86400"), longestRetryAfter, longestRetryAfter},
		{"asked for none", busy("0"), 0, 100 * time.Millisecond},
		{"asked for nonsense", busy("soon"), 0, 100 * time.Millisecond},
		{"asked for less than nothing", busy("-5"), 0, 100 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := play(t, func(config *Config) { config.RetryWait = 0 }, test.answer, ok(`{"sid":"FW1"}`))
				if err := get(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if waited := s.seen[1].at.Sub(s.seen[0].at); waited < test.min || waited > test.max {
					t.Errorf("it waited %s, not %s to %s", waited, test.min, test.max)
				}
			})
		})
	}
	t.Run("until the date asked for", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, s := play(t, nil, busy(time.Now().Add(9*time.Second).UTC().Format(http.TimeFormat)), ok(`{"sid":"FW1"}`))
			if err := get(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if waited := s.seen[1].at.Sub(s.seen[0].at); waited < 8*time.Second || waited > 9*time.Second {
				t.Errorf("it waited %s", waited)
			}
		})
	})
}

func TestWaitsDoubleUpToTheLongest(t *testing.T) {
	full := firstWait
	for attempt := range 40 {
		longest := time.Duration(0)
		for range 50 {
			longest = max(longest, backoff(firstWait, longestWait, attempt, nil))
		}
		// That none of 50 is in the upper half is as good as impossible.
		if longest <= full/2 || longest > full {
			t.Errorf("the longest of wait %d was %s of %s", attempt, longest, full)
		}
		full = min(2*full, longestWait)
	}
}

// Calls that are refused together do not come back together.
func TestWaitsAreSpreadFromTheBeginning(t *testing.T) {
	early := 0
	for range 100 {
		if backoff(time.Hour, time.Hour, 0, nil) < time.Hour/2 {
			early++
		}
	}
	if early < 20 || early > 80 {
		t.Errorf("of 100 waits %d were in the first half", early)
	}
}

func TestCallThatTakesTooLongSaysWhatItWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := twilioError(429, 20429)
		a.header = http.Header{"Retry-After": {"100"}}
		c, s := play(t, nil, a)
		err := c.Do(t.Context(), "POST", flowURL, nil, nil)
		const words = "2 attempts at studio.twilio.com in 1m40s, of which Twilio turned away 2; no call takes longer than 3m0s"
		if err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "POST /v2/Flows/FW0") {
			t.Errorf("it does not say %q: %v", words, err)
		}
		if s.calls() != 2 {
			t.Errorf("%d calls", s.calls())
		}
	})
}

// A server that never answers is not asked as often as one that refuses.
func TestCallsThatAreNeverAnsweredEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := play(t, func(config *Config) { config.RetryWait, config.MaxRetries = 0, 20 }, answer{never: true})
		if err := get(t.Context(), c); err == nil || s.calls() > 6 || s.calls() < 3 {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
}

func TestCancelEndsAWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := twilioError(429, 20429)
		a.header = http.Header{"Retry-After": {"60"}}
		c, _ := play(t, nil, a)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := c.Do(ctx, "POST", flowURL, nil, nil)
		if took := time.Since(start); took != time.Second {
			t.Errorf("it ended after %s", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, bot.ErrUncertain) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestRefusedConnectionIsTriedAgainEvenForWrites(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	var attempts int
	c := newTest(t, func(config *Config) {
		config.APIURL = gone.URL
		config.Log = func(context.Context, string, map[string]any) { attempts++ }
	})
	err := c.Do(t.Context(), "POST", flowURL, nil, nil)
	if err == nil || errors.Is(err, bot.ErrUncertain) || attempts != 5 {
		t.Errorf("%d attempts, error %v", attempts, err)
	}
}

func TestUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	var attempts int
	c := newTest(t, func(config *Config) {
		config.APIURL = server.URL
		config.Log = func(context.Context, string, map[string]any) { attempts++ }
	})
	err := c.Do(t.Context(), "POST", flowURL, nil, nil)
	if err == nil || errors.Is(err, bot.ErrUncertain) || attempts != 1 {
		t.Errorf("%d attempts, error %v", attempts, err)
	}
}

func TestWriteCutOffByTheServerIsUncertainAndSentOnce(t *testing.T) {
	var calls atomic.Int32
	c, _ := serve(t, func(http.ResponseWriter, *http.Request) {
		calls.Add(1)
		panic(http.ErrAbortHandler)
	}, nil)
	err := c.Do(t.Context(), "POST", flowURL, url.Values{"A": {"b"}}, nil)
	if !errors.Is(err, bot.ErrUncertain) || calls.Load() != 1 {
		t.Errorf("%d calls, error %v", calls.Load(), err)
	}
}
