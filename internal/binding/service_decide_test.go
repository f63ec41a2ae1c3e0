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
		suspended bool
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
		"suspended":                       {now: "defers nothing", of: flow, suspended: true, want: "refused: service suspended"},
		"suspended, its own":              {now: flowURL, of: flow, suspended: true, want: "POST " + flowURL},
	} {
		t.Run(name, func(t *testing.T) {
			var holds []bot.Hold
			if each.suspended {
				holds = append(holds, bot.Hold{SID: hold, BotSID: each.of.SID})
			}
			v := ServiceView{Way: service(each.now), Routing: serviceRouting(holds...)}
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
	} {
		t.Run(name, func(t *testing.T) {
			v := ServiceView{Way: service(each.now), Routing: serviceRouting(), Own: []string{each.own}}
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
