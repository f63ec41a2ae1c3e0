package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/twilio-sandbox/snapshot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// What is live, planned with its own state against a snapshot of the account, is an empty plan;
// and so is what is imported from the snapshot without any state.
func TestPlanAgainstASnapshotOfTheAccountIsEmpty(t *testing.T) {
	t.Parallel()
	box := sandbox.New(quick())
	secrets, err := box.AddAccount("Clinic", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, number := range []string{ukNumber, usNumber, otherNumber} {
		// Numbers of two accounts cannot be the same.
		other := fmt.Sprintf("+4477009002%02d", i)
		fields := map[string]any{"phone_number": other, "account_sid": secrets.AccountSID}
		if number == usNumber {
			fields["friendly_name"] = "Anna's desk"
		}
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := box.AddNumber(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	service, err := box.AddMessagingService(fmt.Sprintf(`{"account_sid": %q, "friendly_name": "Pool", "phone_numbers": ["+447700900201"]}`, secrets.AccountSID))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(slowed(t, conforming(t, box)))
	t.Cleanup(server.Close)

	live := hosted("greeter") + assistant("clinic", sampleSchema(2)) + fmt.Sprintf(`
resource "twiliobot_assistant" "old" {
  unique_name = "old"
  engine      = "studio"
  schema      = %q
}

resource "twiliobot_messaging_service_binding" "pool" {
  messaging_service_sid = %q
  assistant_sid         = twiliobot_assistant.greeter.sid
}

resource "twiliobot_suspension" "clinic" {
  assistant_sid = twiliobot_assistant.clinic.sid
  notice        = "We are closed today."
}

output "clinic" {
  value = twiliobot_assistant.clinic.sid
}
`, marshal(sampleSchema(1)), service) +
		bound("front", "greeter", "+447700900200") + bound("calls", "greeter", "+447700900201", `channels = ["voice"]`) + bound("back", "clinic", "+447700900202")
	f := newFolder(
		t, fmt.Sprintf("provider \"twiliobot\" {\n  api_url = %q\n}\n", server.URL)+live,
		"TWILIO_ACCOUNT_SID="+secrets.AccountSID, "TWILIO_AUTH_TOKEN="+secrets.AuthToken,
	)
	f.run("apply", "-input=false", "-auto-approve")
	f.settled()

	client, err := twilio.New(twilio.Config{Resolved: twilio.Resolved{
		AccountSID: secrets.AccountSID, Username: secrets.AccountSID, Password: secrets.AuthToken,
		CredentialAccountSID: secrets.AccountSID, Source: "a test", APIURL: server.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	before, writes := contentsOf(t, box), len(box.Journal())
	taken, err := snapshot.Take(t.Context(), client, snapshot.Options{Autopilot: true, Secrets: []string{secrets.AuthToken}})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range box.Journal()[writes:] {
		if entry.Method != http.MethodGet {
			t.Errorf("the snapshot sent %s %s", entry.Method, entry.Path)
		}
	}
	if contentsOf(t, box) != before {
		t.Error("the snapshot changed the account")
	}
	if len(taken.Redacted) > 0 || strings.Contains(string(taken.Contents), "Anna") {
		t.Errorf("in place of secrets: %v; or the file has a person's label", taken.Redacted)
	}
	file := filepath.Join(t.TempDir(), "account.sandbox.json")
	if err := os.WriteFile(file, taken.Contents, 0o400); err != nil {
		t.Fatal(err)
	}
	offline := fmt.Sprintf("provider \"twiliobot\" {\n  sandbox = %q\n}\n", file)
	f.env = append(f.env, "TWILIO_ACCOUNT_SID=", "TWILIO_AUTH_TOKEN=")
	f.configure(offline + live)
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		t.Errorf("with its state, the plan is not empty: %v\n%s", err, out)
	}

	clinic := strings.TrimSpace(f.run("output", "-raw", "clinic"))
	f.remove("terraform.tfstate")
	imports := ""
	for to, id := range map[string]string{
		"twiliobot_assistant.greeter": "greeter", "twiliobot_assistant.clinic": "clinic", "twiliobot_assistant.old": "old",
		"twiliobot_phone_number_binding.front": "+447700900200", "twiliobot_phone_number_binding.calls": "+447700900201", "twiliobot_phone_number_binding.back": "+447700900202",
		"twiliobot_messaging_service_binding.pool": service, "twiliobot_suspension.clinic": clinic,
	} {
		imports += fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id)
	}
	f.configure(offline + live + imports)
	f.plans("8 to import, 0 to add, 0 to change, 0 to destroy")
}

func contentsOf(t *testing.T, box *sandbox.Sandbox) string {
	t.Helper()
	text, err := box.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (f *folder) remove(name string) {
	f.t.Helper()
	if err := os.Remove(filepath.Join(f.path, name)); err != nil {
		f.t.Fatal(err)
	}
}
