package classify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func learn(texts []Text, labels int, t Tuning) *Model { return Fit(texts, labels).Model(t) }

// spelledTexts are the texts of some labels.
func spelledTexts(labels ...[]string) (texts []Text, steps []Step) {
	steps = Steps(slices.Concat(labels...))
	for label, each := range labels {
		for _, text := range each {
			texts = append(texts, Text{label, []string{Spell(text, steps)}})
		}
	}
	return texts, steps
}

// shop are the labels hours, cancel and prices.
func shop() ([]Text, []Step) {
	return spelledTexts(
		[]string{"when do you open", "opening hours", "are you open on sunday", "what are your hours"},
		[]string{"cancel my order", "i want to cancel", "please stop my subscription"},
		[]string{"how much is it", "what does it cost", "price list", "your prices"},
	)
}

func TestWhatWasNotLearntIsRecognisedByItsLetters(t *testing.T) {
	texts, steps := shop()
	m := learn(texts, 3, Tuning{})
	for text, want := range map[string]int{
		"open":                           0,
		"opened on sundays":              0,
		"cancellation of the order":      1,
		"can i cancell":                  1,
		"prices":                         2,
		"bananas":                        -1,
		"open zxqv bnmkj wqfzx kjhgf":    -1, // one word that is known
		"the quick brown fox jumps over": -1,
		"":                               -1,
		"🙂🙂🙂":                            -1,
	} {
		v := m.Judge(Spell(text, steps))
		if got := v.First; !v.Sure && want >= 0 || v.Sure && got != want {
			t.Errorf("%q is of %d (sure: %v), want %d", text, got, v.Sure, want)
		}
	}
}

// TestAModelIsTheSameOnEveryMachine holds the weights of a model against those of the machine
// where this was written.
func TestAModelIsTheSameOnEveryMachine(t *testing.T) {
	texts, _ := shop()
	m := learn(texts, 3, Tuning{})
	sum := 0
	for i, g := range m.Grams {
		for label, w := range g.Weights {
			sum += (i + 1) * (7*label + 1) * w
		}
	}
	if got, want := fmt.Sprint(len(m.Grams), m.Bar, sum), "102 43 257611"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	slices.Reverse(texts)
	if other := learn(texts, 3, Tuning{}); fmt.Sprint(other.Grams, other.Bar) != fmt.Sprint(m.Grams, m.Bar) {
		t.Error("the order of the texts makes another model")
	}
}

func TestBothEquationsHaveTheSameSolution(t *testing.T) {
	texts, _ := shop()
	m := &Model{at: map[string]int{}}
	rows, _ := m.read(texts)
	w1, s1 := dual(rows, len(m.Grams), 3)
	w2, s2 := primal(rows, len(m.Grams), 3)
	for _, pair := range [][2][]float64{{w1, w2}, {s1, s2}} {
		for i := range pair[0] {
			if math.Abs(pair[0][i]-pair[1][i]) > 1e-9 {
				t.Fatalf("%d: by texts %v, by letters %v", i, pair[0][i], pair[1][i])
			}
		}
	}
}

func TestATextIsJudgedByAModelOfTheOthers(t *testing.T) {
	texts, _ := shop()
	m := &Model{at: map[string]int{}}
	rows, _ := m.read(texts)
	_, without := solve(rows, len(m.Grams), 3)
	for i, r := range rows {
		weights, _ := solve(slices.Delete(slices.Clone(rows), i, i+1), len(m.Grams), 3)
		for label := range 3 {
			score := 0.0
			for k, g := range r.grams {
				score += r.values[k] * weights[g*3+label]
			}
			if got := without[i*3+label]; math.Abs(got-score) > 1e-9 {
				t.Fatalf("text %d, label %d: %v, want %v", i, label, got, score)
			}
		}
	}
}

func TestABarRisesWithTheMistakesBelowIt(t *testing.T) {
	// Two labels that say the same, but for one text each.
	texts, steps := spelledTexts(
		[]string{"open account", "new account", "account please", "an account", "my account", "account balance"},
		[]string{"close account", "old account", "account thanks", "the account", "our account", "account balances"},
	)
	careful, bold := learn(texts, 2, Tuning{Lead: 0.12, Mistakes: 0}), learn(texts, 2, Tuning{Lead: 0.12, Mistakes: 1})
	if careful.Bar <= bold.Bar {
		t.Errorf("the bar is %d where no mistake is allowed, and %d where all are", careful.Bar, bold.Bar)
	}
	if v := bold.Judge(Spell("open account", steps)); !v.Sure || v.First != 0 {
		t.Errorf("%+v", v)
	}
	// What is common to both is close to both, and sure of neither.
	if v := careful.Judge(Spell("account", steps)); v.Sure || v.First+v.Second != 1 {
		t.Errorf("%+v", v)
	}
}

func TestTooManyTextsAreNotLearnt(t *testing.T) {
	var texts []Text
	for i := range MaxOrder + 1 {
		// Three letters of each text are its own.
		texts = append(texts, Text{0, []string{fmt.Sprintf("_%c%c%c_", 'a'+rune(i%26), 'α'+rune(i/26%24), 'а'+rune(i/26/24))}})
	}
	if m := learn(texts, 1, Tuning{}); m.Order != MaxOrder+1 || len(m.Grams) != 0 || m.Judge("_aαа_").Sure {
		t.Errorf("order %d, %d groups", m.Order, len(m.Grams))
	}
	if m := learn(nil, 3, Tuning{}); m.Judge("_a_").Sure {
		t.Error("nothing was learnt, and something is sure")
	}
}

func TestSpelling(t *testing.T) {
	steps := Steps([]string{"¿cuándo?", "señor"})
	for text, want := range map[string]string{
		"what's up":         "_whats_up_",
		"check-in / out":    "_check_in_out_",
		"(cuando) señor":    "__cuando_senor_",
		"cuándo":            "_cuando_",
		"é stays":           "_é_stays_", // no sample has it
		"a  -  b":           "_a_b_",
		"ราคาเท่าไหร่":      "_ราคาเท่าไหร่_",
		"какая цена":        "_какая_цена_",
		"":                  "__",
		"100% {of} '\"it%}": "_100%_{of}_\"it%}_",
	} {
		if got := Spell(text, steps); got != want {
			t.Errorf("%q is spelled %q, want %q", text, got, want)
		}
	}
}

func TestGroupsOfLettersMeanNothingToLiquid(t *testing.T) {
	for text, want := range map[string]string{
		"_ab_c_":      "_ab ab_ _c_",
		"_a_":         "_a_",
		"_%}{{x|y'z_": "",
		"_né_ne_né_":  "_né né_ _ne ne_",
		"_50%_":       "_50",
		"__":          "",
		"_ราคา_":      "_รา ราค าคา คา_",
		"_🙂ok_":       "ok_",
	} {
		if got := strings.Join(Grams(text), " "); got != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

// TestATextOfNoLabelSpeaksForNone learns "I need a", once as belonging to no label.
func TestATextOfNoLabelSpeaksForNone(t *testing.T) {
	steps := Steps(nil)
	text := func(label int, s string) Text { return Text{Label: label, Parts: []string{Spell(s, steps)}} }
	own := []Text{text(0, "i need a table"), text(0, "book a table"), text(1, "opening hours"), text(1, "when do you open")}
	with := learn(append(slices.Clone(own), text(-1, "i need a"), text(-1, "zzz zzz")), 2, Tuning{})
	without := learn(own, 2, Tuning{})
	around, table := Spell("need", steps), Spell("table", steps)
	if a, b := with.Weigh(around, 0)*without.Weigh(table, 0), without.Weigh(around, 0)*with.Weigh(table, 0); a >= b || a < 0 {
		t.Errorf("%q has %d of %d points with it, and %d of %d without", "need", with.Weigh(around, 0), with.Weigh(table, 0), without.Weigh(around, 0), without.Weigh(table, 0))
	}
	if _, known := with.at["zzz"]; known {
		t.Error("letters that no label has are known")
	}
}
