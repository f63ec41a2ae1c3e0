package autopilot

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

// A list may hold what a type does not, as in the collect of Twilio's templates that
// asks for a Twilio.CITY and allows SFO, and a type may have more ways to say what is
// on a list.
func TestAllowedValuesNeedNotBeOfTheirType(t *testing.T) {
	ask := func(list string) string {
		return schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA","validate":{`+list+`}}],"on_complete":{"redirect":"task://goodbye"}}}`, "x"))
	}
	for _, tc := range []struct{ list, answer, want string }{
		{`"allowed_values":{"list":["Earl Grey"]}`, "the grey one", "Tea? wait, Bye end"},
		{`"allowed_values":{"list":["the grey one"]}`, "The grey one!", "Tea? wait, Bye end"},
		{`"allowed_values":{"list":["cocoa"]}`, "Cocoa.", "Tea? wait, Bye end"},
		{`"allowed_values":{"list":["cocoa"]}`, "Earl Grey", "Tea? wait, what? wait"},
		{`"disallowed_values":{"list":["Earl Grey"]}`, "the grey one", "Tea? wait, what? wait"},
		{`"disallowed_values":{"list":["cocoa"]}`, "the grey one", "Tea? wait, Bye end"},
	} {
		if got := chat(t, ask(tc.list), Options{Literal: true}, run.Message("x"), run.Message(tc.answer)); got != tc.want {
			t.Errorf("%s and %q: %s, want %s", tc.list, tc.answer, got, tc.want)
		}
	}
}

func TestYesAndNoAreSaidInManyWays(t *testing.T) {
	a, err := Parse([]byte(schema()))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"That’s right.": "Yes", "please do": "Yes", "No, thank you": "No", "not really": "No"} {
		if value, ok, _ := a.typed("Twilio.YES_NO", text); !ok || value != want {
			t.Errorf("%q is %q, %v, want %s", text, value, ok, want)
		}
	}
}
