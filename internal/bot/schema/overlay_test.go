package schema

import (
	"strings"
	"testing"
)

// A file as a person writes it: their key order, spacing and ignored members.
const kept = `{
    "tasks" : [
        { "uniqueName" : "b", "note": 1,
          "samples" : [ { "language" : "en-US", "taggedText" : "hello" } ] },
        {
            "uniqueName" : "a",
            "actions" : {
                "actions" : [
                    { "say" : "one" },
                    { "say" : "two" },
                    { "listen" : true }
                ]
            }
        }
    ],
    "defaults" : { "defaults" : { "fallback" : "task://a" } }
}
`

func TestDriftChangesOnlyWhatDiffers(t *testing.T) {
	for name, each := range map[string]struct {
		drift func(*Schema)
		from  string
		to    string
	}{
		"a default": {func(s *Schema) { s.Defaults = []byte(`{"fallback":"task://b","assistant_initiation":"task://a"}`) },
			`"fallback" : "task://a"`, `"fallback" : "task://b"`},
		"a new sample": {func(s *Schema) {
			s.Tasks[0].Samples = append(s.Tasks[0].Samples, Sample{Language: "en-US", TaggedText: "hey"})
		}, `"hello" } ]`, "\"hello\" }, {\n              \"language\": \"en-US\",\n              \"taggedText\": \"hey\"\n          } ]"},
		"a lost sample": {func(s *Schema) { s.Tasks[0].Samples = nil },
			`[ { "language" : "en-US", "taggedText" : "hello" } ]`, `[]`},
		"another word": {func(s *Schema) {
			s.Tasks[1].Actions = []byte(`{"actions":[{"say":"one"},{"say":"three"},{"listen":true}]}`)
		}, `"two"`, `"three"`},
		"a lost action": {func(s *Schema) { s.Tasks[1].Actions = []byte(`{"actions":[{"say":"two"},{"listen":true}]}`) },
			"\n                    { \"say\" : \"one\" },", ""},
		"an action inserted": {func(s *Schema) {
			s.Tasks[1].Actions = []byte(`{"actions":[{"say":"one"},{"say":"new"},{"say":"two"},{"listen":true}]}`)
		}, "{ \"say\" : \"two\" }", "{\n                        \"say\": \"new\"\n                    },\n                    { \"say\" : \"two\" }"},
		"a lost task": {func(s *Schema) { s.Tasks = s.Tasks[1:] }, kept[strings.Index(kept, `{ "uniqueName" : "b"`):strings.Index(kept, "{\n            \"uniqueName\" : \"a\"")], ""},
		"an external URL": {func(s *Schema) { s.Tasks[1].Actions, s.Tasks[1].ActionsURL = nil, "https://example.com/" },
			kept[strings.Index(kept, `"actions" : {`):strings.Index(kept, "\n        }\n    ],\n    \"defaults")], `"actionsUrl" : "https://example.com/"`},
	} {
		t.Run(name, func(t *testing.T) {
			live := mustParse(t, kept)
			each.drift(live)
			if strings.Count(kept, each.from) != 1 {
				t.Fatalf("the file does not have %q once", each.from)
			}
			want := strings.Replace(kept, each.from, each.to, 1)
			if got := string(Overlay([]byte(kept), live)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestDocumentOnOneLineStaysOnOne(t *testing.T) {
	live := mustParse(t, task(`,"samples":[{"language":"en-US","taggedText":"x"}]`))
	const want = `{"tasks":[{"uniqueName":"t","samples":[{"language":"en-US","taggedText":"x"}]}]}`
	if got := string(Overlay([]byte(task(``)), live)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsNoSchemaGivesWayToAnExport(t *testing.T) {
	live := mustParse(t, task(``))
	if got := string(Overlay([]byte(`{"tasks":`), live)); got != string(live.Export("", "")) {
		t.Errorf("got %s", got)
	}
}

func TestAByteOrderMarkBeforeASchemaMakesNoDifference(t *testing.T) {
	marked, plain := mustParse(t, "\ufeff"+kept), mustParse(t, kept)
	if string(marked.Canonical()) != string(plain.Canonical()) {
		t.Error("the mark makes a difference")
	}
	plain.Tasks = plain.Tasks[1:]
	if got, want := string(Overlay([]byte("\ufeff"+kept), plain)), "\ufeff"+string(Overlay([]byte(kept), plain)); got != want {
		t.Errorf("drift is shown as\n%s\nwant\n%s", got, want)
	}
}
