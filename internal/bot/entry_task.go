package bot

import (
	"context"
	"slices"
)

const greetingTask = "greeting"

// EntryTask is the task at which a conversation with an assistant enters by
// convention: greeting where it has one, else none.
func (d *Directory) EntryTask(ctx context.Context, sid string) (string, error) {
	if engine, _ := EngineOf(sid); engine != Autopilot {
		return "", nil
	}
	tasks, err := d.Host(Autopilot).Tasks(ctx, sid)
	if err != nil || !slices.Contains(tasks, greetingTask) {
		return "", err
	}
	return greetingTask, nil
}
