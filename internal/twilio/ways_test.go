package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

// Twilio lists the webhooks of one conversation at a time: no more than 200 are looked at, and
// that there are more is said. Closed conversations lead nowhere.
func TestOpenConversationsAreReadWithinABound(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		add := func(n int) {
			_, err := a.Box.AddConversation(fmt.Sprintf(`{"contact": "+1202556%04d", "address": %q, "webhook": {"type": "webhook", "webhook_url": "https://bots.example.com/%d"}}`, n, sandbox.StarterNumbers()[0], n))
			if err != nil {
				a.Fatal(err)
			}
		}
		for n := range 200 {
			add(n)
		}
		conversations := twilio.NewConversations(a.Client)
		all, err := conversations.List(a.Context())
		if err != nil || len(all) != 200 {
			a.Fatalf("%d ways in, %v", len(all), err)
		}
		add(200)
		read, err := conversations.List(a.Context())
		if len(read) != 200 || !errors.As(err, new(*bot.PartlyReadError)) {
			a.Errorf("%d ways in, %v", len(read), err)
		}
		if err := a.Box.CloseConversation(all[0].SID); err != nil {
			a.Fatal(err)
		}
		if read, err = conversations.List(a.Context()); len(read) != 200 || err != nil {
			a.Errorf("after one was closed: %d ways in, %v", len(read), err)
		}
	})
}

// Conversations of other services than the default one are read and pointed elsewhere by their
// service, and where their services cannot be read, it is said.
func TestOpenConversationsOfOtherServices(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		add := func(n int, service string) {
			_, err := a.Box.AddConversation(fmt.Sprintf(`{"contact": "+1202556%04d", "address": %q, "webhook": {"type": "webhook", "webhook_url": "https://bots.example.com/%d", "conversation_service_sid": %q}}`,
				n, sandbox.StarterNumbers()[0], n, service))
			if err != nil {
				a.Fatal(err)
			}
		}
		service := func(n int) string { return fmt.Sprintf("IS%032x", 0xa000+n) }
		add(0, "")
		add(1, service(1))
		conversations := twilio.NewConversations(a.Client)
		all, err := conversations.List(a.Context())
		if err != nil || len(all) != 2 {
			a.Fatalf("%+v, %v", all, err)
		}
		for _, way := range all {
			way.To.URL += "/new"
			if err := conversations.Write(a.Context(), way); err != nil {
				a.Error(err)
			}
			if now, err := conversations.Get(a.Context(), way.SID, way.Field); err != nil || now.To.URL != way.To.URL || now.Key() != way.Key() {
				a.Errorf("%+v, %v", now, err)
			}
		}
		if err := a.Box.AddFault(sandbox.Fault{Host: "conversations.twilio.com", Path: "/v1/Services$", Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: 1}); err != nil {
			a.Fatal(err)
		}
		if read, err := conversations.List(a.Context()); len(read) != 1 || !errors.As(err, new(*bot.PartlyReadError)) {
			a.Errorf("where services may not be read: %d ways in, %v", len(read), err)
		}
		for n := range 20 {
			add(n+2, service(n+2))
		}
		if read, err := conversations.List(a.Context()); len(read) != 21 || !errors.As(err, new(*bot.PartlyReadError)) {
			a.Errorf("of 21 other services: %d ways in, %v", len(read), err)
		}
	})
}

// A Flex Flow that is pointed elsewhere retries as often as before.
func TestFlexFlowKeepsItsRetries(t *testing.T) {
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) {
		sid, err := a.Box.AddFlexFlow(`{"friendly_name": "Desk", "integration_type": "external", "url": "https://bots.example.com/", "retry_count": 0}`)
		if err != nil {
			a.Fatal(err)
		}
		flex := twilio.NewFlexFlows(a.Client)
		for _, to := range []bot.Pointer{{URL: "https://other.example.com/"}, {BotSID: "FW0123456789abcdef0123456789abcdef"}} {
			if err := flex.Write(a.Context(), bot.Way{Kind: bot.ByFlexFlow, SID: sid, To: to}); err != nil {
				a.Fatal(err)
			}
			var row struct {
				Integration map[string]any `json:"integration"`
			}
			if err := a.Client.Do(a.Context(), http.MethodGet, "https://flex-api.twilio.com/v1/FlexFlows/"+sid, nil, &row); err != nil || row.Integration["retry_count"] != 0.0 {
				a.Errorf("pointed at %+v: %+v, %v", to, row, err)
			}
		}
	})
}

// A Conversations address that is pointed elsewhere keeps what else its auto-creation holds,
// and a URL in the place of a flow hears of messages.
func TestAddressKeepsWhatElseItHolds(t *testing.T) {
	t.Parallel()
	const (
		addresses = "https://conversations.twilio.com/v1/Configuration/Addresses"
		service   = "IS0123456789abcdef0123456789abcdef"
		one       = `{"states": [{"name": "Trigger", "type": "trigger", "transitions": [], "properties": {}}], "initial_state": "Trigger", "description": "", "flags": {"allow_concurrent_calls": true}}`
	)
	twiliotest.Run(t, func(a *twiliotest.Account) {
		flow := a.Post("https://studio.twilio.com/v2/Flows", "FriendlyName", "clinic", "Status", "published", "Definition", one)["sid"].(string)
		sid := a.Post(addresses, "Type", "whatsapp", "Address", "whatsapp:+12025550199", "AutoCreation.Enabled", "true", "AutoCreation.Type", "studio",
			"AutoCreation.StudioFlowSid", flow, "AutoCreation.StudioRetryCount", "2", "AutoCreation.ConversationServiceSid", service)["sid"].(string)
		pointed := func(to bot.Pointer) any {
			if err := twilio.NewAddresses(a.Client).Write(a.Context(), bot.Way{Kind: bot.ByAddress, SID: sid, Field: "auto_creation", To: to}); err != nil {
				a.Fatal(err)
			}
			return a.Fetch(addresses + "/" + sid)["auto_creation"]
		}
		want := map[string]any{"enabled": true, "conversation_service_sid": service, "type": "studio", "studio_flow_sid": flow, "studio_retry_count": 2.0}
		if diff := cmp.Diff(want, pointed(bot.Pointer{BotSID: flow})); diff != "" {
			a.Errorf("at a flow (-want +got):\n%s", diff)
		}
		for _, events := range [][]any{{"onMessageAdded"}, {"onParticipantAdded", "onMessageAdded"}} {
			want := map[string]any{
				"enabled": true, "conversation_service_sid": service, "type": "webhook",
				"webhook_url": "https://bots.example.com/", "webhook_method": "POST", "webhook_filters": events,
			}
			if diff := cmp.Diff(want, pointed(bot.Pointer{URL: "https://bots.example.com/", Method: "POST"})); diff != "" {
				a.Errorf("at a URL (-want +got):\n%s", diff)
			}
			a.Post(addresses+"/"+sid, "AutoCreation.WebhookFilters", "onParticipantAdded", "AutoCreation.WebhookFilters", "onMessageAdded")
		}
	})
}

// What an account without Flex is answered is not documented: a list that is not there has no
// rows, and one that may not be read is an error.
func TestAccountWithoutFlex(t *testing.T) {
	t.Parallel()
	for status, is := range map[int]error{http.StatusNotFound: nil, http.StatusForbidden: bot.ErrForbidden} {
		twiliotest.Run(t, func(a *twiliotest.Account) {
			if err := a.Box.AddFault(sandbox.Fault{Host: "flex-api.twilio.com", Kind: sandbox.FaultStatus, Status: status, Times: 1}); err != nil {
				a.Fatal(err)
			}
			if ways, err := twilio.NewFlexFlows(a.Client).List(a.Context()); len(ways) > 0 || !errors.Is(err, is) {
				a.Errorf("status %d: %v, %v", status, ways, err)
			}
		})
	}
}
