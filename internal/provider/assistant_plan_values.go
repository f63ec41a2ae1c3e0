package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

// planDefaults plans as null what has a default and nobody set. Where an earlier version of
// the provider wrote the default to the state, it stays there: it means the same.
func planDefaults(plan *assistantModel, config assistantModel, state *assistantModel) {
	if config.Rename.IsNull() {
		plan.Rename = types.StringNull()
		if state != nil && !state.inPlace() {
			plan.Rename = state.Rename
		}
	}
	if config.DrainTimeout.IsNull() {
		plan.DrainTimeout = types.StringNull()
		if state != nil && state.drain() == defaultDrain {
			plan.DrainTimeout = state.DrainTimeout
		}
	}
	if config.ForceDestroy.IsNull() {
		plan.ForceDestroy = types.BoolNull()
		if state != nil && !state.ForceDestroy.ValueBool() {
			plan.ForceDestroy = state.ForceDestroy
		}
	}
}

// plannedWebhooks says how the webhooks are called: with POST where nothing else is said,
// and not at all without a URL.
func plannedWebhooks(ctx context.Context, plan, config types.Object) (types.Object, diag.Diagnostics) {
	if plan.IsNull() || plan.IsUnknown() || config.IsNull() || config.IsUnknown() {
		return plan, nil
	}
	w, configured := webhooksIn(ctx, plan), webhooksIn(ctx, config)
	method := func(configured, url types.String) types.String {
		switch {
		case !configured.IsNull():
			return configured
		case url.IsNull(), url.IsUnknown():
			return url
		default:
			return types.StringValue(bot.WebhookMethod)
		}
	}
	w.MessagingMethod, w.VoiceMethod = method(configured.MessagingMethod, w.MessagingURL), method(configured.VoiceMethod, w.VoiceURL)
	return types.ObjectValueFrom(ctx, webhookTypes, w)
}

// changedWebhooks is the webhooks where they are known and others than the state's; nil
// otherwise.
func changedWebhooks(ctx context.Context, c *botChange) *webhooksModel {
	if !slices.Contains(c.given, "webhooks") || (c.state != nil && c.plan.Webhooks.Equal(c.state.Webhooks)) {
		return nil
	}
	w := webhooksIn(ctx, c.plan.Webhooks)
	return &w
}

// plannedFriendlyName is the name for people, which only Autopilot has a field for.
// successor is the bot that a replacement which was cut off made; nil where there is none.
func plannedFriendlyName(c *botChange, successor *bot.Bot) (types.String, diag.Diagnostics) {
	oneName, name := !c.mayRunOn(bot.Autopilot), c.plan.UniqueName
	switch {
	case !c.config.FriendlyName.IsNull():
		if oneName && !c.config.FriendlyName.IsUnknown() && !name.IsUnknown() && !c.config.FriendlyName.Equal(name) {
			return c.plan.FriendlyName, refused(c, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("friendly_name"), "The engine has one name only",
				fmt.Sprintf("On the engine %s Twilio has one name field, and it holds `unique_name` (%q). Remove `friendly_name`.",
					c.engineChoice, name.ValueString()))}, "friendly_name", "engine")
		}
		return c.plan.FriendlyName, nil
	case oneName && c.state != nil && !c.moves() && !c.state.FriendlyName.IsNull() && (name.IsUnknown() || name.Equal(c.state.FriendlyName)):
		// An earlier version of the provider wrote it, or the configuration did: it says the same.
		return name, nil
	case oneName:
		return types.StringNull(), nil
	case !c.runsOn(bot.Autopilot):
		return types.StringUnknown(), nil
	case c.state == nil || c.moves() || (c.renamed() && c.state.FriendlyName.Equal(c.state.UniqueName)):
		return name, nil
	case successor != nil && successor.UniqueName == name.ValueString():
		return types.StringValue(successor.FriendlyName), nil
	default:
		return c.state.FriendlyName, nil
	}
}

// plannedRouting is how a flow finds the tasks of its schema; null for other bots. A bot
// that was made when keywords were the default keeps them, until the configuration names
// another way: what a bot answers must not change with the version of the provider.
func plannedRouting(c *botChange) types.String {
	keywords := types.StringValue(string(compile.Keywords))
	switch {
	case !c.config.Routing.IsNull():
		return c.plan.Routing
	case c.compiles() && c.state != nil && c.state.Routing.Equal(keywords):
		return keywords
	case c.compiles():
		return types.StringValue(string(compile.Trained))
	case c.mayCompile():
		return types.StringUnknown()
	default:
		return types.StringNull()
	}
}

// planOutputs plans what Twilio gives the bot.
func planOutputs(c *botChange, provider *providerData) {
	plan, state := c.plan, c.state
	switch {
	case state != nil:
		plan.SID, plan.AccountSID, plan.DateCreated = state.SID, state.AccountSID, state.DateCreated
		plan.MessagingWebhookURL, plan.VoiceWebhookURL = state.MessagingWebhookURL, state.VoiceWebhookURL
		if c.mayBeReplaced {
			plan.SID, plan.DateCreated = types.StringUnknown(), types.StringUnknown()
			plan.MessagingWebhookURL, plan.VoiceWebhookURL = types.StringUnknown(), types.StringUnknown()
		}
	case provider.ready():
		plan.AccountSID = types.StringValue(provider.account.SID)
	}
	if c.runsOn(bot.Application) {
		plan.MessagingWebhookURL, plan.VoiceWebhookURL = types.StringNull(), types.StringNull()
	}
	// What a cut left behind is finished or undone by the apply.
	plan.ReplacingSID = types.StringNull()
	plan.EditedStates = types.ListNull(types.StringType)
	plan.NeedsModelBuild = plannedModelBuild(c)
}

// plannedModelBuild says whether the bot needs a model build: an upload that is whole
// answers by all of its content. Where it does not yet, this is what makes the next apply
// finish it. Where the content is managed elsewhere, it may change at any time.
func plannedModelBuild(c *botChange) types.Bool {
	switch {
	case !c.mayRunOn(bot.Autopilot):
		return types.BoolNull()
	case !c.runsOn(bot.Autopilot):
		return types.BoolUnknown()
	case len(c.given) > 0:
		return types.BoolValue(false)
	case c.otherOfACut() != "":
		return types.BoolUnknown()
	default:
		// The framework has left the state's where nothing changes, and unknown where
		// something does.
		return c.plan.NeedsModelBuild
	}
}

// warnOutputs says what the plan finds of earlier applies and of other clients.
func warnOutputs(ctx context.Context, c *botChange) (diags diag.Diagnostics) {
	if w := changedWebhooks(ctx, c); w != nil {
		w.warnPrivate(&diags)
		w.warnSilent(&diags)
	}
	if other := c.otherOfACut(); other != "" && !c.replaced {
		diags.AddAttributeWarning(path.Root("replacing_sid"), "An interrupted replacement will be finished",
			fmt.Sprintf("Bot %s is its other bot. Where that still exists, the phone numbers that route to it are moved to %s, and it is deleted.", other, c.state))
	}
	return diags
}

// warnEdited says what was edited of a compiled flow, and that the plan takes it back.
func warnEdited(ctx context.Context, c *botChange) (diags diag.Diagnostics) {
	if !c.compiles() || c.state == nil || !c.state.edited() {
		return nil
	}
	var edited []string
	diags.Append(c.state.EditedStates.ElementsAs(ctx, &edited, false)...)
	const shown = 20
	if len(edited) > shown {
		edited = append(edited[:shown], fmt.Sprintf("and %d more", len(edited)-shown))
	}
	diags.AddAttributeWarning(path.Root("edited_states"), "The flow was edited in the console",
		fmt.Sprintf("Flow %s is compiled from `schema`, and was changed in the console:\n  %s\nThe apply puts it back as the schema has it. To keep the edit, write it into the schema, or give the flow itself as `flow`.",
			c.state, strings.Join(edited, "\n  ")))
	return diags
}
