package flow

import (
	"fmt"
	"strings"
	"testing"
)

// small is a valid definition; tests change one part of it.
const small = `{
	"description": "", "initial_state": "Trigger", "flags": {"allow_concurrent_calls": true},
	"states": [
		{"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingMessage", "next": "ask"}], "properties": {"offset": {"x": 0, "y": -10}}},
		{"name": "ask", "type": "send-and-wait-for-reply", "transitions": [{"event": "incomingMessage", "next": "split"}, {"event": "timeout"}],
			"properties": {"from": "{{flow.channel.address}}", "timeout": "3600", "body": "Yes?"}},
		{"name": "split", "type": "split-based-on", "properties": {"input": "{{widgets.ask.inbound.Body}}"}, "transitions": [
			{"event": "noMatch"},
			{"event": "match", "next": "ask", "conditions": [{"friendly_name": "no", "arguments": ["{{widgets.ask.inbound.Body}}"], "type": "equal_to", "value": "no"}]},
			{"event": "match", "conditions": [{"friendly_name": "yes", "arguments": [], "type": "is_blank", "value": ""}]}]}
	]
}`

func TestProblemsAreSaidAsStudioSaysThem(t *testing.T) {
	for name, test := range map[string]struct{ old, new, path, message string }{
		"nothing wrong":               {"", "", "", ""},
		"no flags":                    {`"flags": {"allow_concurrent_calls": true},`, "", "", ""},
		"schema named":                {`"description"`, `"$schema": "https://schemas.twilio.com/studio/draft/2019-09/flow-definition", "description"`, "", ""},
		"unreachable state":           {`"next": "ask"}]`, `"next": "split"}]`, "", ""},
		"state without transitions":   {`[{"event": "incomingMessage", "next": "ask"}]`, `[]`, "", ""},
		"empty flags":                 {`{"allow_concurrent_calls": true}`, `{}`, "#/flags/allow_concurrent_calls", missing},
		"flag of another type":        {`"allow_concurrent_calls": true`, `"allow_concurrent_calls": "true"`, "#/flags/allow_concurrent_calls", "string found, boolean expected"},
		"unknown key":                 {`"description"`, `"name"`, "#/name", "is not defined in the schema and the schema does not allow additional properties"},
		"another schema":              {`"description"`, `"$schema": "x", "description"`, "#/$schema", "must be a constant value https://schemas.twilio.com/studio/draft/2019-09/flow-definition"},
		"no initial state":            {`"initial_state": "Trigger",`, "", "#/initial_state", missing},
		"initial state missing":       {`"initial_state": "Trigger"`, `"initial_state": "Start"`, "#/initial_state", "must be the name of a state of this flow"},
		"no trigger":                  {`"type": "trigger", "transitions": [{"event": "incomingMessage", "next": "ask"}]`, `"type": "say-play", "transitions": []`, "#/states", "must have a state of type trigger"},
		"name used twice":             {`"name": "split"`, `"name": "ask"`, "#/states/2/name", "must be unique: #/states/1/name has the same value"},
		"empty name":                  {`"name": "split"`, `"name": ""`, "#/states/2/name", "must be at least 1 characters long"},
		"unknown type":                {`"split-based-on"`, `"split"`, "#/states/2/type", "does not have a value in the enumeration [" + strings.Join(types, ", ") + "]"},
		"unknown state key":           {`"name": "ask",`, `"name": "ask", "title": "",`, "#/states/1/title", "is not defined in the schema and the schema does not allow additional properties"},
		"next to nothing":             {`"next": "split"`, `"next": "split_1"`, "#/states/1/transitions/0/next", "must be the name of a state of this flow"},
		"next null":                   {`"next": "split"`, `"next": null`, "#/states/1/transitions/0/next", "must not be null"},
		"empty next":                  {`"next": "split"`, `"next": ""`, "#/states/1/transitions/0/next", "must be the name of a state of this flow"},
		"event of another widget":     {`{"event": "timeout"}`, `{"event": "failed"}`, "#/states/1/transitions/1/event", "must be a constant value incomingMessage or timeout or deliveryFailure"},
		"event twice":                 {`{"event": "timeout"}`, `{"event": "incomingMessage"}`, "#/states/1/transitions/1/event", "must be unique: an earlier transition has the same value"},
		"conditions elsewhere":        {`{"event": "noMatch"}`, `{"event": "noMatch", "conditions": []}`, "#/states/2/transitions/0/conditions", "is not defined in the schema and the schema does not allow additional properties"},
		"required property":           {`"from": "{{flow.channel.address}}", `, "", "#/states/1/properties/from", missing},
		"number for a string":         {`"timeout": "3600"`, `"timeout": 3600`, "#/states/1/properties/timeout", "integer found, string expected"},
		"fraction for a string":       {`"timeout": "3600"`, `"timeout": 1.5`, "#/states/1/properties/timeout", "number found, string expected"},
		"boolean for a string":        {`"body": "Yes?"`, `"body": true`, "#/states/1/properties/body", "boolean found, string expected"},
		"null for a string":           {`"body": "Yes?"`, `"body": null`, "#/states/1/properties/body", "must not be null"},
		"unknown property":            {`"body": "Yes?"`, `"text": "Yes?"`, "#/states/1/properties/text", "is not defined in the schema and the schema does not allow additional properties"},
		"value of a few":              {`"body": "Yes?"`, `"message_type": "x"`, "#/states/1/properties/message_type", "does not have a value in the enumeration [custom, content_template]"},
		"offset in part":              {`"y": -10`, `"z": 1`, "#/states/0/properties/offset/z", "is not defined in the schema and the schema does not allow additional properties"},
		"offset a fraction":           {`"y": -10`, `"y": 1.5`, "#/states/0/properties/offset/y", "number found, integer expected"},
		"condition without a name":    {`"friendly_name": "no", `, "", "#/states/2/transitions/1/conditions/0/friendly_name", missing},
		"condition without operand":   {`"arguments": ["{{widgets.ask.inbound.Body}}"], `, "", "#/states/2/transitions/1/conditions/0/arguments", missing},
		"condition with a number":     {`"arguments": []`, `"arguments": [1]`, "#/states/2/transitions/2/conditions/0/arguments/0", "integer found, string expected"},
		"condition without a value":   {`, "value": "no"`, "", "#/states/2/transitions/1/conditions/0/value", missing},
		"condition of no type":        {`"equal_to"`, `"equals"`, "#/states/2/transitions/1/conditions/0/type", "does not have a value in the enumeration [" + strings.Join(conditionTypes, ", ") + "]"},
		"match without conditions":    {`{"event": "noMatch"}`, `{"event": "match"}`, "#/states/2/transitions/0/conditions", missing},
		"match with none":             {`{"event": "noMatch"}`, `{"event": "match", "conditions": []}`, "#/states/2/transitions/0/conditions", "there must be a minimum of 1 items in the array"},
		"transitions of a wrong type": {`[{"event": "incomingMessage", "next": "ask"}]`, `{}`, "#/states/0/transitions", "object found, array expected"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(small, test.old) {
				t.Fatalf("the definition lacks %s", test.old)
			}
			expect(t, strings.Replace(small, test.old, test.new, 1), test.path, test.message)
		})
	}
}

// expect checks that the problem is reported, or none for an empty path.
func expect(t *testing.T, definition, path, message string) {
	t.Helper()
	problems := Validate([]byte(definition))
	if path == "" && len(problems) == 0 {
		return
	}
	for _, p := range problems {
		if p.PropertyPath == path && p.Message == message {
			return
		}
	}
	t.Errorf("got %q, want %q at %q", problems, message, path)
}

func TestWidgetsHaveRulesOfTheirOwn(t *testing.T) {
	const sid = `"FW0123456789abcdef0123456789abcdef"`
	for name, test := range map[string]struct{ kind, properties, events, path, message string }{
		"subflow":                    {"run-subflow", `"flow_sid": ` + sid + `, "flow_revision": "LatestPublished", "parameters": [{"key": "a", "value": "b"}]`, "completed failed", "", ""},
		"subflow by Liquid":          {"run-subflow", `"flow_sid": "{{flow.variables.sid}}", "flow_revision": "LatestPublished"`, "", "properties/flow_sid", "must be a valid, non-liquid flow sid"},
		"subflow by number":          {"run-subflow", `"flow_sid": ` + sid + `, "flow_revision": "3"`, "", "properties/flow_revision", "does not have a value in the enumeration [LatestPublished]"},
		"subflow of nothing":         {"run-subflow", `"flow_revision": "LatestPublished"`, "", "properties/flow_sid", missing},
		"function fails by fail":     {"run-function", `"url": "https://example.com"`, "success fail", "", ""},
		"function failed":            {"run-function", `"url": "https://example.com"`, "failed", "transitions/0/event", "must be a constant value success or fail"},
		"request fails by failed":    {"make-http-request", `"url": "https://example.com", "method": "GET"`, "success failed", "", ""},
		"request by PUT":             {"make-http-request", `"url": "https://example.com", "method": "PUT"`, "", "properties/method", "does not have a value in the enumeration [GET, POST]"},
		"gather waits an integer":    {"gather-input-on-call", `"timeout": 5, "number_of_digits": 1, "stop_gather": true, "profanity_filter": "true"`, "keypress speech timeout", "", ""},
		"gather waits a string":      {"gather-input-on-call", `"timeout": "5"`, "", "properties/timeout", "string found, integer expected"},
		"gather filters by boolean":  {"gather-input-on-call", `"profanity_filter": true`, "", "properties/profanity_filter", "boolean found, string expected"},
		"say-play":                   {"say-play", `"say": "Hi", "loop": 1`, "audioComplete", "", ""},
		"say-play, one event":        {"say-play", ``, "next", "transitions/0/event", "must be a constant value audioComplete"},
		"variables":                  {"set-variables", `"variables": [{"key": "a", "value": "b", "type": "string"}]`, "next", "", ""},
		"variable without a value":   {"set-variables", `"variables": [{"key": "a"}]`, "next", "properties/variables/0/value", missing},
		"variable that is a number":  {"set-variables", `"variables": [{"key": "a", "value": 1}]`, "next", "properties/variables/0/value", "integer found, string expected"},
		"flex":                       {"send-to-flex", `"workflow": "WW", "channel": "TC", "priority": "1"`, "callComplete", "", ""},
		"flex without a workflow":    {"send-to-flex", `"channel": "TC"`, "", "properties/workflow", missing},
		"type without known rules":   {"create-task", `"anything": 1`, "whatever", "", ""},
		"Autopilot is still spelled": {"send-to-auto-pilot", `"target_task": "greeting"`, "sessionEnded failure timeout", "", ""},
		"call out when called":       {"make-outgoing-call-v2", `"from": "a", "to": "b"`, "answered", "type", "make-outgoing-call-v2 can only be used in flows triggered by the REST API"},
	} {
		t.Run(name, func(t *testing.T) {
			var transitions []string
			for _, event := range strings.Fields(test.events) {
				transitions = append(transitions, fmt.Sprintf(`{"event": %q}`, event))
			}
			definition := fmt.Sprintf(`{"initial_state": "Trigger", "states": [
				{"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingCall", "next": "w"}], "properties": {}},
				{"name": "w", "type": %q, "transitions": [%s], "properties": {%s}}]}`,
				test.kind, strings.Join(transitions, ","), test.properties)
			path := test.path
			if path != "" {
				path = "#/states/1/" + path
			}
			expect(t, definition, path, test.message)
		})
	}
}

func TestCallOutIsAllowedWhenAskedByAPI(t *testing.T) {
	expect(t, `{"initial_state": "T", "states": [
		{"name": "T", "type": "trigger", "transitions": [{"event": "incomingCall"}, {"event": "incomingRequest", "next": "w"}], "properties": {}},
		{"name": "w", "type": "make-outgoing-call-v2", "transitions": [], "properties": {"from": "a", "to": "b"}}]}`, "", "")
}

func TestWhatIsNoDefinitionIsRefused(t *testing.T) {
	for definition, path := range map[string]string{
		"": "#", "null": "#", `"{}"`: "#", "[]": "#", "{": "#", small + "{}": "#",
		`{"states":[]}`: "#/states", `{"states":{}}`: "#/states", "{}": "#/states", `{"states":[null]}`: "#/states/0",
		strings.Repeat("[", 20000):                     "#",
		`"` + strings.Repeat("a", MaxBytes) + `"`:      "#",
		`{"states":[` + many(MaxStates+1, "{}") + `]}`: "#/states",
	} {
		problems := Validate([]byte(definition))
		found := false
		for _, p := range problems {
			found = found || p.PropertyPath == path
		}
		if !found {
			t.Errorf("%.40s: %.200v, want a problem at %s", definition, problems, path)
		}
	}
}

func TestAThousandStatesAreAccepted(t *testing.T) {
	states := []string{`{"name":"T","type":"trigger","transitions":[],"properties":{}}`}
	for i := range MaxStates - 1 {
		states = append(states, fmt.Sprintf(`{"name":"s%d","type":"say-play","transitions":[],"properties":{"say":"x"}}`, i))
	}
	expect(t, `{"initial_state":"T","states":[`+strings.Join(states, ",")+`]}`, "", "")
}

func many(n int, what string) string {
	return strings.TrimSuffix(strings.Repeat(what+",", n), ",")
}
