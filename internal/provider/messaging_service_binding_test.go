package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	servicesBase = "https://messaging.twilio.com/v1/Services"
	deskBinding  = "twiliobot_messaging_service_binding.desk"
)

// addService adds a Messaging Service with numbers in it.
func (w *world) addService(fields string, phones ...string) (sid string) {
	w.t.Helper()
	members := strings.Join(phones, `", "`)
	if members != "" {
		members = `, "phone_numbers": ["` + members + `"]`
	}
	sid, err := w.box.AddMessagingService(`{"friendly_name": "Desk", ` + fields + members + `}`)
	if err != nil {
		w.t.Fatal(err)
	}
	return sid
}

const (
	deferring = `"use_inbound_webhook_on_number": true`
	answering = `"use_inbound_webhook_on_number": false`
)

func (w *world) pointService(sid string, form map[string]string) {
	w.t.Helper()
	w.call(http.MethodPost, servicesBase+"/"+sid, form)
}

func deskBlock(service, to string) block { return serviceBlock("desk", service, to) }

func serviceBlock(name, service, to string) block {
	return block{"twiliobot_messaging_service_binding." + name, func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"messaging_service_sid": str(service), "assistant_sid": refs["twiliobot_assistant."+to]}
	}}
}

// deskOf says what a Messaging Service does: the name of the bot that it leads to or the URL,
// and whether it defers.
func (b bench) deskOf(service string) string {
	b.w.t.Helper()
	var row map[string]any
	b.gate.ask(servicesBase+"/"+service, &row)
	to := field(row, "inbound_request_url")
	names, _ := b.gate.bots()
	if webhook, ok := (bot.Webhooks{}).Parse(to); ok {
		to = names[webhook.BotSID]
		to = to[strings.LastIndex(to, " ")+1:]
	}
	for _, application := range b.w.applications() {
		if url := field(application, "sms_url"); url != "" && url == to {
			to = field(application, "friendly_name")
		}
	}
	if row["use_inbound_webhook_on_number"] == true {
		to += ", defers"
	}
	return to
}

func (b bench) desk(what, service, want string) {
	b.w.t.Helper()
	if got := b.deskOf(service); got != want {
		b.w.t.Errorf("%s: the service answers with %q, want %q", what, got, want)
	}
}

// ownContent is a bot of an engine; one hosted elsewhere is at a URL of its own.
func ownContent(engine, name string) map[string]tftypes.Value {
	values := content(engine, name, 1)
	if engine != "application" {
		return values
	}
	return atURL(values, "https://bots.example.com/"+name)
}

func atURL(values map[string]tftypes.Value, url string) map[string]tftypes.Value {
	urls := map[string]tftypes.Value{}
	if err := values["webhooks"].As(&urls); err != nil {
		panic(err)
	}
	urls["messaging_url"] = str(url)
	values["webhooks"] = tftypes.NewValue(values["webhooks"].Type(), urls)
	return values
}

// ownOn is on with bots that have URLs of their own.
func ownOn(engines map[string]string, more ...block) []block {
	blocks := on(engines)
	for i, b := range blocks {
		name := strings.TrimPrefix(b.address, "twiliobot_assistant.")
		blocks[i] = botBlock(name, ownContent(engines[name], name))
	}
	return append(blocks, more...)
}

func (b bench) refused(what string, blocks []block, words ...string) {
	b.w.t.Helper()
	b.w.box.ClearJournal()
	_, err := b.run(turn{blocks: blocks})
	if err == nil || !inOrder(words...).MatchString(err.Error()) {
		b.w.t.Errorf("%s: it says: %v", what, err)
	}
	if writes := b.w.writes(); len(writes) > 0 {
		b.w.t.Errorf("%s: it writes %v", what, writes)
	}
}

func (b bench) warns(what string, words ...string) {
	b.w.t.Helper()
	if said := strings.Join(b.warnings, "\n"); !inOrder(words...).MatchString(said) {
		b.w.t.Errorf("%s: the plan warns: %s", what, said)
	}
}

// A service is bound, follows its bot, changes to another bot and to another service, and is
// freed.
func TestMessagingServiceIsBoundAndFreed(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		t := b.w.t
		one, other := b.w.addService(deferring), b.w.addService(answering)
		config := func(service, to string) []block { return ownOn(engines, deskBlock(service, to)) }
		b.done(turn{blocks: config(one, "texts")})
		b.desk("bound", one, "texts")
		if sid := b.identified(deskBinding, "messaging_service_sid"); sid != one {
			t.Errorf("its identity is %s", sid)
		}
		url := b.sid(deskBinding, "webhook_url")
		if engines["texts"] == "application" && url != "https://bots.example.com/texts" {
			t.Errorf("its webhook is %q", url)
		}

		b.w.box.ClearJournal()
		b.done(turn{blocks: config(one, "calls")})
		b.desk("of another bot", one, "calls")
		if writes := b.w.writes(); len(writes) != 1 {
			t.Errorf("a change of bot writes %v", writes)
		}

		b.w.box.ClearJournal()
		b.done(turn{blocks: config(other, "calls")})
		b.desk("moved", other, "calls")
		b.desk("left", one, ", defers")
		if writes := b.w.writes(); len(writes) != 2 || !inOrder(other, one).MatchString(strings.Join(writes, "\n")) {
			t.Errorf("a change of service writes %v", writes)
		}
		if sid := b.identified(deskBinding, "messaging_service_sid"); sid != other {
			t.Errorf("its identity is %s", sid)
		}

		b.done(turn{blocks: ownOn(engines)})
		b.desk("freed", other, ", defers")
	})
}

// A bot that is replaced takes its service along: it is written once, and the update of the
// binding finds it done.
func TestMessagingServiceFollowsItsBot(t *testing.T) {
	t.Parallel()
	engines := everyEngine
	for _, from := range engines {
		for _, to := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				service := b.w.addService(answering)
				b.done(turn{blocks: []block{botBlock("bot", ownContent(from, "bot")), deskBlock(service, "bot")}})
				b.w.box.ClearJournal()
				b.done(turn{blocks: []block{botBlock("bot", atName(to, "renamed", "bot")), deskBlock(service, "bot")}})
				b.desk("renamed", service, "renamed")
				writes := slices.DeleteFunc(b.w.writes(), func(write string) bool { return !strings.Contains(write, service) })
				if want := map[bool]int{false: 1, true: 0}[from == "application" && to == from]; len(writes) != want {
					t.Errorf("it writes %v", writes)
				}
				if sid := b.sid(deskBinding, "assistant_sid"); sid != b.sid("twiliobot_assistant.bot", "sid") {
					t.Errorf("the binding has %s", sid)
				}
			})
		}
	}
}

// atName is a bot under another name, with the URL that it has under its own.
func atName(engine, name, own string) map[string]tftypes.Value {
	values := ownContent(engine, name)
	if engine == "application" {
		values = atURL(values, "https://bots.example.com/"+own)
	}
	return values
}

// The URL of a bot hosted elsewhere changes: by this configuration, in one apply; by another
// client, shown by the next plan and put right.
func TestMessagingServiceFollowsTheURLOfItsBot(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	service := b.w.addService(answering)
	at := func(url string) []block {
		return []block{botBlock("bot", atURL(ownContent("application", "bot"), url)), deskBlock(service, "bot")}
	}
	b.done(turn{blocks: at("https://bots.example.com/one")})
	for _, url := range []string{"https://bots.example.com/two", "https://bots.example.com/two?token=secret", "https://bots.example.com/two?token=other"} {
		b.done(turn{blocks: at(url)})
		var row map[string]any
		b.gate.ask(servicesBase+"/"+service, &row)
		if got := field(row, "inbound_request_url"); got != url {
			t.Errorf("the service has %s, want %s", got, url)
		}
		if shown := b.sid(deskBinding, "webhook_url"); strings.Contains(shown, "token") || !strings.HasPrefix(shown, "https://bots.example.com/two") {
			t.Errorf("the state shows %s", shown)
		}
	}
	// By hand, with the configuration changed to the same.
	sid := b.sid("twiliobot_assistant.bot", "sid")
	b.w.call(http.MethodPost, apiBase+"/Applications/"+sid+".json", map[string]string{"SmsUrl": "https://bots.example.com/three"})
	intents, err := b.intend(turn{blocks: at("https://bots.example.com/three")})
	if err != nil || intents[deskBinding].action != actUpdate || intents["twiliobot_assistant.bot"].action != actNone {
		t.Errorf("Terraform does %v: %v", intents, err)
	}
	b.done(turn{blocks: at("https://bots.example.com/three")})
	b.desk("by hand", service, "bot")
	// Its method.
	b.w.call(http.MethodPost, apiBase+"/Applications/"+sid+".json", map[string]string{"SmsMethod": "GET"})
	values := atURL(ownContent("application", "bot"), "https://bots.example.com/three")
	urls := map[string]tftypes.Value{}
	if err := values["webhooks"].As(&urls); err != nil {
		t.Fatal(err)
	}
	urls["messaging_method"] = str("GET")
	values["webhooks"] = tftypes.NewValue(values["webhooks"].Type(), urls)
	b.done(turn{blocks: []block{botBlock("bot", values), deskBlock(service, "bot")}})
	var row map[string]any
	b.gate.ask(servicesBase+"/"+service, &row)
	if field(row, "inbound_method") != "GET" {
		t.Errorf("the service is %v", row)
	}
	// A bot without a URL for messages is refused.
	b.refused("without a URL", []block{botBlock("bot", atURL(ownContent("application", "bot"), "")), deskBlock(service, "bot")}, "")
}

// What is another's is a conflict at plan, named, and taken with overwrite alone.
func TestMessagingServiceThatIsAnothersIsAConflict(t *testing.T) {
	t.Parallel()
	const theirs = "https://theirs.example.com/inbound"
	overwrite := tftypes.NewValue(tftypes.Bool, true)
	for _, engine := range everyEngine {
		for name, each := range map[string]struct {
			fields string
			words  []string
		}{
			"another URL":                {answering + `, "inbound_request_url": "` + theirs + `?token=secret"`, []string{"already answers elsewhere", "Desk", theirs, "overwrite = true"}},
			"another URL, which is idle": {deferring + `, "inbound_request_url": "` + theirs + `"`, []string{"has another's inbound URL", "Desk", "does not use", theirs, "overwrite = true"}},
			"a bot that is gone":         {answering + `, "inbound_request_url": "` + bot.Webhooks{}.URL(bot.Webhook{AccountSID: sandbox.StarterAccountSID, BotSID: "FW0123456789abcdef0123456789abcdef"}) + `"`, []string{"already answers elsewhere", "no longer exists"}},
		} {
			b := newBench(t)
			service := b.w.addService(each.fields)
			blocks := ownOn(map[string]string{"bot": engine}, deskBlock(service, "bot"))
			b.done(turn{blocks: blocks[:1]})
			b.refused(engine+", "+name, blocks, each.words...)
			blocks[1] = blocks[1].with("overwrite", overwrite)
			b.done(turn{blocks: blocks})
			b.desk(name, service, "bot")
			b.close()
		}
		for name, fields := range map[string]string{
			"free": deferring, "receiving nothing": answering,
			"Twilio's placeholder": answering + `, "inbound_request_url": "https://demo.twilio.com/welcome/sms/reply"`,
		} {
			b := newBench(t)
			service := b.w.addService(fields)
			b.done(turn{blocks: ownOn(map[string]string{"bot": engine}, deskBlock(service, "bot"))})
			b.desk(name, service, "bot")
			b.close()
		}
	}
}

// The plan that takes a service over says so, and names no secret.
func TestMessagingServiceTakeoverIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	service := b.w.addService(answering + `, "inbound_request_url": "https://theirs.example.com/inbound?token=secret"`)
	blocks := ownOn(map[string]string{"bot": "studio"}, deskBlock(service, "bot").with("overwrite", tftypes.NewValue(tftypes.Bool, true)))
	if _, err := b.run(turn{blocks: blocks}); err != nil {
		t.Fatal(err)
	}
	b.warns("taken", "A Messaging Service will be taken over", "https://theirs.example.com/inbound", "the new bot", "A Messaging Service was taken over", "https://theirs.example.com/inbound")
	if strings.Contains(strings.Join(b.warnings, ""), "secret") {
		t.Errorf("it says a secret: %s", b.warnings)
	}
}

// A service that deferred: the numbers in it that answered by webhooks of their own are named.
func TestNumbersThatTheirServiceOverridesAreNamed(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		service := b.w.addService(deferring, ukNumber, otherNumber, usNumber)
		b.w.setNumber(usNumber, map[string]string{"SmsUrl": "https://theirs.example.com/sms"})
		blocks := ownOn(map[string]string{"bot": engine}, bindingBlock(ukNumber, "bot"))
		b.done(turn{blocks: blocks})
		blocks = append(blocks, deskBlock(service, "bot"))
		if _, err := b.run(turn{blocks: blocks}); err != nil {
			t.Fatal(err)
		}
		b.warns(engine, "will stop answering messages by their own webhooks", "Desk", usNumber, "https://theirs.example.com/sms")
		for _, warning := range b.warnings {
			if strings.Contains(warning, "own webhooks") && (strings.Contains(warning, ukNumber) || strings.Contains(warning, otherNumber)) {
				t.Errorf("%s: it names a number that loses nothing: %s", engine, warning)
			}
		}
		if err := b.settled(blocks); err != nil {
			t.Error(err)
		}
		if len(b.warnings) > 0 {
			t.Errorf("once it is bound, the plan warns: %v", b.warnings)
		}
		b.close()
	}
}

// A number that its service overrides says so in every plan, and names the resource that
// binds the service; where the service leads to the same bot, nothing is wrong.
func TestNumberInAServiceThatIsAnothers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	service := b.w.addService(answering+`, "inbound_request_url": "https://theirs.example.com/inbound"`, ukNumber)
	blocks := ownOn(map[string]string{"bot": "studio"}, bindingBlock(ukNumber, "bot"))
	for range 2 {
		b.done(turn{blocks: blocks})
		b.warns("overridden", "A Messaging Service answers in the number's place", ukNumber, "Desk", "twiliobot_messaging_service_binding", service)
	}
	blocks = append(blocks, deskBlock(service, "bot").with("overwrite", tftypes.NewValue(tftypes.Bool, true)))
	b.done(turn{blocks: blocks})
	if err := b.settled(blocks); err != nil || len(b.warnings) > 0 {
		t.Errorf("once the service leads to the bot: %v %v", err, b.warnings)
	}
	for _, state := range []string{"answers", "is suspended"} {
		blocks[0] = botBlock("bot", atName("studio", "renamed as it "+state, "bot"))
		if _, err := b.plan(blocks, true); err != nil {
			t.Fatal(err)
		}
		for _, warning := range b.warnings {
			if strings.Contains(warning, "in the number's place") {
				t.Errorf("the bot %s and is renamed, with its service: %s", state, warning)
			}
		}
		if state == "answers" {
			blocks = append(blocks, suspends("bot"))
			b.done(turn{blocks: blocks})
		}
	}
}

// What another client changes is shown by the next plan. What is nobody's is put right; what
// is another's by now is refused at apply, and left alone by a removal.
func TestOutsideChangesOfAMessagingService(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		service := b.w.addService(answering)
		blocks := ownOn(map[string]string{"bot": engine}, deskBlock(service, "bot"))
		b.done(turn{blocks: blocks})
		for name, form := range map[string]map[string]string{
			"defers": {"UseInboundWebhookOnNumber": "true"}, "cleared": {"InboundRequestUrl": ""}, "freed": {"InboundRequestUrl": "", "UseInboundWebhookOnNumber": "true"},
		} {
			b.w.pointService(service, form)
			intents, err := b.intend(turn{blocks: blocks})
			if err != nil || intents[deskBinding].action != actUpdate {
				t.Errorf("%s, %s: Terraform does %v: %v", engine, name, intents[deskBinding].action, err)
			}
			b.done(turn{blocks: blocks})
			b.desk(engine+", "+name, service, "bot")
		}
		const theirs = "https://theirs.example.com/inbound"
		b.w.pointService(service, map[string]string{"InboundRequestUrl": theirs})
		b.refused("re-pointed", blocks, "re-pointed since the last apply", "bot", theirs, "overwrite = true")
		b.warns("re-pointed", "re-pointed since the last apply", theirs)
		if _, err := b.run(turn{blocks: blocks[:1]}); err != nil {
			t.Error(err)
		}
		b.desk("removed", service, theirs)
		b.warns("removed", "A Messaging Service was left as it is", theirs)
		b.close()
	}
}

// What another client changes between the plan and its apply stops the apply.
func TestMessagingServiceChangedAfterThePlanStopsTheApply(t *testing.T) {
	t.Parallel()
	const theirs = "https://theirs.example.com/inbound"
	for _, engine := range everyEngine {
		for name, form := range map[string]map[string]string{"another URL": {"InboundRequestUrl": theirs, "UseInboundWebhookOnNumber": "false"}, "defers": {"UseInboundWebhookOnNumber": "true"}} {
			b := newBench(t)
			service := b.w.addService(answering)
			engines := map[string]string{"texts": engine, "calls": "studio"}
			config := func(to string) []block {
				return ownOn(engines, deskBlock(service, to).with("overwrite", tftypes.NewValue(tftypes.Bool, true)))
			}
			b.done(turn{blocks: config("texts")})
			before := b.deskOf(service)
			b.between = func() { b.w.pointService(service, form) }
			err := b.apply(config("calls"), true)
			if err == nil || !strings.Contains(err.Error(), "changed since the plan") {
				t.Errorf("%s, %s: it says: %v", engine, name, err)
			}
			if want := map[string]string{"another URL": theirs, "defers": before + ", defers"}[name]; b.deskOf(service) != want {
				t.Errorf("%s, %s: the service answers with %s", engine, name, b.deskOf(service))
			}
			b.close()
		}
	}
}

// A service that is deleted is planned anew, and refused.
func TestDeletedMessagingServiceIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	service := b.w.addService(answering)
	blocks := ownOn(map[string]string{"bot": "studio"}, deskBlock(service, "bot"))
	b.done(turn{blocks: blocks})
	b.w.call(http.MethodDelete, servicesBase+"/"+service, nil)
	b.refused("deleted", blocks, "There is no such Messaging Service", service)
	b.done(turn{blocks: nil})
}

// Two resources for one service are refused at plan, whichever is planned first.
func TestDuplicateOfAServiceBindingIsRefused(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, first := range [][]string{nil, {"twiliobot_assistant.bot", "twiliobot_messaging_service_binding.more"}} {
			b := newBench(t)
			service := b.w.addService(answering)
			engines := map[string]string{"bot": engine}
			b.done(turn{blocks: ownOn(engines, deskBlock(service, "bot"))})
			b.w.box.ClearJournal()
			_, err := b.run(turn{blocks: ownOn(engines, deskBlock(service, "bot"), serviceBlock("more", service, "bot")), first: first})
			if err == nil || !inOrder("Another binding has this Messaging Service", "Desk").MatchString(err.Error()) || len(b.w.writes()) > 0 {
				t.Errorf("%s, %v first: %v", engine, first, err)
			}
			b.close()
		}
	}
}

// Two bindings of one service in a state, as an import can make them: removing one leaves
// the service to the other, and removing both frees it.
func TestRemovingOneOfTwoServiceBindings(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"desk", "more"} {
		for _, keptFirst := range []bool{false, true} {
			for _, last := range []bool{false, true} {
				b := newBench(t)
				service := b.w.addService(answering)
				engines := map[string]string{"bot": "application"}
				b.done(turn{blocks: ownOn(engines, deskBlock(service, "bot"))})
				had := b.states[deskBinding]
				had.order = 9
				b.states["twiliobot_messaging_service_binding.more"] = had
				after := turn{blocks: ownOn(engines, serviceBlock(kept, service, "bot")), deletesLast: last}
				if keptFirst {
					after.first = []string{"twiliobot_assistant.bot", "twiliobot_messaging_service_binding." + kept}
				}
				if _, err := b.run(after); err != nil {
					t.Fatal(err)
				}
				b.desk(fmt.Sprintf("%s is kept, planned first %v, the other deleted last %v", kept, keptFirst, last), service, "bot")
				if err := b.settled(after.blocks); err != nil {
					t.Error(err)
				}
				b.done(turn{blocks: ownOn(engines)})
				b.desk("both are removed", service, ", defers")
				b.close()
			}
		}
	}
}

// A for_each key that is renamed: one binding goes and another comes for the same service.
func TestServiceBindingUnderANewKey(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, newFirst := range []bool{false, true} {
			for _, last := range []bool{false, true} {
				b := newBench(t)
				service := b.w.addService(answering)
				engines := map[string]string{"bot": engine}
				b.done(turn{blocks: ownOn(engines, deskBlock(service, "bot"))})
				renamed := turn{blocks: ownOn(engines, serviceBlock("more", service, "bot")), deletesLast: last}
				if newFirst {
					renamed.first = []string{"twiliobot_assistant.bot", "twiliobot_messaging_service_binding.more"}
				}
				b.w.box.ClearJournal()
				b.done(renamed)
				b.desk(fmt.Sprintf("%s, planned first %v, deleted last %v", engine, newFirst, last), service, "bot")
				if writes := b.w.writes(); (newFirst || last) && len(writes) > 0 {
					t.Errorf("it writes %v", writes)
				}
				b.close()
			}
		}
	}
}

// Terraform's own ways of replacing a binding, alone and with its bot.
func TestReplacedServiceBindingKeepsItsService(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, way := range []string{"forced", "tainted"} {
			for _, createFirst := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, create first %v", engine, way, createFirst), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					defer b.close()
					service, second := b.w.addService(answering), b.w.addService(answering)
					engines := map[string]string{"bot": engine, "other": "application"}
					replaced := func(blocks []block) turn {
						t := turn{blocks: blocks}
						if way == "forced" {
							t.forced = []string{deskBinding}
						} else {
							t.tainted = []string{deskBinding}
						}
						if createFirst {
							t.createFirst = []string{deskBinding}
						}
						return t
					}
					b.done(turn{blocks: ownOn(engines, deskBlock(service, "bot"))})
					b.w.box.ClearJournal()
					if actions := b.done(replaced(ownOn(engines, deskBlock(service, "bot")))); actions[deskBinding] != actReplace {
						t.Errorf("Terraform does %v", actions)
					}
					if writes := b.w.writes(); len(writes) > 0 {
						t.Errorf("it writes %v", writes)
					}
					b.desk("replaced", service, "bot")

					renamed := ownOn(engines, deskBlock(service, "bot"))
					renamed[0] = botBlock("bot", atName(engine, "renamed", "bot"))
					b.done(replaced(renamed))
					b.desk("renamed", service, "renamed")
					b.done(replaced(ownOn(engines, deskBlock(service, "bot"))))
					b.desk("renamed back", service, "bot")

					other := ownOn(engines, deskBlock(service, "other"))
					if createFirst {
						if _, err := b.run(replaced(other)); err == nil || !strings.Contains(err.Error(), "create_before_destroy") {
							t.Errorf("another bot, created first: %v", err)
						}
						b.desk("refused", service, "bot")
						return
					}
					b.w.box.ClearJournal()
					b.done(replaced(other))
					b.desk("another bot", service, "other")
					if writes := b.w.writes(); len(writes) != 1 {
						t.Errorf("it writes %v", writes)
					}
					b.w.box.ClearJournal()
					b.done(replaced(ownOn(engines, deskBlock(second, "other"))))
					b.desk("moved", second, "other")
					b.desk("left", service, ", defers")
					if writes := strings.Join(b.w.writes(), "\n"); way == "forced" && !inOrder(second, service).MatchString(writes) {
						t.Errorf("written in the order %s", writes)
					}
				})
			}
		}
	}
}

// A bot and the binding of its service that Terraform replaces, each created first.
func TestBotAndServiceBindingThatTerraformReplaces(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application"} {
		for _, both := range []bool{false, true} {
			b := newBench(t)
			service := b.w.addService(answering)
			blocks := ownOn(map[string]string{"bot": engine}, deskBlock(service, "bot"))
			b.done(turn{blocks: blocks})
			old := b.sid("twiliobot_assistant.bot", "sid")
			forced := []string{"twiliobot_assistant.bot"}
			if both {
				forced = append(forced, deskBinding)
			}
			b.done(turn{blocks: blocks, forced: forced, createFirst: forced})
			b.desk(engine, service, "bot")
			if now := b.sid(deskBinding, "assistant_sid"); now == old || now != b.sid("twiliobot_assistant.bot", "sid") {
				t.Errorf("%s became %s", old, now)
			}
			b.close()
		}
	}
}

// A bot is removed and its service gets another in the same plan: the binding is replaced
// where the removal is planned first, and refused where it is not, or the next bot is not
// known.
func TestRemovedBotHandsItsServiceOver(t *testing.T) {
	t.Parallel()
	everyPair(t, func(b bench, engines map[string]string) {
		t := b.w.t
		service := b.w.addService(answering)
		b.done(turn{blocks: ownOn(engines, deskBlock(service, "calls"))})
		after := ownOn(map[string]string{"texts": engines["texts"]}, deskBlock(service, "texts"))
		_, err := b.run(turn{blocks: after, first: []string{"twiliobot_assistant.texts", deskBinding, "twiliobot_assistant.calls"}})
		if err == nil || !inOrder(service, "-target", "create_before_destroy").MatchString(err.Error()) {
			t.Errorf("planned before the removal: %v", err)
		}
		b.desk("refused", service, "calls")
		if actions := b.done(turn{blocks: after}); actions[deskBinding] != actReplace || actions["twiliobot_assistant.calls"] != actDelete {
			t.Errorf("Terraform does %v", actions)
		}
		b.desk("handed over", service, "texts")

		merged := ownOn(map[string]string{"merged": engines["texts"]}, deskBlock(service, "merged"))
		if _, err := b.run(turn{blocks: merged}); err == nil || !inOrder("removed before its Messaging Service", service, "`moved`", "two applies", "-target").MatchString(err.Error()) {
			t.Errorf("the next bot is not known: %v", err)
		}
		b.desk("refused", service, "texts")
	})
}

// Values that are unknown at plan: the service, the bot, both.
func TestServiceBindingOfWhatIsUnknownAtPlan(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, unknown := range [][]string{{"messaging_service_sid"}, {"assistant_sid"}, {"messaging_service_sid", "assistant_sid"}, {"overwrite"}} {
			b := newBench(t)
			one, other := b.w.addService(deferring), b.w.addService(answering)
			engines := map[string]string{"bot": engine, "second": "studio"}
			b.later = map[string][]string{deskBinding: unknown}
			for _, each := range []struct{ service, to string }{{one, "bot"}, {one, "bot"}, {one, "second"}, {other, "second"}, {one, "bot"}} {
				if err := b.apply(ownOn(engines, deskBlock(each.service, each.to)), true); err != nil {
					t.Fatalf("%s, %v: %v", engine, unknown, err)
				}
				b.desk(fmt.Sprint(engine, unknown), each.service, each.to)
			}
			b.desk("left", other, ", defers")
			b.later = nil
			if err := b.settled(b.blocks); err != nil {
				t.Error(err)
			}
			b.close()
		}
	}
}

// silenced checks that a service is pointed at the hold of a bot, that the state shows the bot
// and its own URL all the same, and that the next plan changes nothing and warns once.
func (b bench) silenced(what, service, name, url string, blocks []block) {
	b.w.t.Helper()
	sid := b.sid("twiliobot_assistant."+name, "sid")
	b.desk(what, service, sid)
	b.shows(what, name, url)
	if err := b.settled(blocks); err != nil {
		b.w.t.Errorf("%s: %v", what, err)
	}
	if said := strings.Join(b.warnings, "\n"); strings.Count(said, sid+") is suspended") != 1 || !inOrder(sid, "does not answer by", service).MatchString(said) {
		b.w.t.Errorf("%s: the plan warns: %s", what, said)
	}
}

// shows checks what the state of a binding has; an empty URL is any.
func (b bench) shows(what, name, url string) {
	b.w.t.Helper()
	if sid, shown := b.sid(deskBinding, "assistant_sid"), b.sid(deskBinding, "webhook_url"); sid != b.sid("twiliobot_assistant."+name, "sid") || url != "" && shown != url {
		b.w.t.Errorf("%s: the state has bot %s at %s, want %s", what, sid, shown, url)
	}
}

// A service that is bound to a suspended bot starts silenced, and answers once the bot is
// resumed; the state and the plans show the bot's own URL at every moment.
func TestServiceOfASuspendedBotStartsSilenced(t *testing.T) {
	t.Parallel()
	next := map[string]string{"studio": "application", "application": "autopilot", "autopilot": "studio"}
	for _, engine := range everyEngine {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			defer b.close()
			engines := map[string]string{"bot": engine, "second": next[engine]}
			service, other := b.w.addService(deferring, ukNumber), b.w.addService(answering)
			config := func(more ...block) []block {
				return ownOn(engines, append([]block{bindingBlock(otherNumber, "bot")}, more...)...)
			}
			live := config(deskBlock(service, "bot"))
			b.done(turn{blocks: live})
			own := b.sid(deskBinding, "webhook_url")
			b.done(turn{blocks: config()})

			b.done(turn{blocks: config(suspends("bot"), suspends("second"))})
			b.w.box.ClearJournal()
			held := config(suspends("bot"), suspends("second"), deskBlock(service, "bot"))
			b.done(turn{blocks: held})
			if writes := b.w.writes(); len(writes) != 1 || !strings.Contains(writes[0], service) {
				t.Errorf("it writes %v", writes)
			}
			b.silenced("bound", service, "bot", own, held)

			live = config(suspends("second"), deskBlock(service, "bot"))
			b.done(turn{blocks: live})
			b.desk("resumed", service, "bot")
			b.done(turn{blocks: held})
			b.silenced("suspended again", service, "bot", own, held)
			// Where the hold alone knows the service.
			delete(b.states, deskBinding)
			if err := b.imported(deskBinding, 7, service); err != nil {
				t.Fatal(err)
			}
			if actions := b.done(turn{blocks: held}); actions[deskBinding] != actNone {
				t.Errorf("imported, Terraform does %v", actions)
			}
			b.silenced("imported", service, "bot", "", held)

			held = config(suspends("bot"), suspends("second"), deskBlock(service, "second"))
			b.done(turn{blocks: held})
			b.silenced("of another suspended bot", service, "second", "", held)
			held = config(suspends("bot"), suspends("second"), deskBlock(other, "second"))
			b.done(turn{blocks: held})
			b.silenced("moved", other, "second", "", held)
			b.desk("left", service, ", defers")
			b.done(turn{blocks: config(suspends("bot"), suspends("second"))})
			b.desk("freed", other, ", defers")
			b.answersOn()
			b.done(turn{blocks: config()})
			b.desk("freed, then resumed", other, ", defers")
			b.answersOn(otherNumber + " sms")
		})
	}
}

// What a suspended bot cannot have is refused: a service that leads elsewhere, and any where the
// hold has no flow.
func TestServiceThatASuspensionWouldSilenceIsRefused(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		taken, free := b.w.addService(answering+`, "inbound_request_url": "https://theirs.example.com/inbound"`), b.w.addService(deferring, usNumber)
		b.w.setNumber(usNumber, map[string]string{"SmsUrl": "https://theirs.example.com/sms"})
		blocks := ownOn(map[string]string{"bot": engine}, suspends("bot"))
		b.done(turn{blocks: blocks})
		over := deskBlock(taken, "bot").with("overwrite", tftypes.NewValue(tftypes.Bool, true))
		b.refused(engine, append(blocks[:2:2], over), "would silence it", "theirs.example.com", "twiliobot_suspension")
		if _, err := b.run(turn{blocks: append(blocks[:2:2], deskBlock(free, "bot"))}); err != nil {
			t.Error(err)
		}
		b.warns(engine, "will stop answering messages by their own webhooks", "which is suspended", usNumber)
		b.close()

		b = newBench(t)
		if err := b.w.box.AddFault(sandbox.Fault{Host: "studio.twilio.com", Path: "/Flows", Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: 1000}); err != nil {
			t.Fatal(err)
		}
		free = b.w.addService(deferring)
		blocks = ownOn(map[string]string{"bot": engine}, suspends("bot"))
		if engine != "studio" {
			b.done(turn{blocks: blocks})
			b.refused(engine+", without flows", append(blocks, deskBlock(free, "bot")), "cannot be silenced", "no Studio flow", "reach no flows", "twiliobot_suspension")
		}
		b.close()
	}
}

// A person deletes the hold that a service is pointed at: what is applied next puts it right, with
// the suspension and without it.
func TestServiceWhoseHoldWasDeletedIsPutRight(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, what := range []string{"suspend again", "resume", "free", "rename", "without its suspension"} {
			t.Run(engine+", "+what, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				service := b.w.addService(deferring)
				engines := map[string]string{"bot": engine}
				b.done(turn{blocks: ownOn(engines, suspends("bot"))})
				held := ownOn(engines, suspends("bot"), deskBlock(service, "bot"))
				b.done(turn{blocks: held})
				for _, row := range b.w.applications() {
					if strings.HasPrefix(field(row, "friendly_name"), "suspended ") {
						b.w.call(http.MethodDelete, apiBase+"/Applications/"+field(row, "sid")+".json", nil)
					}
				}
				for _, row := range b.gate.rows(studioBase+"?PageSize=1000", "flows") {
					if strings.HasPrefix(field(row, "friendly_name"), "suspended ") {
						b.w.call(http.MethodDelete, studioBase+"/"+field(row, "sid"), nil)
					}
				}
				answers := ownOn(engines, deskBlock(service, "bot"))
				switch what {
				case "suspend again":
					if _, err := b.plan(held, true); err != nil {
						t.Error(err)
					}
					b.warns(what, "The hold of bot", "was deleted", "nothing answers there", service)
					b.applied(held...)
					b.silenced(what, service, "bot", "", held)
				case "resume":
					b.applied(answers...)
					b.desk(what, service, "bot")
				case "free":
					b.applied(held[:2]...)
					b.desk(what, service, ", defers")
				case "rename":
					held[0] = botBlock("bot", atName(engine, "renamed", "bot"))
					b.applied(held...)
					b.silenced(what, service, "bot", "", held)
				default:
					delete(b.states, "twiliobot_suspension.bot")
					b.applied(answers...)
					b.desk(what, service, "bot")
				}
			})
		}
	}
}

// An import by SID plans nothing, whatever spelling and method the service has; one that
// leads to no bot is refused.
func TestMessagingServiceIsImported(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		service := b.w.addService(answering)
		blocks := ownOn(map[string]string{"bot": engine}, deskBlock(service, "bot"))
		b.done(turn{blocks: blocks})
		if engine != "application" {
			b.w.pointService(service, map[string]string{"InboundMethod": "GET"})
		}
		delete(b.states, deskBinding)
		if err := b.imported(deskBinding, 5, service); err != nil {
			t.Fatal(err)
		}
		b.w.box.ClearJournal()
		if actions := b.done(turn{blocks: blocks}); actions[deskBinding] != actNone {
			t.Errorf("%s: Terraform does %v", engine, actions)
		}
		for name, form := range map[string]map[string]string{"defers": {"UseInboundWebhookOnNumber": "true"}, "https://theirs.example.com/": {"UseInboundWebhookOnNumber": "false", "InboundRequestUrl": "https://theirs.example.com/"}} {
			b.w.pointService(service, form)
			delete(b.states, deskBinding)
			if err := b.imported(deskBinding, 5, service); err != nil {
				t.Fatal(err)
			}
			if _, err := b.intend(turn{blocks: blocks}); err == nil || !inOrder("No bot answers for the Messaging Service", "Desk", name).MatchString(err.Error()) {
				t.Errorf("%s: the import says: %v", name, err)
			}
		}
		if err := b.imported(deskBinding, 5, "PN0123456789abcdef0123456789abcdef"); err == nil {
			t.Error("the SID of a number is imported")
		}
		b.close()
	}
}
