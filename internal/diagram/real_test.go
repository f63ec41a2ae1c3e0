package diagram_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// realDiagrams are other people's diagrams, in a directory beside the repository.
func realDiagrams(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("../../../shared/diagrams/*")
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		files[filepath.Base(path)] = string(data)
	}
	return files
}

// refusals are the pages of the collection from which no conversation can be made, and why.
var refusals = map[string]string{
	"CodeCiepol-table-cards__decision_tree.drawio Page-1":   "No node with an edge has a text",
	"jgraph-drawio-diagrams__flowchart_1.drawio.xml Page-1": "No node with an edge has a text",
	"veeravn-trailer-chatbot__chatbot.drawio Page-1":        "no edge between two nodes",
}

func TestRealDiagramsBecomeConversations(t *testing.T) {
	files := realDiagrams(t)
	if len(files) == 0 {
		t.Skip("the diagrams of other people are not beside the repository")
	}
	for name, source := range files {
		pages, err := diagram.Read(source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, page := range pages {
			t.Run(name+" "+page.Name, func(t *testing.T) {
				made, err := diagram.Schema(pages, diagram.Options{Page: page.Name})
				if want := refusals[name+" "+page.Name]; want != "" || err != nil {
					if err == nil || !strings.Contains(err.Error(), want) || want == "" {
						t.Fatalf("the error is %v, want one with %q", err, want)
					}
					t.Logf("| %s | %d | %d | refused: %v |", t.Name(), len(page.Nodes), len(page.Edges), err)
					return
				}
				tasks, states, said, ended := conversed(t, string(made.Schema))
				t.Logf("| %s | %d | %d | %d | %d | %d | %d | %v |", t.Name(), len(page.Nodes), len(page.Edges), tasks, len(made.Warnings), states, len(said), ended)
				for _, w := range made.Warnings {
					t.Logf("%s: %q: %s", w.Page, w.Node, w.Message)
				}
			})
		}
	}
}

// conversed holds a conversation with the bot of a schema in which every answer is the first,
// until it ends or has come to the same question for the third time.
func conversed(t *testing.T, text string) (tasks, states int, said []string, ended bool) {
	t.Helper()
	parsed, err := schema.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range schema.Validate(parsed) {
		t.Errorf("%s: %s %s", found.Pointer, found.Message, found.Detail)
	}
	made, found := compile.Compile(parsed, compile.Options{})
	if made == nil {
		t.Fatal(found)
	}
	for _, each := range found {
		if each.Severity == compile.Warning {
			t.Errorf("%s: %s", each.Pointer, each.Message)
		}
	}
	talk, err := studio.New(made.Source(), studio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	event, times := run.Message("good evening"), map[string]int{}
	for {
		turn := talk.Send(t.Context(), event)
		for _, problem := range turn.Problems {
			t.Errorf("%v", problem)
		}
		for _, reply := range turn.Replies {
			said = append(said, reply.Text)
		}
		if turn.Ended {
			return len(parsed.Tasks), len(made.States), said, true
		}
		if len(turn.Replies) == 0 {
			t.Fatalf("it waits without having said anything, after %q", said)
		}
		if times[said[len(said)-1]]++; times[said[len(said)-1]] > 2 {
			return len(parsed.Tasks), len(made.States), said, false
		}
		event = run.Message("1")
	}
}
