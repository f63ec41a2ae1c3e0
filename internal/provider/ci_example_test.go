package provider

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

var guideCommands = regexp.MustCompile("(?s)```shell\n# (\\S+)\n(.*?)```")

// pipeline is a checkout in which the commands of the guide on pipelines are typed as they are
// written.
type pipeline struct {
	*folder
	commands map[string]string // by the word that each block begins with
	user     func(*exec.Cmd)   // who runs them; nil for the user of the test
}

// newPipeline is a folder with the example, a repository of its own.
func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	needCLI(t)
	for _, command := range []string{"bash", "git"} {
		if _, err := exec.LookPath(command); err != nil {
			t.Skip(err)
		}
	}
	if !cliAtLeast("1.8.0") {
		t.Skip("mocked providers came with Terraform 1.7 and OpenTofu 1.8")
	}
	providers, err := mirror()
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	f := &folder{t: t, path: filepath.Join(t.TempDir(), "checkout")}
	if err := os.CopyFS(f.path, os.DirFS(filepath.Join("..", "..", "examples", "ci"))); err != nil {
		t.Fatal(err)
	}
	// The CLI itself, which another user can run too, and not the script that stands before it.
	if err := os.Symlink(cmp.Or(os.Getenv("TEST_CLI"), os.Getenv(cli.PathVariable)), filepath.Join(tools, "terraform")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", tools, "../cmd/twilio-sandbox").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	configuration := filepath.Join(tools, "cli.tfrc")
	if err := os.WriteFile(configuration, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(providers)), 0o644); err != nil {
		t.Fatal(err)
	}
	p := &pipeline{folder: f, commands: map[string]string{}}
	f.env = append(
		slices.Clone(cliEnviron), "TF_CLI_CONFIG_FILE="+configuration, "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TF_DATA_DIR="+t.TempDir(), "RUNNER_TEMP="+t.TempDir(), "TF_CLI_ARGS=-no-color", "GIT_CONFIG_GLOBAL="+os.DevNull,
	)
	guide, err := os.ReadFile(filepath.Join("..", "templates", "guides", "ci.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range guideCommands.FindAllSubmatch(guide, -1) {
		p.commands[string(block[1])] = string(block[2])
	}
	p.types("git init --quiet && terraform init -input=false")
	p.commit()
	return p
}

// does types commands of the guide one block after the other, in one shell.
func (p *pipeline) does(blocks ...string) (string, error) {
	p.t.Helper()
	script := ""
	for _, block := range blocks {
		commands, ok := p.commands[block]
		if !ok {
			p.t.Fatalf("the guide has no commands %q", block)
		}
		script += commands
	}
	return p.shell(script)
}

func (p *pipeline) shell(script string) (string, error) {
	command := exec.Command("bash", "-eu", "-o", "pipefail", "-c", script)
	command.Dir, command.Env = p.path, p.env
	if p.user != nil {
		p.user(command)
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

// types runs a script, which must succeed.
func (p *pipeline) types(script string) string {
	p.t.Helper()
	out, err := p.shell(script)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

func (p *pipeline) commit() {
	p.t.Helper()
	p.types("git add --all && git -c user.name=test -c user.email=test@invalid commit --quiet --message work")
}

// passes checks a pull request's job, which plans these changes.
func (p *pipeline) passes(changes string) {
	p.t.Helper()
	out, err := p.does("plan", "test", "clean")
	if err != nil || !inOrder("Plan: "+changes, "Success! 2 passed, 0 failed").MatchString(out) {
		p.t.Fatalf("the job fails, or does not plan %s: %v\n%s", changes, err, out)
	}
}

const unchanged = "5 to import, 0 to add, 0 to change, 0 to destroy."

func TestPipelinePlansWithoutAnAccountAndLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.passes(unchanged)
	if runtime.GOOS == "windows" {
		return // where a sandbox file is read under its lock
	}
	restore := p.readOnly()
	p.passes(unchanged)
	if _, err := p.shell("touch more"); err == nil {
		t.Error("the checkout is not read-only")
	}
	restore()

	// What a pull request changes is planned, and what it leaves behind is said.
	main, err := os.ReadFile(filepath.Join(p.path, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("main.tf", strings.NewReplacer(`, "+447700900123"`, "", "/calls", "/voice").Replace(string(main)))
	p.commit()
	out, err := p.does("plan")
	if err != nil || !inOrder("Plan: 4 to import, 0 to add, 1 to change, 0 to destroy", "Numbers that answer and are not in this", "+447700900123").MatchString(out) {
		t.Errorf("the plan of a change: %v\n%s", err, out)
	}

	// A word that is not written right takes no URL from a bot in silence.
	p.write("main.tf", strings.Replace(string(main), "messaging_url = \"https", "mesaging_url = \"https", 1))
	p.commit()
	if out, err := p.does("plan"); err == nil || !inOrder("Phone numbers would answer nothing").MatchString(out) {
		t.Errorf("a mistyped URL is planned: %v\n%s", err, out)
	}
	p.write("main.tf", strings.NewReplacer(`, "+447700900123"`, "", "/calls", "/voice").Replace(string(main)))
	p.commit()
	if out, err := p.does("test"); err == nil || !strings.Contains(out, "1 passed, 1 failed") {
		t.Errorf("the test of a number that is left behind passes: %v\n%s", err, out)
	}
}

func TestPipelineComparesTheAccountAndTakesASnapshotOfIt(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), newPipeline(t)
	snapshot := filepath.Join(p.path, "account.sandbox.json")
	offline := slices.Clone(p.env)
	p.env = append(p.env, "TWILIOBOT_API_URL="+w.server.URL, "TWILIO_ACCOUNT_SID="+sandbox.StarterAccountSID, "TWILIO_AUTH_TOKEN="+sandbox.StarterAuthToken)
	state := "terraform.tfstate"
	p.types("terraform apply -input=false -auto-approve")
	if out, err := p.does("account"); err != nil {
		t.Errorf("nothing changed, and the job fails: %v\n%s", err, out)
	}
	if err := os.Remove(snapshot); err != nil {
		t.Fatal(err)
	}
	if out, err := p.does("snapshot"); err != nil || !strings.Contains(out, "Wrote account.sandbox.json: phone numbers 3") {
		t.Errorf("%v\n%s", err, out)
	}
	w.setNumber(usNumber, map[string]string{"SmsUrl": "https://elsewhere.example.com", "SmsApplicationSid": ""})
	out, err := p.does("account")
	if code, ok := exitCode(err); !ok || code != 2 {
		t.Errorf("the account changed, and the plan ends with %v\n%s", err, out)
	}

	p.env = offline
	p.remove(state)
	if err := os.RemoveAll(filepath.Join(p.path, state+".backup")); err != nil {
		t.Fatal(err)
	}
	p.commit()
	p.passes(unchanged)

	if out, err := p.does("add"); err != nil || !inOrder("+12025550142", "Pool").MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := p.shell("TWILIOBOT_SANDBOX=new.sandbox.json terraform plan -input=false -lock=false"); err == nil || !strings.Contains(out, ukNumber) {
		t.Errorf("a number that the file does not have is planned: %v\n%s", err, out)
	}
	p.types("twilio-sandbox add -file new.sandbox.json " + ukNumber)
	if out := p.types("TWILIOBOT_SANDBOX=new.sandbox.json terraform plan -input=false -lock=false"); !strings.Contains(out, "Plan: 5 to add, 0 to change, 0 to destroy.") {
		t.Errorf("with numbers alone, the plan is\n%s", out)
	}
}

func exitCode(err error) (int, bool) {
	failed, ok := err.(*exec.ExitError) //nolint:errorlint // of CombinedOutput, which does not wrap it
	if !ok {
		return 0, false
	}
	return failed.ExitCode(), true
}

// What the guide says to type is what the workflow does.
func TestWorkflowDoesWhatTheGuideSays(t *testing.T) {
	t.Parallel()
	workflow, err := os.ReadFile(filepath.Join("..", "..", "examples", "ci", "workflows", "bots.yml"))
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile(filepath.Join("..", "templates", "guides", "ci.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, block := range guideCommands.FindAllSubmatch(guide, -1) {
		if string(block[1]) == "add" {
			continue
		}
		for line := range strings.Lines(string(block[2])) {
			line = strings.TrimSpace(line)
			if name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "="); ok && strings.HasPrefix(line, "export ") {
				line = name + ": " + value
			}
			line = strings.TrimPrefix(line, "twilio-sandbox") // it is not on the PATH there
			seen++
			if !strings.Contains(string(workflow), line) {
				t.Errorf("the workflow does not do %q", line)
			}
		}
	}
	if seen < 7 {
		t.Errorf("the guide has %d commands", seen)
	}
}
