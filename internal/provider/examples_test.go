package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
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
	// What an example keeps from being destroyed, its test destroys.
	config = strings.ReplaceAll(config, "prevent_destroy = true", "prevent_destroy = false")
	return strings.ReplaceAll(config, "${path.module}", filepath.ToSlash(folder))
}

// calledExamples have tests of their own, which apply them and call them.
var calledExamples = map[string]bool{
	"ci": true, "voice-hello": true, "llm-agent": true, "adopt": true, "adopt/discover": true, "adopt/pull-requests": true, "fleet": true, "blue-green": true, "migrate-from-autopilot": true, "incident": true,
	"beside-another-provider/numbers": true, "beside-another-provider/bots": true, "beside-another-provider/moving-away": true,
}

// smallExamples make little, and nothing that another one reads: with those of the functions
// they are one configuration, since each run of a CLI takes seconds.
var smallExamples = map[string]bool{
	"resources/twiliobot_function": true, "data-sources/twiliobot_messages": true, "data-sources/twiliobot_phone_number_lookup": true,
}

// conversations are held with the bots of an example, once it is applied.
var conversations = map[string]func(*testing.T, *world){
	"function/main.tf": func(t *testing.T, w *world) {
		// It does what hours.js does.
		w.standsIn(func(out http.ResponseWriter, r *http.Request) {
			var memory struct {
				Twilio struct {
					CollectedData struct {
						Visit struct {
							Answers struct{ Day struct{ Answer string } }
						}
					} `json:"collected_data"`
				}
			}
			if err := json.Unmarshal([]byte(r.FormValue("Memory")), &memory); err != nil || r.URL.Path != "/hours" {
				t.Errorf("%s: %v: %s", r.URL.Path, err, r.FormValue("Memory"))
			}
			out.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(out, `{"actions": [{"say": "On %s we are open from 8 to 18."}]}`, memory.Twilio.CollectedData.Visit.Answers.Day.Answer)
		})
		for _, each := range []struct{ body, says string }{
			{"Hello", "On which day would you like to come?"},
			{"Monday", "On Monday we are open from 8 to 18."},
		} {
			answer, err := w.box.Inbound(sandbox.Inbound{To: ukNumber, From: "+447700900999", Channel: "messaging", Body: each.body})
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, text := range answer.Answers {
				said = append(said, strings.TrimSpace(text.Text))
			}
			if !slices.Equal(said, []string{each.says}) {
				t.Errorf("%q is answered with %q (%v)", each.body, said, answer.Errors)
			}
		}
	},
	"from-diagram/main.tf": talkToTheDrawnClinic,
}

// TestEveryExampleIsApplied runs each example with a real CLI, as its reader will.
func TestEveryExampleIsApplied(t *testing.T) {
	t.Parallel()
	seen, small := 0, []string(nil)
	err := fs.WalkDir(examples.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".tf" || strings.HasPrefix(path.Base(name), "import-") {
			return err
		}
		seen++
		if calledExamples[path.Dir(name)] {
			return nil
		}
		if strings.HasPrefix(name, writeOnlyExample) && !cliAtLeast(writeOnly) {
			t.Logf("%s is left out: write-only attributes came with Terraform %s", name, writeOnly)
			return nil
		}
		if strings.HasPrefix(name, "functions/") || smallExamples[path.Dir(name)] {
			small = append(small, name)
			return nil
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(name, "actions/") && !cliAtLeast("1.14.0") {
				t.Skip("actions came with Terraform 1.14; TestMessageIsSentWithAllThatIsConfigured does it without a CLI")
			}
			applyExamples(t, name)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("small", func(t *testing.T) {
		t.Parallel()
		applyExamples(t, small...)
	})
	if seen < 6 {
		t.Errorf("only %d examples were found", seen)
	}
}

// applyExamples applies examples as one configuration, plans again and destroys it.
func applyExamples(t *testing.T, names ...string) {
	t.Helper()
	w := newWorld(t, quick())
	w.addService(deferring + `, "sid": "MG953ae2a3f98f6e4c16827e8e46033dfb"`)
	var configurations []string
	for _, name := range names {
		configurations = append(configurations, w.example(t, name))
	}
	f := newFolder(t, w.config(configurations...))
	f.run("apply", "-input=false", "-auto-approve")
	if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "available_phone_numbers") }) {
		f.settled() // what is on sale differs from search to search
	}
	for _, name := range names {
		if converse := conversations[name]; converse != nil {
			converse(t, w)
		}
	}
	f.run("destroy", "-input=false", "-auto-approve")
	w.keepsNothing()
	if left := len(w.applications()) + len(w.rows("assistants", "Assistants")) + len(w.flows()); left != 0 {
		t.Errorf("%d bots are left", left)
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
	sid := regexp.MustCompile(`(AP|PN|MG|ZS)0{31}1`)
	for _, kind := range []string{"twiliobot_assistant", "twiliobot_phone_number_binding", "twiliobot_messaging_service_binding", "twiliobot_phone_number", "twiliobot_function"} {
		for _, way := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
			name := path.Join("resources", kind, way)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if strings.HasPrefix(name, writeOnlyExample) && !cliAtLeast(writeOnly) {
					t.Skipf("write-only attributes came with Terraform %s", writeOnly)
				}
				if way == "import-by-identity.tf" && !cliAtLeast("1.12.0") {
					t.Skip("import by identity came with Terraform 1.12; TestImportByIdentity does it without a CLI")
				}
				w := newWorld(t, quick())
				made := w.made()
				if kind == "twiliobot_function" {
					s := newStack(w, w.server.URL)
					if err := s.apply([]block{functionBlock("code")}, true); err != nil {
						t.Fatal(err)
					}
					made["ZS"] = s.functionIs("service_sid")
				}
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

// writeOnlyExample has an attribute that is written and never stored, as CLIs of the version
// writeOnly and later can.
const (
	writeOnlyExample = "resources/twiliobot_function/"
	writeOnly        = "1.11.0"
)

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
	service := w.addService(answering + `, "sid": "MG953ae2a3f98f6e4c16827e8e46033dfb", "inbound_request_url": "https://bots.example.com/concierge/messages"`)
	return map[string]string{"AP": application, "PN": w.number(usNumber)["sid"].(string), "MG": service}
}
