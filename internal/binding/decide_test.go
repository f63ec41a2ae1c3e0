package binding

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/accounttest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// The objects of the tables. Holds and applications that are gone are applications too.
const (
	flowBot      = accounttest.Flow
	otherFlow    = "FW1111111111111111111111111111aaaa"
	assistantBot = accounttest.Assistant
	appBot       = accounttest.Application
	otherApp     = "AP1111111111111111111111111111aaaa"
	hold         = "AP2222222222222222222222222222bbbb" // of the bot that is bound
	secondHold   = "AP3333333333333333333333333333cccc" // of the same bot
	otherHold    = "AP4444444444444444444444444444dddd" // of another bot
	gone         = "AP5555555555555555555555555555eeee" // an application that no longer exists
	trunk        = "TK0123456789abcdef0123456789abcdef"

	external = "https://theirs.example.com/"
	fallback = "https://fallback.example.com/"
)

func urlOf(sid, task string, channel bot.Channel) string {
	return bot.Webhooks{}.URL(bot.Webhook{AccountSID: accounttest.SID, BotSID: sid, Channel: channel, TargetTask: task})
}

// spelled is a historical spelling of an assistant's webhook.
func spelled(version, end, task string) string {
	return "https://Channels.Autopilot.twilio.com/" + version + "/" + accounttest.SID + "/" + assistantBot + "/" + end + "?Memory=%7B%7D&TargetTask=" + task
}

// routingOf is the routing of an account in which bound is suspended by the holds, and
// another flow by its own.
func routingOf(bound string, holds ...string) bot.Routing {
	all := []bot.Hold{{SID: otherHold, BotSID: otherFlow}}
	for _, sid := range holds {
		all = append(all, bot.Hold{SID: sid, BotSID: bound})
	}
	return bot.NewRouting(bot.Webhooks{}, all, gone)
}

// written says what a change writes, field by field. A SID and a URL are named as the
// tables name them.
func written(change bot.NumberChange) string {
	named := strings.NewReplacer(
		urlOf(flowBot, "", bot.Messaging), "FLOW", urlOf(otherFlow, "", bot.Messaging), "OTHERFLOW",
		urlOf(assistantBot, "greeting", bot.Messaging), "ASSISTANT@greeting", urlOf(assistantBot, "greeting", bot.Voice), "ASSISTANT@greeting",
		urlOf(assistantBot, "", bot.Messaging), "ASSISTANT", urlOf(assistantBot, "", bot.Voice), "ASSISTANT",
		appBot, "APP", otherApp, "OTHERAPP", hold, "HOLD", secondHold, "HOLD2",
	)
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

func number(messaging, voice bot.Side) bot.Number {
	return bot.Number{
		SID: accounttest.NumberSID(0), AccountSID: accounttest.SID, PhoneNumber: "+12025550100", FriendlyName: "Front desk",
		Capabilities: bot.Capabilities{SMS: true, MMS: true, Voice: true}, Messaging: messaging, Voice: voice,
	}
}

func TestDecideSaysWhatIsWrittenFieldByField(t *testing.T) {
	flowURL := bot.Side{URL: urlOf(flowBot, "", bot.Messaging), Method: "POST"}
	get := bot.Side{URL: urlOf(flowBot, "", bot.Messaging), Method: "GET"}
	theirs := bot.Side{URL: external, Method: "GET", FallbackURL: fallback}
	messaging, voice := []bot.Channel{bot.Messaging}, []bot.Channel{bot.Voice}
	for name, each := range map[string]struct {
		number  bot.Number
		binding Binding // its channels are messaging where none are given
		own     []string
		holds   []string // of the bot that is bound
		planned *bot.Number
		writes  string
		refused bot.Kind
		taken   []bot.Channel
		notices int
	}{
		// A number that answers nothing.
		"a flow on nothing":             {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: flowBot}, writes: "messaging.url=FLOW messaging.method=POST"},
		"a flow on nothing, calls":      {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: flowBot, Channels: voice}, writes: "voice.url=FLOW voice.method=POST"},
		"a flow on nothing, both":       {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: flowBot, Channels: bot.Channels()}, writes: "messaging.url=FLOW messaging.method=POST voice.url=FLOW voice.method=POST"},
		"an assistant on nothing":       {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: assistantBot}, writes: "messaging.url=ASSISTANT messaging.method=POST"},
		"an assistant's task, calls":    {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting", Channels: voice}, writes: "voice.url=ASSISTANT@greeting voice.method=POST"},
		"an application on nothing":     {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: appBot}, writes: "messaging.application=APP"},
		"an application, both channels": {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: appBot, Channels: bot.Channels()}, writes: "messaging.application=APP voice.application=APP"},

		// The label.
		"a label":                     {number: number(flowURL, bot.Side{}), binding: Binding{BotSID: flowBot, Label: "clinic"}, writes: "label=clinic"},
		"a label that is there":       {number: number(flowURL, bot.Side{}), binding: Binding{BotSID: flowBot, Label: "Front desk"}, writes: ""},
		"a label beside the channels": {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: appBot, Label: "clinic"}, writes: "messaging.application=APP label=clinic"},

		// What answers already stays as it is spelled.
		"what is there already":              {number: number(flowURL, theirs), binding: Binding{BotSID: flowBot}, writes: ""},
		"another method":                     {number: number(get, bot.Side{}), binding: Binding{BotSID: flowBot}, writes: ""},
		"an application already":             {number: number(bot.Side{ApplicationSID: appBot}, bot.Side{}), binding: Binding{BotSID: appBot}, writes: ""},
		"v1 twilio/messaging":                {number: number(bot.Side{URL: spelled("v1", "twilio/messaging", "greeting"), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting"}, writes: ""},
		"v2 twilio-chat, post in small":      {number: number(bot.Side{URL: spelled("v2", "twilio-chat", "greeting"), Method: "post"}, bot.Side{}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting"}, writes: ""},
		"v2 twilio/voice/":                   {number: number(bot.Side{}, bot.Side{URL: spelled("v2", "twilio/voice/", "greeting"), Method: "POST"}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting", Channels: voice}, writes: ""},
		"another task":                       {number: number(bot.Side{URL: spelled("v1", "twilio/messaging", "menu"), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting"}, writes: "messaging.url=ASSISTANT@greeting messaging.method=POST"},
		"no task any more":                   {number: number(bot.Side{URL: spelled("v1", "twilio-messaging", "menu"), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: assistantBot}, writes: "messaging.url=ASSISTANT messaging.method=POST"},
		"a fallback beside the URL stays":    {number: number(bot.Side{URL: spelled("v1", "twilio-messaging", "menu"), Method: "GET", FallbackURL: fallback}, bot.Side{}), binding: Binding{BotSID: assistantBot}, writes: "messaging.url=ASSISTANT messaging.method=POST"},
		"the other channel is not looked at": {number: number(bot.Side{}, theirs), binding: Binding{BotSID: flowBot}, writes: "messaging.url=FLOW messaging.method=POST"},
		"a trunk says nothing of messages":   {number: trunked(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot}, writes: "messaging.url=FLOW messaging.method=POST"},

		// What answers elsewhere.
		"an external URL":                                      {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"an external URL, overwritten":                         {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, writes: "messaging.url=FLOW messaging.method=POST", taken: messaging},
		"an external URL, overwritten for an application":      {number: number(theirs, bot.Side{}), binding: Binding{BotSID: appBot, Overwrite: true}, writes: "messaging.application=APP", taken: messaging},
		"another flow":                                         {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"another flow, overwritten for an application":         {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: appBot, Overwrite: true}, writes: "messaging.url=none messaging.application=APP", taken: messaging},
		"another flow with a fallback, for an application":     {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST", FallbackURL: fallback}, bot.Side{}), binding: Binding{BotSID: appBot, Overwrite: true}, writes: "messaging.url=none messaging.fallback=none messaging.application=APP", taken: messaging, notices: 1},
		"another application":                                  {number: number(bot.Side{ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: appBot}, refused: bot.NumberTaken, taken: messaging},
		"another application over the flow's own URL":          {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"another application over the flow's URL, overwritten": {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, writes: "messaging.application=none", taken: messaging},
		"a trunk":                                                {number: trunked(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Channels: voice}, refused: bot.NumberTaken, taken: voice},
		"a trunk, overwritten":                                   {number: trunked(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Channels: voice, Overwrite: true}, writes: "voice.url=FLOW voice.method=POST trunk=none", taken: voice},
		"a trunk over the bot's own URL":                         {number: trunked(number(bot.Side{}, flowURL)), binding: Binding{BotSID: flowBot, Channels: voice, Overwrite: true}, writes: "trunk=none", taken: voice},
		"a trunk over an application, overwritten":               {number: trunked(number(bot.Side{}, bot.Side{ApplicationSID: otherApp})), binding: Binding{BotSID: appBot, Channels: voice, Overwrite: true}, writes: "voice.application=APP trunk=none", taken: voice},
		"one of two channels":                                    {number: number(flowURL, theirs), binding: Binding{BotSID: flowBot, Channels: bot.Channels()}, refused: bot.NumberTaken, taken: voice},
		"one of two channels, overwritten":                       {number: number(flowURL, theirs), binding: Binding{BotSID: flowBot, Channels: bot.Channels(), Overwrite: true}, writes: "voice.url=FLOW voice.method=POST", taken: voice},
		"a flow of another account":                              {number: number(bot.Side{URL: strings.ReplaceAll(flowURL.URL, accounttest.SID, "ACffffffffffffffffffffffffffffffff"), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"another bot that is suspended":                          {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST", ApplicationSID: otherHold}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"another bot that is suspended, overwritten":             {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST", ApplicationSID: otherHold}, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, writes: "messaging.url=FLOW messaging.method=POST messaging.application=none", taken: messaging},
		"the bot that the binding had":                           {number: number(bot.Side{ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: flowBot}, own: []string{otherApp}, writes: "messaging.url=FLOW messaging.method=POST messaging.application=none"},
		"the bot that replaced the one that it had":              {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST"}, bot.Side{}), binding: Binding{BotSID: appBot}, own: []string{otherApp, otherFlow}, writes: "messaging.url=none messaging.application=APP"},
		"the number cannot carry messages":                       {number: incapable(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Overwrite: true}, refused: bot.NumberIncapable},
		"the number cannot carry one of two":                     {number: incapable(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Channels: bot.Channels()}, refused: bot.NumberIncapable},
		"the number can carry the other":                         {number: incapable(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Channels: voice}, writes: "voice.url=FLOW voice.method=POST"},
		"an application that is gone":                            {number: number(bot.Side{URL: external, ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"one that is gone, in front of the bot's own URL":        {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: flowBot}, writes: "messaging.application=none"},
		"one that is gone, in front of another bot's URL":        {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: flowBot}, refused: bot.NumberTaken, taken: messaging},
		"one that is gone, in front of the URL of what it had":   {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: flowBot}, own: []string{otherFlow}, writes: "messaging.url=FLOW messaging.method=POST messaging.application=none"},
		"one that is gone, on a number that the binding had":     {number: number(bot.Side{ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: appBot}, own: []string{otherApp}, writes: "messaging.application=APP"},
		"one that is gone, on a number that the binding had not": {number: number(bot.Side{ApplicationSID: gone}, bot.Side{}), binding: Binding{BotSID: appBot}, refused: bot.NumberTaken, taken: messaging},

		// A suspended bot.
		"suspended, on nothing":                      {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold}, writes: "messaging.url=FLOW messaging.method=POST messaging.application=HOLD"},
		"suspended, an application, on nothing":      {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: appBot}, holds: []string{hold}, writes: "messaging.application=HOLD"},
		"suspended, and silenced already":            {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: hold}, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold}, writes: ""},
		"suspended, and silenced, its URL cleared":   {number: number(bot.Side{ApplicationSID: hold}, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold}, writes: ""},
		"suspended, and silenced by another hold":    {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: secondHold}, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold, secondHold}, writes: "messaging.application=HOLD"},
		"suspended, and it answers":                  {number: number(flowURL, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold}, writes: "messaging.application=HOLD"},
		"suspended, and it answers by GET":           {number: number(get, bot.Side{}), binding: Binding{BotSID: flowBot}, holds: []string{hold}, writes: "messaging.application=HOLD"},
		"suspended, another task":                    {number: number(bot.Side{URL: spelled("v1", "twilio/messaging", "menu"), Method: "POST", ApplicationSID: hold}, bot.Side{}), binding: Binding{BotSID: assistantBot, TargetTask: "greeting"}, holds: []string{hold}, writes: "messaging.url=ASSISTANT@greeting messaging.method=POST"},
		"suspended, an application over a bot's URL": {number: number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST", FallbackURL: fallback, ApplicationSID: hold}, bot.Side{}), binding: Binding{BotSID: appBot}, holds: []string{hold}, writes: "messaging.url=none messaging.fallback=none", notices: 1},
		"suspended, on a live number":                {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, holds: []string{hold}, refused: bot.NumberSilenced, taken: messaging},
		"suspended, on a trunk":                      {number: trunked(number(bot.Side{}, bot.Side{})), binding: Binding{BotSID: flowBot, Overwrite: true, Channels: voice}, holds: []string{hold}, refused: bot.NumberSilenced, taken: voice},
		"suspended, from what the binding had":       {number: number(bot.Side{ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: flowBot}, own: []string{otherApp}, holds: []string{hold}, writes: "messaging.url=FLOW messaging.method=POST messaging.application=HOLD"},

		// What changed since the plan.
		"as the plan has it, not overwritten":            {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(theirs, bot.Side{})), refused: bot.NumberRepointed, taken: messaging},
		"as the plan has it":                             {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, planned: new(number(theirs, bot.Side{})), writes: "messaging.url=FLOW messaging.method=POST", taken: messaging},
		"changed since the plan":                         {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(bot.Side{}, bot.Side{})), refused: bot.ChangedSincePlan, taken: messaging},
		"changed since the plan, overwritten":            {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, planned: new(number(flowURL, bot.Side{})), refused: bot.ChangedSincePlan, taken: messaging},
		"changed to what is wanted":                      {number: number(flowURL, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(bot.Side{}, bot.Side{})), writes: ""},
		"changed to nothing":                             {number: number(bot.Side{}, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(theirs, bot.Side{})), writes: "messaging.url=FLOW messaging.method=POST"},
		"changed to what replaced the bot":               {number: number(bot.Side{ApplicationSID: otherApp}, bot.Side{}), binding: Binding{BotSID: flowBot}, own: []string{otherFlow, otherApp}, planned: new(number(bot.Side{URL: urlOf(otherFlow, "", bot.Messaging), Method: "POST"}, bot.Side{})), writes: "messaging.url=FLOW messaging.method=POST messaging.application=none"},
		"changed to the wanted bot by GET":               {number: number(get, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(flowURL, bot.Side{})), writes: ""},
		"the other channel changed":                      {number: number(bot.Side{}, theirs), binding: Binding{BotSID: flowBot}, planned: new(number(bot.Side{}, bot.Side{})), writes: "messaging.url=FLOW messaging.method=POST"},
		"as the plan has it, for a suspended bot":        {number: number(theirs, bot.Side{}), binding: Binding{BotSID: flowBot, Overwrite: true}, planned: new(number(theirs, bot.Side{})), holds: []string{hold}, refused: bot.NumberSilenced, taken: messaging},
		"silenced since the plan":                        {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: hold}, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(flowURL, bot.Side{})), holds: []string{hold}, writes: ""},
		"an incapable number is never compared":          {number: incapable(number(theirs, bot.Side{})), binding: Binding{BotSID: flowBot}, planned: new(number(bot.Side{}, bot.Side{})), refused: bot.NumberIncapable},
		"changed to a trunk since the plan":              {number: trunked(number(bot.Side{}, flowURL)), binding: Binding{BotSID: flowBot, Channels: voice}, planned: new(number(bot.Side{}, flowURL)), refused: bot.ChangedSincePlan, taken: voice},
		"changed to a hold of another bot":               {number: number(bot.Side{URL: flowURL.URL, Method: "POST", ApplicationSID: otherHold}, bot.Side{}), binding: Binding{BotSID: flowBot}, planned: new(number(flowURL, bot.Side{})), refused: bot.ChangedSincePlan, taken: messaging},
		"nothing wanted of a number that is as it ought": {number: number(flowURL, flowURL), binding: Binding{BotSID: flowBot, Channels: bot.Channels()}, planned: new(number(flowURL, flowURL)), writes: ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := each.binding
			if b.Channels == nil {
				b.Channels = messaging
			}
			view := View{Number: each.number, Routing: routingOf(b.BotSID, each.holds...), Own: each.own}
			var snapshot bot.RouteSnapshot
			if each.planned != nil {
				snapshot = bot.SnapshotOf(*each.planned)
			}
			decision, refusal := Decide(view, b, snapshot, view.Routing.HoldOf(b.BotSID).SID)
			if each.refused != "" {
				if refusal == nil || refusal.Kind != each.refused || !decision.Change.Empty() {
					t.Fatalf("refused with %+v, writing %q", refusal, written(decision.Change))
				}
				if got := channelsOf(refusal.Conflicts); !slices.Equal(got, each.taken) {
					t.Errorf("in conflict are %v", got)
				}
				return
			}
			if refusal != nil {
				t.Fatalf("refused: %+v", refusal)
			}
			if got := written(decision.Change); got != each.writes {
				t.Errorf("writes %q, want %q", got, each.writes)
			}
			if got := channelsOf(decision.Taken); !slices.Equal(got, each.taken) {
				t.Errorf("takes over %v", got)
			}
			if len(decision.Notices) != each.notices {
				t.Errorf("says %v", decision.Notices)
			}
			if len(each.holds) == 0 && view.After(b) != decision.Change.Apply(each.number) {
				t.Errorf("After has %+v", view.After(b))
			}
		})
	}
}

func trunked(n bot.Number) bot.Number { n.TrunkSID = trunk; return n }

func incapable(n bot.Number) bot.Number {
	n.Capabilities.SMS, n.Capabilities.MMS = false, false
	return n
}

func channelsOf(conflicts []Conflict) []bot.Channel {
	var channels []bot.Channel
	for _, conflict := range conflicts {
		channels = append(channels, conflict.Channel)
	}
	return channels
}

func TestDecideFreeSaysWhatIsWrittenFieldByField(t *testing.T) {
	flowURL := bot.Side{URL: urlOf(flowBot, "", bot.Messaging), Method: "POST"}
	with := func(s bot.Side, fallbackURL, application string) bot.Side {
		s.FallbackURL, s.ApplicationSID = fallbackURL, application
		return s
	}
	labelled := func(n bot.Number, label string) bot.Number { n.FriendlyName = label; return n }
	for name, each := range map[string]struct {
		number  bot.Number
		bot     string // that is taken off; the flow where none is given
		by      string // the bot that replaced it
		label   string // the bot's name
		claimed []bot.Channel
		writes  string
		left    []bot.Channel
		notices int
	}{
		"a flow on one channel":                  {number: number(flowURL, bot.Side{}), writes: "messaging.url=none"},
		"a flow on both":                         {number: number(flowURL, flowURL), writes: "messaging.url=none voice.url=none"},
		"with a fallback":                        {number: number(with(flowURL, fallback, ""), bot.Side{}), writes: "messaging.url=none messaging.fallback=none", notices: 1},
		"an application":                         {number: number(bot.Side{ApplicationSID: appBot}, bot.Side{}), bot: appBot, writes: "messaging.application=none"},
		"an application over a URL of theirs":    {number: number(bot.Side{URL: external, Method: "GET", FallbackURL: fallback, ApplicationSID: appBot}, bot.Side{}), bot: appBot, writes: "messaging.application=none"},
		"an application over another bot's URL":  {number: number(with(flowURL, "", appBot), bot.Side{}), bot: appBot, writes: "messaging.application=none"},
		"silenced by a hold":                     {number: number(with(flowURL, "", hold), bot.Side{}), writes: "messaging.url=none messaging.application=none"},
		"silenced by a hold, with a fallback":    {number: number(with(flowURL, fallback, hold), bot.Side{}), writes: "messaging.url=none messaging.fallback=none messaging.application=none", notices: 1},
		"silenced, its URL cleared":              {number: number(bot.Side{ApplicationSID: hold}, bot.Side{}), writes: "messaging.application=none"},
		"nothing":                                {number: number(bot.Side{}, bot.Side{}), writes: ""},
		"another bot's by now":                   {number: number(bot.Side{ApplicationSID: otherApp}, flowURL), writes: "voice.url=none", left: []bot.Channel{bot.Messaging}},
		"theirs by now":                          {number: number(bot.Side{URL: external}, bot.Side{URL: external}), writes: "", left: bot.Channels()},
		"a trunk over it":                        {number: trunked(number(flowURL, flowURL)), writes: "messaging.url=none", left: []bot.Channel{bot.Voice}},
		"claimed in this run":                    {number: number(flowURL, flowURL), claimed: []bot.Channel{bot.Messaging}, writes: "voice.url=none"},
		"claimed, and another's":                 {number: number(bot.Side{URL: external}, bot.Side{}), claimed: []bot.Channel{bot.Messaging}, writes: ""},
		"the bot that replaced it":               {number: number(bot.Side{ApplicationSID: appBot}, bot.Side{}), by: appBot, writes: "messaging.application=none"},
		"its replacement over its own URL":       {number: number(with(flowURL, "", appBot), bot.Side{}), by: appBot, writes: "messaging.url=none messaging.application=none"},
		"the name as a label":                    {number: labelled(number(flowURL, bot.Side{}), "clinic"), label: "clinic", writes: "messaging.url=none label=free"},
		"another label":                          {number: labelled(number(flowURL, bot.Side{}), "Front desk"), label: "clinic", writes: "messaging.url=none"},
		"the name, and another client's URL":     {number: labelled(number(flowURL, bot.Side{URL: external}), "clinic"), label: "clinic", writes: "messaging.url=none label=free", left: []bot.Channel{bot.Voice}},
		"the name, and another bot answers":      {number: labelled(number(flowURL, bot.Side{URL: urlOf(otherFlow, "", bot.Voice)}), "clinic"), label: "clinic", writes: "messaging.url=none label=other", left: []bot.Channel{bot.Voice}},
		"the name, and another, suspended":       {number: labelled(number(flowURL, bot.Side{ApplicationSID: otherHold}), "clinic"), label: "clinic", writes: "messaging.url=none label=other", left: []bot.Channel{bot.Voice}},
		"the name, and one without a name":       {number: labelled(number(flowURL, bot.Side{ApplicationSID: otherApp}), "clinic"), label: "clinic", writes: "messaging.url=none", left: []bot.Channel{bot.Voice}},
		"the name, and the bot still answers":    {number: labelled(number(flowURL, flowURL), "clinic"), label: "clinic", claimed: []bot.Channel{bot.Voice}, writes: "messaging.url=none"},
		"another's name, and that answers":       {number: labelled(number(flowURL, bot.Side{URL: urlOf(otherFlow, "", bot.Voice)}), "other"), label: "clinic", writes: "messaging.url=none", left: []bot.Channel{bot.Voice}},
		"the name, and a trunk answers":          {number: labelled(trunked(number(flowURL, bot.Side{})), "clinic"), label: "clinic", writes: "messaging.url=none label=free", left: []bot.Channel{bot.Voice}},
		"no name known":                          {number: labelled(number(flowURL, bot.Side{}), "clinic"), writes: "messaging.url=none"},
		"an assistant in an old spelling":        {number: number(bot.Side{URL: spelled("v2", "twilio/messaging", "menu"), Method: "GET"}, bot.Side{}), bot: assistantBot, writes: "messaging.url=none"},
		"nothing to do, and the name as a label": {number: labelled(number(bot.Side{}, bot.Side{}), "clinic"), label: "clinic", writes: ""},
	} {
		t.Run(name, func(t *testing.T) {
			prior := Prior{BotSID: each.bot, Channels: bot.Channels(), Label: each.label}
			if prior.BotSID == "" {
				prior.BotSID = flowBot
			}
			own := []string{prior.BotSID}
			if each.by != "" {
				own = append(own, each.by)
			}
			view := View{Number: each.number, Routing: routingOf(prior.BotSID, hold), Own: own}
			change, left, notices := view.DecideFree(prior, nameList(each.label), nameOf, func(channel bot.Channel) bool { return slices.Contains(each.claimed, channel) })
			if got := written(change); got != each.writes {
				t.Errorf("writes %q, want %q", got, each.writes)
			}
			if got := channelsOf(left); !slices.Equal(got, each.left) {
				t.Errorf("leaves %v", got)
			}
			if len(notices) != each.notices {
				t.Errorf("says %v", notices)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	const name = "clinic"
	for what, each := range map[string]struct {
		label  string
		before []string // names of the bot that answered before
		others []string // and of the one on the other channel
		want   string
	}{
		"no label":                                     {label: "", want: name},
		"the mark of a free number":                    {label: bot.FreeLabel, want: name},
		"the number itself":                            {label: "+12025550100", want: name},
		"as it is called at home":                      {label: "(202) 555-0100", want: name},
		"as it is called from abroad":                  {label: "001 202.555.0100", want: name},
		"its last digits":                              {label: "0100", want: ""},
		"another number":                               {label: "(202) 555-0101", want: ""},
		"the number with a word":                       {label: "Desk 2025550100", want: ""},
		"a label of a person":                          {label: "Front desk", want: ""},
		"a label of a person, and a bot answered":      {label: "Front desk", before: []string{"old"}, want: ""},
		"the name of the bot that answered before":     {label: "old", before: []string{"first", "old"}, want: name},
		"the name of the bot on the other channel":     {label: "other", others: []string{"other"}, want: ""},
		"of the same bot on the other channel":         {label: "old", before: []string{"old"}, others: []string{"old"}, want: ""},
		"the mark of a free number beside another bot": {label: bot.FreeLabel, others: []string{"other"}, want: name},
		"the name of a bot that answers nowhere here":  {label: "other", before: []string{"old"}, want: ""},
		"the bot's name":                               {label: name, before: []string{name}, want: ""},
	} {
		n := bot.Number{PhoneNumber: "+12025550100", FriendlyName: each.label}
		if got := LabelOnBind(n, name, each.before, each.others); got != each.want {
			t.Errorf("%s: %q, want %q", what, got, each.want)
		}
	}
	for _, length := range []int{0, bot.MaxNameLength, bot.MaxNameLength + 1} {
		name, want := strings.Repeat("é", length), ""
		if length == bot.MaxNameLength {
			want = name
		}
		if got := LabelOnBind(bot.Number{PhoneNumber: "+12025550100", FriendlyName: bot.FreeLabel}, name, nil, nil); got != want {
			t.Errorf("a name of %d characters: %q", length, got)
		}
	}
	for what, each := range map[string]struct{ label, from, to, want string }{
		"the old name":    {"old", "old", name, name},
		"another label":   {"Front desk", "old", name, ""},
		"the same name":   {"old", "old", "old", ""},
		"no old name":     {"", "", name, ""},
		"the name by now": {name, "old", name, ""},
	} {
		got := ""
		if label := LabelOnRename(bot.Number{FriendlyName: each.label}, each.from, each.to); label != nil {
			got = *label
		}
		if got != each.want {
			t.Errorf("%s: %q, want %q", what, got, each.want)
		}
	}
}

func TestIncapableChannelsAreNamed(t *testing.T) {
	for _, each := range []struct {
		capabilities bot.Capabilities
		want         []bot.Channel
	}{
		{bot.Capabilities{SMS: true, Voice: true}, nil},
		{bot.Capabilities{MMS: true}, []bot.Channel{bot.Voice}},
		{bot.Capabilities{Voice: true, Fax: true}, []bot.Channel{bot.Messaging}},
		{bot.Capabilities{}, bot.Channels()},
	} {
		b := Binding{BotSID: flowBot, Channels: bot.Channels()}
		if got := b.Incapable(bot.Number{Capabilities: each.capabilities}); !slices.Equal(got, each.want) {
			t.Errorf("%+v cannot carry %v, want %v", each.capabilities, got, each.want)
		}
		if fmt.Sprint(b.Channels) != fmt.Sprint(bot.Channels()) {
			t.Error("the binding's own channels were changed")
		}
	}
}

// nameOf is the name of another bot.
func nameOf(sid string) string {
	return map[string]string{otherFlow: "other", otherApp: "", assistantBot: "assistant"}[sid]
}

// nameList is the names of a bot that has one, or none.
func nameList(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// called is a number with a status callback: a SID is that of the flow whose it is.
func called(n bot.Number, callback string) bot.Number {
	n.StatusCallback, n.StatusCallbackMethod = callback, "POST"
	if engine, ok := bot.EngineOf(callback); ok && engine == bot.Studio {
		n.StatusCallback = urlOf(callback, "", bot.Voice) + "?statusCallback=true"
	}
	return n
}

func TestStatusCallbackFollowsTheFlowAndNobodyElses(t *testing.T) {
	const own = "https://crm.example.com/calls"
	flow, another := bot.Side{URL: urlOf(flowBot, "", bot.Voice), Method: "POST"}, bot.Side{URL: urlOf(otherFlow, "", bot.Voice), Method: "POST"}
	with := func(s bot.Side, application string) bot.Side { s.ApplicationSID = application; return s }
	moved := func(sid string) string {
		return strings.Replace(called(bot.Number{}, flowBot).StatusCallback, flowBot, sid, 1)
	}
	both, voice, messaging := bot.Channels(), []bot.Channel{bot.Voice}, []bot.Channel{bot.Messaging}
	for name, each := range map[string]struct {
		number   bot.Number
		to       string // the bot that is bound; empty frees flowBot
		channels []bot.Channel
		want     string // the callback that is written; "-" is none
		loses    bool
	}{
		"a flow gives way to another":                 {called(number(bot.Side{}, flow), flowBot), otherFlow, voice, moved(otherFlow), false},
		"on both channels":                            {called(number(flow, flow), flowBot), otherFlow, both, moved(otherFlow), false},
		"on calls alone":                              {called(number(flow, flow), flowBot), otherFlow, voice, moved(otherFlow), false},
		"on messages alone":                           {called(number(flow, flow), flowBot), otherFlow, messaging, "-", false},
		"a flow gives way to an application":          {called(number(flow, flow), flowBot), appBot, both, "", false},
		"on calls, and messages stay":                 {called(number(flow, flow), flowBot), appBot, voice, "-", false},
		"a flow gives way to an assistant":            {called(number(bot.Side{}, flow), flowBot), assistantBot, voice, "", false},
		"what is bound already":                       {called(number(bot.Side{}, flow), flowBot), flowBot, voice, "-", false},
		"a person's, under a flow":                    {called(number(bot.Side{}, flow), own), otherFlow, voice, "-", true},
		"a person's, and calls":                       {called(number(bot.Side{}, bot.Side{}), own), flowBot, voice, "-", true},
		"a person's, and messages":                    {called(number(bot.Side{}, bot.Side{}), own), flowBot, messaging, "-", true},
		"a person's, which nothing touches":           {called(number(bot.Side{}, flow), own), flowBot, voice, "-", false},
		"a person's, and an application":              {called(number(bot.Side{}, flow), own), appBot, voice, "-", false},
		"of a flow that the number never led to":      {called(number(bot.Side{}, bot.Side{}), otherFlow), appBot, voice, "-", false},
		"of a flow of another account":                {called(number(bot.Side{}, flow), strings.Replace(moved(flowBot), accounttest.SID, "AC99999999999999999999999999999999", 1)), appBot, voice, "-", false},
		"freed":                                       {called(number(bot.Side{}, flow), flowBot), "", voice, "", false},
		"freed on both channels":                      {called(number(flow, flow), flowBot), "", both, "", false},
		"freed on messages, and calls stay":           {called(number(flow, flow), flowBot), "", messaging, "-", false},
		"freed on calls, and messages stay":           {called(number(flow, flow), flowBot), "", voice, "-", false},
		"freed, and the other channel is a flow's":    {called(number(another, flow), flowBot), "", voice, moved(otherFlow), false},
		"freed, set for messages, and calls are left": {called(number(flow, another), flowBot), "", messaging, moved(otherFlow), false},
		"freed, a person's":                           {called(number(bot.Side{}, flow), own), "", voice, "-", false},
		"freed while it is silenced":                  {called(number(bot.Side{}, with(flow, hold)), flowBot), "", voice, "", false},
		"freed while it is silenced, the URL cleared": {called(number(bot.Side{}, bot.Side{ApplicationSID: hold}), flowBot), "", voice, "", false},
		"freed, and dead behind a hold that is gone":  {called(number(bot.Side{}, with(flow, gone)), flowBot), "", voice, "", false},
	} {
		view := View{Number: each.number, Routing: routingOf(flowBot, hold), Own: []string{flowBot}}
		var change bot.NumberChange
		if each.to == "" {
			change, _, _ = view.DecideFree(Prior{BotSID: flowBot, Channels: each.channels}, nil, func(string) string { return "" }, func(bot.Channel) bool { return false })
		} else {
			wanted := Binding{BotSID: each.to, Channels: each.channels}
			decision, refusal := Decide(View{Number: each.number, Routing: routingOf(otherApp), Own: view.Own}, wanted, nil, "")
			if refusal != nil {
				t.Errorf("%s: refused: %+v", name, refusal)
			}
			change = decision.Change
			if loses := view.LosesCallback(wanted); loses != each.loses {
				t.Errorf("%s: whether a person's callback is lost: %v", name, loses)
			}
		}
		got := "-"
		if change.StatusCallback != nil {
			got = *change.StatusCallback
		}
		if got != each.want || change.StatusCallbackMethod != nil {
			t.Errorf("%s: writes the callback %q, want %q", name, got, each.want)
		}
	}
}
