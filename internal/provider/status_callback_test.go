package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const ownCallback = "https://crm.example.com/calls"

func (b bench) callback() string {
	callback, _ := b.w.number(ukNumber)["status_callback"].(string)
	return callback
}

// Twilio gives a number that is pointed at a flow the flow's own status callback. A person's
// is named before, and the flow's never outlives the flow's way to the number.
func TestStatusCallbackIsNamedBeforeItIsLostAndNeverLeftBehind(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run("bound to "+engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.w.setNumber(ukNumber, map[string]string{"StatusCallback": ownCallback + "?token=secret"})
			blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
			if _, err := b.plan(blocks, true); err != nil {
				t.Fatal(err)
			}
			if b.warnsOf(ownCallback) != (engine == "studio") || b.warnsOf("secret") {
				t.Errorf("the plan warns: %q", b.warnings)
			}
			b.applied(blocks...)
			if own := strings.HasPrefix(b.callback(), ownCallback); own != (engine != "studio") {
				t.Errorf("the callback is %q", b.callback())
			}
			if _, err := b.plan(blocks, true); err != nil || b.warnsOf("status callback") {
				t.Errorf("a plan that changes nothing warns: %v, %q", err, b.warnings)
			}
			// A bot elsewhere and a rename.
			b.w.setNumber(ukNumber, map[string]string{"StatusCallback": ownCallback})
			renamed := []block{botBlock("bot", content(engine, "second", 1)), bindingBlock(ukNumber, "bot")}
			if _, err := b.plan(renamed, true); err != nil || b.warnsOf(ownCallback) != (engine == "studio") {
				t.Errorf("the plan of a rename: %v, %q", err, b.warnings)
			}
			b.applied(renamed...)
			sid := b.sid("twiliobot_assistant.bot", "sid")
			if engine == "studio" && !strings.Contains(b.callback(), sid) || engine != "studio" && b.callback() != ownCallback {
				t.Errorf("after a rename to %s the callback is %q", sid, b.callback())
			}
			b.applied()
			if engine == "studio" && b.callback() != "" || engine != "studio" && b.callback() != ownCallback {
				t.Errorf("destroyed, the callback is %q", b.callback())
			}
		})
	}
}

// A suspension puts back a flow's URL that Twilio cleared, and Twilio replaces a person's
// status callback by it. So the plan that ends the suspension names it, whichever way it ends.
func TestStatusCallbackIsNamedBeforeAResumptionLosesIt(t *testing.T) {
	t.Parallel()
	for _, clears := range []bool{false, true} {
		for what, after := range map[string][]block{
			"the suspension is removed": nil,
			"it changes to another bot": {suspensionOf("other")},
		} {
			t.Run(fmt.Sprintf("%s, the URL is cleared %t", what, clears), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				if _, err := b.w.box.ChangeSettings(fmt.Sprintf(`{"application_clears_url": %t}`, clears)); err != nil {
					t.Fatal(err)
				}
				bots := []block{botBlock("bot", content("studio", "first", 1)), botBlock("other", content("application", "other", 1)), bindingBlock(ukNumber, "bot")}
				b.applied(bots...)
				b.applied(append(slices.Clone(bots), suspensionBlock())...)
				b.w.setNumber(ukNumber, map[string]string{"StatusCallback": ownCallback + "?token=secret"})
				ends := append(slices.Clone(bots), after...)
				if _, err := b.plan(ends, true); err != nil || b.warnsOf(ownCallback) != clears || b.warnsOf("secret") {
					t.Errorf("the plan warns: %v, %q", err, b.warnings)
				}
				b.warnsOnce("will be resumed", ukNumber)
				b.applied(ends...)
				if own := strings.HasPrefix(b.callback(), ownCallback); own == clears {
					t.Errorf("the callback is %q", b.callback())
				}
			})
		}
	}
}

func suspensionOf(name string) block {
	return block{"twiliobot_suspension.bot", func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"assistant_sid": refs["twiliobot_assistant."+name]}
	}}
}

func TestPlanOfARemovalCountsWhatIsInProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	values := content("studio", "first", 1)
	values["force_destroy"] = tftypes.NewValue(tftypes.Bool, true)
	b.applied(botBlock("bot", values))
	for _, contact := range []string{"+447700900998", "+447700900999"} {
		if _, err := b.w.box.AddExecution(sandbox.Execution{FlowSID: b.sid("twiliobot_assistant.bot", "sid"), Contact: contact, Channel: "messaging"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.plan(nil, true); err != nil {
		t.Fatal(err)
	}
	b.warnsOnce("will be removed", "2 message conversations", "ended before it is deleted")
	b.applied()
}
