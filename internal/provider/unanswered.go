package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// urlName is the attribute of `webhooks` that answers a channel.
func urlName(channel bot.Channel) string { return string(channel) + "_url" }

func (w webhooksModel) url(channel bot.Channel) types.String {
	if channel == bot.Voice {
		return w.VoiceURL
	}
	return w.MessagingURL
}

// plansWebhooks notes the webhooks that this plan gives a bot.
func (a *account) plansWebhooks(sid string, w webhooksModel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.webhooks == nil {
		a.webhooks = map[string]webhooksModel{}
	}
	a.webhooks[sid] = w
}

// webhooksAfter is what a bot hosted elsewhere calls when this plan is applied, as far
// as it is known.
func (a *account) webhooksAfter(ctx context.Context, b bot.Bot) (webhooksModel, error) {
	a.mu.Lock()
	planned, ok := a.webhooks[b.SID]
	a.mu.Unlock()
	if ok {
		return planned, nil
	}
	return a.webhooksNow(ctx, b)
}

// webhooksNow is what a bot hosted elsewhere calls, read anew where b does not have it.
func (a *account) webhooksNow(ctx context.Context, b bot.Bot) (webhooksModel, error) {
	if b.Content.Webhooks == nil {
		var err error
		if b, err = a.directory.ReadBot(ctx, b.SID, true); err != nil {
			return webhooksModel{}, err
		}
	}
	if w := b.Content.Webhooks; w != nil {
		return webhooksModel{MessagingURL: optional(w.MessagingURL), VoiceURL: optional(w.VoiceURL)}, nil
	}
	return webhooksModel{}, nil
}

// unanswered refuses to point a number at a bot hosted elsewhere that has no URL for
// the channel: it would answer nothing. What routes to the bot already stays as it is.
func (a *account) unanswered(ctx context.Context, number bot.Number, b bot.Bot, channels []bot.Channel) error {
	if b.Engine() != bot.Application || b.Suspends != "" {
		return nil
	}
	routing, err := a.directory.Routing(ctx, number)
	if err != nil {
		return err
	}
	fresh := without(channels, routing.Channels(number, b.SID))
	if len(fresh) == 0 {
		return nil
	}
	webhooks, err := a.webhooksAfter(ctx, b)
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
		Detail: fmt.Sprintf("%s is to answer %s with bot %s, which has no %s. The number is left as it is. "+
			"Give %s in the bot's `webhooks`, or %s.",
			number, strings.Join(names, " and "), b, strings.Join(urls, " and no "), strings.Join(urls, " and "), otherwise),
	}
}

// answered refuses a binding of a bot that would not answer, where it is known already
// which bot that is.
func (p *bindingPlan) answered(ctx context.Context, number bot.Number, binding bot.Binding) bool {
	if engine, ok := bot.EngineOf(binding.BotSID); !ok || engine != bot.Application {
		return true
	}
	b, err := p.account.directory.Bot(ctx, binding.BotSID)
	if errors.Is(err, bot.ErrNotFound) {
		return true // a bot that is gone since it was bound was said by the refresh
	}
	if err == nil {
		err = p.account.unanswered(ctx, number, b, binding.Channels)
	}
	if err != nil {
		addAttributeError(p.diags, path.Root("channels"), "Unable to look which channels the bot answers", err)
	}
	return err == nil
}

// silenced refuses to take a URL away on whose channel phone numbers route to the bot.
// One that is not there already is not taken away.
func (p *assistantPlan) silenced(ctx context.Context) {
	hosted := func(m *assistantModel) bool { return m.Engine.ValueString() == string(bot.Application) }
	if p.state == nil || !hosted(p.state) || !hosted(p.plan) || p.plan.Webhooks.IsNull() || p.plan.Webhooks.IsUnknown() {
		return
	}
	var w webhooksModel
	p.diags.Append(p.plan.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{})...)
	if p.diags.HasError() {
		return
	}
	sid := p.state.SID.ValueString()
	p.account.plansWebhooks(sid, w)
	taken := slices.DeleteFunc(bot.Channels(), func(channel bot.Channel) bool { return !w.url(channel).IsNull() })
	if len(taken) == 0 {
		return
	}
	has, err := p.had(ctx)
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
	numbers, err := p.account.directory.Numbers(ctx)
	if err != nil {
		addAttributeError(p.diags, path.Root("webhooks"), "Unable to look which phone numbers route to the bot", err)
		return
	}
	routing, err := p.account.directory.Routing(ctx, numbers...)
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
			fmt.Sprintf("%q (%s) answers %s on %s, and this takes its `%s` away. Nothing is changed. Keep the URL, "+
				"or first, in an apply of its own, bind the numbers to another bot or take the channel out of their bindings.",
				p.state.UniqueName.ValueString(), sid, channel, phones(routed), urlName(channel)))
	}
}

// had is what the bot calls before this plan: Twilio is asked only where the state does
// not say it.
func (p *assistantPlan) had(ctx context.Context) (w webhooksModel, err error) {
	if p.state.Webhooks.IsNull() {
		return p.account.webhooksNow(ctx, bot.Bot{SID: p.state.SID.ValueString()})
	}
	p.diags.Append(p.state.Webhooks.As(ctx, &w, basetypes.ObjectAsOptions{})...)
	return w, nil
}
