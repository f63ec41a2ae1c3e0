package classify

import (
	"strings"
	"unicode"
)

// Edge is what stands at each end of a word. It is no blank, which a variable of a
// Studio flow loses at its ends.
const Edge = '_'

// A Step replaces one text by another, wherever it occurs.
type Step struct{ Old, New string }

// steps turn a text in lower case, without punctuation at its words, into words with an
// Edge at each end. They are few and simple, since a flow must do the same.
var steps = func() []Step {
	out := []Step{{"'", ""}}
	for _, c := range "-/()[]&+*#@=<>…–—¿¡«»“”‘„" {
		out = append(out, Step{string(c), " "})
	}
	return out
}()

// accents are letters that people type without their marks.
var accents = strings.NewReplacer("á", "a", "à", "a", "â", "a", "ä", "a", "ã", "a", "å", "a", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "ì", "i", "î", "i", "ï", "i", "ó", "o", "ò", "o", "ô", "o", "ö", "o", "õ", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u",
	"ñ", "n", "ç", "c", "ċ", "c", "ġ", "g", "ħ", "h", "ż", "z", "ą", "a", "ć", "c", "ę", "e", "ł", "l", "ń", "n", "ś", "s", "ź", "z", "ё", "е")

// Steps are those that spell a message for texts such as the ones given: without the
// accents that none of these has.
func Steps(texts []string) []Step {
	found := map[rune]bool{}
	for _, text := range texts {
		for _, r := range text {
			found[r] = true
		}
	}
	out := append([]Step{}, steps...)
	for _, r := range sortedRunes(found) {
		if plain := accents.Replace(string(r)); plain != string(r) {
			out = append(out, Step{string(r), plain})
		}
	}
	// Blanks become edges, of which one is left between two words.
	return append(out, Step{" ", "_"}, Step{"__", "_"}, Step{"__", "_"}, Step{"__", "_"})
}

// Spell applies steps to a text, and puts an Edge at its ends.
func Spell(text string, steps []Step) string {
	for _, s := range steps {
		text = strings.ReplaceAll(text, s.Old, s.New)
	}
	return string(Edge) + text + string(Edge)
}

// letters are how many characters of a spelled text are not edges.
func letters(spelled string) int {
	n := 0
	for _, r := range spelled {
		if r != Edge {
			n++
		}
	}
	return n
}

// Grams are the groups of three neighbours in a spelled text that lie within a word or
// at an end of it, each once, in the order they occur.
func Grams(spelled string) []string {
	runes := []rune(spelled)
	seen := map[string]bool{}
	var out []string
	for i := 0; i+3 <= len(runes); i++ {
		three := runes[i : i+3]
		if three[1] == Edge || !plain(three[0]) || !plain(three[1]) || !plain(three[2]) {
			continue
		}
		if g := string(three); !seen[g] {
			seen[g] = true
			out = append(out, g)
		}
	}
	return out
}

// plain reports whether a character means nothing to Liquid.
func plain(r rune) bool {
	return r == Edge || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
}
