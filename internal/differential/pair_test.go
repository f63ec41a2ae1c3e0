package differential

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// subject is a schema in both forms.
type subject struct {
	name      string
	schema    *schema.Schema
	assistant *autopilot.Assistant
	flow      *studio.Flow
	states    map[string]state
	findings  []compile.Diagnostic
	started   int // conversations
}

// state is what the causes need of a state of the flow.
type state struct {
	Name        string
	Transitions []struct {
		Next       string
		Conditions []struct{ Type, Value string }
	}
}

// newSubject compiles a schema. spoil, unless nil, changes the definition.
func newSubject(name string, file []byte, routing compile.Routing, spoil func([]byte) []byte) (*subject, error) {
	s, err := schema.Parse(file)
	if err != nil {
		return nil, err
	}
	f, found := compile.Compile(s, compile.Options{Routing: routing})
	if f == nil {
		return nil, fmt.Errorf("%s %s: %s", found[0].Code, found[0].Pointer, found[0].Message)
	}
	definition := f.Source()
	if spoil != nil {
		definition = spoil(definition)
	}
	made := &subject{name: name, schema: s, states: map[string]state{}, findings: found}
	if made.flow, err = studio.Parse(definition); err != nil {
		return nil, err
	}
	if made.assistant, err = autopilot.Parse(file); err != nil {
		return nil, err
	}
	var document struct{ States []state }
	if err := json.Unmarshal(definition, &document); err != nil {
		return nil, err
	}
	for _, s := range document.States {
		made.states[s.Name] = s
	}
	return made, nil
}

// side is one of the two conversations, with its requests.
type side struct {
	run.Conversation
	requests []run.Request
}

func (s *side) world(web run.Web) run.World {
	return run.World{Web: func(ctx context.Context, r run.Request) (run.Response, *run.Problem) {
		s.requests = append(s.requests, r)
		return web(ctx, r)
	}}
}

// pair is the same conversation with both.
type pair struct {
	*subject
	channel   string
	autopilot *autopilot.Conversation
	studio    *studio.Conversation
	a, s      side
	past      []exchange
	now       waiting // what Autopilot waits for
}

// exchange is an event and the answers of both.
type exchange struct {
	event  run.Event
	before waiting // what Autopilot waited for
	asked  string  // the state of the flow that waited
	after  waiting
	a, s   answer
}

// answer is what is compared of a turn.
type answer struct {
	Text     string   // all that is said, in one line
	Media    []string `json:",omitempty"`
	Others   []string `json:",omitempty"` // what is neither text nor media: recordings, queues
	Ended    bool
	Requests []string `json:",omitempty"`
	Problems []int    `json:",omitempty"` // those that have a code
}

// waiting is what an Autopilot dialogue waits for, as it saves it.
type waiting struct {
	Task    string
	Fields  map[string]string // of the last sentence understood
	Prompt  []run.Reply       // what was said last
	Listen  *struct{ Tasks []string }
	Collect *struct {
		Collect         json.RawMessage
		Index, Attempts int
	}
	Memory struct {
		Twilio struct {
			Collected map[string]struct {
				Answers map[string]struct{ Answer string }
			} `json:"collected_data"`
		}
	}
}

// promptText is what the dialogue said before it waits.
func (w waiting) promptText() string { return line(w.Prompt) }

// line is the texts of replies in one line.
func line(replies []run.Reply) string {
	var texts []string
	for _, r := range replies {
		if r.Type == run.ReplyMessage || r.Type == run.ReplySay {
			texts = append(texts, r.Text)
		}
	}
	return strings.Join(strings.Fields(strings.Join(texts, " ")), " ")
}

// question is what the dialogue asks; nil where it listens.
func (w waiting) question() *question {
	if w.Collect == nil {
		return nil
	}
	var c struct {
		Name      string
		Questions []question
	}
	if err := json.Unmarshal(w.Collect.Collect, &c); err != nil {
		panic(err)
	}
	if w.Collect.Index >= len(c.Questions) {
		return nil
	}
	q := c.Questions[w.Collect.Index]
	q.collect = c.Name
	return &q
}

// question is one of a collect, as far as the check of an answer depends on it.
type question struct {
	collect  string
	Name     string
	Type     string
	Validate json.RawMessage
	Digits   struct{ Mapping map[string]string } `json:"voice_digits"`
}

// lists are the values a question allows and refuses.
func (q question) lists() (allowed, refused []string) {
	var v struct {
		Allowed    struct{ List []string } `json:"allowed_values"`
		Disallowed struct{ List []string } `json:"disallowed_values"`
	}
	if bytes.HasPrefix(q.Validate, []byte("{")) {
		if err := json.Unmarshal(q.Validate, &v); err != nil {
			panic(err)
		}
	}
	return v.Allowed.List, v.Disallowed.List
}

// start begins a conversation with both. Every second one reads numbers as Studio may.
func (s *subject) start(channel string, web run.Web) *pair {
	s.started++
	p := &pair{subject: s, channel: channel}
	contact := run.Contact{AccountSID: "AC0123456789abcdef0123456789abcdef", From: "+12025550100", To: "+12025550142", Channel: channel}
	p.autopilot = s.assistant.Start(autopilot.Options{Contact: contact, World: p.a.world(web), AssistantSID: "UA1", Literal: true})
	p.studio = s.flow.Start(studio.Options{Contact: contact, World: p.s.world(web), FlowSID: "FW1", Numbers: s.started%2 == 0})
	p.a.Conversation, p.s.Conversation = p.autopilot, p.studio
	p.now = p.waits()
	return p
}

// waits is what the Autopilot side waits for.
func (p *pair) waits() waiting {
	var w waiting
	text, err := p.autopilot.Save()
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	if err != nil {
		panic(fmt.Sprintf("what Autopilot waits for cannot be read: %v", err)) // or every turn would be a difference without a cause
	}
	return w
}

// send gives both the event. It reports whether they did the same.
func (p *pair) send(ctx context.Context, e run.Event) (x exchange, same bool) {
	x = exchange{event: e, before: p.now, asked: p.studio.State()}
	x.a, x.s = p.a.send(ctx, e), p.s.send(ctx, e)
	if len(p.a.requests) == len(p.s.requests) {
		for i, r := range p.s.requests {
			x.s.Requests[i] += forgotten(p.a.requests[i], r)
		}
	}
	p.now = p.waits()
	x.after = p.now
	p.past = append(p.past, x)
	return x, x.a.equal(x.s)
}

func (s *side) send(ctx context.Context, e run.Event) answer {
	s.requests = nil
	turn := s.Send(ctx, e)
	out := answer{Ended: turn.Ended, Text: line(turn.Replies)}
	for _, r := range turn.Replies {
		out.Media = append(out.Media, r.Media...)
		if r.Type != run.ReplyMessage && r.Type != run.ReplySay {
			out.Others = append(out.Others, r.Type+" "+r.Text)
		}
	}
	for _, r := range s.requests {
		out.Requests = append(out.Requests, r.Method+" "+r.URL+told(r))
	}
	for _, problem := range turn.Problems {
		if problem.Code != 0 {
			out.Problems = append(out.Problems, problem.Code)
		}
	}
	return out
}

// told are the parameters of a request that both sides have. The SIDs are of
// different objects; of Memory, see forgotten.
func told(r run.Request) string {
	var out strings.Builder
	for _, name := range []string{"AccountSid", "Channel", "CurrentInput", "CurrentTask", "UserIdentifier"} {
		if r.Form.Has(name) {
			fmt.Fprintf(&out, " %s=%q", name, strings.Join(strings.Fields(r.Form.Get(name)), " "))
		}
	}
	return out.String()
}

// forgotten is what a flow's Memory lacks, or has different from Autopilot's: remembered
// texts, and answers, ignoring letter case and punctuation, of the collect that leads to
// the URL or else of all. Further entries of a flow are no difference: refused answers
// stay until the next.
func forgotten(a, s run.Request) string {
	var had, has struct {
		Twilio struct {
			Collected map[string]struct {
				Answers map[string]struct{ Answer string }
			} `json:"collected_data"`
		}
	}
	text := a.Form.Get("Memory")
	if text == "" {
		return ""
	}
	var facts, kept map[string]any
	for memory, into := range map[string][]any{text: {&had, &facts}, s.Form.Get("Memory"): {&has, &kept}} {
		for _, target := range into {
			if err := json.Unmarshal([]byte(memory), target); err != nil {
				return fmt.Sprintf(" Memory cannot be read: %v: %s", err, memory)
			}
		}
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if fact, ok := facts[name].(string); ok && kept[strings.ReplaceAll(name, "-", "_")] != fact && kept[name] != fact {
			fmt.Fprintf(&out, " %s=%v, want %q", name, kept[name], fact)
		}
	}
	for collect, told := range has.Twilio.Collected {
		for name, q := range had.Twilio.Collected[collect].Answers {
			if got := told.Answers[name].Answer; plain(got) != plain(q.Answer) {
				fmt.Fprintf(&out, " %s.%s=%q, want %q", collect, name, got, q.Answer)
			}
		}
	}
	if len(has.Twilio.Collected) == 0 && len(had.Twilio.Collected) > 0 {
		out.WriteString(" nothing collected")
	}
	return out.String()
}

func (a answer) equal(b answer) bool {
	return a.Text == b.Text && a.Ended == b.Ended && slices.Equal(a.Media, b.Media) && slices.Equal(a.Others, b.Others) &&
		slices.Equal(a.Requests, b.Requests) && slices.Equal(a.Problems, b.Problems)
}

// String is the conversation so far, for failure messages.
func (p *pair) String() string {
	var b strings.Builder
	for i, x := range p.past {
		fmt.Fprintf(&b, "  %2d %s %q\n", i+1, x.event.Kind, x.event.Text)
		if x.a.equal(x.s) {
			fmt.Fprintf(&b, "       both: %s\n", x.a)
			continue
		}
		fmt.Fprintf(&b, "       Autopilot, %s: %s\n       Studio, at %s: %s\n", x.before.Task, x.a, x.asked, x.s)
	}
	return b.String()
}

func (a answer) String() string {
	text, err := json.Marshal(a)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
