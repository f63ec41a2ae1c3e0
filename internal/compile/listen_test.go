package compile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asks is the state of a message that waits for a reply.
func asks(body, next string) want {
	return want{"send-and-wait-for-reply", props{"from": bot1, "to": nil, "body": body, "timeout": "14400", "service": nil, "channel": nil},
		[]string{"incomingMessage > " + next, "timeout", "deliveryFailure"}}
}

// gathers is the state of a call that listens.
func gathers(say string, more props, speech, timeout, keypress string) want {
	p := props{"timeout": 5.0, "speech_timeout": "auto", "stop_gather": true, "loop": 1.0}
	if say != "" {
		p["say"] = say
	}
	for name, value := range more {
		p[name] = value
	}
	return want{"gather-input-on-call", p, []string{"speech > " + speech, "timeout > " + timeout, "keypress > " + keypress}}
}

func sets(next string) want { return want{kind: "set-variables", ways: leads("next", next)} }

func TestListenWaitsWithTheLastThingSaid(t *testing.T) {
	for name, c := range map[string]verbCase{
		"true": {
			actions:   `{"say": "hello"}, {"listen": true}`,
			messaging: map[string]want{"m_a_02_listen": asks("hello", "m_a_02_listen_in"), "m_a_02_listen_in": sets("m_route")},
			voice:     map[string]want{"v_a_02_listen": gathers("hello", nil, "v_a_02_listen_in", "v_silence", "v_a_02_listen_key"), "v_a_02_listen_in": sets("v_route"), "v_a_02_listen_key": sets("v_route")},
		},
		"false": {
			actions:   `{"say": "hello"}, {"listen": false}, {"say": "bye"}`,
			messaging: map[string]want{"m_a_01_say": sends("hello", "m_a_03_say"), "m_a_03_say": sends("bye", "")},
			voice:     map[string]want{"v_a_01_say": says("hello", "v_a_03_say"), "v_a_03_say": says("bye", "")},
		},
		"what is remembered in between is remembered before": {
			actions: `{"say": "one"}, {"say": "two"}, {"remember": {"x": "1"}}, {"listen": true}`,
			messaging: map[string]want{
				"m_a_01_say": sends("one", "m_a_03_remember"), "m_a_03_remember": sets("m_a_04_listen"),
				"m_a_04_listen": asks("two", "m_a_04_listen_in"), "m_a_04_listen_in": sets("m_route"),
			},
			voice: map[string]want{
				"v_a_01_say": says("one", "v_a_03_remember"), "v_a_03_remember": sets("v_a_04_listen"),
				"v_a_04_listen": gathers("two", nil, "v_a_04_listen_in", "v_silence", "v_a_04_listen_key"), "v_a_04_listen_in": sets("v_route"), "v_a_04_listen_key": sets("v_route"),
			},
		},
		"with a picture or a recording": {
			actions: `{"show": {"images": [{"label": "one", "url": "https://example.com/1.png"}]}}, {"listen": true}`,
			messaging: map[string]want{
				"m_a_02_listen":    {"send-and-wait-for-reply", props{"body": "one", "media_url": "https://example.com/1.png"}, []string{"incomingMessage > m_a_02_listen_in", "timeout", "deliveryFailure"}},
				"m_a_02_listen_in": sets("m_route"),
			},
			voice: map[string]want{"v_a_02_listen": gathers("", props{"say": nil}, "v_a_02_listen_in", "v_silence", "v_a_02_listen_key"), "v_a_02_listen_in": sets("v_route"), "v_a_02_listen_key": sets("v_route")},
		},
		"with a recording": {
			actions: `{"play": {"url": "https://example.com/a.mp3", "loop": 3}}, {"listen": true}`,
			voice: map[string]want{
				"v_a_02_listen":    gathers("", props{"say": nil, "play": "https://example.com/a.mp3", "loop": 3.0}, "v_a_02_listen_in", "v_silence", "v_a_02_listen_key"),
				"v_a_02_listen_in": sets("v_route"), "v_a_02_listen_key": sets("v_route"),
			},
		},
		"nothing said": {
			actions: `{"listen": true}`,
			voice:   map[string]want{"v_a_01_listen": gathers("", props{"say": nil}, "v_a_01_listen_in", "v_silence", "v_a_01_listen_key"), "v_a_01_listen_in": sets("v_route"), "v_a_01_listen_key": sets("v_route")},
		},
		"some tasks only": {
			actions:   `{"say": "hello"}, {"listen": {"tasks": ["b"]}}`,
			messaging: map[string]want{"m_a_02_listen": asks("hello", "m_a_02_listen_in"), "m_a_02_listen_in": sets("m_route_2")},
			voice:     map[string]want{"v_a_02_listen": gathers("hello", nil, "v_a_02_listen_in", "v_silence", "v_a_02_listen_key"), "v_a_02_listen_in": sets("v_route"), "v_a_02_listen_key": sets("v_route")},
		},
		"keys": {
			actions: `{"say": "press"}, {"listen": {"voice_digits": {"num_digits": 1, "finish_on_key": "*", "redirects": {"1": "task://b", "2": "task://a"}}}}`,
			messaging: map[string]want{
				"m_a_02_listen": asks("press", "m_a_02_listen_in"), "m_a_02_listen_in": sets("m_route"),
			},
			voice: map[string]want{
				"v_a_02_listen":    gathers("press", props{"number_of_digits": 1.0, "finish_on_key": "*"}, "v_a_02_listen_in", "v_silence", "v_a_02_listen_key"),
				"v_a_02_listen_in": sets("v_route"), "v_a_02_listen_key": sets("v_a_02_listen_keys"),
				"v_a_02_listen_keys": {"split-based-on", props{"input": "{{flow.variables.ap_raw}}"},
					[]string{"equal_to 1 > v_b_01_say", "equal_to 2 > v_a_02_listen", "noMatch > v_b_01_say"}},
			},
		},
	} {
		t.Run(name, c.run)
	}
}

func TestARouterKnowsTheTasksOfItsListen(t *testing.T) {
	f := compiled(t, schemaOf(`{"say": "hello"}, {"listen": {"tasks": ["b"]}}`), messaging)
	b := read(t, f)
	if got, want := b.states["m_route"].ways(), "matches_any_of alpha > m_a_02_listen"; got[0] != want {
		t.Errorf("the first router: got %q, want %q", got[0], want)
	}
	for _, way := range b.states["m_route_2"].ways() {
		if strings.HasSuffix(way, "> m_a_02_listen") {
			t.Errorf("the router of b alone leads to a: %s", way)
		}
	}
	if got := b.states["m_route_2"].ways(); got[0] != "matches_any_of beta > m_b_01_say" || got[len(got)-1] != "noMatch > m_b_01_say" {
		t.Errorf("the router of b alone: %q", got)
	}
}

func TestInputIsTakenInBeforeItIsRouted(t *testing.T) {
	b := read(t, compiled(t, schemaOf(`{"say": "hello"}, {"listen": true}`), Options{}))
	const message = "widgets.m_a_02_listen.inbound.Body | default: trigger.conversation.Body"
	const speech, keys = "widgets.v_a_02_listen.SpeechResult", "widgets.v_a_02_listen.Digits"
	for name, want := range map[string]map[string]string{
		"m_a_02_listen_in": {"ap_input": normalised(message), "ap_raw": "{{" + message + "}}"},
		"v_a_02_listen_in": {"ap_input": normalised(speech), "ap_raw": "{{" + speech + "}}", "ap_silence": "0"},
		// Not in the state of the speech, which may still have the words of the last input.
		"v_a_02_listen_key": {"ap_input": normalised(keys), "ap_raw": "{{" + keys + "}}", "ap_silence": "0"},
		"m_start": {
			"ap_input": normalised("trigger.message.Body | default: trigger.conversation.Body"),
			"ap_raw":   "{{trigger.message.Body | default: trigger.conversation.Body}}",
		},
	} {
		if diff := cmp.Diff(want, b.states[name].variables()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"m_route", "v_route"} {
		for _, way := range b.states[name].Transitions {
			for _, c := range way.Conditions {
				if len(c.Arguments) != 1 || c.Arguments[0] != inputOfFlow {
					t.Errorf("%s asks %q", name, c.Arguments)
				}
			}
		}
	}
}

func TestCallersWhoSayNothingAreAskedAgainThenLeft(t *testing.T) {
	checkStates(t, compiled(t, schemaOf(`{"say": "hello"}, {"listen": true}`), voice), "v_silen", map[string]want{
		"v_silence": {"set-variables", vars("ap_silence", "{{flow.variables.ap_silence | default: 0 | plus: 1}}", "ap_input", ""), []string{"next > v_silent"}},
		"v_silent":  {"split-based-on", props{"input": "{{flow.variables.ap_silence | default: 0 | plus: 0}}"}, []string{"greater_than 2", "noMatch > v_b_01_say"}},
	})
}

func TestTheTriggerLeadsToTheChannelsOfTheFlow(t *testing.T) {
	const hello = `{"say": "hello"}`
	initiates := `"defaults": {"defaults": {"assistant_initiation": "task://a", "fallback": "task://b"}}`
	listens := `"defaults": {"defaults": {"fallback": "task://b"}}`
	for name, c := range map[string]struct {
		options Options
		more    string
		ways    []string
		voice   bool
	}{
		"both":      {Options{}, initiates, []string{"incomingMessage > m_start", "incomingConversationMessage > m_start", "incomingCall > v_a_01_say", "incomingRequest", "incomingParent"}, true},
		"messaging": {messaging, initiates, []string{"incomingMessage > m_start", "incomingConversationMessage > m_start", "incomingCall", "incomingRequest", "incomingParent"}, false},
		"voice":     {voice, initiates, []string{"incomingCall > v_a_01_say", "incomingMessage", "incomingConversationMessage", "incomingRequest", "incomingParent"}, true},
		"voice without an initiation": {voice, listens,
			[]string{"incomingCall > v_start", "incomingMessage", "incomingConversationMessage", "incomingRequest", "incomingParent"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := compiled(t, schemaOf(hello, c.more), c.options)
			checkStates(t, f, "Trigger", map[string]want{"Trigger": {kind: "trigger", ways: c.ways}})
			if f.InitialState != "Trigger" || f.States[0].Name != "Trigger" {
				t.Errorf("the flow begins in %q, its first state is %q", f.InitialState, f.States[0].Name)
			}
			for _, s := range f.States {
				side := s.Name[:2]
				if side == "m_" && c.options.Channels != nil && c.voice || side == "v_" && !c.voice {
					t.Errorf("the state %s is of the other channel", s.Name)
				}
			}
		})
	}
}
