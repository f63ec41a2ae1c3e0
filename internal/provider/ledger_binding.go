package provider

import (
	"context"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// numberSide is one channel of a phone number, which one binding has.
type numberSide struct {
	numberSID string
	channel   bot.Channel
}

// sideRecord is what a walk told of the bindings of one side. Terraform does not tell the
// provider which resource it asks for, so they are told apart by what they have.
type sideRecord struct {
	read     []priorBinding // that the refresh read
	planned  []string       // the bots of the bindings that the plan gives the side to; empty while not known
	released int            // how many bindings the plan takes it from
}

func (l *ledger) side(numberSID string, channel bot.Channel) *sideRecord {
	key := numberSide{numberSID, channel}
	if l.sides[key] == nil {
		l.sides[key] = &sideRecord{}
	}
	return l.sides[key]
}

// readBinding records a binding of the state, and gives the channels that another binding
// of the state has for the same bot, of those that were read so far.
func (l *ledger) readBinding(prior priorBinding) (shared []bot.Channel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range prior.Channels {
		side := l.side(prior.NumberSID, channel)
		if slices.ContainsFunc(side.read, prior.sameBot) {
			shared = append(shared, channel)
		}
		side.read = append(side.read, prior)
	}
	return shared
}

func (p priorBinding) sameBot(other priorBinding) bool { return p.BotSID == other.BotSID }

// planBinding records that the plan gives channels of a number to a binding, and gives
// those that it gives to another binding already.
func (l *ledger) planBinding(numberSID string, channels []bot.Channel, botSID string) (taken []bot.Channel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range channels {
		side := l.side(numberSID, channel)
		if len(side.planned) > 0 {
			taken = append(taken, channel)
		}
		side.planned = append(side.planned, botSID)
	}
	return taken
}

// releaseBinding records that the plan takes channels from a binding that has them, and
// gives those that it gives to another binding for the same bot already.
func (l *ledger) releaseBinding(prior priorBinding, channels []bot.Channel) (shared []bot.Channel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range channels {
		side := l.side(prior.NumberSID, channel)
		if slices.Contains(side.planned, prior.BotSID) {
			shared = append(shared, channel)
		}
		side.released++
	}
	return shared
}

// unplannedBinding is the binding that was read on one of the channels and not planned yet.
// Terraform plans a tainted resource as a new one, right after it was read.
func (l *ledger) unplannedBinding(numberSID string, channels []bot.Channel) (priorBinding, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range channels {
		side := l.side(numberSID, channel)
		if last := len(side.read) - 1; last >= len(side.planned)+side.released {
			return side.read[last], true
		}
	}
	return priorBinding{}, false
}

// planLabel records a label that a binding configures for a number, and gives the one that
// another binding configures; ok is false where none does, or the same.
func (l *ledger) planLabel(numberSID, label string) (other string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	other, ok = l.labels[numberSID]
	l.labels[numberSID] = label
	return other, ok && other != label
}

// planRemoval records that the plan deletes a bot.
func (l *ledger) planRemoval(sid string) {
	l.mu.Lock()
	l.removed[sid] = true
	l.mu.Unlock()
	l.settleBot(sid)
}

// settleBot records that a bot of the state was planned, or will not be.
func (l *ledger) settleBot(sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	settled := l.settledBot(sid)
	select {
	case <-settled:
	default:
		close(settled)
	}
}

func (l *ledger) settledBot(sid string) chan struct{} {
	if l.settled[sid] == nil {
		l.settled[sid] = make(chan struct{})
	}
	return l.settled[sid]
}

// settlePatience is how long a plan waits for that of a bot that is being read: the plan
// never comes where Terraform finds an error in the bot's configuration in between.
const settlePatience = 5 * time.Second

// awaitBot waits until a bot that is read in this walk is planned. Terraform plans a bot
// right after it has read it, whatever the others do, but a removed one in no order with
// the bindings that it had.
func (l *ledger) awaitBot(ctx context.Context, sid string) {
	l.mu.Lock()
	reading, settled := l.inState[sid], l.settledBot(sid)
	l.mu.Unlock()
	if !reading {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	select {
	case <-settled:
	case <-ctx.Done():
	}
}

// planLeaving records that the plan points the number of a binding from one bot to another
// in place, and reports whether the plan is known to delete the first.
func (l *ledger) planLeaving(botSID, number string) (removed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leaving[botSID] = append(l.leaving[botSID], number)
	return l.removed[botSID]
}

// notLeaving takes planLeaving back: Terraform replaces the binding, and deletes a binding
// before the bot that it had; or the binding was updated, so that the number has left. What
// Terraform replaces with create_before_destroy is planned to be destroyed only then.
func (l *ledger) notLeaving(botSID, number string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leaving[botSID] = slices.DeleteFunc(l.leaving[botSID], func(each string) bool { return each == number })
}

// leavingNumbers are the numbers that the plan points from a bot to another in place.
func (l *ledger) leavingNumbers(botSID string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.leaving[botSID])
}
