package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	apiBase       = "https://api.twilio.com/2010-04-01/Accounts/" + sandbox.StarterAccountSID
	studioBase    = "https://studio.twilio.com/v2/Flows"
	autopilotBase = "https://autopilot.twilio.com/v1/Assistants"
	addressBase   = "https://conversations.twilio.com/v1/Configuration/Addresses"
	anna          = "Anna's own desk"
	seeded        = "hunter2hunter2"
)

// asks sends a request to a sandbox, which must take it.
func asks(t *testing.T, box *sandbox.Sandbox, method, to string, form ...string) map[string]any {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	r, err := http.NewRequest(method, to, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := (&http.Client{Transport: box.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	var object map[string]any
	if err != nil || answer.StatusCode > 299 || json.Unmarshal(text, &object) != nil {
		t.Fatalf("%s %s: %d %s %v", method, to, answer.StatusCode, text, err)
	}
	return object
}

// account is an account with everything that a snapshot reads, with secrets in it or without.
func account(t *testing.T, secret string) *sandbox.Sandbox {
	t.Helper()
	box := sandbox.New(sandbox.WithSettings(sandbox.Settings{ModelBuildMS: 1}))
	inURL := ""
	if secret != "" {
		inURL = "?api_key=" + secret
	}
	application := asks(t, box, "POST", apiBase+"/Applications.json", "FriendlyName", "greeter", "SmsUrl", "https://bots.example.com/greeter"+inURL, "VoiceMethod", "GET")["sid"].(string)
	definition := func(word string) string {
		parameters := ""
		if secret != "" {
			parameters = `, "parameters": [{"key": "token", "value": "` + secret + `"}]`
		}
		return `{"description": "", "initial_state": "Trigger", "flags": {"allow_concurrent_calls": true}, "states": [
			{"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}, "transitions": [{"event": "incomingMessage", "next": "ask"}, {"event": "incomingCall"}, {"event": "incomingRequest"}, {"event": "incomingConversationMessage"}, {"event": "incomingParent"}]},
			{"name": "ask", "type": "make-http-request", "properties": {"method": "GET", "url": "https://bots.example.com/` + word + `", "content_type": "application/x-www-form-urlencoded;charset=utf-8"` + parameters + `}, "transitions": [{"event": "success"}, {"event": "failed"}]}]}`
	}
	flow := asks(t, box, "POST", studioBase, "FriendlyName", "clinic", "Status", "published", "Definition", definition("one"), "CommitMessage", "twiliobot: created")["sid"].(string)
	asks(t, box, "POST", studioBase+"/"+flow, "Status", "published", "Definition", definition("two"), "CommitMessage", anna)
	asks(t, box, "POST", studioBase+"/"+flow, "Status", "draft", "Definition", definition("three"))
	assistant := asks(t, box, "POST", autopilotBase, "UniqueName", "old", "FriendlyName", "Old")["sid"].(string)
	task := asks(t, box, "POST", autopilotBase+"/"+assistant+"/Tasks", "UniqueName", "greet", "Actions", `{"actions":[{"redirect":{"method":"POST","uri":"https://bots.example.com/old`+inURL+`"}}]}`)["sid"].(string)
	asks(t, box, "POST", autopilotBase+"/"+assistant+"/Tasks/"+task+"/Samples", "Language", "en-US", "TaggedText", "hello {name}")
	kind := asks(t, box, "POST", autopilotBase+"/"+assistant+"/FieldTypes", "UniqueName", "colour")["sid"].(string)
	asks(t, box, "POST", autopilotBase+"/"+assistant+"/Tasks/"+task+"/Fields", "UniqueName", "name", "FieldType", kind)
	asks(t, box, "POST", autopilotBase+"/"+assistant+"/FieldTypes/"+kind+"/FieldValues", "Language", "en-US", "Value", "red")
	asks(t, box, "POST", autopilotBase+"/"+assistant+"/FieldTypes/"+kind+"/FieldValues", "Language", "en-US", "Value", "scarlet", "SynonymOf", "red")
	asks(t, box, "POST", autopilotBase+"/"+assistant+"/Webhooks", "UniqueName", "hook", "Events", "onDialogueStart", "WebhookUrl", "https://bots.example.com/hook")
	for _, list := range asks(t, box, "GET", apiBase+"/IncomingPhoneNumbers.json")["incoming_phone_numbers"].([]any) {
		number := list.(map[string]any)
		to := apiBase + "/IncomingPhoneNumbers/" + number["sid"].(string) + ".json"
		switch number["phone_number"] {
		case "+447447735023":
			asks(t, box, "POST", to, "SmsApplicationSid", application, "FriendlyName", "greeter")
		case "+12025550142":
			asks(t, box, "POST", to, "SmsUrl", "https://webhooks.twilio.com/v1/Accounts/"+sandbox.StarterAccountSID+"/Flows/"+flow, "SmsMethod", "GET", "FriendlyName", anna)
		}
	}
	asks(t, box, "POST", addressBase, "Type", "sms", "Address", "+447700900123", "FriendlyName", anna, "AutoCreation.Enabled", "true", "AutoCreation.Type", "studio", "AutoCreation.StudioFlowSid", flow)
	for _, each := range []struct {
		add    func(string) (string, error)
		fields string
	}{
		{box.AddMessagingService, `{"friendly_name": "` + anna + `", "inbound_request_url": "https://bots.example.com/pool", "fallback_url": "https://bots.example.com/down", "phone_numbers": ["+447700900123"]}`},
		{box.AddSender, `{"sender_id": "whatsapp:+447700900123", "webhook": {"callback_url": "https://bots.example.com/wa", "callback_method": "POST"}, "profile": {"name": "` + anna + `"}}`},
		{box.AddSipDomain, `{"domain_name": "clinic.sip.twilio.com", "voice_url": "https://bots.example.com/sip"}`},
		{box.AddTrunk, `{"friendly_name": "` + anna + `"}`},
		{box.AddByocTrunk, `{"friendly_name": "` + anna + `"}`},
		{box.AddFlexFlow, `{"friendly_name": "` + anna + `", "chat_service_sid": "IS00000000000000000000000000000001", "channel_type": "sms", "integration_type": "studio", "flow_sid": "` + flow + `"}`},
		{box.AddShortCode, `{"short_code": "55501", "sms_url": "https://bots.example.com/short"}`},
	} {
		if _, err := each.add(each.fields); err != nil {
			t.Fatal(each.fields, err)
		}
	}
	if _, err := box.Inbound(sandbox.Inbound{To: "+447447735023", From: "+447700900999", Channel: "messaging", Body: "a private message"}); err != nil {
		t.Fatal(err)
	}
	return box
}

// reachable serves a sandbox as the account of the environment.
func reachable(t *testing.T, box *sandbox.Sandbox) {
	t.Helper()
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"TWILIOBOT_API_URL": server.URL, "TWILIO_ACCOUNT_SID": sandbox.StarterAccountSID, "TWILIO_AUTH_TOKEN": sandbox.StarterAuthToken,
		"TWILIOBOT_SANDBOX": "", "TWILIOBOT_PROFILE": "", "TWILIO_PROFILE": "", "TWILIO_API_KEY": "", "TWILIO_API_SECRET": "", "TWILIO_REGION": "", "TWILIO_EDGE": "",
	} {
		t.Setenv(name, value)
	}
}

// lists are all that a snapshot reads, as lists.
var lists = []string{
	apiBase + "/IncomingPhoneNumbers.json", apiBase + "/Applications.json", apiBase + "/SMS/ShortCodes.json", apiBase + "/SIP/Domains.json",
	"https://messaging.twilio.com/v1/Services", "https://messaging.twilio.com/v2/Channels/Senders?Channel=whatsapp", studioBase, addressBase,
	"https://trunking.twilio.com/v1/Trunks", "https://voice.twilio.com/v1/ByocTrunks", "https://flex-api.twilio.com/v1/FlexFlows", autopilotBase,
}

// rowsOf reads a list, and what is below its rows, by SID.
func rowsOf(t *testing.T, box *sandbox.Sandbox, list string) map[string]any {
	t.Helper()
	rows := map[string]any{}
	for _, value := range asks(t, box, "GET", list) {
		all, _ := value.([]any)
		for _, row := range all {
			row := row.(map[string]any)
			sid := row["sid"].(string)
			rows[sid] = row
			path, _, _ := strings.Cut(list, "?")
			switch path {
			case studioBase:
				rows[sid+" in full"] = asks(t, box, "GET", studioBase+"/"+sid)
				rows[sid+" published"] = asks(t, box, "GET", studioBase+"/"+sid+"/Revisions/LatestPublished")
				for _, revision := range asks(t, box, "GET", studioBase+"/"+sid+"/Revisions")["revisions"].([]any) {
					rows[sid+" revisions"] = append(append([]any{}, rows[sid+" revisions"]), revision)
				}
			case "https://messaging.twilio.com/v1/Services":
				rows[sid+" members"] = rowsOf(t, box, path+"/"+sid+"/PhoneNumbers")
			case autopilotBase:
				for _, below := range []string{"/Tasks", "/FieldTypes", "/Webhooks", "/ModelBuilds"} {
					rows[sid+below] = rowsOf(t, box, path+"/"+sid+below)
				}
				rows[sid+" defaults"] = asks(t, box, "GET", path+"/"+sid+"/Defaults")
				rows[sid+" style"] = asks(t, box, "GET", path+"/"+sid+"/StyleSheet")
			}
			if strings.HasSuffix(path, "/Tasks") {
				rows[sid+" actions"] = asks(t, box, "GET", path+"/"+sid+"/Actions")
				rows[sid+" fields"] = rowsOf(t, box, path+"/"+sid+"/Fields")
				rows[sid+" samples"] = rowsOf(t, box, path+"/"+sid+"/Samples")
			}
			if strings.HasSuffix(path, "/FieldTypes") {
				rows[sid+" values"] = rowsOf(t, box, path+"/"+sid+"/FieldValues")
			}
		}
	}
	return rows
}

// With its labels, a snapshot answers what the account answers, in every field.
func TestSnapshotAnswersAsTheAccountDoes(t *testing.T) {
	box := account(t, "")
	reachable(t, box)
	file := filepath.Join(t.TempDir(), "account.sandbox.json")
	does(t, "snapshot", "-labels", "-o", file)
	snapshot, err := sandbox.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		want, got := rowsOf(t, box, list), rowsOf(t, snapshot, list)
		if len(want) == 0 {
			t.Errorf("%s: the account has none", list)
		}
		for sid, row := range want {
			if !reflect.DeepEqual(row, got[sid]) {
				t.Errorf("%s: %s is\n%v\nnot\n%v", list, sid, got[sid], row)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d rows, not %d", list, len(got), len(want))
		}
	}
	if text := read(t, file); strings.Contains(text, "a private message") || strings.Contains(text, "+447700900999") {
		t.Error("the file has traffic")
	}
}

func TestSnapshotHasNoSecretAndNoLabelAndIsTheSameEachTime(t *testing.T) {
	box := account(t, seeded)
	before, asked := contentsOf(t, box), len(box.Journal())
	if !strings.Contains(before, seeded) || !strings.Contains(before, anna) {
		t.Fatal("nothing is seeded")
	}
	reachable(t, box)
	folder := t.TempDir()
	file, again := filepath.Join(folder, "account.sandbox.json"), filepath.Join(folder, "again.json")
	said := does(t, "snapshot", "-o", file)
	for _, want := range []string{"3 phone numbers", "1 flows", "REDACTED instead of a secret: applications AP", "sms_url: the parameter api_key of a URL", "studio flows FW", "autopilot tasks UD"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	text := read(t, file)
	for _, secret := range []string{seeded, sandbox.StarterAuthToken, sandbox.StarterAPIKeySecret, anna, "a private message"} {
		if strings.Contains(text, secret) || strings.Contains(said, secret) {
			t.Errorf("the file or the output has %q", secret)
		}
	}
	for _, kept := range []string{`"friendly_name": "greeter"`, `"+447447735023"`, `"commit_message": "twiliobot: created"`, `api_key=REDACTED`, `"sms_method": "GET"`} {
		if !strings.Contains(text, kept) {
			t.Errorf("the file has no %s", kept)
		}
	}
	does(t, "snapshot", "-o", again)
	if read(t, again) != text {
		t.Error("the same account is another file")
	}
	if out := does(t, "snapshot", "-o", file); !strings.Contains(out, "Unchanged: "+file) {
		t.Errorf("it does not say that nothing changed: %s", out)
	}
	if contentsOf(t, box) != before || slices.ContainsFunc(box.Journal()[asked:], func(e sandbox.Entry) bool { return e.Method != http.MethodGet }) {
		t.Error("it wrote to the account")
	}

	// One more number is one more row, and changes no other line.
	if _, err := box.AddNumber(`{"phone_number": "+12025550143"}`); err != nil {
		t.Fatal(err)
	}
	does(t, "snapshot", "-o", again)
	lines := strings.Split(text, "\n")
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.Contains(read(t, again), line) {
			t.Errorf("with another number, the line %q is gone", line)
		}
	}
	if more := len(strings.Split(read(t, again), "\n")) - len(lines); more < 10 || more > 60 {
		t.Errorf("another number is %d lines", more)
	}
}

func TestSnapshotGivesOtherNumbers(t *testing.T) {
	box := account(t, "")
	reachable(t, box)
	var out bytes.Buffer
	if err := command(t.Context(), []string{"snapshot", "-anonymise", "-labels", "-o", "-"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"447447735023", "447700900123", "2025550142", "202) 555-0142"} {
		if strings.Contains(out.String(), number) {
			t.Errorf("the file has %s", number)
		}
	}
	snapshot := sandbox.New()
	if err := snapshot.Restore(out.Bytes()); err != nil {
		t.Fatal(err)
	}
	numbers, services := rowsOf(t, snapshot, lists[0]), rowsOf(t, snapshot, lists[4])
	sender, address := rowsOf(t, snapshot, lists[5]), rowsOf(t, snapshot, addressBase)
	if len(numbers) != 3 || len(services) != 2 || len(sender) != 1 || len(address) != 1 {
		t.Fatal(len(numbers), len(services), len(sender), len(address))
	}
	for _, s := range sender {
		for _, a := range address {
			if number := a.(map[string]any)["address"]; s.(map[string]any)["sender_id"] != "whatsapp:"+number.(string) || !strings.HasPrefix(number.(string), "+440000") {
				t.Errorf("one number became %v and %v", s.(map[string]any)["sender_id"], number)
			}
		}
	}
}

func TestSnapshotThatCannotBeTakenLeavesTheFile(t *testing.T) {
	box := account(t, "")
	reachable(t, box)
	folder := t.TempDir()
	file := filepath.Join(folder, "notes.json")
	if err := os.WriteFile(file, []byte("my notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, "is left as it is: this is no sandbox file", "snapshot", "-o", file)
	fails(t, "there is no folder "+filepath.Join(folder, "none")+":", "snapshot", "-o", filepath.Join(folder, "none", "account.sandbox.json"))
	fails(t, "no file is given", "snapshot")
	fails(t, "takes no arguments", "snapshot", "-o", file, "more")
	fails(t, "give credentials of the subaccount itself", "snapshot", "-account-sid", "AC00000000000000000000000000000001", "-o", file)

	secret, err := box.AddKey(sandbox.Key{Restriction: sandbox.Restriction{Permissions: []string{"phone-numbers/*", "voice/twiml.apps/*", "messaging/*", "studio/*", "conversations/*"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TWILIO_AUTH_TOKEN", "")
	t.Setenv("TWILIO_API_KEY", secret.APIKeySID)
	t.Setenv("TWILIO_API_SECRET", secret.APIKeySecret)
	good := filepath.Join(folder, "account.sandbox.json")
	fails(t, "Nothing was written", "snapshot", "-o", good)
	if _, err := os.Stat(good); err == nil || read(t, file) != "my notes" {
		t.Error("a snapshot that failed wrote")
	}
	t.Setenv("TWILIOBOT_SANDBOX", good)
	t.Setenv("TWILIOBOT_API_URL", "")
	fails(t, "unset it to read an account", "snapshot", "-o", good)
	t.Setenv("TWILIOBOT_SANDBOX", "")
	t.Setenv("TWILIO_API_KEY", "")
	t.Setenv("TWILIO_CONFIG_DIR", folder)
	fails(t, "name it with -profile", "snapshot", "-o", good)
}

func contentsOf(t *testing.T, box *sandbox.Sandbox) string {
	t.Helper()
	text, err := box.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
