package flow

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realFlows are exported flows beside the repository, which may be absent.
const realFlows = "../../../../shared/flows/*.json"

// menu is a small flow with everything the tests change.
const menu = `{
  "description": "Menu",
  "states": [
    {"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingMessage", "next": "ask"}, {"event": "incomingCall"}],
     "properties": {"offset": {"x": 0, "y": 0}}},
    {"name": "ask", "type": "send-and-wait-for-reply",
     "transitions": [{"event": "incomingMessage", "next": "menu"}, {"event": "timeout"}, {"event": "deliveryFailure"}],
     "properties": {"from": "{{flow.channel.address}}", "body": "Tea or coffee?", "timeout": "3600", "offset": {"x": 10, "y": 200}}},
    {"name": "menu", "type": "split-based-on",
     "transitions": [{"event": "noMatch", "next": "ask_again"},
      {"event": "match", "next": "tea", "conditions": [{"friendly_name": "tea", "arguments": ["{{widgets.ask.inbound.Body}}"], "type": "equal_to", "value": "tea"}]},
      {"event": "match", "next": "bye", "conditions": [{"friendly_name": "coffee", "arguments": ["{{widgets.ask.inbound.Body}}"], "type": "contains", "value": "coffee"}]}],
     "properties": {"input": "{{widgets.ask.inbound.Body}}"}},
    {"name": "ask_again", "type": "set-variables", "transitions": [{"event": "next", "next": "ask"}],
     "properties": {"variables": [{"key": "turn", "value": "1"}]}},
    {"name": "tea", "type": "make-http-request", "transitions": [{"event": "success", "next": "bye"}, {"event": "failed"}],
     "properties": {"url": "https://tea.example/brew", "method": "POST", "parameters": [{"key": "secret", "value": "hunter2"}, {"key": "kind", "value": "green"}]}},
    {"name": "bye", "type": "send-message", "transitions": [{"event": "sent"}, {"event": "failed"}],
     "properties": {"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": "Bye"}}
  ],
  "initial_state": "Trigger",
  "flags": {"allow_concurrent_calls": true}
}`

func mustParse(t *testing.T, text string) *Flow {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// edit replaces one part of the menu.
func edit(t *testing.T, old, now string) string {
	t.Helper()
	if strings.Count(menu, old) != 1 {
		t.Fatalf("%q occurs %d times in the menu", old, strings.Count(menu, old))
	}
	return strings.Replace(menu, old, now, 1)
}

func files(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(realFlows)
	if err != nil || len(paths) == 0 {
		t.Skip("the collection of real flows is not beside the repository")
	}
	texts := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(data)
	}
	return texts
}

func TestParseSaysWhereTheFaultIs(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "line 1, column 1: the document is empty"},
		{"no object", "[]", "line 1, column 1: expected an object, found a list"},
		{"null", "null", "line 1, column 1: expected an object, found null"},
		{"cut off", "{\n  \"states\": [", "line 2, column 14"},
		{"trailing", "{} {}", "line 1, column 4: text after the end"},
		{"twice", "{\"flags\": {},\n \"flags\": {}}", "at /flags: the object has \"flags\" twice"},
		{"states", `{"states": {}}`, "line 1, column 12 at /states: expected a list, found an object"},
		{"state", `{"states": [1]}`, "at /states/0: expected an object, found a number"},
		{"null state", `{"states": [null]}`, "at /states/0: expected an object, found null"},
		{"name", `{"states": [{"name": false}]}`, "at /states/0/name: expected a string, found true or false"},
		{"properties", `{"states": [{"properties": []}]}`, "at /states/0/properties: expected an object, found a list"},
		{"next", `{"states": [{"transitions": [{"next": 5}]}]}`, "at /states/0/transitions/0/next: expected a string, found a number"},
		{"condition", `{"states": [{"transitions": [{"conditions": ["x"]}]}]}`, "at /states/0/transitions/0/conditions/0: expected an object, found a string"},
		{"flag", `{"flags": {"allow_concurrent_calls": "yes"}}`, "at /flags/allow_concurrent_calls: expected true or false, found a string"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if parseErr := (*ParseError)(nil); !errors.As(err, &parseErr) {
				t.Fatalf("error %v is not a ParseError", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
		})
	}
}

func TestParseNamesEveryValueThatIsOutOfPlace(t *testing.T) {
	_, err := Parse([]byte(`{"states": [{"name": 1, "transitions": {}}, null, {"type": []}], "flags": 2}`))
	if err == nil {
		t.Fatal("the document is taken")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{"at /flags: expected ", "at /states/0/name: expected ", "at /states/0/transitions: expected ", "at /states/1: expected ", "at /states/2/type: expected "}
	if !slices.EqualFunc(got, want, strings.Contains) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRealFlowsSurviveExport(t *testing.T) {
	for name, text := range files(t) {
		f := mustParse(t, text)
		g := mustParse(t, string(Export(f)))
		if string(f.root.Canonical()) != string(g.root.Canonical()) {
			t.Errorf("%s: the export has other content", name)
		}
		if !Equal(f, g) {
			t.Errorf("%s: the export has another meaning", name)
		}
	}
}

func TestExportOrdersKeysAndKeepsUnknownOnes(t *testing.T) {
	f := mustParse(t, `{"new_key": 1, "flags": {}, "states": [{"properties": {"offset": {"x": 1.0, "y": 2}}, "later": "x", "type": "trigger", "transitions": [], "name": "T"}], "description": "d", "initial_state": "T"}`)
	got := strings.Join(strings.Fields(string(Export(f))), " ")
	want := `{ "description": "d", "states": [ { "name": "T", "type": "trigger", "transitions": [], "properties": { "offset": { "x": 1.0, "y": 2 } }, "later": "x" } ], "initial_state": "T", "flags": {}, "new_key": 1 }`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCanonicalOfCanonicalIsItself(t *testing.T) {
	texts := []string{menu, "{}", `{"states": [{}, {"name": null}], "flags": {"allow_concurrent_calls": null, "x": null}}`}
	for _, text := range texts {
		once := mustParse(t, text).Canonical()
		if twice := mustParse(t, string(once)).Canonical(); string(once) != string(twice) {
			t.Errorf("%s\nbecomes\n%s", once, twice)
		}
	}
}

func FuzzFlow(f *testing.F) {
	f.Add(menu, `{"states": []}`)
	f.Add(menu, strings.NewReplacer("Bye", "Ciao", `"next": "tea"`, `"next": "ask"`, `"timeout": "3600"`, `"timeout": null`).Replace(menu))
	f.Add(`{"states": null}`, menu)
	f.Add(`{"flags": null, "states": [{"name": "a", "transitions": [{"event": "x", "next": ""}, {"event": "match"}]}]}`,
		`{"x": {"y": 1e2}, "states": [{"transitions": [{"event": "match", "conditions": []}, {"event": "x", "next": "b", "z": 1}], "name": "a", "properties": {"p": {}}}, {}]}`)
	f.Fuzz(func(t *testing.T, prior, other string) {
		live, err := Parse([]byte(other))
		if err != nil {
			return
		}
		if err := invariants([]byte(prior), live); err != nil {
			t.Fatal(err)
		}
	})
}

// invariants checks what is true of any two documents.
func invariants(prior []byte, live *Flow) error {
	Validate(live)
	canonical := live.Canonical()
	again, err := Parse(canonical)
	if err != nil {
		return fmt.Errorf("the canonical form does not parse: %w", err)
	}
	if string(again.Canonical()) != string(canonical) {
		return fmt.Errorf("the canonical form of %s is %s", canonical, again.Canonical())
	}
	text, err := Overlay(prior, live)
	if err != nil {
		return err
	}
	laid, err := Parse(text)
	if err != nil {
		return fmt.Errorf("the overlay does not parse: %w", err)
	}
	if !Equal(laid, live) {
		return fmt.Errorf("the overlay\n%s\nmeans\n%s\nnot\n%s", text, laid.Canonical(), canonical)
	}
	was, err := Parse(prior)
	if err != nil {
		return nil
	}
	changes := Differences(was, live)
	if len(changes.Summary()) == 0 != Equal(was, live) {
		return fmt.Errorf("Equal is %t, but the differences are %q", Equal(was, live), changes.Summary())
	}
	return nil
}
