package diagram_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// Each page of the collection becomes a schema, a flow and a conversation to an end, or is refused.
// With -v it prints what it made of each, as a table.
func TestRealDiagramsBecomeConversations(t *testing.T) {
	files := realDiagrams(t)
	if len(files) == 0 {
		t.Skip("the diagrams of other people are not beside the repository")
	}
	table := []string{"| page | nodes | edges | warnings | tasks | states | messages to an end |", "|---|---|---|---|---|---|---|"}
	t.Cleanup(func() { t.Log("\n" + strings.Join(table, "\n")) })
	for _, name := range slices.Sorted(maps.Keys(files)) {
		source := files[name]
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
					table = append(table, fmt.Sprintf("| %s, %s | %d | %d | refused: %v | | | |", name, page.Name, len(page.Nodes), len(page.Edges), err))
					return
				}
				done := conversed(t, string(made.Schema))
				if !done.ended {
					t.Errorf("the conversation does not end: %q", done.said)
				}
				table = append(table, fmt.Sprintf("| %s, %s | %d | %d | %d | %d | %d | %d |",
					name, page.Name, len(page.Nodes), len(page.Edges), len(made.Warnings), done.tasks, done.states, len(done.said)))
				for _, w := range made.Warnings {
					t.Logf("%s: %q: %s", w.Page, w.Node, w.Message)
				}
			})
		}
	}
}

// conversation is what came of one with the bot of a schema.
type conversation struct {
	tasks, states int // that the schema and its flow have
	said          []string
	ended         bool
}

// conversed holds a conversation with the bot of a schema, by the shortest way to an end. Where no
// end can be reached, it goes on until the bot asks something for the third time.
func conversed(t *testing.T, text string) (done conversation) {
	t.Helper()
	parsed, err := schema.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range schema.Validate(parsed) {
		t.Errorf("%s: %s %s", found.Pointer, found.Message, found.Detail)
	}
	talk, states := talkTo(t, parsed)
	done.tasks, done.states = len(parsed.Tasks), states
	answers, times := wayToAnEnd(t, parsed), 0
	for event := run.Message("good evening"); ; {
		turn := talk.Send(t.Context(), event)
		for _, problem := range turn.Problems {
			t.Errorf("%v", problem)
		}
		for _, reply := range turn.Replies {
			done.said = append(done.said, reply.Text)
		}
		if done.ended = turn.Ended; done.ended {
			if len(answers) > 0 {
				t.Errorf("it ends before the answers %q, after %q", answers, done.said)
			}
			return done
		}
		if len(turn.Replies) == 0 {
			t.Fatalf("it waits without having said anything, after %q", done.said)
		}
		answer := "1"
		if len(answers) > 0 {
			answer, answers = answers[0], answers[1:]
		} else if times++; times > 2 {
			return done
		}
		event = run.Message(answer)
	}
}

// wayToAnEnd is the answers that lead from the beginning to a task that ends the conversation,
// none where there is no such way. It reads the actions of the schema, and not the drawing.
func wayToAnEnd(t *testing.T, s *schema.Schema) []string {
	t.Helper()
	type action struct {
		Redirect string
		Listen   *struct{ Tasks []string }
		Collect  *struct {
			OnComplete struct{ Redirect string } `json:"on_complete"`
		}
	}
	last, sample := map[string]action{}, map[string]string{}
	for _, task := range s.Tasks {
		var list struct{ Actions []action }
		if err := json.Unmarshal(task.Actions, &list); err != nil {
			t.Fatal(err)
		}
		if n := len(list.Actions); n > 0 {
			last[task.UniqueName] = list.Actions[n-1]
		}
		if len(task.Samples) > 0 {
			sample[task.UniqueName] = task.Samples[0].TaggedText
		}
	}
	var defaults struct {
		Start string `json:"assistant_initiation"`
	}
	if err := json.Unmarshal(s.Defaults, &defaults); err != nil {
		t.Fatal(err)
	}
	type place struct {
		task    string
		answers []string
	}
	seen := map[string]bool{}
	queue := []place{{task: strings.TrimPrefix(defaults.Start, "task://")}}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at.task] {
			continue
		}
		seen[at.task] = true
		switch does := last[at.task]; {
		case does.Redirect != "":
			// Without an answer, so it is as near as the task itself.
			queue = append([]place{{strings.TrimPrefix(does.Redirect, "task://"), at.answers}}, queue...)
		case does.Collect != nil:
			queue = append(queue, place{strings.TrimPrefix(does.Collect.OnComplete.Redirect, "task://"), append(slices.Clone(at.answers), "anything")})
		case does.Listen != nil:
			for _, task := range does.Listen.Tasks {
				if sample[task] != "" {
					queue = append(queue, place{task, append(slices.Clone(at.answers), sample[task])})
				}
			}
		default:
			return at.answers
		}
	}
	return nil
}

// talkTo is a conversation with the flow of a schema, and how many states the flow has.
func talkTo(t *testing.T, s *schema.Schema) (*studio.Conversation, int) {
	t.Helper()
	made, found := compile.Compile(s, compile.Options{Routing: compile.Trained})
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
	return talk, len(made.States)
}

// answered is what the bot of a schema says to some messages.
func answered(t *testing.T, text string, messages ...string) (said []string) {
	t.Helper()
	parsed, err := schema.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	talk, _ := talkTo(t, parsed)
	for _, message := range messages {
		for _, reply := range talk.Send(t.Context(), run.Message(message)).Replies {
			said = append(said, reply.Text)
		}
	}
	return said
}
