package compile

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// request is a URL that answers with actions, as in a redirect of Autopilot
// (https://www.twilio.com/docs/autopilot/actions/autopilot-request).
type request struct {
	url, method string
	task        *task // whose action it is; nil for one of `defaults`
	at          jsontext.Pointer
	completes   string // name of the collect whose answers are sent; empty for all

	// byDefault is the state's name among the targets of `defaults`; empty for others.
	byDefault string
}

// collected is the collects of one name, with the questions any of them asks.
type collected struct {
	name      string
	questions []string
}

// ask creates the states that fetch actions and run those Studio can run: it reads a list
// of up to 15 (the bound of its loops,
// https://www.twilio.com/docs/studio/user-guide/studio-faq) for what to say, whether to
// listen, and the next task.
func (s *side) ask(name string, at *column, r request) target {
	s.c.report.warn(CodeDynamicActions, r.at,
		"Of the actions in its answer, say, listen and redirects to tasks run. Others (collect, remember, handoff, show, redirects to URLs, the tasks of a listen) do not.",
		"The flow asks a URL for actions, and Studio cannot run all kinds of them.")
	current := literalVariable(varTask)
	if r.task != nil {
		current = literal(r.task.name)
	}
	account, channel := "{{trigger.message.AccountSid}}", "SMS"
	if s.voice() {
		account, channel = "{{trigger.call.AccountSid}}", "voice"
	}
	parameters := []any{
		variable{Key: "AccountSid", Value: account},
		variable{Key: "AssistantSid", Value: "{{flow.flow_sid}}"},
		variable{Key: "Channel", Value: channel},
		variable{Key: "CurrentInput", Value: literalVariable(varRaw)},
		variable{Key: "CurrentTask", Value: current},
		variable{Key: "DialogueSid", Value: "{{flow.sid}}"},
		variable{Key: "UserIdentifier", Value: "{{contact.channel.address}}"},
	}
	if method(r.method) != "GET" { // a query might be truncated, so Autopilot left it out
		parameters = slices.Insert(parameters, 6, any(variable{Key: "Memory", Value: s.c.memory(r.completes)}))
	}
	w := s.add(name, kindHTTP, at, map[string]any{
		"method": method(r.method), "url": literal(r.url), "parameters": parameters,
		"content_type": "application/x-www-form-urlencoded;charset=utf-8",
	})
	if r.byDefault != "" {
		// What follows may lead here again, so the state is known before that is built.
		s.defaults[r.byDefault] = to(w)
	}
	answer := s.set(w.name+"_answer", at, append(s.answer("widgets."+w.name+".parsed.actions"), s.current(r.task)...))
	w.on("success", to(answer))
	w.on("failed", s.fallback())
	answer.on("next", s.turn())
	return to(w)
}

// current is the variable of the task that runs. Only a URL of `defaults` needs it: any
// other belongs to a task.
func (s *side) current(t *task) []any {
	if t == nil || !s.c.defaultURLs() {
		return nil
	}
	return []any{variable{Key: varTask, Value: literal(t.name)}}
}

// defaultURLs reports whether a conversation can reach a URL of `defaults` from a task.
func (c *compiler) defaultURLs() bool {
	for _, n := range []*jsondoc.Node{get(c.defaults, "fallback"), get(c.defaults, "collect", "validate_on_failure")} {
		if n.Is('{') {
			n = get(n, "uri")
		}
		if !unset(n) && !strings.HasPrefix(n.String(), "task://") {
			return true
		}
	}
	return false
}

// answer are the variables that hold what a URL answered.
func (s *side) answer(actions string) []any {
	each := "{% for a in " + actions + " %}"
	listen := "{% if turn == 'say' %}{% assign turn = 'listen' %}{% endif %}"
	if s.voice() {
		listen = "{% assign turn = 'listen' %}"
	}
	return []any{
		variable{Key: varSay, Value: each + "{% if a.say %}{% if a.say.speech %}{{a.say.speech}}{% else %}{{a.say}}{% endif %} {% endif %}{% endfor %}"},
		variable{Key: varTurn, Value: "{% assign turn = 'go' %}" + each + "{% if a.say %}{% assign turn = 'say' %}{% endif %}{% if a.listen %}" + listen + "{% endif %}{% endfor %}{{turn}}"},
		variable{Key: varNext, Value: each + "{% if a.redirect %}{% if a.redirect.uri %}{{a.redirect.uri}}{% else %}{{a.redirect}}{% endif %}{% endif %}{% endfor %}"},
	}
}

// turn does what the variables of an answer say, for all URLs of the channel.
func (s *side) turn() target {
	if s.turns != nil {
		return to(s.turns)
	}
	say := literalVariable(varSay)
	s.turns = s.add(s.prefix+"_turn", kindSplit, s.shared, map[string]any{"input": literalVariable(varTurn)})
	split := s.turns
	var listen target
	var speak *widget
	if s.voice() {
		listen = s.gather(s.prefix+"_turn_listen", s.shared, say, nil, nil)
		speak = s.add(s.prefix+"_turn_say", kindSay, s.shared, s.withVoice(map[string]any{"say": say, "loop": 1}))
	} else {
		w := s.wait(s.prefix+"_turn_listen", s.shared, message(say))
		in := s.hear(w, s.shared)
		in.on("next", s.router(s.c.tasks))
		listen = to(w)
		speak = s.add(s.prefix+"_turn_say", kindMessage, s.shared, message(say))
	}
	next := s.add(s.prefix+"_turn_next", kindSplit, s.shared, map[string]any{"input": literalVariable(varNext)})
	split.match("listen", "equal_to", "listen", listen)
	split.match("say", "equal_to", "say", to(speak))
	split.on("noMatch", to(next))
	if s.voice() {
		speak.on("audioComplete", to(next))
	} else {
		speak.on("sent", to(next))
		speak.on("failed", to(next))
	}
	for _, t := range s.c.tasks {
		next.match(t.name, "equal_to", "task://"+t.name, s.toTask(t))
	}
	next.on("noMatch", target{})
	return to(split)
}

func literalVariable(name string) string { return "{{flow.variables." + name + "}}" }

// memory is what Autopilot's Memory was, as far as the flow stores it: what actions
// remember, and what was collected: by the collect that is complete, or by all.
func (c *compiler) memory(complete string) string {
	var b strings.Builder
	b.WriteString(`{"twilio": {"collected_data": {`)
	first := true
	for _, each := range c.collects {
		if complete != "" && complete != each.name {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(jsonText(each.name) + `: {"answers": {`)
		for i, q := range each.questions {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(jsonText(q) + `: {"answer": {{flow.variables.` + answerKey(each.name, q) + ` | default: '' | replace: 'a', 'a' | to_json}} }`) // a text, whatever Studio made of its figures
		}
		b.WriteString(` }`)
		if complete != "" {
			b.WriteString(`, "status": "complete"`)
		}
		b.WriteString(` }`)
	}
	b.WriteString(`} }`)
	for _, key := range c.remembered {
		b.WriteString(", " + jsonText(key) + `: {{flow.variables.` + memoryKey(key) + ` | default: '' | to_json}}`)
	}
	b.WriteString(` }`)
	return b.String()
}

// jsonText is a string of JSON within Liquid.
func jsonText(s string) string { return literal(string(jsondoc.AppendString(nil, s))) }

// answerKey is the variable that holds an answer.
func answerKey(collect, question string) string {
	return varAnswer + identifier(collect, "") + "_" + identifier(question, "")
}

// readMemory finds what the schema's actions remember and collect.
func (c *compiler) readMemory() {
	keys := map[string]bool{}
	collects := map[string]*collected{}
	for _, t := range c.tasks {
		for _, a := range t.actions {
			switch a.verb {
			case "remember":
				for _, m := range a.value.Members {
					if m.Name != "twilio" { // where Memory keeps what was collected
						keys[m.Name] = true
					}
				}
			case "collect":
				name := get(a.value, "name").String()
				each := collects[name]
				if each == nil {
					each = &collected{name: name}
					collects[name] = each
				}
				list := get(a.value, "questions")
				if !list.Is('[') {
					continue
				}
				for _, q := range list.Elems {
					if q := get(q, "name").String(); !slices.Contains(each.questions, q) {
						each.questions = append(each.questions, q)
					}
				}
			}
		}
	}
	c.remembered = sortedKeys(keys)
	for _, name := range sortedKeys(collects) {
		c.collects = append(c.collects, *collects[name])
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
