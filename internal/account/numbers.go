package account

import (
	"context"
	"errors"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Numbers is the account's phone numbers at Twilio, each call one request.
type Numbers interface {
	// Pages begins a listing of every number, of those with a label where it is not empty.
	// Each call of next reads a page, of a thousand, and reports whether it is the last one.
	// After that, missed looks for what is on none of them, since the pages shifted while
	// they were read; where they cannot have, it makes no request.
	Pages(label string) (next func(context.Context) (rows []bot.Number, last bool, err error), missed func(context.Context) ([]bot.Number, error))
	// Find gives the number with this E.164 form; bot.ErrNotFound when the account does
	// not own it.
	Find(ctx context.Context, phoneNumber string) (bot.Number, error)
	Get(ctx context.Context, sid string) (bot.Number, error)
	// Update writes a change and returns Twilio's answer; it does not read back.
	Update(ctx context.Context, sid string, change bot.NumberChange) (bot.Number, error)
}

// pageWeight is how many reads of a single number a page of the list of all weighs. By
// calls it is one; by bytes, and by the time that it takes to decode, some hundred. Nobody
// says how many numbers a run will ask for, so a page is read for as many reads as it
// weighs: what is listed then never weighs more than what is read one by one, and together
// they weigh no more than twice the cheaper of the two would have, had it been known.
// Small configurations never pay for a large account by this, nor large ones by reads.
const pageWeight = 10

// numbers reads phone numbers, and knows which of them this process wrote.
type numbers struct {
	api   Numbers
	clock *clock
	all   *listing[numberPages]

	mu      sync.Mutex
	reads   int               // of single numbers
	pages   int               // of the list of all, the most that a listing had
	written map[string]Moment // when this process wrote a number last, by SID
}

func newNumbers(clock *clock, api Numbers) *numbers {
	n := &numbers{api: api, clock: clock, written: map[string]Moment{}}
	n.all = newPagedListing(clock, n.more(""))
	return n
}

// Number reads a number, from a listing made earlier in this run where there is one.
// bot.ErrNotFound means that the account does not own it: neither a read of it nor a
// listing has it.
func (n *numbers) Number(ctx context.Context, sid string) (bot.Number, error) {
	number, listed, err := n.listed(ctx, func(pages numberPages) (bot.Number, bool) { return pages.ofSID(sid) })
	if listed || err != nil {
		return number, err
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
	if number, ok := all.ofSID(sid); ok {
		return number, nil
	}
	return bot.Number{}, err
}

// FindNumber reads the number with an E.164 form; bot.ErrNotFound when the account does
// not own it.
func (n *numbers) FindNumber(ctx context.Context, phoneNumber string) (bot.Number, error) {
	number, listed, err := n.listed(ctx, func(pages numberPages) (bot.Number, bool) { return pages.ofPhone(phoneNumber) })
	if listed || err != nil {
		return number, err
	}
	return n.api.Find(ctx, phoneNumber)
}

// listed looks for a number in what this run listed, and lists more where that is due;
// where it finds none, the caller reads it.
func (n *numbers) listed(ctx context.Context, find func(numberPages) (bot.Number, bool)) (bot.Number, bool, error) {
	for {
		all := n.all.sofar()
		if number, ok := find(all.value); ok {
			return number, all.begun > n.lastWrite(number.SID), nil
		}
		pages := len(all.value.read)
		if all.depth >= whole || n.mayRead(pages) {
			return bot.Number{}, false, nil
		}
		if _, err := n.all.ofThisRun(ctx, pages+1); err != nil {
			return bot.Number{}, false, err
		}
	}
}

// mayRead counts a read of a single number, unless a page is due after so many that were
// read.
func (n *numbers) mayRead(pages int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.reads >= pageWeight*(pages+1) {
		return false
	}
	n.reads++
	return true
}

// Numbers lists every number of the account, as it was at the moment or later.
func (n *numbers) Numbers(ctx context.Context, since Moment) ([]bot.Number, error) {
	all, err := n.all.since(ctx, since)
	return all.rows(), err
}

// NumbersWithin lists the account's numbers, as they were at the moment or later, where
// that takes no more than so many pages of a thousand; ok is false where there are more,
// and then numbers are some of them, or none. That a number is not among them does not show
// that it is gone: the pages may have shifted while they were read.
func (n *numbers) NumbersWithin(ctx context.Context, since Moment, pages int) (numbers []bot.Number, ok bool, err error) {
	n.mu.Lock()
	larger := pages == 0 || n.pages > pages
	n.mu.Unlock()
	if larger {
		return nil, false, nil
	}
	all, err := n.all.upTo(ctx, since, pages)
	return all.value.rows(), all.depth >= whole, err
}

// Wrote reports whether this process has written the number.
func (n *numbers) Wrote(numberSID string) bool {
	return n.lastWrite(numberSID) > 0
}

// lastWrite is a moment behind the last write of this process to a number; zero where it
// wrote none.
func (n *numbers) lastWrite(numberSID string) Moment {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.written[numberSID]
}

func (n *numbers) wroteNumber(numberSID string) {
	n.mu.Lock()
	n.written[numberSID] = n.clock.Now()
	n.mu.Unlock()
	n.all.wrote()
}
