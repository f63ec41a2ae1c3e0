package sandbox

import (
	"strings"
	"testing"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
	trunking "github.com/twilio/twilio-go/rest/trunking/v1"
	voice "github.com/twilio/twilio-go/rest/voice/v1"
)

const (
	trunksURL     = "https://trunking.twilio.com/v1/Trunks"
	byocTrunksURL = "https://voice.twilio.com/v1/ByocTrunks"
	flexFlowsURL  = "https://flex-api.twilio.com/v1/FlexFlows"
	openURL       = "https://conversations.twilio.com/v1/Conversations"
)

func TestTrunksAndFlexFlowsAreListed(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, webhook := published(t, s, "echo", echoFlow)
	trunk, err := s.AddTrunk(`{"friendly_name":"pbx","disaster_recovery_url":"` + webhook + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	byoc, err := s.AddByocTrunk(`{"friendly_name":"carrier","voice_url":"` + webhook + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	flex, err := s.AddFlexFlow(`{"friendly_name":"desk","contact_identity":"` + myNumber + `","flow_sid":"` + flow + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []struct{ target, key, sid, field string }{
		{trunksURL, "trunks", trunk, "disaster_recovery_url"}, {byocTrunksURL, "byoc_trunks", byoc, "voice_url"}, {flexFlowsURL, "flex_flows", flex, "integration"},
	} {
		if got := column(t, must(t, h, 200, "GET", kind.target, nil), kind.key, kind.field); len(got) != 1 || got[0] != webhook && !strings.Contains(got[0], flow) {
			t.Errorf("%s: %v", kind.key, got)
		}
		must(t, h, 200, "GET", kind.target+"/"+kind.sid, nil)
		must(t, h, 404, "GET", kind.target+"/"+kind.sid[:2]+strings.Repeat("0", 32), nil)
	}
	if got := deliver(t, s, Inbound{To: byoc, From: contact, Channel: "voice"}); got != "Hello "+contact+" end" {
		t.Errorf("a call by a BYOC trunk: %s", got)
	}
	changed := must(t, h, 200, "POST", flexFlowsURL+"/"+flex, form("IntegrationType", "external", "Integration.Url", "https://example.com"))
	if integration := changed["integration"].(map[string]any); integration["url"] != "https://example.com" || integration["flow_sid"] != nil || integration["retry_count"] != 3.0 {
		t.Errorf("%v", changed)
	}
	for _, changes := range [][]string{{"Integration.RetryCount", "1"}, {"FriendlyName", "front desk"}} {
		if integration := must(t, h, 200, "POST", flexFlowsURL+"/"+flex, form(changes...))["integration"].(map[string]any); integration["retry_count"] != 1.0 {
			t.Errorf("after %v: %v", changes, integration)
		}
	}
	for _, wrong := range [][]string{{"IntegrationType", "bot"}, {"Integration.Url", "here"}, {"Integration.Url", ""}, {"Integration.FlowSid", "FW1"}, {"FriendlyName", ""}, {"Flow", "x"}, {"Integration.RetryCount", "4"}} {
		must(t, h, 400, "POST", flexFlowsURL+"/"+flex, form(wrong...))
	}
	must(t, h, 204, "DELETE", flexFlowsURL+"/"+flex, nil)
	must(t, h, 404, "GET", flexFlowsURL+"/"+flex, nil)
	turn(t, s, 400, "POST", "flex_flows", `{"integration_type":"bot"}`)
}

// The OpenAPI documents leave the changes of trunks out, so Twilio's own client makes them.
func TestTwiliosClientPointsTrunks(t *testing.T) {
	s := predictable()
	_, webhook := published(t, s, "echo", echoFlow)
	trunk, err := s.AddTrunk(`{"friendly_name":"pbx"}`)
	if err != nil {
		t.Fatal(err)
	}
	byoc, err := s.AddByocTrunk(`{"friendly_name":"carrier"}`)
	if err != nil {
		t.Fatal(err)
	}
	moved, err := trunking.NewApiService(twilioHandler(s)).UpdateTrunk(trunk, (&trunking.UpdateTrunkParams{}).SetDisasterRecoveryUrl(webhook).SetDisasterRecoveryMethod("GET"))
	if err != nil || *moved.DisasterRecoveryUrl != webhook || *moved.DisasterRecoveryMethod != "GET" || *moved.FriendlyName != "pbx" {
		t.Errorf("%v %v", moved, err)
	}
	carrier, err := voice.NewApiService(twilioHandler(s)).UpdateByocTrunk(byoc, (&voice.UpdateByocTrunkParams{}).SetVoiceUrl(webhook).SetVoiceMethod("GET"))
	if err != nil || *carrier.VoiceUrl != webhook || *carrier.VoiceMethod != "GET" || *carrier.FriendlyName != "carrier" {
		t.Errorf("%v %v", carrier, err)
	}
	if got := deliver(t, s, Inbound{To: byoc, From: contact, Channel: "voice"}); got != "Hello "+contact+" end" {
		t.Errorf("a call by a BYOC trunk: %s", got)
	}
	for _, wrong := range [][]string{{"DisasterRecoveryUrl", "here"}, {"DisasterRecoveryMethod", "PUT"}, {"VoiceUrl", webhook}} {
		must(t, s, 400, "POST", trunksURL+"/"+trunk, form(wrong...))
	}
	for _, wrong := range [][]string{{"VoiceUrl", "here"}, {"VoiceMethod", "PUT"}, {"DisasterRecoveryUrl", webhook}} {
		must(t, s, 400, "POST", byocTrunksURL+"/"+byoc, form(wrong...))
	}
	must(t, s, 404, "POST", trunksURL+"/TK"+strings.Repeat("0", 32), form("DisasterRecoveryUrl", webhook))
	must(t, s, 404, "POST", byocTrunksURL+"/BY"+strings.Repeat("0", 32), form("VoiceUrl", webhook))
}

// The OpenAPI documents leave these out, so Twilio's own client reads them.
func TestTwiliosClientReadsAndClosesOpenConversations(t *testing.T) {
	s := predictable()
	flow, _ := published(t, s, "thread", threadFlow)
	other, _ := published(t, s, "other", strings.ReplaceAll(threadFlow, "Conversation ", "Other "))
	studioAddress(t, s, flow)
	text(t, s, "hi")
	text(t, s, "yes")
	twilio := conversations.NewApiService(twilioHandler(s))
	active, err := twilio.ListConversation((&conversations.ListConversationParams{}).SetState("active").SetPageSize(1))
	if err != nil || len(active) != 1 {
		t.Fatalf("%v %v", active, err)
	}
	sid := *active[0].Sid
	hooks, err := twilio.ListConversationScopedWebhook(sid, nil)
	if err != nil || len(hooks) != 1 || *hooks[0].Target != "studio" {
		t.Fatalf("%v %v", hooks, err)
	}
	changed, err := twilio.UpdateConversationScopedWebhook(sid, *hooks[0].Sid, (&conversations.UpdateConversationScopedWebhookParams{}).SetConfigurationFlowSid(other))
	if err != nil || (*changed.Configuration).(map[string]any)["flow_sid"] != other {
		t.Fatalf("%v %v", changed, err)
	}
	for _, wrong := range [][]string{{"Configuration.FlowSid", "FW" + strings.Repeat("0", 32)}, {"Configuration.Method", "PUT"}, {"Target", "webhook"}} {
		must(t, s, 400, "POST", openURL+"/"+sid+"/Webhooks/"+*hooks[0].Sid, form(wrong...))
	}
	if got := text(t, s, "again"); got != "Other again wait" {
		t.Errorf("the conversation was not led to the other flow: %s", got)
	}
	if err := twilio.DeleteConversationScopedWebhook(sid, *hooks[0].Sid); err != nil {
		t.Error(err)
	}
	if got := text(t, s, "again"); got != "end" {
		t.Errorf("nobody takes part any more: %s", got)
	}
	if _, err := twilio.UpdateConversation(sid, (&conversations.UpdateConversationParams{}).SetState("closed")); err != nil {
		t.Error(err)
	}
	if got := text(t, s, "again"); got != "Conversation again wait" {
		t.Errorf("the address does not create another: %s", got)
	}
	must(t, s, 400, "POST", openURL+"/"+sid, form("State", "active"))
	must(t, s, 400, "GET", openURL+"?State=open", nil)
	must(t, s, 404, "GET", openURL+"/CH1/Webhooks", nil)
	must(t, s, 404, "GET", openURL+"/"+sid+"/Webhooks/"+*hooks[0].Sid, nil)
}
