package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
)

// A trained router is a model of internal/classify in Liquid. What Twilio's own texts and
// exported flows use is all it needs: the filters plus, minus, replace, remove and size, the
// tags assign, if and else, and == between texts. Three states follow one another, since
// Twilio does not document whether a variable sees another of the same state:
//
//   - words spells the input as classify.Spell does;
//   - letters writes, for each group of letters in it, a mark for each point of each task;
//   - score counts the marks, and names the task that is far enough ahead.
//
// An input whose marks are beyond what a template of Studio renders has none, and goes to the
// fallback.

// Variables of a trained router.
const (
	varWords  = "ap_words"  // the input, spelled
	varMarks  = "ap_marks"  // the points of the tasks, from 1
	varFirst  = "ap_first"  // the two that are close to each other, where the next state is to
	varSecond = "ap_second" // ask which was meant
	varFound  = "ap_found"  // the task that is far enough ahead
)

// maxRendered is how long a text may be that a template renders, in bytes
// (https://www.twilio.com/docs/studio/user-guide/liquid-template-language).
const maxRendered = 16 << 10

// longest is how many characters a message has at most, in parts that are sent as one
// (https://www.twilio.com/docs/api/errors/21617).
const longest = 1600

// maxTemplate bounds a template, in bytes; a longer list of letters is split. Twilio
// documents a bound of what a template renders, 16 KB, and none of the template.
const maxTemplate = 16_000

// trained is a model of some tasks.
type trained struct {
	tasks []*task // those that have samples, in the order of the labels
	steps []classify.Step
	fit   *classify.Fitted
	model *classify.Model
}

// train learns to tell tasks apart by their samples.
func (c *compiler) train(tasks []*task) *trained {
	key := fmt.Sprint(orders(tasks))
	if t, ok := c.trained[key]; ok {
		return t
	}
	t := &trained{}
	var spelled []string
	for _, each := range tasks {
		if len(each.samples) > 0 {
			t.tasks = append(t.tasks, each)
		}
		for _, s := range each.samples {
			spelled = append(spelled, normalise(s.text))
		}
	}
	t.steps = classify.Steps(spelled)
	var texts []classify.Text
	for label, each := range t.tasks {
		for _, s := range each.samples {
			text := classify.Text{Label: label}
			for _, part := range placeholder.Split(s.text, -1) {
				text.Parts = append(text.Parts, classify.Spell(normalise(part), t.steps))
			}
			texts = append(texts, text)
		}
	}
	for _, each := range c.tongues.around() {
		texts = append(texts, classify.Text{Label: -1, Parts: []string{classify.Spell(normalise(each), t.steps)}})
	}
	t.fit = classify.Fit(texts, len(t.tasks))
	t.model = t.fit.Model(c.options.Tuning)
	c.trained[key] = t
	if n := t.model.Order; n > classify.MaxOrder {
		c.report.add(Error, CodeTooManySamples, atTasks,
			fmt.Sprintf("The samples are too many to learn from: an equation of %d unknowns, and %d can be solved at a plan.", n, classify.MaxOrder),
			"Route by keywords or by exact samples, or split the assistant in two.")
		return t
	}
	t.explain(&c.report)
	if n := t.takes(); n < longest {
		c.report.warn(CodeLongMessages, atTasks,
			"Studio renders 16 KB at most, and the points of the tasks are written as a text. Route by keywords, or split the assistant in two.",
			"Messages of more than about %d characters go to the fallback: %d tasks are told apart by %d groups of letters.", n, len(t.tasks), len(t.model.Grams))
	}
	return t
}

// takes is about how many characters a message may have before its marks are more than
// Studio renders, where it is as much like the samples as they are like each other.
func (t *trained) takes() int {
	size, length, characters := len(t.mark(-1, false)), 1, 0
	known := map[string]int{}
	for _, g := range t.model.Grams {
		known[g.Text] = size
		for _, w := range g.Weights {
			known[g.Text] += size * max(w, -w)
		}
	}
	// One sample of each task in turn, so that few have the same words as the one before.
	for i := 0; characters < longest; i++ {
		more := false
		for _, each := range t.tasks {
			if i >= len(each.samples) {
				continue
			}
			more = true
			text := placeholder.ReplaceAllString(each.samples[i].text, " ")
			for _, g := range classify.Grams(classify.Spell(normalise(text), t.steps)) {
				length += known[g]
				delete(known, g)
			}
			if length > maxRendered {
				return max(characters, 1)
			}
			characters += len([]rune(text)) + 1
		}
		if !more {
			break
		}
	}
	return longest
}

// strongest are the words of a task's samples that speak for it most, with their points.
func (t *trained) strongest(label int) []weighed {
	var words []weighed
	seen := map[string]bool{}
	for _, s := range t.tasks[label].samples {
		for _, part := range placeholder.Split(s.text, -1) {
			for _, w := range wordForm.FindAllString(normalise(part), -1) {
				if points := t.model.Weigh(classify.Spell(w, t.steps), label); points > 0 && !seen[w] {
					words = append(words, weighed{w, points})
				}
				seen[w] = true
			}
		}
	}
	slices.SortFunc(words, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.text, b.text))
	})
	return words[:min(len(words), 6)]
}

// weighed is a word with its points for a task.
type weighed struct {
	text   string
	points int
}

// explain says what each task is recognised by.
func (t *trained) explain(r *report) {
	for label, each := range t.tasks {
		var list []string
		for _, w := range t.strongest(label) {
			list = append(list, fmt.Sprintf("%s (%d)", w.text, w.points))
		}
		if len(list) > 0 {
			r.info(CodeStrongestWords, member(each.at, "samples"),
				"Letters count, not whole words, so other forms of them do too. Where a word should not lead to the task, give other tasks samples that have it.",
				"The task %q is recognised most by %s.", each.name, strings.Join(list, ", "))
		}
	}
}

// learned is the first state of a trained router; the target is otherwise where nothing was
// learnt.
func (s *side) learned(router string, tasks []*task, otherwise target) target {
	t := s.c.train(tasks)
	if len(t.model.Grams) == 0 {
		return otherwise
	}
	words := s.set(router+"_words", s.shared, []any{variable{Key: varWords, Value: t.spelling()}})
	var marks []any
	for i, text := range t.marking() {
		marks = append(marks, variable{Key: fmt.Sprintf("%s_%d", varMarks, i+1), Value: text})
	}
	letters := s.set(router+"_letters", s.shared, marks)
	words.on("next", to(letters))
	last := letters
	if len(marks) > 1 {
		var all strings.Builder
		for i := range marks {
			fmt.Fprintf(&all, "{{flow.variables.%s_%d}}", varMarks, i+1)
		}
		last = s.set(router+"_marks", s.shared, []any{variable{Key: varMarks + "_1", Value: all.String()}})
		letters.on("next", to(last))
	}
	results := []any{variable{Key: varFound, Value: t.scoring("{{first}}", "")}}
	confirms := s.c.options.Confirm != "" && len(t.tasks) > 1
	if confirms {
		results = append(results, variable{Key: varFirst, Value: t.scoring("", t.close("first"))}, variable{Key: varSecond, Value: t.scoring("", t.close("second"))})
	}
	score := s.set(router+"_score", s.shared, results)
	last.on("next", to(score))
	split := s.add(router+"_task", kindSplit, s.shared, map[string]any{"input": literalVariable(varFound)})
	score.on("next", to(split))
	for label, each := range t.tasks {
		why := each.name + ": learnt"
		for i, w := range t.strongest(label) {
			why += []string{", most by ", ", "}[min(i, 1)] + w.text
		}
		split.match(why, "equal_to", t.label(label), s.toTask(each))
	}
	if confirms {
		otherwise = s.confirm(router, tasks, t, otherwise)
	}
	split.on("noMatch", otherwise)
	return to(words)
}

// label names a task within the flow. Conditions of Studio ignore letter case, and tasks
// may differ in nothing else.
func (t *trained) label(i int) string {
	name := identifier(t.tasks[i].name, "-.")
	for j, other := range t.tasks {
		if j != i && strings.EqualFold(identifier(other.name, "-."), name) {
			return fmt.Sprintf("%s (%d)", name, i+1)
		}
	}
	return name
}

// spelling is Liquid that spells the input.
func (t *trained) spelling() string {
	var b strings.Builder
	b.WriteString(string(classify.Edge) + "{{flow.variables." + varInput)
	for _, s := range t.steps {
		b.WriteString(" | replace: " + quoted(s.Old) + ", " + quoted(s.New))
	}
	return b.String() + "}}" + string(classify.Edge)
}

// mark is the code of a point for a task, or against it; label -1 is for a group of letters
// that is known. All of a model are of one length, a letter and digits, so that no two of
// them make a third.
func (t *trained) mark(label int, against bool) string {
	const alphabet = 'Z' - 'A' // without the Z
	digits := 0
	for n := int(alphabet); n < len(t.tasks); n *= 10 {
		digits++
	}
	first, number := 'Z', 0
	if label >= 0 {
		first, number = 'A'+rune(label%int(alphabet)), label/int(alphabet)
	}
	if against {
		first += 'a' - 'A'
	}
	if digits == 0 {
		return string(first)
	}
	return fmt.Sprintf("%c%0*d", first, digits, number)
}

// marking are the templates that write the marks. What comes before keeps a text without any
// from being empty.
func (t *trained) marking() []string {
	const head = "{% assign m = flow.variables." + varWords + " %}"
	var out []string
	var b strings.Builder
	b.WriteString(head + ".")
	for _, g := range t.model.Grams {
		points := t.mark(-1, false)
		for label, w := range g.Weights {
			points += strings.Repeat(t.mark(label, w < 0), max(w, -w))
		}
		each := "{% assign r = m | remove: '" + g.Text + "' %}{% if r == m %}{% else %}" + points + "{% endif %}"
		if b.Len()+len(each) > maxTemplate && b.Len() > len(head)+1 {
			out = append(out, b.String())
			b.Reset()
			b.WriteString(head)
		}
		b.WriteString(each)
	}
	return append(out, b.String())
}

// scoring is Liquid for the result of the marks: what to write where a task is far enough
// ahead, and where none is. It may use the names first and second.
func (t *trained) scoring(sure, unsure string) string {
	var b strings.Builder
	size := len(t.mark(-1, false)) // each point is so long
	b.WriteString("{% assign m = flow.variables." + varMarks + "_1 %}{% assign first = '' %}{% assign second = '' %}{% assign top = 0 %}{% assign next = 0 %}")
	for label := range t.tasks {
		fmt.Fprintf(&b, "{%% assign n = m | remove: '%s' | size %%}{%% assign s = m | remove: '%s' | size | minus: n %%}", t.mark(label, false), t.mark(label, true))
		b.WriteString(notLess("s", "top") + "{% assign second = first %}{% assign next = top %}{% assign first = " + quoted(t.label(label)) + " %}{% assign top = s %}{% else %}" +
			notLess("s", "next") + "{% assign second = " + quoted(t.label(label)) + " %}{% assign next = s %}{% endif %}{% endif %}")
	}
	// bar is what the lead must reach: for letters that no sample has more than for others.
	fmt.Fprintf(&b, "{%% assign n = m | remove: '%s' | size %%}{%% assign k = m | size | minus: n %%}", t.mark(-1, false))
	fmt.Fprintf(&b, "{%% assign l = flow.variables.%s | remove: '%c' | size %%}{%% assign bar = %d%s%s %%}", varWords, classify.Edge,
		size*t.model.Bar, strings.Repeat(" | plus: l", size*classify.Strange), strings.Repeat(" | minus: k", classify.Strange-classify.Known))
	b.WriteString("{% assign lead = top | minus: next" + " %}{% assign lead = lead" + strings.Repeat(" | plus: lead", classify.Ahead-1) + " %}")
	// A template that cannot be rendered may be left as it is, and has all marks.
	b.WriteString("{% assign r = m | remove: '{' %}{% if r == m %}" + notLess("lead", "bar") + sure + "{% else %}" + unsure + "{% endif %}{% endif %}")
	return b.String()
}

// notLess opens a branch for a number that is not less than another. No page of Twilio's
// has an order within a tag, so what one lacks of the other is looked at as a text.
func notLess(a, b string) string {
	return "{% assign d = " + a + " | minus: " + b + " | remove: '+' %}{% assign e = d | remove: '-' %}{% if d == e %}"
}
