package studio

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// widget writes a state; exits are "event=next" pairs.
func widget(name, kind, properties string, exits ...string) string {
	var transitions []string
	for _, exit := range exits {
		event, next, wired := strings.Cut(exit, "=")
		if wired {
			transitions = append(transitions, fmt.Sprintf(`{"event":%q,"next":%q}`, event, next))
		} else {
			transitions = append(transitions, fmt.Sprintf(`{"event":%q}`, event))
		}
	}
	return fmt.Sprintf(`{"name":%q,"type":%q,"properties":{%s},"transitions":[%s]}`, name, kind, properties, strings.Join(transitions, ","))
}

// split writes a split-based-on; branches are "type:value=next".
func split(name, input string, branches ...string) string {
	transitions := []string{}
	for _, branch := range branches {
		test, next, _ := strings.Cut(branch, "=")
		kind, value, conditional := strings.Cut(test, ":")
		if !conditional {
			transitions = append(transitions, fmt.Sprintf(`{"event":"noMatch","next":%q}`, next))
			continue
		}
		transitions = append(transitions, fmt.Sprintf(`{"event":"match","next":%q,"conditions":[{"friendly_name":"x","arguments":[%q],"type":%q,"value":%q}]}`, next, input, kind, value))
	}
	return fmt.Sprintf(`{"name":%q,"type":"split-based-on","properties":{"input":%q},"transitions":[%s]}`, name, input, strings.Join(transitions, ","))
}

func definition(states ...string) []byte {
	return []byte(`{"description":"","initial_state":"Trigger","states":[` + strings.Join(states, ",") + `]}`)
}

const trigger = `incomingMessage=a incomingCall=a incomingParent=a`

func starts() string { return widget("Trigger", "trigger", "", strings.Fields(trigger)...) }

// talk is the replies, and the state of the conversation.
func talk(turn run.Turn) string {
	var b strings.Builder
	for _, r := range turn.Replies {
		fmt.Fprintf(&b, "%s:%s ", r.Type, r.Text)
	}
	for _, p := range turn.Problems {
		fmt.Fprintf(&b, "!%d ", p.Code)
	}
	if turn.Ended {
		return b.String() + "end"
	}
	return b.String() + "wait"
}

// chat sends events, saving and resuming in between, and returns the replies.
func chat(t *testing.T, flow []byte, o Options, events ...run.Event) string {
	t.Helper()
	if o.Contact.From == "" {
		o.Contact = run.Contact{AccountSID: "AC1", From: "+447700900999", To: "+12025550142"}
	}
	c, err := New(flow, o)
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
		if c, err = Resume(flow, text, o); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(got, ", ")
}

const (
	toContact = `"from":"{{flow.channel.address}}","to":"{{contact.channel.address}}"`
	waiting   = `"from":"{{flow.channel.address}}","timeout":"60"`
)

func TestMessagesGoBackAndForth(t *testing.T) {
	flow := definition(starts(),
		widget("a", "send-message", toContact+`,"body":"Hello {{trigger.message.From}}"`, "sent=ask", "failed"),
		widget("ask", "send-and-wait-for-reply", waiting+`,"body":"Tea?"`, "incomingMessage=in", "timeout=late", "deliveryFailure"),
		widget("in", "set-variables", `"variables":[{"key":"said","value":"{{widgets.ask.inbound.Body | strip | downcase | remove: '.'}}"}]`, "next=s"),
		split("s", "{{flow.variables.said}}", "noMatch=what", "matches_any_of:yes,yes please=tea"),
		widget("what", "send-message", toContact+`,"body":"You said {{flow.variables.said}}"`, "sent=ask"),
		widget("tea", "send-message", toContact+`,"body":"Here you are"`, "sent", "failed"),
		widget("late", "send-message", toContact+`,"body":"Too late"`, "sent", "failed"),
	)
	for name, tc := range map[string]struct {
		events []run.Event
		want   string
	}{
		"yes":         {[]run.Event{run.Message(" Yes. ")}, "message:Here you are end"},
		"no":          {[]run.Event{run.Message("No"), run.Message("YES PLEASE")}, "message:You said no message:Tea? wait, message:Here you are end"},
		"late":        {[]run.Event{run.Timeout(), run.Message("yes")}, "message:Too late end, end"},
		"keys":        {[]run.Event{run.Digits("1"), run.Message("yes")}, "wait, message:Here you are end"},
		"ended by it": {[]run.Event{run.Hangup(), run.Message("yes")}, "end, end"},
	} {
		t.Run(name, func(t *testing.T) {
			want := "message:Hello +447700900999 message:Tea? wait, " + tc.want
			if got := chat(t, flow, Options{}, append([]run.Event{run.Message("hi")}, tc.events...)...); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
}

func TestCallsAreGathered(t *testing.T) {
	flow := definition(starts(),
		widget("a", "say-play", `"say":"Welcome","loop":1`, "audioComplete=menu"),
		widget("menu", "gather-input-on-call", `"say":"Press 1","timeout":4,"number_of_digits":1,"finish_on_key":"*"`, "keypress=k", "speech=sp", "timeout=menu"),
		split("k", "{{widgets.menu.Digits}}", "noMatch=menu", "equal_to:1=one"),
		split("sp", "{{widgets.menu.SpeechResult}}", "noMatch=menu", "contains:human=flex"),
		widget("one", "say-play", `"play":"http://x/one.mp3"`, "audioComplete"),
		widget("flex", "enqueue-call", `"workflow_sid":"WW1"`, "callComplete=one", "failedToEnqueue", "callFailure"),
	)
	for name, tc := range map[string]struct {
		events []run.Event
		want   string
	}{
		"key":     {[]run.Event{run.Digits("12")}, "play:http://x/one.mp3 end"},
		"other":   {[]run.Event{run.Digits("2")}, "say:Press 1 wait"},
		"no key":  {[]run.Event{run.Digits("*")}, "say:Press 1 wait"},
		"speech":  {[]run.Event{run.Speech("A Human, please.")}, "enqueue:WW1 end"},
		"silence": {[]run.Event{run.Silence()}, "say:Press 1 wait"},
		"hangup":  {[]run.Event{run.Hangup()}, "end"},
		"message": {[]run.Event{run.Message("1")}, "wait"},
	} {
		t.Run(name, func(t *testing.T) {
			want := "say:Welcome say:Press 1 wait, " + tc.want
			if got := chat(t, flow, Options{}, append([]run.Event{run.Call()}, tc.events...)...); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
}

func TestSplitNeedsAllConditionsOfATransition(t *testing.T) {
	both := `{"name":"a","type":"split-based-on","properties":{"input":"{{trigger.message.Body}}"},"transitions":[{"event":"noMatch","next":"no"},{"event":"match","next":"yes","conditions":[` +
		`{"arguments":["{{trigger.message.Body}}"],"type":"contains","value":"green"},{"arguments":["{{trigger.message.Body}}"],"type":"contains","value":"tea"}]}]}`
	flow := definition(starts(), both, widget("yes", "send-message", toContact+`,"body":"yes"`), widget("no", "send-message", toContact+`,"body":"no"`))
	for said, want := range map[string]string{"green tea": "yes", "green": "no", "tea": "no", "": "no"} {
		if got := chat(t, flow, Options{}, run.Message(said)); got != "message:"+want+" end" {
			t.Errorf("%q: %s", said, got)
		}
	}
}

func TestMessageMayGoToSomebodyElse(t *testing.T) {
	flow := definition(starts(), widget("a", "send-message", `"from":"{{flow.channel.address}}","to":"+12025550100","body":"x"`, "sent=b"),
		widget("b", "send-message", toContact+`,"body":"y"`))
	c, err := New(flow, Options{Contact: run.Contact{From: "+447700900999", To: "+12025550142"}})
	if err != nil {
		t.Fatal(err)
	}
	if replies := c.Send(t.Context(), run.Message("hi")).Replies; len(replies) != 2 || replies[0].To != "+12025550100" || replies[1].To != "" {
		t.Errorf("%+v", replies)
	}
}

func TestConversationsShowInTheTrigger(t *testing.T) {
	flow := definition(widget("Trigger", "trigger", "", "incomingMessage", "incomingConversationMessage=a"),
		widget("a", "send-and-wait-for-reply", waiting+`,"body":"{{trigger.conversation.Body}}?"`, "incomingMessage=b"),
		widget("b", "send-message", toContact+`,"body":"{{widgets.a.inbound.Body}}-{{trigger.conversation.Body}}"`))
	if got := chat(t, flow, Options{}, run.Event{Kind: run.KindThread, Text: "hi"}, run.Event{Kind: run.KindThread, Text: "yes"}); got != "message:hi? wait, message:-yes end" {
		t.Error(got)
	}
}

func TestWidgetThatWaitsTellsHowLong(t *testing.T) {
	for _, tc := range []struct {
		kind, properties string
		begin            run.Event
		want             time.Duration
	}{
		{"send-and-wait-for-reply", waiting + `,"body":"Tea?"`, run.Message("hi"), time.Minute},
		{"send-and-wait-for-reply", `"from":"x","body":"Tea?"`, run.Message("hi"), time.Hour},
		{"gather-input-on-call", `"say":"Tea?","timeout":9`, run.Call(), 9 * time.Second},
		{"gather-input-on-call", `"say":"Tea?"`, run.Call(), 5 * time.Second},
	} {
		c, err := New(definition(starts(), widget("a", tc.kind, tc.properties, "incomingMessage", "keypress")), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if turn := c.Send(t.Context(), tc.begin); turn.Wait != tc.want || c.State() != "a" {
			t.Errorf("%s with %s: %s waits %v, want %v", tc.kind, tc.properties, c.State(), turn.Wait, tc.want)
		}
	}
}

func TestExecutionsThatRunAwayAreEnded(t *testing.T) {
	self := definition(starts(), widget("a", "set-variables", `"variables":[]`, "next=a"))
	if got := chat(t, self, Options{}, run.Message("hi")); got != "!81000 end" {
		t.Errorf("a widget that follows itself: %s", got)
	}
	two := definition(starts(), widget("a", "set-variables", `"variables":[{"key":"n","value":"{{flow.variables.n | plus: 1}}"}]`, "next=b"),
		widget("b", "set-variables", `"variables":[]`, "next=a"))
	c, err := New(two, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := talk(c.Send(t.Context(), run.Message("hi"))); got != "!81000 end" {
		t.Errorf("two widgets in a loop: %s", got)
	}
	if n := c.Context()["flow"].(object)["variables"].(object)["n"]; n != "500" {
		t.Errorf("it looped %v times", n)
	}
}

func TestMessagesTwilioRefusesFail(t *testing.T) {
	for body, want := range map[string]string{"": "!21602 message:failed end", strings.Repeat("x", 1601): "!21617 message:failed end"} {
		flow := definition(starts(), widget("a", "send-message", fmt.Sprintf(`"from":"","body":%q`, body), "sent", "failed=f"),
			widget("f", "send-message", `"from":"","body":"failed"`))
		got := chat(t, flow, Options{}, run.Message("hi"))
		if got != strings.Join([]string{strings.Fields(want)[1], strings.Fields(want)[0], "end"}, " ") {
			t.Errorf("%d characters: %s", len(body), got)
		}
	}
}

func TestWidgetsForCallsNeedOne(t *testing.T) {
	for _, kind := range []string{"say-play", "gather-input-on-call", "enqueue-call", "add-twiml-redirect"} {
		flow := definition(starts(), widget("a", kind, `"say":"x"`, "audioComplete=a"))
		if got := chat(t, flow, Options{}, run.Message("hi")); got != "!0 end" {
			t.Errorf("%s: %s", kind, got)
		}
	}
	flex := definition(starts(), widget("a", "send-to-flex", `"workflow":"WW1","channel":"TC1"`))
	if got := chat(t, flex, Options{}, run.Message("hi")); got != "enqueue:WW1 end" {
		t.Error(got)
	}
}

func TestNotWiredTriggerEndsAtOnce(t *testing.T) {
	flow := definition(widget("Trigger", "trigger", "", "incomingMessage", "incomingCall"))
	if got := chat(t, flow, Options{}, run.Message("hi")); got != "end" {
		t.Error(got)
	}
}

func TestVariablesAreSetAtOnceAndParsed(t *testing.T) {
	flow := definition(starts(),
		widget("a", "set-variables", `"variables":[{"key":"x","value":"1"},{"key":"y","value":"{{flow.variables.x}}"},{"key":"o","value":"{\"k\":[1,2]}","parse_as_json":true},{"key":"bad","value":"{","parse_as_json":"true"},{"key":"two","value":"1 2","parse_as_json":"true"}]`, "next=b"),
		widget("b", "send-message", toContact+`,"body":"{{flow.variables.x}}{{flow.variables.y}}{{flow.variables.o.k[1]}}{{flow.variables.bad}}"`))
	if got := chat(t, flow, Options{}, run.Message("hi")); got != "message:12{ !0 !0 end" {
		t.Error(got)
	}
}

func TestBrokenDefinitionsAreRefused(t *testing.T) {
	for _, text := range []string{``, `[]`, `{}`, `{"initial_state":"x","states":[]}`, `{"initial_state":"x","states":[null]}`} {
		if _, err := New([]byte(text), Options{}); err == nil {
			t.Errorf("%s runs", text)
		}
	}
	if _, err := Resume(definition(starts()), []byte("{"), Options{}); err == nil {
		t.Error("broken saved state is resumed")
	}
}

func FuzzFlow(f *testing.F) {
	f.Add(string(definition(starts(), widget("a", "send-and-wait-for-reply", waiting+`,"body":"{{widgets.a.inbound.Body}}?"`, "incomingMessage=a"))), "hi")
	f.Add(string(definition(starts(), split("a", "{{trigger.message.Body}}", "noMatch=a", "regex:(a|b)=a"))), "ab")
	f.Fuzz(func(t *testing.T, text, said string) {
		c, err := New([]byte(text), Options{})
		if err != nil {
			return
		}
		for _, e := range []run.Event{run.Message(said), run.Message(said), run.Timeout(), run.Hangup()} {
			turn := c.Send(t.Context(), e)
			saved, err := c.Save()
			if err != nil || !json.Valid(saved) {
				t.Fatalf("%v %s", err, saved)
			}
			if e.Kind == run.KindHangup && !turn.Ended {
				t.Fatal("an execution continues after a hangup")
			}
		}
	})
}
