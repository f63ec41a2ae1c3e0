package compile

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const hook = "https://example.com/hook"

// fetches is the state that requests a URL.
func fetches(url, method, answer string) want {
	return want{"make-http-request", props{"url": url, "method": method, "content_type": "application/x-www-form-urlencoded;charset=utf-8"},
		[]string{"success > " + answer, "failed > m_b_01_say"}}
}

func TestAURLIsAskedWhatToDo(t *testing.T) {
	fetch := func(name, method string) map[string]want {
		return map[string]want{name: fetches(hook, method, name+"_answer"), name + "_answer": sets("m_turn")}
	}
	for name, c := range map[string]struct {
		actions string
		states  map[string]want
	}{
		"redirect":          {`{"redirect": "` + hook + `"}`, fetch("m_a_01_redirect", "POST")},
		"redirect by GET":   {`{"redirect": {"uri": "` + hook + `", "method": "get"}}`, fetch("m_a_01_redirect", "GET")},
		"after a collect":   {`{"collect": {"name": "c", "questions": [{"question": "Q?", "name": "q"}], "on_complete": {"redirect": {"uri": "` + hook + `", "method": "POST"}}}}`, nil},
		"one after the say": {`{"say": "one"}, {"redirect": "` + hook + `"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := compiled(t, schemaOf(c.actions), messaging)
			wanted := maps.Clone(c.states)
			switch name {
			case "after a collect":
				wanted = fetch("m_a_01_collect_done", "POST")
				wanted["m_a_01_q1_q"] = asks("Q?", "m_a_01_q1_q_in")
				wanted["m_a_01_q1_q_in"] = sets("m_a_01_collect_done")
			case "one after the say":
				wanted = fetch("m_a_02_redirect", "POST")
				wanted["m_a_01_say"] = sends("one", "m_a_02_redirect")
			}
			checkStates(t, f, "m_a_", wanted)
		})
	}
	t.Run("in place of the actions", func(t *testing.T) {
		text := strings.Replace(schemaOf(``), `"actions": {"actions": []}`, `"actionsUrl": "`+hook+`"`, 1)
		checkStates(t, compiled(t, text, messaging), "m_a_", fetch("m_a_actions", "POST"))
	})
}

func TestAURLReadsWhatAutopilotTold(t *testing.T) {
	f := compiled(t, schemaOf(`{"remember": {"first-name": "Ada"}}, {"redirect": "`+hook+`"}`), Options{})
	b := read(t, f)
	got := map[string]map[string]string{}
	for _, name := range []string{"m_a_02_redirect", "v_a_02_redirect"} {
		got[name] = map[string]string{}
		list, _ := b.states[name].Properties["parameters"].([]any)
		for _, each := range list {
			pair, _ := each.(map[string]any)
			key, _ := pair["key"].(string)
			got[name][key], _ = pair["value"].(string)
		}
	}
	names := []string{"AccountSid", "AssistantSid", "Channel", "CurrentInput", "CurrentTask", "DialogueSid", "Memory", "UserIdentifier"}
	for state, parameters := range got {
		if found := slices.Sorted(maps.Keys(parameters)); !slices.Equal(found, names) {
			t.Errorf("%s sends %q, want %q", state, found, names)
		}
		if parameters["CurrentTask"] != "a" || parameters["CurrentInput"] != "{{flow.variables.ap_raw}}" || parameters["UserIdentifier"] != person {
			t.Errorf("%s sends %q", state, parameters)
		}
		if want := `"first-name": {{flow.variables.first_name | default: '' | to_json}}`; !strings.Contains(parameters["Memory"], want) {
			t.Errorf("%s: %s is not in %s", state, want, parameters["Memory"])
		}
	}
	if got["m_a_02_redirect"]["Channel"] != "SMS" || got["v_a_02_redirect"]["Channel"] != "voice" {
		t.Errorf("the channels are %q and %q", got["m_a_02_redirect"]["Channel"], got["v_a_02_redirect"]["Channel"])
	}
}

func TestWhatIsRememberedTakesNothingFromWhatIsCollected(t *testing.T) {
	f := compiled(t, schemaOf(`{"remember": {"twilio": "x", "k": "y"}}, {"redirect": "`+hook+`"}`), messaging)
	parameters, _ := read(t, f).states["m_a_02_redirect"].Properties["parameters"].([]any)
	i := slices.IndexFunc(parameters, func(p any) bool { return p.(map[string]any)["key"] == "Memory" })
	const want = `{"twilio": {"collected_data": {} }, "k": {{flow.variables.k | default: '' | to_json}} }`
	if got := parameters[i].(map[string]any)["value"]; got != want {
		t.Errorf("Memory is %s, want %s", got, want)
	}
}

func TestWhatAURLAnswersIsDoneInOnePlace(t *testing.T) {
	actions := `{"redirect": "` + hook + `"}`
	checkStates(t, compiled(t, schemaOf(actions), messaging), "m_turn", map[string]want{
		"m_turn":           {"split-based-on", props{"input": "{{flow.variables.ap_turn}}"}, []string{"equal_to listen > m_turn_listen", "equal_to say > m_turn_say", "noMatch > m_turn_next"}},
		"m_turn_listen":    asks("{{flow.variables.ap_say}}", "m_turn_listen_in"),
		"m_turn_listen_in": sets("m_route"),
		"m_turn_say":       sends("{{flow.variables.ap_say}}", "m_turn_next"),
		"m_turn_next":      {"split-based-on", props{"input": "{{flow.variables.ap_next}}"}, []string{"equal_to task://a > m_a_01_redirect", "equal_to task://b > m_b_01_say", "noMatch"}},
	})
	checkStates(t, compiled(t, schemaOf(actions), voice), "v_turn", map[string]want{
		"v_turn":           {"split-based-on", nil, []string{"equal_to listen > v_turn_listen", "equal_to say > v_turn_say", "noMatch > v_turn_next"}},
		"v_turn_listen":    gathers("{{flow.variables.ap_say}}", nil, "v_turn_listen_in", "v_silence", "v_turn_listen_key"),
		"v_turn_listen_in": sets("v_route"), "v_turn_listen_key": sets("v_route"),
		"v_turn_say":  says("{{flow.variables.ap_say}}", "v_turn_next"),
		"v_turn_next": {"split-based-on", nil, []string{"equal_to task://a > v_a_01_redirect", "equal_to task://b > v_b_01_say", "noMatch"}},
	})
}

func TestDefaultsMayBeURLs(t *testing.T) {
	defaults := `"defaults": {"defaults": {"assistant_initiation": {"uri": "` + hook + `/start", "method": "GET"}, "fallback": "` + hook + `/fallback",
		"collect": {"validate_on_failure": "` + hook + `/failed"}}}`
	f := compiled(t, schemaOf(collects(`{"question": "Which?", "name": "x", "type": "Twilio.CITY"}`), defaults), Options{})
	b := read(t, f)
	for name, want := range map[string]string{
		"m_fallback":         hook + "/fallback",
		"m_collect_fallback": hook + "/failed",
		"v_start":            hook + "/start",
		"v_fallback":         hook + "/fallback",
		"v_collect_fallback": hook + "/failed",
	} {
		if s := b.states[name]; s.Type != "make-http-request" || s.text("url") != want {
			t.Errorf("%s is %s of %q, want a request of %q", name, s.Type, s.text("url"), want)
		}
	}
	if got, want := b.states["m_a_01_q1_x_tries"].ways()[0], "greater_than 3 > m_collect_fallback"; got != want {
		t.Errorf("a collect without an answer: got %q, want %q", got, want)
	}
	if ways := b.states["m_route"].ways(); ways[len(ways)-1] != "noMatch > m_fallback" {
		t.Errorf("input that matches nothing: got %q", ways[len(ways)-1])
	}
	// A fallback that fails is not requested again by itself: that would be a loop.
	for _, name := range []string{"m_fallback", "v_fallback"} {
		if got := b.states[name].ways()[1]; got != "failed" {
			t.Errorf("%s: got %q, want failed to lead nowhere", name, got)
		}
	}
}
