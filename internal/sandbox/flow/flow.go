// Package flow holds the rules by which Studio accepts a flow definition
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas), in the words of its
// Validate endpoint. Where Twilio documents no rule, the rules are those that
// every known example and exported flow follows.
package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// MaxStates is how many states a definition may have, by Twilio's schema.
	MaxStates = 1000
	// MaxBytes is how large a definition may be. Twilio does not document it; a
	// transcription of the widget schemas says 1 MB.
	MaxBytes = 1 << 20
)

// Problem is one entry of details.errors in Studio's error 81022.
type Problem struct {
	Message string `json:"message"`
	// PropertyPath leads from the definition, "#", to what is wrong, with states
	// and transitions counted from 0: "#/states/3/properties/timeout". For
	// something missing it is where it belongs.
	PropertyPath string `json:"property_path"`
}

// Validate reports what Studio would refuse in a flow definition, in the order of
// the definition; nil if nothing. States that no transition leads to are
// accepted: the console leaves them behind.
func Validate(definition []byte) []Problem {
	v := &validation{}
	if len(definition) > MaxBytes {
		v.add("#", "is larger than %d bytes", MaxBytes)
		return v.problems
	}
	root, err := decode(definition)
	if err != nil {
		v.add("#", "is not valid JSON: %v", err)
		return v.problems
	}
	v.envelope(root)
	return v.problems
}

// decode preserves the spelling of numbers: 5 and 5.0 differ to Twilio.
func decode(definition []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(definition))
	d.UseNumber()
	var root any
	if err := d.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it is empty")
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the value")
	}
	return root, nil
}

type validation struct {
	problems []Problem
	// names is the path where each state's name was first used.
	names map[string]string
}

func (v *validation) add(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{Message: fmt.Sprintf(format, args...), PropertyPath: path})
}

const missing = "is missing but it is required"

func (v *validation) envelope(root any) {
	definition, ok := v.object("#", root)
	if !ok {
		return
	}
	v.known("#", definition, "$schema", "description", "flags", "initial_state", "states")
	v.optional("#", definition, "description", text)
	if value, sent := definition["$schema"]; sent && value != schemaURL {
		v.add("#/$schema", "must be a constant value %s", schemaURL)
	}
	if flags, ok := v.objectAt("#", definition, "flags"); ok {
		v.known("#/flags", flags, "allow_concurrent_calls")
		v.required("#/flags", flags, "allow_concurrent_calls", boolean)
	}
	v.required("#", definition, "initial_state", text)
	value, sent := definition["states"]
	if !sent {
		v.add("#/states", missing)
		return
	}
	states, ok := v.list("#/states", value)
	switch {
	case !ok:
		return
	case len(states) == 0:
		v.add("#/states", "there must be a minimum of 1 items in the array")
		return
	case len(states) > MaxStates:
		v.add("#/states", "there must be a maximum of %d items in the array", MaxStates)
		return
	}
	v.states(definition["initial_state"], states)
}

// schemaURL is the one value of "$schema", by Twilio's schema page.
const schemaURL = "https://schemas.twilio.com/studio/draft/2019-09/flow-definition"

func (v *validation) states(initial any, states []any) {
	v.names = map[string]string{}
	triggers := 0
	for i, state := range states {
		fields, _ := state.(map[string]any)
		if fields["type"] == "trigger" {
			triggers++
		}
		name, ok := fields["name"].(string)
		if !ok {
			continue
		}
		path := fmt.Sprintf("#/states/%d/name", i)
		if first, taken := v.names[name]; taken {
			v.add(path, "must be unique: %s has the same value", first)
			continue
		}
		v.names[name] = path
	}
	if name, ok := initial.(string); ok {
		v.refersToState("#/initial_state", name)
	}
	if triggers == 0 {
		v.add("#/states", "must have a state of type trigger")
	}
	for i, state := range states {
		v.state(fmt.Sprintf("#/states/%d", i), state)
	}
	v.outgoingCalls(states)
}

func (v *validation) refersToState(path, name string) {
	if _, ok := v.names[name]; !ok {
		v.add(path, "must be the name of a state of this flow")
	}
}

func (v *validation) state(path string, value any) {
	state, ok := v.object(path, value)
	if !ok {
		return
	}
	v.known(path, state, "name", "properties", "transitions", "type")
	if name, ok := v.required(path, state, "name", text).(string); ok && name == "" {
		v.add(path+"/name", "must be at least 1 characters long")
	}
	kind, ok := v.required(path, state, "type", text).(string)
	if !ok {
		return
	}
	if !isType(kind) {
		v.add(path+"/type", "does not have a value in the enumeration [%s]", strings.Join(types, ", "))
		return
	}
	rules, ruled := widgets[kind]
	if value, sent := state["transitions"]; !sent {
		v.add(path+"/transitions", missing)
	} else if transitions, ok := v.list(path+"/transitions", value); ok {
		v.transitions(path+"/transitions", transitions, rules.events)
	}
	if value, sent := state["properties"]; !sent {
		v.add(path+"/properties", missing)
	} else if properties, ok := v.object(path+"/properties", value); ok {
		v.offset(path+"/properties", properties)
		if ruled && !rules.open {
			v.properties(path+"/properties", properties, rules)
		}
	}
}
