package compile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
		for _, mark := range []string{".", "!", ","} {
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

func wholeNumber(t tongues) builtin {
	rules := t.each(func(l *tongue) []reading {
		head := before(l.hi, l.lead, l.count)
		figures := `[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?`
		if l.comma {
			figures = `[-+]?[0-9]+(?:[.,][0-9]{1,2})?`
		}
		noun := `(?: +of +(?:us|them))?`
		if l.code != "" {
			noun = `(?: +(?:of +us|of +them|[\p{L}][\p{L}'’-]*))?`
		}
		tail := after(l.thanks)
		if l.code == "en" {
			tail = after(l.thanks, "or so, if possible, if that's ok, max")
		}
		out := []reading{{label: "a number in figures", pattern: head + `[$€£]? ?` + figures + `(?: ?[$€£%])?` + noun + tail}}
		switch {
		case l.code == "en":
			one := `(?:one|two|three|four|five|six|seven|eight|nine)`
			teens := `ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen`
			tens := `(?:twen|thir|fou?r|fif|six|seven|eigh|nine)ty`
			below := `(?:` + tens + `(?:[ -]+` + one + `)?|` + teens + `|` + one + `)`
			out = append([]reading{
				{label: "no number", refuses: true, pattern: head + `(?:[0-9]+ +(?:am|pm)|(?:[0-9]+|` + one + `) +(?:dozens?|billions?)|[0-9]+[.,][0-9]+ +(?:hundred|thousand|million)|(?:1|one|another|two) +` + either(l.pauses) + `)(?:[^\p{L}].*)?`},
				{label: "two numbers", refuses: true, pattern: `(?:.* )?(?:` + one + `|` + teens + `|zero|thousand|million)(?: +|-)(?:and +|or +)?(?:` + tens + `|` + teens + `|` + one + `|zero|a)(?:[^\p{L}].*)?`},
			}, out...)
			out = append(out,
				reading{label: "a number in words", pattern: head + `(?:zero|` + below + `)` + noun + tail},
				reading{label: "hundreds in words", pattern: head + `(?:` + one + `|a) +hundred(?:(?: +and)? +` + below + `)?(?: +thousand)?` + noun + after(l.thanks)},
				reading{label: "thousands in words", pattern: head + `(?:` + below + `|a) +(?:thousand|million)` + noun + after(l.thanks)},
				reading{label: "a couple, a dozen", pattern: head + `(?:both|(?:a +)?(?:couple|pair)|half +a +dozen|(?:a +)?dozen)` + noun + after(l.thanks)})
		case l.figures != "":
			words := either(names(l.figures))
			out = append([]reading{
				{label: "no number", refuses: true, pattern: head + `(?:1|` + either(namesOf(l.figures, "1")) + `) +` + either(l.pauses) + `(?:[^\p{L}].*)?`},
				{label: "two numbers", refuses: true, pattern: head + words + ` +` + words + `.*`},
			}, out...)
			out = append(out, reading{label: "a number in words", pattern: head + words + noun + after(l.thanks)})
		}
		return out
	})
	c := &chain{}
	c.lower().replace(". ", " ").replace(", ", " ")
	if t.english || len(t.known) == 0 || t.known[0].code == "en" {
		c.remove(",")
	} else {
		c.replace(",", ".")
	}
	for _, l := range t.known {
		phrases := split(l.count) // "una mesa para" is no number
		slices.SortStableFunc(phrases, func(a, b string) int { return len(b) - len(a) })
		for _, words := range phrases {
			if strings.Contains(words, " ") && l.code != "en" {
				c.word(words, "")
			}
		}
		if l.code == "en" {
			c.englishNumbers()
		}
		figures := split(l.figures)
		slices.SortStableFunc(figures, func(a, b string) int { return len(b) - len(a) })
		for _, each := range figures {
			word, value, _ := strings.Cut(each, ":")
			c.word(word, value)
		}
	}
	// A dash that is no sign joins words.
	c.replace(" -", " ~").remove("-").replace("~", "-").letters(t).remove("+", "$", "€", "£", "%")
	return builtin{rules, c.stored()}
}

// names are the names of a list of names and values, and namesOf those of one value.
func names(list string) string { return namesOf(list, "") }

func namesOf(list, value string) string {
	var out []string
	for _, each := range split(list) {
		if name, v, _ := strings.Cut(each, ":"); value == "" || v == value {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// inWords are the ways to say a number that is given in figures.
func (t tongues) inWords(figures string) []string {
	var out []string
	for _, l := range t.known {
		out = append(out, split(namesOf(l.figures, figures))...)
		n, err := strconv.Atoi(figures)
		if l.code != "en" || err != nil || n < 0 || n > 99 || strconv.Itoa(n) != figures {
			continue
		}
		switch {
		case n == 0:
			out = append(out, "zero")
		case n < 10:
			out = append(out, englishOnes[n-1])
		case n < 20:
			out = append(out, englishTeens[n-10])
		case n%10 == 0:
			out = append(out, englishTens[n/10-2])
		default:
			out = append(out, englishTens[n/10-2]+" "+englishOnes[n%10-1], englishTens[n/10-2]+"-"+englishOnes[n%10-1])
		}
	}
	return out
}

// The digits from 1, the numbers from 10 and the tens from 20.
var (
	englishOnes  = []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	englishTeens = []string{"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	englishTens  = []string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

// englishNumbers writes numbers in words as figures. While it composes them, = stands
// before one digit, + before two, ~ after tens and ^ for hundreds.
func (c *chain) englishNumbers() *chain {
	c.replace("y-", "y  ").word("zero", "=0")
	c.word("half a dozen", "=6").word("dozen", "+12").word("couple", "=2").word("both", "=2").word("pair", "=2").word("a hundred", "=1  hundred").word("a thousand", "=1  thousand").word("a million", "=1  million")
	for i, teen := range englishTeens {
		c.word(teen, "+"+strconv.Itoa(10+i))
	}
	for i, ty := range englishTens {
		c.word(ty, "+"+strconv.Itoa(2+i)+"~")
	}
	c.word("fourty", "+4~")
	for i, one := range englishOnes {
		c.word(one, "="+strconv.Itoa(1+i))
	}
	c.replace("~  =", "").replace("~", "0")
	c.replace("  hundred  and  ", "^").replace("  hundred  +", "^+").replace("  hundred  =", "^=").replace("  hundred", "^")
	c.replace("^+", "").replace("^=", "0").replace("^", "00")
	return c.replace("  thousand", "000").replace("  million", "000000").remove("=")
}

func (c *chain) filter(name string) *chain {
	c.WriteString(" | " + name)
	return c
}

func sequence(t tongues) builtin {
	rules := t.each(func(l *tongue) []reading {
		head := before(l.hi, l.lead, l.before)
		out := []reading{{label: "digits", pattern: head + `#? ?[0-9](?:[ .,-]{0,2}[0-9])*` + after(l.thanks)}}
		if digits := l.digits(); digits != "" {
			one := either(names(digits))
			out = append(out, reading{label: "digits in words", pattern: head + one + `(?:[ ,-]+` + one + `)*` + after(l.thanks)})
		}
		return out
	})
	c := &chain{}
	c.lower().remove(",").replace("-", "  ")
	for _, l := range t.known {
		for _, each := range split(l.digits()) {
			word, figure, _ := strings.Cut(each, ":")
			c.word(word, figure)
		}
	}
	return builtin{rules, c.letters(t).remove(".", "#", ":").stored()}
}

// digits are those of a language in words.
func (l *tongue) digits() string {
	if l.code == "en" {
		digits := "zero:0, oh:0, o:0"
		for i, one := range englishOnes {
			digits += fmt.Sprintf(", %s:%d", one, i+1)
		}
		return digits
	}
	var out []string
	for _, each := range split(l.figures) {
		if _, value, _ := strings.Cut(each, ":"); len(value) == 1 {
			out = append(out, each)
		}
	}
	return strings.Join(out, ", ")
}

func phoneNumber(t tongues) builtin {
	rules := t.each(func(l *tongue) []reading {
		more := "tel, tel., mobile, whatsapp"
		if l.code == "en" {
			more += ", cell, home, work, best, call, call me, text, text me, ring, reach me, you can, at, on, i'm"
		}
		return []reading{{label: "a phone number", pattern: before(l.hi, l.lead, l.before, more) + `\+? ?\(?[0-9](?:[ ().–-]{0,3}[0-9]){6,14}` + after(l.thanks)}}
	})
	c := &chain{}
	return builtin{rules, c.lower().letters(t).remove("(", ".", "-", "–", ",", ":").stored()}
}

func yesOrNo(t tongues) builtin {
	t = t.or()
	var b builtin
	for _, l := range t.known {
		// Whoever is sure says so more than once: "yes, sure, let's do it".
		said := func(list string) string {
			return `(?:` + either(list) + `\p{Sk}?(?:[\s,.!?;:)-]+|$))+(?:` + either(l.thanks) + `[\s.!?]*)*`
		}
		b.rules = append(b.rules,
			reading{label: "yes", keep: "Yes", pattern: said(l.yes)},
			reading{label: "no", keep: "No", pattern: said(l.no)})
	}
	return b
}

// refusing are the rules for what begins as a sentence does, is no answer by itself, or
// has a word that only sentences have.
func (l *tongue) refusing() []reading {
	if l.code == "" {
		return nil
	}
	return []reading{
		{label: "a sentence", refuses: true, pattern: `(?s)` + either(l.starts) + `(?:[^\p{L}'’].*)?`},
		{label: "no answer", refuses: true, pattern: before(l.hi) + either(l.nothing) + after(l.thanks)},
		{label: "words of a sentence", refuses: true, pattern: containsWord(l.inner)},
	}
}

// named are the rules of what has any name of so many words: after some words, it may be
// any that no sentence has.
func (t tongues) named(label, word string, most int, separator string, lead func(*tongue) string, tail string) []reading {
	core := fmt.Sprintf(`%s(?:%s%s){0,%d}`, word, separator, word, most-1)
	var out []reading
	for _, l := range t.known {
		out = append(out, reading{label: "no name has such a word", refuses: true, pattern: containsWord(l.never)})
	}
	for _, l := range t.known {
		if lead := lead(l); lead != "" {
			out = append(out, reading{label: label + " in a sentence", pattern: before(l.hi) + either(lead) + between + core + after(l.thanks)})
		}
	}
	for _, l := range t.known {
		out = append(out, l.refusing()...)
	}
	return append(out, t.each(func(l *tongue) []reading {
		return []reading{{label: label, pattern: before(l.hi) + core + tail + after(l.thanks)}}
	})...)
}

const nameWord = `\p{L}[\p{L}\p{M}'’-]*\.?`

func firstName(t tongues) builtin {
	lead := func(l *tongue) string { return l.name }
	tail := ``
	c := &chain{}
	c.remove(",", "!", ":")
	if t.english {
		tail = `(?: +here)?`
		c.replace("  here  ]", "  ]")
	}
	t.bare(c, t.all(func(l *tongue) string { return l.hi }), t.all(lead))
	return builtin{t.named("a name", nameWord, 2, " +", lead, tail), c.stored()}
}

func lastName(t tongues) builtin {
	lead := func(l *tongue) string { return l.surname }
	c := &chain{}
	c.remove(",", "!", ":").replace("Mr.", "Mr").replace("Mrs.", "Mrs").replace("Ms.", "Ms").replace("Dr.", "Dr")
	t.bare(c, t.all(func(l *tongue) string { return l.hi }), strings.ReplaceAll(t.all(lead), ".", ""))
	return builtin{t.named("a name", nameWord, 3, " +", lead, ""), c.stored()}
}

func city(t tongues) builtin {
	lead := func(l *tongue) string { return l.home }
	c := &chain{}
	t.bare(c, "", t.all(lead))
	return builtin{t.named("a place", `\p{L}[\p{L}\p{M}'’.-]*`, 4, "[ ,]+", lead, ""), c.stored()}
}

// listed is a type of a list of English names, complete only for a bot that speaks
// English; any other takes what looks like a name.
func (t tongues) listed(label, list, lead string, most int) builtin {
	c := &chain{}
	if !t.english {
		lead := func(l *tongue) string { return l.home }
		t.bare(c, "", t.all(lead))
		return builtin{t.named(label, `[\p{L}$€£¥][\p{L}\p{M}'’.-]*`, most, " +", lead, ""), c.stored()}
	}
	var rules []reading
	l := t.known[0]
	head := before(l.hi, lead, `it's, it is, that's, maybe`)
	for _, names := range within(split(list), func(names []string) string { return head + either(names...) + after(l.thanks) }) {
		rules = append(rules, reading{label: label, pattern: names})
	}
	t.bare(c, "", lead+`, it's, it is, that's`)
	return builtin{rules, c.stored()}
}

// within are patterns of some words in turn, as many in each as a condition may have.
func within(words []string, pattern func([]string) string) []string {
	var out []string
	for len(words) > 0 {
		n := 1
		for n < len(words) && len(pattern(words[:n+1])) <= maxValue {
			n++
		}
		out = append(out, pattern(words[:n]))
		words = words[n:]
	}
	return out
}

// code is a type of a list of codes.
func (t tongues) code(label, list string) builtin {
	var rules []reading
	l := t.or().known[0]
	for _, codes := range within(strings.Fields(list), func(codes []string) string {
		return before("it's, it is") + `(?:` + strings.Join(codes, "|") + `)` + after(l.thanks)
	}) {
		rules = append(rules, reading{label: label, pattern: codes})
	}
	c := &chain{}
	t.or().bare(c, "", "it's, it is").filter("upcase")
	return builtin{rules, c.stored()}
}

func email(t tongues) builtin {
	mail := "my, the, e-mail, email, mail, address, is, at, to, use, try, send it to, you can use, write to, write me at, email me at, you can reach me at, here you go, work, that would be"
	rules := t.each(func(l *tongue) []reading {
		head := before(l.hi, l.lead, l.before, mail) + `<?(?:mailto:)?`
		out := []reading{{label: "an address", pattern: head + `[^\s@<>,;:()]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+>?` + after(l.thanks)}}
		if l.at != "" {
			part := `[\p{L}\p{N}_+-]+`
			dot := `(?: +` + either(l.dot) + ` +|\.)`
			out = append(out, reading{label: "an address in words", pattern: head + part + `(?:` + dot + part + `)*(?: +` + either(l.at) + ` +| ?@ ?)` + part + `(?:` + dot + part + `)+` + after(l.thanks)})
		}
		return out
	})
	c := &chain{}
	c.remove("<", ">", "mailto:", ":)").replace(":  ", "  ").replace(",  ", "  ").replace(".  ", "  ")
	lead := t.all(func(l *tongue) string { return l.lead }) + ", that would be, here you go, email me at, you can reach me at, my e-mail is, my e-mail, my email, my work email is, my email address is, my email is, email address, email, e-mail, the address is, address is, you can use, use, try, send it to, that would be"
	t.bare(c, t.all(func(l *tongue) string { return l.hi }), lead)
	for _, l := range t.known {
		for _, said := range []struct{ words, mark string }{{l.dot, "."}, {l.at, "@"}} {
			for _, w := range split(said.words) {
				first, size := utf8.DecodeRuneInString(w)
				for _, way := range []string{w, strings.ToUpper(string(first)) + w[size:], strings.ToUpper(w)} {
					c.replace(" "+way+" ", said.mark)
				}
			}
		}
	}
	return builtin{rules, c.replace(" @", "@").replace("@ ", "@").stored()}
}

func alphanumeric(t tongues) builtin {
	const (
		digits = `[\p{L}_-]*[0-9][\p{L}\p{N}_-]*`
		few    = `\p{L}{1,3}`
		core   = `#?(?:` + few + `[ /-]+){0,4}` + digits + `(?:[ /-]+(?:` + digits + `|` + few + `)){0,5}`
	)
	more := "flight, room, license, licence, plate"
	rules := t.each(func(l *tongue) []reading {
		var out []reading
		if l.code != "" {
			begins := l.starts
			if l.code == "en" {
				begins = "i, i'm, we, we're, you, he, she, they, a, an, can, do, is, at, on, in, no, not, me"
			}
			out = append(out, reading{label: "a sentence", refuses: true, pattern: either(begins) + ` .*`})
		}
		return append(out, reading{label: "letters and digits", pattern: before(l.hi, l.lead, l.before, more) + core + after(l.thanks)})
	})
	for _, l := range t.known {
		rules = append(rules, reading{label: "a word of a sentence", refuses: true, pattern: containsWord(l.never)})
		rules = append(rules, l.refusing()...)
	}
	rules = append(rules, t.each(func(l *tongue) []reading {
		return []reading{{label: "letters", pattern: before(l.hi) + `\p{L}+` + after(l.thanks)}}
	})...)
	c := &chain{}
	c.remove(",")
	lead := ""
	if t.english {
		lead = "my code is, the code is, code is, my reference is, reference number, my confirmation code is, the number is, my number is, it's, it is, that's"
	}
	t.bare(c, t.all(func(l *tongue) string { return l.hi }), lead)
	return builtin{rules, c.stored()}
}

// days and months are told by name; what is stored is the English one, which the tasks of
// a schema compare with.
func dayOfWeek(t tongues) builtin {
	return t.or().calendar("a day", func(l *tongue) string { return l.days }, func(*tongue) string { return "" })
}

func month(t tongues) builtin {
	return t.or().calendar("a month", func(l *tongue) string { return l.months }, func(l *tongue) string { return l.monthLead })
}

func (t tongues) calendar(label string, list, more func(*tongue) string) builtin {
	c := &chain{}
	c.lower().remove(".", ",", ":")
	var rules []reading
	var kept []string
	for _, l := range t.known {
		values := listed(list(l))
		var said []string
		for _, v := range values {
			if !slices.Contains(kept, v.keep) {
				kept = append(kept, v.keep)
			}
			said = append(said, v.said)
			c.word(v.said, fmt.Sprintf("%02d", 1+slices.Index(kept, v.keep)))
		}
		rules = append(rules, reading{label: label, pattern: before(l.hi, l.lead, l.dayLead, more(l)) + either(strings.Join(said, ",")) + `\.?` + after(l.dayTail, l.thanks)})
	}
	c.letters(t).remove("-")
	for i, v := range kept {
		c.replace(fmt.Sprintf("%02d", i+1), v)
	}
	return builtin{rules, c.stored()}
}

func said(list string) string {
	var out []string
	for _, v := range listed(list) {
		out = append(out, v.said)
	}
	return strings.Join(out, ", ")
}

// date takes days with a number, a name, or that depend on today. A day with its year is
// stored as YYYY-MM-DD, any other as it was written: only Twilio's clock is at hand in a
// flow, which is that of California, and the day of whoever writes may be another.
func date(t tongues) builtin {
	const (
		number = `(?:0?[1-9]|[12][0-9]|3[01])`
		year   = `(?:[0-9]{4}|'?[0-9]{2})`
		hours  = `(?:[ ,@-]+(?:[01]?[0-9]|2[0-3])(?:[:.h][0-5][0-9])?(?: *[ap]\.?m\.?)?(?:ish| ?h| ?uhr)?)?`
		firsts = `(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)`
	)
	numeric := `(?:(?:19|20)[0-9]{2}[/.-](?:0?[1-9]|1[0-2])[/.-]` + number + `|(?:` + number + `[/.-](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[/.-]` + number + `)(?:[/.-]` + year + `)?\.?)`
	rules := t.each(func(l *tongue) []reading {
		whole := `(?:0?[1-9]|[12][0-9]|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)[0-9]{2}`
		if t.monthFirst {
			whole = `(?:` + whole + `|(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12][0-9]|3[01])[/.-](?:19|20)[0-9]{2})`
		}
		if l.code == "" {
			return []reading{
				{label: "a day of a year in figures", pattern: whole + ending},
				{label: "a date in figures", asWritten: true, pattern: numeric + ending},
			}
		}
		head, tail := before(l.hi, l.lead, l.dayLead), after(l.dayTail, l.thanks)
		days, months := either(said(l.days)), either(said(l.months))
		at, day, of := `(?:[ ,]+`+either(l.timeLead)+`)?`+hours, `(?:`+number+`(?:º|er|\.)?)`, ``
		if l.of != "" {
			of = `(?:` + either(l.of) + ` +)?`
		}
		if l.code == "en" {
			days = `(?:mon|tue?s?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?`
			months = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
			head = before(l.hi, "it's, that's, let's do, let's say, make it, how about, maybe, probably, i think, i'd like, about, around", l.dayLead)
			at = `(?:[ ,]+(?:at|around|about|by))?(?:` + hours + `|[ ,]+noon|[ ,]+midnight)`
			tail = after(l.dayTail, l.thanks, "if possible")
			day = `(?:` + number + `(?:st|nd|rd|th)?|` + firsts + `)`
		}
		named := `(?:` + number + `(?:st|nd|rd|th|º|er|\.)? +` + of + months + `\.?|` + months + `\.? +(?:the +)?` + number + `(?:st|nd|rd|th)?),? +` + of + `(?:19|20)[0-9]{2}`
		out := []reading{
			{label: "a day of a year in figures", pattern: before(l.hi, l.lead, l.dayLead) + whole + after(l.thanks)},
			{label: "a day of a year", pattern: before(l.dayLead, "it's") + `(?:` + days + `\.?[ ,]+)?(?:the +)?` + named + after(l.thanks)},
			{label: "a date in figures", pattern: head + `(?:` + days + `\.?[ ,]+)?` + numeric + at + tail},
			{label: "a day of the week", pattern: head + days + `\.?(?:[ ,]+(?:the +)?` + day + `)?` + at + tail},
			{label: "a day of a month", pattern: head + `(?:` + days + `\.?[ ,]+)?(?:the +)?(?:` + day + ` +` + of + `)?` + months + `\.?(?: +(?:the +)?` + number + `(?:st|nd|rd|th)?| +first)?(?:,? +` + of + `[0-9]{4})?` + at + after(l.thanks, "works")},
			{label: "a day like today", pattern: head + either(l.relative) + at + tail},
		}
		if l.code == "en" {
			count := `(?:an?|a +couple +of|a +few|one|two|three|four|five|six|[0-9]{1,3})`
			span := `(?:days?|weeks?|months?)`
			out = append(out,
				reading{label: "a day by its number", pattern: head + `(?:[0-9]{1,2}(?:st|nd|rd|th)|` + firsts + `)` + at + tail},
				reading{label: "a day from today on", pattern: before(l.hi, "on, for, about, maybe, let's say, how about") + `(?:` + count + ` +` + span + `(?: +(?:from|after) +(?:now|today|tomorrow|` + days + `)| +ago)|(?:in|within) +` + count + ` +` + span + `)` + tail})
		}
		for i := range out {
			out[i].asWritten = i > 1
		}
		return out
	})
	return builtin{rules, t.storedDate()}
}

// storedDate is Liquid for a day, a month and a year as YYYY-MM-DD. A capital letter
// stands for the month while it is made, A for January: it is what is not a figure.
func (t tongues) storedDate() string {
	c := (&chain{}).lower().remove(",", "'").replace(".", " ").replace("/", " ").replace("-", " ")
	for range 3 {
		c.replace("  ", " ")
	}
	c.replace(" ", "  ")
	letter := func(m int) string { return string(rune('A' + m)) }
	for _, l := range t.known {
		var kept []string
		for _, v := range listed(l.months) {
			if !slices.Contains(kept, v.keep) {
				kept = append(kept, v.keep)
			}
			c.word(v.said, letter(len(kept)-1))
		}
	}
	for r := 'a'; r <= 'z'; r++ {
		c.remove(string(r))
	}
	if !t.english {
		for _, r := range accented {
			c.remove(string(r))
		}
		c.remove("º")
	}
	for range 3 {
		c.replace("  ", " ")
	}
	c.replace(" 0", " ")
	months, plain, first, second, days, digits, pad := &chain{}, &chain{}, &chain{}, &chain{}, &chain{}, &chain{}, &chain{}
	for m := range 12 {
		plain.remove(letter(m) + " ")
		months.replace(letter(m), fmt.Sprintf("%02d", m+1))
		first.replace(fmt.Sprintf("[ %d ", m+1), "[ "+letter(m)+" ")
		second.replace(fmt.Sprintf(" %d 19", m+1), " "+letter(m)+" 19").replace(fmt.Sprintf(" %d 20", m+1), " "+letter(m)+" 20")
	}
	for d := range 31 {
		days.replace(fmt.Sprintf("[ %d ", d+1), "[ ")
	}
	for d := range 10 {
		digits.remove(strconv.Itoa(d))
		pad.replace(fmt.Sprintf("[%d]", d), fmt.Sprintf("0%d", d))
	}
	order := "{% assign text = text" + second.String() + " %}"
	if t.monthFirst {
		order = "{% assign swapped = text" + first.String() + " %}{% if swapped == text %}" + order + "{% else %}{% assign text = swapped %}{% endif %}"
	}
	return c.text() +
		"{% assign rest = text" + plain.String() + " %}{% if rest == text %}" + order + "{% assign rest = text" + plain.String() + " %}{% endif %}" +
		"{% assign month = text" + digits.String() + " | remove: ' ' | remove: '[' | remove: ']'" + months.String() + " %}" +
		"{% assign year = rest" + days.String() + " | remove: ' ' | remove: '[' | remove: ']' %}" +
		"{% assign day = rest | remove: year | remove: ' '" + pad.String() + " | remove: '[' | remove: ']' %}" +
		"{{year}}-{{month}}-{{day}}"
}

func clock(t tongues) builtin {
	const figures = `(?:[01]?[0-9]|2[0-3])(?:(?:[:.h]|[ ]*uhr[ ]*)[0-5][0-9])?`
	rules := t.each(func(l *tongue) []reading {
		head := before(l.hi, l.timeLead)
		if l.code == "" {
			return []reading{{label: "a time", pattern: figures + ending}}
		}
		tail := `(?: *` + either(l.hour) + `)*(?: *` + either(l.am, l.pm) + `)?(?: *` + either(l.hour) + `)?(?:[ ,]+` + either("today, tomorrow, works, for me, is fine", l.thanks) + `)*` + ending
		hours := either(l.hours())
		parts := ``
		if l.half != "" {
			parts = `(?:` + either(l.half, l.quarter, l.to) + ` +)?`
		}
		minutes := ``
		if l.code == "en" {
			minutes = `(?:[ -]+(?:thirty|fifteen|forty[ -]five))?`
		}
		out := []reading{
			{label: "a time", pattern: head + parts + `(?:` + figures + `|` + hours + `)` + minutes + tail},
			{label: "a time of four digits", pattern: head + `(?:[01][0-9]|2[0-3])[0-5][0-9]` + tail},
			{label: "noon or midnight", pattern: head + either(l.noon, l.midnight) + after(l.thanks, "works, is good, is fine")},
		}
		if l.code == "en" {
			out = append(out, reading{label: "a time from now on", asWritten: true, pattern: head + `(?:now|right now|in +(?:a|an|half an|[0-9]{1,3}|one|two|three|five|ten|fifteen|twenty|thirty)(?: +(?:min(?:ute)?s?|hours?|hrs?))|[0-9]{1,3} +(?:minutes|hours?) +ago|a +minute +ago)` + after(l.thanks)})
		}
		return out
	})
	return builtin{rules, t.storedTime()}
}

// hours are the words for 1 to 12.
func (l *tongue) hours() string {
	if l.code == "en" {
		return strings.Join(englishOnes, ", ") + ", ten, eleven, twelve"
	}
	var out []string
	for _, each := range split(l.figures) {
		if word, value, _ := strings.Cut(each, ":"); len(value) == 1 && value != "0" || value == "10" || value == "11" || value == "12" {
			out = append(out, word)
		}
	}
	return strings.Join(out, ", ")
}

// storedTime is Liquid for a time as HH:MM, 24 hours, as Autopilot stored it
// (https://www.twilio.com/docs/autopilot/built-in-field-types/twiliotime). While it is
// made, capital letters stand for what was said: A and P for the half of the day, H for
// half an hour, K for a quarter of one.
func (t tongues) storedTime() string {
	c := &chain{}
	c.lower().remove(",").replace("p.m.", "pm").replace("a.m.", "am").replace("p.m", "pm").replace("a.m", "am").replace(".  ", "  ")
	for _, l := range t.known {
		if l.code == "en" {
			c.word("half past", "H").word("a quarter past", "K").word("quarter past", "K").word("quarter after", "K").word("quarter to", "Q").word("quarter of", "Q").word("quarter till", "Q")
			c.word("forty five", ":45").word("forty-five", ":45").word("fifteen", ":15").word("thirty", ":30")
		}
		for i, hour := range split(l.hours()) {
			value := strconv.Itoa(i + 1)
			for _, each := range split(l.figures) {
				if word, v, _ := strings.Cut(each, ":"); word == hour {
					value = v
				}
			}
			c.word(hour, value)
		}
		for _, noon := range split(l.noon) {
			c.word(noon, "12:00")
		}
		for _, midnight := range split(l.midnight) {
			c.word(midnight, "0:00")
		}
		for _, pm := range split(l.pm) {
			if pm != "pm" && pm != "p.m." {
				c.word(pm, "P")
			}
		}
		for _, am := range split(l.am) {
			if am != "am" && am != "a.m." {
				c.word(am, "A")
			}
		}
	}
	c.replace("pm  ", "P").replace("am  ", "A").replace("  :", ":")
	for _, to := range []string{"1:12", "2:1", "3:2", "4:3", "5:4", "6:5", "7:6", "8:7", "9:8", "10:9", "11:10", "12:11"} {
		if !t.has("en") {
			break
		}
		hour, last, _ := strings.Cut(to, ":")
		c.replace("Q  "+hour+" ", last+":45 ")
	}
	if !t.english {
		for i := range 10 { // 17h30
			c.replace(strconv.Itoa(i)+"h", strconv.Itoa(i)+":")
		}
		c.replace("uhr  ", ":")
	}
	c.replace(".", ":")
	for r := 'a'; r <= 'z'; r++ {
		c.remove(string(r))
	}
	if !t.english {
		for _, r := range accented {
			c.remove(string(r))
		}
	}
	c.remove(" ", "'", "-").replace(":]", "]").replace(":A", "A").replace(":P", "P")
	four := &chain{}
	for h := range 24 {
		four.replace(fmt.Sprintf("[%02d", h), fmt.Sprintf("[%02d:", h))
	}
	var b strings.Builder
	b.WriteString(c.text())
	// Minutes, unless there are some.
	b.WriteString("{% assign hour = text" + (&chain{}).remove("A", "P", "H", "K").String() + " %}{% assign whole = hour | remove: ':' %}" +
		"{% assign half = text | remove: 'H' %}{% assign quarter = text | remove: 'K' %}" +
		"{% if whole == hour %}{% if half == text %}{% if quarter == text %}{% assign length = hour | size %}{% if length == 6 %}{% assign hour = hour" + four.String() + " %}{% else %}{% assign hour = hour | replace: ']', ':00]' %}{% endif %}{% else %}{% assign hour = hour | replace: ']', ':15]' %}{% endif %}" +
		"{% else %}{% assign hour = hour | replace: ']', ':30]' %}{% endif %}{% endif %}")
	later := &chain{}
	for h := 1; h < 12; h++ {
		later.replace(fmt.Sprintf("[%d:", h), fmt.Sprintf("[%d:", h+12))
		if h < 10 {
			later.replace(fmt.Sprintf("[0%d:", h), fmt.Sprintf("[%d:", h+12))
		}
	}
	padded := &chain{}
	for h := range 10 {
		padded.replace(fmt.Sprintf("[%d:", h), fmt.Sprintf("[0%d:", h))
	}
	b.WriteString("{% assign noon = text | remove: 'P' %}{% assign night = text | remove: 'A' %}" +
		"{% if noon == text %}{% else %}{% assign hour = hour" + later.String() + " %}{% endif %}" +
		"{% if night == text %}{% else %}{% assign hour = hour | replace: '[12:', '[00:' %}{% endif %}" +
		"{{hour" + padded.String() + " | remove: '[' | remove: ']'}}")
	return b.String()
}

func (t tongues) has(code string) bool {
	return slices.ContainsFunc(t.known, func(l *tongue) bool { return l.code == code })
}
