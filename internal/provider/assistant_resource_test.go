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
)

// applications lists the applications of the account by name.
func (w *world) applications() map[string]map[string]any {
	w.t.Helper()
	rows, _ := w.call(http.MethodGet, apiBase+"/Applications.json", nil)["applications"].([]any)
	found := map[string]map[string]any{}
	for _, row := range rows {
		application := row.(map[string]any)
		found[application["friendly_name"].(string)] = application
	}
	return found
}

func TestApplicationIsMadeChangedImportedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const address = "twiliobot_assistant.greeter"
	w.run(
		resource.TestStep{
			Config: hosted("greeter"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("engine"), knownvalue.StringExact("application")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("webhooks").AtMapKey("messaging_method"), knownvalue.StringExact("POST")),
			},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "greeter",
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "sid",
		},
		resource.TestStep{
			PreConfig: w.box.ClearJournal,
			Config: `
resource "twiliobot_assistant" "greeter" {
  unique_name = "greeter"
  webhooks = {
    messaging_url    = "https://bots.example.com/v2"
    messaging_method = "GET"
  }
}`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("sid"), knownvalue.NotNull()),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("webhooks").AtMapKey("voice_method"), knownvalue.Null()),
			}},
			Check: func(*terraform.State) error {
				application := w.applications()["greeter"]
				if application["sms_url"] != "https://bots.example.com/v2" || application["sms_method"] != "GET" || text(application["voice_url"]) != "" {
					return fmt.Errorf("not as configured: %v", application)
				}
				if writes := w.writes(); len(writes) != 1 {
					return fmt.Errorf("%d writes: %v", len(writes), writes)
				}
				return nil
			},
		},
	)
	if left := w.applications(); len(left) != 0 {
		t.Errorf("remaining: %v", left)
	}
}

// text treats null as "", as Twilio does.
func text(value any) string {
	s, _ := value.(string)
	return s
}

func TestRenameInPlaceKeepsTheSIDAndTheLabelFollows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(name string) string {
		return fmt.Sprintf(`
resource "twiliobot_assistant" "bot" {
  unique_name = %q
  rename      = "in_place"
  webhooks    = { messaging_url = "https://bots.example.com/messages" }
}
`, name) + bound("front", "bot", ukNumber)
	}
	var sid string
	w.run(
		resource.TestStep{Config: config("first"), Check: func(s *terraform.State) (err error) {
			sid, err = attribute(s, "twiliobot_assistant.bot", "sid")
			return err
		}},
		resource.TestStep{Config: config("second"), Check: resource.ComposeTestCheckFunc(w.answers(ukNumber, "second"), func(s *terraform.State) error {
			if now, err := attribute(s, "twiliobot_assistant.bot", "sid"); err != nil || now != sid {
				return fmt.Errorf("the SID changed from %s to %s (%w)", sid, now, err)
			}
			if label := w.number(ukNumber)["friendly_name"]; label != "second" {
				return fmt.Errorf("the label did not change: %v", label)
			}
			return nil
		})},
	)
}

func TestTakenNameIsRefusedWithTheImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	application := w.call(http.MethodPost, apiBase+"/Applications.json", map[string]string{"FriendlyName": "greeter"})
	w.refused(hosted("greeter"), "The bot's name is taken", application["sid"].(string), "import {", application["sid"].(string))
}

func TestTwoBotsOfOneNameAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const twin = `resource "twiliobot_assistant" "twin" {
  unique_name = "greeter"
  webhooks    = { messaging_url = "https://bots.example.com/twin" }
}`
	w.refused(hosted("greeter")+twin, "Two bots of this configuration have one name", "greeter")
}

func TestAssistantRefusesBadInput(t *testing.T) {
	t.Parallel()
	bot := func(attributes string) string {
		return "resource \"twiliobot_assistant\" \"bot\" {\n" + attributes + "\n}"
	}
	const webhooks = "\nwebhooks = { messaging_url = \"https://bots.example.com/\" }"
	for name, each := range map[string]struct {
		config string
		words  []string
	}{
		"free":                     {bot(`unique_name = "free"` + webhooks), []string{"Invalid bot name", "label of a phone number"}},
		"a mark at the end":        {bot(`unique_name = "bot [uploading]"` + webhooks), []string{"Invalid bot name", "[uploading]"}},
		"a mark at the start":      {bot(`unique_name = "suspended bot"` + webhooks), []string{"Invalid bot name", "suspended"}},
		"outer space":              {bot(`unique_name = " bot"` + webhooks), []string{"Invalid bot name", "space"}},
		"control character":        {bot(`unique_name = "bo\tt"` + webhooks), []string{"Invalid bot name", "control"}},
		"empty name":               {bot(`unique_name = ""` + webhooks), []string{"Invalid bot name", "empty"}},
		"unknown engine":           {bot("unique_name = \"bot\"\nengine = \"lex\""), []string{"engine", "lex"}},
		"engine against content":   {bot("unique_name = \"bot\"\nengine = \"autopilot\"" + webhooks), []string{"The engine does not fit the content", "give `schema` instead of `webhooks`"}},
		"flow against engine":      {studioFlow("echo", echo("Hello."), `engine = "application"`), []string{"The engine does not fit the content", "give `webhooks` instead of `flow`"}},
		"webhooks on Studio":       {bot("unique_name = \"bot\"\nengine = \"studio\"" + webhooks), []string{"The engine does not fit the content", "give `flow` or `schema` instead of `webhooks`"}},
		"schema in an application": {bot("unique_name = \"bot\"\nengine = \"application\"\nschema = \"{}\""), []string{"The engine does not fit the content", "Remove `engine`: a schema runs on `studio`, or on `autopilot`", "`webhooks` instead of `schema`"}},
		"nothing on Studio":        {bot("unique_name = \"bot\""), []string{"A new Studio bot needs content", "Give `flow` or `schema`, or `webhooks`"}},
		"two contents":             {bot("unique_name = \"bot\"\nschema = \"{}\"" + webhooks), []string{"schema", "webhooks"}},
		"relative URL":             {bot("unique_name = \"bot\"\nwebhooks = { messaging_url = \"/messages\" }"), []string{"Invalid URL", "`webhooks.messaging_url`", "not an absolute URL"}},
		"fallback without URL":     {bot("unique_name = \"bot\"\nwebhooks = { voice_fallback_url = \"https://x.example.com\" }"), []string{"A fallback URL without a URL", "voice_url"}},
		"bad method":               {bot("unique_name = \"bot\"\nwebhooks = { voice_url = \"https://x.example.com\", voice_method = \"PUT\" }"), []string{"voice_method", "PUT"}},
		"other friendly name":      {bot("unique_name = \"bot\"\nfriendly_name = \"Bot\"" + webhooks), []string{"The engine has one name only"}},
		"restore of another kind":  {bot("unique_name = \"bot\"\nrestore_sid = \"UA00000000000000000000000000000001\"" + webhooks), []string{"Only Autopilot restores bots"}},
		"bad restore SID":          {bot("unique_name = \"bot\"\nrestore_sid = \"UA1\""), []string{"Invalid SID"}},
		"bad rename":               {bot("unique_name = \"bot\"\nrename = \"move\"" + webhooks), []string{"rename", "move"}},
		"JSON that does not parse": {bot("unique_name = \"bot\"\nengine = \"autopilot\"\nschema = \"{\\n  \\\"tasks\\\": [,]\\n}\""), []string{"Invalid assistant schema", "line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).refused(each.config, each.words...)
		})
	}
}

func TestSchemaIsNotMadeAnApplicationByTheProvidersDefault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := strings.Replace(w.config(), "{", "{\n  engine = \"application\"", 1)
	const bot = `
resource "twiliobot_assistant" "bot" {
  unique_name = "bot"
  schema      = "{}"
}`
	w.refused(config+bot, "The engine does not fit the content", "The provider's `engine` is `application`", "Set the bot's own `engine` to `studio`")
}

func TestDestroyOfABotThatNumbersRouteToIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("greeter")},
		resource.TestStep{
			PreConfig: func() {
				w.setNumber(ukNumber, map[string]string{"SmsApplicationSid": w.applications()["greeter"]["sid"].(string), "FriendlyName": "greeter"})
			},
			Config: hosted("other"), ExpectError: inOrder("Phone numbers still route to the bot", ukNumber, "force_destroy"),
		},
		resource.TestStep{Config: hosted("other") + `
resource "twiliobot_assistant" "greeter" {
  unique_name   = "greeter"
  force_destroy = true
  webhooks = {
    messaging_url = "https://bots.example.com/greeter/messages"
    voice_url     = "https://bots.example.com/greeter/calls"
  }
}`},
		resource.TestStep{Config: hosted("other"), Check: func(*terraform.State) error {
			if n := w.number(ukNumber); n["sms_application_sid"] != "" || n["friendly_name"] != "free" {
				return fmt.Errorf("not freed: %v", n)
			}
			return nil
		}},
	)
}

func TestDeletedBotIsPlannedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("greeter")},
		resource.TestStep{
			PreConfig: func() {
				w.call(http.MethodDelete, apiBase+"/Applications/"+w.applications()["greeter"]["sid"].(string)+".json", nil)
			},
			Config:           hosted("greeter"),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{"twiliobot_assistant.greeter": plancheck.ResourceActionCreate}),
		},
	)
}

func TestOutsideChangeOfWebhooksIsDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		resource.TestStep{Config: hosted("greeter")},
		resource.TestStep{
			PreConfig: func() {
				w.call(http.MethodPost, apiBase+"/Applications/"+w.applications()["greeter"]["sid"].(string)+".json", map[string]string{"VoiceUrl": "https://other.example.com"})
			},
			Config:           hosted("greeter"),
			ConfigPlanChecks: planned(map[string]plancheck.ResourceActionType{"twiliobot_assistant.greeter": plancheck.ResourceActionUpdate}),
			Check: func(*terraform.State) error {
				if url := w.applications()["greeter"]["voice_url"]; url != "https://bots.example.com/greeter/calls" {
					return fmt.Errorf("not corrected: %v", url)
				}
				return nil
			},
		},
	)
}

func TestContentManagedElsewhereIsNoDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const config = `resource "twiliobot_assistant" "bot" {
  unique_name = "bot"
  engine      = "application"
}`
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.call(http.MethodPost, apiBase+"/Applications/"+w.applications()["bot"]["sid"].(string)+".json", map[string]string{"SmsUrl": "https://other.example.com"})
			},
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
}
