package mermaid

import (
	"regexp"
	"strings"
)

// arrow is a link between nodes.
type arrow struct {
	text      string
	both      bool // an arrow at both ends
	invisible bool // it only moves nodes on the picture
}

// The links, as the lexer of flow.jison knows them: whole ones, and the beginnings of those
// with a text in them.
var (
	whole = regexp.MustCompile(`^(?:[xo<]?--+[-xo>]|[xo<]?==+[=xo>]|[xo<]?-?\.+-[xo>]?|~~~+)`)
	begun = regexp.MustCompile(`^[xo<]?(?:--|==|-\.)`)

	// ends are the second halves, by the line that they continue.
	ends = map[string]*regexp.Regexp{
		"--": regexp.MustCompile(`[xo<]?--+[-xo>]`),
		"==": regexp.MustCompile(`[xo<]?==+[=xo>]`),
		"-.": regexp.MustCompile(`[xo<]?-?\.+-[xo>]?`),
	}

	linkID = regexp.MustCompile(`^[^\s"@{}\[\]()|]+@`)
)

// atArrow reports whether a link, or the first half of one, begins here.
func (p *parser) atArrow() bool { return whole.MatchString(p.near()) || begun.MatchString(p.near()) }

// link reads a link; false where none begins.
func (p *parser) link() (a arrow, ok bool, err error) {
	if id := linkID.FindString(p.near()); id != "" {
		at := p.pos
		p.pos += len(id)
		if p.atArrow() {
			p.edgeIDs[strings.TrimSuffix(id, "@")] = true
		} else {
			p.pos = at
		}
	}
	if text := whole.FindString(p.near()); text != "" {
		p.pos += len(text)
		a.both, a.invisible = text[0] == '<' && strings.HasSuffix(text, ">"), text[0] == '~'
	} else if text := begun.FindString(p.near()); text != "" {
		p.pos += len(text)
		half, err := p.inner(&a, strings.TrimLeft(text, "xo<"))
		if err != nil {
			return a, false, err
		}
		a.both = text[0] == '<' && strings.HasSuffix(half, ">")
	} else {
		return a, false, nil
	}
	p.blank()
	if strings.HasPrefix(p.rest(), "|") {
		p.pos++
		if a.text, err = p.label("|"); err != nil {
			return a, false, err
		}
	}
	return a, true, nil
}

// inner reads the text in a link, and its second half, which it returns.
func (p *parser) inner(a *arrow, line string) (string, error) {
	end := ends[line]
	p.skip(" \t\n")
	if strings.HasPrefix(p.rest(), `"`) {
		text, err := p.quoted()
		if err != nil {
			return "", err
		}
		p.skip(" \t\n")
		if at := end.FindStringIndex(p.rest()); at != nil && at[0] == 0 {
			p.pos += at[1]
			a.text = text
			return p.text[p.pos-at[1]+at[0] : p.pos], nil
		}
		return "", p.fail("the link with the text %q is not finished", text)
	}
	at := end.FindStringIndex(p.rest())
	if at == nil {
		return "", p.fail("a link begins with %s and is not finished", line)
	}
	a.text = strings.TrimSpace(p.rest()[:at[0]])
	half := p.rest()[at[0]:at[1]]
	p.pos += at[1]
	return half, nil
}
