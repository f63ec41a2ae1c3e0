package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// unanswered refuses to point a number at a bot hosted elsewhere that has no URL for
// the channel: it would answer nothing. What routes to the bot already stays as it is.
func (d *providerData) unanswered(ctx context.Context, number bot.Number, b bot.Bot, channels []bot.Channel) error {
	if b.Engine() != bot.Application {
		return nil
	}
	routing, err := d.account.Routing(ctx, number)
	if err != nil {
		return err
	}
	fresh := without(channels, routing.Channels(number, b.SID))
	if len(fresh) == 0 {
		return nil
	}
	webhooks, err := d.webhooksAfter(ctx, b)
	if err != nil {
		return err
	}
	var names, urls []string
	for _, channel := range fresh {
		if webhooks.url(channel).IsNull() {
			names = append(names, fmt.Sprintf("`%s`", channel))
			urls = append(urls, fmt.Sprintf("`%s`", urlName(channel)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	otherwise := "bind the number to another bot"
	if len(names) < len(channels) {
		otherwise = "leave " + names[0] + " out of `channels`"
	}
	return &bot.Problem{
		Summary: "The phone number would answer nothing",
		Detail: fmt.Sprintf("%s would answer %s with bot %s, which has no %s. The number is left as it is. "+
			"Give %s in the bot's `webhooks`, or %s.",
			number, strings.Join(names, " and "), b, strings.Join(urls, " and no "), strings.Join(urls, " and "), otherwise),
	}
}

// answered refuses a binding of a bot that would not answer, where it is known already
// which bot that is.
func (p *bindingPlan) answered(ctx context.Context, number bot.Number, wanted binding.Binding) bool {
	if engine, ok := bot.EngineOf(wanted.BotSID); !ok || engine != bot.Application {
		return true
	}
	b, err := p.provider.account.Bot(ctx, wanted.BotSID)
	if errors.Is(err, bot.ErrNotFound) {
		return true // a bot that is gone since it was bound was said by the refresh
	}
	if err == nil {
		err = p.provider.unanswered(ctx, number, b, wanted.Channels)
	}
	if err != nil {
		addAttributeRefusal(p.diags, path.Root("channels"), "Unable to look which channels the bot answers", err, p.drifted() && p.plan.Channels.Equal(channelSet(p.prior.Channels)))
	}
	return err == nil
}

// without takes some channels away from others.
func without(channels, some []bot.Channel) []bot.Channel {
	return slices.DeleteFunc(slices.Clone(channels), func(c bot.Channel) bool { return slices.Contains(some, c) })
}
