package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// botAction is what the actions on one bot have.
type botAction struct{ provider *providerData }

func (a *botAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
}

// botNamed are the attributes by which an action names its bot.
type botNamed struct{ SID, UniqueName types.String }

func botSIDAttribute() schema.Attribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: "The bot's SID. Either this or `unique_name`."}
}

func botNameAttribute() schema.Attribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: "The bot's name. A name that several bots of the account have is refused: give the SID of the one that is meant."}
}

func timeoutAttribute(what, unset string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: fmt.Sprintf("How long %s may take, as a duration such as `30m`; `%s` where it is not set.", what, unset),
		Validators: []validator.String{positiveDuration{}},
	}
}

// check refuses what names no bot, or one on an engine that the action is not for. why says
// of an engine what the action would do there; empty where it can do it.
func (n botNamed) check(ctx context.Context, why func(bot.Engine) string, diags *diag.Diagnostics) {
	given := func(value types.String) bool { return !value.IsNull() }
	switch at := path.Root("assistant_sid"); {
	case given(n.SID) && given(n.UniqueName):
		diags.AddAttributeError(path.Root("unique_name"), "Two bots are named", "Give `assistant_sid` or `unique_name`, not both.")
	case !given(n.SID) && !given(n.UniqueName):
		diags.AddAttributeError(at, "No bot is named", "Give `assistant_sid` or `unique_name`.")
	case isKnown(n.SID):
		checkForm(ctx, at, n.SID, botSID(), diags)
		if engine, ok := bot.EngineOf(n.SID.ValueString()); ok && why(engine) != "" {
			diags.AddAttributeError(at, "The action is not for this engine", fmt.Sprintf("Bot %s runs on the engine %s: %s.", n.SID.ValueString(), engine, why(engine)))
		}
	}
}

// find is the bot that an action names; false where diags say why there is none.
func (a *botAction) find(ctx context.Context, named botNamed, why func(bot.Engine) string, unable string, diags *diag.Diagnostics) (bot.Bot, bool) {
	if !a.provider.ready() {
		addError(diags, unable, a.provider.unready)
		return bot.Bot{}, false
	}
	acct := a.provider.account
	if name := named.UniqueName.ValueString(); name != "" {
		at := path.Root("unique_name")
		found, err := acct.FindBots(ctx, name)
		switch {
		case err != nil:
			addAttributeError(diags, at, unable, err)
		case len(found) == 0:
			diags.AddAttributeError(at, "There is no such bot", a.provider.noBotNamed(name)+" Nothing was done.")
		case len(found) > 1:
			diags.AddAttributeError(at, "Several bots have this name", fmt.Sprintf("Account %s has %d bots named %q: %s. Nothing was done. Give the SID of the one that is meant as `assistant_sid`.",
				acct.SID, len(found), name, sids(found)))
		case why(found[0].Engine()) != "":
			diags.AddAttributeError(at, "The action is not for this engine", fmt.Sprintf("Bot %s runs on the engine %s: %s. Nothing was done.", found[0], found[0].Engine(), why(found[0].Engine())))
		default:
			return found[0], true
		}
		return bot.Bot{}, false
	}
	found, err := acct.Bot(ctx, named.SID.ValueString())
	if errors.Is(err, bot.ErrNotFound) {
		err = &bot.Problem{Summary: "There is no such bot", Detail: fmt.Sprintf("Account %s has no bot %s. Nothing was done. Where it was replaced, it has another SID: write a reference, such as `twiliobot_assistant.….sid`.", acct.SID, named.SID.ValueString())}
	}
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), unable, err)
	}
	return found, err == nil
}

// checkAgain runs the validators of an action's attributes. Terraform validates an action before
// it knows what variables and resources give, and not again: a filter that cannot be read would
// be none, and the action would do more than it was asked to.
func checkAgain(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	attributes := config.Schema.GetAttributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		validated, ok := attributes[name].(interface{ StringValidators() []validator.String })
		if !ok {
			continue
		}
		var value types.String
		diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
		for _, form := range validated.StringValidators() {
			checkForm(ctx, path.Root(name), value, form, diags)
		}
	}
}

// within is a context that ends with the timeout of an action.
func within(ctx context.Context, timeout types.String, unset time.Duration) (context.Context, context.CancelFunc) {
	if d, err := time.ParseDuration(timeout.ValueString()); err == nil {
		unset = d
	}
	return context.WithTimeout(ctx, unset)
}
