package autopilot

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// talk is what was replied, and how it stands.
func talk(turn run.Turn) string {
	var b strings.Builder
	for _, r := range turn.Replies {
		fmt.Fprintf(&b, "%s%v ", r.Text, r.Media)
	}
	for _, p := range turn.Problems {
		fmt.Fprintf(&b, "!%d ", p.Code)
	}
	text := strings.ReplaceAll(b.String(), "[]", "")
	if turn.Ended {
		return text + "end"
	}
	return text + "wait"
}

// chat sends events, saving and resuming in between, and tells the replies.
func chat(t *testing.T, schema string, o Options, events ...run.Event) string {
	t.Helper()
	c, err := New([]byte(schema), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, talk(c.Send(t.Context(), e)))
		text, err := c.Save()
		if err != nil {
			t.Fatal(err)
		}
		if c, err = c.assistant.Resume(text, o); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(got, ", ")
}

// schema is an assistant of tasks: name, actions, samples and fields in turn.
func schema(tasks ...string) string {
	return `{"uniqueName":"bot",
		"defaults":{"defaults":{"assistant_initiation":"task://greeting","fallback":"task://fallback","collect":{"validate_on_failure":"task://gave-up"}}},
		"styleSheet":{"style_sheet":{"collect":{"validate":{"on_failure":{"repeat_question":false,"messages":[{"say":"what?"},{"say":"again?"}]},"on_success":{"say":""},"max_attempts":3}},"voice":{"say_voice":"Polly.Matthew"}}},
		"fieldTypes":[{"uniqueName":"Custom.TEA","values":[{"language":"en-US","value":"Earl Grey","synonymOf":null},{"language":"en-US","value":"the grey one","synonymOf":"Earl Grey"}]}],
		"tasks":[` + strings.Join(append(tasks,
		taskOf("greeting", `{"say":"Hello"},{"listen":true}`, "hi", "good morning"),
		taskOf("fallback", `{"say":{"speech":"Sorry"}},{"listen":true}`),
		taskOf("gave-up", `{"say":"I give up"}`),
		taskOf("goodbye", `{"say":"Bye"}`, "bye", "good bye to you"),
	), ",") + `]}`
}

func taskOf(name, actions string, samples ...string) string {
	tagged := []string{}
	for _, s := range samples {
		tagged = append(tagged, fmt.Sprintf(`{"language":"en-US","taggedText":%q}`, s))
	}
	return fmt.Sprintf(`{"uniqueName":%q,"actions":{"actions":[%s]},"fields":[{"uniqueName":"tea","fieldType":"Custom.TEA"},{"uniqueName":"n","fieldType":"Twilio.NUMBER"},{"uniqueName":"any","fieldType":"Gone"}],"samples":[%s]}`,
		name, actions, strings.Join(tagged, ","))
}

func TestMessagesAreRouted(t *testing.T) {
	bot := schema(taskOf("order", `{"say":"Ordered"}`, "a cup of {tea}", "{n} cups", "{any}", "I want {any} now"))
	for said, want := range map[string]string{
		"HI!": "Hello wait", " good   morning. ": "Hello wait", "bye": "Bye end",
		"a cup of the grey one": "Ordered end", "A cup of Earl Grey, ": "Ordered end", "a cup of coffee": "Ordered end",
		"3 cups": "Ordered end", "twenty one cups!": "Ordered end", "I want it now": "Ordered end",
		"a very good morning": "Hello wait", "xyzzy": "Sorry wait", "": "Sorry wait", "?!": "Sorry wait",
	} {
		if got := chat(t, bot, Options{}, run.Message(said)); got != want {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
	for said, want := range map[string]string{
		"hi": "Hello wait", "3 cups": "Ordered end", "a cup of coffee": "Sorry wait", "a very good morning": "Sorry wait",
	} {
		if got := chat(t, bot, Options{Literal: true}, run.Message(said)); got != want {
			t.Errorf("literally, %q: %s, want %s", said, got, want)
		}
	}
	if got := chat(t, bot, Options{Untrained: true}, run.Message("hi")); got != "Sorry wait" {
		t.Errorf("without a model: %s", got)
	}
}

func TestEarlierTaskHasAnAmbiguousSample(t *testing.T) {
	if got := chat(t, schema(taskOf("first", `{"say":"1"}`, "Hi"), taskOf("second", `{"say":"2"}`, "hi")), Options{}, run.Message("hi")); got != "1 end" {
		t.Error(got)
	}
}

func TestWhoBegins(t *testing.T) {
	bot := schema()
	for name, tc := range map[string]struct {
		o    Options
		e    run.Event
		want string
	}{
		"a call is greeted":             {Options{}, run.Call(), "Hello wait"},
		"a message is not":              {Options{}, run.Message("bye"), "Bye end"},
		"target task":                   {Options{TargetTask: "goodbye"}, run.Message("hi"), "Bye end"},
		"target task of a call":         {Options{TargetTask: "goodbye"}, run.Call(), "Bye end"},
		"target task that is not there": {Options{TargetTask: "x"}, run.Message("hi"), "Hello !0 wait"},
	} {
		if got := chat(t, bot, tc.o, tc.e); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if got := chat(t, `{"tasks":[]}`, Options{}, run.Call()); got != "end" {
		t.Errorf("nothing to begin with: %s", got)
	}
}

func TestActionsRunInOrder(t *testing.T) {
	for actions, want := range map[string]string{
		`{"say":"a"},{"say":""},{"say":{"speech":"b"}},{"listen":true},{"say":"c"}`:                             "a b wait",
		`{"say":"a"},{"redirect":"task://goodbye"},{"say":"c"}`:                                                 "a Bye end",
		`{"redirect":{"uri":"task://goodbye","method":"POST"}}`:                                                 "Bye end",
		`{"redirect":"task://nowhere"}`:                                                                         "!90102 end",
		`{"redirect":"task://loop"}`:                                                                            "!90102 end",
		`{"redirect":""},{"say":"b"}`:                                                                           "b !90100 end",
		`{"show":{"body":"Look","images":[{"label":"l","url":"http://x/1"},{"label":"m","url":"http://x/2"}]}}`: "Look[http://x/1] m[http://x/2] end",
		`{"play":{"url":"http://x/1"}},{"say":"b"}`:                                                             "b end",
		`{"dance":true},{"say":"b"}`:                                                                            "b !90100 end",
		`{"handoff":{"channel":"voice","uri":"taskrouter://WW1"}}`:                                              "!0 end",
		`{"redirect":"https://example.com/actions"}`:                                                            "!11200 end",
		`{"listen":false},{"say":"b"}`:                                                                          "b end",
		`1`:                                                                                                     "!90100 end",
	} {
		bot := schema(taskOf("x", actions, "x"), taskOf("loop", `{"redirect":"task://x"}`))
		if strings.Contains(actions, "loop") {
			bot = schema(taskOf("x", actions, "x"), taskOf("loop", `{"redirect":"task://loop"}`))
		}
		if got := chat(t, bot, Options{}, run.Message("x")); got != want {
			t.Errorf("%s: %s, want %s", actions, got, want)
		}
	}
}

func TestListenMayBeSelective(t *testing.T) {
	bot := schema(taskOf("x", `{"say":"1 or 2"},{"listen":{"tasks":["goodbye"],"voice_digits":{"num_digits":1,"redirects":{"1":"task://greeting","2":"task://goodbye"}}}}`, "x"))
	for name, tc := range map[string]struct {
		events []run.Event
		want   string
	}{
		"other task":       {[]run.Event{run.Message("x"), run.Message("hi")}, "1 or 2 wait, Sorry wait"},
		"its task":         {[]run.Event{run.Message("x"), run.Message("bye")}, "1 or 2 wait, Bye end"},
		"everything after": {[]run.Event{run.Message("x"), run.Message("y"), run.Message("hi")}, "1 or 2 wait, Sorry wait, Hello wait"},
		"keys":             {[]run.Event{run.Call(), run.Speech("x"), run.Digits("23")}, "Hello wait, 1 or 2 wait, Bye end"},
		"other keys":       {[]run.Event{run.Call(), run.Speech("x"), run.Digits("9")}, "Hello wait, 1 or 2 wait, Sorry wait"},
		"late":             {[]run.Event{run.Message("x"), run.Timeout(), run.Message("bye")}, "1 or 2 wait, end, end"},
		"silence":          {[]run.Event{run.Call(), run.Speech("x"), run.Silence(), run.Silence(), run.Silence()}, "Hello wait, 1 or 2 wait, 1 or 2 wait, 1 or 2 wait, end"},
		"hangup":           {[]run.Event{run.Call(), run.Hangup()}, "Hello wait, end"},
	} {
		if got := chat(t, bot, Options{}, tc.events...); got != tc.want {
			t.Errorf("%s: %s\nwant %s", name, got, tc.want)
		}
	}
}

func TestCollectAsksUntilAnswered(t *testing.T) {
	collect := func(rest string) string {
		return schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA"`+rest+`},{"question":{"say":"Sure?"},"name":"sure","type":"Twilio.YES_NO"}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))
	}
	plain := collect("")
	validated := collect(`,"validate":{"on_failure":{"messages":[{"say":"no such tea"}],"repeat_question":true},"on_success":{"say":"good"},"max_attempts":{"redirect":"task://greeting","num_attempts":2}}`)
	allowed := collect(`,"validate":{"allowed_values":{"list":["Green"]}}`)
	for name, tc := range map[string]struct {
		bot  string
		said []string
		want string
	}{
		"answers":       {plain, []string{"the grey one", "yes"}, "Tea? wait, Sure? wait, Bye end"},
		"in a sentence": {plain, []string{"I'd like Earl Grey please", "yes"}, "Tea? wait, Sure? wait, Bye end"},
		"wrong ones":    {plain, []string{"beer", "wine", "rum"}, "Tea? wait, what? wait, again? wait, I give up end"},
		"anew each":     {plain, []string{"beer", "wine", "Earl Grey", "maybe", "no"}, "Tea? wait, what? wait, again? wait, Sure? wait, what? wait, Bye end"},
		"own messages":  {validated, []string{"beer", "Earl Grey"}, "Tea? wait, no such tea Tea? wait, good Sure? wait"},
		"own end":       {validated, []string{"beer", "wine"}, "Tea? wait, no such tea Tea? wait, Hello wait"},
		"not allowed":   {allowed, []string{"Earl Grey"}, "Tea? wait, what? wait"},
	} {
		events := []run.Event{run.Message("x")}
		for _, text := range tc.said {
			events = append(events, run.Message(text))
		}
		if got := chat(t, tc.bot, Options{}, events...); got != tc.want {
			t.Errorf("%s: %s\nwant %s", name, got, tc.want)
		}
	}
	literally := chat(t, plain, Options{Literal: true}, run.Message("x"), run.Message("I'd like Earl Grey please"))
	if literally != "Tea? wait, what? wait" {
		t.Errorf("literally: %s", literally)
	}
}

func TestKeysAnswerQuestions(t *testing.T) {
	bot := schema(taskOf("greeting-2", `{"collect":{"name":"c","questions":[{"question":"Dept?","name":"d","voice_digits":{"num_digits":1,"mapping":{"1":"sales"}},"validate":{"allowed_values":{"list":["Sales"]}}}],"on_complete":{"redirect":"task://goodbye"}}}`))
	o := Options{TargetTask: "greeting-2"}
	if got := chat(t, bot, o, run.Call(), run.Digits("2"), run.Digits("1")); got != "Dept? wait, what? wait, Bye end" {
		t.Error(got)
	}
	if got := chat(t, bot, o, run.Call(), run.Silence(), run.Silence()); got != "Dept? wait, what? wait, again? wait" {
		t.Error(got)
	}
}

func TestAnswersAndFactsAreRemembered(t *testing.T) {
	c, err := New([]byte(schema(taskOf("x", `{"remember":{"a":1,"b":{"c":"d"}}},{"collect":{"name":"order","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA"}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Send(t.Context(), run.Message("x"))
	c.Send(t.Context(), run.Message("the grey one"))
	text, err := json.Marshal(c.Remembered())
	want := `{"a":1,"b":{"c":"d"},"twilio":{"collected_data":{"order":{"answers":{"tea":{"answer":"Earl Grey","type":"Custom.TEA"}},"status":"complete"}}}}`
	if err != nil || string(text) != want {
		t.Errorf("%s %v, want %s", text, err, want)
	}
}

func TestURLsGiveActionsAndJudgeAnswers(t *testing.T) {
	var asked []run.Request
	reply := `{"actions":[{"say":"from afar"},{"redirect":"task://goodbye"}]}`
	o := Options{AssistantSID: "UA1", Contact: run.Contact{AccountSID: "AC1", From: "+447700900999", To: "+12025550142", Channel: run.Messaging},
		World: run.World{Web: func(_ context.Context, r run.Request) (run.Response, *run.Problem) {
			asked = append(asked, r)
			return run.Response{Status: 200, ContentType: "application/json", Body: []byte(reply)}, nil
		}}}
	bot := schema(taskOf("x", `{"remember":{"k":"v"}},{"redirect":"http://x/actions"}`, "{n} cups"),
		taskOf("y", `{"collect":{"name":"c","questions":[{"question":"?","name":"q","validate":{"webhook":{"url":"http://x/valid","method":"GET"}}}],"on_complete":{"redirect":"task://goodbye"}}}`, "y"))
	if got := chat(t, bot, o, run.Message("3 cups")); got != "from afar Bye end" {
		t.Error(got)
	}
	form := asked[0].Form
	for name, want := range map[string]string{
		"AccountSid": "AC1", "AssistantSid": "UA1", "UserIdentifier": "+447700900999", "CurrentInput": "3 cups", "CurrentTask": "x",
		"Field_n_Value": "3", "Field_n_Type": "Twilio.NUMBER", "Memory": `{"k":"v"}`, "Channel": "sms",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	if !strings.HasPrefix(form.Get("DialogueSid"), "UK") || !asked[0].Signed {
		t.Errorf("%+v", asked[0])
	}
	reply = `{"valid":false}`
	if got := chat(t, bot, o, run.Message("y"), run.Message("an answer")); got != "? wait, what? wait" {
		t.Error(got)
	}
	reply = `{"valid":true}`
	if got := chat(t, bot, o, run.Message("y"), run.Message("an answer")); got != "? wait, Bye end" {
		t.Error(got)
	}
	for _, reply = range []string{`<html>`, `{"actions":[{"say":"` + strings.Repeat("x", maxReply) + `"}]}`, `{"actions":1}`} {
		if got := chat(t, bot, o, run.Message("3 cups")); got != "!90100 end" {
			t.Errorf("%.20s: %s", reply, got)
		}
	}
}

func TestCallIsHandedOff(t *testing.T) {
	document := `<Response><Gather><Say>Agent?</Say></Gather><Say>Nobody</Say></Response>`
	o := Options{World: run.World{Web: func(context.Context, run.Request) (run.Response, *run.Problem) {
		return run.Response{Status: 200, ContentType: "text/xml", Body: []byte(document)}, nil
	}}}
	bot := schema(taskOf("x", `{"say":"Wait"},{"handoff":{"channel":"voice","uri":"http://x/twiml"}}`, "x"), taskOf("q", `{"handoff":{"channel":"voice","uri":"taskrouter://WW1"}}`, "q"))
	if got := chat(t, bot, o, run.Call(), run.Speech("x"), run.Silence()); got != "Hello wait, Wait Agent? wait, Nobody end" {
		t.Error(got)
	}
	if got := chat(t, bot, o, run.Call(), run.Speech("q")); got != "Hello wait, WW1 end" {
		t.Error(got)
	}
}

func TestTypesKnowTheirValues(t *testing.T) {
	a, err := Parse([]byte(schema()))
	if err != nil {
		t.Fatal(err)
	}
	for typeName, tc := range map[string]struct{ good, bad string }{
		"Twilio.NUMBER": {"-3|1,000|2.5|twenty one|One hundred and five", "abc|1 2|"}, "Twilio.YES_NO": {"Yes!|nope|y", "maybe|yesterday"},
		"Twilio.NUMBER_SEQUENCE": {"12 34-5", "a1"}, "Twilio.PHONE_NUMBER": {"+44 7700 900999|(202) 555-0142", "12345"},
		"Twilio.DATE": {"2026-11-21|tomorrow|next Monday|June 5th, 2026|the 5th of June|11/21/2026", "soon|13"}, "Twilio.TIME": {"5pm|17:30|noon|10 o'clock|five pm", "25:00|later"},
		"Twilio.EMAIL": {"a.b@example.com", "a@b"}, "Twilio.CITY": {"New York|St. John's", "12"}, "Twilio.FIRST_NAME": {"Zoë|Anne-Marie", "a b c d|7"},
		"Twilio.US_STATE": {"New York|tx", "Ontario"}, "Twilio.DAY_OF_WEEK": {"friday|Mon", "someday"}, "Twilio.MONTH": {"May|sept", "13"},
		"Twilio.COUNTRY_ISO_ALPHA2": {"GB", "GBR"}, "Twilio.ALPHANUMERIC": {"AB12", "a_b"}, "custom.tea": {"EARL GREY|the grey one.", "tea"},
	} {
		for good := range strings.SplitSeq(tc.good, "|") {
			if _, ok, known := a.typed(typeName, good); !ok || !known {
				t.Errorf("%s does not know %q", typeName, good)
			}
		}
		for bad := range strings.SplitSeq(tc.bad, "|") {
			if value, ok, _ := a.typed(typeName, bad); ok {
				t.Errorf("%s takes %q for %q", typeName, bad, value)
			}
		}
	}
	if _, _, known := a.typed("Gone", "x"); known {
		t.Error("a type that is not there is known")
	}
}

// realSchemas are the schemas beside the project.
func realSchemas(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../../../../shared/schemas/*.json")
	if err != nil || len(paths) == 0 {
		tb.Skip("there are no schemas beside the project")
	}
	found := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		found[filepath.Base(path)] = text
	}
	return found
}

func TestRealSamplesReachTheirTask(t *testing.T) {
	total, missed := 0, 0
	for name, text := range realSchemas(t) {
		a, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, wanted := range a.tasks {
			for _, sample := range wanted.samples {
				if strings.Contains(sample, "{") {
					continue
				}
				total++
				if got, ok := a.route(sample, nil, true); !ok || got.task != wanted {
					missed++
					t.Logf("%s: %q of %s", name, sample, wanted.name)
				}
			}
		}
	}
	// A few sentences are samples of two tasks.
	if missed*100 > total {
		t.Errorf("%d of %d samples do not reach their task", missed, total)
	}
	t.Logf("%d samples", total)
}

// Whoever writes or calls hears something, or the reason why not is told.
func TestRealAssistantsTalk(t *testing.T) {
	for name, text := range realSchemas(t) {
		for _, first := range []run.Event{run.Message("hello"), run.Call()} {
			c, err := New(text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			heard := 0
			for i, e := 0, first; i < 60; i++ {
				turn := c.Send(t.Context(), e)
				heard += len(turn.Replies) + len(turn.Problems)
				if turn.Ended {
					break
				}
				if e = run.Message([]string{"yes", "1", "help", "qwxz"}[i%4]); first.Kind == run.KindCall {
					e.Kind = run.KindSpeech
				}
			}
			if heard == 0 {
				t.Errorf("%s says nothing to a %s", name, first.Kind)
			}
		}
	}
}

func FuzzAssistant(f *testing.F) {
	f.Add(schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"?","name":"q","type":"Twilio.DATE"}],"on_complete":{"redirect":"task://x"}}}`, "x {n}")), "x 3")
	f.Fuzz(func(t *testing.T, text, said string) {
		c, err := New([]byte(text), Options{})
		if err != nil {
			return
		}
		for _, e := range []run.Event{run.Message(said), run.Message(said), run.Message("yes"), run.Hangup()} {
			turn := c.Send(t.Context(), e)
			saved, err := c.Save()
			if err != nil {
				t.Fatal(err)
			}
			if c, err = c.assistant.Resume(saved, Options{}); err != nil {
				t.Fatal(err)
			}
			if e.Kind == run.KindHangup && !turn.Ended {
				t.Fatal("a dialogue outlives a hangup")
			}
		}
	})
}
