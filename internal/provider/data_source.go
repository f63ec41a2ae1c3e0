package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// accountDataSource is what every data source has of the provider.
type accountDataSource struct{ account *account }

func (d *accountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.account = accountFrom(req.ProviderData, &resp.Diagnostics)
}

// overview reads the account's numbers and bots, and what they say of each other.
func (d *accountDataSource) overview(ctx context.Context) (numbers []bot.Number, bots []bot.Bot, roster bot.Roster, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		numbers, err = d.account.directory.Numbers(ctx)
		return err
	})
	group.Go(func() (err error) {
		bots, err = d.account.directory.Bots(ctx)
		return err
	})
	var services map[string]bot.Service
	group.Go(func() (err error) {
		services, err = d.account.directory.Overriding(ctx)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, nil, roster, err
	}
	return numbers, bots, bot.NewRoster(d.account.directory.Webhooks, bots, services), nil
}

// byName puts bots in the order they are shown, and leaves inert applications out:
// they are marks, not bots.
func byName(bots []bot.Bot) []bot.Bot {
	shown := slices.DeleteFunc(slices.Clone(bots), func(b bot.Bot) bool { return b.Suspends != "" })
	slices.SortFunc(shown, func(a, b bot.Bot) int {
		if a.UniqueName != b.UniqueName {
			if a.UniqueName < b.UniqueName {
				return -1
			}
			return 1
		}
		if a.SID < b.SID {
			return -1
		}
		return 1
	})
	return shown
}

// unusable says that a data source came to no answer.
func unusable(diags *diag.Diagnostics, what string, err error) {
	addError(diags, fmt.Sprintf("Unable to read %s", what), err)
}
