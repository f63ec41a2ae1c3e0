package twiml

import (
	"fmt"
	"strings"
)

// Reference is what verbs, and what is nested in them, may have: a Markdown table, written from
// the one that Build goes by.
func Reference() string {
	var b strings.Builder
	b.WriteString("| verb or noun | written alone | attributes | holds |\n|---|---|---|---|\n")
	written := map[*element]bool{}
	var row func(key string, e *element)
	row = func(key string, e *element) {
		if written[e] {
			return
		}
		written[e] = true
		alone := e.alone()
		if e.raw {
			alone = "XML"
		}
		own := keys(e.attributes)
		if e.content != "" {
			own = append([]string{e.content}, own...)
		}
		if e.ssml {
			own = append(own, "ssml")
		}
		var holds []string
		for _, c := range e.children {
			holds = append(holds, describe(c))
		}
		for _, p := range e.pairs {
			holds = append(holds, fmt.Sprintf("`%s`, an object of names and values", p.key))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", key, code(alone), quoted("", own), strings.Join(holds, "; "))
		for _, c := range e.children {
			if c.element != nil {
				row(key+"."+c.key, c.element)
			}
		}
	}
	for _, key := range keys(verbs) {
		row(key, verbs[key])
	}
	return b.String()
}

func describe(c child) string {
	switch {
	case c.verbs != nil:
		return "`" + c.key + "`, a list of" + quoted(" ", keys(c.verbs))
	case c.single:
		return "`" + c.key + "`"
	default:
		return "`" + c.key + "`, one or a list"
	}
}

func code(name string) string {
	if name == "" {
		return ""
	}
	return "`" + name + "`"
}
