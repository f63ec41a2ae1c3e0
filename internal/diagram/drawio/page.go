package drawio

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// cell is an `mxCell`: a layer, a shape or a line.
type cell struct {
	id, value, parent, source, target string
	style                             map[string]string
	vertex, edge, hidden              bool
	at                                box

	// data are the attributes of the element around the cell, which a person may add and
	// whose values %name% in a label stands for.
	data         map[string]string
	placeholders bool
}

// model is the content of a page.
type model struct {
	cells []cell
	at    map[string]int // the index of each id
}

// page reads the cells of the `mxGraphModel` that has begun.
func (f *file) page(tokens *tokens, name string) error {
	var m model
	m.at = map[string]int{}
	model := tokens.depth
	for tokens.depth >= model {
		token, err := tokens.next()
		if err != nil {
			return &chart.Error{Page: f.named(name), Message: err.Error()}
		}
		if token == nil {
			return &chart.Error{Page: f.named(name), Message: io.ErrUnexpectedEOF.Error()}
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local == "root" && tokens.depth == model+1 {
			continue
		}
		if tokens.depth != model+2 {
			err = tokens.skip()
		} else {
			err = f.cell(tokens, start, &m)
		}
		if err != nil {
			return &chart.Error{Page: f.named(name), Message: err.Error()}
		}
	}
	return f.add(m, name)
}

// cell reads a cell, or the element around one, whose id and label are the cell's.
func (f *file) cell(tokens *tokens, start xml.StartElement, m *model) error {
	if f.cells++; f.cells > maxCells {
		return fmt.Errorf("the file has more than %d cells", maxCells)
	}
	if start.Name.Local == "mxCell" {
		c, err := cellOf(tokens, start)
		m.add(c)
		return err
	}
	data := map[string]string{}
	for _, a := range start.Attr {
		data[a.Name.Local] = a.Value
	}
	found := false
	for outer := tokens.depth; tokens.depth >= outer; {
		token, err := tokens.next()
		if err != nil {
			return err
		}
		if token == nil {
			return io.ErrUnexpectedEOF
		}
		inner, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if inner.Name.Local == "mxCell" && !found {
			found = true
			c, err := cellOf(tokens, inner)
			if err != nil {
				return err
			}
			c.id, c.data, c.placeholders = data["id"], data, data["placeholders"] == "1"
			if c.value = data["label"]; c.value == "" {
				c.value = data["value"]
			}
			m.add(c)
			continue
		}
		if err := tokens.skip(); err != nil {
			return err
		}
	}
	return nil
}

// cellOf reads the `mxCell` that has begun, to its end.
func cellOf(tokens *tokens, e xml.StartElement) (cell, error) {
	var c cell
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "id":
			c.id = a.Value
		case "value":
			c.value = a.Value
		case "parent":
			c.parent = a.Value
		case "source":
			c.source = a.Value
		case "target":
			c.target = a.Value
		case "style":
			c.style = styles(a.Value)
		case "vertex":
			c.vertex = a.Value == "1"
		case "edge":
			c.edge = a.Value == "1"
		case "visible":
			c.hidden = a.Value == "0"
		}
	}
	for outer := tokens.depth; tokens.depth >= outer; {
		token, err := tokens.next()
		if err != nil {
			return c, err
		}
		if token == nil {
			return c, io.ErrUnexpectedEOF
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "mxGeometry" {
			c.at = boxOf(start)
		}
		if err := tokens.skip(); err != nil {
			return c, err
		}
	}
	return c, nil
}

// styles reads `name=value;` and bare names, of which the first may be the shape.
func styles(text string) map[string]string {
	out := map[string]string{}
	for each := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(each), "=")
		if name != "" {
			out[name] = value
		}
	}
	return out
}

func (m *model) add(c cell) {
	if _, taken := m.at[c.id]; c.id != "" && !taken {
		m.at[c.id] = len(m.cells)
	}
	m.cells = append(m.cells, c)
}

// find returns the index of the cell with an id; chart.None for none.
func (m model) find(id string) int {
	if at, ok := m.at[id]; ok && id != "" {
		return at
	}
	return chart.None
}

// add turns the cells into a page.
func (f *file) add(m model, name string) error {
	if len(f.pages) == maxPages {
		return fmt.Errorf("the file has more than %d pages", maxPages)
	}
	r := reader{model: m, page: chart.Page{Name: f.named(name)}, vars: f.vars, left: &f.left, number: len(f.pages) + 1}
	if err := r.parents(); err != nil {
		return &chart.Error{Page: r.page.Name, Message: err.Error()}
	}
	r.nodes()
	r.edges()
	r.captions()
	if f.left < 0 {
		return &chart.Error{Page: r.page.Name, Message: tooLarge}
	}
	f.pages = append(f.pages, r.page)
	return nil
}

type reader struct {
	model
	page   chart.Page
	vars   map[string]string
	left   *int // bytes of text that placeholders may still be replaced by
	number int

	parent []int            // the index of each cell's parent
	hidden []bool           // whether the cell, or one that it is in, is invisible
	node   []int            // the index of each cell's node
	labels map[int][]string // of each line, from the cells on it
}

// parents finds what each cell is in. A file whose cells are in one another in a circle is
// refused: draw.io cannot open it either.
func (r *reader) parents() error {
	r.parent, r.hidden = make([]int, len(r.cells)), make([]bool, len(r.cells))
	const (
		open = 1
		done = 2
	)
	state := make([]byte, len(r.cells))
	for i := range r.cells {
		r.parent[i] = r.find(r.cells[i].parent)
	}
	for i := range r.cells {
		var path []int
		for at := i; at != chart.None && state[at] != done; at = r.parent[at] {
			if state[at] == open {
				return fmt.Errorf("the cell %q is inside itself", chart.Brief(r.cells[at].id))
			}
			state[at] = open
			path = append(path, at)
		}
		for len(path) > 0 {
			at := path[len(path)-1]
			path = path[:len(path)-1]
			r.hidden[at] = r.cells[at].hidden || r.parent[at] != chart.None && r.hidden[r.parent[at]]
			state[at] = done
		}
	}
	return nil
}

// nodes makes a node of each visible shape, and collects the labels on lines.
func (r *reader) nodes() {
	r.node, r.labels = make([]int, len(r.cells)), map[int][]string{}
	for i, c := range r.cells {
		r.node[i] = chart.None
		switch {
		case !c.vertex:
		case r.hidden[i]:
			if text := r.text(i); text != "" {
				r.page.Warn(chart.Node{ID: c.id, Text: text}, "It is invisible, or on a layer that is, and is left out.")
			}
		case r.line(i) != chart.None:
			if text := r.text(i); text != "" {
				r.labels[r.line(i)] = append(r.labels[r.line(i)], text)
			}
		default:
			r.node[i] = len(r.page.Nodes)
			r.page.Nodes = append(r.page.Nodes, chart.Node{ID: c.id, Text: r.text(i), Shape: shapeOf(c.style), Parent: chart.None})
		}
	}
	for i := range r.cells {
		if r.node[i] != chart.None && r.parent[i] != chart.None {
			r.page.Nodes[r.node[i]].Parent = r.node[r.parent[i]]
		}
	}
}

// line is the line that a shape is the label of; chart.None for another shape.
func (r *reader) line(i int) int {
	if at := r.parent[i]; at != chart.None && r.cells[at].edge {
		return at
	}
	return chart.None
}

// edges makes an edge of each line between two shapes.
func (r *reader) edges() {
	for i, c := range r.cells {
		if !c.edge || r.hidden[i] {
			continue
		}
		label := strings.TrimSpace(strings.Join(append([]string{r.text(i)}, r.labels[i]...), "\n"))
		from, to := r.end(c.source), r.end(c.target)
		backward, forward := c.style["startArrow"] != "" && !none(c.style["startArrow"]), !none(c.style["endArrow"])
		if backward && !forward {
			from, to = to, from // drawn from its point to its tail
		}
		switch {
		case from != chart.None && to != chart.None:
			if backward && forward {
				r.page.WarnOfBothWays(from, to)
			}
			r.page.Edges = append(r.page.Edges, chart.Edge{From: from, To: to, Text: label})
		case from != chart.None:
			r.page.Warn(r.page.Nodes[from], "A line%s from it ends at no node and is left out; drag its end onto one.", quoted(label))
		case to != chart.None:
			r.page.Warn(r.page.Nodes[to], "A line%s to it begins at no node and is left out; drag its beginning onto one.", quoted(label))
		default:
			r.page.Warn(chart.Node{Text: label}, "A line%s is connected to no node and is left out.", quoted(label))
		}
	}
}

func quoted(label string) string {
	if label == "" {
		return ""
	}
	return fmt.Sprintf(" %q", chart.Brief(label))
}

// none reports whether a style gives a line no arrow at an end.
func none(arrow string) bool { return arrow == "none" }

// end is the node that a line's end is at; chart.None for none.
func (r *reader) end(id string) int {
	at := r.find(id)
	if at == chart.None {
		return chart.None
	}
	return r.node[at]
}

// terminals and questions are the shapes of draw.io's libraries that flowcharts begin and end
// with, and fork at.
var (
	terminals = map[string]bool{
		"ellipse": true, "doubleEllipse": true, "mxgraph.flowchart.terminator": true, "mxgraph.flowchart.start_1": true, "mxgraph.flowchart.start_2": true,
		"startState": true, "endState": true, "mxgraph.bpmn.event": true, "mxgraph.bpmn.shape": true, "mxgraph.arrows2.terminator": true,
	}
	questions = map[string]bool{
		"rhombus": true, "mxgraph.flowchart.decision": true, "mxgraph.bpmn.gateway2": true, "mxgraph.bpmn.gateway": true,
	}
)

func shapeOf(style map[string]string) chart.Shape {
	is := func(shapes map[string]bool) bool {
		if shapes[style["shape"]] {
			return true
		}
		for name := range style {
			if style[name] == "" && shapes[name] {
				return true
			}
		}
		return false
	}
	bare := func(name string) bool { _, ok := style[name]; return ok && style[name] == "" }
	switch {
	case bare("swimlane"), bare("group"), style["container"] == "1", style["shape"] == "swimlane", style["shape"] == "table", style["shape"] == "tableRow":
		return chart.Frame
	case is(questions):
		return chart.Question
	case is(terminals), style["rounded"] == "1" && style["arcSize"] == "50":
		return chart.Terminal
	default:
		return chart.Process
	}
}

// markup finds HTML in the label of a cell whose style does not say that it is.
var markup = regexp.MustCompile(`(?i)<(br|div|font|span|p|b|i|u|h[1-6]|table|ul|ol)\b[^<>]*>`)

// text is the label of a cell as a person reads it.
func (r *reader) text(i int) string {
	c := r.cells[i]
	value := c.value
	if c.placeholders {
		value = r.filled(value, i)
	}
	if c.style["html"] == "1" || markup.MatchString(value) {
		return chart.FromHTML(value)
	}
	return chart.Tidy(value)
}

const (
	// maxFilled is how long a label may become by its placeholders, in bytes, and maxUp how
	// far up the containers the value of one is looked for.
	maxFilled = 64 << 10
	maxUp     = 20
)

var placeholder = regexp.MustCompile(`%([^%{}^ "'=;]+)%`)

// filled replaces %name% in a label by the value that the cell, one that it is in, or the
// file gives the name; one without a value stays. A short file could give one long value to each
// of many cells, so all values together have the bound of what a file unpacks to
// (https://www.drawio.com/doc/faq/predefined-placeholders).
func (r *reader) filled(label string, i int) string {
	size := len(label)
	return placeholder.ReplaceAllStringFunc(label, func(name string) string {
		value, ok := r.value(strings.Trim(name, "%"), i)
		if size += len(value); !ok || size > maxFilled || *r.left < 0 {
			return name
		}
		*r.left -= len(value)
		return value
	})
}

func (r *reader) value(name string, i int) (string, bool) {
	for up := 0; i != chart.None && up < maxUp; i, up = r.parent[i], up+1 {
		if value, ok := r.cells[i].data[name]; ok && name != "label" && name != "placeholders" {
			return value, true
		}
	}
	switch name {
	case "page":
		return r.page.Name, true
	case "pagenumber":
		return fmt.Sprint(r.number), true
	}
	value, ok := r.vars[name]
	return value, ok
}

// variables are those of the whole file, which draw.io writes as a JSON object.
func variables(text string) map[string]string {
	var values map[string]any
	out := map[string]string{}
	if text == "" || json.Unmarshal([]byte(text), &values) != nil {
		return out
	}
	for name, value := range values {
		if s, ok := value.(string); ok {
			out[name] = s
		}
	}
	return out
}
