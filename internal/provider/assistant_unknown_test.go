package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// Terraform's own checks of a plan against the next one, once with the CLI: the combinations
// are in TestEveryUnknownValue and TestEveryIgnoredChange.
func TestCLIAppliesWhatIsUnknownAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(rename, name, more string) string {
		return fmt.Sprintf(`
resource "terraform_data" "token" { input = %q }
resource "terraform_data" "rename" { input = %q }
provider "twiliobot" {
  account_sid = %q
  auth_token  = terraform_data.token.output
  api_url     = %q
}
resource "twiliobot_assistant" "bot" {
  unique_name = %q
  rename      = terraform_data.rename.output
  schema      = %q
  %s
}
`, sandbox.StarterAuthToken, rename, sandbox.StarterAccountSID, w.server.URL, name, marshal(tableSchema()), more) + bound("front", "bot", ukNumber)
	}
	w.run(
		resource.TestStep{Config: config(renameInPlace, "first", "")},
		resource.TestStep{Config: config(renameReplace, "second", ""), Check: w.answers(ukNumber, "second")},
		resource.TestStep{Config: config(renameInPlace, "third", "lifecycle { ignore_changes = [routing, engine] }"), Check: w.answers(ukNumber, "third")},
	)
}

func TestCLIRefusesTwoContentsOfWhichOneIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(content string) string {
		return fmt.Sprintf(`
resource "twiliobot_assistant" "bot" {
  unique_name = "bot"
  %s
  lifecycle { ignore_changes = [flow, engine] }
}
`, content)
	}
	flow := config(fmt.Sprintf("flow = %q", marshal(echo("Hello"))))
	w.run(
		resource.TestStep{Config: flow},
		resource.TestStep{Config: config(fmt.Sprintf("schema = %q", marshal(tableSchema()))), ExpectError: inOrder("A bot has one kind of content", "`schema`", "`ignore_changes` keeps `flow`")},
		resource.TestStep{Config: flow},
	)
}

// The engine of new bots is all that is unknown: the account can be read all the same.
func TestPlanIsMadeWhileTheProvidersEngineIsUnknown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, second := botBlock("bot", bare("webhooks", "first")), botBlock("other", bare("compiled", "other"))
	b.applied(first)
	b.later = map[string][]string{"": {"engine"}}
	if _, err := b.plan([]block{first, second}, true); err != nil || len(b.warnings) > 0 {
		t.Errorf("it warns %q: %v", b.warnings, err)
	}
	b.w.call("POST", apiBase+"/Applications.json", map[string]string{"FriendlyName": "other"})
	if _, err := b.plan([]block{first, second}, true); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("a name that is taken: %v", err)
	}
}

// Content that is managed elsewhere may change between the plan and the apply.
func TestAModelBuildByHandIsNoInconsistency(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", bare("autopilot", "first")))
	elsewhere := map[string]tftypes.Value{"unique_name": str("first"), "engine": str("autopilot")}
	b.applied(botBlock("bot", elsewhere))
	renamed := botBlock("bot", elsewhere).with("unique_name", str("second")).with("rename", str(renameInPlace))
	changes, err := b.plan([]block{renamed}, true)
	if err != nil {
		t.Fatal(err)
	}
	task := autopilotBase + "/Assistants/" + field(b.w.rows("assistants", "Assistants")[0], "sid") + "/Tasks"
	b.w.call("POST", task+"/"+field(b.w.call("GET", task, nil)["tasks"].([]any)[0].(object), "sid")+"/Samples", map[string]string{"Language": "en-US", "TaggedText": "by hand"})
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.change(p, renamed, 0, nil, changes[botAddress]); err != nil {
		t.Error(err)
	}
	if needs := b.attributesOf(botAddress)["needs_model_build"]; !needs.Equal(tftypes.NewValue(tftypes.Bool, true)) {
		t.Errorf("the state says %v of an assistant that needs a model build", needs)
	}
}

func TestABindingWaitsForUnknownWebhooks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	calls := map[string]string{"voice_url": "https://bots.example.com/calls"}
	b.applied(botBlock("bot", map[string]tftypes.Value{"unique_name": str("bot"), "webhooks": webhooksOfBlock(calls)}))
	calls["messaging_url"] = "https://bots.example.com/messages"
	b.later = map[string][]string{botAddress: {"webhooks"}}
	if err := b.apply([]block{
		botBlock("bot", map[string]tftypes.Value{"unique_name": str("bot"), "webhooks": webhooksOfBlock(calls)}), bindingBlock(ukNumber, "bot"),
	}, true); err != nil {
		t.Error(err)
	}
}

func TestAReplacementThatCannotBeLookedAtIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("bot", bare("flow", "first")))
	renamed := botBlock("bot", bare("flow", "second")).with("rename", str(renameReplace))
	for want, later := range map[string]map[string][]string{
		`Bot "first" (FW… may be replaced`:  {botAddress: {"rename"}},
		`Bot "first" (FW… will be replaced`: {"": {"account_sid"}},
	} {
		b.later = later
		if _, err := b.plan([]block{renamed}, true); err != nil {
			t.Error(err)
		}
		if said := strings.Join(b.warnings, "\n"); !inOrder(strings.Split(want, "…")...).MatchString(said) {
			t.Errorf("it warns %q, not %q", said, want)
		}
	}
}

// Terraform plans a bot that is to be replaced with its prior state, and again without:
// what ignore_changes keeps is in the first of the two configurations alone.
func TestAReplacedBotThatIgnoresChangesIsOneBot(t *testing.T) {
	t.Parallel()
	for kind, ignored := range map[string][]string{
		"webhooks": {"engine", "webhooks"}, "compiled": {"engine", "routing", "force_destroy"}, "autopilot": {"friendly_name", "rename"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			bot := botBlock("bot", bare(kind, "bot"))
			b.applied(bot)
			b.ignored = map[string][]string{botAddress: ignored}
			p, err := b.provider()
			if err != nil {
				t.Fatal(err)
			}
			first, err := b.planOne(p, bot, b.states[botAddress], nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.planOne(p, bot, savedState{private: first.private}, nil, nil); err != nil && strings.Contains(err.Error(), "Two bots") {
				t.Error(err)
			}
		})
	}
}
