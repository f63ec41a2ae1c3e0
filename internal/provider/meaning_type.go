package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// notation is a way to write something down in a string, of which several
// spellings mean the same.
type notation interface {
	// name says what is written, in messages.
	name() string
	// same reports whether two spellings mean the same.
	same(a, b string) bool
}

// strictNotation is one of which every value is checked, wherever it comes from. The
// contents of a bot are not: what is live is read as it is, and what a configuration
// writes is checked by the resource's ValidateConfig.
type strictNotation interface {
	// check refuses what cannot be read.
	check(at path.Path, text string, diags *diag.Diagnostics)
}

// meaningType is the type of strings in a notation: two that mean the same are
// equal.
type meaningType[N notation] struct{ basetypes.StringType }

// meaning is a value of meaningType.
type meaning[N notation] struct{ basetypes.StringValue }

var (
	_ basetypes.StringTypable                    = meaningType[phoneNotation]{}
	_ basetypes.StringValuableWithSemanticEquals = meaning[phoneNotation]{}
	_ xattr.ValidateableAttribute                = meaning[phoneNotation]{}
	_ strictNotation                             = phoneNotation{}
)

func newMeaning[N notation](text string) meaning[N] {
	return meaning[N]{basetypes.NewStringValue(text)}
}

func (t meaningType[N]) String() string {
	var n N
	return n.name()
}

func (t meaningType[N]) ValueType(context.Context) attr.Value { return meaning[N]{} }

func (t meaningType[N]) Equal(other attr.Type) bool {
	_, ok := other.(meaningType[N])
	return ok
}

func (t meaningType[N]) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return meaning[N]{in}, nil
}

func (t meaningType[N]) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("%s came as a %T", t, value)
	}
	return meaning[N]{text}, nil
}

// String is for logs, and shows no content: the framework's own trace writes it, and
// a definition can hold keys of other services.
func (m meaning[N]) String() string {
	if m.IsNull() || m.IsUnknown() {
		return m.StringValue.String()
	}
	var n N
	return fmt.Sprintf("(%s of %d bytes)", n.name(), len(m.ValueString()))
}

func (m meaning[N]) Type(context.Context) attr.Type { return meaningType[N]{} }

func (m meaning[N]) Equal(other attr.Value) bool {
	o, ok := other.(meaning[N])
	return ok && m.StringValue.Equal(o.StringValue)
}

func (m meaning[N]) StringSemanticEquals(_ context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	o, ok := other.(meaning[N])
	var n N
	return ok && n.same(m.ValueString(), o.ValueString()), nil
}

func (m meaning[N]) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if m.IsNull() || m.IsUnknown() {
		return
	}
	var n N
	if strict, ok := any(n).(strictNotation); ok {
		strict.check(req.Path, m.ValueString(), &resp.Diagnostics)
	}
}
