package twilio

import (
	"context"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/conversations/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Addresses are the account's Conversations addresses: a message to one that belongs to no
// conversation yet begins one, and runs a flow or calls a URL
// (https://www.twilio.com/docs/conversations/api/address-configuration-resource).
type Addresses struct{ client *Client }

// NewAddresses is the Conversations addresses of the client's account.
func NewAddresses(client *Client) Addresses { return Addresses{client} }

// The types of auto-creation that lead somewhere.
const (
	autoStudio  = "studio"
	autoWebhook = "webhook"
)

func (s Addresses) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of Conversations addresses.
func (s Addresses) Kind() bot.WayKind { return bot.ByAddress }

// List gives every address that runs a flow or calls a URL.
func (s Addresses) List(ctx context.Context) ([]bot.Way, error) {
	rows, err := All(ctx, func(row openapi.ConversationsV1ConfigurationAddress) *string { return row.Sid }, func(page, token string) ([]openapi.ConversationsV1ConfigurationAddress, string, error) {
		answer, err := s.api(ctx).PageConfigurationAddress(&openapi.ListConfigurationAddressParams{PageSize: new(addressPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.AddressConfigurations, Value(answer.Meta.NextPageUrl), nil
	})
	var all []bot.Way
	for _, row := range rows {
		if way := addressOf(&row); way.To != (bot.Pointer{}) {
			all = append(all, way)
		}
	}
	return all, err
}

// addressPageSize is the most that the list gives at a request
// (https://www.twilio.com/docs/conversations/api/address-configuration-resource).
const addressPageSize = 50

// Get reads an address.
func (s Addresses) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	if err := CheckSID(sid, "IG"); err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchConfigurationAddress(sid)
	if err != nil {
		return bot.Way{}, err
	}
	return addressOf(row), nil
}

// addressOf is the way in that an address is. Its auto-creation is an object of no stated
// type in the specification.
func addressOf(row *openapi.ConversationsV1ConfigurationAddress) bot.Way {
	way := bot.Way{
		Kind: bot.ByAddress, SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.Address),
		Field: "auto_creation", Channel: bot.Messaging,
	}
	auto, _ := Value(row.AutoCreation).(map[string]any)
	text := func(name string) string { s, _ := auto[name].(string); return s }
	enabled, _ := auto["enabled"].(bool)
	way.Idle = !enabled
	switch text("type") {
	case autoStudio:
		way.To.BotSID = text("studio_flow_sid")
	case autoWebhook:
		way.To.URL, way.To.Method = text("webhook_url"), text("webhook_method")
	}
	return way
}

// messageAdded is the event by which a webhook of a conversation hears of a message
// (https://www.twilio.com/docs/conversations/conversations-webhooks).
const messageAdded = "onMessageAdded"

// Write points an address at a flow or a URL, or takes its auto-creation away, in one
// request, and reads it back. A URL that comes in the place of a flow is called for messages.
// What else the auto-creation holds is sent as it is: whether Twilio keeps what an update does
// not name is not documented.
func (s Addresses) Write(ctx context.Context, way bot.Way) error {
	if err := CheckSID(way.SID, "IG"); err != nil {
		return err
	}
	before, err := s.api(ctx).FetchConfigurationAddress(way.SID)
	if err != nil {
		return err
	}
	params := &openapi.UpdateConfigurationAddressParams{AutoCreationEnabled: new(!way.Idle)}
	auto, _ := Value(before.AutoCreation).(map[string]any)
	if service, _ := auto["conversation_service_sid"].(string); service != "" {
		params.AutoCreationConversationServiceSid = &service
	}
	switch {
	case way.To.BotSID != "":
		params.AutoCreationType, params.AutoCreationStudioFlowSid = new(autoStudio), &way.To.BotSID
		if count, ok := auto["studio_retry_count"].(float64); ok {
			params.AutoCreationStudioRetryCount = new(int(count))
		}
	case way.To.URL != "":
		params.AutoCreationType, params.AutoCreationWebhookUrl = new(autoWebhook), &way.To.URL
		if way.To.Method != "" {
			params.AutoCreationWebhookMethod = new(strings.ToLower(way.To.Method)) // this resource alone wants it so
		}
		if events := webhookEvents(auto); len(events) > 0 {
			params.AutoCreationWebhookFilters = &events
		}
	}
	_, err = s.api(ctx).UpdateConfigurationAddress(way.SID, params)
	return pointer(s.Get).readBack(ctx, way, err)
}

// webhookEvents is what an address calls a URL for that comes in the place of what its
// auto-creation leads to.
func webhookEvents(auto map[string]any) []string {
	if auto["type"] != autoWebhook {
		return []string{messageAdded}
	}
	filters, _ := auto["webhook_filters"].([]any)
	var events []string
	for _, each := range filters {
		if event, ok := each.(string); ok {
			events = append(events, event)
		}
	}
	return events
}
