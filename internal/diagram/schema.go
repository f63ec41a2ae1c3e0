package diagram

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// Options are the choices that a drawing leaves open. The zero value is the default.
type Options struct {
	// Page is the name of the page, or its number from 1; empty means the first that has
	// edges.
	Page string

	// Start is the text or the id of the node that the conversation begins at; empty means
	// one that no edge leads to.
	Start string

	// Numbered appends the answers to a question, with their numbers.
	Numbered bool

	// Collect makes a question for any answer of a node whose text ends in a question mark
	// and that one edge without a text leads on from.
	Collect bool

	// AnswerSynonyms are further words for an answer, by the answer. Those given for yes and
	// no are in the place of the ones that the package knows.
	AnswerSynonyms map[string][]string
}

// OptionError is an option that does not fit the drawing.
type OptionError struct {
	Option string // "page" or "start"
	err    error
}

func (e *OptionError) Error() string { return e.err.Error() }

// Unwrap returns what is wrong.
func (e *OptionError) Unwrap() error { return e.err }

// Result is the schema that a drawing becomes.
type Result struct {
	// Schema is an assistant schema, JSON with sorted keys.
	Schema []byte

	// Page is the name of the page that it was made from.
	Page string

	Warnings []chart.Warning
}

const (
	// maxWarnings is how many findings are given one by one.
	maxWarnings = 100

	// maxActions is how long the actions of a task may be, in bytes
	// (https://www.twilio.com/docs/autopilot/limits), and maxText a node's text, which is in
	// them.
	maxActions = 16 << 10
	maxText    = maxActions / 2

	// longMessage is the most characters of a message
	// (https://www.twilio.com/docs/messaging/api/message-resource).
	longMessage = 1600

	// roomyTasks is about how many tasks fit the 1,000 states of a Studio flow
	// (https://www.twilio.com/docs/studio/rest-api/v2/flow) that answers messages and calls.
	roomyTasks = 340
)

// Schema makes an assistant schema of a page: a task of each node, which says its text, and a
// task of each answer, which leads on. It is a function of the drawing and the options: the
// same drawing gives the same bytes, whatever notation it is drawn in. The error is a
// *chart.Error where a page or a node is to blame, and an *OptionError where an option is.
func Schema(pages []chart.Page, o Options) (*Result, error) {
	page, others, err := pick(pages, o.Page)
	if err != nil {
		return nil, err
	}
	c, err := resolve(page)
	if err != nil {
		return nil, err
	}
	if others > 0 {
		c.warn("", "The file has %d other %s; name one to read it instead.", others, plural(others, "page", "pages"))
	}
	m := maker{conversation: c, options: o, synonyms: synonyms(o.AnswerSynonyms), names: names{}, said: map[string]bool{}}
	start, err := m.start()
	if err != nil {
		return nil, err
	}
	if err := m.checkTexts(); err != nil {
		return nil, err
	}
	m.nameSteps()
	m.breakLoops()
	for _, s := range c.steps {
		if err := m.task(s); err != nil {
			return nil, err
		}
	}
	m.unused()
	if len(m.tasks) > maxTasks {
		return nil, c.refuse("", "The diagram makes %d tasks, of %d nodes and their answers; Twilio allows %d. Draw several diagrams.", len(m.tasks), len(c.steps), maxTasks)
	}
	if len(m.tasks) > roomyTasks {
		c.warn("", "The diagram makes %d tasks. A Studio flow that answers messages and calls has room for about %d; one for a single channel has room for more.", len(m.tasks), roomyTasks)
	}
	entry := "task://" + start.name
	document := object{
		"defaults": object{"defaults": object{"assistant_initiation": entry, "fallback": entry}},
		"tasks":    m.tasks,
	}
	text, err := encode(document)
	if err != nil {
		return nil, err
	}
	return &Result{Schema: text, Page: page.Name, Warnings: bounded(c.warns)}, nil
}

// WithWarnings is the schema with its warnings in it, under a key that an assistant ignores.
func (r *Result) WithWarnings() ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(r.Schema, &document); err != nil {
		return nil, err
	}
	list := []object{}
	for _, w := range r.Warnings {
		list = append(list, object{"page": w.Page, "node": w.Node, "message": w.Message})
	}
	warnings, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	document[schema.DiagramWarnings] = warnings
	return encode(document)
}

// object is a JSON object, which is written with sorted keys.
type object map[string]any

func encode(document any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document)
	return out.Bytes(), err
}

// bounded is the warnings, of which those past a number are counted.
func bounded(warnings []chart.Warning) []chart.Warning {
	if len(warnings) <= maxWarnings {
		return warnings
	}
	more := len(warnings) - maxWarnings
	return append(warnings[:maxWarnings:maxWarnings], chart.Warning{Page: warnings[0].Page, Message: fmt.Sprintf("There are %d more warnings.", more)})
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// pick is the page that is asked for, and how many others there are.
func pick(pages []chart.Page, name string) (chart.Page, int, error) {
	if len(pages) == 0 {
		return chart.Page{}, 0, errors.New("the diagram has no page")
	}
	drawn := func(p chart.Page) bool { return len(p.Edges) > 0 }
	if name == "" {
		others := 0
		for _, p := range pages {
			if drawn(p) {
				others++
			}
		}
		at := max(slices.IndexFunc(pages, drawn), 0)
		return pages[at], max(others-1, 0), nil
	}
	if at := slices.IndexFunc(pages, func(p chart.Page) bool { return p.Name == name }); at >= 0 {
		return pages[at], 0, nil
	}
	if number, err := strconv.Atoi(name); err == nil && number >= 1 && number <= len(pages) {
		return pages[number-1], 0, nil
	}
	var names []string
	for _, p := range pages[:min(len(pages), 20)] {
		names = append(names, strconv.Quote(chart.Brief(p.Name)))
	}
	return chart.Page{}, 0, &OptionError{"page", fmt.Errorf("there is no page %q; the file has %s", chart.Brief(name), strings.Join(names, ", "))}
}

type maker struct {
	*conversation
	options  Options
	synonyms map[string][]string
	names    names
	waits    map[*step]bool  // steps that wait for an answer so that the bot does not talk forever
	said     map[string]bool // the answers that there are
	tasks    []object
}

func drawnAsStart(s *step) bool { return beginning.MatchString(s.text) || s.shape == chart.Terminal }

var beginning = regexp.MustCompile(`(?i)^(start|begin)(s|ning|ing)?\b`)

// start finds the step that the conversation begins at.
func (m *maker) start() (*step, error) {
	if m.options.Start != "" {
		return m.startOf(chart.OneLine(chart.Tidy(m.options.Start)))
	}
	into := m.into()
	var first []*step
	for _, s := range m.steps {
		if !slices.ContainsFunc(into[s], func(w *path) bool { return w.from != s }) {
			first = append(first, s)
		}
	}
	if len(first) == 0 {
		// A conversation may come back to its beginning, which is drawn as one then.
		for _, s := range m.steps {
			if len(s.ways) > 0 && drawnAsStart(s) {
				first = append(first, s)
			}
		}
		if len(first) == 1 {
			m.unreached(first[0])
			return first[0], nil
		}
		start := m.steps[0]
		m.warn(start.text, "An edge leads to every node, so the conversation begins at the first one. Name the node to begin at if it is another.")
		m.unreached(start)
		return start, nil
	}
	start := first[0]
	for _, fits := range []func(*step) bool{
		func(s *step) bool { return beginning.MatchString(s.text) },
		func(s *step) bool { return s.shape == chart.Terminal },
	} {
		if at := slices.IndexFunc(first, fits); at >= 0 {
			start = first[at]
			break
		}
	}
	m.unreached(start)
	return start, nil
}

// startOf finds the step of a text, or else of an id.
func (m *maker) startOf(name string) (*step, error) {
	var found []*step
	for _, s := range m.steps {
		if strings.EqualFold(chart.OneLine(s.text), name) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		for _, s := range m.steps {
			if s.id == name {
				found = append(found, s)
			}
		}
	}
	switch len(found) {
	case 0:
		return nil, &OptionError{"start", m.refuse("", "There is no node %q with an edge to begin at.", chart.Brief(name))}
	case 1:
		m.unreached(found[0])
		return found[0], nil
	default:
		return nil, &OptionError{"start", m.refuse(name, "%d nodes have this text; give the id of the one to begin at, such as %q.", len(found), found[0].id)}
	}
}

// unreached warns of what the conversation never comes to.
func (m *maker) unreached(start *step) {
	reached := map[*step]bool{}
	reach := func(from *step) (count int) {
		queue := []*step{from}
		reached[from] = true
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			count++
			for _, w := range at.ways {
				if w.to != nil && !reached[w.to] {
					reached[w.to] = true
					queue = append(queue, w.to)
				}
			}
		}
		return count
	}
	reach(start)
	into := m.into()
	for _, roots := range []bool{true, false} {
		for _, s := range m.steps {
			if reached[s] || roots && len(into[s]) > 0 {
				continue
			}
			behind := ""
			if count := reach(s); count > 1 {
				behind = fmt.Sprintf(", nor can the %d %s that only it leads to", count-1, plural(count-1, "node", "nodes"))
			}
			m.warn(s.text, "It cannot be reached from the start, %q%s.", chart.Brief(start.text), behind)
		}
	}
}

// unused warns of other words for what is no answer.
func (m *maker) unused() {
	for _, answer := range slices.Sorted(maps.Keys(m.options.AnswerSynonyms)) {
		key := answerKey(answer)
		if words := m.options.AnswerSynonyms[answer]; len(words) > 0 && !m.said[key] {
			m.warn("", "There are other words for the answer %q, such as %q, and no edge has that answer.", chart.Brief(answer), chart.Brief(words[0]))
		}
	}
}

// checkTexts refuses a text that no task can hold.
func (m *maker) checkTexts() error {
	for _, s := range m.steps {
		if len(s.text) > maxText {
			return m.refuse(s.text, "The text has %d bytes; at most %d fit the actions of a task. Draw several nodes.", len(s.text), maxText)
		}
		for _, w := range s.ways {
			if len(w.text) > maxText {
				return m.refuse(s.text, "The text of an edge from it has %d bytes; at most %d are read.", len(w.text), maxText)
			}
		}
	}
	return nil
}

func (m *maker) nameSteps() {
	for _, s := range m.steps {
		s.name = m.names.name(slugOf(s.text, maxStep, "node"))
	}
}

// plainly reports whether a step goes on by itself: one way leads on, without a text.
func plainly(s *step) bool { return len(s.ways) == 1 && s.ways[0].text == "" && s.ways[0].to != nil }

// collects reports whether a step asks for any answer.
func (m *maker) collects(s *step) bool {
	return m.options.Collect && plainly(s) && asks(s)
}

// asks reports whether the text of a step is a question, in any of the scripts that have a mark
// for it.
func asks(s *step) bool {
	last, _ := utf8.DecodeLastRuneInString(s.text)
	return strings.ContainsRune("?？؟", last)
}

// breakLoops makes a step wait in each circle of steps that go on by themselves.
func (m *maker) breakLoops() {
	m.waits = map[*step]bool{}
	const (
		open = 1
		done = 2
	)
	state := map[*step]int{}
	for _, s := range m.steps {
		var trail []*step
		for at := s; state[at] != done; at = at.ways[0].to {
			if state[at] == open {
				last := trail[len(trail)-1]
				m.waits[last] = true
				m.warn(last.text, "It leads back to %q, and no node on the way waits for an answer: the bot would talk forever, so it waits for one here.", chart.Brief(at.text))
				break
			}
			state[at] = open
			trail = append(trail, at)
			if !plainly(at) || m.collects(at) {
				break
			}
		}
		for _, each := range trail {
			state[each] = done
		}
	}
}

// task adds the task of a step, and those of its answers.
func (m *maker) task(s *step) error {
	first := len(m.tasks)
	text := m.tasksOf(s)
	if count := utf8.RuneCountInString(text); count > longMessage {
		m.warn(s.text, "The text has %d characters; Twilio sends messages of up to %d.", count, longMessage)
	}
	actions, err := encode(m.tasks[first]["actions"])
	if err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, actions); err != nil {
		return err
	}
	if compact.Len() > maxActions {
		return m.refuse(s.text, "Its text, and the names of its %d answers, make actions of %d bytes; Twilio allows %d in a task. Draw several nodes.", len(s.ways), compact.Len(), maxActions)
	}
	return nil
}

// tasksOf adds the tasks, the step's own first, and returns what the step says.
func (m *maker) tasksOf(s *step) string {
	switch {
	case len(s.ways) == 0:
		m.add(s.name, nil, object{"say": s.text})
	case m.collects(s):
		name := strings.ReplaceAll(s.name, "-", "_")
		m.add(s.name, nil, object{"collect": object{
			"name":        name,
			"questions":   []object{{"question": s.text, "name": name}},
			"on_complete": object{"redirect": "task://" + s.ways[0].to.name},
		}})
	case plainly(s) && !m.waits[s]:
		if asks(s) {
			m.warn(s.text, "It is a question, and the bot goes on without waiting for an answer: the one edge from it has no text. Give the edge a text, or choose to collect an answer to such questions.")
		}
		m.add(s.name, nil, object{"say": s.text}, object{"redirect": "task://" + s.ways[0].to.name})
	default:
		return m.fork(s)
	}
	return s.text
}

func (m *maker) add(name string, samples []string, actions ...object) {
	list := []object{}
	for _, sample := range samples {
		list = append(list, object{"language": "en-US", "taggedText": sample})
	}
	if actions == nil {
		actions = []object{}
	}
	m.tasks = append(m.tasks, object{"uniqueName": name, "actions": object{"actions": actions}, "samples": list})
}

// fork adds the task of a step that waits for an answer, and the tasks of the answers. It
// returns what the step says.
func (m *maker) fork(s *step) string {
	answers := m.answers(s)
	text := s.text
	if m.options.Numbered {
		var list []string
		for _, a := range answers {
			if a.numbered {
				list = append(list, fmt.Sprintf("%d. %s", a.number, a.shown))
			} else {
				list = append(list, a.shown)
			}
		}
		text += "\n" + strings.Join(list, " ")
	}
	tasks := make([]string, len(answers))
	for i, a := range answers {
		tasks[i] = m.names.name(s.name + "--" + slugOf(a.shown, maxAnswer, "answer"))
	}
	m.add(s.name, nil, object{"say": text}, object{"listen": object{"tasks": tasks}})
	for i, a := range answers {
		if a.to == nil {
			m.add(tasks[i], a.samples)
			continue
		}
		m.add(tasks[i], a.samples, object{"redirect": "task://" + a.to.name})
	}
	return text
}

// answer is one way on from a fork.
type answer struct {
	to       *step
	shown    string // on one line
	number   int
	numbered bool // whether the number is a sample
	samples  []string
}

// answers finds what leads along each way of a fork. What fits two ways belongs to the first:
// the texts of all go before the synonyms of any, and those before the numbers.
func (m *maker) answers(s *step) []*answer {
	var answers []*answer
	first := map[string]*answer{} // by the sample, as it is compared
	claim := func(a *answer, sample string) bool {
		sample = sampleOf(sample)
		key := strings.ToLower(sample)
		if key == "" || first[key] != nil {
			return key != "" && first[key] == a
		}
		first[key] = a
		a.samples = append(a.samples, sample)
		return true
	}
	numbers := false
	var bare []string
	parts := make([][]string, len(s.ways))
	for i, w := range s.ways {
		text := w.text
		if text == "" {
			text = w.to.text
			bare = append(bare, strconv.Quote(chart.Brief(text)))
		}
		a := &answer{to: w.to, shown: chart.OneLine(text), number: i + 1}
		if !claim(a, text) && w.text != "" {
			m.warn(s.text, "Two of its edges have the text %q; the answer leads along the first.", chart.Brief(text))
			if w.to != nil && claim(a, w.to.text) {
				a.shown = chart.OneLine(w.to.text)
			}
		}
		if parts[i] = partsOf(text); len(parts[i]) > 1 {
			parts[i] = append([]string{text}, parts[i]...)
		}
		answers = append(answers, a)
	}
	if len(bare) > 0 && !m.waits[s] {
		m.warn(s.text, plural(len(bare), "An edge from it has no label: the answer is the text of the node that it leads to, %s.",
			"Edges from it have no label: the answers are the texts of the nodes that they lead to, %s."), strings.Join(bare, ", "))
	}
	for i, a := range answers {
		for _, part := range parts[i] {
			claim(a, part)
			numbers = numbers || numeral(part, a.shown, len(answers))
		}
	}
	for i, a := range answers {
		for _, part := range parts[i] {
			m.said[answerKey(part)] = true
			for _, word := range m.synonyms[answerKey(part)] {
				claim(a, word)
			}
		}
	}
	for _, a := range answers {
		if !numbers {
			a.numbered = claim(a, strconv.Itoa(a.number))
		}
		if len(a.samples) == 0 {
			m.warn(s.text, "No answer leads to %q: its edge has the text of another one.", chart.Brief(a.shown))
		}
	}
	return answers
}

// numeral reports whether a part of a label is a number that could be meant by one that a person
// answers: the whole label, or one as low as those of the edges.
func numeral(part, label string, edges int) bool {
	part = sampleOf(part)
	if strings.Trim(part, "0123456789") != "" {
		return false
	}
	number, err := strconv.Atoi(part)
	return part == sampleOf(label) || err == nil && number <= edges
}

var separators = regexp.MustCompile(`(?i)[/,|\n;]|\s+or\s+`)

// partsOf are the alternatives that a label lists.
func partsOf(label string) []string {
	var parts []string
	for _, part := range separators.Split(label, -1) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// longestSample is the most characters of a sample
// (https://www.twilio.com/docs/autopilot/api/task-sample).
const longestSample = 280

// sampleOf is a text as a sample: one line, without braces, which mark a field, and without the
// punctuation around it.
func sampleOf(text string) string {
	text = chart.OneLine(strings.NewReplacer("{", " ", "}", " ").Replace(text))
	if runes := []rune(text); len(runes) > longestSample {
		text = string(runes[:longestSample])
	}
	trimmed := strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
	return cmp.Or(trimmed, text)
}

// answerKey is an answer as it is compared.
func answerKey(text string) string { return strings.ToLower(sampleOf(text)) }

// synonyms are other words for an answer, by the answer in lower case.
func synonyms(given map[string][]string) map[string][]string {
	words := map[string][]string{
		// A flow tells answers apart by words that mean something by themselves, of which "no" is
		// none, so that a polite no has to be among its samples; and then a polite yes too.
		"yes": {"y", "yeah", "yep", "yup", "sure", "ok", "okay", "yes thanks", "yes thank you"},
		"no":  {"n", "nope", "nah", "no thanks", "no thank you"},
	}
	// Two spellings of one answer, which an object can have, are taken together.
	own := map[string][]string{}
	for _, answer := range slices.Sorted(maps.Keys(given)) {
		key := answerKey(answer)
		own[key] = append(own[key], given[answer]...)
	}
	maps.Copy(words, own)
	for short, long := range map[string]string{"y": "yes", "n": "no"} {
		if _, ok := words[short]; !ok {
			words[short] = append([]string{long}, words[long]...)
		}
	}
	return words
}
