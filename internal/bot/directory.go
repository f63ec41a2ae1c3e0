package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

// Numbers is the account's phone numbers at Twilio, each call one request (a list:
// one per thousand).
type Numbers interface {
	List(ctx context.Context) ([]Number, error)
	// Find gives the number with this E.164 form; ErrNotFound when the account
	// does not own it.
	Find(ctx context.Context, phoneNumber string) (Number, error)
	Get(ctx context.Context, sid string) (Number, error)
	// Update writes a change and returns Twilio's answer; it does not read back.
	Update(ctx context.Context, sid string, change NumberChange) (Number, error)
}

// singleReads is how many numbers are asked for one by one before a listing of
// all is the cheaper way: small configurations never pay for a large account.
const singleReads = 10

// Directory is the one place through which numbers and bots are read. One is made
// for each configured provider, so it lives as long as one walk of Terraform:
// plans share its listings, and what this process has written is always read anew.
type Directory struct {
	AccountSID string
	Webhooks   Webhooks

	numbers  Numbers
	hosts    map[Engine]Host
	services Services
	claims   *claims

	flights singleflight.Group

	mu                 sync.Mutex
	reads              int
	numbersBySID       map[string]Number // nil before the first listing
	written            map[string]bool   // numbers this process wrote
	bots               []Bot
	botsListed         bool
	botGeneration      int
	listedApplications *listing
	replaced           map[string]string // by the SID of a bot, the one that this process put in its place
	overriding         map[string]Service
}

// NewDirectory is a directory over an account's numbers and engines.
func NewDirectory(accountSID string, webhooks Webhooks, numbers Numbers, services Services, hosts map[Engine]Host) *Directory {
	return &Directory{
		AccountSID: accountSID, Webhooks: webhooks,
		numbers: numbers, services: services, hosts: hosts, claims: newClaims(),
		written: map[string]bool{}, replaced: map[string]string{},
	}
}

// Host is what runs the bots of an engine.
func (d *Directory) Host(engine Engine) Host {
	if host, ok := d.hosts[engine]; ok {
		return host
	}
	return Off{Reason: fmt.Errorf("the engine %q is not part of this version of the provider", engine)}
}

// HostOf is what runs the bot of a SID.
func (d *Directory) HostOf(sid string) (Host, error) {
	engine, ok := EngineOf(sid)
	if !ok {
		return nil, fmt.Errorf("%q: %w", sid, errEngineUnknown)
	}
	return d.Host(engine), nil
}

// Number reads a number, from a listing made earlier in this process where there
// is one. ErrNotFound means that the account does not own it: neither a read of it
// nor a listing has it.
func (d *Directory) Number(ctx context.Context, sid string) (Number, error) {
	d.mu.Lock()
	d.reads++
	wantListing := d.numbersBySID == nil && d.reads > singleReads
	d.mu.Unlock()
	if wantListing {
		if _, err := d.listNumbers(ctx, false); err != nil {
			return Number{}, err
		}
	}
	if number, ok := d.listed(sid); ok {
		return number, nil
	}
	return d.NumberNow(ctx, sid)
}

func (d *Directory) listed(sid string) (Number, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, ok := d.numbersBySID[sid]
	return number, ok && !d.written[sid]
}

// NumberNow reads a number from Twilio, whatever is known of it already.
func (d *Directory) NumberNow(ctx context.Context, sid string) (Number, error) {
	number, err := d.numbers.Get(ctx, sid)
	if !errors.Is(err, ErrNotFound) {
		return number, err
	}
	// A read may lag a purchase, so only a listing without it says that it is gone.
	all, listErr := d.listNumbers(ctx, true)
	if listErr != nil {
		return Number{}, listErr
	}
	for _, number := range all {
		if number.SID == sid {
			return number, nil
		}
	}
	return Number{}, err
}

// FindNumber reads the number with an E.164 form; ErrNotFound when the account
// does not own it.
func (d *Directory) FindNumber(ctx context.Context, phoneNumber string) (Number, error) {
	d.mu.Lock()
	d.reads++
	list := d.numbersBySID != nil || d.reads > singleReads
	d.mu.Unlock()
	if list {
		all, err := d.listNumbers(ctx, false)
		if err != nil {
			return Number{}, err
		}
		for _, number := range all {
			if number.PhoneNumber == phoneNumber {
				if _, fresh := d.listed(number.SID); fresh {
					return number, nil
				}
			}
		}
	}
	return d.numbers.Find(ctx, phoneNumber)
}

// Numbers lists every number of the account, anew if this process wrote any.
func (d *Directory) Numbers(ctx context.Context) ([]Number, error) {
	d.mu.Lock()
	anew := len(d.written) > 0
	d.mu.Unlock()
	return d.listNumbers(ctx, anew)
}

// listNumbers shares one listing among all who ask at once. The listing goes on
// when the first of them gives up, and each waits no longer than its own context.
func (d *Directory) listNumbers(ctx context.Context, anew bool) ([]Number, error) {
	key := "numbers"
	if anew {
		key = "numbers anew"
	}
	return shared(ctx, &d.flights, key, func(ctx context.Context) ([]Number, error) {
		if !anew {
			if numbers, ok := d.knownNumbers(); ok {
				return numbers, nil
			}
		}
		numbers, err := d.numbers.List(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the account's phone numbers: %w", err)
		}
		SortNumbers(numbers)
		bySID := make(map[string]Number, len(numbers))
		for _, number := range numbers {
			bySID[number.SID] = number
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.numbersBySID = bySID
		return numbers, nil
	})
}

func (d *Directory) knownNumbers() ([]Number, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.numbersBySID == nil {
		return nil, false
	}
	numbers := make([]Number, 0, len(d.numbersBySID))
	for _, number := range d.numbersBySID {
		numbers = append(numbers, number)
	}
	SortNumbers(numbers)
	return numbers, true
}

// Bots lists the bots of every engine, inert applications among them, anew if this
// process wrote any.
func (d *Directory) Bots(ctx context.Context) ([]Bot, error) {
	d.mu.Lock()
	bots, listed, generation := d.bots, d.botsListed, d.botGeneration
	d.mu.Unlock()
	if listed {
		return bots, nil
	}
	return shared(ctx, &d.flights, fmt.Sprintf("bots %d", generation), func(ctx context.Context) ([]Bot, error) {
		byEngine := make([][]Bot, len(Engines()))
		group, ctx := errgroup.WithContext(ctx)
		for i, engine := range Engines() {
			group.Go(func() error {
				bots, err := d.Host(engine).List(ctx)
				if err != nil {
					return fmt.Errorf("listing the account's %s bots: %w", engine, err)
				}
				byEngine[i] = bots
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		var all []Bot
		for _, bots := range byEngine {
			all = append(all, bots...)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		// A listing begun before a write of ours must not outlive it.
		if d.botGeneration == generation {
			d.bots, d.botsListed = all, true
		}
		return all, nil
	})
}

// BotsChanged says that this process wrote a bot: listings are made anew.
func (d *Directory) BotsChanged() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bots, d.botsListed = nil, false
	d.botGeneration++
}

// Bot reads one bot, without content, from a listing made earlier in this process
// where there is one. ErrNotFound when it is gone.
func (d *Directory) Bot(ctx context.Context, sid string) (Bot, error) {
	d.mu.Lock()
	bots := d.bots
	d.mu.Unlock()
	for _, bot := range bots {
		if bot.SID == sid {
			return bot, nil
		}
	}
	host, err := d.HostOf(sid)
	if err != nil {
		return Bot{}, err
	}
	return host.Get(ctx, sid)
}

// ReadBot reads a bot with its content, or without when its content is managed
// elsewhere. ErrNotFound means that neither a read of it nor a listing has it.
func (d *Directory) ReadBot(ctx context.Context, sid string, content bool) (Bot, error) {
	host, err := d.HostOf(sid)
	if err != nil {
		return Bot{}, err
	}
	read := host.Get
	if content {
		read = host.Read
	}
	bot, err := read(ctx, sid)
	if !errors.Is(err, ErrNotFound) {
		return bot, err
	}
	bots, listErr := host.List(ctx)
	if listErr != nil {
		return Bot{}, listErr
	}
	for _, bot := range bots {
		if bot.SID == sid {
			return Bot{}, fmt.Errorf("Twilio lists %s but answers that it is not there; this passes when its reads have caught up with its writes: %w", bot, ErrLagging)
		}
	}
	return Bot{}, err
}

// FindBots gives the bots of all engines that have a unique name now, by asking
// each engine afresh.
func (d *Directory) FindBots(ctx context.Context, uniqueName string) ([]Bot, error) {
	var found []Bot
	for _, engine := range Engines() {
		host, ok := d.hosts[engine]
		if !ok {
			continue
		}
		bots, err := host.Find(ctx, uniqueName)
		if err != nil {
			return nil, fmt.Errorf("looking for a bot named %q: %w", uniqueName, err)
		}
		found = append(found, bots...)
	}
	return found, nil
}

// shared runs work once for all who ask under a key at the same time. The work is
// not cancelled when one of them gives up.
func shared[T any](ctx context.Context, flights *singleflight.Group, key string, work func(context.Context) (T, error)) (T, error) {
	landed := flights.DoChan(key, func() (any, error) { return work(context.WithoutCancel(ctx)) })
	var zero T
	select {
	case <-ctx.Done():
		return zero, ctx.Err()
	case result := <-landed:
		if result.Err != nil {
			return zero, result.Err
		}
		value, ok := result.Val.(T)
		if !ok {
			return zero, fmt.Errorf("%q was shared as a %T", key, result.Val)
		}
		return value, nil
	}
}
