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
	// Buy buys a number, or writes the settings of one that the account owns. A problem
	// that Twilio names has its kind, such as bot.NumberNotForSale.
	Buy(ctx context.Context, order bot.NumberOrder) (bot.Number, error)
	// Release gives a number back to Twilio.
	Release(ctx context.Context, sid string) error
}

// pageWeight is how many reads of a single number a page of the list of all weighs. By
// calls it is one; by bytes, and by the time that it takes to decode, some hundred. Nobody
// says how many numbers a run will ask for, so a page is read for as many reads as it
// weighs: what is listed then never weighs more than what is read one by one, and together
// they weigh no more than twice the cheaper of the two would have, had it been known.
// Small configurations never pay for a large account by this, nor large ones by reads.
const pageWeight = 10

// labelWeight is the same for a page of the numbers with a label, of how many asked for
// with that label: those of a configuration bear the names of its bots, so that most of the
// page will be asked for. The first page costs what a single read does, and comes first.
const labelWeight = 4

// LastRead is what a number was when it was last read, as a state has it: it says where to
// look first, and decides nothing.
type LastRead struct{ PhoneNumber, Label string }

// numbers reads phone numbers, and knows which of them this process wrote.
type numbers struct {
	api   Numbers
	clock *clock
	all   *listing[numberPages]

	mu      sync.Mutex
	reads   int // of single numbers, and of pages of those with a label
	pages   int // of the list of all, the most that a listing had
	labels  map[string]*labelled
	phones  map[string]string // in E.164, by SID, as far as states say
	written map[string]Moment // when this process wrote a number last, by SID
}

// labelled is the numbers with a label.
type labelled struct {
	*listing[numberPages]

	asked int // how many numbers were asked for with the label
	pages int // that were read, or are
}

func newNumbers(clock *clock, api Numbers) *numbers {
	n := &numbers{api: api, clock: clock, labels: map[string]*labelled{}, phones: map[string]string{}, written: map[string]Moment{}}
	n.all = newPagedListing(clock, n.more(""))
	return n
}

// Number reads a number, from a listing made earlier in this run where there is one.
// bot.ErrNotFound means that the account does not own it: neither a read of it nor a
// listing has it.
func (n *numbers) Number(ctx context.Context, sid string, last LastRead) (bot.Number, error) {
	if last.PhoneNumber != "" {
		n.mu.Lock()
		n.phones[sid] = last.PhoneNumber
		n.mu.Unlock()
	}
	number, listed, err := n.listed(ctx, last.Label, func(pages numberPages) (bot.Number, bool) { return pages.ofSID(sid) })
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
	listed, found, listErr := n.listedNow(ctx, sid)
	if found || listErr != nil {
		return listed, listErr
	}
	return bot.Number{}, err
}

// listedNow lists what may have a number: those of its phone number where that is known,
// else all.
func (n *numbers) listedNow(ctx context.Context, sid string) (number bot.Number, found bool, err error) {
	n.mu.Lock()
	phoneNumber := n.phones[sid]
	n.mu.Unlock()
	if phoneNumber == "" {
		if known, ok := n.all.sofar().value.ofSID(sid); ok {
			phoneNumber = known.PhoneNumber
		}
	}
	if phoneNumber != "" {
		number, err = n.api.Find(ctx, phoneNumber)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.Number{}, false, nil
		}
		// One that was released and bought again has another SID.
		return number, err == nil && number.SID == sid, err
	}
	all, err := n.all.since(ctx, n.clock.Now())
	number, found = all.ofSID(sid)
	return number, found, err
}

// FindNumber reads the number with an E.164 form; bot.ErrNotFound when the account does
// not own it.
func (n *numbers) FindNumber(ctx context.Context, phoneNumber string) (bot.Number, error) {
	number, listed, err := n.listed(ctx, "", func(pages numberPages) (bot.Number, bool) { return pages.ofPhone(phoneNumber) })
	if listed || err != nil {
		return number, err
	}
	return n.api.Find(ctx, phoneNumber)
}

// listed looks for a number, whose label may be known, in what this run listed, and lists
// more where that is due; where it finds none, the caller reads it.
func (n *numbers) listed(ctx context.Context, label string, find func(numberPages) (bot.Number, bool)) (bot.Number, bool, error) {
	alike := n.ask(label)
	for {
		all, few := n.all.sofar(), portion[numberPages]{depth: whole}
		if alike != nil {
			few = alike.sofar()
		}
		var found, stale bool
		var number bot.Number
		for _, listed := range []portion[numberPages]{few, all} {
			if number, found = find(listed.value); found && listed.begun > n.lastWrite(number.SID) {
				return number, true, nil
			}
			stale = stale || found
		}
		if stale {
			return bot.Number{}, false, nil // this process wrote it since
		}
		if all.depth >= whole {
			return bot.Number{}, false, nil
		}
		from, depth := n.cheapest(all.depth, alike, few.depth)
		if from == nil {
			return bot.Number{}, false, nil
		}
		if _, err := from.ofThisRun(ctx, depth); err != nil {
			return bot.Number{}, false, err
		}
	}
}

// ask counts who asks for a number with a label, and is the listing of those with it; nil
// where there is no label.
func (n *numbers) ask(label string) *labelled {
	if label == "" {
		return nil
	}
	alike := n.ofLabel(label)
	n.mu.Lock()
	defer n.mu.Unlock()
	alike.asked++
	return alike
}

// ofLabel is the listing of the numbers with a label that all who ask share.
func (n *numbers) ofLabel(label string) *labelled {
	n.mu.Lock()
	defer n.mu.Unlock()
	alike, ok := n.labels[label]
	if !ok {
		alike = &labelled{listing: newPagedListing(n.clock, n.more(label))}
		n.labels[label] = alike
	}
	return alike
}

// cheapest is what is read next for a number that no listing has yet, and how deep: the
// list of all, the one of those with its label, or, nil, the number alone. It counts what it
// chooses. all and few are how deep the two were read.
func (n *numbers) cheapest(all int, alike *labelled, few int) (from *listing[numberPages], depth int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.reads >= pageWeight*(all+1) {
		return n.all, all + 1
	}
	if few < whole && alike.asked >= labelWeight*few {
		if few == alike.pages {
			alike.pages++
			n.reads++
		}
		return alike.listing, few + 1
	}
	n.reads++
	return nil, 0
}

// Numbers lists every number of the account, as it was at the moment or later.
func (n *numbers) Numbers(ctx context.Context, since Moment) ([]bot.Number, error) {
	all, err := n.all.since(ctx, since)
	return all.rows(), err
}

// PagesOfNumbers gives the account's numbers, as they were at the moment or later, a page at
// a time, as long as more wants one and no more than so many; none where the list is known to
// be longer. That a number is on none does not show that it is gone: the pages may have
// shifted while they were read.
func (n *numbers) PagesOfNumbers(ctx context.Context, since Moment, pages int, more func([]bot.Number) bool) error {
	n.mu.Lock()
	longer := n.pages > pages
	n.mu.Unlock()
	if longer {
		return nil
	}
	for depth := range pages {
		all, err := n.all.upTo(ctx, since, depth+1)
		if err != nil {
			return err
		}
		if all.depth >= whole {
			more(all.value.rows()) // the pages before are among them
			return nil
		}
		if !more(all.value.read[depth].rows) {
			return nil
		}
	}
	return nil
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

// wroteNumber keeps that this process wrote a number, and returns a moment behind it. Of the
// lists by label each row is compared with that moment when it is asked for.
func (n *numbers) wroteNumber(numberSID string) Moment {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.clock.Now()
	n.written[numberSID] = now
	n.all.wrote()
	return now
}
