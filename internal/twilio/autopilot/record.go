package autopilot

import (
	"encoding/json"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

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

// summaryOf is the bot that an assistant is, without content. The mark of an upload is
// decoded here and nowhere else.
func summaryOf(row assistant) bot.Bot {
	friendly, replaces, uploading := bot.ReadUploading(row.FriendlyName)
	return bot.Bot{
		SID: row.SID, AccountSID: row.AccountSID, UniqueName: row.UniqueName, FriendlyName: friendly,
		DateCreated: row.DateCreated, DateUpdated: row.DateUpdated,
		Uploading: uploading, Replaces: replaces, NeedsModelBuild: uploading || row.NeedsModelBuild,
	}
}

// botOf is the bot that an assistant is, with as much content as was read.
func botOf(l *live) bot.Bot {
	b := summaryOf(l.assistant)
	b.BuiltAt = l.built
	b.NeedsModelBuild = b.Uploading || needsBuild(l.assistant, l.build)
	b.Content = bot.Content{Schema: l.schema}
	return b
}
