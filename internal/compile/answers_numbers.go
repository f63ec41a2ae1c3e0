package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
			words := `(?:` + one + `|` + teens + `|` + tens + `)`
			ordinals := `(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)`
			out = append([]reading{
				{label: "no number", refuses: true, pattern: head + `(?:[0-9]+ +(?:am|pm)|(?:[0-9]+|` + one + `) +(?:dozens?|billions?)|[0-9]+[.,][0-9]+ +(?:hundred|thousand|million)|(?:1|one|another|two) +` + either(l.pauses) + `)(?:[^\p{L}].*)?`},
				{label: "a time, a part or a place in order", refuses: true, pattern: head + `(?:(?:[0-9]+|` + words + `) +(?:am|pm|o['’]?clock|half|halves|thirds?|quarters?)|` + words + `[ -]+` + ordinals + `)(?:[^\p{L}].*)?`},
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
