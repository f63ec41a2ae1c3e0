package compile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	sandboxflow "github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/flow"
)

// realSchemas are the collected schema files, which are in a directory beside the
// repository and not part of it.
func realSchemas(tb testing.TB) map[string]*schema.Schema {
	tb.Helper()
	paths, err := filepath.Glob("../../../shared/schemas/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	if len(paths) == 0 {
		tb.Skip("the collection of real schemas is not beside the repository")
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

// skipFaulty skips a schema of the collection that has errors of its own. Those written
// here have none, so that something is tested where the collection is absent.
func skipFaulty(t *testing.T, name string, found []Diagnostic) {
	t.Helper()
	i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Severity == Error })
	switch {
	case i < 0:
		t.Fatal("there is neither a flow nor an error")
	case filepath.Ext(name) != ".json":
		t.Fatalf("the schema was written for this test and does not compile: %v", found)
	}
	t.Skipf("the schema, of the collection, has an error at %s: %s", found[i].Pointer, found[i].Message)
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
			if (f == nil) != (faults > 0) {
				t.Errorf("a flow: %v, with %d errors", f != nil, faults)
			}
			if f == nil {
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
		t.Errorf("%s %s: %s", d.Code, d.Pointer, d.Message)
	}
	for _, p := range sandboxflow.Validate(f.Source()) {
		t.Errorf("the sandbox: %s: %s", p.PropertyPath, p.Message)
	}
}
