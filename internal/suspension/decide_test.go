package suspension

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const (
	otherFlow = "FW1111111111111111111111111111aaaa"
	hold      = "AP2222222222222222222222222222bbbb"
	oldHold   = "AP3333333333333333333333333333cccc" // of the same bot
	otherHold = "AP4444444444444444444444444444dddd" // of another bot
	gone      = "AP5555555555555555555555555555eeee" // an application that no longer exists
	trunk     = "TK0123456789abcdef0123456789abcdef"
	external  = "https://theirs.example.com/"
	fallback  = "https://fallback.example.com/"
)

func urlOf(sid, task string, channel bot.Channel) string {
	return bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: sid, Channel: channel, TargetTask: task})
}

func number(messaging, voice bot.Side) bot.Number {
	return bot.Number{SID: accounttest.NumberSID(0), AccountSID: accounttest.SID, Messaging: messaging, Voice: voice}
}

func routingOf(botSID string) bot.Routing {
	return bot.NewRouting(bot.Webhooks{}, []bot.Hold{{SID: hold, BotSID: botSID}, {SID: oldHold, BotSID: botSID}, {SID: otherHold, BotSID: otherFlow}}, gone)
}

// written says what a change writes, field by field.
func written(change bot.NumberChange) string {
	named := strings.NewReplacer(hold, "HOLD", accounttest.Application, "APP",
		urlOf(accounttest.Flow, "", bot.Messaging), "FLOW", urlOf(accounttest.Assistant, "greeting", bot.Messaging), "ASSISTANT@greeting",
		urlOf(accounttest.Assistant, "", bot.Messaging), "ASSISTANT", urlOf(accounttest.Assistant, "", bot.Voice), "ASSISTANT")
	var fields []string
	add := func(name string, value *string) {
		if value != nil {
			fields = append(fields, name+"="+named.Replace(*value))
		}
	}
	for _, side := range []struct {
		name string
		bot.SideChange
	}{{"messaging.", change.Messaging}, {"voice.", change.Voice}} {
		add(side.name+"url", side.URL)
		add(side.name+"method", side.Method)
		add(side.name+"fallback", side.FallbackURL)
		add(side.name+"application", side.ApplicationSID)
	}
	add("trunk", change.TrunkSID)
	add("label", change.FriendlyName)
	return strings.Join(fields, " ")
}

func TestSilenceWritesTheApplicationAlone(t *testing.T) {
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "POST", FallbackURL: fallback}
	with := func(s bot.Side, application string) bot.Side { s.ApplicationSID = application; return s }
	for name, each := range map[string]struct {
		number bot.Number
		bot    string
		writes string
	}{
		"a flow":                               {number(flow, bot.Side{}), accounttest.Flow, "messaging.application=HOLD"},
		"a flow by GET":                        {number(bot.Side{URL: flow.URL, Method: "GET"}, bot.Side{}), accounttest.Flow, "messaging.application=HOLD"},
		"a flow on both channels":              {number(flow, flow), accounttest.Flow, "messaging.application=HOLD voice.application=HOLD"},
		"an application":                       {number(with(flow, accounttest.Application), bot.Side{}), accounttest.Application, "messaging.application=HOLD"},
		"an assistant in an old spelling":      {number(bot.Side{}, bot.Side{URL: "https://channels.autopilot.twilio.com/v2/" + accounttest.SID + "/" + accounttest.Assistant + "/twilio/voice?TargetTask=x"}), accounttest.Assistant, "voice.application=HOLD"},
		"silenced already":                     {number(with(flow, hold), bot.Side{}), accounttest.Flow, ""},
		"silenced by a hold that is gone":      {number(with(flow, gone), bot.Side{}), accounttest.Flow, "messaging.application=HOLD"},
		"gone, over another bot's URL":         {number(with(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging)}, gone), bot.Side{}), accounttest.Flow, ""},
		"gone, and nothing says whose it was":  {number(bot.Side{ApplicationSID: gone}, bot.Side{}), accounttest.Flow, ""},
		"silenced by an old hold":              {number(with(flow, oldHold), bot.Side{}), accounttest.Flow, "messaging.application=HOLD"},
		"half silenced":                        {number(with(flow, hold), flow), accounttest.Flow, "voice.application=HOLD"},
		"another bot":                          {number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging)}, bot.Side{}), accounttest.Flow, ""},
		"another bot's hold over its URL":      {number(with(flow, otherHold), bot.Side{}), accounttest.Flow, ""},
		"an application over its URL":          {number(with(flow, accounttest.Application), bot.Side{}), accounttest.Flow, ""},
		"an external URL":                      {number(bot.Side{URL: external}, bot.Side{URL: external}), accounttest.Flow, ""},
		"nothing":                              {number(bot.Side{}, bot.Side{}), accounttest.Flow, ""},
		"a trunk over its URL":                 {trunked(number(bot.Side{}, flow)), accounttest.Flow, ""},
		"a trunk says nothing of messages":     {trunked(number(flow, flow)), accounttest.Flow, "messaging.application=HOLD"},
		"a flow of the name on another number": {number(bot.Side{URL: strings.ReplaceAll(flow.URL, accounttest.SID, "ACffffffffffffffffffffffffffffffff")}, bot.Side{}), accounttest.Flow, ""},
	} {
		if got := written(silence(routingOf(each.bot), each.number, each.bot, hold)); got != each.writes {
			t.Errorf("%s: writes %q, want %q", name, got, each.writes)
		}
	}
}

func trunked(n bot.Number) bot.Number { n.TrunkSID = trunk; return n }

func TestRestoreWritesWhatTheSuspensionTookAway(t *testing.T) {
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "GET", FallbackURL: fallback}
	greeting := bot.Side{URL: urlOf(accounttest.Assistant, "greeting", bot.Messaging), Method: "POST"}
	with := func(s bot.Side, application string) bot.Side { s.ApplicationSID = application; return s }
	both := []string{hold, oldHold}
	for name, each := range map[string]struct {
		number bot.Number
		bot    string
		holds  []string
		saved  map[bot.Channel]bot.Side
		writes string
	}{
		"the URL is there":                    {number(with(flow, hold), bot.Side{}), accounttest.Flow, both, nil, "messaging.application="},
		"by one that is gone":                 {number(with(flow, gone), bot.Side{}), accounttest.Flow, []string{gone}, nil, "messaging.application="},
		"by an old hold":                      {number(with(flow, oldHold), bot.Side{}), accounttest.Flow, both, nil, "messaging.application="},
		"on both channels":                    {number(with(flow, hold), with(flow, oldHold)), accounttest.Flow, both, nil, "messaging.application= voice.application="},
		"an application":                      {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Application, both, nil, "messaging.application=APP"},
		"an application over a URL":           {number(with(flow, hold), bot.Side{}), accounttest.Application, both, nil, "messaging.application=APP"},
		"cleared, and nothing saved":          {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, nil, "messaging.url=FLOW messaging.method=POST messaging.application="},
		"cleared, an assistant of no task":    {number(bot.Side{}, bot.Side{ApplicationSID: hold}), accounttest.Assistant, both, nil, "voice.url=ASSISTANT voice.method=POST voice.application="},
		"cleared, its task saved":             {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Assistant, both, map[bot.Channel]bot.Side{bot.Messaging: greeting}, "messaging.url=ASSISTANT@greeting messaging.method=POST messaging.application="},
		"cleared, its method saved":           {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Messaging: {URL: flow.URL, Method: "GET"}}, "messaging.url=FLOW messaging.method=GET messaging.application="},
		"cleared, and the fallback with it":   {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Messaging: flow}, "messaging.url=FLOW messaging.method=GET messaging.fallback=" + fallback + " messaging.application="},
		"cleared, and the fallback is there":  {number(bot.Side{FallbackURL: fallback, ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Messaging: flow}, "messaging.url=FLOW messaging.method=GET messaging.application="},
		"cleared, another fallback by now":    {number(bot.Side{FallbackURL: external, ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Messaging: flow}, "messaging.url=FLOW messaging.method=GET messaging.application="},
		"cleared, the other channel is saved": {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Voice: flow}, "messaging.url=FLOW messaging.method=POST messaging.application="},
		"cleared, what it replaced is saved": {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Assistant, both,
			map[bot.Channel]bot.Side{bot.Messaging: {URL: urlOf("UA9999999999999999999999999999aaaa", "greeting", bot.Messaging), Method: "GET"}}, "messaging.url=ASSISTANT@greeting messaging.method=POST messaging.application="},
		"cleared, with parameters, what it replaced is saved": {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Assistant, both,
			map[bot.Channel]bot.Side{bot.Messaging: {URL: urlOf("UA9999999999999999999999999999aaaa", "greeting", bot.Messaging) + "&Memory=%7B%7D", Method: "GET"}}, "messaging.url=ASSISTANT@greeting&Memory=%7B%7D messaging.method=POST messaging.application="},
		"cleared, an external URL is saved": {number(bot.Side{ApplicationSID: hold}, bot.Side{}), accounttest.Flow, both,
			map[bot.Channel]bot.Side{bot.Messaging: {URL: external, Method: "GET"}}, "messaging.url=FLOW messaging.method=POST messaging.application="},
		"another bot's hold":          {number(with(flow, otherHold), bot.Side{}), accounttest.Flow, both, nil, ""},
		"a hold that is not asked of": {number(with(flow, oldHold), bot.Side{}), accounttest.Flow, []string{hold}, nil, ""},
		"nothing":                     {number(bot.Side{}, bot.Side{}), accounttest.Flow, []string{""}, nil, ""},
		"taken meanwhile":             {number(bot.Side{URL: external}, bot.Side{}), accounttest.Flow, both, map[bot.Channel]bot.Side{bot.Messaging: flow}, ""},
	} {
		if got := written(restore(bot.Webhooks{}, each.number, each.bot, each.holds, nil, each.saved)); got != each.writes {
			t.Errorf("%s: writes %q, want %q", name, got, each.writes)
		}
	}
}

// Whatever a number does, silenced it routes to nothing but silence for the bot, and
// restored it is as it was, however Twilio treats the URL of a number whose application
// is set.
func TestSilencedAndRestoredANumberIsAsItWas(t *testing.T) {
	sidesOf := func(botSID string, channel bot.Channel) map[string]bot.Side {
		url := urlOf(botSID, "", channel)
		if url == "" {
			url = external
		}
		return map[string]bot.Side{
			"nothing":                        {},
			"a method without a URL":         {Method: "GET"},
			"its URL":                        {URL: url, Method: "POST"},
			"its URL by GET":                 {URL: url, Method: "GET", FallbackURL: fallback},
			"an old spelling with a task":    {URL: "https://channels.autopilot.twilio.com/v2/" + accounttest.SID + "/" + accounttest.Assistant + "/twilio/" + string(channel) + "?TargetTask=menu", Method: "POST", FallbackURL: fallback},
			"another flow":                   {URL: urlOf(otherFlow, "", channel), Method: "POST"},
			"an external URL":                {URL: external, Method: "GET", FallbackURL: fallback},
			"the application":                {ApplicationSID: accounttest.Application},
			"the application over a URL":     {URL: url, Method: "POST", FallbackURL: fallback, ApplicationSID: accounttest.Application},
			"another's hold":                 {URL: url, Method: "POST", ApplicationSID: otherHold},
			"an application that is gone":    {ApplicationSID: gone},
			"one that is gone, over another": {URL: urlOf(otherFlow, "", channel), Method: "POST", ApplicationSID: gone},
		}
	}
	twilios := map[string]func(bot.Side) bot.Side{
		"leaves the URL":                  func(s bot.Side) bot.Side { return s },
		"clears the URL":                  func(s bot.Side) bot.Side { s.URL = ""; return s },
		"clears the URL and the fallback": func(s bot.Side) bot.Side { s.URL, s.FallbackURL = "", ""; return s },
	}
	silenced := 0
	for _, botSID := range []string{accounttest.Flow, accounttest.Assistant, accounttest.Application} {
		routing := routingOf(botSID)
		for messages, messaging := range sidesOf(botSID, bot.Messaging) {
			for calls, voice := range sidesOf(botSID, bot.Voice) {
				for _, onTrunk := range []bool{false, true} {
					for twilio, clears := range twilios {
						n := number(messaging, voice)
						if onTrunk {
							n.TrunkSID = trunk
						}
						name := fmt.Sprintf("%s, messages: %s, calls: %s, trunk %v, Twilio %s", botSID[:2], messages, calls, onTrunk, twilio)
						change := silence(routing, n, botSID, hold)
						after := change.Apply(n)
						saved := map[bot.Channel]bot.Side{bot.Messaging: n.Messaging, bot.Voice: n.Voice}
						touched := false
						for _, channel := range bot.Channels() {
							before := routing.Route(n, channel)
							if before.BotSID == botSID {
								silenced++
								touched = true
								after = after.With(channel, clears(after.Side(channel)))
								if got := routing.Route(after, channel); got.SilencedBy != hold || got.BotSID != botSID {
									t.Errorf("%s: silenced, %s routes to %+v", name, channel, got)
								}
							} else if after.Side(channel) != n.Side(channel) {
								t.Errorf("%s: %s was changed", name, channel)
							}
						}
						if !change.Holds(after) || after.TrunkSID != n.TrunkSID || change.FriendlyName != nil || touched == change.Empty() {
							t.Errorf("%s: it writes %s", name, written(change))
						}
						if more := silence(routing, after, botSID, hold); !more.Empty() {
							t.Errorf("%s: silenced again, it writes %s", name, written(more))
						}
						back := restore(bot.Webhooks{}, after, botSID, []string{hold, oldHold}, nil, saved).Apply(after)
						if !back.Messaging.Same(n.Messaging) || !n.Messaging.Same(back.Messaging) || !back.Voice.Same(n.Voice) || back.TrunkSID != n.TrunkSID {
							// An application's own URL is never used, so it is not put back.
							if botSID != accounttest.Application {
								t.Errorf("%s: restored to %+v", name, back)
							}
						}
						for _, channel := range bot.Channels() {
							for what, restored := range map[string]bot.Number{"": back, " with nothing saved": restore(bot.Webhooks{}, after, botSID, []string{hold, oldHold}, nil, nil).Apply(after)} {
								if got := routing.Route(restored, channel); got.BotSID != routing.Route(n, channel).BotSID || got.SilencedBy == hold {
									t.Errorf("%s: restored%s, %s routes to %+v", name, what, channel, got)
								}
							}
						}
						if more := restore(bot.Webhooks{}, back, botSID, []string{hold, oldHold}, nil, saved); !more.Empty() {
							t.Errorf("%s: restored again, it writes %s", name, written(more))
						}
					}
				}
			}
		}
	}
	if silenced < 500 {
		t.Errorf("only %d channels were silenced", silenced)
	}
}

func TestNumbersThatAreStillPointedAtAHoldAreFound(t *testing.T) {
	numbers := []bot.Number{
		{SID: "PN1", Messaging: bot.Side{ApplicationSID: hold}}, {SID: "PN2", Voice: bot.Side{ApplicationSID: oldHold}},
		{SID: "PN3", Messaging: bot.Side{ApplicationSID: otherHold}}, {SID: "PN4"},
	}
	got := pointsAt(numbers, []string{hold, oldHold})
	if len(got) != 2 || got[0].SID != "PN1" || got[1].SID != "PN2" || len(numbers) != 4 {
		t.Errorf("found %v", got)
	}
	if got := pointsAt(numbers, nil); len(got) > 0 {
		t.Errorf("with no holds it found %v", got)
	}
}

// The number's own method is what Twilio did not clear, and the URL of a bot that is gone is
// that of the one which replaced it; another bot's that exists is not ours.
func TestRestoreOfANumberThatNothingIsSavedOf(t *testing.T) {
	replaced := bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "GET", FallbackURL: fallback, ApplicationSID: hold}
	for name, each := range map[string]struct {
		side   bot.Side
		gone   []string
		writes string
	}{
		"the URL cleared, and not the method": {bot.Side{Method: "GET", ApplicationSID: hold}, nil, "messaging.url=FLOW messaging.method=GET messaging.application="},
		"the URL of a bot that it replaced":   {replaced, []string{otherFlow}, "messaging.url=FLOW messaging.method=POST messaging.application="},
		"the URL of a bot that exists":        {replaced, nil, "messaging.application="},
		"an external URL":                     {bot.Side{URL: external, ApplicationSID: hold}, []string{otherFlow}, "messaging.application="},
	} {
		if got := written(restore(bot.Webhooks{}, number(each.side, bot.Side{}), accounttest.Flow, []string{hold}, each.gone, nil)); got != each.writes {
			t.Errorf("%s: writes %q, want %q", name, got, each.writes)
		}
	}
}

// What Twilio cleared beside the URL is put back behind the hold that stays, and nothing else.
func TestPutBackBehindAHoldThatStays(t *testing.T) {
	before := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "GET", FallbackURL: fallback}
	for name, each := range map[string]struct {
		side, saved bot.Side
		writes      string
	}{
		"all of it cleared":           {bot.Side{Method: "POST", ApplicationSID: hold}, before, "messaging.method=GET messaging.fallback=" + fallback},
		"the URL alone cleared":       {bot.Side{Method: "GET", FallbackURL: fallback, ApplicationSID: hold}, before, ""},
		"nothing cleared":             {bot.Side{URL: before.URL, Method: "POST", ApplicationSID: hold}, before, ""},
		"another fallback by now":     {bot.Side{Method: "GET", FallbackURL: external, ApplicationSID: hold}, before, ""},
		"nothing saved":               {bot.Side{Method: "POST", ApplicationSID: hold}, bot.Side{}, ""},
		"another bot's hold":          {bot.Side{Method: "POST", ApplicationSID: otherHold}, before, ""},
		"not silenced":                {bot.Side{Method: "POST"}, before, ""},
		"an application that is gone": {bot.Side{Method: "POST", ApplicationSID: gone}, before, ""},
	} {
		change := putBackBehind(routingOf(accounttest.Flow), number(each.side, bot.Side{}), accounttest.Flow, map[bot.Channel]bot.Side{bot.Messaging: each.saved})
		if got := written(change); got != each.writes {
			t.Errorf("%s: writes %q, want %q", name, got, each.writes)
		}
	}
}
