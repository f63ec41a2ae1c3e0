package compile

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

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
				if len(tags) == 1 {
					n := 0
					for _, r := range b.rules {
						n += len(r.pattern)
					}
					t.Logf("%s %v: %d rules of %d bytes, %d stored", name, tags, len(b.rules), n, len(b.stored))
				}
			}
		}
	}
}
