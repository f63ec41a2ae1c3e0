package flow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

func (v *validation) transitions(path string, transitions []any, events []string) {
	seen := map[string]bool{}
	for i, value := range transitions {
		path := fmt.Sprintf("%s/%d", path, i)
		transition, ok := v.object(path, value)
		if !ok {
			continue
		}
		event, _ := v.required(path, transition, "event", text).(string)
		if next, ok := v.optional(path, transition, "next", text).(string); ok {
			v.refersToState(path+"/next", next)
		}
		if event == "match" && slices.Contains(events, "match") {
			v.known(path, transition, "event", "next", "conditions")
			v.conditions(path+"/conditions", transition)
			continue
		}
		v.known(path, transition, "event", "next")
		if kindOf(transition["event"]) != text {
			continue
		}
		switch {
		case len(events) > 0 && !slices.Contains(events, event):
			v.add(path+"/event", "must be a constant value %s", strings.Join(events, " or "))
		case seen[event]:
			v.add(path+"/event", "must be unique: an earlier transition has the same value")
		}
		seen[event] = true
	}
}

// conditionTypes are those of Twilio's catalogue for flow generators
// (github.com/twilio/ai, twilio-flows).
var conditionTypes = []string{
	"equal_to", "not_equal_to", "matches_any_of", "does_not_match_any_of", "is_blank", "is_not_blank", "regex",
	"contains", "does_not_contain", "starts_with", "does_not_start_with", "less_than", "greater_than",
	"is_before_time", "is_after_time", "is_before_date", "is_after_date",
}

func (v *validation) conditions(path string, transition map[string]any) {
	value, sent := transition["conditions"]
	if !sent {
		v.add(path, missing)
		return
	}
	conditions, ok := v.list(path, value)
	if ok && len(conditions) == 0 {
		v.add(path, "there must be a minimum of 1 items in the array")
	}
	for i, value := range conditions {
		path := fmt.Sprintf("%s/%d", path, i)
		condition, ok := v.object(path, value)
		if !ok {
			continue
		}
		v.known(path, condition, "friendly_name", "arguments", "type", "value")
		v.required(path, condition, "friendly_name", text)
		arguments, _ := v.required(path, condition, "arguments", array).([]any)
		for j, argument := range arguments {
			v.is(fmt.Sprintf("%s/arguments/%d", path, j), argument, text)
		}
		v.oneOf(path, "type", v.required(path, condition, "type", text), conditionTypes)
		v.required(path, condition, "value", text)
	}
}

// oneOf refuses a string that is not among those allowed.
func (v *validation) oneOf(path, key string, value any, allowed []string) {
	if value, ok := value.(string); ok && !slices.Contains(allowed, value) {
		v.add(path+"/"+key, "does not have a value in the enumeration [%s]", strings.Join(allowed, ", "))
	}
}

func (v *validation) offset(path string, properties map[string]any) {
	offset, ok := v.objectAt(path, properties, "offset")
	if !ok {
		return
	}
	path += "/offset"
	v.known(path, offset, "x", "y")
	v.required(path, offset, "x", integer)
	v.required(path, offset, "y", integer)
}

var flowSID = regexp.MustCompile(`^FW[0-9a-fA-F]{32}$`)

func (v *validation) properties(path string, properties map[string]any, rules widget) {
	v.known(path, properties, slices.Collect(maps.Keys(rules.allowed()))...)
	for _, key := range slices.Sorted(maps.Keys(rules.properties)) {
		value := v.optional(path, properties, key, rules.properties[key])
		if _, sent := properties[key]; !sent && slices.Contains(rules.required, key) {
			v.add(path+"/"+key, missing)
		}
		if values := rules.values[key]; values != nil {
			v.oneOf(path, key, value, values)
		}
		switch key {
		case "flow_sid":
			if sid, ok := value.(string); ok && !flowSID.MatchString(sid) {
				v.add(path+"/"+key, "must be a valid, non-liquid flow sid")
			}
		case "variables", "parameters", "content_variables":
			if value != nil {
				v.pairs(path+"/"+key, value.([]any))
			}
		}
	}
}

// pairs checks a list of keys and values.
func (v *validation) pairs(path string, pairs []any) {
	for i, value := range pairs {
		path := fmt.Sprintf("%s/%d", path, i)
		pair, ok := v.object(path, value)
		if !ok {
			continue
		}
		v.required(path, pair, "key", text)
		v.required(path, pair, "value", text)
	}
}

// outgoingCalls refuses an outgoing call in an execution that an incoming call or message started:
// "can only be used in flows triggered by the REST API".
func (v *validation) outgoingCalls(states []any) {
	next := map[string][]string{}
	kinds := map[string]string{}
	var reached []string
	for _, value := range states {
		state, _ := value.(map[string]any)
		name, _ := state["name"].(string)
		kinds[name], _ = state["type"].(string)
		transitions, _ := state["transitions"].([]any)
		for _, value := range transitions {
			transition, _ := value.(map[string]any)
			to, ok := transition["next"].(string)
			switch {
			case !ok:
			case kinds[name] != "trigger":
				next[name] = append(next[name], to)
			case transition["event"] != "incomingRequest" && transition["event"] != "incomingParent":
				reached = append(reached, to)
			}
		}
	}
	seen := map[string]bool{}
	for len(reached) > 0 {
		name := reached[len(reached)-1]
		reached = reached[:len(reached)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		reached = append(reached, next[name]...)
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		path, named := strings.CutSuffix(v.names[name], "/name")
		if named && strings.HasPrefix(kinds[name], "make-outgoing-call") {
			v.add(path+"/type", "%s can only be used in flows triggered by the REST API", kinds[name])
		}
	}
}
