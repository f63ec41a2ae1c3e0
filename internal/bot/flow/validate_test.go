package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// refusedFiles are the exported flows that Twilio refuses, with the place and the reason.
var refusedFiles = map[string]string{
	"prebrov-twilio-studio-requestbin__studio-flow.json": "wrong_type /states/", // a number for the timeout of send-and-wait-for-reply
}

// weakFiles are the exported flows that Twilio takes and that we warn of.
var weakFiles = map[string][]string{
	"anthonywong555-Twilio-SMS-Trivia__Trivia-Flow.json": {`dead_widget /states/1/type state "autopilot_1"`},
}

func findings(f *Flow, severity Severity) []string {
	var out []string
	for _, d := range Validate(f) {
		if d.Severity == severity {
			out = append(out, fmt.Sprintf("%s %s %s", d.Code, d.Pointer, d.Message))
		}
	}
	return out
}

func TestRealFlowsAreAccepted(t *testing.T) {
	for name, text := range files(t) {
		f := mustParse(t, text)
		errs := findings(f, Error)
		if warnings := findings(f, Warning); !slices.EqualFunc(warnings, weakFiles[name], strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", name, warnings, weakFiles[name])
		}
		want, refused := refusedFiles[name]
		switch {
		case !refused && len(errs) > 0:
			t.Errorf("%s: %q", name, errs)
		case refused && (len(errs) != 1 || !strings.HasPrefix(errs[0], want)):
			t.Errorf("%s: %q, want one of %q", name, errs, want)
		}
	}
}

func TestASoundFlowHasNoDiagnostics(t *testing.T) {
	if got := Validate(mustParse(t, menu)); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestEachRuleNamesStateAndPlace(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		severity       Severity
		want           string // code, pointer and a part of the message
	}{
		{"no initial state", `"initial_state": "Trigger",`, ``, Error, `missing /initial_state `},
		{"unknown initial state", `"initial_state": "Trigger"`, `"initial_state": "trigger"`, Error, `unknown_state /initial_state the initial_state "trigger"`},
		{"initial state no trigger", `"initial_state": "Trigger"`, `"initial_state": "ask"`, Error, `bad_initial_state /initial_state `},
		{"flags without flag", `"allow_concurrent_calls": true`, ``, Error, `missing /flags/allow_concurrent_calls `},
		{"null flags", `{"allow_concurrent_calls": true}`, `null`, Error, `null_value /flags `},
		{"null description", `"Menu"`, `null`, Error, `null_value /description `},
		{"another schema", `"description": "Menu"`, `"$schema": "https://example.com"`, Error, `bad_value /$schema `},
		{"unknown key", `"description": "Menu"`, `"descripton": "Menu"`, Warning, `unknown_key /descripton `},
		{"duplicate state", `"name": "bye"`, `"name": "tea"`, Error, `duplicate_state /states/5/name state "tea"`},
		{"no name", `"name": "tea", `, ``, Error, `missing /states/4/name state number 5`},
		{"no type", `"type": "set-variables", `, ``, Error, `missing /states/3/type state "ask_again"`},
		{"unknown type", `"set-variables"`, `"set-variable"`, Warning, `unknown_type /states/3/type state "ask_again"`},
		{"unknown key of a state", `"name": "bye",`, `"name": "bye", "note": "x",`, Error, `unknown_key /states/5/note state "bye"`},
		{"no properties", `,
     "properties": {"input": "{{widgets.ask.inbound.Body}}"}`, ``, Error, `missing /states/2/properties state "menu"`},
		{"no transitions", `"transitions": [{"event": "next", "next": "ask"}],`, ``, Error, `missing /states/3/transitions state "ask_again"`},
		{"unknown next", `{"event": "noMatch", "next": "ask_again"}`, `{"event": "noMatch", "next": "ask_agian"}`, Error,
			`unknown_state /states/2/transitions/0/next state "menu", transition "noMatch" leads to "ask_agian"`},
		{"empty next", `{"event": "sent"}`, `{"event": "sent", "next": ""}`, Error, `unknown_state /states/5/transitions/0/next `},
		{"null next", `{"event": "sent"}`, `{"event": "sent", "next": null}`, Error, `null_value /states/5/transitions/0/next `},
		{"unknown event", `{"event": "sent"}`, `{"event": "send"}`, Error, `unknown_event /states/5/transitions/0/event state "bye", transition "send"`},
		{"duplicate event", `{"event": "sent"}`, `{"event": "failed"}`, Error, `duplicate_event /states/5/transitions/1/event `},
		{"no event", `{"event": "sent"}`, `{}`, Error, `missing /states/5/transitions/0/event state "bye", transition number 1`},
		{"conditions elsewhere", `{"event": "sent"}`, `{"event": "sent", "conditions": []}`, Error, `unknown_key /states/5/transitions/0/conditions `},
		{"match without conditions", `{"event": "noMatch", "next": "ask_again"}`, `{"event": "match", "next": "ask_again"}`, Error,
			`missing /states/2/transitions/0/conditions state "menu", transition match 1`},
		{"condition key", `"friendly_name": "tea", `, ``, Error, `missing /states/2/transitions/1/conditions/0/friendly_name `},
		{"condition type", `"equal_to"`, `"equals"`, Error, `bad_value /states/2/transitions/1/conditions/0/type `},
		{"condition value", `"value": "tea"`, `"value": 1`, Error, `wrong_type /states/2/transitions/1/conditions/0/value `},
		{"condition arguments", `"friendly_name": "tea", "arguments": ["{{widgets.ask.inbound.Body}}"]`, `"friendly_name": "tea", "arguments": [1]`, Error,
			`wrong_type /states/2/transitions/1/conditions/0/arguments/0 `},
		{"two conditions", `"conditions": [{"friendly_name": "tea"`, `"conditions": [{"friendly_name": "x", "arguments": [], "type": "is_blank", "value": ""}, {"friendly_name": "tea"`, Warning,
			`many_conditions /states/2/transitions/1/conditions `},
		{"cut option", `"type": "equal_to", "value": "tea"`, `"type": "matches_any_of", "value": "tea, \"tea, green\""`, Warning,
			`split_option /states/2/transitions/1/conditions/0/value state "menu", transition match 1 has a matches_any_of whose option 2`},
		{"required property", `"from": "{{flow.channel.address}}", "body": "Tea`, `"body": "Tea`, Error, `missing /states/1/properties/from state "ask"`},
		{"number for text", `"timeout": "3600"`, `"timeout": 3600`, Error, `wrong_type /states/1/properties/timeout state "ask" has the property "timeout" as a number, and Studio expects a string`},
		{"null property", `"timeout": "3600"`, `"timeout": null`, Error, `null_value /states/1/properties/timeout state "ask"`},
		{"unknown property", `"timeout": "3600"`, `"timeot": "3600"`, Warning, `unknown_property /states/1/properties/timeot state "ask"`},
		{"few values", `"method": "POST"`, `"method": "PATCH"`, Error, `bad_value /states/4/properties/method state "tea"`},
		{"no list", `[{"key": "turn", "value": "1"}]`, `{"turn": "1"}`, Error, `wrong_type /states/3/properties/variables `},
		{"pair", `[{"key": "turn", "value": "1"}]`, `[{"key": "turn"}]`, Error, `missing /states/3/properties/variables/0/value `},
		{"pair's type", `[{"key": "turn", "value": "1"}]`, `[{"key": "turn", "value": 1}]`, Error, `wrong_type /states/3/properties/variables/0/value `},
		{"offset", `{"x": 10, "y": 200}`, `{"x": 10.5, "y": 200}`, Error, `wrong_type /states/1/properties/offset/x `},
		{"half an offset", `{"x": 10, "y": 200}`, `{"x": 10}`, Error, `missing /states/1/properties/offset/y `},
		{"self loop", `{"event": "timeout"}`, `{"event": "timeout", "next": "ask"}`, Warning, `self_loop /states/1/transitions/1/next `},
		{"unreachable", `"next": "tea"`, `"next": "bye"`, Warning, `unreachable /states/4 no transition leads to state "tea"`},
		{"dead widget", `"set-variables", "transitions": [{"event": "next", "next": "ask"}]`, `"send-to-auto-pilot", "transitions": [{"event": "failure", "next": "ask"}]`, Warning,
			`dead_widget /states/3/type state "ask_again"`},
		{"outgoing call", `"set-variables", "transitions": [{"event": "next", "next": "ask"}],
     "properties": {"variables": [{"key": "turn", "value": "1"}]}`, `"make-outgoing-call-v2", "transitions": [], "properties": {"from": "", "to": ""}`, Warning,
			`rest_only /states/3/type state "ask_again"`},
		{"subflow by Liquid", `"set-variables", "transitions": [{"event": "next", "next": "ask"}],
     "properties": {"variables": [{"key": "turn", "value": "1"}]}`, `"run-subflow", "transitions": [], "properties": {"flow_sid": "{{x}}", "flow_revision": "LatestPublished"}`, Error,
			`bad_subflow /states/3/properties/flow_sid state "ask_again"`},
		{"regular expression", `"type": "equal_to", "value": "tea"`, `"type": "regex", "value": "(tea"`, Warning,
			`bad_regex /states/2/transitions/1/conditions/0/value state "menu", transition match 1 has a regular expression that cannot match: a ( has no )`},
		{"Liquid", `"Bye"`, `"Bye {{ x | }}"`, Warning, `bad_liquid /states/5/properties/body state "bye", property "body", has Liquid that does not parse: at character 5 {{ }} has a | that no filter follows.`},
		{"two triggers", `"name": "ask_again", "type": "set-variables", "transitions": [{"event": "next", "next": "ask"}]`,
			`"name": "ask_again", "type": "trigger", "transitions": [{"event": "incomingCall", "next": "ask"}]`, Warning, `many_triggers /states/3/type state "ask_again" is a second trigger`},
		{"half a condition", `"type": "equal_to", "value": "tea"`, `"type": "equals"`, Error, `bad_value /states/2/transitions/1/conditions/0/type `},
		{"empty states", menu[strings.Index(menu, `"states"`):strings.Index(menu, `"initial_state"`)], `"states": [],`, Error, `missing /states `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := mustParse(t, edit(t, tt.old, tt.new))
			got := findings(f, tt.severity)
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, tt.want) }) {
				t.Errorf("%q, want one that starts with %q", got, tt.want)
			}
			for _, d := range Validate(f) {
				if d.Detail == "" || !strings.HasSuffix(d.Message, ".") {
					t.Errorf("incomplete: %+v", d)
				}
			}
		})
	}
}

func TestWhatCarriesASchemaNeedNotBeReached(t *testing.T) {
	carrier := func(variable string) string {
		return edit(t, `{"name": "ask_again"`, `{"name": "loose", "type": "set-variables", "transitions": [{"event": "next"}], "properties": {"variables": [{"key": "`+variable+`", "value": "H4sI"}]}},
    {"name": "ask_again"`)
	}
	if got := findings(mustParse(t, carrier(SchemaVariable)), Warning); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if got := findings(mustParse(t, carrier("other")), Warning); len(got) != 1 || !strings.HasPrefix(got[0], `unreachable /states/3 no transition leads to state "loose"`) {
		t.Errorf("%q", got)
	}
}

func TestNamesThatAreSpelledAlmostRightAreSuggested(t *testing.T) {
	for name, want := range map[string]string{
		"send-mesage": ` Did you mean "send-message"?`, "Set-Variables": ` Did you mean "set-variables"?`, "tigger": ` Did you mean "trigger"?`,
		"make-http-requests": ` Did you mean "make-http-request"?`, "speak-and-hear": "", "x": "", "": "",
	} {
		if got := nearest(name, typeNames()); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := nearest("so", []string{"to", "say"}); got != ` Did you mean "to"?` {
		t.Errorf("a word of two letters: %q", got)
	}
	if got := nearest("no", []string{"to", "is"}); got != ` Did you mean "to"?` {
		t.Errorf("a word of two letters: %q", got)
	}
	if got := nearest("up", []string{"to", "is"}); got != "" {
		t.Errorf("a word that shares no letter: %q", got)
	}
}

func TestLimits(t *testing.T) {
	state := func(i int) string {
		return fmt.Sprintf(`{"name": "s%d", "type": "set-variables", "transitions": [], "properties": {}}`, i)
	}
	many := func(n int) *Flow {
		var states []string
		for i := range n {
			states = append(states, state(i))
		}
		return mustParse(t, `{"states": [`+strings.Join(states, ",")+`]}`)
	}
	over := func(f *Flow) bool {
		return slices.ContainsFunc(Validate(f), func(d Diagnostic) bool { return d.Code == OverLimit })
	}
	if over(many(1000)) || !over(many(1001)) {
		t.Error("the limit of states is not 1000")
	}
	large := mustParse(t, edit(t, "Bye", strings.Repeat("x", 1<<20)))
	if !over(large) || over(mustParse(t, menu+strings.Repeat(" ", 1<<20))) {
		t.Error("the limit of size is not 1 MB of compact JSON")
	}
}

func TestDiagnosticsNeverTellValues(t *testing.T) {
	f := mustParse(t, strings.NewReplacer(`"hunter2"`, `17`, `"POST"`, `"hunter2"`, `"equal_to"`, `"hunter2"`,
		`"value": "tea"`, `"value": ["hunter2"]`, `"url":`, `"uri": "hunter2", "url":`,
		`"Tea or coffee?"`, `"{{ hunter2 | }}    {% hunter2 %} {{ 'hunter2 }} {{ hunter2"`, `"type": "contains", "value": "coffee"`, `"type": "regex", "value": "(hunter2[hunter2"`).Replace(menu))
	if found := findings(f, Warning); !strings.Contains(strings.Join(found, " "), "bad_liquid") || !strings.Contains(strings.Join(found, " "), "bad_regex") {
		t.Errorf("the faults are not there: %q", found)
	}
	for _, d := range Validate(f) {
		if strings.Contains(d.Message+d.Detail, "hunter2") || strings.Contains(d.Message+d.Detail, "17") {
			t.Errorf("%+v", d)
		}
	}
}

func TestCommasThatCutOptions(t *testing.T) {
	for value, want := range map[string]int{
		"":                           0,
		"yes":                        0,
		"YES, Yes,yes":               0,
		"don't, 1, 2":                0,
		`"yes, please", no`:          1,
		"no, yes (please, soon)":     2,
		"yes,,no":                    2,
		"yes, ":                      2,
		`yes\, please`:               1,
		"1,000":                      1,
		"100, 200":                   0,
		"{{ a | append: 'x, y' }},b": 0,
	} {
		if got := brokenOption(value); got != want {
			t.Errorf("%q: %d, want %d", value, got, want)
		}
	}
}
