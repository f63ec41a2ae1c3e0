package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A mocked provider (`mock_provider` in a test of Terraform's) makes up what resources
// compute, and asks the provider, which it does not configure, for its validation of what
// they are used for. A provider that is configured has the values as they are.
func TestValuesThatAMockMadeUpAreJudgedInThePlanAlone(t *testing.T) {
	t.Parallel()
	const madeUp = "z2l19max"
	for name, each := range map[string]struct {
		resource string
		values   map[string]tftypes.Value
	}{
		"a binding":              {"twiliobot_phone_number_binding", map[string]tftypes.Value{"phone_number": str(ukNumber), "assistant_sid": str(madeUp)}},
		"a binding with a task":  {"twiliobot_phone_number_binding", map[string]tftypes.Value{"phone_number": str(ukNumber), "assistant_sid": str(madeUp), "target_task": str("greeting")}},
		"a binding by SID":       {"twiliobot_phone_number_binding", map[string]tftypes.Value{"phone_number_sid": str(madeUp), "assistant_sid": str("FW0123456789abcdef0123456789abcdef")}},
		"a binding of a service": {"twiliobot_messaging_service_binding", map[string]tftypes.Value{"messaging_service_sid": str(madeUp), "assistant_sid": str("FW0123456789abcdef0123456789abcdef")}},
		"a suspension":           {"twiliobot_suspension", map[string]tftypes.Value{"assistant_sid": str(madeUp)}},
		"a webhook":              {"twiliobot_assistant", map[string]tftypes.Value{"unique_name": str("bot"), "webhooks": webhooksOfBlock(map[string]string{"messaging_url": madeUp})}},
		"a restored assistant": {"twiliobot_assistant", map[string]tftypes.Value{
			"unique_name": str("bot"), "engine": str("autopilot"), "schema": str(marshal(sampleSchema(1))), "restore_sid": str(madeUp),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			validate := func(p *wire) error {
				answer, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
					TypeName: each.resource, Config: p.value(p.schema.ResourceSchemas[each.resource], each.values),
					ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{},
				})
				if err != nil {
					t.Fatal(err)
				}
				return said(answer.Diagnostics)
			}
			server, err := factories()["twiliobot"]()
			if err != nil {
				t.Fatal(err)
			}
			schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(&wire{t, server, schema}); err != nil {
				t.Errorf("not configured: %v", err)
			}
			if validate(newWire(t, newWorld(t, quick()))) == nil {
				t.Error("configured, it refuses nothing")
			}
		})
	}
}

func TestDataSourcesTakeValuesThatAMockMadeUp(t *testing.T) {
	t.Parallel()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	unconfigured, configured := &wire{t, server, schema}, newWire(t, newWorld(t, quick()))
	for source, attribute := range map[string]string{"twiliobot_assistant": "sid", "twiliobot_phone_numbers": "assistant_sid"} {
		validate := func(p *wire) error {
			answer, err := p.server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: source, Config: p.value(p.schema.DataSourceSchemas[source], map[string]tftypes.Value{attribute: str("z2l19max")}),
			})
			if err != nil {
				t.Fatal(err)
			}
			return said(answer.Diagnostics)
		}
		if err := validate(unconfigured); err != nil {
			t.Errorf("%s, not configured: %v", source, err)
		}
		if validate(configured) == nil {
			t.Errorf("%s, configured, refuses nothing", source)
		}
	}
}
