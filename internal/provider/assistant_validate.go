package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// ValidateConfig refuses what no account could have, and says all of it at once. It warns
// only where nothing but the configuration is known, as in `terraform validate`: a walk
// that plans has a provider, and warns of what it changes.
func (r *assistantResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	warn := r.provider == nil
	if warn {
		warnName(config.UniqueName, &resp.Diagnostics)
	} else {
		checkForm(ctx, path.Root("restore_sid"), config.RestoreSID, sidOf("UA", "an Autopilot assistant"), &resp.Diagnostics)
	}
	config.validateEngine(&resp.Diagnostics)
	config.validateContent(warn, &resp.Diagnostics)
	if !config.Webhooks.IsNull() && !config.Webhooks.IsUnknown() {
		w := webhooksIn(ctx, config.Webhooks)
		w.validate(&resp.Diagnostics)
		w.validateURLs(ctx, r.provider == nil, &resp.Diagnostics)
		if warn {
			w.warnCredentials(&resp.Diagnostics)
			w.warnPrivate(&resp.Diagnostics)
			w.warnSilent(&resp.Diagnostics)
		}
	}
}

// warnName warns of a name that only a bot which has it already may have: whether there is
// one, the plan knows.
func warnName(name types.String, diags *diag.Diagnostics) {
	if name.IsNull() || name.IsUnknown() {
		return
	}
	if err := bot.CheckName(name.ValueString()); err != nil {
		diags.AddAttributeWarning(path.Root("unique_name"), "No new bot can have this name",
			sentence(err)+" A bot that has the name already, given by another client, keeps it. Otherwise the plan refuses it.")
	}
}

// validateEngine refuses an engine that does not run the content. What is unknown may turn
// out null, and what is no engine is refused by the attribute itself.
func (m assistantModel) validateEngine(diags *diag.Diagnostics) {
	engine := bot.Engine(m.Engine.ValueString())
	given, _ := m.contents()
	unfit := func(detail string, args ...any) {
		diags.AddAttributeError(path.Root("engine"), "The engine does not fit the content", fmt.Sprintf(detail, args...))
	}
	switch {
	case !slices.Contains(bot.Engines(), engine):
		return
	case slices.Contains(given, "webhooks") && engine != bot.Application:
		unfit("`webhooks` describe a bot hosted elsewhere, which runs on the engine `application`, not `%s`. Remove `engine`, or give %s instead of `webhooks`.", engine, anyOf(contentOf[engine]))
	case slices.Contains(given, "flow") && engine != bot.Studio:
		unfit("`flow` is a Studio flow, which runs on the engine `studio`, not `%s`. Remove `engine`, or give %s instead of `flow`.", engine, anyOf(contentOf[engine]))
	case slices.Contains(given, "schema") && engine == bot.Application:
		unfit("An application holds URLs, not an assistant schema. Remove `engine`: a schema runs on `studio`, or on `autopilot`. Or give `webhooks` instead of `schema`.")
	}
	if engine != bot.Autopilot && m.RestoreSID.ValueString() != "" {
		diags.AddAttributeError(path.Root("restore_sid"), "Only Autopilot restores bots",
			fmt.Sprintf("The engine `%s` keeps nothing of a deleted bot. Remove `restore_sid`.", engine))
	}
}

// validateContent says what can be known of a flow or a schema without an account.
func (m assistantModel) validateContent(warn bool, diags *diag.Diagnostics) {
	if !m.Flow.IsNull() && !m.Flow.IsUnknown() {
		at := path.Root("flow")
		checkFlow(at, m.Flow.ValueString(), diags)
		if parsed := parsedFlow(m.Flow); parsed != nil && warn {
			warnFlow(at, parsed, diags)
		}
	}
	if m.Schema.IsNull() || m.Schema.IsUnknown() {
		return
	}
	at := path.Root("schema")
	parsed := readSchema(m.Schema, at, diags)
	if parsed == nil {
		return
	}
	if m.onStudio() {
		m.checkCompiled(parsed, at, false, diags) // with the schema's own errors
	} else {
		validateSchema(parsed, at, diags)
	}
	if warn {
		warnSchema(parsed, at, m.onStudio(), diags)
	}
}

// urls lists the URLs by the names of their attributes.
func (w webhooksModel) urls() []namedURL {
	return []namedURL{
		{"messaging_url", w.MessagingURL}, {"messaging_fallback_url", w.MessagingFallbackURL},
		{"voice_url", w.VoiceURL}, {"voice_fallback_url", w.VoiceFallbackURL}, {"status_callback_url", w.StatusCallbackURL},
	}
}

type namedURL struct {
	name    string
	address types.String
}

// which names the attributes whose URL is as asked for; an unset or unknown one is not.
func (w webhooksModel) which(asked func(address string) bool) string {
	var names []string
	for _, each := range w.urls() {
		if each.address.ValueString() != "" && asked(each.address.ValueString()) {
			names = append(names, "`webhooks."+each.name+"`")
		}
	}
	return strings.Join(names, ", ")
}

// warnCredentials warns of a user or password that is written in the configuration. The
// walk that validates knows no variables, so that what comes from one is not meant.
func (w webhooksModel) warnCredentials(diags *diag.Diagnostics) {
	if named := w.which(bot.HasCredentials); named != "" {
		diags.AddAttributeWarning(path.Root("webhooks"), "A webhook's credentials are written in the configuration",
			fmt.Sprintf("A user or password is part of %s, where whoever reads the configuration or a plan finds it. Take it from a variable that is declared with `sensitive = true`, "+
				"and set that in the environment (`TF_VAR_…`). Terraform's state holds it all the same, and Twilio shows it to whoever can read the account. "+
				"Twilio signs its requests, so a webhook can also tell them by `X-Twilio-Signature`.", named))
	}
}

// warnPrivate warns of webhooks at hosts that Twilio cannot reach.
func (w webhooksModel) warnPrivate(diags *diag.Diagnostics) {
	if named := w.which(func(address string) bool { return !bot.IsPublic(address) }); named != "" {
		diags.AddAttributeWarning(path.Root("webhooks"), "Twilio cannot reach a webhook",
			fmt.Sprintf("The host of %s is a loopback, private or link-local address, or a name that only a local network knows. Twilio calls from the public Internet. "+
				"Give a public address, or that of a tunnel.", named))
	}
}

// warnSilent warns of webhooks by which nothing is answered. A name that is not written right is
// one cause: Terraform drops it before the provider sees it.
func (w webhooksModel) warnSilent(diags *diag.Diagnostics) {
	unset := func(url types.String) bool { return !url.IsUnknown() && url.ValueString() == "" }
	if unset(w.MessagingURL) && unset(w.VoiceURL) {
		diags.AddAttributeWarning(path.Root("webhooks"), "The bot answers nothing",
			"`webhooks` has neither `messaging_url` nor `voice_url`, so whoever writes to the bot or calls it gets nothing, and no number can be bound to it. "+
				"Give one of them, or both, and look at their spelling: Terraform ignores a name in `webhooks` that the provider does not have.")
	}
}

// validateURLs refuses what Twilio could not call. offline leaves out what a mocked
// resource may have made up, which is a single word (see checkForm).
func (w webhooksModel) validateURLs(ctx context.Context, offline bool, diags *diag.Diagnostics) {
	for _, each := range w.urls() {
		if offline && !strings.ContainsAny(each.address.ValueString(), ":/.") {
			continue
		}
		checkForm(ctx, path.Root("webhooks").AtName(each.name), each.address, webURL(), diags)
	}
}

// validate refuses a fallback that Twilio would not keep.
func (w webhooksModel) validate(diags *diag.Diagnostics) {
	for _, pair := range []struct {
		name, primary string
		fallback, url types.String
	}{
		{"messaging_fallback_url", "messaging_url", w.MessagingFallbackURL, w.MessagingURL},
		{"voice_fallback_url", "voice_url", w.VoiceFallbackURL, w.VoiceURL},
	} {
		if pair.fallback.ValueString() != "" && pair.url.IsNull() {
			diags.AddAttributeError(path.Root("webhooks").AtName(pair.name), "A fallback URL without a URL",
				fmt.Sprintf("Twilio keeps `%s` only beside `%s`. Give that too, or remove the fallback.", pair.name, pair.primary))
		}
	}
}
