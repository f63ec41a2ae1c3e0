package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Operation is something that takes more than one call to Twilio: a named list of
// steps, each of which can be done again.
//
// It can be cut off behind any call. An error before the operation is past its
// point of no return is answered by undoing what was done, so that the account is
// as it was; an error after it leaves the rest to the next apply, which looks at
// Twilio and goes on where this one stopped. A process that is killed undoes
// nothing: then the marks tell the next one, and each step's Cut says what.
type Operation struct {
	Name  string // what it does, as a noun: "the rename"
	Steps []Step
}

// Step is one part of an operation.
type Step struct {
	Name string // what it does, as it fits behind "while": "making the new bot"
	// Cut says what is true when the operation is cut off in this step, and how the
	// next apply converges.
	Cut string
	Do  func(ctx context.Context) error
	// Undo takes back what Do did, or half did; nil where there is nothing to take
	// back. It looks before it writes, so that it can be repeated.
	Undo func(ctx context.Context) error
	// Forward marks the point of no return: from this step on, nothing is undone but
	// what the step that failed did itself.
	Forward bool
}

// undoBound is how long undoing may take. It has a context of its own: whoever
// interrupts Terraform still finds the account whole.
const undoBound = 5 * time.Minute

// undoTries is how often a step is taken back before the account is left as it is:
// what made the operation fail, such as a connection that broke, is often still so a
// moment later.
const undoTries = 4

const notTakenBack = "What had been done could not be taken back. "

// errStays is in the chain of an error that nothing is taken back for.
var errStays = errors.New("it stays for the next apply to go on with")

// Stays marks an error that nothing is taken back for: what was begun goes on at Twilio
// by itself, and the next apply goes on from there.
func Stays(err error) error { return stays{err} }

type stays struct{ error }

func (s stays) Unwrap() []error { return []error{s.error, errStays} }

// Run does the steps in their order. An error says at which step it came, and what
// is true now.
func (o Operation) Run(ctx context.Context) error {
	forward := false
	for i, step := range o.Steps {
		forward = forward || step.Forward
		err := ctx.Err()
		if err == nil {
			err = step.Do(ctx)
		}
		switch {
		case err == nil:
			continue
		case errors.Is(err, errStays):
			return o.failure(step, err, step.Cut)
		case forward && step.Undo != nil:
			now := step.Cut
			if _, undoErr := o.undo(ctx, o.Steps[i:i+1]); undoErr != nil {
				err, now = errors.Join(err, undoErr), notTakenBack+step.Cut
			}
			return o.failure(step, err, now)
		case forward:
			return o.failure(step, err, step.Cut)
		}
		undone, undoErr := o.undo(ctx, o.Steps[:i+1])
		switch {
		case undoErr != nil:
			return o.failure(step, errors.Join(err, undoErr), notTakenBack+step.Cut)
		case undone:
			return o.failure(step, err, "What had been done was taken back: the account is as it was before.")
		default:
			return err
		}
	}
	return nil
}

// undo takes steps back, the last first, and tells whether there was anything.
func (o Operation) undo(ctx context.Context, done []Step) (undone bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoBound)
	defer cancel()
	for _, step := range slices.Backward(done) {
		if step.Undo == nil {
			continue
		}
		undone = true
		_, undoErr := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, step.Undo(ctx) }, backoff.WithMaxTries(undoTries))
		if undoErr != nil {
			return undone, fmt.Errorf("taking back what was done while %s: %w", step.Name, undoErr)
		}
	}
	return undone, nil
}

func (o Operation) failure(step Step, err error, now string) error {
	if now == "" {
		return err
	}
	var problem *Problem
	if errors.As(err, &problem) {
		cause := err
		if err.Error() == problem.Error() {
			cause = problem.Cause // its words are in the detail
		}
		return &Problem{Summary: problem.Summary, Detail: problem.Detail + "\n\n" + now, Cause: cause}
	}
	return &Problem{
		Summary: "Unable to finish " + o.Name,
		Detail:  fmt.Sprintf("It failed while %s. %s", step.Name, now),
		Cause:   err,
	}
}
