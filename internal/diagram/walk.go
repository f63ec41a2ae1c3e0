package diagram

import (
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// walk draws the transitions of a task, up to the action that ends the list: nothing
// after it runs (https://www.twilio.com/docs/autopilot/actions).
func (g *graph) walk(t schema.Task) {
	from := g.tasks[t.UniqueName]
	if t.Actions == nil {
		g.lead(from, t.ActionsURL, way{what: "actions"})
		return
	}
	list := jsondoc.ParseValue(t.Actions).Get("actions")
	if !list.Is('[') {
		return
	}
	for _, a := range list.Elems {
		if len(a.Members) == 1 && g.action(from, a.Members[0].Name, a.Members[0].Value) {
			return
		}
	}
}

// action draws where a verb leads, and reports whether it ends the list.
func (g *graph) action(from *node, verb string, value *jsondoc.Node) bool {
	switch verb {
	case "redirect":
		g.lead(from, uriOf(value), way{what: "redirect"})
	case "listen":
		if value.Is('f') {
			return false
		}
		g.listen(from, value)
	case "collect":
		g.collect(from, value)
	case "handoff":
		if uri := uriOf(value); uri != "" {
			g.draw(from, g.other(handoff, uri), way{what: "handoff"})
		}
	default:
		return false
	}
	return true
}

func (g *graph) listen(from *node, value *jsondoc.Node) {
	for _, name := range elems(value.Get("tasks")) {
		if name.Is('"') {
			g.draw(from, g.task(strings.TrimPrefix(name.Text, "task://")), way{what: "listen"})
		}
	}
	g.digits(from, value.Get("voice_digits"))
}

// digits draws what keys lead to. A mapping's values are answers, unless
// they are task:// URIs.
func (g *graph) digits(from *node, digits *jsondoc.Node) {
	for _, m := range members(digits.Get("redirects")) {
		g.lead(from, uriOf(m.Value), way{what: "digits", of: m.Name})
	}
	for _, m := range members(digits.Get("mapping")) {
		if strings.HasPrefix(m.Value.String(), "task://") {
			g.lead(from, m.Value.Text, way{what: "digits", of: m.Name})
		}
	}
}

func (g *graph) collect(from *node, value *jsondoc.Node) {
	for _, q := range elems(value.Get("questions")) {
		name := q.Get("name").String()
		g.digits(from, q.Get("voice_digits"))
		validate := q.Get("validate")
		g.lead(from, uriOf(validate.Get("webhook").Get("url")), way{what: "validate", of: name})
		g.lead(from, uriOf(validate.Get("max_attempts").Get("redirect")), way{what: "max attempts", of: name, dotted: true})
	}
	g.lead(from, uriOf(value.Get("on_complete").Get("redirect")), way{what: "on complete", of: value.Get("name").String()})
}

// uriOf is the URI of a redirect: text, or an object that has it with a method.
func uriOf(n *jsondoc.Node) string {
	if n.Is('{') {
		n = n.Get("uri")
	}
	return n.String()
}

func elems(n *jsondoc.Node) []*jsondoc.Node {
	if !n.Is('[') {
		return nil
	}
	return n.Elems
}

func members(n *jsondoc.Node) []jsondoc.Member {
	if !n.Is('{') {
		return nil
	}
	return n.Members
}
