package differential

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// person talks to the two bots at random, reproducibly for a seed.
type person struct {
	*rand.Rand
	*subject
	samples map[string][]string // by task, fields filled in
	all     []string            // all samples
	words   []string            // what any question of the schema or type accepts
}

// answersOf are answers to the built-in types that are valid under any reading.
var answersOf = map[string][]string{
	"Twilio.ALPHANUMERIC":       {"AB12", "order 77", "4711"},
	"Twilio.NUMBER":             {"7", "forty two", "1,250", "3.5", "zero", "twenty-one", "one hundred and five", "two hundred", "three thousand", "ninety", "-4", "thirteen"},
	"Twilio.NUMBER_SEQUENCE":    {"90210", "12 34 56", "5", "123-45-6789", "00421"},
	"Twilio.PHONE_NUMBER":       {"+1 202 555 0142", "(202) 555-0142", "2025550142"},
	"Twilio.YES_NO":             {"yes", "no", "Yep", "nope", "sure", "no thanks", "of course"},
	"Twilio.LANGUAGE":           {"English", "Brazilian Portuguese"},
	"Twilio.COUNTRY":            {"Norway", "United States of America", "Côte d’Ivoire"},
	"Twilio.COUNTRY_ISO_ALPHA2": {"NO", "us"},
	"Twilio.COUNTRY_ISO_ALPHA3": {"NOR", "usa"},
	"Twilio.CURRENCY":           {"Euro", "US dollar"},
	"Twilio.CITY":               {"Paris", "New York", "St. John's", "L’Aquila"},
	"Twilio.US_STATE":           {"Texas", "new york", "CA"},
	"Twilio.FIRST_NAME":         {"Ada", "Jean-Luc", "D’Arcy"},
	"Twilio.LAST_NAME":          {"Lovelace", "van Dyke", "O'Neill", "O’Neill"},
	"Twilio.EMAIL":              {"ada@example.com", "a.b+c@mail.example.org"},
	"Twilio.DAY_OF_WEEK":        {"Monday", "tue", "SUNDAY", "thurs", "wed", "Sat", "fri"},
	"Twilio.MONTH":              {"May", "sept", "december", "jan", "FEB", "march", "apr", "June", "jul", "aug", "October", "nov"},
	"Twilio.DATE":               {"tomorrow", "May 4th", "2026-05-04", "next friday", "12/24", "3rd of june", "May 4th, 2026", "the 5th of June 2026", "12/24/2026", "24/12/2026", "1 aug 1999"},
	"Twilio.TIME":               {"5 pm", "17:30", "noon", "seven o'clock", "at 8", "12:30 am", "12pm", "7:45 p.m.", "midnight", "9.15", "11am", "eight pm"},
}

var (
	nonsense = []string{"qwxz flarn", "🤷", "lorem ipsum dolor sit amet", "hmm", "%%%", "{{ x }}", "{% if %}", "a, b, c", "<b>", "\"", ":;", "what do you mean by that"}
	blanks   = []string{"", " ", "?!", "\n"}
	digits   = []string{"1", "2", "3", "0", "42", "12345"}
	mark     = regexp.MustCompile(`\{([^{}]+)\}`)
)

// newPerson creates a person, who fills the fields of samples. A careless one fills some
// with values that no type has.
func newPerson(s *subject, seed uint64, careless bool) *person {
	p := &person{Rand: rand.New(rand.NewPCG(seed, 20230825)), subject: s, samples: map[string][]string{}}
	for _, t := range s.schema.Tasks {
		fields := map[string]string{}
		for _, f := range t.Fields {
			fields[f.UniqueName] = f.FieldType
		}
		for _, sample := range t.Samples {
			text := mark.ReplaceAllStringFunc(sample.TaggedText, func(field string) string {
				if careless && p.IntN(8) == 0 {
					return p.one(nonsense)
				}
				return p.one(p.valuesOf(fields[strings.Trim(field, "{}")]))
			})
			p.samples[t.UniqueName] = append(p.samples[t.UniqueName], text)
			p.all = append(p.all, text)
		}
	}
	for _, t := range s.schema.FieldTypes {
		p.words = append(p.words, p.valuesOf(t.UniqueName)...)
	}
	for _, name := range slices.Sorted(maps.Keys(answersOf)) {
		p.words = append(p.words, answersOf[name]...)
	}
	return p
}

// valuesOf are answers of a type: all that a custom one lists.
func (p *person) valuesOf(name string) []string {
	for _, t := range p.schema.FieldTypes {
		if t.UniqueName == name && len(t.Values) > 0 {
			var values []string
			for _, v := range t.Values {
				values = append(values, v.Value)
			}
			return values
		}
	}
	if values := answersOf[schema.CanonicalFieldType(name)]; values != nil {
		return values
	}
	return []string{"anything at all", "blue"}
}

func (p *person) one(list []string) string { return list[p.IntN(len(list))] }

// valid is an answer the question accepts.
func (p *person) valid(q *question) string {
	allowed, refused := q.lists()
	values := p.valuesOf(q.Type)
	if len(allowed) > 0 {
		values = allowed
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(refused, v) })
	return p.one(values)
}

// varied is a text as another person writes it.
func (p *person) varied(text string) string {
	switch p.IntN(8) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	case 2:
		return text + p.one([]string{".", "!", "?", "!!", " "})
	case 3:
		return strings.ReplaceAll(text, "'", "’")
	case 4:
		return "  " + strings.ReplaceAll(text, " ", "  ")
	}
	return text
}

// next is what the person says to what the assistant waits for.
func (p *person) next(w waiting, channel string) run.Event {
	q := w.question()
	var text string
	switch n := p.IntN(100); {
	case q != nil && len(q.Digits.Mapping) > 0 && n < 30:
		return p.pressed(q, channel)
	case q != nil && n < 60:
		text = p.varied(p.valid(q))
	case n < 70 && len(p.all) > 0:
		text = p.varied(p.one(p.all))
	case n < 78:
		text = p.one(p.words)
	case n < 83:
		return p.pressed(q, channel)
	case n < 88:
		if channel == run.Voice {
			return run.Silence()
		}
		text = p.one(blanks)
	default:
		text = p.one(nonsense)
	}
	return said(text, channel)
}

// pressed are keys, most often those that mean something.
func (p *person) pressed(q *question, channel string) run.Event {
	keys := p.one(digits)
	if channel != run.Voice {
		return run.Message(keys)
	}
	if q != nil && len(q.Digits.Mapping) > 0 && p.IntN(4) > 0 {
		keys = p.one(slices.Sorted(maps.Keys(q.Digits.Mapping)))
	}
	return run.Digits(keys)
}

// said is a text on a channel. A recogniser hears words, or nothing.
func said(text, channel string) run.Event {
	if channel != run.Voice {
		return run.Message(text)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return run.Silence()
	}
	return run.Speech(text)
}

// script is a conversation about one task: its sample, then an answer to each question.
func (p *person) script(kind, task string, w waiting, step int, channel string) run.Event {
	q := w.question()
	switch {
	case q == nil && step == 0:
		if s := p.samples[task]; len(s) > 0 {
			return said(s[0], channel)
		}
	case kind == "silent":
		return run.Silence()
	case q != nil && kind == "valid":
		return said(p.valid(q), channel)
	case q == nil && kind == "valid" && len(p.all) > 0:
		return said(p.all[step*7%len(p.all)], channel)
	}
	return said(nonsense[step%2], channel)
}

// sampled is a conversation of nothing but samples and right answers: what a router by
// words must not lead anywhere else.
func (p *person) sampled(w waiting, channel string) run.Event {
	if q := w.question(); q != nil {
		return said(p.valid(q), channel)
	}
	known := p.all
	if w.Listen != nil && len(w.Listen.Tasks) > 0 {
		known = nil
		for _, t := range w.Listen.Tasks {
			known = append(known, p.samples[t]...)
		}
	}
	if len(known) == 0 {
		return run.Hangup()
	}
	return said(p.varied(p.one(known)), channel)
}

func seedOf(s *subject, channel string, n int) uint64 {
	sum := uint64(n)
	for _, r := range fmt.Sprint(s.name, channel) {
		sum = sum*131 + uint64(r)
	}
	return sum
}
