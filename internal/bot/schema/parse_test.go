package schema

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func mustParse(tb testing.TB, text string) *Schema {
	tb.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestParseErrorsSayWhere(t *testing.T) {
	for name, each := range map[string]struct {
		text         string
		line, column int
		pointer      string
	}{
		"empty":                {"", 1, 1, ""},
		"not JSON":             {"{\n  \"tasks\": [}\n}", 2, 13, ""},
		"cut off":              {"{\n  \"tasks\": [", 2, 13, ""},
		"trailing text":        {"{}\n{}", 2, 1, ""},
		"columns are runes":    {"{\"friendlyName\": \"ü\", x}", 1, 23, ""},
		"duplicate key":        {"{\n \"tasks\": [{\"uniqueName\": \"a\",\n  \"uniqueName\": \"b\"}]}", 3, 3, "/tasks/0/uniqueName"},
		"a list for a text":    {"{\"tasks\": [\n{\"uniqueName\": []}]}", 2, 16, "/tasks/0/uniqueName"},
		"a text for a list":    {"{\"tasks\": \"x\"}", 1, 11, "/tasks"},
		"a text for a boolean": {"{\"logQueries\": \"x\"}", 1, 16, "/logQueries"},
		"inner defaults":       {"{\"defaults\": {\"defaults\": 1}}", 1, 27, "/defaults/defaults"},
		"no object":            {"[]", 1, 1, ""},
		"null":                 {"null", 1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(each.text))
			var parse *ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("%v is not a ParseError", err)
			}
			if parse.Line != each.line || parse.Column != each.column || string(parse.Pointer) != each.pointer {
				t.Errorf("line %d, column %d, %q; want %d, %d, %q: %v", parse.Line, parse.Column, parse.Pointer,
					each.line, each.column, each.pointer, err)
			}
		})
	}
}

func TestParseNamesEveryValueThatIsOutOfPlace(t *testing.T) {
	_, err := Parse([]byte(`{"tasks": [{"uniqueName": 1, "samples": {}}, 2], "defaults": []}`))
	if err == nil {
		t.Fatal("the document is taken")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{"at /tasks/0/uniqueName: expected ", "at /tasks/0/samples: expected ", "at /tasks/1: expected ", "at /defaults: expected "}
	if !slices.EqualFunc(got, want, strings.Contains) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMissingAndNullListsAreEmpty(t *testing.T) {
	for _, text := range []string{`{}`, `{"tasks":null,"fieldTypes":null}`, `{"tasks":[],"fieldTypes":[]}`} {
		if s := mustParse(t, text); len(s.Tasks) != 0 || len(s.FieldTypes) != 0 {
			t.Errorf("%s: %+v", text, s)
		}
	}
}

func TestCanonicalFormHasOneSpelling(t *testing.T) {
	a := mustParse(t, `{"uniqueName":"x","modelBuild":{"uniqueName":"v0.1"},"tasks":[
		{"uniqueName":"b","samples":[{"taggedText":"z","language":"en-US"},{"language":"en-US","taggedText":"a"},{"language":"en-US","taggedText":"a"}]},
		{"uniqueName":"a","actions":{"actions":[{"remember":{"n":4.0,"m":"\u0041"}}]},"fields":[{"uniqueName":"f","fieldType":"UB4130bb37b688db48eee4c6225c442c39"}]}],
		"defaults":{"defaults":{"fallback":"","assistant_initiation":"task://a"}}}`)
	const want = `{"defaults":{"defaults":{"assistant_initiation":"task://a"}},"fieldTypes":[],"tasks":[` +
		`{"uniqueName":"a","actions":{"actions":[{"remember":{"m":"A","n":4}}]},"fields":[{"uniqueName":"f","fieldType":"Twilio.CITY"}],"samples":[]},` +
		`{"uniqueName":"b","fields":[],"samples":[{"language":"en-US","taggedText":"a"},{"language":"en-US","taggedText":"z"}]}]}`
	if got := string(a.Canonical()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestExportIsTheExportersFile(t *testing.T) {
	s := mustParse(t, `{"tasks":[{"samples":[{"taggedText":"hi","language":"en-US"}],"actions":{"actions":[]},"uniqueName":"t"}],
		"styleSheet":{"style_sheet":{"voice":{"say_voice":"Polly.Amy"}}},"logQueries":true,
		"fieldTypes":[{"uniqueName":"F","values":[{"value":"a","language":"en-US"}]}]}`)
	const want = `{
  "friendlyName": "A bot",
  "logQueries": true,
  "uniqueName": "bot",
  "styleSheet": {
    "style_sheet": {
      "voice": {
        "say_voice": "Polly.Amy"
      }
    }
  },
  "fieldTypes": [
    {
      "uniqueName": "F",
      "values": [
        {
          "language": "en-US",
          "value": "a",
          "synonymOf": null
        }
      ]
    }
  ],
  "tasks": [
    {
      "uniqueName": "t",
      "actions": {
        "actions": []
      },
      "fields": [],
      "samples": [
        {
          "language": "en-US",
          "taggedText": "hi"
        }
      ]
    }
  ]
}
`
	if got := string(s.Export("bot", "A bot")); got != want {
		t.Errorf("got %s", got)
	}
}
