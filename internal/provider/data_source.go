package provider

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// accountDataSource is what every data source has of the provider.
type accountDataSource struct{ provider *providerData }

func (d *accountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
}

// checkBotSID refuses what is not the SID of a bot, but not what a mocked resource made up
// (see checkForm).
func (d *accountDataSource) checkBotSID(ctx context.Context, config tfsdk.Config, at path.Path, diags *diag.Diagnostics) {
	if d.provider == nil {
		return
	}
	var sid types.String
	diags.Append(config.GetAttribute(ctx, at, &sid)...)
	checkForm(ctx, at, sid, botSID(), diags)
}

// overview is what an account's numbers, bots and ways in say of each other.
type overview struct {
	bot.Roster
	numbers []bot.Number
	bots    bot.Listing
}

// noWaysIn is for what shows phone numbers alone.
func noWaysIn(bot.WayKind) bool { return false }

// overview reads the account, and of the ways in the kinds that are asked for. What the
// credentials may not read is warned of, and the rest is shown all the same.
func (d *accountDataSource) overview(ctx context.Context, asked func(bot.WayKind) bool, diags *diag.Diagnostics) (o overview, err error) {
	var services map[string]bot.Service
	var ways []bot.Way
	var unread []bot.Unread
	var membersUnread error
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		o.numbers, err = d.provider.account.Numbers(groupCtx, account.AnyTime)
		return err
	})
	group.Go(func() (err error) {
		o.bots, err = d.provider.account.Bots(groupCtx, account.AnyTime)
		return err
	})
	group.Go(func() (err error) {
		services, err = d.provider.account.Overriding(groupCtx, account.AnyTime)
		if errors.Is(err, bot.ErrForbidden) {
			membersUnread, err = err, nil
		}
		return err
	})
	group.Go(func() (err error) {
		ways, unread, err = d.provider.account.WaysOf(groupCtx, account.AnyTime, asked)
		return err
	})
	if err := group.Wait(); err != nil {
		return o, err
	}
	if membersUnread != nil && !slices.ContainsFunc(unread, func(u bot.Unread) bool { return u.Kind == bot.ByService }) {
		unread = append(unread, bot.Unread{Kind: bot.ByService, Reason: membersUnread})
	}
	for _, each := range unread {
		diags.AddWarning(each.String(),
			"What is shown here does not say what of them leads to a bot, and which numbers they answer for. "+sentence(each.Reason))
	}
	d.provider.warnUnreadEngines(diags)
	o.Roster = bot.NewRoster(d.provider.account.Webhooks, o.bots, services, ways).WithUnread(slices.Collect(maps.Keys(d.provider.account.UnreadEngines()))...)
	return o, nil
}

// byName puts bots in the order in which they are shown.
func byName(bots []bot.Bot) []bot.Bot {
	return slices.SortedFunc(slices.Values(bots), func(a, b bot.Bot) int {
		return cmp.Or(cmp.Compare(a.UniqueName, b.UniqueName), cmp.Compare(a.SID, b.SID))
	})
}
