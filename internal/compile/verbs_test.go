package compile

import "testing"

// verbCase is actions of the task a, and the states they should compile to on
// each channel.
type verbCase struct {
	actions          string
	more             []string
	messaging, voice map[string]want
}

func (c verbCase) run(t *testing.T) {
	t.Run("messaging", func(t *testing.T) {
		checkStates(t, compiled(t, schemaOf(c.actions, c.more...), messaging), "m_a_", c.messaging)
	})
	t.Run("voice", func(t *testing.T) {
		checkStates(t, compiled(t, schemaOf(c.actions, c.more...), voice), "v_a_", c.voice)
	})
	t.Run("both", func(t *testing.T) {
		f := compiled(t, schemaOf(c.actions, c.more...), Options{})
		checkStates(t, f, "m_a_", c.messaging)
		checkStates(t, f, "v_a_", c.voice)
	})
}

const (
	bot1   = "{{flow.channel.address}}"
	person = "{{contact.channel.address}}"
)

// sends is the state of a message, says that of a text in a call.
func sends(body, next string) want {
	return want{"send-message", props{"from": bot1, "to": person, "body": body, "service": nil, "channel": nil}, sent(next)}
}

func says(text, next string) want {
	return want{"say-play", props{"say": text, "loop": 1.0, "play": nil}, leads("audioComplete", next)}
}

func leads(event, next string) []string {
	if next != "" {
		event += " > " + next
	}
	return []string{event}
}

// sent are the ways of a message: a failed delivery does not end the conversation.
func sent(next string) []string { return append(leads("sent", next), leads("failed", next)...) }

func TestWhatIsSaidBecomesAMessageOrSpeech(t *testing.T) {
	for name, c := range map[string]verbCase{
		"say": {
			actions:   `{"say": "hello"}`,
			messaging: map[string]want{"m_a_01_say": sends("hello", "")},
			voice:     map[string]want{"v_a_01_say": says("hello", "")},
		},
		"say with speech": {
			actions:   `{"say": {"speech": "hello"}}`,
			messaging: map[string]want{"m_a_01_say": sends("hello", "")},
			voice:     map[string]want{"v_a_01_say": says("hello", "")},
		},
		"one after the other": {
			actions:   `{"say": "one"}, {"say": "two"}`,
			messaging: map[string]want{"m_a_01_say": sends("one", "m_a_02_say"), "m_a_02_say": sends("two", "")},
			voice:     map[string]want{"v_a_01_say": says("one", "v_a_02_say"), "v_a_02_say": says("two", "")},
		},
		"a say of nothing is left out": {
			actions:   `{"say": "one"}, {"say": " "}, {"say": "two"}`,
			messaging: map[string]want{"m_a_01_say": sends("one", "m_a_03_say"), "m_a_03_say": sends("two", "")},
			voice:     map[string]want{"v_a_01_say": says("one", "v_a_03_say"), "v_a_03_say": says("two", "")},
		},
		"SSML is for calls": {
			actions:   `{"say": "<speak>wait <break time='1s'/>here</speak>"}`,
			messaging: map[string]want{"m_a_01_say": sends("wait here", "")},
			voice:     map[string]want{"v_a_01_say": says("<speak>wait <break time='1s'/>here</speak>", "")},
		},
		"what looks like Liquid is unchanged": {
			actions:   `{"say": "{{name}} {% if %} { %} }}"}`,
			messaging: map[string]want{"m_a_01_say": sends("{{ '{{' }}name}} {{ '{%' }} if %} { %} }}", "")},
			voice:     map[string]want{"v_a_01_say": says("{{ '{{' }}name}} {{ '{%' }} if %} { %} }}", "")},
		},
		"a voice": {
			actions:   `{"say": "hello"}`,
			more:      []string{`"styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Matthew"}}}`},
			messaging: map[string]want{"m_a_01_say": {"send-message", props{"voice": nil}, sent("")}},
			voice:     map[string]want{"v_a_01_say": {"say-play", props{"voice": "Polly.Matthew"}, leads("audioComplete", "")}},
		},
		"play": {
			actions:   `{"play": {"url": "https://example.com/a.mp3", "loop": 2}}, {"say": "after"}`,
			messaging: map[string]want{"m_a_02_say": sends("after", "")},
			voice: map[string]want{
				"v_a_01_play": {"say-play", props{"play": "https://example.com/a.mp3", "loop": 2.0, "say": nil}, leads("audioComplete", "v_a_02_say")},
				"v_a_02_say":  says("after", ""),
			},
		},
		"show": {
			actions: `{"show": {"body": "look", "images": [{"label": "one", "url": "https://example.com/1.png"}, {"label": "two", "url": "https://example.com/2.png"}]}}, {"say": "after"}`,
			messaging: map[string]want{
				"m_a_01_show":   {"send-message", props{"body": "look", "media_url": "https://example.com/1.png"}, sent("m_a_01_show_2")},
				"m_a_01_show_2": {"send-message", props{"body": "two", "media_url": "https://example.com/2.png"}, sent("m_a_02_say")},
				"m_a_02_say":    sends("after", ""),
			},
			voice: map[string]want{"v_a_02_say": says("after", "")},
		},
	} {
		t.Run(name, c.run)
	}
}

func TestNumbersThatMeanNothingAreLeftOut(t *testing.T) {
	for text, want := range map[string]float64{`2`: 2, `"2"`: 2, `2.9`: 2, `1000`: 1000, `1001`: 1, `0`: 1, `-3`: 1, `"NaN"`: 1, `"Inf"`: 1, `"two"`: 1, `null`: 1, `{}`: 1} {
		b := read(t, compiled(t, schemaOf(`{"play": {"url": "https://example.com/a.mp3", "loop": `+text+`}}`), voice))
		if got := b.states["v_a_01_play"].Properties["loop"]; got != want {
			t.Errorf("%s is %v times, want %v", text, got, want)
		}
	}
}

func TestRememberedValuesBecomeVariables(t *testing.T) {
	remembers := func(prefix string) map[string]want {
		return map[string]want{
			prefix + "_a_01_remember": {"set-variables", props{"variables": []any{
				props{"key": "m_1st", "value": "yes"},
				props{"key": "m_ap_input", "value": "x"},
				props{"key": "city", "value": "Graz {{ '{{' }}x}}"},
				props{"key": "first_name", "value": "Ada"},
				props{"key": "list", "value": `["a","b"]`, "parse_as_json": true},
				props{"key": "n", "value": "3"},
				props{"key": "nested", "value": `{"k":1}`, "parse_as_json": true},
				props{"key": "sure", "value": "true"},
			}}, leads("next", prefix+"_a_02_say")},
		}
	}
	c := verbCase{
		actions: `{"remember": {"sure": true, "n": 3, "city": "Graz {{x}}", "first-name": "Ada", "gone": null, "list": ["a", "b"],
			"nested": {"k": 1}, "ap_input": "x", "1st": "yes"}}, {"say": "done"}`,
		messaging: remembers("m"), voice: remembers("v"),
	}
	c.messaging["m_a_02_say"], c.voice["v_a_02_say"] = sends("done", ""), says("done", "")
	c.run(t)
}

func TestRedirectsToTasksNeedNoStates(t *testing.T) {
	c := verbCase{
		actions:   `{"say": "one"}, {"redirect": "task://b"}`,
		messaging: map[string]want{"m_a_01_say": sends("one", "m_b_01_say"), "m_b_01_say": sends("bee", "")},
		voice:     map[string]want{"v_a_01_say": says("one", "v_b_01_say"), "v_b_01_say": says("bee", "")},
	}
	t.Run("after a say", c.run)

	t.Run("alone", func(t *testing.T) {
		f := compiled(t, schemaOf(`{"redirect": {"uri": "task://b", "method": "POST"}}`), Options{})
		checkStates(t, f, "m_a_", nil)
		checkStates(t, f, "v_a_", nil)
		b := read(t, f)
		if got, want := b.states["m_route"].ways()[0], "matches_any_of alpha > m_b_01_say"; got != want {
			t.Errorf("the sample of a leads %q, want %q", got, want)
		}
		if got, want := b.states["Trigger"].ways()[0], "incomingMessage > m_start"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestHandoffsAreForCalls(t *testing.T) {
	for name, c := range map[string]verbCase{
		"to a URL": {
			actions:   `{"say": "hold on"}, {"handoff": {"channel": "voice", "uri": "https://example.com/agent", "method": "GET"}}`,
			messaging: map[string]want{"m_a_01_say": sends("hold on", "")},
			voice: map[string]want{
				"v_a_01_say":     says("hold on", "v_a_02_handoff"),
				"v_a_02_handoff": {"add-twiml-redirect", props{"url": "https://example.com/agent", "method": "GET", "timeout": "0"}, []string{"return", "timeout", "fail"}},
			},
		},
		"to TaskRouter": {
			actions: `{"handoff": {"channel": "voice", "uri": "taskrouter://WW00000000000000000000000000000001", "wait_url": "https://example.com/music",
				"wait_url_method": "GET", "priority": 5, "timeout": "200"}}`,
			voice: map[string]want{"v_a_01_handoff": {"enqueue-call", props{
				"workflow_sid": "WW00000000000000000000000000000001", "wait_url": "https://example.com/music", "wait_url_method": "GET",
				"priority": 5.0, "timeout": 200.0,
			}, []string{"callComplete", "failedToEnqueue", "callFailure"}}},
		},
	} {
		t.Run(name, c.run)
	}
}
