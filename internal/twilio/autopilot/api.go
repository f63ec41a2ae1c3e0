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
	"time"

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
	var rows []T
	err := twilio.EachPage(func(page, token string) (string, error) {
		query := url.Values{"PageSize": {fmt.Sprint(twilio.MaxPageSize)}}
		if page != "" || token != "" {
			query.Set("Page", page)
			query.Set("PageToken", token)
		}
		var answer map[string]json.RawMessage
		if err := a.client.Do(ctx, http.MethodGet, at(parts...), query, &answer); err != nil {
			return "", err
		}
		var some []T
		if err := json.Unmarshal(answer[key], &some); err != nil {
			return "", fmt.Errorf("GET %s: the list %q cannot be read: %w", strings.Join(parts, "/"), key, err)
		}
		rows = append(rows, some...)
		var meta struct {
			NextPageURL string `json:"next_page_url"`
		}
		if err := json.Unmarshal(answer["meta"], &meta); err != nil {
			return "", fmt.Errorf("GET %s: the list's meta cannot be read: %w", strings.Join(parts, "/"), err)
		}
		return meta.NextPageURL, nil
	})
	return rows, err
}

// assistant is an Assistant resource.
type assistant struct {
	SID                 string    `json:"sid"`
	AccountSID          string    `json:"account_sid"`
	UniqueName          string    `json:"unique_name"`
	FriendlyName        string    `json:"friendly_name"`
	LatestModelBuildSID string    `json:"latest_model_build_sid"`
	NeedsModelBuild     bool      `json:"needs_model_build"`
	LogQueries          bool      `json:"log_queries"`
	DevelopmentStage    string    `json:"development_stage"`
	CallbackURL         string    `json:"callback_url"`
	CallbackEvents      string    `json:"callback_events"`
	DateCreated         time.Time `json:"date_created"`
	DateUpdated         time.Time `json:"date_updated"`
}

// data is what the sub-resources Defaults, StyleSheet and Actions hold.
type data struct {
	Data json.RawMessage `json:"data"`
}

type task struct {
	SID          string    `json:"sid"`
	UniqueName   string    `json:"unique_name"`
	FriendlyName string    `json:"friendly_name"`
	ActionsURL   string    `json:"actions_url"`
	DateCreated  time.Time `json:"date_created"`
}

type field struct {
	SID         string    `json:"sid"`
	UniqueName  string    `json:"unique_name"`
	FieldType   string    `json:"field_type"`
	DateCreated time.Time `json:"date_created"`
}

type sample struct {
	SID           string    `json:"sid"`
	Language      string    `json:"language"`
	TaggedText    string    `json:"tagged_text"`
	SourceChannel string    `json:"source_channel"`
	DateCreated   time.Time `json:"date_created"`
}

type fieldType struct {
	SID          string    `json:"sid"`
	UniqueName   string    `json:"unique_name"`
	FriendlyName string    `json:"friendly_name"`
	DateCreated  time.Time `json:"date_created"`
}

type fieldValue struct {
	SID         string    `json:"sid"`
	Language    string    `json:"language"`
	Value       string    `json:"value"`
	SynonymOf   string    `json:"synonym_of"`
	DateCreated time.Time `json:"date_created"`
}

type webhook struct {
	SID           string `json:"sid"`
	UniqueName    string `json:"unique_name"`
	Events        string `json:"events"`
	WebhookURL    string `json:"webhook_url"`
	WebhookMethod string `json:"webhook_method"`
}

type modelBuild struct {
	SID         string    `json:"sid"`
	UniqueName  string    `json:"unique_name"`
	Status      string    `json:"status"`
	ErrorCode   *int      `json:"error_code"`
	DateCreated time.Time `json:"date_created"`
	DateUpdated time.Time `json:"date_updated"`
}
