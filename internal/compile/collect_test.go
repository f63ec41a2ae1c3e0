package compile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// collects is a collect of the questions given, which redirects to the task b.
func collects(questions string) string {
	return `{"collect": {"name": "order", "questions": [` + questions + `], "on_complete": {"redirect": "task://b"}}}`
}

func TestAnAnswerThatNobodyRefusesIsTakenAsItIs(t *testing.T) {
	verbCase{
		actions: collects(`{"question": "Your name?", "name": "name"}, {"question": "And then?", "name": "then"}`),
		messaging: map[string]want{
			"m_a_01_q1_name":    asks("Your name?", "m_a_01_q1_name_in"),
			"m_a_01_q1_name_in": sets("m_a_01_q2_then"),
			"m_a_01_q2_then":    asks("And then?", "m_a_01_q2_then_in"),
			"m_a_01_q2_then_in": sets("m_b_01_say"),
		},
		// A caller may be silent, which is no answer.
		voice: map[string]want{
			"v_a_01_collect":        {"set-variables", vars("ap_try_1", "0", "ap_try_2", "0"), []string{"next > v_a_01_q1_name"}},
			"v_a_01_q1_name":        gathers("Your name?", nil, "v_a_01_q1_name_in", "v_a_01_q1_name_silent", "v_a_01_q1_name_key"),
			"v_a_01_q1_name_in":     sets("v_a_01_q1_name_check"),
			"v_a_01_q1_name_key":    sets("v_a_01_q1_name_check"),
			"v_a_01_q1_name_silent": sets("v_a_01_q1_name_check"),
			"v_a_01_q1_name_check":  {"split-based-on", props{"input": "{{flow.variables.ap_input}}"}, []string{"is_not_blank Is Not Blank > v_a_01_q2_then", "noMatch > v_a_01_q1_name_tries"}},
			"v_a_01_q1_name_tries":  {"split-based-on", props{"input": counter("ap_try_1")}, []string{"greater_than 3 > v_b_01_say", "noMatch > v_a_01_q1_name"}},
			"v_a_01_q2_then":        gathers("And then?", nil, "v_a_01_q2_then_in", "v_a_01_q2_then_silent", "v_a_01_q2_then_key"),
			"v_a_01_q2_then_in":     sets("v_a_01_q2_then_check"),
			"v_a_01_q2_then_key":    sets("v_a_01_q2_then_check"),
			"v_a_01_q2_then_silent": sets("v_a_01_q2_then_check"),
			"v_a_01_q2_then_check":  {"split-based-on", nil, []string{"is_not_blank Is Not Blank > v_b_01_say", "noMatch > v_a_01_q2_then_tries"}},
			"v_a_01_q2_then_tries":  {"split-based-on", nil, []string{"greater_than 3 > v_b_01_say", "noMatch > v_a_01_q2_then"}},
		},
	}.run(t)
}

func TestAnswersAreKeptByCollectAndQuestion(t *testing.T) {
	b := read(t, compiled(t, schemaOf(collects(`{"question": "How many?", "name": "how-many", "type": "Twilio.NUMBER"}`)), messaging))
	const from = "widgets.m_a_01_q1_how-many.inbound.Body | default: trigger.conversation.Body"
	want := map[string]string{
		"ap_input": normalised(from), "ap_raw": "{{" + from + "}}",
		"collect_order_how_many": "{{" + from + "}}", "ap_said_order_how_many": "{{" + from + "}}",
		"ap_try_1": "{{flow.variables.ap_try_1 | default: 0 | plus: 1}}",
	}
	if diff := cmp.Diff(want, b.states["m_a_01_q1_how-many_in"].variables()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// answerCase is one question and what it compiles to: the ways of its check, of its
// tries, and the states of the task beside those each question has.
type answerCase struct {
	question string
	more     []string
	input    string
	check    []string
	tries    []string
	others   map[string]want
}

// waysOf are the transitions of the check of a built-in type.
func waysOf(typeName string) []string {
	const question = "m_a_01_q1_x"
	var out []string
	for _, r := range builtins[typeName](tonguesOf([]string{"en-US"})).rules {
		to := question + "_value"
		if r.refuses {
			to = question + "_tries"
		}
		out = append(out, "regex "+r.pattern+" > "+to)
	}
	return append(out, "noMatch > "+question+"_tries")
}

func TestAnswersAreChecked(t *testing.T) {
	const (
		name, raw, input = "m_a_01_q1_x", "{{flow.variables.ap_raw}}", "{{flow.variables.ap_input}}"
		refused          = "noMatch > " + name + "_tries"
		again            = "noMatch > " + name
	)
	colours := `"fieldTypes": [{"uniqueName": "Colour", "values": [{"language": "en-US", "value": "Red"}, {"language": "en-US", "value": "Sky, blue"},
		{"language": "en-US", "value": "crimson", "synonymOf": "Red"}]}]`
	sheet := `"styleSheet": {"style_sheet": {"collect": {"validate": {"max_attempts": {"num_attempts": 6}}}}}`
	failing := `"defaults": {"defaults": {"fallback": "task://b", "collect": {"validate_on_failure": "task://a"}}}`
	for label, c := range map[string]answerCase{
		"a type checked by a pattern": {
			question: `"type": "Twilio.EMAIL"`, input: raw,
			check:  waysOf("Twilio.EMAIL"),
			tries:  []string{"greater_than 3 > m_b_01_say", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"a type of few values": {
			question: `"type": "Colour"`, more: []string{colours}, input: input,
			check:  []string{"matches_any_of red, sky blue, crimson > " + name + "_value", refused},
			tries:  []string{"greater_than 3 > m_b_01_say", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"allowed values": {
			question: `"validate": {"allowed_values": {"list": ["Yes.", "No"]}}`, input: input,
			check: []string{"matches_any_of yes, no > m_b_01_say", refused},
			tries: []string{"greater_than 3 > m_b_01_say", again},
		},
		"allowed values of a type checked by a pattern": {
			question: `"type": "Twilio.NUMBER", "validate": {"allowed_values": {"list": ["1", "22"]}}`, input: input,
			check:  []string{"matches_any_of 1, 22, one, twenty two, twenty-two > " + name + "_value", refused},
			tries:  []string{"greater_than 3 > m_b_01_say", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"disallowed values": {
			question: `"validate": {"disallowed_values": {"list": ["none"]}}`, input: input,
			check: []string{"matches_any_of none > " + name + "_tries", "is_not_blank Is Not Blank > m_b_01_say", refused},
			tries: []string{"greater_than 3 > m_b_01_say", again},
		},
		"a number of attempts": {
			question: `"type": "Twilio.CITY", "validate": {"max_attempts": {"num_attempts": 2, "redirect": "task://a"}}`, input: raw,
			check:  waysOf("Twilio.CITY"),
			tries:  []string{"greater_than 1 > m_a_01_collect", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"attempts of the style sheet": {
			question: `"type": "Twilio.CITY"`, more: []string{sheet}, input: raw,
			check:  waysOf("Twilio.CITY"),
			tries:  []string{"greater_than 5 > m_b_01_say", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"a failure of the defaults": {
			question: `"type": "Twilio.CITY"`, more: []string{failing}, input: raw,
			check:  waysOf("Twilio.CITY"),
			tries:  []string{"greater_than 3 > m_a_01_collect", again},
			others: map[string]want{name + "_value": sets("m_b_01_say")},
		},
		"a word for a right answer": {
			question: `"type": "Twilio.CITY", "validate": {"on_success": {"say": "Thanks."}}`, input: raw,
			check:  waysOf("Twilio.CITY"),
			tries:  []string{"greater_than 3 > m_b_01_say", again},
			others: map[string]want{name + "_value": sets(name + "_success"), name + "_success": sends("Thanks.", "m_b_01_say")},
		},
	} {
		t.Run(label, func(t *testing.T) {
			f := compiled(t, schemaOf(collects(`{"question": "Which?", "name": "x", `+c.question+`}`), c.more...), messaging)
			wanted := map[string]want{
				"m_a_01_collect": {"set-variables", vars("ap_try_1", "0"), []string{"next > " + name}},
				name:             asks("Which?", name+"_in"),
				name + "_in":     sets(name + "_check"),
				name + "_check":  {"split-based-on", props{"input": c.input}, c.check},
				name + "_tries":  {"split-based-on", props{"input": counter("ap_try_1")}, c.tries},
			}
			for other, w := range c.others {
				wanted[other] = w
			}
			checkStates(t, f, "m_a_", wanted)
		})
	}
}

func TestKnownAnswersAreNotAskedFor(t *testing.T) {
	f := compiled(t, schemaOf(collects(`{"question": "Where?", "name": "x", "prefill": "home-town"}`)), messaging)
	checkStates(t, f, "m_a_", map[string]want{
		"m_a_01_q1_x_known": {"split-based-on", props{"input": "{{flow.variables.home_town}}"}, []string{"is_not_blank Is Not Blank > m_a_01_q1_x_kept", "noMatch > m_a_01_q1_x"}},
		"m_a_01_q1_x_kept":  sets("m_b_01_say"),
		"m_a_01_q1_x":       asks("Where?", "m_a_01_q1_x_in"),
		"m_a_01_q1_x_in":    sets("m_b_01_say"),
	})
}

func TestDigitsAnswerAQuestionInACall(t *testing.T) {
	f := compiled(t, schemaOf(collects(`{"question": "Code?", "name": "x", "voice_digits": {"num_digits": 4, "finish_on_key": "#"}}`)), voice)
	ask := read(t, f).states["v_a_01_q1_x"]
	if ask.Properties["number_of_digits"] != 4.0 || ask.Properties["finish_on_key"] != "#" {
		t.Errorf("it gathers %v", ask.Properties)
	}
	if !slices.Contains(ask.ways(), "keypress > v_a_01_q1_x_key") {
		t.Errorf("it leads %q", ask.ways())
	}
}

func TestMessagesForRefusedAnswersComeInTurn(t *testing.T) {
	for name, c := range map[string]struct{ failure, want string }{
		"each after the other, the last again and again": {
			`{"messages": [{"say": "No."}, {"say": "Still no."}, {"say": "Never."}]}`,
			"{% assign tries = flow.variables.ap_try_1 | default: 0 | plus: 0 %}{% if tries == 0 %}Which?{% else %}" +
				"{% if tries == 1 %}No.{% else %}{% if tries == 2 %}Still no.{% else %}Never.{% endif %}{% endif %}{% endif %}",
		},
		"with the question": {
			`{"messages": [{"say": "No."}], "repeat_question": true}`,
			"{% assign tries = flow.variables.ap_try_1 | default: 0 | plus: 0 %}{% if tries == 0 %}Which?{% else %}No. Which?{% endif %}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := compiled(t, schemaOf(collects(`{"question": "Which?", "name": "x", "type": "Twilio.CITY", "validate": {"on_failure": `+c.failure+`}}`)), messaging)
			if got := read(t, f).states["m_a_01_q1_x"].text("body"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestKeysMayStandForAnAnswer(t *testing.T) {
	f := compiled(t, schemaOf(collects(`{"question": "Sure?", "name": "x", "type": "Twilio.YES_NO", "voice_digits": {"num_digits": 1, "mapping": {"1": "yes", "2": "no"}}}`)), voice)
	const keys = "widgets.v_a_01_q1_x.Digits"
	before := "{% assign keys = " + keys + " | downcase %}{% assign said = keys %}{% if keys == '1' %}{% assign said = 'yes' %}{% endif %}{% if keys == '2' %}{% assign said = 'no' %}{% endif %}"
	want := map[string]string{
		"ap_input": before + normalised("said"), "ap_raw": before + "{{said}}", "collect_order_x": before + "{{said}}", "ap_said_order_x": before + "{{said}}",
		"ap_try_1": "{{flow.variables.ap_try_1 | default: 0 | plus: 1}}",
	}
	if diff := cmp.Diff(want, read(t, f).states["v_a_01_q1_x_key"].variables()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWordsOfTheStyleSheetAreSaid(t *testing.T) {
	question := collects(`{"question": "Which?", "name": "x", "type": "Twilio.CITY"}`)
	sheet := `"styleSheet": {"style_sheet": {"collect": {"validate": {"on_success": {"say": "Got it."}}}}}`
	if got := read(t, compiled(t, schemaOf(question, sheet), messaging)).states["m_a_01_q1_x_success"].text("body"); got != "Got it." {
		t.Errorf("a valid answer gets %q", got)
	}
	// An assistant made without a style sheet has Twilio's.
	none := read(t, compiled(t, schemaOf(question+`, {"say": "x"}`, `"styleSheet": {}`), Options{}))
	if got := none.states["m_a_01_q1_x"].text("body"); !strings.Contains(got, "I didn't get that. What did you say?") {
		t.Errorf("an invalid answer gets %q", got)
	}
	if got := none.states["v_a_01_q1_x"].text("voice"); got != "Polly.Matthew" {
		t.Errorf("the voice is %q", got)
	}
}
