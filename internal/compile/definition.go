package compile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Studio's limits of a definition. The states are of Twilio's schema
// (https://www.twilio.com/docs/studio/rest-api/v2/schemas), the bytes of a
// transcription of its widget schemas.
const (
	maxStates = 1000
	maxBytes  = 1 << 20
)

// The parts of a definition, in the order of Twilio's documents.
type (
	flowText struct {
		Description  string      `json:"description"`
		States       []stateText `json:"states"`
		InitialState string      `json:"initial_state"`
		Flags        flagsText   `json:"flags"`
	}
	flagsText struct {
		AllowConcurrentCalls bool `json:"allow_concurrent_calls"`
	}
	stateText struct {
		Name        string           `json:"name"`
		Type        string           `json:"type"`
		Transitions []transitionText `json:"transitions"`
		Properties  map[string]any   `json:"properties"`
	}
	transitionText struct {
		Event      string          `json:"event"`
		Next       string          `json:"next,omitempty"`
		Conditions []conditionText `json:"conditions,omitempty"`
	}
	conditionText struct {
		FriendlyName string   `json:"friendly_name"`
		Arguments    []string `json:"arguments"`
		Type         string   `json:"type"`
		Value        string   `json:"value"`
	}
	offsetText struct {
		X int `json:"x"`
		Y int `json:"y"`
	}
)

// definition is the text of the flow, with the packed schema in it; nil if there are
// errors.
func (c *compiler) definition(source string) []byte {
	c.build()
	states := c.reachable(c.trigger)
	carrier := c.add(sourceState, kindSet, &column{}, map[string]any{"variables": []any{
		variable{Key: sourceVariable, Value: source},
		variable{Key: optionsVariable, Value: c.options.text()},
	}})
	place(states, c.sides)
	carrier.y = rowHeight
	states = append(states, carrier)
	if n := len(states); n > maxStates {
		c.report.add(Error, CodeTooManyStates, atTasks, fmt.Sprintf("The flow would have %d states, and Studio allows %d.", n, maxStates), c.fewerStates(states))
	}
	text := flowText{InitialState: c.trigger.name, Flags: flagsText{AllowConcurrentCalls: true}}
	for _, w := range states {
		text.States = append(text.States, w.text())
	}
	data, err := sealed(text)
	if err != nil {
		c.report.add(Error, CodeInternal, "", "The flow cannot be written: "+err.Error()+".", "This is a bug in the provider; please report it.")
		return nil
	}
	if n := len(data); n > maxBytes {
		c.report.add(Error, CodeTooLarge, "", fmt.Sprintf("The flow would have %d bytes, and Studio allows %d.", n, maxBytes), c.fewerBytes())
	}
	return data
}

// fewerStates advises how to stay within the limit.
func (c *compiler) fewerStates(states []*widget) string {
	if len(c.options.Channels) < 2 {
		return "Split the assistant in two, or shorten its tasks: every say, question and listen is a state of its own."
	}
	calls := 0
	for _, w := range states {
		if w.side != nil && w.side.channel == bot.Voice {
			calls++
		}
	}
	return fmt.Sprintf("Each channel has states of its own: %d are for calls and %d for messages. Answer one channel only, or split the assistant in two.",
		calls, len(states)-calls-2)
}

// fewerBytes advises how to stay within the limit.
func (c *compiler) fewerBytes() string {
	var ways []string
	if len(c.options.Channels) > 1 {
		ways = append(ways, "answer one channel only")
	}
	if c.options.Routing != Exact {
		ways = append(ways, "route by exact samples")
	}
	advice := strings.Join(append(ways, "split the assistant in two"), ", or ")
	return strings.ToUpper(advice[:1]) + advice[1:] + "."
}

func (w *widget) text() stateText {
	s := stateText{Name: w.name, Type: w.kind, Transitions: []transitionText{}, Properties: map[string]any{"offset": offsetText{w.x, w.y}}}
	for name, value := range w.properties {
		s.Properties[name] = value
	}
	for _, way := range w.ways {
		t := transitionText{Event: way.event}
		if way.to.widget != nil {
			t.Next = way.to.widget.name
		}
		if way.when != nil {
			t.Conditions = []conditionText{{shorten(way.when.label, 80), []string{way.when.input}, way.when.test, way.when.value}}
		}
		s.Transitions = append(s.Transitions, t)
	}
	return s
}

// encode writes JSON on one line, without escapes for HTML, since people read it too.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
