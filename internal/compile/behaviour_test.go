package compile_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// asking is the schema of an assistant that routes everything to one task, `ask`, with
// the actions given, and falls back to `lost`.
func asking(actions, rest string) string {
	// A style sheet without texts of its own, because without one Twilio's applies.
	if !strings.Contains(rest, `"styleSheet"`) {
		rest += `"styleSheet": {"style_sheet": {"name": "plain"}},`
	}
	return `{"defaults": {"defaults": {"assistant_initiation": "task://ask", "fallback": "task://lost"}}, ` + rest + `
		"tasks": [
			{"uniqueName": "ask", "actions": {"actions": [` + actions + `]}, "samples": [{"language": "en-US", "taggedText": "hello"}]},
			{"uniqueName": "lost", "actions": {"actions": [{"say": "Lost."}, {"listen": true}]}},
			{"uniqueName": "done", "actions": {"actions": [{"say": "Done."}]}}
		]}`
}

// said is what a flow said, or a URL it requested, with the form.
type said struct {
	Text string
	Form url.Values
}

// talk is a conversation with the flow of a schema.
type talk struct {
	*studio.Conversation
	t     *testing.T
	call  bool
	Said  []said
	Ended bool
}

// walked runs the flow of a schema: by messages, the first of them "hello", or a call.
// URLs fail unless an answer is given.
func walked(t *testing.T, file string, call bool, answers ...func(url string) any) *talk {
	t.Helper()
	s, err := schema.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	compiled, found := compile.Compile(s, compile.Options{Routing: compile.Exact})
	if compiled == nil {
		t.Fatal(found)
	}
	out := &talk{t: t, call: call}
	web := func(ctx context.Context, r run.Request) (run.Response, *run.Problem) {
		out.Said = append(out.Said, said{r.URL, r.Form})
		if len(answers) == 0 {
			return run.NoWeb(ctx, r)
		}
		body, err := json.Marshal(answers[0](r.URL))
		if err != nil {
			t.Fatal(err)
		}
		return run.Response{Status: 200, ContentType: "application/json", Body: body}, nil
	}
	if out.Conversation, err = studio.New(compiled.Source(), studio.Options{World: run.World{Web: web}}); err != nil {
		t.Fatal(err)
	}
	if call {
		out.send(run.Call())
	} else {
		out.send(run.Message("hello"))
	}
	return out
}

func (c *talk) send(e run.Event) {
	turn := c.Send(c.t.Context(), e)
	for _, reply := range turn.Replies {
		c.Said = append(c.Said, said{Text: reply.Text})
	}
	c.Ended = turn.Ended
}

// reply sends a message, or speech in a call.
func (c *talk) reply(text string) {
	if c.call {
		c.send(run.Speech(text))
		return
	}
	c.send(run.Message(text))
}

// last is what was said last.
func (c *talk) last() string {
	for _, s := range slices.Backward(c.Said) {
		if s.Form == nil {
			return s.Text
		}
	}
	return ""
}

// variable is one of the flow's.
func (c *talk) variable(name string) any {
	flow, _ := c.Context()["flow"].(map[string]any)
	variables, _ := flow["variables"].(map[string]any)
	return variables[name]
}

// heard is what the flow said from a reply on, in one line.
func heard(c *talk, from int) string {
	var texts []string
	for _, s := range c.Said[from:] {
		if s.Form == nil {
			texts = append(texts, s.Text)
		}
	}
	return strings.Join(texts, " ")
}

func TestAnswersOfAShapeMayHaveTypographyAndPunctuation(t *testing.T) {
	for _, test := range []struct{ kind, answer string }{
		{"Twilio.LAST_NAME", "O’Neill"},
		{"Twilio.CITY", "Paris!"},
		{"Twilio.CITY", "Paris, "},
		{"Twilio.COUNTRY_ISO_ALPHA2", "US."},
		{"Twilio.COUNTRY_ISO_ALPHA3", "usa?"},
		{"Twilio.US_STATE", "Texas!"},
		{"Twilio.CURRENCY", "Euro?"},
		{"Twilio.NUMBER", "zero"},
		{"Twilio.YES_NO", "wrong"},
	} {
		question, err := json.Marshal(test.kind)
		if err != nil {
			t.Fatal(err)
		}
		c := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q", "type": `+string(question)+`}], "on_complete": {"redirect": "task://done"}}}`, ""), false)
		c.reply(test.answer)
		if c.last() != "Done." {
			t.Errorf("%q is no answer to a %s", test.answer, test.kind)
		}
	}
}

func TestStyleSheetPraisesRightAnswers(t *testing.T) {
	style := `"styleSheet": {"style_sheet": {"collect": {"validate": {"on_success": {"say": "Got it."}}}}},`
	for _, test := range []struct{ validate, want string }{
		{``, "Got it. Done."},
		{`, "validate": {"on_success": {"say": "Lovely."}}`, "Lovely. Done."},
		{`, "validate": {"on_success": {"say": ""}}`, "Got it. Done."},
	} {
		c := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q"`+test.validate+`}], "on_complete": {"redirect": "task://done"}}}`, style), false)
		from := len(c.Said)
		c.reply("anything")
		if got := heard(c, from); got != test.want {
			t.Errorf("with %q: %q, want %q", test.validate, got, test.want)
		}
	}
}

func TestAllowedValuesMayBeSaidInOtherWays(t *testing.T) {
	types := `"fieldTypes": [{"uniqueName": "SIZE", "values": [
		{"language": "en-US", "value": "large", "synonymOf": null}, {"language": "en-US", "value": "big", "synonymOf": "large"},
		{"language": "en-US", "value": "small", "synonymOf": null}, {"language": "en-US", "value": "tiny", "synonymOf": "small"}]}],`
	for _, test := range []struct{ list, answer, want string }{
		{"allowed_values", "large", "Done."},
		{"allowed_values", "Big!", "Done."},
		{"allowed_values", "tiny", "Say."},
		{"disallowed_values", "Big!", "Say."},
		{"disallowed_values", "tiny", "Done."},
	} {
		c := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q", "type": "SIZE", "validate": {"`+test.list+`": {"list": ["Large"]}}}], "on_complete": {"redirect": "task://done"}}}`, types), false)
		c.reply(test.answer)
		if got := c.last(); got != test.want {
			t.Errorf("%s of large, and %q: %q, want %q", test.list, test.answer, got, test.want)
		}
	}
}

// It is not documented whether a widget that runs again still has the input of its
// previous run; the sandbox keeps it.
func TestKeysAreHeardAfterWords(t *testing.T) {
	s, err := schema.Parse([]byte(asking(`{"collect": {"name": "c", "questions": [{"question": "How many?", "name": "q", "type": "Twilio.NUMBER"}], "on_complete": {"redirect": "task://done"}}}`, "")))
	if err != nil {
		t.Fatal(err)
	}
	compiled, found := compile.Compile(s, compile.Options{})
	if compiled == nil {
		t.Fatal(found)
	}
	call, err := studio.New(compiled.Source(), studio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	call.Send(t.Context(), run.Call())
	if again := call.Send(t.Context(), run.Speech("none of your business")); again.Ended || len(again.Replies) != 1 {
		t.Fatalf("after words that are no number: %v", again)
	}
	if done := call.Send(t.Context(), run.Digits("3")); !done.Ended || len(done.Replies) != 1 || done.Replies[0].Text != "Done." {
		t.Errorf("after keys: %v", done)
	}
}

func TestKeysOfAQuestionStandForValues(t *testing.T) {
	types := `"fieldTypes": [{"uniqueName": "SIZE", "values": [{"language": "en-US", "value": "large", "synonymOf": null}, {"language": "en-US", "value": "small", "synonymOf": null}]}],`
	question := `{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q", "type": "SIZE", "voice_digits": {"num_digits": 1, "mapping": {"1": "small", "2": "large"}}}], "on_complete": {"redirect": "task://done"}}}`
	for _, test := range []struct{ keys, want, kept string }{
		{"1", "Done.", "small"},
		{"2", "Done.", "large"},
		{"3", "Say.", "3"},
	} {
		c := walked(t, asking(question, types), true)
		c.send(run.Digits(test.keys))
		if kept := c.variable("collect_c_q"); c.last() != test.want || kept != test.kept {
			t.Errorf("key %s: stored %q and said %q, want %q and %q", test.keys, kept, c.last(), test.kept, test.want)
		}
	}
}

func TestPrefilledAnswersAreKept(t *testing.T) {
	c := walked(t, asking(`{"remember": {"city": "Oslo"}}, {"collect": {"name": "c", "questions": [{"question": "City?", "name": "q", "prefill": "city"}], "on_complete": {"redirect": "task://done"}}}`, ""), false)
	if kept := c.variable("collect_c_q"); c.last() != "Done." || kept != "Oslo" {
		t.Errorf("stored %q and said %q", kept, c.last())
	}
}

func TestMemoryIsSentInPostsAlone(t *testing.T) {
	for method, want := range map[string]bool{"GET": false, "POST": true} {
		c := walked(t, asking(`{"remember": {"k": "v"}}, {"redirect": {"uri": "https://example.com/x", "method": "`+method+`"}}`, ""), false)
		if _, sent := c.Said[0].Form["Memory"]; sent != want {
			t.Errorf("a %s has a Memory: %v", method, sent)
		}
	}
}

func TestFieldsOfNumbersMayBeWords(t *testing.T) {
	file := `{"tasks": [{"uniqueName": "book", "actions": {"actions": [{"say": "Booked."}]}, "fields": [{"uniqueName": "n", "fieldType": "Twilio.NUMBER"}, {"uniqueName": "p", "fieldType": "Twilio.PHONE_NUMBER"}],
		"samples": [{"language": "en-US", "taggedText": "hello"}, {"language": "en-US", "taggedText": "book {n} seats"}, {"language": "en-US", "taggedText": "call {p}"}]},
		{"uniqueName": "wait", "actions": {"actions": [{"say": "Say it."}, {"listen": true}]}}], "defaults": {"defaults": {"assistant_initiation": "task://wait"}}}`
	for said, want := range map[string]string{
		"book 3 seats": "Booked.", "Book forty-two seats!": "Booked.", "book one hundred and five seats": "Booked.", "call +1 (202) 555-0142": "Booked.", "call (202) 555-0142": "Booked.",
		"book nice seats": "", "call me": "",
	} {
		c := walked(t, file, true)
		from := len(c.Said)
		c.reply(said)
		if got := heard(c, from); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestURLsOfDefaultsAreToldTheTask(t *testing.T) {
	file := `{"defaults": {"defaults": {"fallback": "https://example.com/fallback"}},
		"tasks": [{"uniqueName": "ask", "actions": {"actions": [{"say": "What?"}, {"listen": true}]}, "samples": [{"language": "en-US", "taggedText": "hello"}]}]}`
	c := walked(t, file, false)
	c.reply("qwxz")
	asked := c.Said[len(c.Said)-1]
	if asked.Form.Get("CurrentTask") != "ask" || asked.Form.Get("CurrentInput") != "qwxz" {
		t.Errorf("%s is sent %v", asked.Text, asked.Form)
	}
}

func TestCallsComeToAFallbackThatIsAURL(t *testing.T) {
	file := `{"defaults": {"defaults": {"assistant_initiation": "https://example.com/call", "fallback": "https://example.com/fallback"}},
		"tasks": [{"uniqueName": "ask", "actions": {"actions": [{"say": "What?"}, {"listen": true}]}, "samples": [{"language": "en-US", "taggedText": "hello"}]}]}`
	c := walked(t, file, true, func(url string) any {
		return map[string]any{"actions": []any{map[string]any{"say": "This is " + url}, map[string]any{"listen": true}}}
	})
	for range 2 {
		c.reply("qwxz")
		if got := strings.TrimSpace(c.last()); got != "This is https://example.com/fallback" || c.Ended {
			t.Fatalf("for input that matches nothing, the flow says %q, ended %v", got, c.Ended)
		}
	}
}

func TestURLThatFollowsACollectIsToldItIsComplete(t *testing.T) {
	c := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q"}], "on_complete": {"redirect": "https://example.com/x"}}}`, ""), false)
	c.reply(`"Ada" {{x}}`)
	var memory struct {
		Twilio struct {
			Collected map[string]struct {
				Status  string `json:"status"`
				Answers map[string]struct{ Answer string }
			} `json:"collected_data"`
		}
	}
	asked := c.Said[1].Form.Get("Memory")
	if err := json.Unmarshal([]byte(asked), &memory); err != nil {
		t.Fatalf("%v in %s", err, asked)
	}
	if got := memory.Twilio.Collected["c"]; got.Status != "complete" || got.Answers["q"].Answer != `"Ada" {{x}}` {
		t.Errorf("it is sent %s", asked)
	}
}
