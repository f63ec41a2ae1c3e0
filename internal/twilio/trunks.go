package twilio

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/trunking/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Trunks are the account's SIP trunks: calls come by the disaster recovery URL of one while
// its own side fails (https://www.twilio.com/docs/sip-trunking/api/trunk-resource).
type Trunks struct{ client *Client }

// NewTrunks is the SIP trunks of the client's account.
func NewTrunks(client *Client) Trunks { return Trunks{client} }

func (s Trunks) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of SIP trunks.
func (s Trunks) Kind() bot.WayKind { return bot.ByTrunk }

// List gives the disaster recovery URL of every SIP trunk.
func (s Trunks) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.TrunkingV1Trunk) *string { return row.Sid }, func(page, token string) ([]openapi.TrunkingV1Trunk, string, error) {
		answer, err := s.api(ctx).PageTrunk(&openapi.ListTrunkParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Trunks, Value(answer.Meta.NextPageUrl), nil
	})
	var all []bot.Way
	for _, row := range rows {
		if way := trunkOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// Get reads the disaster recovery URL of a SIP trunk.
func (s Trunks) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "TK"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchTrunk(sid)
	if err != nil {
		return bot.Way{}, err
	}
	return trunkOf(row), nil
}

func trunkOf(row *openapi.TrunkingV1Trunk) bot.Way {
	way := bot.Way{
		Kind: bot.ByTrunk, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.FriendlyName),
		Field: "disaster_recovery_url", Channel: bot.Voice,
	}
	if url := Value(row.DisasterRecoveryUrl); url != "" {
		way.To = bot.Pointer{URL: url, Method: Value(row.DisasterRecoveryMethod)}
	}
	return way
}

// Write points a SIP trunk elsewhere, in one request, and reads it back.
func (s Trunks) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "TK"); err != nil {
		return err
	}
	params := &openapi.UpdateTrunkParams{DisasterRecoveryUrl: &way.To.URL}
	if way.To.Method != "" {
		params.DisasterRecoveryMethod = &way.To.Method
	}
	_, err := s.api(ctx).UpdateTrunk(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
