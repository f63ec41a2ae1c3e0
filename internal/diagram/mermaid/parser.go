package mermaid

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// parser reads the statements of a drawing, one after the other, from left to right.
type parser struct {
	text string
	pos  int
	line int // of the text's beginning

	page    chart.Page
	ids     map[string]int // the node of each id
	edgeIDs map[string]bool
	named   []bool  // whether the node has a text of its own
	inside  []int   // the subgraph of each node, by its index; chart.None for none
	frames  []frame // the subgraphs that are open; the first is the drawing itself
	links   []link
}

// frame is a subgraph while it is read.
type frame struct {
	at        int // its node
	mentioned []int
}

// link is an edge before it is known which of its ends are subgraphs.
type link struct {
	from, to int
	text     string
	both     bool
}

func (p *parser) rest() string { return p.text[p.pos:] }

// maxToken is how far ahead a word of the notation, or a link, is looked for, in bytes.
const maxToken = 256

// near is the text that comes next.
func (p *parser) near() string { return p.text[p.pos:min(len(p.text), p.pos+maxToken)] }

func (p *parser) lineAt(pos int) int { return p.line + strings.Count(p.text[:pos], "\n") }

func (p *parser) fail(format string, args ...any) error {
	return &syntaxError{p.lineAt(min(p.pos, len(p.text))), fmt.Sprintf(format, args...)}
}

// skip moves past the characters of a set.
func (p *parser) skip(set string) {
	for p.pos < len(p.text) && strings.IndexByte(set, p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// blank moves past white space within a line.
func (p *parser) blank() {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.rest())
		if r == '\n' || !unicode.IsSpace(r) {
			return
		}
		p.pos += size
	}
}

// space moves past white space and what separates statements.
func (p *parser) space() {
	for {
		at := p.pos
		p.blank()
		p.skip("\n;")
		if p.pos == at {
			return
		}
	}
}

// toLine moves to the end of the line.
func (p *parser) toLine() {
	if end := strings.IndexByte(p.rest(), '\n'); end >= 0 {
		p.pos += end
		return
	}
	p.pos = len(p.text)
}

// toStatement moves to the end of the statement.
func (p *parser) toStatement() {
	if end := strings.IndexAny(p.rest(), "\n;"); end >= 0 {
		p.pos += end
		return
	}
	p.pos = len(p.text)
}

var keyword = regexp.MustCompile(`^(subgraph|end|direction|classDef|class|style|linkStyle|click|accTitle|accDescr)(?:[\s;:{]|$)`)

// document reads the statements.
func (p *parser) document() error {
	for {
		p.space()
		if p.pos >= len(p.text) {
			return nil
		}
		if strings.HasPrefix(p.rest(), "%%") {
			p.toLine()
			continue
		}
		var err error
		if word := p.keyword(); word != "" {
			err = p.instruction(word)
		} else {
			err = p.statement()
		}
		if err != nil {
			return err
		}
	}
}

// keyword is the word that begins an instruction; empty where a node of that name begins.
func (p *parser) keyword() string {
	m := keyword.FindStringSubmatch(p.near())
	if m == nil {
		return ""
	}
	after := p.pos
	p.pos += len(m[1])
	defer func() { p.pos = after }()
	p.blank()
	if p.atArrow() && p.text[p.pos] != '<' {
		return ""
	}
	return m[1]
}

var description = regexp.MustCompile(`^accDescr\s*\{`)

// instruction reads a statement that draws neither a node nor an edge.
func (p *parser) instruction(word string) error {
	switch word {
	case "subgraph":
		p.pos += len(word)
		return p.subgraph()
	case "end":
		p.pos += len(word)
		p.close()
	case "accDescr":
		if opening := description.FindString(p.rest()); opening != "" {
			end := strings.IndexByte(p.rest(), '}')
			if end < 0 {
				return p.fail("nothing closes the `accDescr {`")
			}
			p.pos += end + 1
			return nil
		}
		p.toLine()
	case "classDef", "class", "style", "linkStyle":
		p.toStatement()
	default:
		p.toLine()
	}
	return nil
}

// subgraph reads the beginning of a subgraph: an id, a title, or both.
func (p *parser) subgraph() error {
	if len(p.frames) > maxDepth {
		return p.fail("subgraphs are nested more than %d deep", maxDepth)
	}
	p.blank()
	var id, text string
	if strings.HasPrefix(p.rest(), `"`) {
		quoted, err := p.quoted()
		if err != nil {
			return err
		}
		id, text = strings.Trim(quoted, "`"), quoted
	} else {
		end := strings.IndexAny(p.rest(), "\n;[")
		if end < 0 {
			end = len(p.rest())
		}
		id = strings.TrimSpace(p.rest()[:end])
		text = id
		p.pos += end
	}
	p.blank()
	if strings.HasPrefix(p.rest(), "[") {
		p.pos++
		title, err := p.label("]")
		if err != nil {
			return err
		}
		text = title
	}
	if id == "" {
		id = fmt.Sprintf("subgraph %d", len(p.page.Nodes)+1)
	}
	at, err := p.node(id)
	if err != nil {
		return err
	}
	p.page.Nodes[at].Shape = chart.Frame
	p.page.Nodes[at].Text, p.named[at] = plain(text), true
	p.frames = append(p.frames, frame{at: at})
	return nil
}

// close ends the innermost subgraph: the nodes mentioned in it are in it, but for those that
// an earlier one has.
func (p *parser) close() {
	if len(p.frames) == 1 {
		return // an `end` too many
	}
	f := p.frames[len(p.frames)-1]
	p.frames = p.frames[:len(p.frames)-1]
	for _, at := range f.mentioned {
		if p.inside[at] == chart.None && at != f.at && !p.within(f.at, at) {
			p.inside[at] = f.at
		}
	}
}

// within reports whether a subgraph is in another, at any depth, or so deep that it does not
// matter.
func (p *parser) within(at, outer int) bool {
	for depth := 0; at != chart.None; at, depth = p.inside[at], depth+1 {
		if at == outer || depth > maxDepth {
			return true
		}
	}
	return false
}

// node is the node of an id, a new one where it is mentioned for the first time.
func (p *parser) node(id string) (int, error) {
	at, ok := p.ids[id]
	if !ok {
		at = len(p.page.Nodes)
		if at == maxNodes {
			return 0, p.fail("the flowchart has more than %d nodes", maxNodes)
		}
		p.ids[id] = at
		p.page.Nodes = append(p.page.Nodes, chart.Node{ID: id, Text: plain(id), Parent: chart.None})
		p.named, p.inside = append(p.named, false), append(p.inside, chart.None)
	}
	if f := &p.frames[len(p.frames)-1]; f.at != chart.None {
		f.mentioned = append(f.mentioned, at)
	}
	return at, nil
}

// statement reads nodes and the edges between them: `A & B --> C --> D`.
func (p *parser) statement() error {
	from, err := p.nodes()
	if err != nil {
		return err
	}
	for {
		at := p.pos
		p.blank()
		p.skip("\n \t") // a link may begin on the next line
		a, ok, err := p.link()
		if err != nil {
			return err
		}
		if !ok {
			p.pos = at
			break
		}
		p.blank()
		p.skip("\n \t")
		to, err := p.nodes()
		if err != nil {
			return err
		}
		if a.invisible {
			from = to
			continue
		}
		if len(from)*len(to)+len(p.links) > maxEdges {
			return p.fail("the flowchart has more than %d edges", maxEdges)
		}
		for _, f := range from {
			for _, t := range to {
				p.links = append(p.links, link{from: f, to: t, text: plain(a.text), both: a.both})
			}
		}
		from = to
	}
	p.blank()
	if p.pos < len(p.text) && p.text[p.pos] != '\n' && p.text[p.pos] != ';' && !strings.HasPrefix(p.rest(), "%%") {
		return p.fail("unexpected %q", chart.Brief(firstLine(p.rest())))
	}
	if strings.HasPrefix(p.rest(), "%%") {
		p.toLine()
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// nodes reads `A & B`.
func (p *parser) nodes() ([]int, error) {
	var out []int
	for {
		at, ok, err := p.vertex()
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, at)
		}
		end := p.pos
		p.blank()
		if !strings.HasPrefix(p.rest(), "&") {
			p.pos = end
			return out, nil
		}
		p.pos++
		p.blank()
		p.skip("\n \t")
	}
}

// vertex reads one node; none for the settings of an edge (`e1@{ … }`).
func (p *parser) vertex() (int, bool, error) {
	id := p.id()
	if id == "" {
		if p.pos >= len(p.text) {
			return 0, false, p.fail("the flowchart ends where a node is expected")
		}
		return 0, false, p.fail("a node is expected at %q", chart.Brief(firstLine(p.rest())))
	}
	if p.edgeIDs[id] && strings.HasPrefix(p.rest(), "@{") {
		_, err := p.settings()
		return 0, false, err
	}
	at, err := p.node(id)
	if err != nil {
		return 0, false, err
	}
	for {
		switch rest := p.rest(); {
		case strings.HasPrefix(rest, ":::"):
			p.pos += len(":::")
			p.id() // the name of a class
		case strings.HasPrefix(rest, "@{"):
			settings, err := p.settings()
			if err != nil {
				return 0, false, err
			}
			p.apply(at, settings)
		default:
			before := p.pos
			p.blank()
			if shaped, err := p.shape(at); err != nil || !shaped {
				p.pos = before
				return at, true, err
			}
		}
	}
}

// id reads the id of a node.
func (p *parser) id() string {
	start := p.pos
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.rest())
		next := byte(0)
		if p.pos+size < len(p.text) {
			next = p.text[p.pos+size]
		}
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune("_!#$'*+.`?\\/,", r):
		case r == '&' && next != ' ' && next != '\t' && next != '\n' && p.pos > start:
		case r == '%' && next != '%':
		case r == ':' && next != ':' && p.pos > start:
		case r == '-' && next != '-' && next != '>' && next != '.' && next != 0:
		case r == '=' && next != '=':
		case r > unicode.MaxASCII && unicode.IsGraphic(r) && !unicode.IsSpace(r):
		default:
			return p.text[start:p.pos]
		}
		p.pos += size
	}
	return p.text[start:p.pos]
}

// bracket is a way to write a shape.
type bracket struct {
	open    string
	closing []string
	shape   chart.Shape
}

// brackets are the shapes, longer ones first.
var brackets = []bracket{
	{"(((", []string{")))"}, chart.Terminal},
	{"((", []string{"))"}, chart.Terminal},
	{"([", []string{"])"}, chart.Terminal},
	{"(-", []string{"-)"}, chart.Terminal},
	{"(", []string{")"}, chart.Process},
	{"[[", []string{"]]"}, chart.Process},
	{"[(", []string{")]"}, chart.Process},
	{"[|", []string{"]"}, chart.Process},
	{"[/", []string{"/]", `\]`}, chart.Process},
	{`[\`, []string{"/]", `\]`}, chart.Process},
	{"[", []string{"]"}, chart.Process},
	{"{{", []string{"}}"}, chart.Process},
	{"{", []string{"}"}, chart.Question},
	{">", []string{"]"}, chart.Process},
}

// shape reads a shape with its text; false where none begins.
func (p *parser) shape(at int) (bool, error) {
	spaced := p.pos > 0 && (p.text[p.pos-1] == ' ' || p.text[p.pos-1] == '\t')
	for _, b := range brackets {
		if !strings.HasPrefix(p.rest(), b.open) || b.open == ">" && spaced {
			continue
		}
		if !p.closes(b) {
			continue // such as a slash that begins the text of a box
		}
		p.pos += len(b.open)
		if b.open == "[|" {
			if end := strings.IndexByte(p.rest(), '|'); end >= 0 {
				p.pos += end + 1
			}
		}
		text, err := p.label(b.closing...)
		if err != nil {
			return false, err
		}
		p.describe(at, b.shape, text)
		return true, nil
	}
	return false, nil
}

// describe gives a node a shape and a text; a subgraph keeps its own.
func (p *parser) describe(at int, shape chart.Shape, text string) {
	if n := &p.page.Nodes[at]; n.Shape != chart.Frame {
		n.Shape, n.Text, p.named[at] = shape, plain(text), true
	}
}

// maxShape is how far ahead it is looked for what closes a shape, in bytes.
const maxShape = 4096

// closes reports whether a shape that could be another one is closed as this one is, on
// its line.
func (p *parser) closes(b bracket) bool {
	if len(b.open) < 2 {
		return true
	}
	line := firstLine(p.rest()[len(b.open):min(len(p.rest()), maxShape)])
	for _, closing := range b.closing {
		if strings.Contains(line, closing) {
			return true
		}
	}
	// A text in quotes may have several lines.
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), `"`) || !strings.ContainsAny(line, "])}")
}

// label reads the text of a shape or an edge, and what closes it.
func (p *parser) label(closing ...string) (string, error) {
	start := p.pos
	p.skip(" \t\n")
	if strings.HasPrefix(p.rest(), `"`) {
		at := p.pos
		text, err := p.quoted()
		if err != nil {
			return "", err
		}
		p.skip(" \t\n")
		for _, each := range closing {
			if strings.HasPrefix(p.rest(), each) {
				p.pos += len(each)
				return text, nil
			}
		}
		p.pos = at // quotes within the text
	}
	depth := 0
	opening := map[string]byte{"]": '[', ")": '(', "}": '{'}[closing[0]]
	for p.pos < len(p.text) {
		for _, each := range closing {
			if depth == 0 && strings.HasPrefix(p.rest(), each) {
				text := p.text[start:p.pos]
				p.pos += len(each)
				return strings.TrimSpace(text), nil
			}
		}
		switch c := p.text[p.pos]; {
		case c == '"':
			if end := strings.IndexByte(p.text[p.pos+1:], '"'); end >= 0 && !strings.Contains(p.text[p.pos+1:p.pos+1+end], "\n") {
				p.pos += end + 1
			}
		case opening != 0 && c == opening:
			depth++
		case depth > 0 && c == closing[0][0]:
			depth--
		}
		p.pos++
	}
	p.pos = start
	return "", p.fail("nothing closes the text %q: %s is missing", chart.Brief(firstLine(p.rest())), strings.Join(closing, " or "))
}

// quoted reads a text in quotes.
func (p *parser) quoted() (string, error) {
	end := strings.IndexByte(p.rest()[1:], '"')
	if end < 0 {
		return "", p.fail("nothing closes the quote of %q", chart.Brief(firstLine(p.rest())))
	}
	text := p.rest()[1 : end+1]
	p.pos += end + 2
	return text, nil
}

// finish gives the nodes their containers and the edges their ends.
func (p *parser) finish() {
	for len(p.frames) > 1 {
		p.close() // a subgraph that nothing ends goes to the end
	}
	for at := range p.page.Nodes {
		p.page.Nodes[at].Parent = p.inside[at]
	}
	for _, l := range p.links {
		if l.both {
			p.page.WarnOfBothWays(l.from, l.to)
		}
		p.page.Edges = append(p.page.Edges, chart.Edge{From: l.from, To: l.to, Text: l.text})
	}
}
