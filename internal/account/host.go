package account

import (
	"context"
	"errors"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Host runs the bots of one engine on one account. Every write is read back before it
// returns; what is true when it is cut off stands beside each operation.
type Host interface {
	// List gives every bot, without content, and every hold, in Twilio's order.
	List(ctx context.Context) (bot.Listing, error)
	// Find gives the bots that have a unique name now.
	Find(ctx context.Context, uniqueName string) ([]bot.Bot, error)
	// Get gives a bot without its content; an error that wraps bot.ErrNotFound when it
	// no longer exists, and bot.ErrHold when the SID is that of a hold.
	Get(ctx context.Context, sid string) (bot.Bot, error)
	// Read gives a bot with its content; its errors are those of Get.
	Read(ctx context.Context, sid string) (bot.Bot, error)
	// Create creates a bot, or takes up one that an earlier Create left unfinished;
	// bot.ErrNameTaken when the name is another's. One that replaces another keeps its
	// mark until Unmark.
	Create(ctx context.Context, spec bot.Spec) (bot.Bot, error)
	// Unmark takes the mark of what it replaces off a bot, and gives it its names, once
	// the old bot is deleted. It is the last write of a replacement.
	Unmark(ctx context.Context, sid string, spec bot.Spec) (bot.Bot, error)
	// Successor looks for the bot that replaced one which no longer exists, in marks
	// that List does not show too; bot.ErrNotFound when there is none.
	Successor(ctx context.Context, sid string) (bot.Bot, error)
	// Update brings a bot from what the plan was made for to what is wanted, and stops
	// when another client changed it in between.
	Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error)
	// Delete deletes a bot; one that is gone already is no error.
	Delete(ctx context.Context, sid string) error
	// Discard is Delete for a bot that another replaced: its name does not stay
	// reserved.
	Discard(ctx context.Context, sid string) error
	// Tasks lists the unique names of the tasks a number can be pointed at; none where
	// the engine has no tasks.
	Tasks(ctx context.Context, sid string) ([]string, error)
}

// Holder is a host that keeps the holds of suspended bots. Every write is read back
// before it returns.
type Holder interface {
	// FindHolds gives the holds of a bot now.
	FindHolds(ctx context.Context, botSID string) ([]bot.Hold, error)
	// CreateHold creates the hold of a bot, with the URLs of its flow where it has one;
	// bot.ErrNameTaken when the bot has a hold.
	CreateHold(ctx context.Context, hold bot.Hold) (bot.Hold, error)
	// WriteHold makes a hold that of the bot, and of the flow, that are given, in one write.
	WriteHold(ctx context.Context, hold bot.Hold) error
	// DeleteHold deletes a hold; one that is gone already is no error.
	DeleteHold(ctx context.Context, sid string) error
}

// FlowHolder is a host that keeps the flows of holds. Every write is read back before it
// returns.
type FlowHolder interface {
	// FindHoldFlows gives the hold flows of a bot now.
	FindHoldFlows(ctx context.Context, botSID string) ([]bot.Hold, error)
	// ReadHoldFlow reads a hold flow; bot.ErrNotFound where it does not exist, or is a bot.
	ReadHoldFlow(ctx context.Context, sid string) (bot.HoldFlow, error)
	// CreateHoldFlow creates the hold flow of a bot; bot.ErrNameTaken when it has one.
	CreateHoldFlow(ctx context.Context, flow bot.HoldFlow) (bot.HoldFlow, error)
	// WriteHoldFlow gives a hold flow the notice and the bot that are given, in one write.
	WriteHoldFlow(ctx context.Context, flow bot.HoldFlow) error
	// DeleteHoldFlow deletes a hold flow; one that is gone already is no error.
	DeleteHoldFlow(ctx context.Context, sid string) error
}

// Validator is a host that can ask Twilio what it would say of a bot, without creating
// it.
type Validator interface {
	Validate(ctx context.Context, spec bot.Spec) ([]bot.Finding, error)
}

// tracked makes the listing of an engine stale with every write to it, however it ends, and
// remembers what this run read and wrote of each bot.
type tracked struct {
	Host
	clock   *clock
	listing *listing[bot.Listing]
	urls    *flowURLs
	known   *knownBots
}

func (t tracked) Get(ctx context.Context, sid string) (bot.Bot, error) {
	begun := t.clock.Now()
	b, err := t.Host.Get(ctx, sid)
	return t.learn(b, begun, true, err)
}

func (t tracked) Read(ctx context.Context, sid string) (bot.Bot, error) {
	begun := t.clock.Now()
	b, err := t.Host.Read(ctx, sid)
	return t.learn(b, begun, true, err)
}

func (t tracked) Create(ctx context.Context, spec bot.Spec) (bot.Bot, error) {
	b, err := t.Host.Create(ctx, spec)
	return t.learn(b, t.wrote(b.SID), false, err)
}

func (t tracked) Unmark(ctx context.Context, sid string, spec bot.Spec) (bot.Bot, error) {
	b, err := t.Host.Unmark(ctx, sid, spec)
	return t.learn(b, t.wrote(sid), false, err)
}

func (t tracked) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	b, err := t.Host.Update(ctx, sid, from, to)
	return t.learn(b, t.wrote(sid), false, err)
}

func (t tracked) Delete(ctx context.Context, sid string) error {
	err := t.Host.Delete(ctx, sid)
	return t.deleted(sid, err)
}

func (t tracked) Discard(ctx context.Context, sid string) error {
	err := t.Host.Discard(ctx, sid)
	return t.deleted(sid, err)
}

func (t tracked) deleted(sid string, err error) error {
	t.wrote(sid)
	if err == nil {
		t.known.wasDeleted(sid)
	}
	return err
}

func (t tracked) wrote(sid string) Moment {
	t.clock.applying.Store(true)
	t.listing.wrote()
	now := t.clock.Now()
	t.known.wrote(sid, now)
	return now
}

// learn keeps what was read at the moment or later, if it was.
func (t tracked) learn(b bot.Bot, begun Moment, read bool, err error) (bot.Bot, error) {
	if err == nil {
		t.urls.learn(b)
		t.known.learn(b, begun, read)
	}
	return b, err
}

// untracked is the host itself, which may be more than a Host.
func untracked(host Host) Host {
	if t, ok := host.(tracked); ok {
		return t.Host
	}
	return host
}

// Reachable reports whether an engine can be reached.
func (b *bots) Reachable(engine bot.Engine) bool { return b.IsOff(engine) == nil }

// IsOff says why an engine cannot be reached; nil where it can.
func (b *bots) IsOff(engine bot.Engine) error {
	off, _ := untracked(b.Host(engine)).(Off) // of any other host there is no reason
	return off.Reason
}

// Validate asks Twilio what it would say of a flow; nothing where it cannot be asked.
func (b *bots) Validate(ctx context.Context, spec bot.Spec) ([]bot.Finding, error) {
	validator, ok := untracked(b.Host(bot.Studio)).(Validator)
	if !ok {
		return nil, nil
	}
	return validator.Validate(ctx, spec)
}

// holder keeps the holds; nil where applications cannot be reached.
func (b *bots) holder() Holder {
	holder, _ := untracked(b.Host(bot.Application)).(Holder)
	return holder
}

// FindHolds gives the holds of a bot as Twilio has them now; none where applications
// cannot be reached.
func (b *bots) FindHolds(ctx context.Context, botSID string) ([]bot.Hold, error) {
	if holder := b.holder(); holder != nil {
		return holder.FindHolds(ctx, botSID)
	}
	return nil, nil
}

// CreateHold creates the hold of a bot.
func (b *bots) CreateHold(ctx context.Context, hold bot.Hold) (bot.Hold, error) {
	holder := b.holder()
	if holder == nil {
		return bot.Hold{}, b.IsOff(bot.Application)
	}
	defer b.perEngine[bot.Application].wrote()
	return holder.CreateHold(ctx, hold)
}

// WriteHold makes a hold that of the bot, and of the flow, that are given.
func (b *bots) WriteHold(ctx context.Context, hold bot.Hold) error {
	defer b.perEngine[bot.Application].wrote()
	return b.holder().WriteHold(ctx, hold)
}

// DeleteHold deletes a hold.
func (b *bots) DeleteHold(ctx context.Context, sid string) error {
	defer b.perEngine[bot.Application].wrote()
	return b.holder().DeleteHold(ctx, sid)
}

// flowHolder keeps the flows of holds; nil where flows cannot be reached.
func (b *bots) flowHolder() FlowHolder {
	holder, _ := untracked(b.Host(bot.Studio)).(FlowHolder)
	return holder
}

// NoHoldFlows says why holds have no flows: flows cannot be reached with the credentials;
// nil where they can, as far as a listing shows.
func (b *bots) NoHoldFlows(ctx context.Context) error {
	if reason := b.IsOff(bot.Studio); reason != nil {
		return reason
	}
	if b.flowHolder() == nil {
		return errNoHoldFlows
	}
	if _, err := b.BotsOf(ctx, bot.Studio, AnyTime); errors.Is(err, bot.ErrForbidden) {
		return err
	}
	return nil
}

var errNoHoldFlows = errors.New("there are no flows")

// FindHoldFlows gives the hold flows of a bot as Twilio has them now; none where flows
// cannot be reached.
func (b *bots) FindHoldFlows(ctx context.Context, botSID string) ([]bot.Hold, error) {
	if holder := b.flowHolder(); holder != nil {
		return holder.FindHoldFlows(ctx, botSID)
	}
	return nil, nil
}

// ReadHoldFlow reads the flow of a hold; bot.ErrNotFound where it does not exist, or is a
// bot.
func (b *bots) ReadHoldFlow(ctx context.Context, sid string) (bot.HoldFlow, error) {
	if holder := b.flowHolder(); holder != nil {
		return holder.ReadHoldFlow(ctx, sid)
	}
	return bot.HoldFlow{}, b.NoHoldFlows(ctx)
}

// CreateHoldFlow creates the hold flow of a bot.
func (b *bots) CreateHoldFlow(ctx context.Context, flow bot.HoldFlow) (bot.HoldFlow, error) {
	defer b.perEngine[bot.Studio].wrote()
	return b.flowHolder().CreateHoldFlow(ctx, flow)
}

// WriteHoldFlow gives a hold flow the notice and the bot that are given.
func (b *bots) WriteHoldFlow(ctx context.Context, flow bot.HoldFlow) error {
	defer b.perEngine[bot.Studio].wrote()
	return b.flowHolder().WriteHoldFlow(ctx, flow)
}

// DeleteHoldFlow deletes a hold flow.
func (b *bots) DeleteHoldFlow(ctx context.Context, sid string) error {
	defer b.perEngine[bot.Studio].wrote()
	return b.flowHolder().DeleteHoldFlow(ctx, sid)
}

// HoldsChanged makes what was listed of the holds and their flows stale: another process
// changed them.
func (b *bots) HoldsChanged() {
	b.perEngine[bot.Application].wrote()
	b.perEngine[bot.Studio].wrote()
}
