package autopilot

import (
	"encoding/json"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestCollectAsksUntilAnswered(t *testing.T) {
	collect := func(rest string) string {
		return schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA"`+rest+`},{"question":{"say":"Sure?"},"name":"sure","type":"Twilio.YES_NO"}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))
	}
	plain := collect("")
	validated := collect(`,"validate":{"on_failure":{"messages":[{"say":"no such tea"}],"repeat_question":true},"on_success":{"say":"good"},"max_attempts":{"redirect":"task://greeting","num_attempts":2}}`)
	speechless := collect(`,"validate":{"on_failure":{"messages":[]}}`)
	allowed := collect(`,"validate":{"allowed_values":{"list":["Green"]}}`)
	for name, tc := range map[string]struct {
		bot  string
		said []string
		want string
	}{
		"answers":              {plain, []string{"the grey one", "yes"}, "Tea? wait, Sure? wait, Bye end"},
		"in a sentence":        {plain, []string{"I'd like Earl Grey please", "yes"}, "Tea? wait, Sure? wait, Bye end"},
		"wrong ones":           {plain, []string{"beer", "wine", "rum"}, "Tea? wait, what? wait, again? wait, I give up end"},
		"counted per question": {plain, []string{"beer", "wine", "Earl Grey", "maybe", "no"}, "Tea? wait, what? wait, again? wait, Sure? wait, what? wait, Bye end"},
		"own messages":         {validated, []string{"beer", "Earl Grey"}, "Tea? wait, no such tea Tea? wait, good Sure? wait"},
		"own end":              {validated, []string{"beer", "wine"}, "Tea? wait, no such tea Tea? wait, Hello wait"},
		"no messages":          {speechless, []string{"beer"}, "Tea? wait, Tea? wait"},
		"not allowed":          {allowed, []string{"Earl Grey"}, "Tea? wait, what? wait"},
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
	c, err := start([]byte(schema(taskOf("x", `{"remember":{"a":1,"b":{"c":"d"}}},{"collect":{"name":"order","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA"}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))), Options{})
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
