package provider

import (
	"strings"
	"testing"
)

// Only Terraform's own graph shows in which order it creates, follows and destroys.
func TestBotInUseIsReplacedByTerraformCreatingItFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept := strings.Replace(hosted("greeter"), "webhooks", "lifecycle {\n    create_before_destroy = true\n  }\n  webhooks", 1)
	config := kept + bound("front", "greeter", ukNumber)
	f := newFolder(t, w.config(config))
	f.run("apply", "-input=false", "-auto-approve")
	for _, how := range [][]string{{"-replace=twiliobot_assistant.greeter"}, nil} {
		if how == nil {
			f.run("taint", "twiliobot_assistant.greeter")
		}
		old := w.applications()["greeter"]["sid"]
		f.run(append([]string{"apply", "-input=false", "-auto-approve"}, how...)...)
		now := w.applications()["greeter"]["sid"]
		if now == old || len(w.applications()) != 1 || w.number(ukNumber)["sms_application_sid"] != now {
			t.Errorf("replaced with %v, %v became %v, and the number is %v", how, old, now, w.number(ukNumber))
		}
		f.run("plan", "-input=false", "-detailed-exitcode")
	}
}

func TestMockedProviderNeedsNoOverrides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := newFolder(t, w.config(hosted("greeter")+bound("front", "greeter", ukNumber)))
	f.write("mock.tftest.hcl", "mock_provider \"twiliobot\" {}\nrun \"apply\" {\n  command = apply\n}\n")
	f.run("test")
	if writes := w.writes(); len(writes) > 0 {
		t.Errorf("it wrote %q", writes)
	}
}
