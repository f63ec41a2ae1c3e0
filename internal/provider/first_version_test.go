package provider

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// firstVersion has a configuration of every resource, and the state and the sandbox that
// the first release leaves.
const firstVersion = "testdata/v0.1.0"

var recordFirst = flag.Bool("record-first-version", false, "write "+firstVersion+" anew, as long as that version is not released")

// firstFiles are the files that an apply writes, and what they are called among the tests.
var firstFiles = map[string]string{"terraform.tfstate": "state.json", "box.json": "box.json"}

// TestStateOfTheFirstVersionPlansNothing holds every later version to the state of the first:
// its plan is empty, and what it has is renamed, suspended and destroyed like its own.
func TestStateOfTheFirstVersionPlansNothing(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(filepath.Join(firstVersion, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	f := newFolder(t, string(config))
	if *recordFirst {
		f.recordFirst()
	}
	for name, kept := range firstFiles {
		content, err := os.ReadFile(filepath.Join(firstVersion, kept))
		if err != nil {
			t.Fatal(err)
		}
		f.write(name, string(content))
	}
	for _, action := range []string{"phone_number_binding", "messaging_service_binding", "suspension", "function", "assistant", `"twiliobot_phone_number"`} {
		if state, err := os.ReadFile(filepath.Join(f.path, "terraform.tfstate")); err != nil || !strings.Contains(string(state), action) {
			t.Errorf("the state has no %s: %v", action, err)
		}
	}
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		t.Fatalf("the plan is not empty: %v\n%s", err, out)
	}
	later := strings.ReplaceAll(string(config), `unique_name = "clinic"`, `unique_name = "practice"`)
	if later == string(config) {
		t.Fatal("nothing is changed")
	}
	f.configure(later)
	f.run("apply", "-input=false", "-auto-approve")
	if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan after a rename is not empty: %v\n%s", err, out)
	}
	f.run("destroy", "-input=false", "-auto-approve")
}

// recordFirst applies the configuration to a new sandbox and keeps what that leaves.
func (f *folder) recordFirst() {
	f.t.Helper()
	box, err := sandbox.Open(filepath.Join(f.path, "box.json"))
	if err != nil {
		f.t.Fatal(err)
	}
	w := &world{t: f.t, box: box}
	w.addService(`"sid": "MG00000000000000000000000000000001"`, otherNumber)
	f.run("apply", "-input=false", "-auto-approve")
	for name, kept := range firstFiles {
		content, err := os.ReadFile(filepath.Join(f.path, name))
		if err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(firstVersion, kept), content, 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}
