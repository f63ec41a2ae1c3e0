package provider

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
)

// ownProvider is what an example says of the provider itself, in place of which
// the tests put theirs.
var ownProvider = regexp.MustCompile(`(?ms)^(terraform|provider "twiliobot") \{.*?^\}\n|^provider "twiliobot" \{\}\n`)

// example reads an example for a test of it: its files go to a folder, and its
// configuration is pointed at this world.
func (w *world) example(name string) string {
	w.t.Helper()
	content, err := fs.ReadFile(examples.Files, name)
	if err != nil {
		w.t.Fatal(err)
	}
	folder := w.t.TempDir()
	entries, err := fs.ReadDir(examples.Files, path.Dir(name))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".json" {
			continue
		}
		file, err := fs.ReadFile(examples.Files, path.Join(path.Dir(name), entry.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, entry.Name()), file, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	config := ownProvider.ReplaceAllString(string(content), "")
	return strings.ReplaceAll(config, "${path.module}", filepath.ToSlash(folder))
}

// applied are the examples that stand by themselves.
func TestEveryExampleIsApplied(t *testing.T) {
	t.Parallel()
	seen := 0
	err := fs.WalkDir(examples.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".tf" || strings.HasPrefix(path.Base(name), "import-") {
			return err
		}
		seen++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := w.example(name)
			if strings.TrimSpace(config) == "" {
				// An example of the provider's own block: what is to be seen is that it
				// is one, and that a plan of it is empty.
				config = `output "nothing" { value = "" }`
			}
			w.run(resource.TestStep{Config: w.config(config)})
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 6 {
		t.Errorf("only %d examples were found", seen)
	}
}

// The import examples say which SID to import; the tests say that of the object
// they made.
func TestEveryImportExampleIsApplied(t *testing.T) {
	t.Parallel()
	sid := regexp.MustCompile(`(AP|PN)0{31}1`)
	for _, kind := range []string{"twiliobot_assistant", "twiliobot_phone_number_binding"} {
		for _, way := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
			name := path.Join("resources", kind, way)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				resources := w.example(path.Join("resources", kind, "resource.tf"))
				w.run(resource.TestStep{Config: w.config(resources)})
				// Make the same things behind Terraform's back, and import them.
				w = newWorld(t)
				made := w.made(t)
				content, err := fs.ReadFile(examples.Files, name)
				if err != nil {
					t.Fatal(err)
				}
				text := sid.ReplaceAllStringFunc(string(content), func(old string) string { return made[old[:2]] })
				if way == "import.sh" {
					w.imports(t, text)
					return
				}
				step := resource.TestStep{Config: w.config(only(resources, text), text), PlanOnly: true, ExpectNonEmptyPlan: true}
				var gates []tfversion.TerraformVersionCheck
				if strings.Contains(way, "identity") {
					gates = append(gates, tfversion.SkipBelow(tfversion.Version1_12_0))
				}
				needCLI(t)
				resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories(), TerraformVersionChecks: gates, Steps: []resource.TestStep{step}})
			})
		}
	}
}

// made is an account with one bot of each kind that the examples import, the
// number among them; it returns their SIDs by prefix.
func (w *world) made(t *testing.T) map[string]string {
	t.Helper()
	application := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{
		"FriendlyName": "concierge", "SmsUrl": "https://bots.example.com/concierge/messages", "VoiceUrl": "https://bots.example.com/concierge/calls",
		"SmsFallbackUrl": "https://status.example.com/concierge",
	})["sid"].(string)
	w.call(http.MethodPost, autopilotBase+"/Assistants", map[string]string{"UniqueName": "clinic", "FriendlyName": "Clinic reception"})
	w.setNumber(usNumber, map[string]string{"SmsApplicationSid": application, "VoiceApplicationSid": application, "FriendlyName": "Front desk"})
	return map[string]string{"AP": application, "PN": w.number(usNumber)["sid"].(string)}
}

var importTarget = regexp.MustCompile(`to = (\S+)`)

// only keeps the one resource block that an import names, and the bot that it
// refers to.
func only(resources, imports string) string {
	target := importTarget.FindStringSubmatch(imports)[1]
	kind, name, _ := strings.Cut(target, ".")
	blocks := regexp.MustCompile(`(?ms)^resource ".*?^\}\n`).FindAllString(resources, -1)
	var kept []string
	for _, block := range blocks {
		if strings.HasPrefix(block, fmt.Sprintf("resource %q %q", kind, name)) {
			kept = append(kept, block)
		}
	}
	text := strings.Join(kept, "\n")
	if strings.Contains(text, "twiliobot_assistant.concierge.sid") {
		text = `data "twiliobot_assistant" "concierge" { unique_name = "concierge" }` + "\n" +
			strings.ReplaceAll(text, "twiliobot_assistant.concierge.sid", "data.twiliobot_assistant.concierge.sid")
	}
	return text
}

// imports runs each line of a shell example as an import step.
func (w *world) imports(t *testing.T, script string) {
	t.Helper()
	for _, line := range strings.Split(script, "\n") {
		words := strings.Fields(line)
		if len(words) != 4 || words[0] != "terraform" {
			continue
		}
		kind, name, _ := strings.Cut(words[2], ".")
		config := w.config(fmt.Sprintf("resource %q %q {\n%s\n}", kind, name, map[string]string{
			"twiliobot_assistant":            `unique_name = "` + name + `"`,
			"twiliobot_phone_number_binding": `phone_number = "` + usNumber + "\"\nassistant_sid = \"AP00000000000000000000000000000001\"",
		}[kind]))
		w.run(resource.TestStep{Config: config, ResourceName: words[2], ImportState: true, ImportStateId: words[3], ImportStatePersist: false})
	}
}
