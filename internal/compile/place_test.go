package compile

import "testing"

func TestStatesTellTheirPlaceInTheSchema(t *testing.T) {
	s := parsed(t, `{"tasks": [
		{"uniqueName": "ask.me", "actions": {"actions": [{"say": "hi"}]}},
		{"uniqueName": "ask.me_02", "actions": {"actions": [{"say": "hi"}]}}
	]}`)
	for state, want := range map[string]struct {
		task   string
		action int
	}{
		"m_ask_me_01_say":           {"ask.me", 1},
		"v_ask_me_12_collect":       {"ask.me", 12},
		"v_ask_me_03_q1_name_check": {"ask.me", 3},
		"m_ask_me_02_01_say":        {"ask.me_02", 1},
		"m_ask_me_02_say":           {"ask.me", 2},
		"m_route":                   {"", 0},
		"ask_me_01_say":             {"", 0},
		"Trigger":                   {"", 0},
		"m_ask_me_":                 {"", 0},
		"m_other_01_say":            {"", 0},
	} {
		task, action, ok := Place(s, state)
		if task != want.task || action != want.action || ok != (want.task != "") {
			t.Errorf("%s: %q, %d, %v", state, task, action, ok)
		}
	}
}
