package provider

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/handmade"
)

var shellBlock = regexp.MustCompile("(?s)```shell\n(.*?)```")

// shellOf are the commands of a part of a guide, a string for each block, up to the heading of
// the next part.
func shellOf(t *testing.T, guide, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "templates", "guides", guide))
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(text), "\n## "+heading+"\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var blocks []string
	for _, block := range shellBlock.FindAllStringSubmatch(part, -1) {
		blocks = append(blocks, block[1])
	}
	if !found || len(blocks) == 0 {
		t.Fatalf("%s has no commands under %q", guide, heading)
	}
	return blocks
}

// shell is a user's: a clean folder, the CLI by its name, and credentials in the environment.
type shell struct {
	t    *testing.T
	path string
	env  []string
}

func newShell(t *testing.T, w *world) *shell {
	t.Helper()
	needCLI(t)
	for _, name := range []string{"sh", "jq"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s", name)
		}
	}
	providers, err := mirror()
	if err != nil {
		t.Fatal(err)
	}
	bin, s := t.TempDir(), &shell{t: t, path: t.TempDir()}
	config := filepath.Join(bin, "cli.tfrc")
	for name, text := range map[string]string{
		config:                          fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(providers)),
		filepath.Join(bin, "terraform"): fmt.Sprintf("#!/bin/sh\nexec %q \"$@\"\n", os.Getenv(cli.PathVariable)),
	} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(slices.Clone(cliEnviron), "TF_CLI_CONFIG_FILE="+config, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TF_CLI_ARGS=-no-color",
		"TWILIO_ACCOUNT_SID="+sandbox.StarterAccountSID, "TWILIO_AUTH_TOKEN="+sandbox.StarterAuthToken, "TWILIOBOT_API_URL="+w.server.URL)
	return s
}

// clones puts the repository's examples where a git clone of it does.
func (s *shell) clones(name string) {
	s.t.Helper()
	files, err := fs.Sub(examples.Files, name)
	if err == nil {
		err = os.CopyFS(filepath.Join(s.path, "terraform-provider-twiliobot", "examples", name), files)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// types runs commands as they are written, all but git's, and goes on where they lead.
func (s *shell) types(commands string) string {
	s.t.Helper()
	commands = regexp.MustCompile(`(?m)^git clone .*\n`).ReplaceAllString(commands, "")
	command := exec.Command("sh", "-eu", "-c", commands)
	command.Dir, command.Env = s.path, s.env
	out, err := command.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	for _, to := range regexp.MustCompile(`(?m)^cd (\S+)$`).FindAllStringSubmatch(commands, -1) {
		s.path = filepath.Join(s.path, to[1])
	}
	return string(out)
}

// adopted types the guide's commands for an account, which import this many resources, and
// returns the calls that each part of them made.
func adopted(t *testing.T, w *world, resources, changed int) (s *shell, calls []int) {
	t.Helper()
	s = newShell(t, w)
	s.clones("adopt")
	blocks := shellOf(t, "adopt.md.tmpl", "With a module")
	for i, words := range [][]string{
		{"Apply complete! Resources: 0 added, 0 changed, 0 destroyed."},
		{
			fmt.Sprintf("Plan: %d to import, 0 to add, %d to change, 0 to destroy.", resources, changed),
			fmt.Sprintf("Apply complete! Resources: %d imported, 0 added, %d changed, 0 destroyed.", resources, changed), "No changes.",
		},
		{"No changes."},
	} {
		w.box.ClearJournal()
		out := s.types(blocks[i])
		if !inOrder(words...).MatchString(out) {
			// Each of hundreds of resources has lines of its own before that.
			t.Fatalf("%s\ndoes not say %q:\n…%s", blocks[i], words, out[max(0, len(out)-2000):])
		}
		if strings.Contains(out, "guess-me") {
			t.Errorf("%s\nprints the secret", blocks[i])
		}
		calls = append(calls, len(w.box.Journal()))
		if writes := w.writes(); len(writes) > 0 {
			t.Errorf("%s\nwrites %q", blocks[i], writes)
		}
	}
	return s, calls
}

func (s *shell) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.path, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// files lists a folder.
func (s *shell) files(name string) (names []string) {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.path, name))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, each := range entries {
		names = append(names, each.Name())
	}
	return names
}

// An account of 400 numbers and 30 bots is adopted by commands typed as they are written, and
// nothing is edited by hand.
func TestGuideAdoptsAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	if err := handmade.Fill(w.box); err != nil {
		t.Fatal(err)
	}
	s, calls := adopted(t, w, handmade.Bots-handmade.NeverPublished+handmade.Messages+handmade.Calls+handmade.AnsweringServices, 0)

	// The guide says what each step costs. How many list at the same time, and share a list,
	// differs from run to run.
	text, err := os.ReadFile(filepath.Join("..", "templates", "guides", "adopt.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	var said []int
	for _, row := range regexp.MustCompile(`(?m)^\| .* \| (\d+)(,.*)? \|$`).FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, n)
	}
	if len(said) != 4 {
		t.Fatalf("the guide has %d figures", len(said))
	}
	for i, want := range []int{said[0], said[1] + said[2] + said[3], said[3]} {
		if calls[i] > want+want/10 || calls[i] < want-want/10 {
			t.Errorf("step %d takes %d calls, and the guide says %d", i+1, calls[i], want)
		}
	}

	if refused := strings.Count(strings.Join(s.files("bots"), "\n"), ".refused.json"); refused != handmade.Refused {
		t.Errorf("%d bots have content that is refused, want %d", refused, handmade.Refused)
	}
}

// What the handmade account does not have: secrets in URLs, a suspended bot, a schema on
// Studio, and bots of other configurations.
func TestAdoptionKeepsSecretsApartAndSuspensionsAsTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	service := w.addService(answering)
	newFolder(t, w.config(
		onStudio("compiled", tableSchema(), `routing_confirm = "Did you mean {first} or {second}?"`), studioFlow("flows", echo("Hello.")),
		bound("compiled", "compiled", ukNumber, `channels = ["messaging", "voice"]`), bound("flows", "flows", otherNumber),
		fmt.Sprintf("resource \"twiliobot_messaging_service_binding\" \"desk\" {\n  messaging_service_sid = %q\n  assistant_sid = twiliobot_assistant.flows.sid\n}\n", service),
		"resource \"twiliobot_suspension\" \"flows\" {\n  assistant_sid = twiliobot_assistant.flows.sid\n  notice = \"Back on \\\"Monday\\\".\"\n  depends_on = [twiliobot_phone_number_binding.flows, twiliobot_messaging_service_binding.desk]\n}\n",
	)).run("apply", "-input=false", "-auto-approve")
	const secret = "https://anna:guess-me@bots.example.com/hosted" // adopted looks for the password
	hosted := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "hosted elsewhere", "SmsUrl": secret, "SmsMethod": "GET"})["sid"].(string)
	w.setNumber(usNumber, map[string]string{"SmsApplicationSid": hosted, "FriendlyName": "Front desk"})

	// An application both of whose URLs lead to a bot, which is a bot itself, and a number that
	// has a URL for what it cannot carry.
	compiled := field(w.number(ukNumber), "sms_url")
	w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "desk phones", "SmsUrl": compiled, "VoiceUrl": compiled})
	if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q, "capabilities": {"voice": false}, "sms_url": %q, "voice_url": %[2]q}`, "+12025550148", compiled)); err != nil {
		t.Fatal(err)
	}

	// Four bots, five channels, one of them of a suspended bot, a service and a suspension;
	// the URL becomes sensitive.
	s, _ := adopted(t, w, 11, 1)
	account := s.read("account.yaml")
	for _, words := range []string{`notice: "Back on \"Monday\"."`, `webhooks: "secret"`, `routing_confirm: "Did you mean`, service + `": "flows"`} {
		if !strings.Contains(account, words) {
			t.Errorf("account.yaml does not have %q:\n%s", words, account)
		}
	}
	if !strings.Contains(s.read("secrets.auto.tfvars.json"), secret) {
		t.Error("the file of the secrets does not have it")
	}
	ignored := strings.Fields(s.read(".gitignore"))
	err := filepath.WalkDir(s.path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || slices.ContainsFunc(ignored, func(pattern string) bool {
			matches, _ := filepath.Match(pattern, entry.Name())
			return matches
		}) {
			return err
		}
		text, err := os.ReadFile(name)
		if strings.Contains(string(text), "guess-me") {
			t.Errorf("%s has the secret, and is not ignored", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// The guide's edits: a number to another bot, which is not in the configuration, and a
	// number that it had not.
	other := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "theirs", "VoiceUrl": "https://theirs.example.com/"})["sid"].(string)
	edited := strings.Replace(account, fmt.Sprintf("%q: \"compiled\"\n", ukNumber), fmt.Sprintf("%q: { messaging: compiled, voice: %s }\n", ukNumber, other), 1)
	edited = strings.Replace(edited, "numbers:\n", "numbers:\n  \"+12025550143\": { messaging: hosted-elsewhere }\n", 1)
	w.own("+12025550143")
	if err := os.WriteFile(filepath.Join(s.path, "account.yaml"), []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := s.types("terraform apply -auto-approve\nterraform plan\n"); !inOrder("Apply complete! Resources: 1 added, 1 changed, 0 destroyed.", "No changes.").MatchString(out) {
		t.Errorf("the edits do not do that:\n%s", out)
	}

	// A word that is not written right takes no bot off a number, and no content from a bot.
	good := s.read("account.yaml")
	for _, each := range []struct{ old, new, words string }{
		{"voice: " + other, "voce: " + other, "must give one bot, or messaging and voice, for " + ukNumber},
		{"{ messaging: hosted-elsewhere }", "{}", "must give one bot, or messaging and voice, for +12025550143"},
		{"    flow: ", "    flwo: ", "account.yaml has what nothing here reads: flwo of bot flows"},
		{"    notice: ", "    note: ", "account.yaml has what nothing here reads: note of suspension flows"},
		{"services:", "service:", "account.yaml must have bots, numbers, services, suspensions"},
	} {
		if !strings.Contains(good, each.old) {
			t.Fatalf("account.yaml has no %q:\n%s", each.old, good)
		}
		s.edit("account.yaml", func(string) string { return strings.Replace(good, each.old, each.new, 1) })
		if out := s.types("terraform plan || true"); !inOrder(each.words).MatchString(out) {
			t.Errorf("the plan does not say %q:\n%s", each.words, out)
		}
	}
	s.edit("account.yaml", func(string) string { return good })

	// A number that something else answers is taken over where the guide says so; who is
	// suspended needs no notice.
	w.own("+12025550144")
	w.setNumber("+12025550144", map[string]string{"SmsUrl": "https://theirs.example.com/"})
	s.edit("account.yaml", func(account string) string {
		return strings.NewReplacer("numbers:\n", "numbers:\n  \"+12025550144\": { messaging: compiled }\n", "suspensions:\n", "suspensions:\n  hosted-elsewhere:\n").Replace(account)
	})
	if out := s.types("terraform plan || true"); !inOrder("answers elsewhere", "+12025550144").MatchString(out) {
		t.Errorf("the plan takes a number:\n%s", out)
	}
	if out := s.types(`terraform apply -auto-approve -var 'take_over=["+12025550144"]'`); !inOrder("Apply complete! Resources: 2 added, 0 changed, 0 destroyed.").MatchString(out) {
		t.Errorf("the number is not taken:\n%s", out)
	}
	if out := s.types("terraform apply -auto-approve\nterraform plan\n"); !inOrder("Apply complete! Resources: 0 added, 1 changed, 0 destroyed.", "No changes.").MatchString(out) {
		t.Errorf("the apply after it:\n%s", out)
	}

	// A pull request has no state: all that there is is imported. Who has one imports nothing.
	if out := s.types("cp pull-requests/imports.tf .\nterraform plan -detailed-exitcode\nterraform plan -state=none.tfstate\n"); !inOrder(
		"No changes.", "Plan: 14 to import, 0 to add, 1 to change, 0 to destroy.").MatchString(out) {
		t.Errorf("the plans of a pull request:\n%s", out)
	}
}

// What the credentials may not read is not said to be gone.
func TestDiscoverySaysWhatItMayNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	w.setNumber(ukNumber, map[string]string{"SmsUrl": "https://webhooks.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/FW" + strings.Repeat("1", 32)})
	s := newShell(t, w)
	s.clones("adopt")
	s.path = filepath.Join(s.path, "terraform-provider-twiliobot", "examples", "adopt")
	s.types("terraform -chdir=discover init")
	for words, fault := range map[string]*sandbox.Fault{
		"which no longer exists":             nil,
		"which the credentials may not read": {Kind: sandbox.FaultStatus, Status: 403, Times: -1, Path: "/Flows"},
	} {
		w.box.ClearFaults()
		if fault != nil {
			w.fault(*fault)
		}
		if out := s.types("terraform -chdir=discover apply -auto-approve"); !inOrder(words).MatchString(out) {
			t.Errorf("the discovery does not say %q:\n%s", words, out)
		}
	}
}

// A second discovery keeps what was edited since the first.
func TestDiscoveryKeepsWhatWasEdited(t *testing.T) {
	t.Parallel()
	s := newShell(t, newWorld(t, quick()))
	s.clones("adopt")
	s.path = filepath.Join(s.path, "terraform-provider-twiliobot", "examples", "adopt")
	found := "#!/bin/sh\nprintf %s '{\"account.yaml\": \"numbers: {}\\n\", \"bots/clinic.json\": \"{}\"}'\n"
	if err := os.WriteFile(filepath.Join(s.path, "found"), []byte(found), 0o700); err != nil {
		t.Fatal(err)
	}
	const write = "TF=./found sh discover/write.sh"
	if out := s.types(write); out != "Wrote account.yaml, bots/.\n" {
		t.Errorf("the first says %s", out)
	}
	s.edit("account.yaml", func(string) string { return "mine\n" })
	if out := s.types(write); !strings.Contains(out, "account.yaml.old") || strings.Contains(out, "clinic") {
		t.Errorf("the second says %q", out)
	}
	if old, now := s.read("account.yaml.old"), s.read("account.yaml"); old != "mine\n" || now != "numbers: {}\n" {
		t.Errorf("the file was %q, and is %q", old, now)
	}
	if files := s.files("bots"); !slices.Equal(files, []string{"clinic.json"}) {
		t.Errorf("the folder has %q", files)
	}
}

// The guide's other way, for CLIs that have it.
func TestGuideQueriesAnAccount(t *testing.T) {
	t.Parallel()
	needCLI(t)
	if !cliAtLeast("1.14.0") {
		t.Skip("terraform query came with Terraform 1.14")
	}
	w := newWorld(t, quick())
	if err := handmade.Fill(w.box); err != nil {
		t.Fatal(err)
	}
	s := newShell(t, w)
	files := guideFiles(t, "adopt.md.tmpl")
	for _, name := range []string{"main.tf", "account.tfquery.hcl"} {
		if err := os.WriteFile(filepath.Join(s.path, name), []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blocks := shellOf(t, "adopt.md.tmpl", "With terraform query")
	w.box.ClearJournal()
	if out := s.types(blocks[0]); !inOrder("to import, 0 to add, 0 to change, 0 to destroy.", "imported, 0 added, 0 changed, 0 destroyed.", "No changes.").MatchString(out) {
		t.Errorf("the commands do not say it:\n…%s", out[max(0, len(out)-2000):])
	}
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("they write %q", writes)
	}
}
