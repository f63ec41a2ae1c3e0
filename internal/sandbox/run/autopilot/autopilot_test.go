package autopilot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// start starts a dialogue with the assistant of an exported file.
func start(schema []byte, o Options) (*Conversation, error) {
	a, err := Parse(schema)
	if err != nil {
		return nil, err
	}
	return a.Start(o), nil
}

// talk is the replies, and the state of the conversation.
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

// chat sends events, saving and resuming in between, and returns the replies.
func chat(t *testing.T, schema string, o Options, events ...run.Event) string {
	t.Helper()
	c, err := start([]byte(schema), o)
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
		"a call is greeted":               {Options{}, run.Call(), "Hello wait"},
		"a message is not":                {Options{}, run.Message("bye"), "Bye end"},
		"target task":                     {Options{TargetTask: "goodbye"}, run.Message("hi"), "Bye end"},
		"target task of a call":           {Options{TargetTask: "goodbye"}, run.Call(), "Bye end"},
		"target task that does not exist": {Options{TargetTask: "x"}, run.Message("hi"), "Hello !0 wait"},
	} {
		if got := chat(t, bot, tc.o, tc.e); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if got := chat(t, `{"tasks":[]}`, Options{}, run.Call()); got != "end" {
		t.Errorf("without anything to start with: %s", got)
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

func TestFiveRedirectsAreFollowed(t *testing.T) {
	chain := []string{taskOf("x", `{"redirect":"task://to-1"}`, "x", "go"), taskOf("y", `{"redirect":"task://x"}`, "y")}
	for i := 1; i < 5; i++ {
		chain = append(chain, taskOf(fmt.Sprintf("to-%d", i), fmt.Sprintf(`{"redirect":"task://to-%d"}`, i+1)))
	}
	bot := schema(append(chain, taskOf("to-5", `{"say":"There"}`))...)
	for said, want := range map[string]string{"x": "There end", "y": "!90102 end"} {
		if got := chat(t, bot, Options{}, run.Message(said)); got != want {
			t.Errorf("%s: %s, want %s", said, got, want)
		}
	}
}

func TestDialogueWaitsLongerForAMessageThanForACaller(t *testing.T) {
	for _, tc := range []struct {
		begin run.Event
		want  time.Duration
	}{{run.Message("hi"), messageWait}, {run.Call(), callWait}} {
		c, err := start([]byte(schema()), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if turn := c.Send(t.Context(), tc.begin); turn.Ended || turn.Wait != tc.want {
			t.Errorf("a %s: %+v", tc.begin.Kind, turn)
		}
	}
}

func TestPicturesAreNotShownToCallers(t *testing.T) {
	bot := schema(taskOf("x", `{"show":{"body":"Look","images":[{"label":"l","url":"http://x/1"}]}},{"say":"b"}`, "x"))
	if got := chat(t, bot, Options{TargetTask: "x"}, run.Call()); got != "b end" {
		t.Error(got)
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
		"silence, not in a row": {[]run.Event{run.Call(), run.Silence(), run.Silence(), run.Speech("bye-bye now"), run.Silence(), run.Silence()},
			"Hello wait, Hello wait, Hello wait, Sorry wait, Sorry wait, Sorry wait"},
		"silence": {[]run.Event{run.Call(), run.Speech("x"), run.Silence(), run.Silence(), run.Silence()}, "Hello wait, 1 or 2 wait, 1 or 2 wait, 1 or 2 wait, end"},
		"hangup":  {[]run.Event{run.Call(), run.Hangup()}, "Hello wait, end"},
	} {
		if got := chat(t, bot, Options{}, tc.events...); got != tc.want {
			t.Errorf("%s: %s\nwant %s", name, got, tc.want)
		}
	}
}

func FuzzAssistant(f *testing.F) {
	f.Add(schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"?","name":"q","type":"Twilio.DATE"}],"on_complete":{"redirect":"task://x"}}}`, "x {n}")), "x 3")
	f.Fuzz(func(t *testing.T, text, said string) {
		c, err := start([]byte(text), Options{})
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
				t.Fatal("a dialogue continues after a hangup")
			}
		}
	})
}
