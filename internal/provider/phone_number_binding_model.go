package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// bindingModel is a binding, in the order of the schema.
type bindingModel struct {
	PhoneNumber    phoneNumber  `tfsdk:"phone_number"`
	PhoneNumberSID types.String `tfsdk:"phone_number_sid"`
	AssistantSID   types.String `tfsdk:"assistant_sid"`
	TargetTask     types.String `tfsdk:"target_task"`
	Channels       types.Set    `tfsdk:"channels"`
	FriendlyName   types.String `tfsdk:"friendly_name"`
	Overwrite      types.Bool   `tfsdk:"overwrite"`
	AccountSID     types.String `tfsdk:"account_sid"`
	WebhookURLs    types.Map    `tfsdk:"webhook_urls"`
}

func (m bindingModel) identity() numberIdentity {
	return numberIdentity{AccountSID: m.AccountSID, SID: m.PhoneNumberSID, Channels: channelList(m.channels())}
}

// lastRead is what the binding's number was when the binding was read.
func (m bindingModel) lastRead() account.LastRead {
	return account.LastRead{PhoneNumber: e164(m.PhoneNumber), Label: m.FriendlyName.ValueString()}
}

// numberPath is the attribute by which the user named the number.
func (m bindingModel) numberPath() path.Path {
	if e164(m.PhoneNumber) == "" {
		return path.Root("phone_number_sid")
	}
	return path.Root("phone_number")
}

// channels lists the channels in a fixed order; none while they are not known.
func (m bindingModel) channels() []bot.Channel {
	var channels []bot.Channel
	for _, channel := range bot.Channels() {
		if slices.ContainsFunc(m.Channels.Elements(), types.StringValue(string(channel)).Equal) {
			channels = append(channels, channel)
		}
	}
	return channels
}

func channelSet(channels []bot.Channel) types.Set {
	return types.SetValueMust(types.StringType, channelValues(channels))
}

// channelList is the channels in an identity, null where they are not known yet.
func channelList(channels []bot.Channel) types.List {
	if len(channels) == 0 {
		return types.ListNull(types.StringType)
	}
	return types.ListValueMust(types.StringType, channelValues(channels))
}

func channelValues(channels []bot.Channel) []attr.Value {
	elements := make([]attr.Value, len(channels))
	for i, channel := range channels {
		elements[i] = types.StringValue(string(channel))
	}
	return elements
}

// read takes over what the number does now, or would do if its bot were not
// suspended. What it does for the bot that the binding had put there is shown as
// `channels`; where it does nothing for that bot any more, the answer is another
// bot's SID, or null for something that is no bot.
func (m *bindingModel) read(routing bot.Routing, number bot.Number, prior priorBinding) {
	if e164(m.PhoneNumber) != number.PhoneNumber {
		m.PhoneNumber = newMeaning[phoneNotation](number.PhoneNumber)
	}
	m.PhoneNumberSID = types.StringValue(number.SID)
	m.AccountSID = types.StringValue(number.AccountSID)
	m.FriendlyName = types.StringValue(number.FriendlyName)

	channels := slices.DeleteFunc(slices.Clone(prior.Channels), func(channel bot.Channel) bool {
		return routing.Route(number, channel).BotSID != prior.BotSID
	})
	shown := prior.BotSID
	if len(channels) == 0 {
		channels = prior.Channels
		shown = routing.Route(number, channels[0]).BotSID
	}
	m.AssistantSID = optional(shown)
	m.Channels = channelSet(channels)
	m.TargetTask = optional(targetTask(routing, number, channels, m.TargetTask.ValueString()))
	m.WebhookURLs = webhookURLs(routing, number, prior.Channels, m.TargetTask.ValueString())
}

// targetTask is the task that the number's webhooks name: that of the first channel
// which differs from what is expected. A silenced channel whose URL Twilio cleared
// says nothing of it.
func targetTask(routing bot.Routing, number bot.Number, channels []bot.Channel, expected string) string {
	for _, channel := range channels {
		route := routing.Route(number, channel)
		if route.SilencedBy != "" && route.URL == "" {
			continue
		}
		if route.TargetTask != expected {
			return route.TargetTask
		}
	}
	return expected
}

// clearedFor is the suspended bot whose URL Twilio cleared on a number when the hold was
// set; empty where the number still has it.
func clearedFor(routing bot.Routing, number bot.Number) string {
	for _, channel := range bot.Channels() {
		if route := routing.Route(number, channel); route.SilencedBy != "" && route.URL == "" {
			return route.BotSID
		}
	}
	return ""
}

// webhookURLs shows the URLs that Twilio calls for a number, or would if its bot
// were not suspended.
func webhookURLs(routing bot.Routing, number bot.Number, channels []bot.Channel, task string) types.Map {
	urls := map[string]attr.Value{}
	for _, channel := range channels {
		route := routing.Route(number, channel)
		engine, _ := bot.EngineOf(route.BotSID)
		if route.SilencedBy != "" && engine != bot.Application && route.URL == "" {
			route.URL = routing.Webhooks.URL(bot.Webhook{AccountSID: number.AccountSID, BotSID: route.BotSID, Channel: channel, TargetTask: task})
		}
		if route.URL == "" || (route.SilencedBy != "" && engine == bot.Application) {
			continue
		}
		urls[string(channel)] = types.StringValue(routing.Webhooks.ShownURL(route.URL))
	}
	return types.MapValueMust(types.StringType, urls)
}
