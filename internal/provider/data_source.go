package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// accountDataSource is what every data source has of the provider.
type accountDataSource struct{ provider *providerData }

func (d *accountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
}

// overview reads the account's numbers and bots, and what they say of each other.
func (d *accountDataSource) overview(ctx context.Context) (numbers []bot.Number, listed bot.Listing, roster bot.Roster, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		numbers, err = d.provider.account.Numbers(ctx, account.AnyTime)
		return err
	})
	group.Go(func() (err error) {
		listed, err = d.provider.account.Bots(ctx, account.AnyTime)
		return err
	})
	var services map[string]bot.Service
	group.Go(func() (err error) {
		services, err = d.provider.account.Overriding(ctx, account.AnyTime)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, listed, roster, err
	}
	return numbers, listed, bot.NewRoster(d.provider.account.Webhooks, listed, services), nil
}

// byName puts bots in the order in which they are shown.
func byName(bots []bot.Bot) []bot.Bot {
	return slices.SortedFunc(slices.Values(bots), func(a, b bot.Bot) int {
		return cmp.Or(cmp.Compare(a.UniqueName, b.UniqueName), cmp.Compare(a.SID, b.SID))
	})
}
