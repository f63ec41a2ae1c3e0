package schema

import (
	"slices"
	"testing"
)

func TestWhatAFileLeavesOutIsNamed(t *testing.T) {
	t.Parallel()
	live, err := Parse([]byte(`{
		"defaults": {"defaults": {"assistant_initiation": "task://a", "fallback": "task://a", "collect": {"validate_on_failure": "task://a"}}},
		"styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Joanna"}, "name": "", "collect": {"validate": {"max_attempts": 3}}}},
		"tasks": [
			{"uniqueName": "a", "actions": {"actions": [{"say": "hi"}]}},
			{"uniqueName": "b", "actions": {"actions": [{"say": "ho"}]}},
			{"uniqueName": "c"}
		]}`))
	if err != nil {
		t.Fatal(err)
	}
	config, err := Parse([]byte(`{
		"defaults": {"defaults": {"assistant_initiation": "task://b", "fallback": ""}},
		"tasks": [{"uniqueName": "b"}, {"uniqueName": "a", "actions": {"actions": [{"say": "hi"}]}}, {"uniqueName": "c"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/defaults/defaults/collect/validate_on_failure", "/styleSheet/style_sheet/voice/say_voice",
		"/styleSheet/style_sheet/collect/validate/max_attempts", `the actions of the task "b"`,
	}
	if got := LeftOut(config, live); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := LeftOut(live, live); len(got) > 0 {
		t.Errorf("nothing is left out of itself: %q", got)
	}
}
