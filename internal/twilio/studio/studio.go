// Package studio is the engine for bots that Twilio runs as Studio flows
// (https://www.twilio.com/docs/studio/rest-api/v2/flow). The published revision
// of a flow is the bot; a newer draft is another author's work in progress, which no
// write of the engine publishes or buries.
package studio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the flows of one account.
type Host struct{ client *twilio.Client }

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{client} }

func (h Host) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(h.client.Requests(ctx))
}

const flows = "https://studio.twilio.com/v2/Flows"

// List gives every flow, bots and holds, without definitions. The revision of one whose latest is
// a draft is known only to Get.
func (h Host) List(ctx context.Context) (bot.Listing, error) {
	rows, err := twilio.All(ctx, func(row openapi.StudioV2Flow) *string { return row.Sid }, func(page, token string) ([]openapi.StudioV2Flow, string, error) {
		answer, err := h.api(ctx).PageFlow(&openapi.ListFlowParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Flows, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	var listed bot.Listing
	for _, row := range rows {
		r := listedRevision(&row)
		if err := h.ours(r); err != nil {
			return bot.Listing{}, err
		}
		if hold, ok := holdOf(r); ok {
			listed.Holds = append(listed.Holds, hold)
		} else {
			listed.Bots = append(listed.Bots, summaryOf(r))
		}
	}
	return listed, err
}

// Find gives the flows of a name; Twilio allows several, and has no filter for it.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	all, err := h.List(ctx)
	return slices.DeleteFunc(all.Bots, func(b bot.Bot) bool { return b.UniqueName != uniqueName }), err
}

// Get reads a flow; its definition comes with it, so it is the same as Read.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) { return h.Read(ctx, sid) }

// Read reads a flow with the definition of its published revision; none where
// nothing was ever published. The error for a hold flow wraps bot.ErrHold.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	latest, live, err := h.revisions(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if hold, ok := holdOf(latest); ok {
		return bot.Bot{}, hold.NoBot()
	}
	return botOf(latest, live)
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
