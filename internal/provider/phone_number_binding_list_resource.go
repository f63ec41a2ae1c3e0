package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var _ list.ListResourceWithConfigure = &phoneNumberBindingListResource{}

type phoneNumberBindingListResource struct{ accountListResource }

func newPhoneNumberBindingListResource() list.ListResource {
	return &phoneNumberBindingListResource{accountListResource{listable: &phoneNumberBindingResource{}}}
}

// bindingFilters are in the order of the schema.
type bindingFilters struct {
	PhoneNumberPrefix types.String `tfsdk:"phone_number_prefix"`
	FriendlyNameRegex types.String `tfsdk:"friendly_name_regex"`
	AssistantSID      types.String `tfsdk:"assistant_sid"`
	AssistantName     types.String `tfsdk:"assistant_name_regex"`
	Channel           types.String `tfsdk:"channel"`
}

func (l *phoneNumberBindingListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the phone numbers of the account on which a bot answers, in the order of E.164: for `terraform query`, and for the configuration that it generates. Terraform 1.14 or later.\n\n" +
			"A number whose messages and calls are answered by two bots, or at two tasks of an Autopilot assistant, is listed twice, once for each channel. A number that is silenced by a suspension is listed with the bot that answers once it is resumed. " +
			"A number that nothing or something other than a bot answers has no binding, and is not listed; nor is a channel that the number cannot carry. One that routes to a bot that no longer exists is left out, with a warning that names it.\n\n" +
			"A list costs one request for each thousand numbers, and one for each engine, with or without the resource: no number is read by itself. With the resource, and where one of the bots is suspended, the other ways in are listed too, once. Terraform stops at 100 results unless the `list` block has a higher `limit`.",
		Attributes: map[string]schema.Attribute{
			"phone_number_prefix":  prefixFilter(),
			"friendly_name_regex":  regexFilter("Only numbers whose label"),
			"assistant_sid":        botFilter("bindings"),
			"assistant_name_regex": regexFilter("Only bindings of bots whose `unique_name`"),
			"channel": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bindings that have this channel: `messaging` or `voice`.",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.Channels())...)},
			},
		},
	}
}

func (l *phoneNumberBindingListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listBy(ctx, &l.accountListResource, req, stream, "Unable to list the phone numbers", l.find)
}

func (l *phoneNumberBindingListResource) find(ctx context.Context, filters bindingFilters, diags *diag.Diagnostics) ([]found, error) {
	bots, _, err := l.listBots(ctx, filters.AssistantSID, filters.AssistantName, diags)
	if err != nil {
		return nil, err
	}
	numbers, err := l.provider.account.Numbers(ctx, account.AnyTime)
	if err != nil {
		return nil, err
	}
	routing, err := l.provider.account.Routing(ctx, numbers...)
	if err != nil {
		return nil, err
	}
	var bindings []found
	var dangling []string
	for _, number := range numbers {
		if !strings.HasPrefix(number.PhoneNumber, filters.PhoneNumberPrefix.ValueString()) || !matches(filters.FriendlyNameRegex, number.FriendlyName) {
			continue
		}
		for _, each := range byTask(routing, number, boundOn(routing, number, carried(number))) {
			through, exists := bots.lets(each.BotSID)
			switch {
			case !through, !slices.ContainsFunc(each.Channels, func(c bot.Channel) bool { return wanted(filters.Channel, string(c)) }):
			case !exists:
				dangling = append(dangling, fmt.Sprintf("%s (bot %s)", number.PhoneNumber, each.BotSID))
			default:
				bindings = append(bindings, found{
					fmt.Sprintf("%s %s: %s", number.PhoneNumber, strings.Join(words(each.Channels), " and "), bots.named(each.BotSID)),
					numberIdentity{AccountSID: types.StringValue(number.AccountSID), SID: types.StringValue(number.SID), Channels: channelList(each.Channels)},
				})
			}
		}
	}
	warnLeftOut(diags, dangling, "phone number is", "phone numbers are", "Each routes to a bot that no longer exists, so that nobody answers. Bind it to another bot, with `overwrite = true`")
	return bindings, nil
}

// byTask takes apart the channels of a bot at which conversations enter at different tasks: a
// binding has one.
func byTask(routing bot.Routing, number bot.Number, bound []boundSide) (all []boundSide) {
	for _, each := range bound {
		task := func(channel bot.Channel) string { return routing.Route(number, channel).TargetTask }
		if !slices.ContainsFunc(each.Channels, func(channel bot.Channel) bool { return task(channel) != task(each.Channels[0]) }) {
			all = append(all, each)
			continue
		}
		for _, channel := range each.Channels {
			all = append(all, boundSide{BotSID: each.BotSID, Channels: []bot.Channel{channel}})
		}
	}
	return all
}
