package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Resume lets a bot answer again on every number that its inert application
// silences, and takes the mark away. A number that somebody else took meanwhile is
// left to them, which the notices say. kept is what the numbers had.
func (d *Directory) Resume(ctx context.Context, botSID string, kept Kept) ([]Notice, error) {
	unlock, err := d.claims.lock(ctx, "suspension "+botSID)
	if err != nil {
		return nil, err
	}
	defer unlock()

	var notices []Notice
	var inerts []string
	err = Operation{Name: "resuming the bot", Steps: []Step{{
		Name:    "letting its numbers answer again",
		Cut:     "Some of its numbers answer again and the others are still silenced; the next apply resumes the rest.",
		Forward: true,
		Do: func(ctx context.Context) error {
			now, routing, err := d.suspensionNow(ctx, botSID)
			if err != nil {
				return err
			}
			notices, err = d.takenMeanwhile(ctx, routing, botSID, kept)
			if err != nil {
				return err
			}
			inerts = inertsIn(routing.suspends, botSID)
			first := now.Silenced
			return d.eachNumber(ctx, func() ([]Number, error) {
				if first != nil {
					todo := first
					first = nil
					return todo, nil
				}
				now, _, err := d.suspensionNow(ctx, botSID)
				return now.Silenced, err
			}, func(ctx context.Context, number Number) error {
				return d.giveBack(ctx, number.SID, botSID, inerts, kept[number.SID])
			})
		},
	}, {
		Name: "taking the mark away",
		Cut:  "All of its numbers answer again; the inert application is still there, silences nothing, and is removed by the next apply.",
		Do:   func(ctx context.Context) error { return d.unmark(ctx, botSID) },
	}, {
		// A binding writes its number first and then reads the mark: one that still read
		// it has written its number before the mark went.
		Name: "looking for numbers that were silenced in the same moment",
		Cut:  "The bot answers again; a number that another process bound in the same moment may still be silent, and the next plan shows it.",
		Do: func(ctx context.Context) error {
			return d.eachNumber(ctx, func() ([]Number, error) {
				numbers, err := d.listNumbers(ctx, true)
				return slices.DeleteFunc(slices.Clone(numbers), func(n Number) bool {
					return !slices.ContainsFunc(Channels(), func(c Channel) bool { return slices.Contains(inerts, n.Side(c).ApplicationSID) })
				}), err
			}, func(ctx context.Context, number Number) error {
				return d.giveBack(ctx, number.SID, botSID, inerts, nil)
			})
		},
	}}}.Run(ctx)
	return notices, err
}

// takenMeanwhile names the numbers that were silenced and answer elsewhere now.
func (d *Directory) takenMeanwhile(ctx context.Context, routing Routing, botSID string, kept Kept) ([]Notice, error) {
	if len(kept) == 0 {
		return nil, nil
	}
	numbers, err := d.listNumbers(ctx, false)
	if err != nil {
		return nil, err
	}
	var said []string
	for _, number := range numbers {
		sides, was := kept[number.SID]
		if !was || len(routing.Channels(number, botSID)) > 0 {
			continue
		}
		for _, channel := range Channels() {
			before := Number{AccountSID: number.AccountSID}
			*before.side(channel) = sides[channel]
			route := routing.Route(number, channel)
			if d.was(before.Route(channel, d.Webhooks).BotSID, botSID) && route.Kind != ToNothing && !d.was(route.BotSID, botSID) {
				said = append(said, fmt.Sprintf("%s of %s answers with %s", channel, number, d.describe(ctx, route)))
			}
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	return []Notice{{
		Summary: "Phone numbers were taken while their bot was suspended",
		Detail:  fmt.Sprintf("Bot %s answers again, but not on these, which were left as they are: %s.", botSID, strings.Join(said, "; ")),
	}}, nil
}

// giveBack takes the inert application away from a number. Where Twilio cleared the
// URL behind it, that is put back from what was kept, else made anew from the mark.
// It is one write: before it the number is silent, after it the bot answers.
func (d *Directory) giveBack(ctx context.Context, numberSID, botSID string, inerts []string, kept map[Channel]Side) error {
	unlock, err := d.claims.lock(ctx, numberSID)
	if err != nil {
		return err
	}
	defer unlock()
	number, err := d.NumberNow(ctx, numberSID)
	if err != nil {
		return err
	}
	change := d.givingBack(number, botSID, inerts, kept)
	if change.Empty() {
		return nil
	}
	_, err = d.writeNumber(ctx, number, change)
	return err
}

func (d *Directory) givingBack(number Number, botSID string, inerts []string, kept map[Channel]Side) NumberChange {
	engine, _ := EngineOf(botSID)
	var change NumberChange
	for _, channel := range Channels() {
		side, to := number.Side(channel), change.Side(channel)
		if !slices.Contains(inerts, side.ApplicationSID) {
			continue
		}
		if engine == Application {
			to.ApplicationSID = &botSID
			continue
		}
		to.ApplicationSID = new(string)
		if side.URL != "" {
			continue
		}
		had := kept[channel]
		webhook, wasBot := d.Webhooks.Parse(had.URL)
		if !wasBot || webhook.BotSID != botSID {
			// Nothing is known of it, or of a bot that this one replaced.
			had.URL = d.Webhooks.URL(Webhook{AccountSID: number.AccountSID, BotSID: botSID, Channel: channel, TargetTask: webhook.TargetTask})
			had.Method = WebhookMethod
		}
		to.URL, to.Method = &had.URL, &had.Method
		if had.FallbackURL != side.FallbackURL && side.FallbackURL == "" {
			to.FallbackURL = &had.FallbackURL
		}
	}
	return change
}
