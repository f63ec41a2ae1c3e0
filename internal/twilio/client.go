// Package twilio is the way to a Twilio account: credentials as twilio-cli finds
// them, one HTTP path shared by twilio-go's generated clients and by products it
// does not generate, retries that never repeat a write that may have happened,
// and errors that say what Twilio answered. It knows nothing of Terraform.
package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/twilio/twilio-go/client"
)

// What Config means by a field left zero, and what a provider says where its user
// says nothing.
const (
	// DefaultRequestTimeout is how long one attempt may take, from a free slot to
	// the last byte of the answer; twilio-cli waits as long.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultMaxRetries lets 11 attempts fail before a call does: where one in five calls
	// fails at random, that is one in 50 million. The waits between them add up to 41
	// seconds on average, and to 82 at most.
	DefaultMaxRetries = 10
	// DefaultMaxInFlight stays well under the number of concurrent requests at
	// which Twilio answers 429 (error 20429, https://www.twilio.com/docs/api/errors/20429;
	// the number itself is not published). Where the account has less, it adapts.
	DefaultMaxInFlight = 20
)

// Config says how a Client reaches Twilio.
type Config struct {
	// Resolved says who asks, for which account, and where Twilio is reached. Its
	// Sandbox is ignored: a sandbox is given as Transport.
	Resolved

	// Version is the provider's own and TerraformVersion that of the Terraform
	// which runs it ("" if unknown); both appear in the User-Agent only.
	Version, TerraformVersion string

	// MaxRetries is the number of attempts after the first; 0 is none.
	MaxRetries int
	// RequestTimeout bounds one attempt; zero means DefaultRequestTimeout.
	RequestTimeout time.Duration
	// MaxInFlight bounds the requests on their way at any time; zero means
	// DefaultMaxInFlight. Fewer are sent at once where Twilio refuses some. A request that
	// waits to be repeated is not on its way.
	MaxInFlight int
	// KnownInFlight is set where MaxInFlight is what the account takes, so that refusals
	// teach nothing. What learning costs is measured against it.
	KnownInFlight bool
	// RetryWait is the longest wait before the first repetition, doubled for each further
	// one; how much of it is waited is random. Zero means 100 ms, which is what Twilio
	// recommends.
	RetryWait time.Duration

	// Transport carries the requests; nil means a pool of connections of the
	// Client's own, which honours HTTPS_PROXY.
	Transport http.RoundTripper
	// Log receives one line per attempt; nil means none. It is given neither
	// headers, nor queries, nor forms.
	Log func(ctx context.Context, msg string, fields map[string]any)
	// Warn is told, once for each operation that was interrupted, that it is being undone;
	// nil means not.
	Warn func(ctx context.Context, msg string)
}

// Client sends requests to one Twilio account. It is safe for concurrent use.
type Client struct {
	config Config
	routes routes
	http   *retryablehttp.Client
}

// New checks a Config and creates a Client. It sends nothing.
func New(config Config) (*Client, error) {
	if config.MaxRetries < 0 {
		return nil, fmt.Errorf("the number of retries is %d; it must be 0 or more", config.MaxRetries)
	}
	if config.RequestTimeout == 0 {
		config.RequestTimeout = DefaultRequestTimeout
	}
	if config.MaxInFlight == 0 {
		config.MaxInFlight = DefaultMaxInFlight
	}
	if config.RetryWait == 0 {
		config.RetryWait = firstWait
	}
	if config.RequestTimeout < 0 || config.MaxInFlight < 0 || config.RetryWait < 0 {
		return nil, errors.New("the request timeout, the number of requests in flight and the wait before a retry must not be negative")
	}
	if config.Transport == nil {
		config.Transport = pooled(config.MaxInFlight)
	}
	where, err := newRoutes(config.Resolved)
	if err != nil {
		return nil, err
	}
	c := &Client{config: config, routes: where}
	c.http = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     newTransport(config),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     config.MaxRetries,
		RetryWaitMin: config.RetryWait,
		RetryWaitMax: longestWait,
		CheckRetry:   c.checkRetry,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c, nil
}

// pooled keeps a connection for each request that may be on its way, so that
// Terraform's parallelism opens none anew.
func pooled(inFlight int) *http.Transport {
	t := cleanhttp.DefaultPooledTransport()
	t.MaxIdleConnsPerHost = max(16, inFlight)
	t.MaxIdleConns = max(t.MaxIdleConns, 4*t.MaxIdleConnsPerHost)
	// Without it net/http dials for a request that is then given a connection just
	// returned, and in a burst keeps more of them than there are requests.
	t.MaxConnsPerHost = inFlight
	return t
}

// AccountSID is the account whose objects are asked for.
func (c *Client) AccountSID() string { return c.config.AccountSID }

// CredentialAccountSID is the account the credentials belong to, "" if unknown. It
// is the one that product hosts such as studio.twilio.com act on, whatever
// AccountSID says (https://www.twilio.com/docs/iam/api/subaccounts).
func (c *Client) CredentialAccountSID() string { return c.config.CredentialAccountSID }

// Requests is a request handler for the calls of one operation, to give to the
// NewApiService function of a package that twilio-go generates. Cancelling ctx
// stops a call that is under way. Errors of its calls are of type *Error.
func (c *Client) Requests(ctx context.Context) *client.RequestHandler {
	return &client.RequestHandler{Client: &baseClient{client: c, ctx: ctx}}
}

// Do asks a product that twilio-go does not generate, by its full URL. The form is
// the query of a GET, HEAD or DELETE (added to the URL's own) and the body of
// anything else. The answer is decoded into out unless that is nil. Errors are of
// type *Error, or say that the call itself makes no sense.
func (c *Client) Do(ctx context.Context, method, url string, form url.Values, out any) error {
	return c.do(ctx, method, url, form, out)
}
