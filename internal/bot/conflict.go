package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Conflict is a channel of a number that answers with something else than a
// binding wants.
type Conflict struct {
	Channel Channel
	Route   Route
}

// Conflicts lists the channels of a binding on which the number answers with
// something that is neither the wanted bot nor was (a bot the binding had put
// there before, by its SID), nor the other bot of a replacement of either that was
// cut off, nor an application of either that is gone.
func (d *Directory) Conflicts(ctx context.Context, routing Routing, n Number, b Binding, was string) ([]Conflict, error) {
	conflicts := d.conflicts(routing, n, b, was)
	if len(conflicts) > 0 && was != "" && conflicts[0].Route.Kind == ToBot {
		if err := d.knowReplacement(ctx, was); err != nil {
			return nil, err
		}
		conflicts = d.conflicts(routing, n, b, was)
	}
	return d.alive(ctx, n, b, was, conflicts)
}

func (d *Directory) conflicts(routing Routing, n Number, b Binding, was string) []Conflict {
	var conflicts []Conflict
	for _, channel := range b.Channels {
		route := routing.Route(n, channel)
		switch {
		case route.Kind == ToNothing,
			route.Kind == ToBot && route.BotSID == b.BotSID && b.BotSID != "",
			route.Kind == ToBot && d.was(route.BotSID, was):
			continue
		}
		conflicts = append(conflicts, Conflict{channel, route})
	}
	return conflicts
}

// knowReplacement takes note of the bot in whose place another came, or was to come
// when an earlier process was cut off.
func (d *Directory) knowReplacement(ctx context.Context, sid string) error {
	p, err := d.unfinished(ctx, sid, "")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case p.current.SID != sid:
		d.replaced[sid] = p.current.SID
	case p.old.SID != "":
		d.replaced[sid] = p.old.SID
	}
	return nil
}

// IncapableProblem says that a number cannot carry channels that are asked of it.
func IncapableProblem(n Number, channels []Channel) *Problem {
	return &Problem{
		Summary: "The phone number cannot carry this channel",
		Detail: fmt.Sprintf("%s has no capability for %s (it has: %s). Choose another number, or leave the channel out of `channels`.",
			n, joinChannels(channels), strings.Join(n.Capabilities.Names(), ", ")),
	}
}

// ConflictProblem says who answers on a number that a binding wants.
func (d *Directory) ConflictProblem(ctx context.Context, n Number, conflicts []Conflict) *Problem {
	return &Problem{
		Summary: "The phone number already answers elsewhere",
		Detail: fmt.Sprintf("%s answers %s. Nothing is changed. To take the number over, set `overwrite = true` on this binding; "+
			"if another binding of this configuration holds it, remove that one in an apply of its own first, or set `overwrite = true`.",
			n, d.DescribeConflicts(ctx, conflicts)),
	}
}

// DriftProblem says who answers by now on channels of a number that answered for was
// when the binding was applied last. The binding may have other channels, which still
// are as they were.
func (d *Directory) DriftProblem(ctx context.Context, n Number, b Binding, was string, drifted []Conflict) *Problem {
	leave := "remove this binding, which then frees nothing"
	if len(drifted) < len(b.Channels) {
		channels := make([]Channel, len(drifted))
		for i, each := range drifted {
			channels[i] = each.Channel
		}
		leave = fmt.Sprintf("take %s out of its `channels`, which then frees nothing", joinChannels(channels))
	}
	named := was
	if b, err := d.Bot(ctx, was); err == nil {
		named = b.String()
	}
	return &Problem{
		Summary: "The phone number was re-pointed since the last apply",
		Detail: fmt.Sprintf("%s answered for bot %s when this binding was applied last, and somebody changed it since: it answers %s. Nothing is changed. "+
			"To take it back, set `overwrite = true` on this binding, and take that out again once it is applied; to leave it to them, %s.",
			n, named, d.DescribeConflicts(ctx, drifted), leave),
	}
}

// DescribeConflicts says who answers: "messaging with bot … and voice with …".
func (d *Directory) DescribeConflicts(ctx context.Context, conflicts []Conflict) string {
	var said []string
	for _, conflict := range conflicts {
		said = append(said, fmt.Sprintf("%s with %s", conflict.Channel, d.describe(ctx, conflict.Route)))
	}
	return strings.Join(said, " and ")
}

// describe names a route, a bot by its name where the account has it.
func (d *Directory) describe(ctx context.Context, route Route) string {
	if route.Kind != ToBot {
		return route.String()
	}
	bots, err := d.Bots(ctx)
	if err != nil {
		return route.String()
	}
	for _, bot := range bots {
		if bot.SID == route.BotSID {
			if route.SilencedBy != "" {
				return fmt.Sprintf("silence (bot %s is suspended)", bot)
			}
			return "bot " + bot.String()
		}
	}
	return fmt.Sprintf("bot %s, which does not exist any more", route.BotSID)
}

func joinChannels(channels []Channel) string {
	names := make([]string, len(channels))
	for i, channel := range channels {
		names[i] = string(channel)
	}
	return strings.Join(names, " and ")
}
