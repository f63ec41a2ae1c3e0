package autopilot

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestTypographyDoesNotChangeWhatIsMeant(t *testing.T) {
	bot := schema(
		`{"uniqueName":"x","actions":{"actions":[{"say":"Found."}]},"fields":[{"uniqueName":"n","fieldType":"Twilio.NUMBER"}],"samples":[
			{"language":"en-US","taggedText":"I'd like tea"},{"language":"en-US","taggedText":"I'd like {n} cups: please"}]}`)
	for _, text := range []string{"I’d like tea", "\"I'd like tea\"", "I'd like tea; ", "i’d like 3 cups: please!", "I'd like 3 cups please"} {
		if got := chat(t, bot, Options{Literal: true}, run.Message(text)); got != "Found. end" {
			t.Errorf("%q: %s", text, got)
		}
	}
}
