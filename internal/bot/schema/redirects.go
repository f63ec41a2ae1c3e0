package schema

import (
	"fmt"
	"strings"
)

// redirectLoops finds tasks that redirect to one another without ever waiting for input.
// Twilio follows five redirects in one request and then gives up
// (https://www.twilio.com/docs/autopilot/actions/redirect).
func (v *validator) redirectLoops(at place) {
	next := make(map[string]string)
	for _, t := range v.schema.Tasks {
		if _, ok := next[t.UniqueName]; !ok && t.ActionsURL == "" {
			next[t.UniqueName] = redirectsTo(t)
		}
	}
	for i, t := range v.schema.Tasks {
		path := []string{t.UniqueName}
		for to := next[t.UniqueName]; to != "" && len(path) <= len(next); to = next[to] {
			path = append(path, to)
			if to == t.UniqueName {
				v.warn(RedirectLoop, at.index(i, t.UniqueName).member("actions"),
					fmt.Sprintf("the task %q redirects to itself without waiting for an answer: %s", t.UniqueName, strings.Join(path, ", ")),
					"Twilio gives up after five redirects; listen, or collect an answer, on the way.")
				break
			}
		}
	}
}

// redirectsTo returns the task that t always redirects to; empty if t waits for input or
// ends first.
func redirectsTo(t Task) string {
	list := tree(t.Actions).Get("actions")
	if list == nil {
		return ""
	}
	for _, action := range list.Elems {
		for _, m := range action.Members {
			switch m.Name {
			case "redirect":
				to := m.Value
				if to.Is('{') {
					to = to.Get("uri")
				}
				name, _ := strings.CutPrefix(to.String(), "task://")
				if name == to.String() {
					return ""
				}
				return name
			case "collect", "handoff", "listen":
				return ""
			}
		}
	}
	return ""
}
