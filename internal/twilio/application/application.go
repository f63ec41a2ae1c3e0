// Package application is the engine for bots hosted elsewhere: TwiML
// Applications, which hold nothing but the URLs that Twilio calls
// (https://www.twilio.com/docs/usage/api/applications).
package application

import (
	"context"
	"slices"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the applications of one account.
type Host struct{ client *twilio.Client }

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{client} }

func (h Host) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(h.client.Requests(ctx))
}

// List gives every application: bots and holds.
func (h Host) List(ctx context.Context) (bot.Listing, error) {
	return h.list(ctx, openapi.ListApplicationParams{})
}

// Find gives the bots of a name; Twilio allows several.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	named, err := h.list(ctx, openapi.ListApplicationParams{FriendlyName: &uniqueName})
	if err != nil {
		return nil, err
	}
	// What the filter compares is not documented, so it is compared again.
	return slices.DeleteFunc(named.Bots, func(b bot.Bot) bool { return b.UniqueName != uniqueName }), nil
}

func (h Host) list(ctx context.Context, filter openapi.ListApplicationParams) (bot.Listing, error) {
	rows, err := twilio.All(ctx, func(row openapi.ApiV2010Application) *string { return row.Sid }, func(page, token string) ([]openapi.ApiV2010Application, string, error) {
		filter.PageSize = new(twilio.MaxPageSize)
		answer, err := h.api(ctx).PageApplication(&filter, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Applications, twilio.Value(answer.NextPageUri), nil
	})
	var listed bot.Listing
	for _, row := range rows {
		if hold, ok := holdOf(&row); ok {
			listed.Holds = append(listed.Holds, hold)
		} else {
			listed.Bots = append(listed.Bots, botOf(&row))
		}
	}
	return listed, err
}

// Get reads an application; its URLs come with it, so it is the same as Read.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) { return h.Read(ctx, sid) }

// Read reads an application. The error for a hold wraps bot.ErrHold.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	row, err := h.fetch(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	if hold, ok := holdOf(row); ok {
		return bot.Bot{}, hold.NoBot()
	}
	return botOf(row), nil
}

func (h Host) fetch(ctx context.Context, sid string) (*openapi.ApiV2010Application, error) {
	if err := twilio.CheckSID(sid, "AP"); err != nil {
		return nil, err
	}
	return h.api(ctx).FetchApplication(sid, nil)
}

// Tasks is empty: an application has none.
func (h Host) Tasks(context.Context, string) ([]string, error) { return nil, nil }
