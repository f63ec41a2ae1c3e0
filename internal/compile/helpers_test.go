package compile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// built is a flow as its definition says, read without the packages under test.
type built struct {
	order  []string
	states map[string]builtState
}

type builtState struct {
	Name        string
	Type        string
	Transitions []struct {
		Event      string
		Next       string
		Conditions []struct {
			Label     string `json:"friendly_name"`
			Arguments []string
			Type      string
			Value     string
		}
	}
	Properties map[string]any
}

func read(tb testing.TB, f *flow.Flow) built {
	tb.Helper()
	return readText(tb, f.Source())
}

func readText(tb testing.TB, definition []byte) built {
	tb.Helper()
	var root struct{ States []builtState }
	if err := json.Unmarshal(definition, &root); err != nil {
		tb.Fatal(err)
	}
	b := built{states: map[string]builtState{}}
	for _, s := range root.States {
		b.order = append(b.order, s.Name)
		b.states[s.Name] = s
	}
	return b
}

// ways are the transitions of a state: "event > next", and of a match the test and its
// value in place of the event.
func (s builtState) ways() []string {
	var out []string
	for _, t := range s.Transitions {
		way := t.Event
		for _, c := range t.Conditions {
			way = c.Type + " " + c.Value
		}
		if t.Next != "" {
			way += " > " + t.Next
		}
		out = append(out, way)
	}
	return out
}

func (s builtState) text(property string) string {
	text, _ := s.Properties[property].(string)
	return text
}

// variables are those a set-variables state sets.
func (s builtState) variables() map[string]string {
	out := map[string]string{}
	list, _ := s.Properties["variables"].([]any)
	for _, each := range list {
		pair, _ := each.(map[string]any)
		key, _ := pair["key"].(string)
		out[key], _ = pair["value"].(string)
	}
	return out
}

func parsed(tb testing.TB, text string) *schema.Schema {
	tb.Helper()
	s, err := schema.Parse([]byte(text))
	if err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
	return s
}

func compiled(tb testing.TB, text string, o Options) *flow.Flow {
	tb.Helper()
	f, found := Compile(parsed(tb, text), o)
	if f == nil {
		tb.Fatalf("no flow: %v", found)
	}
	return f
}

// schemaOf is a schema of the task a, with the actions given, and the task b, which
// says "bee". More members of the schema may follow.
func schemaOf(actions string, more ...string) string {
	text := `{"uniqueName": "bot", "tasks": [
		{"uniqueName": "a", "actions": {"actions": [` + actions + `]}, "samples": [{"language": "en-US", "taggedText": "alpha"}]},
		{"uniqueName": "b", "actions": {"actions": [{"say": "bee"}]}, "samples": [{"language": "en-US", "taggedText": "beta"}]}]`
	if !slices.ContainsFunc(more, func(m string) bool { return strings.Contains(m, `"defaults"`) }) {
		more = append(more, `"defaults": {"defaults": {"assistant_initiation": "task://a", "fallback": "task://b"}}`)
	}
	// A style sheet without texts of its own, because without one Twilio's applies.
	if !slices.ContainsFunc(more, func(m string) bool { return strings.Contains(m, `"styleSheet"`) }) {
		more = append(more, `"styleSheet": {"style_sheet": {"name": "plain"}}`)
	}
	return text + ", " + strings.Join(more, ", ") + "}"
}

// want is what a state should be: its type, the properties named, and its transitions.
// A property of nil should be absent.
type want struct {
	kind       string
	properties map[string]any
	ways       []string
}

// checkStates compares the states whose names begin with a prefix with those wanted,
// of which none may be missing and no other may exist.
func checkStates(t *testing.T, f *flow.Flow, prefix string, wanted map[string]want) {
	t.Helper()
	checkFlow(t, f)
	b := read(t, f)
	for _, name := range b.order {
		if _, ok := wanted[name]; !ok && strings.HasPrefix(name, prefix) {
			t.Errorf("unexpected state %s: %s %v", name, b.states[name].Type, b.states[name].ways())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		w := wanted[name]
		s, ok := b.states[name]
		if !ok {
			t.Errorf("there is no state %s among %v", name, b.order)
			continue
		}
		if s.Type != w.kind {
			t.Errorf("%s is %s, want %s", name, s.Type, w.kind)
		}
		for property, value := range w.properties {
			if !cmp.Equal(s.Properties[property], value) {
				t.Errorf("%s: %s is %#v, want %#v", name, property, s.Properties[property], value)
			}
		}
		if diff := cmp.Diff(arranged(w.ways), arranged(s.ways())); diff != "" {
			t.Errorf("%s: transitions (-want +got):\n%s", name, diff)
		}
	}
}

// arranged has the events after the matches, by name: the order of matches counts, that
// of events does not.
func arranged(ways []string) []string {
	var matches, events []string
	for _, way := range ways {
		if event, _, _ := strings.Cut(way, " > "); strings.Contains(event, " ") {
			matches = append(matches, way)
		} else {
			events = append(events, way)
		}
	}
	slices.Sort(events)
	return append(matches, events...)
}

// The channels, as Options has them.
var (
	messaging = Options{Channels: []bot.Channel{bot.Messaging}}
	voice     = Options{Channels: []bot.Channel{bot.Voice}}
)

// props are properties; vars are the variables of a set-variables state, in order.
type props = map[string]any

func vars(pairs ...string) props {
	var list []any
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, props{"key": pairs[i], "value": pairs[i+1]})
	}
	return props{"variables": list}
}
