package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const studioBase = "https://studio.twilio.com/v2/Flows"

// studioFlow is a bot on Studio; the document is its definition.
func studioFlow(name string, document any, more ...string) string {
	content, ok := document.(string)
	if !ok {
		content = marshal(document)
	}
	return fmt.Sprintf(`
resource "twiliobot_assistant" %[1]q {
  unique_name = %[1]q
  flow        = <<EOT
%[2]s
EOT
  %[3]s
}
`, name, strings.ReplaceAll(strings.ReplaceAll(content, "${", "$${"), "%{", "%%{"), strings.Join(more, "\n  "))
}

// echo is a small flow: it answers every message with one sentence.
func echo(says string) object {
	offset := func(x, y int) object { return object{"x": x, "y": y} }
	return object{
		"description": "Echo", "initial_state": "Trigger", "flags": object{"allow_concurrent_calls": true},
		"states": []any{
			object{"name": "Trigger", "type": "trigger", "properties": object{"offset": offset(0, 0)}, "transitions": []any{
				object{"event": "incomingMessage", "next": "answer"}, object{"event": "incomingCall"}, object{"event": "incomingRequest"},
			}},
			object{"name": "answer", "type": "send-message", "transitions": []any{object{"event": "sent"}, object{"event": "failed"}},
				"properties": object{"offset": offset(100, 200), "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": says}},
		},
	}
}

func stateOf(document object, i int) object { return document["states"].([]any)[i].(object) }

// flows lists the flows of the account by name.
func (w *world) flows() map[string]object {
	w.t.Helper()
	rows, _ := w.call(http.MethodGet, studioBase, nil)["flows"].([]any)
	found := map[string]object{}
	for _, row := range rows {
		each := row.(object)
		found[each["friendly_name"].(string)] = each
	}
	return found
}

// saves saves the flow "echo" in the console, as a draft or published.
func (w *world) saves(status string, document object, more ...string) {
	w.t.Helper()
	raw, err := json.Marshal(document)
	if err != nil {
		w.t.Fatal(err)
	}
	form := map[string]string{"Status": status, "Definition": string(raw)}
	for i := 0; i+1 < len(more); i += 2 {
		form[more[i]] = more[i+1]
	}
	w.call(http.MethodPost, studioBase+"/"+w.flows()["echo"]["sid"].(string), form)
}

func TestFlowIsPublishedChangedImportedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "twiliobot_assistant.echo"
	w.run(
		resource.TestStep{
			Config: studioFlow("echo", echo("Hello")) + bound("front", "echo", ukNumber, `channels = ["messaging", "voice"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("engine"), knownvalue.StringExact("studio")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("messaging_webhook_url"), knownvalue.NotNull()),
			},
			Check: w.answers(ukNumber, "echo"),
		},
		// Another form of the same flow: keys and states in another order, widgets moved.
		resource.TestStep{
			Config: studioFlow("echo", strings.ReplaceAll(marshal(edit(echo("Hello"), func(o object) {
				states := o["states"].([]any)
				states[0], states[1] = states[1], states[0]
				stateOf(o, 0)["properties"].(object)["offset"] = object{"x": 900, "y": -40}
			})), "\n", "\n\t")) + bound("front", "echo", ukNumber, `channels = ["messaging", "voice"]`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "echo", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(studioFlow("echo", echo("Hello"))),
		},
		resource.TestStep{
			PreConfig: w.box.ClearJournal,
			Config:    studioFlow("echo", echo("Goodbye")) + bound("front", "echo", ukNumber, `channels = ["messaging", "voice"]`),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{
				address: plancheck.ResourceActionUpdate, "twiliobot_phone_number_binding.front": plancheck.ResourceActionNoop,
			}),
			Check: func(*terraform.State) error {
				writes := 0
				for _, write := range w.writes() {
					if !strings.HasSuffix(write, "/Validate") {
						writes++
					}
				}
				if live := w.flows()["echo"]; writes != 1 || live["revision"] != 2.0 || live["status"] != "published" || live["commit_message"] != "twiliobot: updated" {
					return fmt.Errorf("%d writes: %v", writes, live)
				}
				return nil
			},
		},
	)
	if left := w.flows(); len(left) != 0 {
		t.Errorf("remaining: %v", left)
	}
}

func TestConsoleEditOfAFlowIsDriftAndACommitMessageIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "twiliobot_assistant.echo"
	w.run(
		resource.TestStep{Config: studioFlow("echo", echo("Hello"))},
		resource.TestStep{
			PreConfig:        func() { w.saves("published", echo("Hello"), "CommitMessage", "by hand") },
			Config:           studioFlow("echo", echo("Hello")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			PreConfig: func() { w.saves("published", echo("Edited by hand")) },
			Config:    studioFlow("echo", echo("Hello")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
			}},
		},
	)
}

func TestDraftIsLeftAloneAndNeverBuried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	draft := func(*terraform.State) error {
		if live := w.flows()["echo"]; live["status"] != "draft" || live["revision"] != 2.0 {
			return fmt.Errorf("the draft was replaced: %v", live)
		}
		return nil
	}
	w.run(
		resource.TestStep{Config: studioFlow("echo", echo("Hello"))},
		resource.TestStep{
			PreConfig:        func() { w.saves("draft", echo("A draft")) },
			Config:           studioFlow("echo", echo("Hello")),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			Check:            draft,
		},
		resource.TestStep{Config: studioFlow("echo", echo("Something else")), ExpectError: inOrder("A newer draft is not published", "revision 2")},
		resource.TestStep{
			Config:      strings.Replace(studioFlow("echo", echo("Hello"), `rename = "in_place"`), `unique_name = "echo"`, `unique_name = "other"`, 1),
			ExpectError: inOrder("A newer draft is not published"),
		},
		resource.TestStep{Config: studioFlow("echo", echo("Hello")), Check: draft},
		// Once the draft is published by hand and adopted, it is no longer an obstacle.
		resource.TestStep{
			PreConfig: func() { w.saves("published", echo("A draft")) },
			Config:    studioFlow("echo", echo("A draft")),
		},
	)
}

func TestFlowThatWasNeverPublishedIsNotImported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := marshal(echo("Hello"))
	w.call(http.MethodPost, studioBase, map[string]string{"FriendlyName": "echo", "Status": "draft", "Definition": raw})
	w.run(resource.TestStep{
		Config:       w.config(studioFlow("echo", echo("Hello"))),
		ResourceName: "twiliobot_assistant.echo", ImportState: true, ImportStateId: "echo", ExpectError: inOrder("The flow was never published"),
	})
}

func TestFlowsOfOneNameAreToldApartBySID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var sids []string
	for range 2 {
		made := w.call(http.MethodPost, studioBase, map[string]string{"FriendlyName": "echo", "Status": "published", "Definition": marshal(echo("Hello"))})
		sids = append(sids, made["sid"].(string))
	}
	w.refused(studioFlow("echo", echo("Something else")), "The bot's name is taken", "2 bots", "by its SID")
	w.run(
		resource.TestStep{Config: w.config(studioFlow("echo", echo("Hello"))), ResourceName: "twiliobot_assistant.echo", ImportState: true, ImportStateId: "echo",
			ExpectError: inOrder("Several bots have this name", "SID")},
	)
	for _, sid := range sids {
		w.run(resource.TestStep{
			ResourceName: "twiliobot_assistant.echo", ImportState: true, ImportStateId: sid, ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(studioFlow("echo", echo("Hello"))),
		})
	}
}

func TestNameIsUniqueAcrossEngines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "echo"})
	w.refused(studioFlow("echo", echo("Hello")), "The bot's name is taken", "application")
}

func TestBrokenFlowIsRefusedWithStateAndProperty(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		change func(object)
		words  []string
	}{
		"wrong type":       {func(o object) { stateOf(o, 1)["properties"].(object)["body"] = 1 }, []string{"/states/1/properties/body"}},
		"missing state":    {func(o object) { stateOf(o, 0)["transitions"].([]any)[0].(object)["next"] = "nobody" }, []string{"/states/0/transitions/0/next", "nobody"}},
		"no such initial":  {func(o object) { o["initial_state"] = "nobody" }, []string{"/initial_state"}},
		"two of one name":  {func(o object) { stateOf(o, 1)["name"] = "Trigger" }, []string{"/states/1"}},
		"unknown event":    {func(o object) { stateOf(o, 1)["transitions"].([]any)[0].(object)["event"] = "send" }, []string{"/states/1/transitions/0/event"}},
		"missing property": {func(o object) { delete(stateOf(o, 1)["properties"].(object), "from") }, []string{"/states/1", "from"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.refused(studioFlow("echo", edit(echo("Hello"), each.change)), append([]string{"Invalid flow definition"}, each.words...)...)
		})
	}
}

// What the provider's own rules accept is sent to Twilio's Validate endpoint at plan
// time.
func TestFlowThatOnlyTwilioRefusesIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unknown := edit(echo("Hello"), func(o object) { stateOf(o, 1)["properties"].(object)["colour"] = "red" })
	w.run(resource.TestStep{
		Config: studioFlow("echo", unknown), PlanOnly: true,
		ExpectError: inOrder("Twilio refuses the flow definition", "/states/1/properties"),
	})
	if left := w.flows(); len(left) != 0 {
		t.Errorf("a refused plan wrote: %v", left)
	}
}

func TestKeysInADefinitionReachNoLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const key = "sk-very-secret-key"
	withKey := edit(echo("Hello"), func(o object) {
		o["states"] = append(o["states"].([]any), object{
			"name": "ask", "type": "make-http-request", "transitions": []any{object{"event": "success"}, object{"event": "failed"}},
			"properties": object{"offset": object{"x": 0, "y": 0}, "method": "POST", "url": "https://api.example.com/?key=" + key},
		})
	})
	f := newFolder(t, w.config(strings.Replace(studioFlow("echo", "PLACEHOLDER"), "<<EOT\nPLACEHOLDER\nEOT", `sensitive(file("${path.module}/flow.json"))`, 1)), "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	f.write("flow.json", marshal(withKey))
	out := f.run("apply", "-input=false", "-auto-approve")
	f.write("flow.json", marshal(edit(withKey, func(o object) { stateOf(o, 2)["properties"].(object)["method"] = 1 })))
	refused, err := f.try("plan", "-input=false")
	if err == nil || !inOrder("Invalid flow definition", "/states/2/properties/method").MatchString(refused) {
		t.Errorf("the broken definition: %v\n%s", err, refused)
	}
	log, err := os.ReadFile(filepath.Join(f.path, "trace.log"))
	if err != nil || len(log) < 10_000 {
		t.Fatalf("%d bytes of log: %v", len(log), err)
	}
	for where, text := range map[string]string{"the log": string(log), "the output": out, "the error": refused} {
		if strings.Contains(text, key) {
			t.Errorf("%s holds the key", where)
		}
	}
}

// Twilio does not document whether setting an application clears the URL beside it: it is
// read back, not assumed.
func TestNumberMovesBetweenEnginesInOneWrite(t *testing.T) {
	t.Parallel()
	for _, clears := range []bool{false, true} {
		t.Run(fmt.Sprintf("application clears URL: %v", clears), func(t *testing.T) {
			t.Parallel()
			moveBetweenEngines(newWorld(t, sandbox.WithSettings(sandbox.Settings{ModelBuildMS: 1, ApplicationClearsURL: clears})))
		})
	}
}

func moveBetweenEngines(w *world) {
	bots := assistant("clinic", sampleSchema(1)) + studioFlow("echo", echo("Hello")) + hosted("greeter")
	steps := []resource.TestStep{}
	for i, name := range []string{"clinic", "echo", "greeter", "echo"} {
		steps = append(steps, resource.TestStep{
			PreConfig: w.box.ClearJournal,
			Config:    bots + bound("front", name, ukNumber),
			Check: resource.ComposeTestCheckFunc(w.answers(ukNumber, name), func(*terraform.State) error {
				numberWrites := 0
				for _, write := range w.writes() {
					if strings.Contains(write, "/IncomingPhoneNumbers/") {
						numberWrites++
					}
				}
				n := w.number(ukNumber)
				if numberWrites != 1 || (n["sms_url"] != "") == (n["sms_application_sid"] != "") || n["friendly_name"] != name {
					return fmt.Errorf("step %d: %d writes: %v", i, numberWrites, n)
				}
				return nil
			}),
		})
	}
	w.run(steps...)
}

func TestStatusCallbackThatStudioSetsIsNoDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var before any
	w.run(
		resource.TestStep{Config: studioFlow("echo", echo("Hello")) + bound("front", "echo", ukNumber), Check: func(*terraform.State) error {
			if before = w.number(ukNumber)["status_callback"]; before == "" {
				return fmt.Errorf("the sandbox's Studio sets no status callback: nothing is tested")
			}
			return nil
		}},
		resource.TestStep{Config: studioFlow("echo", echo("Bye")) + bound("front", "echo", ukNumber, `friendly_name = "Front"`), Check: func(*terraform.State) error {
			if now := w.number(ukNumber)["status_callback"]; now != before {
				return fmt.Errorf("the status callback was overwritten: %v", now)
			}
			return nil
		}},
	)
}

func TestStaleReadsOfStudioNeverFailAnApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.WithSettings(sandbox.Settings{StudioSettings: sandbox.StudioSettings{StudioReadLagMS: 2000}}))
	w.run(
		resource.TestStep{Config: studioFlow("echo", echo("Hello")) + bound("front", "echo", ukNumber), Check: w.answers(ukNumber, "echo")},
		resource.TestStep{Config: studioFlow("echo", echo("Bye")) + bound("front", "echo", ukNumber)},
		resource.TestStep{
			ResourceName: "twiliobot_assistant.echo", ImportState: true, ImportStateId: "echo", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(studioFlow("echo", echo("Bye"))),
		},
		resource.TestStep{Config: hosted("other")},
	)
}

func TestMessagingServiceThatOverridesIsSaidAndShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	service := w.knob("messaging_services", object{
		"friendly_name": "Campaigns", "inbound_request_url": "https://campaigns.example.com/", "phone_numbers": []string{ukNumber},
	})["sid"].(string)
	const address = "data.twiliobot_phone_numbers.one"
	config := studioFlow("echo", echo("Hello")) + bound("front", "echo", ukNumber) + fmt.Sprintf(`
data "twiliobot_phone_numbers" "one" {
  phone_number = %q
  depends_on   = [twiliobot_phone_number_binding.front]
}`, ukNumber)
	w.run(resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
		statecheck.ExpectKnownValue(address, tfjsonpath.New("phone_numbers").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"messaging_service_sid": knownvalue.StringExact(service),
			"status":                knownvalue.StringExact("external"),
			"messaging": knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"kind": knownvalue.StringExact("external"), "url": knownvalue.StringExact("https://campaigns.example.com/"),
			}),
		})),
	}})
	f := newFolder(t, w.config(hosted("other"), bound("front", "other", otherNumber)))
	w.knob("messaging_services", object{"friendly_name": "Silent", "phone_numbers": []string{otherNumber}})
	if out := f.run("plan", "-input=false"); !inOrder("A Messaging Service answers in the number's place", otherNumber, "Silent").MatchString(out) {
		t.Errorf("the plan does not warn:\n%s", out)
	}
}

func TestRealFlowsAreAppliedAndImported(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, file := range sharedFiles(t, "flows") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := flow.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		var fault string
		for _, found := range flow.Validate(parsed) {
			if found.Severity == flow.Error && fault == "" {
				fault = string(found.Pointer)
				refused++
			}
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := studioFlow("bot", string(content))
			if fault != "" {
				w.refused(config, "Invalid flow definition", fault)
				return
			}
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{
					ResourceName: "twiliobot_assistant.bot", ImportState: true, ImportStateId: "bot", ImportStateKind: resource.ImportBlockWithID,
					Config: w.config(config),
				},
			)
		})
	}
	if refused != 1 {
		t.Errorf("%d of the files are refused; Twilio would refuse one", refused)
	}
}

func TestAutopilotIsOffOnLivingTwilio(t *testing.T) {
	t.Parallel()
	f := newFolder(t, fmt.Sprintf("provider \"twiliobot\" {\n  account_sid = %q\n  auth_token  = %q\n}\n", sandbox.StarterAccountSID, sandbox.StarterAuthToken)+
		strings.ReplaceAll(assistant("clinic", sampleSchema(1)), "task-00", "greeting"))
	out, err := f.try("plan", "-input=false")
	if err == nil || !inOrder("The engine is not available", "2023-08-25", `engine = "studio"`, "autopilot_url").MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}
}

// One account with twelve numbers and two bots on each engine. Each kind of outside
// change on each engine, by itself: the next plan shows it and nothing else, and
// the apply corrects it or says why it does not.
func TestTwelveNumbersTwoBotsOnEachEngine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	phones := []string{ukNumber, otherNumber, usNumber}
	for i := range 9 {
		phones = append(phones, fmt.Sprintf("+1202555%04d", 150+i))
		w.own(phones[len(phones)-1])
	}
	names := []string{"clinic", "echo", "greeter", "shop", "menu", "desk"}
	var config strings.Builder
	config.WriteString(assistant("clinic", sampleSchema(2)) + studioFlow("echo", echo("Hello")) + hosted("greeter") +
		assistant("shop", sampleSchema(1)) + studioFlow("menu", echo("Menu")) + hosted("desk"))
	all := map[string]plancheck.ResourceActionType{}
	for i, phone := range phones {
		channels := `channels = ["messaging"]`
		if i >= 6 {
			channels = `channels = ["messaging", "voice"]`
		}
		config.WriteString(bound(fmt.Sprintf("n%d", i), names[i%6], phone, channels, fmt.Sprintf("friendly_name = \"Line %d\"", i)))
		all[fmt.Sprintf("twiliobot_phone_number_binding.n%d", i)] = plancheck.ResourceActionNoop
	}
	for _, name := range names {
		all["twiliobot_assistant."+name] = plancheck.ResourceActionNoop
	}
	only := func(changes map[string]plancheck.ResourceActionType) resource.ConfigPlanChecks {
		expected := map[string]plancheck.ResourceActionType{}
		for each, noop := range all {
			expected[each] = noop
		}
		for each, action := range changes {
			expected[each] = action
		}
		return planned(expected)
	}
	applicationOf := func(name string) string { return w.applications()[name]["sid"].(string) }
	flowOf := func(name string) string { return studioBase + "/" + w.flows()[name]["sid"].(string) }
	binding := func(i int) map[string]plancheck.ResourceActionType {
		return map[string]plancheck.ResourceActionType{fmt.Sprintf("twiliobot_phone_number_binding.n%d", i): plancheck.ResourceActionUpdate}
	}
	bot := func(name string) map[string]plancheck.ResourceActionType {
		return map[string]plancheck.ResourceActionType{"twiliobot_assistant." + name: plancheck.ResourceActionUpdate}
	}
	steps := []resource.TestStep{{Config: config.String()}}
	for _, each := range []struct {
		change func()
		shows  map[string]plancheck.ResourceActionType
		says   []string // why the apply does not correct it
		repair func()
	}{
		// A number's webhook cleared, its label changed; a method that works stays.
		{change: func() { w.setNumber(phones[0], map[string]string{"SmsUrl": ""}) }, shows: binding(0)},
		{change: func() { w.setNumber(phones[1], map[string]string{"SmsUrl": ""}) }, shows: binding(1)},
		{change: func() { w.setNumber(phones[2], map[string]string{"SmsApplicationSid": ""}) }, shows: binding(2)},
		{change: func() { w.setNumber(phones[7], map[string]string{"VoiceUrl": ""}) }, shows: binding(7)},
		{change: func() { w.setNumber(phones[8], map[string]string{"VoiceApplicationSid": ""}) }, shows: binding(8)},
		{change: func() { w.setNumber(phones[4], map[string]string{"FriendlyName": "Theirs"}) }, shows: binding(4)},
		{change: func() { w.setNumber(phones[10], map[string]string{"SmsMethod": "GET"}) }},
		// A bot's content edited.
		{change: func() { w.addSample("clinic", "task-01", "another") }, shows: bot("clinic")},
		{change: func() { w.saves("published", echo("Edited")) }, shows: bot("echo")},
		{change: func() {
			w.call(http.MethodPost, apiBase+"/Applications/"+applicationOf("desk")+".json", map[string]string{"VoiceUrl": "https://theirs.example.com/"})
		}, shows: bot("desk")},
		// A number taken over: by a URL, by an application beside a flow's URL, by a trunk
		// beside both.
		{change: func() { w.setNumber(phones[1], map[string]string{"SmsUrl": "https://theirs.example.com/"}) },
			says:   []string{"re-pointed since the last apply", phones[1], "https://theirs.example.com/"},
			repair: func() { w.setNumber(phones[1], map[string]string{"SmsUrl": ""}) }},
		{change: func() { w.setNumber(phones[4], map[string]string{"SmsApplicationSid": applicationOf("desk")}) },
			says:   []string{"re-pointed since the last apply", phones[4], `bot "desk"`},
			repair: func() { w.setNumber(phones[4], map[string]string{"SmsApplicationSid": ""}) }},
		{change: func() {
			w.setNumber(phones[7], map[string]string{"TrunkSid": "TK0123456789abcdef0123456789abcdef"})
		}, says: []string{"re-pointed since the last apply", phones[7], "SIP trunk"},
			repair: func() { w.setNumber(phones[7], map[string]string{"TrunkSid": ""}) }},
		// A bot renamed by hand is replaced under its own name, and its numbers move.
		{change: func() {
			w.call(http.MethodPost, flowOf("menu"), map[string]string{"Status": "published", "FriendlyName": "carte"})
		}, shows: map[string]plancheck.ResourceActionType{
			"twiliobot_assistant.menu":          plancheck.ResourceActionUpdate,
			"twiliobot_phone_number_binding.n4": plancheck.ResourceActionUpdate, "twiliobot_phone_number_binding.n10": plancheck.ResourceActionUpdate,
		}},
		// A bot deleted by hand is created again, and its numbers are pointed at the new one.
		{change: func() { w.call(http.MethodDelete, flowOf("menu"), nil) }, shows: map[string]plancheck.ResourceActionType{
			"twiliobot_assistant.menu":          plancheck.ResourceActionCreate,
			"twiliobot_phone_number_binding.n4": plancheck.ResourceActionUpdate, "twiliobot_phone_number_binding.n10": plancheck.ResourceActionUpdate,
		}},
	} {
		if each.says != nil {
			steps = append(steps, resource.TestStep{PreConfig: each.change, Config: config.String(), ExpectError: inOrder(each.says...)},
				resource.TestStep{PreConfig: each.repair, Config: config.String()})
			continue
		}
		steps = append(steps, resource.TestStep{PreConfig: each.change, Config: config.String(), ConfigPlanChecks: only(each.shows)})
	}
	w.run(steps...)
}
