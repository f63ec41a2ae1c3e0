package provider

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// docs is the folder of the pages, as the registry shows them.
const docs = "../../docs"

var (
	firstExample = regexp.MustCompile("(?s)```(?:terraform|hcl)\n(.*?)```")
	versionsFile = regexp.MustCompile("(?s)```terraform\n# versions.tf\n(.*?)```")
	boxCommand   = regexp.MustCompile(`(?m)^#\s+twilio-sandbox (.*)$`)
)

// newerExamples are the pages whose first example needs a later version of Terraform than
// the provider does, by themselves or by their folder.
var newerExamples = map[string]string{"actions": "1.14.0", queries: "1.14.0", "resources/function.md": writeOnly}

// queries is the folder of the pages whose first example is a file for terraform query.
const queries = "list-resources"

// changingPages read what is another at each plan: numbers on sale.
var changingPages = []string{"data-sources/available_phone_numbers.md"}

// unconfigured are the pages without an example in Terraform's language.
var unconfigured = []string{"guides/comparison.md", "guides/permissions.md"}

// TestFirstExampleOfEachPageCanBePasted applies it in an empty folder, with the real CLI, as
// the provider's page says: an example without a terraform block has the page's versions.tf
// beside it. Nothing else is added. The next plan is empty.
func TestFirstExampleOfEachPageCanBePasted(t *testing.T) {
	t.Parallel()
	needCLI(t)
	versions := versionsFile.FindStringSubmatch(readPage(t, "index.md"))
	if versions == nil {
		t.Fatal("the provider's page has no versions.tf")
	}
	count := 0
	eachPage(t, func(page, text string) {
		example := firstExample.FindStringSubmatch(text)
		if example == nil {
			if !slices.Contains(unconfigured, page) {
				t.Errorf("%s has no example", page)
			}
			return
		}
		count++
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			kind, _, _ := strings.Cut(page, "/")
			needed := cmp.Or(newerExamples[page], newerExamples[kind])
			if needed != "" && !cliAtLeast(needed) {
				t.Skipf("its example needs Terraform %s", needed)
			}
			f := emptyFolder(t)
			if kind == queries {
				f.write("versions.tf", versions[1])
				f.write("main.tfquery.hcl", example[1])
				f.run("query")
				return
			}
			f.write("main.tf", example[1])
			if !strings.Contains("\n"+example[1], "\nterraform {") {
				f.write("versions.tf", versions[1])
			}
			for _, command := range boxCommand.FindAllStringSubmatch(example[1], -1) {
				runBox(t, f, strings.Fields(command[1]))
			}
			f.run("apply", "-input=false", "-auto-approve")
			if !slices.Contains(changingPages, page) {
				f.settled()
			}
		})
	})
	if count < 20 {
		t.Errorf("only %d pages were found", count)
	}
}

// emptyFolder is a folder in which the CLI uses the provider's own binary without an init.
func emptyFolder(t *testing.T) *folder {
	t.Helper()
	providers, err := mirror()
	if err != nil {
		t.Fatal(err)
	}
	f := &folder{t: t, path: t.TempDir()}
	settings := filepath.Join(t.TempDir(), "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"twiliobot/twiliobot\" = %q\n  }\n  direct {}\n}\n", filepath.ToSlash(providers))
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f.env = append(slices.Clone(cliEnviron), "TF_CLI_CONFIG_FILE="+settings)
	return f
}

var boxBinary = sync.OnceValues(func() (string, error) {
	built := filepath.Join(scratch, "twilio-sandbox")
	out, err := exec.Command("go", "build", "-o", built, "../cmd/twilio-sandbox").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("building twilio-sandbox: %w\n%s", err, out)
	}
	return built, err
})

// runBox runs twilio-sandbox in a folder.
func runBox(t *testing.T, f *folder, args []string) {
	t.Helper()
	binary, err := boxBinary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, binary, args...)
	command.Dir = f.path
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("twilio-sandbox %v: %v\n%s", args, err, out)
	}
}

func eachPage(t *testing.T, do func(page, text string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(docs), ".", func(page string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			do(page, readPage(t, page))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docs, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestErrorsOfThePageAreInTheCode: what the page on errors explains is what users see.
func TestErrorsOfThePageAreInTheCode(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	explained := regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(readPage(t, "guides/errors.md"), -1)
	if len(explained) < 30 {
		t.Errorf("only %d errors are explained", len(explained))
	}
	for _, summary := range explained {
		if !strings.Contains(code.String(), `"`+summary[1]+`"`) {
			t.Errorf("no error is called %q", summary[1])
		}
	}
}

// mistakes are one of each that the page on bot files explains.
const mistakes = `
resource "twiliobot_assistant" "tasks" {
  unique_name = "tasks"
  schema = jsonencode({ tasks = [
    { uniqueName = "hello", actions = { actions = [{ redirect = "task://hours" }, { say = "Hello." }, { sya = "Hello." }] } },
    { uniqueName = "hello", actions = { actions = [{ collect = {
      name        = "stay"
      questions   = [{ question = "How many?", name = "nights", type = "Twilio.NUMBR" }]
      on_complete = { redirect = "task://hello" }
    } }] } },
  ] })
}

resource "twiliobot_assistant" "comma" {
  unique_name = "comma"
  schema      = "{ \"tasks\": [ }"
}

resource "twiliobot_assistant" "states" {
  unique_name = "states"
  flow = jsonencode({ initial_state = "Start", states = [
    { name = "Trigger", type = "trigger", properties = {}, transitions = [{ event = "incomingMessage", next = "hours" }] },
    { name = "reply", type = "send-mesage", properties = {}, transitions = [] },
  ] })
}

resource "twiliobot_assistant" "flow" {
  unique_name = "flow"
  schema      = jsonencode({ initial_state = "Trigger", states = [] })
}

resource "twiliobot_assistant" "schema" {
  unique_name = "schema"
  flow        = jsonencode({ tasks = [] })
}

resource "twiliobot_assistant" "name" {
  unique_name = "name"
  schema      = "clinic.json"
}
`

func TestMistakesInBotFilesAreAnsweredAsThePageSays(t *testing.T) {
	t.Parallel()
	needCLI(t)
	f := emptyFolder(t)
	f.write("main.tf", mistakes)
	f.write("versions.tf", versionsFile.FindStringSubmatch(readPage(t, "index.md"))[1])
	out, err := f.try("validate")
	if err == nil {
		t.Errorf("the mistakes are not noticed:\n%s", out)
	}
	said := strings.Join(strings.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune(" \n│", r) }), " ")
	_, common, _ := strings.Cut(readPage(t, "guides/bot-files.md"), "### Common errors")
	explained := regexp.MustCompile("(?m)^\\| `(.*?)` \\|").FindAllStringSubmatch(common, -1)
	if len(explained) < 10 {
		t.Errorf("only %d messages are explained", len(explained))
	}
	for _, message := range explained {
		if !strings.Contains(said, message[1]) {
			t.Errorf("no mistake is answered with %q:\n%s", message[1], out)
		}
	}
}

func TestPagesLinkToPagesThatExist(t *testing.T) {
	t.Parallel()
	links := regexp.MustCompile(`\]\(([^)#\s]+)`)
	eachPage(t, func(page, text string) {
		for _, to := range links.FindAllStringSubmatch(text, -1) {
			if strings.Contains(to[1], "://") {
				continue
			}
			target := filepath.Join(docs, filepath.Dir(page), to[1])
			if filepath.Ext(target) == "" {
				target += ".md" // as the registry has it
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, to[1])
			}
		}
	})
}

// commandsOfPage reads the commands of a guide, in order.
func commandsOfPage(t *testing.T, guide string) []string {
	t.Helper()
	var commands []string
	for _, block := range regexp.MustCompile("(?s)```shell\n(.*?)```").FindAllStringSubmatch(readPage(t, guide), -1) {
		commands = append(commands, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	return commands
}

// types runs a command as a reader types it, but for the answer to "Do you want to perform
// these actions?".
func (f *folder) types(command string) {
	f.t.Helper()
	shell := exec.Command("sh", "-c", strings.Replace(command, "terraform ", `"$CLI" `, 1))
	shell.Dir = f.path
	shell.Env = append(slices.Clone(f.env), "CLI="+os.Getenv(cli.PathVariable), "TF_CLI_ARGS_apply=-auto-approve -input=false")
	if out, err := shell.CombinedOutput(); err != nil {
		f.t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

func TestIncidentGuideSuspendsAndResumes(t *testing.T) {
	t.Parallel()
	needCLI(t)
	guide := readPage(t, "guides/incident.md")
	commands := commandsOfPage(t, "guides/incident.md")
	file := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(guide)
	if len(commands) != 2 || file == nil {
		t.Fatalf("the guide suspends and resumes with %q and with %q", commands, file)
	}
	f := emptyFolder(t)
	f.write("main.tf", firstExample.FindStringSubmatch(guide)[1])
	f.write("versions.tf", versionsFile.FindStringSubmatch(readPage(t, "index.md"))[1])
	f.run("apply", "-input=false", "-auto-approve")
	hears := func(notice bool) {
		t.Helper()
		box, err := sandbox.Open(filepath.Join(f.path, "twilio.sandbox.json"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := box.Inbound(sandbox.Inbound{To: ukNumber, From: "+447700900999", Channel: "messaging", Body: "Hello"})
		if err != nil {
			t.Fatal(err)
		}
		heard := len(answer.Answers) == 1 && strings.Contains(answer.Answers[0].Text, "We are looking into it.")
		if heard != notice {
			t.Errorf("the notice is heard: %v; %+v", heard, answer)
		}
	}
	hears(false)
	f.types(commands[0])
	hears(true)
	f.types(commands[1])
	hears(false)
	f.write("suspended.auto.tfvars.json", file[1])
	f.run("apply", "-input=false", "-auto-approve")
	hears(true)
	f.settled()
}

func TestUpgradingGuideLeadsThereAndBack(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "provider \"twiliobot\" {\n  sandbox = \"twilio.sandbox.json\"\n}\n"+hosted("greeter")+bound("front", "greeter", ukNumber))
	f.run("apply", "-input=false", "-auto-approve")
	inline := regexp.MustCompile("`(terraform (?:state|init)[^`]*)`").FindAllStringSubmatch(readPage(t, "guides/upgrading.md"), -1)
	var typed []string
	for _, command := range inline {
		if strings.HasSuffix(command[1], "rm") { // names no resource
			continue
		}
		f.types(command[1])
		typed = append(typed, command[1])
		f.settled()
	}
	if len(typed) != 4 {
		t.Errorf("the guide has the commands %q", typed)
	}
}
