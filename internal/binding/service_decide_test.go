package binding

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

const (
	appURL      = "https://bots.example.com/messages"
	otherAppURL = "https://bots.example.com/other"
	placeholder = "https://demo.twilio.com/welcome/sms/reply"

	holdFlow, goneHoldFlow = "FW5555555555555555555555555555eeee", "FW6666666666666666666666666666ffff"
	inDublin               = "https://webhooks.dublin.ie1.twilio.com/v1/Accounts/" + accounttest.SID + "/Flows/"
	holdURL, goneHoldURL   = inDublin + holdFlow, inDublin + goneHoldFlow
)

func hostedBot(sid, url string) bot.Bot {
	return bot.Bot{SID: sid, Content: bot.Content{Webhooks: &bot.ApplicationWebhooks{MessagingURL: url, MessagingMethod: "POST"}}}
}

// service is one that answers with a URL, by POST; behind "defers " it does not use it, and
// behind "GET " it calls it so.
func service(text string) bot.Way {
	s := bot.Service{SID: "MG0123456789abcdef0123456789abcdef", AccountSID: accounttest.SID, Name: "Desk", InboundMethod: "POST"}
	text, s.Defers = strings.CutPrefix(text, "defers ")
	if rest, get := strings.CutPrefix(text, "GET "); get {
		text, s.InboundMethod = rest, "GET"
	}
	if text != "nothing" {
		s.InboundURL = text
	}
	return s.Way()
}

func serviceRouting(holds ...bot.Hold) bot.Routing {
	return bot.NewRouting(bot.Webhooks{}, holds).WithApplications([]bot.Bot{hostedBot(otherApp, otherAppURL), hostedBot(appBot, appURL)})
}

// said is a decision in words.
func said(d ServiceDecision, refusal *Refusal) string {
	if refusal != nil {
		return "refused: " + string(refusal.Kind)
	}
	text := fmt.Sprintf("%s %s", d.To.To.Method, d.To.To.URL)
	if d.To.Idle {
		text = "defers " + text
	}
	if d.Taken != nil {
		text += ", taken"
	}
	return text
}

func TestDecideService(t *testing.T) {
	flowURL, otherURL := urlOf(flowBot, "", bot.Messaging), urlOf(otherFlow, "", bot.Messaging)
	flow, assistant, app := bot.Bot{SID: flowBot}, bot.Bot{SID: assistantBot}, hostedBot(appBot, appURL)
	for name, each := range map[string]struct {
		now       string
		of        bot.Bot
		own       string
		pointer   string // what the binding had written
		seen      string // by the plan
		overwrite bool
		held      string // by a hold with the URL of its flow, or "alone"
		want      string
	}{
		"free":                            {now: "defers nothing", of: flow, want: "POST " + flowURL},
		"free, at a task":                 {now: "defers nothing", of: assistant, want: "POST " + urlOf(assistantBot, "greeting", bot.Messaging)},
		"free, hosted elsewhere":          {now: "defers nothing", of: app, want: "POST " + appURL},
		"receives nothing":                {now: "nothing", of: flow, want: "POST " + flowURL},
		"Twilio's placeholder":            {now: placeholder, of: flow, want: "POST " + flowURL},
		"its own":                         {now: flowURL, of: flow, want: "POST " + flowURL},
		"its own, by GET":                 {now: "GET " + flowURL, of: flow, want: "GET " + flowURL},
		"its own, in another spelling":    {now: spelled("v2", "twilio-chat", "faq"), of: assistant, want: "POST " + spelled("v2", "twilio-chat", "faq")},
		"its own, not used":               {now: "defers GET " + flowURL, of: flow, want: "GET " + flowURL},
		"its own, hosted elsewhere":       {now: appURL, of: app, want: "POST " + appURL},
		"its own, by another method":      {now: "GET " + appURL, of: app, want: "POST " + appURL},
		"its own, not used, hosted":       {now: "defers " + appURL, of: app, want: "POST " + appURL},
		"another URL":                     {now: external, of: flow, want: "refused: service taken"},
		"another URL, taken":              {now: external, of: flow, overwrite: true, want: "POST " + flowURL + ", taken"},
		"another bot":                     {now: otherURL, of: flow, want: "refused: service taken"},
		"another bot, hosted elsewhere":   {now: otherAppURL, of: app, want: "refused: service taken"},
		"another URL, not used":           {now: "defers " + external, of: flow, want: "refused: service taken"},
		"another URL, not used, taken":    {now: "defers " + external, of: flow, overwrite: true, want: "POST " + flowURL + ", taken"},
		"another bot, not used":           {now: "defers " + otherURL, of: flow, want: "refused: service taken"},
		"placeholder, not used":           {now: "defers " + placeholder, of: flow, want: "POST " + flowURL},
		"a change of bot":                 {now: otherURL, of: flow, own: otherFlow, seen: otherURL, want: "POST " + flowURL},
		"a change of bot, hosted":         {now: otherAppURL, of: app, own: otherApp, seen: otherAppURL, want: "POST " + appURL},
		"an old URL of its own":           {now: external, of: app, own: appBot, pointer: external, seen: external, want: "POST " + appURL},
		"an old URL, by another method":   {now: "GET " + external, of: app, own: appBot, pointer: external, seen: external, want: "refused: changed since plan"},
		"re-pointed, and planned so":      {now: external, of: flow, own: flowBot, seen: external, want: "refused: service re-pointed"},
		"re-pointed, and to be taken":     {now: external, of: flow, own: flowBot, seen: external, overwrite: true, want: "POST " + flowURL + ", taken"},
		"re-pointed since":                {now: external, of: flow, own: flowBot, seen: flowURL, want: "refused: changed since plan"},
		"re-pointed since, overwrites":    {now: external, of: flow, own: otherFlow, seen: otherURL, overwrite: true, want: "refused: changed since plan"},
		"re-pointed since, to be taken":   {now: external, of: flow, seen: otherURL, overwrite: true, want: "refused: changed since plan"},
		"pointed at the bot since":        {now: flowURL, of: flow, own: otherFlow, seen: otherURL, want: "POST " + flowURL},
		"cleared since":                   {now: "nothing", of: flow, own: otherFlow, seen: otherURL, want: "POST " + flowURL},
		"defers since":                    {now: "defers " + otherURL, of: flow, own: otherFlow, seen: otherURL, want: "refused: changed since plan"},
		"cleared and defers since":        {now: "defers nothing", of: flow, own: otherFlow, seen: otherURL, want: "refused: changed since plan"},
		"used since":                      {now: otherURL, of: flow, own: otherFlow, seen: "defers " + otherURL, want: "POST " + flowURL},
		"no URL for messages":             {now: "defers nothing", of: hostedBot(appBot, ""), want: "refused: no URL for way in"},
		"no URL for messages, an old one": {now: appURL, of: hostedBot(appBot, ""), own: appBot, want: "refused: no URL for way in"},
		"suspended":                       {now: "defers nothing", of: flow, held: holdURL, want: "POST " + holdURL},
		"suspended, hosted elsewhere":     {now: "nothing", of: app, held: holdURL, want: "POST " + holdURL},
		"suspended, its own":              {now: "GET " + flowURL, of: flow, held: holdURL, want: "GET " + holdURL},
		"suspended, its own, hosted":      {now: appURL, of: app, held: holdURL, want: "POST " + holdURL},
		"suspended, silenced":             {now: "GET " + holdURL, of: flow, held: holdURL, want: "GET " + holdURL},
		"suspended, silenced, hosted":     {now: holdURL, of: app, held: holdURL, want: "POST " + holdURL},
		"suspended, silenced, not used":   {now: "defers " + holdURL, of: flow, held: holdURL, want: "POST " + holdURL},
		"suspended, a change of bot":      {now: otherURL, of: assistant, own: otherFlow, seen: otherURL, held: holdURL, want: "POST " + holdURL + "?TargetTask=greeting"},
		"suspended, its own, at a task":   {now: spelled("v2", "twilio-chat", "faq"), of: assistant, held: holdURL, want: "POST " + holdURL + "?Memory=%7B%7D&TargetTask=faq"},
		"suspended, silenced, at a task":  {now: "defers " + holdURL + "?TargetTask=faq", of: assistant, held: holdURL, want: "POST " + holdURL + "?TargetTask=faq"},
		"suspended, its own since":        {now: flowURL, of: flow, own: otherFlow, seen: otherURL, held: holdURL, want: "POST " + holdURL},
		"suspended, placeholder":          {now: placeholder, of: flow, held: holdURL, want: "POST " + holdURL},
		"suspended, another URL":          {now: external, of: flow, held: holdURL, want: "refused: service taken"},
		"suspended, another URL, taken":   {now: external, of: flow, held: holdURL, overwrite: true, want: "refused: service silenced"},
		"suspended, unused URL, taken":    {now: "defers " + external, of: flow, held: holdURL, overwrite: true, want: "refused: service silenced"},
		"suspended, no URL for messages":  {now: "defers nothing", of: hostedBot(appBot, ""), held: holdURL, want: "refused: no URL for way in"},
		"suspended, without a flow":       {now: "defers nothing", of: flow, held: "alone", want: "refused: service suspended"},
		"without a flow, another URL":     {now: external, of: flow, held: "alone", overwrite: true, want: "refused: service silenced"},
		"its own, without a flow":         {now: flowURL, of: flow, held: "alone", want: "POST " + flowURL},
		"resumed meanwhile":               {now: "GET " + goneHoldURL, of: flow, own: otherFlow, seen: otherURL, want: "POST " + flowURL},
		"dead":                            {now: goneHoldURL, of: flow, own: flowBot, seen: goneHoldURL, want: "POST " + flowURL},
		"dead, suspended again":           {now: goneHoldURL, of: flow, own: flowBot, seen: goneHoldURL, held: holdURL, want: "POST " + holdURL},
		"dead, not this bot's":            {now: goneHoldURL, of: app, want: "refused: service taken"},
	} {
		t.Run(name, func(t *testing.T) {
			var holds []bot.Hold
			switch each.held {
			case "":
			case "alone":
				holds = []bot.Hold{{SID: hold, BotSID: each.of.SID}}
			default:
				flow := bot.Hold{FlowSID: holdFlow, FlowURL: each.held, BotSID: each.of.SID}
				holds = []bot.Hold{{SID: hold, FlowSID: flow.FlowSID, FlowURL: flow.FlowURL, BotSID: flow.BotSID}, flow}
			}
			v := ServiceView{Way: service(each.now), Routing: serviceRouting(holds...).WithDeleted([]bot.Hold{{FlowSID: goneHoldFlow, BotSID: flowBot}})}
			if each.own != "" {
				v.Own = []string{each.own}
			}
			if each.pointer != "" {
				v.Pointer = service(each.pointer).To.Digest()
			}
			seen := ""
			if each.seen != "" {
				seen = ServiceSnapshot(service(each.seen))
			}
			got := said(DecideService(v, ServiceBinding{ServiceSID: v.Way.SID, Bot: each.of, Task: "greeting", Overwrite: each.overwrite}, seen))
			if got != each.want {
				t.Errorf("%s, want %s", got, each.want)
			}
			if strings.Contains(seen, "://") {
				t.Errorf("private state holds a URL: %s", seen)
			}
		})
	}
}

func TestDecideFreeService(t *testing.T) {
	for name, each := range map[string]struct {
		now, own, pointer, want string
	}{
		"its own":                         {now: urlOf(flowBot, "", bot.Messaging), own: flowBot, want: "freed"},
		"its own, by GET":                 {now: "GET " + urlOf(flowBot, "", bot.Messaging), own: flowBot, want: "freed"},
		"its own, not used":               {now: "defers " + urlOf(flowBot, "", bot.Messaging), own: flowBot, want: "freed"},
		"its own, hosted elsewhere":       {now: appURL, own: appBot, want: "freed"},
		"an old URL of its own":           {now: external, own: appBot, pointer: external, want: "freed"},
		"nothing":                         {now: "nothing", own: flowBot, want: "nothing written"},
		"defers":                          {now: "defers nothing", own: flowBot, want: "nothing written"},
		"placeholder":                     {now: placeholder, own: flowBot, want: "nothing written"},
		"another bot":                     {now: urlOf(otherFlow, "", bot.Messaging), own: flowBot, want: "left"},
		"another URL":                     {now: external, own: flowBot, want: "left"},
		"another URL, not used":           {now: "defers " + external, own: flowBot, want: "left"},
		"another URL, hosted elsewhere":   {now: external, own: appBot, pointer: appURL, want: "left"},
		"another bot's, hosted elsewhere": {now: otherAppURL, own: appBot, want: "left"},
		"silenced":                        {now: "GET " + holdURL, own: flowBot, want: "freed"},
		"silenced, another bot's":         {now: holdURL, own: otherFlow, want: "left"},
		"dead":                            {now: goneHoldURL, own: flowBot, want: "freed"},
	} {
		t.Run(name, func(t *testing.T) {
			routing := serviceRouting(bot.Hold{SID: hold, BotSID: flowBot}, bot.Hold{FlowSID: holdFlow, BotSID: flowBot}).WithDeleted([]bot.Hold{{FlowSID: goneHoldFlow, BotSID: flowBot}})
			v := ServiceView{Way: service(each.now), Routing: routing, Own: []string{each.own}}
			if each.pointer != "" {
				v.Pointer = service(each.pointer).To.Digest()
			}
			to, frees, left := v.DecideFreeService()
			got := "nothing written"
			switch {
			case left != nil:
				got = "left"
			case frees:
				got = "freed"
			}
			if got != each.want || frees != (to.Idle && to.To == bot.Pointer{} && each.want == "freed") {
				t.Errorf("%s (%+v), want %s", got, to, each.want)
			}
		})
	}
}
