package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// line is the states of a task, in the order they run.
type line struct {
	*side
	task  *task
	first target
	begun bool
	open  []exit
}

// exit is a transition that has no target yet: an event of a state, or a match of its split.
type exit struct {
	from  *widget
	event string
	match int // of from.ways; used only where event is empty
}

// then connects every open exit to a target, which leaves none open.
func (l *line) then(t target) {
	if !l.begun {
		l.first, l.begun = t, true
	}
	for _, e := range l.open {
		if e.event == "" {
			e.from.ways[e.match].to = t
			continue
		}
		e.from.on(e.event, t)
	}
	l.open = nil
}

// next adds a state; its events become the open exits.
func (l *line) next(name, kind string, properties map[string]any, events ...string) *widget {
	w := l.add(name, kind, l.columns[l.task], properties)
	l.then(to(w))
	for _, event := range events {
		l.open = append(l.open, exit{from: w, event: event})
	}
	return w
}

// actions creates the states of a task. The last leads nowhere, which ends the
// conversation.
func (s *side) actions(t *task) target {
	l := &line{side: s, task: t}
	if t.url != "" {
		return s.ask(fmt.Sprintf("%s_%s_actions", s.prefix, t.name), s.columns[t], request{url: t.url, task: t, at: member(t.at, "actionsUrl")})
	}
	list := t.actions
	prompt := l.promptOf(list)
	for i, a := range list {
		if i == prompt {
			continue
		}
		done := true
		switch a.verb {
		case "listen":
			if a.value.Is('f') {
				done = false
				break
			}
			said := action{}
			if prompt >= 0 {
				said = list[prompt]
			}
			l.listen(a, said)
		case "redirect":
			l.then(s.target(stateName(s.prefix, t, a, "redirect"), s.columns[t], t, a.value, a.at))
		case "collect":
			l.collect(a)
		case "handoff":
			l.handoff(a)
		default:
			done = false
			l.speak(a)
		}
		if done {
			break
		}
	}
	l.then(target{})
	return l.first
}

// promptOf is the index of the action whose text the listening state says; -1 for
// none. A remember between the two runs before that state.
func (l *line) promptOf(list []action) int {
	prompt := -1
	for i, a := range list {
		switch a.verb {
		case "listen":
			if a.value.Is('f') {
				continue
			}
			return prompt
		case "redirect", "collect", "handoff":
			return -1
		case "say":
			if l.text(a.value) != "" {
				prompt = i
			}
		case "show":
			if !l.voice() && len(images(a)) == 1 {
				prompt = i
			} else if !l.voice() {
				prompt = -1
			}
		case "play":
			if l.voice() {
				prompt = i
			}
		}
	}
	return -1
}

// text is what a say says on the channel.
func (s *side) text(n *jsondoc.Node) string {
	text := sayText(n)
	if !s.voice() {
		text = withoutSSML(text)
	}
	return strings.TrimSpace(text)
}

// speak creates the states of an action after which the next one runs.
func (l *line) speak(a action) {
	name := stateName(l.prefix, l.task, a, a.verb)
	switch a.verb {
	case "say":
		if l.text(a.value) == "" {
			l.c.report.info(CodeEmptySay, a.at, "It is left out, because Twilio refuses messages without a text.", "The say has no text.")
			return
		}
		l.say(name, a)
	case "play":
		if !l.voice() {
			l.c.report.info(CodePlayOnMessaging, a.at, "It is left out of messages; callers hear it.", "A recording cannot be played in a message.")
			return
		}
		l.next(name, kindSay, l.withVoice(map[string]any{"play": literal(get(a.value, "url").String()), "loop": whole(get(a.value, "loop"), 1)}), "audioComplete")
	case "show":
		l.show(name, a)
	case "remember":
		l.remember(name, a)
	}
}

// say creates a state that says a text.
func (l *line) say(name string, a action) {
	text := literal(l.said(a.value, a.at))
	if l.voice() {
		l.next(name, kindSay, l.withVoice(map[string]any{"say": text, "loop": 1}), "audioComplete")
		return
	}
	l.next(name, kindMessage, message(text), "sent", "failed")
}

// said is text, and warns of SSML, which a message loses.
func (s *side) said(n *jsondoc.Node, at jsontext.Pointer) string {
	if !s.voice() && marks.MatchString(sayText(n)) {
		s.c.report.warn(CodeSSMLStripped, at, "Messages contain the text without the SSML tags; calls are not affected.", "The text has SSML, which a message cannot have.")
	}
	return s.text(n)
}

// message is the properties of a widget that sends to the contact of the execution.
func message(body string) map[string]any {
	return map[string]any{"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": body}
}

// withVoice adds the voice of the style sheet.
func (s *side) withVoice(properties map[string]any) map[string]any {
	if voice := get(s.c.style, "voice", "say_voice").String(); voice != "" {
		properties["voice"] = voice
	}
	return properties
}

// images are what a show shows, by label and URL.
func images(a action) [][2]string {
	list := get(a.value, "images")
	if !list.Is('[') {
		return nil
	}
	var out [][2]string
	for _, image := range list.Elems {
		if url := get(image, "url").String(); url != "" {
			out = append(out, [2]string{get(image, "label").String(), url})
		}
	}
	return out
}

// show sends a message for each image, the text with the first.
func (l *line) show(name string, a action) {
	if l.voice() {
		l.c.report.info(CodeShowOnVoice, a.at, "Callers do not get it.", "A picture cannot be shown in a call.")
		return
	}
	for i := range images(a) {
		l.next(name, kindMessage, picture(a, i), "sent", "failed")
	}
}

// picture is the message of one image of a show.
func picture(a action, i int) map[string]any {
	image := images(a)[i]
	body := image[0]
	if text := strings.TrimSpace(sayText(get(a.value, "body"))); text != "" && i == 0 {
		body = text
	}
	m := message(literal(body))
	m["media_url"] = literal(image[1])
	return m
}

// remember sets variables of the flow.
func (l *line) remember(name string, a action) {
	var variables []any
	for _, m := range slices.SortedFunc(slices.Values(a.value.Members), func(x, y jsondoc.Member) int { return strings.Compare(x.Name, y.Name) }) {
		if !m.Value.Present() {
			continue
		}
		key := memoryKey(m.Name)
		if other, taken := l.c.spelled[key]; taken && other != m.Name {
			l.c.report.warn(CodeMemoryKey, member(a.at, m.Name), "The value remembered last replaces the other. Give one of them another name.", "%q and %q are the same Studio variable, %q.", other, m.Name, key)
		} else if key != m.Name {
			l.c.report.info(CodeMemoryKey, member(a.at, m.Name), fmt.Sprintf("It is stored as flow.variables.%s.", key), "A Studio variable cannot be named %q.", m.Name)
		}
		if _, taken := l.c.spelled[key]; !taken {
			l.c.spelled[key] = m.Name
		}
		switch m.Value.Kind {
		case '{', '[':
			variables = append(variables, variable{Key: key, Value: literal(string(m.Value.Canonical())), Parse: true})
		case '"':
			variables = append(variables, variable{Key: key, Value: literal(m.Value.Text)})
		default:
			variables = append(variables, variable{Key: key, Value: string(m.Value.Canonical())})
		}
	}
	if len(variables) > 0 {
		l.next(name, kindSet, map[string]any{"variables": variables}, "next")
	}
}

// variable is one of a set-variables widget.
type variable struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Parse bool   `json:"parse_as_json,omitempty"`
}

// memoryKey is how Studio spells a remembered name. Liquid reads a dash as an operator
// in some places, and names of the compiler's own are kept apart.
func memoryKey(name string) string {
	key := identifier(name, "")
	switch {
	case strings.HasPrefix(key, reserved), strings.HasPrefix(key, varAnswer), key == sourceVariable, key == optionsVariable,
		key == "", key[0] >= '0' && key[0] <= '9':
		return "m_" + key
	}
	return key
}

// set creates a state that sets variables, outside of a line.
func (s *side) set(name string, at *column, variables []any) *widget {
	return s.add(name, kindSet, at, map[string]any{"variables": variables})
}

// handoff transfers a call, which ends the flow.
func (l *line) handoff(a action) {
	if !l.voice() {
		if slices.Contains(l.c.options.Channels, "messaging") {
			l.c.report.warn(CodeHandoffVoiceOnly, a.at, "A messaging conversation ends there.", "Autopilot hands over calls only.")
		}
		return
	}
	name := stateName(l.prefix, l.task, a, "handoff")
	for _, option := range []string{"action", "voice_status_callback_url"} {
		if get(a.value, option) != nil {
			l.c.report.warn(CodeHandoffOptions, member(a.at, option), "It is left out; set it where the call is answered.", "Studio has no equivalent of %q of a handoff.", option)
		}
	}
	uri := get(a.value, "uri").String()
	if sid, ok := strings.CutPrefix(uri, "taskrouter://"); ok {
		properties := map[string]any{"workflow_sid": sid}
		for from, name := range map[string]string{"wait_url": "wait_url", "wait_url_method": "wait_url_method"} {
			if v := get(a.value, from).String(); v != "" {
				properties[name] = literal(v)
			}
		}
		for _, name := range []string{"priority", "timeout"} {
			if n := get(a.value, name); n != nil {
				properties[name] = whole(n, 0)
			}
		}
		l.next(name, kindEnqueue, properties, "callComplete", "failedToEnqueue", "callFailure")
		return
	}
	l.next(name, kindRedirect, map[string]any{"url": literal(uri), "method": method(get(a.value, "method").String()), "timeout": "0"}, "return", "timeout", "fail")
}

// method is an HTTP method that Studio accepts; Autopilot's default is POST.
func method(s string) string {
	if strings.EqualFold(s, "GET") {
		return "GET"
	}
	return "POST"
}
