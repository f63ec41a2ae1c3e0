package binding

import (
	"context"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const greetingTask = "greeting"

// EntryTask is the task at which a conversation with an assistant enters by convention:
// greeting where the assistant has it, else none.
func EntryTask(ctx context.Context, a *account.Account, botSID string) (string, error) {
	if engine, _ := bot.EngineOf(botSID); engine != bot.Autopilot {
		return "", nil
	}
	tasks, err := a.Host(bot.Autopilot).Tasks(ctx, botSID)
	if err != nil || !slices.Contains(tasks, greetingTask) {
		return "", err
	}
	return greetingTask, nil
}
