package lifecycle

import (
	"context"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/account/sandboxtest"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// A bot that is deleted while a Messaging Service is bound to it: the deletion succeeds, and
// the service never leads to a bot that is gone.
func TestServiceIsBoundBesideADeletion(t *testing.T) {
	for _, engine := range []bot.Engine{bot.Studio, bot.Autopilot} {
		for _, deletionFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, the deletion is interrupted %v", engine, deletionFirst), func(t *testing.T) {
				t.Parallel()
				var b bot.Bot
				var service string
				bind := func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, _, _, err := binding.RebindService(ctx, a, binding.ServiceBinding{ServiceSID: service, Bot: b}, "", binding.PriorService{}, binding.PriorService{})
					return err
				}
				remove := func(ctx context.Context, _ *sandboxtest.World, a *account.Account) error {
					_, err := Delete(ctx, a, b.SID, "clinic", true)
					return err
				}
				race := sandboxtest.Race{
					Setup: func(w *sandboxtest.World) {
						b = w.Create(engine, "clinic")
						var err error
						if service, err = w.Box.AddMessagingService(`{"friendly_name": "Desk", "use_inbound_webhook_on_number": true}`); err != nil {
							t.Fatal(err)
						}
					},
					First: bind, Second: remove,
					After: func(w *sandboxtest.World, first, second error) error {
						failed := second
						if deletionFirst {
							failed = first
						}
						if failed != nil {
							return fmt.Errorf("the deletion failed: %w", failed)
						}
						if left := w.Named("clinic"); len(left) > 0 {
							return fmt.Errorf("left: %v", left)
						}
						return nil
					},
				}
				if deletionFirst {
					race.First, race.Second = remove, bind
				}
				race.Interleave(t)
			})
		}
	}
}
