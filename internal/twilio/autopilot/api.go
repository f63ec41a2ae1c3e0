// Package autopilot is the engine that runs assistants on Autopilot, or on a
// service that speaks its API. Twilio shut its own down on 2023-08-25 and
// twilio-go no longer generates it, so the calls are made here, through the same
// path as all others. The API is that of Twilio's last OpenAPI document for
// autopilot.twilio.com/v1.
package autopilot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

const base = "https://autopilot.twilio.com/v1"

// api speaks to the assistants of one account.
type api struct{ client *twilio.Client }

// at is the URL of a resource; each part is one segment of the path.
func at(parts ...string) string {
	address := base
	for _, part := range parts {
		address += "/" + url.PathEscape(part)
	}
	return address
}

func (a api) get(ctx context.Context, out any, parts ...string) error {
	return a.client.Do(ctx, http.MethodGet, at(parts...), nil, out)
}

func (a api) post(ctx context.Context, form url.Values, out any, parts ...string) error {
	return a.client.Do(ctx, http.MethodPost, at(parts...), form, out)
}

func (a api) delete(ctx context.Context, parts ...string) error {
	return a.client.Do(ctx, http.MethodDelete, at(parts...), nil, nil)
}

// list reads every row of a list. key is the name under which the rows come.
func list[T any](ctx context.Context, a api, key string, parts ...string) ([]T, error) {
	sid := func(row json.RawMessage) *string { return new(gjson.GetBytes(row, "sid").String()) }
	raw, err := twilio.All(ctx, sid, func(page, token string) ([]json.RawMessage, string, error) {
		query := url.Values{"PageSize": {fmt.Sprint(twilio.MaxPageSize)}}
		if page != "" || token != "" {
			query.Set("Page", page)
			query.Set("PageToken", token)
		}
		var answer map[string]json.RawMessage
		if err := a.client.Do(ctx, http.MethodGet, at(parts...), query, &answer); err != nil {
			return nil, "", err
		}
		var some []json.RawMessage
		if err := json.Unmarshal(answer[key], &some); err != nil {
			return nil, "", fmt.Errorf("GET %s: the list %q cannot be read: %w", strings.Join(parts, "/"), key, err)
		}
		var meta struct {
			NextPageURL string `json:"next_page_url"`
		}
		if err := json.Unmarshal(answer["meta"], &meta); err != nil {
			return nil, "", fmt.Errorf("GET %s: the list's meta cannot be read: %w", strings.Join(parts, "/"), err)
		}
		return some, meta.NextPageURL, nil
	})
	rows := make([]T, len(raw))
	for i := range raw {
		if err := json.Unmarshal(raw[i], &rows[i]); err != nil {
			return nil, fmt.Errorf("GET %s: a row of the list %q cannot be read: %w", strings.Join(parts, "/"), key, err)
		}
	}
	return rows, err
}
