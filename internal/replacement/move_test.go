package replacement

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const (
	newFlow      = "FW1111111111111111111111111111aaaa"
	newApp       = "AP1111111111111111111111111111aaaa"
	newAssistant = "UA1111111111111111111111111111aaaa"
	hold         = "AP2222222222222222222222222222bbbb" // of the old bot
	newHold      = "AP3333333333333333333333333333cccc" // of the new bot
	holdFlow     = "FW6666666666666666666666666666ffff" // of the old bot
	otherHold    = "AP4444444444444444444444444444dddd" // of another bot
	gone         = "AP5555555555555555555555555555eeee" // an application that no longer exists
	trunk        = "TK0123456789abcdef0123456789abcdef"
	external     = "https://theirs.example.com/"
	fallback     = "https://fallback.example.com/"
)

func urlOf(sid, task string, channel bot.Channel) string {
	return bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: sid, Channel: channel, TargetTask: task})
}

// written says what a change writes, field by field.
func written(change bot.NumberChange) string {
	swaps := []string{urlOf(newFlow, "", bot.Messaging), "FLOW"}
	for _, channel := range bot.Channels() {
		for _, task := range []string{"menu", "greeting", ""} { // the longer first
			swaps = append(swaps, urlOf(newAssistant, task, channel), strings.TrimSuffix("ASSISTANT@"+task, "@"))
		}
	}
	named := strings.NewReplacer(append(swaps, newApp, "APP", hold, "HOLD")...)
	var fields []string
	add := func(name string, value *string) {
		switch {
		case value == nil:
		case *value == "":
			fields = append(fields, name+"=none")
		default:
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
	add("callback", change.StatusCallback)
	add("callback method", change.StatusCallbackMethod)
	add("label", change.FriendlyName)
	return strings.Join(fields, " ")
}

// old is the bot of an engine that is replaced, and to is what replaces it.
func old(engine bot.Engine) string {
	return map[bot.Engine]string{bot.Studio: accounttest.Flow, bot.Application: accounttest.Application, bot.Autopilot: accounttest.Assistant}[engine]
}

func to(engine bot.Engine) string {
	return map[bot.Engine]string{bot.Studio: newFlow, bot.Application: newApp, bot.Autopilot: newAssistant}[engine]
}

func moved(from, engine bot.Engine, task string) move {
	return move{old: bot.Bot{SID: old(from), UniqueName: "clinic"}, newSID: to(engine), newName: "doctor", unnamed: engine == bot.Application, engine: engine, oldName: "clinic", task: task}
}

func routingOf(from bot.Engine) bot.Routing {
	return bot.NewRouting(bot.Webhooks{}, []bot.Hold{{SID: hold, BotSID: old(from)}, {SID: otherHold, BotSID: "FW9999999999999999999999999999aaaa"}}, gone)
}

func number(messaging, voice bot.Side) bot.Number {
	return bot.Number{SID: accounttest.NumberSID(0), AccountSID: accounttest.SID, PhoneNumber: "+12025550100", FriendlyName: "clinic", Messaging: messaging, Voice: voice}
}

func TestMoveSaysWhatIsWrittenFieldByField(t *testing.T) {
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Messaging), Method: "GET", FallbackURL: fallback}
	menu := bot.Side{URL: "https://channels.autopilot.twilio.com/v2/" + accounttest.SID + "/" + accounttest.Assistant + "/twilio/messaging?TargetTask=menu", Method: "GET"}
	with := func(s bot.Side, application string) bot.Side { s.ApplicationSID = application; return s }
	parameters := func(s bot.Side) bot.Side { s.URL += "&Memory=%7B%7D"; return s }
	labelled := func(n bot.Number, label string) bot.Number { n.FriendlyName = label; return n }
	for name, each := range map[string]struct {
		number  bot.Number
		from    bot.Engine
		engine  bot.Engine
		task    string
		writes  string
		notices int
	}{
		"studio to studio":                       {number(flow, bot.Side{}), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST label=doctor", 0},
		"studio to studio, both channels":        {number(flow, flow), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST voice.url=FLOW voice.method=POST label=doctor", 0},
		"studio to studio, silenced":             {number(with(flow, hold), bot.Side{}), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST messaging.application=HOLD label=doctor", 0},
		"studio to studio, silenced and cleared": {number(bot.Side{ApplicationSID: hold}, bot.Side{}), bot.Studio, bot.Studio, "", "label=doctor", 0},
		"studio to application":                  {number(flow, bot.Side{}), bot.Studio, bot.Application, "", "messaging.url=none messaging.fallback=none messaging.application=APP", 1},
		"studio to application, silenced":        {number(with(flow, hold), bot.Side{}), bot.Studio, bot.Application, "", "messaging.url=none messaging.fallback=none", 1},
		"studio to autopilot":                    {number(flow, bot.Side{}), bot.Studio, bot.Autopilot, "greeting", "messaging.url=ASSISTANT@greeting messaging.method=POST label=doctor", 0},
		"studio to autopilot, no greeting":       {number(flow, bot.Side{}), bot.Studio, bot.Autopilot, "", "messaging.url=ASSISTANT messaging.method=POST label=doctor", 0},

		"application to application":                      {number(bot.Side{ApplicationSID: accounttest.Application}, bot.Side{}), bot.Application, bot.Application, "", "messaging.application=APP", 0},
		"application to application, over a URL":          {number(bot.Side{URL: external, FallbackURL: fallback, ApplicationSID: accounttest.Application}, bot.Side{}), bot.Application, bot.Application, "", "messaging.application=APP", 0},
		"application to application, silenced":            {number(bot.Side{ApplicationSID: hold}, bot.Side{}), bot.Application, bot.Application, "", "", 0},
		"application to studio":                           {number(bot.Side{ApplicationSID: accounttest.Application}, bot.Side{}), bot.Application, bot.Studio, "", "messaging.url=FLOW messaging.method=POST messaging.application=none label=doctor", 0},
		"application to studio, over a URL":               {number(bot.Side{URL: external, Method: "GET", FallbackURL: fallback, ApplicationSID: accounttest.Application}, bot.Side{}), bot.Application, bot.Studio, "", "messaging.url=FLOW messaging.method=POST messaging.application=none label=doctor", 0},
		"application to studio, silenced":                 {number(bot.Side{ApplicationSID: hold}, bot.Side{}), bot.Application, bot.Studio, "", "label=doctor", 0},
		"application to autopilot":                        {number(bot.Side{}, bot.Side{ApplicationSID: accounttest.Application}), bot.Application, bot.Autopilot, "greeting", "voice.url=ASSISTANT@greeting voice.method=POST voice.application=none label=doctor", 0},
		"autopilot to autopilot keeps the task":           {number(menu, bot.Side{}), bot.Autopilot, bot.Autopilot, "greeting", "messaging.url=ASSISTANT@menu messaging.method=POST label=doctor", 0},
		"autopilot to autopilot keeps the parameters":     {number(parameters(menu), bot.Side{}), bot.Autopilot, bot.Autopilot, "greeting", "messaging.url=ASSISTANT@menu&Memory=%7B%7D messaging.method=POST label=doctor", 0},
		"autopilot to studio leaves the parameters":       {number(parameters(menu), bot.Side{}), bot.Autopilot, bot.Studio, "", "messaging.url=FLOW messaging.method=POST label=doctor", 0},
		"studio to studio keeps the parameters":           {number(bot.Side{URL: flow.URL + "?lang=de&b=%20"}, bot.Side{}), bot.Studio, bot.Studio, "", "messaging.url=FLOW?lang=de&b=%20 messaging.method=POST label=doctor", 0},
		"studio to autopilot leaves the parameters":       {number(bot.Side{URL: flow.URL + "?lang=de"}, bot.Side{}), bot.Studio, bot.Autopilot, "greeting", "messaging.url=ASSISTANT@greeting messaging.method=POST label=doctor", 0},
		"autopilot to autopilot, silenced":                {number(with(menu, hold), bot.Side{}), bot.Autopilot, bot.Autopilot, "", "messaging.url=ASSISTANT@menu messaging.method=POST messaging.application=HOLD label=doctor", 0},
		"autopilot to studio":                             {number(menu, bot.Side{}), bot.Autopilot, bot.Studio, "", "messaging.url=FLOW messaging.method=POST label=doctor", 0},
		"autopilot to application":                        {number(menu, bot.Side{}), bot.Autopilot, bot.Application, "", "messaging.url=none messaging.application=APP", 0},
		"another label":                                   {labelled(number(flow, bot.Side{}), "Front desk"), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST", 0},
		"another bot":                                     {number(bot.Side{URL: urlOf("FW9999999999999999999999999999aaaa", "", bot.Messaging)}, bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"an external URL":                                 {number(bot.Side{URL: external}, bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"nothing":                                         {number(bot.Side{}, bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"another bot's hold over its URL":                 {number(with(flow, otherHold), bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"an application over its URL":                     {number(with(flow, accounttest.Application), bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"a trunk over its URL":                            {trunked(number(bot.Side{}, flow)), bot.Studio, bot.Studio, "", "", 0},
		"a trunk says nothing of messages":                {trunked(number(flow, flow)), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST label=doctor", 0},
		"its application over another flow's URL":         {number(with(bot.Side{URL: urlOf("FW9999999999999999999999999999aaaa", "", bot.Messaging)}, accounttest.Application), bot.Side{}), bot.Application, bot.Application, "", "messaging.application=APP", 0},
		"one channel silenced, the other by hand":         {number(with(flow, hold), flow), bot.Studio, bot.Studio, "", "messaging.url=FLOW messaging.method=POST messaging.application=HOLD voice.url=FLOW voice.method=POST label=doctor", 0},
		"the other channel is another's":                  {number(flow, bot.Side{URL: external, Method: "GET"}), bot.Studio, bot.Application, "", "messaging.url=none messaging.fallback=none messaging.application=APP", 1},
		"moved already":                                   {number(bot.Side{URL: urlOf(newFlow, "", bot.Messaging), Method: "POST"}, bot.Side{}), bot.Studio, bot.Studio, "", "", 0},
		"silenced for the new one, the URL left by a cut": {number(bot.Side{URL: menu.URL, Method: "POST", ApplicationSID: newHold}, bot.Side{}), bot.Autopilot, bot.Autopilot, "", "messaging.url=ASSISTANT@menu messaging.method=POST messaging.application=" + newHold + " label=doctor", 0},
		"the same for an application":                     {number(bot.Side{URL: flow.URL, Method: "POST", ApplicationSID: newHold}, bot.Side{}), bot.Studio, bot.Application, "", "messaging.url=none", 0},
		"silenced for the new one, its own URL behind it": {number(bot.Side{URL: urlOf(newFlow, "", bot.Messaging), ApplicationSID: newHold}, bot.Side{}), bot.Studio, bot.Studio, "", "label=doctor", 0},
		"the old application, gone by now, silenced":      {number(bot.Side{ApplicationSID: hold, FallbackURL: fallback}, bot.Side{}), bot.Application, bot.Application, "", "", 0},
	} {
		routing := bot.NewRouting(bot.Webhooks{}, []bot.Hold{{SID: hold, BotSID: old(each.from)}, {SID: newHold, BotSID: to(each.engine)}, {SID: otherHold, BotSID: "FW9999999999999999999999999999aaaa"}}, gone)
		change, notices := moved(each.from, each.engine, each.task).decide(routing, each.number)
		if got := written(change); got != each.writes {
			t.Errorf("%s: writes %q, want %q", name, got, each.writes)
		}
		if len(notices) != each.notices {
			t.Errorf("%s: says %v", name, notices)
		}
	}
}

func TestMoveTakesTheStatusCallbackAlong(t *testing.T) {
	flow := bot.Side{URL: urlOf(accounttest.Flow, "", bot.Voice), Method: "POST"}
	third := bot.Side{URL: urlOf("FW9999999999999999999999999999aaaa", "", bot.Voice), Method: "POST"}
	with := func(s bot.Side, application string) bot.Side { s.ApplicationSID = application; return s }
	const query = "?statusCallback=true"
	called := func(n bot.Number, callback string) bot.Number { n.StatusCallback = callback; return n }
	mine := urlOf(accounttest.Flow, "", bot.Voice) + query
	for name, each := range map[string]struct {
		number bot.Number
		engine bot.Engine
		want   string // "-" is not written
	}{
		"to a flow":                        {called(number(bot.Side{}, flow), mine), bot.Studio, urlOf(newFlow, "", bot.Voice) + query},
		"to a flow, silenced":              {called(number(bot.Side{}, with(flow, hold)), mine), bot.Studio, urlOf(newFlow, "", bot.Voice) + query},
		"to a flow, silenced and cleared":  {called(number(bot.Side{}, bot.Side{ApplicationSID: hold}), mine), bot.Studio, urlOf(newFlow, "", bot.Voice) + query},
		"to an application":                {called(number(bot.Side{}, flow), mine), bot.Application, ""},
		"to an application, beside a flow": {called(number(third, flow), mine), bot.Application, third.URL + query},
		"to an assistant":                  {called(number(bot.Side{}, flow), mine), bot.Autopilot, ""},
		"of a number that leads elsewhere": {called(number(bot.Side{}, bot.Side{URL: external}), mine), bot.Studio, urlOf(newFlow, "", bot.Voice) + query},
		"the same, to an application":      {called(number(bot.Side{}, bot.Side{URL: external}), mine), bot.Application, ""},
		"a person's":                       {called(number(bot.Side{}, flow), external), bot.Studio, "-"},
		"of another flow":                  {called(number(bot.Side{}, third), third.URL+query), bot.Studio, "-"},
		"none":                             {number(bot.Side{}, flow), bot.Studio, "-"},
	} {
		change, _ := moved(bot.Studio, each.engine, "").decide(routingOf(bot.Studio), each.number)
		got := "-"
		if change.StatusCallback != nil {
			got = *change.StatusCallback
		}
		if got != each.want {
			t.Errorf("%s: writes the callback %q, want %q", name, got, each.want)
		}
	}
}

// A way in leads to the new bot with the parameters of its URL, which only another engine does not
// take. One that is silenced stays so, and enters at the task of the new engine once it is resumed.
func TestMoveOfAWayInKeepsItsParameters(t *testing.T) {
	menu := urlOf(accounttest.Assistant, "menu", bot.Messaging) + "&Memory=%7B%7D"
	flow := urlOf(accounttest.Flow, "", bot.Messaging)
	hold := bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: holdFlow})
	for name, each := range map[string]struct {
		url          string
		from, engine bot.Engine
		task, want   string
	}{
		"an assistant":                     {menu, bot.Autopilot, bot.Autopilot, "greeting", urlOf(newAssistant, "menu", bot.Messaging) + "&Memory=%7B%7D"},
		"an assistant, without any":        {urlOf(accounttest.Assistant, "", bot.Messaging), bot.Autopilot, bot.Autopilot, "greeting", urlOf(newAssistant, "", bot.Messaging)},
		"a flow":                           {flow + "?lang=de", bot.Studio, bot.Studio, "", urlOf(newFlow, "", bot.Messaging) + "?lang=de"},
		"an assistant to a flow":           {menu, bot.Autopilot, bot.Studio, "", urlOf(newFlow, "", bot.Messaging)},
		"a flow to an assistant":           {flow + "?lang=de", bot.Studio, bot.Autopilot, "greeting", urlOf(newAssistant, "greeting", bot.Messaging)},
		"silenced":                         {hold + "?TargetTask=menu", bot.Autopilot, bot.Autopilot, "", hold + "?TargetTask=menu"},
		"silenced, an assistant to a flow": {hold + "?TargetTask=menu&Memory=%7B%7D", bot.Autopilot, bot.Studio, "", hold},
		"silenced, a flow to an assistant": {hold + "?lang=de", bot.Studio, bot.Autopilot, "greeting", hold + "?TargetTask=greeting"},
	} {
		way := bot.Way{Kind: bot.ByService, SID: "MG1", AccountSID: accounttest.SID, To: bot.Pointer{URL: each.url, Method: "GET"}}
		routing := bot.NewRouting(bot.Webhooks{}, []bot.Hold{{FlowSID: holdFlow, FlowURL: hold, BotSID: old(each.from)}, {SID: newHold, FlowSID: holdFlow, FlowURL: hold, BotSID: old(each.from)}})
		got, moves, err := moveWay{old: bot.Bot{SID: old(each.from)}, to: bot.Bot{SID: to(each.engine)}, task: each.task}.decide(routing, way)
		if err != nil || got.To != (bot.Pointer{URL: each.want, Method: "GET"}) || moves != (each.want != each.url) {
			t.Errorf("%s: leads to %+v, want %s, %v %v", name, got.To, each.want, moves, err)
		}
	}
}

func trunked(n bot.Number) bot.Number { n.TrunkSID = trunk; return n }

// Whatever a number does and whatever the engines are, after the move and that of the
// mark it does for the new bot what it did for the old one, and nothing else changes.
func TestEveryMoveCarriesWhatWasThere(t *testing.T) {
	for _, from := range bot.Engines() {
		sides := func(channel bot.Channel) map[string]bot.Side {
			url := urlOf(old(from), "", channel)
			if url == "" {
				url = external
			}
			application := ""
			if from == bot.Application {
				application = old(from)
			}
			return map[string]bot.Side{
				"nothing":                   {},
				"the bot":                   {URL: url, Method: "POST", ApplicationSID: application},
				"the bot by GET":            {URL: url, Method: "GET", FallbackURL: fallback, ApplicationSID: application},
				"silenced":                  {URL: url, Method: "POST", FallbackURL: fallback, ApplicationSID: hold},
				"silenced, the URL cleared": {ApplicationSID: hold},
				"another's hold":            {URL: url, Method: "POST", ApplicationSID: otherHold},
				"an external URL":           {URL: external, Method: "GET", FallbackURL: fallback},
			}
		}
		for _, engine := range bot.Engines() {
			m := moved(from, engine, "")
			before := routingOf(from)
			// The mark moves after the numbers, and all that it silences with it.
			marked := bot.NewRouting(bot.Webhooks{}, []bot.Hold{{SID: hold, BotSID: to(engine)}, {SID: otherHold, BotSID: "FW9999999999999999999999999999aaaa"}}, gone)
			carried := 0
			for messages, messaging := range sides(bot.Messaging) {
				for calls, voice := range sides(bot.Voice) {
					for _, onTrunk := range []bool{false, true} {
						n := number(messaging, voice)
						if onTrunk {
							n.TrunkSID = trunk
						}
						name := fmt.Sprintf("%s to %s, messages: %s, calls: %s, trunk %v", from, engine, messages, calls, onTrunk)
						change, _ := m.decide(before, n)
						after := change.Apply(n)
						for _, channel := range bot.Channels() {
							was, is, between := before.Route(n, channel), marked.Route(after, channel), before.Route(after, channel)
							if was.BotSID != old(from) {
								if after.Side(channel) != n.Side(channel) {
									t.Errorf("%s: %s was changed to %+v", name, channel, after.Side(channel))
								}
								continue
							}
							carried++
							if is.BotSID != to(engine) || is.SilencedBy != was.SilencedBy {
								t.Errorf("%s: %s routes to %+v", name, channel, is)
							}
							// Until the mark has moved, a silenced channel is silenced for the old bot.
							if was.SilencedBy != "" && between.SilencedBy == "" {
								t.Errorf("%s: %s answers between the two: %+v", name, channel, between)
							}
							if is.URL != "" && is.SilencedBy == "" && is.Method != http.MethodPost {
								t.Errorf("%s: %s calls the bot by %s", name, channel, is.Method)
							}
							if behind, ok := (bot.Webhooks{}).Parse(after.Side(channel).URL); ok && behind.BotSID == old(from) {
								t.Errorf("%s: %s still names the old bot: %+v", name, channel, after.Side(channel))
							}
						}
						if after.TrunkSID != n.TrunkSID || change.FriendlyName != nil && *change.FriendlyName != "doctor" {
							t.Errorf("%s: it writes %s", name, written(change))
						}
						more, _ := m.decide(marked, after)
						if more.FriendlyName = nil; !more.Empty() {
							t.Errorf("%s: decided again, it writes %s", name, written(more))
						}
					}
				}
			}
			if carried < 50 {
				t.Errorf("%s to %s: only %d channels were carried", from, engine, carried)
			}
		}
	}
}
