package autopilot

import (
	"context"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestWhatIsKnownIsNotAsked(t *testing.T) {
	bot := func(facts string) string {
		return schema(taskOf("x", `{"remember":{`+facts+`}},{"collect":{"name":"c","questions":[{"question":"City?","name":"city","prefill":"city"},{"question":"Street?","name":"street","prefill":"street"}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))
	}
	for facts, want := range map[string]string{
		`"city":"Oslo"`:                   "Street? wait",
		`"street":"Main"`:                 "City? wait",
		`"city":"Oslo","street":"Main"`:   "Bye end",
		`"city":" "`:                      "City? wait",
		`"town":"Oslo","road":"the long"`: "City? wait",
	} {
		if got := chat(t, bot(facts), Options{}, run.Message("x")); got != want {
			t.Errorf("with %s: %s, want %s", facts, got, want)
		}
	}
}

func TestWhatTheSentenceSaidIsNotAsked(t *testing.T) {
	bot := schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"How many?","name":"n","prefill":"n"},{"question":"Tea?","name":"tea","prefill":"tea"}],"on_complete":{"redirect":"task://goodbye"}}}`, "{n} cups", "cups"))
	for said, want := range map[string]string{"3 cups": "Tea? wait", "cups": "How many? wait"} {
		if got := chat(t, bot, Options{}, run.Message(said)); got != want {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
}

func TestMemoryIsNotSentInAQuery(t *testing.T) {
	for method, want := range map[string]bool{"GET": false, "POST": true} {
		sent := false
		web := func(_ context.Context, r run.Request) (run.Response, *run.Problem) {
			sent = r.Form.Has("Memory")
			return run.Response{Status: 200, ContentType: "application/json", Body: []byte(`{"actions":[]}`)}, nil
		}
		chat(t, schema(taskOf("x", `{"redirect":{"uri":"https://example.com/x","method":"`+method+`"}}`, "x")), Options{World: run.World{Web: web}}, run.Message("x"))
		if sent != want {
			t.Errorf("a %s has a Memory: %v", method, sent)
		}
	}
}
