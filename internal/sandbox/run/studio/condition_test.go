package studio

import (
	"strings"
	"testing"
)

func TestConditionsAreStudios(t *testing.T) {
	for _, tc := range []struct {
		kind, tested, value string
		want                bool
	}{
		{"equal_to", " YES ", "yes", true}, {"equal_to", "yes", " yes ", true}, {"contains", "a yes", "yes ", true}, {"not_equal_to", "yes", "Yes", false},
		{"matches_any_of", "No Thanks", "yes, no thanks", true}, {"matches_any_of", "yes, no thanks", "yes, no thanks", false},
		{"does_not_match_any_of", "b", "a,b", false}, {"does_not_match_any_of", "c", "a,b", true},
		{"is_blank", "  ", "", true}, {"is_not_blank", " ", "", false}, {"is_not_blank", "x", "", true},
		{"contains", "I say STOP now", "stop", true}, {"does_not_contain", "stop", "go", true},
		{"starts_with", " Hello you", "hello", true}, {"does_not_start_with", "hello", "he", false},
		{"less_than", "2", "10", true}, {"greater_than", "2", "10", false}, {"greater_than", "ten", "1", false}, {"less_than", "1.5", "x", false},
		{"regex", "ABC", "abc", true}, {"regex", "xabc", "abc", false}, {"regex", "b", "a|b", true}, {"regex", "ab", "a|b", false},
		{"regex", "is blocked", "^(?=.*blocked).*", true}, {"regex", " a ", "a", true}, {"regex", "Zoë", `\p{L}+`, true},
		{"regex", "É", "é", false}, {"regex", "XyZ9", "[x-z]+[0-9]", true}, {"regex", "B", "[^b]", false}, {"regex", "A", `\x41`, true}, {"regex", "ab", "(?<one>A)(?:B)", true},
		{"regex", "K", "[A-Cj-l]", true}, {"regex", "5", `\D`, false}, {"regex", "Ω", `\p{Lu}`, true}, {"regex", "a]", `[\]A]+`, true},
		{"is_before_time", "09:30", "10:00", true}, {"is_after_time", "09:30", "10:00", false},
		{"is_after_time", "10:30 ", " 09:30", true}, {"is_before_time", "9:30", "10:00", false}, {"is_before_time", "09:30:00", "10:00", false},
		{"is_before_time", "9:30 AM", "10:00", false}, {"is_before_time", "09:30", "10:00 PM", false}, {"is_before_time", "2026-01-01T09:30:00Z", "10:00", false},
		{"is_before_date", "2026-1-2", "2026-01-31", false}, {"is_before_date", "01/02/2026", "2026-01-31", false}, {"is_before_date", "2026-01-02T00:00:00Z", "2026-01-31", false},
		{"is_after_date", "2026-02-01", "2026-01-31", true}, {"is_before_date", "soon", "2026-01-31", false},
	} {
		f := &Flow{}
		if tc.kind == "regex" {
			var err error
			if f, err = Parse(definition(starts())); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := f.holds(tc.kind, tc.tested, tc.value); err != nil || got != tc.want {
			t.Errorf("%q %s %q: %v %v", tc.tested, tc.kind, tc.value, got, err)
		}
	}
	f, err := Parse(definition(starts()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.holds("regex", "a", "("); err == nil {
		t.Error("no error for a broken pattern")
	}
	if _, err := f.holds("sounds_like", "a", "a"); err == nil {
		t.Error("no error for an unknown condition")
	}
}

func TestRunawayPatternIsStopped(t *testing.T) {
	f, err := Parse(definition(starts()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.holds("regex", strings.Repeat("a", 60)+"!", "(a+)+"); err == nil {
		t.Error("catastrophic backtracking was not stopped")
	}
}
