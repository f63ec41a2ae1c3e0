package compile

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var allowedName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

func checkNames(t *testing.T, b built) {
	t.Helper()
	if len(b.states) != len(b.order) {
		t.Errorf("%d states have %d names", len(b.order), len(b.states))
	}
	for _, name := range b.order {
		if !allowedName.MatchString(name) {
			t.Errorf("the name %q", name)
		}
	}
}

func TestNamesOfStatesAreUniqueShortAndPlain(t *testing.T) {
	long := strings.Repeat("a_very_long_name_", 4)[:60]
	var tasks []string
	for _, name := range []string{"plain", "with.dot", "with_dot", "with-dot", "übung", "日本", "日本語", long + "1", long + "2", long + "3"} {
		tasks = append(tasks, fmt.Sprintf(`{"uniqueName": %q, "actions": {"actions": [{"say": "one"}, {"say": "two"},
			{"collect": {"name": "c", "questions": [{"question": "Q?", "name": %q, "type": "Twilio.CITY"}], "on_complete": {"redirect": "task://plain"}}}]},
			"samples": [{"language": "en-US", "taggedText": %q}]}`, name, long, name))
	}
	s := parsed(t, `{"uniqueName": "bot", "tasks": [`+strings.Join(tasks, ",")+`]}`)
	c := newCompiler(s, Options{}.normal())
	// schema.Validate refuses some of these names; the names of states must be valid for all.
	data := c.definition("")
	if data == nil {
		t.Fatalf("no definition: %v", c.report.list())
	}
	checkNames(t, readText(t, data))
}

func TestCollidingNamesAreCounted(t *testing.T) {
	var g graph
	long := strings.Repeat("x", 70)
	for _, c := range []struct{ name, want string }{
		{"m_a_01_say", "m_a_01_say"},
		{"m_a_01_say", "m_a_01_say_2"},
		{"m a 01 say", "m_a_01_say_3"},
		{"m_a_01_say_2", "m_a_01_say_2_2"},
		{"ü-ö", "_-_"},
		{long, long[:60]},
		{long + "y", long[:58] + "_2"},
	} {
		if got := g.unique(c.name); got != c.want {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
	for range 120 {
		if got := g.unique(long); !allowedName.MatchString(got) {
			t.Fatalf("the name %q", got)
		}
	}
}

func TestRenamingATaskRenamesItsStatesAlone(t *testing.T) {
	before := read(t, compiled(t, rich, Options{}))
	after := read(t, compiled(t, strings.NewReplacer("task://hours", "task://opening", `"hours"`, `"opening"`).Replace(rich), Options{}))
	if len(before.order) != len(after.order) {
		t.Fatalf("%d states become %d", len(before.order), len(after.order))
	}
	names := map[string]bool{}
	for _, name := range after.order {
		names[name] = true
	}
	for _, name := range before.order {
		if renamed := strings.Replace(name, "_hours_", "_opening_", 1); !names[renamed] {
			t.Errorf("%s is missing", name)
		}
	}
}
