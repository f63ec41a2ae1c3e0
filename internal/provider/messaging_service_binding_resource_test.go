package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// The life of a binding of a Messaging Service, as Terraform itself runs it.
func TestMessagingServiceBinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, other := w.addService(deferring, otherNumber), w.addService(answering)
	config := func(service, to string) string {
		return hosted("first") + hosted("second") + fmt.Sprintf(`
resource "twiliobot_messaging_service_binding" "desk" {
  messaging_service_sid = %q
  assistant_sid         = twiliobot_assistant.%s.sid
}
`, service, to)
	}
	leads := func(service, of string, defers bool) resource.TestCheckFunc {
		return func(*terraform.State) error {
			row := w.call("GET", servicesBase+"/"+service, nil)
			if field(row, "inbound_request_url") != field(w.applications()[of], "sms_url") || row["use_inbound_webhook_on_number"] != defers {
				return fmt.Errorf("the service is %v", row)
			}
			return nil
		}
	}
	action := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return planned(map[string]plancheck.ResourceActionType{deskBinding: action})
	}
	w.run(
		resource.TestStep{Config: hosted("first") + hosted("second")},
		resource.TestStep{
			Config: config(one, "first"), ConfigPlanChecks: action(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(deskBinding, tfjsonpath.New("webhook_url"), knownvalue.StringExact("https://bots.example.com/first/messages")),
			},
			Check: leads(one, "first", false),
		},
		resource.TestStep{
			ResourceName: deskBinding, ImportState: true, ImportStateId: one,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "messaging_service_sid",
		},
		resource.TestStep{
			Config: config(one, "second"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: leads(one, "second", false),
		},
		// What another client changed is drift.
		resource.TestStep{
			PreConfig: func() { w.pointService(one, map[string]string{"UseInboundWebhookOnNumber": "true"}) },
			Config:    config(one, "second"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: leads(one, "second", false),
		},
		resource.TestStep{
			Config: config(other, "second"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(leads(other, "second", false), leads(one, "", true)),
		},
		resource.TestStep{Config: hosted("first") + hosted("second"), Check: leads(other, "", true)},
	)
}
