package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Which Liquid Studio runs is not documented. So this is no parser: it names what no
// Liquid takes, by the grammar that all of them share (https://shopify.github.io/liquid/).
// The library that the sandbox renders with would not do: it refuses names that begin with
// a digit, as those of widgets may, lets a "{{" without its "}}" pass, and its errors quote
// the text.

// liquid warns of Liquid that does not parse in the texts of a value.
func (v *validator) liquid(who string, n *jsondoc.Node, at jsontext.Pointer) {
	if n == nil {
		return
	}
	if faults := liquidFaults(n.String()); len(faults) > 0 {
		v.warn(BadLiquid, at, "Studio renders Liquid in every text of a widget; {% raw %} and {% endraw %} keep a part of it as it is.",
			"%s has Liquid that does not parse: %s", who, strings.Join(faults, "; "))
	}
	for _, m := range n.Members {
		v.liquid(who, m.Value, at.AppendToken(m.Name))
	}
	for i, elem := range n.Elems {
		v.liquid(who, elem, index(at, i))
	}
}

// liquidBlocks are the tags that need an end tag, with those that may part them.
var liquidBlocks = map[string][]string{
	"if":        {"elsif", "else"},
	"unless":    {"elsif", "else"},
	"case":      {"when", "else"},
	"for":       {"else"},
	"tablerow":  nil,
	"capture":   nil,
	"ifchanged": nil,
	"comment":   nil,
	"raw":       nil,
}

// liquidTags are the other tags.
var liquidTags = []string{
	"assign", "break", "continue", "cycle", "decrement", "echo", "include", "increment", "liquid", "render",
}

var (
	liquidList       = regexp.MustCompile(`^\S+\s+in\s+\S`)
	liquidAssignment = regexp.MustCompile(`^[^\s=]+\s*=\s*([^=\s].*)$`)
	liquidFilter     = regexp.MustCompile(`^[A-Za-z_][\w-]*\s*(:\s*\S.*)?$`)
	singleEquals     = regexp.MustCompile(`(^|[^=!<>])=([^=]|$)`)
)

// liquidFaults says what no Liquid can make of a text. It quotes nothing of the text but
// Liquid's own words, and counts characters from 1.
func liquidFaults(text string) []string {
	r := liquidReader{text: text}
	for r.next() {
	}
	for _, open := range r.open {
		r.begin = open.begin
		r.fault("{%% %s %%} has no {%% end%s %%}", open.name, open.name)
	}
	return r.faults
}

// liquidReader goes through a text from one {{ }} or {% %} to the next.
type liquidReader struct {
	text   string
	begin  int // of the one that is being read, in bytes
	end    int
	open   []liquidBlock
	faults []string
}

type liquidBlock struct {
	name  string
	begin int
}

func (r *liquidReader) fault(format string, args ...any) {
	place := fmt.Sprintf("at character %d ", 1+utf8.RuneCountInString(r.text[:r.begin]))
	r.faults = append(r.faults, place+fmt.Sprintf(format, args...))
}

// next reads one {{ }} or {% %}; false at the end of the text. As in every Liquid, the
// first "}}" ends it, in quotes too.
func (r *liquidReader) next() bool {
	rest := r.text[r.end:]
	at, closes := strings.Index(rest, "{{"), "}}"
	if tag := strings.Index(rest, "{%"); at < 0 || tag >= 0 && tag < at {
		at, closes = tag, "%}"
	}
	if at < 0 {
		return false
	}
	r.begin = r.end + at
	opens := rest[at : at+2]
	inner, _, closed := strings.Cut(rest[at+2:], closes)
	if !closed {
		r.fault("%s has no %s", opens, closes)
		return false
	}
	r.end = r.begin + 2 + len(inner) + 2
	inner = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inner, "-"), "-"))
	if opens == "{{" {
		r.expression("{{ }}", inner)
		return true
	}
	name := inner
	if i := strings.IndexFunc(inner, func(c rune) bool { return c != '_' && !isLetterOrDigit(c) }); i >= 0 {
		name = inner[:i]
	}
	r.tag(name, inner[len(name):])
	return true
}

func isLetterOrDigit(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func (r *liquidReader) tag(name, args string) {
	parts, isBlock := liquidBlocks[name]
	ended, isEnd := strings.CutPrefix(name, "end")
	if _, ok := liquidBlocks[ended]; !ok {
		isEnd = false
	}
	switch {
	case name == "" && strings.HasPrefix(args, "#"): // a comment
	case name == "":
		r.fault("{%% %%} names no tag")
	case isBlock && parts == nil && (name == "comment" || name == "raw"):
		r.skip(name)
	case isBlock:
		r.open = append(r.open, liquidBlock{name, r.begin})
		r.args(name, strings.TrimSpace(args))
	case isEnd:
		r.close(ended)
	case name == "else" || name == "elsif" || name == "when":
		if n := len(r.open); n == 0 || !slices.Contains(liquidBlocks[r.open[n-1].name], name) {
			r.fault("{%% %s %%} is in no block that it can part", name)
		}
		r.args(name, strings.TrimSpace(args))
	case slices.Contains(liquidTags, name):
		r.args(name, strings.TrimSpace(args))
	default:
		meant := closest(name, liquidTagNames())
		if meant != "" {
			meant = ", and may mean {% " + meant + " %}"
		}
		r.fault("{%% %%} has a tag that Liquid does not know%s", meant)
	}
}

func liquidTagNames() []string {
	names := append([]string{"else", "elsif", "when"}, liquidTags...)
	for name := range liquidBlocks {
		names = append(names, name, "end"+name)
	}
	slices.Sort(names)
	return names
}

// skip passes over what is not rendered.
func (r *liquidReader) skip(name string) {
	end := regexp.MustCompile(`\{%-?\s*end` + name + `\s*-?%\}`).FindStringIndex(r.text[r.end:])
	if end == nil {
		r.fault("{%% %s %%} has no {%% end%s %%}", name, name)
		r.end = len(r.text)
		return
	}
	r.end += end[1]
}

// close ends the innermost block of a name, and with it those within that were not ended.
func (r *liquidReader) close(name string) {
	for i, open := range slices.Backward(r.open) {
		if open.name != name {
			continue
		}
		if i < len(r.open)-1 {
			r.fault("{%% end%s %%} comes before {%% end%s %%}", name, r.open[len(r.open)-1].name)
		}
		r.open = r.open[:i]
		return
	}
	r.fault("{%% end%s %%} ends no {%% %s %%}", name, name)
}

// args checks what follows the name of a tag.
func (r *liquidReader) args(name, args string) {
	what := "{% " + name + " %}"
	bare, closed := unquoted(args)
	switch name {
	case "if", "unless", "elsif":
		switch {
		case args == "":
			r.fault("%s has no condition", what)
		case singleEquals.MatchString(bare):
			r.fault("%s has a single =, and Liquid compares with ==", what)
		case strings.Contains(bare, "&&"), strings.Contains(bare, "||"):
			r.fault("%s has && or ||, and Liquid has the words and, or", what)
		}
	case "for", "tablerow":
		if !liquidList.MatchString(bare) {
			r.fault("%s is not of the form {%% %s item in list %%}", what, name)
		}
	case "assign":
		value := liquidAssignment.FindStringSubmatchIndex(bare)
		if value == nil {
			r.fault("%s is not of the form {%% assign name = value %%}", what)
			return
		}
		r.expression(what, bare[value[2]:])
	case "case", "when", "capture", "cycle", "increment", "decrement", "echo", "include", "render":
		if args == "" {
			r.fault("%s names nothing", what)
		}
	}
	if !closed {
		r.fault("%s has a quote that is not closed", what)
	}
}

// expression checks a value with its filters.
func (r *liquidReader) expression(what, text string) {
	bare, closed := unquoted(text)
	value, filters, filtered := strings.Cut(bare, "|")
	switch {
	case !closed:
		r.fault("%s has a quote that is not closed", what)
		return
	case strings.TrimSpace(value) == "" && filtered:
		r.fault("%s has no value before its first |", what)
	case strings.TrimSpace(value) == "":
		r.fault("%s is empty", what)
	}
	if !filtered {
		return
	}
	for filter := range strings.SplitSeq(filters, "|") {
		switch filter = strings.TrimSpace(filter); {
		case filter == "":
			r.fault("%s has a | that no filter follows", what)
		case !liquidFilter.MatchString(filter):
			r.fault("%s has a filter that is not of the form | name: value, value", what)
		}
	}
}

// unquoted is a text with what stands in quotes blanked out; false where a quote is not
// closed.
func unquoted(text string) (bare string, closed bool) {
	quote := rune(0)
	bare = strings.Map(func(c rune) rune {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			return '~'
		case quote == 0:
			return c
		case c == quote:
			quote = 0
		}
		return '~'
	}, text)
	return bare, quote == 0
}
