package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// resolve replaces tasks by their states, and prevents loops without a wait.
func (c *compiler) resolve() {
	for _, w := range c.widgets {
		for i := range w.ways {
			w.ways[i].to = c.resolved(w.ways[i].to)
		}
	}
	c.cutFailures()
	c.cycles()
}

// resolved is the state a target stands for. A task that does nothing but redirect has
// none of its own.
func (c *compiler) resolved(t target) target {
	var path []*task
	for t.task != nil {
		if i := slices.Index(path, t.task); i >= 0 {
			c.cycle(path[i:])
			return target{}
		}
		path = append(path, t.task)
		t = t.side.entries[t.task]
	}
	return t
}

// cycle reports a loop of tasks, each of which leads to the next and the last to the
// first. It begins with the first by name, so that a loop is reported once, whichever
// of its tasks a conversation enters.
func (c *compiler) cycle(ring []*task) {
	first := slices.Index(ring, slices.MinFunc(ring, func(a, b *task) int { return cmp.Compare(a.order, b.order) }))
	var names []string
	for _, t := range slices.Concat(ring[first:], ring[:first+1]) {
		names = append(names, t.name)
	}
	c.report.add(Error, CodeRedirectCycle, member(ring[first].at, "actions"),
		fmt.Sprintf("The conversation would loop forever without waiting for input: %s.", strings.Join(names, ", ")),
		"Studio would repeat it up to its limit of 1,000 steps. Add a listen or a collect to one of the tasks.")
}

// cutFailures ends the conversation where a URL that fails would be asked again without
// any input in between: a fallback may well ask the URL that has just failed.
func (c *compiler) cutFailures() {
	for _, w := range c.widgets {
		if w.kind != kindHTTP {
			continue
		}
		for i := range w.ways {
			if w.ways[i].event == "failed" && c.runsInto(w.ways[i].to.widget, w) {
				w.ways[i].to = target{}
			}
		}
	}
}

// runsInto reports whether an execution gets from one state to another before it waits
// and before a URL has answered.
func (c *compiler) runsInto(from, goal *widget) bool {
	seen := map[*widget]bool{}
	next := []*widget{from}
	for len(next) > 0 {
		w := next[len(next)-1]
		next = next[:len(next)-1]
		if w == goal {
			return true
		}
		if w == nil || seen[w] || w.waits() {
			continue
		}
		seen[w] = true
		for _, way := range w.ways {
			if w.kind != kindHTTP || way.event != "success" {
				next = append(next, way.to.widget)
			}
		}
	}
	return false
}

// cycles finds states that loop without waiting. What a URL answers is not known here; a
// loop through one may end.
func (c *compiler) cycles() {
	const (
		open = iota + 1
		done
	)
	mark := map[*widget]int{}
	var path []*widget
	var visit func(w *widget)
	visit = func(w *widget) {
		if w == nil || mark[w] == done || w.waits() || w.kind == kindHTTP {
			return
		}
		if mark[w] == open {
			c.ring(path, w)
			return
		}
		mark[w] = open
		path = append(path, w)
		for _, way := range w.ways {
			visit(way.to.widget)
		}
		path = path[:len(path)-1]
		mark[w] = done
	}
	for _, w := range c.reachable(c.trigger) {
		visit(w)
	}
}

// ring reports the tasks between two visits of a state.
func (c *compiler) ring(path []*widget, again *widget) {
	for path[0] != again {
		path = path[1:]
	}
	var tasks []*task
	for _, w := range path {
		if t := w.column.task; t != nil && !slices.Contains(tasks, t) {
			tasks = append(tasks, t)
		}
	}
	if len(tasks) > 0 {
		c.cycle(tasks)
	}
}
