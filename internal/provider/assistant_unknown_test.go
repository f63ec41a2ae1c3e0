package provider

import (
	"fmt"
	"testing"

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
