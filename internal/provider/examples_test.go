package provider

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

// ownProvider is the provider block of an example, which the tests replace by
// theirs.
var ownProvider = regexp.MustCompile(`(?ms)^(terraform|provider "twiliobot") \{.*?^\}\n|^provider "twiliobot" \{\}\n`)

// example reads an example for a test of it: its files go to a folder, and its
// configuration is that of this world.
func (w *world) example(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(examples.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	entries, err := fs.ReadDir(examples.Files, path.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() || path.Ext(entry.Name()) == ".tf" || path.Ext(entry.Name()) == ".sh" {
			continue
		}
		file, err := fs.ReadFile(examples.Files, path.Join(path.Dir(name), entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, entry.Name()), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := ownProvider.ReplaceAllString(string(content), "")
	return strings.ReplaceAll(config, "${path.module}", filepath.ToSlash(folder))
}

// conversations are held with the bots of examples once these are applied.
var conversations = map[string]func(*testing.T, *world){
	"from-diagram/main.tf": talkToTheDrawnClinic,
}

// TestEveryExampleIsApplied runs each example with a real CLI, as its reader will.
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
			w := newWorld(t, quick())
			w.addService(deferring + `, "sid": "MG00000000000000000000000000000001"`)
			f := newFolder(t, w.config(w.example(t, name)))
			f.run("apply", "-input=false", "-auto-approve")
			f.settled()
			if talk := conversations[name]; talk != nil {
				talk(t, w)
			}
			f.run("destroy", "-input=false", "-auto-approve")
			if left := len(w.applications()) + len(w.rows("assistants", "Assistants")) + len(w.flows()); left != 0 {
				t.Errorf("%d bots are left", left)
			}
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

// Readers copy the README's configuration.
func TestTheREADMEsConfigurationIsApplied(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```terraform\n(.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README has no configuration")
	}
	w := newWorld(t)
	f := newFolder(t, w.config(ownProvider.ReplaceAllString(string(block[1]), "")))
	if out := f.run("apply", "-input=false", "-auto-approve"); !inOrder("who_answers", ukNumber, "concierge").MatchString(out) {
		t.Errorf("the output does not say who answers:\n%s", out)
	}
	f.settled()
}

// settled checks that the next plan is empty.
func (f *folder) settled() {
	f.t.Helper()
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		f.t.Errorf("the plan after it is not empty: %v\n%s", err, out)
	}
}

// The import examples have a SID to import; the tests replace it by that of an existing
// object.
func TestEveryImportExampleIsApplied(t *testing.T) {
	t.Parallel()
	sid := regexp.MustCompile(`(AP|PN|MG)0{31}1`)
	for _, kind := range []string{"twiliobot_assistant", "twiliobot_phone_number_binding", "twiliobot_messaging_service_binding"} {
		for _, way := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
			name := path.Join("resources", kind, way)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if way == "import-by-identity.tf" && !cliAtLeast("1.12.0") {
					t.Skip("import by identity came with Terraform 1.12; TestImportByIdentity does it without a CLI")
				}
				w := newWorld(t, quick())
				made := w.made()
				content, err := fs.ReadFile(examples.Files, name)
				if err != nil {
					t.Fatal(err)
				}
				text := sid.ReplaceAllStringFunc(string(content), func(old string) string { return made[old[:2]] })
				resources := w.example(t, path.Join("resources", kind, "resource.tf"))
				if way == "import.sh" {
					for _, line := range strings.Split(text, "\n") {
						if words := strings.Fields(line); len(words) == 4 && words[0] == "terraform" {
							newFolder(t, w.config(resources)).run(words[1:]...)
						}
					}
					return
				}
				// What the imported resource references existed before, too.
				f := newFolder(t, w.config(resources, text, needed(text, made["AP"])))
				target := importTarget.FindStringSubmatch(text)[1]
				if out := f.run("plan", "-input=false", "-target="+target); !strings.Contains(out, " to import") {
					t.Errorf("nothing is imported:\n%s", out)
				}
			})
		}
	}
}

var importTarget = regexp.MustCompile(`to = (\S+)`)

// needed imports the bot that an imported binding references.
func needed(imports, sid string) string {
	if !strings.Contains(imports, "_binding") {
		return ""
	}
	return fmt.Sprintf("import {\n  to = twiliobot_assistant.concierge\n  id = %q\n}\n", sid)
}

// cliAtLeast reports whether the CLI in use has a version, or a later one.
func cliAtLeast(least string) bool {
	found, err := cli.Find(context.Background())
	return err == nil && found.Version.GreaterThanOrEqual(version.Must(version.NewVersion(least)))
}

// made is an account with one of each kind that the examples import, a bot, a number and a
// Messaging Service among them; it returns their SIDs by prefix.
func (w *world) made() map[string]string {
	w.t.Helper()
	application := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{
		"FriendlyName": "concierge", "SmsUrl": "https://bots.example.com/concierge/messages", "VoiceUrl": "https://bots.example.com/concierge/calls",
		"SmsFallbackUrl": "https://status.example.com/concierge",
	})["sid"].(string)
	w.call(http.MethodPost, autopilotBase+"/Assistants", map[string]string{"UniqueName": "clinic", "FriendlyName": "Clinic reception"})
	w.setNumber(usNumber, map[string]string{"SmsApplicationSid": application, "VoiceApplicationSid": application, "FriendlyName": "Front desk"})
	service := w.addService(answering + `, "sid": "MG00000000000000000000000000000001", "inbound_request_url": "https://bots.example.com/concierge/messages"`)
	return map[string]string{"AP": application, "PN": w.number(usNumber)["sid"].(string), "MG": service}
}
