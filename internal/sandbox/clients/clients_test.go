package clients

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// add adds rows that no API creates.
func (w world) add(add func(fields string) (string, error), rows ...string) {
	w.Helper()
	for _, fields := range rows {
		if _, err := add(fields); err != nil {
			w.Fatal(err)
		}
	}
}

func (w world) addSenders() {
	w.Helper()
	for _, sender := range []string{"whatsapp:+12025550142", "whatsapp:+447700900123", "rcs:acme"} {
		w.add(w.AddSender, `{"sender_id":"`+sender+`","webhook":{"callback_url":"https://example.com/before"}}`)
	}
}

func TestTwilioNodeBuysAndSetsUpNumbers(t *testing.T) {
	w := newWorld(t, sandbox.Settings{})
	w.add(w.AddNumber, `{"phone_number":"+12025550143"}`, `{"phone_number":"+12025550144"}`, `{"phone_number":"+447700900124","type":"mobile"}`,
		`{"phone_number":"+18005550198"}`, `{"phone_number":"+18005550199"}`)
	w.script("numbers.js")
}

func TestTwilioNodeFillsMessagingServices(t *testing.T) {
	w := newWorld(t, sandbox.Settings{SenderUpdateMS: 1})
	w.add(w.AddShortCode, `{"short_code":"12345"}`)
	w.addSenders()
	w.script("messaging.js")
}

func TestTwilioNodeRunsFlows(t *testing.T) {
	newWorld(t, sandbox.Settings{}).script("studio.js")
}

// Twilio's document and its live answers disagree on how a field value says what it is a
// synonym of. By the document, an export names what only this account knows.
func TestTwilioNode3ExportsAssistants(t *testing.T) {
	for name, asText := range map[string]bool{"by_SID": false, "as_text": true} {
		t.Run(name, func(t *testing.T) {
			settings := sandbox.Settings{ModelBuildMS: 1, AutopilotSettings: sandbox.AutopilotSettings{SynonymText: asText}}
			newWorld(t, settings).script("autopilot.js")
		})
	}
}

// cli runs a command of twilio-cli and returns one property of each object that it prints.
func (w world) cli(property string, args ...string) []any {
	w.Helper()
	out := w.run(filepath.Join(w.packages, "node_modules", ".bin", "twilio"), append(args, "-o", "json")...)
	var objects []map[string]any
	if err := json.Unmarshal(out, &objects); err != nil {
		w.Fatalf("%q: %v\n%s", args, err, out)
	}
	values := make([]any, len(objects))
	for i, o := range objects {
		values[i] = o[property]
	}
	return values
}

const asks = `{"description":"asks","initial_state":"Trigger","states":[` +
	`{"type":"trigger","name":"Trigger","properties":{},"transitions":[{"event":"incomingRequest","next":"ask"}]},` +
	`{"type":"send-and-wait-for-reply","name":"ask","properties":{"from":"{{flow.channel.address}}","body":"Well?","timeout":"3600"},` +
	`"transitions":[{"event":"incomingMessage"},{"event":"timeout"},{"event":"deliveryFailure"}]}]}`

func TestTwilioCLIDrivesTheSandbox(t *testing.T) {
	if !*all {
		t.Skip("a command of twilio-cli takes a second of CPU time: `make clients` runs it")
	}
	w := newWorld(t, sandbox.Settings{})
	w.addSenders()
	is := func(got []any, want ...any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	one := func(values []any) string {
		t.Helper()
		if len(values) != 1 {
			t.Fatalf("there are %d: %v", len(values), values)
		}
		return values[0].(string)
	}
	is(w.cli("smsUrl", "phone-numbers:update", "+12025550142", "--sms-url", "https://example.com/sms"), "https://example.com/sms")
	is(w.cli("phoneNumber", "api:core:incoming-phone-numbers:local:list", "--page-size", "1"), "+12025550142", "+447700900123")
	number := one(w.cli("sid", "api:core:incoming-phone-numbers:mobile:list"))

	service := one(w.cli("sid", "api:messaging:v1:services:create", "--friendly-name", "pool"))
	is(w.cli("sid", "api:messaging:v1:services:phone-numbers:create", "--service-sid", service, "--phone-number-sid", number), number)
	is(w.cli("senderId", "api:messaging:v2:channels:senders:list", "--channel", "whatsapp", "--page-size", "1"), "whatsapp:+447700900123", "whatsapp:+12025550142")

	flow := one(w.cli("sid", "api:studio:v2:flows:create", "--friendly-name", "asks", "--status", "published", "--definition", asks))
	is(w.cli("status", "api:studio:v2:flows:executions:create", "--flow-sid", flow, "--from", "+12025550142", "--to", "+447946000001"), "active")
	execution := one(w.cli("sid", "api:studio:v2:flows:executions:list", "--flow-sid", flow))
	is(w.cli("transitionedTo", "api:studio:v2:flows:executions:steps:list", "--flow-sid", flow, "--execution-sid", execution), "ask")
	is(w.cli("status", "api:studio:v2:flows:executions:update", "--flow-sid", flow, "--sid", execution, "--status", "ended"), "ended")
	is(w.cli("address", "api:conversations:v1:configuration:addresses:create", "--type", "sms", "--address", "+12025550142",
		"--auto-creation.enabled", "--auto-creation.type", "studio", "--auto-creation.studio-flow-sid", flow), "+12025550142")
}
