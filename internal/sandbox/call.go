package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is one request that a handler answers.
type call struct {
	*http.Request
	host     *host
	route    route
	routes   methods
	original *url.URL // as the client sent it, .json and all

	// now is the moment the call is answered, to the millisecond: what takes less
	// than the second to which Twilio's dates are exact needs it.
	now time.Time
	// state is what to read from and write to.
	state *state
	// account is the account acted upon: on the 2010 host that of the path,
	// elsewhere the authenticated one.
	account account
	// caller is the authenticated account, and byKey reports that it used an API key.
	caller account
	byKey  bool
	key    apiKey
	// region is the Region of the host that the request was sent to; empty for us1.
	region string
	// params are the form of a POST, else the query, checked against the route.
	params url.Values
	// body is the body of a POST to a route that takes JSON.
	body []byte
	// contentType is that of the file in a multipart form.
	contentType string

	newSID func(prefix string) string

	// after is done once the call's writes are stored and no lock is held, before it is
	// answered. Nil for nothing.
	after func(context.Context, *Sandbox) error
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(r *http.Request) *call { return r.Context().Value(callKey{}).(*call) }

// notFound is the 404 for the path of the request, on the product hosts without
// its version.
func (c *call) notFound() *apiError {
	path := c.original.Path
	if c.host != nil && c.host.host != apiHost {
		if i := strings.IndexByte(strings.TrimPrefix(path, "/"), '/'); i >= 0 {
			path = path[i+1:]
		}
	}
	return errNotFound(path)
}

// newRecord is the record of a new row of the call's account.
func (c *call) newRecord(prefix string) record {
	return record{SID: c.newSID(prefix), AccountSID: c.account.SID, Region: c.region, DateCreated: c.now, DateUpdated: c.now}
}

// touch sets the date of an update.
func (c *call) touch(r *record) { r.DateUpdated = c.now }

// object is a JSON object of an answer.
type object = map[string]any

// rfc2822 writes a date as the 2010 API does.
func rfc2822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// iso8601 writes a date as the product APIs do.
func iso8601(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// orNull turns the empty string into JSON null.
func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}
