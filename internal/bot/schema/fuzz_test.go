package schema

import (
	"os"
	"path/filepath"
	"testing"
)

// realSchemas are the collected schema files, which are in a directory beside the
// repository and not part of it.
func realSchemas(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../../../shared/schemas/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	return files
}

var seeds = []string{
	`{}`,
	`{"tasks":null,"fieldTypes":null,"defaults":{},"styleSheet":{}}`,
	`{"logQueries":false,"tasks":[{"uniqueName":"greeting","actions":{"actions":[{"say":"hi"},{"listen":true}]},"samples":[{"language":"en-US","taggedText":"hello"}]}]}`,
	"{\n  \"tasks\" : [\n    {\n      \"uniqueName\" : \"a\",\n      \"actions\" : {\"actions\":[{\"redirect\":\"task://b\"}]},\n      \"samples\" : []\n    }\n  ]\n}\n",
	`{"defaults":{"defaults":{"assistant_initiation":"task://a","fallback":"","collect":{"validate_on_failure":"task://b"}}},"styleSheet":{"style_sheet":{"voice":{"say_voice":"Polly.Amy"},"collect":{"validate":{"max_attempts":4.0}}}}}`,
	`{"fieldTypes":[{"uniqueName":"F","values":[{"language":"en-US","value":"a","synonymOf":null},{"language":"en-US","value":"b","synonymOf":"a"}]}],"tasks":[{"uniqueName":"t","fields":[{"uniqueName":"f","fieldType":"F"},{"uniqueName":"c","fieldType":"UB4130bb37b688db48eee4c6225c442c39"}],"samples":[{"language":"en-US","taggedText":"{f}","sourceChannel":"sms"}]}]}`,
	`{"fieldTypes":[{"uniqueName":"F","friendlyName":"x","values":[{"language":"en-US","value":"b","synonymOf":null},{"language":"en-US","value":"a","synonymOf":"b"}]}],"tasks":[{"uniqueName":"t","friendlyName":"T","actionsUrl":"https://example.com/","samples":[{"language":"en-US","taggedText":"{f}","sourceChannel":"voice"}]}]}`,
	`{"tasks":[null,{"uniqueName":"t","actions":null},{"uniqueName":"t","actions":{}}],"x":1}`,
	`{"tasks":[{"uniqueName":"t","actions":{"actions":[{"say":"1"},{"collect":{"name":"c","questions":[{"question":"?","name":"q","type":"Twilio.CITY"}],"on_complete":{"redirect":"task://t"}}}]},"actionsUrl":"https://example.com/x"}]}`,
	`{"tasks":[{"uniqueName":"t","actions":{"actions":[{"say":"0"},{"say":"1"},{"say":{"speech":"2"}}]}}]}`,
}

func checkSchema(t *testing.T, s *Schema) {
	t.Helper()
	canonical := s.Canonical()
	again, err := Parse(canonical)
	if err != nil {
		t.Fatalf("canonical form does not parse: %v\n%s", err, canonical)
	}
	if got := again.Canonical(); string(got) != string(canonical) {
		t.Fatalf("canonical of canonical differs:\n%s\n%s", canonical, got)
	}
	exported, err := Parse(s.Export("name", ""))
	if err != nil {
		t.Fatalf("export does not parse: %v", err)
	}
	if string(exported.Canonical()) != string(canonical) {
		t.Fatalf("export differs:\n%s\n%s", canonical, exported.Canonical())
	}
	if !Equal(s, s) || !Equal(exported, s) || !Equal(s, exported) {
		t.Fatal("a schema is not equal to itself or its export")
	}
	if c := Diff(s, s); !c.Empty() || c.NeedsModelBuild() || len(c.Summary()) > 0 {
		t.Fatalf("a schema differs from itself: %q", c.Summary())
	}
	for _, d := range Validate(s) {
		if d.Message == "" || d.Detail == "" || d.Code == "" || !d.Pointer.IsValid() || d.Severity == 0 {
			t.Fatalf("a diagnostic is incomplete: %+v", d)
		}
	}
}

func checkPair(t *testing.T, prior []byte, p, live *Schema) {
	t.Helper()
	equal := Equal(p, live)
	changes := Diff(live, p)
	if changes.Empty() != equal {
		t.Fatalf("Equal is %t and the changes are %+v", equal, changes)
	}
	if changes.Empty() != (len(changes.Summary()) == 0) {
		t.Fatalf("summary %q of %+v", changes.Summary(), changes)
	}
	before := string(live.Canonical())
	if after := changes.Apply(live); !Equal(p, after) {
		t.Fatalf("after %q live is still different:\n%s\n%s", changes.Summary(), p.Canonical(), after.Canonical())
	}
	if string(live.Canonical()) != before {
		t.Fatal("Apply changed the live schema")
	}
	doc := Overlay(prior, live)
	drifted, err := Parse(doc)
	if err != nil {
		t.Fatalf("the overlay does not parse: %v\n%s", err, doc)
	}
	if !Equal(drifted, live) {
		t.Fatalf("the overlay does not equal live:\n%s\n%s\n%q", doc, live.Canonical(), Diff(live, drifted).Summary())
	}
	if equal && string(doc) != string(prior) {
		t.Fatalf("the overlay of an equal assistant is not the prior document:\n%s", doc)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	for _, data := range realSchemas(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data)
		if err != nil {
			return
		}
		checkSchema(t, s)
	})
}

func FuzzOverlay(f *testing.F) {
	for _, a := range seeds {
		for _, b := range seeds {
			f.Add([]byte(a), []byte(b))
		}
	}
	var last []byte
	for _, data := range realSchemas(f) {
		if last != nil {
			f.Add(data, last)
		}
		last = data
	}
	f.Fuzz(func(t *testing.T, prior, other []byte) {
		p, err := Parse(prior)
		if err != nil {
			return
		}
		live, err := Parse(other)
		if err != nil {
			return
		}
		checkPair(t, prior, p, live)
	})
}
