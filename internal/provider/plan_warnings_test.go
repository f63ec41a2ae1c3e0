package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func (b bench) warnsOf(what string) bool {
	return slices.ContainsFunc(b.warnings, func(warning string) bool { return strings.Contains(warning, what) })
}

func TestPlanSaysThatANumberIsLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	bot := botBlock("bot", content("application", "first", 1))
	b.applied(bot, bindingBlock(ukNumber, "bot"))
	if b.warnsOf("leaves") {
		t.Errorf("a binding that stays leaves a number: %q", b.warnings)
	}
	if _, err := b.plan([]block{bot, bindingBlock(otherNumber, "bot")}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("The binding leaves "+ukNumber, "Once "+otherNumber+" answers", "texts to "+ukNumber+" get no answer")
}

// In a diff, what another client changed looks the same as what the configuration changes.
func TestPlanSaysThatItTakesBackAChangeByHand(t *testing.T) {
	t.Parallel()
	const taken = "was changed since the last apply"
	b := newBench(t)
	bot := botBlock("bot", content("application", "first", 1))
	b.applied(bot)
	if _, err := b.plan([]block{botBlock("bot", content("application", "first", 2))}, true); err != nil || b.warnsOf(taken) {
		t.Errorf("a change of the configuration: %v, %q", err, b.warnings)
	}
	sid := b.sid("twiliobot_assistant.bot", "sid")
	b.w.call("POST", apiBase+"/Applications/"+sid+".json", map[string]string{"VoiceUrl": "https://other.example.com/"})
	if _, err := b.plan([]block{bot}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce(taken, sid, "bring it into the configuration")
	b.applied(bot)
	if _, err := b.plan([]block{bot}, true); err != nil || b.warnsOf(taken) {
		t.Errorf("after the apply: %v, %q", err, b.warnings)
	}
}

// An account may have hundreds of numbers: a warning names ten, and says once what they
// have in common.
func TestWarningsOfManyNumbersAreShort(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var phones []string
	for i := range 12 {
		phones = append(phones, fmt.Sprintf("+12125550%d", 201+i))
		b.w.own(phones[i])
		b.w.setNumber(phones[i], map[string]string{"SmsUrl": "https://theirs.example.com/sms"})
	}
	service := b.w.addService(deferring, phones...)
	bot := botBlock("bot", content("studio", "first", 1))
	b.applied(bot)
	if _, err := b.plan([]block{bot, deskBlock(service, "bot")}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("stop answering messages by their own webhooks", phones[9]+", and 2 more (https://theirs.example.com/sms). Calls")
	url := b.sid("twiliobot_assistant.bot", "messaging_webhook_url")
	for _, phone := range phones {
		b.w.setNumber(phone, map[string]string{"SmsUrl": url})
	}
	if _, err := b.plan([]block{bot, suspensionBlock()}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("will be suspended", phones[9]+", and 2 more: texts get no answer")
	b.applied(bot, suspensionBlock())
	if _, err := b.plan([]block{bot}, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("is suspended", phones[9]+", and 2 more.")
	b.warnsOnce("will be resumed", phones[9]+", and 2 more, as before.")
}
