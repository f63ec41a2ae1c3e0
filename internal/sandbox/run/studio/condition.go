package studio

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// matchTimeout bounds one match of a regular expression.
const matchTimeout = time.Second

// holds reports whether a condition holds of a value. Comparisons ignore letter case
// and the white space around both values ("Studio conditions are not case-sensitive and
// automatically trim leading and trailing whitespace characters",
// https://www.twilio.com/docs/studio/widget-library/split-based-on); a regular
// expression, in Java's dialect, must match all of the tested value.
func (f *Flow) holds(kind, tested, value string) (bool, error) {
	tested, value = strings.TrimSpace(tested), strings.TrimSpace(value)
	lower, wanted := strings.ToLower(tested), strings.ToLower(value)
	switch kind {
	case "equal_to":
		return lower == wanted, nil
	case "not_equal_to":
		return lower != wanted, nil
	case "matches_any_of":
		return anyOf(lower, wanted), nil
	case "does_not_match_any_of":
		return !anyOf(lower, wanted), nil
	case "is_blank":
		return tested == "", nil
	case "is_not_blank":
		return tested != "", nil
	case "contains":
		return strings.Contains(lower, wanted), nil
	case "does_not_contain":
		return !strings.Contains(lower, wanted), nil
	case "starts_with":
		return strings.HasPrefix(lower, wanted), nil
	case "does_not_start_with":
		return !strings.HasPrefix(lower, wanted), nil
	case "regex":
		return f.matches(tested, value)
	case "less_than", "greater_than":
		return ordered(kind == "less_than", tested, value, number), nil
	case "is_before_time", "is_after_time":
		return ordered(kind == "is_before_time", tested, value, clock), nil
	case "is_before_date", "is_after_date":
		return ordered(kind == "is_before_date", tested, value, date), nil
	}
	return false, fmt.Errorf("unknown condition type %s", kind)
}

// anyOf looks for a value among those of a comma-separated list, which has no
// way to write a comma inside one.
func anyOf(tested, list string) bool {
	for option := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(option) == tested {
			return true
		}
	}
	return false
}

// ordered compares two values; a value that cannot be read is neither before nor after.
func ordered(before bool, tested, value string, read func(string) (float64, error)) bool {
	a, err := read(tested)
	if err != nil {
		return false
	}
	b, err := read(value)
	if err != nil {
		return false
	}
	if before {
		return a < b
	}
	return a > b
}

func number(text string) (float64, error) { return strconv.ParseFloat(text, 64) }

// clock reads "24-hour notation (HH:MM) where single digit values are written with a
// leading 0", and date "the format YYYY-MM-DD", as the same page requires; anything else
// is no time and no date.
func clock(text string) (float64, error) { return read("15:04", text) }

func date(text string) (float64, error) { return read(time.DateOnly, text) }

func read(layout, text string) (float64, error) {
	parsed, err := time.Parse(layout, text)
	if err == nil && len(text) != len(layout) {
		err = fmt.Errorf("%q is not in the form %s", text, layout)
	}
	return float64(parsed.Unix()), err
}

// matches compiles a pattern once for the flow.
func (f *Flow) matches(tested, pattern string) (bool, error) {
	f.mu.Lock()
	compiled, known := f.patterns[pattern]
	f.mu.Unlock()
	if !known {
		var err error
		if compiled, err = regexp2.Compile(`\A(?:`+pattern+`)\z`, regexp2.IgnoreCase); err != nil {
			return false, err
		}
		compiled.MatchTimeout = matchTimeout
		f.mu.Lock()
		f.patterns[pattern] = compiled
		f.mu.Unlock()
	}
	return compiled.MatchString(tested)
}
