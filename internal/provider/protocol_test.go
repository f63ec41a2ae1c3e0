package provider

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// wire is the provider over the plugin protocol, without a CLI: requests of newer
// versions of Terraform are tested here, whichever CLI is installed.
type wire struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

func newWire(t *testing.T, w *world) *wire {
	t.Helper()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := &wire{t, server, schema}
	config := p.value(schema.Provider, map[string]tftypes.Value{
		"account_sid": tftypes.NewValue(tftypes.String, sandbox.StarterAccountSID),
		"auth_token":  tftypes.NewValue(tftypes.String, sandbox.StarterAuthToken),
		"api_url":     tftypes.NewValue(tftypes.String, w.server.URL),
	})
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.15.0", Config: config})
	p.sound(err, configured.Diagnostics)
	return p
}

// value is an object of a schema, null except the given attributes.
func (p *wire) value(schema *tfprotov6.Schema, given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	kind := schema.ValueType().(tftypes.Object)
	attributes := map[string]tftypes.Value{}
	for name, each := range kind.AttributeTypes {
		attributes[name] = tftypes.NewValue(each, nil)
		if value, ok := given[name]; ok {
			attributes[name] = value
		}
	}
	return p.dynamic(kind, tftypes.NewValue(kind, attributes))
}

func (p *wire) dynamic(kind tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(kind, value)
	if err != nil {
		p.t.Fatal(err)
	}
	return &dynamic
}

func (p *wire) sound(err error, diagnostics []*tfprotov6.Diagnostic) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, each := range diagnostics {
		if each.Severity == tfprotov6.DiagnosticSeverityError {
			p.t.Fatalf("%s: %s", each.Summary, each.Detail)
		}
	}
}

// identity is an identity with one SID.
func (p *wire) identity(typeName, attribute, sid string) *tfprotov6.ResourceIdentityData {
	p.t.Helper()
	identities, err := p.server.GetResourceIdentitySchemas(p.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	kind := identities.IdentitySchemas[typeName].ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(of, nil)
	}
	values[attribute] = tftypes.NewValue(tftypes.String, sid)
	return &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(kind, tftypes.NewValue(kind, values))}
}

// imported imports a resource by its identity and reads it.
func (p *wire) imported(typeName, attribute, sid string) (state map[string]tftypes.Value, identity map[string]tftypes.Value) {
	p.t.Helper()
	imported, err := p.server.ImportResourceState(p.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, Identity: p.identity(typeName, attribute, sid)})
	p.sound(err, imported.Diagnostics)
	read, err := p.server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: imported.ImportedResources[0].State,
		Private: imported.ImportedResources[0].Private, CurrentIdentity: imported.ImportedResources[0].Identity,
	})
	p.sound(err, read.Diagnostics)
	value, err := read.NewState.Unmarshal(p.schema.ResourceSchemas[typeName].ValueType())
	if err == nil {
		err = value.As(&state)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	identities, err := p.server.GetResourceIdentitySchemas(p.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	value, err = read.NewIdentity.IdentityData.Unmarshal(identities.IdentitySchemas[typeName].ValueType())
	if err == nil {
		err = value.As(&identity)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return state, identity
}

func stringOf(t *testing.T, value tftypes.Value) string {
	t.Helper()
	var text *string
	if err := value.As(&text); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.made()
	p := newWire(t, w)
	state, identity := p.imported("twiliobot_assistant", "sid", made["AP"])
	if name := stringOf(t, state["unique_name"]); name != "concierge" || stringOf(t, identity["account_sid"]) != sandbox.StarterAccountSID {
		t.Errorf("imported %q under %v", name, identity)
	}
	state, identity = p.imported("twiliobot_phone_number_binding", "phone_number_sid", made["PN"])
	if number := stringOf(t, state["phone_number"]); number != usNumber || stringOf(t, identity["phone_number_sid"]) != made["PN"] {
		t.Errorf("imported %q under %v", number, identity)
	}
	if label := stringOf(t, state["friendly_name"]); label != "Front desk" {
		t.Errorf("the import did not keep the label: %q", label)
	}
	state, identity = p.imported("twiliobot_messaging_service_binding", "messaging_service_sid", made["MG"])
	if sid := stringOf(t, state["assistant_sid"]); sid != made["AP"] || stringOf(t, identity["messaging_service_sid"]) != made["MG"] || stringOf(t, identity["account_sid"]) != sandbox.StarterAccountSID {
		t.Errorf("imported %q under %v", sid, identity)
	}
}

func TestObjectThatIsGoneStillHasAnIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newWire(t, w)
	const sid = "AP0123456789abcdef0123456789abcdef"
	state := p.value(p.schema.ResourceSchemas["twiliobot_assistant"], map[string]tftypes.Value{
		"sid":         tftypes.NewValue(tftypes.String, sid),
		"account_sid": tftypes.NewValue(tftypes.String, sandbox.StarterAccountSID),
		"unique_name": tftypes.NewValue(tftypes.String, "gone"),
	})
	read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "twiliobot_assistant", CurrentState: state})
	p.sound(err, read.Diagnostics)
	value, err := read.NewState.Unmarshal(p.schema.ResourceSchemas["twiliobot_assistant"].ValueType())
	if err != nil || !value.IsNull() {
		t.Errorf("a deleted bot is read as %v (%v)", value, err)
	}
	if read.NewIdentity == nil || read.NewIdentity.IdentityData == nil {
		t.Error("Terraform before 1.12 refuses a read without an identity")
	}
}

func TestIdentityMayChangeInPlace(t *testing.T) {
	t.Parallel()
	for _, made := range (&twiliobotProvider{}).Resources(t.Context()) {
		r := made()
		var metadata resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "twiliobot"}, &metadata)
		// A number that was bought keeps its SID, and is another number with another one.
		if want := metadata.TypeName != "twiliobot_phone_number"; metadata.ResourceBehavior.MutableIdentity != want {
			t.Errorf("%s: that its SID can change in an update is %t", metadata.TypeName, !want)
		}
	}
}

func TestUnknownCredentialsNeverCrashAndAreSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newWire(t, w)
	config := p.value(p.schema.Provider, map[string]tftypes.Value{
		"account_sid": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		"auth_token":  tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
	})
	configured, err := p.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.15.0", Config: config})
	p.sound(err, configured.Diagnostics)
	text := func(s any) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	for typeName, given := range map[string]map[string]tftypes.Value{
		"twiliobot_assistant":                 {"unique_name": text("bot"), "engine": text("application")},
		"twiliobot_phone_number_binding":      {"phone_number": text(ukNumber), "assistant_sid": text("AP0123456789abcdef0123456789abcdef")},
		"twiliobot_messaging_service_binding": {"messaging_service_sid": text("MG0123456789abcdef0123456789abcdef"), "assistant_sid": text("AP0123456789abcdef0123456789abcdef")},
	} {
		s := p.schema.ResourceSchemas[typeName]
		null := p.dynamic(s.ValueType(), tftypes.NewValue(s.ValueType(), nil))
		planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: typeName, PriorState: null, ProposedNewState: p.value(s, given), Config: p.value(s, given),
		})
		p.sound(err, planned.Diagnostics)
		given["account_sid"] = text(sandbox.StarterAccountSID)
		read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: p.value(s, given)})
		p.sound(err, read.Diagnostics)
		if len(read.Diagnostics) == 0 {
			t.Errorf("%s: no warning that nothing was read", typeName)
		}
	}
	for typeName, s := range p.schema.DataSourceSchemas {
		read, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: p.value(s, map[string]tftypes.Value{"unique_name": text("bot")})})
		if err != nil || len(read.Diagnostics) == 0 {
			t.Errorf("%s: %v %v", typeName, read, err)
		}
	}
}

func TestSchemasAreSoundAndEveryAttributeIsDescribed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	server, err := factories()["twiliobot"]()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range schema.Diagnostics {
		t.Errorf("%s: %s", each.Summary, each.Detail)
	}
	described := func(name string, block *tfprotov6.SchemaBlock) {
		if block.Description == "" {
			t.Errorf("%s has no description", name)
		}
		var walk func(name string, attributes []*tfprotov6.SchemaAttribute)
		walk = func(name string, attributes []*tfprotov6.SchemaAttribute) {
			for _, attribute := range attributes {
				if attribute.Description == "" {
					t.Errorf("%s.%s has no description", name, attribute.Name)
				}
				if attribute.NestedType != nil {
					walk(name+"."+attribute.Name, attribute.NestedType.Attributes)
				}
			}
		}
		walk(name, block.Attributes)
	}
	described("provider", schema.Provider.Block)
	for name, s := range schema.ResourceSchemas {
		described(name, s.Block)
	}
	for name, s := range schema.DataSourceSchemas {
		described("data."+name, s.Block)
	}
	for name, s := range schema.ActionSchemas {
		described("action."+name, s.Schema.Block)
	}
	for _, sensitive := range []string{"auth_token", "api_secret"} {
		for _, attribute := range schema.Provider.Block.Attributes {
			if attribute.Name == sensitive && !attribute.Sensitive {
				t.Errorf("%s is not sensitive", sensitive)
			}
		}
	}
}
