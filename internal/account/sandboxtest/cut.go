package sandboxtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sampletest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// undone begins what an operation says when it took back what it had done.
const undone = "Anything it had written was undone"

// Operation is an operation on an account that is cut at every one of its calls.
type Operation struct {
	Settings sandbox.Settings
	// Setup makes the account as it is before the operation.
	Setup func(w *World)
	// Run is the operation, as one apply runs it.
	Run func(ctx context.Context, w *World, a *account.Account) error
	// Again is the operation as the next apply runs it; nil where that is Run.
	Again func(ctx context.Context, w *World, a *account.Account) error
	// Cuts says, for a part of what a step's Cut says, whether it is true of the account.
	// What the operations of an engine say within is for the engine's tests.
	Cuts map[string]func(w *World) error
	// OneWrite is for an operation that is one write with reads behind it: where one of
	// those fails, the write is done.
	OneWrite bool
	// Between is for an operation of several writes that are not undone, or are an engine's:
	// it says what is wrong with the account after an error of which Cuts says nothing.
	Between func(w *World) error
	// Unknown is for an operation after which nothing tells the next apply, which still
	// knows the account as it was before, what became of it: Again may fail where all was
	// done, or the process was killed behind the last write.
	Unknown bool
	// Fates are the ways to cut; nil means every one.
	Fates []Fate
	// Part is for an operation in which not every Cut can be met.
	Part bool
}

// outcome is how the operation ended that was cut.
type outcome struct {
	consequence
	err    error
	broken error // what a step's Cut says and is not so
	said   []string
	calls  []string
	before []string
}

// consequence is what is so after the operation, and after it is run again. The process
// that runs it again knows nothing but the account, so accounts of equal contents have the
// same consequence.
type consequence struct {
	now, again []string // snapshots after it, and after Again
	dead       []string
	againErr   error
}

// consequences are those that are known, by the contents of the account. Most calls are
// reads, so an operation that is killed leaves as many accounts as it has writes.
type consequences map[string]consequence

// CutEverywhere cuts the operation at every one of its calls in every way. What an error
// says of the account must be so: all is as it was where it says that it undid what it
// had done, and what the step's Cut says where it does not. Whatever happened, no number
// is dead, and running the operation again in another process comes to what an operation
// that was not cut comes to.
func (o Operation) CutEverywhere(t *testing.T) {
	t.Helper()
	known := consequences{}
	clean := o.run(t, known, 0, "")
	if clean.err != nil {
		t.Fatalf("without a cut: %v", clean.err)
	}
	if diff := cmp.Diff(clean.now, clean.again); diff != "" {
		t.Fatalf("running it again changes the account:\n%s", diff)
	}
	fates := o.Fates
	if fates == nil {
		fates = Fates()
	}
	met := map[string]bool{}
	for nth := 1; nth <= len(clean.calls); nth++ {
		for i, fate := range fates {
			read := strings.HasPrefix(clean.calls[nth-1], http.MethodGet)
			if !sampletest.Takes(nth+i) || read && (fate == LostBefore || fate == LostAfter) {
				continue // a read that is lost fails as one that is refused does
			}
			got := o.run(t, known, nth, fate)
			at := fmt.Sprintf("call %d of %d (%s) %s", nth, len(clean.calls), clean.calls[nth-1], fate)
			if err := o.judge(got, clean, fate); err != nil {
				t.Errorf("%s: %v\nit said: %v", at, err, got.err)
			}
			for _, said := range got.said {
				met[said] = true
			}
		}
	}
	for said := range o.Cuts {
		if !met[said] && !sampletest.Partial && !o.Part {
			t.Errorf("no cut was met in which it is so that %q", said)
		}
	}
}

func (o Operation) judge(got, clean outcome, fate Fate) error {
	if len(got.dead) > 0 {
		return fmt.Errorf("after the cut %s", strings.Join(got.dead, "; "))
	}
	if got.broken != nil {
		return got.broken
	}
	wholly := cmp.Equal(clean.now, got.now)
	switch {
	case got.err == nil && !wholly:
		return fmt.Errorf("it did not fail, and the account is not as it should be:\n%s", cmp.Diff(clean.now, got.now))
	case got.err != nil && len(got.said) == 0:
		allowed := o.Between != nil || wholly && (o.OneWrite || fate == Killed)
		if diff := cmp.Diff(got.before, got.now); diff != "" && !allowed {
			return fmt.Errorf("it says nothing of what is true, or that all is as it was, and it is not:\n%s", diff)
		}
	}
	if got.againErr != nil {
		if o.Unknown && wholly && (got.err == nil || fate == Killed) {
			return nil
		}
		return fmt.Errorf("running it again: %w", got.againErr)
	}
	if diff := cmp.Diff(clean.now, got.again); diff != "" {
		return fmt.Errorf("running it again comes to something else:\n%s", diff)
	}
	return nil
}

// run runs the operation with one cut, and again without.
func (o Operation) run(t *testing.T, known consequences, nth int, fate Fate) (got outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t, o.Settings)
		o.Setup(w)
		got.before = w.Snapshot()
		a, line := w.Process()
		line.Cut(nth, fate)
		got.err = o.Run(Count(t.Context()), w, a)
		synctest.Wait()
		got.calls = slices.Clone(line.Calls())
		got.said, got.broken = o.promised(w, got.err)
		contents := w.Contents()
		if _, ok := known[contents]; !ok {
			known[contents] = o.consequence(w)
		}
		got.consequence = known[contents]
	})
	return got
}

// consequence runs the operation again, in a process of its own.
func (o Operation) consequence(w *World) (c consequence) {
	w.T.Helper()
	c.now, c.dead = w.Snapshot(), w.Dead()
	again := o.Again
	if again == nil {
		again = o.Run
	}
	next, _ := w.Process()
	c.againErr = again(w.T.Context(), w, next)
	synctest.Wait()
	c.again = w.Snapshot()
	return c
}

// promised holds what an error says against the account. said lists the Cuts that it
// names.
func (o Operation) promised(w *World, err error) (said []string, broken error) {
	var problem *bot.Problem
	if err != nil && o.Between != nil {
		broken = o.Between(w)
	}
	if !errors.As(err, &problem) {
		return nil, broken
	}
	if len(problem.Now) == 0 {
		return nil, broken
	}
	sentence := problem.Now[len(problem.Now)-1] // the outermost
	if strings.HasPrefix(sentence, undone) {
		return nil, broken
	}
	for part, holds := range o.Cuts {
		if !strings.Contains(sentence, part) {
			continue
		}
		said = append(said, part)
		if err := holds(w); err != nil {
			broken = errors.Join(broken, fmt.Errorf("it says %q: %w", sentence, err))
		}
	}
	if len(said) == 0 && o.Between == nil {
		broken = errors.Join(broken, fmt.Errorf("nothing here holds the account to %q", sentence))
	}
	return said, broken
}
