package twiml

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// server is a Relay that answers what it is sent by a list: for each message that has a key of
// the list in it, the messages of the value, separated by spaces. "close" closes the connection.
type server struct {
	answers map[string]string
	got     []string // what it was sent
	waited  int      // how often an answer was waited for
	sockets map[string]bool
}

func (s *server) Open(_ context.Context, session, target string) *run.Problem {
	if strings.Contains(target, "gone") {
		p := run.Problemf(64102, "Unable to connect")
		return &p
	}
	s.sockets = map[string]bool{session: true}
	return nil
}

func (s *server) Exchange(_ context.Context, session string, send [][]byte, enough func([]byte) bool) (received [][]byte, open bool) {
	if enough != nil {
		s.waited++
	}
	for _, message := range send {
		s.got = append(s.got, string(message))
		for key, answers := range s.answers {
			if !strings.Contains(string(message), key) {
				continue
			}
			for _, answer := range strings.Split(answers, "|") {
				if answer == "close" {
					s.sockets[session] = false
					continue
				}
				received = append(received, []byte(answer))
			}
		}
	}
	return received, s.sockets[session]
}

func (s *server) Close(session string) { delete(s.sockets, session) }

func (s *server) isOpen() bool {
	for _, open := range s.sockets {
		return open
	}
	return false
}

func TestRelayTalksUntilItEnds(t *testing.T) {
	const begin = `<Response><Connect action="/ended"><ConversationRelay url="wss://agent/relay" welcomeGreeting="Hello" dtmfDetection="true" transcriptionLanguage="en-GB"><Parameter name="clinic" value="North"/></ConversationRelay></Connect></Response>`
	plain := strings.NewReplacer(` action="/ended"`, "", "</Connect>", "</Connect><Say>Next</Say>", `dtmfDetection="true"`, "").Replace(begin)
	silent := strings.Replace(begin, `welcomeGreeting="Hello"`, "", 1)
	gone := strings.Replace(begin, "wss://agent", "wss://gone", 1)
	for name, tc := range map[string]struct {
		document string
		answers  map[string]string
		events   []run.Event
		want     string
		sent     string // to the action
	}{
		"says, ends": {begin, map[string]string{`"voicePrompt":"hi"`: `{"type":"text","token":"How "}|{"type":"text","token":"are you?","last":true}`, "bye": `{"type":"text","token":"Bye","last":true}|{"type":"end","handoffData":"{}"}`},
			[]run.Event{run.Speech("hi"), run.Speech("bye")}, "say:Hello wait, say:How are you? wait, say:Bye say:Ended end", "ended {}"},
		"text that is not finished": {begin, map[string]string{"hi": `{"type":"text","token":"Well"}|close`}, []run.Event{run.Speech("hi")}, "say:Hello wait, say:Well say:Ended !64105 end", "failed 64105"},
		"greets by itself":          {silent, map[string]string{"setup": `{"type":"text","token":"I am","last":true}`}, nil, "say:I am wait", ""},
		"keys":                      {begin, map[string]string{`"digit":"2"`: `{"type":"sendDigits","digits":"5"}|{"type":"play","source":"http://x/y.mp3"}`}, []run.Event{run.Digits("12")}, "say:Hello wait, play:5 play:http://x/y.mp3 wait", ""},
		"keys nobody asked for":     {plain, map[string]string{"dtmf": "close"}, []run.Event{run.Digits("1")}, "say:Hello wait, wait", ""},
		"without an action":         {plain, map[string]string{"hi": `{"type":"end"}|{"type":"text","token":"unheard","last":true}`}, []run.Event{run.Speech("hi")}, "say:Hello wait, say:Next end", ""},
		"silence":                   {begin, nil, []run.Event{run.Silence()}, "say:Hello wait, wait", ""},
		"hangup":                    {begin, nil, []run.Event{run.Hangup()}, "say:Hello wait, end", ""},
		"cannot connect":            {gone, nil, nil, "say:Ended !64102 end", "failed 64102"},
		"invalid, goes on":          {begin, map[string]string{"hi": `{"type":"txt"}|{"type":"text","token":"yes","last":true}`}, []run.Event{run.Speech("hi")}, "say:Hello wait, say:yes !64107 wait", ""},
		"invalid for ever":          {begin, map[string]string{"hi": `x`, "Invalid message": "x"}, []run.Event{run.Speech("hi")}, "say:Hello wait, " + strings.Repeat("!64107 ", maxDocuments+1) + "wait", ""},
		"another language":          {begin, map[string]string{"hi": `{"type":"language","ttsLanguage":"fr-FR","transcriptionLanguage":"fr-FR"}|{"type":"text","token":"Oui","last":true}`, `"lang":"fr-FR"`: `{"type":"end"}`}, []run.Event{run.Speech("hi"), run.Speech("oui")}, "say:Hello wait, say:Oui wait, say:Ended end", "ended"},
	} {
		t.Run(name, func(t *testing.T) {
			c, web := calling(map[string]string{"http://bot/start": tc.document, "http://bot/ended": `<Response><Say>Ended</Say></Response>`})
			relay := &server{answers: tc.answers}
			c.World.Relay = relay
			var got []string
			ended := false
			for _, e := range append([]run.Event{run.Call()}, tc.events...) {
				turn := c.Send(t.Context(), e)
				got, ended = append(got, talk(turn)), turn.Ended
				text, err := c.Save()
				if err != nil {
					t.Fatal(err)
				}
				if c, err = Resume(text, c.Options); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.Join(got, ", "); got != tc.want {
				t.Errorf("%s\nwant %s", got, tc.want)
			}
			if relay.isOpen() == ended {
				t.Errorf("the connection is open: %v, the call has ended: %v", relay.isOpen(), ended)
			}
			var sent string
			if last := web.asked[len(web.asked)-1]; strings.HasSuffix(last.URL, "/ended") {
				sent = strings.Join(strings.Fields(strings.Join([]string{last.Form.Get("SessionStatus"), last.Form.Get("ErrorCode"), last.Form.Get("HandoffData")}, " ")), " ")
				if !strings.HasPrefix(last.Form.Get("SessionId"), "VX") || last.Form.Get("CallSid") == "" || last.Form.Get("SessionDuration") == "" {
					t.Errorf("%v", last.Form)
				}
			}
			if sent != tc.sent {
				t.Errorf("the action was told %q, want %q", sent, tc.sent)
			}
		})
	}
}

// calling is a call to these documents, without a fallback.
func calling(documents map[string]string) (*Conversation, *pages) {
	c, web := begin(run.Voice, documents)
	c.Webhook.FallbackURL = ""
	return c, web
}

func TestRelayIsToldWhoCalls(t *testing.T) {
	relay := &server{}
	c, _ := calling(map[string]string{"http://bot/start": `<Response><Connect><ConversationRelay url="wss://agent/relay"><Parameter name="clinic" value="North"/></ConversationRelay></Connect></Response>`})
	c.World.Relay = relay
	c.Send(t.Context(), run.Call())
	c.Send(t.Context(), run.Speech("a \"b\""))
	want := []string{
		fmt.Sprintf(`{"type":"setup","sessionId":"VX%032x","accountSid":"AC1","parentCallSid":"","callSid":"CA%032x","from":"+447700900999","to":"+12025550142","forwardedFrom":"","callType":"PSTN","callerName":"","direction":"inbound","callStatus":"RINGING","customParameters":{"clinic":"North"}}`, 2, 1),
		`{"type":"prompt","voicePrompt":"a \"b\"","lang":"en-US","last":true}`,
	}
	if strings.Join(relay.got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the server was sent\n%s\nwant\n%s", strings.Join(relay.got, "\n"), strings.Join(want, "\n"))
	}
	// An answer is waited for where one is due, which it is not to the setup.
	if relay.waited != 1 {
		t.Errorf("an answer was waited for %d times", relay.waited)
	}
}

func TestWithoutANetworkThereIsNoRelay(t *testing.T) {
	c, _ := calling(map[string]string{"http://bot/start": `<Response><Connect><ConversationRelay url="wss://agent/relay"/></Connect></Response>`})
	if got := talk(c.Send(t.Context(), run.Call())); got != "!64102 end" {
		t.Error(got)
	}
}
