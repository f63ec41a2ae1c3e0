package jsondoc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// longest is the length of a longest common subsequence, by trying everything.
func longest(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := longest(a[1:], b)
	if i := slices.Index(b, a[0]); i >= 0 {
		best = max(best, 1+longest(a[1:], b[i+1:]))
	}
	return best
}

func checkCommon(t *testing.T, a, b []string) {
	t.Helper()
	i, j := -1, -1
	for _, p := range Common(a, b) {
		if p[0] <= i || p[1] <= j || a[p[0]] != b[p[1]] {
			t.Fatalf("%q and %q: %v is no common subsequence", a, b, Common(a, b))
		}
		i, j = p[0], p[1]
	}
}

func TestListsDifferAsLittleAsTheyCan(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	list := func() []string {
		return strings.Split("abcd"[:1+r.IntN(4)], "")
	}
	random := func() []string {
		letters := list()
		var out []string
		for range r.IntN(9) {
			out = append(out, letters[r.IntN(len(letters))])
		}
		return out
	}
	for range 3000 {
		a, b := random(), random()
		checkCommon(t, a, b)
		if got, want := len(Common(a, b)), longest(a, b); got != want {
			t.Fatalf("%q and %q share %d, want %d", a, b, got, want)
		}
	}
}

// Above the bound the table is not made: this test would take gigabytes.
func TestLongListsShareTheirEnds(t *testing.T) {
	a := []string{"first", "second"}
	for i := range 40_000 {
		a = append(a, fmt.Sprint(i))
	}
	b := slices.Clone(a)
	slices.Reverse(b[2:])
	a, b = append(a, "last"), append(b, "last")
	checkCommon(t, a, b)
	if got, want := Common(a, b), [][2]int{{0, 0}, {1, 1}, {40_002, 40_002}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// However long lists are, a change in few places is found.
	c := slices.Insert(slices.Clone(a), 20_000, "new")
	checkCommon(t, a, c)
	if got := len(Common(a, c)); got != len(a) {
		t.Errorf("they share %d of %d", got, len(a))
	}
}
