package provider

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Models are structs whose fields are attribute values, tagged with the attributes' names.
// The framework's own Get and Set read the tags anew for each of them, and compile a
// regular expression for each field (internal/reflect.isValidFieldName), which was a sixth
// of what a plan of 1,000 bindings allocated.

// modelField is a field of a model.
type modelField struct {
	attribute string
	index     int
}

// modelFields are the fields of each type of model, by its reflect.Type.
var modelFields sync.Map

func fieldsOf(model reflect.Type) []modelField {
	if known, ok := modelFields.Load(model); ok {
		return known.([]modelField) //nolint:forcetypeassert // nothing else is stored
	}
	var fields []modelField
	for i := range model.NumField() {
		fields = append(fields, modelField{model.Field(i).Tag.Get("tfsdk"), i})
	}
	modelFields.Store(model, fields)
	return fields
}

// getModel reads a configuration, plan, state or identity into a model.
func getModel(ctx context.Context, from interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}, model any) diag.Diagnostics {
	var object types.Object
	diags := from.Get(ctx, &object)
	if diags.HasError() {
		return diags
	}
	attributes, into := object.Attributes(), reflect.ValueOf(model).Elem()
	for _, field := range fieldsOf(into.Type()) {
		value, to := attributes[field.attribute], into.Field(field.index)
		if reflect.TypeOf(value) != to.Type() {
			diags.AddAttributeError(path.Root(field.attribute), "Unable to read the attribute",
				fmt.Sprintf("It is a %T where a %s is expected. This is a bug in the provider; please report it.", value, to.Type()))
			continue
		}
		validate(ctx, field.attribute, value, &diags)
		to.Set(reflect.ValueOf(value))
	}
	return diags
}

// setModel writes a model into a plan, state or identity.
func setModel(ctx context.Context, to interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}, model any) (diags diag.Diagnostics) {
	from := reflect.ValueOf(model)
	fields := fieldsOf(from.Type())
	attributeTypes, values := make(map[string]tftypes.Type, len(fields)), make(map[string]tftypes.Value, len(fields))
	for _, field := range fields {
		attribute, ok := from.Field(field.index).Interface().(attr.Value)
		if !ok {
			diags.AddAttributeError(path.Root(field.attribute), "Unable to write the attribute",
				fmt.Sprintf("A %s is no value of an attribute. This is a bug in the provider; please report it.", from.Field(field.index).Type()))
			continue
		}
		validate(ctx, field.attribute, attribute, &diags)
		value, err := attribute.ToTerraformValue(ctx)
		if err != nil {
			diags.AddAttributeError(path.Root(field.attribute), "Unable to write the attribute", sentence(err))
			continue
		}
		attributeTypes[field.attribute], values[field.attribute] = value.Type(), value
	}
	if diags.HasError() {
		return diags
	}
	return append(diags, to.Set(ctx, tftypes.NewValue(tftypes.Object{AttributeTypes: attributeTypes}, values))...)
}

func validate(ctx context.Context, attribute string, value attr.Value, diags *diag.Diagnostics) {
	if checked, ok := value.(xattr.ValidateableAttribute); ok {
		var resp xattr.ValidateAttributeResponse
		checked.ValidateAttribute(ctx, xattr.ValidateAttributeRequest{Path: path.Root(attribute)}, &resp)
		diags.Append(resp.Diagnostics...)
	}
}
