package compile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

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
			out = append(out, reading{label: "no answer in a sentence", refuses: true, pattern: before(l.hi) + either(lead) + between + either(l.nothing) + after(l.thanks)})
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
