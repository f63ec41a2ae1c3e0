// Package operation runs what takes more than one call to Twilio: a named list of
// steps, each of which can be done again.
//
// A run can be cut off after any call. An error before the point of no return is
// answered by undoing what was done, so that the account is as it was; an error after
// it leaves the rest to the next apply, which looks at Twilio and goes on where this
// one stopped. A process that is killed undoes nothing: then the marks at Twilio tell
// the next one, and each step's Cut says what is true.
package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Step is one part of an operation.
type Step struct {
	Name string // what it does, as it fits behind "while": "creating the new bot"
	// Cut says what is true when the operation is cut off in this step, and how the
	// next apply converges.
	Cut string
	Do  func(ctx context.Context) error
	// Undo takes back what Do did, or half did; nil where there is nothing to take
	// back. It looks before it writes, so that it can be repeated.
	Undo func(ctx context.Context) error
	// Left says what stays all the same where the operation is undone; empty for nothing.
	Left string
	// Forward marks the point of no return: from this step on, nothing is undone but
	// what the step that failed did itself.
	Forward bool
}

// undoBound limits how long undoing may take while Twilio answers. It has a context of its
// own: whoever interrupts Terraform still finds the account whole. See Finish for how long it
// goes on while Twilio does not answer.
const undoBound = 5 * time.Minute

// undoTries is how often a step is undone before the account is left as it is: what
// made the operation fail, such as a broken connection, often lasts a moment longer.
const undoTries = 4

const (
	undoneNow    = "Anything it had written was undone"
	notUndoneNow = "What had been done could not be undone. "
)

// errStays is in the chain of an error for which nothing is undone.
var errStays = errors.New("it stays for the next apply to go on with")

// Stays marks an error for which nothing is undone: what was begun goes on at Twilio by
// itself, and the next apply continues from there.
func Stays(err error) error { return stays{err} }

type stays struct{ error }

func (s stays) Unwrap() []error { return []error{s.error, errStays} }

// Run does the steps of an operation in their order. name is what it does, as a noun:
// "the rename". An error says at which step it came, and what is true now.
func Run(ctx context.Context, name string, steps ...Step) error {
	ctx, _, end := begin(ctx)
	defer end()
	forward := false
	for i, step := range steps {
		forward = forward || step.Forward
		err := ctx.Err()
		if err == nil {
			err = step.Do(ctx)
		}
		switch {
		case err == nil:
			continue
		case errors.Is(err, errStays):
			return failure(name, step, err, step.Cut)
		case forward && step.Undo != nil:
			now := step.Cut
			if _, undoErr := undo(ctx, steps[i:i+1]); undoErr != nil {
				err, now = errors.Join(err, undoErr), notUndoneNow+step.Cut
			}
			return failure(name, step, err, now)
		case forward:
			return failure(name, step, err, step.Cut)
		}
		undone, undoErr := undo(ctx, steps[:i+1])
		switch {
		case undoErr != nil:
			return failure(name, step, errors.Join(err, undoErr), notUndoneNow+step.Cut)
		case undone:
			return failure(name, step, err, undoneNow+left(steps[:i+1]))
		default:
			return err
		}
	}
	return nil
}

// undo takes steps back, the last first, and reports whether there was anything.
func undo(ctx context.Context, done []Step) (undone bool, err error) {
	ctx, cancel := Finish(ctx, undoBound)
	defer cancel()
	for _, step := range slices.Backward(done) {
		if step.Undo == nil {
			continue
		}
		undone = true
		_, undoErr := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, step.Undo(ctx) }, backoff.WithMaxTries(undoTries))
		if undoErr != nil {
			return undone, fmt.Errorf("undoing what was done while %s: %w", step.Name, undoErr)
		}
	}
	return undone, nil
}

// left ends the sentence that steps were undone.
func left(undone []Step) string {
	said := ": nothing of it is left."
	for _, step := range undone {
		if step.Left != "" {
			said = ". " + step.Left
		}
	}
	return said
}

func failure(name string, step Step, err error, now string) error {
	if now == "" {
		return err
	}
	var problem *bot.Problem
	if errors.As(err, &problem) {
		said := *problem
		if err.Error() != problem.Error() {
			said.Cause = err // its other words would be lost
		}
		said.Now = append(slices.Clone(problem.Now), now)
		return &said
	}
	return &bot.Problem{
		Summary: "Unable to finish " + name,
		Detail:  fmt.Sprintf("It failed while %s.", step.Name),
		Now:     []string{now},
		Cause:   err,
	}
}
