package diagram

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

func parse(t *testing.T, text string) *schema.Schema {
	t.Helper()
	s, err := schema.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// taskOf is a task of the given actions, with no samples.
func taskOf(name, actions string) string {
	return fmt.Sprintf(`{"uniqueName": %q, "actions": {"actions": [%s]}}`, name, actions)
}

func TestPictureShowsEveryWay(t *testing.T) {
	const collect = `{"collect": {"name": "visit",
		"questions": [
			{"question": "?", "name": "day", "validate": {"max_attempts": {"redirect": "task://sorry", "num_attempts": 2}, "webhook": {"url": "https://example.com/check?key=1"}}},
			{"question": "?", "name": "time", "validate": {"max_attempts": {"redirect": "task://sorry", "num_attempts": 2}},
			 "voice_digits": {"num_digits": 1, "mapping": {"1": "noon", "0": "task://desk"}}}],
		"on_complete": {"redirect": {"uri": "https://example.com/book", "method": "POST"}}}}`
	s := parse(t, `{
		"defaults": {"defaults": {"assistant_initiation": "task://hello", "fallback": "task://sorry", "collect": {"validate_on_failure": "https://example.com/book"}}},
		"tasks": [
			{"uniqueName": "visit", "actions": {"actions": [{"say": "Sure"}, `+collect+`, {"redirect": "task://never"}]},
			 "samples": [{"language": "en-US", "taggedText": "visit"}, {"language": "en-US", "taggedText": "come by on {day}"},
			             {"language": "en-US", "taggedText": "a visit"}, {"language": "en-US", "taggedText": "see you"}]},
			`+taskOf("hello", `{"say": "Hi"}, {"listen": {"tasks": ["visit", "task://desk"], "voice_digits": {"redirects": {"1": "task://visit", "2": "task://visit", "9": "task://gone"}}}}`)+`,
			`+taskOf("desk", `{"handoff": {"channel": "voice", "uri": "taskrouter://WW00000000000000000000000000000001"}}`)+`,
			`+taskOf("sorry", `{"listen": false}, {"redirect": "task://hello"}`)+`,
			{"uniqueName": "hosted", "actionsUrl": "https://example.com/actions"}]}`)
	const want = `flowchart TD
  start_assistant_initiation(["<b>assistant_initiation</b><br/>a call begins"])
  start_fallback(["<b>fallback</b><br/>no sample fits"])
  start_validate_on_failure(["<b>validate_on_failure</b><br/>a collect gives up"])
  task_desk["<b>desk</b>"]
  task_hello["<b>hello</b>"]
  task_hosted["<b>hosted</b>"]
  task_sorry["<b>sorry</b>"]
  task_visit["<b>visit</b><br/>“a visit”<br/>“come by on #123;day#125;”<br/>“see you”<br/>#43; 1 more"]
  url[["<b>https#58;//example.com/book</b>"]]
  handoff{{"<b>taskrouter#58;//WW00000000000000000000000000000001</b>"}}
  missing_gone["<b>gone</b><br/>no such task"]:::missing
  url_2[["<b>https#58;//example.com/actions</b>"]]
  url_3[["<b>https#58;//example.com/check?…</b>"]]
  start_assistant_initiation --> task_hello
  start_fallback -.-> task_sorry
  start_validate_on_failure -.-> url
  task_desk -->|"handoff"| handoff
  task_hello -->|"listen"| task_visit
  task_hello -->|"listen"| task_desk
  task_hello -->|"digits#58; 1, 2"| task_visit
  task_hello -->|"digits#58; 9"| missing_gone
  task_hosted -->|"actions"| url_2
  task_sorry -->|"redirect"| task_hello
  task_visit -->|"validate#58; day"| url_3
  task_visit -.->|"max attempts#58; day, time"| task_sorry
  task_visit -->|"digits#58; 0"| task_desk
  task_visit -->|"on complete#58; visit"| url
  classDef missing stroke-dasharray: 4
`
	if diff := cmp.Diff(want, Mermaid(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemasOfOneMeaningHaveOnePicture(t *testing.T) {
	a := parse(t, `{"uniqueName": "x", "tasks": [`+taskOf("a", `{"redirect": "task://b"}`)+`, {"uniqueName": "b", "samples": [
		{"language": "en-US", "taggedText": "two"}, {"language": "en-US", "taggedText": "one"}]}]}`)
	b := parse(t, `{"tasks": [{"samples": [{"language": "en-US", "taggedText": "one"}, {"language": "en-US", "taggedText": "two"},
		{"language": "en-US", "taggedText": "one"}], "uniqueName": "b"}, `+taskOf("a", ` {"redirect":"task://b"} `)+`], "fieldTypes": []}`)
	if diff := cmp.Diff(Mermaid(a), Mermaid(b)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func TestNamesThatWouldShareAnIDDoNot(t *testing.T) {
	got := Mermaid(parse(t, `{"tasks": [`+strings.Join([]string{
		taskOf("a-b", ""), taskOf("a_b", ""), taskOf("a_b_2", ""), taskOf("end", ""), taskOf("задача", ""), taskOf("任务", ""),
	}, ", ")+`]}`))
	for _, want := range []string{
		`task_a_b["<b>a-b</b>"]`, `task_a_b_2["<b>a_b</b>"]`, `task_a_b_2_2["<b>a_b_2</b>"]`,
		`task_end["<b>end</b>"]`, `task["<b>задача</b>"]`, `task_2["<b>任务</b>"]`,
	} {
		if !strings.Contains(got, "  "+want+"\n") {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

func TestManyQuestionsOfOneEdgeAreCounted(t *testing.T) {
	var questions []string
	for i := range 5 {
		questions = append(questions, fmt.Sprintf(`{"question": "?", "name": "q%d", "validate": {"max_attempts": {"redirect": "task://a", "num_attempts": 2}}}`, i))
	}
	got := Mermaid(parse(t, `{"tasks": [`+taskOf("a", `{"collect": {"name": "c", "questions": [`+strings.Join(questions, ",")+`]}}`)+`]}`))
	if want := `task_a -.->|"max attempts#58; q0, q1, q2 #43; 2 more"| task_a`; !strings.Contains(got, want) {
		t.Errorf("there is no %s in\n%s", want, got)
	}
}

// Mermaid refuses a text that is too long.
func TestLargeBotShowsFewerSamples(t *testing.T) {
	var tasks []string
	for i := range 300 {
		var samples []string
		for j := range 4 {
			samples = append(samples, fmt.Sprintf(`{"language": "en-US", "taggedText": "sample %d %s"}`, j, strings.Repeat("x", 50)))
		}
		tasks = append(tasks, fmt.Sprintf(`{"uniqueName": "task-%03d", "samples": [%s]}`, i, strings.Join(samples, ",")))
	}
	got := Mermaid(parse(t, `{"tasks": [`+strings.Join(tasks, ",")+`]}`))
	if len(got) > maxLength || !strings.Contains(got, "sample 0") || strings.Contains(got, "sample 2") {
		t.Errorf("the picture has %d bytes:\n%.400s", len(got), got)
	}
	if !strings.Contains(got, `task_task_299["<b>task-299</b>`) {
		t.Error("a task is missing")
	}
}
