package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// DeleteBot removes a bot, and with it the mark of its suspension and what a
// replacement that was cut off left. Numbers that still route to it make it fail,
// unless force is set: then they are freed first.
func (d *Directory) DeleteBot(ctx context.Context, sid, uniqueName string, force bool) ([]Notice, error) {
	if _, err := d.HostOf(sid); err != nil {
		return nil, err
	}
	var bots []Bot // the bot, and the other one of a replacement
	var numbers []Number
	var notices []Notice
	err := Operation{Name: "the deletion of bot " + sid, Steps: []Step{{
		Name: "looking for its phone numbers",
		Do: func(ctx context.Context) error {
			bots = append(bots, Bot{SID: sid, UniqueName: uniqueName})
			pair, err := d.unfinished(ctx, sid, "")
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			case pair.current.SID == sid && pair.old.SID != "":
				bots = append(bots, pair.old)
			case pair.current.SID != sid:
				bots = append(bots, pair.current)
			}
			for i, b := range bots {
				if _, marked := ReplacedByApplication(b.UniqueName); marked {
					bots[i].UniqueName = uniqueName // its numbers bear the old name still
				}
				of, err := d.NumbersOf(ctx, b.SID)
				if err != nil {
					return err
				}
				numbers = append(numbers, of...)
			}
			if len(numbers) > 0 && !force {
				return stillRouting(sid, uniqueName, numbers)
			}
			return nil
		},
	}, {
		Name:    "freeing its phone numbers",
		Cut:     "Some of its phone numbers are freed, and the bot answers on the others; the next apply goes on.",
		Forward: true,
		Do: func(ctx context.Context) error {
			for _, number := range numbers {
				for _, b := range bots {
					said, err := d.freeAll(ctx, number, b)
					notices = append(notices, said...)
					if err != nil {
						return err
					}
				}
			}
			return nil
		},
	}, {
		Name: "taking away the mark of its suspension",
		Cut:  "No phone number routes to the bot any more; the bot itself is still there, and the next apply deletes it.",
		Do: func(ctx context.Context) error {
			for _, b := range bots {
				if err := d.unmark(ctx, b.SID); err != nil && IsOff(d.Host(Application)) == nil {
					return err
				}
			}
			return nil
		},
	}, {
		Name: "deleting it",
		Cut:  "No phone number routes to the bot any more; the next apply deletes what is left of it.",
		Do: func(ctx context.Context) error {
			defer d.BotsChanged()
			// Whoever reverts a destruction that was cut off finds the name free.
			for _, b := range slices.Backward(bots) {
				if err := d.Host(b.Engine()).Discard(ctx, b.SID); err != nil {
					return err
				}
			}
			return nil
		},
	}}}.Run(ctx)
	return notices, err
}

func (d *Directory) freeAll(ctx context.Context, number Number, b Bot) ([]Notice, error) {
	routing, err := d.Routing(ctx, number)
	if err != nil {
		return nil, err
	}
	channels := routing.Channels(number, b.SID)
	if len(channels) == 0 {
		return nil, nil
	}
	notices, err := d.Free(ctx, number.SID, b.SID, channels, b.UniqueName)
	if err != nil {
		return notices, err
	}
	return append(notices, Notice{
		Summary: "A phone number was freed",
		Detail:  fmt.Sprintf("%s answered for the bot %q, which is being deleted; it answers nobody now.", number, b.UniqueName),
	}), nil
}

func stillRouting(sid, uniqueName string, numbers []Number) *Problem {
	return &Problem{
		Summary: "Phone numbers still route to the bot",
		Detail: fmt.Sprintf("%q (%s) answers on %s. Deleting it would leave them dead, so the bot was not deleted. "+
			"Remove the bindings that they have, point others elsewhere at Twilio, or set `force_destroy = true` on the bot and apply that first: then they are freed. "+
			"To replace the bot, change its `unique_name`: its numbers follow.", uniqueName, sid, listNumbers(numbers)),
	}
}
