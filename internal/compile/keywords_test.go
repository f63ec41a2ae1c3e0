package compile

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// decided is the task the rules send an input to; empty for none.
func decided(tb testing.TB, matches []match, input string) string {
	tb.Helper()
	for _, m := range matches {
		if regexp.MustCompile(`(?i)^(?:` + m.value + `)$`).MatchString(input) {
			return m.task.name
		}
	}
	return ""
}

// tasksOf are tasks with samples in English, by name.
func tasksOf(samples map[string][]string) []*task {
	var out []*task
	for i, name := range sortedKeys(samples) {
		t := &task{name: name, order: i + 1}
		for _, text := range samples[name] {
			t.samples = append(t.samples, sample{text: text, language: "en-US"})
		}
		out = append(out, t)
	}
	return out
}

func TestWordsLeadToTheTaskTheySpeakFor(t *testing.T) {
	matches := keywordMatches(tasksOf(map[string][]string{
		"cancel": {"cancel my order", "I want to cancel", "stop the subscription"},
		"hours":  {"when do you open", "opening hours", "are you open on sunday"},
		"order":  {"order a pizza", "I would like to order", "can I order food"},
	}))
	for input, want := range map[string]string{
		"please cancel it":                "cancel",
		"canceled, cancels":               "cancel",
		"opened yet":                      "hours",
		"pizzas!":                         "order",
		"order something":                 "order",
		"i would like to cancel my order": "cancel",
		"reopen":                          "", // part of a word does not count
		"what is this":                    "", // stop words mean nothing
		"":                                "",
	} {
		if got := decided(t, matches, input); got != want {
			t.Errorf("%q leads to %q, want %q", input, got, want)
		}
	}
}

func TestStopWordsMeanNothing(t *testing.T) {
	for name, samples := range map[string][]string{
		"in pairs of one sample":  {"how are you"},
		"in pairs of two samples": {"how are you", "how are we"},
		"by way of their stems":   {"needs", "having", "wills", "ours"},
	} {
		matches := keywordMatches(tasksOf(map[string][]string{"a": samples, "b": {"good evening"}}))
		for _, input := range []string{"how are things", "i need a minute", "what have you", "our will"} {
			if got := decided(t, matches, input); got != "" {
				t.Errorf("%s: %q leads to %q", name, input, got)
			}
		}
	}
}

func TestStopWordThatIsAllOfASampleMeansSomething(t *testing.T) {
	matches := keywordMatches(tasksOf(map[string][]string{"yes": {"yes", "yep"}, "no": {"no", "nope"}}))
	for input, want := range map[string]string{"yes please": "yes", "oh no, thank you": "no", "all of them": ""} {
		if got := decided(t, matches, input); got != want {
			t.Errorf("%q leads to %q, want %q", input, got, want)
		}
	}
}

func TestShortStemsTakeNoOtherWords(t *testing.T) {
	matches := keywordMatches(tasksOf(map[string][]string{
		"drive": {"do you rent cars", "a van"}, "money": {"what are the fees", "can i pay"}, "greeting": {"good evening"},
	}))
	for input, want := range map[string]string{
		"one car":           "drive",
		"the car's keys":    "drive",
		"two vans":          "drive",
		"which fee":         "money",
		"payed":             "",
		"take care":         "",
		"i cared":           "",
		"vanity":            "",
		"i feed":            "",
		"renting something": "drive",
	} {
		if got := decided(t, matches, input); got != want {
			t.Errorf("%q leads to %q, want %q", input, got, want)
		}
	}
}

func TestOnlyEnglishIsInflected(t *testing.T) {
	tasks := tasksOf(map[string][]string{"a": {"kaufen"}, "b": {"sonst"}})
	tasks[0].samples[0].language, tasks[1].samples[0].language = "de-DE", "de-DE"
	matches := keywordMatches(tasks)
	for input, want := range map[string]string{"ich will kaufen": "a", "kaufens": "", "kauf": ""} {
		if got := decided(t, matches, input); got != want {
			t.Errorf("%q leads to %q, want %q", input, got, want)
		}
	}
}

func TestPairsThatDecideNothingAreLeftOut(t *testing.T) {
	a, b := &task{name: "a", order: 1}, &task{name: "b", order: 2}
	rules := []rule{
		{task: a, text: "open", grade: 3},
		{task: b, text: "hour", grade: 4},
		{task: a, text: "kaufen", exact: true, grade: 1},
		{task: a, text: "opening today", pair: true, exact: true, grade: 3}, // opening is open, which is as strong
		{task: a, text: "we open", pair: true, exact: true, grade: 4},       // stronger than open
		{task: b, text: "open late", pair: true, exact: true, grade: 2},     // open is a's
		{task: a, text: "zu kaufen", pair: true, exact: true, grade: 1},
	}
	var left []string
	for _, r := range needed(rules) {
		left = append(left, r.text)
	}
	if got, want := fmt.Sprint(left), "[open hour kaufen we open open late]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestPairsLeftOutChangeNoDecision compares the rules with and without them on inputs
// made of the words of the samples.
func TestPairsLeftOutChangeNoDecision(t *testing.T) {
	for name, s := range everySchema(t) {
		t.Run(name, func(t *testing.T) {
			c := newCompiler(s, Options{}.normal())
			if HasErrors(c.report.list()) {
				skipFaulty(t, name, c.report.list())
			}
			all := matchesOf(ordered(rulesOf(c.tasks)))
			few := matchesOf(decisionList(c.tasks))
			if len(few) > len(all) {
				t.Errorf("%d rules become %d", len(all), len(few))
			}
			var said []string
			for _, task := range c.tasks {
				for _, s := range task.samples {
					said = append(said, strings.Fields(normalise(s.text))...)
				}
			}
			patterns := map[string]*regexp.Regexp{}
			where := func(matches []match, input string) string {
				for _, m := range matches {
					r := patterns[m.value]
					if r == nil {
						r = regexp.MustCompile(`(?i)^(?:` + m.value + `)$`)
						patterns[m.value] = r
					}
					if r.MatchString(input) {
						return m.task.name
					}
				}
				return ""
			}
			for i := 0; i+4 < len(said); i += 3 {
				input := strings.Join([]string{said[i], said[i+1], said[(i*7)%len(said)], said[(i*13)%len(said)]}, " ")
				if a, b := where(all, input), where(few, input); a != b {
					t.Errorf("%q leads to %q with all rules, to %q with those needed", input, a, b)
				}
			}
		})
	}
}

// matchesOf are the rules one by one.
func matchesOf(rules []rule) []match {
	var out []match
	for _, r := range rules {
		out = append(out, match{task: r.task, value: pattern([]rule{r})})
	}
	return out
}
