// Package mermaid reads flowcharts in Mermaid's notation, alone or in the fenced blocks of a
// Markdown document.
//
// The notation: https://mermaid.js.org/syntax/flowchart.html, and its grammar, flow.jison of
// https://github.com/mermaid-js/mermaid. What that grammar refuses and has only one meaning,
// such as brackets in a label without quotes, is read all the same.
package mermaid

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// The bounds of a document.
const (
	maxNodes  = 100_000 // nodes and subgraphs of one drawing
	maxEdges  = 200_000 // of one drawing; `A & B --> C & D` has four
	maxDepth  = 100     // subgraphs within subgraphs
	maxCharts = 1_000   // drawings of a Markdown document
)

// Read reads the flowcharts of a document, each a page.
func Read(source string) ([]chart.Page, error) {
	source = newlines.Replace(strings.TrimPrefix(source, "\ufeff"))
	blocks := fenced(source)
	if blocks == nil {
		page, err := readChart(block{text: source, line: 1}, 1)
		if err != nil {
			return nil, err
		}
		return []chart.Page{page}, nil
	}
	var pages []chart.Page
	var other *kindError
	for _, b := range blocks {
		page, err := readChart(b, len(pages)+1)
		if kind, ok := errors.AsType[*kindError](err); ok {
			other = kind // a drawing of another kind in the same document
			continue
		}
		if err != nil {
			return nil, err
		}
		if pages = append(pages, page); len(pages) > maxCharts {
			return nil, fmt.Errorf("the document has more than %d flowcharts", maxCharts)
		}
	}
	if len(pages) == 0 {
		return nil, other
	}
	return pages, nil
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// block is a drawing and the line of the document that it begins on.
type block struct {
	text string
	line int
}

var (
	// fence is what begins and ends a block; of colons in Azure DevOps.
	fence    = regexp.MustCompile("^[ \t]*(`{3,}|~{3,}|:{3,})[ \t]*(.*?)[ \t]*$")
	language = regexp.MustCompile(`^(?i)\{?\.?mermaid\b`)
)

// fenced returns the Mermaid blocks of a Markdown document; nil where there are none.
func fenced(source string) []block {
	var blocks []block
	var b *block
	var open string // the fence of the block that has begun
	var text strings.Builder
	line := 0
	for each := range strings.Lines(source) {
		line++
		m := fence.FindStringSubmatch(strings.TrimRight(each, "\n"))
		switch {
		case open == "" && m != nil:
			if open = m[1]; language.MatchString(m[2]) {
				b = &block{line: line + 1}
			}
		case open != "" && m != nil && strings.HasPrefix(m[1], open) && m[2] == "":
			if b != nil {
				b.text = text.String()
				blocks, b = append(blocks, *b), nil
				text.Reset()
			}
			open = ""
		case b != nil:
			text.WriteString(each)
		}
	}
	if b != nil { // a fence that nothing closes goes to the end
		b.text = text.String()
		blocks = append(blocks, *b)
	}
	return blocks
}

// kindError is a drawing of another kind than a flowchart.
type kindError struct{ line int }

func (e *kindError) Error() string {
	return fmt.Sprintf("line %d: this is no Mermaid flowchart: one begins with `flowchart` or `graph`", e.line)
}

// syntaxError is a place that cannot be read.
type syntaxError struct {
	line    int
	message string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.message) }

var (
	frontMatter = regexp.MustCompile(`^\s*---[ \t]*\n((?s:.*?))\n[ \t]*---[ \t]*(?:\n|$)`)
	title       = regexp.MustCompile(`(?m)^title:[ \t]*(.*)$`)
	header      = regexp.MustCompile(`^(?:flowchart-elk|flowchart|graph)(?:[ \t]+(?:LR|RL|TB|BT|TD|BR|[<>^v])|[ \t]*$|[ \t]*[;\n]|[ \t]+)`)
)

// readChart reads one drawing.
func readChart(b block, number int) (chart.Page, error) {
	p := parser{text: b.text, line: b.line, ids: map[string]int{}, edgeIDs: map[string]bool{}, frames: []frame{{at: chart.None}}}
	p.page.Name = fmt.Sprintf("Page-%d", number)
	if m := frontMatter.FindStringSubmatchIndex(p.text); m != nil {
		if t := title.FindStringSubmatch(p.text[m[2]:m[3]]); t != nil {
			if name := chart.OneLine(chart.Tidy(strings.Trim(strings.TrimSpace(t[1]), `"'`))); name != "" {
				p.page.Name = name
			}
		}
		p.line += strings.Count(p.text[:m[1]], "\n")
		p.text = p.text[m[1]:]
	}
	p.text = withoutComments(p.text)
	p.space()
	if !header.MatchString(p.rest()) {
		return chart.Page{}, &kindError{p.lineAt(p.pos)}
	}
	p.pos += len(header.FindString(p.rest()))
	if err := p.document(); err != nil {
		return chart.Page{}, err
	}
	p.finish()
	return p.page, nil
}

// withoutComments blanks the lines of comments and the directives, so that the numbers of lines
// stay.
func withoutComments(text string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, "%%{")
		if at < 0 {
			break
		}
		end := strings.Index(text[at:], "}%%")
		if end < 0 {
			break
		}
		end += at + len("}%%")
		b.WriteString(text[:at])
		b.WriteString(strings.Repeat("\n", strings.Count(text[at:end], "\n")))
		text = text[end:]
	}
	b.WriteString(text)
	var out strings.Builder
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "%%") {
			line = line[len(strings.TrimRight(line, "\n")):]
		}
		out.WriteString(line)
	}
	return out.String()
}
