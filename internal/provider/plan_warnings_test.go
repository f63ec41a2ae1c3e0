package provider

import (
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
