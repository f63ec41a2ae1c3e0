package diagram

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The lengths of names. A task's unique name has at most 64 characters
// (https://www.twilio.com/docs/autopilot/api/task), of which a few are for a number.
const (
	maxStep   = 40 // of a node's part
	maxAnswer = 18 // of an answer's part
)

// names are those that the tasks of a schema have.
type names map[string]bool

// name is a name that nothing has: the one given, or with a number behind it.
func (n names) name(base string) string {
	name := base
	for i := 2; n[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	n[name] = true
	return name
}

// slugOf is a text as a name: letters without accents, digits and dashes.
func slugOf(text string, most int, without string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '\'', r == '’', unicode.IsMark(r):
			// "don't" is one word
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > most {
			break
		}
	}
	name := b.String()
	if len(name) > most {
		name = name[:most]
		// A name that ends within a word is cut after the one before it.
		if at := strings.LastIndexByte(name, '-'); at > most/2 {
			name = name[:at]
		}
	}
	if name = strings.Trim(name, "-"); name == "" {
		return without
	}
	return name
}
