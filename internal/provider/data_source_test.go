package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func TestDataSourcesSayWhoAnswersWhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	const depends = "depends_on = [twiliobot_phone_number_binding.front, twiliobot_assistant.clinic]"
	data := func(kind, name, filter string) string {
		return fmt.Sprintf("data %q %q {\n%s\n%s\n}\n", kind, name, filter, depends)
	}
	numbers := func(name string, phones ...string) statecheck.StateCheck {
		var checks []knownvalue.Check
		for _, phone := range phones {
			checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"phone_number": knownvalue.StringExact(phone)}))
		}
		return statecheck.ExpectKnownValue("data.twiliobot_phone_numbers."+name, tfjsonpath.New("phone_numbers"), knownvalue.ListExact(checks))
	}
	bots := func(name string, names ...string) statecheck.StateCheck {
		var checks []knownvalue.Check
		for _, each := range names {
			checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"unique_name": knownvalue.StringExact(each)}))
		}
		return statecheck.ExpectKnownValue("data.twiliobot_deployed_bots."+name, tfjsonpath.New("bots"), knownvalue.ListExact(checks))
	}
	// A dead number: its bot was deleted.
	gone := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "gone"})["sid"].(string)
	w.setNumber(otherNumber, map[string]string{"SmsApplicationSid": gone})
	w.call(http.MethodDelete, apiBase+"/Applications/"+gone+".json", nil)
	w.setNumber(usNumber, map[string]string{"VoiceUrl": "https://voice.example.com/"})
	w.run(resource.TestStep{
		Config: hosted("greeter") + assistant("clinic", sampleSchema(2)) + bound("front", "greeter", ukNumber) +
			data("twiliobot_phone_numbers", "all", "") + data("twiliobot_phone_numbers", "live", `status = "live"`) +
			data("twiliobot_phone_numbers", "dangling", `status = "dangling"`) + data("twiliobot_phone_numbers", "external", `status = "external"`) +
			data("twiliobot_phone_numbers", "one", `phone_number = "+1 202 555 0142"`) + data("twiliobot_phone_numbers", "labelled", `friendly_name = "greeter"`) +
			data("twiliobot_phone_numbers", "of", "assistant_sid = twiliobot_assistant.greeter.sid") + data("twiliobot_phone_numbers", "fax", `capability = "fax"`) +
			data("twiliobot_deployed_bots", "all", "") + data("twiliobot_deployed_bots", "idle", `status = "idle"`) +
			data("twiliobot_deployed_bots", "hosted", `engine = "application"`) + data("twiliobot_deployed_bots", "named", `name_regex = "^cl"`) +
			data("twiliobot_assistant", "clinic", `unique_name = "clinic"`) + data("twiliobot_assistant", "greeter", "sid = twiliobot_assistant.greeter.sid"),
		ConfigStateChecks: []statecheck.StateCheck{
			numbers("all", usNumber, ukNumber, otherNumber), numbers("live", ukNumber), numbers("dangling", otherNumber), numbers("external", usNumber),
			numbers("one", usNumber), numbers("labelled", ukNumber), numbers("of", ukNumber), numbers("fax"),
			bots("all", "clinic", "greeter"), bots("idle", "clinic"), bots("hosted", "greeter"), bots("named", "clinic"),
			statecheck.ExpectKnownValue("data.twiliobot_phone_numbers.live", tfjsonpath.New("phone_numbers").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"country": knownvalue.StringExact("GB"),
				"messaging": knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"kind": knownvalue.StringExact("bot"), "unique_name": knownvalue.StringExact("greeter"),
				}),
				"voice": knownvalue.ObjectPartial(map[string]knownvalue.Check{"kind": knownvalue.StringExact("none")}),
			})),
			statecheck.ExpectKnownValue("data.twiliobot_deployed_bots.named", tfjsonpath.New("bots").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"status": knownvalue.StringExact("idle"), "engine": knownvalue.StringExact("autopilot"), "built_at": knownvalue.NotNull(),
				"phone_numbers": knownvalue.ListSizeExact(0),
			})),
			statecheck.ExpectKnownValue("data.twiliobot_assistant.greeter", tfjsonpath.New("phone_numbers"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(ukNumber)})),
			statecheck.ExpectKnownValue("data.twiliobot_assistant.greeter", tfjsonpath.New("webhooks").AtMapKey("messaging_url"), knownvalue.StringExact("https://bots.example.com/greeter/messages")),
			statecheck.ExpectKnownValue("data.twiliobot_assistant.clinic", tfjsonpath.New("schema"), knownvalue.NotNull()),
		},
	})
}

func TestDataSourcesRefuseBadInput(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		config string
		words  []string
	}{
		"status":      {`data "twiliobot_phone_numbers" "x" { status = "busy" }`, []string{"status", "busy"}},
		"capability":  {`data "twiliobot_phone_numbers" "x" { capability = "video" }`, []string{"capability", "video"}},
		"number":      {`data "twiliobot_phone_numbers" "x" { phone_number = "12345" }`, []string{"Invalid phone number"}},
		"bot":         {`data "twiliobot_phone_numbers" "x" { assistant_sid = "PN1" }`, []string{"Invalid bot SID"}},
		"engine":      {`data "twiliobot_deployed_bots" "x" { engine = "lex" }`, []string{"engine", "lex"}},
		"regex":       {`data "twiliobot_deployed_bots" "x" { name_regex = "(" }`, []string{"Invalid regular expression"}},
		"missing bot": {`data "twiliobot_assistant" "x" { unique_name = "nobody" }`, []string{"There is no such bot", "nobody"}},
		"both ways":   {"data \"twiliobot_assistant\" \"x\" {\n unique_name = \"a\"\n sid = \"AP00000000000000000000000000000001\"\n}", []string{"sid"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).refused(each.config, each.words...)
		})
	}
}

// The account of the issue: ten numbers, four bots on two engines. Each kind of
// outside change is made by itself; the next plan shows it and nothing else, and
// the apply corrects it or says why it does not.
func TestTenNumbersFourBotsAndEveryOutsideChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	phones := []string{ukNumber, otherNumber, usNumber}
	for i := range 7 {
		phone := fmt.Sprintf("+1202555%04d", 150+i)
		w.own(phone)
		phones = append(phones, phone)
	}
	names := []string{"clinic", "greeter", "shop", "desk"}
	var config strings.Builder
	config.WriteString(assistant("clinic", sampleSchema(3)) + hosted("greeter") + assistant("shop", sampleSchema(2)) + hosted("desk"))
	all := map[string]plancheck.ResourceActionType{}
	for i, phone := range phones {
		config.WriteString(bound(fmt.Sprintf("n%d", i), names[i%4], phone, fmt.Sprintf("friendly_name = \"Line %d\"", i)))
		all[fmt.Sprintf("twiliobot_phone_number_binding.n%d", i)] = plancheck.ResourceActionNoop
	}
	for _, name := range names {
		all["twiliobot_assistant."+name] = plancheck.ResourceActionNoop
	}
	only := func(address string, hanging ...string) resource.ConfigPlanChecks {
		expected := map[string]plancheck.ResourceActionType{}
		for each, noop := range all {
			expected[each] = noop
		}
		for _, each := range append(hanging, address) {
			if each != "" {
				expected[each] = plancheck.ResourceActionUpdate
			}
		}
		return planned(expected)
	}
	applicationOf := func(name string) string { return w.applications()[name]["sid"].(string) }
	clinic := autopilotBase + "/Assistants/clinic"
	steps := []resource.TestStep{{Config: config.String()}}
	for _, each := range []struct {
		change  func()
		address string
		hanging []string // what changes with it
		says    []string // why the apply does not correct it
		repair  func()
	}{
		{change: func() { w.setNumber(phones[0], map[string]string{"SmsUrl": ""}) }, address: "twiliobot_phone_number_binding.n0"},
		{change: func() { w.setNumber(phones[1], map[string]string{"SmsApplicationSid": ""}) }, address: "twiliobot_phone_number_binding.n1"},
		{change: func() { w.setNumber(phones[4], map[string]string{"FriendlyName": "Theirs"}) }, address: "twiliobot_phone_number_binding.n4"},
		{change: func() { w.setNumber(phones[8], map[string]string{"SmsMethod": "GET"}) }}, // a method that works stays
		{change: func() { w.addSample("clinic", "task-01", "another") }, address: "twiliobot_assistant.clinic"},
		{change: func() {
			w.call(http.MethodPost, clinic+"/Tasks/task-02/Actions", map[string]string{"Actions": `{"actions":[{"say":"edited"}]}`})
		}, address: "twiliobot_assistant.clinic"},
		{change: func() { w.call(http.MethodPost, clinic, map[string]string{"UniqueName": "clinique"}) }, address: "twiliobot_assistant.clinic",
			// It is replaced under its own name, and its numbers move.
			hanging: []string{"twiliobot_phone_number_binding.n0", "twiliobot_phone_number_binding.n4", "twiliobot_phone_number_binding.n8"}},
		{change: func() {
			w.call(http.MethodPost, apiBase+"/Applications/"+applicationOf("desk")+".json", map[string]string{"SmsUrl": "https://theirs.example.com/"})
		}, address: "twiliobot_assistant.desk"},
		{change: func() {
			w.setNumber(phones[2], map[string]string{"SmsUrl": "https://theirs.example.com/"})
		}, address: "twiliobot_phone_number_binding.n2", says: []string{"re-pointed since the last apply", phones[2], "https://theirs.example.com/"},
			repair: func() { w.setNumber(phones[2], map[string]string{"SmsUrl": ""}) }},
		{change: func() {
			w.setNumber(phones[3], map[string]string{"SmsApplicationSid": applicationOf("greeter")})
		}, address: "twiliobot_phone_number_binding.n3", says: []string{"re-pointed since the last apply", phones[3], `bot "greeter"`},
			repair: func() { w.setNumber(phones[3], map[string]string{"SmsApplicationSid": applicationOf("desk")}) }},
		{change: func() {
			w.call(http.MethodDelete, apiBase+"/IncomingPhoneNumbers/"+w.number(phones[9])["sid"].(string)+".json", nil)
		}, address: "twiliobot_phone_number_binding.n9", says: []string{"does not own this phone number", phones[9]},
			repair: func() { w.own(phones[9]) }},
	} {
		if each.says != nil {
			steps = append(steps, resource.TestStep{PreConfig: each.change, Config: config.String(), ExpectError: inOrder(each.says...)})
			steps = append(steps, resource.TestStep{PreConfig: each.repair, Config: config.String()})
			continue
		}
		steps = append(steps, resource.TestStep{PreConfig: each.change, Config: config.String(), ConfigPlanChecks: only(each.address, each.hanging...)})
	}
	// A bot deleted by hand leaves its numbers without an answer: it is created again, and
	// they are pointed at the new one.
	deleted := map[string]plancheck.ResourceActionType{}
	for each, noop := range all {
		deleted[each] = noop
	}
	deleted["twiliobot_assistant.desk"] = plancheck.ResourceActionCreate
	for i := range phones {
		if names[i%4] == "desk" {
			deleted[fmt.Sprintf("twiliobot_phone_number_binding.n%d", i)] = plancheck.ResourceActionUpdate
		}
	}
	steps = append(steps, resource.TestStep{
		PreConfig: func() {
			w.call(http.MethodDelete, apiBase+"/Applications/"+applicationOf("desk")+".json", nil)
		},
		Config: config.String(), ConfigPlanChecks: planned(deleted),
		Check: resource.ComposeTestCheckFunc(w.answers(phones[3], "desk"), w.answers(phones[7], "desk"), func(*terraform.State) error {
			if !slices.Contains([]string{"Line 3"}, w.number(phones[3])["friendly_name"].(string)) {
				return fmt.Errorf("the label: %v", w.number(phones[3])["friendly_name"])
			}
			return nil
		}),
	})
	w.run(steps...)
}
