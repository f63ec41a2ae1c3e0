// Package suspension silences bots and lets them answer again. A suspended bot has a
// hold: an inert application that its phone numbers are pointed at. What is written to a
// number is decided in this file, without I/O.
package suspension

import (
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// SavedSides is what a number's sides held before they were silenced, by the number's
// SID: what to put back where Twilio cleared it.
type SavedSides map[string]map[bot.Channel]bot.Side

// With adds what was saved at another time, where nothing is saved yet.
func (s SavedSides) With(other SavedSides) SavedSides {
	for sid, sides := range other {
		if s[sid] == nil {
			s[sid] = map[bot.Channel]bot.Side{}
		}
		for channel, side := range sides {
			if _, ok := s[sid][channel]; !ok {
				s[sid][channel] = side
			}
		}
	}
	return s
}

// silence is what is written for the channels on which a number answers for a bot to be
// silenced by a hold: one field for each, and all else stays as it was.
func silence(routing bot.Routing, n bot.Number, botSID, hold string) bot.NumberChange {
	var change bot.NumberChange
	for _, channel := range routing.Channels(n, botSID) {
		if n.Side(channel).ApplicationSID != hold {
			change.Side(channel).ApplicationSID = &hold
		}
	}
	return change
}

// restore is what is written for a number that is pointed at one of the holds to answer
// for the bot again. Where Twilio cleared the URL when the hold was set, it is put back
// from what was saved, else rebuilt from the hold's mark.
func restore(webhooks bot.Webhooks, n bot.Number, botSID string, holds []string, saved map[bot.Channel]bot.Side) bot.NumberChange {
	engine, _ := bot.EngineOf(botSID)
	var change bot.NumberChange
	for _, channel := range bot.Channels() {
		side, to := n.Side(channel), change.Side(channel)
		if !slices.Contains(holds, side.ApplicationSID) || side.ApplicationSID == "" {
			continue
		}
		if engine == bot.Application {
			to.ApplicationSID = &botSID
			continue
		}
		to.ApplicationSID = new(string)
		if side.URL != "" {
			continue
		}
		before := saved[channel]
		webhook, isBot := webhooks.Parse(before.URL)
		if !isBot || webhook.BotSID != botSID {
			// Nothing was saved, or it is the URL of a bot that this one replaced.
			before.URL = webhooks.URL(bot.Webhook{AccountSID: n.AccountSID, BotSID: botSID, Channel: channel, TargetTask: webhook.TargetTask})
			before.Method = bot.WebhookMethod
		}
		to.URL, to.Method = &before.URL, &before.Method
		if before.FallbackURL != side.FallbackURL && side.FallbackURL == "" {
			to.FallbackURL = &before.FallbackURL
		}
	}
	return change
}

// deletedHolds are the SIDs of the applications that no longer exist and that a number is
// pointed at in front of a bot.
func deletedHolds(routing bot.Routing, n bot.Number, botSID string) []string {
	var deleted []string
	for _, channel := range bot.Channels() {
		if routing.Behind(n, channel) == botSID {
			deleted = append(deleted, n.Side(channel).ApplicationSID)
		}
	}
	return deleted
}

// pointsAt lists the numbers that are pointed at one of the holds.
func pointsAt(numbers []bot.Number, holds []string) []bot.Number {
	return slices.DeleteFunc(slices.Clone(numbers), func(n bot.Number) bool {
		return !slices.ContainsFunc(n.Applications(), func(sid string) bool { return slices.Contains(holds, sid) })
	})
}
