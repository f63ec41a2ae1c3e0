// Package diagram draws an assistant schema as a diagram in Mermaid, and makes a schema of a
// diagram that a person drew.
package diagram

import (
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

const (
	// maxSamples is how many samples a task shows; the rest are counted.
	maxSamples = 3

	// maxLength is how long a picture may be before Mermaid refuses to draw it: the default
	// of its maxTextSize (https://mermaid.js.org/config/schema-docs/config.html), which a
	// document cannot raise. Mermaid counts UTF-16 units, of which a text has no more than
	// bytes.
	maxLength = 50_000
)

// Mermaid draws a schema as a flowchart in Mermaid's notation, which GitHub and GitLab
// render in a fenced block of the language mermaid: each task once with samples of it,
// and an edge for each way a conversation can take, starting at the entry points of
// `defaults`. Actions after one that ends the list are left out: they never run.
//
// The picture is a function of the canonical form: two schemas with the same form have the same
// bytes. A URL is shown without its query and its credentials. Where three samples for
// each task make the text longer than Mermaid accepts, there are fewer.
func Mermaid(s *schema.Schema) string {
	g := newGraph(s)
	text := g.render(maxSamples)
	for samples := maxSamples - 1; samples >= 0 && len(text) > maxLength; samples-- {
		text = g.render(samples)
	}
	return text
}

// render writes the nodes and then the edges, a line each, so that a change of a bot
// changes only the lines about it.
func (g *graph) render(samples int) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	dashed := false
	for _, n := range g.nodes {
		style := ""
		if n.kind == missing {
			style, dashed = ":::missing", true
		}
		open, closing := n.kind.shape()
		fmt.Fprintf(&b, "  %s%s\"%s\"%s%s\n", n.id, open, n.label(samples), closing, style)
	}
	for _, e := range g.edges {
		fmt.Fprintf(&b, "  %s\n", e.line())
	}
	if dashed {
		b.WriteString("  classDef missing stroke-dasharray: 4\n")
	}
	return b.String()
}

// shape is what surrounds a node's label
// (https://mermaid.js.org/syntax/flowchart.html#node-shapes).
func (k kind) shape() (open, closing string) {
	switch k {
	case entry:
		return "([", "])"
	case web:
		return "[[", "]]"
	case handoff:
		return "{{", "}}"
	default:
		return "[", "]"
	}
}

func (n *node) label(samples int) string {
	lines := []string{"<b>" + label(n.title, maxTitle) + "</b>"}
	if n.note != "" {
		lines = append(lines, label(n.note, maxTitle))
	}
	shown := n.samples[:min(samples, len(n.samples))]
	for _, each := range shown {
		lines = append(lines, "“"+label(each, maxSample)+"”")
	}
	if more := len(n.samples) - len(shown); more > 0 {
		lines = append(lines, fmt.Sprintf("#43; %d more", more))
	}
	return strings.Join(lines, "<br/>")
}

func (e *edge) line() string {
	arrow := "-->"
	if e.dotted {
		arrow = "-.->"
	}
	text := e.label()
	if text == "" {
		return fmt.Sprintf("%s %s %s", e.from.id, arrow, e.to.id)
	}
	return fmt.Sprintf("%s %s|\"%s\"| %s", e.from.id, arrow, text, e.to.id)
}

// label is the reasons for the edge, and the questions or keys of each.
func (e *edge) label() string {
	if len(e.of) == 0 {
		return label(e.what, maxTitle)
	}
	shown := e.of[:min(len(e.of), maxSamples)]
	text := label(e.what, maxTitle) + "#58; "
	for i, each := range shown {
		if i > 0 {
			text += ", "
		}
		text += label(each, maxSample)
	}
	if more := len(e.of) - len(shown); more > 0 {
		text += fmt.Sprintf(" #43; %d more", more)
	}
	return text
}
