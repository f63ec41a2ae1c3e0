package diagram

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// kind is the kind of a node.
type kind int

const (
	entry   kind = iota + 1 // where a conversation begins, or returns to
	task                    // of the schema
	missing                 // a task that is referenced and does not exist
	web                     // a URL whose answer continues the conversation
	handoff                 // a transfer of the call
)

type node struct {
	kind    kind
	id      string
	title   string
	note    string
	samples []string
}

// edge is a connection from one node to another. Ways of one sort between the same two
// are one edge that names what each is of.
type edge struct {
	from, to *node
	what     string
	of       []string
	dotted   bool // a way of a failure
}

// graph is the picture, in the order it is written: entries, tasks by name, then what
// they lead to in the order of discovery.
type graph struct {
	nodes  []*node
	edges  []*edge
	ids    map[string]bool
	tasks  map[string]*node // by unique name, including missing ones
	others map[target]*node
	drawn  map[ways]*edge
}

// target identifies a node that is not a task.
type target struct {
	kind kind
	uri  string
}

// way is one reason for an edge.
type way struct {
	what   string
	of     string // the question, collect or key; empty for none
	dotted bool
}

// ways are the ways that one edge combines.
type ways struct {
	from, to *node
	what     string
	dotted   bool
}

func newGraph(s *schema.Schema) *graph {
	g := &graph{ids: map[string]bool{}, tasks: map[string]*node{}, others: map[target]*node{}, drawn: map[ways]*edge{}}
	canonical, err := schema.Parse(s.Canonical())
	if err != nil {
		return g // the canonical form of a parsed schema always parses
	}
	starts := g.starts(jsondoc.ParseValue(canonical.Defaults))
	for _, t := range canonical.Tasks {
		g.tasks[t.UniqueName] = g.add(node{kind: task, title: t.UniqueName, samples: texts(t.Samples)}, "task_"+slug(t.UniqueName))
	}
	for _, from := range starts {
		g.lead(from.node, from.uri, from.way)
	}
	for _, t := range canonical.Tasks {
		g.walk(t)
	}
	return g
}

// start is an entry point and where it leads.
type start struct {
	node *node
	uri  string
	way  way
}

// starts adds the entry points that `defaults` has
// (https://www.twilio.com/docs/autopilot/api/assistant/defaults).
func (g *graph) starts(defaults *jsondoc.Node) []start {
	var out []start
	for _, each := range []struct {
		at         *jsondoc.Node
		name, note string
		dotted     bool
	}{
		{defaults.Get("assistant_initiation"), "assistant_initiation", "a call begins", false},
		{defaults.Get("fallback"), "fallback", "no sample fits", true},
		{defaults.Get("collect").Get("validate_on_failure"), "validate_on_failure", "a collect gives up", true},
	} {
		uri := uriOf(each.at)
		if uri == "" {
			continue
		}
		n := g.add(node{kind: entry, title: each.name, note: each.note}, "start_"+each.name)
		out = append(out, start{n, uri, way{dotted: each.dotted}})
	}
	return out
}

// add adds a node under a unique id.
func (g *graph) add(n node, id string) *node {
	id = strings.TrimSuffix(id, "_")
	n.id = id
	for i := 2; g.ids[n.id]; i++ {
		n.id = fmt.Sprintf("%s_%d", id, i)
	}
	g.ids[n.id] = true
	g.nodes = append(g.nodes, &n)
	return &n
}

// lead draws a way to what a URI names.
func (g *graph) lead(from *node, uri string, w way) {
	if uri == "" {
		return
	}
	if name, ok := strings.CutPrefix(uri, "task://"); ok {
		g.draw(from, g.task(name), w)
		return
	}
	g.draw(from, g.other(web, uri), w)
}

func (g *graph) draw(from, to *node, w way) {
	key := ways{from, to, w.what, w.dotted}
	e := g.drawn[key]
	if e == nil {
		e = &edge{from: from, to: to, what: w.what, dotted: w.dotted}
		g.drawn[key] = e
		g.edges = append(g.edges, e)
	}
	if w.of != "" && !slices.Contains(e.of, w.of) {
		e.of = append(e.of, w.of)
	}
}

// task is the node of a task, a missing one where the schema does not have it.
func (g *graph) task(name string) *node {
	n := g.tasks[name]
	if n == nil {
		n = g.add(node{kind: missing, title: name, note: "no such task"}, "missing_"+slug(name))
		g.tasks[name] = n
	}
	return n
}

// other is the node of a URL, or of a handoff.
func (g *graph) other(k kind, uri string) *node {
	key := target{k, uri}
	n := g.others[key]
	if n == nil {
		n = g.add(node{kind: k, title: withoutSecrets(uri)}, map[kind]string{web: "url", handoff: "handoff"}[k])
		g.others[key] = n
	}
	return n
}

var userInfo = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@`)

// withoutSecrets removes from a URL what may contain a key: more people see a picture
// than a file.
func withoutSecrets(uri string) string {
	shown, _, cut := strings.Cut(userInfo.ReplaceAllString(uri, "$1"), "?")
	shown, _, _ = strings.Cut(shown, "#")
	if cut {
		shown += "?…"
	}
	return shown
}

func texts(samples []schema.Sample) []string {
	out := make([]string, len(samples))
	for i, s := range samples {
		out[i] = s.TaggedText
	}
	return out
}
