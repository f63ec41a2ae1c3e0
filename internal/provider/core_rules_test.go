package provider

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What Terraform does with a configuration before a provider sees it, and what it checks of
// the answers, as in its packages terraform (processIgnoreChanges) and plans/objchange
// (ProposedNew, AssertPlanValid, AssertObjectCompatible).

// attributesOf is the attributes of an object; nil for one that is null or unknown.
func attributesOf(value tftypes.Value) map[string]tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	attributes := map[string]tftypes.Value{}
	if err := value.As(&attributes); err != nil {
		return nil // not an object
	}
	return maps.Clone(attributes) // the value would change with them
}

// withUnknown is a configuration with some values unknown, each named by its path such as
// webhooks.voice_url.
func withUnknown(schema *tfprotov6.Schema, given map[string]tftypes.Value, unknown []string) map[string]tftypes.Value {
	values := maps.Clone(given)
	kinds := schema.ValueType().(tftypes.Object).AttributeTypes
	for _, name := range unknown {
		outer, inner, nested := strings.Cut(name, ".")
		if !nested {
			values[outer] = tftypes.NewValue(kinds[outer], tftypes.UnknownValue)
			continue
		}
		if parts := attributesOf(values[outer]); parts != nil {
			parts[inner] = tftypes.NewValue(parts[inner].Type(), tftypes.UnknownValue)
			values[outer] = tftypes.NewValue(kinds[outer], parts)
		}
	}
	return values
}

// ignoring puts values of the prior state in the place of what ignore_changes names: "all",
// or attributes by their paths.
func (p *wire) ignoring(typeName string, prior, config *tfprotov6.DynamicValue, ignored []string) *tfprotov6.DynamicValue {
	p.t.Helper()
	had, want := p.attributes(typeName, prior), p.attributes(typeName, config)
	if len(had) == 0 || len(ignored) == 0 {
		return config
	}
	if slices.Contains(ignored, "all") {
		for _, attribute := range p.schema.ResourceSchemas[typeName].Block.Attributes {
			want[attribute.Name] = had[attribute.Name]
			if attribute.Computed && !attribute.Optional {
				want[attribute.Name] = tftypes.NewValue(attribute.ValueType(), nil)
			}
		}
		return p.dynamic(p.kind(typeName), tftypes.NewValue(p.kind(typeName), want))
	}
	for _, name := range ignored {
		outer, inner, nested := strings.Cut(name, ".")
		if !nested {
			want[outer] = had[outer]
			continue
		}
		before, after := attributesOf(had[outer]), attributesOf(want[outer])
		if before != nil && after != nil {
			after[inner] = before[inner]
			want[outer] = tftypes.NewValue(want[outer].Type(), after)
		}
	}
	return p.dynamic(p.kind(typeName), tftypes.NewValue(p.kind(typeName), want))
}

// proposed merges a configuration into the prior state: what is computed and not configured
// keeps its value.
func (p *wire) proposed(typeName string, prior, config *tfprotov6.DynamicValue) *tfprotov6.DynamicValue {
	p.t.Helper()
	merged := proposedAttributes(p.schema.ResourceSchemas[typeName].Block.Attributes, p.attributes(typeName, prior), p.attributes(typeName, config))
	return p.dynamic(p.kind(typeName), tftypes.NewValue(p.kind(typeName), merged))
}

func proposedAttributes(schema []*tfprotov6.SchemaAttribute, had, want map[string]tftypes.Value) map[string]tftypes.Value {
	merged := maps.Clone(want)
	for _, attribute := range schema {
		value := want[attribute.Name]
		switch before, ok := had[attribute.Name]; {
		case !ok:
		case attribute.Computed && value.IsNull():
			merged[attribute.Name] = before
		case attribute.NestedType != nil && attributesOf(value) != nil:
			merged[attribute.Name] = tftypes.NewValue(value.Type(), proposedAttributes(attribute.NestedType.Attributes, attributesOf(before), attributesOf(value)))
		}
	}
	return merged
}

// valid refuses a plan that contradicts the configuration.
func (p *wire) valid(typeName string, prior, config, planned *tfprotov6.DynamicValue) error {
	return validAttributes("", p.schema.ResourceSchemas[typeName].Block.Attributes,
		p.attributes(typeName, prior), p.attributes(typeName, config), p.attributes(typeName, planned))
}

func validAttributes(at string, schema []*tfprotov6.SchemaAttribute, had, want, planned map[string]tftypes.Value) error {
	var all []error
	for _, attribute := range schema {
		name := attribute.Name
		prior, ok := had[name]
		if !ok {
			prior = tftypes.NewValue(want[name].Type(), nil)
		}
		config, plan := want[name], planned[name]
		switch {
		case attribute.WriteOnly && plan.IsNull():
		case attribute.WriteOnly:
			all = append(all, fmt.Errorf("%s%s is write-only, and planned as %v", at, name, plan))
		case plan.Equal(config),
			plan.Equal(prior) && !prior.IsNull() && !config.IsNull(),
			attribute.Computed && (!attribute.Optional || config.IsNull()):
		case attribute.NestedType != nil && attributesOf(config) != nil && attributesOf(plan) != nil:
			all = append(all, validAttributes(at+name+".", attribute.NestedType.Attributes, attributesOf(prior), attributesOf(config), attributesOf(plan)))
		default:
			all = append(all, fmt.Errorf("%s%s is planned as %v, neither as configured, %v, nor as in the state, %v", at, name, plan, config, prior))
		}
	}
	return errors.Join(all...)
}

// completes refuses a value that differs from a planned one in what the plan knew.
func completes(at string, planned, actual tftypes.Value) error {
	if !planned.IsKnown() || planned.Equal(actual) {
		return nil
	}
	before, after := attributesOf(planned), attributesOf(actual)
	if before == nil || after == nil {
		return fmt.Errorf("%s was %v, but now %v", at, planned, actual)
	}
	var all []error
	for _, name := range slices.Sorted(maps.Keys(before)) {
		all = append(all, completes(at+"."+name, before[name], after[name]))
	}
	return errors.Join(all...)
}
