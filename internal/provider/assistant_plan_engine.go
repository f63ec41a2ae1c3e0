package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// contents lists the attributes of content that are given, and those that may be: what is
// unknown may turn out null.
func (m assistantModel) contents() (given, unknown []string) {
	for _, each := range []struct {
		name  string
		value attr.Value
	}{{"schema", m.Schema}, {"flow", m.Flow}, {"webhooks", m.Webhooks}} {
		switch {
		case each.value.IsNull():
		case each.value.IsUnknown():
			unknown = append(unknown, each.name)
		default:
			given = append(given, each.name)
		}
	}
	return given, unknown
}

// settle plans what runs the bot, and whether another takes its place. What depends on an
// unknown value is unknown: Terraform plans again when it applies, and holds the second
// plan to every value that the first one knew.
func (p *assistantPlan) settle() {
	p.unset()
	p.engines = p.possibleEngines()
	if p.config.Engine.IsNull() {
		p.plan.Engine = types.StringUnknown()
		if len(p.engines) == 1 {
			p.plan.Engine = types.StringValue(string(p.engines[0]))
		}
	}
	if p.state == nil {
		return
	}
	renamed := !p.plan.UniqueName.Equal(p.state.UniqueName)
	p.replaced = p.moves() || (renamed && !p.plan.Rename.IsUnknown() && !p.plan.inPlace())
	p.mayBeReplaced = p.replaced || !p.runsOn(bot.Engine(p.state.Engine.ValueString())) || (renamed && p.plan.Rename.IsUnknown())
}

// possibleEngines lists what may run the bot: what the configuration says, else what the
// content calls for, else what it runs on, else the provider's default. It is one engine
// where nothing that decides it is unknown.
func (p *assistantPlan) possibleEngines() []bot.Engine {
	if engine := p.config.Engine.ValueString(); engine != "" {
		return []bot.Engine{bot.Engine(engine)}
	}
	kinds, unknown := p.plan.contents()
	if len(kinds) == 0 {
		kinds = append(unknown, "")
	}
	var possible []bot.Engine
	for _, kind := range kinds {
		possible = append(possible, p.enginesOf(kind)...)
	}
	slices.Sort(possible)
	return slices.Compact(possible)
}

// enginesOf lists what may run a kind of content, by the name of its attribute; empty for
// content that is managed elsewhere.
func (p *assistantPlan) enginesOf(kind string) []bot.Engine {
	switch {
	case kind == "flow":
		return []bot.Engine{bot.Studio}
	case kind == "webhooks":
		return []bot.Engine{bot.Application}
	case p.config.Engine.IsUnknown() && kind == "schema":
		return []bot.Engine{bot.Studio, bot.Autopilot}
	case p.config.Engine.IsUnknown():
		return bot.Engines()
	case p.state != nil && (kind == "" || p.state.Engine.ValueString() != string(bot.Application)):
		return []bot.Engine{bot.Engine(p.state.Engine.ValueString())}
	case p.provider.engine == "" && kind == "schema":
		return []bot.Engine{bot.Studio, bot.Autopilot} // the third is refused once it is known
	default:
		return p.provider.engines()
	}
}

// runsOn reports whether the bot is known to run on an engine.
func (p *assistantPlan) runsOn(engine bot.Engine) bool {
	return len(p.engines) == 1 && p.engines[0] == engine
}

// mayRunOn reports whether the bot runs on an engine, as far as it is known.
func (p *assistantPlan) mayRunOn(engine bot.Engine) bool { return slices.Contains(p.engines, engine) }

// moves reports whether the bot is known to change its engine.
func (p *assistantPlan) moves() bool {
	return p.state != nil && !p.mayRunOn(bot.Engine(p.state.Engine.ValueString()))
}

// compiles reports whether the bot is known to be a schema that runs as a Studio flow.
func (p *assistantPlan) compiles() bool {
	return p.runsOn(bot.Studio) && !p.plan.Schema.IsNull() && !p.plan.Schema.IsUnknown()
}

// mayCompile reports whether the bot is a schema that runs as a Studio flow, as far as it is
// known.
func (p *assistantPlan) mayCompile() bool {
	return p.mayRunOn(bot.Studio) && !p.plan.Schema.IsNull()
}

// shownEngines names what may run the bot.
func (p *assistantPlan) shownEngines() string {
	return "`" + strings.Join(words(p.engines), "` or `") + "`"
}

// unset plans as null what has a default and nobody set. Where an earlier version of the
// provider wrote the default to the state, it stays there: it means the same.
func (p *assistantPlan) unset() {
	if p.config.Rename.IsNull() {
		p.plan.Rename = types.StringNull()
		if p.state != nil && !p.state.inPlace() {
			p.plan.Rename = p.state.Rename
		}
	}
	if p.config.DrainTimeout.IsNull() {
		p.plan.DrainTimeout = types.StringNull()
		if p.state != nil && p.state.drain() == defaultDrain {
			p.plan.DrainTimeout = p.state.DrainTimeout
		}
	}
	if p.config.ForceDestroy.IsNull() {
		p.plan.ForceDestroy = types.BoolNull()
		if p.state != nil && !p.state.ForceDestroy.ValueBool() {
			p.plan.ForceDestroy = p.state.ForceDestroy
		}
	}
}

// fits refuses what no account could have, as the validation does. It is not enough that
// the configuration was validated: here `ignore_changes` has put values of the state in
// their place.
func (p *assistantPlan) fits(ctx context.Context) bool {
	before := p.diags.ErrorsCount()
	if given, _ := p.plan.contents(); len(given) > 1 {
		p.severalContents(given)
		return false
	}
	p.unfit()
	if p.config.Engine.IsNull() && p.runsOn(bot.Application) && !p.plan.Schema.IsNull() && !p.plan.Schema.IsUnknown() {
		p.diags.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
			"The provider's `engine` is `application`, which holds URLs, not an assistant schema. Set the bot's own `engine` to `studio`, or to `autopilot`.")
	}
	if !p.config.Routing.IsNull() && !p.config.Routing.IsUnknown() && !p.mayCompile() {
		p.refuse(diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("routing"), "Only a schema on Studio is routed",
			"`routing` says how a Studio flow that is compiled from a `schema` finds its tasks; other bots find their own way. Remove it.")}, "routing")
	}
	if changed := p.changedWebhooks(ctx); changed != nil {
		var found diag.Diagnostics
		changed.validate(&found)
		p.refuse(found, "webhooks")
	}
	if p.diags.ErrorsCount() == before && p.moves() {
		if given, unknown := p.plan.contents(); len(given)+len(unknown) == 0 && len(p.engines) == 1 {
			p.lost()
		}
	}
	return p.diags.ErrorsCount() == before
}

// unfit refuses an engine that does not run the content, one of which `ignore_changes`
// keeps.
func (p *assistantPlan) unfit() {
	var found diag.Diagnostics
	judged := *p.plan
	judged.Engine = p.config.Engine
	judged.validateEngine(&found)
	given, _ := p.plan.contents()
	kept := p.kept(append([]string{"engine"}, given...)...)
	misfit := slices.IndexFunc(found, func(each diag.Diagnostic) bool {
		at, ok := each.(diag.DiagnosticWithPath)
		return ok && at.Path().Equal(path.Root("engine"))
	})
	if misfit < 0 || len(kept) != 1 {
		p.refuse(found, "engine", "restore_sid")
		return
	}
	p.diags.AddAttributeError(path.Root("engine"), "The engine does not fit the content",
		fmt.Sprintf("`%s` does not run on the `engine` `%s`, and `ignore_changes` keeps %s as the state has it. Nothing is changed. "+
			"Remove %s from `ignore_changes`, or write the other as it was.", given[0], p.config.Engine.ValueString(), quoted(kept), quoted(kept)))
}

// severalContents refuses a bot of two kinds of content, one of which `ignore_changes`
// keeps.
func (p *assistantPlan) severalContents(given []string) {
	kept, added := p.kept(given...), slices.Clone(given)
	if len(kept) == 0 || len(kept) == len(given) {
		p.diags.AddAttributeError(path.Root(given[0]), "A bot has one kind of content",
			fmt.Sprintf("These are given together: %s. Remove all but one.", quoted(given)))
		return
	}
	added = slices.DeleteFunc(added, func(name string) bool { return slices.Contains(kept, name) })
	p.diags.AddAttributeError(path.Root(added[0]), "A bot has one kind of content",
		fmt.Sprintf("The configuration gives %s, and `ignore_changes` keeps %s as the state has it: the bot would be made of both. Nothing is changed. "+
			"Remove %s from `ignore_changes`, and the bot becomes what %s says; or remove %s.",
			quoted(added), quoted(kept), quoted(kept), quoted(added), quoted(added)))
}

// kept lists those of some attributes that are planned as the state has them. Where the
// configuration alone is refused, the validation does so before the plan is made: one that
// is refused in the plan is kept by `ignore_changes`.
func (p *assistantPlan) kept(names ...string) []string {
	if p.state == nil {
		return nil
	}
	planned, prior := p.plan.configurable(), p.state.configurable()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return planned[name].IsNull() || !planned[name].Equal(prior[name])
	})
}

// configurable is the attributes that `ignore_changes` may keep in a combination that the
// validation refuses.
func (m assistantModel) configurable() map[string]attr.Value {
	return map[string]attr.Value{
		"friendly_name": m.FriendlyName, "engine": m.Engine, "schema": m.Schema, "flow": m.Flow, "webhooks": m.Webhooks,
		"routing": m.Routing, "restore_sid": m.RestoreSID,
	}
}

// refuse adds errors, and says which of the attributes they name `ignore_changes` keeps.
func (p *assistantPlan) refuse(found diag.Diagnostics, names ...string) {
	note := ""
	if kept := p.kept(names...); len(kept) > 0 {
		note = fmt.Sprintf(" `ignore_changes` keeps %s as the state has it: remove that from `ignore_changes`, or write the rest as it was.", quoted(kept))
	}
	for _, each := range found {
		if at, ok := each.(diag.DiagnosticWithPath); ok {
			p.diags.AddAttributeError(at.Path(), each.Summary(), each.Detail()+note)
		}
	}
}

func quoted(names []string) string { return "`" + strings.Join(names, "` and `") + "`" }
