package confirm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

var (
	errRefused = errors.New("Twilio refused it")
	errLost    = fmt.Errorf("the connection broke: %w", bot.ErrUncertain)
	errRead    = errors.New("Twilio answered 500")
	errStale   = confirm.Stale("flow FW1 is at revision %d", 1)
	errChanged = confirm.Changed("flow FW1 is at revision %d", 3)
)

// untilBound is a number of looks that the bound alone ends.
const untilBound = -1

// looks answers one look after the other with the errors, and every later one with the
// last; its value is the number of the look.
type looks struct {
	answers []error
	n       int
}

func (l *looks) look(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.n++
	return l.n, l.answers[min(l.n, len(l.answers))-1]
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		sent    error
		verb    string
		answers []error
		looks   int      // how many must be made
		kind    bot.Kind // of the problem
		is      error    // what the error must wrap
		words   []string
	}{
		"answered and seen":         {answers: []error{nil}, looks: 1},
		"answered, stale then seen": {answers: []error{errStale, errStale, nil}, looks: 3},
		"answered, never seen": {answers: []error{errStale}, looks: untilBound, kind: bot.NotAsWritten, is: errStale,
			words: []string{"Twilio accepted the write to flow FW1", "(flow FW1 is at revision 1)", "Plan again"}},
		"answered, overwritten": {answers: []error{errStale, errChanged}, looks: 2, kind: bot.NotAsWritten, is: bot.ErrChanged,
			words: []string{"Twilio accepted the write to flow FW1", "(flow FW1 is at revision 3)"}},
		"answered, overwritten, without more words": {answers: []error{bot.ErrChanged}, looks: 1, kind: bot.NotAsWritten, is: bot.ErrChanged,
			words: []string{"shows something else: another client"}},
		"answered, not to be read": {answers: []error{errRead}, looks: 1, is: errRead,
			words: []string{"the write to flow FW1 was sent but could not be read back", "plan again"}},
		"lost and found":             {sent: errLost, answers: []error{nil}, looks: 1},
		"lost, stale then found":     {sent: errLost, answers: []error{errStale, nil}, looks: 2},
		"lost and not found":         {sent: errLost, answers: []error{errStale}, looks: untilBound, kind: bot.WriteLost, is: errLost, words: []string{"it wrote flow FW1, and it is as it was before"}},
		"lost creation":              {sent: errLost, verb: "created", answers: []error{errStale}, looks: untilBound, kind: bot.WriteLost, is: errLost, words: []string{"it created flow FW1, and no such object exists"}},
		"lost restoration":           {sent: errLost, verb: "restored", answers: []error{errStale}, looks: untilBound, kind: bot.WriteLost, is: errLost, words: []string{"it restored flow FW1, and it is as it was before"}},
		"lost, then another's write": {sent: errLost, answers: []error{errChanged}, looks: 1, kind: bot.NotAsWritten, is: bot.ErrChanged, words: []string{"Twilio did not confirm that it wrote flow FW1, but"}},
		"lost, another's of the name": {sent: errLost, verb: "created", answers: []error{fmt.Errorf(`"x" (FW2) exists: %w`, bot.ErrNameTaken)}, looks: 1, is: bot.ErrNameTaken,
			words: []string{`it created flow FW1, and another client's "x" (FW2) exists`}},
		"lost, not to be read": {sent: errLost, answers: []error{errRead}, looks: 1, is: errRead, words: []string{"could not be read back"}},
		"refused":              {sent: errRefused, answers: []error{nil}, looks: 0, is: errRefused, words: []string{"Twilio refused it"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &looks{answers: each.answers}
				got, err := confirm.Read(t.Context(), confirm.Write{Object: "flow FW1", Verb: each.verb, Err: each.sent}, l.look)
				mustEnd(t, err, each.is, each.kind, each.words)
				if each.is == nil && got != l.n {
					t.Errorf("it returned look %d of %d", got, l.n)
				}
				if again := each.looks == untilBound; again && l.n < 5 || !again && l.n != each.looks {
					t.Errorf("it looked %d times, want %d", l.n, each.looks)
				}
			})
		})
	}
}

// mustEnd holds an error to what it must wrap, its kind and its words; nil to nothing.
func mustEnd(t *testing.T, err, is error, kind bot.Kind, words []string) {
	t.Helper()
	if !errors.Is(err, is) || is == nil && err != nil {
		t.Fatalf("it ended with %v, want %v", err, is)
	}
	var problem *bot.Problem
	if errors.As(err, &problem); kind != "" && (problem == nil || problem.Kind != kind) {
		t.Errorf("it is no problem of kind %q: %v", kind, err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it does not say %q: %v", word, err)
		}
	}
}

// Where Twilio takes few requests at once, a look waits for its turn among those of a thousand
// numbers: what it finds says as much as ever.
func TestLookThatWaitsForItsTurnIsNotCutOff(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]error{"answered": nil, "lost": errLost, "failed": bot.ErrFailed} {
		for _, answers := range [][]error{{nil}, {errStale}} {
			synctest.Test(t, func(t *testing.T) {
				l := &looks{answers: answers}
				if sent != nil {
					sent = fmt.Errorf("%w: %w", sent, bot.ErrUncertain)
				}
				_, err := confirm.Read(t.Context(), confirm.Write{Object: "flow FW1", Err: sent}, func(ctx context.Context) (int, error) {
					time.Sleep(confirm.Bound + time.Second)
					return l.look(ctx)
				})
				if l.n != 1 || (err != nil) != (answers[0] != nil) || err != nil && strings.Contains(err.Error(), "could not be read back") {
					t.Errorf("%s, %v: looked %d times, %v", name, answers, l.n, err)
				}
			})
		}
	}
}

// A write that was made is read back however Terraform is stopped.
func TestCancelledContextStillReadsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l := &looks{answers: []error{errStale, nil}}
		if _, err := confirm.Read(ctx, confirm.Write{Object: "flow FW1"}, l.look); err != nil {
			t.Error(err)
		}
		l = &looks{answers: []error{nil, bot.ErrNotFound}}
		if err := confirm.Gone(ctx, confirm.Write{Object: "flow FW1"}, l.look); err != nil {
			t.Error(err)
		}
	})
}

func TestAnswerStandsForAReadThatCannotBeMade(t *testing.T) {
	t.Parallel()
	const answer = 42
	for name, each := range map[string]struct {
		sent   error
		look   error
		answer bool
		is     error
	}{
		"not to be read":       {look: errRead, answer: true},
		"seen":                 {look: nil},
		"never seen":           {look: errStale, is: errStale},
		"overwritten":          {look: errChanged, is: bot.ErrChanged},
		"lost, not to be read": {sent: errLost, look: errRead, is: errRead},
		"refused":              {sent: errRefused, look: errRead, is: errRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &looks{answers: []error{each.look}}
				got, err := confirm.ReadOr(t.Context(), confirm.Write{Object: "flow FW1", Err: each.sent}, answer, l.look)
				mustEnd(t, err, each.is, "", nil)
				if (got == answer) != each.answer {
					t.Errorf("it returned %d", got)
				}
			})
		})
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	gone := fmt.Errorf("GET flow: 404: %w", bot.ErrNotFound)
	for name, each := range map[string]struct {
		sent    error
		answers []error // nil is a read that still shows the object
		kind    bot.Kind
		is      error
		stale   bool
		words   []string
	}{
		"gone":                      {answers: []error{gone}},
		"still shown, then gone":    {answers: []error{nil, nil, gone}},
		"shown to the end":          {answers: []error{nil}, stale: true, words: []string{"flow FW1 was deleted, but Twilio still shows it"}},
		"gone before":               {sent: gone, answers: []error{gone}},
		"lost and gone":             {sent: errLost, answers: []error{gone}},
		"lost, and it still exists": {sent: errLost, answers: []error{nil}, kind: bot.WriteLost, is: errLost, words: []string{"it deleted flow FW1, and it still exists"}},
		"refused":                   {sent: errRefused, answers: []error{gone}, is: errRefused},
		"not to be read":            {answers: []error{errRead}, is: errRead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &looks{answers: each.answers}
				err := confirm.Gone(t.Context(), confirm.Write{Object: "flow FW1", Err: each.sent}, l.look)
				if each.stale && confirm.IsStale(err) {
					each.is = err
				}
				mustEnd(t, err, each.is, each.kind, each.words)
			})
		})
	}
}

// A look that is cut off by the end of the time to look says nothing: what was found
// before it is the answer.
func TestPollEndsWithTheLastAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n := 0
		got, err := confirm.Poll(ctx, func(ctx context.Context) (int, error) {
			n++
			if n < 3 {
				return n, errStale
			}
			<-ctx.Done()
			return 0, fmt.Errorf("no answer: %w", ctx.Err())
		})
		if got != 2 || !confirm.IsStale(err) {
			t.Errorf("it ended with %d, %v", got, err)
		}
		n = 2
		if _, err := confirm.Poll(ctx, func(context.Context) (int, error) { return 0, errRead }); !errors.Is(err, errRead) {
			t.Errorf("another error is lost: %v", err)
		}
	})
}

func TestChangedSincePlan(t *testing.T) {
	t.Parallel()
	problem := confirm.ChangedSincePlan(`The name of flow FW1 is now "y"`)
	mustEnd(t, problem, bot.ErrChanged, bot.ChangedSincePlan, []string{`The name of flow FW1 is now "y", which is neither`, "Nothing was written"})
}
