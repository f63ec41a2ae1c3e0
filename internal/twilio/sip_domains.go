package twilio

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// SIPDomains are the account's SIP domains
// (https://www.twilio.com/docs/voice/sip/api/sip-domain-resource).
type SIPDomains struct{ client *Client }

// NewSIPDomains is the SIP domains of the client's account.
func NewSIPDomains(client *Client) SIPDomains { return SIPDomains{client} }

func (s SIPDomains) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of SIP domains.
func (s SIPDomains) Kind() bot.WayKind { return bot.ByDomain }

// List gives the voice URL of every SIP domain.
func (s SIPDomains) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.ApiV2010SipDomain) *string { return row.Sid }, func(page, token string) ([]openapi.ApiV2010SipDomain, string, error) {
		answer, err := s.api(ctx).PageSipDomain(&openapi.ListSipDomainParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Domains, Value(answer.NextPageUri), nil
	})
	var all []bot.Way
	for _, row := range rows {
		if way := domainOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// Get reads the voice URL of a SIP domain.
func (s SIPDomains) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "SD"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchSipDomain(sid, nil)
	if err != nil {
		return bot.Way{}, err
	}
	return domainOf(row), nil
}

func domainOf(row *openapi.ApiV2010SipDomain) bot.Way {
	way := bot.Way{
		Kind: bot.ByDomain, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.DomainName),
		Field: "voice_url", Channel: bot.Voice,
	}
	if url := Value(row.VoiceUrl); url != "" {
		way.To = bot.Pointer{URL: url, Method: Value(row.VoiceMethod)}
	}
	return way
}

// Write points a SIP domain elsewhere, in one request, and reads it back.
func (s SIPDomains) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "SD"); err != nil {
		return err
	}
	params := &openapi.UpdateSipDomainParams{VoiceUrl: &way.To.URL}
	if way.To.Method != "" {
		params.VoiceMethod = &way.To.Method
	}
	_, err := s.api(ctx).UpdateSipDomain(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
