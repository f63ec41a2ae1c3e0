package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// attempts is how often Autopilot asks by default
// (https://www.twilio.com/docs/autopilot/api/assistant/stylesheet).
const attempts = 4

// notBlank is the value that the Console gives an is_not_blank condition, which
// ignores it.
const notBlank = "Is Not Blank"

// question is one of a collect.
type question struct {
	number   int // from 1
	name     string
	text     string
	kind     kind
	at       jsontext.Pointer
	node     *jsondoc.Node
	validate *jsondoc.Node
	answer   string // the variable that keeps the answer
	allowed  []string
	refused  []string
}

// checked reports whether an answer may be refused. A caller's always may, since it may be
// silence.
func (q question) checked(voice bool) bool {
	return voice || !q.kind.free() || len(q.allowed) > 0 || len(q.refused) > 0
}

// collect asks questions one after the other: ask, take the answer, check it; ask again
// or give up.
func (l *line) collect(a action) {
	questions := l.questions(a)
	base := stateName(l.prefix, l.task, a, "collect")
	var counters []any
	for _, q := range questions {
		if q.checked(l.voice()) {
			counters = append(counters, variable{Key: q.tries(), Value: "0"})
		}
	}
	if len(counters) > 0 {
		l.next(base, kindSet, map[string]any{"variables": counters}, "next")
	}
	for _, q := range questions {
		l.question(fmt.Sprintf("%s_%s_%02d_q%d_%s", l.prefix, l.task.name, a.number, q.number, q.name), q)
	}
	l.then(l.follow(base+"_done", l.columns[l.task], get(a.value, "on_complete", "redirect"),
		request{task: l.task, at: member(a.at, "on_complete", "redirect"), completes: get(a.value, "name").String()}))
}

func (l *line) questions(a action) []question {
	list := get(a.value, "questions")
	if !list.Is('[') {
		return nil
	}
	var out []question
	for i, n := range list.Elems {
		q := question{number: i + 1, node: n, name: get(n, "name").String(), at: index(member(a.at, "questions"), i), validate: get(n, "validate")}
		q.answer = answerKey(get(a.value, "name").String(), q.name)
		q.text = l.said(get(n, "question"), member(q.at, "question"))
		if name := get(n, "type").String(); name != "" {
			q.kind = l.c.kindOf(name)
			if len(q.kind.rules) > 0 && len(q.kind.values) == 0 {
				l.c.patternUse(q.kind.name, member(q.at, "type"))
			}
		}
		if q.validate.Is('{') {
			if q.kind.name == "Twilio.NUMBER" {
				for _, list := range []string{"allowed_values", "disallowed_values"} {
					for _, figures := range texts(get(q.validate, list, "list")) {
						for _, said := range l.c.tongues.inWords(figures) {
							q.kind.values = append(q.kind.values, value{keep: figures, said: said})
						}
					}
				}
			}
			q.allowed = q.kind.saidFor(texts(get(q.validate, "allowed_values", "list")))
			q.refused = q.kind.saidFor(texts(get(q.validate, "disallowed_values", "list")))
			if get(q.validate, "webhook") != nil {
				l.c.report.warn(CodeWebhookValidate, member(q.at, "validate", "webhook"), "Every answer that fits the question's type is taken.", "The flow does not ask a URL whether an answer is valid.")
			}
		}
		out = append(out, q)
	}
	return out
}

// texts are the values of a list, normalised.
func texts(list *jsondoc.Node) []string {
	if !list.Is('[') {
		return nil
	}
	var out []string
	for _, elem := range list.Elems {
		if s := normalise(elem.Text); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (c *compiler) patternUse(name string, at jsontext.Pointer) {
	use := c.patterned[name]
	if use == nil {
		use = &patternUse{at: at, questions: map[jsontext.Pointer]bool{}}
		c.patterned[name] = use
	}
	use.questions[at] = true
}

// changed reports whether what is stored may differ from what was written. Then what was
// written is kept beside it.
func (q question) changed() bool {
	return q.kind.renamed() || len(q.allowed) == 0 && (q.kind.stored != "" || slices.ContainsFunc(q.kind.rules, func(r reading) bool { return r.keep != "" }))
}

// written is the variable that keeps an answer as it was written.
func (q question) written() string { return varWritten + strings.TrimPrefix(q.answer, varAnswer) }

// tries is the variable that counts the answers to a question.
func (q question) tries() string { return fmt.Sprintf("%s%d", varTry, q.number) }

// count counts an answer.
func (q question) count() variable {
	return incremented(q.tries())
}

// question creates the states of one question.
func (l *line) question(name string, q question) {
	at := l.columns[l.task]
	var after *widget
	if known := get(q.node, "prefill").String(); known != "" {
		value := literalVariable(memoryKey(known))
		split := l.next(name+"_known", kindSplit, map[string]any{"input": value})
		after = l.set(name+"_kept", at, []any{variable{Key: q.answer, Value: value}})
		after.lane = 1
		split.match("known", "is_not_blank", notBlank, to(after))
		l.open = append(l.open, exit{from: split, event: "noMatch"})
	}
	ask, in := l.askFor(name, q)
	l.then(to(ask))
	if !q.checked(l.voice()) {
		l.open = []exit{{from: in[0], event: "next"}}
	} else {
		l.check(q, ask, in, at)
	}
	if success, at := l.success(q); success != nil {
		l.say(name+"_success", action{value: success, at: at})
	}
	if after != nil {
		l.open = append(l.open, exit{from: after, event: "next"})
	}
}

// success is the text that follows a valid answer, and its place in the schema; nil for
// none. The style sheet has it for all questions.
func (l *line) success(q question) (*jsondoc.Node, jsontext.Pointer) {
	if n := get(q.validate, "on_success"); l.text(n) != "" {
		return n, member(q.at, "validate", "on_success")
	}
	if n := get(l.c.style, "collect", "validate", "on_success"); l.text(n) != "" {
		return n, member(atStyle, "collect", "validate", "on_success")
	}
	return nil, ""
}

// askFor creates the states that ask and receive the answer.
func (l *line) askFor(name string, q question) (ask *widget, in []*widget) {
	at := l.columns[l.task]
	body := l.wording(q)
	if l.voice() {
		properties := gathering(body)
		addDigits(properties, get(q.node, "voice_digits"))
		ask = l.add(name, kindGather, at, l.withVoice(properties))
	} else {
		ask = l.wait(name, at, message(body))
	}
	in = append(in, l.hear(ask, at, l.taken(q, l.input(ask))...))
	if l.voice() {
		keys := meant(get(q.node, "voice_digits", "mapping"), keysOf(ask))
		in = append(in, l.pressed(ask, at, keys, l.taken(q, keys)...))
		nothing := []any{variable{Key: varInput}, variable{Key: varRaw}, variable{Key: q.answer}, q.count()}
		silent := l.set(ask.name+"_silent", at, append(nothing, l.current(at.task)...))
		silent.lane = 1
		ask.on("timeout", to(silent))
		in = append(in, silent)
	}
	return ask, in
}

// taken are the variables that store an answer and count it.
func (l *line) taken(q question, in input) []any {
	out := []any{variable{Key: q.answer, Value: in.trimmed()}}
	if q.changed() {
		out = append(out, variable{Key: q.written(), Value: in.trimmed()})
	}
	if q.checked(l.voice()) {
		out = append(out, q.count())
	}
	return out
}

// meant is Liquid for the answer that the keys a caller presses stand for.
func meant(mapping *jsondoc.Node, keys string) input {
	if !mapping.Is('{') || len(mapping.Members) == 0 {
		return input{expression: keys}
	}
	var b strings.Builder
	b.WriteString("{% assign keys = " + keys + asText + " %}{% assign said = keys %}")
	for _, m := range mapping.Members {
		b.WriteString("{% if keys == " + quoted(m.Name) + " %}{% assign said = " + quoted(m.Value.String()) + " %}{% endif %}")
	}
	return input{before: b.String(), expression: "said"}
}

// wording is what is asked: the question, and after a refused answer the message
// for it.
func (l *line) wording(q question) string {
	if !q.checked(l.voice()) {
		return literal(q.text)
	}
	failure := get(q.validate, "on_failure")
	if failure == nil {
		failure = get(l.c.style, "collect", "validate", "on_failure")
	}
	var messages []string
	if list := get(failure, "messages"); list.Is('[') {
		for _, m := range list.Elems {
			if text := l.text(m); text != "" {
				messages = append(messages, literal(text))
			}
		}
	}
	if len(messages) == 0 {
		return literal(q.text)
	}
	if get(failure, "repeat_question").Is('t') {
		for i := range messages {
			messages[i] += " " + literal(q.text)
		}
	}
	// The innermost is the last message, which repeats.
	body := messages[len(messages)-1]
	for i := len(messages) - 1; i > 0; i-- {
		body = fmt.Sprintf("{%% if tries == %d %%}%s{%% else %%}%s{%% endif %%}", i, messages[i-1], body)
	}
	return fmt.Sprintf("{%% assign tries = flow.variables.%s | default: 0 | plus: 0 %%}{%% if tries == 0 %%}%s{%% else %%}%s{%% endif %%}",
		q.tries(), literal(q.text), body)
}

// check creates the states that accept an answer or ask again.
func (l *line) check(q question, ask *widget, in []*widget, at *column) {
	tested := inputOfFlow
	if len(q.kind.rules) > 0 && len(q.allowed) == 0 {
		tested = literalVariable(varRaw)
	}
	split := l.add(ask.name+"_check", kindSplit, at, map[string]any{"input": tested})
	for _, w := range in {
		w.on("next", to(split))
	}

	limit := get(q.validate, "max_attempts")
	most := whole(get(limit, "num_attempts"), whole(get(l.c.style, "collect", "validate", "max_attempts", "num_attempts"),
		whole(get(l.c.style, "collect", "validate", "max_attempts"), attempts)))
	tries := l.add(ask.name+"_tries", kindSplit, at, map[string]any{"input": counter(q.tries())})
	tries.lane = 1
	giveUp := l.gaveUp()
	if redirect := get(limit, "redirect"); redirect != nil {
		giveUp = l.target(ask.name+"_failed", at, l.task, redirect, member(q.at, "validate", "max_attempts", "redirect"))
	}
	tries.match("asked often enough", "greater_than", fmt.Sprint(most-1), giveUp)
	tries.on("noMatch", to(ask))

	if tested == inputOfFlow {
		for _, group := range grouped(q.refused, 2) {
			split.match("a value that is not allowed", "matches_any_of", strings.Join(group, ", "), to(tries))
		}
	} else {
		for _, p := range within(q.refused, func(texts []string) string { return alternation(texts) + ending }) {
			split.match("a value that is not allowed", "regex", p, to(tries))
		}
	}
	var kept []stored
	accept := func(label, test, value, keep string) {
		split.match(label, test, value, target{})
		way := exit{from: split, match: len(split.ways) - 1}
		i := slices.IndexFunc(kept, func(s stored) bool { return s.value == keep })
		if i < 0 {
			i = len(kept)
			kept = append(kept, stored{value: keep})
		}
		kept[i].ways = append(kept[i].ways, way)
	}
	keep := ""
	if q.kind.renamed() {
		keep = storedAnswer(q)
	}
	switch {
	case len(q.allowed) > 0:
		for _, group := range grouped(q.allowed, 2) {
			accept("an allowed value", "matches_any_of", strings.Join(group, ", "), keep)
		}
	case len(q.kind.rules) > 0:
		for _, r := range q.kind.rules {
			switch {
			case r.refuses:
				split.match(r.label, "regex", r.pattern, to(tries))
			case r.asWritten:
				accept(r.label, "regex", r.pattern, "")
			case r.keep != "":
				accept(r.label, "regex", r.pattern, r.keep)
			default:
				accept(r.label, "regex", r.pattern, q.kind.stored)
			}
		}
	case len(q.kind.values) > 0:
		var said []string
		for _, v := range q.kind.values {
			said = append(said, v.said)
		}
		for _, group := range grouped(said, 2) {
			accept("a value of "+q.kind.name, "matches_any_of", strings.Join(group, ", "), keep)
		}
	default:
		accept("an answer", "is_not_blank", notBlank, "")
	}
	split.on("noMatch", to(tries))
	l.open = nil
	var after []exit
	for _, s := range kept {
		if s.value == "" {
			after = append(after, s.ways...)
			continue
		}
		l.open = s.ways
		name := ask.name + "_value"
		if q.kind.says(s.value) {
			name = ask.name + "_" + strings.ToLower(s.value)
		}
		l.next(name, kindSet, map[string]any{"variables": []any{variable{Key: q.answer, Value: s.value}}}, "next")
		after = append(after, l.open...)
	}
	l.open = after
}

// stored is what is stored of an answer, and the ways that lead there.
type stored struct {
	value string
	ways  []exit
}

// storedAnswer is Liquid for what is stored of an answer: the value, for each other
// way to say it.
func storedAnswer(q question) string {
	var b strings.Builder
	b.WriteString("{% assign said = flow.variables." + varInput + asText + " %}{% assign kept = flow.variables." + varRaw + " %}")
	for _, v := range q.kind.values {
		if v.keep != v.said {
			b.WriteString("{% if said == " + quoted(v.said) + " %}{% assign kept = " + quoted(v.keep) + " %}{% endif %}")
		}
	}
	return b.String() + "{{kept}}"
}
