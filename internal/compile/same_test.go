package compile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
)

// rich has every verb, types, synonyms, defaults that are URLs and samples that overlap.
const rich = `{"uniqueName": "rich", "friendlyName": "Rich", "logQueries": true,
	"defaults": {"defaults": {"assistant_initiation": "task://greeting", "fallback": {"uri": "https://example.com/fallback", "method": "GET"},
		"collect": {"validate_on_failure": "task://failed"}}},
	"styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Matthew"},
		"collect": {"validate": {"on_failure": {"repeat_question": true, "messages": [{"say": "Sorry?"}, {"say": "Once more?"}]}, "max_attempts": 3}}}},
	"fieldTypes": [
		{"uniqueName": "Size", "values": [{"language": "en-US", "value": "Large"}, {"language": "en-US", "value": "Small"}, {"language": "en-US", "value": "big", "synonymOf": "Large"}]},
		{"uniqueName": "Topping", "values": [{"language": "en-US", "value": "Ham"}, {"language": "en-US", "value": "Cheese, melted"}]}],
	"tasks": [
		{"uniqueName": "greeting", "actions": {"actions": [{"say": "Hello {{you}}!"}, {"listen": {"tasks": ["order", "hours"]}}]},
			"samples": [{"language": "en-US", "taggedText": "hello"}, {"language": "en-US", "taggedText": "Hi, there!"}, {"language": "de-DE", "taggedText": "guten tag"}]},
		{"uniqueName": "order", "actions": {"actions": [{"remember": {"z": 1, "a": {"y": 2, "x": [3]}}},
			{"collect": {"name": "pizza", "questions": [
				{"question": "What size?", "name": "size", "type": "Size"},
				{"question": {"say": "How many?"}, "name": "count", "type": "Twilio.NUMBER", "validate": {"max_attempts": {"num_attempts": 2, "redirect": "task://failed"}}},
				{"question": "Cash?", "name": "cash", "type": "Twilio.YES_NO", "validate": {"on_success": {"say": "Fine."}}},
				{"question": "Which?", "name": "which", "validate": {"allowed_values": {"list": ["Yes", "No"]}}},
				{"question": "A word?", "name": "word"}],
			"on_complete": {"redirect": {"uri": "https://example.com/order", "method": "POST"}}}}]},
			"fields": [{"uniqueName": "size", "fieldType": "Size"}, {"uniqueName": "name", "fieldType": "Twilio.FIRST_NAME"}],
			"samples": [{"language": "en-US", "taggedText": "order a {size} pizza"}, {"language": "en-US", "taggedText": "pizza for {name}"}, {"language": "en-US", "taggedText": "I am hungry"}]},
		{"uniqueName": "hours", "actions": {"actions": [{"say": {"speech": "<speak>Nine <break/> to five.</speak>"}}, {"show": {"body": "Us", "images": [{"label": "shop", "url": "https://example.com/1.png"}]}},
			{"play": {"url": "https://example.com/a.mp3"}}, {"redirect": "task://greeting"}]},
			"samples": [{"language": "en-US", "taggedText": "when do you open"}, {"language": "en-US", "taggedText": "opening hours"}]},
		{"uniqueName": "keys", "actions": {"actions": [{"say": "Press."}, {"listen": {"voice_digits": {"num_digits": 1, "redirects": {"1": "task://hours", "2": "https://example.com/two"}}}}]}},
		{"uniqueName": "agent", "actions": {"actions": [{"handoff": {"channel": "voice", "uri": "taskrouter://WW00000000000000000000000000000001", "priority": 2}}]},
			"samples": [{"language": "en-US", "taggedText": "a human, please"}]},
		{"uniqueName": "remote", "actionsUrl": "https://example.com/remote", "samples": [{"language": "en-US", "taggedText": "ask the server"}]},
		{"uniqueName": "failed", "actions": {"actions": [{"say": "I give up."}]}}
	]}`

// shuffled is the same schema with keys and the lists that have no order in another.
func shuffled(tb testing.TB, text string, r *rand.Rand) string {
	tb.Helper()
	var root any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		tb.Fatal(err)
	}
	return string(write(nil, root, "", r))
}

// unordered are the members whose lists have no order.
var unordered = []string{"tasks", "samples", "fields", "fieldTypes", "values"}

func write(to []byte, value any, under string, r *rand.Rand) []byte {
	switch v := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		to = append(to, "{ "...)
		for i, key := range keys {
			if i > 0 {
				to = append(to, ",\n"...)
			}
			to = fmt.Appendf(to, "%q: ", key)
			to = write(to, v[key], key, r)
		}
		return append(to, '}')
	case []any:
		v = slices.Clone(v)
		_, strings := first(v).(string)
		if slices.Contains(unordered, under) && !strings {
			r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		}
		to = append(to, '[')
		for i, elem := range v {
			if i > 0 {
				to = append(to, ", "...)
			}
			to = write(to, elem, "", r)
		}
		return append(to, ']')
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // the value was decoded from JSON
	}
	return append(to, data...)
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

var everyOptions = map[string]Options{
	"both":      {},
	"messaging": messaging,
	"voice":     voice,
	"exact":     {Routing: Exact},
	"trained":   {Routing: Trained},
}

func TestASchemaCompilesToTheSameBytesHoweverItIsWritten(t *testing.T) {
	for name, o := range everyOptions {
		t.Run(name, func(t *testing.T) {
			want := compiled(t, rich, o)
			checkFlow(t, want)
			if again := compiled(t, rich, o); !bytes.Equal(again.Source(), want.Source()) {
				t.Error("the second compilation has different bytes")
			}
			r := rand.New(rand.NewPCG(1, 2))
			for range 8 {
				text := shuffled(t, rich, r)
				if got := compiled(t, text, o); !bytes.Equal(got.Source(), want.Source()) {
					t.Fatalf("in another order, the bytes differ: %q for\n%s", flow.Differences(want, got).Summary(), text)
				}
			}
		})
	}
}

func TestNamesOfTheBotDoNotChangeItsFlow(t *testing.T) {
	want := compiled(t, rich, Options{})
	text := strings.Replace(rich, `"uniqueName": "rich", "friendlyName": "Rich"`, `"uniqueName": "poor", "friendlyName": "Poor"`, 1)
	if got := compiled(t, text, Options{}); !bytes.Equal(got.Source(), want.Source()) {
		t.Error("the name of the bot changes the flow")
	}
}

func TestOptionsAreTakenInAnyOrder(t *testing.T) {
	want := compiled(t, rich, Options{})
	for name, o := range map[string]Options{
		"both channels, reversed": {Channels: []bot.Channel{bot.Voice, bot.Messaging}},
		"one channel twice":       {Channels: []bot.Channel{bot.Voice, bot.Messaging, bot.Voice}, Routing: Keywords},
	} {
		if got := compiled(t, rich, o); !bytes.Equal(got.Source(), want.Source()) {
			t.Errorf("%s: the flow differs", name)
		}
	}
}

func TestTheChannelsOfAFlowAreThoseOfEachAlone(t *testing.T) {
	whole := read(t, compiled(t, rich, Options{}))
	for name, o := range map[string]Options{"m_": messaging, "v_": voice} {
		alone := read(t, compiled(t, rich, o))
		n := 0
		for _, state := range whole.order {
			if !strings.HasPrefix(state, name) {
				continue
			}
			n++
			one, other := whole.states[state], alone.states[state]
			delete(one.Properties, "offset")
			delete(other.Properties, "offset")
			if a, b := fmt.Sprint(one), fmt.Sprint(other); a != b {
				t.Errorf("%s in both\n%s\nand by itself\n%s", state, a, b)
			}
		}
		if want := len(alone.order) - 2; n != want {
			t.Errorf("%s has %d states in both, and %d by itself", name, n, want)
		}
	}
}
