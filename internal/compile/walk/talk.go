package walk

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Said is something the flow did that people or others notice.
type Said struct {
	State string // its name
	Type  string // of the state
	Text  string // what was said, played or fetched
	Form  map[string]string
}

// Answer is what a URL answers: the parsed JSON; nil for a failure.
type Answer func(url string, form map[string]string) any

// Talk is a conversation.
type Talk struct {
	flow   *Flow
	answer Answer

	// Said is what the flow did, from the beginning.
	Said []Said

	// Path has the names of the states that ran.
	Path []string

	// Ended tells that the execution is over.
	Ended bool

	waiting   *State
	variables map[string]any
	widgets   map[string]any
	flowVars  map[string]any
}

// Begin starts an execution by an event of the trigger, with the variables of it, such
// as the message.
func (f *Flow) Begin(event string, trigger map[string]any, answer Answer) (*Talk, error) {
	t := &Talk{flow: f, answer: answer, widgets: map[string]any{}, flowVars: map[string]any{}}
	t.variables = map[string]any{
		"trigger": trigger, "widgets": t.widgets,
		"flow":    map[string]any{"variables": t.flowVars, "sid": "FN1", "flow_sid": "FW1", "channel": map[string]any{"address": "+15550001"}},
		"contact": map[string]any{"channel": map[string]any{"address": "+15550002"}},
	}
	return t, t.run(t.flow.byName[f.initial], event)
}

// Message begins a conversation by a text.
func (f *Flow) Message(body string, answer Answer) (*Talk, error) {
	return f.Begin("incomingMessage", map[string]any{"message": map[string]any{"Body": body, "AccountSid": "AC1"}}, answer)
}

// Call begins a call.
func (f *Flow) Call(answer Answer) (*Talk, error) {
	return f.Begin("incomingCall", map[string]any{"call": map[string]any{"AccountSid": "AC1"}}, answer)
}

// Reply is the next message, or what a caller says next; nothing for a silence.
func (t *Talk) Reply(text string) error {
	if t.waiting == nil {
		return fmt.Errorf("nobody waits for %q", text)
	}
	w := t.waiting
	event := "incomingMessage"
	if w.Type == "gather-input-on-call" {
		if event = "speech"; text == "" {
			event = "timeout"
		}
		t.widgets[w.Name] = map[string]any{"SpeechResult": text}
		if text == "" {
			t.widgets[w.Name] = map[string]any{}
		}
	} else {
		t.widgets[w.Name] = map[string]any{"inbound": map[string]any{"Body": text}}
	}
	return t.run(w, event)
}

// Press is the keys a caller presses.
func (t *Talk) Press(digits string) error {
	if t.waiting == nil {
		return fmt.Errorf("nobody waits for %q", digits)
	}
	t.widgets[t.waiting.Name] = map[string]any{"Digits": digits}
	return t.run(t.waiting, "keypress")
}

// Waiting is the name of the state that waits; empty for none.
func (t *Talk) Waiting() string {
	if t.waiting == nil {
		return ""
	}
	return t.waiting.Name
}

// Variables are those the flow has set.
func (t *Talk) Variables() map[string]any { return maps.Clone(t.flowVars) }

// Last is the text that was said last.
func (t *Talk) Last() string {
	if len(t.Said) == 0 {
		return ""
	}
	return t.Said[len(t.Said)-1].Text
}

// run goes on from an event of a state until somebody is waited for.
func (t *Talk) run(s *State, event string) error {
	t.waiting = nil
	for {
		next, err := t.after(s, event)
		if err != nil {
			return fmt.Errorf("the state %s: %w", s.Name, err)
		}
		if next == "" {
			t.Ended = true
			return nil
		}
		if s = t.flow.byName[next]; s == nil {
			return fmt.Errorf("there is no state %s", next)
		}
		t.Path = append(t.Path, s.Name)
		if len(t.Path) > maxSteps {
			return fmt.Errorf("the execution runs %d steps", maxSteps)
		}
		if n := len(t.Path); n >= 10 && same(t.Path[n-10:]) {
			return fmt.Errorf("the state %s runs 10 times in a row", s.Name)
		}
		if event, err = t.do(s); err != nil {
			return fmt.Errorf("the state %s: %w", s.Name, err)
		}
		if event == "" {
			t.waiting = s
			return nil
		}
	}
}

func same(names []string) bool {
	for _, n := range names {
		if n != names[0] {
			return false
		}
	}
	return true
}

// after is the state an event leads to; a split has none but its conditions.
func (t *Talk) after(s *State, event string) (string, error) {
	for _, way := range s.Transitions {
		if way.Event == "match" {
			for _, c := range way.Conditions {
				if ok, err := t.flow.holds(c, t.variables); ok || err != nil {
					return way.Next, err
				}
			}
		}
	}
	for _, way := range s.Transitions {
		if way.Event == event {
			return way.Next, nil
		}
	}
	return "", fmt.Errorf("it has no event %q", event)
}

func (t *Talk) property(s *State, name string) (string, error) {
	text, _ := s.Properties[name].(string)
	return t.flow.render(text, t.variables)
}

// do runs a state and tells its event; none if it waits.
func (t *Talk) do(s *State) (event string, err error) {
	say := func(properties ...string) {
		for _, name := range properties {
			text, failed := t.property(s, name)
			if failed != nil {
				err = failed
			}
			if text != "" {
				t.Said = append(t.Said, Said{State: s.Name, Type: s.Type, Text: text})
			}
		}
	}
	switch s.Type {
	case "send-message":
		say("body", "media_url")
		return "sent", err
	case "send-and-wait-for-reply":
		say("body", "media_url")
		return "", err
	case "say-play":
		say("say", "play")
		return "audioComplete", err
	case "gather-input-on-call":
		say("say", "play")
		return "", err
	case "split-based-on":
		return "noMatch", nil
	case "set-variables":
		return "next", t.set(s)
	case "add-twiml-redirect", "enqueue-call":
		say("url", "workflow_sid")
		return map[string]string{"add-twiml-redirect": "return", "enqueue-call": "callComplete"}[s.Type], err
	case "make-http-request":
		return t.fetch(s)
	}
	return "", fmt.Errorf("the type %s is unknown here", s.Type)
}

// pairs are the keys and rendered values of a list.
func (t *Talk) pairs(s *State, list string) (keys, values []string, parse []bool, err error) {
	elems, _ := s.Properties[list].([]any)
	for _, elem := range elems {
		pair, _ := elem.(map[string]any)
		key, _ := pair["key"].(string)
		value, _ := pair["value"].(string)
		asJSON, _ := pair["parse_as_json"].(bool)
		text, err := t.flow.render(value, t.variables)
		if err != nil {
			return nil, nil, nil, err
		}
		keys, values, parse = append(keys, key), append(values, text), append(parse, asJSON)
	}
	return keys, values, parse, nil
}

func (t *Talk) set(s *State) error {
	keys, values, parse, err := t.pairs(s, "variables")
	if err != nil {
		return err
	}
	for i, key := range keys {
		t.flowVars[key] = values[i]
		if parse[i] {
			var parsed any
			if err := json.Unmarshal([]byte(values[i]), &parsed); err != nil {
				return err
			}
			t.flowVars[key] = parsed
		}
	}
	return nil
}

func (t *Talk) fetch(s *State) (string, error) {
	url, err := t.property(s, "url")
	if err != nil {
		return "", err
	}
	keys, values, _, err := t.pairs(s, "parameters")
	if err != nil {
		return "", err
	}
	form := map[string]string{}
	for i, key := range keys {
		form[key] = values[i]
	}
	t.Said = append(t.Said, Said{State: s.Name, Type: s.Type, Text: url, Form: form})
	var parsed any
	if t.answer != nil {
		parsed = t.answer(url, form)
	}
	if parsed == nil {
		return "failed", nil
	}
	t.widgets[s.Name] = map[string]any{"parsed": parsed}
	return "success", nil
}
