package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
	return numberIdentity{AccountSID: m.AccountSID, SID: m.PhoneNumberSID}
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
	elements := make([]attr.Value, len(channels))
	for i, channel := range channels {
		elements[i] = types.StringValue(string(channel))
	}
	return types.SetValueMust(types.StringType, elements)
}

// without takes some channels away from others.
func without(channels, some []bot.Channel) []bot.Channel {
	return slices.DeleteFunc(slices.Clone(channels), func(c bot.Channel) bool { return slices.Contains(some, c) })
}

// optional is null for an empty string.
func optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// imported sets what nothing at Twilio says to its default.
func (m *bindingModel) imported() {
	m.Overwrite = types.BoolValue(false)
	m.Channels = types.SetNull(types.StringType)
}

// read takes over what the number does now, or would do if its bot were not
// suspended. What it does for the bot that the binding had put there stands in
// `channels`; where it does nothing for that bot any more, the answer is another
// bot's SID, or null for something that is no bot.
func (m *bindingModel) read(routing bot.Routing, webhooks bot.Webhooks, number bot.Number, was memory) {
	if e164(m.PhoneNumber) != number.PhoneNumber {
		m.PhoneNumber = newMeaning[phoneNotation](number.PhoneNumber)
	}
	m.PhoneNumberSID = types.StringValue(number.SID)
	m.AccountSID = types.StringValue(number.AccountSID)
	m.FriendlyName = types.StringValue(number.FriendlyName)

	channels := slices.DeleteFunc(slices.Clone(was.Channels), func(channel bot.Channel) bool {
		return routing.Route(number, channel).BotSID != was.BotSID
	})
	shown := was.BotSID
	if len(channels) == 0 {
		channels = was.Channels
		shown = routing.Route(number, channels[0]).BotSID
	}
	m.AssistantSID = optional(shown)
	m.Channels = channelSet(channels)
	m.TargetTask = optional(targetTask(routing, number, channels, m.TargetTask.ValueString()))
	m.WebhookURLs = webhookURLs(routing, webhooks, number, was.Channels, m.TargetTask.ValueString())
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

// webhookURLs shows the URLs that Twilio calls for a number, or would if its bot
// were not suspended.
func webhookURLs(routing bot.Routing, webhooks bot.Webhooks, number bot.Number, channels []bot.Channel, task string) types.Map {
	urls := map[string]attr.Value{}
	for _, channel := range channels {
		route := routing.Route(number, channel)
		engine, _ := bot.EngineOf(route.BotSID)
		if route.SilencedBy != "" && engine != bot.Application && route.URL == "" {
			route.URL = webhooks.URL(bot.Webhook{AccountSID: number.AccountSID, BotSID: route.BotSID, Channel: channel, TargetTask: task})
			route.Method = bot.WebhookMethod
		}
		if route.URL == "" || (route.SilencedBy != "" && engine == bot.Application) {
			continue
		}
		shown := route.URL
		if route.Method != bot.WebhookMethod {
			shown = route.Method + " " + shown
		}
		urls[string(channel)] = types.StringValue(shown)
	}
	return types.MapValueMust(types.StringType, urls)
}

// memory is what a binding keeps in private state: what it had put on the number
// itself, so that a change of the configuration and a change by somebody else are
// told apart, and what the number answered with when it was last read.
type memory struct {
	BotSID   string        `json:"bot_sid"`
	Channels []bot.Channel `json:"channels"`
	// Label is the bot's name where the number bears it.
	Label string   `json:"label,omitempty"`
	Seen  bot.Seen `json:"seen,omitempty"`
}

const memoryKey = "binding"

// privateState is what the framework's private state of every request can do.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func loadMemory(ctx context.Context, private privateState) (memory, diag.Diagnostics) {
	var m memory
	stored, diags := private.GetKey(ctx, memoryKey)
	if diags.HasError() || len(stored) == 0 {
		return m, diags
	}
	if err := json.Unmarshal(stored, &m); err != nil {
		diags.AddError("Unable to read the binding's private state", sentence(err))
	}
	return m, diags
}

func (m memory) save(ctx context.Context, private privateState) diag.Diagnostics {
	stored, err := json.Marshal(m)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to write the binding's private state", sentence(err))}
	}
	return private.SetKey(ctx, memoryKey, stored)
}

// importing is the memory of a binding that Terraform did not make: the bot that
// answers now, on every channel on which it does.
func (r *phoneNumberBindingResource) importing(ctx context.Context, number bot.Number, diags *diag.Diagnostics) memory {
	directory := r.account.directory
	routing, err := directory.Routing(ctx, number)
	if err != nil {
		addError(diags, "Unable to look for suspended bots", err)
		return memory{}
	}
	for _, first := range bot.Channels() {
		route := routing.Route(number, first)
		if route.Kind != bot.ToBot {
			continue
		}
		m := memory{BotSID: route.BotSID, Channels: routing.Channels(number, route.BotSID)}
		if b, err := directory.Bot(ctx, route.BotSID); err == nil && b.UniqueName == number.FriendlyName {
			m.Label = b.UniqueName
		}
		return m
	}
	diags.AddError("No bot answers on the phone number",
		fmt.Sprintf("%s answers messaging with %s and voice with %s, so there is no binding to import. Write a new `twiliobot_phone_number_binding` for it instead of an import.",
			number, routing.Route(number, bot.Messaging), routing.Route(number, bot.Voice)))
	return memory{}
}

// find reads the number that a plan names.
func (r *phoneNumberBindingResource) find(ctx context.Context, m bindingModel) (bot.Number, error) {
	sid := m.PhoneNumberSID.ValueString()
	if sid == "" {
		return r.account.directory.FindNumber(ctx, e164(m.PhoneNumber))
	}
	number, err := r.account.directory.Number(ctx, sid)
	if problem := m.otherNumber(number); err == nil && problem != nil {
		return number, problem // one of the two was not known when this was planned
	}
	return number, err
}

// otherNumber refuses a number found by its SID that is not the one beside it.
func (m bindingModel) otherNumber(found bot.Number) error {
	if m.PhoneNumberSID.ValueString() == "" || e164(m.PhoneNumber) == "" || e164(m.PhoneNumber) == found.PhoneNumber {
		return nil
	}
	return &bot.Problem{
		Summary: "The phone number and its SID name two numbers",
		Detail: fmt.Sprintf("`phone_number` is %s, but `phone_number_sid` %s is the SID of %s. Nothing is changed. "+
			"Give the one that is meant and leave the other out, or make both name the same number.",
			m.PhoneNumber.ValueString(), found.SID, found.PhoneNumber),
	}
}

// bind makes the number answer as planned, fills in what the plan left open, and
// returns what is to be remembered. had is what the binding had before; it is empty
// for a new one. left is what is freed once the number answers.
func (r *phoneNumberBindingResource) bind(ctx context.Context, plan *bindingModel, number bot.Number, had memory, left bot.Held, diags *diag.Diagnostics) memory {
	directory := r.account.directory
	b, err := directory.Bot(ctx, plan.AssistantSID.ValueString())
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot", err)
		return memory{}
	}
	if plan.TargetTask.IsUnknown() {
		if plan.TargetTask, err = r.entryTask(ctx, b.SID); err != nil {
			addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot's tasks", err)
			return memory{}
		}
	}
	if err := r.account.unanswered(ctx, number, b, plan.channels()); err != nil {
		addAttributeError(diags, path.Root("channels"), "Unable to look which channels the bot answers", err)
		return memory{}
	}
	label, err := r.label(ctx, plan, number, b, had)
	if err != nil {
		addAttributeError(diags, plan.numberPath(), "Unable to look whose name the number's label is", err)
		return memory{}
	}
	binding := bot.Binding{
		NumberSID: number.SID, BotSID: b.SID, TargetTask: plan.TargetTask.ValueString(),
		Channels: plan.channels(), Label: label, Overwrite: plan.Overwrite.ValueBool(),
	}
	after, notices, err := directory.Rebind(ctx, binding, had.Seen, had.BotSID, left)
	addNotices(diags, notices)
	if err != nil {
		addAttributeError(diags, plan.numberPath(), "Unable to bind the phone number", err)
		return memory{}
	}
	now := memory{BotSID: b.SID, Channels: binding.Channels, Seen: bot.See(after)}
	if after.FriendlyName == b.UniqueName {
		now.Label = b.UniqueName
	}
	planned := *plan
	routing, err := directory.Routing(ctx, after)
	if err != nil {
		addAttributeError(diags, plan.numberPath(), "Unable to read the phone number", err)
		return memory{}
	}
	plan.read(routing, directory.Webhooks, after, now)
	if e164(planned.PhoneNumber) == after.PhoneNumber {
		plan.PhoneNumber = planned.PhoneNumber
	}
	return now
}

// label is what is written as the number's label, empty where that stays. Where the
// configuration has none, the bot's name is written on a number that is new to the
// binding, and in place of the name that the binding wrote, of the mark of a free
// number, and of the name of the bot that the number is taken from.
func (r *phoneNumberBindingResource) label(ctx context.Context, plan *bindingModel, number bot.Number, b bot.Bot, had memory) (string, error) {
	switch {
	case !plan.FriendlyName.IsUnknown():
		return plan.FriendlyName.ValueString(), nil
	case had.BotSID == "", number.FriendlyName == had.Label, number.FriendlyName == bot.FreeLabel:
		return b.UniqueName, nil
	case plan.Overwrite.ValueBool():
		// The label of the bot that the number is taken from would lie.
		others, err := r.account.directory.FindBots(ctx, number.FriendlyName)
		if len(others) > 0 {
			return b.UniqueName, err
		}
		return "", err
	default:
		return "", nil
	}
}

// entryTask is the task at which a new binding of a bot enters.
func (r *phoneNumberBindingResource) entryTask(ctx context.Context, botSID string) (types.String, error) {
	task, err := r.account.directory.EntryTask(ctx, botSID)
	return optional(task), err
}
