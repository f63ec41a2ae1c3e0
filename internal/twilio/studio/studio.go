// Package studio is the engine for bots that Twilio runs as Studio flows
// (https://www.twilio.com/docs/studio/rest-api/v2/flow). The published revision
// of a flow is the bot; a newer draft is somebody's work in progress, which no
// write of ours publishes or buries.
package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the flows of one account.
type Host struct{ client *twilio.Client }

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{client} }

func (h Host) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(h.client.Requests(ctx))
}

const (
	published = "published"
	flows     = "https://studio.twilio.com/v2/Flows"
)

// revision is one revision of a flow. It is read past twilio-go's model, which
// would turn the definition into floating-point numbers and lose the order of its
// keys.
type revision struct {
	SID           string          `json:"sid"`
	AccountSID    string          `json:"account_sid"`
	FriendlyName  string          `json:"friendly_name"`
	Definition    json.RawMessage `json:"definition"`
	Status        string          `json:"status"`
	Revision      int             `json:"revision"`
	CommitMessage string          `json:"commit_message"`
	DateCreated   time.Time       `json:"date_created"`
	DateUpdated   time.Time       `json:"date_updated"`
}

// List gives every flow, without definitions. The revision of one whose latest is
// a draft is known only to Get.
func (h Host) List(ctx context.Context) (bot.Listing, error) {
	var listed bot.Listing
	err := twilio.EachPage(func(page, token string) (string, error) {
		answer, err := h.api(ctx).PageFlow(&openapi.ListFlowParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return "", err
		}
		for _, row := range answer.Flows {
			r := revision{
				SID: twilio.Value(row.Sid), AccountSID: twilio.Value(row.AccountSid), FriendlyName: twilio.Value(row.FriendlyName),
				Status: twilio.Value(row.Status), Revision: row.Revision, CommitMessage: twilio.Value(row.CommitMessage),
				DateCreated: twilio.Value(row.DateCreated), DateUpdated: twilio.Value(row.DateUpdated),
			}
			if err := h.ours(r); err != nil {
				return "", err
			}
			listed.Bots = append(listed.Bots, summary(r))
		}
		return twilio.Value(answer.Meta.NextPageUrl), nil
	})
	return listed, err
}

// Find gives the flows of a name; Twilio allows several, and has no filter for it.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	all, err := h.List(ctx)
	return slices.DeleteFunc(all.Bots, func(b bot.Bot) bool { return b.UniqueName != uniqueName }), err
}

// Get reads a flow; its definition comes with it, so it is no other than Read.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) { return h.Read(ctx, sid) }

// Read reads a flow with the definition of its published revision; none where
// nothing was ever published.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	latest, live, err := h.revisions(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	return read(latest, live)
}

// Tasks is empty: a flow has none.
func (h Host) Tasks(context.Context, string) ([]string, error) { return nil, nil }

// revisions reads the latest revision and the published one, whose number is 0
// where nothing was ever published.
func (h Host) revisions(ctx context.Context, sid string) (latest, live revision, err error) {
	if err := twilio.CheckSID(sid, "FW"); err != nil {
		return latest, live, err
	}
	if err := h.client.Do(ctx, http.MethodGet, flows+"/"+sid, nil, &latest); err != nil {
		return latest, live, err
	}
	if err := h.ours(latest); err != nil {
		return latest, live, err
	}
	if latest.Status == published {
		return latest, latest, nil
	}
	err = h.client.Do(ctx, http.MethodGet, flows+"/"+sid+"/Revisions/LatestPublished", nil, &live)
	if errors.Is(err, bot.ErrNotFound) {
		return latest, revision{}, nil
	}
	return latest, live, err
}

// ours refuses a flow of another account: product hosts act on the account of the
// credentials, whatever account was meant.
func (h Host) ours(r revision) error {
	if r.AccountSID == h.client.AccountSID() {
		return nil
	}
	return fmt.Errorf("flow %q (%s) belongs to account %s, but the provider is configured for account %s; use credentials of the account that is meant",
		r.FriendlyName, r.SID, r.AccountSID, h.client.AccountSID())
}

func summary(r revision) bot.Bot {
	b := bot.Bot{
		SID: r.SID, AccountSID: r.AccountSID, UniqueName: r.FriendlyName, FriendlyName: r.FriendlyName,
		DateCreated: r.DateCreated, DateUpdated: r.DateUpdated,
	}
	b.Replaces, _ = bot.ReplacedByFlow(r.CommitMessage)
	if r.Status == published {
		b.Revision = r.Revision
	} else {
		b.Draft = r.Revision
	}
	return b
}

func read(latest, live revision) (bot.Bot, error) {
	b := summary(latest)
	b.Revision = live.Revision
	if live.Revision == 0 {
		return b, nil
	}
	parsed, err := flow.Parse(live.Definition)
	if err != nil {
		return b, fmt.Errorf("the definition of flow %s, revision %d, cannot be read: %w", b, live.Revision, err)
	}
	b.Content.Flow = parsed
	return b, nil
}

// Validate asks Twilio what it would say of a definition
// (https://www.twilio.com/docs/studio/rest-api/v2/flow-validate).
func (h Host) Validate(ctx context.Context, spec bot.Spec) ([]bot.Finding, error) {
	_, err := h.api(ctx).UpdateFlowValidate(&openapi.UpdateFlowValidateParams{
		FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec),
	})
	var refused *twilio.Error
	if !errors.As(err, &refused) || refused.Code != invalidFlow {
		return nil, err
	}
	return findings(refused), nil
}

// invalidFlow is the code of "Flow definition validation failed"
// (https://www.twilio.com/docs/api/errors/81022).
const invalidFlow = 81022

func findings(refused *twilio.Error) []bot.Finding {
	rows, _ := refused.Details["errors"].([]any)
	var found []bot.Finding
	for _, row := range rows {
		each, _ := row.(map[string]any)
		message, _ := each["message"].(string)
		pointer, _ := each["property_path"].(string)
		found = append(found, bot.Finding{Pointer: strings.TrimPrefix(pointer, "#"), Message: message})
	}
	if len(found) == 0 {
		found = append(found, bot.Finding{Message: refused.Message})
	}
	return found
}

// definition is a spec's flow in the form in which twilio-go sends it as it is.
func definition(spec bot.Spec) *any {
	var document any = json.RawMessage(spec.Content.Flow.Source())
	return &document
}
