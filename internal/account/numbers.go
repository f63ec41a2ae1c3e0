package account

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Numbers is the account's phone numbers at Twilio, each call one request (a list: one
// per thousand).
type Numbers interface {
	List(ctx context.Context) ([]bot.Number, error)
	// Find gives the number with this E.164 form; bot.ErrNotFound when the account does
	// not own it.
	Find(ctx context.Context, phoneNumber string) (bot.Number, error)
	Get(ctx context.Context, sid string) (bot.Number, error)
	// Update writes a change and returns Twilio's answer; it does not read back.
	Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error)
}

// singleReads is how many numbers are read one by one before a listing of all is the
// cheaper way: small configurations never pay for a large account.
const singleReads = 10

// numberIndex is a listing of the numbers, in the order in which they are shown.
type numberIndex struct {
	rows    []bot.Number
	bySID   map[string]int
	byPhone map[string]int // E.164
}

func (i numberIndex) find(index map[string]int, key string) (bot.Number, bool) {
	at, ok := index[key]
	if !ok {
		return bot.Number{}, false
	}
	return i.rows[at], true
}

// numbers reads phone numbers, and knows which of them this process wrote.
type numbers struct {
	api   Numbers
	clock *clock
	all   *listing[numberIndex]

	mu      sync.Mutex
	reads   int             // of single numbers
	written map[string]bool // by SID
}

func newNumbers(clock *clock, api Numbers) *numbers {
	n := &numbers{api: api, clock: clock, written: map[string]bool{}}
	n.all = newListing(clock, n.list)
	return n
}

// Number reads a number, from a listing made earlier in this run where there is one.
// bot.ErrNotFound means that the account does not own it: neither a read of it nor a
// listing has it.
func (n *numbers) Number(ctx context.Context, sid string) (bot.Number, error) {
	n.mu.Lock()
	n.reads++
	many, wrote := n.reads > singleReads, n.written[sid]
	n.mu.Unlock()
	if wrote {
		return n.NumberNow(ctx, sid)
	}
	all, listed := n.all.known()
	if !listed && many {
		var err error
		if all, err = n.all.since(ctx, AnyTime); err != nil {
			return bot.Number{}, err
		}
	}
	if number, ok := all.find(all.bySID, sid); ok {
		return number, nil
	}
	return n.NumberNow(ctx, sid)
}

// NumberNow reads a number from Twilio, whatever was listed before.
func (n *numbers) NumberNow(ctx context.Context, sid string) (bot.Number, error) {
	number, err := n.api.Get(ctx, sid)
	if !errors.Is(err, bot.ErrNotFound) {
		return number, err
	}
	// A read may lag a purchase, so only a listing without it shows that it is gone.
	all, listErr := n.all.since(ctx, n.clock.Now())
	if listErr != nil {
		return bot.Number{}, listErr
	}
	if number, ok := all.find(all.bySID, sid); ok {
		return number, nil
	}
	return bot.Number{}, err
}

// FindNumber reads the number with an E.164 form; bot.ErrNotFound when the account does
// not own it.
func (n *numbers) FindNumber(ctx context.Context, phoneNumber string) (bot.Number, error) {
	n.mu.Lock()
	n.reads++
	many := n.reads > singleReads
	n.mu.Unlock()
	all, listed := n.all.known()
	if !listed && many {
		var err error
		if all, err = n.all.since(ctx, AnyTime); err != nil {
			return bot.Number{}, err
		}
	}
	if number, ok := all.find(all.byPhone, phoneNumber); ok && !n.Wrote(number.SID) {
		return number, nil
	}
	return n.api.Find(ctx, phoneNumber)
}

// Numbers lists every number of the account, as it was at the moment or later.
func (n *numbers) Numbers(ctx context.Context, since Moment) ([]bot.Number, error) {
	all, err := n.all.since(ctx, since)
	return all.rows, err
}

func (n *numbers) list(ctx context.Context) (numberIndex, error) {
	numbers, err := n.api.List(ctx)
	if err != nil {
		return numberIndex{}, fmt.Errorf("listing the account's phone numbers: %w", err)
	}
	bot.SortNumbers(numbers)
	index := numberIndex{rows: numbers, bySID: make(map[string]int, len(numbers)), byPhone: make(map[string]int, len(numbers))}
	for i, number := range numbers {
		index.bySID[number.SID], index.byPhone[number.PhoneNumber] = i, i
	}
	return index, nil
}

// Wrote reports whether this process has written the number.
func (n *numbers) Wrote(numberSID string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.written[numberSID]
}

func (n *numbers) wroteNumber(numberSID string) {
	n.mu.Lock()
	n.written[numberSID] = true
	n.mu.Unlock()
	n.all.wrote()
}
