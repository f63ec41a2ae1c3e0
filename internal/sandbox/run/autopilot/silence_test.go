package autopilot

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestSilenceIsAWrongAnswerUntilTheQuestionGivesUp(t *testing.T) {
	bot := schema(taskOf("x", `{"collect":{"name":"c","questions":[{"question":"Tea?","name":"tea","type":"Custom.TEA","validate":{"max_attempts":{"redirect":"task://goodbye","num_attempts":4}}}],"on_complete":{"redirect":"task://greeting"}}}`))
	s := run.Silence()
	if got := chat(t, bot, Options{TargetTask: "x"}, run.Call(), s, s, s, s); got != "Tea? wait, what? wait, again? wait, again? wait, Bye end" {
		t.Error(got)
	}
}
