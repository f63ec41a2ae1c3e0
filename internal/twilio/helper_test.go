package twilio

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testAccount = "AC0123456789abcdef0123456789abcdef"
	otherAcct   = "ACfedcba9876543210fedcba9876543210"
	testKey     = "SK0123456789abcdef0123456789abcdef"
	testToken   = "s3cret-t0ken_with/odd+chars="
	flowURL     = "https://studio.twilio.com/v2/Flows/FW0123456789abcdef0123456789abcdef"
	flowsURL    = "https://studio.twilio.com/v2/Flows"
)

func testResolved() Resolved {
	return Resolved{AccountSID: testAccount, Username: testAccount, Password: testToken, CredentialAccountSID: testAccount, Source: "a test"}
}

// newTest makes a client whose waits are too short to notice.
func newTest(t *testing.T, change func(*Config)) *Client {
	t.Helper()
	config := Config{Resolved: testResolved(), Version: "1.2.3", TerraformVersion: "1.14.0", MaxRetries: 4, RetryWait: time.Microsecond}
	if change != nil {
		change(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve runs a server in Twilio's place and a client that reaches it by api_url.
func serve(t *testing.T, handler http.HandlerFunc, change func(*Config)) (*Client, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c := newTest(t, func(config *Config) {
		config.APIURL = server.URL
		if change != nil {
			change(config)
		}
	})
	return c, server
}

// script is a Transport that gives one answer after the other and then the last
// one for ever.
type script struct {
	mu      sync.Mutex
	answers []answer
	seen    []seen
}

type answer struct {
	status int
	header http.Header
	body   string
	err    error
	// never: no answer comes before the context ends.
	never bool
}

type seen struct {
	at     time.Time
	method string
	url    string
	host   string
	header http.Header
	body   string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	s.mu.Lock()
	next := s.answers[min(len(s.seen), len(s.answers)-1)]
	s.seen = append(s.seen, seen{time.Now(), req.Method, req.URL.String(), req.Host, req.Header.Clone(), string(body)})
	s.mu.Unlock()
	if next.never {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	if next.err != nil {
		return nil, next.err
	}
	header := next.header
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{
		StatusCode: next.status, Status: fmt.Sprint(next.status), Header: header,
		Body: io.NopCloser(strings.NewReader(next.body)),
	}, nil
}

func (s *script) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func play(t *testing.T, change func(*Config), answers ...answer) (*Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	return newTest(t, func(config *Config) {
		config.Transport = s
		if change != nil {
			change(config)
		}
	}), s
}

func ok(body string) answer { return answer{status: 200, body: body} }

func twilioError(status, code int) answer {
	return answer{status: status, body: fmt.Sprintf(`{"code":%d,"message":"it says no","more_info":"https://www.twilio.com/docs/errors/%d","status":%d}`, code, code, status)}
}

func get(ctx context.Context, c *Client) error {
	var out map[string]any
	return c.Do(ctx, http.MethodGet, flowURL, nil, &out)
}
