package compile

import (
	"cmp"
	"math/bits"
	"regexp"
	"slices"
	"strings"
)

// A router tells tasks apart by a decision list (Yarowsky, "Decision lists for lexical
// ambiguity resolution", 1994): rules, each a word or a pair of words that indicates a
// task, tried from the strongest to the weakest. The first that holds decides, so a
// list is what a split does by itself, and a reader can see in it why an input went
// where it did. internal/cmd/compilereport measures how well it routes samples it was
// not built from, beside a router without stems and grades.

// rule is a word or a pair of words that indicates a task.
type rule struct {
	task  *task
	text  string // the word's stem, or the pair
	pair  bool
	exact bool // the word is matched unchanged, in a language without a list of endings
	grade int  // how strongly, from 0
}

// word is one of a sample, its stem and whether it means something by itself.
type word struct {
	text, stem string
	stop       bool
	exact      bool
}

var wordForm = regexp.MustCompile(`[\p{L}\p{N}']+`)

// stopWords mean little by themselves. They count only in pairs with another word.
var stopWords = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a about all am an and any are as at be been but by can could did do does for from
		get had has have he her here him his how i i'd i'll i'm i've if im in is it it's its just know let like may me
		might must my need no not of on or our out please shall she should so some tell that that's the their them then
		there these they this those to up us want was we were what what's when where which who why will with would yes
		you your`) {
		set[w] = true
	}
	return set
}()

// endings are the English endings a stem is left without, the longest first.
var endings = []string{"ings", "ing", "ied", "ies", "ers", "ed", "er", "es", "'s", "e", "s", "y"}

// inflected is a pattern of what may follow a stem: the endings. Of a short one only the
// plural may follow: with more, "car" would be "care" too.
const (
	inflected      = `(?:'s|e[drs]?|ers|ie[ds]|ings?|s|y)?`
	inflectedShort = `(?:'s|s)?`
)

// short reports whether a stem has few letters.
func short(stem string) bool { return len(stem) <= 3 }

// stem leaves out an ending. What is left has four letters at least, or three without a
// plural's.
func stem(w string) string {
	for _, ending := range endings {
		if s, ok := strings.CutSuffix(w, ending); ok && (len(s) > 3 || len(s) == 3 && strings.Contains("'s", ending)) {
			return s
		}
	}
	return w
}

// idle reports whether an English word means little by itself: it is a stop word, or its
// stem would match one, as that of "needs" does.
func idle(w string) bool {
	if stopWords[w] {
		return true
	}
	s := stem(w)
	for _, ending := range append([]string{""}, endings...) {
		if stopWords[s+ending] && (!short(s) || strings.Contains("'s", ending)) {
			return true
		}
	}
	return false
}

// words are those of a sample; a field separates them, as an empty word.
func words(s sample) []word {
	english := strings.HasPrefix(strings.ToLower(s.language), "en")
	var out []word
	for i, part := range placeholder.Split(normalise(s.text), -1) {
		if i > 0 {
			out = append(out, word{})
		}
		for _, w := range wordForm.FindAllString(part, -1) {
			each := word{text: w, stem: w, stop: english && idle(w), exact: !english}
			if english {
				each.stem = stem(w)
			}
			out = append(out, each)
		}
	}
	return out
}

// features are the words of a sample that mean something and its pairs of neighbours,
// each once. A word that is all of some sample means something, whatever it is: "yes".
func features(s sample, whole map[string]bool) []rule {
	var out []rule
	list := words(s)
	for i, w := range list {
		if w.stop && whole[w.text] {
			// By itself, and not by a stem that others share.
			list[i].stem, list[i].stop, list[i].exact = w.text, false, true
		}
	}
	for i, w := range list {
		if w.text == "" {
			continue
		}
		if !w.stop {
			out = append(out, rule{text: w.stem, exact: w.exact})
		}
		if i+1 < len(list) && list[i+1].text != "" && (!w.stop || !list[i+1].stop) {
			out = append(out, rule{text: w.text + " " + list[i+1].text, pair: true, exact: true})
		}
	}
	slices.SortFunc(out, compareText)
	return slices.Compact(out)
}

func compareText(a, b rule) int {
	if a.pair != b.pair {
		if a.pair {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(boolRank(a.exact), boolRank(b.exact)))
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// evidence counts in how many samples a feature occurs: in all, and in those of each
// task that has one, in the order of the tasks.
type evidence struct {
	all int
	of  []support
}

// support is in how many samples of a task a feature occurs.
type support struct {
	task *task
	n    int
}

func (e *evidence) count(t *task) {
	e.all++
	if last := len(e.of) - 1; last >= 0 && e.of[last].task == t {
		e.of[last].n++
		return
	}
	e.of = append(e.of, support{t, 1})
}

// decisionList are the rules that tell tasks apart, the strongest first; those of one
// grade by task.
func decisionList(tasks []*task) []rule { return ordered(needed(rulesOf(tasks))) }

// rulesOf are the rules of all samples, in no order.
func rulesOf(tasks []*task) []rule {
	found := map[rule]*evidence{}
	samples := 0
	whole := map[string]bool{}
	for _, t := range tasks {
		for _, s := range t.samples {
			if list := words(s); len(list) == 1 && stopWords[list[0].text] {
				whole[list[0].text] = true
			}
		}
	}
	size := map[*task]int{}
	for _, t := range tasks {
		for _, s := range t.samples {
			samples++
			size[t]++
			for _, f := range features(s, whole) {
				e := found[f]
				if e == nil {
					e = &evidence{}
					found[f] = e
				}
				e.count(t)
			}
		}
	}
	var out []rule
	for f, e := range found {
		var best odds
		for _, s := range e.of {
			if o := oddsOf(s.n, size[s.task], e.all-s.n, samples-size[s.task]); best.less(o) {
				best, f.task = o, s.task
			}
		}
		if f.grade = best.grade(); f.grade >= 0 {
			out = append(out, f)
		}
	}
	return out
}

func ordered(rules []rule) []rule {
	return slices.SortedFunc(slices.Values(rules), func(a, b rule) int {
		return cmp.Or(cmp.Compare(b.grade, a.grade), cmp.Compare(a.task.order, b.task.order), compareText(a, b))
	})
}

// needed leaves out the pairs that decide nothing: a word of theirs leads to the same
// task and is as strong, so it matches before the pair does.
func needed(rules []rule) []rule {
	type key struct {
		task  *task
		text  string
		exact bool
	}
	grades := map[key]int{}
	for _, r := range rules {
		if !r.pair {
			grades[key{r.task, r.text, r.exact}] = r.grade
		}
	}
	return slices.DeleteFunc(rules, func(r rule) bool {
		if !r.pair {
			return false
		}
		for w := range strings.SplitSeq(r.text, " ") {
			for _, k := range []key{{r.task, stem(w), false}, {r.task, w, true}} {
				if grade, ok := grades[k]; ok && grade >= r.grade {
					return true
				}
			}
		}
		return false
	})
}

// odds is how much more frequent a feature is in the samples of a task than in the
// others, as a fraction of integers: floating point may round differently on another
// machine, and change the flow.
type odds struct{ more, less64 uint64 }

// oddsOf smooths with a tenth of a sample, so that nothing is certain: a feature of
// three samples of a task weighs more than that of one.
func oddsOf(in, ofTask, out, others int) odds {
	return odds{uint64(10*in+1) * uint64(max(others, 1)), uint64(10*out+1) * uint64(ofTask)}
}

func (o odds) less(p odds) bool {
	if p.less64 == 0 || o.less64 == 0 {
		return o.less64 == 0
	}
	ah, al := bits.Mul64(o.more, p.less64)
	bh, bl := bits.Mul64(p.more, o.less64)
	return ah < bh || ah == bh && al < bl
}

// grade is how often the odds double; negative if they count against the task. Rules
// of one grade share one condition for each task, which keeps a split readable.
func (o odds) grade() int {
	if o.less64 == 0 || o.more < o.less64 {
		return -1
	}
	return bits.Len64(o.more/o.less64) - 1
}

// pattern is the regex of some rules: an input that contains one of them, as whole
// words.
func pattern(rules []rule) string {
	var shorts, stems, others []string
	for _, r := range rules {
		text := regexp.QuoteMeta(r.text)
		switch {
		case r.exact:
			others = append(others, text)
		case short(r.text):
			shorts = append(shorts, text)
		default:
			stems = append(stems, text)
		}
	}
	if len(shorts) > 0 {
		others = append(others, `(?:`+strings.Join(shorts, `|`)+`)`+inflectedShort)
	}
	if len(stems) > 0 {
		others = append(others, `(?:`+strings.Join(stems, `|`)+`)`+inflected)
	}
	return containing(`(?:` + strings.Join(others, `|`) + `)`)
}
