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

	// pattern is the form of an answer as given; empty for a list or free text.
	pattern string
}

// value is what is stored and one way to say it, normalised.
type value struct{ keep, said string }

// free reports whether any text is an answer.
func (k kind) free() bool { return len(k.values) == 0 && k.pattern == "" }

// renamed reports whether what is stored differs from what was said.
func (k kind) renamed() bool {
	return slices.ContainsFunc(k.values, func(v value) bool { return normalise(v.keep) != v.said })
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
	if lists := builtinLists[name]; lists != "" {
		return kind{name: name, values: listed(lists)}
	}
	return kind{name: name, pattern: builtinPatterns[name]}
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

// builtinLists are the built-in field types (https://www.twilio.com/docs/autopilot/built-in-field-types)
// that have few values. Each value has the other ways to say it after a colon.
var builtinLists = map[string]string{
	"Twilio.YES_NO": `Yes: yes, y, yeah, yea, yep, yup, ya, yes please, yes i do, yes it is, sure, sure thing, ok, okay, k, of course,
		correct, right, that's right, absolutely, definitely, certainly, affirmative, please do, i do, true
		No: no, n, nope, nah, no thanks, no thank you, no i don't, no it isn't, not really, not now, never, negative, don't, false, wrong, incorrect`,
	"Twilio.DAY_OF_WEEK": `Monday: monday, mon
		Tuesday: tuesday, tue, tues
		Wednesday: wednesday, wed
		Thursday: thursday, thu, thur, thurs
		Friday: friday, fri
		Saturday: saturday, sat
		Sunday: sunday, sun`,
	"Twilio.MONTH": `January: january, jan
		February: february, feb
		March: march, mar
		April: april, apr
		May: may
		June: june, jun
		July: july, jul
		August: august, aug
		September: september, sep, sept
		October: october, oct
		November: november, nov
		December: december, dec`,
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

// Parts of the patterns of built-in types.
const (
	letters = `\p{L}[\p{L}\p{M}'’ .-]*`
	number  = `(?:[0-9]+|a|an|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million)`
	day     = `(?:today|tonight|tomorrow|yesterday|next|this|last|now|noon|midnight|morning|afternoon|evening|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
)

// closed is a pattern with optional punctuation after it, which a sentence may end
// with, as speech recognisers end theirs.
func closed(pattern string) string { return `(?:` + pattern + `)[\s.?!,]*` }

// containing is a pattern of any text that contains what a pattern describes, as whole
// words.
func containing(pattern string) string {
	return `(?s)(?:.*[^\p{L}\p{N}'])?` + pattern + `(?:[^\p{L}\p{N}'].*)?`
}

// builtinPatterns are the patterns of the other built-in field types. Autopilot knew
// these by trained models; a pattern accepts more than they did, so that no valid answer
// is refused. They apply to what was written and to the output of a speech recogniser.
var builtinPatterns = map[string]string{
	"Twilio.ALPHANUMERIC":       `(?s).*[\p{L}\p{N}].*`,
	"Twilio.NUMBER":             containing(`(?:[-+$€£]?[0-9][0-9,.]*|` + number + `)`),
	"Twilio.NUMBER_SEQUENCE":    `(?s).*[0-9].*|` + containing(number),
	"Twilio.PHONE_NUMBER":       `[^0-9]*(?:[0-9][^0-9]*){3,15}`,
	"Twilio.LANGUAGE":           closed(letters),
	"Twilio.COUNTRY":            closed(letters),
	"Twilio.COUNTRY_ISO_ALPHA2": closed(`[A-Za-z]{2}`),
	"Twilio.COUNTRY_ISO_ALPHA3": closed(`[A-Za-z]{3}`),
	"Twilio.CURRENCY":           closed(`[$€£¥]|` + letters),
	"Twilio.CITY":               closed(letters),
	"Twilio.US_STATE":           closed(`[A-Za-z][A-Za-z .]+`),
	"Twilio.FIRST_NAME":         closed(letters),
	"Twilio.LAST_NAME":          closed(letters),
	"Twilio.EMAIL":              `(?s).*[^\s@]@[^\s@]+\.[^\s@]+.*|(?s).+ at .+ dot .+`,
	"Twilio.DATE":               `(?s).*[0-9].*|` + containing(day) + `|` + containing(number),
	"Twilio.TIME":               `(?s).*[0-9].*|` + containing(day) + `|` + containing(number),
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
