package provider

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The configuration that Terraform generates for an import is all that its reader has:
// it must be valid unchanged.
func TestConfigurationGeneratedFromImportsPlansNothing(t *testing.T) {
	t.Parallel()
	const fourth = "+12025550143"
	w := newWorld(t, quick())
	w.own(fourth)
	service := w.addService(answering)
	made := newFolder(t, w.config(
		studioFlow("flows", echo("Hello.")), onStudio("compiled", tableSchema()), assistant("clinic", sampleSchema(2)), hosted("greeter"),
		bound("flows", "flows", ukNumber), bound("compiled", "compiled", otherNumber), bound("clinic", "clinic", usNumber),
		bound("greeter", "greeter", fourth, `channels = ["messaging", "voice"]`),
		fmt.Sprintf("resource \"twiliobot_messaging_service_binding\" \"desk\" {\n  messaging_service_sid = %q\n  assistant_sid = twiliobot_assistant.compiled.sid\n}\n", service),
		"resource \"twiliobot_suspension\" \"flows\" {\n  assistant_sid = twiliobot_assistant.flows.sid\n  depends_on = [twiliobot_phone_number_binding.flows]\n}\n",
	))
	made.run("apply", "-input=false", "-auto-approve")

	var imports strings.Builder
	importing := func(kind, name, id string) {
		fmt.Fprintf(&imports, "import {\n  to = twiliobot_%s.%s\n  id = %q\n}\n", kind, name, id)
	}
	for name, number := range map[string]string{"flows": ukNumber, "compiled": otherNumber, "clinic": usNumber, "greeter": fourth} {
		importing("assistant", name, name)
		importing("phone_number_binding", name, number)
	}
	importing("messaging_service_binding", "desk", service)
	importing("suspension", "flows", text(w.flows()["flows"]["sid"]))
	reader := newFolder(t, w.config(imports.String()))
	reader.run("plan", "-input=false", "-generate-config-out=gen.tf")
	if out := reader.run("apply", "-input=false", "-auto-approve"); !inOrder("10 imported, 0 added, 0 changed, 0 destroyed").MatchString(out) {
		content, err := os.ReadFile(filepath.Join(reader.path, "gen.tf"))
		t.Errorf("the generated configuration changes something:\n%s\n%s\n%v", out, content, err)
	}
	reader.settled()
}

// The guide's way to bring a whole account under Terraform.
func TestForEachOverTheAccountImportsEveryBotAsItStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	made := newFolder(t, w.config(
		studioFlow("flows", echo("Hello.")), onStudio("compiled", tableSchema(), `routing = "exact"`),
		assistant("clinic", sampleSchema(2), `friendly_name = "The clinic"`), hosted("greeter"),
	))
	made.run("apply", "-input=false", "-auto-approve")
	// Twilio allows two applications of one name.
	w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "greeter", "SmsUrl": "https://theirs.example.com/"})
	guide, err := os.ReadFile(filepath.Join("..", "templates", "guides", "rename-migrate-suspend.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(guide), "```terraform\ndata \"twiliobot_deployed_bots\"")
	example, _, closed := strings.Cut(example, "```")
	if !found || !closed {
		t.Fatal("the guide has no such example")
	}
	w.box.ClearJournal()
	reader := newFolder(t, w.config("data \"twiliobot_deployed_bots\""+example))
	// That the URLs of the two are sensitive from now on is a change to Terraform.
	if out := reader.run("apply", "-input=false", "-auto-approve"); !inOrder("The value is unchanged", "5 imported, 0 added, 2 changed, 0 destroyed").MatchString(out) {
		t.Errorf("the import changes something:\n%s", out)
	}
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("it writes %q", writes)
	}
	reader.settled()
}
