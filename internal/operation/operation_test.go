package operation

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func TestOperationUndoesUntilItIsPastReturning(t *testing.T) {
	broken := errors.New("broken")
	for name, each := range map[string]struct {
		failAt, forwardAt int // the step, from 0
		undoFails         bool
		cancelled         bool
		stays             bool
		did               string // the steps that were done, and undone
		says              []string
		is                error
	}{
		"nothing fails":              {failAt: 9, forwardAt: 9, did: "0 1 2"},
		"the first step":             {failAt: 0, forwardAt: 9, did: "0 -0", says: []string{"while doing 0", "undone"}, is: broken},
		"the last step":              {failAt: 2, forwardAt: 9, did: "0 1 2 -2 -1 -0", says: []string{"while doing 2", "nothing of it is left"}, is: broken},
		"past the point of return":   {failAt: 2, forwardAt: 1, did: "0 1 2 -2", says: []string{"while doing 2", "cut in 2"}, is: broken},
		"at the point of return":     {failAt: 1, forwardAt: 1, did: "0 1 -1", says: []string{"while doing 1", "cut in 1"}, is: broken},
		"undoing fails":              {failAt: 1, forwardAt: 9, undoFails: true, did: "0 1 -1 -1 -1 -1", says: []string{"could not be undone", "cut in 1", "broken", "stuck"}, is: broken},
		"undoing fails past it":      {failAt: 1, forwardAt: 1, undoFails: true, did: "0 1 -1 -1 -1 -1", says: []string{"could not be undone", "cut in 1", "broken", "stuck"}, is: broken},
		"what was begun goes on":     {failAt: 1, forwardAt: 9, stays: true, did: "0 1", says: []string{"while doing 1", "cut in 1", "broken"}, is: broken},
		"interrupted before it runs": {failAt: 9, forwardAt: 9, cancelled: true, did: "-0", says: []string{"nothing of it is left"}, is: context.Canceled},
	} {
		inBubble(t, name, func(t *testing.T) { // undoing again waits in between
			var did []string
			var steps []Step
			for i := range 3 {
				n := string(rune('0' + i))
				steps = append(steps, Step{
					Name: "doing " + n, Cut: "cut in " + n, Forward: i == each.forwardAt,
					Do: func(context.Context) error {
						did = append(did, n)
						if i == each.failAt && each.stays {
							return Stays(broken)
						}
						if i == each.failAt {
							return broken
						}
						return nil
					},
					Undo: func(ctx context.Context) error {
						did = append(did, "-"+n)
						if each.undoFails {
							return errors.New("stuck")
						}
						return ctx.Err()
					},
				})
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if each.cancelled {
				cancel()
			}
			err := Run(ctx, "the test", steps...)
			if got := strings.Join(did, " "); got != each.did {
				t.Errorf("did %q, not %q", got, each.did)
			}
			if each.is == nil && err != nil || each.is != nil && !errors.Is(err, each.is) {
				t.Errorf("says %v", err)
			}
			for _, word := range each.says {
				if err == nil || !strings.Contains(err.Error(), word) {
					t.Errorf("does not say %q: %v", word, err)
				}
			}
		})
	}
}

func TestOperationKeepsTheWordsOfAProblem(t *testing.T) {
	problem := &bot.Problem{Summary: "The bot's name is taken", Detail: "By another.", Cause: bot.ErrNameTaken}
	err := Run(t.Context(), "the test", Step{Name: "making", Do: func(context.Context) error { return problem }, Undo: func(context.Context) error { return nil }})
	var said *bot.Problem
	if !errors.As(err, &said) || said.Summary != problem.Summary || !strings.HasPrefix(said.Detail, problem.Detail) || !errors.Is(err, bot.ErrNameTaken) {
		t.Errorf("says %v", err)
	}
	// A step that did nothing leaves nothing to say.
	bare := Run(t.Context(), "the test", Step{Name: "looking", Do: func(context.Context) error { return problem }})
	if bare != error(problem) { //nolint:errorlint // it is the very same
		t.Errorf("says %v", bare)
	}
}
