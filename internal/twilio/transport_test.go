package twilio

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestConnectionsAreReused(t *testing.T) {
	var opened atomic.Int32
	big := strings.Repeat(" ", 64<<10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Error answers are where twilio-go's own client loses connections.
		if strings.HasSuffix(r.URL.Path, "0") {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprintf(w, "{}%s", big)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := newTest(t, func(config *Config) { config.APIURL, config.MaxInFlight = server.URL, 10 })

	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			for i := range 10 {
				err := c.Do(t.Context(), "GET", fmt.Sprintf("%s/%d", flowsURL, i), nil, nil)
				if (err != nil) != (i == 0) {
					t.Errorf("call %d: %v", i, err)
				}
			}
		})
	}
	wait.Wait()
	if n := opened.Load(); n > 10 {
		t.Errorf("100 calls of 10 goroutines opened %d connections", n)
	}
}

func TestNoMoreThanTheLimitIsInFlight(t *testing.T) {
	var now, most atomic.Int32
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for {
			old := most.Load()
			if n <= old || most.CompareAndSwap(old, n) {
				break
			}
		}
		fmt.Fprint(w, `{"sid":"FW1"}`)
		now.Add(-1)
	}, func(config *Config) { config.MaxInFlight = 3 })
	var wait sync.WaitGroup
	for range 30 {
		wait.Go(func() {
			if err := get(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if most.Load() > 3 {
		t.Errorf("%d were in flight", most.Load())
	}
}

func TestWaitForASlotEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := play(t, func(config *Config) { config.MaxInFlight, config.MaxRetries = 1, 0 }, answer{never: true})
		go func() { _ = get(t.Context(), c) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := c.Do(ctx, "POST", flowURL, nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, bot.ErrUncertain) || s.calls() != 1 {
			t.Errorf("%d calls, error %v", s.calls(), err)
		}
	})
}

func TestCancelStopsACallOnTheWire(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			arrived, released := make(chan struct{}), make(chan struct{})
			c, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				// A server notices that a client has left once it has read its body.
				_, _ = io.Copy(io.Discard, r.Body)
				close(arrived)
				<-r.Context().Done()
				close(released)
			}, nil)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-arrived; cancel() }()
			err := c.Do(ctx, method, flowURL, nil, nil)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			if uncertain := errors.Is(err, bot.ErrUncertain); uncertain != (method == "POST") {
				t.Errorf("uncertain is %v", uncertain)
			}
			<-released
		})
	}
}

func TestSlowAttemptIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := play(t, func(config *Config) { config.RequestTimeout = 3 * time.Second }, answer{never: true}, ok(`{"sid":"FW1"}`))
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if took := s.seen[1].at.Sub(s.seen[0].at); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("the second attempt came after %s", took)
		}
	})
}

func TestSlowWriteIsUncertainAndNotTheCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := play(t, nil, answer{never: true})
		start := time.Now()
		err := c.Do(t.Context(), "POST", flowURL, nil, nil)
		if took := time.Since(start); took != DefaultRequestTimeout {
			t.Errorf("it took %s", took)
		}
		if !errors.Is(err, bot.ErrUncertain) || errors.Is(err, context.DeadlineExceeded) || s.calls() != 1 {
			t.Errorf("%d calls, error %v", s.calls(), err)
		}
		if !strings.Contains(err.Error(), "no answer within 30s") {
			t.Errorf("the error does not tell the time: %v", err)
		}
	})
}

func TestAnswerCutOffHalfWay(t *testing.T) {
	var calls atomic.Int32
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 || r.Method == http.MethodPost {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"sid":`)
			return
		}
		fmt.Fprint(w, `{"sid":"FW1"}`)
	}, nil)
	if err := get(t.Context(), c); err != nil || calls.Load() != 2 {
		t.Errorf("%d reads, error %v", calls.Load(), err)
	}
	calls.Store(0)
	if err := c.Do(t.Context(), "POST", flowURL, nil, nil); !errors.Is(err, bot.ErrUncertain) || calls.Load() != 1 {
		t.Errorf("%d writes, error %v", calls.Load(), err)
	}
}

func TestLogTellsAttemptsAndNoSecrets(t *testing.T) {
	var lines []map[string]any
	limited := twilioError(429, 20429)
	limited.header = http.Header{"Twilio-Request-Id": {"RQ1"}}
	c, _ := play(t, func(config *Config) {
		config.Log = func(_ context.Context, _ string, fields map[string]any) { lines = append(lines, fields) }
	}, limited, answer{status: 201, body: `{"sid":"FW1"}`})
	if err := c.Do(t.Context(), "POST", flowURL+"?Private=query", url.Values{"Definition": {"private form"}}, nil); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, status := range []int{429, 201} {
		line := lines[i]
		if line["attempt"] != i+1 || line["status"] != status || line["method"] != "POST" || line["host"] != "studio.twilio.com" ||
			line["path"] != "/v2/Flows/FW0123456789abcdef0123456789abcdef" {
			t.Errorf("line %d: %v", i, line)
		}
		if text := fmt.Sprint(line); strings.Contains(text, "rivate") || strings.Contains(text, testToken) {
			t.Errorf("line %d says too much: %s", i, text)
		}
	}
	if lines[0]["request_id"] != "RQ1" {
		t.Errorf("no request id: %v", lines[0])
	}
}

// Over TLS, as at Twilio, one connection carries many calls, and answers are compressed.
func TestTransportSpeaksHTTP2AndReadsGzip(t *testing.T) {
	var connections, others atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 || r.Header.Get("Accept-Encoding") != "gzip" {
			others.Add(1)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		fmt.Fprint(compressed, `{"sid":"FW1"}`)
		if err := compressed.Close(); err != nil {
			t.Error(err)
		}
	}))
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	for _, inFlight := range []int{1, DefaultMaxInFlight} {
		others.Store(0)
		connections.Store(0)
		trusting := pooled(inFlight)
		trusting.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		trusting.TLSClientConfig.RootCAs.AddCert(server.Certificate())
		c := newTest(t, func(config *Config) {
			config.APIURL, config.MaxInFlight, config.Transport = server.URL, inFlight, trusting
		})
		var wait sync.WaitGroup
		for range 4 * DefaultMaxInFlight {
			wait.Go(func() {
				for range 5 {
					var out struct{ SID string }
					if err := c.Do(t.Context(), http.MethodGet, flowURL, nil, &out); err != nil || out.SID != "FW1" {
						t.Errorf("%+v, %v", out, err)
					}
				}
			})
		}
		wait.Wait()
		if others.Load() > 0 {
			t.Errorf("%d calls came by HTTP/1, or asked for no gzip", others.Load())
		}
		if n := int(connections.Load()); n > inFlight {
			t.Errorf("%d connections were opened for %d calls at once", n, inFlight)
		}
		trusting.CloseIdleConnections()
	}
}
