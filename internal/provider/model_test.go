package provider

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestModelsAreReadAndWrittenAsTheFrameworkDoes(t *testing.T) {
	for name, each := range map[string]struct {
		resource       resource.Resource
		model, another any // pointers to zero models
	}{
		"an assistant":           {newAssistantResource(), &assistantModel{}, &assistantModel{}},
		"a binding":              {newPhoneNumberBindingResource(), &bindingModel{}, &bindingModel{}},
		"a binding of a service": {newMessagingServiceBindingResource(), &serviceBindingModel{}, &serviceBindingModel{}},
		"a function":             {newFunctionResource(), &functionModel{}, &functionModel{}},
		"a suspension":           {newSuspensionResource(), &suspensionModel{}, &suspensionModel{}},
	} {
		t.Run(name, func(t *testing.T) {
			var resp resource.SchemaResponse
			each.resource.Schema(t.Context(), resource.SchemaRequest{}, &resp)
			plan := tfsdk.Plan{Schema: resp.Schema, Raw: sampleOf(t, resp.Schema)}
			byFramework, by := plan.Get(t.Context(), each.another), getModel(t.Context(), plan, each.model)
			if byFramework.HasError() || by.HasError() || !reflect.DeepEqual(each.another, each.model) {
				t.Fatalf("by the framework %v %+v\nby getModel %v %+v", byFramework, each.another, by, each.model)
			}
			model := reflect.ValueOf(each.model).Elem().Interface()
			written, expected := tfsdk.Plan{Schema: resp.Schema}, tfsdk.Plan{Schema: resp.Schema}
			byFramework, by = expected.Set(t.Context(), model), setModel(t.Context(), &written, model)
			if byFramework.HasError() || by.HasError() || !written.Raw.Equal(expected.Raw) || !written.Raw.Equal(plan.Raw) {
				t.Errorf("by the framework %v %s\nby setModel %v %s", byFramework, expected.Raw, by, written.Raw)
			}
		})
	}
}

func TestNumberThatCannotBeReadIsRefusedAsTheFrameworkDoes(t *testing.T) {
	var resp resource.SchemaResponse
	newPhoneNumberBindingResource().Schema(t.Context(), resource.SchemaRequest{}, &resp)
	plan := tfsdk.Plan{Schema: resp.Schema, Raw: sampleOf(t, resp.Schema)}
	var model bindingModel
	if diags := getModel(t.Context(), plan, &model); diags.HasError() {
		t.Fatal(diags)
	}
	model.PhoneNumber = newMeaning[phoneNotation]("+999")
	if diags := setModel(t.Context(), &plan, model); !diags.HasError() {
		t.Error("a number that cannot be read was written")
	}
	plan.Raw = withString(t, plan.Raw, "phone_number", "+999")
	byFramework, by := plan.Get(t.Context(), &bindingModel{}), getModel(t.Context(), plan, &bindingModel{})
	if diff := cmp.Diff(byFramework, by); diff != "" || !by.HasError() {
		t.Errorf("by the framework (-) and by getModel (+):\n%s", diff)
	}
}

// sampleOf is an object of a schema: of the attributes in alphabetical order one is known,
// the next unknown, the next null, and so on.
func sampleOf(t *testing.T, s schema.Schema) tftypes.Value {
	t.Helper()
	kind, ok := s.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatalf("a schema of a %s", s.Type())
	}
	values := map[string]tftypes.Value{}
	for i, name := range slices.Sorted(maps.Keys(kind.AttributeTypes)) {
		each := kind.AttributeTypes[name]
		switch {
		case i%3 == 1:
			values[name] = tftypes.NewValue(each, tftypes.UnknownValue)
		case i%3 == 2 || !each.Is(tftypes.String) && !each.Is(tftypes.Bool):
			values[name] = tftypes.NewValue(each, nil)
		case each.Is(tftypes.Bool):
			values[name] = tftypes.NewValue(each, true)
		default:
			values[name] = tftypes.NewValue(each, "+12025550142")
		}
	}
	return tftypes.NewValue(kind, values)
}

func withString(t *testing.T, object tftypes.Value, attribute, text string) tftypes.Value {
	t.Helper()
	values := map[string]tftypes.Value{}
	if err := object.As(&values); err != nil {
		t.Fatal(err)
	}
	values[attribute] = tftypes.NewValue(tftypes.String, text)
	return tftypes.NewValue(object.Type(), values)
}
