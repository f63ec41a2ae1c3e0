package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// checkFit refuses what no account could have, as the validation does. It is not enough that
// the configuration was validated: here `ignore_changes` has put values of the state in
// their place.
func checkFit(ctx context.Context, c *botChange) (diags diag.Diagnostics) {
	if len(c.given) > 1 {
		diags.Append(severalContents(c))
		return diags
	}
	diags.Append(checkEngineFit(c)...)
	if c.config.Engine.IsNull() && c.runsOn(bot.Application) && slices.Contains(c.given, "schema") {
		diags.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
			"The provider's `engine` is `application`, which holds URLs, not an assistant schema. Set the bot's own `engine` to `studio`, or to `autopilot`.")
	}
	if !c.config.Routing.IsNull() && !c.config.Routing.IsUnknown() && !c.mayCompile() {
		diags.Append(refused(c, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("routing"), "Only a schema on Studio is routed",
			"`routing` says how a Studio flow that is compiled from a `schema` finds its tasks; other bots find their own way. Remove it.")}, "routing")...)
	}
	diags.Append(checkConfirm(c)...)
	if changed := changedWebhooks(ctx, c); changed != nil {
		var found diag.Diagnostics
		changed.validate(&found)
		diags.Append(refused(c, found, "webhooks")...)
	}
	if !diags.HasError() && c.moves() && len(c.given)+len(c.unknown) == 0 {
		if to, known := c.only(); known {
			diags.Append(lostContent(*c.state, to))
		}
	}
	return diags
}

// checkConfirm refuses a question for bots that never ask it.
func checkConfirm(c *botChange) (diags diag.Diagnostics) {
	if c.config.RoutingConfirm.IsNull() || c.config.RoutingConfirm.IsUnknown() {
		return nil
	}
	routing := plannedRouting(c)
	if routing.IsUnknown() || routing.ValueString() == string(compile.Trained) {
		return nil
	}
	why := "this bot is no such flow. Remove `routing_confirm`."
	if !routing.IsNull() {
		why = fmt.Sprintf("the routing of this bot is `%s`. Set `routing = \"trained\"`, or remove `routing_confirm`.", routing.ValueString())
	}
	// The configuration alone can be at fault, so ignore_changes need not be.
	if c.state != nil {
		why += " Where `ignore_changes` names either, remove it there too."
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("routing_confirm"), "Only a trained routing asks which task was meant",
		"`routing_confirm` is asked where a flow that was compiled from a `schema` with `routing = \"trained\"` finds two tasks close to each other; "+why)}
}

// checkEngineFit refuses an engine that does not run the content, one of which
// `ignore_changes` keeps.
func checkEngineFit(c *botChange) diag.Diagnostics {
	var found diag.Diagnostics
	judged := *c.plan
	judged.Engine = c.config.Engine
	judged.validateEngine(&found)
	unchanged := c.unchanged(append([]string{"engine"}, c.given...)...)
	misfit := slices.ContainsFunc(found, func(each diag.Diagnostic) bool {
		at, ok := each.(diag.DiagnosticWithPath)
		return ok && at.Path().Equal(path.Root("engine"))
	})
	if !misfit || len(unchanged) != 1 {
		return refused(c, found, "engine", "restore_sid")
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("engine"), "The engine does not fit the content",
		fmt.Sprintf("`%s` does not run on the `engine` `%s`, and `ignore_changes` keeps %s as the state has it. Nothing is changed. "+
			"Remove %s from `ignore_changes`, or write the other as it was.", c.given[0], c.config.Engine.ValueString(), quoted(unchanged), quoted(unchanged)))}
}

// severalContents refuses a bot of two kinds of content, one of which `ignore_changes`
// keeps.
func severalContents(c *botChange) diag.Diagnostic {
	unchanged := c.unchanged(c.given...)
	if len(unchanged) == 0 || len(unchanged) == len(c.given) {
		return diag.NewAttributeErrorDiagnostic(path.Root(c.given[0]), "A bot has one kind of content",
			fmt.Sprintf("These are given together: %s. Remove all but one.", quoted(c.given)))
	}
	added := slices.DeleteFunc(slices.Clone(c.given), func(name string) bool { return slices.Contains(unchanged, name) })
	return diag.NewAttributeErrorDiagnostic(path.Root(added[0]), "A bot has one kind of content",
		fmt.Sprintf("The configuration gives %s, and `ignore_changes` keeps %s as the state has it: the bot would be made of both. Nothing is changed. "+
			"Remove %s from `ignore_changes`, and the bot becomes what %s says; or remove %s.",
			quoted(added), quoted(unchanged), quoted(unchanged), quoted(added), quoted(added)))
}

// unchanged lists those of some attributes that are planned as the state has them. Where the
// configuration alone is refused, the validation does so before the plan is made: one that
// is refused in the plan is kept by `ignore_changes`.
func (c *botChange) unchanged(names ...string) []string {
	if c.state == nil {
		return nil
	}
	planned, prior := c.plan.ignorable(), c.state.ignorable()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return planned[name].IsNull() || !planned[name].Equal(prior[name])
	})
}

// ignorable is the attributes that `ignore_changes` may keep in a combination that the
// validation refuses.
func (m assistantModel) ignorable() map[string]attr.Value {
	all := map[string]attr.Value{"friendly_name": m.FriendlyName, "engine": m.Engine, "routing": m.Routing, "routing_confirm": m.RoutingConfirm, "restore_sid": m.RestoreSID}
	for _, each := range m.content() {
		all[each.name] = each.value
	}
	return all
}

// refused adds to errors which of the attributes they name `ignore_changes` keeps.
func refused(c *botChange, found diag.Diagnostics, names ...string) (diags diag.Diagnostics) {
	note := ""
	if unchanged := c.unchanged(names...); len(unchanged) > 0 {
		note = fmt.Sprintf(" `ignore_changes` keeps %s as the state has it: remove that from `ignore_changes`, or write the rest as it was.", quoted(unchanged))
	}
	for _, each := range found {
		if at, ok := each.(diag.DiagnosticWithPath); ok {
			diags.AddAttributeError(at.Path(), each.Summary(), each.Detail()+note)
		}
	}
	return diags
}
