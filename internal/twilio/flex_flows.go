package twilio

import (
	"context"
	"errors"

	openapi "github.com/twilio/twilio-go/rest/flex/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// FlexFlows are the account's Flex Flows, which legacy Flex takes messages by
// (https://www.twilio.com/docs/flex/developer/messaging/api/flow).
type FlexFlows struct{ client *Client }

// NewFlexFlows is the Flex Flows of the client's account.
func NewFlexFlows(client *Client) FlexFlows { return FlexFlows{client} }

// The types of integration that lead somewhere; the other makes a task of TaskRouter.
const (
	flexStudio   = "studio"
	flexExternal = "external"
)

func (s FlexFlows) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of Flex Flows.
func (s FlexFlows) Kind() bot.WayKind { return bot.ByFlexFlow }

// List gives every Flex Flow that runs a flow or calls a URL. What an account without Flex
// is answered is not documented: one that has no such list has no Flex Flow.
func (s FlexFlows) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.FlexV1FlexFlow) *string { return row.Sid }, func(page, token string) ([]openapi.FlexV1FlexFlow, string, error) {
		answer, err := s.api(ctx).PageFlexFlow(&openapi.ListFlexFlowParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.FlexFlows, Value(answer.Meta.NextPageUrl), nil
	})
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil
	}
	var all []bot.Way
	for _, row := range rows {
		if way := flexFlowOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// Get reads a Flex Flow.
func (s FlexFlows) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "FO"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchFlexFlow(sid)
	if err != nil {
		return bot.Way{}, err
	}
	return flexFlowOf(row), nil
}

// flexFlowOf is the way in that a Flex Flow is. Its integration is an object of no stated type
// in the specification.
func flexFlowOf(row *openapi.FlexV1FlexFlow) bot.Way {
	way := bot.Way{
		Kind: bot.ByFlexFlow, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.FriendlyName),
		Field: "integration", Channel: bot.Messaging, Idle: !Value(row.Enabled),
	}
	integration, _ := Value(row.Integration).(map[string]any)
	switch Value(row.IntegrationType) {
	case flexStudio:
		way.To.BotSID, _ = integration["flow_sid"].(string)
	case flexExternal:
		way.To.URL, _ = integration["url"].(string)
	}
	return way
}

// Write points a Flex Flow at a flow or a URL, in one request, and reads it back. How often a
// failure is retried is sent again as it is: whether Twilio takes an integration that leaves it
// out for one with the default is not documented.
func (s FlexFlows) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "FO"); err != nil {
		return err
	}
	before, err := s.api(ctx).FetchFlexFlow(way.SID)
	if err != nil {
		return err
	}
	params := &openapi.UpdateFlexFlowParams{IntegrationType: new(flexExternal), IntegrationUrl: &way.To.URL}
	if way.To.BotSID != "" {
		params = &openapi.UpdateFlexFlowParams{IntegrationType: new(flexStudio), IntegrationFlowSid: &way.To.BotSID}
	}
	integration, _ := Value(before.Integration).(map[string]any)
	if count, ok := integration["retry_count"].(float64); ok {
		params.IntegrationRetryCount = new(int(count))
	}
	_, err = s.api(ctx).UpdateFlexFlow(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
