package compile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
	return answerTo(tb, f.Start(studio.Options{}), text)
}

func answerTo(tb testing.TB, conversation *studio.Conversation, text string) (taken bool, value, raw string) {
	tb.Helper()
	c := &talk{Conversation: conversation}
	for _, message := range []string{"hello", text} {
		turn := c.Send(tb.Context(), run.Message(message))
		for _, p := range turn.Problems {
			tb.Errorf("%q: %s", text, p.Message)
		}
		taken = turn.Ended
	}
	return taken, fmt.Sprint(c.variable("collect_c_q")), fmt.Sprint(c.variable("ap_raw"))
}

// notAsLabelled are the answers that the rules read differently from a person, by table.
var notAsLabelled = map[string][]string{
	"COUNTRY":            {"U.S.A."},
	"COUNTRY_ISO_ALPHA2": {"hm"}, // Heard and McDonald Islands
	"DATE":               {"5/4/26"},
	"LAST_NAME":          {"King Jr."},
	"US_STATE":           {"D.C."},
	"later/CITY":         {"it's complicated", "in the countryside", "from Nairobi originally"},
	"later/DATE":         {"it was last tuesday"},
	"later/FIRST_NAME":   {"Sam 😊", "Ms. Patel", "anonymous", "this is Olga speaking"},
	"later/NUMBER":       {"5k", "zero, none", "nobody else, just 1", "idk maybe like 6"},
	"later/PHONE_NUMBER": {"4155550132 (cell)"},
	"later/TIME":         {"630", "ten to five"},
}

// The tables are of 60 answers to each type; those with a language are shorter, and those
// in `later` were written when the rules were made, so that they show what the rules do
// with what nobody made them for.
func TestAnswersOfATypeAreTaken(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"testdata/answers/*.txt", "testdata/answers/later/*.txt", "testdata/answers/odd/*.txt"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	others := strings.FieldsFunc(read(t, "testdata/foreign.txt"), func(r rune) bool { return r == '\n' })
	var rows strings.Builder
	full := 0
	for _, path := range paths {
		table := strings.TrimSuffix(strings.TrimPrefix(path, "testdata/answers/"), ".txt")
		name, language, other := strings.Cut(filepath.Base(table), ".")
		if !other {
			language = "en-US"
		}
		f := asked(t, "Twilio."+name, language)
		list := labels(t, path)
		if len(list) == 60 {
			full++
		}
		var right, wrong, missed, same, foreign int
		for _, l := range list {
			taken, value, raw := answer(t, f, l.text)
			if raw != strings.TrimSpace(l.text) {
				t.Errorf("%s: the answer %q as written is %q", table, l.text, raw)
			}
			problem := ""
			switch {
			case taken && l.taken:
				right++
				if value == l.value {
					same++
				} else {
					problem = fmt.Sprintf("is stored as %q, not %q", value, l.value)
				}
			case taken:
				wrong++
				problem = fmt.Sprintf("is taken as %q", value)
			case l.taken:
				missed++
				problem = "is refused"
			}
			switch known := slices.Contains(notAsLabelled[table], l.text); {
			case problem != "" && !known:
				t.Errorf("%s: %q %s", table, l.text, problem)
			case problem == "" && known:
				t.Errorf("%s: %q is as labelled by now", table, l.text)
			}
		}
		for _, text := range others {
			if taken, value, _ := answer(t, f, text); taken && !other {
				foreign++
				t.Errorf("%s: %q, no answer to any question, is taken as %q", table, text, value)
			}
			if other {
				break
			}
		}
		fmt.Fprintf(&rows, "%-22s %2d inputs  precision %3d %%  recall %3d %%  stored as labelled %3d %%  foreign taken %2d\n",
			table, len(list), percent(right, right+wrong), percent(right, right+missed), percent(same, right), foreign)
	}
	if full < 19 {
		t.Errorf("%d tables of 60 answers", full)
	}
	t.Log("\n" + rows.String())
}

func percent(n, of int) int {
	if of == 0 {
		return 100
	}
	return (200*n + of) / (2 * of)
}

// Whether a variable that looks like a number is one is not documented.
func TestAnswersAreTheSameWhereStudioMakesNumbersOfTexts(t *testing.T) {
	for _, c := range []struct{ typeName, text, want string }{
		{"NUMBER", "7", "7"}, {"NUMBER", "seven", "7"}, {"NUMBER_SEQUENCE", "42", "42"}, {"TIME", "8", "08:00"}, {"TIME", "1730", "17:30"}, {"ALPHANUMERIC", "4711", "4711"}, {"DAY_OF_WEEK", "fri", "Friday"},
	} {
		f := asked(t, "Twilio."+c.typeName, "en-US")
		if taken, value, _ := answerTo(t, f.Start(studio.Options{Numbers: true}), c.text); !taken || value != c.want {
			t.Errorf("%s: %q is stored as %q %v, want %q", c.typeName, c.text, value, taken, c.want)
		}
	}
	file := asking(`{"collect": {"name": "c", "questions": [{"question": "Which size?", "name": "q", "type": "Size", "validate": {"on_failure": {"messages": [{"say": "One."}, {"say": "Two."}, {"say": "Three."}]}}}],
		"on_complete": {"redirect": "task://done"}}}`, `"fieldTypes": [{"uniqueName": "Size", "values": [{"language": "en-US", "value": "small"}, {"language": "en-US", "value": "1", "synonymOf": "small"}]}],`)
	s, err := schema.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	compiled, found := compile.Compile(s, compile.Options{})
	if compiled == nil {
		t.Fatal(found)
	}
	f, err := studio.Parse(compiled.Source())
	if err != nil {
		t.Fatal(err)
	}
	for _, numbers := range []bool{false, true} {
		c := &talk{t: t, Conversation: f.Start(studio.Options{Numbers: numbers})}
		for _, text := range []string{"hello", "9", "9", "9"} {
			c.reply(text)
		}
		if got := heard(c, 0); got != "Which size? One. Two. Three." {
			t.Errorf("numbers %v: it says %q", numbers, got)
		}
		if c.reply("1"); c.variable("collect_c_q") != "small" {
			t.Errorf("numbers %v: 1 is stored as %v", numbers, c.variable("collect_c_q"))
		}
	}
}

// A condition is short enough to be read in the Console, in any language.
func TestRulesOfAnswersAreShort(t *testing.T) {
	for _, typeName := range []string{"NUMBER", "DATE", "TIME", "FIRST_NAME", "LAST_NAME", "CITY", "EMAIL"} {
		for _, language := range []string{"en-US", "es", "pt", "fr", "de", "th"} {
			file := strings.ReplaceAll(asking(`{"collect": {"name": "c", "questions": [{"question": "Which?", "name": "q", "type": "Twilio.`+typeName+`"}], "on_complete": {"redirect": "task://done"}}}`, ""), "en-US", language)
			s, err := schema.Parse([]byte(file))
			if err != nil {
				t.Fatal(err)
			}
			made, found := compile.Compile(s, compile.Options{Channels: []bot.Channel{bot.Messaging}})
			if made == nil {
				t.Fatal(found)
			}
			var root struct {
				States []struct {
					Transitions []struct {
						Conditions []struct{ Value string } `json:"conditions"`
					} `json:"transitions"`
				} `json:"states"`
			}
			if err := json.Unmarshal(made.Source(), &root); err != nil {
				t.Fatal(err)
			}
			for _, state := range root.States {
				for _, way := range state.Transitions {
					for _, c := range way.Conditions {
						if len(c.Value) > 1000 {
							t.Errorf("%s in %s: a condition of %d bytes: %.60s…", typeName, language, len(c.Value), c.Value)
						}
					}
				}
			}
		}
	}
}

// What was written is kept where something else is stored.
func TestAnswersAreKeptAsTheyWereWritten(t *testing.T) {
	f := asked(t, "Twilio.NUMBER", "en-US")
	c := &talk{t: t, Conversation: f.Start(studio.Options{})}
	c.reply("hello")
	c.reply(" Two of us, please ")
	if said, stored := c.variable("ap_said_c_q"), c.variable("collect_c_q"); said != "Two of us, please" || stored != "2" {
		t.Errorf("it keeps %v and stores %v", said, stored)
	}
}

// What is counted is counted through.
func TestFiguresAreMadeOfWords(t *testing.T) {
	check := func(f *studio.Flow, text, want string) {
		t.Helper()
		if taken, value, _ := answer(t, f, text); !taken || value != want {
			t.Errorf("%q is stored as %q %v, want %q", text, value, taken, want)
		}
	}
	numbers := asked(t, "Twilio.NUMBER", "en-US")
	for n := 0; n < 1000; n += 1 + n/110*6 {
		check(numbers, inWords(n), fmt.Sprint(n))
		if n > 0 && n%14 == 1 {
			check(numbers, inWords(n)+" thousand", fmt.Sprint(n*1000))
		}
	}
	times := asked(t, "Twilio.TIME", "en-US")
	for minute := 0; minute < 24*60; minute += 29 {
		at := time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)
		for _, form := range []string{"15:04", "3:04 PM", "3:04pm", "1504", "03:04 p.m."} {
			if strings.HasSuffix(form, ".") && at.Hour() < 12 {
				form = "03:04 a.m."
			}
			check(times, at.Format(form), at.Format("15:04"))
		}
	}
	dates := asked(t, "Twilio.DATE", "en-US")
	british := asked(t, "Twilio.DATE", "en-GB")
	day := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 366 {
		form := []string{"January 2, 2006", "2 Jan 2006", "1/2/2006", "Mon, 02 January 2006", "2006-01-02", "01-02-2006"}[i%6]
		check(dates, day.Format(form), day.Format(time.DateOnly))
		check(british, day.Format("2/1/2006"), day.Format(time.DateOnly))
		day = day.AddDate(0, 0, 1)
	}
}

// inWords is a number below a thousand.
func inWords(n int) string {
	small := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10-2]
	case n < 100:
		return tens[n/10-2] + []string{" ", "-"}[n%2] + small[n%10]
	case n%100 == 0:
		return small[n/100] + " hundred"
	}
	return small[n/100] + []string{" hundred ", " hundred and "}[n%2] + inWords(n%100)
}
