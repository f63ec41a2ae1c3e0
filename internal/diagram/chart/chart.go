// Package chart is a drawn flowchart, whatever notation it was drawn in: nodes and the edges
// between them, page by page.
package chart

import "fmt"

// Page is one drawing of a file.
type Page struct {
	// Name is the page's name in the file; where the notation has none, "Page-1" and so on.
	Name string

	// Nodes are all shapes, containers among them, in the order of the file.
	Nodes []Node

	// Edges are those that lead from one node to another, in the order of the file.
	Edges []Edge

	// Warnings are what the reader left out.
	Warnings []Warning
}

// Node is a shape of a drawing.
type Node struct {
	ID    string // in the file
	Text  string // plain text, lines separated by newlines; empty for a shape without a label
	Shape Shape

	// Parent is the index of the container that the node is in; None for a node that is in
	// none.
	Parent int
}

// None is the index of no node.
const None = -1

// Shape is what the form of a node says about its part in a flowchart.
type Shape int

// The shapes. People draw whole trees of plain boxes, so a shape is a hint and no more.
const (
	Process  Shape = iota
	Question       // a rhombus
	Terminal       // an ellipse, a pill or a circle: where a flowchart begins or ends
	Frame          // a container that was drawn as one: a swimlane, a group, a subgraph
)

// Edge is an arrow from one node to another.
type Edge struct {
	From, To int // indexes of Page.Nodes
	Text     string
}

// Warning is something in a drawing that was left out, or decided without its author.
type Warning struct {
	Page    string
	Node    string // the node's text; empty where no node is to blame
	Message string // one sentence
}

// Error is a drawing that is refused.
type Error Warning

// Error returns the place and the reason in one line.
func (e *Error) Error() string {
	switch {
	case e.Page == "":
		return e.Message
	case e.Node == "":
		return fmt.Sprintf("page %q: %s", e.Page, e.Message)
	default:
		return fmt.Sprintf("page %q, node %q: %s", e.Page, e.Node, e.Message)
	}
}

// Warn adds a warning about a node, which is named by its text, or by its id where it has none.
func (p *Page) Warn(n Node, format string, args ...any) {
	p.Warnings = append(p.Warnings, Warning{Page: p.Name, Node: Brief(n.Name()), Message: fmt.Sprintf(format, args...)})
}

// WarnOfBothWays warns that an edge with an arrow at both ends is read as one.
func (p *Page) WarnOfBothWays(from, to int) {
	p.Warn(p.Nodes[from], "Its edge to %q has an arrow at both ends and is followed forward only.", Brief(p.Nodes[to].Name()))
}

// Name is what a finding calls the node: its text, or its id where it has none.
func (n Node) Name() string {
	if n.Text != "" {
		return n.Text
	}
	return n.ID
}

// maxBrief is how many characters of a text a finding shows.
const maxBrief = 60

// Brief is a text as a finding shows it: one line, cut where it is long.
func Brief(text string) string {
	runes := []rune(OneLine(text))
	if len(runes) > maxBrief {
		return string(runes[:maxBrief-1]) + "…"
	}
	return string(runes)
}
