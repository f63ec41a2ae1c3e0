package compile_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile/walk"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/studio"
)

// asking is the schema of an assistant that fits everything to one task, `ask`, whose
// actions are given, and falls back to `lost`.
func asking(actions, rest string) string {
	return `{"defaults": {"defaults": {"assistant_initiation": "task://ask", "fallback": "task://lost"}}, ` + rest + `
		"tasks": [
			{"uniqueName": "ask", "actions": {"actions": [` + actions + `]}, "samples": [{"language": "en-US", "taggedText": "hello"}]},
			{"uniqueName": "lost", "actions": {"actions": [{"say": "Lost."}, {"listen": true}]}},
			{"uniqueName": "done", "actions": {"actions": [{"say": "Done."}]}}
		]}`
}

// walked runs the flow of a schema: by messages, the first of them "hello", or a call.
// URLs fail unless answers are given.
func walked(t *testing.T, file string, call bool, answers ...walk.Answer) *walk.Talk {
	t.Helper()
	var answer walk.Answer
	if len(answers) > 0 {
		answer = answers[0]
	}
	s, err := schema.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	compiled, found := compile.Compile(s, compile.Options{Routing: compile.Exact})
	if compiled == nil {
		t.Fatal(found)
	}
	f, err := walk.Load(compiled.Source())
	if err != nil {
		t.Fatal(err)
	}
	begin := func() (*walk.Talk, error) { return f.Message("hello", answer) }
	if call {
		begin = func() (*walk.Talk, error) { return f.Call(answer) }
	}
	talk, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	return talk
}

// heard is what the flow said from some point on, in one line.
func heard(talk *walk.Talk, from int) string {
	var texts []string
	for _, s := range talk.Said[from:] {
		texts = append(texts, s.Text)
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
		talk := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q", "type": `+string(question)+`}], "on_complete": {"redirect": "task://done"}}}`, ""), false)
		if err := talk.Reply(test.answer); err != nil {
			t.Fatal(err)
		}
		if talk.Last() != "Done." {
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
		talk := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q"`+test.validate+`}], "on_complete": {"redirect": "task://done"}}}`, style), false)
		from := len(talk.Said)
		if err := talk.Reply("anything"); err != nil {
			t.Fatal(err)
		}
		if got := heard(talk, from); got != test.want {
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
		talk := walked(t, asking(`{"collect": {"name": "c", "questions": [{"question": "Say.", "name": "q", "type": "SIZE", "validate": {"`+test.list+`": {"list": ["Large"]}}}], "on_complete": {"redirect": "task://done"}}}`, types), false)
		if err := talk.Reply(test.answer); err != nil {
			t.Fatal(err)
		}
		if got := talk.Last(); got != test.want {
			t.Errorf("%s of large, and %q: %q, want %q", test.list, test.answer, got, test.want)
		}
	}
}

// Whether a widget that runs again still holds what it took the time before is not
// documented; the sandbox keeps it.
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
		talk := walked(t, asking(question, types), true)
		if err := talk.Press(test.keys); err != nil {
			t.Fatal(err)
		}
		if kept := talk.Variables()["collect_c_q"]; talk.Last() != test.want || kept != test.kept {
			t.Errorf("key %s: %q is kept and %q said, want %q and %q", test.keys, kept, talk.Last(), test.kept, test.want)
		}
	}
}

func TestPrefilledAnswersAreKept(t *testing.T) {
	talk := walked(t, asking(`{"remember": {"city": "Oslo"}}, {"collect": {"name": "c", "questions": [{"question": "City?", "name": "q", "prefill": "city"}], "on_complete": {"redirect": "task://done"}}}`, ""), false)
	if kept := talk.Variables()["collect_c_q"]; talk.Last() != "Done." || kept != "Oslo" {
		t.Errorf("%q is kept and %q said", kept, talk.Last())
	}
}

func TestMemoryIsSentInPostsAlone(t *testing.T) {
	for method, want := range map[string]bool{"GET": false, "POST": true} {
		talk := walked(t, asking(`{"remember": {"k": "v"}}, {"redirect": {"uri": "https://example.com/x", "method": "`+method+`"}}`, ""), false)
		if _, sent := talk.Said[0].Form["Memory"]; sent != want {
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
		talk := walked(t, file, true)
		from := len(talk.Said)
		if err := talk.Reply(said); err != nil {
			t.Fatal(err)
		}
		if got := heard(talk, from); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestURLsOfDefaultsAreToldTheTask(t *testing.T) {
	file := `{"defaults": {"defaults": {"fallback": "https://example.com/fallback"}},
		"tasks": [{"uniqueName": "ask", "actions": {"actions": [{"say": "What?"}, {"listen": true}]}, "samples": [{"language": "en-US", "taggedText": "hello"}]}]}`
	talk := walked(t, file, false)
	if err := talk.Reply("qwxz"); err != nil {
		t.Fatal(err)
	}
	asked := talk.Said[len(talk.Said)-1]
	if asked.Form["CurrentTask"] != "ask" || asked.Form["CurrentInput"] != "qwxz" {
		t.Errorf("%s is told %v", asked.Text, asked.Form)
	}
}

func TestCallsComeToAFallbackThatIsAURL(t *testing.T) {
	file := `{"defaults": {"defaults": {"assistant_initiation": "https://example.com/call", "fallback": "https://example.com/fallback"}},
		"tasks": [{"uniqueName": "ask", "actions": {"actions": [{"say": "What?"}, {"listen": true}]}, "samples": [{"language": "en-US", "taggedText": "hello"}]}]}`
	talk := walked(t, file, true, func(url string, _ map[string]string) any {
		return map[string]any{"actions": []any{map[string]any{"say": "This is " + url}, map[string]any{"listen": true}}}
	})
	for range 2 {
		if err := talk.Reply("qwxz"); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(talk.Last()); got != "This is https://example.com/fallback" || talk.Ended {
			t.Fatalf("nothing fits, and the flow says %q, ended %v", got, talk.Ended)
		}
	}
}
