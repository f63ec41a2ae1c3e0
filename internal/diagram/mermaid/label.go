package mermaid

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

var (
	icon     = regexp.MustCompile(`\bfa[bklrsd]?:fa-[\w-]+`)
	code     = regexp.MustCompile(`#(\w+);`)
	lineCode = strings.NewReplacer(`\n`, "<br/>", "\n", "<br/>")

	// emphasis is Markdown's, which Mermaid reads in "`…`".
	emphasis = regexp.MustCompile(`(\*\*|__)(\S|\S.*?\S)(\*\*|__)`)
	italics  = regexp.MustCompile(`(^|[\s(])[*_](\S|\S.*?\S)[*_]($|[\s).,;:!?])`)
)

// plain is a label as a person reads it.
func plain(label string) string {
	if !strings.ContainsAny(label, "<&#\\`:\n") {
		return chart.Tidy(label) // most have no markup
	}
	markdown := len(label) > 1 && strings.HasPrefix(label, "`") && strings.HasSuffix(label, "`")
	if markdown {
		label = strings.Trim(label, "`")
		label = emphasis.ReplaceAllString(label, "$2")
		label = italics.ReplaceAllString(label, "$1$2$3")
	}
	text := chart.FromHTML(lineCode.Replace(icon.ReplaceAllString(label, "")))
	// The codes of characters are Mermaid's own, and are read last, so that they are no markup.
	return chart.Tidy(code.ReplaceAllStringFunc(text, func(c string) string {
		name := c[1 : len(c)-1]
		entity := "&" + name + ";"
		if strings.Trim(name, "0123456789") == "" {
			entity = "&#" + name + ";"
		}
		// Of a longer name, such as #nothing;, only the beginning (&not) is one.
		if character := html.UnescapeString(entity); utf8.RuneCountInString(character) <= 2 {
			return character
		}
		return c
	}))
}
