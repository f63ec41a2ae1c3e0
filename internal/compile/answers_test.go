package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// labelled is what a person wrote to a question of a type, and what a reader of it says.
type labelled struct {
	text  string
	taken bool
	value string // what should be stored
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(file)
}

// labels reads the table of a type: `text = value` for an answer that is stored as the
// value, the text alone where it is stored as it is, and `text -` for what is no answer.
func labels(tb testing.TB, path string) []labelled {
	tb.Helper()
	var out []labelled
	for line := range strings.Lines(read(tb, path)) {
		line = strings.TrimSuffix(line, "\n")
		if text, refused := strings.CutSuffix(line, " -"); refused {
			out = append(out, labelled{text: text})
		} else if text, value, renamed := strings.Cut(line, " = "); renamed {
			out = append(out, labelled{text, true, value})
		} else {
			out = append(out, labelled{line, true, line})
		}
	}
	return out
}

// asked is the flow of a bot that asks one question of a type; its samples are of the
// language.
func asked(tb testing.TB, typeName, language string) *studio.Flow {
	tb.Helper()
	file := strings.ReplaceAll(asking(`{"collect": {"name": "c", "questions": [{"question": "Which?", "name": "q", "type": "`+typeName+`"}], "on_complete": {"redirect": "task://done"}}}`, ""), "en-US", language)
	s, err := schema.Parse([]byte(file))
	if err != nil {
		tb.Fatal(err)
	}
	compiled, found := compile.Compile(s, compile.Options{Channels: []bot.Channel{bot.Messaging}})
	if compiled == nil {
		tb.Fatal(found)
	}
	f, err := studio.Parse(compiled.Source())
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// answer gives a text to the question, and returns whether it was taken and what is stored.
func answer(tb testing.TB, f *studio.Flow, text string) (taken bool, value, raw string) {
	tb.Helper()
	c := &talk{Conversation: f.Start(studio.Options{})}
	for _, message := range []string{"hello", text} {
		turn := c.Send(tb.Context(), run.Message(message))
		for _, p := range turn.Problems {
			tb.Errorf("%q: %s", text, p.Message)
		}
		taken = turn.Ended
	}
	return taken, fmt.Sprint(c.variable("collect_c_q")), fmt.Sprint(c.variable("ap_raw"))
}

func TestAnswersOfATypeAreTaken(t *testing.T) {
	paths, err := filepath.Glob("testdata/answers/*.txt")
	if err != nil || len(paths) < 19 {
		t.Fatalf("%d tables: %v", len(paths), err)
	}
	others := strings.FieldsFunc(read(t, "testdata/foreign.txt"), func(r rune) bool { return r == '\n' })
	var rows strings.Builder
	for _, path := range paths {
		name, language, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".txt"), ".")
		if language == "" {
			language = "en-US"
		}
		f := asked(t, "Twilio."+name, language)
		list := labels(t, path)
		var right, wrong, missed, same int
		var bad []string
		for _, l := range list {
			taken, value, raw := answer(t, f, l.text)
			if raw != strings.TrimSpace(l.text) {
				t.Errorf("%s: the raw answer to %q is %q", name, l.text, raw)
			}
			switch {
			case taken && l.taken:
				right++
				if value == l.value {
					same++
				} else {
					bad = append(bad, fmt.Sprintf("%q is stored as %q, not %q", l.text, value, l.value))
				}
			case taken:
				wrong++
				bad = append(bad, fmt.Sprintf("%q is taken as %q", l.text, value))
			case l.taken:
				missed++
				bad = append(bad, fmt.Sprintf("%q is refused", l.text))
			}
		}
		foreign := 0
		for _, text := range others {
			if taken, value, _ := answer(t, f, text); taken {
				foreign++
				bad = append(bad, fmt.Sprintf("%q of others is taken as %q", text, value))
			}
		}
		fmt.Fprintf(&rows, "%-22s %2d inputs  foreign %2d  precision %3d %%  recall %3d %%  stored as labelled %3d %%\n", strings.TrimSuffix(filepath.Base(path), ".txt"), len(list), foreign, percent(right, right+wrong), percent(right, right+missed), percent(same, right))
		for _, b := range bad {
			fmt.Fprintf(&rows, "    %s\n", b)
		}
	}
	t.Log("\n" + rows.String())
}

func percent(n, of int) int {
	if of == 0 {
		return 100
	}
	return (200*n + of) / (2 * of)
}
