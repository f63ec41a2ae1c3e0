package flow

import "strings"

// paths warns of states that no execution reaches, and of those that only executions
// started by the REST API may reach.
func (v *validator) paths() {
	start, ok := v.names[v.flow.InitialState]
	if !ok {
		return
	}
	reached := v.reach([]int{start})
	for i, s := range v.flow.States {
		if first, named := v.names[s.Name]; named && first == i && !reached[i] && s.Type != triggerType && !s.carriesSchema() {
			v.warn(Unreachable, index("/states", i), "Studio accepts it, but it never runs. Add a transition to it, or remove it.",
				"no transition leads to %s", called(i, s))
		}
	}
	var people []int
	for _, t := range v.flow.States[start].Transitions {
		if next, ok := v.names[t.Next]; ok && t.Event != "incomingRequest" && t.Event != "incomingParent" {
			people = append(people, next)
		}
	}
	live := v.reach(people)
	for i, s := range v.flow.States {
		if live[i] && strings.HasPrefix(s.Type, "make-outgoing-call-") {
			v.warn(RESTOnly, index("/states", i).AppendToken("type"),
				"Studio may refuse it: lead to it from the trigger's incomingRequest alone.",
				"%s makes a call although a person has already called or written", called(i, s))
		}
	}
}

// reach returns the states that transitions lead to from some states, including those.
func (v *validator) reach(from []int) map[int]bool {
	reached := map[int]bool{}
	for len(from) > 0 {
		i := from[len(from)-1]
		from = from[:len(from)-1]
		if reached[i] {
			continue
		}
		reached[i] = true
		for _, t := range v.flow.States[i].Transitions {
			if next, ok := v.names[t.Next]; ok {
				from = append(from, next)
			}
		}
	}
	return reached
}
