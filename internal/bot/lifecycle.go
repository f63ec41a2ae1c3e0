package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CreateBot makes a bot whose name no other bot of the account has, on any engine.
// Within one process one bot of a name is made at a time.
func (d *Directory) CreateBot(ctx context.Context, engine Engine, spec Spec) (Bot, error) {
	unlock, err := d.claims.lock(ctx, "bot "+spec.UniqueName)
	if err != nil {
		return Bot{}, err
	}
	defer unlock()
	defer d.BotsChanged()

	named, err := d.FindBots(ctx, spec.UniqueName)
	if err != nil {
		return Bot{}, err
	}
	named = slices.DeleteFunc(named, func(b Bot) bool {
		// What an earlier create left is taken up by its mark.
		return b.Engine() == engine && (b.Uploading || b.SID == spec.RestoreSID)
	})
	if len(named) > 0 {
		return Bot{}, NameProblem(spec.UniqueName, named)
	}
	made, err := d.Host(engine).Create(ctx, spec)
	if errors.Is(err, ErrNameTaken) {
		return made, nameTakenSince(spec.UniqueName, err)
	}
	return made, err
}

// UpdateBot brings a bot to what is wanted, and gives the numbers that bear its old
// name the new one. Cut off between the two, they keep a label of the old name.
func (d *Directory) UpdateBot(ctx context.Context, sid string, from, to Spec) (Bot, error) {
	host, err := d.HostOf(sid)
	if err != nil {
		return Bot{}, err
	}
	defer d.BotsChanged()
	if from.UniqueName != to.UniqueName {
		unlock, err := d.claims.lock(ctx, "bot "+to.UniqueName)
		if err != nil {
			return Bot{}, err
		}
		defer unlock()
		named, err := d.FindBots(ctx, to.UniqueName)
		if err != nil {
			return Bot{}, err
		}
		named = slices.DeleteFunc(named, func(b Bot) bool { return b.SID == sid })
		if len(named) > 0 {
			return Bot{}, NameProblem(to.UniqueName, named)
		}
	}
	updated, err := host.Update(ctx, sid, from, to)
	if err != nil {
		return updated, err
	}
	if from.UniqueName != to.UniqueName {
		if err := d.Relabel(ctx, sid, from.UniqueName, to.UniqueName); err != nil {
			return updated, fmt.Errorf("the bot is renamed, but its phone numbers still bear its old name %q as their label: %w", from.UniqueName, err)
		}
	}
	return updated, nil
}

// DeleteBot removes a bot. Numbers that still route to it make it fail, unless
// force is set: then they are freed first, each in one write, so that cut off
// anywhere no number routes to a bot that is gone.
func (d *Directory) DeleteBot(ctx context.Context, sid, uniqueName string, force bool) ([]Notice, error) {
	host, err := d.HostOf(sid)
	if err != nil {
		return nil, err
	}
	numbers, err := d.NumbersOf(ctx, sid)
	if err != nil {
		return nil, err
	}
	if len(numbers) > 0 && !force {
		return nil, &Problem{
			Summary: "Phone numbers still route to the bot",
			Detail: fmt.Sprintf("%q (%s) answers on %s. Deleting it would leave them dead, so nothing was deleted. "+
				"Remove their bindings, point them at another bot, or set `force_destroy = true` on the bot and apply that first: then they are freed. "+
				"To replace the bot, add another under another `unique_name` and point the bindings at it.", uniqueName, sid, listNumbers(numbers)),
		}
	}
	var notices []Notice
	for _, number := range numbers {
		said, err := d.Free(ctx, number.SID, sid, d.ChannelsOf(number, sid), uniqueName)
		notices = append(notices, said...)
		if err != nil {
			return notices, err
		}
		notices = append(notices, Notice{
			Summary: "A phone number was freed",
			Detail:  fmt.Sprintf("%s answered for the bot %q, which is being deleted; it answers nobody now.", number, uniqueName),
		})
	}
	defer d.BotsChanged()
	return notices, host.Delete(ctx, sid)
}

// ListNumbers names numbers for people.
func listNumbers(numbers []Number) string {
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = number.String()
	}
	return strings.Join(names, ", ")
}

// NameProblem says whose a name is, and how to have that bot managed instead.
func NameProblem(name string, owners []Bot) *Problem {
	var said, imports []string
	for _, owner := range owners {
		said = append(said, fmt.Sprintf("%s, on the engine %s", owner.SID, owner.Engine()))
		imports = append(imports, fmt.Sprintf("import {\n  to = twiliobot_assistant.this\n  id = %q\n}", owner.SID))
	}
	detail := fmt.Sprintf("The account has a bot named %q: %s. Names are unique across engines, and nothing was written. "+
		"Choose another `unique_name`, or have that bot managed by importing it:\n\n%s", name, said[0], imports[0])
	if len(owners) > 1 {
		detail = fmt.Sprintf("The account has %d bots named %q: %s. A bot can be told from them only by its SID, and nothing was written. "+
			"Choose another `unique_name`, or import the one that is meant by its SID:\n\n%s",
			len(owners), name, strings.Join(said, "; "), strings.Join(imports, "\n\n"))
	}
	return &Problem{Summary: "The bot's name is taken", Detail: detail, Cause: ErrNameTaken}
}

func nameTakenSince(name string, cause error) error {
	var problem *Problem
	if errors.As(cause, &problem) {
		return cause
	}
	return &Problem{
		Summary: "The bot's name is taken",
		Detail:  fmt.Sprintf("Another bot took the name %q in this very moment (%v). Plan again to see it.", name, cause),
		Cause:   cause,
	}
}
