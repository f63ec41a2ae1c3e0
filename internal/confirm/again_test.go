package confirm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// errFailed is what Twilio's own 503 is to those who write.
var errFailed = fmt.Errorf("%w: %w", bot.ErrFailed, bot.ErrUncertain)

// object is what is written to: it holds a value, which writes set and looks read.
type object struct {
	value, looks, writes int
	// fates are those of the writes, one after the other and then the last one for ever.
	fates []fate
	// others is what another client writes before the nth look.
	others map[int]int
}

// fate is what becomes of a write: whether it is done, and the error of the call.
type fate struct {
	done bool
	err  error
}

var (
	goes      = fate{done: true}
	lost      = fate{err: errLost}
	lostDone  = fate{done: true, err: errLost}
	fails     = fate{err: errFailed}
	failsDone = fate{done: true, err: errFailed}
	refused   = fate{err: errRefused}
)

const was, want, theirs = 1, 2, 3

func (o *object) look() int {
	o.looks++
	if value, ok := o.others[o.looks]; ok {
		o.value = value
	}
	return o.value
}

func (o *object) send(verb string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		fate := o.fates[min(o.writes, len(o.fates)-1)]
		if o.writes++; fate.done {
			o.value = want
		}
		return confirm.Read(ctx, confirm.Write{Object: "flow FW1", Verb: verb, Err: fate.err}, func(context.Context) (int, error) {
			if now := o.look(); now != want {
				return now, confirm.Stale("it is %d", now)
			}
			return want, nil
		})
	}
}

func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	const several = -1 // more than two
	for name, each := range map[string]struct {
		fates  []fate
		others map[int]int
		// the writes that are sent of an update and of a creation, and whether they end well
		update, creation      int
		updateFails, noObject bool
		kind                  bot.Kind
	}{
		"a write":               {fates: []fate{goes}, update: 1, creation: 1},
		"a refused write":       {fates: []fate{refused}, update: 1, creation: 1, updateFails: true, noObject: true},
		"a lost answer":         {fates: []fate{lostDone}, update: 1, creation: 1},
		"a failure that did it": {fates: []fate{failsDone}, update: 1, creation: 1},
		"a lost write":          {fates: []fate{lost, goes}, update: 2, creation: 1, noObject: true, kind: bot.WriteLost},
		"a lost write, and the answer to the next": {fates: []fate{lost, lostDone}, update: 2, creation: 1, noObject: true, kind: bot.WriteLost},
		"a write that is always lost":              {fates: []fate{lost}, update: 2, creation: 1, updateFails: true, noObject: true, kind: bot.WriteLost},
		"a write that failed":                      {fates: []fate{fails, goes}, update: 2, creation: 2},
		"a write that failed twice":                {fates: []fate{fails, fails, failsDone}, update: 3, creation: 3},
		"a write that always fails":                {fates: []fate{fails}, update: several, creation: several, updateFails: true, noObject: true, kind: bot.WriteLost},
		"a write that failed and is refused":       {fates: []fate{fails, refused}, update: 2, creation: 2, updateFails: true, noObject: true},
		"a write that is seen late":                {fates: []fate{fails}, others: map[int]int{4: want}, update: 1, creation: 1},
		"another client's write behind a lost one": {fates: []fate{lost, goes}, others: map[int]int{4: theirs}, update: 1, creation: 1, updateFails: true, noObject: true, kind: bot.WriteLost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(what string, o *object, err error, writes int, fails bool) {
				t.Helper()
				if o.writes != writes && (writes != several || o.writes <= 2) {
					t.Errorf("%s: it was sent %d times, not %d", what, o.writes, writes)
				}
				problem, _ := errors.AsType[*bot.Problem](err)
				if (err != nil) != fails || fails && each.kind != "" && (problem == nil || problem.Kind != each.kind) {
					t.Errorf("%s: it ended with %v", what, err)
				}
			}
			synctest.Test(t, func(t *testing.T) {
				o := &object{value: was, fates: each.fates, others: each.others}
				send := o.send("")
				err := confirm.Again(t.Context(), func(ctx context.Context) error { _, err := send(ctx); return err },
					func(context.Context) (bool, error) { return o.look() == was, nil })
				check("an update", o, err, each.update, each.updateFails)
			})
			synctest.Test(t, func(t *testing.T) {
				o := &object{value: was, fates: each.fates, others: each.others}
				got, err := confirm.CreateAgain(t.Context(), o.send("created"))
				check("a creation", o, err, each.creation, each.noObject)
				if err == nil && got != want {
					t.Errorf("it returned %d", got)
				}
			})
		})
	}
}

// One that looks for itself refuses to write over what another client wrote since the lost
// write: that is no more than a lost write for those who asked for it.
func TestUpdateThatLooksForItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &object{value: was, fates: []fate{lost, goes}}
		send, sent := o.send(""), 0
		err := confirm.Again(t.Context(), func(ctx context.Context) error {
			if sent++; sent > 1 {
				return confirm.ChangedSincePlan("It is another")
			}
			_, err := send(ctx)
			return err
		}, nil)
		mustEnd(t, err, errLost, bot.WriteLost, []string{"it is as it was before"})
	})
}

func TestNothingIsSentAgainOnceTerraformIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		o := &object{value: was, fates: []fate{fails}}
		send := o.send("")
		err := confirm.Again(ctx, func(ctx context.Context) error { cancel(); _, err := send(ctx); return err }, nil)
		mustEnd(t, err, errFailed, bot.WriteLost, nil)
		if o.writes != 1 {
			t.Errorf("it was sent %d times", o.writes)
		}
	})
}
