package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestWhatMakesNoDifference(t *testing.T) {
	for _, tt := range []struct{ name, old, new string }{
		{"offset moved", `"x": 10, "y": 200`, `"x": 900, "y": -1`},
		{"offset removed", `, "offset": {"x": 10, "y": 200}`, ``},
		{"flags absent", `,
  "flags": {"allow_concurrent_calls": true}`, ``},
		{"schema named", `"description": "Menu"`, `"description": "Menu", "$schema": "https://schemas.twilio.com/studio/draft/2019-09/flow-definition"`},
		{"unwired transition absent", `{"event": "sent"}, `, ``},
		{"unwired transition null", `{"event": "sent"}`, `{"event": "sent", "next": null}`},
		{"unset properties", `"body": "Bye"`, `"body": "Bye", "service": null, "channel": "", "content_variables": []`},
		{"order of plain transitions", `{"event": "sent"}, {"event": "failed"}`, `{"event": "failed"}, {"event": "sent"}`},
		{"order of keys", `"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}"`, `"to": "{{contact.channel.address}}", "from": "{{flow.channel.address}}"`},
		{"escapes", `"Bye"`, `"\u0042ye"`},
		{"noMatch last", `{"event": "noMatch", "next": "ask_again"},`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := edit(t, tt.old, tt.new)
			if tt.name == "noMatch last" {
				text = strings.Replace(text, `"value": "coffee"}]}]`, `"value": "coffee"}]}, {"event": "noMatch", "next": "ask_again"}]`, 1)
			}
			a, b := mustParse(t, menu), mustParse(t, text)
			if !Equal(a, b) || !Equal(b, a) {
				t.Errorf("differs: %q", Differences(a, b).Summary())
			}
		})
	}
}

func TestNumbersAreEqualByValueAndLongOnesExactly(t *testing.T) {
	with := func(number string) *Flow {
		return mustParse(t, fmt.Sprintf(`{"states": [{"name": "s", "type": "say-play", "properties": {"loop": %s}}]}`, number))
	}
	if !Equal(with("10"), with("1.0e1")) || Equal(with("10"), with("11")) || Equal(with("9007199254740993"), with("9007199254740992")) {
		t.Error("numbers do not compare by value")
	}
}

func TestOrderOfStatesMakesNoDifference(t *testing.T) {
	f := mustParse(t, menu)
	slices.Reverse(f.States)
	if g := mustParse(t, menu); !Equal(f, g) {
		t.Error("differs")
	}
}

func TestDescriptionAbsentIsEmpty(t *testing.T) {
	a, b := mustParse(t, edit(t, `"description": "Menu",`, ``)), mustParse(t, edit(t, `"Menu"`, `""`))
	if !Equal(a, b) {
		t.Error("differs")
	}
}

// drifts are changes that mean something, with the words for each.
var drifts = []struct {
	name, old, new string
	want           []string
}{
	{"description", `"Menu"`, `"Bar"`, []string{"flow: description changed"}},
	{"flag", `"allow_concurrent_calls": true`, `"allow_concurrent_calls": false`, []string{"flow: flags.allow_concurrent_calls changed"}},
	{"initial state", `"initial_state": "Trigger"`, `"initial_state": "ask"`, []string{"flow: initial_state changed"}},
	{"word", `"Tea or coffee?"`, `"Coffee or tea?"`, []string{"state ask: property body changed"}},
	{"property set", `"body": "Bye"`, `"body": "Bye", "media_url": "https://x.example"`, []string{"state bye: property media_url added"}},
	{"property gone", `, "body": "Bye"`, ``, []string{"state bye: property body removed"}},
	{"parameter", `"hunter2"`, `"hunter3"`, []string{"state tea: property parameters.secret changed"}},
	{"parameter gone", `, {"key": "kind", "value": "green"}`, ``, []string{"state tea: property parameters.kind removed"}},
	{"parameters turned", `{"key": "secret", "value": "hunter2"}, {"key": "kind", "value": "green"}`, `{"key": "kind", "value": "green"}, {"key": "secret", "value": "hunter2"}`,
		[]string{"state tea: property parameters changed"}},
	{"rewired", `"next": "menu"`, `"next": "tea"`, []string{"state ask: transition incomingMessage now goes to tea (was menu)"}},
	{"wired", `{"event": "timeout"}`, `{"event": "timeout", "next": "bye"}`, []string{"state ask: transition timeout now goes to bye (was nothing)"}},
	{"unwired", `{"event": "success", "next": "bye"}`, `{"event": "success"}`, []string{"state tea: transition success now goes to nothing (was bye)"}},
	{"match rewired", `"next": "bye", "conditions"`, `"next": "ask", "conditions"`, []string{"state menu: transition match 2 now goes to ask (was bye)"}},
	{"match unwired", `"next": "bye", "conditions"`, `"conditions"`, []string{"state menu: transition match 2 now goes to nothing (was bye)"}},
	{"match asks otherwise", `"value": "coffee"`, `"value": "espresso"`, []string{"state menu: transition match 2 has other conditions"}},
	{"match added", `{"event": "match", "next": "tea"`, `{"event": "match", "next": "ask", "conditions": [{"friendly_name": "x", "arguments": [], "type": "is_blank", "value": ""}]}, {"event": "match", "next": "tea"`,
		[]string{"state menu: transition match 1 added, goes to ask"}},
	{"state added", `"states": [`, `"states": [{"name": "late", "type": "say-play", "transitions": [], "properties": {"say": "Hm"}},`, []string{"state late: added (say-play)"}},
	{"state renamed", `"name": "ask_again"`, `"name": "again"`, []string{"state again: added (set-variables)", "state ask_again: removed (set-variables)"}},
	{"type", `"set-variables"`, `"run-function"`, []string{"state ask_again: type set-variables becomes run-function"}},
	{"unknown keys", `"name": "bye"`, `"muted": true, "name": "bye"`, []string{"state bye: property muted added"}},
}

func TestDifferencesSayWhatChangedWithoutValues(t *testing.T) {
	for _, tt := range drifts {
		t.Run(tt.name, func(t *testing.T) {
			a, b := mustParse(t, menu), mustParse(t, edit(t, tt.old, tt.new))
			if Equal(a, b) {
				t.Error("they are equal")
			}
			if got := Differences(a, b).Summary(); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestOrderOfMatchesIsADifference(t *testing.T) {
	a := mustParse(t, menu)
	b := mustParse(t, string(turned(t)))
	if got := Differences(a, b).Summary(); !slices.Equal(got, []string{"state menu: the matches are tried in another order"}) {
		t.Errorf("%q", got)
	}
}

// turned is the menu with its two matches in the other order.
func turned(t *testing.T) []byte {
	t.Helper()
	f := mustParse(t, menu)
	ways := f.States[2].node.Get("transitions").Elems
	ways[1], ways[2] = ways[2], ways[1]
	return Export(f)
}
