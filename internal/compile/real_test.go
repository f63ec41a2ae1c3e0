package compile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	sandboxflow "github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/flow"
)

// realSchemas are the collected schema files, which stand beside the project and are
// not part of it.
func realSchemas(tb testing.TB) map[string]*schema.Schema {
	tb.Helper()
	paths, err := filepath.Glob("../../../shared/schemas/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	if len(paths) == 0 {
		tb.Skip("the collection of real schemas is not beside the project")
	}
	files := make(map[string]*schema.Schema)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		s, err := schema.Parse(data)
		if err != nil {
			tb.Fatal(err)
		}
		files[filepath.Base(path)] = s
	}
	return files
}

func TestRealSchemasCompileOrStopAtTheirFaults(t *testing.T) {
	for name, s := range realSchemas(t) {
		t.Run(name, func(t *testing.T) {
			f, found := Compile(s, Options{})
			faults := 0
			for _, d := range found {
				if d.Severity == Error {
					faults++
					t.Logf("%s %s: %s", d.Code, d.Pointer, d.Message)
				}
			}
			if f == nil {
				t.Logf("faults %d", faults)
				return
			}
			checkFlow(t, f)
			t.Logf("%d states, %d bytes", len(f.States), len(f.Source()))
			for _, d := range found {
				t.Logf("%s %s %s: %s", d.Severity, d.Code, d.Pointer, d.Message)
			}
		})
	}
}

func checkFlow(t *testing.T, f *flow.Flow) {
	t.Helper()
	for _, d := range flow.Validate(f) {
		if d.Severity == flow.Error || d.Code != flow.Unreachable {
			t.Errorf("%s %s: %s", d.Code, d.Pointer, d.Message)
		}
	}
	for _, p := range sandboxflow.Validate(f.Source()) {
		t.Errorf("the sandbox: %s: %s", p.PropertyPath, p.Message)
	}
}
