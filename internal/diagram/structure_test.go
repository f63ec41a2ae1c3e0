package diagram

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

var (
	nodeLine = regexp.MustCompile(`^  (\w+)(?:\(\["(.*)"\]\)|\[\["(.*)"\]\]|\{\{"(.*)"\}\}|\["(.*)"\](?::::missing)?)$`)
	edgeLine = regexp.MustCompile(`^  (\w+) (?:-->|-\.->)(?:\|"(.*)"\|)? (\w+)$`)

	// markup is what the package itself writes into a label, and the codes of characters.
	markup = regexp.MustCompile(`</?b>|<br/>|#[0-9]+;`)
)

// sound checks the structure of a picture: nodes, then edges between them, each task
// once, and nothing in a label that is special to Mermaid.
func sound(t *testing.T, s *schema.Schema) {
	t.Helper()
	picture := Mermaid(s)
	if again := Mermaid(s); again != picture {
		t.Fatalf("two pictures of one schema differ:\n%s\n%s", picture, again)
	}
	lines := strings.Split(strings.TrimSuffix(picture, "\n"), "\n")
	if lines[0] != "flowchart TD" {
		t.Fatalf("it begins with %q", lines[0])
	}
	nodes, tasks, drawn := map[string]bool{}, 0, map[string]bool{}
	for _, line := range lines[1:] {
		if m := nodeLine.FindStringSubmatch(line); m != nil {
			if nodes[m[1]] {
				t.Errorf("%s occurs twice:\n%s", m[1], picture)
			}
			nodes[m[1]] = true
			if m[1] == "task" || strings.HasPrefix(m[1], "task_") {
				tasks++
			}
			harmless(t, strings.Join(m[2:], ""))
		} else if m := edgeLine.FindStringSubmatch(line); m != nil {
			if !nodes[m[1]] || !nodes[m[3]] {
				t.Errorf("%q is not an edge between nodes before it:\n%s", line, picture)
			}
			if drawn[line] {
				t.Errorf("%q occurs twice", line)
			}
			drawn[line] = true
			harmless(t, m[2])
		} else if line != "  classDef missing stroke-dasharray: 4" {
			t.Errorf("%q is neither a node nor an edge", line)
		}
	}
	unique := map[string]bool{}
	for _, each := range s.Tasks {
		unique[each.UniqueName] = true
	}
	if tasks != len(unique) {
		t.Errorf("%d of %d tasks are drawn:\n%s", tasks, len(unique), picture)
	}
}

func harmless(t *testing.T, label string) {
	t.Helper()
	text := markup.ReplaceAllString(label, "")
	if i := strings.IndexAny(text, "\"`[]{}()<>|#&;:\\*~$%@=+^°¶"); i >= 0 {
		t.Errorf("%q is not escaped in %q", text[i], label)
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' {
			t.Errorf("unexpected %q in %q", r, label)
		}
	}
	if strings.Contains(label, "direction ") {
		t.Errorf("Mermaid reads %q as an instruction", label)
	}
}

// hostile are texts that are special to Mermaid, Markdown or HTML.
var hostile = []string{
	"end", "subgraph x", "style a fill:#f00;", `"quoted"`, "a|b", "[x]", "{{x}}", "(x)", "<script>alert(1)</script>", "&amp;", "#35;", "#quot;",
	"1. one", "- list", "**bold**", "`code`", "a\nb", `a\nb`, "%% comment", "%%{init: {}}%%", "---", "a --> b", "x@{shape: x}",
	"https://x.example/z?key=1#f", "www.example.com", "me@example.com", "fa:fa-car", "$$x$$", `\`, "ﬂ°°35¶ß", "👋🏽", "שלום", "\u202eevil",
	strings.Repeat("x", 300), "", "  ", "a direction LR b", "direction\u00a0TB", "direction\ufeffTB", ":::class", "\ufeff", "\u2028", "classDef x:#35;",
}

// everywhere is a schema that has a text in each place that a picture shows, and
// another as a task's name.
func everywhere(t *testing.T, text, name string) *schema.Schema {
	t.Helper()
	return parse(t, strings.NewReplacer("TEXT", jsonString(text), "NAME", jsonString(name)).Replace(`{
		"defaults": {"defaults": {"assistant_initiation": TEXT, "fallback": "task://x"}},
		"tasks": [
			{"uniqueName": NAME, "samples": [{"language": "en-US", "taggedText": TEXT}], "actions": {"actions": [
				{"collect": {"name": TEXT, "questions": [
					{"question": "?", "name": TEXT, "validate": {"max_attempts": {"redirect": TEXT}}},
					{"question": "?", "name": NAME, "validate": {"max_attempts": {"redirect": TEXT}}}], "on_complete": {"redirect": TEXT}}}]}},
			{"uniqueName": "two", "actions": {"actions": [{"handoff": {"uri": TEXT}}]}},
			{"uniqueName": "three", "actions": {"actions": [{"listen": {"tasks": [TEXT, NAME]}}]}}]}`))
}

func TestHostileTextStaysText(t *testing.T) {
	for i, text := range hostile {
		sound(t, everywhere(t, text, text))
		sound(t, everywhere(t, text, hostile[(i+1)%len(hostile)]))
	}
}

func TestOwnExamplesAreDrawn(t *testing.T) {
	data, err := examples.Files.ReadFile("quickstart/clinic.json")
	if err != nil {
		t.Fatal(err)
	}
	sound(t, parse(t, string(data)))
}

func TestRealSchemasAreDrawn(t *testing.T) {
	files := realSchemas(t)
	if len(files) == 0 {
		t.Skip("the schemas of other people are not beside the repository")
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) { sound(t, parse(t, string(data))) })
	}
}

// realSchemas are other people's schemas, in a directory beside the repository.
func realSchemas(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../../shared/schemas/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	return files
}

func FuzzMermaid(f *testing.F) {
	for _, data := range realSchemas(f) {
		f.Add(data)
	}
	for _, text := range hostile {
		q := jsonString(text)
		f.Add([]byte(`{"tasks": [{"uniqueName": ` + q + `, "actions": {"actions": [{"redirect": ` + q + `}, {"listen": {"tasks": [` + q + `]}}]}}]}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := schema.Parse(data); err == nil {
			sound(t, s)
		}
	})
}

func FuzzText(f *testing.F) {
	for i, text := range hostile {
		f.Add(text, hostile[len(hostile)-1-i])
	}
	f.Fuzz(func(t *testing.T, text, name string) { sound(t, everywhere(t, text, name)) })
}
