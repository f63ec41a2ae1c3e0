package compile

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/osteele/liquid"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	sandboxstudio "github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// speaking is a schema whose tasks say their names, and nothing else.
func speaking(s *schema.Schema) *schema.Schema {
	out := &schema.Schema{FieldTypes: s.FieldTypes}
	for _, t := range s.Tasks {
		t.Actions = []byte(`{"actions":[{"say":` + jsonString(t.UniqueName) + `}]}`)
		out.Tasks = append(out.Tasks, t)
	}
	return out
}

// routed sends a message to a flow that speaks, and returns what it says.
func routed(t *testing.T, f *sandboxstudio.Flow, text string) string {
	t.Helper()
	turn := f.Start(sandboxstudio.Options{}).Send(context.Background(), run.Message(text))
	for _, p := range turn.Problems {
		t.Errorf("%q: %v", text, p)
	}
	if len(turn.Replies) == 0 {
		return ""
	}
	return turn.Replies[len(turn.Replies)-1].Text
}

func flowOf(t *testing.T, s *schema.Schema, o Options) *sandboxstudio.Flow {
	t.Helper()
	made, found := Compile(s, o)
	if made == nil {
		t.Fatal(found)
	}
	f, err := sandboxstudio.Parse(made.Source())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Liquid is of Ruby, which makes two characters of a capital İ, where Go makes one; what
// Studio's makes is not documented.
func TestASampleOfEitherLowerCaseIsCertain(t *testing.T) {
	s := parsed(t, strings.NewReplacer("alpha", "İptal, lütfen", "en-US", "tr").Replace(schemaOf(`{"say": "x"}`)))
	for _, routing := range Routings() {
		f := flowOf(t, speaking(s), Options{Routing: routing})
		for _, said := range []string{"İptal lütfen!", "iptal lütfen", "i\u0307ptal lütfen"} {
			if got := routed(t, f, said); got != "a" {
				t.Errorf("%s: %q goes to %q", routing, said, got)
			}
		}
	}
}

// TestAFlowRoutesAsItsModelJudges runs flows with parts of samples, put together and
// misspelt, and with texts of other kinds.
func TestAFlowRoutesAsItsModelJudges(t *testing.T) {
	o := Options{Channels: []bot.Channel{bot.Messaging}, Routing: Trained}
	all := everySchema(t)
	all["spiky"] = spiky(t)
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			s := speaking(s)
			f, judge := flowOf(t, s, o), Judge(s, o)
			said := []string{"", "5", "12 30", "🙂", "I'd like to-do (it) – now…", "¿Qué?", "ราคาเท่าไหร่", "какая цена", "' \" % } {", strings.Repeat("what about this or that ", 70)}
			said = append(said, odd...)
			var words []string
			for _, task := range s.Tasks {
				for i, sample := range task.Samples {
					words = append(words, strings.Fields(sample.TaggedText)...)
					if text := sample.TaggedText; i%15 == 0 && len(text) > 8 {
						said = append(said, strings.ToUpper(text), text[:len(text)/2], text+" please", strings.Replace(text, "e", "", 1))
					}
				}
			}
			for i := 0; i+3 < len(words) && i < 300; i += 15 {
				said = append(said, strings.Join([]string{words[i], words[(i*7)%len(words)], words[(i*13)%len(words)]}, " "))
			}
			taken := 0
			for _, text := range said {
				if !utf8Valid(text) || strings.ContainsAny(text, "\t\n") {
					continue
				}
				want := judge(text, classify.Tuning{})
				if got := routed(t, f, text); got != want {
					t.Errorf("%q goes to %q, and is judged to be of %q", text, got, want)
				}
				if want != "" {
					taken++
				}
			}
			if taken == 0 && len(words) > 10 {
				t.Error("nothing was taken")
			}
		})
	}
}

// TestAMessageOfTooManyPointsGoesToTheFallback sends texts that have more and more of what
// the samples have, up to more points than Studio renders.
func TestAMessageOfTooManyPointsGoesToTheFallback(t *testing.T) {
	s := crowd(t, 60, 10)
	for i := range s.Tasks[1:] {
		s.Tasks[i+1].Actions = []byte(`{"actions":[{"say":"` + s.Tasks[i+1].UniqueName + `"}]}`)
	}
	made, found := Compile(s, Options{Channels: []bot.Channel{bot.Messaging}, Routing: Trained})
	i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == CodeLongMessages })
	if made == nil || i < 0 {
		t.Fatal(found)
	}
	bound := regexp.MustCompile(`more than about (\d+) characters .* 59 tasks .* [0-9]+ groups`).FindStringSubmatch(found[i].Message)
	if found[i].Severity != Warning || len(bound) < 2 {
		t.Fatal(found[i])
	}
	characters, _ := strconv.Atoi(bound[1])
	f, err := sandboxstudio.Parse(made.Source())
	if err != nil {
		t.Fatal(err)
	}
	within, beyond := "", ""
	for _, task := range s.Tasks[1:] {
		beyond += " " + task.Samples[0].TaggedText
		if len(beyond) < characters*3/4 {
			within = beyond
		}
	}
	for text, sound := range map[string]bool{s.Tasks[1].Samples[0].TaggedText + " please": true, within: true, beyond: false, beyond + beyond: false} {
		turn := f.Start(sandboxstudio.Options{}).Send(context.Background(), run.Message(text))
		if sound != (len(turn.Problems) == 0) {
			t.Errorf("a text of %d bytes, where %d are said to be too many: %v", len(text), characters, turn.Problems)
		}
		if !sound && (len(turn.Replies) != 1 || turn.Replies[0].Text != "How can I help?") {
			t.Errorf("a text of %d bytes is answered by %+v", len(text), turn.Replies)
		}
	}
}

// TestATemplateLeftAsItIsHasNoPoints scores what a template would be that was not rendered.
func TestATemplateLeftAsItIsHasNoPoints(t *testing.T) {
	c := newCompiler(parsed(t, bank), Options{Routing: Trained}.normal())
	learned := c.train(c.tasks)
	for marks, want := range map[string]string{"": "", learned.marking()[0]: "", strings.Repeat(learned.mark(1, false), 90): "open_account"} {
		got, err := liquid.NewEngine().ParseAndRenderString(learned.scoring("{{first}}", ""), map[string]any{"flow": map[string]any{"variables": map[string]any{varMarks + "_1": marks, varWords: "_"}}})
		if err != nil || got != want {
			t.Errorf("%.40q: %q, %v; want %q", marks, got, err, want)
		}
	}
}

func utf8Valid(s string) bool { return strings.ToValidUTF8(s, "") == s }

func TestSamplesAreCertain(t *testing.T) {
	// All but one of the letters speak for the other task.
	s := parsed(t, `{"uniqueName": "bot", "tasks": [
		{"uniqueName": "a", "actions": {"actions": [{"say": "a"}]}, "samples": [{"language": "en-US", "taggedText": "open the account"}]},
		{"uniqueName": "b", "actions": {"actions": [{"say": "b"}]}, "samples": [{"language": "en-US", "taggedText": "open an account"},
			{"language": "en-US", "taggedText": "open account"}, {"language": "en-US", "taggedText": "open my account"}, {"language": "en-US", "taggedText": "accounts"}]}]}`)
	f := flowOf(t, s, Options{Routing: Trained})
	for text, want := range map[string]string{"Open the account!": "a", "open my account": "b", "hello": ""} {
		if got := routed(t, f, text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

func TestTasksThatDifferInLetterCaseAreToldApart(t *testing.T) {
	s := speaking(parsed(t, `{"uniqueName": "bot", "tasks": [
		{"uniqueName": "Hours", "samples": [{"language": "en-US", "taggedText": "opening hours"}, {"language": "en-US", "taggedText": "when do you open"}]},
		{"uniqueName": "hours", "samples": [{"language": "en-US", "taggedText": "cancel it"}, {"language": "en-US", "taggedText": "please cancel"}]}]}`))
	f := flowOf(t, s, Options{Routing: Trained})
	for text, want := range map[string]string{"you open": "Hours", "cancel": "hours"} {
		if got := routed(t, f, text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

var (
	filterUsed = regexp.MustCompile(`\|\s*(\w+)`)
	tagUsed    = regexp.MustCompile(`\{%\s*(\w+)([^%]*)%\}`)
)

// TestATrainedRouterNeedsNoMoreThanTwilioWrites holds the Liquid of a trained router
// against what is in Twilio's own texts and in exported flows.
func TestATrainedRouterNeedsNoMoreThanTwilioWrites(t *testing.T) {
	n := 0
	for name, s := range everySchema(t) {
		f, found := Compile(s, Options{Routing: Trained, Channels: messaging.Channels, Confirm: "{first} or {second}?"})
		if f == nil {
			if slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Severity == Error && d.Code == CodeTooLarge }) {
				t.Errorf("%s: %v", name, found)
			}
			continue
		}
		for _, state := range read(t, f).states {
			if !strings.HasPrefix(state.Name, "m_route") || state.Type != "set-variables" || strings.HasSuffix(state.Name, "_in") {
				continue
			}
			for key, text := range state.variables() {
				n++
				bare := regexp.MustCompile(`'[^']*'|"[^"]*"`).ReplaceAllString(text, "''")
				for _, m := range filterUsed.FindAllStringSubmatch(bare, -1) {
					if !slices.Contains([]string{"plus", "minus", "replace", "remove", "size"}, m[1]) {
						t.Errorf("%s: %s: the filter %s", name, key, m[1])
					}
				}
				for _, m := range tagUsed.FindAllStringSubmatch(bare, -1) {
					if !slices.Contains([]string{"assign", "if", "else", "endif"}, m[1]) || m[1] == "if" && !regexp.MustCompile(`^ \S+ == \S+ $`).MatchString(m[2]) {
						t.Errorf("%s: %s: the tag %s%s", name, key, m[1], m[2])
					}
				}
				if strings.HasPrefix(key, varMarks) && len(text) > maxTemplate {
					t.Errorf("%s: %s has %d bytes", name, key, len(text))
				}
			}
		}
	}
	if n == 0 {
		t.Error("there is no trained router")
	}
}

func TestMarksAreNeverOneAnother(t *testing.T) {
	for _, n := range []int{1, 25, 26, 250, 251, 600} {
		tr := &trained{tasks: make([]*task, n)}
		seen := map[string]bool{}
		for label := -1; label < n; label++ {
			for _, against := range []bool{false, true} {
				if label < 0 && against {
					continue
				}
				m := tr.mark(label, against)
				if seen[m] || len(m) != len(tr.mark(-1, false)) {
					t.Fatalf("%d tasks: %q of task %d", n, m, label)
				}
				seen[m] = true
			}
		}
	}
}

func TestManyTasksAreTrained(t *testing.T) {
	s := speaking(crowd(t, 120, 4))
	o := Options{Channels: []bot.Channel{bot.Messaging}, Routing: Trained}
	f, judge := flowOf(t, s, o), Judge(s, o)
	right := 0
	for _, task := range s.Tasks[1:] {
		words := strings.Fields(task.Samples[0].TaggedText)
		text := strings.Join(words[2:], " ")
		want := judge(text, classify.Tuning{})
		if got := routed(t, f, text); got != want {
			t.Fatalf("%q goes to %q, and is judged to be of %q", text, got, want)
		}
		if want == task.UniqueName {
			right++
		}
	}
	if right < 60 {
		t.Errorf("%d of 119 parts of samples lead to their tasks", right)
	}
}

func TestATrainedRouterSaysWhatItGoesBy(t *testing.T) {
	s := parsed(t, schemaOf(`{"say": "x"}`))
	f, found := Compile(s, Options{Routing: Trained})
	i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == CodeStrongestWords && d.Pointer == "/tasks/0/samples" })
	if i < 0 || !strings.HasPrefix(found[i].Message, `The task "a" is recognised most by alpha (`) {
		t.Errorf("%v", found)
	}
	var labels []string
	for _, way := range read(t, f).states["m_route_task"].Transitions {
		for _, c := range way.Conditions {
			labels = append(labels, c.Label)
		}
	}
	if got, want := fmt.Sprint(labels), "[a: learnt, most by alpha b: learnt, most by beta]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
