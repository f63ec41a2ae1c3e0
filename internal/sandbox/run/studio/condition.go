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
// expression, in Java's dialect, must match all of the tested value. That it ignores the
// case of other letters than those of ASCII is not documented, and Java by itself does not.
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
		if compiled, err = regexp2.Compile(`\A(?:`+eitherCase(pattern)+`)\z`, regexp2.None); err != nil {
			return false, err
		}
		compiled.MatchTimeout = matchTimeout
		f.mu.Lock()
		f.patterns[pattern] = compiled
		f.mu.Unlock()
	}
	return compiled.MatchString(tested)
}

// eitherCase is a pattern that ignores the case of ASCII letters.
func eitherCase(pattern string) string {
	var b strings.Builder
	text := []rune(pattern)
	copied := func(n int) {
		n = min(n, len(text))
		b.WriteString(string(text[:n]))
		text = text[n:]
	}
	// through is the length of what ends with one of some characters.
	through := func(ends string) int {
		for i, r := range text {
			if strings.ContainsRune(ends, r) {
				return i + 1
			}
		}
		return len(text)
	}
	class := false
	for len(text) > 0 {
		switch r := text[0]; {
		case r == '\\' && len(text) > 1:
			switch text[1] {
			case 'p', 'P', 'k':
				if len(text) > 2 && (text[2] == '{' || text[2] == '<') {
					copied(through("}>"))
				} else {
					copied(3)
				}
			case 'x', 'c':
				copied(4)
			case 'u':
				copied(6)
			default:
				copied(2)
			}
		case !class && r == '(' && len(text) > 1 && text[1] == '?':
			copied(through(":)=!>"))
		case r == '[':
			class = true
			copied(1)
		case class && r == ']':
			class = false
			copied(1)
		case class && letter(r) && len(text) > 2 && text[1] == '-' && letter(text[2]):
			b.WriteRune(r ^ 0x20)
			b.WriteRune('-')
			b.WriteRune(text[2] ^ 0x20)
			copied(3)
		case class && letter(r):
			b.WriteRune(r ^ 0x20)
			copied(1)
		case letter(r):
			b.WriteString("[" + string(r) + string(r^0x20) + "]")
			text = text[1:]
		default:
			copied(1)
		}
	}
	return b.String()
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
