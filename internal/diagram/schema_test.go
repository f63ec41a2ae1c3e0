package diagram_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

// made is the schema of a drawing.
func made(t *testing.T, source string, o diagram.Options) *diagram.Result {
	t.Helper()
	pages, err := diagram.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	result, err := diagram.Schema(pages, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func example(t *testing.T, name string) string {
	t.Helper()
	data, err := examples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBothNotationsOfADrawingGiveOneSchema(t *testing.T) {
	drawn := made(t, example(t, "from-diagram/clinic.drawio"), diagram.Options{})
	written := made(t, example(t, "functions/diagram_to_schema/clinic.mmd"), diagram.Options{})
	want, err := os.ReadFile("testdata/clinic.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(drawn.Schema)); diff != "" {
		t.Errorf("draw.io (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(string(want), string(written.Schema)); diff != "" {
		t.Errorf("Mermaid (-want +got):\n%s", diff)
	}
	if len(drawn.Warnings)+len(written.Warnings) > 0 {
		t.Errorf("warnings: %v, %v", drawn.Warnings, written.Warnings)
	}
}
