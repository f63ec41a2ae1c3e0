package run_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// An assistant and the flow its schema compiles to are held against each other: the
// same conversations, with the same answers to what their URLs are asked.

// random is how many random conversations there are for each schema and channel.
var random = flag.Int("conversations", 10, "how many random conversations there are for each schema and channel")

// longest is how many events a conversation has at most.
const longest = 25

// pair is a schema in both forms.
type pair struct {
	name       string
	schema     *schema.Schema
	found      []compile.Diagnostic
	export     []byte // for Autopilot
	definition []byte // for Studio
}

// newPair compiles a schema; it is false for one that does not compile. Both sides
// have it in its canonical order, because of two tasks with one sample the first has it.
func newPair(tb testing.TB, name string, text []byte, routing compile.Routing) (pair, bool) {
	tb.Helper()
	file, err := schema.Parse(text)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	canonical, err := schema.Parse(file.Canonical())
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	f, found := compile.Compile(canonical, compile.Options{Routing: routing})
	if f == nil {
		return pair{name: name, found: found}, false
	}
	return pair{name, canonical, found, canonical.Export("bot", "bot"), f.Source()}, true
}

// web answers every URL by its path, the same to both, and notes what was asked.
type web struct{ asked []string }

func (w *web) send(_ context.Context, r run.Request) (run.Response, *run.Problem) {
	w.asked = append(w.asked, fmt.Sprintf("%s %s %q in %q", r.Method, r.URL, strings.TrimSpace(r.Form.Get("CurrentInput")), r.Form.Get("CurrentTask")))
	body := `{"actions": [{"say": "This is what the URL has to say."}, {"listen": true}]}`
	switch {
	case strings.HasSuffix(r.URL, "/fail"):
		p := run.Problemf(11200, "HTTP retrieval failure")
		return run.Response{}, &p
	case strings.HasSuffix(r.URL, "/end"):
		body = `{"actions": [{"say": {"speech": "It ends here."}}]}`
	case strings.HasSuffix(r.URL, "/on"):
		body = `{"actions": [{"say": "It goes on."}, {"redirect": "task://menu"}]}`
	case strings.HasSuffix(r.URL, "/ask"):
		body = `{"actions": [{"collect": {"name": "late", "questions": [{"question": "Which one?", "name": "which"}], "on_complete": {"redirect": "task://menu"}}}]}`
	case strings.HasSuffix(r.URL, "/twiml"):
		return run.Response{Status: 200, ContentType: "text/xml", Body: []byte(`<Response><Say>Somebody is with you.</Say></Response>`)}, nil
	}
	return run.Response{Status: 200, ContentType: "application/json", Body: []byte(body)}, nil
}

// talk is one conversation with both.
type talk struct {
	pair
	assistant, flow     run.Conversation
	atAssistant, atFlow *web
	said                []run.Event
}

func (p pair) talk(tb testing.TB, channel bot.Channel) *talk {
	tb.Helper()
	t := &talk{pair: p, atAssistant: &web{}, atFlow: &web{}}
	contact := run.Contact{AccountSID: "AC00000000000000000000000000000001", From: "+447700900999", To: "+447447735023", Channel: string(channel)}
	assistant, err := autopilot.New(p.export, autopilot.Options{Contact: contact, World: run.World{Web: t.atAssistant.send}, AssistantSID: "UA1", Literal: true})
	if err != nil {
		tb.Fatal(err)
	}
	flow, err := studio.New(p.definition, studio.Options{Contact: contact, World: run.World{Web: t.atFlow.send}, FlowSID: "FW1"})
	if err != nil {
		tb.Fatal(err)
	}
	t.assistant, t.flow = assistant, flow
	return t
}

// heard is what one of the two does with an event.
type heard struct {
	text  string
	media []string
	asked []string
	ended bool
	turn  run.Turn
}

var space = regexp.MustCompile(`\s+`)

func (w *web) hear(ctx context.Context, c run.Conversation, e run.Event) heard {
	w.asked = nil
	turn := c.Send(ctx, e)
	h := heard{asked: w.asked, ended: turn.Ended, turn: turn}
	var texts []string
	for _, r := range turn.Replies {
		if r.Type != run.ReplyMessage && r.Type != run.ReplySay {
			texts = append(texts, "["+r.Type+"]")
		}
		texts = append(texts, r.Text)
		h.media = append(h.media, r.Media...)
	}
	h.text = strings.TrimSpace(space.ReplaceAllString(strings.Join(texts, " "), " "))
	return h
}

func (h heard) same(o heard) bool {
	return h.text == o.text && slices.Equal(h.media, o.media) && slices.Equal(h.asked, o.asked) && h.ended == o.ended
}

func (h heard) String() string {
	return fmt.Sprintf("%q media %v asked %v ended %v problems %v", h.text, h.media, h.asked, h.ended, h.turn.Problems)
}

// memory is what is known of the assistant before it hears an event.
type memory struct {
	Collect *struct {
		Collect struct {
			Questions []struct {
				Type     string          `json:"type"`
				Validate json.RawMessage `json:"validate"`
			} `json:"questions"`
		} `json:"collect"`
		Index int `json:"index"`
	} `json:"collect"`
	Silences int    `json:"silences"`
	Task     string `json:"task"`
}

func (t *talk) memory(tb testing.TB) memory {
	tb.Helper()
	text, err := t.assistant.Save()
	if err != nil {
		tb.Fatal(err)
	}
	var m memory
	if err := json.Unmarshal(text, &m); err != nil {
		tb.Fatal(err)
	}
	return m
}

// causes are the limits of a compiled flow, each with how a difference is told to come
// from it. compile's diagnostics and the documentation name all of them.
var causes = []struct {
	name, why string
	is        func(t *talk, before memory, e run.Event, a, s heard) bool
}{
	{"shape of a type", "Autopilot knew built-in types by models; a flow and the sandbox each know a shape, and they differ at its edges", func(t *talk, before memory, e run.Event, _, _ heard) bool {
		if before.Collect == nil {
			return false
		}
		asked := before.Collect.Collect.Questions[before.Collect.Index].Type
		return t.shaped(asked) && e.Text != "qwxz" && !slices.Contains(certain[schema.CanonicalFieldType(asked)], e.Text)
	}},
	{"field of a sample", "what stands for a field is known by its shape alone", func(t *talk, before memory, e run.Event, _, _ heard) bool {
		return before.Collect == nil && t.fitsFields(e.Text)
	}},
	{"actions of a URL", "of what a URL answers, say, listen and redirects to tasks run", func(t *talk, _ memory, _ run.Event, a, _ heard) bool {
		return slices.ContainsFunc(a.asked, func(s string) bool { return strings.Contains(s, "/ask ") })
	}},
	{"URL that fails", "a flow goes on with the fallback task; what Autopilot did is not documented", func(_ *talk, _ memory, _ run.Event, a, s heard) bool {
		fetch := func(p run.Problem) bool { return p.Code == 11200 }
		return slices.ContainsFunc(a.turn.Problems, fetch) && slices.ContainsFunc(s.turn.Problems, fetch)
	}},
	{"validation by a URL", "a flow does not ask a URL whether an answer is valid", func(t *talk, before memory, _ run.Event, a, s heard) bool {
		return before.Collect != nil && strings.Contains(string(before.Collect.Collect.Questions[before.Collect.Index].Validate), `"webhook"`) && len(a.asked) > len(s.asked)
	}},
	{"listen without a prompt", "a flow cannot wait for a message without sending one", func(t *talk, _ memory, _ run.Event, a, s heard) bool {
		return t.has(compile.CodeListenNoPrompt) && s.ended && !a.ended
	}},
	{"silence", "what Autopilot did when a caller said nothing is not documented", func(_ *talk, _ memory, e run.Event, _, _ heard) bool {
		return e.Kind == run.KindSilence
	}},
	{"five redirects", "Autopilot ended a conversation at the sixth redirect of one request; a flow goes on", func(_ *talk, _ memory, _ run.Event, a, _ heard) bool {
		return slices.ContainsFunc(a.turn.Problems, func(p run.Problem) bool { return p.Code == 90102 })
	}},
}

func (t *talk) has(code compile.Code) bool {
	return slices.ContainsFunc(t.found, func(d compile.Diagnostic) bool { return d.Code == code })
}

// shaped tells whether a type is known to a flow by its shape alone, or by a list of
// our own.
func (t *talk) shaped(name string) bool {
	return name != "" && strings.HasPrefix(schema.CanonicalFieldType(name), "Twilio.")
}

var mark = regexp.MustCompile(`\\\{[^{}]*\\\}`)

// fitsFields tells whether a text may be a sample with fields.
func (t *talk) fitsFields(text string) bool {
	for _, task := range t.schema.Tasks {
		for _, s := range task.Samples {
			if !strings.Contains(s.TaggedText, "{") {
				continue
			}
			if regexp.MustCompile(`(?is)^\W*` + mark.ReplaceAllString(regexp.QuoteMeta(s.TaggedText), ".+") + `\W*$`).MatchString(text) {
				return true
			}
		}
	}
	return false
}

// tally counts what came of comparisons.
type tally struct {
	conversations, turns, same int
	by                         map[string]int
}

func (t *tally) add(o tally) {
	t.conversations += o.conversations
	t.turns += o.turns
	t.same += o.same
	for name, n := range o.by {
		t.by[name] += n
	}
}

// hold sends an event to both. It is false where the conversation is over or has come
// apart; an error tells of a difference without a documented cause.
func (t *talk) hold(tb testing.TB, e run.Event, count *tally) (on bool, err error) {
	tb.Helper()
	before := t.memory(tb)
	a := t.atAssistant.hear(tb.Context(), t.assistant, e)
	s := t.atFlow.hear(tb.Context(), t.flow, e)
	t.said = append(t.said, e)
	count.turns++
	if a.same(s) {
		count.same++
		return !a.ended, nil
	}
	for _, cause := range causes {
		if cause.is(t, before, e, a, s) {
			count.by[cause.name]++
			return false, nil
		}
	}
	return false, fmt.Errorf("%s: after %s\nAutopilot: %s\nStudio:    %s", t.name, t.story(), a, s)
}

func (t *talk) story() string {
	var all []string
	for _, e := range t.said {
		all = append(all, fmt.Sprintf("%s %q", e.Kind, e.Text))
	}
	return strings.Join(all, ", ")
}

// conversations holds scripted and random conversations on both channels.
func (p pair) conversations(tb testing.TB, n int) (tally, []error) {
	tb.Helper()
	count := tally{by: map[string]int{}}
	var errs []error
	hold := func(channel bot.Channel, next func(t *talk, i int) (run.Event, bool)) {
		t := p.talk(tb, channel)
		count.conversations++
		on := true
		if channel == bot.Voice {
			var err error
			if on, err = t.hold(tb, run.Call(), &count); err != nil {
				errs = append(errs, err)
				return
			}
		}
		for i := 0; on && i < longest; i++ {
			e, ok := next(t, i)
			if !ok {
				return
			}
			if channel == bot.Voice && e.Kind == run.KindMessage {
				e.Kind = run.KindSpeech
			}
			var err error
			if on, err = t.hold(tb, e, &count); err != nil {
				errs = append(errs, err)
			}
		}
	}
	words := p.words()
	for _, channel := range bot.Channels() {
		// Every task by its first plain sample, and then what its questions ask for,
		// answered well, or never.
		for _, task := range p.schema.Tasks {
			i := slices.IndexFunc(task.Samples, func(s schema.Sample) bool { return !strings.Contains(s.TaggedText, "{") })
			if i < 0 {
				continue
			}
			for _, well := range []bool{true, false} {
				hold(channel, func(t *talk, turn int) (run.Event, bool) {
					if turn == 0 {
						return run.Message(task.Samples[i].TaggedText), true
					}
					if m := t.memory(tb); m.Collect != nil && well {
						return run.Message(p.answer(m, turn)), true
					}
					return run.Message("qwxz"), turn < 8
				})
			}
		}
		seed := rand.New(rand.NewPCG(5, uint64(len(p.export)))) //nolint:gosec // fixed conversations, not a secret
		for range n {
			hold(channel, func(t *talk, turn int) (run.Event, bool) {
				if m := t.memory(tb); m.Collect != nil && seed.IntN(2) == 0 {
					return run.Message(p.answer(m, seed.IntN(5))), true
				}
				return words.pick(seed, channel), true
			})
		}
	}
	return count, errs
}

// answer is one that a question takes.
func (p pair) answer(m memory, turn int) string {
	q := m.Collect.Collect.Questions[m.Collect.Index]
	var validate struct {
		Allowed struct {
			List []string `json:"list"`
		} `json:"allowed_values"`
	}
	if json.Unmarshal(q.Validate, &validate) == nil && len(validate.Allowed.List) > 0 {
		return validate.Allowed.List[turn%len(validate.Allowed.List)]
	}
	for _, custom := range p.schema.FieldTypes {
		if custom.UniqueName == q.Type && len(custom.Values) > 0 {
			return custom.Values[turn%len(custom.Values)].Value
		}
	}
	if sure := certain[schema.CanonicalFieldType(q.Type)]; len(sure) > 0 {
		return sure[turn%len(sure)]
	}
	return "Ada"
}

// certain are answers of the built-in types that any reading of them has to take.
var certain = map[string][]string{
	"Twilio.YES_NO":             {"yes", "No", "yeah", "nope"},
	"Twilio.DATE":               {"tomorrow", "May 5", "2026-11-21"},
	"Twilio.TIME":               {"5 pm", "noon", "10:30"},
	"Twilio.EMAIL":              {"ada@example.com"},
	"Twilio.DAY_OF_WEEK":        {"monday", "Fri"},
	"Twilio.MONTH":              {"may", "December"},
	"Twilio.PHONE_NUMBER":       {"+44 7700 900123"},
	"Twilio.NUMBER":             {"42", "three"},
	"Twilio.NUMBER_SEQUENCE":    {"42", "12345"},
	"Twilio.COUNTRY_ISO_ALPHA2": {"gb"},
	"Twilio.COUNTRY_ISO_ALPHA3": {"gbr"},
	"Twilio.US_STATE":           {"Ohio"},
	"Twilio.FIRST_NAME":         {"Ada"},
	"Twilio.LAST_NAME":          {"Lovelace"},
	"Twilio.CITY":               {"London", "New York"},
	"Twilio.COUNTRY":            {"France"},
	"Twilio.CURRENCY":           {"pounds"},
	"Twilio.LANGUAGE":           {"English"},
	"Twilio.ALPHANUMERIC":       {"A1", "room 12"},
}

// vocabulary is what may be said to a bot.
type vocabulary struct{ samples, values []string }

func (p pair) words() vocabulary {
	var v vocabulary
	for _, task := range p.schema.Tasks {
		for _, s := range task.Samples {
			if !strings.Contains(s.TaggedText, "{") {
				v.samples = append(v.samples, s.TaggedText)
			}
		}
	}
	for _, custom := range p.schema.FieldTypes {
		for _, each := range custom.Values {
			v.values = append(v.values, each.Value)
		}
	}
	return v
}

var nonsense = []string{"qwxz", "lorem ipsum dolor", "?!", " ", "zzz, zzz.", "{{flow.sid}}", "ünïcødé", "…"}

func (v vocabulary) pick(r *rand.Rand, channel bot.Channel) run.Event {
	one := func(list []string) string {
		if len(list) == 0 {
			return "nothing"
		}
		return list[r.IntN(len(list))]
	}
	switch n := r.IntN(20); {
	case n < 9:
		return run.Message(one(v.samples))
	case n < 11:
		return run.Message(strings.ToUpper(one(v.samples)) + "!")
	case n < 12:
		return run.Message("  " + one(v.samples) + " .")
	case n < 14:
		return run.Message(one(v.values))
	case n < 16 && channel == bot.Voice:
		return run.Digits(fmt.Sprint(r.IntN(12)))
	case n < 17 && channel == bot.Voice:
		return run.Silence()
	case n < 17:
		return run.Message(fmt.Sprint(r.IntN(12)))
	}
	return run.Message(one(nonsense))
}

// table prints what was held against each other.
func table(t *testing.T, rows map[string]tally) {
	t.Helper()
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "schema\tconversations\tturns\tsame")
	for _, cause := range causes {
		fmt.Fprint(w, "\t"+cause.name)
	}
	fmt.Fprintln(w)
	line := func(name string, row tally) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d", name, row.conversations, row.turns, row.same)
		for _, cause := range causes {
			fmt.Fprintf(w, "\t%d", row.by[cause.name])
		}
		fmt.Fprintln(w)
	}
	total := tally{by: map[string]int{}}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		line(name, rows[name])
		total.add(rows[name])
	}
	line("total", total)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
}

// few shows some of many errors.
func few(t *testing.T, errs []error) {
	t.Helper()
	const shown = 5
	for i, err := range errs {
		if i == shown {
			t.Errorf("and %d more", len(errs)-shown)
			break
		}
		t.Error(err)
	}
}

func TestCompiledFlowsAnswerAsAutopilotDid(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../../shared/schemas/*.json")
	if err != nil || len(paths) == 0 {
		t.Skip("the collection of real schemas is not beside the project")
	}
	rows := map[string]tally{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		p, ok := newPair(t, name, text, compile.Exact)
		if !ok {
			t.Logf("%s does not compile, for faults of its own", name)
			continue
		}
		row, errs := p.conversations(t, *random)
		rows[name] = row
		few(t, errs)
	}
	table(t, rows)
}

// whole is a schema of ours with every verb and every form of a question.
const whole = `{
	"defaults": {"defaults": {
		"assistant_initiation": "task://welcome", "fallback": "task://lost", "collect": {"validate_on_failure": "task://person"}
	}},
	"styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Amy"}, "collect": {"validate": {
		"on_failure": {"repeat_question": true, "messages": [{"say": "Sorry?"}, {"say": {"speech": "Once more, please."}}]},
		"on_success": {"say": "Thank you."}, "max_attempts": 3
	}}}},
	"fieldTypes": [{"uniqueName": "size", "values": [
		{"language": "en-US", "value": "small"}, {"language": "en-US", "value": "little", "synonymOf": "small"},
		{"language": "en-US", "value": "Extra Large"}, {"language": "en-US", "value": "XL", "synonymOf": "Extra Large"}
	]}],
	"tasks": [
		{"uniqueName": "welcome", "actions": {"actions": [{"say": {"speech": "Welcome."}}, {"redirect": "task://menu"}]},
			"samples": [{"language": "en-US", "taggedText": "hello"}, {"language": "en-US", "taggedText": "Good morning!"}]},
		{"uniqueName": "menu", "actions": {"actions": [{"say": "What can I do?"}, {"listen": true}]}, "samples": [{"language": "en-US", "taggedText": "menu"}]},
		{"uniqueName": "lost", "actions": {"actions": [{"say": "I am lost: {{braces}} and 100% {% raw %}."}, {"listen": true}]}},
		{"uniqueName": "choose", "actions": {"actions": [
				{"say": "Sales or support? Press 1 or 2."},
				{"listen": {"tasks": ["sales", "person"], "voice_digits": {"num_digits": 1, "redirects": {"1": "task://sales", "2": "task://person"}}}}
			]}, "samples": [{"language": "en-US", "taggedText": "let me choose"}]},
		{"uniqueName": "sales", "actions": {"actions": [{"say": "Sales it is."}]}, "samples": [{"language": "en-US", "taggedText": "sales"}, {"language": "en-US", "taggedText": "I want to buy"}]},
		{"uniqueName": "person", "actions": {"actions": [{"say": "Hold on."}, {"handoff": {"channel": "voice", "uri": "https://bots.example.com/twiml"}}]},
			"samples": [{"language": "en-US", "taggedText": "a person please"}]},
		{"uniqueName": "queue", "actions": {"actions": [{"handoff": {"channel": "voice", "uri": "taskrouter://WW00000000000000000000000000000001"}}]},
			"samples": [{"language": "en-US", "taggedText": "put me in the queue"}]},
		{"uniqueName": "order", "actions": {"actions": [{"collect": {"name": "order", "questions": [
				{"question": "Which size?", "name": "size", "type": "size"},
				{"question": {"say": {"speech": "To which town?"}}, "name": "town"},
				{"question": "Cash or card?", "name": "payment", "validate": {"allowed_values": {"list": ["cash", "card"]},
					"on_failure": {"messages": [{"say": "Cash or card, please."}], "repeat_question": false},
					"on_success": {"say": "Fine."}, "max_attempts": {"redirect": "task://sales", "num_attempts": 2}}},
				{"question": "How many?", "name": "many", "type": "Twilio.NUMBER", "validate": {"disallowed_values": {"list": ["13"]}, "max_attempts": {"redirect": "task://person", "num_attempts": 2}}},
				{"question": "Are you sure?", "name": "sure", "type": "Twilio.YES_NO", "validate": true, "voice_digits": {"num_digits": 1, "mapping": {"1": "yes", "2": "no"}}}
			], "on_complete": {"redirect": "https://bots.example.com/end"}}}]},
			"samples": [{"language": "en-US", "taggedText": "order something"}, {"language": "en-US", "taggedText": "I'd like to order"}]},
		{"uniqueName": "ask", "actions": {"actions": [{"remember": {"asked": true, "how-often": 3, "list": [1, "two"]}}, {"redirect": {"uri": "https://bots.example.com/actions", "method": "GET"}}]},
			"samples": [{"language": "en-US", "taggedText": "ask the machine"}]},
		{"uniqueName": "on", "actions": {"actions": [{"redirect": "https://bots.example.com/on"}]}, "samples": [{"language": "en-US", "taggedText": "go on"}]},
		{"uniqueName": "fail", "actions": {"actions": [{"redirect": "https://bots.example.com/fail"}]}, "samples": [{"language": "en-US", "taggedText": "break it"}]},
		{"uniqueName": "rich", "actions": {"actions": [{"redirect": "https://bots.example.com/ask"}]}, "samples": [{"language": "en-US", "taggedText": "ask me something"}]},
		{"uniqueName": "show", "actions": {"actions": [
				{"show": {"body": "Look!", "images": [{"label": "A map", "url": "https://bots.example.com/map.png"}, {"label": "A plan", "url": "https://bots.example.com/plan.png"}]}},
				{"play": {"url": "https://bots.example.com/jingle.mp3"}}, {"say": "Seen it?"}, {"listen": true}
			]}, "samples": [{"language": "en-US", "taggedText": "show me, please"}]},
		{"uniqueName": "picture", "actions": {"actions": [{"show": {"images": [{"label": "A cat", "url": "https://bots.example.com/cat.png"}]}}, {"listen": {"tasks": ["menu"]}}]},
			"samples": [{"language": "en-US", "taggedText": "a cat"}]},
		{"uniqueName": "travel", "fields": [{"uniqueName": "where", "fieldType": "size"}], "actions": {"actions": [{"say": "Off you go."}, {"say": "Goodbye."}]},
			"samples": [{"language": "en-US", "taggedText": "a {where} trip"}]},
		{"uniqueName": "bye", "actions": {"actions": []}, "samples": [{"language": "en-US", "taggedText": "bye"}]}
	]
}`

func TestEveryVerbDoesOnStudioWhatItDidOnAutopilot(t *testing.T) {
	t.Parallel()
	p, ok := newPair(t, "ours", []byte(whole), compile.Exact)
	if !ok {
		t.Fatal(p.found)
	}
	row, errs := p.conversations(t, 5**random)
	few(t, errs)
	table(t, map[string]tally{p.name: row})
	if row.turns < 700 || row.same*10 < row.turns*9 {
		t.Errorf("of %d turns %d are the same", row.turns, row.same)
	}
}

// Routing by words leaves what samples lead to as it is.
func TestWordsChangeNothingForSamples(t *testing.T) {
	t.Parallel()
	p, ok := newPair(t, "ours", []byte(whole), compile.Keywords)
	if !ok {
		t.Fatal(p.found)
	}
	for _, task := range p.schema.Tasks {
		for _, s := range task.Samples {
			if strings.Contains(s.TaggedText, "{") {
				continue
			}
			for _, said := range []string{s.TaggedText, strings.ToUpper(s.TaggedText), s.TaggedText + "?"} {
				if task.UniqueName == "fail" {
					continue
				}
				count := tally{by: map[string]int{}}
				if _, err := p.talk(t, bot.Messaging).hold(t, run.Message(said), &count); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// One word that is another is found: the comparison compares.
func TestADifferenceIsFound(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string][2]string{
		"a word":      {"Sales it is.", "Sales it was."},
		"a condition": {`"value": "2"`, `"value": "9"`},
		"an end":      {"What can I do?", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := newPair(t, "ours", []byte(whole), compile.Exact)
			if !ok {
				t.Fatal(p.found)
			}
			var document any
			if err := json.Unmarshal(p.definition, &document); err != nil {
				t.Fatal(err)
			}
			raw, err := json.MarshalIndent(document, "", "")
			if err != nil {
				t.Fatal(err)
			}
			p.definition = []byte(strings.ReplaceAll(string(raw), edit[0], edit[1]))
			if _, errs := p.conversations(t, *random); len(errs) == 0 {
				t.Error("nothing is found")
			}
		})
	}
}
