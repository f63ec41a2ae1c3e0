package twilio

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ShortCodes are the account's short codes
// (https://www.twilio.com/docs/messaging/api/short-code-resource).
type ShortCodes struct{ client *Client }

// NewShortCodes is the short codes of the client's account.
func NewShortCodes(client *Client) ShortCodes { return ShortCodes{client} }

func (s ShortCodes) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of short codes.
func (s ShortCodes) Kind() bot.WayKind { return bot.ByShortCode }

// List gives the messaging URL of every short code.
func (s ShortCodes) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.ApiV2010ShortCode) *string { return row.Sid }, func(page, token string) ([]openapi.ApiV2010ShortCode, string, error) {
		answer, err := s.api(ctx).PageShortCode(&openapi.ListShortCodeParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.ShortCodes, Value(answer.NextPageUri), nil
	})
	var all []bot.Way
	for _, row := range rows {
		if way := shortCodeOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// Get reads the messaging URL of a short code.
func (s ShortCodes) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "SC"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchShortCode(sid, nil)
	if err != nil {
		return bot.Way{}, err
	}
	return shortCodeOf(row), nil
}

func shortCodeOf(row *openapi.ApiV2010ShortCode) bot.Way {
	way := bot.Way{
		Kind: bot.ByShortCode, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.ShortCode),
		Field: "sms_url", Channel: bot.Messaging,
	}
	if url := Value(row.SmsUrl); url != "" {
		way.To = bot.Pointer{URL: url, Method: Value(row.SmsMethod)}
	}
	return way
}

// Write points a short code elsewhere, in one request, and reads it back.
func (s ShortCodes) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "SC"); err != nil {
		return err
	}
	params := &openapi.UpdateShortCodeParams{SmsUrl: &way.To.URL}
	if way.To.Method != "" {
		params.SmsMethod = &way.To.Method
	}
	_, err := s.api(ctx).UpdateShortCode(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
