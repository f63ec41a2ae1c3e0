package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// warnSilenced says which bots do not answer on a number because they are
// suspended.
func (d *providerData) warnSilenced(ctx context.Context, routing bot.Routing, number bot.Number, diags *diag.Diagnostics) {
	for _, channel := range bot.Channels() {
		if route := routing.Route(number, channel); route.SilencedBy != "" {
			d.warnSuspended(ctx, route.BotSID, diags)
		}
	}
}

// warnSuspended says, once in a walk, that a bot is suspended and which of its
// numbers are silent: a suspension that nobody remembers must stay visible.
func (d *providerData) warnSuspended(ctx context.Context, botSID string, diags *diag.Diagnostics) {
	_, err := suspension.Read(ctx, d.account, botSID, account.AnyTime)
	if errors.Is(err, bot.ErrNotFound) && d.account.KnowsHoldOf(botSID) {
		_, err = suspension.ReadWhole(ctx, d.account, botSID, account.AnyTime)
	}
	if err != nil {
		if !errors.Is(err, bot.ErrNotFound) {
			diags.AddWarning("Unable to look whether a bot is suspended", sentence(err))
		}
		return
	}
	if !d.ledger.firstTime("suspended " + botSID) {
		return
	}
	now, err := suspension.ReadWhole(ctx, d.account, botSID, account.AnyTime)
	if err != nil {
		diags.AddWarning("Unable to look whether a bot is suspended", sentence(err))
		return
	}
	if now.HoldSID == "" {
		diags.AddWarning(fmt.Sprintf("The hold of bot %s was deleted", d.named(ctx, botSID)),
			fmt.Sprintf("These are still pointed at it, and nothing answers there: %s. "+
				"The apply suspends the bot again, or lets it answer there where its `twiliobot_suspension` is removed.", deadWays(now)))
		return
	}
	silent := "exists, and it silences no phone number now"
	if len(now.Silenced) > 0 {
		silent = "is set as the application of its phone numbers. It does not answer on " + phones(now.Silenced)
	}
	if len(now.Ways.Silenced) > 0 {
		silent += ". It does not answer by " + bot.JoinWays(now.Ways.Silenced)
	}
	if len(now.Ways.Fixed) > 0 {
		silent += ". It goes on answering by " + bot.JoinWays(now.Ways.Fixed) + ", which a suspension does not silence"
	}
	diags.AddWarning(fmt.Sprintf("Bot %s is suspended", d.named(ctx, botSID)),
		fmt.Sprintf("Its hold %s %s. "+
			"The bot answers again once its `twiliobot_suspension` is removed; one that is in no configuration is taken over with `terraform import twiliobot_suspension.this %s`.",
			now.HoldSID, silent, botSID))
}

// named is a bot as messages name it.
func (d *providerData) named(ctx context.Context, botSID string) string {
	if b, err := d.account.Bot(ctx, botSID); err == nil {
		return b.String()
	}
	return botSID
}

// deadWays names what is pointed at a hold that was deleted.
func deadWays(now suspension.Suspension) string {
	var dead []string
	if len(now.Dead) > 0 {
		dead = append(dead, phones(now.Dead))
	}
	if ways := slices.Concat(now.Ways.Silenced, now.Ways.Dead); len(ways) > 0 {
		dead = append(dead, bot.JoinWays(ways))
	}
	return strings.Join(dead, ", ")
}
