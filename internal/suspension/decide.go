// Package suspension silences bots and lets them answer again. A suspended bot has a
// hold: an application that its phone numbers are pointed at, and a flow, which that calls
// and the other ways in are pointed at. What is written to a number is decided in this
// file, to the others in ways.go, without I/O.
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
// from what was saved, else rebuilt from the hold's mark and the method that the number has;
// a URL of one of the bots that are gone, which this one replaced, is rebuilt too.
func restore(webhooks bot.Webhooks, n bot.Number, botSID string, holds, gone []string, saved map[bot.Channel]bot.Side) bot.NumberChange {
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
		if behind, _ := webhooks.Parse(side.URL); side.URL != "" && !slices.Contains(gone, behind.BotSID) {
			continue
		}
		before, wasSaved := saved[channel]
		if side.URL != "" {
			before.URL, before.FallbackURL = side.URL, side.FallbackURL
		}
		webhook, isBot := webhooks.Parse(before.URL)
		if !isBot || webhook.BotSID != botSID {
			// Nothing was saved, or it is the URL of a bot that this one replaced.
			before.URL = webhooks.URLInPlaceOf(bot.Webhook{AccountSID: n.AccountSID, BotSID: botSID, Channel: channel}, before.URL)
			before.Method = bot.WebhookMethod
		}
		if !wasSaved && side.URL == "" && side.Method != "" {
			before.Method = side.Method // Twilio cleared the URL alone
		}
		to.URL, to.Method = &before.URL, &before.Method
		if before.FallbackURL != side.FallbackURL && side.FallbackURL == "" {
			to.FallbackURL = &before.FallbackURL
		}
	}
	replaced := map[string]string{}
	for _, sid := range gone {
		replaced[sid] = botSID
	}
	bot.NewRouting(webhooks, nil).MoveCallback(n, &change, replaced)
	return change
}

// stillSuspended points the channels that would answer for another bot, which is suspended
// itself, at that one's hold in place of what is written for this bot to answer: the hold
// was moved from that bot to this one, by a replacement that was cut off.
func stillSuspended(routing bot.Routing, n bot.Number, botSID string, saved map[bot.Channel]bot.Side, change *bot.NumberChange) {
	for _, channel := range bot.Channels() {
		to := change.Side(channel)
		if to.ApplicationSID == nil {
			continue
		}
		behind, isBot := routing.Webhooks.Parse(n.Side(channel).URL)
		if !isBot {
			behind, _ = routing.Webhooks.Parse(saved[channel].URL)
			if application := saved[channel].ApplicationSID; application != "" {
				behind.BotSID = application
			}
		}
		if hold := routing.HoldOf(behind.BotSID).SID; hold != "" && behind.BotSID != botSID {
			*to = bot.SideChange{ApplicationSID: &hold}
		}
	}
}

// putBackBehind is what is written for a number whose URL Twilio cleared when a hold was
// set, and which stays silenced, for the method and the fallback URL to be what they were.
// The URL itself cannot be there beside the hold.
func putBackBehind(routing bot.Routing, n bot.Number, botSID string, saved map[bot.Channel]bot.Side) bot.NumberChange {
	var change bot.NumberChange
	for _, channel := range bot.Channels() {
		route, side, to := routing.Route(n, channel), n.Side(channel), change.Side(channel)
		before, ok := saved[channel]
		if !ok || before.URL == "" || side.URL != "" || route.SilencedBy == "" || route.BotSID != botSID {
			continue
		}
		if before.Method != "" && before.Method != side.Method {
			to.Method = &before.Method
		}
		if before.FallbackURL != "" && side.FallbackURL == "" {
			to.FallbackURL = &before.FallbackURL
		}
	}
	return change
}

// urlsBehind are the SIDs of the bots whose URLs are behind one of the holds.
func urlsBehind(webhooks bot.Webhooks, numbers []bot.Number, holds []string) []string {
	var sids []string
	for _, n := range numbers {
		for _, channel := range bot.Channels() {
			side := n.Side(channel)
			if to, ok := webhooks.Parse(side.URL); ok && to.AccountSID == n.AccountSID && slices.Contains(holds, side.ApplicationSID) && !slices.Contains(sids, to.BotSID) {
				sids = append(sids, to.BotSID)
			}
		}
	}
	return sids
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
