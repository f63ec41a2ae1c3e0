package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

// fake answers with schemas that hold one of everything.
type fake struct {
	tfprotov6.ProviderServer
	schemas    tfprotov6.GetProviderSchemaResponse
	identities tfprotov6.GetResourceIdentitySchemasResponse
	err        error
}

func (f *fake) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &f.schemas, f.err
}

func (f *fake) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &f.identities, nil
}

func everything() *fake {
	number := &tfprotov6.SchemaAttribute{Name: "number", Type: tftypes.String, Required: true}
	block := &tfprotov6.SchemaBlock{
		Description:     "A *thing*.",
		DescriptionKind: tfprotov6.StringKindMarkdown,
		Attributes: []*tfprotov6.SchemaAttribute{
			number,
			{Name: "token", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true, Deprecated: true},
			{Name: "tags", Type: tftypes.Map{ElementType: tftypes.List{ElementType: tftypes.Number}}, Computed: true},
			{Name: "numbers", Optional: true, NestedType: &tfprotov6.SchemaObject{
				Nesting:    tfprotov6.SchemaObjectNestingModeList,
				Attributes: []*tfprotov6.SchemaAttribute{number},
			}},
		},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{
			TypeName: "option",
			Nesting:  tfprotov6.SchemaNestedBlockNestingModeSet,
			MaxItems: 3,
			Block:    &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{number}},
		}},
	}
	schema := &tfprotov6.Schema{Version: 2, Block: block}
	small := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{number}}}
	return &fake{
		schemas: tfprotov6.GetProviderSchemaResponse{
			Provider:                 small,
			ResourceSchemas:          map[string]*tfprotov6.Schema{"x_thing": schema},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"x_data": small},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"x_brief": small},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"x_thing": small},
			StateStoreSchemas:        map[string]*tfprotov6.Schema{"x_store": small},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"x_act": {Schema: small}},
			Functions: map[string]*tfprotov6.Function{"join": {
				Summary:           "Joins.",
				Description:       "Joins strings.",
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "by", Type: tftypes.String, AllowNullValue: true}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "parts", Type: tftypes.DynamicPseudoType},
				Return:            &tfprotov6.FunctionReturn{Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"url": tftypes.String}}},
			}},
		},
		identities: tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"x_thing": {
				Version: 1,
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "sid", Type: tftypes.String, RequiredForImport: true, Description: "The SID."},
				},
			}},
		},
	}
}

// want is written by hand in Terraform's JSON output format
// (https://developer.hashicorp.com/terraform/cli/commands/providers/schema).
const want = `{
  "format_version": "1.0",
  "provider_schemas": {"twiliobot": {
    "provider": SMALL,
    "resource_schemas": {"x_thing": {"version": 2, "block": {
      "description": "A *thing*.", "description_kind": "markdown",
      "attributes": {
        "number": NUMBER,
        "token": {"type": "string", "description_kind": "plain", "optional": true, "sensitive": true, "write_only": true, "deprecated": true},
        "tags": {"type": ["map", ["list", "number"]], "description_kind": "plain", "computed": true},
        "numbers": {"nested_type": {"nesting_mode": "list", "attributes": {"number": NUMBER}}, "description_kind": "plain", "optional": true}
      },
      "block_types": {"option": {"nesting_mode": "set", "max_items": 3, "block": {"attributes": {"number": NUMBER}, "description_kind": "plain"}}}
    }}},
    "data_source_schemas": {"x_data": SMALL},
    "ephemeral_resource_schemas": {"x_brief": SMALL},
    "list_resource_schemas": {"x_thing": SMALL},
    "state_store_schemas": {"x_store": SMALL},
    "action_schemas": {"x_act": {"block": {"attributes": {"number": NUMBER}, "description_kind": "plain"}}},
    "functions": {"join": {
      "description": "Joins strings.", "summary": "Joins.", "return_type": ["object", {"url": "string"}],
      "parameters": [{"name": "by", "is_nullable": true, "type": "string"}],
      "variadic_parameter": {"name": "parts", "type": "dynamic"}
    }},
    "resource_identity_schemas": {"x_thing": {"version": 1, "attributes": {"sid": {"type": "string", "description": "The SID.", "required_for_import": true}}}}
  }}
}`

func TestEveryKindOfSchemaIsWrittenAsTerraformWritesIt(t *testing.T) {
	var out bytes.Buffer
	if err := write(t.Context(), &out, everything()); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(want, "SMALL", `{"version": 0, "block": {"attributes": {"number": NUMBER}, "description_kind": "plain"}}`)
	text = strings.ReplaceAll(text, "NUMBER", `{"type": "string", "description_kind": "plain", "required": true}`)
	if diff := cmp.Diff(decoded(t, []byte(text)), decoded(t, out.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOutputIsTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := write(t.Context(), out, everything()); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Errorf("two runs differ:\n%s\n%s", &first, &second)
	}
}

func TestProvidersOwnSchemasCanBeReadBack(t *testing.T) {
	var out bytes.Buffer
	if err := write(t.Context(), &out, providerserver.NewProtocol6(provider.New("test")())()); err != nil {
		t.Fatal(err)
	}
	var back tfjson.ProviderSchemas
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if got := back.Schemas["twiliobot"]; got == nil || got.ConfigSchema == nil {
		t.Errorf("no schema of the provider's own block in:\n%s", &out)
	}
}

func TestProvidersComplaintIsAnError(t *testing.T) {
	broken := everything()
	broken.schemas.Diagnostics = []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Odd"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid schema", Detail: "x_thing has no description"},
	}
	gone := everything()
	gone.err = errors.New("connection lost")
	for text, server := range map[string]*fake{"Invalid schema: x_thing": broken, "connection lost": gone} {
		err := write(t.Context(), &bytes.Buffer{}, server)
		if err == nil || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "Odd") {
			t.Errorf("got %v, want %q and no warning", err, text)
		}
	}
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return value
}
