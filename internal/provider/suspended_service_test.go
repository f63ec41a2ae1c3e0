package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// withoutHoldFlows leaves the holds of suspended bots without their flows: deleted by a person, or
// as an earlier version of the provider made them.
func (w *world) withoutHoldFlows(earlier bool) {
	w.t.Helper()
	flows, _ := w.call(http.MethodGet, studioBase+"?PageSize=1000", nil)["flows"].([]any)
	for _, row := range flows {
		if flow := row.(map[string]any); strings.HasPrefix(field(flow, "friendly_name"), "suspended ") {
			w.call(http.MethodDelete, studioBase+"/"+field(flow, "sid"), nil)
		}
	}
	for name, row := range w.applications() {
		if earlier && strings.HasPrefix(name, "suspended ") {
			w.call(http.MethodPost, apiBase+"/Applications/"+field(row, "sid")+".json", map[string]string{"SmsUrl": "", "VoiceUrl": ""})
		}
	}
}

// One apply silences the service of a bot whose hold has no flow, bound before or by that apply,
// whichever of its suspension and its binding Terraform applies first; and the hold then says the
// suspension's notice.
func TestOneApplyBindsAServiceToAHoldWithoutItsFlow(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, bound := range []bool{false, true} {
			for _, earlier := range []bool{false, true} {
				for _, bindsFirst := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s, bound before %v, earlier kind %v, binds first %v", engine, bound, earlier, bindsFirst), func(t *testing.T) {
						t.Parallel()
						b := newBench(t)
						defer b.close()
						service := b.w.addService(deferring)
						suspended := suspends("bot").with("notice", str("Closed today."))
						before := ownOn(map[string]string{"bot": engine}, suspended)
						held := append(before[:2:2], deskBlock(service, "bot"))
						if bindsFirst {
							held = append(before[:1:1], deskBlock(service, "bot"), suspended)
						}
						if bound {
							before = held
						}
						b.done(turn{blocks: before})
						b.w.withoutHoldFlows(earlier)
						b.done(turn{blocks: held})
						b.silenced("applied", service, "bot", "", held)
						flows := b.holds()
						if len(flows) != 1 {
							t.Fatalf("the hold has the flows %v", flows)
						}
						if said := marshal(b.w.call(http.MethodGet, studioBase+"/"+flows[0], nil)); !strings.Contains(said, "Closed today.") {
							t.Errorf("the hold flow is %s", said)
						}
					})
				}
			}
		}
	}
}

// A service that is bound to a suspended assistant enters at its task once that is resumed: by the
// suspension that the state has, by one that was imported since, and where the assistant was
// renamed in between.
func TestServiceBoundToASuspendedAssistantEntersAtItsTask(t *testing.T) {
	t.Parallel()
	greets := func(name string) block {
		values := content("autopilot", name, 1)
		values["schema"] = str(strings.ReplaceAll(marshal(sampleSchema(1)), "task-00", greeting))
		return botBlock("bot", values)
	}
	for _, how := range []string{"as it is", "imported", "renamed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			defer b.close()
			service := b.w.addService(deferring)
			b.done(turn{blocks: []block{greets("bot"), suspends("bot")}})
			held := []block{greets("bot"), suspends("bot"), deskBlock(service, "bot")}
			b.done(turn{blocks: held})
			if url := b.sid(deskBinding, "webhook_url"); !strings.HasSuffix(url, "?TargetTask="+greeting) {
				t.Errorf("suspended, the state has %s", url)
			}
			switch how {
			case "imported":
				sid := b.sid("twiliobot_assistant.bot", "sid")
				delete(b.states, deskBinding)
				delete(b.states, "twiliobot_suspension.bot")
				if err := b.imported(deskBinding, 7, service); err != nil {
					t.Fatal(err)
				}
				if err := b.imported("twiliobot_suspension.bot", 8, sid); err != nil {
					t.Fatal(err)
				}
			case "renamed":
				held[0] = greets("renamed")
			}
			b.done(turn{blocks: held})
			if url := b.sid(deskBinding, "webhook_url"); !strings.HasSuffix(url, "?TargetTask="+greeting) {
				t.Errorf("applied again, the state has %s", url)
			}
			b.done(turn{blocks: []block{held[0], held[2]}})
			row := b.w.call(http.MethodGet, servicesBase+"/"+service, nil)
			if url := field(row, "inbound_request_url"); url != b.sid(deskBinding, "webhook_url") || !strings.HasSuffix(url, "?TargetTask="+greeting) {
				t.Errorf("resumed, the service answers at %s", url)
			}
		})
	}
}

const greeting = "greeting"

// While a bot is suspended, a phone number shows its URL as before: on a number of its own, and
// behind a Messaging Service.
func TestPhoneNumbersOfASuspendedBotShowItsOwnURL(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		b := newBench(t)
		service := b.w.addService(deferring, usNumber)
		both := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{str("messaging"), str("voice")})
		blocks := ownOn(map[string]string{"bot": engine}, bindingBlock(ukNumber, "bot").with("channels", both), deskBlock(service, "bot"))
		sides := func() map[string]map[string]tftypes.Value {
			shown := map[string]map[string]tftypes.Value{}
			for _, number := range rows(t, b.data("twiliobot_phone_numbers", nil)["phone_numbers"]) {
				var phone string
				if err := number["phone_number"].As(&phone); err != nil {
					t.Fatal(err)
				}
				for _, side := range []string{"messaging", "voice"} {
					shown[phone+" "+side] = attributesOf(number[side])
				}
			}
			return shown
		}
		b.done(turn{blocks: blocks})
		before := sides()
		b.done(turn{blocks: append(blocks, suspends("bot"))})
		if diff := cmp.Diff(before, sides()); diff != "" {
			t.Errorf("%s, suspended: %s", engine, diff)
		}
		b.close()
	}
}
