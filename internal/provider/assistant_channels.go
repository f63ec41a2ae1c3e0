package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// webhooksPlanner plans what a bot hosted elsewhere calls.
type webhooksPlanner struct{ planner }

// refuseSilence refuses to take a URL away on whose channel phone numbers route to the bot.
// One that is not there already is not taken away.
func (p webhooksPlanner) refuseSilence(ctx context.Context) {
	if p.current != bot.Application || !p.mayRunOn(bot.Application) || p.plan.Webhooks.IsNull() {
		return
	}
	if p.plan.Webhooks.IsUnknown() {
		p.provider.ledger.planWebhooks(p.state.SID.ValueString(), webhooksModel{MessagingURL: types.StringUnknown(), VoiceURL: types.StringUnknown()})
		return
	}
	w := webhooksIn(ctx, p.plan.Webhooks)
	sid := p.state.SID.ValueString()
	p.provider.ledger.planWebhooks(sid, w)
	taken := slices.DeleteFunc(bot.Channels(), func(channel bot.Channel) bool { return !w.url(channel).IsNull() })
	if len(taken) == 0 {
		return
	}
	has, err := p.before(ctx)
	if errors.Is(err, bot.ErrNotFound) {
		return
	}
	if err != nil {
		addAttributeError(p.diags, path.Root("webhooks"), "Unable to read the bot", err)
		return
	}
	taken = slices.DeleteFunc(taken, func(channel bot.Channel) bool { return has.url(channel).IsNull() })
	if len(taken) == 0 {
		return
	}
	numbers, err := p.provider.account.Numbers(ctx, account.AnyTime)
	if err != nil {
		addAttributeError(p.diags, path.Root("webhooks"), "Unable to look which phone numbers route to the bot", err)
		return
	}
	routing, err := p.provider.account.Routing(ctx, numbers...)
	if err != nil {
		addAttributeError(p.diags, path.Root("webhooks"), "Unable to look for suspended bots", err)
		return
	}
	for _, channel := range taken {
		routed := slices.DeleteFunc(slices.Clone(numbers), func(n bot.Number) bool {
			to := routing.Route(n, channel).BotSID
			return to != sid && (to == "" || to != p.state.ReplacingSID.ValueString())
		})
		if len(routed) == 0 {
			continue
		}
		p.diags.AddAttributeError(path.Root("webhooks").AtName(urlName(channel)), "Phone numbers would answer nothing",
			fmt.Sprintf("%s answers %s on %s, and this takes its `%s` away. Nothing is changed. Keep the URL, "+
				"or first, in an apply of its own, bind the numbers to another bot or take the channel out of their bindings.",
				p.state, channel, phones(routed), urlName(channel)))
	}
}

// before is what the bot calls before this plan: Twilio is asked only where the state does
// not say it.
func (p webhooksPlanner) before(ctx context.Context) (webhooksModel, error) {
	if p.state.Webhooks.IsNull() {
		return p.provider.webhooksNow(ctx, bot.Bot{SID: p.state.SID.ValueString()})
	}
	return webhooksIn(ctx, p.state.Webhooks), nil
}

// urlName is the attribute of `webhooks` that answers a channel.
func urlName(channel bot.Channel) string { return string(channel) + "_url" }

func (w webhooksModel) url(channel bot.Channel) types.String {
	if channel == bot.Voice {
		return w.VoiceURL
	}
	return w.MessagingURL
}

// webhooksNow is what a bot hosted elsewhere calls, read where b does not have it.
func (d *providerData) webhooksNow(ctx context.Context, b bot.Bot) (webhooksModel, error) {
	if b.Content.Webhooks == nil {
		var err error
		if b, err = d.account.ReadBot(ctx, b.SID, true); err != nil {
			return webhooksModel{}, err
		}
	}
	if w := b.Content.Webhooks; w != nil {
		return webhooksModel{MessagingURL: optional(w.MessagingURL), VoiceURL: optional(w.VoiceURL)}, nil
	}
	return webhooksModel{}, nil
}

// webhooksAfter is what a bot hosted elsewhere calls when this plan is applied, as far
// as it is known.
func (d *providerData) webhooksAfter(ctx context.Context, b bot.Bot) (webhooksModel, error) {
	if planned, ok := d.ledger.webhooksAfter(b.SID); ok {
		return planned, nil
	}
	return d.webhooksNow(ctx, b)
}
