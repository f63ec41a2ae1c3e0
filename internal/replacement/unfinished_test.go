package replacement_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// A replacement whose process was killed, and that is no longer wanted, is undone as long
// as the old bot exists; then all is as it was before.
func TestUnwantedReplacementIsUndoneWhereverItWasKilled(t *testing.T) {
	for _, each := range []replaced{
		{from: bot.Studio, to: bot.Studio, service: true}, {from: bot.Studio, to: bot.Studio, suspended: true}, {from: bot.Studio, to: bot.Application, suspended: true},
		{from: bot.Application, to: bot.Studio, suspended: true}, {from: bot.Application, to: bot.Application, service: true}, {from: bot.Studio, to: bot.Autopilot},
	} {
		t.Run(fmt.Sprintf("%s to %s, suspended %v", each.from, each.to, each.suspended), func(t *testing.T) {
			t.Parallel()
			undone := 0
			tried := map[string]bool{} // contents of the account that the killed process left
			for nth, whole := 1, false; !whole; nth++ {
				if !sampletest.Takes(nth) {
					continue
				}
				synctest.Test(t, func(t *testing.T) {
					w := sandboxtest.New(t, sandbox.Settings{ModelBuildMS: 1})
					r := each
					r.setup(w)
					before := w.Snapshot()
					a, line := w.Process()
					line.Cut(nth, sandboxtest.Killed)
					whole = r.run(sandboxtest.Count(t.Context()), w, a) == nil
					at := fmt.Sprintf("killed at call %d", nth)
					contents := w.Contents()
					if tried[contents] {
						return
					}
					tried[contents] = true

					next, _ := w.Process()
					pair, err := next.UnfinishedReplacement(t.Context(), r.old.SID, "")
					switch {
					case errors.Is(err, bot.ErrNotFound):
						// It had not begun, or it is whole, and nothing tells any more.
						if diff := cmp.Diff(before, w.Snapshot()); diff != "" && r.exists(w) {
							t.Errorf("%s: there is no replacement to be found, and the account was changed:\n%s", at, diff)
						}
						return
					case err != nil:
						t.Fatal(err)
					case pair.Old.SID == "":
						if r.exists(w) {
							t.Errorf("%s: the old bot is not found", at)
						}
						return
					}
					if _, err := replacement.Undo(t.Context(), next, pair); err != nil {
						t.Errorf("%s: undoing says %v", at, err)
					}
					undone++
					if r.suspended {
						// The URL behind a hold may be gone: it is rebuilt when the bot resumes.
						if _, err := suspension.Resume(t.Context(), next, r.old.SID, nil); err != nil {
							t.Errorf("%s: resuming says %v", at, err)
						}
						for _, s := range sides {
							if !w.Answers(s.number, s.channel, r.old.SID) {
								t.Errorf("%s: undone and resumed, %s of number %d does not answer: %+v", at, s.channel, s.number, w.Number(s.number))
							}
						}
						for _, i := range []int{0, 1} {
							if label := w.Number(i).FriendlyName; label != "clinic" {
								t.Errorf("%s: undone, number %d is labelled %q", at, i, label)
							}
						}
						return
					}
					if diff := cmp.Diff(before, w.Snapshot()); diff != "" {
						t.Errorf("%s: undone, it is not as it was:\n%s", at, diff)
					}
				})
			}
			if undone < 3 && !sampletest.Partial {
				t.Errorf("only %d replacements were undone", undone)
			}
		})
	}
}

// One that came past its point of no return is finished with the names that are wanted by
// then.
func TestReplacementIsFinishedWithTheNamesThatAreWantedByThen(t *testing.T) {
	for _, to := range []bot.Engine{bot.Studio, bot.Application} {
		t.Run(string(to), func(t *testing.T) {
			finished := 0
			tried := map[string]bool{}
			for nth, whole := 1, false; !whole; nth++ {
				if !sampletest.Takes(nth) {
					continue
				}
				synctest.Test(t, func(t *testing.T) {
					w := sandboxtest.New(t, sandbox.Settings{})
					r := replaced{from: bot.Studio, to: to, service: true}
					r.setup(w)
					a, line := w.Process()
					line.Cut(nth, sandboxtest.Killed)
					whole = r.run(sandboxtest.Count(t.Context()), w, a) == nil
					contents := w.Contents()
					if tried[contents] {
						return
					}
					tried[contents] = true
					next, _ := w.Process()
					pair, err := next.UnfinishedReplacement(t.Context(), r.old.SID, "")
					if err != nil || pair.Old.SID != "" {
						return
					}
					finished++
					spec := sandboxtest.Spec(to, "surgeon", 2)
					if _, err := replacement.Finish(t.Context(), next, pair, "clinic", spec, 0); err != nil {
						t.Fatalf("killed at call %d: %v", nth, err)
					}
					if err := carriedBy(w, pair.New.SID); err != nil {
						t.Errorf("killed at call %d: %v", nth, err)
					}
					if to == bot.Application && len(w.Named("surgeon")) != 1 {
						t.Errorf("killed at call %d: no bot has the name", nth)
					}
					if label := w.Number(0).FriendlyName; label == "clinic" {
						t.Errorf("killed at call %d: the label is still the old name", nth)
					}
				})
			}
			if finished == 0 && !sampletest.Partial {
				t.Error("no replacement was finished")
			}
		})
	}
}

// Who reverts a replacement says nothing of what the old bot is made of: a way in that was moved
// gets the URL that the old bot has.
func TestUndoingLeadsAWayInBackToAnApplication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sandboxtest.New(t, sandbox.Settings{})
		old := w.Create(bot.Application, "clinic")
		spec := sandboxtest.Spec(bot.Application, "doctor", 2)
		spec.Replaces = old.SID
		made, err := w.Hosts[bot.Application].Create(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		service := sandboxtest.WaysIn()[0]
		service.Add(w, made)
		a, _ := w.Process()
		pair, err := a.UnfinishedReplacement(t.Context(), made.SID, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := replacement.Undo(t.Context(), a, pair); err != nil {
			t.Fatal(err)
		}
		if ways := w.Routes(old.SID).Ways; len(ways) != 1 || ways[0].Kind != service.Kind {
			t.Errorf("the old bot is reached by %v, of %+v", ways, w.Ways())
		}
	})
}
