package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// The verbs of Autopilot (https://www.twilio.com/docs/autopilot/actions), and
// those that end the list.
var (
	actionVerbs  = []string{"collect", "handoff", "listen", "play", "redirect", "remember", "say", "show"}
	transitional = []string{"collect", "handoff", "listen", "redirect"}
)

var taskRouter = regexp.MustCompile(`^taskrouter://WW[0-9a-fA-F]{32}$`)

// actions checks a list of actions: one verb in each, with a value of the right form.
func (v *validator) actions(list *jsondoc.Node, at place) {
	ended := ""
	for i, action := range list.Elems {
		// By its verb, not by its number, which changes with the actions before it.
		here := at.index(i, verbOf(action))
		if !action.Is('{') || len(action.Members) != 1 {
			v.err(ActionShape, here, "an action is not an object with one verb", "Write each verb in an object of its own, such as {\"say\": \"hello\"}.")
			continue
		}
		if ended != "" {
			v.warn(UnreachableAction, here, fmt.Sprintf("nothing after %q runs", ended), fmt.Sprintf("The verb %q hands the conversation over; remove what follows it.", ended))
			ended = ""
		}
		verb, value := action.Members[0].Name, action.Members[0].Value
		v.action(verb, value, here)
		if slices.Contains(transitional, verb) {
			ended = verb
		}
	}
}

func verbOf(action *jsondoc.Node) string {
	if action.Is('{') && len(action.Members) == 1 {
		return action.Members[0].Name
	}
	return ""
}

func (v *validator) action(verb string, value *jsondoc.Node, at place) {
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
		v.shape(value.Is('{'), here, verb, `{"key": "value"}`)
	case "show":
		v.shape(value.Is('{') && value.Get("images").Is('['), here, verb, `{"body": …, "images": [{"label": …, "url": …}]}`)
	case "play":
		v.shape(value.Is('{') && value.Get("url").String() != "", here, verb, `{"url": …, "loop": 1}`)
	case "handoff":
		v.handoff(value, here)
	default:
		v.err(UnknownVerb, at, fmt.Sprintf("there is no verb %q", verb), "Autopilot has "+strings.Join(actionVerbs, ", ")+"."+nearest(verb, actionVerbs))
	}
}

func (v *validator) shape(right bool, at place, verb, want string) {
	if !right {
		v.err(ActionShape, at, fmt.Sprintf("the value of the verb %q has the wrong form", verb), "Write "+want+".")
	}
}

func (v *validator) say(n *jsondoc.Node, at place) {
	v.shape(n.Is('"') || n.Get("speech").Is('"'), at, "say", `text, or {"speech": text}`)
}

func (v *validator) listen(n *jsondoc.Node, at place) {
	if n.Is('t') || n.Is('f') {
		return
	}
	if !n.Is('{') {
		v.shape(false, at, "listen", `true, or {"tasks": ["name", …]}`)
		return
	}
	if tasks := n.Get("tasks"); tasks != nil {
		if !tasks.Is('[') {
			v.shape(false, at.member("tasks"), "listen", `{"tasks": ["name", …]}`)
			return
		}
		for i, each := range tasks.Elems {
			here := at.member("tasks").index(i, each.String())
			if !each.Is('"') {
				v.shape(false, here, "listen", "the names of tasks")
				continue
			}
			v.task(strings.TrimPrefix(each.Text, "task://"), here)
		}
	}
	v.digits(n.Get("voice_digits"), at.member("voice_digits"))
}

// digits checks the tasks and URLs that pressed keys lead to.
func (v *validator) digits(n *jsondoc.Node, at place) {
	if redirects := n.Get("redirects"); redirects != nil {
		for _, m := range redirects.Members {
			v.target(m.Value, at.member("redirects").member(m.Name))
		}
	}
	// A mapping's values are answers, except for those that begin with task://.
	if mapping := n.Get("mapping"); mapping != nil {
		for _, m := range mapping.Members {
			if strings.HasPrefix(m.Value.String(), "task://") {
				v.target(m.Value, at.member("mapping").member(m.Name))
			}
		}
	}
}

func (v *validator) collect(n *jsondoc.Node, at place) {
	if !n.Is('{') {
		v.shape(false, at, "collect", `{"name": …, "questions": […], "on_complete": {"redirect": …}}`)
		return
	}
	if name := n.Get("name").String(); name == "" || strings.ContainsAny(name, " \t\n") {
		v.err(ActionShape, at, "a collect has no name without spaces", `Give it a "name" of letters, digits and underscores.`)
	}
	questions := n.Get("questions")
	if !questions.Is('[') || len(questions.Elems) == 0 {
		v.err(ActionShape, at, "a collect asks no questions", `Give it "questions", a list.`)
	} else {
		seen := map[string]bool{}
		for i, question := range questions.Elems {
			here := at.member("questions").index(i, question.Get("name").String())
			v.question(question, here)
			if name := question.Get("name").String(); name != "" && seen[name] {
				v.err(DuplicateQuestion, here, fmt.Sprintf("the collect has two questions named %q", name), "One answer would overwrite the other; rename one.")
			} else {
				seen[name] = true
			}
		}
	}
	done := n.Get("on_complete")
	if done.Get("redirect") == nil {
		v.err(ActionShape, at, "a collect has no `on_complete` redirect", `Give it "on_complete": {"redirect": …}.`)
		return
	}
	v.target(done.Get("redirect"), at.member("on_complete").member("redirect"))
}

func (v *validator) question(n *jsondoc.Node, at place) {
	if !n.Is('{') {
		v.shape(false, at, "collect", `{"question": …, "name": …}`)
		return
	}
	if asked := n.Get("question"); !asked.Is('"') && asked.Get("say") == nil && asked.Get("speech") == nil {
		v.err(ActionShape, at, "a question has no text", `Give it "question": text, or {"say": …}.`)
	}
	if name := n.Get("name").String(); name == "" || strings.ContainsAny(name, " \t\n") {
		v.err(ActionShape, at, "a question has no name without spaces", `Give it a "name"; its answer is stored under it.`)
	}
	if kind := n.Get("type"); kind != nil {
		v.fieldType(kind.String(), at.member("type"))
	}
	v.digits(n.Get("voice_digits"), at.member("voice_digits"))
	validate := n.Get("validate")
	if !validate.Is('{') {
		return
	}
	here := at.member("validate")
	if limit := validate.Get("max_attempts"); limit.Is('{') {
		if limit.Get("redirect") == nil {
			v.err(ActionShape, here.member("max_attempts"), "`max_attempts` has no `redirect`", `Give it "redirect" and "num_attempts".`)
		} else {
			v.target(limit.Get("redirect"), here.member("max_attempts").member("redirect"))
		}
	}
	if hook := validate.Get("webhook").Get("url"); hook != nil {
		v.webURL(hook.String(), here.member("webhook").member("url"))
	}
}

func (v *validator) handoff(n *jsondoc.Node, at place) {
	uri := n.Get("uri").String()
	if !n.Is('{') || n.Get("uri") == nil {
		v.shape(false, at, "handoff", `{"channel": "voice", "uri": …}`)
		return
	}
	if !taskRouter.MatchString(uri) {
		v.webURL(uri, at.member("uri"))
	}
}
