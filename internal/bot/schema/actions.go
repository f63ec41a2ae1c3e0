package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The verbs of Autopilot (https://www.twilio.com/docs/autopilot/actions), and
// those after which nothing of the list runs.
var (
	actionVerbs  = []string{"collect", "handoff", "listen", "play", "redirect", "remember", "say", "show"}
	transitional = []string{"collect", "handoff", "listen", "redirect"}
)

var taskRouter = regexp.MustCompile(`^taskrouter://WW[0-9a-fA-F]{32}$`)

// actions checks a list of actions: one verb in each, in the shape it has.
func (v *validator) actions(list *node, at place) {
	ended := ""
	for i, action := range list.elems {
		// By its verb, not by its number: what stands before it may come and go.
		here := at.index(i, verbOf(action))
		if !action.isKind('{') || len(action.members) != 1 {
			v.err(ActionShape, here, "an action is not an object with one verb", "Write each verb in an object of its own, such as {\"say\": \"hello\"}.")
			continue
		}
		if ended != "" {
			v.warn(UnreachableAction, here, fmt.Sprintf("nothing behind %q runs", ended), fmt.Sprintf("The verb %q hands the conversation over; remove what follows it.", ended))
			ended = ""
		}
		verb, value := action.members[0].name, action.members[0].value
		v.action(verb, value, here)
		if slices.Contains(transitional, verb) {
			ended = verb
		}
	}
}

func verbOf(action *node) string {
	if action.isKind('{') && len(action.members) == 1 {
		return action.members[0].name
	}
	return ""
}

func (v *validator) action(verb string, value *node, at place) {
	here := at.member(verb)
	switch verb {
	case "say":
		v.say(value, here)
	case "listen":
		v.listen(value, here)
	case "redirect":
		v.target(value, here)
	case "collect":
		v.collect(value, here)
	case "remember":
		v.shape(value.isKind('{'), here, verb, `{"key": "value"}`)
	case "show":
		v.shape(value.isKind('{') && value.get("images").isKind('['), here, verb, `{"body": …, "images": [{"label": …, "url": …}]}`)
	case "play":
		v.shape(value.isKind('{') && text(value.get("url")) != "", here, verb, `{"url": …, "loop": 1}`)
	case "handoff":
		v.handoff(value, here)
	default:
		v.err(UnknownVerb, at, fmt.Sprintf("there is no verb %q", verb), "Autopilot has "+strings.Join(actionVerbs, ", ")+"."+nearest(verb, actionVerbs))
	}
}

func (v *validator) shape(right bool, at place, verb, want string) {
	if !right {
		v.err(ActionShape, at, fmt.Sprintf("the verb %q is not shaped as it must be", verb), "Write "+want+".")
	}
}

func (v *validator) say(n *node, at place) {
	v.shape(n.isKind('"') || n.get("speech").isKind('"'), at, "say", `text, or {"speech": text}`)
}

func (v *validator) listen(n *node, at place) {
	if n.isKind('t') || n.isKind('f') {
		return
	}
	if !n.isKind('{') {
		v.shape(false, at, "listen", `true, or {"tasks": ["name", …]}`)
		return
	}
	if tasks := n.get("tasks"); tasks != nil {
		if !tasks.isKind('[') {
			v.shape(false, at.member("tasks"), "listen", `{"tasks": ["name", …]}`)
			return
		}
		for i, each := range tasks.elems {
			here := at.member("tasks").index(i, text(each))
			if !each.isKind('"') {
				v.shape(false, here, "listen", "the names of tasks")
				continue
			}
			v.task(strings.TrimPrefix(each.text, "task://"), here)
		}
	}
	v.digits(n.get("voice_digits"), at.member("voice_digits"))
}

// digits checks what keys lead to.
func (v *validator) digits(n *node, at place) {
	if redirects := n.get("redirects"); redirects != nil {
		for _, m := range redirects.members {
			v.target(m.value, at.member("redirects").member(m.name))
		}
	}
	// A mapping's values are answers, unless they say that they are tasks.
	if mapping := n.get("mapping"); mapping != nil {
		for _, m := range mapping.members {
			if strings.HasPrefix(text(m.value), "task://") {
				v.target(m.value, at.member("mapping").member(m.name))
			}
		}
	}
}

func (v *validator) collect(n *node, at place) {
	if !n.isKind('{') {
		v.shape(false, at, "collect", `{"name": …, "questions": […], "on_complete": {"redirect": …}}`)
		return
	}
	if name := text(n.get("name")); name == "" || strings.ContainsAny(name, " \t\n") {
		v.err(ActionShape, at, "a collect has no name without spaces", `Give it a "name" of letters, digits and underscores.`)
	}
	questions := n.get("questions")
	if !questions.isKind('[') || len(questions.elems) == 0 {
		v.err(ActionShape, at, "a collect asks no questions", `Give it "questions", a list.`)
	} else {
		seen := map[string]bool{}
		for i, question := range questions.elems {
			here := at.member("questions").index(i, text(question.get("name")))
			v.question(question, here)
			if name := text(question.get("name")); name != "" && seen[name] {
				v.err(DuplicateQuestion, here, fmt.Sprintf("the collect has two questions named %q", name), "One answer would overwrite the other; rename one.")
			} else {
				seen[name] = true
			}
		}
	}
	done := n.get("on_complete")
	if done.get("redirect") == nil {
		v.err(ActionShape, at, "a collect does not say what follows it", `Give it "on_complete": {"redirect": …}.`)
		return
	}
	v.target(done.get("redirect"), at.member("on_complete").member("redirect"))
}

func (v *validator) question(n *node, at place) {
	if !n.isKind('{') {
		v.shape(false, at, "collect", `{"question": …, "name": …}`)
		return
	}
	if asked := n.get("question"); !asked.isKind('"') && asked.get("say") == nil && asked.get("speech") == nil {
		v.err(ActionShape, at, "a question has no text", `Give it "question": text, or {"say": …}.`)
	}
	if name := text(n.get("name")); name == "" || strings.ContainsAny(name, " \t\n") {
		v.err(ActionShape, at, "a question has no name without spaces", `Give it a "name"; its answer is kept under it.`)
	}
	if kind := n.get("type"); kind != nil {
		v.fieldType(text(kind), at.member("type"))
	}
	v.digits(n.get("voice_digits"), at.member("voice_digits"))
	validate := n.get("validate")
	if !validate.isKind('{') {
		return
	}
	here := at.member("validate")
	if limit := validate.get("max_attempts"); limit.isKind('{') {
		if limit.get("redirect") == nil {
			v.err(ActionShape, here.member("max_attempts"), "`max_attempts` does not say what follows", `Give it "redirect" and "num_attempts".`)
		} else {
			v.target(limit.get("redirect"), here.member("max_attempts").member("redirect"))
		}
	}
	if hook := validate.get("webhook").get("url"); hook != nil {
		v.webURL(text(hook), here.member("webhook").member("url"))
	}
}

func (v *validator) handoff(n *node, at place) {
	uri := text(n.get("uri"))
	if !n.isKind('{') || n.get("uri") == nil {
		v.shape(false, at, "handoff", `{"channel": "voice", "uri": …}`)
		return
	}
	if !taskRouter.MatchString(uri) {
		v.webURL(uri, at.member("uri"))
	}
}
