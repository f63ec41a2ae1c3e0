package twiml

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// pages is a web of documents by URL; a missing one fails. It records the requests.
type pages struct {
	documents map[string]string
	asked     []run.Request
}

func (p *pages) web(_ context.Context, r run.Request) (run.Response, *run.Problem) {
	p.asked = append(p.asked, r)
	body, ok := p.documents[r.URL]
	if !ok {
		problem := run.Problemf(11200, "HTTP retrieval failure")
		problem.URL = r.URL
		return run.Response{}, &problem
	}
	kind := "text/xml"
	switch {
	case strings.HasPrefix(body, "RIFF"):
		kind = "audio/wav"
	case strings.HasPrefix(body, "{"):
		kind = "application/json"
	case !strings.HasPrefix(body, "<"):
		kind = "text/plain"
	}
	return run.Response{Status: 200, ContentType: kind, Body: []byte(body)}, nil
}

func (p *pages) last() url.Values { return p.asked[len(p.asked)-1].Form }

// talk is the replies, and the state of the conversation.
func talk(turn run.Turn) string {
	var b strings.Builder
	for _, r := range turn.Replies {
		fmt.Fprintf(&b, "%s:%s", r.Type, r.Text)
		if len(r.Media) > 0 {
			fmt.Fprintf(&b, "%v", r.Media)
		}
		b.WriteByte(' ')
	}
	for _, p := range turn.Problems {
		fmt.Fprintf(&b, "!%d ", p.Code)
	}
	if turn.Ended {
		b.WriteString("end")
	} else {
		b.WriteString("wait")
	}
	return b.String()
}

func begin(channel string, documents map[string]string) (*Conversation, *pages) {
	p := &pages{documents: documents}
	return New(Options{
		Contact: run.Contact{AccountSID: "AC1", From: "+447700900999", To: "+12025550142", Channel: channel},
		World:   run.World{Web: p.web},
		Webhook: Webhook{URL: "http://bot/start", FallbackURL: "http://bot/fallback"},
	}), p
}

func TestMessagesAreAnswered(t *testing.T) {
	for name, tc := range map[string]struct{ document, want string }{
		"text":            {`<Response><Message>Hi &amp; bye</Message></Response>`, "message:Hi & bye end"},
		"body and media":  {`<Response><Message><Body>Look</Body><Media>pic.png</Media></Message></Response>`, "message:Look[http://bot/pic.png] end"},
		"text and media":  {`<Response><Message> Look <Media>http://x/y</Media></Message></Response>`, "message:Look[http://x/y] end"},
		"two":             {`<?xml version="1.0" encoding="UTF-8"?><Response><Message>a</Message><Message>b</Message></Response>`, "message:a message:b end"},
		"nothing":         {`<Response/>`, "end"},
		"plain text":      {`Hello`, "message:Hello end"},
		"JSON":            {`{}`, "message:sorry !12300 end"},
		"empty":           {``, "end"},
		"redirect":        {`<Response><Message>a</Message><Redirect>next</Redirect><Message>c</Message></Response>`, "message:a message:b end"},
		"voice's verb":    {`<Response><Say>a</Say><Message>b</Message></Response>`, "message:b !12200 end"},
		"empty message":   {`<Response><Message/></Response>`, "!14103 end"},
		"not a document":  {`<Response>`, "message:sorry !12100 end"},
		"another element": {`<html/>`, "message:sorry !12100 end"},
		"two roots":       {`<Response/><Response/>`, "message:sorry !12100 end"},
		"nested too deep": {`<Response><Message>` + strings.Repeat("<b>", 40) + "a" + strings.Repeat("</b>", 40) + `</Message></Response>`, "message:sorry !12100 end"},
		"ASCII":           {`<?xml version="1.0" encoding="US-ASCII"?><Response><Message>a</Message></Response>`, "message:a end"},
		"another charset": {`<?xml version="1.0" encoding="ISO-8859-1"?><Response/>`, "message:sorry !12100 end"},
		"loop":            {`<Response><Redirect>start</Redirect></Response>`, "message:sorry !11200 end"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := begin(run.Messaging, map[string]string{
				"http://bot/start": tc.document, "http://bot/next": `<Response><Message>b</Message></Response>`,
				"http://bot/fallback": `<Response><Message>sorry</Message></Response>`,
			})
			if got := talk(c.Send(t.Context(), run.Message("hello"))); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestFallbackIsToldWhatFailed(t *testing.T) {
	c, web := begin(run.Messaging, map[string]string{"http://bot/fallback": `<Response><Message>sorry</Message></Response>`})
	if got := talk(c.Send(t.Context(), run.Message("hello"))); got != "message:sorry !11200 end" {
		t.Fatal(got)
	}
	if form := web.last(); form.Get("ErrorCode") != "11200" || form.Get("ErrorUrl") != "http://bot/start" || form.Get("Body") != "hello" || form.Get("FromCountry") != "GB" {
		t.Errorf("%v", form)
	}
	// A fallback that fails is not requested again.
	c, _ = begin(run.Messaging, map[string]string{"http://bot/fallback": `<Response><Redirect>gone</Redirect></Response>`})
	if got := talk(c.Send(t.Context(), run.Message("hello"))); got != "!11200 !11200 end" {
		t.Error(got)
	}
	c, _ = begin(run.Messaging, nil)
	if got := talk(c.Send(t.Context(), run.Message("hello"))); got != "!11200 !11200 end" {
		t.Error(got)
	}
}

func TestCallGathersUntilItEnds(t *testing.T) {
	documents := map[string]string{
		"http://bot/start": `<Response><Gather input="speech dtmf" action="/menu" numDigits="1" timeout="7"><Say>Press 1</Say></Gather><Say>Nobody there</Say><Hangup/></Response>`,
		"http://bot/menu":  `<Response><Say>Thanks</Say><Gather><Play>beep.mp3</Play></Gather><Redirect>/more</Redirect></Response>`,
		"http://bot/more":  `<Response><Dial>+12025550100</Dial><Say>never</Say></Response>`,
	}
	for name, tc := range map[string]struct {
		events []run.Event
		want   string
	}{
		"keys":              {[]run.Event{run.Digits("19")}, "say:Press 1 wait, say:Thanks play:http://bot/beep.mp3 wait"},
		"speech":            {[]run.Event{run.Speech("one")}, "say:Press 1 wait, say:Thanks play:http://bot/beep.mp3 wait"},
		"speech to keys":    {[]run.Event{run.Digits("1"), run.Speech("what")}, "say:Press 1 wait, say:Thanks play:http://bot/beep.mp3 wait, wait"},
		"silence":           {[]run.Event{run.Silence()}, "say:Press 1 wait, say:Nobody there end"},
		"no key":            {[]run.Event{run.Digits("#")}, "say:Press 1 wait, say:Nobody there end"},
		"silence, redirect": {[]run.Event{run.Digits("1"), run.Silence()}, "say:Press 1 wait, say:Thanks play:http://bot/beep.mp3 wait, dial:+12025550100 end"},
		"hangup":            {[]run.Event{run.Hangup()}, "say:Press 1 wait, end"},
	} {
		t.Run(name, func(t *testing.T) {
			c, web := begin(run.Voice, documents)
			var got []string
			for _, e := range append([]run.Event{run.Call()}, tc.events...) {
				turn := c.Send(t.Context(), e)
				if e.Kind == run.KindCall && turn.Wait != 7*time.Second {
					t.Errorf("it waits %v", turn.Wait)
				}
				got = append(got, talk(turn))
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
			if form := web.asked[0].Form; form.Get("CallStatus") != "ringing" || form.Get("Caller") != "+447700900999" {
				t.Errorf("%v", form)
			}
		})
	}
}

func TestGatheredInputIsSent(t *testing.T) {
	c, web := begin(run.Voice, map[string]string{
		"http://bot/start": `<Response><Gather input="dtmf speech" finishOnKey="*" actionOnEmptyResult="true" method="GET"/></Response>`,
	})
	c.Send(t.Context(), run.Call())
	sid := web.last().Get("CallSid")
	c.Send(t.Context(), run.Digits("12#4*5"))
	if form := web.last(); form.Get("Digits") != "12#4" || form.Get("CallSid") != sid || form.Get("CallStatus") != "in-progress" {
		t.Errorf("%v", form)
	}
	c.Send(t.Context(), run.Speech("hello there"))
	if form := web.last(); form.Get("SpeechResult") != "hello there" || form.Get("Confidence") == "" {
		t.Errorf("%v", form)
	}
	c.Send(t.Context(), run.Silence())
	if r := web.asked[len(web.asked)-1]; r.Method != http.MethodGet || !r.Form.Has("Digits") || r.URL != "http://bot/start" {
		t.Errorf("%+v", r)
	}
}

func TestOtherEndsOfACall(t *testing.T) {
	for document, want := range map[string]string{
		`<Response><Reject reason="busy"/></Response>`:                              "reject:busy end",
		`<Response><Enqueue workflowSid="WW1"><Task>{}</Task></Enqueue></Response>`: "enqueue:WW1 end",
		`<Response><Enqueue>support</Enqueue></Response>`:                           "enqueue:support end",
		`<Response><Pause/><Record/><Say>b<break/></Say></Response>`:                "say:b end",
		`<Response><Play digits="12"/></Response>`:                                  "play:12 end",
		`<Response><Gather><Dial/></Gather></Response>`:                             "!12200 wait",
		`<Response><Leave/><Say>never</Say></Response>`:                             "end",
		`RIFF`:  "play:http://bot/start end",
		`Hello`: "say:Hello end",
	} {
		c, _ := begin(run.Voice, map[string]string{"http://bot/start": document})
		if got := talk(c.Send(t.Context(), run.Call())); got != want {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
}

func TestMessageMayGoToSomebodyElse(t *testing.T) {
	c, _ := begin(run.Messaging, map[string]string{
		"http://bot/start": `<Response><Message to="+447700900999">a</Message><Message to="+12025550100">b</Message></Response>`,
	})
	replies := c.Send(t.Context(), run.Message("hello")).Replies
	if len(replies) != 2 || replies[0].To != "" || replies[1].To != "+12025550100" {
		t.Errorf("%+v", replies)
	}
}

func TestCountryIsThatOfTheNumber(t *testing.T) {
	for number, want := range map[string]string{"+14165550123": "CA", "+12025550142": "US", "+447700900999": "GB"} {
		if got := MessageForm(run.Contact{From: number}, "SM1", "").Get("FromCountry"); got != want {
			t.Errorf("%s is of %s, want %s", number, got, want)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(`<Response><Gather><Say>a</Say></Gather></Response>`)
	f.Add(`<Response><Message>a<Body/></Message></Response>`)
	f.Add(`<Response><Connect action="/a"><ConversationRelay url="ws://b"><Parameter name="c" value="d"/></ConversationRelay></Connect><Say>e</Say></Response>`)
	f.Fuzz(func(t *testing.T, document string) {
		for _, channel := range []string{run.Messaging, run.Voice} {
			c, _ := begin(channel, map[string]string{"http://bot/start": document})
			turn := c.Send(t.Context(), run.Event{Kind: map[string]string{run.Messaging: run.KindMessage, run.Voice: run.KindCall}[channel]})
			if !turn.Ended {
				turn = c.Send(t.Context(), run.Hangup())
			}
			if !turn.Ended {
				t.Fatal("the conversation continues after its end")
			}
		}
	})
}
