package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// calling is a bot hosted elsewhere with just these webhooks.
func calling(uniqueName string, urls ...string) string {
	return fmt.Sprintf("resource \"twiliobot_assistant\" \"bot\" {\n  unique_name = %q\n  webhooks = {\n%s\n  }\n}\n", uniqueName, strings.Join(urls, "\n"))
}

const (
	messagingURL = `messaging_url = "https://bots.example.com/messages"`
	voiceURL     = `voice_url = "https://bots.example.com/calls"`
)

func TestNumberIsNotBoundToABotThatAnswersNothing(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		urls, channels []string
		words          []string
	}{
		"no URL at all": {nil, []string{"messaging", "voice"}, []string{"no `messaging_url` and no `voice_url`", "another bot"}},
		"no voice":      {[]string{messagingURL}, []string{"messaging", "voice"}, []string{"no `voice_url`", "leave `voice` out"}},
		"no messaging":  {[]string{voiceURL}, []string{"messaging"}, []string{"no `messaging_url`", "another bot"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			bot := calling("greeter", each.urls...)
			both := bot + bound("front", "bot", ukNumber, `channels = ["`+strings.Join(each.channels, `", "`)+`"]`)
			words := append([]string{"would answer nothing", ukNumber, `"greeter"`}, each.words...)
			before := w.number(ukNumber)
			w.run(
				// The same apply creates the bot.
				resource.TestStep{Config: both, ExpectError: inOrder(words...)},
				resource.TestStep{Config: both, PlanOnly: true, ExpectError: inOrder(words...)},
			)
			if diff := cmp.Diff(before, w.number(ukNumber)); diff != "" {
				t.Errorf("the number was written: %s", diff)
			}
		})
	}
}

func TestChannelIsAddedWithItsURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const both = `channels = ["messaging", "voice"]`
	w.run(
		resource.TestStep{Config: calling("greeter", messagingURL) + bound("front", "bot", ukNumber)},
		resource.TestStep{
			Config:   calling("greeter", messagingURL) + bound("front", "bot", ukNumber, both),
			PlanOnly: true, ExpectError: inOrder("would answer nothing", ukNumber, "`voice`", `"greeter"`, "no `voice_url`"),
		},
		resource.TestStep{Config: calling("greeter", messagingURL, voiceURL) + bound("front", "bot", ukNumber, both)},
	)
}

func TestURLThatNumbersNeedIsNotTakenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const both = `channels = ["messaging", "voice"]`
	whole := calling("greeter", messagingURL, voiceURL)
	silent := calling("greeter", messagingURL)
	refusal := inOrder(`"greeter"`, "answers voice on "+ukNumber, "takes its `voice_url` away")
	suspended := "resource \"twiliobot_suspension\" \"bot\" {\n  assistant_sid = twiliobot_assistant.bot.sid\n}\n"
	w.run(
		resource.TestStep{Config: whole + bound("front", "bot", ukNumber, both) + bound("back", "bot", otherNumber)},
		resource.TestStep{Config: silent + bound("front", "bot", ukNumber, both), PlanOnly: true, ExpectError: refusal},
		// In one apply with the binding, the URL might be removed first.
		resource.TestStep{Config: silent + bound("front", "bot", ukNumber), PlanOnly: true, ExpectError: refusal},
		// A replacement removes it as well.
		resource.TestStep{Config: calling("porter", messagingURL) + bound("front", "bot", ukNumber, both), PlanOnly: true, ExpectError: refusal},
		// And so would resuming, later.
		resource.TestStep{Config: whole + bound("front", "bot", ukNumber, both) + suspended},
		resource.TestStep{Config: silent + bound("front", "bot", ukNumber, both) + suspended, PlanOnly: true, ExpectError: refusal},
		resource.TestStep{Config: whole + bound("front", "bot", ukNumber)},
		resource.TestStep{Config: silent + bound("front", "bot", ukNumber)},
	)
}

// What was so before is not an effect of the configuration.
func TestImportedSilenceCanBePlanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sid := text(w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "greeter", "SmsUrl": "https://bots.example.com/messages"})["sid"])
	w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": sid, "VoiceApplicationSid": sid})
	imports := fmt.Sprintf(`
import {
  to = twiliobot_assistant.bot
  id = %q
}
import {
  to = twiliobot_phone_number_binding.front
  id = %q
}
`, sid, ukNumber)
	config := func(name, label string) string {
		return calling(name, messagingURL) + bound("front", "bot", ukNumber, `channels = ["messaging", "voice"]`, fmt.Sprintf("friendly_name = %q", label))
	}
	w.run(
		resource.TestStep{Config: imports + config("greeter", text(w.number(ukNumber)["friendly_name"]))},
		resource.TestStep{
			Config:           config("greeter", "Front desk"),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{"twiliobot_phone_number_binding.front": plancheck.ResourceActionUpdate}),
		},
		resource.TestStep{Config: config("porter", "Front desk"), Check: w.answers(ukNumber, "porter")},
	)
}
