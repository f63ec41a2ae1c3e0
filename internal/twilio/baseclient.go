package twilio

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/twilio/twilio-go/client"
)

// baseClient is what twilio-go's generated code sends through. It carries the
// context, which that code has no way to pass, and so lives for one operation.
type baseClient struct {
	client *Client
	ctx    context.Context
}

var _ client.BaseClient = (*baseClient)(nil)

// AccountSid is the account that the generated code puts into 2010-04-01 paths.
func (b *baseClient) AccountSid() string { return b.client.config.AccountSID }

// SetTimeout does nothing: how long a request may take is the Client's to say, and
// one caller must not change it for all.
func (b *baseClient) SetTimeout(time.Duration) {}

// SetOauth does nothing: the provider has no OAuth credentials.
func (b *baseClient) SetOauth(client.OAuth) {}

// OAuth is nil: the credentials are the Client's.
func (b *baseClient) OAuth() client.OAuth { return nil }

// SendRequest sends what generated code asks for. Unlike twilio-go's own client it
// keeps a query's values as they are, leaves the URL's query alone where there is
// no data, and gives every form its Content-Type.
func (b *baseClient) SendRequest(method, rawURL string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	header := http.Header{}
	for name, value := range headers {
		header.Set(name, fmt.Sprint(value))
	}
	return b.client.send(b.ctx, request{method: method, url: rawURL, form: data, header: header, json: body})
}
