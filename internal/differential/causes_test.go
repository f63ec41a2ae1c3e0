package differential

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// cause is a documented limit of what a flow can do, or of what is known of Autopilot.
// Where package compile has a diagnostic for it, it has the name of the diagnostic, and
// applies only to schemas that have the diagnostic.
type cause struct {
	name string

	// because describes the limit in a sentence.
	because string

	// holds reports whether the limit explains how the two differ in the last turn:
	// the kind of difference, not only that there is one.
	holds func(p *pair, x exchange) bool
}

var causes = []cause{
	{
		name:    string(compile.CodeFieldTypePattern),
		because: "A flow checks a built-in type by patterns, which also take answers that Autopilot refused, with words around them; and of names they refuse what the sandbox's Autopilot takes, for which any few words are a name.",
		holds: func(p *pair, x exchange) bool {
			q := x.before.question()
			if q == nil || !strings.HasPrefix(q.Type, "Twilio.") || !p.found(compile.CodeFieldTypePattern) {
				return false
			}
			return !x.took(q) && p.shaped(x) || x.took(q) && !p.shaped(x) && slices.Contains(anyWords, strings.TrimPrefix(q.Type, "Twilio."))
		},
	},
	{
		name:    string(compile.CodeFieldNotExtracted),
		because: "A flow checks a field in a sample by a pattern, which also matches sentences whose field has no such value.",
		holds: func(p *pair, x exchange) bool {
			return x.before.question() == nil && p.found(compile.CodeFieldNotExtracted) && len(x.after.Fields) == 0 && !p.isSample(x.event.Text) && p.fitsSample(x.event.Text)
		},
	},
	{
		name:    string(compile.CodeCatchAllSample),
		because: "A sample that is one field of any text is left out of a flow, which would otherwise match everything.",
		holds: func(p *pair, x exchange) bool {
			return len(x.after.Fields) > 0 && p.catchesAll(x.after.Task) && !p.isSample(x.event.Text) && !p.fitsSample(x.event.Text)
		},
	},
	{
		name:    string(compile.CodeListenNoPrompt),
		because: "Studio cannot wait for a message without sending one, so a listen with nothing said before it ends the execution.",
		holds: func(p *pair, x exchange) bool {
			a, s := x.a, x.s
			a.Ended, s.Ended = false, false
			return p.channel == run.Messaging && p.found(compile.CodeListenNoPrompt) && x.after.Listen != nil && x.s.Ended && a.equal(s)
		},
	},
	{
		name:    string(schema.VoiceNoInitiation),
		because: "What Autopilot did with a call and no assistant_initiation is not documented: the sandbox hangs up, the flow listens.",
		holds: func(p *pair, x exchange) bool {
			return x.event.Kind == run.KindCall && p.found(compile.Code(schema.VoiceNoInitiation)) && x.a.Ended && x.s.Text == ""
		},
	},
	{
		name:    string(compile.CodeSSMLStripped),
		because: "A message is sent without the SSML tags of its text.",
		holds: func(p *pair, x exchange) bool {
			a := x.a
			a.Text = strings.Join(strings.Fields(tag.ReplaceAllString(a.Text, " ")), " ")
			return p.channel == run.Messaging && p.found(compile.CodeSSMLStripped) && a.Text != x.a.Text && a.equal(x.s)
		},
	},
	{
		name:    "redirect_limit",
		because: "Autopilot ends after 5 redirects in one request; a flow has no redirects, since its tasks are connected.",
		holds: func(_ *pair, x exchange) bool {
			return slices.Contains(x.a.Problems, 90102) && x.a.Ended && strings.HasPrefix(x.s.Text, x.a.Text)
		},
	},
	{
		name:    "silence",
		because: "What Autopilot did when a caller said nothing to a listen is not documented: the sandbox says the prompt again, the flow handles it as an input that matches nothing.",
		holds: func(_ *pair, x exchange) bool {
			return x.event.Kind == run.KindSilence && x.before.Listen != nil && (x.a.Ended || x.a.Text == x.before.promptText())
		},
	},
	{
		name:    "failed_url",
		because: "What Autopilot did when a URL failed is not documented: the sandbox ends the dialogue, the flow goes to the fallback.",
		holds: func(_ *pair, x exchange) bool {
			return slices.Contains(x.a.Problems, 11200) && slices.Contains(x.s.Problems, 11200) && x.a.Ended && strings.HasPrefix(x.s.Text, x.a.Text)
		},
	},
}

// anyWords are the built-in types of which the sandbox's Autopilot takes any few words.
var anyWords = []string{"ALPHANUMERIC", "LANGUAGE", "COUNTRY", "COUNTRY_ISO_ALPHA2", "COUNTRY_ISO_ALPHA3", "CURRENCY", "CITY", "FIRST_NAME", "LAST_NAME"}

var tag = regexp.MustCompile(`<[^<>]*>`)

// cause is the first that explains the last turn; empty for none.
func (p *pair) cause(x exchange) string {
	for _, c := range causes {
		if c.holds(p, x) {
			return c.name
		}
	}
	return ""
}

// took reports whether Autopilot accepted the answer to a question.
func (x exchange) took(q *question) bool {
	before := x.before.Memory.Twilio.Collected[q.collect].Answers[q.Name].Answer
	after := x.after.Memory.Twilio.Collected[q.collect].Answers[q.Name].Answer
	if next := x.after.question(); next != nil && next.collect == q.collect && next.Name == q.Name && x.after.Collect.Attempts == x.before.Collect.Attempts+1 {
		return false // it is asked again
	}
	return after != before || plain(after) == plain(x.event.Text)
}

// catchesAll reports whether a task has a sample that was left out because it matches any text.
func (p *pair) catchesAll(task string) bool {
	return slices.ContainsFunc(p.findings, func(d compile.Diagnostic) bool {
		i := slices.IndexFunc(p.schema.Tasks, func(t schema.Task) bool { return t.UniqueName == task })
		return d.Code == compile.CodeCatchAllSample && strings.HasPrefix(string(d.Pointer), fmt.Sprintf("/tasks/%d/", i))
	})
}

// shaped reports whether the flow checks an answer by patterns, the first of which that
// matches takes it.
func (p *pair) shaped(x exchange) bool {
	for _, t := range p.states[x.asked+"_check"].Transitions {
		for _, c := range t.Conditions {
			if c.Type == "regex" && regexp.MustCompile(`(?i)^(?:`+c.Value+`)$`).MatchString(strings.TrimSpace(x.event.Text)) {
				return t.Next != x.asked+"_tries"
			}
		}
	}
	return false
}

func (p *pair) found(code compile.Code) bool {
	return slices.ContainsFunc(p.findings, func(d compile.Diagnostic) bool { return d.Code == code })
}

// plain is a text without letter case and punctuation, as samples are compared.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(".?!,;:\"", r) {
			return -1
		}
		return r
	}, strings.ToLower(strings.ReplaceAll(text, "’", "'")))
	return strings.Join(strings.Fields(text), " ")
}

// isSample reports whether a text is a sample without fields.
func (p *pair) isSample(text string) bool {
	for _, t := range p.schema.Tasks {
		for _, s := range t.Samples {
			if !mark.MatchString(s.TaggedText) && plain(s.TaggedText) == plain(text) {
				return true
			}
		}
	}
	return false
}

// fitsSample reports whether a text is a sample with fields apart from the values of the
// fields; some words must be those of the sample.
func (p *pair) fitsSample(text string) bool {
	for _, t := range p.schema.Tasks {
		for _, s := range t.Samples {
			words := mark.Split(plain(s.TaggedText), -1)
			if len(words) < 2 || strings.TrimSpace(strings.Join(words, "")) == "" {
				continue
			}
			for i, w := range words {
				words[i] = regexp.QuoteMeta(w)
			}
			if regexp.MustCompile("^" + strings.Join(words, ".+") + "$").MatchString(plain(text)) {
				return true
			}
		}
	}
	return false
}
