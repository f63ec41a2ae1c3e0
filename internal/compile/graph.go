package compile

import (
	"fmt"
	"strings"
)

// widget is a state that is being built.
type widget struct {
	name       string
	kind       string
	properties map[string]any
	ways       []way

	side   *side   // whose channel; nil for the trigger and the source
	column *column // where on the canvas
	lane   int     // to the right, or the left, of the column's first

	x, y int
}

// way is a transition that is being built.
type way struct {
	event string
	to    target
	when  *condition // of a match
}

// condition is what a match requires of the input of its split. Studio trims the input
// and ignores letter case; a regex must match the whole input.
type condition struct {
	label string // for people, on the canvas
	input string
	test  string // such as matches_any_of
	value string
}

// target is where a way leads: to a widget, to the first one of a task, or, if it is
// zero, to the end of the conversation.
type target struct {
	widget *widget
	task   *task
	side   *side // of the task
}

func to(w *widget) target { return target{widget: w} }

// on connects an event to a target.
func (w *widget) on(event string, t target) { w.ways = append(w.ways, way{event: event, to: t}) }

// match connects the inputs of a split for which a condition holds to a target. A value
// is never Liquid, though it may look like it: it comes from what people say.
func (w *widget) match(label, test, value string, t target) {
	input, _ := w.properties["input"].(string) // each split is made with one
	w.ways = append(w.ways, way{event: "match", to: t, when: &condition{label: label, input: input, test: test, value: literal(value)}})
}

// column is a part of the canvas: a task of one channel, or what its tasks share.
type column struct {
	task *task // nil for the shared part, which is placed beside the trigger
}

// graph is the flow that is being built. Names are assigned once, in the order of creation.
type graph struct {
	widgets []*widget
	names   map[string]bool
}

// The widgets of Studio this package uses
// (https://www.twilio.com/docs/studio/widget-library).
const (
	kindTrigger  = "trigger"
	kindMessage  = "send-message"
	kindAsk      = "send-and-wait-for-reply"
	kindSay      = "say-play"
	kindGather   = "gather-input-on-call"
	kindSplit    = "split-based-on"
	kindSet      = "set-variables"
	kindHTTP     = "make-http-request"
	kindRedirect = "add-twiml-redirect"
	kindEnqueue  = "enqueue-call"
)

// waits reports whether an execution stays in a widget until the contact says something,
// or leaves the flow there.
func (w *widget) waits() bool {
	switch w.kind {
	case kindAsk, kindGather, kindRedirect, kindEnqueue:
		return true
	}
	return false
}

// maxName keeps names readable on the canvas. Twilio documents no bound; the longest
// name of an exported flow at hand has 58 characters.
const maxName = 60

func (g *graph) add(name, kind string, at *column, properties map[string]any) *widget {
	w := &widget{name: g.unique(name), kind: kind, properties: properties, column: at}
	g.widgets = append(g.widgets, w)
	return w
}

// unique spells a name with the characters of exported flows and keeps it apart from
// those assigned before.
func (g *graph) unique(name string) string {
	name = identifier(name, "-")
	name = name[:min(len(name), maxName)]
	if g.names == nil {
		g.names = map[string]bool{}
	}
	free := name
	for i := 2; g.names[free]; i++ {
		suffix := fmt.Sprintf("_%d", i)
		free = name[:min(len(name), maxName-len(suffix))] + suffix
	}
	g.names[free] = true
	return free
}

// identifier replaces what is neither an ASCII letter, a digit, an underscore nor one
// of the others given.
func identifier(s, others string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', strings.ContainsRune(others, r):
			return r
		}
		return '_'
	}, s)
}

// reachable are the widgets an execution can reach from one, in the order of creation.
func (g *graph) reachable(from *widget) []*widget {
	seen := map[*widget]bool{}
	next := []*widget{from}
	for len(next) > 0 {
		w := next[len(next)-1]
		next = next[:len(next)-1]
		if w == nil || seen[w] {
			continue
		}
		seen[w] = true
		for _, way := range w.ways {
			next = append(next, way.to.widget)
		}
	}
	var out []*widget
	for _, w := range g.widgets {
		if seen[w] {
			out = append(out, w)
		}
	}
	return out
}
