package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

const addressesURL = "https://conversations.twilio.com/v1/Configuration/Addresses"

// threadFlow answers messages of conversations, and those to a number with another
// text.
const threadFlow = `{"initial_state":"Trigger","description":"","states":[
	{"type":"trigger","name":"Trigger","transitions":[{"event":"incomingMessage","next":"plain"},{"event":"incomingConversationMessage","next":"ask"}],"properties":{}},
	{"type":"send-message","name":"plain","transitions":[],"properties":{"from":"{{flow.channel.address}}","body":"Number {{trigger.message.Body}}"}},
	{"type":"send-and-wait-for-reply","name":"ask","transitions":[{"event":"incomingMessage","next":"thanks"},{"event":"timeout"},{"event":"deliveryFailure"}],
		"properties":{"from":"{{flow.channel.address}}","body":"Conversation {{trigger.conversation.Body}}","timeout":"3600"}},
	{"type":"send-message","name":"thanks","transitions":[],"properties":{"from":"{{flow.channel.address}}","body":"Thanks"}}]}`

func published(t testing.TB, s *Sandbox, name, definition string) (sid, webhook string) {
	t.Helper()
	made := must(t, s, 201, "POST", studioFlowsURL, form("FriendlyName", name, "Status", "published", "Definition", definition))
	return made["sid"].(string), made["webhook_url"].(string)
}

// studioAddress configures the number to create conversations for a flow.
func studioAddress(t testing.TB, h http.Handler, flow string) string {
	t.Helper()
	made := must(t, h, 201, "POST", addressesURL, form("Type", "sms", "Address", myNumber,
		"AutoCreation.Enabled", "true", "AutoCreation.Type", "studio", "AutoCreation.StudioFlowSid", flow))
	return made["sid"].(string)
}

func TestAddressIsCreatedChangedAndDeleted(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, _ := published(t, s, "thread", threadFlow)
	bare := must(t, h, 201, "POST", addressesURL, form("Type", "whatsapp", "Address", "whatsapp:+447447735023", "FriendlyName", "desk"))
	if bare["auto_creation"] != nil || bare["friendly_name"] != "desk" || bare["type"] != "whatsapp" {
		t.Errorf("%v", bare)
	}
	sid := studioAddress(t, h, flow)
	for _, path := range []string{sid, url.PathEscape(myNumber), myNumber} {
		fetched := must(t, h, 200, "GET", addressesURL+"/"+path, nil)
		auto := fetched["auto_creation"].(map[string]any)
		if fetched["sid"] != sid || auto["studio_flow_sid"] != flow || auto["enabled"] != true || auto["studio_retry_count"] != 0.0 {
			t.Errorf("%s: %v", path, fetched)
		}
	}
	changed := must(t, h, 200, "POST", addressesURL+"/"+sid, url.Values{
		"AutoCreation.Type": {"webhook"}, "AutoCreation.WebhookUrl": {"https://example.com/hook"},
		"AutoCreation.WebhookMethod": {"get"}, "AutoCreation.WebhookFilters": {"onMessageAdded", "onParticipantAdded"},
	})["auto_creation"].(map[string]any)
	if got := string(encodeJSON(changed)); got != `{"conversation_service_sid":null,"enabled":true,"type":"webhook","webhook_filters":["onMessageAdded","onParticipantAdded"],"webhook_method":"GET","webhook_url":"https://example.com/hook"}` {
		t.Error(got)
	}
	must(t, h, 200, "POST", addressesURL+"/"+sid, form("AutoCreation.Enabled", "false"))
	if got := column(t, must(t, h, 200, "GET", addressesURL+"?Type=sms", nil), "address_configurations", "sid"); len(got) != 1 || got[0] != sid {
		t.Errorf("the addresses for sms are %v", got)
	}
	page := must(t, h, 200, "GET", addressesURL+"?PageSize=1", nil)
	next := page["meta"].(map[string]any)["next_page_url"].(string)
	if got := column(t, must(t, h, 200, "GET", next, nil), "address_configurations", "sid"); len(got) != 1 || got[0] != bare["sid"] {
		t.Errorf("the second page has %v", got)
	}
	must(t, h, 204, "DELETE", addressesURL+"/"+sid, nil)
	must(t, h, 404, "GET", addressesURL+"/"+sid, nil)
	must(t, h, 404, "DELETE", addressesURL+"/"+myNumber, nil)
}

func TestAddressOfNonsenseIsRefused(t *testing.T) {
	s := predictable()
	h := checked(t, s)
	flow, _ := published(t, s, "thread", threadFlow)
	sid := studioAddress(t, h, flow)
	must(t, h, 409, "POST", addressesURL, form("Type", "sms", "Address", myNumber))
	for _, wrong := range [][]string{
		{"Type", "sms"}, {"Address", "+447447735023"}, {"Type", "fax", "Address", "+447447735023"},
		{"Type", "sms", "Address", "whatsapp:+447447735023"}, {"Type", "whatsapp", "Address", "+447447735023"},
		{"Type", "sms", "Address", "+447700900555"}, // not the account's
		{"Type", "sms", "Address", "+447447735023", "AddressCountry", "Britain"},
		{"Type", "sms", "Address", "+447447735023", "AutoCreation.Type", "studio"},
		{"Type", "sms", "Address", "+447447735023", "Name", "x"},
	} {
		must(t, h, 400, "POST", addressesURL, form(wrong...))
	}
	for _, wrong := range [][]string{
		{"Type", "sms"}, {"AutoCreation.Type", "flex"}, {"AutoCreation.Type", "webhook"}, {"AutoCreation.Enabled", "maybe"},
		{"AutoCreation.WebhookUrl", "here"}, {"AutoCreation.WebhookMethod", "PUT"}, {"AutoCreation.WebhookFilters", "onTea"},
		{"AutoCreation.StudioFlowSid", "FW1"}, {"AutoCreation.StudioFlowSid", "FW00000000000000000000000000000000"},
		{"AutoCreation.StudioRetryCount", "4"}, {"AutoCreation.ConversationServiceSid", "MG1"},
		{"FriendlyName", strings.Repeat("x", 257)},
	} {
		must(t, h, 400, "POST", addressesURL+"/"+sid, form(wrong...))
	}
	if body := must(t, h, 400, "GET", addressesURL+"?PageSize=51", nil); body["code"] != 20007.0 {
		t.Errorf("%v", body)
	}
	must(t, h, 400, "GET", addressesURL+"?Type=fax", nil)
}

func TestAddressStartsAndContinuesAConversation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	flow, _ := published(t, s, "thread", threadFlow)
	address := studioAddress(t, s, flow)
	first, err := s.Inbound(Inbound{To: address, From: contact, Channel: "messaging", Body: "hi"})
	if err != nil || first.Via != "address" || first.Bot == nil || first.Bot.SID != flow || first.Parallel != nil {
		t.Fatalf("%+v %v", first, err)
	}
	// What is changed on the address is no matter to the conversation that is open.
	must(t, s, 204, "DELETE", addressesURL+"/"+address, nil)
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := again.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "yes"})
	if err != nil || second.Via != "conversation" || len(second.Answers) != 1 || second.Answers[0].Text != "Thanks" {
		t.Fatalf("%+v %v", second, err)
	}
	other, err := again.Inbound(Inbound{To: myNumber, From: "+447700900998", Channel: "messaging", Body: "hi"})
	if err != nil || other.Status != InboundSilent {
		t.Errorf("another contact: %+v %v", other, err)
	}
	conversations := turn(t, again, 200, "GET", "conversations", "")
	sid := conversations[strings.Index(conversations, `"CH`)+1:][:34]
	turn(t, again, 204, "POST", "conversations/"+sid, `{"state":"closed"}`)
	if closed, err := again.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"}); err != nil || closed.Status != InboundSilent {
		t.Errorf("after it was closed: %+v %v", closed, err)
	}
}

// TestConversationAndNumberMayBothAnswer is the harsher of the two readings of Twilio's
// page on inbound messages, and the setting for the other.
func TestConversationAndNumberMayBothAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		settings string
		parallel string
	}{
		"both":          {`{}`, "Number hi"},
		"conversations": {`{"conversations_take_messages":true}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			turn(t, s, 200, "POST", "settings", test.settings)
			flow, webhook := published(t, s, "thread", threadFlow)
			point(t, s, "SmsUrl", webhook)
			studioAddress(t, s, flow)
			got, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
			if err != nil || len(got.Answers) != 1 || got.Answers[0].Text != "Conversation hi" {
				t.Fatalf("%+v %v", got, err)
			}
			if test.parallel == "" != (got.Parallel == nil) || got.Parallel != nil && got.Parallel.Answers[0].Text != test.parallel {
				t.Errorf("%+v", got.Parallel)
			}
		})
	}
}

func TestWhoTakesPartInAConversation(t *testing.T) {
	heard := make(chan url.Values, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		heard <- r.Form
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<Response><Message>no</Message></Response>`))
	}))
	defer server.Close()
	for name, test := range map[string]struct {
		auto   []string // %f is a flow, %w its webhook
		status string
		told   bool
	}{
		"off":                        {[]string{"Enabled", "false", "Type", "studio", "StudioFlowSid", "%f"}, InboundSilent, false},
		"nobody":                     {[]string{"Enabled", "true", "Type", "default"}, InboundSilent, false},
		"flow":                       {[]string{"Enabled", "true", "Type", "studio", "StudioFlowSid", "%f"}, InboundBotAnswers, false},
		"flow by its webhook":        {[]string{"Enabled", "true", "Type", "webhook", "WebhookUrl", "%w", "WebhookFilters", "onMessageAdded"}, InboundBotAnswers, false},
		"webhook":                    {[]string{"Enabled", "true", "Type", "webhook", "WebhookUrl", server.URL, "WebhookFilters", "onMessageAdded"}, InboundExternal, true},
		"webhook for something else": {[]string{"Enabled", "true", "Type", "webhook", "WebhookUrl", server.URL, "WebhookFilters", "onParticipantAdded"}, InboundSilent, false},
		"webhook for nothing":        {[]string{"Enabled", "true", "Type", "webhook", "WebhookUrl", server.URL}, InboundSilent, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			flow, webhook := published(t, s, "thread", threadFlow)
			fields := form("Type", "sms", "Address", myNumber)
			for i := 0; i < len(test.auto); i += 2 {
				fields.Set("AutoCreation."+test.auto[i], strings.NewReplacer("%f", flow, "%w", webhook).Replace(test.auto[i+1]))
			}
			must(t, s, 201, "POST", addressesURL, fields)
			got, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
			if err != nil || got.Status != test.status || len(got.Errors) != 0 || (got.Status == InboundBotAnswers) != (len(got.Answers) == 1) {
				t.Errorf("%+v %v", got, err)
			}
			select {
			case fields := <-heard:
				if !test.told || fields.Get("EventType") != "onMessageAdded" || fields.Get("Body") != "hi" || !strings.HasPrefix(fields.Get("ConversationSid"), "CH") {
					t.Errorf("the webhook was told %v", fields)
				}
			default:
				if test.told {
					t.Error("the webhook was not told")
				}
			}
		})
	}
}

func TestConversationOutlivesItsFlow(t *testing.T) {
	s := predictable()
	flow, _ := published(t, s, "thread", threadFlow)
	turn(t, s, 200, "POST", "conversations", `{"contact":"`+contact+`","address":"`+myNumber+`","webhook":{"enabled":true,"type":"studio","studio_flow_sid":"`+flow+`"}}`)
	must(t, s, 204, "DELETE", studioFlowsURL+"/"+flow, nil)
	got, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
	if err != nil || got.Status != InboundDangling || got.Via != "conversation" || len(got.Errors) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	turn(t, s, 400, "POST", "conversations", `{"contact":"`+contact+`","address":"`+myNumber+`"}`)
	turn(t, s, 404, "POST", "conversations", `{"contact":"`+contact+`","address":"+447700900555"}`)
	turn(t, s, 404, "POST", "conversations/CH1", `{"state":"closed"}`)
}

func TestReleasedNumberLosesItsAddress(t *testing.T) {
	s := predictable()
	flow, _ := published(t, s, "thread", threadFlow)
	studioAddress(t, s, flow)
	must(t, s, 204, "DELETE", numberPathOf(t, s, myNumber), nil)
	if got := column(t, must(t, s, 200, "GET", addressesURL, nil), "address_configurations", "sid"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestFlowWithoutThatTriggerSaysNothingInAConversation(t *testing.T) {
	s := predictable()
	flow := flowOn(t, s)
	studioAddress(t, s, flow)
	got, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"})
	if err != nil || got.Via != "address" || len(got.Answers) != 0 || got.Parallel == nil || got.Parallel.Answers[0].Text != "Tea?" {
		t.Errorf("%+v %v", got, err)
	}
}
