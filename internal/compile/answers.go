package compile

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The built-in field types (https://www.twilio.com/docs/autopilot/built-in-field-types)
// are told by rules: patterns, tried in order, each of which takes an answer or refuses
// it. An answer is what the type names, with the words that people put around it ("at 5
// pm please"), and little else. Autopilot knew these types by trained models.
//
// A pattern is of RE2 and of Java, and matches the whole text as it was written: what is
// normalised for samples has lost the point of "7.45". Of letter case only that of ASCII
// is ignored for certain.

// reading is a transition of the check of an answer.
type reading struct {
	label, pattern string
	refuses        bool   // the answer is none
	keep           string // what is stored; empty for what the type makes of the answer
	asWritten      bool   // the answer is stored as it was written
}

// builtin is a built-in type in the languages of a bot.
type builtin struct {
	rules []reading

	// stored is Liquid for what is stored; empty for the answer as it was written.
	stored string
}

// builtins are the types by name.
var builtins = map[string]func(tongues) builtin{
	"Twilio.ALPHANUMERIC":    alphanumeric,
	"Twilio.NUMBER":          wholeNumber,
	"Twilio.NUMBER_SEQUENCE": sequence,
	"Twilio.PHONE_NUMBER":    phoneNumber,
	"Twilio.YES_NO":          yesOrNo,
	"Twilio.LANGUAGE": func(t tongues) builtin {
		return t.listed("a language", languageNames, `i speak, we speak, my language is, in, i'd prefer, i prefer`, 3)
	},
	"Twilio.COUNTRY": func(t tongues) builtin {
		return t.listed("a country", countryNames, `i live in, i'm in, i'm from, i am from, we're in, from, in, the`, 5)
	},
	"Twilio.COUNTRY_ISO_ALPHA2": func(t tongues) builtin { return t.code("a code of two letters", alpha2) },
	"Twilio.COUNTRY_ISO_ALPHA3": func(t tongues) builtin { return t.code("a code of three letters", alpha3) },
	"Twilio.CURRENCY":           func(t tongues) builtin { return t.listed("a currency", currencyNames, `i pay in, i'll pay in, in`, 3) },
	"Twilio.CITY":               city,
	"Twilio.US_STATE": func(t tongues) builtin {
		return t.listed("a state", stateNames, `i live in, i'm in, i'm from, from, in, the state of, state of`, 4)
	},
	"Twilio.FIRST_NAME":  firstName,
	"Twilio.LAST_NAME":   lastName,
	"Twilio.EMAIL":       email,
	"Twilio.DAY_OF_WEEK": dayOfWeek,
	"Twilio.MONTH":       month,
	"Twilio.DATE":        date,
	"Twilio.TIME":        clock,
}

// What may stand around an answer, apart from words.
const (
	between = `[ ,.:!-]+`
	ending  = `[\s.?!,;:)…]*`
)

// split are the parts of a list, in order.
func split(lists ...string) []string {
	var out []string
	for _, list := range lists {
		for w := range strings.SplitSeq(list, ",") {
			if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// either is a pattern of any of the words or phrases of some lists.
func either(lists ...string) string {
	words := split(lists...)
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = loose(w)
	}
	return `(?:` + strings.Join(parts, `|`) + `)`
}

// loose is a pattern of a text that may lack its accents and apostrophes, as what people
// write on a telephone does.
func loose(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch plain := accents[r]; {
		case r == '\'':
			b.WriteString(`['’]?`)
		case r == ' ':
			b.WriteString(` +`)
		case r == '.':
			b.WriteString(`\.?`)
		case plain != "":
			b.WriteString(`[` + plain + string(r) + strings.ToUpper(string(r)) + `]`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

// unaccented is a text as those write it who leave out accents.
func unaccented(text string) string {
	return strings.Map(func(r rune) rune {
		if plain := accents[r]; plain != "" {
			r, _ = utf8.DecodeRuneInString(plain)
		}
		return r
	}, text)
}

// accents are letters with accents, with the letter that is written without.
var accents = map[rune]string{
	'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'ä': "a", 'ç': "c", 'é': "e", 'è': "e", 'ê': "e", 'í': "i", 'ï': "i", 'î': "i",
	'ñ': "n", 'ó': "o", 'ô': "o", 'õ': "o", 'ö': "o", 'ú': "u", 'ù': "u", 'û': "u", 'ü': "u",
}

// accented are the letters of accents, in order.
var accented = slices.Sorted(maps.Keys(accents))

// before is a pattern of any number of words that stand before an answer, and after one
// of those behind it.
func before(lists ...string) string {
	if len(split(lists...)) == 0 {
		return ""
	}
	return `(?:` + either(lists...) + between + `)*`
}

func after(lists ...string) string {
	if len(split(lists...)) == 0 {
		return ending
	}
	return `(?:[ ,.!-]+` + either(lists...) + `)*` + ending
}

// containsWord is a pattern of a text with any of some words in it.
func containsWord(lists ...string) string {
	return `(?s)(?:.*[^\p{L}'’])?` + either(lists...) + `(?:[^\p{L}'’].*)?`
}

// each are the rules of each language, or of none where it is not known.
func (t tongues) each(rules func(*tongue) []reading) []reading {
	known := t.known
	if len(known) == 0 {
		known = []*tongue{{}}
	}
	var out []reading
	for _, l := range known {
		out = append(out, rules(l)...)
	}
	return out
}
