package autopilot

import (
	"regexp"
	"slices"
	"strings"
)

// likeness is how similar a sentence and a sample must be, as the share of common words,
// to count as the same.
const likeness = 0.5

// meaning is the task that a sentence was recognised as.
type meaning struct {
	task   *task
	fields map[string]string // values of the sample's fields
}

// route finds the task a sentence means, of those named or, where none are, of
// all. It replaces Twilio's language model, which no longer exists, and is
// deterministic:
//
//  1. a sample that is the sentence, letter case and punctuation aside;
//  2. a sample with fields whose words are the sentence's and whose fields hold
//     values of their types;
//  3. unless literal: the sample that shares the most words with the sentence, if
//     it shares half of them.
//
// Where several match, the earlier task wins.
func (a *Assistant) route(text string, among []string, literal bool) (meaning, bool) {
	wanted := normal(text)
	if wanted == "" {
		return meaning{}, false
	}
	var tasks []*task
	for _, t := range a.tasks {
		if len(among) == 0 || slices.Contains(among, t.name) {
			tasks = append(tasks, t)
		}
	}
	for _, t := range tasks {
		for _, sample := range t.samples {
			if !strings.Contains(sample, "{") && normal(sample) == wanted {
				return meaning{task: t}, true
			}
		}
	}
	for _, t := range tasks {
		for _, sample := range t.samples {
			if fields, ok := a.fits(t, sample, text); ok {
				return meaning{task: t, fields: fields}, true
			}
		}
	}
	if literal {
		return meaning{}, false
	}
	return nearest(tasks, wanted)
}

var placeholder = regexp.MustCompile(`\{([^{}]+)\}`)

// fits matches a sentence with a sample that has fields. A sample of only one
// field of any content would match everything, and is ignored.
func (a *Assistant) fits(t *task, sample, text string) (fields map[string]string, ok bool) {
	holes := placeholder.FindAllStringSubmatchIndex(sample, -1)
	if holes == nil {
		return nil, false
	}
	var names []string
	pattern, end, open := `(?i)^\s*`, 0, true
	for _, hole := range holes {
		pattern += literalPattern(sample[end:hole[0]]) + `(.+?)`
		names = append(names, sample[hole[2]:hole[3]])
		end = hole[1]
	}
	pattern += literalPattern(sample[end:]) + mark + `*$`
	for _, name := range names {
		if _, _, known := a.typed(t.fields[name], "x"); known {
			open = false
		}
	}
	if open && normal(placeholder.ReplaceAllString(sample, "")) == "" {
		return nil, false
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, false
	}
	found := compiled.FindStringSubmatch(strings.Join(strings.Fields(strings.ReplaceAll(text, "’", "'")), " "))
	if found == nil {
		return nil, false
	}
	fields = map[string]string{}
	for i, name := range names {
		value, ok, known := a.typed(t.fields[name], found[i+1])
		if known && !ok {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}

// mark matches what may separate two words.
const mark = `[\s` + punctuation + `]`

// literalPattern matches the words between fields, with any punctuation.
func literalPattern(text string) string {
	var parts []string
	for _, word := range strings.Fields(normal(text)) {
		parts = append(parts, regexp.QuoteMeta(word))
	}
	pattern := strings.Join(parts, mark+`+`)
	if strings.HasPrefix(text, " ") {
		pattern = mark + `+` + pattern
	}
	if strings.HasSuffix(text, " ") && len(parts) > 0 {
		pattern += mark + `+`
	}
	return pattern
}

func nearest(tasks []*task, wanted string) (meaning, bool) {
	said := wordSet(wanted)
	var best *task
	score := likeness
	for _, t := range tasks {
		for _, sample := range t.samples {
			if s := overlap(said, wordSet(normal(placeholder.ReplaceAllString(sample, "")))); s > score || s == score && best == nil {
				best, score = t, s
			}
		}
	}
	return meaning{task: best}, best != nil
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// overlap is the share of words that two sets have in common.
func overlap(a, b map[string]bool) float64 {
	shared := 0
	for word := range a {
		if b[word] {
			shared++
		}
	}
	if all := len(a) + len(b) - shared; all > 0 {
		return float64(shared) / float64(all)
	}
	return 0
}
