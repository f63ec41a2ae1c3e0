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

// ImportState takes a number by its SID or in E.164, each also with one of its channels.
func (r *phoneNumberBindingResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := numberIdentity{Channels: types.ListNull(types.StringType)}
	named, channel, one := strings.Cut(req.ID, ":")
	if one {
		identity.Channels = channelList([]bot.Channel{bot.Channel(channel)})
	}
	if req.ID == "" {
		resp.Diagnostics.Append(getModel(ctx, req.Identity, &identity)...)
	} else {
		identity.SID = r.provider.numberNamed(ctx, named, numberWords{
			unable: "Unable to import the binding",
			give:   "Give the phone number (+12025550142) or its SID (PN…), and for one channel of it :messaging or :voice behind that",
		}, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() || !isNumberSID(identity.SID, "Unable to import the binding", &resp.Diagnostics) {
		return
	}
	for _, channel := range identity.Channels.Elements() {
		if !slices.ContainsFunc(bot.Channels(), func(c bot.Channel) bool { return channel.Equal(types.StringValue(string(c))) }) {
			resp.Diagnostics.AddError("Unable to import the binding", fmt.Sprintf("%s is not a channel of a phone number: messaging and voice are.", channel))
			return
		}
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.provider.account.SID)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("phone_number_sid"), identity.SID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	if len(identity.Channels.Elements()) > 0 {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("channels"), types.SetValueMust(types.StringType, identity.Channels.Elements()))...)
	}
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, identity)...)
}

// imported sets what nothing at Twilio says to its default.
func (m *bindingModel) imported() {
	m.Overwrite = types.BoolValue(false)
	m.Channels = types.SetNull(types.StringType)
}

// boundSide is a bot that answers on channels of a number.
type boundSide struct {
	BotSID   string
	Channels []bot.Channel
}

// boundOn lists the bots that answer on some channels of a number, each of which can have a
// binding there.
func boundOn(routing bot.Routing, number bot.Number, channels []bot.Channel) []boundSide {
	var all []boundSide
	for _, channel := range channels {
		route := routing.Route(number, channel)
		if route.Kind != bot.ToBot {
			continue
		}
		at := slices.IndexFunc(all, func(b boundSide) bool { return b.BotSID == route.BotSID })
		if at < 0 {
			all, at = append(all, boundSide{BotSID: route.BotSID}), len(all)
		}
		all[at].Channels = append(all[at].Channels, channel)
	}
	return all
}

// carried are the channels that a number can carry. Where it has a URL for another one, left by
// a script that sets both, nobody reaches a bot by it.
func carried(number bot.Number) []bot.Channel {
	return slices.DeleteFunc(bot.Channels(), func(channel bot.Channel) bool { return !number.Can(channel) })
}

// importing is the prior of a binding that Terraform did not create: the bot that answers
// now on the channels that were asked for, else the one that answers on the number.
func (r *phoneNumberBindingResource) importing(ctx context.Context, number bot.Number, asked []bot.Channel, diags *diag.Diagnostics) priorBinding {
	routing, err := r.provider.account.Routing(ctx, number)
	if err != nil {
		addError(diags, "Unable to look for suspended bots", err)
		return priorBinding{}
	}
	sides := fmt.Sprintf("%s answers messaging with %s and voice with %s", number, r.provider.account.Describe(ctx, routing.Route(number, bot.Messaging)), r.provider.account.Describe(ctx, routing.Route(number, bot.Voice)))
	channels := asked
	if len(asked) == 0 {
		channels = carried(number)
	}
	if at := slices.IndexFunc(asked, func(channel bot.Channel) bool { return routing.Route(number, channel).Kind != bot.ToBot }); at >= 0 {
		diags.AddError("No bot answers on the channel", fmt.Sprintf("%s, so there is no binding of %s to import. Write a new `twiliobot_phone_number_binding` for it instead of an import.", sides, asked[at]))
		return priorBinding{}
	}
	all := boundOn(routing, number, channels)
	switch {
	case len(all) > 1:
		diags.AddError("Two bots answer on the phone number", fmt.Sprintf("%s, so it has two bindings. Import each by itself: `%s:messaging` and `%[2]s:voice`, "+
			"or `%s:messaging` and `%[3]s:voice`, or by identity, with `channels = [\"messaging\"]` and `channels = [\"voice\"]`.", sides, number.PhoneNumber, number.SID))
		return priorBinding{}
	case len(all) == 0 && len(boundOn(routing, number, bot.Channels())) > 0:
		diags.AddError("No bot answers on the phone number", sides+", and it has no capability for that channel, so there is no binding to import. Leave the number out.")
		return priorBinding{}
	case len(all) == 0:
		diags.AddError("No bot answers on the phone number", sides+", so there is no binding to import. Write a new `twiliobot_phone_number_binding` for it instead of an import.")
		return priorBinding{}
	}
	m := priorBinding{NumberSID: number.SID, BotSID: all[0].BotSID, Channels: all[0].Channels}
	if b, err := r.provider.account.Bot(ctx, m.BotSID); err == nil && b.UniqueName == number.FriendlyName {
		m.Label = b.UniqueName
	}
	return m
}
