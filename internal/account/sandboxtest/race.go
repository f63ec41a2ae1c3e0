package sandboxtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// Race is two operations at the same time.
type Race struct {
	Settings sandbox.Settings
	Setup    func(w *World)
	// First is interrupted before every one of its calls by Second. Either may fail.
	First, Second func(ctx context.Context, w *World, a *account.Account) error
	// OneProcess is for operations that share a process whenever they run at once, since
	// they belong to one configuration.
	OneProcess bool
	// After says what is wrong with the account beside what Inconsistent finds after it; nil
	// where there is nothing to say. first and second are the errors of the two. It may run
	// again what failed.
	After func(w *World, first, second error) error
}

// Interleave runs the race once for every call of First, with Second in another process,
// which runs whole, and in the same one, where the two wait for each other's locks.
func (r Race) Interleave(t *testing.T) {
	t.Helper()
	for _, same := range []bool{false, true} {
		if r.OneProcess && !same {
			continue
		}
		where := "in another process"
		if same {
			where = "in the same process"
		}
		for nth := 1; ; nth++ {
			if !sampletest.Takes(nth) {
				continue
			}
			calls, wrong := r.run(t, nth, same)
			if len(wrong) > 0 {
				t.Errorf("the other one %s before call %d %s: %s", where, nth, last(calls, nth), strings.Join(wrong, "\n"))
			}
			if nth > len(calls) {
				break // it ran after all calls
			}
		}
	}
}

func last(calls []string, nth int) string {
	if nth > len(calls) {
		return "(after all)"
	}
	return "(" + calls[nth-1] + ")"
}

func (r Race) run(t *testing.T, nth int, same bool) (calls, wrong []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t, r.Settings)
		r.Setup(w)
		a, line := w.Process()
		other := a
		if !same {
			other, _ = w.Process()
		}
		// One may wait for the others at a time.
		turn := make(chan struct{}, 1)
		wait := func() {
			turn <- struct{}{}
			synctest.Wait()
			<-turn
		}
		var second error
		ended := make(chan struct{})
		ran := false
		start := func() {
			ran = true
			go func() {
				defer close(ended)
				second = r.Second(t.Context(), w, other)
			}()
			if same {
				wait() // as far as it goes without the first
			} else {
				<-ended
			}
		}
		line.Before(nth, start)
		first := r.First(Count(t.Context()), w, a)
		calls = line.Calls()
		if !ran {
			start()
		}
		<-ended
		wait()
		if r.After != nil {
			if err := r.After(w, first, second); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
		if wrong = append(wrong, w.Inconsistent()...); len(wrong) > 0 {
			wrong = append(wrong, fmt.Sprintf("the first said: %v; the second said: %v", first, second))
		}
	})
	return calls, wrong
}
