package provider

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence makes an error's text one that people read: it begins with a capital
// and ends with a stop.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	// A request ("GET /2010…") and a SID keep their spelling.
	if size > 0 && unicode.IsLower(first) {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
