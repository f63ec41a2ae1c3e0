package compile

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// chain is Liquid that changes a text step by step, by the filters that Twilio's own
// texts use and no others.
type chain struct{ strings.Builder }

func (c *chain) replace(old, by string) *chain {
	fmt.Fprintf(c, " | replace: %s, %s", quoted(old), quoted(by))
	return c
}

func (c *chain) remove(texts ...string) *chain {
	for _, t := range texts {
		fmt.Fprintf(c, " | remove: %s", quoted(t))
	}
	return c
}

// lower makes the text comparable with words.
func (c *chain) lower() *chain {
	return c.filter("downcase").replace("’", "'").remove("!", "?", ";", ")", "…")
}

// word replaces a whole word or phrase, and its form without accents.
func (c *chain) word(old, by string) *chain {
	if by = " " + by + " "; by == "  " {
		by = " "
	}
	for _, text := range slices.Compact([]string{old, unaccented(old)}) {
		c.replace(" "+strings.ReplaceAll(text, " ", "  ")+" ", by)
	}
	return c
}

// letters removes all in lower case, and the marks that stand around words.
func (c *chain) letters(t tongues) *chain {
	for r := 'a'; r <= 'z'; r++ {
		c.remove(string(r))
	}
	if !t.english {
		for _, r := range accented {
			c.remove(string(r))
		}
		c.remove("ß")
	}
	return c.remove(" ", "[", "]", "'")
}

// text is a tag that names the answer `text`: between brackets, with two blanks between
// words, so that each word has its own blanks.
func (c *chain) text() string {
	return "{% assign text = '[ @ ]' | replace: '@', flow.variables." + varRaw + " | replace: '\n', ' ' | replace: '  ', ' ' | replace: '  ', ' ' | replace: ' ', '  '" + c.String() + " %}"
}

// stored is Liquid for a text changed by a chain; where nothing is left of it, for the
// answer as it was written.
func (c *chain) stored() string {
	return c.text() + "{{text | default: flow.variables." + varRaw + "}}"
}

// bare strips an answer of some words before it and behind it, each where the answer
// begins or ends.
func (t tongues) bare(c *chain, first, then string) *chain {
	for _, list := range []string{first, then} {
		words := split(list)
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		for _, w := range words {
			ways := []string{w}
			if strings.Contains(w, "'") {
				ways = append(ways, strings.ReplaceAll(w, "'", ""), strings.ReplaceAll(w, "'", "’"))
			}
			for _, way := range ways {
				begin, size := utf8.DecodeRuneInString(way)
				for _, each := range []string{way, strings.ToUpper(string(begin)) + way[size:]} {
					c.replace("[  "+strings.ReplaceAll(each, " ", "  ")+"  ", "[  ")
				}
			}
		}
	}
	for range 2 {
		for _, mark := range []string{".", "!", "?", ",", ";", ")", "…"} {
			c.replace(mark+"  ]", "  ]")
		}
		if first != "" || then != "" {
			first, then = "", ""
			for _, w := range split(t.all(func(l *tongue) string { return l.thanks })) {
				c.replace("  "+strings.ReplaceAll(w, " ", "  ")+"  ]", "  ]")
			}
		}
	}
	return c.replace("  ", " ").replace("[ ]", "").remove("[ ", " ]")
}
