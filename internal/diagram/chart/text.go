package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// lineBreaks are the elements that begin and end on a line of their own.
var lineBreaks = map[atom.Atom]bool{
	atom.Br: true, atom.Div: true, atom.P: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Tr: true, atom.Table: true, atom.Hr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Blockquote: true, atom.Pre: true,
}

// unspoken are the elements whose content is no text.
var unspoken = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Svg: true}

// sourceBreaks are the line breaks in the source of HTML, which are spaces.
var sourceBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

// FromHTML is the text of a label in HTML, as a person reads it: line breaks for the elements
// that make one, characters for their codes, and nothing of the rest.
func FromHTML(markup string) string {
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(markup))
	within := atom.Atom(0)
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return Tidy(b.String())
		case html.TextToken:
			if within == 0 {
				b.WriteString(sourceBreaks.Replace(string(tokens.Text())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			tag := atom.Lookup(name)
			switch {
			case unspoken[tag] && kind == html.StartTagToken && within == 0:
				within = tag
			case kind == html.EndTagToken && tag == within:
				within = 0
			case lineBreaks[tag]:
				b.WriteByte('\n')
			case tag == atom.Td, tag == atom.Th:
				b.WriteByte(' ')
			}
		}
	}
}

// Tidy is a text without what nobody sees: runs of spaces are one, empty lines and invisible
// characters are none, and what is not UTF-8 is replaced.
func Tidy(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	var lines []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' }) {
		if line = strings.Join(strings.FieldsFunc(strings.Map(visible, line), unicode.IsSpace), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// visible drops control characters and those that take no room but joiners, which scripts and
// emoji are written with.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '\u200c', r == '\u200d':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	default:
		return r
	}
}

// OneLine is a text on one line.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
