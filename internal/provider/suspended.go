package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// warnSilenced says which bots do not answer on a number because they are
// suspended.
func (a *account) warnSilenced(ctx context.Context, routing bot.Routing, number bot.Number, diags *diag.Diagnostics) {
	for _, channel := range bot.Channels() {
		if route := routing.Route(number, channel); route.SilencedBy != "" {
			a.warnSuspended(ctx, route.BotSID, diags)
		}
	}
}

// warnSuspended says, once in a walk, that a bot is suspended and which of its
// numbers are silent: a suspension that nobody remembers must not stay out of sight.
func (a *account) warnSuspended(ctx context.Context, botSID string, diags *diag.Diagnostics) {
	suspension, err := a.directory.Suspension(ctx, botSID)
	if err != nil {
		if !errors.Is(err, bot.ErrNotFound) {
			diags.AddWarning("Unable to look whether a bot is suspended", sentence(err))
		}
		return
	}
	if !a.firstTime("suspended " + botSID) {
		return
	}
	silent := "is its mark, and no phone number is silenced by it now"
	if len(suspension.Silenced) > 0 {
		silent = "stands in front of its phone numbers. It does not answer on " + phones(suspension.Silenced)
	}
	diags.AddWarning(fmt.Sprintf("Bot %s is suspended", a.named(ctx, botSID)),
		fmt.Sprintf("The inert application %s %s. "+
			"The bot answers again once its `twiliobot_suspension` is removed; one that is in no configuration is taken over with `terraform import twiliobot_suspension.this %s`.",
			suspension.ApplicationSID, silent, botSID))
}

// named is a bot as messages name it.
func (a *account) named(ctx context.Context, botSID string) string {
	if b, err := a.directory.Bot(ctx, botSID); err == nil {
		return b.String()
	}
	return botSID
}

func phones(numbers []bot.Number) string {
	all := make([]string, len(numbers))
	for i, number := range numbers {
		all[i] = number.PhoneNumber
	}
	return strings.Join(all, ", ")
}

// suspended warns of a bot that is suspended when it is planned.
func (p *assistantPlan) suspended(ctx context.Context) {
	if p.state != nil {
		p.account.warnSuspended(ctx, p.state.SID.ValueString(), p.diags)
	}
}

// missing refuses a bot that is not there.
func (a *account) missing(at path.Path, sid string, err error, diags *diag.Diagnostics) {
	if errors.Is(err, bot.ErrNotFound) {
		diags.AddAttributeError(at, "There is no such bot",
			fmt.Sprintf("Account %s has no bot %s. Write a reference, such as `twiliobot_assistant.….sid`, so that the bot is there first.",
				a.directory.AccountSID, sid))
		return
	}
	addAttributeError(diags, at, "Unable to read the bot", err)
}
