package studio

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/dlclark/regexp2"
)

// Flow is a flow definition, ready to run. It is safe for concurrent use.
type Flow struct {
	initial string
	states  map[string]*state

	mu       sync.Mutex
	patterns map[string]*regexp2.Regexp
}

// state is a widget.
type state struct {
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Transitions []transition    `json:"transitions"`
	Properties  json.RawMessage `json:"properties"`
}

type transition struct {
	Event      string      `json:"event"`
	Next       string      `json:"next"` // empty: not wired
	Conditions []condition `json:"conditions"`
}

type condition struct {
	Arguments []string `json:"arguments"`
	Type      string   `json:"type"`
	Value     string   `json:"value"`
}

// Parse reads a flow definition. Only what prevents it from running at all is an
// error: Twilio validates a definition when it is saved.
func Parse(definition []byte) (*Flow, error) {
	var document struct {
		Initial string   `json:"initial_state"`
		States  []*state `json:"states"`
	}
	if err := json.Unmarshal(definition, &document); err != nil {
		return nil, fmt.Errorf("flow definition: %w", err)
	}
	f := &Flow{initial: document.Initial, states: map[string]*state{}, patterns: map[string]*regexp2.Regexp{}}
	for _, s := range document.States {
		if s == nil {
			return nil, errors.New("flow definition: a state is null")
		}
		f.states[s.Name] = s
	}
	if f.states[f.initial] == nil {
		return nil, fmt.Errorf("flow definition: the initial state %q is not one of its states", f.initial)
	}
	return f, nil
}

// after is the state an event leads to, empty where it is not wired.
func (s *state) after(event string) string {
	i := slices.IndexFunc(s.Transitions, func(t transition) bool { return t.Event == event })
	if i < 0 {
		return ""
	}
	return s.Transitions[i].Next
}
