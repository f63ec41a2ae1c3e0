package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// The bounds of a page whose nodes become tasks. An assistant has at most 600 tasks
// (https://www.twilio.com/docs/autopilot/limits), and every node and every answer is one.
const (
	maxTasks = 600
	maxNodes = 3 * maxTasks // with those that turn out to be empty, or containers
	maxEdges = 5 * maxTasks
)

// step is a node of a conversation: something that is said, and the ways on from it.
type step struct {
	id    string
	text  string
	shape chart.Shape
	ways  []*path
	gone  bool

	// name is the task's.
	name string
}

// path is a way from one step to another.
type path struct {
	from, to *step // to is nil where the conversation ends without a word
	text     string
}

// conversation is a page as a conversation: what is said, and what leads where.
type conversation struct {
	page  string
	steps []*step
	warns []chart.Warning
}

func (c *conversation) warn(node, format string, args ...any) {
	c.warns = append(c.warns, chart.Warning{Page: c.page, Node: chart.Brief(node), Message: fmt.Sprintf(format, args...)})
}

func (c *conversation) refuse(node, format string, args ...any) error {
	return &chart.Error{Page: c.page, Node: chart.Brief(node), Message: fmt.Sprintf(format, args...)}
}

// resolve turns a drawing into a conversation: containers are replaced by what is in them,
// what no edge leads to or from is left out, and empty nodes are passed through.
func resolve(p chart.Page) (*conversation, error) {
	c := &conversation{page: p.Name, warns: slices.Clone(p.Warnings)}
	edges := p.Edges
	touched := make([]bool, len(p.Nodes))
	count := 0
	for _, e := range edges {
		for _, at := range []int{e.From, e.To} {
			if !touched[at] {
				touched[at] = true
				count++
			}
		}
	}
	switch {
	case len(edges) == 0:
		return nil, c.refuse("", "There is no edge between two nodes, so there is no conversation.")
	case count > maxNodes:
		return nil, c.refuse("", "%d nodes have edges, which is more than an assistant can have: each is a task, and Twilio allows %d. Draw several diagrams.", count, maxTasks)
	case len(edges) > maxEdges:
		return nil, c.refuse("", "There are %d edges, which is more than an assistant can have: each answer is a task, and Twilio allows %d. Draw several diagrams.", len(edges), maxTasks)
	}
	b := containers(p, touched)
	edges, err := b.expand(c, edges)
	if err != nil {
		return nil, err
	}
	b.leaveOut(c)
	c.build(p, b, edges)
	c.passEmpty()
	if len(c.steps) == 0 {
		return nil, c.refuse("", "No node with an edge has a text, so there is nothing to say.")
	}
	return c, nil
}

// boxes are the containers of a page.
type boxes struct {
	page    chart.Page
	touched []bool // by an edge
	parent  []bool // of other nodes
	holds   []bool // a node that an edge touches

	// inner has, for each container that an edge touches, the nodes with edges that are in it
	// and are no such containers themselves; texts the texts of the nodes in it without edges,
	// which belong to the container where it has no others (merged).
	inner  map[int][]int
	texts  map[int][]string
	merged []bool
}

// containers finds the containers, and what is in those that edges touch.
func containers(p chart.Page, touched []bool) *boxes {
	b := &boxes{page: p, touched: touched, inner: map[int][]int{}, texts: map[int][]string{}, merged: make([]bool, len(p.Nodes)), parent: make([]bool, len(p.Nodes))}
	for _, n := range p.Nodes {
		if n.Parent != chart.None {
			b.parent[n.Parent] = true
		}
	}
	b.findHolders()
	nearest := b.nearestTouched()
	for at, n := range p.Nodes {
		if touched[at] && !b.holds[at] {
			// One chain of touched containers, however deep, has every node in it.
			for box := nearest[at]; box != chart.None; box = nearest[box] {
				b.inner[box] = append(b.inner[box], at)
			}
		}
		if !touched[at] && n.Text != "" && nearest[at] != chart.None {
			b.texts[nearest[at]] = append(b.texts[nearest[at]], n.Text)
		}
	}
	for at := range p.Nodes {
		if !touched[at] && nearest[at] != chart.None && len(b.inner[nearest[at]]) == 0 {
			b.merged[at] = true
		}
	}
	return b
}

// nearestTouched is for each node the innermost container of it that an edge touches.
func (b *boxes) nearestTouched() []int {
	nodes := b.page.Nodes
	nearest := make([]int, len(nodes))
	done := make([]bool, len(nodes))
	for i := range nodes {
		var trail []int
		at := i
		for at != chart.None && !done[at] {
			trail = append(trail, at)
			at = nodes[at].Parent
		}
		for _, each := range slices.Backward(trail) {
			up := nodes[each].Parent
			switch {
			case up == chart.None:
				nearest[each] = chart.None
			case b.touched[up]:
				nearest[each] = up
			default:
				nearest[each] = nearest[up]
			}
			done[each] = true
		}
	}
	return nearest
}

// findHolders finds the nodes that a node with an edge is in.
func (b *boxes) findHolders() {
	b.holds = make([]bool, len(b.page.Nodes))
	for at := range b.page.Nodes {
		if !b.touched[at] {
			continue
		}
		for up := b.page.Nodes[at].Parent; up != chart.None && !b.holds[up]; up = b.page.Nodes[up].Parent {
			b.holds[up] = true
		}
	}
}

// box reports whether edges of a node are those of what is in it.
func (b *boxes) box(at int) bool { return len(b.inner[at]) > 0 }

// expand replaces the edges of containers by edges of what is in them: one that leads to a
// container leads to where its content begins, and one that leads from it begins wherever its
// content ends.
func (b *boxes) expand(c *conversation, edges []chart.Edge) ([]chart.Edge, error) {
	into, out := map[int]int{}, map[int]bool{}
	for _, e := range edges {
		if !b.box(e.From) && !b.box(e.To) {
			if e.From != e.To {
				into[e.To]++
			}
			out[e.From] = true
		}
	}
	var expanded []chart.Edge
	for _, e := range edges {
		from, to := []int{e.From}, e.To
		if b.box(e.To) {
			inner := b.inner[e.To]
			if slices.Contains(inner, e.From) {
				c.warn(b.page.Nodes[e.From].Name(), "Its edge to %q, which it is in, is left out.", chart.Brief(b.page.Nodes[e.To].Name()))
				continue
			}
			to = inner[0]
			if at := slices.IndexFunc(inner, func(n int) bool { return into[n] == 0 }); at >= 0 {
				to = inner[at]
			}
			c.warn(b.page.Nodes[to].Name(), "The edge to %q, which it is in, leads to it.", chart.Brief(b.page.Nodes[e.To].Name()))
		}
		if b.box(e.From) {
			inner := b.inner[e.From]
			if slices.Contains(inner, e.To) {
				c.warn(b.page.Nodes[e.To].Name(), "The edge from %q, which it is in, is left out.", chart.Brief(b.page.Nodes[e.From].Name()))
				continue
			}
			from = nil
			for _, n := range inner {
				if !out[n] {
					from = append(from, n)
				}
			}
			if len(from) == 0 {
				from = inner[len(inner)-1:]
			}
			c.warn(b.page.Nodes[from[0]].Name(), "The edge from %q, which it is in, begins at it%s.", chart.Brief(b.page.Nodes[e.From].Name()), map[bool]string{true: " and at the other nodes that nothing leads on from"}[len(from) > 1])
		}
		for _, n := range from {
			expanded = append(expanded, chart.Edge{From: n, To: to, Text: e.Text})
		}
		if len(expanded) > maxEdges {
			return nil, c.refuse("", "There are more than %d edges, counting those that a container stands for. Draw several diagrams.", maxEdges)
		}
	}
	return expanded, nil
}

// leaveOut warns of what has a text and no edge.
func (b *boxes) leaveOut(c *conversation) {
	for at, n := range b.page.Nodes {
		if n.Text == "" || b.touched[at] || b.merged[at] || n.Shape == chart.Frame || b.parent[at] {
			continue
		}
		c.warn(n.Text, "No edge leads to it or from it, so it is left out. If it is the label of a line, attach it to the line.")
	}
}

// build makes the steps, in the order of the file, and the ways between them, each once.
func (c *conversation) build(p chart.Page, b *boxes, edges []chart.Edge) {
	type key struct {
		from, to int
		text     string
	}
	steps := map[int]*step{}
	for at, n := range p.Nodes {
		if !b.touched[at] || b.box(at) {
			continue
		}
		lines := append([]string{n.Text}, b.texts[at]...)
		text := chart.Tidy(strings.Join(lines, "\n"))
		steps[at] = &step{id: n.ID, text: text, shape: n.Shape}
		c.steps = append(c.steps, steps[at])
	}
	drawn := map[key]bool{}
	for _, e := range edges {
		k := key{e.From, e.To, e.Text}
		if from, to := steps[e.From], steps[e.To]; from != nil && to != nil && !drawn[k] {
			drawn[k] = true
			from.ways = append(from.ways, &path{from: from, to: to, text: e.Text})
		}
	}
}

// into counts the ways to each step.
func (c *conversation) into() map[*step][]*path {
	into := map[*step][]*path{}
	for _, s := range c.steps {
		for _, w := range s.ways {
			into[w.to] = append(into[w.to], w)
		}
	}
	return into
}

// passEmpty takes out the nodes without a text: a fork asks what the node before it says, a
// junction leads on to what follows it, and an end is one without a word.
func (c *conversation) passEmpty() {
	for changed := true; changed; {
		changed = false
		into := c.into()
		for _, s := range c.steps {
			if s.text != "" || s.gone || len(s.ways) < 2 || len(into[s]) != 1 {
				continue
			}
			before := into[s][0].from
			if before == s || before.gone || len(before.ways) != 1 || into[s][0].text != "" {
				continue
			}
			before.ways, s.gone, changed = s.ways, true, true
			for _, w := range before.ways {
				w.from = before
			}
			c.warn(before.text, "The empty node after it is left out; the edges from there are read as its own.")
			if before.text == "" {
				break // the counts of it are no longer right
			}
		}
		c.sweep()
	}
	for _, s := range c.steps {
		if s.text == "" && len(s.ways) > 1 {
			var answers []string
			for _, w := range s.ways {
				if text := chart.OneLine(firstOf(w.text, w.to.text)); text != "" {
					answers = append(answers, text)
				}
			}
			if s.text = strings.Join(answers, " / "); s.text != "" {
				c.warn(s.text, "The node has no text, so the bot asks with the answers.")
			}
		}
	}
	for _, s := range c.steps {
		var ways []*path
		for _, w := range s.ways {
			w.to, w.text = through(w)
			if w.to != nil || w.text != "" {
				ways = append(ways, w)
			}
		}
		s.ways = ways
	}
	for _, s := range c.steps {
		if s.text == "" {
			s.gone = true
			c.warn("", "An empty node%s is left out.", neighbour(s))
		}
	}
	c.sweep()
}

// neighbour says where an empty node is.
func neighbour(s *step) string {
	for _, w := range s.ways {
		if w.to != nil && w.to.text != "" {
			return fmt.Sprintf(" before %q", chart.Brief(w.to.text))
		}
	}
	if s.id != "" {
		return fmt.Sprintf(" (id %q)", chart.Brief(s.id))
	}
	return ""
}

// through is where a way leads when empty nodes are passed, and its text. Nil is the end.
func through(w *path) (*step, string) {
	at, text := w.to, w.text
	for steps := 0; at != nil && at.text == ""; steps++ {
		if len(at.ways) == 0 || steps > maxNodes {
			return nil, text
		}
		text = firstOf(text, at.ways[0].text)
		at = at.ways[0].to
	}
	return at, text
}

func (c *conversation) sweep() {
	c.steps = slices.DeleteFunc(c.steps, func(s *step) bool { return s.gone })
}

// firstOf is the first text that is one.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
