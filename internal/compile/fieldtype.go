package compile

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// kind is what an answer to a question, or a field of a sample, may be.
type kind struct {
	// name is that of the type; empty for free text.
	name string

	// values are those of a list, by what people say for them.
	values []value

	// rules tell the answers of a built-in type.
	rules []reading

	// stored is Liquid for what is stored of an answer that the rules take; empty for
	// the answer as it was written.
	stored string
}

// value is what is stored and one way to say it, normalised.
type value struct{ keep, said string }

// free reports whether any text is an answer.
func (k kind) free() bool { return len(k.values) == 0 && len(k.rules) == 0 }

// renamed reports whether what is stored differs from what was said.
func (k kind) renamed() bool {
	return slices.ContainsFunc(k.values, func(v value) bool { return normalise(v.keep) != v.said })
}

// says reports whether a rule of the type keeps a value.
func (k kind) says(value string) bool {
	return slices.ContainsFunc(k.rules, func(r reading) bool { return r.keep == value })
}

// saidFor are all ways to say some normalised values: themselves, and what the type
// stores as one of them.
func (k kind) saidFor(texts []string) []string {
	out := slices.Clone(texts)
	for _, v := range k.values {
		if slices.Contains(texts, normalise(v.keep)) && !slices.Contains(out, v.said) {
			out = append(out, v.said)
		}
	}
	return out
}

// kindOf is the type of a question or field: built in, one of the schema's, or none.
func (c *compiler) kindOf(name string) kind {
	name = schema.CanonicalFieldType(name)
	if k, ok := c.kinds[name]; ok {
		return k
	}
	k := kind{name: name}
	if made := builtins[name]; made != nil {
		b := made(c.tongues)
		k.rules, k.stored = b.rules, b.stored
	}
	if list := builtinLists[name]; list != nil {
		for _, l := range c.tongues.or().known {
			k.values = append(k.values, listed(list(l))...)
		}
	}
	c.kinds[name] = k
	return k
}

func readKinds(types []schema.FieldType) map[string]kind {
	kinds := map[string]kind{}
	for _, t := range types {
		k := kind{name: t.UniqueName}
		seen := map[string]bool{}
		add := func(keep, said string) {
			if said = normalise(said); said != "" && !seen[said] {
				seen[said] = true
				k.values = append(k.values, value{keep: keep, said: said})
			}
		}
		for _, v := range t.Values {
			if v.SynonymOf == "" {
				add(v.Value, v.Value)
			}
		}
		for _, v := range t.Values {
			if v.SynonymOf != "" {
				add(v.SynonymOf, v.Value)
			}
		}
		kinds[t.UniqueName] = k
	}
	return kinds
}

// builtinLists are the built-in field types that have few values, by language. Each
// value has the ways to say it after a colon.
var builtinLists = map[string]func(*tongue) string{
	"Twilio.YES_NO":      func(l *tongue) string { return "Yes: " + l.yes + "\nNo: " + l.no },
	"Twilio.DAY_OF_WEEK": func(l *tongue) string { return l.days },
	"Twilio.MONTH":       func(l *tongue) string { return l.months },
}

func listed(text string) []value {
	var values []value
	for line := range strings.Lines(text) {
		keep, ways, begins := strings.Cut(strings.TrimSpace(line), ":")
		if !begins { // the line continues the one before
			keep, ways = values[len(values)-1].keep, keep
		}
		for said := range strings.SplitSeq(ways, ",") {
			if said = strings.TrimSpace(said); said != "" {
				values = append(values, value{keep: keep, said: said})
			}
		}
	}
	return values
}

// number is a word of a number in English, in a sample.
const number = `(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million)`

// containing is a pattern of any text that contains what a pattern describes, as whole
// words.
func containing(pattern string) string {
	return `(?s)(?:.*[^\p{L}\p{N}'])?` + pattern + `(?:[^\p{L}\p{N}'].*)?`
}

// alternation is a pattern of any of the texts, the longest first, because the first
// that fits is taken.
func alternation(texts []string) string {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = regexp.QuoteMeta(t)
	}
	slices.SortFunc(parts, func(a, b string) int {
		if d := utf8.RuneCountInString(b) - utf8.RuneCountInString(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return `(?:` + strings.Join(slices.Compact(parts), `|`) + `)`
}

// inSample is the pattern of a field within a sample, where the input is normalised;
// known reports whether it says more than that it is not empty.
func (k kind) inSample() (pattern string, known bool) {
	if len(k.values) > 0 {
		said := make([]string, len(k.values))
		for i, v := range k.values {
			said[i] = v.said
		}
		if p := alternation(said); len(p) <= maxValue/2 {
			return p, true
		}
	}
	switch k.name {
	case "Twilio.NUMBER", "Twilio.NUMBER_SEQUENCE":
		return `(?:[-+$€£]?[0-9][0-9 ()+-]*|` + number + `(?:(?: and |[ -])` + number + `)*)`, true
	case "Twilio.PHONE_NUMBER":
		return `[0-9+(][0-9 ()+-]*`, true
	}
	return `.+`, false
}
