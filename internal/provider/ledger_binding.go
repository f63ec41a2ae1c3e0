package provider

import (
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// bindingRecords is what a walk tells of bindings.
type bindingRecords struct {
	mu     sync.Mutex
	sides  map[numberSide]*sideRecord
	labels map[string]string     // that bindings configure, by the SID of the number
	handed map[numberSide]string // the bot that a binding which is replaced left there
}

func newBindingRecords() *bindingRecords {
	return &bindingRecords{sides: map[numberSide]*sideRecord{}, labels: map[string]string{}, handed: map[numberSide]string{}}
}

// numberSide is one channel of a phone number, which one binding has.
type numberSide struct {
	numberSID string
	channel   bot.Channel
}

// sideRecord records the bindings of one side. Terraform names no resource
// to its provider, so they are told apart by what they have.
type sideRecord struct {
	read     []priorBinding // that the refresh read
	planned  []string       // the bots of the bindings that the plan gives the side to; empty while not known
	released int            // how many bindings the plan takes it from
}

func (l *bindingRecords) side(numberSID string, channel bot.Channel) *sideRecord {
	key := numberSide{numberSID, channel}
	if l.sides[key] == nil {
		l.sides[key] = &sideRecord{}
	}
	return l.sides[key]
}

// readBinding records a binding of the state, and gives the channels that another binding
// of the state has for the same bot, of those that were read so far.
func (l *bindingRecords) readBinding(prior priorBinding) (shared []bot.Channel) {
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
func (l *bindingRecords) planBinding(numberSID string, channels []bot.Channel, botSID string) (taken []bot.Channel) {
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
func (l *bindingRecords) releaseBinding(prior priorBinding, channels []bot.Channel) (shared []bot.Channel) {
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
func (l *bindingRecords) unplannedBinding(numberSID string, channels []bot.Channel) (priorBinding, bool) {
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
func (l *bindingRecords) planLabel(numberSID, label string) (other string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	other, ok = l.labels[numberSID]
	l.labels[numberSID] = label
	return other, ok && other != label
}

// handOverNumber records that a binding which is deleted to be created anew left its bot on
// channels of a number, for the one that comes.
func (l *bindingRecords) handOverNumber(numberSID string, channels []bot.Channel, botSID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range channels {
		l.handed[numberSide{numberSID, channel}] = botSID
	}
}

// numberHandedOver is the bot that was left on one of the channels; empty where none was.
func (l *bindingRecords) numberHandedOver(numberSID string, channels []bot.Channel) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, channel := range channels {
		if botSID := l.handed[numberSide{numberSID, channel}]; botSID != "" {
			return botSID
		}
	}
	return ""
}
