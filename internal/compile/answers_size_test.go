package compile

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

// Every pattern of a type fits the field of the Console that shows it, in every language
// alone, beside English and beside one whose words are not known.
func TestPatternsOfTypesFitACondition(t *testing.T) {
	for _, l := range spoken {
		for _, name := range slices.Sorted(maps.Keys(builtins)) {
			for _, tags := range [][]string{{l.code}, {"en", l.code}, {"ru", l.code}, {"ru"}} {
				b := builtins[name](tonguesOf(tags))
				for _, r := range b.rules {
					if _, err := regexp.Compile(r.pattern); err != nil {
						t.Errorf("%s %v: %v", name, tags, err)
					}
					if len(r.pattern) > maxValue {
						t.Errorf("%s %v: the pattern of %s has %d bytes", name, tags, r.label, len(r.pattern))
					}
				}
			}
		}
	}
}
