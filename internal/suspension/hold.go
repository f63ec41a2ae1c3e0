package suspension

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

// DeleteHolds deletes the holds of a bot, which no number is pointed at any more.
func DeleteHolds(ctx context.Context, a *account.Account, botSID string) error {
	found, err := a.FindHolds(ctx, botSID)
	if err != nil {
		return err
	}
	for _, hold := range found {
		if err := a.DeleteHold(ctx, hold.SID); err != nil {
			return fmt.Errorf("deleting %s: %w", hold, err)
		}
	}
	return nil
}

// HandOver is Move for a bot that exists on beside the other: nobody suspends or resumes
// it at the same time.
func HandOver(ctx context.Context, a *account.Account, from, to string) error {
	unlock, err := a.LockSuspension(ctx, from)
	if err != nil {
		return err
	}
	defer unlock()
	return Move(ctx, a, from, to)
}

// HolderOf is the bot that one of the holds, by SID, suspends now; empty where they suspend
// none. Terraform may have replaced the bot that they were set for.
func HolderOf(ctx context.Context, a *account.Account, holds []string, since account.Moment) (botSID string, err error) {
	if len(holds) == 0 {
		return "", nil
	}
	routing, err := a.RoutingWithHolds(ctx, since)
	if err != nil {
		return "", err
	}
	for _, sid := range holds {
		if botSID := routing.SuspendedBy(sid); botSID != "" {
			return botSID, nil
		}
	}
	return "", nil
}

// Move makes the suspension of one bot that of another: the mark moves, and with it every
// silenced channel at once. What answers for the other bot all the same is silenced: the
// suspension may have come after its numbers had moved. A bot that is not suspended is no
// error.
func Move(ctx context.Context, a *account.Account, from, to string) error {
	if from == "" {
		return nil
	}
	found, err := a.FindHolds(ctx, from)
	if err != nil {
		return err
	}
	for _, hold := range found {
		if err := a.MoveHold(ctx, hold, to); err != nil {
			return fmt.Errorf("renaming %s: %w", hold, err)
		}
	}
	if len(found) == 0 {
		return nil
	}
	_, err = silenceNumbers(ctx, a, to, found[0].SID, nil, nil)
	return err
}
