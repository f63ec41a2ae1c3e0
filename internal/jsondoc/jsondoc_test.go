package jsondoc

import (
	"strings"
	"testing"
)

func read(t *testing.T, text string) *Node {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestErrorsSayLineColumnAndPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "line 1, column 1: the document is empty",
		"[1,\n \"é\", x]":        "line 2, column 7",
		"{\"a\": 1,\n \"a\": 2}": `line 2, column 2 at /a: the object has "a" twice`,
		"[] []":                  "line 1, column 4: text after the end of the document",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestSameIsByMeaning(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`{"a": 1, "b": [1.50, "\u0041"]}`, `{"b": [15e-1, "A"], "a": 1.0}`, true},
		{`[1, 2]`, `[2, 1]`, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`-0`, `0`, true},
		{`1e400`, `10e399`, true},
		{`"1"`, `1`, false},
		{`null`, `false`, false},
	} {
		if Same(read(t, tt.a), read(t, tt.b)) != tt.want {
			t.Errorf("%s and %s: want %t", tt.a, tt.b, tt.want)
		}
	}
}

func TestMergeMeansTheOtherAndKeepsWhatBothHave(t *testing.T) {
	for _, tt := range []struct{ have, want, out string }{
		{`{"b": 1.0, "a": 2}`, `{"a": 3, "b": 1}`, `{"b":1.0,"a":3}`},
		{`{"a": 1, "b": 2}`, `{"b": 2, "c": 3}`, `{"b":2,"c":3}`},
		{`[{"k": 1.0, "v": 1}, 2]`, `[{"v": 5, "k": 1}, 2, 3]`, `[{"k":1.0,"v":5},2,3]`},
		{`[1, 2, 3]`, `[3]`, `[3]`},
		{`{"a": 1}`, `[1]`, `[1]`},
	} {
		have, want := read(t, tt.have), read(t, tt.want)
		e := &Editor{}
		e.Merge(have, want)
		if got := string(e.value(nil, have)); got != tt.out {
			t.Errorf("%s to %s: got %s, want %s", tt.have, tt.want, got, tt.out)
		}
		if !Same(read(t, string(e.Render(have))), want) {
			t.Errorf("%s to %s means something else", tt.have, tt.want)
		}
	}
}
