package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// The longest texts of a label, in characters. A task's unique name has at most 64.
const (
	maxTitle  = 80
	maxSample = 60
)

// direction is a word of Mermaid's that its lexer finds in quotes too
// (flow.jison, https://github.com/mermaid-js/mermaid).
const direction = "direction"

// joiner and nonJoiner are invisible characters that emoji and scripts are written with.
const (
	joiner    = '\u200d'
	nonJoiner = '\u200c'
)

// label turns any text into one line of a Mermaid label in quotes. What Mermaid, the
// Markdown in its labels, or HTML could read as markup is written as one of Mermaid's character
// codes, #N; (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters),
// which none of the three reads before the text is shown.
func label(text string, most int) string {
	runes := shorten(oneLine(text), most)
	var b strings.Builder
	for i, r := range runes {
		if plain(runes, i) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// oneLine writes one space for each run of white space and control characters.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// shorten cuts a text to the given number of characters, the last of them an ellipsis.
func shorten(text string, most int) []rune {
	runes := []rune(text)
	if len(runes) > most {
		runes = append(runes[:most-1:most-1], '…')
	}
	return runes
}

// plain reports whether a character can stand for itself. Those of other scripts can,
// except for invisible ones, some of which reorder a line, and two with which Mermaid
// marks character codes for itself.
func plain(runes []rune, i int) bool {
	switch r := runes[i]; {
	case r > unicode.MaxASCII:
		return (unicode.IsGraphic(r) && r != '°' && r != '¶') || r == joiner || r == nonJoiner
	case r == ' ':
		// Mermaid reads a line that contains "direction LR" as an instruction.
		return !strings.HasSuffix(string(runes[max(0, i-len(direction)):i]), direction)
	case wordly(r) || strings.ContainsRune(",?!'/", r):
		return true
	case strings.ContainsRune("-_.", r):
		// Between others they are part of a word; before or after one they are a list or
		// an emphasis to Markdown, and www. begins a link.
		within := i > 0 && i < len(runes)-1 && wordly(runes[i-1]) && wordly(runes[i+1])
		return within && (r != '.' || runes[i-1] != 'w' && runes[i-1] != 'W')
	default:
		return false
	}
}

// wordly reports whether a character is an ASCII letter or digit.
func wordly(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// slug is a text as part of a node's id: letters, digits and underscores.
func slug(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if wordly(r) {
			return r
		}
		return '_'
	}, text), "_")
}
