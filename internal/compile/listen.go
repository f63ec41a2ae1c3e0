package compile

import (
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// patience is how long, in seconds, a message is waited for: Autopilot's four hours
// (https://www.twilio.com/docs/autopilot/actions/listen).
const patience = "14400"

// silences is how often in a row a caller may say nothing. Autopilot's own number is
// not documented.
const silences = "2"

// listen waits for input and routes it.
func (l *line) listen(a, prompt action) {
	tasks := l.candidates(a)
	name := stateName(l.prefix, l.task, a, "listen")
	if l.voice() {
		if get(a.value, "barge").Is('f') {
			l.c.report.info(CodeListenBarge, member(a.at, "barge"), "Callers can speak before it ends.", "A prompt of Studio's Gather can be interrupted.")
		}
		text := ""
		if prompt.verb == "say" {
			text = l.said(prompt.value, prompt.at)
		}
		at := l.columns[l.task]
		l.then(l.gather(name, at, literal(text), &listening{action: a, prompt: prompt, task: l.task}, tasks))
		return
	}
	if prompt.verb == "" {
		l.c.report.warn(CodeListenNoPrompt, a.at,
			"The execution ends; the next message starts a new one, without remembered values and with the samples of every task.",
			"Studio cannot wait for a message without sending one, and nothing is said before the listen of %q.", l.task.name)
		return
	}
	properties := message("")
	if prompt.verb == "show" {
		properties = picture(prompt, 0)
	} else {
		properties["body"] = literal(l.said(prompt.value, prompt.at))
	}
	w := l.wait(name, l.columns[l.task], properties)
	l.then(to(w))
	in := l.hear(w, l.columns[l.task])
	in.on("next", l.router(tasks))
}

// candidates are the tasks a listen routes to.
func (l *line) candidates(a action) []*task {
	list := get(a.value, "tasks")
	if !list.Is('[') || len(list.Elems) == 0 {
		return l.c.tasks
	}
	named := map[string]bool{}
	for _, elem := range list.Elems {
		named[strings.TrimPrefix(elem.String(), "task://")] = true
	}
	var out []*task
	for _, t := range l.c.tasks {
		if named[t.name] {
			out = append(out, t)
		}
	}
	return out
}

// wait creates a state that sends a message and waits for the reply. Without a reply
// the conversation ends.
func (s *side) wait(name string, at *column, properties map[string]any) *widget {
	delete(properties, "to")
	properties["timeout"] = patience
	return s.add(name, kindAsk, at, properties)
}

// hear creates the state that stores the reply to a state; of a call, what was said.
// Keys have a state of their own: whether a widget that runs again still has the reply
// of its previous run, so that old words would be read in place of the keys, is not
// documented.
func (s *side) hear(w *widget, at *column, more ...any) *widget {
	in := s.set(w.name+"_in", at, slices.Concat(s.heard(s.input(w)), more, s.current(at.task)))
	if s.voice() {
		w.on("speech", to(in))
		return in
	}
	w.on("incomingMessage", to(in))
	w.on("timeout", target{})
	w.on("deliveryFailure", target{})
	return in
}

// input is Liquid for the reply to a state.
func (s *side) input(w *widget) input {
	if s.voice() {
		return input{expression: "widgets." + w.name + ".SpeechResult"}
	}
	return input{expression: "widgets." + w.name + ".inbound.Body | default: trigger.conversation.Body"}
}

// pressed creates the state that stores the keys a caller pressed.
func (s *side) pressed(w *widget, at *column, keys input, more ...any) *widget {
	key := s.set(w.name+"_key", at, slices.Concat(s.heard(keys), more, s.current(at.task)))
	key.lane = 1
	w.on("keypress", to(key))
	return key
}

func keysOf(w *widget) string { return "widgets." + w.name + ".Digits" }

// input is Liquid for a reply: an expression, and what comes before it.
type input struct{ before, expression string }

// trimmed is Liquid for the text of an input, unnormalised.
func (in input) trimmed() string { return in.before + "{{" + in.expression + "}}" }

// heard are the variables that hold an input.
func (s *side) heard(in input) []any {
	out := []any{
		variable{Key: varInput, Value: in.before + normalised(in.expression)},
		variable{Key: varRaw, Value: in.trimmed()},
	}
	if s.c.options.Confirm != "" {
		asked := "no"
		if s.asked {
			asked = "yes"
		}
		out = append(out, variable{Key: varAsked, Value: asked})
	}
	return out
}

// listening is what a gather does beyond listening for speech.
type listening struct {
	action action
	prompt action
	task   *task
}

// gather creates the states that listen to a caller and route what is said.
func (s *side) gather(name string, at *column, say string, by *listening, tasks []*task) target {
	if tasks == nil {
		tasks = s.c.tasks
	}
	var digits *jsondoc.Node
	properties := gathering(say)
	if by != nil {
		digits = get(by.action.value, "voice_digits")
		if by.prompt.verb == "play" {
			properties["play"] = literal(get(by.prompt.value, "url").String())
			properties["loop"] = whole(get(by.prompt.value, "loop"), 1)
		}
	}
	addDigits(properties, digits)
	w := s.add(name, kindGather, at, s.withVoice(properties))
	talking := variable{Key: varSilence, Value: "0"}
	in := s.hear(w, at, talking)
	in.on("next", s.router(tasks))
	w.on("timeout", to(s.silence()))
	key := s.pressed(w, at, input{expression: keysOf(w)}, talking)
	key.on("next", s.keys(w, at, by, digits, tasks))
	return to(w)
}

// gathering is the properties of a widget that listens to a call. With `auto` a pause
// ends the input (https://www.twilio.com/docs/voice/twiml/gather).
func gathering(say string) map[string]any {
	p := map[string]any{"timeout": 5, "speech_timeout": "auto", "stop_gather": true, "loop": 1}
	if say != "" {
		p["say"] = say
	}
	return p
}

func addDigits(properties map[string]any, digits *jsondoc.Node) {
	if n := get(digits, "num_digits"); n != nil {
		properties["number_of_digits"] = whole(n, 1)
	}
	if key := get(digits, "finish_on_key"); key != nil && key.Text != "" {
		properties["finish_on_key"] = key.Text
	}
}

// keys is the target of the keys that a caller presses: their tasks, or the router, like
// any other input.
func (s *side) keys(w *widget, at *column, by *listening, digits *jsondoc.Node, tasks []*task) target {
	type key struct {
		digit string
		to    *jsondoc.Node
		under string
	}
	var keys []key
	for _, under := range []string{"redirects", "mapping"} {
		if n := get(digits, under); n.Is('{') {
			for _, m := range n.Members {
				if under == "redirects" || strings.HasPrefix(m.Value.String(), "task://") {
					keys = append(keys, key{m.Name, m.Value, under})
				}
			}
		}
	}
	if len(keys) == 0 {
		return s.router(tasks)
	}
	split := s.add(w.name+"_keys", kindSplit, at, map[string]any{"input": literalVariable(varRaw)})
	split.lane = 1
	for _, k := range keys {
		t := s.target(split.name+"_"+k.digit, at, by.task, k.to, member(by.action.at, "voice_digits", k.under, k.digit))
		split.match("key "+k.digit, "equal_to", k.digit, t)
	}
	split.on("noMatch", s.fallback())
	return to(split)
}

// silence is the state that counts how often a caller said nothing.
func (s *side) silence() *widget {
	if s.silent == nil {
		s.silent = s.set(s.prefix+"_silence", s.shared, []any{
			incremented(varSilence),
			variable{Key: varInput, Value: ""},
		})
	}
	return s.silent
}

// silenced ends the call of a caller who says nothing too often; before that, silence is
// an input that matches nothing.
func (s *side) silenced() {
	if s.silent == nil {
		return
	}
	split := s.add(s.prefix+"_silent", kindSplit, s.shared, map[string]any{"input": counter(varSilence)})
	s.silent.on("next", to(split))
	split.match("too often", "greater_than", silences, target{})
	split.on("noMatch", s.fallback())
}
