// Package walk runs compiled flows without Studio, to tell how they behave: it takes a
// flow's own states, conditions and Liquid, and knows nothing of how they were made. It
// has the widgets that package compile uses, and no network: what a URL answers is for
// the caller to say.
package walk

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/osteele/liquid"
)

// maxSteps is Studio's bound of the widgets of an execution
// (https://www.twilio.com/docs/studio/user-guide/studio-faq).
const maxSteps = 1000

// State is a state of a definition.
type State struct {
	Name        string
	Type        string
	Transitions []Transition
	Properties  map[string]any
}

// Transition is a way out of a state.
type Transition struct {
	Event      string
	Next       string
	Conditions []Condition
}

// Condition is one of a match.
type Condition struct {
	FriendlyName string `json:"friendly_name"`
	Arguments    []string
	Type         string
	Value        string
}

// Flow is a definition that conversations can be had with.
type Flow struct {
	States  []State
	byName  map[string]*State
	initial string
	engine  *liquid.Engine
	regexps map[string]*regexp.Regexp
	liquids map[string]*liquid.Template
}

// Load reads a definition.
func Load(definition []byte) (*Flow, error) {
	f := &Flow{byName: map[string]*State{}, engine: liquid.NewEngine(), regexps: map[string]*regexp.Regexp{}, liquids: map[string]*liquid.Template{}}
	var root struct {
		States       []State
		InitialState string `json:"initial_state"`
	}
	if err := json.Unmarshal(definition, &root); err != nil {
		return nil, err
	}
	f.States, f.initial = root.States, root.InitialState
	for i := range f.States {
		f.byName[f.States[i].Name] = &f.States[i]
	}
	f.engine.RegisterFilter("to_json", func(v any) (string, error) {
		data, err := json.Marshal(v)
		return string(data), err
	})
	return f, nil
}

// State is the state of a name; nil for none.
func (f *Flow) State(name string) *State { return f.byName[name] }

// Regexp compiles the regex of a condition as Studio takes it: whole strings, letter
// case counting for nothing.
func (f *Flow) Regexp(value string) (*regexp.Regexp, error) {
	if r := f.regexps[value]; r != nil {
		return r, nil
	}
	r, err := regexp.Compile(`(?i)^(?:` + value + `)$`)
	if err == nil {
		f.regexps[value] = r
	}
	return r, err
}

func (f *Flow) render(text string, variables map[string]any) (string, error) {
	if !strings.Contains(text, "{") {
		return text, nil
	}
	t := f.liquids[text]
	if t == nil {
		parsed, err := f.engine.ParseString(text)
		if err != nil {
			return "", fmt.Errorf("the Liquid %q: %w", text, err)
		}
		t = parsed
		f.liquids[text] = t
	}
	out, err := t.RenderString(variables)
	if err != nil {
		return "", fmt.Errorf("the Liquid %q: %w", text, err)
	}
	return out, nil
}

// holds tells whether a condition holds for its input.
func (f *Flow) holds(c Condition, variables map[string]any) (bool, error) {
	if len(c.Arguments) != 1 {
		return false, errors.New("a condition has not one argument")
	}
	input, err := f.render(c.Arguments[0], variables)
	if err != nil {
		return false, err
	}
	input = strings.TrimSpace(input)
	switch c.Type {
	case "equal_to":
		return strings.EqualFold(input, c.Value), nil
	case "matches_any_of":
		for option := range strings.SplitSeq(c.Value, ",") {
			if strings.EqualFold(input, strings.TrimSpace(option)) {
				return true, nil
			}
		}
		return false, nil
	case "regex":
		r, err := f.Regexp(c.Value)
		return err == nil && r.MatchString(input), err
	case "is_not_blank":
		return input != "", nil
	case "greater_than":
		a, err := strconv.ParseFloat(input, 64)
		if err != nil {
			return false, nil // what is no number is greater than none
		}
		b, err := strconv.ParseFloat(c.Value, 64)
		return a > b, err
	}
	return false, fmt.Errorf("the condition %q is unknown here", c.Type)
}
