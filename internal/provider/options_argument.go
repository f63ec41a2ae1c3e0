package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// optionsArgument is the object of choices that a function may be given behind its first
// argument, null where it is not given, and whether all of it is known.
func optionsArgument(ctx context.Context, given []types.Dynamic, first string) (value tftypes.Value, known bool, failed *function.FuncError) {
	switch len(given) {
	case 0:
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil), true, nil
	case 1:
		value, err := given[0].ToTerraformValue(ctx)
		if err != nil {
			return value, false, argumentError(1, err.Error())
		}
		return value, value.IsFullyKnown(), nil
	default:
		return value, false, argumentError(2, "the function takes "+first+" and at most one object of options")
	}
}
