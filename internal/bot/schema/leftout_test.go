package schema

import (
	"slices"
	"testing"
)

func TestWhatAFileLeavesOutIsNamed(t *testing.T) {
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
		t.Errorf("a schema leaves out parts of itself: %q", got)
	}
}

func TestActionsLeftOutAreThoseThatEqualDoesNotAskFor(t *testing.T) {
	const (
		own       = `"actionsUrl": "https://autopilot.twilio.com/v1/Assistants/UA00000000000000000000000000000001/Tasks/UD00000000000000000000000000000001/Actions"`
		elsewhere = `"actionsUrl": "https://example.com/actions"`
		given     = `"actions": {"actions": [{"say": "hi"}]}`
		none      = `"friendlyName": "x"`
	)
	for _, c := range []struct {
		config, live string
		want         bool
	}{
		{none, given, true},
		{none, elsewhere, true},
		{none, own, false}, // Twilio's own URL means only that actions exist
		{none, none, false},
		{own, given, true},
		{elsewhere, given, false},
		{given, elsewhere, false},
	} {
		var parsed [2]*Schema
		for i, task := range []string{c.config, c.live} {
			s, err := Parse([]byte(`{"tasks": [{"uniqueName": "a", ` + task + `}]}`))
			if err != nil {
				t.Fatal(err)
			}
			parsed[i] = s
		}
		if got := LeftOut(parsed[0], parsed[1]); (len(got) == 1) != c.want {
			t.Errorf("%s of %s: %q", c.config, c.live, got)
		}
	}
}
