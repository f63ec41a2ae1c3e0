package provider

import (
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func routedBy(routing string, confirm knownvalue.Check) []statecheck.StateCheck {
	const address = "twiliobot_assistant.anchor"
	return []statecheck.StateCheck{
		statecheck.ExpectKnownValue(address, tfjsonpath.New("routing"), knownvalue.StringExact(routing)),
		statecheck.ExpectKnownValue(address, tfjsonpath.New("routing_confirm"), confirm),
	}
}

// A bot that was made when keywords were the default has them in its state, and no
// configuration that names them.
func TestABotKeepsItsKeywords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	none := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	w.run(
		resource.TestStep{Config: onStudio("anchor", tableSchema(), `routing = "keywords"`), ConfigStateChecks: routedBy("keywords", knownvalue.Null())},
		resource.TestStep{Config: onStudio("anchor", tableSchema()), ConfigPlanChecks: none, ConfigStateChecks: routedBy("keywords", knownvalue.Null())},
		resource.TestStep{Config: onStudio("anchor", tableSchema(), `routing = "exact"`), ConfigStateChecks: routedBy("exact", knownvalue.Null())},
		resource.TestStep{Config: onStudio("anchor", tableSchema()), ConfigStateChecks: routedBy("trained", knownvalue.Null())},
		resource.TestStep{Config: onStudio("anchor", tableSchema()), ConfigPlanChecks: none},
	)
}

func TestWhichTaskWasMeantIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const question = "Did you mean {first} (1) or {second} (2)?"
	none := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	w.run(
		resource.TestStep{Config: onStudio("anchor", tableSchema(), `routing_confirm = "`+question+`"`), ConfigStateChecks: routedBy("trained", knownvalue.StringExact(question))},
		resource.TestStep{Config: onStudio("anchor", tableSchema(), `routing_confirm = "`+question+`"`), ConfigPlanChecks: none},
		resource.TestStep{
			ResourceName: "twiliobot_assistant.anchor", ImportState: true, ImportStateId: "anchor", ImportStateKind: resource.ImportBlockWithID,
			Config: w.config(onStudio("anchor", tableSchema(), `routing_confirm = "`+question+`"`)),
		},
		resource.TestStep{
			Config:      onStudio("anchor", tableSchema(), `routing = "keywords"`, `routing_confirm = "`+question+`"`),
			ExpectError: inOrder("Only a trained routing asks", "the routing of this bot is `keywords`", "Where `ignore_changes` names either"),
		},
		resource.TestStep{Config: onStudio("anchor", tableSchema()), ConfigStateChecks: routedBy("trained", knownvalue.Null())},
	)
	w.refused(onStudio("anchor", tableSchema(), `routing = "keywords"`, `routing_confirm = "`+question+`"`), "Only a trained routing asks which task was meant")
	w.refused(assistant("anchor", tableSchema(), `routing_confirm = "`+question+`"`), "Only a trained routing asks which task was meant")
	w.refused(onStudio("anchor", tableSchema(), `routing_confirm = "Which?"`), "routing_confirm", "{second}")
}

func TestAPlanLogsWhatTasksAreRecognisedBy(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the provider that keeps its standard error is a shell script")
	}
	f := newFolder(t, "provider \"twiliobot\" {\n  sandbox = \"box.json\"\n}\n"+onStudio("anchor", tableSchema()))
	f.keepStderr()
	const told = `The task \"hours\" is recognised most by `
	if content := f.stderrOf(t, "TF_LOG_PROVIDER=INFO"); !strings.Contains(string(content), told) {
		t.Errorf("%s", content)
	}
	if content := f.stderrOf(t, "TF_LOG_PROVIDER=WARN"); strings.Contains(string(content), told) {
		t.Errorf("%s", content)
	}
}
