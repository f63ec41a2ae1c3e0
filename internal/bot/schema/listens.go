package schema

import "strings"

// Apart reports which tasks are only ever offered apart: each of the two is named by a listen,
// no listen names both, and none offers all tasks. A sample that such tasks share, as "yes" is
// the answer to many questions, is no mistake: the question decides which of them it leads to.
// Only where a message begins a conversation it does not.
func Apart(s *Schema) func(a, b string) bool {
	lists := map[string]map[int]bool{} // the listens that name a task
	count, open := 0, false
	for _, t := range s.Tasks {
		list := tree(t.Actions).Get("actions")
		if !list.Is('[') {
			continue
		}
		for _, action := range list.Elems {
			listen := action.Get("listen")
			if !listen.Present() || listen.Is('f') {
				continue
			}
			names := listen.Get("tasks")
			if !names.Is('[') || len(names.Elems) == 0 {
				open = true
				continue
			}
			count++
			for _, each := range names.Elems {
				name := strings.TrimPrefix(each.String(), "task://")
				if lists[name] == nil {
					lists[name] = map[int]bool{}
				}
				lists[name][count] = true
			}
		}
	}
	return func(a, b string) bool {
		if open || len(lists[a]) == 0 || len(lists[b]) == 0 {
			return false
		}
		for list := range lists[a] {
			if lists[b][list] {
				return false
			}
		}
		return true
	}
}
