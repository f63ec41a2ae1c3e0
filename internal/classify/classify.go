// Package classify learns from short texts which label another belongs to, in a way that
// a Studio flow can repeat: a text has or has not certain groups of three letters, each
// speaks for or against a label with a whole number, and the label with the most wins
// where it is far enough ahead.
//
// Letters need no knowledge of a language. What is learnt is the same on every machine:
// all arithmetic is rounded where it is written down to be.
package classify

import (
	"cmp"
	"math"
	"slices"
)

// Text is one to learn from, in parts that are not neighbours.
type Text struct {
	Label int      // negative for a text that belongs to none: what it has speaks for no label
	Parts []string // spelled
}

// Tuning is how careful a model is. The zero value is the default, which was chosen by
// cross-validation over files; see internal/cmd/compilereport.
type Tuning struct {
	// Lead is how far the best label must be ahead of the second at least, as a share of
	// what separates a text from one that has nothing in common with it.
	Lead float64

	// Mistakes is how many of the texts a model may send to a wrong label, of those that
	// it has learnt from, each judged by a model of the others.
	Mistakes float64
}

// Default is the tuning of the zero value.
var Default = Tuning{Lead: 0.13, Mistakes: 0.06}

const (
	// aside is the weight of a text that belongs to no label.
	aside = 0.6
	// ridge is how strongly large weights are avoided.
	ridge = 0.5

	// Ahead is the weight of a lead in what decides.
	Ahead = 4
	// Strange is the weight, against a task, of a letter whose group of three no text has.
	Strange = 6
	// Known is the weight of a letter whose group of three some text has.
	Known = 1

	// MaxOrder bounds the system of equations, whose solution takes time that grows with
	// the third power of it. It is the number of the texts or of their groups of letters,
	// whichever is less.
	MaxOrder = 2000
)

// Model is what was learnt.
type Model struct {
	Labels int
	Grams  []Gram // sorted
	Bar    int    // what a lead must exceed for a text without letters
	Order  int    // of the equations; beyond MaxOrder nothing is learnt

	at map[string]int
}

// Gram is a group of three letters, with its weight for each label.
type Gram struct {
	Text    string
	Weights []int
}

// Verdict is what a model says of a text. Labels are -1 for none.
type Verdict struct {
	First, Second int
	Sure          bool // the text belongs to First
	Close         bool // the text belongs to one of the two
}

// Judge decides a spelled text.
func (m *Model) Judge(spelled string) Verdict {
	scores := make([]int, m.Labels)
	found := 0
	for _, g := range Grams(spelled) {
		i, ok := m.at[g]
		if !ok {
			continue
		}
		found++
		for label, w := range m.Grams[i].Weights {
			scores[label] += w
		}
	}
	v := Verdict{First: -1, Second: -1}
	top, next := 0, 0
	for label, s := range scores {
		switch {
		case s >= top:
			next, v.Second = top, v.First
			top, v.First = s, label
		case s >= next:
			next, v.Second = s, label
		}
	}
	bar := m.bar(letters(spelled), found)
	v.Sure = v.First >= 0 && Ahead*(top-next) >= bar
	v.Close = v.Second >= 0 && Ahead*top >= bar
	return v
}

// bar is what the lead of a text must reach.
func (m *Model) bar(letters, found int) int { return m.Bar + Strange*(letters-found) + Known*found }

// Weigh is what each group of letters of a text adds to the score of a label, in the order
// of the text.
func (m *Model) Weigh(spelled string, label int) (sum int) {
	for _, g := range Grams(spelled) {
		if i, ok := m.at[g]; ok {
			sum += m.Grams[i].Weights[label]
		}
	}
	return sum
}

// row is a text as the equations see it.
type row struct {
	grams  []int
	values []float64 // of length 1 together
	label  int
	scale  float64 // the length it had
	cost   int     // its bar, judged by a model of the others, without Model.Bar
}

// Fitted is what does not depend on a tuning, which is nearly all the work.
type Fitted struct {
	model            Model
	rows             []row
	values           []float64
	weights, without []float64
}

// Fit solves the equations of some texts.
func Fit(texts []Text, labels int) *Fitted {
	f := &Fitted{model: Model{Labels: labels, at: map[string]int{}}}
	f.rows, f.values = f.model.read(texts)
	f.model.Order = min(len(f.rows), len(f.model.Grams))
	if f.model.Order == 0 || f.model.Order > MaxOrder {
		f.model.Grams, f.model.at = nil, nil
		return f
	}
	f.weights, f.without = solve(f.rows, len(f.model.Grams), labels)
	return f
}

// Model is the model with a tuning.
func (f *Fitted) Model(t Tuning) *Model {
	if t == (Tuning{}) {
		t = Default
	}
	m, rows, labels := f.model, f.rows, f.model.Labels
	m.Grams = slices.Clone(m.Grams)
	if len(m.Grams) == 0 {
		return &m
	}
	// A lead of t.Lead is one of bar: between two texts the distance is the root of what
	// differs, of which the tangent at the average text takes the place.
	middle, labelled := 0, 0
	for _, r := range rows {
		if r.label >= 0 {
			middle += r.cost
			labelled++
		}
	}
	middle = max(1, (middle+labelled/2)/max(1, labelled))
	unit := math.Sqrt(float64(8*middle)) / (Ahead * t.Lead)

	for g := range m.Grams {
		m.Grams[g].Weights = make([]int, labels)
		for label := range labels {
			m.Grams[g].Weights[label] = int(math.Round(float64(float64(f.weights[g*labels+label]*f.values[g]) * unit)))
		}
	}
	m.Bar = max(middle, barOf(rows, f.without, labels, unit, t.Mistakes))
	return &m
}

// read collects the groups of letters, the rarer the more they are worth, and makes the
// texts rows. One that has no letters is left out.
func (m *Model) read(texts []Text) (rows []row, values []float64) {
	count := map[string]int{} // of the texts that have a label
	split := make([][]string, len(texts))
	for i, t := range texts {
		for _, part := range t.Parts {
			split[i] = append(split[i], Grams(part)...)
		}
		slices.Sort(split[i])
		split[i] = slices.Compact(split[i])
		for _, g := range split[i] {
			if t.Label >= 0 {
				count[g]++
			}
		}
	}
	for g := range count {
		m.Grams = append(m.Grams, Gram{Text: g})
	}
	slices.SortFunc(m.Grams, func(a, b Gram) int { return cmp.Compare(a.Text, b.Text) })
	for i, g := range m.Grams {
		m.at[g.Text] = i
	}
	values = make([]float64, len(m.Grams))
	for i, g := range m.Grams {
		values[i] = 1 / math.Sqrt(math.Sqrt(math.Sqrt(float64(count[g.Text]))))
	}
	for i, t := range texts {
		r := row{label: t.Label}
		length, shared := 0.0, 0
		for _, g := range split[i] {
			at, known := m.at[g]
			if !known {
				continue
			}
			v := values[at]
			r.grams = append(r.grams, at)
			r.values = append(r.values, v)
			length += float64(v * v)
			if count[g] > 1 {
				shared++
			}
		}
		if len(r.grams) == 0 {
			continue
		}
		length = math.Sqrt(length)
		for k := range r.values {
			r.values[k] /= length
			if t.Label < 0 {
				r.values[k] *= aside
			}
		}
		for _, part := range t.Parts {
			r.cost += Strange * letters(part)
		}
		r.cost -= (Strange - Known) * shared
		// The lead is of a text as it is, the row of one of length 1.
		r.scale = length
		rows = append(rows, r)
	}
	return rows, values
}

// barOf is the least bar by which no more than a share of the texts would go to a wrong
// label, each judged by a model of the others.
func barOf(rows []row, without []float64, labels int, unit, mistakes float64) int {
	type judged struct {
		over  int
		wrong bool
	}
	all := make([]judged, 0, len(rows))
	for i, r := range rows {
		if r.label < 0 {
			continue
		}
		best, top, next := -1, 0.0, 0.0
		for label, s := range without[i*labels : (i+1)*labels] {
			switch {
			case s >= top:
				next, top, best = top, s, label
			case s >= next:
				next = s
			}
		}
		lead := float64((top-next)*r.scale) * unit
		all = append(all, judged{int(math.Floor(float64(Ahead*lead))) - r.cost, best != r.label})
	}
	slices.SortStableFunc(all, func(a, b judged) int { return cmp.Compare(b.over, a.over) })
	allowed := int(float64(mistakes*float64(len(all))) + 0.5)
	for _, j := range all {
		if j.wrong {
			if allowed--; allowed < 0 {
				return j.over + 1
			}
		}
	}
	return 0
}

func sortedRunes(set map[rune]bool) []rune {
	out := make([]rune, 0, len(set))
	for r := range set {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
