package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

func TestFlowAndSchemaAreToldApart(t *testing.T) {
	t.Parallel()
	isFlow := []string{"This is a Studio flow", "`states` and `initial_state`", "Give it as `flow`"}
	isSchema := []string{"This is an assistant schema", "Give it as `schema`"}
	for name, each := range map[string]struct {
		config string
		words  []string
	}{
		"a flow as schema on Studio":     {onStudio("bot", echo("Hello.")), isFlow},
		"a flow as schema on Autopilot":  {assistant("bot", echo("Hello.")), isFlow},
		"a schema as flow":               {studioFlow("bot", sampleSchema(2)), isSchema},
		"a schema without tasks as flow": {studioFlow("bot", object{"uniqueName": "clinic", "assistantSid": "UA00000000000000000000000000000001"}), isSchema},
		"neither as flow":                {studioFlow("bot", object{"description": "x"}), []string{"Invalid flow definition", "states"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.refused(each.config, each.words...)
			if asked := len(w.box.Journal()); asked != 0 {
				t.Errorf("validation called Twilio %d times", asked)
			}
		})
	}
}

func TestFlowAsSchemaIsRefusedWhereItIsKnownOnlyAtTheApply(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run(resource.TestStep{
				Config: "resource \"terraform_data\" \"file\" {\n  input = <<EOT\n" + marshal(echo("Hello.")) + "\nEOT\n}\n" +
					"resource \"twiliobot_assistant\" \"bot\" {\n  unique_name = \"bot\"\n  engine = \"" + engine + "\"\n  schema = terraform_data.file.output\n}\n",
				ExpectError: inOrder("This is a Studio flow", "Give it as `flow`"),
			})
			if left := len(w.flows()) + len(w.rows("assistants", "Assistants")); left != 0 {
				t.Errorf("%d bots were created", left)
			}
		})
	}
}

func TestByteOrderMarkDoesNotHideWhatADocumentIs(t *testing.T) {
	t.Parallel()
	if !isFlow("\ufeff"+marshal(echo("Hello."))) || !isSchema("\ufeff"+marshal(sampleSchema(1))) {
		t.Error("a document that begins with a byte order mark is not recognized")
	}
}
