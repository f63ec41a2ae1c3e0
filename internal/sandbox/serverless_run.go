package sandbox

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	functionDomain = ".twil.io"
	// functionTimeout is how long a function may run
	// (https://www.twilio.com/docs/studio/user-guide/studio-faq).
	functionTimeout = 10 * time.Second

	// FunctionVersionHeader is a header of the sandbox's own: which version of a function a
	// stand-in answers for, and which one an answer is of.
	FunctionVersionHeader = "X-Sandbox-Function-Version"
)

// isFunctionHost reports whether a host is the domain of functions.
func isFunctionHost(host string) bool {
	if u, err := url.Parse("//" + host); err == nil {
		host = u.Hostname()
	}
	return strings.HasSuffix(strings.ToLower(host), functionDomain)
}

// deployed finds the version that is deployed at a path of a domain, and what stands in for
// its code.
func (s *Sandbox) deployed(ctx context.Context, host, path string) (found slVersion, standIn string, err error) {
	err = s.do(ctx, func() error {
		standIn = s.state.settings.FunctionStandIn
		e, ok := slEnvironments.anywhere(s.state, func(e slEnvironment) bool { return strings.EqualFold(e.DomainName, host) })
		if !ok {
			return errNone
		}
		there := s.state.in(e.Region)
		b, _ := slBuilds.get(there, e.BuildSID)
		for _, sid := range b.versions() {
			if v, ok := slVersions.get(there, sid); ok && v.Path == path && v.Visibility != "private" {
				found = v
				return nil
			}
		}
		return errNone
	})
	return found, standIn, err
}

// serveFunction answers for a function or an asset that is deployed
// (https://www.twilio.com/docs/serverless/functions-assets/functions/request-flow). The code
// of a function is not run: the stand-in of the settings answers for it.
func (s *Sandbox) serveFunction(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	host := r.Host
	if u, err := url.Parse("//" + host); err == nil {
		host = u.Hostname()
	}
	v, standIn, err := s.deployed(r.Context(), host, r.URL.Path)
	switch {
	case errors.Is(err, errNone):
		http.Error(w, "Not Found", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case r.Method == http.MethodGet && len(body) > 0:
		http.Error(w, "Forbidden", http.StatusForbidden)
	case v.Visibility == "protected" && !s.isSigned(r, v.AccountSID, host, body):
		http.Error(w, "Bad Request", http.StatusBadRequest)
	case v.Kind == kindAsset:
		w.Header().Set(FunctionVersionHeader, v.SID)
		_, _ = io.WriteString(w, v.Content) // fails only if the client has disconnected
	case r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodOptions:
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
	default:
		w.Header().Set(FunctionVersionHeader, v.SID)
		s.standIn(w, r, standIn, v, body)
	}
}

// isSigned reports whether a request has Twilio's signature, of the token of the account.
func (s *Sandbox) isSigned(r *http.Request, accountSID, host string, body []byte) bool {
	token := s.tokenOf(accountSID)
	var form url.Values
	if isOfType(r, formType) {
		form, _ = url.ParseQuery(string(body)) // what cannot be parsed is not signed
	}
	wanted := sign(token, "https://"+host+r.URL.RequestURI(), form)
	return token != "" && hmac.Equal([]byte(wanted), []byte(r.Header.Get(signatureHeader)))
}

func (s *Sandbox) standIn(w http.ResponseWriter, r *http.Request, standIn string, v slVersion, body []byte) {
	if standIn == "" {
		http.Error(w, "the sandbox does not run the code of functions: set function_stand_in", http.StatusInternalServerError)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), functionTimeout)
	defer cancel()
	target := strings.TrimSuffix(standIn, "/") + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	asked, err := http.NewRequestWithContext(ctx, r.Method, target, strings.NewReader(string(body)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if kind := r.Header.Get("Content-Type"); kind != "" {
		asked.Header.Set("Content-Type", kind)
	}
	asked.Header.Set(FunctionVersionHeader, v.SID)
	client := &http.Client{Transport: loopback, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(asked)
	if err != nil {
		http.Error(w, "the function failed: "+plainCause(err).Error(), http.StatusInternalServerError)
		return
	}
	defer answer.Body.Close()
	for _, name := range []string{"Content-Type", "Location"} {
		if value := answer.Header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(answer.Body, maxBody)) // fails only if either side has disconnected
}

// reach carries the requests of bots: to functions in process, and to this machine.
type reach struct{ functions http.RoundTripper }

func (t reach) RoundTrip(r *http.Request) (*http.Response, error) {
	if isFunctionHost(r.URL.Host) {
		return t.functions.RoundTrip(r)
	}
	return loopback.RoundTrip(r)
}

// checkStandIn refuses a stand-in on another machine.
func (s ServerlessSettings) checkStandIn() error {
	if s.FunctionStandIn == "" {
		return nil
	}
	u, err := url.Parse(s.FunctionStandIn)
	if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) {
		return fmt.Errorf("settings: function_stand_in must be an http URL on this machine, as http://127.0.0.1:8000")
	}
	return nil
}

// callsFunctions is the reach of a sandbox's bots.
func (s *Sandbox) callsFunctions() http.RoundTripper {
	return reach{InProcess(http.HandlerFunc(s.serveFunction))}
}
