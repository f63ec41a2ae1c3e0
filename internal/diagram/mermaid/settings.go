package mermaid

import (
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// settings reads `@{ shape: diamond, label: "Text" }`: YAML, of which one level of keys and
// values is used.
func (p *parser) settings() (map[string]string, error) {
	start := p.pos
	p.pos += len("@{")
	out := map[string]string{}
	for {
		p.skip(" \t\n,")
		if strings.HasPrefix(p.rest(), "}") {
			p.pos++
			return out, nil
		}
		end := strings.IndexAny(p.rest(), ":}")
		if end < 0 || p.rest()[end] == '}' {
			break
		}
		key := strings.Trim(strings.TrimSpace(p.rest()[:end]), `"'`)
		p.pos += end + 1
		p.skip(" \t")
		value, ok := p.setting()
		if !ok {
			break
		}
		out[key] = value
	}
	p.pos = start
	return nil, p.fail("%q is not readable as `@{ key: value, … }`", chart.Brief(firstLine(p.rest())))
}

// setting reads a value: in quotes, a block of lines, or up to a comma.
func (p *parser) setting() (string, bool) {
	if p.pos >= len(p.text) {
		return "", false
	}
	switch quote := p.text[p.pos]; quote {
	case '"', '\'':
		end := strings.IndexByte(p.rest()[1:], quote)
		if end < 0 {
			return "", false
		}
		value := p.rest()[1 : end+1]
		p.pos += end + 2
		return value, true
	case '|', '>':
		return p.lines()
	}
	end := strings.IndexAny(p.rest(), ",\n}")
	if end < 0 {
		return "", false
	}
	value := strings.TrimSpace(p.rest()[:end])
	p.pos += end
	return value, true
}

// lines reads a block of lines that are indented further than the line before them.
func (p *parser) lines() (string, bool) {
	before := p.text[:p.pos]
	outer := indent(before[strings.LastIndexByte(before, '\n')+1:])
	p.toLine()
	var block []string
	for p.pos < len(p.text) {
		line := firstLine(p.rest()[1:])
		if strings.TrimSpace(line) != "" && indent(line) <= outer {
			break
		}
		block = append(block, strings.TrimSpace(line))
		p.pos += 1 + len(line)
	}
	return strings.Join(block, "\n"), p.pos < len(p.text)
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// The shapes by name (https://mermaid.js.org/syntax/flowchart.html#complete-list-of-new-shapes)
// that say something; wordless ones have no label unless one is given.
var (
	named = map[string]chart.Shape{
		"diam": chart.Question, "diamond": chart.Question, "decision": chart.Question, "question": chart.Question, "rhombus": chart.Question,
		"stadium": chart.Terminal, "terminal": chart.Terminal, "pill": chart.Terminal, "circle": chart.Terminal, "circ": chart.Terminal,
		"dbl-circ": chart.Terminal, "double-circle": chart.Terminal, "doublecircle": chart.Terminal, "ellipse": chart.Terminal,
	}
	wordless = map[string]chart.Shape{
		"start": chart.Terminal, "sm-circ": chart.Terminal, "small-circle": chart.Terminal,
		"stop": chart.Terminal, "fr-circ": chart.Terminal, "framed-circle": chart.Terminal,
		"junction": chart.Process, "f-circ": chart.Process, "filled-circle": chart.Process,
		"fork": chart.Process, "join": chart.Process, "hourglass": chart.Process, "collate": chart.Process,
		"cross-circ": chart.Process, "crossed-circle": chart.Process, "summary": chart.Process,
	}
)

// apply gives a node what its settings say.
func (p *parser) apply(at int, settings map[string]string) {
	n := &p.page.Nodes[at]
	if n.Shape == chart.Frame {
		return
	}
	name := strings.ToLower(settings["shape"])
	if shape, ok := named[name]; ok {
		n.Shape = shape
	}
	if shape, ok := wordless[name]; ok {
		n.Shape = shape
		if !p.named[at] {
			n.Text = ""
		}
	}
	if text, ok := settings["label"]; ok {
		n.Text, p.named[at] = plain(text), true
	}
}
