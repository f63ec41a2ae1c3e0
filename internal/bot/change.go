package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Change is what an apply wants of a bot that is there.
type Change struct {
	SID string // as the state knows it
	// Replacing is the other bot of a replacement that was cut off, as far as the
	// state knows it.
	Replacing string
	From, To  Spec // what the plan was made for, and what is wanted
	Engine    Engine
	// InPlace keeps the SID when the name changes.
	InPlace bool
	// Drain is how long a replaced bot waits for calls in progress.
	Drain time.Duration
}

// replaces tells whether the change is made by another bot in this one's place.
func (c Change) replaces() bool {
	engine, _ := EngineOf(c.SID)
	return engine != c.Engine || (c.From.UniqueName != c.To.UniqueName && !c.InPlace)
}

// ChangeBot brings a bot to what is wanted: in place, or by another in its place.
// Before that, it finishes or undoes a replacement that was cut off. The bot that is
// returned is the one that answers, with an error too where a replacement came past
// its point of no return; it has no SID where all is as it was.
func (d *Directory) ChangeBot(ctx context.Context, c Change) (Bot, []Notice, error) {
	var notices []Notice
	if c.Replacing != "" || c.replaces() {
		pair, err := d.unfinished(ctx, c.SID, c.Replacing)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Bot{}, nil, err
		}
		if err == nil {
			if c, err = d.takeUp(ctx, c, pair); err != nil {
				return Bot{}, nil, err
			}
		}
	}
	if c.replaces() {
		return d.replace(ctx, c, notices)
	}
	updated, err := d.UpdateBot(ctx, c.SID, c.From, c.To)
	if err != nil {
		updated = Bot{}
	}
	return updated, notices, err
}

// pair is two bots of a replacement that was cut off. The old one has no SID when
// it is gone already.
type pair struct{ old, current Bot }

// unfinished looks for the other bot of a replacement that was cut off, whichever
// of the two the state knows; ErrNotFound when there is none.
func (d *Directory) unfinished(ctx context.Context, sid, known string) (pair, error) {
	bots, err := d.Bots(ctx)
	if err != nil {
		return pair{}, err
	}
	bySID := map[string]Bot{}
	for _, b := range bots {
		bySID[b.SID] = b
	}
	for _, b := range bots {
		if b.Replaces == sid {
			return pair{bySID[sid], b}, nil
		}
	}
	current, there := bySID[sid]
	if !there {
		for _, engine := range Engines() {
			found, err := d.Host(engine).Successor(ctx, sid)
			if !errors.Is(err, ErrNotFound) {
				return pair{current: found}, err
			}
		}
		return pair{}, ErrNotFound
	}
	if current.Replaces == "" {
		current.Replaces = known
	}
	old, oldThere := bySID[current.Replaces]
	if oldThere || current.unmarking() {
		return pair{old, current}, nil
	}
	return pair{}, ErrNotFound
}

// unmarking tells whether a bot bears a mark of what it replaces that is yet to be
// taken off; that of a flow never is.
func (b Bot) unmarking() bool { return b.Replaces != "" && (b.Uploading || b.Engine() == Application) }

// Unfinished tells the two bots of a replacement that was cut off: the one that the
// state is to know, and the other; ErrNotFound when there is none. A bot that is
// gone, and was replaced, is known by the one in its place.
func (d *Directory) Unfinished(ctx context.Context, sid, known string) (current, other string, err error) {
	p, err := d.unfinished(ctx, sid, known)
	if err != nil {
		return "", "", err
	}
	if p.old.SID == sid {
		return sid, p.current.SID, nil
	}
	other = p.current.Replaces
	if other == "" {
		other = sid
	}
	return p.current.SID, other, nil
}

// Preview is what a replacement will touch, as far as it is known before.
type Preview struct {
	Bot      Bot
	Numbers  []Number
	Channels map[Channel][]Number // the numbers that route to it, by channel
	Services []Service
	Activity Activity
	// Callers are flows that run the bot as a subflow.
	Callers []Bot
}

// PreviewReplacement looks at what hangs on a bot.
func (d *Directory) PreviewReplacement(ctx context.Context, sid string) (Preview, error) {
	live, err := d.ReadBot(ctx, sid, true)
	if errors.Is(err, ErrNotFound) {
		// An apply that was cut off may have put another in its place already.
		current, _, lookErr := d.Unfinished(ctx, sid, "")
		if lookErr != nil {
			return Preview{}, err
		}
		sid = current
		live, err = d.ReadBot(ctx, sid, true)
	}
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Bot: live}
	if p.Numbers, err = d.NumbersOf(ctx, sid); err != nil {
		return p, err
	}
	routing, err := d.Routing(ctx, p.Numbers...)
	if err != nil {
		return p, err
	}
	p.Channels = map[Channel][]Number{}
	for _, number := range p.Numbers {
		for _, channel := range routing.Channels(number, sid) {
			p.Channels[channel] = append(p.Channels[channel], number)
		}
	}
	services, err := d.services.List(ctx)
	if err != nil {
		return p, err
	}
	for _, service := range services {
		if service.route(d.AccountSID, d.Webhooks).BotSID == sid {
			p.Services = append(p.Services, service)
		}
	}
	if live.Engine() != Studio {
		return p, nil
	}
	if drainer, ok := d.Host(Studio).(Drainer); ok {
		if p.Activity, err = drainer.Activity(ctx, sid); err != nil {
			return p, err
		}
	}
	flows, err := d.Host(Studio).List(ctx)
	if err != nil {
		return p, err
	}
	for _, each := range flows {
		if each.SID == sid {
			continue
		}
		other, err := d.Host(Studio).Read(ctx, each.SID)
		if err != nil {
			continue // a flow that cannot be read says nothing of this one
		}
		if other.Content.Flow != nil && other.Content.Flow.Names(sid) {
			p.Callers = append(p.Callers, other)
		}
	}
	return p, nil
}

// takeUp finishes or undoes a replacement that was cut off, as far as the change
// does not go on with it by itself. It returns the change that is left.
func (d *Directory) takeUp(ctx context.Context, c Change, p pair) (Change, error) {
	switch {
	case p.old.SID == c.SID && c.replaces() && c.wants(p.current):
		return c, nil // the replacement takes the new bot up by its mark
	case p.old.SID == c.SID:
		return c, d.undoReplacement(ctx, p)
	}
	// The state's bot is the new one, or is gone: what is left is to finish.
	spec := Spec{UniqueName: p.current.UniqueName, FriendlyName: p.current.FriendlyName}
	if c.wants(p.current) {
		spec = c.To
	}
	if replaced, ok := ReplacedByApplication(spec.UniqueName); ok {
		// Its own name was not written yet, and is not wanted any more.
		spec.UniqueName = "replacement of " + replaced
	}
	r := &replacement{
		d: d, old: p.old, made: p.current, was: c.From.UniqueName,
		change: Change{SID: p.current.Replaces, To: spec, Engine: p.current.Engine(), Drain: c.Drain},
	}
	if err := (Operation{Name: "the replacement of bot " + p.current.Replaces, Steps: r.forward()}).Run(ctx); err != nil {
		return c, err
	}
	live, err := d.ReadBot(ctx, p.current.SID, true)
	if err != nil {
		return c, err
	}
	c.SID, c.Replacing = live.SID, ""
	c.From = Spec{UniqueName: live.UniqueName, FriendlyName: live.FriendlyName, Content: live.Content}
	return c, nil
}

// wants tells whether a bot that a cut left is the one that is wanted. An
// application bears its mark in place of its name.
func (c Change) wants(b Bot) bool {
	return b.Engine() == c.Engine && (b.Engine() == Application || b.UniqueName == c.To.UniqueName)
}

// undoReplacement puts an account back as it was before a replacement that was cut
// off, and that is not wanted any more.
func (d *Directory) undoReplacement(ctx context.Context, p pair) error {
	back := &replacement{
		d: d, old: p.current, made: p.old, was: p.current.UniqueName,
		change: Change{To: Spec{UniqueName: p.old.UniqueName}, Engine: p.old.Engine()},
	}
	return Operation{Name: "undoing the replacement of " + p.old.String(), Steps: []Step{{
		Name:    "moving its phone numbers back",
		Cut:     "Each phone number answers for one of the two bots; the next apply goes on.",
		Forward: true,
		Do: func(ctx context.Context) error {
			return errors.Join(back.numbers(ctx), back.services(ctx), back.mark(ctx))
		},
	}, {
		Name: "removing the bot that was to replace it",
		Cut:  "Every phone number answers for the old bot again; the next apply removes the other.",
		Do:   back.remove,
	}}}.Run(ctx)
}

// UpdateBot brings a bot to what is wanted, and gives the numbers that bear its old
// name the new one.
func (d *Directory) UpdateBot(ctx context.Context, sid string, from, to Spec) (updated Bot, err error) {
	host, err := d.HostOf(sid)
	if err != nil {
		return Bot{}, err
	}
	defer d.BotsChanged()
	if from.UniqueName == to.UniqueName {
		return host.Update(ctx, sid, from, to)
	}
	unlock, err := d.claims.lock(ctx, "bot "+to.UniqueName)
	if err != nil {
		return Bot{}, err
	}
	defer unlock()
	err = Operation{Name: "the rename of bot " + sid, Steps: []Step{{
		Name: "looking for another bot of the name",
		Do:   func(ctx context.Context) error { return d.nameFree(ctx, to.UniqueName, sid) },
	}, {
		Name: "writing the bot",
		Do: func(ctx context.Context) error {
			updated, err = host.Update(ctx, sid, from, to)
			return err
		},
	}, {
		Name:    "relabelling its phone numbers",
		Cut:     fmt.Sprintf("The bot is renamed and answers; some of its phone numbers still bear its old name %q as their label, and keep it until they are relabelled by hand or by their binding.", from.UniqueName),
		Forward: true,
		Do:      func(ctx context.Context) error { return d.Relabel(ctx, sid, from.UniqueName, to.UniqueName) },
	}}}.Run(ctx)
	return updated, err
}

// nameFree refuses a name that another bot has; own are the bots that may have it.
func (d *Directory) nameFree(ctx context.Context, name string, own ...string) error {
	named, err := d.FindBots(ctx, name)
	if err != nil {
		return err
	}
	named = slices.DeleteFunc(named, func(b Bot) bool {
		return slices.Contains(own, b.SID) || (b.Replaces != "" && slices.Contains(own, b.Replaces))
	})
	if len(named) > 0 {
		return NameProblem(name, named)
	}
	return nil
}
