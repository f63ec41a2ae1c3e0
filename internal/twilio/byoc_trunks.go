package twilio

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/voice/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// BYOCTrunks are the account's trunks of other carriers (bring your own)
// (https://www.twilio.com/docs/voice/bring-your-own-carrier-byoc/api/byoctrunk-resource).
type BYOCTrunks struct{ client *Client }

// NewBYOCTrunks is the trunks of other carriers of the client's account.
func NewBYOCTrunks(client *Client) BYOCTrunks { return BYOCTrunks{client} }

func (s BYOCTrunks) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of trunks of other carriers.
func (s BYOCTrunks) Kind() bot.WayKind { return bot.ByBYOCTrunk }

// List gives the voice URL of every trunk.
func (s BYOCTrunks) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.VoiceV1ByocTrunk) *string { return row.Sid }, func(page, token string) ([]openapi.VoiceV1ByocTrunk, string, error) {
		answer, err := s.api(ctx).PageByocTrunk(&openapi.ListByocTrunkParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.ByocTrunks, Value(answer.Meta.NextPageUrl), nil
	})
	var all []bot.Way
	for _, row := range rows {
		if way := byocTrunkOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// Get reads the voice URL of a trunk.
func (s BYOCTrunks) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "BY"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchByocTrunk(sid)
	if err != nil {
		return bot.Way{}, err
	}
	return byocTrunkOf(row), nil
}

func byocTrunkOf(row *openapi.VoiceV1ByocTrunk) bot.Way {
	way := bot.Way{
		Kind: bot.ByBYOCTrunk, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.FriendlyName),
		Field: "voice_url", Channel: bot.Voice,
	}
	if url := Value(row.VoiceUrl); url != "" {
		way.To = bot.Pointer{URL: url, Method: Value(row.VoiceMethod)}
	}
	return way
}

// Write points a trunk elsewhere, in one request, and reads it back.
func (s BYOCTrunks) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "BY"); err != nil {
		return err
	}
	params := &openapi.UpdateByocTrunkParams{VoiceUrl: &way.To.URL}
	if way.To.Method != "" {
		params.VoiceMethod = &way.To.Method
	}
	_, err := s.api(ctx).UpdateByocTrunk(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
