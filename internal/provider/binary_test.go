package provider

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// registries are the hosts that Terraform and OpenTofu fill in.
var registries = []string{"registry.terraform.io", "registry.opentofu.org"}

// mirror is a folder from which `init` installs the provider, built as for a
// release.
var mirror = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(scratch, "mirror")
	built := filepath.Join(folder, "terraform-provider-twiliobot")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", built, "../..")
	build.Env = append(os.Environ(), "GOGC=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	for _, host := range registries {
		binary := binaryIn(folder, host)
		if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
			return "", err
		}
		if err := os.Link(built, binary); err != nil {
			return "", err
		}
	}
	return folder, nil
})

func binaryIn(mirror, host string) string {
	return filepath.Join(mirror, host, "twiliobot", "twiliobot", "0.1.0", runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-twiliobot_v0.1.0")
}

// folder is a working directory in which a real CLI runs the provider's real
// binary, process by process, as for a user.
type folder struct {
	t    *testing.T
	path string
	env  []string
}

func newFolder(t *testing.T, config string, env ...string) *folder {
	t.Helper()
	needCLI(t)
	providers, err := mirror()
	if err != nil {
		t.Fatal(err)
	}
	f := &folder{t: t, path: t.TempDir()}
	f.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(providers)))
	f.configure(config)
	f.env = append(append(slices.Clone(cliEnviron), "TF_CLI_CONFIG_FILE="+filepath.Join(f.path, "cli.tfrc")), env...)
	f.run("init", "-input=false")
	return f
}

// configure puts a configuration in the place of the one before.
func (f *folder) configure(config string) {
	f.t.Helper()
	f.write("main.tf", "terraform {\n  required_providers {\n    twiliobot = { source = \"twiliobot/twiliobot\" }\n  }\n}\n"+config)
}

func (f *folder) write(name, content string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.path, name), []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// run runs the CLI, which must succeed, and returns what it printed.
func (f *folder) run(args ...string) string {
	f.t.Helper()
	out, err := f.try(args...)
	if err != nil {
		f.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (f *folder) try(args ...string) (string, error) {
	command := exec.Command(os.Getenv(cli.PathVariable), append(args, "-no-color")...)
	command.Dir, command.Env = f.path, f.env
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{
		"auth token": {"TWILIO_ACCOUNT_SID=" + sandbox.StarterAccountSID, "TWILIO_AUTH_TOKEN=" + sandbox.StarterAuthToken},
		"API key":    {"TWILIO_ACCOUNT_SID=" + sandbox.StarterAccountSID, "TWILIO_API_KEY=" + sandbox.StarterAPIKeySID, "TWILIO_API_SECRET=" + sandbox.StarterAPIKeySecret},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "box.json")
			box, err := sandbox.Open(file, quick())
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(slowed(t, box))
			t.Cleanup(server.Close)
			config := fmt.Sprintf("provider \"twiliobot\" {\n  api_url = %q\n}\n", server.URL) +
				hosted("greeter") + assistant("clinic", sampleSchema(2)) + bound("front", "greeter", ukNumber) + bound("back", "clinic", otherNumber)
			f := newFolder(t, config, append(env, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")...)
			f.run("plan", "-input=false", "-out=saved.plan")
			f.run("apply", "-input=false", "saved.plan")
			if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
				t.Errorf("the second plan is not empty: %v\n%s", err, out)
			}
			// An error's text too: a number that answers elsewhere.
			f.write("more.tf", bound("again", "clinic", ukNumber))
			if out, err := f.try("plan", "-input=false"); err == nil || !strings.Contains(out, "Error") {
				t.Errorf("the conflict was not refused:\n%s", out)
			}
			journal, err := json.Marshal(box.Journal())
			if err != nil {
				t.Fatal(err)
			}
			f.write("journal.json", string(journal))
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f.write("sandbox.json", string(content))
			f.holdsNone(sandbox.StarterAuthToken, sandbox.StarterAPIKeySecret)
		})
	}
}

// holdsNone looks for secrets in every file that a run leaves, also inside the plan
// file, and checks that each file has content.
func (f *folder) holdsNone(secrets ...string) {
	f.t.Helper()
	f.unzip("saved.plan")
	sizes := map[string]int{}
	err := filepath.Walk(f.path, func(name string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() || strings.Contains(name, "terraform-provider-twiliobot_") {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		sizes[filepath.Base(name)] = len(content)
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				f.t.Errorf("%s holds a secret", filepath.Base(name))
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "saved.plan", "tfplan", "journal.json", "sandbox.json"} {
		if sizes[name] < 100 {
			f.t.Errorf("%s has %d bytes: nothing was checked", name, sizes[name])
		}
	}
}

func (f *folder) unzip(name string) {
	f.t.Helper()
	archive, err := zip.OpenReader(filepath.Join(f.path, name))
	if err != nil {
		f.t.Fatal(err)
	}
	defer archive.Close()
	for _, entry := range archive.File {
		content, err := entry.Open()
		if err != nil {
			f.t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			f.t.Fatal(err)
		}
		f.write(filepath.Base(entry.Name), string(text))
		content.Close()
	}
}

func TestSandboxFileNeedsNoCredentialsAndSaysSo(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "provider \"twiliobot\" {\n  sandbox = \"box.json\"\n}\n"+hosted("greeter")+bound("front", "greeter", ukNumber))
	out := f.run("apply", "-input=false", "-auto-approve")
	if !strings.Contains(out, "nothing reaches Twilio") {
		t.Errorf("no warning that a sandbox is used:\n%s", out)
	}
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		t.Errorf("the second plan is not empty: %v\n%s", err, out)
	}
	f.run("destroy", "-input=false", "-auto-approve")
}

func TestAnotherAccountIsAnErrorThatNamesBoth(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "provider \"twiliobot\" {\n  sandbox = \"box.json\"\n}\n"+hosted("greeter")+bound("front", "greeter", ukNumber))
	f.run("apply", "-input=false", "-auto-approve")
	// The state is of the sandbox; the provider is configured for another account now.
	box := sandbox.New()
	server := httptest.NewServer(slowed(t, box))
	t.Cleanup(server.Close)
	const other = "AC0123456789abcdef0123456789abcdef"
	f.write("main.tf", fmt.Sprintf("terraform {\n  required_providers {\n    twiliobot = { source = \"twiliobot/twiliobot\" }\n  }\n}\nprovider \"twiliobot\" {\n  api_url = %q\n  account_sid = %q\n  auth_token = \"another\"\n}\n",
		server.URL, other)+hosted("greeter")+bound("front", "greeter", ukNumber))
	for _, args := range [][]string{{"plan", "-input=false"}, {"destroy", "-input=false", "-auto-approve"}} {
		out, err := f.try(args...)
		if err == nil || !inOrder("configured for another account", sandbox.StarterAccountSID, other).MatchString(out) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if journal := box.Journal(); len(journal) != 0 {
		t.Errorf("the other account was called: %v", journal)
	}
}
