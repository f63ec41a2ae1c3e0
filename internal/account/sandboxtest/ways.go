package sandboxtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Reads has the processes that begin from now on read the ways in of a kind, as adding one
// does. An operation is cut off, and interleaved with another, at each of its calls: listings
// that are always empty would only make that longer.
func (w *World) Reads(kind bot.WayKind) {
	if !slices.Contains(w.reads, kind) {
		w.reads = append(w.reads, kind)
	}
}

// waysIn are the ways in that have a list of their own, of the kinds that are read.
func (w *World) waysIn(client *twilio.Client) []account.WaysIn {
	all := []account.WaysIn{
		twilio.NewAddresses(client), twilio.NewConversations(client), twilio.NewSenders(client), twilio.NewSIPDomains(client), twilio.NewShortCodes(client),
		twilio.NewTrunks(client), twilio.NewBYOCTrunks(client), twilio.NewFlexFlows(client),
	}
	return slices.DeleteFunc(all, func(in account.WaysIn) bool { return !slices.Contains(w.reads, in.Kind()) })
}

// WayIn is a way in to bots beside the phone numbers' own fields, for tests that try each.
type WayIn struct {
	Name    string
	Kind    bot.WayKind
	Channel bot.Channel
	Engines []bot.Engine // whose bots it can lead to
	// Fixed reports whether it cannot be pointed elsewhere.
	Fixed bool
	// Answers reports whether it goes on answering while the bot is suspended, though it could be
	// pointed elsewhere.
	Answers bool
	// Idle reports whether Twilio does not use it.
	Idle bool
	// Add adds a record that leads to a bot, and returns what people write to or call to
	// come by it, or its SID where they do not.
	Add func(w *World, b bot.Bot) (to string)
}

const (
	wayAddress = "whatsapp:+12025550199"
	waySender  = "whatsapp:+12025550198"
	wayDomain  = "clinic.sip.twilio.com"
	wayCode    = "55501"
	wayContact = "+12025550177"
)

// WaysIn is every way in beside the phone numbers' own fields.
func WaysIn() []WayIn {
	everyEngine, byURL := bot.Engines(), []bot.Engine{bot.Studio, bot.Autopilot}
	all := []WayIn{
		{Name: "a Messaging Service", Kind: bot.ByService, Channel: bot.Messaging, Engines: everyEngine, Add: func(w *World, b bot.Bot) string {
			w.added(w.Box.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Campaigns", "inbound_request_url": %q, "inbound_method": "POST", "use_inbound_webhook_on_number": false, "phone_numbers": [%q]}`,
				w.url(b, bot.Messaging), sandbox.StarterNumbers()[2])))
			return sandbox.StarterNumbers()[2]
		}},
		{Name: "a Messaging Service that defers", Kind: bot.ByService, Channel: bot.Messaging, Engines: everyEngine, Idle: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddMessagingService(fmt.Sprintf(`{"friendly_name": "Deferring", "inbound_request_url": %q, "inbound_method": "POST", "use_inbound_webhook_on_number": true}`,
				w.url(b, bot.Messaging))))
		}},
		{Name: "an application", Kind: bot.ByApplication, Channel: bot.Voice, Engines: byURL, Add: func(w *World, b bot.Bot) string {
			made, err := w.Hosts[bot.Application].Create(w.T.Context(), bot.Spec{UniqueName: "front", FriendlyName: "front", Content: bot.Content{Webhooks: &bot.ApplicationWebhooks{
				VoiceURL: w.url(b, bot.Voice), VoiceMethod: "POST",
			}}})
			w.added(made.SID, err)
			w.Edit(2, func(n *bot.Number) { n.Voice.ApplicationSID = made.SID })
			return sandbox.StarterNumbers()[2]
		}},
		{Name: "a Conversations address with a flow", Kind: bot.ByAddress, Channel: bot.Messaging, Engines: []bot.Engine{bot.Studio}, Add: func(w *World, b bot.Bot) string {
			return w.addAddress("AutoCreation.Type", "studio", "AutoCreation.StudioFlowSid", b.SID)
		}},
		{Name: "a Conversations address with a webhook", Kind: bot.ByAddress, Channel: bot.Messaging, Engines: everyEngine, Add: func(w *World, b bot.Bot) string {
			return w.addAddress("AutoCreation.Type", "webhook", "AutoCreation.WebhookUrl", w.url(b, bot.Messaging), "AutoCreation.WebhookMethod", "post", "AutoCreation.WebhookFilters", "onMessageAdded")
		}},
		{Name: "a WhatsApp sender", Kind: bot.BySender, Channel: bot.Messaging, Engines: everyEngine, Add: func(w *World, b bot.Bot) string {
			w.added(w.Box.AddSender(fmt.Sprintf(`{"sender_id": %q, "webhook": {"callback_url": %q, "callback_method": "POST", "status_callback_url": "https://theirs.example.com/status"}}`,
				waySender, w.url(b, bot.Messaging))))
			return waySender
		}},
		{Name: "calls to a WhatsApp sender", Kind: bot.BySender, Channel: bot.Voice, Engines: []bot.Engine{bot.Application}, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddSender(fmt.Sprintf(`{"sender_id": %q, "configuration": {"waba_id": "12", "voice_application_sid": %q}}`, waySender, b.SID)))
		}},
		{Name: "an RCS sender", Kind: bot.BySender, Channel: bot.Messaging, Engines: everyEngine, Fixed: true, Add: func(w *World, b bot.Bot) string {
			w.added(w.Box.AddSender(fmt.Sprintf(`{"sender_id": "rcs:clinic", "webhook": {"callback_url": %q, "callback_method": "POST"}}`, w.url(b, bot.Messaging))))
			return "rcs:clinic"
		}},
		{Name: "a short code", Kind: bot.ByShortCode, Channel: bot.Messaging, Engines: everyEngine, Add: func(w *World, b bot.Bot) string {
			w.added(w.Box.AddShortCode(fmt.Sprintf(`{"short_code": %q, "sms_url": %q, "sms_method": "POST"}`, wayCode, w.url(b, bot.Messaging))))
			return wayCode
		}},
		{Name: "a SIP domain", Kind: bot.ByDomain, Channel: bot.Voice, Engines: everyEngine, Add: func(w *World, b bot.Bot) string {
			w.added(w.Box.AddSipDomain(fmt.Sprintf(`{"domain_name": %q, "voice_url": %q, "voice_method": "POST"}`, wayDomain, w.url(b, bot.Voice))))
			return "sip:desk@" + wayDomain
		}},
		{Name: "a SIP trunk", Kind: bot.ByTrunk, Engines: everyEngine, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddTrunk(fmt.Sprintf(`{"friendly_name": "PBX", "disaster_recovery_url": %q, "disaster_recovery_method": "POST"}`, w.url(b, bot.Voice))))
		}},
		{Name: "a BYOC trunk", Kind: bot.ByBYOCTrunk, Channel: bot.Voice, Engines: everyEngine, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddByocTrunk(fmt.Sprintf(`{"friendly_name": "Carrier", "voice_url": %q, "voice_method": "POST"}`, w.url(b, bot.Voice))))
		}},
		{Name: "a Flex Flow with a flow", Kind: bot.ByFlexFlow, Engines: []bot.Engine{bot.Studio}, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddFlexFlow(fmt.Sprintf(`{"friendly_name": "Desk", "flow_sid": %q}`, b.SID)))
		}},
		{Name: "a Flex Flow with a webhook", Kind: bot.ByFlexFlow, Engines: everyEngine, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddFlexFlow(fmt.Sprintf(`{"friendly_name": "Desk", "integration_type": "external", "url": %q}`, w.url(b, bot.Messaging))))
		}},
		{Name: "an open conversation with a flow", Kind: bot.ByConversation, Engines: []bot.Engine{bot.Studio}, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddConversation(fmt.Sprintf(`{"contact": %q, "address": %q, "webhook": {"type": "studio", "studio_flow_sid": %q}}`,
				wayContact, sandbox.StarterNumbers()[2], b.SID)))
		}},
		{Name: "an open conversation with a webhook", Kind: bot.ByConversation, Engines: everyEngine, Answers: true, Add: func(w *World, b bot.Bot) string {
			return w.added(w.Box.AddConversation(fmt.Sprintf(`{"contact": %q, "address": %q, "webhook": {"type": "webhook", "webhook_url": %q, "webhook_method": "POST"}}`,
				wayContact, sandbox.StarterNumbers()[2], w.url(b, bot.Messaging))))
		}},
		{Name: "a flow that runs it as a subflow", Kind: bot.BySubflow, Engines: []bot.Engine{bot.Studio}, Fixed: true, Add: func(w *World, b bot.Bot) string {
			caller := fmt.Sprintf(`{"description": "Caller", "initial_state": "Trigger", "flags": {"allow_concurrent_calls": true}, "states": [
				{"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}, "transitions": [{"event": "incomingMessage", "next": "sub"}, {"event": "incomingCall"}, {"event": "incomingRequest"}]},
				{"name": "sub", "type": "run-subflow", "transitions": [{"event": "completed"}, {"event": "failed"}],
					"properties": {"offset": {"x": 0, "y": 200}, "flow_sid": %q, "flow_revision": "LatestPublished", "parameters": []}}]}`, b.SID)
			parsed, err := flow.Parse([]byte(caller))
			if err != nil {
				w.T.Fatal(err)
			}
			made, err := w.Hosts[bot.Studio].Create(w.T.Context(), bot.Spec{UniqueName: "caller", FriendlyName: "caller", Content: bot.Content{Flow: parsed}})
			return w.added(made.SID, err)
		}},
	}
	for i, in := range all {
		all[i].Add = func(w *World, b bot.Bot) string {
			w.Reads(in.Kind)
			return in.Add(w, b)
		}
	}
	return all
}

// Leads reports whether the way in can lead to bots of an engine.
func (in WayIn) Leads(engine bot.Engine) bool { return slices.Contains(in.Engines, engine) }

func (w *World) added(sid string, err error) string {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
	return sid
}

// url is the address of a bot for a channel.
func (w *World) url(b bot.Bot, channel bot.Channel) string {
	if address := (bot.Webhooks{}).Of(b).URL(bot.Webhook{AccountSID: AccountSID, BotSID: b.SID, Channel: channel}); address != "" {
		return address
	}
	if channel == bot.Voice {
		return b.Content.Webhooks.VoiceURL
	}
	return b.Content.Webhooks.MessagingURL
}

func (w *World) addAddress(autoCreation ...string) string {
	w.T.Helper()
	form := url.Values{"Type": {"whatsapp"}, "Address": {wayAddress}, "AutoCreation.Enabled": {"true"}}
	for pair := range slices.Chunk(autoCreation, 2) {
		form.Set(pair[0], pair[1])
	}
	w.added("", w.Client.Do(w.T.Context(), http.MethodPost, "https://conversations.twilio.com/v1/Configuration/Addresses", form, nil))
	return wayAddress
}

// Ways lists the ways in of the account beside the numbers, as a new process sees them.
func (w *World) Ways() []bot.Way {
	w.T.Helper()
	a, _ := w.Process()
	ways, unread, err := a.WaysIn(w.T.Context(), a.Now())
	if err != nil || len(unread) > 0 {
		w.T.Fatal(err, unread)
	}
	return ways
}

// Routes is what routes to a bot, as a new process sees it.
func (w *World) Routes(botSID string) account.Routes {
	w.T.Helper()
	a, _ := w.Process()
	return w.RoutesOf(a, botSID)
}

// RoutesOf is what routes to a bot, as a process sees it.
func (w *World) RoutesOf(a *account.Account, botSID string) account.Routes {
	w.T.Helper()
	routes, err := a.RoutesTo(w.T.Context(), botSID, a.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	return routes
}

// Ask writes to an address, or calls it, each time as another person: Twilio keeps the
// conversation that one is in where it was begun. One that this begins is closed again. It
// returns the SID of the bot or the hold that answers, and what it says.
func (w *World) Ask(to string, channel bot.Channel) (sid, said string) {
	w.T.Helper()
	from := fmt.Sprintf("+1500555%04d", w.people.Add(1))
	answer, err := w.Box.Inbound(sandbox.Inbound{To: to, From: from, Channel: string(channel), Body: "hello"})
	if err == nil && answer.Via == "address" {
		err = w.closeConversations()
	}
	if err != nil {
		w.T.Errorf("%s asks %s: %v", from, to, err)
		return "", ""
	}
	if answer.Bot != nil {
		sid = answer.Bot.SID
	}
	for _, each := range answer.Answers {
		said += each.Text
	}
	if !answer.Ended {
		said += " (and it goes on)"
	}
	return sid, said
}

// Answers are the SIDs of those who answered people, in turn.
type Answers struct {
	mu   sync.Mutex
	sids []string
}

// Ask is World.Ask, whose answer it keeps.
func (a *Answers) Ask(w *World, to string, channel bot.Channel) {
	sid, _ := w.Ask(to, channel)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sids = append(a.sids, cmp.Or(sid, "nobody"))
}

// Turns lists who answered, one after the other, and begins anew.
func (a *Answers) Turns() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	turns := slices.Compact(a.sids)
	a.sids = nil
	return turns
}

func (w *World) closeConversations() error {
	for _, way := range w.Ways() {
		if way.Kind != bot.ByConversation {
			continue
		}
		if err := w.Box.CloseConversation(way.SID); err != nil {
			return err
		}
	}
	return nil
}

// Publish publishes another definition of a flow, as a person does in the console.
func (w *World) Publish(flowSID string) {
	w.T.Helper()
	form := url.Values{"Status": {"published"}, "Definition": {string(Content(bot.Studio, 9).Flow.Source())}}
	w.added("", w.Client.Do(w.T.Context(), http.MethodPost, "https://studio.twilio.com/v2/Flows/"+flowSID, form, nil))
}
