package compile

import (
	"strings"
	"testing"
)

func TestFlowsThatDoTheSameAreAlikeWhateverSchemaTheyCarry(t *testing.T) {
	was := compiled(t, rich, Options{})
	for name, c := range map[string]struct {
		old, new string
		want     bool
	}{
		"the same schema":               {"", "", true},
		"a setting that Studio has not": {`"logQueries": true`, `"logQueries": false`, true},
		"a text that is said":           {"I give up.", "Good bye.", false},
		"a sample":                      {"opening hours", "closing hours", false},
	} {
		text := strings.Replace(rich, c.old, c.new, 1)
		if text == rich && c.old != "" {
			t.Fatalf("%s: there is no %s", name, c.old)
		}
		if got := Alike(was, compiled(t, text, Options{})); got != c.want {
			t.Errorf("%s: alike %v", name, got)
		}
	}
}
