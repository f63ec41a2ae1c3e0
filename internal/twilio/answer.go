package twilio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// longestMessage keeps an answer that echoes a whole flow out of the terminal.
const longestMessage = 1000

// errorBody is what an error answer of Twilio says. There are two shapes: the one
// of https://www.twilio.com/docs/usage/twilios-response, and that of the 429 of
// Twilio's outermost servers, with moreInfo and detail.
type errorBody struct {
	code     int
	message  string
	moreInfo string
	details  map[string]any
}

// decodeError reads as much of an error answer as makes sense; all is zero if
// nothing does.
func decodeError(body []byte) errorBody {
	var raw map[string]json.RawMessage
	if json.Unmarshal(body, &raw) != nil {
		return errorBody{}
	}
	var e errorBody
	e.code = number(raw["code"])
	e.message = first(text(raw["message"]), text(raw["detail"]))
	e.moreInfo = first(text(raw["more_info"]), text(raw["moreInfo"]))
	if detail := text(raw["detail"]); detail != "" && detail != e.message {
		e.message += ": " + detail
	}
	if json.Unmarshal(raw["details"], &e.details) != nil {
		e.details = nil
		var list []any
		if json.Unmarshal(raw["details"], &list) == nil && len(list) > 0 {
			e.details = map[string]any{"errors": list}
		}
	}
	return e
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// number reads an integer that may be spelled as a string.
func number(raw json.RawMessage) int {
	n, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	if err != nil {
		return 0
	}
	return n
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (c *Client) newError(current *call) *Error {
	return &Error{
		Method:    current.method,
		Host:      current.host,
		Path:      c.redact(current, current.path),
		Attempts:  current.attempts,
		Refusals:  current.refusals,
		Took:      time.Since(current.began),
		GaveUp:    current.gaveUp,
		Uncertain: current.maybeDone && !reads(current.method),
	}
}

// refusal is the error for an answer that is not a success.
func (c *Client) refusal(current *call, resp *http.Response) *Error {
	e := c.newError(current)
	e.HTTPStatus = resp.StatusCode
	e.RequestID = resp.Header.Get("Twilio-Request-Id")
	body := decodeError(peek(resp))
	e.Code, e.MoreInfo = body.code, c.redact(current, body.moreInfo)
	e.Details, _ = c.redactAll(current, body.details).(map[string]any)
	e.Message = shorten(c.redact(current, body.message))
	if e.Message == "" {
		e.Message = fmt.Sprintf("%s, with %s instead of Twilio's error message", statusText(resp), bodyText(resp))
	}
	switch {
	case resp.StatusCode < 400:
		e.Message = fmt.Sprintf("%s: a redirect is never followed, since it would carry the credentials elsewhere", statusText(resp))
		e.Hint = "Check api_url, autopilot_url and any proxy between here and Twilio"
	case resp.StatusCode == http.StatusForbidden && e.Code != 0, resp.StatusCode == http.StatusUnauthorized && e.Code == permissionMissing:
		e.Hint = permissionHint(current.method, current.host, current.path)
	case resp.StatusCode == http.StatusUnauthorized:
		e.Hint = c.credentialsHint()
	case resp.StatusCode == http.StatusNotFound && ofAccount.MatchString(current.path):
		e.Hint = c.accountHint()
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Hint = "Too many requests are on their way in this account; raise max_retries, lower Terraform's -parallelism, or apply again later"
	}
	return e
}

// permissionMissing is Twilio's code for a restricted key without the permission, with status
// 401; with status 403 it is 20403 (https://www.twilio.com/docs/api/errors/70051).
const permissionMissing = 70051

// ofAccount is the path of an account or of one of its lists: nothing in it but the
// account can be missing.
var ofAccount = regexp.MustCompile(`^/2010-04-01/Accounts/[^/]+(/[A-Za-z]+)?\.json$`)

func (c *Client) accountHint() string {
	return "Check the account SID: the account is not there, or these credentials" + c.source() + " do not reach it"
}

// source says in brackets where the credentials come from.
func (c *Client) source() string {
	if c.config.Source == "" {
		return ""
	}
	return " (they come from " + c.config.Source + ")"
}

func (c *Client) credentialsHint() string {
	hint := "Check the account SID, and the auth token or the API key and its secret" + c.source()
	if c.config.Region != "" && c.config.Region != "us1" {
		return hint + "; credentials belong to one region, and these were used in " + c.config.Region
	}
	return hint + "; credentials belong to one region, and no other than us1 was asked for"
}

// unreadable is the error for a success whose body is no JSON.
func (c *Client) unreadable(current *call, resp *http.Response) *Error {
	e := c.newError(current)
	e.HTTPStatus = resp.StatusCode
	e.RequestID = resp.Header.Get("Twilio-Request-Id")
	e.Uncertain = !reads(current.method)
	e.Message = fmt.Sprintf("%s, but %s instead of JSON", statusText(resp), bodyText(resp))
	e.Hint = "Something between here and Twilio may have answered in its place: check the proxy and api_url"
	return e
}

// unanswered is the error for a request to which no answer came.
func (c *Client) unanswered(ctx context.Context, current *call, err error) *Error {
	e := c.newError(current)
	// The text of a url.Error holds the URL with its query.
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	e.Err = err
	e.Message = c.redact(current, errorText(err, current))
	switch {
	case errors.Is(context.Cause(ctx), operation.ErrQuiet):
		e.Message = "it was given up: " + operation.ErrQuiet.Error()
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		e.Message = "it was cancelled"
	case ctx.Err() != nil && errors.Is(err, context.DeadlineExceeded):
		e.Message = "the time for the whole operation ran out"
	case untrusted(err):
		e.Hint = "The connection to " + current.host + " is not trusted; a proxy that opens TLS needs its certificate among the system's"
	}
	return e
}

func statusText(resp *http.Response) string {
	if name := http.StatusText(resp.StatusCode); name != "" {
		return name
	}
	return "an unknown status"
}

func bodyText(resp *http.Response) string {
	body := peek(resp)
	if len(body) == 0 {
		return "an empty body"
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		kind = "data of no stated type"
	}
	return fmt.Sprintf("%d bytes of %s", len(body), kind)
}

func shorten(s string) string {
	if len(s) <= longestMessage {
		return s
	}
	return strings.ToValidUTF8(s[:longestMessage], "") + "…"
}

// redact takes secrets out of text that came from outside: those of the credentials, and
// what a URL may hold of them, such as one that was sent and that the answer quotes.
func (c *Client) redact(current *call, s string) string {
	if secret := c.config.Password; secret != "" {
		basic := base64.StdEncoding.EncodeToString([]byte(c.config.Username + ":" + secret))
		s = strings.NewReplacer(basic, "(hidden)", secret, "(hidden)").Replace(s)
	}
	return bot.ShownText(s, current.urls...)
}

// redactAll is redact of every text in a JSON value.
func (c *Client) redactAll(current *call, value any) any {
	switch value := value.(type) {
	case string:
		return c.redact(current, value)
	case []any:
		for i := range value {
			value[i] = c.redactAll(current, value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = c.redactAll(current, value[name])
		}
	}
	return value
}

// urlsIn lists the values of a form that hold a URL, well formed or not.
func urlsIn(form url.Values) []string {
	var urls []string
	for _, values := range form {
		for _, value := range values {
			if strings.Contains(value, "://") {
				urls = append(urls, value)
			}
		}
	}
	return urls
}

// errorText is the text of a transport's error without the secrets of URLs in it.
func errorText(err error, current *call) string {
	// net/http quotes a proxy of the environment that is no URL, in parts too.
	if strings.Contains(err.Error(), "invalid proxy address") {
		return "the proxy that the environment names is not a URL; check HTTPS_PROXY"
	}
	return bot.ShownText(err.Error(), current.urls...)
}
