package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A configuration that Terraform generates for an import has SIDs and no references: a
// rename leaves them behind, and its plan names the resources, whichever is planned first.
func TestRenameNamesTheResourcesThatHaveTheSIDLiterally(t *testing.T) {
	t.Parallel()
	const summary = "The SID of a replaced bot stays in the configuration"
	for _, botFirst := range []bool{true, false} {
		b := newBench(t)
		service := b.w.addService(answering)
		referencing := []block{deskBlock(service, "bot"), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		b.applied(append([]block{botBlock("bot", content("studio", "first", 1))}, referencing[:2]...)...)
		sid := b.sid("twiliobot_assistant.bot", "sid")
		b.applied(append([]block{botBlock("bot", content("studio", "first", 1))}, referencing...)...)
		renamed := botBlock("bot", content("studio", "second", 1))

		if _, err := b.intend(turn{blocks: append([]block{renamed}, referencing...)}); err != nil || b.warnsOf(summary) {
			t.Errorf("with references: %v, %q", err, b.warnings)
		}
		blocks := []block{renamed}
		for _, each := range referencing {
			blocks = append(blocks, block{each.address, func(map[string]tftypes.Value) map[string]tftypes.Value {
				return each.values(map[string]tftypes.Value{"twiliobot_assistant.bot": str(sid)})
			}})
		}
		var order []string
		if !botFirst {
			for _, each := range referencing {
				order = append(order, each.address)
			}
		}
		if _, err := b.intend(turn{blocks: blocks, first: order}); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, warning := range b.warnings {
			if strings.HasPrefix(warning, summary) {
				said = append(said, warning)
			}
		}
		if want := map[bool]int{true: len(referencing), false: 1}[botFirst]; len(said) != want {
			t.Errorf("%d warnings of %q", len(said), b.warnings)
		}
		for _, what := range []string{"the binding of " + service, "the binding of " + ukNumber, "the suspension"} {
			if all := strings.Join(said, "\n"); strings.Count(all, what) != 1 || !strings.Contains(all, sid) {
				t.Errorf("%s is not named once: %s", what, all)
			}
		}
		b.close()
	}
}
