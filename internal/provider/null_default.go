package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// nullDefault is the default of an attribute that is null where the configuration does not
// give it, and that the provider never sets by itself. Such an attribute is computed in name
// only: in a configuration that Terraform generates, an optional attribute that is null is
// written as `= null`, and one that is computed too is left out. With the default it is
// planned, from a removal to an unknown value, as one that is not computed.
type nullDefault struct {
	attributes map[string]attr.Type // of an object
}

var (
	_ defaults.String = nullDefault{}
	_ defaults.Bool   = nullDefault{}
	_ defaults.Object = nullDefault{}
)

func (nullDefault) Description(context.Context) string         { return "null" }
func (nullDefault) MarkdownDescription(context.Context) string { return "null" }

func (nullDefault) DefaultString(_ context.Context, _ defaults.StringRequest, resp *defaults.StringResponse) {
	resp.PlanValue = types.StringNull()
}

func (nullDefault) DefaultBool(_ context.Context, _ defaults.BoolRequest, resp *defaults.BoolResponse) {
	resp.PlanValue = types.BoolNull()
}

func (d nullDefault) DefaultObject(_ context.Context, _ defaults.ObjectRequest, resp *defaults.ObjectResponse) {
	resp.PlanValue = types.ObjectNull(d.attributes)
}
