package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxValue bounds the value of a condition, in bytes; what is longer is split into
// several transitions. Twilio documents no bound. The longest value in the exported
// flows at hand has 34 characters, and a thousand can still be read in the field of the
// Console that shows it.
const maxValue = 1000

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// router is the split that routes an input to one of some tasks.
// Transitions are tried in order: the samples themselves, the samples with fields, the
// words. An input that matches none goes to the fallback.
func (s *side) router(tasks []*task) target {
	key := fmt.Sprint(orders(tasks))
	if w := s.routers[key]; w != nil {
		return to(w)
	}
	name := s.prefix + "_route"
	if len(s.routers) > 0 {
		name = fmt.Sprintf("%s_route_%d", s.prefix, len(s.routers)+1)
	}
	w := s.add(name, kindSplit, s.shared, map[string]any{"input": inputOfFlow})
	s.routers[key] = w
	for _, m := range s.c.matches(tasks) {
		w.match(m.label, m.test, m.value, s.toTask(m.task))
	}
	otherwise := s.fallback()
	if s.c.options.Routing == Trained {
		otherwise = s.learned(name, tasks, otherwise)
	}
	w.on("noMatch", otherwise)
	return to(w)
}

func orders(tasks []*task) []int {
	out := make([]int, len(tasks))
	for i, t := range tasks {
		out[i] = t.order
	}
	return out
}

// match is a transition of a router.
type match struct {
	task               *task
	label, test, value string
}

// matches are the transitions of a router, the same for every channel.
func (c *compiler) matches(tasks []*task) []match {
	key := fmt.Sprint(orders(tasks))
	if found, ok := c.routes[key]; ok {
		return found
	}
	out := append(c.exact(tasks), c.patterns(tasks)...)
	if c.options.Routing == Keywords {
		out = append(out, keywordMatches(tasks)...)
	}
	c.routes[key] = out
	return out
}

// dotted writes a capital letter as the lower case of it that Ruby makes, whose Liquid is, two
// characters, where Go makes one.
var dotted = strings.NewReplacer("İ", "i\u0307")

// exact are the transitions for samples without fields. A sample of two tasks leads to
// the first of them.
func (c *compiler) exact(tasks []*task) []match {
	winner := map[string]*task{}
	var out []match
	for _, t := range tasks {
		var options []string
		for _, s := range t.samples {
			text := normalise(s.text)
			if text == "" {
				c.report.warn(CodePunctuationSample, s.at, "The sample is left out. Add a word to it.",
					"Punctuation is not compared, and the sample %q of the task %q has nothing else.", s.text, t.name)
				continue
			}
			if placeholder.MatchString(text) {
				continue
			}
			switch first := winner[text]; {
			case first == nil:
				winner[text] = t
				options = append(options, text)
				if other := normalise(dotted.Replace(s.text)); other != text && winner[other] == nil {
					winner[other] = t
					options = append(options, other)
				}
			case first != t && !c.apart(first.name, t.name):
				c.report.warn(CodeAmbiguousSample, s.at, fmt.Sprintf("It leads to %q, the first by name. Remove it from one of the two.", first.name),
					"The sample %q of the task %q is also one of the task %q.", s.text, t.name, first.name)
			}
		}
		for _, group := range grouped(options, 2) {
			out = append(out, match{t, t.name + ": a sample", "matches_any_of", strings.Join(group, ", ")})
		}
	}
	return out
}

// patterns are the transitions for samples with fields.
func (c *compiler) patterns(tasks []*task) []match {
	var out []match
	for _, t := range tasks {
		var parts []string
		var unread []sample
		for _, s := range t.samples {
			if !placeholder.MatchString(s.text) {
				continue
			}
			p, ok := c.samplePattern(t, s)
			if !ok {
				c.report.warn(CodeCatchAllSample, s.at, "The sample is left out. Add words to it, or give its field a type with a list of values.",
					"Any text matches the sample %q of the task %q.", s.text, t.name)
				continue
			}
			unread = append(unread, s)
			if !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
		if len(unread) > 0 {
			c.report.info(CodeFieldNotExtracted, unread[0].at, "The value of the field is not stored. Ask for it with collect.",
				"Studio does not extract fields from input, as in the sample %q of the task %q (%s).",
				unread[0].text, t.name, counted(len(unread), "sample", "samples"))
		}
		for _, group := range grouped(parts, 1) {
			out = append(out, match{t, t.name + ": a sample with a field", "regex", "(?:" + strings.Join(group, "|") + ")"})
		}
	}
	return out
}

// samplePattern is the pattern of a sample with fields; not ok if it matches any text.
func (c *compiler) samplePattern(t *task, s sample) (p string, ok bool) {
	// A character of the private use area stands for each field while the rest is
	// normalised and quoted.
	stand := '\ue000'
	var fields []string
	text := placeholder.ReplaceAllStringFunc(s.text, func(mark string) string {
		field, narrow := c.kindOf(t.fields[strings.Trim(mark, "{}")]).inSample()
		ok = ok || narrow
		fields = append(fields, string(stand), field)
		stand++
		return fields[len(fields)-2]
	})
	quoted := regexp.QuoteMeta(normalise(text))
	ok = ok || strings.ContainsFunc(quoted, func(r rune) bool { return r < '\ue000' && r != ' ' })
	return strings.NewReplacer(fields...).Replace(quoted), ok
}

// keywordMatches are the transitions for words, the strongest first.
func keywordMatches(tasks []*task) []match {
	rules := decisionList(tasks)
	var out []match
	for len(rules) > 0 {
		n := 1
		for n < len(rules) && rules[n].task == rules[0].task && rules[n].grade == rules[0].grade &&
			len(pattern(rules[:n+1])) <= maxValue {
			n++
		}
		label := fmt.Sprintf("%s: words, grade %d", rules[0].task.name, rules[0].grade)
		out = append(out, match{rules[0].task, label, "regex", pattern(rules[:n])})
		rules = rules[n:]
	}
	return out
}

// grouped splits texts into groups, each short enough for a condition with so many bytes
// between two texts. A text that is too long by itself is a group of its own.
func grouped(texts []string, separator int) [][]string {
	var out [][]string
	size := 0
	for _, t := range texts {
		if len(out) == 0 || size+separator+len(t) > maxValue-len("(?:)") {
			out = append(out, nil)
			size = 0
		}
		last := len(out) - 1
		out[last] = append(out[last], t)
		size += separator + len(t)
	}
	return out
}

// shorten cuts a text for a message or a label.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
