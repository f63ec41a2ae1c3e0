package twilio

import (
	"context"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// pointer reads a pointer of a record now.
type pointer func(ctx context.Context, sid, field string) (bot.Way, error)

// readBack reads until a way in leads where it was written to; sent is the error of the
// write.
func (get pointer) readBack(ctx context.Context, want bot.Way, sent error) error {
	_, err := confirm.Read(ctx, confirm.Write{Object: want.String(), Err: sent}, func(ctx context.Context) (bot.Way, error) {
		live, err := get(ctx, want.SID, want.Field)
		if err == nil && (!live.To.Same(want.To) || live.Idle != want.Idle) {
			err = confirm.Stale("it leads elsewhere")
		}
		return live, err
	})
	return err
}
