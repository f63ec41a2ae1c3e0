package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

const (
	// webhookTimeout is how long Twilio waits for a webhook
	// (https://www.twilio.com/docs/api/errors/11200).
	webhookTimeout = 15 * time.Second
	// maxAnswer bounds the answer of a webhook, in bytes
	// (https://www.twilio.com/docs/api/errors/11750).
	maxAnswer = 64 << 10
	// webRedirects is how many HTTP redirects are followed
	// (https://www.twilio.com/docs/api/errors/11215).
	webRedirects = 10

	signatureHeader = "X-Twilio-Signature"
)

var errNotLoopback = errors.New("the sandbox calls only loopback addresses")

// isLoopback reports whether a host name or address always means this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// dialLoopback refuses the resolved address of a name, where that is not this
// machine.
func dialLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if !isLoopback(host) {
		return errNotLoopback
	}
	return nil
}

var loopback = &http.Transport{
	DialContext:     (&net.Dialer{Timeout: webhookTimeout, Control: dialLoopback}).DialContext,
	MaxIdleConns:    8,
	IdleConnTimeout: time.Minute,
}

// sign is Twilio's signature of a request: of the URL and, in a POST, of the
// form's names and values in order
// (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
func sign(token, target string, form url.Values) string {
	text := target
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			text += name + value
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// web makes the requests of an account's bots, to this machine and to functions only. Requests
// are signed with the account's token. The sandbox stores only its hash, so for
// an account other than the starter's they are signed once this process has
// created the account or received its token.
func (s *Sandbox) web(accountSID string) run.Web {
	token, transport := s.tokenOf(accountSID), s.callsFunctions()
	return func(ctx context.Context, r run.Request) (run.Response, *run.Problem) {
		response, problem := fetchWeb(ctx, transport, r, token)
		if problem != nil {
			problem.Method, problem.URL = r.Method, r.URL
		}
		return response, problem
	}
}

// tokenOf is the token of an account, empty where this process does not know it.
func (s *Sandbox) tokenOf(accountSID string) string {
	if accountSID == StarterAccountSID {
		return StarterAuthToken
	}
	known, _ := s.tokens.Load(accountSID)
	token, _ := known.(string)
	return token
}

func retrievalFailure(format string, args ...any) *run.Problem {
	p := run.Problemf(11200, "HTTP retrieval failure: "+format, args...)
	return &p
}

func fetchWeb(ctx context.Context, transport http.RoundTripper, r run.Request, token string) (run.Response, *run.Problem) {
	u, err := url.Parse(r.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return run.Response{}, retrievalFailure("%q is not a URL that can be called", withoutUser(r.URL))
	case !isLoopback(u.Hostname()) && !isFunctionHost(u.Host):
		return run.Response{}, retrievalFailure("%v, and %s is not one", errNotLoopback, u.Hostname())
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	made, form, err := compose(ctx, r, u)
	if err != nil {
		return run.Response{}, retrievalFailure("%v", err)
	}
	signed := func(to *http.Request, form url.Values) {
		if r.Signed && token != "" {
			to.Header.Set(signatureHeader, sign(token, to.URL.String(), form))
		}
	}
	signed(made, form)
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, before []*http.Request) error {
		if !isLoopback(next.URL.Hostname()) && !isFunctionHost(next.URL.Host) {
			return errNotLoopback
		}
		if len(before) > webRedirects {
			return http.ErrUseLastResponse
		}
		if hasBody(next.Method) {
			signed(next, form)
		} else {
			signed(next, nil)
		}
		return nil
	}}
	answer, err := client.Do(made)
	if err != nil {
		if errors.Is(err, errNotLoopback) {
			return run.Response{}, retrievalFailure("it redirects to another machine: %v", errNotLoopback)
		}
		p := run.Problemf(11205, "HTTP connection failure: %v", plainCause(err))
		return run.Response{}, &p
	}
	defer answer.Body.Close()
	return readAnswer(answer)
}

// withoutUser is a URL that cannot be parsed, without all that may be a user and a
// password in it.
func withoutUser(target string) string {
	if at := strings.LastIndexByte(target, '@'); at >= 0 {
		return redacted + target[at:]
	}
	return target
}

// hasBody reports whether a form is sent in the body: the webhook of a sender may take
// PUT.
func hasBody(method string) bool { return method == http.MethodPost || method == http.MethodPut }

// compose builds a request and returns the form that is signed with it.
func compose(ctx context.Context, r run.Request, u *url.URL) (*http.Request, url.Values, error) {
	method, body, kind, form := r.Method, "", r.ContentType, url.Values(nil)
	switch {
	case !hasBody(method):
		method = http.MethodGet
		query := r.Form.Encode()
		if u.RawQuery != "" && query != "" {
			query = u.RawQuery + "&" + query
		} else if query == "" {
			query = u.RawQuery
		}
		u.RawQuery = query
	case kind != "":
		body = r.Body
	default:
		body, kind, form = r.Form.Encode(), "application/x-www-form-urlencoded; charset=utf-8", r.Form
	}
	made, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if hasBody(method) {
		made.Header.Set("Content-Type", kind)
	}
	made.Header.Set("Accept", "*/*")
	made.Header.Set("User-Agent", "TwilioProxy/1.1")
	return made, form, nil
}

func readAnswer(answer *http.Response) (run.Response, *run.Problem) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	var p run.Problem
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		p = run.Problemf(11215, "HTTP too many redirects: more than %d", webRedirects)
	case answer.StatusCode >= 400:
		p = run.Problemf(11200, "HTTP retrieval failure: it answered %s", answer.Status)
	case err != nil:
		p = run.Problemf(11205, "HTTP connection failure: %v", plainCause(err))
	case len(body) > maxAnswer:
		p = run.Problemf(11750, "TwiML response body too large: more than %d bytes", maxAnswer)
	default:
		kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		if err != nil {
			kind = ""
		}
		return run.Response{
			Status: answer.StatusCode, ContentType: kind, Body: body, URL: answer.Request.URL.String(),
		}, nil
	}
	p.Status = answer.StatusCode
	return run.Response{}, &p
}

// plainCause is an error without the URL, which may hold a password.
func plainCause(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v", webhookTimeout)
	}
	return err
}
