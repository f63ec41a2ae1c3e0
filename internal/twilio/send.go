package twilio

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/twilio/twilio-go/client"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// request is one call before it is known where it goes.
type request struct {
	method string
	url    string // as Twilio documents it, without region and edge
	form   url.Values
	header http.Header
	json   []byte // the body where the Content-Type is JSON
	parts  []byte // the body where the Content-Type is that of a multipart form
	// empty says that an answer without a body is a good one.
	empty bool
}

func (c *Client) do(ctx context.Context, method, rawURL string, form url.Values, out any) error {
	return c.decode(ctx, request{method: method, url: rawURL, form: form, empty: out == nil}, out)
}

// upload sends a multipart form of fields and one file, whose content has a type.
func (c *Client) upload(ctx context.Context, rawURL string, fields map[string]string, file File, out any) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(file.Field, file.Name)}, "Content-Type": {file.Type},
	})
	if err == nil {
		_, err = io.WriteString(part, file.Content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {w.FormDataContentType()}}
	return c.decode(ctx, request{method: http.MethodPost, url: rawURL, header: header, parts: body.Bytes()}, out)
}

// decode sends a request and reads the JSON of its answer into out, unless that is nil.
func (c *Client) decode(ctx context.Context, r request, out any) error {
	resp, err := c.send(ctx, r) //nolint:bodyclose // send has read the body whole and closed it
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(peek(resp), out); err != nil {
		current := callOf(resp.Request.Context())
		e := c.newError(current)
		e.HTTPStatus, e.Err, e.Uncertain = resp.StatusCode, err, !reads(r.method)
		e.Message = "the answer is not the object that was expected: " + err.Error()
		return e
	}
	return nil
}

// send carries a request through to a good answer or an error.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	asked, err := askable(r.url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.method, err)
	}
	if asked.Scheme != "https" || !isTwilio(asked.Hostname()) {
		return nil, fmt.Errorf("%s %s: %s is no host of Twilio, so it gets no credentials", r.method, asked.EscapedPath(), asked.Host)
	}
	current := &call{method: r.method, host: asked.Host, path: asked.EscapedPath(), urls: urlsIn(r.form), began: time.Now()}
	req, err := c.build(withCall(ctx, current), asked, r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, current.path, err)
	}
	resp, err := c.http.Do(req)
	if err == nil && resp == nil {
		err = errors.New("no answer")
	}
	if err != nil {
		return nil, c.unanswered(ctx, current, err)
	}
	if r.method == http.MethodDelete && resp.StatusCode == http.StatusNotFound && current.maybeDone {
		// An earlier attempt did it and its answer was lost.
		resp.StatusCode, resp.Status = http.StatusNoContent, "204 No Content"
		return resp, nil
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, c.refusal(current, resp)
	}
	if !r.empty && wantsBody(r.method, resp.StatusCode) && !json.Valid(peek(resp)) {
		return nil, c.unreadable(current, resp)
	}
	if !r.empty && wantsBody(r.method, resp.StatusCode) {
		if missing := expect(r.method, current.host, current.path).missing(peek(resp)); missing != "" {
			return nil, c.incomplete(current, resp, missing)
		}
	}
	if reads(r.method) {
		named := *asked
		named.Host = req.Host
		if err := checkNextPage(peek(resp), asked, &named, c.routes.reached(asked)); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.method, current.path, err)
		}
	}
	return resp, nil
}

func wantsBody(method string, status int) bool {
	return method != http.MethodHead && method != http.MethodDelete && status != http.StatusNoContent
}

// askable parses the URL of a call. Neither twilio-go nor url.JoinPath's callers
// escape what they put into a path, and with an empty SID the path of an object is
// that of its list, which must not pass for the object.
func askable(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("the URL cannot be parsed; a name or SID in it holds characters that cannot be there")
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(u.EscapedPath(), "/"), "/") {
		switch segment {
		case "", ".", "..", ".json":
			return nil, fmt.Errorf("the path %s has an empty part, so the SID of an object or of the account is missing", u.EscapedPath())
		}
	}
	return u, nil
}

func (c *Client) build(ctx context.Context, asked *url.URL, r request) (*retryablehttp.Request, error) {
	to, host := c.routes.route(asked)
	if !private(to) {
		return nil, fmt.Errorf("%s is plain http, which would show the credentials to the network", to.Host)
	}
	header := http.Header{}
	for name, values := range r.header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	// A nil []byte in an interface is a body of no bytes to retryablehttp.
	var body any
	isJSON := strings.HasPrefix(header.Get("Content-Type"), jsonType)
	inQuery := reads(r.method) || r.method == http.MethodDelete || isJSON
	switch {
	case isJSON && !reads(r.method):
		body = r.json
	case r.parts != nil:
		body = r.parts
	case !inQuery:
		body = []byte(r.form.Encode())
		// Without it Twilio answers 20422 (https://www.twilio.com/docs/api/errors/20422).
		header.Set("Content-Type", formType)
	}
	if inQuery && len(r.form) > 0 {
		query := to.Query()
		for name, values := range r.form {
			query[name] = values
		}
		to.RawQuery = query.Encode()
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, to.String(), body)
	if err != nil {
		return nil, err
	}
	header.Set("Accept", jsonType)
	header.Set("User-Agent", c.userAgent())
	req.Header, req.Host = header, host
	if c.config.Username != "" {
		req.SetBasicAuth(c.config.Username, c.config.Password)
	}
	return req, nil
}

func (c *Client) userAgent() string {
	parts := []string{"terraform-provider-twiliobot/" + cmp.Or(c.config.Version, "dev")}
	if c.config.TerraformVersion != "" {
		parts = append(parts, "(Terraform/"+c.config.TerraformVersion+")")
	}
	return strings.Join(append(parts, "twilio-go/"+client.LibraryVersion), " ")
}
