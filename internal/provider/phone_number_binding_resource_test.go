package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// hosted is a bot hosted elsewhere.
func hosted(name string) string {
	return fmt.Sprintf(`
resource "twiliobot_assistant" %[1]q {
  unique_name = %[1]q
  webhooks = {
    messaging_url = "https://bots.example.com/%[1]s/messages"
    voice_url     = "https://bots.example.com/%[1]s/calls"
  }
}
`, name)
}

// bound is a number bound to a hosted bot; more is added to the block.
func bound(name, bot, phoneNumber string, more ...string) string {
	return fmt.Sprintf(`
resource "twiliobot_phone_number_binding" %q {
  phone_number  = %q
  assistant_sid = twiliobot_assistant.%s.sid
  %s
}
`, name, phoneNumber, bot, strings.Join(more, "\n  "))
}

// answers checks which bot answers messages on a number, at Twilio and by name.
func (w *world) answers(phoneNumber, bot string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		answer := w.knob("inbound", map[string]any{"to": phoneNumber, "from": "+447700900999", "channel": "messaging", "body": "hello"})
		found, _ := answer["bot"].(map[string]any)
		name := text(found["unique_name"])
		if name == "" {
			name = text(found["friendly_name"])
		}
		if name != bot {
			return fmt.Errorf("%s answers with %q, not with %q", phoneNumber, name, bot)
		}
		return nil
	}
}

func TestBindingPutsABotOnANumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "twiliobot_phone_number_binding.front"
	w.run(
		resource.TestStep{
			Config: hosted("greeter") + bound("front", "greeter", "+44 7447 735-023", `channels = ["messaging", "voice"]`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("account_sid"), knownvalue.StringExact(sandbox.StarterAccountSID)),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("friendly_name")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("phone_number"), knownvalue.StringExact("+44 7447 735-023")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("phone_number_sid"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("friendly_name"), knownvalue.StringExact("greeter")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("target_task"), knownvalue.Null()),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("webhook_urls"), knownvalue.MapSizeExact(0)),
			},
			Check: w.answers(ukNumber, "greeter"),
		},
		// The same number in another form is not a change.
		resource.TestStep{
			Config:           hosted("greeter") + bound("front", "greeter", ukNumber, `channels = ["messaging", "voice"]`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: ukNumber,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "phone_number_sid",
			ImportStateVerifyIgnore: []string{"phone_number"},
		},
		resource.TestStep{
			Config: hosted("greeter"),
			Check: func(*terraform.State) error {
				number := w.number(ukNumber)
				if number["sms_application_sid"] != "" || number["voice_application_sid"] != "" || number["friendly_name"] != "free" {
					return fmt.Errorf("the number was not freed: %v", number)
				}
				return nil
			},
		},
	)
}

func TestMovingTheBindingBindsTheNewNumberFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("greeter") + bound("front", "greeter", ukNumber), Check: w.answers(ukNumber, "greeter")},
		resource.TestStep{
			PreConfig:        w.box.ClearJournal,
			Config:           hosted("greeter") + bound("front", "greeter", otherNumber),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{"twiliobot_phone_number_binding.front": plancheck.ResourceActionUpdate}),
			Check: resource.ComposeTestCheckFunc(w.answers(otherNumber, "greeter"), w.answers(ukNumber, ""), func(*terraform.State) error {
				var order []string
				for _, write := range w.writes() {
					order = append(order, write[strings.LastIndex(write, "/")+1:])
				}
				first, second := w.number(otherNumber)["sid"].(string)+".json", w.number(ukNumber)["sid"].(string)+".json"
				if label := w.number(otherNumber)["friendly_name"]; label != "greeter" {
					return fmt.Errorf("the label was not set on the new number: %v", label)
				}
				if label := w.number(ukNumber)["friendly_name"]; label != "free" {
					return fmt.Errorf("the old number is labelled %v", label)
				}
				if len(order) != 2 || order[0] != first || order[1] != second {
					return fmt.Errorf("written in the order %v, not %s, %s", order, first, second)
				}
				return nil
			}),
		},
	)
}

func TestChangeOfBotIsOneWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both := hosted("first") + hosted("second")
	w.run(
		resource.TestStep{Config: both + bound("front", "first", ukNumber)},
		resource.TestStep{
			PreConfig: w.box.ClearJournal,
			Config:    both + bound("front", "second", ukNumber),
			Check: resource.ComposeTestCheckFunc(w.answers(ukNumber, "second"), func(*terraform.State) error {
				if writes := w.writes(); len(writes) != 1 {
					return fmt.Errorf("%d writes: %v", len(writes), writes)
				}
				if label := w.number(ukNumber)["friendly_name"]; label != "second" {
					return fmt.Errorf("the label did not change: %v", label)
				}
				return nil
			}),
		},
	)
}

func TestNumberThatAnswersElsewhereIsAConflictAtPlan(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]map[string]string{
		"https://other.example.com/sms": {"SmsUrl": "https://other.example.com/sms"},
	}
	for words, form := range elsewhere {
		w := newWorld(t)
		w.setNumber(ukNumber, form)
		config := hosted("greeter") + bound("front", "greeter", ukNumber)
		w.refused(config, "already answers elsewhere", ukNumber, words, "overwrite = true")
		w.run(resource.TestStep{
			Config: hosted("greeter") + bound("front", "greeter", ukNumber, "overwrite = true"),
			Check:  w.answers(ukNumber, "greeter"),
		})
	}
}

func TestConflictNamesTheBotThatAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	application := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "theirs"})
	w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": application["sid"].(string)})
	w.refused(hosted("greeter")+bound("front", "greeter", ukNumber), ukNumber, `bot "theirs"`, application["sid"].(string))
}

func TestSipTrunkIsAConflictForVoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const trunk = "TK0123456789abcdef0123456789abcdef"
	w.setNumber(ukNumber, map[string]string{"TrunkSid": trunk})
	w.refused(hosted("greeter")+bound("front", "greeter", ukNumber, `channels = ["voice"]`), "SIP trunk", trunk)
	w.run(resource.TestStep{
		Config: hosted("greeter") + bound("front", "greeter", ukNumber, `channels = ["voice"]`, "overwrite = true"),
		Check: func(*terraform.State) error {
			if n := w.number(ukNumber); n["trunk_sid"] != nil || n["voice_application_sid"] == "" {
				return fmt.Errorf("the trunk still answers: %v", n)
			}
			return nil
		},
	})
}

func TestBindingRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		config string
		words  []string
	}{
		"not E.164":           {bound("front", "greeter", "0207 946 0958"), []string{"Invalid phone number", "E.164"}},
		"impossible":          {bound("front", "greeter", "+1202555"), []string{"Invalid phone number", "too short"}},
		"not owned":           {bound("front", "greeter", "+12025550199"), []string{"does not own this phone number", "+12025550199"}},
		"bad channel":         {bound("front", "greeter", ukNumber, `channels = ["fax"]`), []string{"channels", "fax"}},
		"no channel":          {bound("front", "greeter", ukNumber, `channels = []`), []string{"channels", "at least 1"}},
		"bad number SID":      {bindingBy(`phone_number_sid = "PN123"`), []string{"Invalid SID", "PN123"}},
		"another SID":         {bindingBy(`phone_number_sid = "PN00000000000000000000000000000001"`, `phone_number = "+12025550142"`), []string{"does not own this phone number", "PN00000000000000000000000000000001"}},
		"neither":             {bindingBy(), []string{"At least one of these attributes", "phone_number"}},
		"not a bot":           {strings.Replace(bindingBy(`phone_number = "+12025550142"`), "AP0", "PN0", 1), []string{"Invalid bot SID", "PN00000000000000000000000000000001"}},
		"task of application": {bindingBy(`phone_number = "+12025550142"`, `target_task = "greeting"`), []string{"Only Autopilot has target tasks"}},
		"long label":          {bound("front", "greeter", ukNumber, `friendly_name = "`+strings.Repeat("x", 65)+`"`), []string{"friendly_name"}},
		"missing bot":         {bindingBy(`phone_number = "+12025550142"`), []string{"There is no such bot", "AP00000000000000000000000000000001"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.refused(hosted("greeter")+each.config, each.words...)
		})
	}
}

func TestNumberMayBeNamedInBothWays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sid, other := text(w.number(ukNumber)["sid"]), text(w.number(otherNumber)["sid"])
	both := func(sid string) string {
		return hosted("greeter") + bound("front", "greeter", "+44 7447 735023", fmt.Sprintf("phone_number_sid = %q", sid))
	}
	w.refused(both(other), "name two numbers", "+44 7447 735023", other, otherNumber)
	const later = `
resource "terraform_data" "sid" { input = %q }
`
	told := strings.ReplaceAll(both("told"), `"told"`, "terraform_data.sid.output")
	w.run(
		// A value known only after apply is refused before anything is written.
		resource.TestStep{Config: fmt.Sprintf(later, other) + told, ExpectError: inOrder("name two numbers", other)},
		resource.TestStep{Config: both(sid), Check: w.answers(ukNumber, "greeter")},
		resource.TestStep{Config: both(other), PlanOnly: true, ExpectError: inOrder("name two numbers", other)},
		resource.TestStep{Config: hosted("greeter") + bound("front", "greeter", ukNumber), PlanOnly: true},
	)
	if label := w.number(otherNumber)["friendly_name"]; label == "greeter" {
		t.Error("the number beside it was written")
	}
}

// bindingBy is a binding of a bot that is not in the configuration.
func bindingBy(attributes ...string) string {
	return fmt.Sprintf("resource \"twiliobot_phone_number_binding\" \"front\" {\n  assistant_sid = \"AP00000000000000000000000000000001\"\n  %s\n}\n", strings.Join(attributes, "\n  "))
}

func TestTwoBindingsOfOneNumberAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(hosted("greeter")+bound("one", "greeter", ukNumber)+bound("two", "greeter", "+44 7447735023"), "Another binding has this phone number", ukNumber)
}

func TestTwoBindingsShareANumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both := hosted("texts") + hosted("calls")
	texts, calls := bound("texts", "texts", ukNumber, `channels = ["messaging"]`), bound("calls", "calls", ukNumber, `channels = ["voice"]`)
	sides := func(texts, calls, label string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			sid := func(name string) string { return field(w.applications()[name], "sid") }
			n := w.number(ukNumber)
			if got, want := []string{field(n, "sms_application_sid"), field(n, "voice_application_sid")}, []string{sid(texts), sid(calls)}; got[0] != want[0] || got[1] != want[1] {
				return fmt.Errorf("the number is pointed at %v, not %v", got, want)
			}
			if label != "" && field(n, "friendly_name") != label {
				return fmt.Errorf("the label is %v", n["friendly_name"])
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{Config: both + texts + calls, Check: sides("texts", "calls", "")},
		resource.TestStep{
			ResourceName: "twiliobot_phone_number_binding.calls", ImportState: true, ImportStateId: ukNumber + ":voice",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "assistant_sid",
		},
		resource.TestStep{
			ResourceName: "twiliobot_phone_number_binding.calls", ImportState: true, ImportStateId: ukNumber,
			ExpectError: inOrder("Two bots answer on the phone number", ukNumber+":messaging", ukNumber+":voice"),
		},
		resource.TestStep{Config: both + calls, Check: sides("", "calls", "calls")},
		resource.TestStep{Config: both, Check: sides("", "", "free")},
	)
}

// Terraform's own ways of replacing a binding, in its own order.
func TestReplacedBindingFollowsItsBot(t *testing.T) {
	t.Parallel()
	for _, lifecycle := range []string{"", "create_before_destroy = true"} {
		t.Run(lifecycle, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := func(name string) string {
				return strings.Replace(hosted("greeter"), `unique_name = "greeter"`, fmt.Sprintf("unique_name = %q", name), 1) +
					bound("front", "greeter", ukNumber, "lifecycle {\n    replace_triggered_by = [twiliobot_assistant.greeter]\n    "+lifecycle+"\n  }")
			}
			w.run(
				resource.TestStep{Config: config("greeter"), Check: w.answers(ukNumber, "greeter")},
				resource.TestStep{
					Config:           config("renamed"),
					ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{"twiliobot_assistant.greeter": plancheck.ResourceActionUpdate}),
					Check:            w.answers(ukNumber, "renamed"),
				},
				resource.TestStep{Config: config("renamed"), PlanOnly: true},
				resource.TestStep{Config: config("renamed"), Taint: []string{"twiliobot_phone_number_binding.front"}, Check: w.answers(ukNumber, "renamed")},
			)
		})
	}
}

func TestRemovedBotsNumberGetsAnotherInOneApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("first") + hosted("second") + bound("front", "first", ukNumber), Check: w.answers(ukNumber, "first")},
		resource.TestStep{
			Config: hosted("second") + bound("front", "second", ukNumber),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{
				"twiliobot_assistant.first": plancheck.ResourceActionDestroy, "twiliobot_phone_number_binding.front": plancheck.ResourceActionReplace,
			}),
			Check: w.answers(ukNumber, "second"),
		},
	)
}

func TestOutsideChangesOfANumberAreSeenAndMended(t *testing.T) {
	t.Parallel()
	const address = "twiliobot_phone_number_binding.front"
	config := hosted("greeter") + bound("front", "greeter", ukNumber, `friendly_name = "Front desk"`)
	for name, each := range map[string]struct {
		change map[string]string
		check  plancheck.PlanCheck
	}{
		"cleared":       {map[string]string{"SmsApplicationSid": ""}, plancheck.ExpectKnownValue(address, tfjsonpath.New("assistant_sid"), knownvalue.NotNull())},
		"label changed": {map[string]string{"FriendlyName": "Mine"}, plancheck.ExpectKnownValue(address, tfjsonpath.New("friendly_name"), knownvalue.StringExact("Front desk"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: func() { w.setNumber(ukNumber, each.change) },
					Config:    config,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						plancheck.ExpectResourceAction("twiliobot_assistant.greeter", plancheck.ResourceActionNoop),
						each.check,
					}},
					Check: w.answers(ukNumber, "greeter"),
				},
			)
		})
	}
}

func TestNumberTakenBySomebodyElseIsNotTakenBackSilently(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := hosted("greeter") + bound("front", "greeter", ukNumber)
	refused := func(more ...string) resource.TestStep {
		return resource.TestStep{
			Config: hosted("greeter") + bound("front", "greeter", ukNumber, more...),
			ExpectError: inOrder(append([]string{"re-pointed since the last apply", ukNumber, `answered for bot "greeter"`, "was changed since", `bot "theirs"`, "overwrite = true", "take that out again"},
				map[bool]string{false: "remove this binding, which then frees nothing", true: "take messaging out of its `channels`"}[len(more) > 0])...),
		}
	}
	taken := refused()
	taken.PreConfig = func() {
		theirs := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "theirs"})["sid"].(string)
		w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": theirs})
	}
	w.run(
		resource.TestStep{Config: config},
		taken,
		refused(`channels = ["messaging", "voice"]`),
		resource.TestStep{
			Config: hosted("greeter") + bound("front", "greeter", ukNumber, "overwrite = true"),
			Check:  w.answers(ukNumber, "greeter"),
		},
		resource.TestStep{Config: config, Check: w.answers(ukNumber, "greeter")},
	)
}

func TestNumberTakenBySomebodyElseIsLeftToThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const theirs = "https://theirs.example.com/"
	w.run(
		resource.TestStep{Config: hosted("greeter") + bound("front", "greeter", ukNumber, `channels = ["messaging", "voice"]`)},
		resource.TestStep{
			PreConfig: func() {
				w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": "", "SmsUrl": theirs})
			},
			Config: hosted("greeter") + bound("front", "greeter", ukNumber, `channels = ["voice"]`),
			Check: func(*terraform.State) error {
				number := w.number(ukNumber)
				if number["sms_url"] != theirs || number["voice_application_sid"] != w.applications()["greeter"]["sid"] {
					return fmt.Errorf("not left unchanged: %v", number)
				}
				return nil
			},
		},
		// A channel that the binding never had is not drift.
		resource.TestStep{
			Config:   hosted("greeter") + bound("front", "greeter", ukNumber, `channels = ["messaging", "voice"]`),
			PlanOnly: true, ExpectError: inOrder("already answers elsewhere", ukNumber, theirs),
		},
	)
}

func TestDestroyLeavesANumberThatIsSomebodyElsesByNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("greeter") + bound("front", "greeter", ukNumber)},
		resource.TestStep{
			PreConfig: func() {
				w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": "", "SmsUrl": "https://other.example.com/sms"})
			},
			Config: hosted("greeter"),
			Check: func(*terraform.State) error {
				if url := w.number(ukNumber)["sms_url"]; url != "https://other.example.com/sms" {
					return fmt.Errorf("another client's webhook was overwritten: %v", url)
				}
				return nil
			},
		},
	)
}

func TestReleasedNumberIsPlannedAnewAndRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := hosted("greeter") + bound("front", "greeter", ukNumber)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.call(http.MethodDelete, apiBase+"/IncomingPhoneNumbers/"+w.number(ukNumber)["sid"].(string)+".json", nil)
			},
			Config: config, ExpectError: inOrder("does not own this phone number", ukNumber),
		},
		resource.TestStep{Config: hosted("greeter")},
	)
}
